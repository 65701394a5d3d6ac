"""Lists side by side as rows, as the one JSON document, as GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from crashkit import register
from crashkit.comparing import wording
from crashkit.comparing.reasoning import KINDS
from crashkit.errors import Message
from crashkit.model import Absence, ComparedPlace, Comparison, Lasting, ListPair

Say = Callable[[Message], str]

COLUMNS = {
    "place": Message("Place"),
    "group": Message("Group"),
    "name": Message("Name"),
    "lists": Message("Lists that have it"),
    "road": Message("Road"),
    "from_km": Message("From km"),
    "to_km": Message("To km"),
    "lon": Message("Longitude"),
    "lat": Message("Latitude"),
    "crashes": Message("Crashes"),
}
"""Columns of a table of places; beside them each list has its own, see PER_LIST."""

OF_PERIODS = {
    "moved_m": Message("Moved by, m"),
    "ratio": Message("Last rate over the first"),
    "low": Message("Lower limit"),
    "high": Message("Upper limit"),
    "p": Message("Probability"),
    "expected": Message("Expected where it was found first"),
    "happened": Message("Happened there"),
    "change": Message("What changed"),
}
"""Columns more where periods stand side by side."""

PER_LIST = {
    "rank": Message("Rank in {list}"),
    "crashes": Message("Crashes in {list}"),
    "why_not": Message("Why not in {list}"),
}
"""Columns of each list; their names end in its letter."""


def column_names(comparison: Comparison) -> list[str]:
    """Return the columns of the table of places, in order."""
    of_lists = [f"{name}_{letter}" for letter in _letters(comparison) for name in PER_LIST]
    return [*COLUMNS, *(OF_PERIODS if comparison.kind == "periods" else ()), *of_lists]


def _letters(comparison: Comparison) -> str:
    return wording.LETTERS[: len(comparison.lists)]


def as_rows(comparison: Comparison, say: Say) -> list[dict[str, Any]]:
    """Return the places as flat rows, in the columns of `column_names`."""
    names = column_names(comparison)
    return [
        {name: row[name] for name in names}
        for number, place in enumerate(comparison.places, 1)
        for row in [_flat(_place(number, place, comparison, say))]
    ]


def _flat(place: dict[str, Any]) -> dict[str, Any]:
    lists, lasting = place["by_list"], place["lasting"] or {}
    counts = lasting.get("counts") or [sum(one["crashes"]) for one in lists]
    of_lists = {
        f"{name}_{one['list']}": value
        for one, crashes in zip(lists, counts, strict=True)
        for name, value in (
            ("rank", ", ".join(map(str, one["ranks"]))),
            ("crashes", crashes),
            ("why_not", one["why_not"]),
        )
    }
    has = " ".join(one["list"] for one in lists if one["ranks"])
    return {**place, **lasting, **of_lists, "lists": has}


def as_sheets(comparison: Comparison, say: Say) -> list[tuple[str, list[str], list[list[Any]]]]:
    """Return the tables of a workbook: name, headings in words, and rows of each."""
    names, rows = column_names(comparison), as_rows(comparison, say)
    cells = [[row[name] for name in names] for row in rows]
    return [
        (say(Message("Places")), [say(column_label(name)) for name in names], cells),
        (
            say(Message("Agreement")),
            [say(label) for label in AGREEMENT.values()],
            _pairs(comparison),
        ),
        (say(Message("About")), [say(Message("About")), ""], _about(comparison, say)),
    ]


def column_label(name: str) -> Message:
    """Return the heading of a column."""
    known = {**COLUMNS, **OF_PERIODS}
    if name in known:
        return known[name]
    what, _, letter = name.rpartition("_")
    return Message(PER_LIST[what].text, {"list": letter})


AGREEMENT = {
    "first": Message("First list"),
    "second": Message("Second list"),
    "places": Message("Places of both"),
    "first_by_crashes": Message("Sites of the first with most of their crashes in the second"),
    "second_by_crashes": Message("Sites of the second with most of their crashes in the first"),
    "first_by_ground": Message("Sites of the first on the ground of the second"),
    "second_by_ground": Message("Sites of the second on the ground of the first"),
    "jaccard": Message("Share of crashes in both (Jaccard)"),
    "kappa": Message("Agreement beyond chance (kappa)"),
    "ranks": Message("Correlation of ranks (Spearman)"),
}
"""Columns of the table of agreement."""


def _pairs(comparison: Comparison) -> list[list[Any]]:
    return [[_pair(one)[name] for name in AGREEMENT] for one in comparison.pairs]


def _about(comparison: Comparison, say: Say) -> list[list[Any]]:
    lists = [
        [wording.LETTERS[at], say(wording.list_title(comparison, at))]
        for at in range(len(comparison.lists))
    ]
    said = [*wording.sentences(comparison), *comparison.notes]
    note = say(Message("Note"))
    return [
        [say(Message("Data")), comparison.data_version],
        *lists,
        *([note, say(one)] for one in said),
    ]


def as_document(comparison: Comparison, say: Say) -> dict[str, Any]:
    """Return the one JSON document of command, page and file (docs/schema/compare.json)."""
    return {
        "kind": comparison.kind,
        "data_version": comparison.data_version,
        "says": [say(one) for one in wording.sentences(comparison)],
        "lists": [
            {
                "list": wording.LETTERS[at],
                "preset": one.asked.preset,
                "title": say(wording.list_title(comparison, at)),
                "period": {
                    "from": one.period.start.isoformat(),
                    "to": one.period.end.isoformat(),
                },
                "sites": len(one.findings),
                "crashes": one.crashes,
                "compared": one.compared,
                "notes": [say(note) for note in one.notes],
            }
            for at, one in enumerate(comparison.lists)
        ],
        "pairs": [_pair(one) for one in comparison.pairs],
        "places": [
            _place(number, place, comparison, say)
            for number, place in enumerate(comparison.places, 1)
        ],
        "notes": [say(note) for note in comparison.notes],
    }


def as_geojson(comparison: Comparison, say: Say) -> dict[str, Any]:
    """Return the places as GeoJSON points (WGS 84); one without coordinates has no geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["place"],
                "geometry": _point(row["lon"], row["lat"]),
                "properties": row,
            }
            for row in as_rows(comparison, say)
        ],
    }


def _point(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    if lon is None or lat is None:
        return None
    return {"type": "Point", "coordinates": [lon, lat]}


def _pair(one: ListPair) -> dict[str, Any]:
    return {
        "first": wording.LETTERS[one.first],
        "second": wording.LETTERS[one.second],
        "places": one.places,
        "first_by_crashes": one.by_crashes[0],
        "second_by_crashes": one.by_crashes[1],
        "first_by_ground": one.by_ground[0],
        "second_by_ground": one.by_ground[1],
        "crashes": {
            "both": one.both,
            "only_first": one.only_first,
            "only_second": one.only_second,
            "neither": one.neither,
        },
        "jaccard": _plain(one.jaccard),
        "kappa": _plain(one.kappa),
        "ranks": _plain(one.ranks),
    }


def _place(number: int, place: ComparedPlace, comparison: Comparison, say: Say) -> dict[str, Any]:
    site = place.site
    return {
        "place": number,
        "group": wording.group_of(place),
        "name": say(register.spot_label(register.spot_of(site), site.place)),
        "lon": _plain(site.lon),
        "lat": _plain(site.lat),
        "road": site.road or None,
        "from_km": None if site.from_m is None else site.from_m / 1000,
        "to_km": None if site.to_m is None else site.to_m / 1000,
        "crashes": place.crashes,
        "by_list": [
            {
                "list": wording.LETTERS[at],
                "positions": list(positions),
                "ranks": [one.findings[position - 1].rank for position in positions],
                "crashes": [len(one.findings[n - 1].site.crash_ids) for n in positions],
                **_absence(absent, say),
            }
            for at, (one, positions, absent) in enumerate(
                zip(comparison.lists, place.found, place.absent, strict=True)
            )
        ],
        "lasting": _lasting(place, say),
    }


def _absence(absent: Absence | None, say: Say) -> dict[str, Any]:
    if absent is None:
        return {"reason": None, "why_not": None}
    said = [f"{say(KINDS[absent.kind])}.", *map(say, absent.said)]
    return {"reason": absent.kind, "why_not": " ".join(said)}


def _lasting(place: ComparedPlace, say: Say) -> dict[str, Any] | None:
    found: Lasting | None = place.lasting
    if found is None:
        return None
    return {
        "state": found.state,
        "moved_m": None if found.moved_m is None else _plain(found.moved_m, 1),
        "counts": list(found.counts),
        "years": [round(one, 4) for one in found.years],
        "ratio": _plain(found.ratio),
        "low": _plain(found.lower),
        "high": _plain(found.upper),
        "p": float(f"{found.p:.6g}"),
        "expected": _plain(found.expected),
        "happened": found.happened,
        "change": " ".join(say(one) for one in wording.change_sentences(place)),
    }


def _plain(value: float, digits: int = 6) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
