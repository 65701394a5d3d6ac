"""One rule asked of two or three periods: which places stay, move, come and go.

A site of one period is that of another where the register of sites would recognise it; each is one
site at most. Where less than half of the shorter lies in the other, or where it is the next one
along its road, it has moved. How the crashes of a place changed is counted on the same ground in
every period, whether a site was found there or not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crashkit import geo, method, register, rules, screening
from crashkit.comparing import asking, grouping, wording
from crashkit.comparing.grouping import Member, Place
from crashkit.comparing.reasoning import Asked
from crashkit.errors import Message, MethodError
from crashkit.model import (
    ComparedPlace,
    Comparison,
    CrashData,
    Lasting,
    Progress,
    Screening,
    ScreeningResult,
    Site,
    no_progress,
)
from crashkit.register import FAR_M, LEEWAY_M, NOMINATED
from crashkit.roads import naming
from crashkit.roads.placing import Placed
from crashkit.screening import Treated
from crashkit.trends import ratios

Ints = NDArray[np.int64]

MOST = 3
"""So many periods are put side by side: the classes of ODM 218.4.004-2009 are of three."""


class Link(NamedTuple):
    """Two sites of two periods that may be one, and how close they are, from 0 to 1."""

    first: Member
    second: Member
    closeness: float


def of_periods(
    questions: Sequence[Screening],
    data: CrashData,
    *,
    roads: Placed | None = None,
    treated: Sequence[Treated] = (),
    data_version: str = "",
    progress: Progress = no_progress,
) -> Comparison:
    """Ask one rule of several periods, the earliest first, and say what became of each place.

    Each question has its period in its filter; all of them are asked by the version of the rule
    that is in force when the last one ends, so that only the crashes differ. `roads` and `treated`
    as for a screening. Raises MethodError for other than two or three periods, or periods that
    overlap or are not in order; Cancelled when stopped.
    """
    asking.check(questions, most=MOST)
    end = screening.last_day(questions[-1], data)
    alike = [screening.in_force(one, data, on=end) for one in questions]
    asked = asking.ask_all(
        alike,
        data,
        roads=roads,
        treated=treated,
        data_version=data_version,
        progress=screening.between(progress, 0, 0.8),
    )
    lists = tuple(one.answer for one in asked)
    _check_order([(one.period.start, one.period.end) for one in lists])
    progress(0.8, Message("Putting the lists side by side"))
    found = places(lists)
    pairs = asking.pairs(asked, found)
    progress(0.9, Message("Looking for reasons"))
    return Comparison(
        kind="periods",
        lists=lists,
        pairs=pairs,
        places=tuple(sorted(_described(asked, found), key=_first)),
        data_version=data_version,
        notes=(*_versions(questions, asked, data), *_notes(asked)),
    )


def stretches(words: str) -> list[tuple[date, date]]:
    """Read periods of whole years, such as "2019-2021,2022-2024", as first and last days.

    Raises MethodError for words that are no years, and periods that are not in order.
    """
    found = []
    for part in words.split(","):
        told = YEARS.fullmatch(part.strip())
        if told is None or int(told[2] or told[1]) < int(told[1]):
            raise MethodError(
                "{words} is no period. Write years, such as 2019-2021,2022-2024.",
                words=part.strip() or words,
            )
        found.append((date(int(told[1]), 1, 1), date(int(told[2] or told[1]), 12, 31)))
    _check_order(found)
    return found


YEARS = re.compile(r"([12]\d{3})(?:\s*[-–]\s*([12]\d{3}))?")


def _check_order(periods: Sequence[tuple[date, date]]) -> None:
    for (_, end), (start, _) in zip(periods, periods[1:], strict=False):
        if end >= start:
            raise MethodError(
                "The period from {start} does not come after the one until {end}. Name periods "
                "that do not overlap, the earliest first.",
                start=start,
                end=end,
            )


# ------------------------------------------------------------------- one place


def places(lists: Sequence[ScreeningResult]) -> list[Place]:
    """Return every site of every period once, those that are one place together.

    A place has one site of each period at most: the closest are put together first.
    """
    together: dict[Member, list[Member]] = {
        one: [one]
        for one in (
            Member(i, at) for i, each in enumerate(lists) for at in range(len(each.findings))
        )
    }
    for link in sorted(_links(lists), key=_closest):
        one, other = together[link.first], together[link.second]
        if {each.list for each in one}.isdisjoint(each.list for each in other):
            joined = sorted(one + other)
            together |= dict.fromkeys(joined, joined)
    return sorted({tuple(members) for members in together.values()})


def _closest(link: Link) -> tuple[float, int, int]:
    """Put close links first; of equals it is of no matter which list comes first."""
    return (-link.closeness, link.first.at + link.second.at, abs(link.first.at - link.second.at))


def _links(lists: Sequence[ScreeningResult]) -> Iterator[Link]:
    for i, j in combinations(range(len(lists)), 2):
        first, second = grouping.sites(lists[i]), grouping.sites(lists[j])
        for one in register.alike(first, second):
            yield Link(Member(i, one.first), Member(j, one.second), one.closeness)
        for a, b, closeness in _next_along(first, second):
            yield Link(Member(i, a), Member(j, b), closeness)


def _next_along(first: Sequence[Site], second: Sequence[Site]) -> Iterator[tuple[int, int, float]]:
    """Yield sites on one road of which the gap is no longer than the longer one.

    They are less close than any that the register recognises.
    """
    on: dict[str, list[int]] = {}
    for n, site in enumerate(second):
        on.setdefault(naming.folded(site.road), []).append(n)
    for n, site in enumerate(first):
        for other in on.get(naming.folded(site.road), ()) if site.road else ():
            longest = max(_length_m(site), _length_m(second[other]))
            gap = gap_m(site, second[other])
            # Posts of one road may begin anew in each province.
            if 0 < gap <= longest and not _straight_m(site, second[other]) > max(FAR_M, longest):
                yield n, other, 0.5 * (1 - gap / (longest + 1))


def _length_m(site: Site) -> float:
    """Return how long a site is along its road, or how wide its circle."""
    along = None if site.from_m is None or site.to_m is None else site.to_m - site.from_m
    return max(2 * (site.radius_m or 0.0) if along is None else float(along), LEEWAY_M)


def apart_m(one: Site, other: Site) -> float:
    """Return the metres between the middles of two sites, along their road where posts tell it.

    Not a number where neither posts nor points tell it.
    """
    if _has_posts(one) and _has_posts(other):
        return abs(_middle_m(one) - _middle_m(other))
    return _straight_m(one, other)


def _straight_m(one: Site, other: Site) -> float:
    if math.isnan(one.lon + other.lon):
        return math.nan
    return geo.distance_m(one.lon, one.lat, other.lon, other.lat)


def gap_m(one: Site, other: Site) -> float:
    """Return the metres between the nearer ends of two sites; not a number where not known."""
    return apart_m(one, other) - (_length_m(one) + _length_m(other)) / 2


def _has_posts(site: Site) -> bool:
    return site.from_m is not None and site.to_m is not None


def _middle_m(site: Site) -> float:
    return ((site.from_m or 0) + (site.to_m or 0)) / 2


# ------------------------------------------------------------------ what became of it


def _described(asked: Sequence[Asked], found: Sequence[Place]) -> Iterator[ComparedPlace]:
    lists = [one.answer for one in asked]
    grounds = [_grounds(one, lists, found) for one in asked]
    crashes = [[_union(of[one] for one in place) for place in found] for of in grounds]
    absent = asking.absences(asked, found, crashes)
    for n, place in enumerate(asking.described(lists, found, absent)):
        counts = tuple(int(of[n].size) for of in crashes)
        lasting = _lasting(asked, found[n], counts, grounds[-1])
        yield replace(place, crashes=sum(counts), lasting=lasting)


def _lasting(
    asked: Sequence[Asked],
    place: Place,
    counts: tuple[int, ...],
    last: Mapping[Member, Ints],
) -> Lasting:
    """Say what became of a place; `last` are the crashes of the last period at each site."""
    lists = [one.answer for one in asked]
    years = tuple(one.period.years for one in lists)
    sites = [lists[one.list].findings[one.at].site for one in place]
    moved = apart_m(sites[0], sites[-1])
    change = ratios.rate_ratio(counts[-1], years[-1], counts[0], years[0])
    return Lasting(
        state=state(place, sites, len(lists)),
        moved_m=None if len(sites) == 1 or math.isnan(moved) else moved,
        counts=counts,
        years=years,
        ratio=change.ratio,
        lower=change.lower,
        upper=change.upper,
        p=change.p,
        expected=_expected(asked[0], place[0], years),
        happened=int(last[place[0]].size),
    )


def state(place: Place, sites: Sequence[Site], periods: int) -> str:
    """Return what became of a place that was found in some of two or three periods.

    Of three, the class of ODM 218.4.004-2009 where it is known.
    """
    history = [any(one.list == at for one in place) for at in range(periods)]
    if not history[-1]:
        return "gone"
    if sum(history) == 1:
        return "new"
    known = rules.stability(history) if periods == MOST else None
    if known is not None:
        return known
    return "stable" if grouping.by_ground(sites[:1], sites[-1:]) else "migrating"


def _expected(asked: Asked, first: Member, years: Sequence[float]) -> float:
    """Return what is to be expected in the last period at a site of the first, chance taken out.

    Not known of a site that ends on crashes: it is longer than from the first of them to the last.
    """
    if first.list:
        return math.nan
    one = asked.answer.findings[first.at]
    drawn = any(clause.question.place.anchored for clause in asked.looked.clauses)
    if drawn and one.site.from_m is not None:
        return math.nan
    return one.evidence.estimate * years[-1] / years[0]


# ------------------------------------------------------------------- the same ground


def _grounds(
    asked: Asked, lists: Sequence[ScreeningResult], found: Sequence[Place]
) -> dict[Member, Ints]:
    """Return the crashes of one period on the ground of each site of any period.

    Where places are cut the same way in every period, a site is looked up there; where they are
    drawn around crashes, its crashes are those between its posts, or within its radius.
    """
    members = [one for place in found for one in place]
    sites = [lists[one.list].findings[one.at].site for one in members]
    alike = _cut_alike(asked, sites)
    drawn = [n for n, ids in enumerate(alike) if ids is None]
    around = _around(asked.counting, sites, drawn)
    crashes = [around[n] if ids is None else ids for n, ids in enumerate(alike)]
    return dict(zip(members, crashes, strict=True))


def _union(parts: Iterable[Ints]) -> Ints:
    return np.unique(np.concatenate([*parts]))


def _cut_alike(asked: Asked, sites: Sequence[Site]) -> list[Ints | None]:
    """Return the crashes of the place of the same name; None where places are drawn anew."""
    found: dict[str, Ints] = {}
    for clause in asked.looked.clauses:
        cut = clause.sites
        if not clause.question.place.anchored:
            parts = np.split(cut.crash_ids, cut.offsets[1:-1])
            found |= zip(map(str, cut.names()), parts, strict=True)
    return [found.get(one.id) for one in sites]


def _around(data: CrashData, sites: Sequence[Site], wanted: Sequence[int]) -> dict[int, Ints]:
    """Return the crashes at some of the sites, as those are looked at that people propose."""
    features = [
        {
            "properties": {
                "number": n,
                "origin": NOMINATED,
                **vars(register.spot_of(sites[n])),
            }
        }
        for n in wanted
    ]
    here = data.replace(layers=lambda: {"sites": {"features": features}})
    place = screening.places()["nominated"]
    params: Any = method.read(place.params, {"which": NOMINATED, "reach_m": 0})
    found = place.cut(here, params)
    return {int(one.id): np.array(one.crash_ids, dtype=np.int64) for one in found}


# ----------------------------------------------------------------------------- words


def _first(place: ComparedPlace) -> tuple[object, ...]:
    """Put places first that stay, then those that move, come and go; the worst of each first."""
    order = [*wording.STATES]
    best = min(position for positions in place.found for position in positions)
    state_ = place.lasting.state if place.lasting else ""
    return (order.index(state_), best, *grouping.order(place.site))


def _versions(
    named: Sequence[Screening], asked: Sequence[Asked], data: CrashData
) -> Iterator[Message]:
    """Say by which version all periods are asked where another was named, or in force in one."""
    taken = asked[-1].answer.asked
    own = [screening.in_force(one.answer.asked, data) for one in asked]
    if all(one.preset == taken.preset for one in (*named, *own)):
        return
    yield Message(
        "All periods are asked by one version of the rule, that in force at the end of the last: "
        "{title}.",
        {"title": Message(taken.title)},
    )
    for then, one in zip(own, asked, strict=True):
        if then.preset != taken.preset:
            yield Message(
                "At the end of {period} another version was in force: {title}.",
                {"period": wording.period_name(one.answer), "title": Message(then.title)},
            )


def _notes(asked: Sequence[Asked]) -> Iterator[Message]:
    """Say what must be known to read periods side by side."""
    yield Message(
        "A site is the same one where the register of sites would recognise it. It is called "
        "stable where more than half of the shorter section lies in the other, or the points are "
        "nearer than half the reach; migrating where it moved farther, or where the next site "
        "along its road lies no farther than the longer of the two is long."
    )
    if len(asked) == MOST:
        yield Message(
            "Found in all three periods, or in the last two, is stable; found in the first and the "
            "last is migrating (ODM 218.4.004-2009, table 5.1). The other classes of that table "
            "are not known to us: new and gone are our words."
        )
    yield Message(
        "Places are picked for their many crashes, so the next period has fewer at most of them "
        "even if nothing is done (regression to the mean). A place that is gone is not proved to "
        "be safe, and one that is new is not proved to be worse."
    )
    totals = [len(one.ids) for one in asked]
    yield Message(
        "All crashes that count: {totals}. A change at a place means something only beside the "
        "change of all.",
        {
            "totals": [
                Message("{period}: {n}", {"period": wording.period_name(one.answer), "n": n})
                for one, n in zip(asked, totals, strict=True)
            ]
        },
    )
