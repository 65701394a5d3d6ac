"""How well a method finds dangerous places: with the truth at hand, and without it.

With the truth (an invented world): which of the truly worst places were flagged. Without it (real
data): whether what was flagged in one period is bad in the next one too, which a lucky draw is not.
Always judged on crashes that were not used for flagging. Where lengths differ, flag an equal length
with each method. Equal scores are put in order by a generator with a seed, never by their place in
the file.

Source: reference methods, section 11.5, unless a function names another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Stretch = tuple[float, float]


def worst(scores: ArrayLike, top: int, *, seed: int = 1) -> Ints:
    """Return the `top` places with the highest scores, the highest first; NaN is never among them.

    The order of equal scores is drawn, by the seed.
    """
    score = np.asarray(scores, dtype=float)
    chance = np.random.default_rng(seed).random(score.size)
    order = np.lexsort((chance, -score))
    found: Ints = order[np.isfinite(score[order])][:top].astype(np.int64)
    return found


def within_budget(scores: ArrayLike, lengths: ArrayLike, budget: float, *, seed: int = 1) -> Ints:
    """Return the places with the highest scores whose lengths together are within the budget."""
    order = worst(scores, np.asarray(scores).size, seed=seed)
    used = np.cumsum(np.asarray(lengths, dtype=float)[order])
    return order[used <= budget * (1 + 1e-12)]


# ----------------------------------------------------------------------------- with the truth


@dataclass(frozen=True)
class Identified:
    """How many of the truly worst places were flagged.

    `false_identification` is the share of flagged places that are not among the worst,
    `sensitivity` the share of the worst that was flagged, `specificity` the share of the others
    that was not; `pmd` how far the true means of the flagged are below those of the worst, as a
    share; `loss` how much of the excess of the worst is missed, as a share, NaN without one.
    """

    false_identification: float
    sensitivity: float
    specificity: float
    pmd: float
    loss: float


def identified(
    truth: ArrayLike,
    scores: ArrayLike,
    top: int,
    *,
    excess: ArrayLike | None = None,
    seed: int = 1,
) -> Identified:
    """Compare the `top` places by score with the `top` truly worst.

    `truth` are the true means (places,), or whatever makes a place the worst; `excess` the true
    excess over what is predicted, for the loss.
    Source: Cheng and Washington 2005, Accident Analysis and Prevention 37: 870-881; github.com/
    mz-zarei/NBEB-Sensitivity (pmd).
    """
    true = np.asarray(truth, dtype=float)
    # Two draws: one for both would put equal places in the same order and find too many.
    bad, flagged = worst(true, top, seed=seed), worst(scores, top, seed=seed + 1)
    hit = np.intersect1d(bad, flagged).size
    fine = true.size - bad.size
    false = flagged.size - hit
    return Identified(
        false_identification=_share(false, flagged.size),
        sensitivity=_share(hit, bad.size),
        specificity=_share(fine - false, fine),
        pmd=_missed(true, bad, flagged),
        loss=np.nan if excess is None else _missed(np.asarray(excess, float), bad, flagged),
    )


def _missed(of: Floats, bad: Ints, flagged: Ints) -> float:
    """Return by how much the mean of the flagged is below that of the worst, as a share of it."""
    if not bad.size or not flagged.size:
        return np.nan
    best = float(of[bad].mean())
    return (best - float(of[flagged].mean())) / best if best else np.nan


def hotspot_recall(
    hotspots: Sequence[Stretch], flagged: Sequence[Stretch], *, share: float = 0.5
) -> float:
    """Return the share of hotspots of which at least such a `share` of the length was flagged.

    Stretches are start and end along one route, in one unit; NaN without hotspots.
    """
    merged = _merged(flagged)
    found = [_overlap(spot, merged) >= share * (spot[1] - spot[0]) for spot in hotspots]
    return float(np.mean(found)) if found else np.nan


def length_precision(
    hotspots: Sequence[Stretch], flagged: Sequence[Stretch], *, tolerance: float = 0.0
) -> float:
    """Return the share of the flagged length that lies within `tolerance` of a hotspot."""
    merged = _merged(flagged)
    wide = _merged([(start - tolerance, end + tolerance) for start, end in hotspots])
    length = sum(end - start for start, end in merged)
    return _share(sum(_overlap(one, wide) for one in merged), length)


def coverage(low: ArrayLike, high: ArrayLike, truth: ArrayLike) -> float:
    """Return the share of places whose true mean is within its limits; of 90 % limits 0.90."""
    true = np.asarray(truth, dtype=float)
    inside = (np.asarray(low, dtype=float) <= true) & (true <= np.asarray(high, dtype=float))
    return float(inside.mean()) if inside.size else np.nan


def false_discovery_share(is_bad: ArrayLike, flagged: ArrayLike) -> float:
    """Return the realised share of false discoveries among what was flagged; 0 if nothing was."""
    bad, found = np.asarray(is_bad, dtype=bool), np.asarray(flagged, dtype=bool)
    return float((found & ~bad).sum() / found.sum()) if found.any() else 0.0


def false_alarm_share(worlds: Sequence[ArrayLike]) -> float:
    """Return the share of worlds without any hotspot in which something was flagged."""
    return float(np.mean([np.any(one) for one in worlds])) if len(worlds) else np.nan


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _overlap(one: Stretch, others: Sequence[Stretch]) -> float:
    return sum(max(0.0, min(one[1], end) - max(one[0], start)) for start, end in others)


# -------------------------------------------------------------------------- without the truth


@dataclass(frozen=True)
class Consistency:
    """Whether what was flagged in one period is bad in the next.

    `sct` are the crashes of the second period at what was flagged in the first; `mct` how many
    places were flagged in both; `trdt` the sum of the differences of rank of those flagged in the
    first.
    """

    sct: float
    mct: int
    trdt: float


def consistency(
    first: Sequence[str], second: Sequence[str], crashes: Mapping[str, float], top: int
) -> Consistency:
    """Compare two rankings of the same places, the worst first; `crashes` of the second period.

    A place that the second ranking does not have takes the rank after its last.

    >>> crashes = {"A": 9, "B": 12, "C": 6, "E": 7}
    >>> consistency(["A", "B", "C", "D", "E"], ["B", "A", "E", "C", "D"], crashes, 3)
    Consistency(sct=27, mct=2, trdt=3)

    Source: Cheng and Washington 2008, Transportation Research Record 2083: 76-85 (not verified).
    """
    ranks = {place: rank for rank, place in enumerate(second, start=1)}
    flagged = list(first[:top])
    moved = sum(
        abs(rank - ranks.get(place, len(ranks) + 1)) for rank, place in enumerate(flagged, start=1)
    )
    return Consistency(
        sct=sum(crashes.get(place, 0) for place in flagged),
        mct=len(set(flagged) & set(second[:top])),
        trdt=moved,
    )


def total_score(methods: Sequence[Consistency]) -> Floats:
    """Return the total score of each method among those compared, 0 to 100.

    100/3 x [SCT/max SCT + MCT/max MCT + 1 - (TRDT - min TRDT)/max TRDT]. A part without any
    difference to make (a maximum of 0) counts full.
    Source: Montella 2010, Accident Analysis and Prevention 42: 571-581.
    """
    sct, mct, trdt = (
        np.array([getattr(one, name) for one in methods], dtype=float)
        for name in ("sct", "mct", "trdt")
    )
    parts = _of_largest(sct) + _of_largest(mct)
    if trdt.size and trdt.max() > 0:
        return np.asarray(100 / 3 * (parts + 1 - (trdt - trdt.min()) / trdt.max()))
    return np.asarray(100 / 3 * (parts + 1))


def _of_largest(values: Floats) -> Floats:
    largest = values.max(initial=0.0)
    return values / largest if largest > 0 else np.ones(values.size)


def mean_difference(
    first: Mapping[str, float], second: Mapping[str, float], flagged: Sequence[str]
) -> float:
    """Return the sum of how far the estimates of flagged places differ from one period to the next.

    Source: the Poisson mean difference test of Jiang, Abdel-Aty and Alamili 2014 (not verified).
    """
    return sum(abs(first[place] - second[place]) for place in flagged)


@dataclass(frozen=True)
class OverPeriods:
    """Whether rankings of more than two periods agree.

    `hcct` are the crashes, in all later periods, of what was flagged in each; `csct` how many
    places were flagged in every period; `ardt` the differences of rank from each period to the
    next of what was flagged in the former.
    """

    hcct: float
    csct: int
    ardt: float


def over_periods(
    rankings: Sequence[Sequence[str]], crashes: Sequence[Mapping[str, float]], top: int
) -> OverPeriods:
    """Compare the rankings of several periods, in order; `crashes` of each period.

    Source: Guo, Wu and Lord 2020, as in reference methods, section 11.5 (abstract only, not
    verified).
    """
    flagged = [list(one[:top]) for one in rankings]
    later = (
        crashes[after].get(place, 0)
        for now, places in enumerate(flagged)
        for after in range(now + 1, len(crashes))
        for place in places
    )
    steps = zip(rankings, rankings[1:], crashes[1:], strict=False)
    return OverPeriods(
        hcct=sum(later),
        csct=len(set.intersection(*map(set, flagged))) if flagged else 0,
        ardt=sum(consistency(one, other, of, top).trdt for one, other, of in steps),
    )


@dataclass(frozen=True)
class Prediction:
    """How well flagged ground captures the crashes of the next period.

    `hit_rate` is the share of crashes captured, `pai` that by the share of ground (or length) that
    was flagged, `pei` the share of the most that so much ground could have captured.
    """

    hit_rate: float
    pai: float
    pei: float


def prediction(
    captured: float,
    crashes: float,
    *,
    area: float,
    total_area: float,
    most: float | None = None,
) -> Prediction:
    """Return hit rate n/N, PAI (n/N)/(a/A) and PEI n/n_max; `most` is n_max, for the same ground.

    >>> prediction(40, 400, area=5, total_area=250, most=70)
    Prediction(hit_rate=0.1, pai=5.0, pei=0.5714285714285714)

    Source: Chainey, Tompson and Uhlig 2008, Security Journal 21: 4-28 (PAI); Hunt 2016 (PEI).
    """
    hit = _share(captured, crashes)
    ground = _share(area, total_area)
    return Prediction(
        hit,
        hit / ground if ground > 0 else np.nan,
        np.nan if most is None else _share(captured, most),
    )


def recapture_index(
    captured: float, crashes: float, *, captured_before: float, crashes_before: float
) -> float:
    """Return RRI: the hit rate of the next period by that of the period used for flagging.

    Source: Levine 2008, Security Journal 21: 295-302.
    """
    before = _share(captured_before, crashes_before)
    return _share(captured, crashes) / before if before > 0 else np.nan


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
