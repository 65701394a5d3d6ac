"""Why a place is in one list and not in another: the other question, asked of that ground.

Of the places that the other question looks at, those that hold half of the crashes (or as many as
any does) cover the ground; the one that scores best among them speaks for it. It is below the
limit, or it shares crashes with a worse site that is listed. Before that come the crashes that do
not count there at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, method, screening
from crashkit.comparing import wording
from crashkit.errors import Message
from crashkit.model import Absence, CrashData, ScreeningResult
from crashkit.presets import SETTINGS
from crashkit.screening import Clause, Survey

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

KINDS = {
    "left_out": Message("None of its crashes counts"),
    "unlocated": Message("Its crashes lack what places are cut by"),
    "not_looked_at": Message("No place is cut there"),
    "nothing": Message("No crash that counts lies there"),
    "elsewhere": Message("Its place is cut otherwise"),
    "worse_beside": Message("It overlaps a worse site"),
    "below": Message("Below the limit"),
}
"""Kinds of reason, from the crashes that do not count to the limit that is not reached."""

LACKS = {
    "coordinates": Message("coordinates"),
    "chainage": Message("a road and a km post"),
}


@dataclass(frozen=True, eq=False)
class Asked:
    """A question with its answer and all it looked at; `data` are the crashes it was asked of.

    `counting` are those of them that count; `listed` has the position (from 1) of the site at which
    each crash is listed.
    """

    data: CrashData
    looked: Survey
    answer: ScreeningResult
    counting: CrashData
    listed: Mapping[int, int]

    @classmethod
    def of(cls, data: CrashData, looked: Survey, answer: ScreeningResult) -> Asked:
        """Return a question with its answer."""
        listed = {
            id_: position
            for position, one in reversed([*enumerate(answer.findings, 1)])
            for id_ in one.site.crash_ids
        }
        return cls(data, looked, answer, screening.counting(looked.clauses, data), listed)

    @property
    def ids(self) -> Ints:
        """The crashes that count."""
        return self.counting.crash_ids


def absences(asked: Asked, grounds: Sequence[Ints]) -> list[Absence]:
    """Return for each ground, told by the ids of its crashes, why no site of the list is there.

    Of the parts of a rule the one speaks whose place comes closest to its limit.
    """
    if not grounds:
        return []
    wanted = np.unique(np.concatenate(grounds))
    parts = [_Part(asked, clause, wanted, grounds) for clause in asked.looked.clauses]
    return [max(parts, key=lambda part: part.closeness[n]).absence(n) for n in range(len(grounds))]


class _Part:
    """One part of a question, or all of it where it has none, and what it says of each ground."""

    def __init__(self, asked: Asked, clause: Clause, wanted: Ints, grounds: Sequence[Ints]) -> None:
        self.asked, self.clause, self.grounds = asked, clause, grounds
        self.fates = _Fates(asked.data, clause, wanted)
        self.placed = [self.fates.placed(ids) for ids in grounds]
        holding = _Holding(clause, self.fates.ids)
        self.best = [holding.best(ids) for ids in self.placed]
        self.short = _shortfalls(clause, [at for at in self.best if at is not None])
        self.closeness = [
            (-np.inf if at is None else holding.values[at], ids.size)
            for at, ids in zip(self.best, self.placed, strict=True)
        ]

    def absence(self, n: int) -> Absence:
        """Say why there is no site on a ground."""
        ids, placed, best = self.grounds[n], self.placed[n], self.best[n]
        found = _uncounted(self.fates, ids)
        if found is not None:
            return found
        kind, said = _judged(self.asked, self.clause, placed, best, self.short)
        return Absence(kind, (*self._closest(), *self.fates.told(ids), *said))

    def _closest(self) -> Iterator[Message]:
        """Name the part, where there are others."""
        if len(self.asked.looked.clauses) > 1:
            part = SETTINGS.get(self.clause.asked.setting) or Message(self.clause.asked.title)
            yield Message("Closest comes this part of the rule: {part}.", {"part": part})


class _Holding:
    """Which places hold some of the crashes that are asked about."""

    def __init__(self, clause: Clause, wanted: Ints) -> None:
        sites = clause.sites
        here = np.isin(sites.crash_ids, wanted)
        rows = np.repeat(np.arange(len(sites)), sites.counts)[here]
        ids = sites.crash_ids[here]
        order = np.argsort(ids, kind="stable")
        self._ids, self._rows = ids[order], rows[order]
        self.values = np.nan_to_num(clause.places.scores.values, nan=-np.inf)

    def best(self, ids: Ints) -> int | None:
        """Return the place that speaks best for some crashes; None where no place holds any."""
        first, last = (np.searchsorted(self._ids, ids, side) for side in ("left", "right"))
        spans = [self._rows[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        rows, shared = np.unique(np.concatenate([*spans, _NONE]), return_counts=True)
        if not rows.size:
            return None
        enough = 2 * shared >= min(ids.size, 2 * int(shared.max()))
        rows, shared = rows[enough], shared[enough]
        return int(rows[np.lexsort((rows, -shared, -self.values[rows]))[0]])


_NONE = np.empty(0, dtype=np.int64)


# --------------------------------------------------------- crashes that do not count


class _Fates:
    """What becomes of each crash that is asked about, all at once.

    It is left out by the filter, outside the time, in another setting, before the end of works,
    without a place, or none of these: then it is placed.
    """

    def __init__(self, data: CrashData, clause: Clause, ids: Ints) -> None:
        question = clause.question
        lost = data.ids(ids)
        order = np.argsort(lost.crash_ids, kind="stable")
        self.ids = lost.crash_ids[order]
        self.chosen = filters.parse(clause.asked.filter)
        self.period, self.needs = question.data.period, question.place.needs
        days = lost.crashes["crash_date"].to_numpy(dtype="datetime64[D]")[order]
        start, end = np.datetime64(self.period.start), np.datetime64(self.period.end)
        counts = np.isin(self.ids, question.data.crash_ids)
        self.counts = counts
        self.filtered = ~counts & ~filters.keeps(self.chosen, lost)[order]
        # A crash without a date lies in no time.
        self.untimely = ~counts & ~self.filtered & ~((days >= start) & (days <= end))
        gone = ~counts & ~self.filtered & ~self.untimely
        self.elsewhere = gone & ~screening.is_in_setting(clause.asked, lost)[order]
        self.before_works = gone & ~self.elsewhere
        mask = screening.located(question.data, question.place, question.roads)
        self.has_place = counts & np.isin(self.ids, question.data.crash_ids[mask])
        self.severity = np.full(self.ids.size, "", dtype=object)
        if lost.has("severity"):
            told = lost.crashes["severity"].astype(object).fillna("unknown").to_numpy()
            self.severity = told[order]

    def rows(self, ids: Ints) -> Ints:
        """Return where some of the crashes are."""
        found: Ints = np.searchsorted(self.ids, ids).astype(np.int64)
        return found

    def placed(self, ids: Ints) -> Ints:
        """Return those that can lie at a place."""
        return ids[self.has_place[self.rows(ids)]]

    def told(self, ids: Ints) -> Iterator[Message]:
        """Say which of the crashes do not count, and why."""
        rows = self.rows(ids)
        said = {"of": ids.size}
        if n := int(self.filtered[rows].sum()):
            yield self._filtered({"n": n, **said}, rows[self.filtered[rows]])
        if n := int(self.untimely[rows].sum()):
            yield Message(
                "Outside the time that is looked at ({start} to {end}): {n} of its {of} crashes.",
                {"n": n, **said, "start": self.period.start, "end": self.period.end},
            )
        if n := int(self.elsewhere[rows].sum()):
            yield Message("In another setting: {n} of its {of} crashes.", {"n": n, **said})
        if n := int(self.before_works[rows].sum()):
            yield Message(
                "Before works at a treated site ended: {n} of its {of} crashes.", {"n": n, **said}
            )
        if n := int((self.counts & ~self.has_place)[rows].sum()):
            lacks = [LACKS[need] for need in self.needs if need in LACKS]
            yield (
                Message(
                    "Without {what}: {n} of its {of} crashes.",
                    {"n": n, **said, "what": lacks[0]},
                )
                if lacks
                else Message(
                    "On none of the known roads: {n} of its {of} crashes.", {"n": n, **said}
                )
            )

    def _filtered(self, said: dict[str, int], rows: Ints) -> Message:
        """Say what the filter leaves out: by severity where that is what it asks."""
        wanted = self.chosen.query.get("severity", "").split(",")
        found = Counter(self.severity[rows].tolist())
        if "severity" in self.chosen.query and not found.keys() & {*wanted, ""}:
            severities = [
                Message(
                    "{what}: {n}",
                    {"what": filters.value_label("severity", code), "n": found[code]},
                )
                for code in sorted(found)
            ]
            return Message(
                "Left out by the filter: {n} of its {of} crashes ({severities}).",
                {**said, "severities": severities},
            )
        return Message(
            "Left out by the filter: {n} of its {of} crashes ({filter}).",
            {**said, "filter": [*filters.clauses(self.chosen)]},
        )


def _uncounted(fates: _Fates, ids: Ints) -> Absence | None:
    """Say why no crash of a place can be looked at; None where some can."""
    if not ids.size:
        return Absence("nothing", ())
    rows = fates.rows(ids)
    if fates.has_place[rows].any():
        return None
    kind = "unlocated" if fates.counts[rows].any() else "left_out"
    return Absence(kind, tuple(fates.told(ids)))


# ------------------------------------------------------------------ the limit


def _judged(
    asked: Asked, clause: Clause, placed: Ints, best: int | None, short: Mapping[int, Message]
) -> tuple[str, tuple[Message, ...]]:
    """Say why the place that speaks for some crashes is not listed: the kind, and sentences."""
    if best is None:
        none = Message(
            "None of the places that the rule looks at holds any of its crashes ({places}).",
            {"places": Message(clause.question.place.title)},
        )
        return "not_looked_at", (none,)
    if clause.places.scores.passed[best]:
        there = _taken(asked, np.array(clause.sites[best].crash_ids, dtype=np.int64))
        return "worse_beside", (_beside(asked, clause, best, there),)
    taken = _taken(asked, placed)
    said = (*_elsewhere(asked, placed, taken), _below(clause, best, short))
    return "elsewhere" if taken else "below", said


def _taken(asked: Asked, ids: Ints) -> dict[int, int]:
    """Count the crashes that lie at listed sites, by the position of these, most first."""
    at = [asked.listed[id_] for id_ in ids.tolist() if id_ in asked.listed]
    counts = {position: at.count(position) for position in sorted(set(at))}
    return dict(sorted(counts.items(), key=lambda one: -one[1]))


def _beside(asked: Asked, clause: Clause, best: int, taken: dict[int, int]) -> Message:
    sites = clause.sites
    said = {"place": wording.place_name(sites[best]), "n": int(sites.counts[best])}
    position, shared = next(iter(taken.items()))
    there = {"k": shared, "rank": asked.answer.findings[position - 1].rank}
    if clause.question.place.anew:
        return Message(
            "The best of its places here, {place} (crashes: {n}), meets the limit, but of "
            "these {k} belong to the site of rank {rank}, which is worse; what is left does not "
            "meet it.",
            {**said, **there},
        )
    return Message(
        "The best of its places here, {place} (crashes: {n}), meets the limit, but shares {k} "
        "crashes with the site of rank {rank}, which is worse: of places that overlap one is "
        "listed.",
        {**said, **there},
    )


def _elsewhere(asked: Asked, placed: Ints, taken: dict[int, int]) -> Iterator[Message]:
    for position, shared in taken.items():
        finding = asked.answer.findings[position - 1]
        yield Message(
            "To the site of rank {rank}, {place}, belong {k} of its {n} crashes.",
            {
                "k": shared,
                "n": placed.size,
                "rank": finding.rank,
                "place": wording.place_name(finding.site),
            },
        )


LIMITS = (
    *("alpha", "min_excess", "min_score", "min_expected", "min_probability", "min_strength"),
    *("multiple", "confidence"),
)
"""Parameters of measures that say from which number on a place is listed."""


def _shortfalls(clause: Clause, rows: Sequence[int]) -> dict[int, Message]:
    """Say of places below the limit what a written rule asks for and finds, all at once."""
    question, places = clause.question, clause.places
    below = np.array(sorted({at for at in rows if not places.scores.passed[at]}), dtype=np.int64)
    say = question.measure.shortfalls
    if say is None or not below.size:
        return {}
    said = say(places.sites.take(below), question.data, question.measure_params)
    return dict(zip(below.tolist(), said, strict=True))


def _below(clause: Clause, best: int, short: Mapping[int, Message]) -> Message:
    """Say what the best place has, and what is asked."""
    places, params = clause.places, clause.question.measure_params
    n, least = int(places.sites.counts[best]), getattr(params, "min_crashes", 0)
    said = {"place": wording.place_name(places.sites[best]), "n": n}
    if best in short:
        return Message(
            "The best of its places here is {place} (crashes: {n}). {found}",
            {**said, "found": short[best]},
        )
    if n < least:
        return Message(
            "The best of its places here is {place} (crashes: {n}); {least} or more are listed.",
            {**said, "least": method.exact(least)},
        )
    return Message(
        "The best of its places here is {place} (crashes: {n}), below the limit ({limits}). "
        "{found}",
        {**said, "limits": _limits(params), "found": places.scores.reason(best) or ""},
    )


def _limits(params: Any) -> list[Message]:
    return [
        Message(
            "{label}: {value}",
            {"label": Message(info.label), "value": method.exact(getattr(params, info.name))},
        )
        for info in method.describe(type(params))
        if info.name in LIMITS
    ]
