"""Weather as rows, and as JSON documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from crashkit.intake import beside
from crashkit.weather.days import KeptDay
from crashkit.weather.reading import WeatherRead
from crashkit.weather.words import QUANTITIES

Say = Callable[..., str]


def read_document(found: WeatherRead, replaced: int, say: Say) -> dict[str, Any]:
    """Return how a table was read, as in docs/schema/weather_add.json."""
    return {
        "file": found.file,
        "rows": found.rows,
        "accepted": found.accepted,
        "rejected": beside.rejected(found.rejected, say),
        "duplicates": list(found.duplicates),
        "days": len(found.days),
        "replaced": replaced,
        "columns": dict(found.columns),
        "others": {name: list(more) for name, more in found.others.items()},
        "units": dict(found.units),
        "order": found.order,
        "strange": dict(found.strange),
        "theirs": list(found.theirs),
    }


HEADS = ("date", "place", "lat", "lon", *QUANTITIES, "phenomena")


def rows(kept: Sequence[KeptDay]) -> list[list[Any]]:
    """Return names of columns, then a row for each place and day, as `read` reads them.

    Where no day tells phenomena there is no column of them: an empty cell would say that there
    were none.
    """
    told = any(one.phenomena is not None for one in kept)
    heads = HEADS if told else HEADS[:-1]
    return [list(heads), *(row[: len(heads)] for row in _rows(kept))]


def _rows(kept: Iterable[KeptDay]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for one in kept:
        told = "none" if one.phenomena == frozenset() else "|".join(sorted(one.phenomena or ()))
        found.append(
            [
                one.day.isoformat(),
                one.place,
                one.lat,
                one.lon,
                *(one.values.get(name) for name in QUANTITIES),
                told,
            ]
        )
    return found


def as_document(kept: Sequence[KeptDay]) -> dict[str, Any]:
    """Return what is kept, as in docs/schema/weather.json."""
    return {
        "weather": [
            {
                "date": one.day.isoformat(),
                "place": one.place,
                "lat": one.lat,
                "lon": one.lon,
                **{name: one.values.get(name) for name in QUANTITIES},
                "phenomena": None if one.phenomena is None else sorted(one.phenomena),
            }
            for one in kept
        ]
    }
