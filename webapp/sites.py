"""One site: where it is, why it is listed, how its crashes happened."""

from __future__ import annotations

from typing import Any

import pandas as pd
from flask import Blueprint, Response, render_template, url_for

from crashkit import api
from webapp import analysis, answers, blackspots, current, i18n, looking, map
from webapp.looking import Look

area = Blueprint("sites", __name__)

MOST_CRASHES = 200
"""Crashes a page lists at once; files hold all."""

MARGIN = 0.004
"""Degrees of ground shown around the crashes of a site, some 400 m."""


@area.get("/d/<dataset>/blackspots/<int:number>/<int:position>")
def page(dataset: str, number: int, position: int) -> str:
    """Show one site of a list: map, figures, patterns, its crashes, the caveats."""
    look, dossier = _dossier(dataset, number, position)
    rows = blackspots.rows_of(dossier.result)
    saved = api.recognise_sites(current.store(), dataset, dossier.result)
    said = rows[position - 1].said
    return render_template(
        "sites/page.html",
        look=look,
        dataset=look.dataset,
        dossier=dossier,
        result=dossier.result,
        said=said,
        position=position,
        last=len(rows),
        name=blackspots.site_name(said),
        judged=api.evidence_sentences(dossier.finding, dossier.result.compared),
        saved=saved.get(position),
        register=url_for("register.listed", dataset=dataset),
        few=dossier.summary.crashes < looking.FEW,
        untold=api.untold_notes(dossier.summary, ("killed", "serious", "slight", "vehicles")),
        years=analysis.shown(dossier.year_severity, {}, kind="stacked"),
        hours=_hours(dossier),
        patterns=[analysis.shown(table, {}, kind="bars") for table in dossier.patterns],
        crashes=_crashes(dossier),
        bounds=_around(dossier.data),
        addresses={
            **map.addresses(look, map.stored_layers(look.dataset.name), number),
            "focus": str(position),
            "remember": None,
        },
        sentence=api.filter_sentence(look.chosen),
        unverified=blackspots.unverified(dossier.result.asked),
        files=url_for("sites.page", dataset=dataset, number=number, position=position),
        others=url_for("blackspots.result", dataset=dataset, number=number),
    )


@area.get("/d/<dataset>/blackspots/<int:number>/<int:position>.json")
def document(dataset: str, number: int, position: int) -> Response:
    """Return everything the page says of one site."""
    look, dossier = _dossier(dataset, number, position)
    speaker = i18n.speaker_of_request()
    tables = (dossier.year_severity, dossier.weekday_hour, *dossier.patterns)
    summary = dossier.summary
    return answers.document(
        {
            "data_version": dossier.result.data_version,
            "preset": dossier.result.asked.preset,
            "filter": look.chosen.words,
            "site": blackspots.rows_of(dossier.result)[position - 1].said,
            "counts": {
                "crashes": summary.crashes,
                "killed": summary.killed,
                "serious": summary.serious,
                "slight": summary.slight,
                "vehicles": summary.vehicles or None,
            },
            "tables": [api.table_document(table, dossier.data, speaker) for table in tables],
            "crashes": [
                {column: _json(value) for column, value in row.items()}
                for row in dossier.crashes.astype(object).to_dict("records")
            ],
            "notes": [speaker.say(note) for note in dossier.result.notes],
        }
    )


@area.get("/d/<dataset>/blackspots/<int:number>/<int:position>.<any(csv, xlsx, geojson):format>")
def crashes_file(dataset: str, number: int, position: int, format: str) -> Response:
    """Return the crashes of one site as a file."""
    _, dossier = _dossier(dataset, number, position)
    name = f"{dataset}_{number}_{position}"
    return answers.table(api.export_crashes(dossier.data, format), name, format)


def _dossier(dataset: str, number: int, position: int) -> tuple[Look, api.Dossier]:
    """Gather a site from the data as they were when the list was made. Raises NotFound."""
    result = blackspots.kept(dataset, number)
    look = looking.at(dataset, api.parse_filter(result.asked.crashes).query)
    version = int(result.data_version.rpartition(" v")[2])
    data = api.load(current.store(), dataset, version=version)
    return look, api.site_dossier(data, result, position)


def _hours(dossier: api.Dossier) -> analysis.Shown | None:
    """Return the grid of days and hours, what is known of them, or None where nothing is."""
    table = dossier.weekday_hour
    if table.rows == table.columns == analysis.UNKNOWN:
        return None
    if table.rows == analysis.UNKNOWN:
        table = api.tabulate(dossier.data, "hour", "weekday")
    return analysis.shown(table, {}, kind="heat")


def _crashes(dossier: api.Dossier) -> tuple[list[api.Message], list[tuple[int, list[Any]]]]:
    """Return the heads of the list of crashes, and what it says of the newest, in words.

    Each row begins with the number of its crash within the data set.
    """
    frame = dossier.crashes.head(MOST_CRASHES)
    columns = [name for name in frame.columns if name != "id" and frame[name].notna().any()]
    rows = [
        (int(id_), [_said(name, value) for name, value in zip(columns, row, strict=True)])
        for id_, row in zip(frame["id"], frame[columns].itertuples(index=False), strict=True)
    ]
    return [api.field_label(name) for name in columns], rows


def _said(name: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return api.value_label(name, value)
    if hasattr(value, "date"):
        return value.date()
    return int(value)


def _json(value: Any) -> Any:
    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.date().isoformat()
    return value if isinstance(value, str) else int(value)


def _around(data: api.CrashData) -> list[float] | None:
    """Return west, south, east, north of the crashes, with some ground around them."""
    if not (data.has("lon") and data.has("lat")):
        return None
    places = data.crashes[["lon", "lat"]].dropna()
    low, high = places.min(), places.max()
    return [
        round(float(edge), 5)
        for edge in (
            low["lon"] - MARGIN,
            low["lat"] - MARGIN,
            high["lon"] + MARGIN,
            high["lat"] + MARGIN,
        )
    ]
