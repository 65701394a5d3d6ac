"""How far two lists of sites agree: by their sites, by their crashes, by their ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crashkit import stats
from crashkit.comparing import grouping
from crashkit.comparing.grouping import Place
from crashkit.model import ListPair, ScreeningResult

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST = 3
"""The ranks of fewer places are not correlated: two of them always agree wholly, or not at all."""


def pair(
    lists: Sequence[ScreeningResult],
    looked: Sequence[Ints],
    found: Sequence[Place],
    first: int,
    second: int,
) -> ListPair:
    """Return how far two of the lists agree; `looked` are the crashes that each looks at.

    Only crashes that both look at are compared: what happened before the years of a rule, or what
    its filter leaves out, is no disagreement about a place.
    """
    one, other = grouping.sites(lists[first]), grouping.sites(lists[second])
    of_one, of_other = _crashes(lists[first]), _crashes(lists[second])
    ground = grouping.by_ground(one, other)
    common = np.intersect1d(looked[first], looked[second])
    in_one, in_other = np.isin(common, of_one), np.isin(common, of_other)
    both = (int((in_one & in_other).sum()), int((in_one & ~in_other).sum()))
    rest = (int((~in_one & in_other).sum()), int((~in_one & ~in_other).sum()))
    shared = [ranks for place in found if (ranks := _ranks(place, lists, first, second))]
    return ListPair(
        first=first,
        second=second,
        by_crashes=(_mostly_in(lists[first], of_other), _mostly_in(lists[second], of_one)),
        by_ground=(len({a for a, _ in ground}), len({b for _, b in ground})),
        places=len(shared),
        both=both[0],
        only_first=both[1],
        only_second=rest[0],
        neither=rest[1],
        jaccard=jaccard(*both, rest[0]),
        kappa=kappa(*both, *rest),
        ranks=correlation([a for a, _ in shared], [b for _, b in shared]),
    )


def _crashes(answer: ScreeningResult) -> Ints:
    ids = [id_ for one in answer.findings for id_ in one.site.crash_ids]
    return np.unique(np.array(ids, dtype=np.int64))


def _mostly_in(answer: ScreeningResult, crashes: Ints) -> int:
    """Count the sites with more than half of their crashes among these."""
    known = set(crashes.tolist())
    sites = [one.site.crash_ids for one in answer.findings]
    return sum(2 * sum(id_ in known for id_ in ids) > len(ids) for ids in sites)


def _ranks(
    place: Place, lists: Sequence[ScreeningResult], first: int, second: int
) -> tuple[int, int] | None:
    """Return the best rank of a place in each of two lists; None where one has it not."""
    ranks = [
        [lists[one.list].findings[one.at].rank for one in place if one.list == wanted]
        for wanted in (first, second)
    ]
    return (min(ranks[0]), min(ranks[1])) if all(ranks) else None


def jaccard(both: int, only_first: int, only_second: int) -> float:
    """Return what two sets share over what is in any of them; NaN for two empty sets.

    >>> jaccard(6, 2, 4)
    0.5

    Source: Jaccard 1912, New Phytologist 11: 37-50.
    """
    either = both + only_first + only_second
    return both / either if either else float("nan")


def kappa(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Return how far two answers of yes or no agree beyond chance: 1 wholly, 0 as chance would.

    NaN where chance alone would agree wholly, and where nothing was asked.

    >>> round(kappa(20, 5, 10, 15), 4)
    0.4

    Source: Cohen 1960, Educational and Psychological Measurement 20: 37-46.
    """
    n = both + only_first + only_second + neither
    if not n:
        return float("nan")
    yes, also = both + only_first, both + only_second
    seen = (both + neither) / n
    by_chance = (yes * also + (n - yes) * (n - also)) / n**2
    return (seen - by_chance) / (1 - by_chance) if by_chance < 1 else float("nan")


def correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Return the correlation of two orders of the same things, ties at their middle rank.

    NaN for fewer than three, and where all of one are tied.

    >>> correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    0.8

    Source: Spearman 1904, American Journal of Psychology 15: 72-101.
    """
    one, other = (stats.ranks(np.asarray(each, dtype=float))[0] for each in (first, second))
    if one.size < FEWEST:
        return float("nan")
    one, other = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((one @ one) * (other @ other)))
    return round(float(one @ other) / spread, 12) if spread else float("nan")
