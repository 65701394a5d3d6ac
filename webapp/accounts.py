"""The account of an import as pages and files show it: sums, complaints by kind, files read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crashkit import api
from webapp import map

FIRST = 20
"""Of each kind of complaint so many are shown; the files hold all."""

MOST_EXAMPLES = 3
GAP = "…"

MOST_POINTS = 1000
"""So many places of a preview are drawn, spread evenly over the rows."""

STATUS: Mapping[str, api.Message] = {
    "accepted": api.Message("All rows accepted"),
    "partial": api.Message("Partly accepted"),
    "rejected": api.Message("Nothing accepted"),
    "undone": api.Message("Taken back"),
}
TONES = {"accepted": "good", "partial": "warn", "rejected": "bad", "undone": ""}
LEVELS: Mapping[str, api.Message] = {
    "crash": api.Message("crashes"),
    "crash_part": api.Message("further facts of crashes"),
    "casualty": api.Message("casualties"),
    "vehicle": api.Message("vehicles"),
    "person": api.Message("people"),
    "section": api.Message("stretches of road"),
}
DELIMITERS: Mapping[str, api.Message] = {
    ",": api.Message("comma"),
    ";": api.Message("semicolon"),
    "\t": api.Message("tabulator"),
    "|": api.Message("vertical bar"),
}
SUMS = ("total", "accepted", "rejected", "duplicates")


def status_of(word: str) -> api.Message:
    """Name the outcome of an import."""
    return STATUS.get(word, api.Message(word))


def level_of(words: str) -> api.Message:
    """Name what the rows of a file are: crashes, vehicles, people."""
    parts = [LEVELS.get(word, api.Message(word)) for word in words.split(", ")]
    return parts[0] if len(parts) == 1 else api.Message("{levels}", {"levels": parts})


def cells_of(delimiter: str) -> api.Message:
    """Say where the cells of a file stand: what parts them in a text, the sheet of a workbook."""
    return DELIMITERS.get(delimiter) or api.Message("sheet {name}", {"name": delimiter})


def killed_of(word: str) -> api.Message:
    """Say when a person counts as killed."""
    return api.value_label("killed_definition", word)


def layer_of(word: str) -> api.Message:
    """Name a map layer."""
    return map.LAYERS.get(word, api.Message(word))


KINDS: Mapping[str, api.Message] = {
    "conflict": api.Message("Conflict"),
    "rejected": api.Message("Rejected"),
    "warning": api.Message("Warning"),
}
KIND_TONES = {"rejected": "bad"}


def kind_of(word: str) -> api.Message:
    """Name a kind of complaint."""
    return KINDS[word]


FIRST_TOLD = ("layout_changed", api.REPAIR_NOT_MADE)
"""Kinds of complaints that come before those of which there are more."""

REPAIRS: Mapping[str, api.Message] = {
    "swapped_axes": api.Message("Exchange latitude and longitude"),
    "lost_sign": api.Message("Turn a wrong sign"),
    "scaled": api.Message("Give back the decimal mark of degrees"),
    "projected": api.Message("Say of which map grid points are"),
}


def repair_of(word: str) -> api.Message:
    """Name a kind of repair of places."""
    return REPAIRS.get(word, api.Message(word))


def title_of(profile: api.Profile) -> api.Message:
    """Name a profile; what a user called an own one stands as written in every language."""
    if profile.id in api.list_profiles():
        return api.Message(profile.title)
    return api.Message("{title}", {"title": profile.title})


WORDS = {
    "status_of": status_of,
    "status_tones": TONES,
    "level_of": level_of,
    "cells_of": cells_of,
    "killed_of": killed_of,
    "kind_of": kind_of,
    "kind_tones": KIND_TONES,
    "layer_of": layer_of,
    "field_label": api.field_label,
    "repair_of": repair_of,
    "title_of": title_of,
    "system_title": api.system_title,
}


def of_batch(batch: api.ImportBatch) -> dict[str, Any]:
    """Return what a preview shows; it can be kept as the result of a job."""
    places = _places(batch)
    return {
        **of_ledger(batch.ledger),
        "inferences": batch.inferences,
        "proposals": batch.proposals,
        **_conflicts(batch),
        "title": batch.title,
        "period": batch.period,
        "crashes": len(batch.crashes),
        "vehicles": len(batch.vehicles),
        "people": len(batch.people),
        "located": len(places),
        "bounded": batch.bounded,
        "points": places[:: len(places) // MOST_POINTS + 1],
    }


def _conflicts(batch: api.ImportBatch) -> dict[str, int]:
    """Count crashes that are kept with other facts, and those the files tell in several ways."""
    if batch.conflicts is None:
        return {"conflicts": 0, "twofold": 0}
    tellings = batch.conflicts.crashes["crash_key"].value_counts()
    return {"conflicts": len(tellings), "twofold": int((tellings > 1).sum())}


def _places(batch: api.ImportBatch) -> list[list[float]]:
    """Return longitude and latitude of every crash that has both."""
    if not {"lat", "lon"} <= set(batch.crashes.columns):
        return []
    found = batch.crashes[["lon", "lat"]].dropna().astype(float).round(5)
    rows: list[list[float]] = found.to_numpy().tolist()
    return rows


def points_geojson(points: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Return the points of a preview as GeoJSON."""
    drawn = [{"type": "Point", "coordinates": list(point)} for point in points]
    features = [{"type": "Feature", "properties": {}, "geometry": one} for one in drawn]
    return {"type": "FeatureCollection", "features": features}


def bounds_of(points: Sequence[Sequence[float]]) -> list[float] | None:
    """Return west, south, east, north of the points of a preview."""
    if not points:
        return None
    lons, lats = zip(*points, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]


def of_ledger(ledger: api.Ledger, *, first: int | None = FIRST) -> dict[str, Any]:
    """Return the sums of a ledger and its complaints by kind, the first of each kind in full."""
    rejected = [one for one in ledger.issues if one.code not in api.WAITING]
    waiting = [one for one in ledger.issues if one.code in api.WAITING]
    return {
        "status": ledger.status,
        "total": ledger.total,
        "accepted": ledger.accepted,
        "rejected": ledger.rejected,
        "waiting": len({(one.file, one.row) for one in waiting}),
        "duplicates": len(ledger.duplicates),
        "files": ledger.files,
        "groups": [
            *_groups(waiting, "conflict", first),
            *_groups(rejected, "rejected", first),
            *_groups(ledger.warnings, "warning", first),
        ],
        "first_duplicates": ledger.duplicates[:first],
        "not_made": sum(one.code == api.REPAIR_NOT_MADE for one in ledger.warnings),
    }


def _groups(issues: Iterable[api.Issue], kind: str, first: int | None) -> list[dict[str, Any]]:
    """Gather the complaints of one code, field and sentence: what they share is said once."""
    by_kind: dict[tuple[str, str, str, Any], list[api.Issue]] = {}
    for issue in issues:
        said = issue.message
        number = said.values["n"] if said.plural else None
        by_kind.setdefault((issue.code, issue.field, said.text, number), []).append(issue)
    found = [
        {
            "kind": kind,
            "code": code,
            "field": field,
            "message": _shared(group),
            "examples": _examples(group),
            "n": len(group),
            "issues": group[:first],
        }
        for (code, field, *_), group in by_kind.items()
    ]
    # A changed layout is one sentence, and may explain all the others.
    return sorted(found, key=lambda group: (group["code"] not in FIRST_TOLD, -int(group["n"])))


def _shared(group: Sequence[api.Issue]) -> api.Message:
    """Return the sentence of all these complaints, with three dots where they differ."""
    said = group[0].message
    differ = {
        name
        for one in group
        for name, value in one.message.values.items()
        if value != said.values[name]
    }
    values = {name: GAP if name in differ else value for name, value in said.values.items()}
    return api.Message(said.text, values, plural=said.plural)


def _examples(group: Sequence[api.Issue]) -> list[str]:
    """Return the first different values; none where the sentence names the only one."""
    values = list(dict.fromkeys(one.value for one in group if one.value))
    return values[:MOST_EXAMPLES] if len(values) > 1 else []


# ---------------------------------------------------------- documents and files


def document(found: Mapping[str, Any], dataset: str, speaker: api.Speaker) -> dict[str, Any]:
    """Return a preview as JSON: all counts, and of each kind of complaint the first ones."""
    rejected, warnings = (
        [
            api.issue_document(issue, speaker)
            for group in found["groups"]
            if (group["kind"] == "warning") == is_warning
            for issue in group["issues"]
        ]
        for is_warning in (False, True)
    )
    return {
        "status": found["status"],
        "dataset": dataset,
        "version": None,
        "total": found["total"],
        "accepted": found["accepted"],
        "rejected": rejected,
        "duplicates": [
            {"file": one.file, "row": one.row, "of": one.of} for one in found["first_duplicates"]
        ],
        "warnings": warnings,
        "message": speaker.say(api.row_sums(*(found[name] for name in SUMS))),
        "counts": {
            name: found[name]
            for name in ("rejected", "duplicates", "crashes", "vehicles", "people", "located")
        },
        "reading": [api.inference_document(one, speaker) for one in found["inferences"]],
        "repairs": [api.proposal_document(one, speaker) for one in found["proposals"]],
    }


def record(one: api.ImportRecord) -> dict[str, Any]:
    """Return one import as JSON."""
    return {
        "id": one.id,
        "version": one.version,
        "at": one.at.isoformat(),
        "profile": one.profile,
        "options": dict(one.options),
        "status": one.status,
        "total": one.total,
        "accepted": one.accepted,
        "rejected": one.rejected,
        "duplicates": one.duplicates,
        "files": [file.name for file in one.files],
    }


def issues_csv(groups: Iterable[Mapping[str, Any]], speaker: api.Speaker) -> bytes:
    """Write complaints as CSV: the kind, where, which value, why."""
    say = speaker.say
    heads = [
        *(say("Kind"), say("File"), say("Row"), say("Field"), say("Value"), say("Code")),
        say("Reason"),
    ]
    rows = [
        [
            *(say(kind_of(group["kind"])), issue.file, issue.row, issue.field),
            *(issue.value, issue.code, say(issue.message)),
        ]
        for group in groups
        for issue in group["issues"]
    ]
    return api.export_rows(heads, rows)


def imports_csv(records: Sequence[api.ImportRecord], speaker: api.Speaker) -> bytes:
    """Write the imports of a data set as CSV."""
    say = speaker.say
    heads = [
        *(say("Import"), say("Version"), say("Time (UTC)"), say("Files"), say("Profile")),
        *(say("Outcome"), say("Rows"), say("Accepted"), say("Rejected"), say("Duplicates")),
    ]
    rows = [
        [
            *(one.id, one.version, one.at.isoformat(timespec="seconds")),
            *(" | ".join(file.name for file in one.files), one.profile, say(status_of(one.status))),
            *(one.total, one.accepted, one.rejected, one.duplicates),
        ]
        for one in records
    ]
    return api.export_rows(heads, rows)
