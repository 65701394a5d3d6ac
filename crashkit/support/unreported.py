"""What the police never heard of: what data tell of it, and what cannot be told from them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from crashkit import breaks, casualties, filters, stats
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.quality import Deaths, Linkage, columns
from crashkit.support.aspects import NOT, PARTLY, Aspect, percent

LEAST_KILLED = 30
"""A ratio that rests on fewer deaths is mostly chance. Source: data standards, section 4."""


@dataclass(frozen=True)
class Published:
    """The people hurt on the roads of a country in a year, as it published them."""

    title: Message
    killed: int
    serious: int
    slight: int
    verified: bool
    source: str


@cache
def published() -> tuple[Published, ...]:
    """Return what `published.toml` holds."""
    text = resources.files("crashkit.support").joinpath("published.toml").read_text("utf-8")
    return tuple(
        Published(**{**row, "title": Message(row["title"])})
        for row in tomllib.loads(text)["published"]
    )


def reporting(data: CrashData, deaths: Deaths, linkage: Linkage | None = None) -> Aspect:
    """Say what is known of crashes and deaths that are not in the data."""
    found = (*_compared(linkage), *_of_deaths(deaths), *_ratios(data))
    follows = Message(
        "A place can look safe because its crashes were not recorded: slight ones and those of "
        "pedestrians and cyclists are missing most."
    )
    holds = PARTLY if linkage is not None and linkage.is_enough else NOT
    return Aspect("reporting", Message("Crashes not reported"), holds, found, follows)


def _compared(linkage: Linkage | None) -> Iterator[Message]:
    if linkage is None:
        yield Message(
            "How many people the police never hear of cannot be told from these data: it takes a "
            "second list, of a hospital."
        )
    elif not linkage.is_enough:
        yield Message(
            "Only {n} people stand in both lists; an estimate needs {least}.",
            {"n": linkage.strict.both, "least": stats.LEAST_MATCHED},
        )
    else:
        lists = linkage.strict
        low, high = lists.limits
        yield Message(
            "The police know {percent} % of the people hurt ({low} to {high} %), by comparison "
            "with a hospital list.",
            {
                "percent": percent(min(1.0, lists.first / lists.total)),
                "low": percent(min(1.0, lists.first / high)),
                "high": percent(min(1.0, lists.first / low)),
            },
        )


def _of_deaths(deaths: Deaths) -> Iterator[Message]:
    if not deaths.killed:
        return
    if deaths.factor is None:
        yield Message(
            "It is not known how long after a crash a death counts, so no factor makes the deaths "
            "comparable with those within 30 days."
        )
    elif deaths.definition == "30d":
        yield Message("Deaths within 30 days are counted, as in most countries.")
    else:
        yield Message(
            "Deaths are counted as follows: {definition}; times {factor} they would be those "
            "within 30 days ({source}).",
            {
                "definition": filters.value_label("killed_definition", deaths.definition),
                "factor": deaths.factor.factor,
                "source": deaths.factor.source,
            },
        )


def _ratios(data: CrashData) -> Iterator[Message]:
    """Hold the injured for each death beside those of a country that published them."""
    killed = float(casualties.deaths(data).sum()) if breaks.tells_deaths(data) else 0.0
    if killed < LEAST_KILLED:
        yield Message(
            "Too few deaths are recorded, or none are told, to compare the injured for each death "
            "with those of a country."
        )
        return
    serious, slight, injured = (
        _sum(data, f"n_{kind}") for kind in ("serious", "slight", "injured")
    )
    if not injured and not slight:
        yield Message("The injured are not counted, so their ratio to deaths is not known.")
    for known in published():
        if slight:
            yield Message(
                "Slightly injured for each death: {ours}; {country}: {theirs} ({source}).",
                _beside(slight / killed, known.slight / known.killed, known),
            )
        elif injured:
            yield Message(
                "Injured for each death: {ours}; {country}: {theirs} ({source}).",
                _beside(injured / killed, (known.serious + known.slight) / known.killed, known),
            )
        if serious:
            yield Message(
                "Seriously injured for each death: {ours}; {country}: {theirs}.",
                _beside(serious / killed, known.serious / known.killed, known),
            )


def _beside(ours: float, theirs: float, known: Published) -> dict[str, object]:
    return {
        "ours": round(ours, 1),
        "theirs": round(theirs, 1),
        "country": known.title,
        "source": known.source,
    }


def _sum(data: CrashData, name: str) -> float:
    return float(np.nansum(columns.numbers(data, name)))
