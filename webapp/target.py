"""Target at its old address: the page is an analysis now; the files are those for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, looking

area = Blueprint("target", __name__)

FIELDS: dict[str, tuple[str, Callable[[str], float], api.Message]] = {
    "base_year": ("base_year", int, api.Message("Base year")),
    "base_value": ("base_value", float, api.Message("Killed in the base year, if not in the data")),
    "target_year": ("year", int, api.Message("Due in")),
    "less": ("less_percent", float, api.Message("Less by, %")),
}
"""Words of the address to what is asked, how each is read, and its label."""

CORRIDOR = "on"
SIZE_MM = (180, 84)
"""Width and height of the chart."""


@area.get("/d/<dataset>/target")
def page(dataset: str) -> AnyResponse:
    """Lead to the analysis, with all that the address says."""
    here = url_for("analyses.page", dataset=dataset, name="target")
    return redirect(here + looking.query_string(request.args.to_dict()), 302)


@area.get("/d/<dataset>/target.<any(json, csv, xlsx, png, svg):format>")
def file(dataset: str, format: str) -> Response:
    """Return target, path and forecast for a program, or as a file."""
    data = looking.at(dataset).part
    if request.args.get(CORRIDOR):
        data = api.on_corridor(current.store(), data, request.args[CORRIDOR])
    found = api.track_target(data, _asked())
    speaker = i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.target_document(found, speaker))
    if format in ("csv", "xlsx"):
        return answers.table(api.export_target(found, format, speaker), f"{dataset}-target", format)
    width, height = SIZE_MM
    drawn = api.draw_figure(
        api.target_figure(found), speaker, width_mm=width, height_mm=height, format=format
    )
    kind = "image/svg+xml" if format == "svg" else "image/png"
    return Response(drawn, mimetype=kind, headers={"Cache-Control": "private, no-cache"})


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
