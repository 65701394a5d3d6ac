"""Run a screening: choose crashes, cut places, score, keep apart, rank and judge them.

A rule of parts is asked part by part. What the parts find is put together before it is kept apart:
the worst site first, by whichever part, and what it leaves is cut and judged again by all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, geo, method
from crashkit.errors import Message, MethodError
from crashkit.model import (
    CrashData,
    Evidence,
    Period,
    Progress,
    Screening,
    ScreeningResult,
    no_progress,
)
from crashkit.peers import Reference
from crashkit.presets import SETTINGS
from crashkit.roads.placing import Placed
from crashkit.screening import apart, asking, judging, notes, parts, ranking, repeating
from crashkit.screening import treated as treating
from crashkit.screening.apart import Scored
from crashkit.screening.repeating import Question
from crashkit.screening.treated import Treated
from crashkit.sites import Scores, Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PART = "part"
"""The column of places that tells which clause they were cut by."""


@dataclass(frozen=True, eq=False)
class Clause:
    """One part of a rule, or a rule without parts: the places it looks at, listed or not.

    `question` has the crashes that count, `places` has what its measure says of each place; `peers`
    is what places like these have, if it is known.
    """

    asked: Screening
    question: Question
    places: Scored
    peers: Reference | None

    @property
    def sites(self) -> Sites:
        """All places of the part."""
        return self.places.sites

    def passing(self, sites: Sites) -> Scored:
        """Return those of some places that meet the rule."""
        found = self.places if sites is self.sites else _scored(self.question, sites, self.peers)
        return found.take(np.flatnonzero(found.scores.passed))


@dataclass(frozen=True, eq=False)
class Survey:
    """All places that a question looks at, by each part of its rule, before any is listed.

    `asked` is the version that is answered, `wanted` the one that was named; `unasked` says which
    parts the data cannot answer.
    """

    wanted: Screening
    asked: Screening
    clauses: tuple[Clause, ...]
    unasked: tuple[Message, ...]


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

    Where another version of the rule is in force when the data end, that one is asked. `treated`
    are sites of the register whose works are done: they are looked at on the time after. `repeat`:
    ask again with something changed, to tell how stable the list is. Raises MethodError saying what
    the data lack, Cancelled when stopped.
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
    as_named: bool = False,
) -> Survey:
    """Look at every place that a question asks of; see `run`.

    `as_named`: ask the version of the rule that was named, whichever is in force.
    """
    progress(0.0, Message("Choosing the crashes"))
    wanted, asked = asked, asked if as_named else asking.in_force(asked, data)
    questions, unasked = _questions(asked, data, roads, tuple(treated))
    progress(0.25, Message("Cutting places"))
    cut = [one.cut(one.data) for _, one in questions]
    progress(0.75, Message("Measuring places"))
    clauses = (
        _clause(part, question, sites)
        for (part, question), sites in zip(questions, cut, strict=True)
    )
    return Survey(wanted, asked, tuple(clauses), tuple(unasked))


def answer(
    looked: Survey,
    data: CrashData,
    *,
    progress: Progress = no_progress,
    data_version: str = "",
    repeat: bool = True,
) -> ScreeningResult:
    """Keep the places apart that pass, rank and judge them; `data` are all crashes. See `run`."""
    clauses, asked = looked.clauses, looked.asked
    part = counting(clauses, data)
    kept = _kept_apart(clauses, part, between(progress, 0.0, 0.15))
    progress(0.15, Message("Ranking places"))
    judged, repeats = _judged(clauses, kept.sites, between(progress, 0.15, 0.97), repeat=repeat)
    findings = ranking.rank(kept, part, judged)
    if asked.parts:
        findings = tuple(
            replace(one, part=clauses[at].asked.preset)
            for one, at in zip(findings, _part_of(kept.sites).tolist(), strict=True)
        )
    found = ScreeningResult(
        asked=asked,
        findings=findings,
        compared=sum(len(one.sites) for one in clauses),
        crashes=len(part),
        located=int(np.isin(part.crash_ids, _located(clauses)).sum()),
        period=part.period,
        data_version=data_version,
        target=clauses[0].question.measure.target,
        repeats=repeats,
    )
    peers = [one.peers for one in clauses]
    doubts = notes.doubts(found, data, wanted=looked.wanted, known=peers)
    more = (
        note
        for one in clauses
        for note in notes.caveats(
            one.question.measure, one.question.data, one.question.measure_params
        )
    )
    return replace(found, notes=tuple(_once([*looked.unasked, *doubts, *more])))


def _questions(
    asked: Screening, data: CrashData, roads: Placed | None, treated: tuple[Treated, ...]
) -> tuple[list[tuple[Screening, Question]], list[Message]]:
    """Return the parts that the data can answer, and why they cannot answer the others.

    Raises MethodError where they can answer none.
    """
    found, unasked, first = [], [], None
    for one in asked.each:
        try:
            found.append((one, _question(one, data, roads, treated)))
        except MethodError as error:
            first = first or error
            said = {"part": Message(one.title), "why": error.message}
            unasked.append(Message("A part of the rule is not asked ({part}). {why}", said))
    if first and not found:
        raise first
    return found, unasked


def _question(
    asked: Screening, data: CrashData, roads: Placed | None, treated: tuple[Treated, ...]
) -> Question:
    """Read what is asked, and choose the crashes that count."""
    place, measure = parts.place_named(asked.place), parts.measure_named(asked.measure)
    place_params = method.read(place.params, asked.place_params)
    measure_params = method.read(measure.params, asked.measure_params)
    asking.check_fields(asked, data, measure)
    chosen = filters.apply(filters.parse(asked.filter), data)
    part = asking.in_setting(asked, asking.judged(chosen, asked.measure_params))
    asking.check_places(asked, part, place, roads)
    part = treating.without_before(part, treated)
    part = geo.labelled(part, by_province=parts.posts_by_province(part))
    return Question(place, measure, place_params, measure_params, part, roads, treated)


def _clause(asked: Screening, question: Question, sites: Sites) -> Clause:
    """Complete a part by its peers, and tell its measure how many places are compared."""
    asking.check_traffic(asked, question.measure, sites)
    peers = question.peers()
    if "family" in parts.names(question.measure.params):
        params = replace(question.measure_params, family=judging.family(sites, peers))
        question = replace(question, measure_params=params)
    return Clause(asked, question, _scored(question, sites, peers), peers)


def _scored(question: Question, sites: Sites, peers: Reference | None) -> Scored:
    """Measure places; what is left of some is measured as they are, by the peers of all."""
    scores = question.measure.score(sites, question.data, question.measure_params, peers)
    return Scored(sites, Scores.of(scores))


def counting(clauses: Sequence[Clause], data: CrashData) -> CrashData:
    """Return the crashes that any part looks at, in the time that all of them span."""
    if len(clauses) == 1:
        return clauses[0].question.data
    each = [one.question.data for one in clauses]
    ids = np.unique(np.concatenate([one.crash_ids for one in each]))
    periods = [one.period for one in each]
    period = max(periods, key=lambda one: (one.years, one.end))
    if any(one.start < period.start or one.end > period.end for one in periods):
        period = Period(min(one.start for one in periods), max(one.end for one in periods))
    part = data.keep(np.isin(data.crash_ids, ids), period=period)
    return geo.labelled(part, by_province=parts.posts_by_province(part))


def _kept_apart(clauses: Sequence[Clause], part: CrashData, progress: Progress) -> Scored:
    """Return the sites of all parts, the worst first, none of which shares a crash with another."""
    if len(clauses) == 1:
        (one,) = clauses
        place = one.question.place

        def again(rest: CrashData) -> Scored:
            return one.passing(one.sites if rest is part else one.question.cut(rest))

        overlaps = place.overlaps and place.apart
        return apart.keep_apart(again, part, overlaps=overlaps, anew=place.anew, progress=progress)

    def of_all(rest: CrashData) -> Scored:
        found = [
            _marked(one, at, one.passing(_places(one, rest, first=rest is part)))
            for at, one in enumerate(clauses)
        ]
        return reduce(Scored.joined, found)

    return apart.keep_apart(of_all, part, overlaps=True, anew=True, progress=progress)


def _places(clause: Clause, rest: CrashData, *, first: bool) -> Sites:
    """Return the places of a part among the crashes that are left; all of them at first."""
    if first:
        return clause.sites
    own = clause.question.data
    left = rest.keep(np.isin(rest.crash_ids, own.crash_ids), period=own.period)
    if not len(left) or not clause.question.place.anew:
        return clause.sites.take(np.zeros(0, dtype=np.int64))
    return clause.question.cut(left)


def _marked(clause: Clause, at: int, found: Scored) -> Scored:
    """Mark places by the part that found them, and say it before the reason."""
    sites, scores = found.sites, found.scores
    where = SETTINGS.get(clause.asked.setting) or Message(clause.asked.title)

    def reason(i: int) -> Message | None:
        told = scores.reason(i)
        return told and Message("{part}. {reason}", {"part": where, "reason": told})

    columns = {**sites.columns, PART: np.full(len(sites), float(at))}
    return Scored(replace(sites, columns=columns), replace(scores, reason=reason))


def _part_of(sites: Sites) -> Ints:
    """Return for each place the clause that found it; the first where there is only one."""
    return np.nan_to_num(sites.numbers(PART)).astype(np.int64)


def _judged(
    clauses: Sequence[Clause], sites: Sites, progress: Progress, *, repeat: bool
) -> tuple[list[Evidence], tuple[Message, ...]]:
    """Return how sure one may be of each site, and what was changed to see which of them stay."""
    of = _part_of(sites)
    judged, repeats = [Evidence()] * len(sites), list[Message]()
    for at, one in enumerate(clauses):
        rows = np.flatnonzero(of == at)
        mine = sites.take(rows)
        found = judging.evidence(
            mine,
            one.peers,
            target=one.question.measure.target,
            anchored=one.question.place.anchored,
            compared=judging.family(one.sites, one.peers),
            by=_divisor(one, mine),
        )
        if repeat:
            share = between(progress, at / len(clauses), (at + 1) / len(clauses))
            stays, done = repeating.stability(one.question, mine, share)
            found = [replace(each, stability=stay) for each, stay in zip(found, stays, strict=True)]
            repeats += done
        for row, evidence in zip(rows.tolist(), found, strict=True):
            # A rank among the sites of one part says nothing of that among all.
            alone = len(clauses) == 1
            judged[row] = evidence if alone else replace(evidence, rank_low=None, rank_high=None)
    return judged, tuple(_once(repeats))


def _divisor(clause: Clause, sites: Sites) -> Floats | float:
    """Return what crashes are divided by where a list is one of rates: size and years, or traffic.

    The ranks that a site may have are then drawn for the same rate.
    """
    question, peers = clause.question, clause.peers
    if question.measure.target == "rate":
        return method.traffic(sites, question.data.period.years, 1.0)
    by_unit = getattr(question.measure_params, "rank_by", "") == "unit"
    if peers and (by_unit or question.measure.target == "frequency"):
        return peers.exposure(sites)
    return 1.0


def _located(clauses: Sequence[Clause]) -> Ints:
    """Return the crashes that any part can place."""
    found = [
        one.question.data.crash_ids[
            parts.located(one.question.data, one.question.place, one.question.roads)
        ]
        for one in clauses
    ]
    return np.unique(np.concatenate(found))


def _once(messages: Sequence[Message]) -> Iterator[Message]:
    """Give each sentence once, in order: parts of a rule say much alike."""
    seen = list[Message]()
    for one in messages:
        if one not in seen:
            seen.append(one)
            yield one


def between(progress: Progress, first: float, last: float) -> Progress:
    """Return a progress that fills only a part of the whole."""

    def part(share: float, doing: Message | None = None) -> None:
        progress(first + share * (last - first), doing)

    return part
