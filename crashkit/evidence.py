"""Words of evidence: how strongly numbers speak against chance alone, said the same everywhere."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from crashkit.errors import Message, NoCount, NoShare

SMALLEST = Decimal("0.001")
"""Chances below this are told as such: of smaller ones the digits say nothing to a reader."""


def chance(p: float, *, of_hundred: bool = False) -> Message:
    """Write a chance, or at how many of a hundred places, with as many digits as it deserves.

    It is the one way in which a chance stands in a sentence: 0.38, 0.017, < 0.001.
    """
    if math.isnan(p):
        return Message("not known")
    places = 2 if of_hundred else 0
    if p < float(SMALLEST):
        return Message("< {p}", {"p": SMALLEST.scaleb(places)})
    digits = 3 if p < 0.1 else 2
    return Message("{p}", {"p": Decimal(f"{p:.{digits}f}").scaleb(places)})


def probability(p: float) -> Message:
    """Write a p-value: p = 0.017, p < 0.001."""
    if math.isnan(p):
        return Message("not known")
    if p < float(SMALLEST):
        return Message("p < {p}", {"p": SMALLEST})
    return Message("p = {p}", chance(p).values)


@cache
def book() -> Mapping[str, Any]:
    """Return what findings are chosen from, and the words of evidence (findings.toml)."""
    text = resources.files("crashkit").joinpath("findings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def scale() -> list[tuple[float, Message]]:
    """Return the words of evidence, the strongest first, each with the chance below which it is."""
    return [
        (one["below_percent"] / 100, Message(one["words"])) for one in book()["evidence"]["scale"]
    ]


def claims(
    findings: Iterable[Message], chances: Sequence[float], judged: Message
) -> Iterator[Message]:
    """Yield the findings whose adjusted chance has a word of evidence, the strongest first.

    `judged` says which comparisons the chances are adjusted for.
    """
    found, least = list(findings), 0.0
    for below, words in scale():
        for finding, p in zip(found, chances, strict=True):
            if least <= p < below:
                yield Message(
                    "{finding} Evidence that this is more than chance, {judged}: {strength}.",
                    {"finding": finding, "judged": judged, "strength": words},
                )
        least = below


def limit(percent: float) -> float:
    """Write the limit of a rule in per cent: it counts no crashes, and the public may read it."""
    return NoCount(round(percent)) if float(percent).is_integer() else NoShare(percent)


def explained() -> Message:
    """Say what the words of evidence stand for, and whose they are."""
    known = book()["evidence"]
    words = [
        Message(
            "{words} below {percent} %",
            {"words": Message(one["words"]), "percent": limit(one["below_percent"])},
        )
        for one in known["scale"]
    ]
    return Message(
        "The words of evidence are of the chance of such a change if nothing changed, adjusted for "
        "the number of comparisons (Holm 1979): {scale} (after {source}; checked)."
        if known["verified"]
        else "The words of evidence are of the chance of such a change if nothing changed, "
        "adjusted for the number of comparisons (Holm 1979): {scale} (after {source}; not checked "
        "against it).",
        {"scale": words, "source": known["source"]},
    )
