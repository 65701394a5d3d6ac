"""Target: the deaths of each year against a path, and where the trend leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from crashkit import api
from webapp import answers, i18n, looking
from webapp.looking import Look

area = Blueprint("target", __name__)

FIELDS: dict[str, tuple[str, Callable[[str], float], api.Message]] = {
    "base_year": ("base_year", int, api.Message("Base year")),
    "base_value": ("base_value", float, api.Message("Killed in the base year, if not in the data")),
    "target_year": ("year", int, api.Message("Due in")),
    "less": ("less_percent", float, api.Message("Less by, %")),
}
"""Words of the address to what is asked, how each is read, and its label."""

VIEWS = {
    "chart": api.Message("Chart"),
    "table": api.Message("Table"),
    "method": api.Message("Method"),
}
SIZES_MM = {"": (180, 84), "narrow": (80, 76)}
"""Width and height of the chart: on a sheet or a wide screen, and on a phone."""


@area.get("/d/<dataset>/target")
def page(dataset: str) -> tuple[str, int]:
    """Show verdict, chart or table or method, and a form for another target."""
    look = looking.at(dataset)
    found, trouble, asks = _found(look)
    view = request.args.get("tab", "chart")
    words = _words()
    text = render_template(
        "target/page.html",
        look=look,
        dataset=look.dataset,
        found=found,
        trouble=trouble,
        asks=asks,
        view=view if view in VIEWS else "chart",
        views=[
            (name, title, _query(look, {**words, "tab": name})) for name, title in VIEWS.items()
        ],
        heads=api.TARGET_HEADS,
        rows=api.target_rows(found) if found else [],
        title=api.target_figure(found).caption if found else None,
        usual=api.TargetAsked(),
        fields=FIELDS,
        keep={**words, **({"tab": view} if view in VIEWS else {})},
        said=request.args,
        query=_query(look, words),
        narrow=_query(look, {**words, "v": "narrow"}),
        files=url_for("target.page", dataset=dataset),
    )
    return text, 400 if trouble and not asks else 200


@area.get("/d/<dataset>/target.<any(json, csv, xlsx, png, svg):format>")
def file(dataset: str, format: str) -> Response:
    """Return the numbers or the chart of the page."""
    found = api.track_target(looking.at(dataset).part, _asked())
    speaker = i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.target_document(found, speaker))
    if format in ("csv", "xlsx"):
        return answers.table(api.export_target(found, format, speaker), f"{dataset}-target", format)
    width, height = SIZES_MM.get(request.args.get("v", ""), SIZES_MM[""])
    drawn = api.draw_figure(
        api.target_figure(found), speaker, width_mm=width, height_mm=height, format=format
    )
    kind = "image/svg+xml" if format == "svg" else "image/png"
    return Response(drawn, mimetype=kind, headers={"Cache-Control": "private, no-cache"})


def _found(look: Look) -> tuple[api.Tracked | None, api.Message | None, bool]:
    """Return the tracking, or what stands in its way and whether the page asks for it."""
    try:
        return api.track_target(look.part, _asked()), None, False
    except api.NeedsChoice as error:
        return None, error.message, True
    except api.MethodError as error:
        return None, error.message, False


def _asked() -> api.TargetAsked:
    told: dict[str, Any] = {}
    for word, (name, read, label) in FIELDS.items():
        said = request.args.get(word, "").strip().replace(",", ".")
        if not said:
            continue
        try:
            told[name] = read(said)
        except ValueError as error:
            raise api.MethodError(
                "{label}: “{word}” is no number.", label=label, word=said[:40]
            ) from error
    return api.TargetAsked(**told)


def _words() -> dict[str, str]:
    return {name: request.args[name] for name in FIELDS if request.args.get(name)}


def _query(look: Look, words: dict[str, str]) -> str:
    return looking.query_string({**look.chosen.query, **words})
