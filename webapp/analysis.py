"""Explore: every analysis, two tables that are often asked for, and deaths as counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import analyses, answers, filter_bar, i18n, looking
from webapp.looking import Look

area = Blueprint("analysis", __name__)

OFTEN = {
    "crashes": (("year", "severity"), ("weekday", "hour")),
    "casualties": (("year", "injury"), ("weekday", "hour")),
    "vehicles": (("year", "unit_type"), ("weekday", "hour")),
}
"""Two tables that are often asked for, by what is counted; they have the page of cross-tables."""

SHADES = 5
UNKNOWN = ("",)
"""The keys of a side of a table of which nothing is known."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A table with its chart, as a page shows it. `shades` are steps of colour of its cells."""

    table: api.CrossTable
    kind: str
    figure: dict[str, Any]
    query: str

    @property
    def title(self) -> api.Message:
        """What is counted and by what."""
        if self.has_columns:
            return api.table_title(self.table)
        return api.Message("{unit}: {rows}", {"unit": self.unit, "rows": self.row_field})

    @property
    def has_columns(self) -> bool:
        """Say whether anything is known of the columns."""
        return self.table.columns != UNKNOWN

    @property
    def row_field(self) -> api.Message:
        """The label of the field of the rows."""
        return api.field_label(self.table.row_field)

    @property
    def few(self) -> bool:
        """Say whether there is too little for shares."""
        return self.table.total < looking.FEW

    @cached_property
    def row_totals(self) -> list[int]:
        """The sum of each row."""
        return [sum(row) for row in self.table.cells]

    @cached_property
    def column_totals(self) -> list[int]:
        """The sum of each column."""
        return [sum(column) for column in zip(*self.table.cells, strict=True)]

    @property
    def unit(self) -> api.Message:
        """What is counted, in one word."""
        return dict(filter_bar.UNITS)[self.table.unit]

    @cached_property
    def most(self) -> int:
        """The number of the darkest shade: that of the fullest cell, but SHADES at least."""
        # A handful of crashes is no dark spot: below SHADES each counts as one step.
        return max([SHADES, *(cell for row in self.table.cells for cell in row)])

    @cached_property
    def shades(self) -> list[list[int]]:
        """For each cell a step from 0 (nothing) to SHADES (the fullest)."""
        most = self.most
        return [[-(-cell * SHADES // most) for cell in row] for row in self.table.cells]

    @property
    def is_grid(self) -> bool:
        """Say whether the cells are shaded like a grid."""
        return self.kind == "heat"


def shown(table: api.CrossTable, query: dict[str, str], *, kind: str | None = None) -> Shown:
    """Draw a table for a page; `query` is the filter, to which the words of the table are added.

    Where nothing is known of the columns, only the rows are drawn.
    """
    drawn = kind or api.suited_chart(table)
    drawn = "bars" if table.columns == UNKNOWN else drawn
    words = {"rows": table.row_field, "columns": table.column_field, "unit": table.unit, **query}
    figure = api.draw(table, drawn, i18n.speaker_of_request())
    return Shown(table, drawn, figure, looking.query_string(words))


@area.get("/d/<dataset>/explore")
def page(dataset: str) -> str | AnyResponse:
    """List every analysis; two fields of one's own have their own page."""
    if request.args.get("rows") or request.args.get("columns"):
        here = url_for("crosstabs.page", dataset=dataset)
        return redirect(f"{here}?{request.query_string.decode('ascii', 'ignore')}")
    look = looking.at(dataset)
    rows, columns, unit = wanted(look)
    return render_template(
        "analysis/page.html",
        look=look,
        dataset=look.dataset,
        often=_often(look),
        deaths=api.count_deaths(look.part),
        value_label=api.value_label,
        rows=rows,
        columns=columns,
        offered=looking.fields(look.data, _known(unit)),
        cards=analyses.cards(look),
    )


@area.get("/d/<dataset>/explore.<any(json, csv, xlsx):format>")
def table(dataset: str, format: str) -> Response:
    """Return one table of two fields, in the numbers of the page."""
    look = looking.at(dataset)
    rows, columns, unit = wanted(look)
    counted = api.tabulate(look.part, rows, columns, unit=unit, whole=look.data)
    speaker = i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.table_document(counted, look.part, speaker))
    name = f"{look.dataset.name}_{unit}_{rows}_{columns}"
    return answers.table(api.export_table(counted, format, speaker), name, format)


def wanted(look: Look) -> tuple[str, str, str]:
    """Return rows, columns and unit as the address asks; otherwise what the data have."""
    unit = filter_bar.unit()
    fallback = _fallback(look)
    return (
        request.args.get("rows") or fallback[0],
        request.args.get("columns") or fallback[1],
        unit,
    )


def _known(unit: str) -> str:
    return unit if unit in OFTEN else "crashes"


def _fallback(look: Look) -> tuple[str, str]:
    offered = [name for name, _ in looking.fields(look.data, _known(filter_bar.unit()))]
    wished = [name for name in ("year", "severity", "weekday", "month", "hour") if name in offered]
    return (*[*wished, *offered, "year", "severity"][:2],)  # type: ignore[return-value]


def _often(look: Look) -> list[tuple[api.Message, str]]:
    """Return the tables often asked for that the data can fill: what they are, and the address."""
    unit = _known(filter_bar.unit())
    offered = dict(looking.fields(look.data, unit))
    return [
        (
            api.Message("{rows} × {columns}", {"rows": offered[rows], "columns": offered[columns]}),
            url_for("crosstabs.page", dataset=look.dataset.name)
            + looking.query_string(
                {"rows": rows, "columns": columns, "unit": unit, **look.chosen.query}
            ),
        )
        for rows, columns in OFTEN[unit]
        if rows in offered and columns in offered
    ]
