"""What can be said, in a few sentences: those of the analyses, where the numbers carry them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crashkit import analysis, evidence, stats, tracking
from crashkit.analysis import Answer
from crashkit.blocks import Block, Heading, Points
from crashkit.errors import (
    FilterError,
    Message,
    MethodError,
    NeedsChoice,
    NoCount,
    NotFound,
    counted,
)
from crashkit.own_reports import Part
from crashkit.section import Facts, Section

TITLE = "What can be said"
TOGETHER = Message("all comparisons judged together")


@dataclass(frozen=True)
class Change:
    """What an analysis says of a change between years, and its chance if there were none."""

    finding: Message
    p: float


def applies(facts: Facts) -> bool:
    """Say whether there is a crash."""
    return len(facts.data) > 0


def build(facts: Facts) -> list[Block]:
    """Return the sentences, the surest and most useful first, and how they were chosen."""
    changes = list(_changes(facts))
    adjusted = stats.holm(np.array([one.p for one in changes])).tolist() if changes else []
    claims = [
        *evidence.claims([_said(one, facts.public) for one in changes], adjusted, TOGETHER),
        *(() if facts.public else _others(facts)),
    ][: evidence.book()["length"]["most"]]
    claimed = sum(p < evidence.scale()[-1][0] for p in adjusted)
    closing = _closing(len(facts.data), len(changes), claimed)
    alone = sum(
        one.p < evidence.scale()[-1][0] <= p for one, p in zip(changes, adjusted, strict=True)
    )
    notes = _notes(changes, alone)
    return [Heading(Message(TITLE)), Points((*claims, closing)), Points(tuple(notes))]


def _found(facts: Facts, asked: Mapping[str, Any]) -> Answer | None:
    """Return what an analysis answers; None where the data lack what it needs."""
    part = Part(**asked)
    unit = part.unit or analysis.named(part.analysis).units[0]
    try:
        return analysis.answer(part.analysis, facts.question(part, unit))
    except (FilterError, MethodError, NeedsChoice, NotFound):
        return None


# ----------------------------------------------------------------- changes


def _changes(facts: Facts) -> Iterator[Change]:
    """Yield the comparisons of years that can be made; too few, or a break, is none."""
    for asked in evidence.book()["changes"]:
        found = _found(facts, asked)
        if found is not None and "percent" in found.finding.values:
            yield Change(found.finding, _chance(found.finding.values))


def _said(one: Change, public: int) -> Message:
    """Return the finding; for the public what it comes to, its numbers stand in tables alone."""
    told = one.finding.values
    if not public:
        return one.finding
    words = {name: told[name] for name in ("what", "first", "last", "verdict")}
    if "day" not in told:
        return Message("{what}, {first} to {last}: {verdict}.", words)
    return Message(
        "{what} by {day}, beside the mean of {first} to {last} to that day: {verdict}.",
        {**words, "day": told["day"]},
    )


def _chance(told: Mapping[str, Any]) -> float:
    """Return the chance of a change as far from none, from its 95 % limits.

    Of so few years the scatter is not well known: it is that of t, with fewer degrees of freedom
    than any of the analyses has, so that it is rather too large. Where the trend begins in a year
    that was searched for, it is as many times larger as there are years to choose from
    (Bonferroni): the limits take that year for known.
    """
    low, high = (
        told[name] for name in (("lower", "upper") if "lower" in told else ("low", "high"))
    )
    change = _log(told["percent"])
    near = _log(low if change > 0 else high)
    if not (math.isfinite(change) and math.isfinite(near)) or change == near:
        return 1.0
    freedom = max(int(told["last"]) - int(told["first"]) - 1, 1)
    searched = int(told["last"]) - int(told["start"]) if "start" in told else 1
    return min(1.0, searched * stats.chance_by_limits(change, abs(change - near), freedom))


def _log(percent: float) -> float:
    return math.log1p(percent / 100) if percent > -100 else -math.inf


# ------------------------------------------------------------------ others


def _others(facts: Facts) -> Iterator[Message]:
    """Yield what is sure by a verdict or limits of its own."""
    for asked in evidence.book()["others"]:
        found = _found(facts, asked)
        if found is not None:
            yield from SURE[asked["analysis"]](found)


def _target(found: Answer) -> Iterator[Message]:
    if found.finding.values.get("verdict", tracking.OPEN) != tracking.OPEN:
        yield found.finding
        # From another year than the target is meant from, it is another target.
        yield from found.warnings


def _road_users(found: Answer) -> Iterator[Message]:
    told = found.finding.values
    if told.get("low") is not None and "second" not in told:
        yield found.finding


def _light(found: Answer) -> Iterator[Message]:
    told = found.finding.values
    if "ratio" in told and not told["lower"] <= 100 <= told["upper"]:
        yield found.finding


def _areas(found: Answer) -> Iterator[Message]:
    if "said" not in found.finding.values:
        return
    known = evidence.book()["areas"]
    chance = 1 - known["level"] ** found.finding.values["n"]
    if chance < known["seldom"]:
        yield Message(
            "{title}: {finding} Chance alone names an area in {percent} % of such comparisons.",
            {"title": found.title, "finding": found.finding, "percent": round(100 * chance, 1)},
        )


SURE = {"target": _target, "road_users": _road_users, "light": _light, "districts": _areas}

# ------------------------------------------------------------------- words


def _closing(crashes: int, compared: int, claimed: int) -> Message:
    if not compared:
        return counted(
            "There is one crash, and too little to compare: no change can be claimed.",
            "Of {n} crashes there are too few, or too few years that compare: no change can be "
            "claimed.",
            crashes,
        )
    words = {"n": NoCount(claimed), "compared": NoCount(compared)}
    if claimed == compared:
        return Message(
            "Comparisons of years that show more than chance, judged together: {n} of {compared}.",
            words,
        )
    return Message(
        "Comparisons of years that show more than chance, judged together: {n} of {compared}. That "
        "the others show nothing beyond chance does not prove that nothing changed.",
        words,
    )


def _notes(changes: list[Change], alone: int) -> Iterator[Message]:
    yield Message(
        "A sentence stands here only where the numbers carry it; each is that of its analysis, and "
        "tells what is recorded, not why. Shares and forecasts have limits of their own, each "
        "judged alone."
    )
    if alone:
        yield counted(
            "One comparison would show more than chance if it were the only one, and is called so "
            "in its own chapter; among {compared} that is no rare thing.",
            "{n} comparisons would show more than chance if each were the only one, and are called "
            "so in their own chapters; among {compared} that is no rare thing.",
            NoCount(alone),
            compared=NoCount(len(changes)),
        )
    if changes:
        yield evidence.explained()


SECTION = Section(name="findings", title=TITLE, build=build, applies=applies, public=True)
