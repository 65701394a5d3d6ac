"""How severe it is: crashes by severity, casualties by injury, as shares with limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from crashkit import contrasts, rankings, stats, tables, traits
from crashkit.analysis import Analysis, Answer, Question, always
from crashkit.errors import Message, within
from crashkit.model import SEVERITIES
from crashkit.stats import FEW
from crashkit.traits import Tally

FIELD = {"crashes": "severity", "casualties": "injury"}
ORDER = {"crashes": SEVERITIES, "casualties": tuple(tables.HURT)}
WORST = {"crashes": ("fatal", "serious"), "casualties": ("killed", "serious")}


def lacks(question: Question) -> Message | None:
    """Say whether the severity of anything is known."""
    if _is_told(question):
        return None
    return Message("The data do not tell how severe it was.")


def _is_told(question: Question) -> bool:
    if question.unit == "casualties":
        # Summed for the figures above every view already.
        return any(tables.by_crash(question.data, injury).any() for injury in tables.HURT)
    return bool(_tally(question).known)


def answer(question: Question) -> Answer:
    """Return the shares, and in one sentence the killed and the seriously injured among them."""
    tally = _tally(question)
    unit = tables.UNIT_LABELS[question.unit]
    title = Message("{unit} by {field}", {"unit": unit, "field": within(tally.label)})
    return rankings.ranking(
        question,
        tally,
        title=title,
        order=ORDER[question.unit],
        finding=_finding(question, tally),
        warnings=tuple(_warnings(tally)),
        more=(
            Message(
                "These are shares of what was recorded: where slight crashes are not reported, the "
                "share of severe ones is too high."
            ),
        ),
    )


def _tally(question: Question) -> Tally:
    return traits.tally(question.data, FIELD[question.unit], question.unit)


def _finding(question: Question, tally: Tally) -> Message:
    worst, serious = WORST[question.unit]
    dead = tally.count(worst)
    low, high = stats.poisson_interval(dead)
    words = {
        "unit": tables.UNIT_LABELS[question.unit],
        "n": round(tally.known),
        "dead": dead,
        "worst": tally.value_label(worst),
    }
    if tally.known < FEW:
        return Message(
            "{unit}: of {n} too few for shares; “{worst}”: {dead} (only counts are shown).", words
        )
    if tally.values == (worst,):
        # Such data tell of nobody else: a share of all would be one of nothing.
        limits = {"low": round(low), "high": round(high)}
        if question.unit != "crashes":
            return Message("{unit}: only “{worst}” is told: {dead}.", words)
        return Message(
            "{unit}: only “{worst}” is told: {dead} (95 % limits of chance {low} to {high}).",
            words | limits,
        )
    share = tally.shares([worst])[0]
    severe = _together(question, tally, (worst, serious))
    words |= {
        "share": rankings.percent(share.value),
        **_limits(share, "low", "high"),
        "both": rankings.percent(severe.value),
        **_limits(severe, "low2", "high2"),
        "serious": tally.value_label(serious),
    }
    if not tally.count(serious):
        return Message(
            "{unit}: “{worst}” are {share} % of the {n} that are known (95 % limits {low} to "
            "{high} %).",
            words,
        )
    return Message(
        "{unit}: “{worst}” are {share} % of the {n} that are known (95 % limits {low} to "
        "{high} %); “{worst}” and “{serious}” together {both} % ({low2} to {high2} %).",
        words,
    )


def _together(question: Question, tally: Tally, values: Sequence[str]) -> contrasts.Share:
    """Return the share of several values together."""
    if question.unit == "crashes":
        return contrasts.Share(sum(map(tally.count, values)), tally.known)
    return traits.share_together(question.data, tally.field, question.unit, values)


def _limits(share: contrasts.Share, low: str, high: str) -> dict[str, object]:
    found = share.limits()
    if math.isnan(found[0]):
        return {low: None, high: None}
    return {low: rankings.percent(found[0]), high: rankings.percent(found[1])}


def _warnings(tally: Tally) -> Iterable[Message]:
    if tally.known >= FEW and len(tally.values) == 1:
        yield Message(
            "Only “{value}” is told by these data, so that a share of it says nothing.",
            {"value": tally.value_label(tally.values[0])},
        )


ANALYSIS = Analysis(
    name="severity",
    title="Severity",
    summary="Crashes by severity, casualties by injury: shares with their limits.",
    theme="what",
    order=10,
    answer=answer,
    units=("crashes", "casualties"),
    lacks=lacks,
    rests_on=frozenset({"severity", "injury", "n_injured", *tables.HURT.values()}),
    public=always,
)
