"""Run a screening: choose crashes, cut places, score, keep apart, rank and judge them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crashkit import filters, geo, method
from crashkit.errors import Message
from crashkit.model import CrashData, Progress, Screening, ScreeningResult, no_progress
from crashkit.roads.placing import Placed
from crashkit.screening import apart, asking, judging, notes, parts, ranking, repeating
from crashkit.screening import treated as treating
from crashkit.screening.apart import Scored
from crashkit.screening.repeating import Question
from crashkit.screening.treated import Treated
from crashkit.sites import Scores


def run(
    asked: Screening,
    data: CrashData,
    *,
    roads: Placed | None = None,
    progress: Progress = no_progress,
    treated: Sequence[Treated] = (),
    data_version: str = "",
    repeat: bool = True,
) -> ScreeningResult:
    """Answer a question; `roads` is where each crash is, for places at junctions or on roads.

    `treated` are sites of the register whose works are done: they are looked at on the time after.
    `repeat`: ask again with something changed, to tell how stable the list is. Raises MethodError
    saying what the data lack, Cancelled when stopped.
    """
    progress(0.0, Message("Choosing the crashes"))
    question = _question(asked, data, roads, tuple(treated))
    place, part = question.place, question.data
    progress(0.1, Message("Cutting places"))
    sites = question.cut(part)
    progress(0.3, Message("Measuring places"))
    asking.check_traffic(asked, question.measure, sites)
    peers = question.peers()
    if "family" in parts.names(question.measure.params):
        params = replace(question.measure_params, family=judging.family(sites, peers))
        question = replace(question, measure_params=params)

    def again(rest: CrashData) -> Scored:
        found = sites if rest is part else question.cut(rest)
        scores = Scores.of(question.measure.score(found, part, question.measure_params, peers))
        return Scored(found, scores).take(np.flatnonzero(scores.passed))

    overlaps = place.overlaps and place.apart
    kept = apart.keep_apart(
        again, part, overlaps=overlaps, anew=place.anew, progress=_between(progress, 0.4, 0.5)
    )
    progress(0.5, Message("Ranking places"))
    judged = judging.evidence(
        kept.sites,
        peers,
        target=question.measure.target,
        anchored=place.anchored,
        compared=judging.family(sites, peers),
        by_unit=getattr(question.measure_params, "rank_by", "") == "unit",
    )
    stays, repeats = (
        repeating.stability(question, kept.sites, _between(progress, 0.5, 0.98))
        if repeat
        else ([None] * len(kept), ())
    )
    judged = [replace(one, stability=share) for one, share in zip(judged, stays, strict=True)]
    answer = ScreeningResult(
        asked=asked,
        findings=ranking.rank(kept, part, judged),
        compared=len(sites),
        crashes=len(part),
        located=int(parts.located(part, place, roads).sum()),
        period=part.period,
        data_version=data_version,
        target=question.measure.target,
        repeats=repeats,
    )
    doubts = notes.doubts(asked, data, answer, peers)
    more = notes.caveats(question.measure, part, question.measure_params)
    return replace(answer, notes=(*doubts, *more))


def _question(
    asked: Screening, data: CrashData, roads: Placed | None, treated: tuple[Treated, ...]
) -> Question:
    """Read what is asked, and choose the crashes that count."""
    place, measure = parts.place_named(asked.place), parts.measure_named(asked.measure)
    place_params = method.read(place.params, asked.place_params)
    measure_params = method.read(measure.params, asked.measure_params)
    asking.check_fields(asked, data, measure)
    part = asking.judged(filters.apply(filters.parse(asked.filter), data), asked.measure_params)
    asking.check_places(asked, part, place, roads)
    part = treating.without_before(part, treated)
    part = geo.labelled(part, by_province=parts.posts_by_province(part))
    return Question(place, measure, place_params, measure_params, part, roads, treated)


def _between(progress: Progress, first: float, last: float) -> Progress:
    """Return a progress that fills only a part of the whole."""

    def part(share: float, doing: Message | None = None) -> None:
        progress(first + share * (last - first), doing)

    return part
