"""Run a screening: choose crashes, cut places, score, keep apart, rank and judge them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crashkit import filters, geo, method
from crashkit.errors import Message
from crashkit.model import CrashData, Progress, Screening, ScreeningResult, no_progress
from crashkit.peers import Reference
from crashkit.roads.placing import Placed
from crashkit.screening import apart, asking, judging, notes, parts, ranking, repeating
from crashkit.screening import treated as treating
from crashkit.screening.apart import Scored
from crashkit.screening.repeating import Question
from crashkit.screening.treated import Treated
from crashkit.sites import Scores, Sites


@dataclass(frozen=True, eq=False)
class Survey:
    """All places that a question looks at, with what its measure says of each, listed or not.

    `question` has the crashes that count; `peers` is what places like these have, if it is known.
    """

    asked: Screening
    question: Question
    places: Scored
    peers: Reference | None


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
    looked = survey(asked, data, roads=roads, treated=treated, progress=between(progress, 0, 0.4))
    rest = between(progress, 0.4, 1.0)
    return answer(looked, data, progress=rest, data_version=data_version, repeat=repeat)


def survey(
    asked: Screening,
    data: CrashData,
    *,
    roads: Placed | None = None,
    progress: Progress = no_progress,
    treated: Sequence[Treated] = (),
) -> Survey:
    """Look at every place that a question asks of; see `run`."""
    progress(0.0, Message("Choosing the crashes"))
    question = _question(asked, data, roads, tuple(treated))
    progress(0.25, Message("Cutting places"))
    sites = question.cut(question.data)
    progress(0.75, Message("Measuring places"))
    asking.check_traffic(asked, question.measure, sites)
    peers = question.peers()
    if "family" in parts.names(question.measure.params):
        params = replace(question.measure_params, family=judging.family(sites, peers))
        question = replace(question, measure_params=params)
    return Survey(asked, question, _scored(question, sites, peers), peers)


def answer(
    looked: Survey,
    data: CrashData,
    *,
    progress: Progress = no_progress,
    data_version: str = "",
    repeat: bool = True,
) -> ScreeningResult:
    """Keep the places apart that pass, rank and judge them; `data` are all crashes. See `run`."""
    question, peers = looked.question, looked.peers
    place, part, sites = question.place, question.data, looked.places.sites

    def again(rest: CrashData) -> Scored:
        of_rest = rest is not part
        found = _scored(question, question.cut(rest), peers) if of_rest else looked.places
        return found.take(np.flatnonzero(found.scores.passed))

    overlaps = place.overlaps and place.apart
    kept = apart.keep_apart(
        again, part, overlaps=overlaps, anew=place.anew, progress=between(progress, 0.0, 0.15)
    )
    progress(0.15, Message("Ranking places"))
    judged = judging.evidence(
        kept.sites,
        peers,
        target=question.measure.target,
        anchored=place.anchored,
        compared=judging.family(sites, peers),
    )
    stays, repeats = (
        repeating.stability(question, kept.sites, between(progress, 0.15, 0.97))
        if repeat
        else ([None] * len(kept), ())
    )
    judged = [replace(one, stability=share) for one, share in zip(judged, stays, strict=True)]
    found = ScreeningResult(
        asked=looked.asked,
        findings=ranking.rank(kept, part, judged),
        compared=len(sites),
        crashes=len(part),
        located=int(parts.located(part, place, question.roads).sum()),
        period=part.period,
        data_version=data_version,
        target=question.measure.target,
        repeats=repeats,
    )
    doubts = notes.doubts(looked.asked, data, found, peers)
    more = notes.caveats(question.measure, part, question.measure_params)
    return replace(found, notes=(*doubts, *more))


def _scored(question: Question, sites: Sites, peers: Reference | None) -> Scored:
    """Measure places; what is left of some is measured as they are, by the peers of all."""
    scores = question.measure.score(sites, question.data, question.measure_params, peers)
    return Scored(sites, Scores.of(scores))


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


def between(progress: Progress, first: float, last: float) -> Progress:
    """Return a progress that fills only a part of the whole."""

    def part(share: float, doing: Message | None = None) -> None:
        progress(first + share * (last - first), doing)

    return part
