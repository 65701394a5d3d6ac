"""Exposure and rates as rows, and as JSON documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import resources
from typing import Any

from crashkit.errors import Message
from crashkit.exposure.reading import ExposureRead
from crashkit.exposure.told import Told
from crashkit.exposure.words import QUANTITIES, rate_title
from crashkit.exposure.yearly import AREAS, DeathRate, DeathRates
from crashkit.intake import beside

Say = Callable[..., str]
DIGITS = 6
"""Digits of a rate that files tell."""


def read_document(found: ExposureRead, replaced: int, say: Say) -> dict[str, Any]:
    """Return how a table was read, as in docs/schema/exposure_add.json."""
    return {
        "file": found.file,
        "rows": found.rows,
        "accepted": found.accepted,
        "rejected": beside.rejected(found.rejected, say),
        "duplicates": list(found.duplicates),
        "numbers": len(found.amounts),
        "replaced": replaced,
        "columns": dict(found.columns),
        "others": {name: list(more) for name, more in found.others.items()},
        "units": dict(found.units),
        "theirs": list(found.theirs),
    }


def example() -> bytes:
    """Return an invented table as CSV: years, areas, ages and sexes as `read` reads them."""
    return resources.files("crashkit.exposure").joinpath("example.csv").read_bytes()


def kept_rows(kept: Sequence[Told]) -> list[tuple[str, str, int, float, str, str]]:
    """Return what is kept as rows: quantity, area, year, number, band of age, sex."""
    return [(one.quantity, one.area, one.year, one.value, one.age_band, one.sex) for one in kept]


def wide_rows(kept: Sequence[Told]) -> list[list[Any]]:
    """Return names of columns, then a row for each place, as `read` reads them.

    A place is an area and a year, and an age and a sex where any number is of these.
    """
    by_age = any(one.age_band or one.sex for one in kept)
    places: dict[tuple[str | int, ...], dict[str, float]] = {}
    for one in kept:
        people = (one.age_band, one.sex) if by_age else ()
        places.setdefault((one.area, one.year, *people), {})[one.quantity] = one.value
    names = [name for name in QUANTITIES if any(name in told for told in places.values())]
    rows = [[*place, *(told.get(name) for name in names)] for place, told in places.items()]
    return [["area", "year", *(("age_band", "sex") if by_age else ()), *names], *rows]


def as_document(kept: Sequence[Told]) -> dict[str, Any]:
    """Return what is kept, as in docs/schema/exposure.json."""
    names = ("quantity", "area", "year", "value", "age_band", "sex")
    return {"exposure": [dict(zip(names, row, strict=True)) for row in kept_rows(kept)]}


def rate_columns(found: DeathRates) -> list[Message]:
    """Return the heads of the columns of rates."""
    area = AREAS[found.by] if found.by else Message("Area")
    within = [Message("Within 30 days, estimated")] if found.factor is not None else []
    return [
        area,
        Message("Year"),
        Message("Killed, as counted"),
        QUANTITIES[found.quantity],
        rate_title(found.quantity),
        Message("95 % limits, lower"),
        Message("95 % limits, upper"),
        *within,
    ]


def rate_rows(found: DeathRates) -> list[list[Any]]:
    """Return the rates as rows below `rate_columns`."""
    return [
        [*one.values()] if found.factor is not None else [*one.values()][:-1]
        for one in map(_rate, found.rates)
    ]


def rates_document(found: DeathRates, say: Say) -> dict[str, Any]:
    """Return rates, as in docs/schema/exposure_rates.json."""
    return {
        "quantity": found.quantity,
        "title": say(rate_title(found.quantity)),
        "per": found.per,
        "by": found.by,
        "factor": found.factor,
        "rates": [_rate(one) for one in found.rates],
        "notes": [say(note) for note in found.notes],
    }


def _rate(one: DeathRate) -> dict[str, Any]:
    told = asdict(one)
    limits = told.pop("rate")
    return {
        "area": told["area"],
        "year": told["year"],
        "deaths": told["deaths"],
        "exposure": told["exposure"],
        "rate": _rounded(limits["rate"]),
        "lower": _rounded(limits["lower"]),
        "upper": _rounded(limits["upper"]),
        "within_30d": _rounded(told["within_30d"]),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, DIGITS)
