"""Which sites of several lists are one place.

Across rules, places differ in size: a long section of one list may hold several circles of another.
Sites are looked at from the one with most crashes down; each joins the largest site before it with
which it is one place, or begins a place of its own. So no chain of neighbours makes half a town one
place. The order of the lists is of no matter.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from crashkit import register
from crashkit.model import ScreeningResult, Site

HALF = 0.75
"""So close are sites, as the register tells it, of which more than half of the shorter lies in the
other, or whose points are nearer than half the smaller reach."""


class Member(NamedTuple):
    """A site by its list and its position in it, both from 0."""

    list: int
    at: int


Place = tuple[Member, ...]
"""The sites that are one place, the one with most crashes first."""


class Tie(NamedTuple):
    """What makes two sites one place: the crashes they share, and how close their ground is."""

    shared: int
    closeness: float


def places(lists: Sequence[ScreeningResult]) -> list[Place]:
    """Return every site of every list once, those that are one place together."""
    ties = _ties(lists)
    found: dict[Member, list[Member]] = {}
    begun: dict[Member, int] = {}
    for member in _largest_first(lists):
        near = {core: tie for core, tie in ties.get(member, {}).items() if core in found}
        # Of equal ties the one to the largest site counts, which began first.
        core = max(near, key=lambda one: (near[one], -begun[one]), default=member)
        begun.setdefault(core, len(begun))
        found.setdefault(core, []).append(member)
    return [tuple(members) for members in found.values()]


def by_ground(first: Sequence[Site], second: Sequence[Site]) -> dict[tuple[int, int], float]:
    """Return which sites of two lists lie on the same ground, with how close they are."""
    return {
        (one.first, one.second): one.closeness
        for one in register.alike(first, second)
        if one.by != "crashes" and one.closeness > HALF
    }


def sites(answer: ScreeningResult) -> list[Site]:
    """Return the sites of a list, the worst first."""
    return [one.site for one in answer.findings]


def _ties(lists: Sequence[ScreeningResult]) -> dict[Member, dict[Member, Tie]]:
    found: dict[Member, dict[Member, Tie]] = {}
    for i, j in combinations(range(len(lists)), 2):
        first, second = sites(lists[i]), sites(lists[j])
        ground, shared = by_ground(first, second), _shared(first, second)
        for a, b in ground.keys() | shared.keys():
            tie = Tie(shared.get((a, b), 0), ground.get((a, b), 0.0))
            one, other = Member(i, a), Member(j, b)
            found.setdefault(one, {})[other] = tie
            found.setdefault(other, {})[one] = tie
    return found


def _shared(first: Sequence[Site], second: Sequence[Site]) -> dict[tuple[int, int], int]:
    """Count the crashes that sites share, where these are more than half of the smaller one's."""
    at: dict[int, list[int]] = {}
    for n, one in enumerate(second):
        for crash in one.crash_ids:
            at.setdefault(crash, []).append(n)
    found = {}
    for n, one in enumerate(first):
        for other, shared in Counter(
            m for crash in one.crash_ids for m in at.get(crash, ())
        ).items():
            if 2 * shared > min(len(one.crash_ids), len(second[other].crash_ids)):
                found[n, other] = shared
    return found


def _largest_first(lists: Sequence[ScreeningResult]) -> list[Member]:
    members = [Member(i, at) for i, one in enumerate(lists) for at in range(len(one.findings))]
    return sorted(members, key=lambda one: (*order(lists[one.list].findings[one.at].site), one))


def order(site: Site) -> tuple[object, ...]:
    """Return what puts sites in an order that no order of lists can change, most crashes first."""
    degrees = [0.0 if math.isnan(one) else one for one in (site.lat, site.lon)]
    return (-len(site.crash_ids), *degrees, site.road, site.from_m or 0, site.to_m or 0, site.id)
