"""The cross-table of the reader's choice: its finding, table, chart, and how it is tested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from crashkit import api
from webapp import analyses, analysis, answers, current, filter_bar, i18n, looking
from webapp.looking import Look

area = Blueprint("crosstabs", __name__)

VIEWS = {
    "table": api.Message("Table"),
    "chart": api.Message("Chart"),
    "method": api.Message("Method"),
}
MARKS = {
    1: ("▲", api.Message("more than expected")),
    -1: ("▼", api.Message("fewer than expected")),
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for: two fields, the unit, what cells show, and the view.

    `kind` is the quantity that rates are by, "" for the first that is told.
    """

    rows: str
    columns: str
    unit: str
    show: str
    kind: str
    view: str

    @property
    def words(self) -> dict[str, str]:
        """The words of the address that say so, without the unit, which goes with the filter."""
        words = {"rows": self.rows, "columns": self.columns, "show": self.show, "view": self.view}
        return {**words, "kind": self.kind} if self.kind else words


@dataclass(frozen=True, eq=False)
class Page:
    """A cross-table as a page shows it; `figure` is its chart."""

    crossed: api.Crossed
    figure: dict[str, Any]

    @property
    def table(self) -> api.CrossTable:
        """The counts."""
        return self.crossed.table

    @property
    def title(self) -> api.Message:
        """What is counted, by what, and what the cells show."""
        return api.cross_table_title(self.crossed)

    @property
    def row_field(self) -> api.Message:
        """The label of the field of the rows."""
        return api.field_label(self.table.row_field)

    @property
    def kind(self) -> str:
        """The kind of chart, as its frame is called."""
        return "heat" if self.is_grid else "stacked"

    @property
    def is_grid(self) -> bool:
        """Say whether the chart is a grid of counts."""
        return self.crossed.show == "counts" and api.suited_chart(self.table) == "heat"

    @property
    def most(self) -> int:
        """The count of the fullest cell."""
        return max((cell for row in self.table.cells for cell in row), default=0)

    def figure_at(self, row: int, column: int) -> float | None:
        """Return the per cent or rate of a cell; None where its count is shown."""
        return self.crossed.figures[row][column] if self.crossed.figures else None

    def limits_at(self, row: int, column: int) -> tuple[float, float] | None:
        """Return the limits of the rate of a cell."""
        return self.crossed.limits[row][column] if self.crossed.limits else None

    def mark_at(self, row: int, column: int) -> tuple[str, api.Message] | None:
        """Return the sign of a cell that stands out, and what it means."""
        return MARKS.get(self.crossed.marked[row][column])


@area.get("/d/<dataset>/explore/table")
def page(dataset: str) -> tuple[str, int]:
    """Show one table of two fields: finding, table, chart and method."""
    look = looking.at(dataset)
    asked = _asked(look)
    made, trouble = _made(look, asked)
    here = url_for("crosstabs.page", dataset=dataset)
    picture = url_for("analyses.page", dataset=dataset, name="cross")
    text = render_template(
        "analysis/cross.html",
        look=look,
        dataset=look.dataset,
        asked=asked,
        made=made,
        cross_words={key: word for key, word in asked.words.items() if key != "view"},
        pictures=[
            (ending, f"{picture}.{ending}{_query(look, asked)}") for ending in ("png", "svg")
        ],
        trouble=trouble and trouble.message,
        offered=looking.fields(look.data, asked.unit if asked.unit in api.UNITS else api.UNITS[0]),
        shown=api.CELLS_SHOWN,
        quantities=_quantities(look),
        views=[
            (view, label, here + _query(look, asked, view=view)) for view, label in VIEWS.items()
        ],
        turned=here
        + _query(look, asked, rows=asked.columns, columns=asked.rows, show=_turned(asked)),
        files=[
            (ending, f"{here}.{ending}{_query(look, asked)}") for ending in ("csv", "xlsx", "json")
        ],
        public_files=[
            (ending, f"{here}.{ending}{_query(look, asked)}&public=1")
            for ending in ("csv", "xlsx", "json")
        ]
        if made is not None
        and asked.show == "counts"
        and not api.refused_for_public(look.chosen, look.summary)
        else [],
        here=here,
    )
    return text, 400 if trouble and not isinstance(trouble, api.TooLittle) else 200


@area.get("/d/<dataset>/explore/table.<any(json, csv, xlsx):format>")
def file(dataset: str, format: str) -> Response:
    """Return the table with its test, in the numbers of the page."""
    look = looking.at(dataset)
    asked = _asked(look)
    public = analyses.public_threshold()
    if public:
        return _for_public(look, asked, format, public)
    crossed = _crossed(look.part, look.data, replace(asked, view=""), _told(look, asked))
    speaker = i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.cross_table_document(crossed, look.part, speaker))
    name = f"{look.dataset.name}_{asked.unit}_{asked.rows}_{asked.columns}"
    return answers.table(api.export_cross_table(crossed, format, speaker), name, format)


def _for_public(look: Look, asked: Asked, format: str, threshold: int) -> Response:
    """Return the table with its small counts hidden, and without what would tell them."""
    words = {name: word for name, word in asked.words.items() if name != "view"}
    question = api.question(
        look.part,
        whole=look.data,
        unit=asked.unit,
        chosen=words,
        passed=look.chosen,
        source=current.store(),
    )
    found = api.analyse_for_public("cross", question, threshold)
    speaker = i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.analysis_document(found, look.part, speaker))
    name = f"{look.dataset.name}_{asked.unit}_{asked.rows}_{asked.columns}_public"
    return answers.table(api.export_analysis(found, format, speaker), name, format)


def _asked(look: Look) -> Asked:
    """Read the address; what it leaves open is what the data have."""
    rows, columns, unit = analysis.wanted(look)
    view = request.args.get("view", "")
    return Asked(
        rows=rows,
        columns=columns,
        unit=unit,
        show=request.args.get("show") or "counts",
        kind=request.args.get("kind", ""),
        view=view if view in VIEWS else "table",
    )


def _made(look: Look, asked: Asked) -> tuple[Page | None, api.CrashKitError | None]:
    """Make the table and its chart, or say why it cannot be made."""
    try:
        crossed = _crossed(look.part, look.data, replace(asked, view=""), _told(look, asked))
    except (api.MethodError, api.NotFound) as error:
        return None, error
    return Page(crossed, api.draw_cross_table(crossed, i18n.speaker_of_request())), None


@lru_cache(maxsize=32)
def _crossed(
    part: api.CrashData, whole: api.CrashData, asked: Asked, told: tuple[api.KeptExposure, ...]
) -> api.Crossed:
    return api.cross_table(
        part,
        asked.rows,
        asked.columns,
        unit=asked.unit,
        show=asked.show,
        told=told,
        quantity=asked.kind,
        whole=whole,
    )


def _told(look: Look, asked: Asked) -> tuple[api.KeptExposure, ...]:
    """Return the exposure kept for the data set, where rates are asked for."""
    return _kept(look) if asked.show == "rates" else ()


def _kept(look: Look) -> tuple[api.KeptExposure, ...]:
    return tuple(api.list_exposure(current.store(), look.dataset.name))


def _quantities(look: Look) -> list[tuple[str, api.Message]]:
    """Return what rates can be by: each quantity of which something is kept."""
    told = {one.quantity for one in _kept(look)}
    return [(name, label) for name, label in api.QUANTITIES.items() if name in told]


def _query(look: Look, asked: Asked, **other: str) -> str:
    """Write the end of an address that asks the same but for some words."""
    words = {**look.chosen.query, **filter_bar.unit_words(), **asked.words, **other}
    return looking.query_string(words)


def _turned(asked: Asked) -> str:
    """Return what to show so that a turned table says the same."""
    return {"rows": "columns", "columns": "rows"}.get(asked.show, asked.show)
