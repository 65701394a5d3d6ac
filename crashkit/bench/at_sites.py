"""Worlds A and B: sites with counts. Which of the truly worst does each measure put first?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crashkit import peers, spf
from crashkit.bench.methods import methods
from crashkit.bench.results import Figure, Row
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites
from crashkit.synth import known_sites, metrics
from crashkit.synth.known_sites import KnownSites

DRAWN: dict[str, Callable[[str, np.random.Generator], KnownSites]] = {
    "A": known_sites.with_traffic,
    "B": known_sites.of_lengths,
}
DESIGNS = {"A": "sites", "B": "lengths"}

FIGURES = ("fi_mean", "fi_excess", "sensitivity", "specificity", "pmd", "pai")
CONSISTENCY = ("sct", "mct", "trdt", "tst")


def designs(world: str) -> list[str]:
    """Return the names of the designs of a world."""
    return [*known_sites.numbers()[DESIGNS[world]]["designs"]]


@dataclass(frozen=True)
class Judged:
    """What one replicate says of the methods, figures by name; and of the peers of traffic.

    `k` is the overdispersion that was fitted by what it truly is, `coverage` that of the 90 %
    limits of empirical Bayes.
    """

    of: tuple[Mapping[str, float], ...]
    k: float
    coverage: float


def judge(world: str, design: str, child: np.random.SeedSequence) -> Judged:
    """Draw one replicate of a design and judge all methods in it."""
    known = DRAWN[world](design, np.random.default_rng(child))
    seed = int(child.generate_state(1)[0])
    first, second = (_references(known, sites) for sites in (known.sites, known.later))
    found, ranked, limits = [], [], (np.nan, np.nan)
    for one in methods(world):
        scores = one.scores(known.sites, known.data, first.get(one.peers))
        again = one.scores(known.later, known.data, second.get(one.peers))
        found.append(_with_truth(known, one.ranking(scores), seed))
        ranked.append(_steadiness(known, one.ranking(scores), one.ranking(again), seed))
        if one.measure == "eb_expected" and one.peers == "traffic":
            limits = _told(world, design, known, scores, first["traffic"])
    totals = metrics.total_score(ranked).tolist()
    rows = zip(found, ranked, totals, strict=True)
    steady = ({"sct": r.sct, "mct": r.mct, "trdt": r.trdt, "tst": total} for _, r, total in rows)
    return Judged(tuple({**f, **s} for f, s in zip(found, steady, strict=True)), *limits)


def _references(known: KnownSites, sites: Sites) -> dict[str, Reference]:
    """Return the peers of each kind that a method may ask for; by traffic where there is any."""
    years = known.data.period.years
    found = {
        like: peers.fit(sites, per=known.per, years=years, like=like)
        for like in (peers.ALL, peers.CLASS)
    }
    if (sites.numbers("aadt") > 0).any():
        # The product asks for more crashes than some designs have: here the model itself is judged.
        sample = spf.Sample(sites.counts, {spf.AADT: sites.numbers("aadt")}, years)
        found[peers.TRAFFIC] = replace(found[peers.CLASS], model=spf.fit(sample))
    return found


def rankings(world: str, known: KnownSites) -> list[metrics.Floats]:
    """Return the numbers by which each method ranks sites."""
    first = _references(known, known.sites)
    return [
        one.ranking(one.scores(known.sites, known.data, first.get(one.peers)))
        for one in methods(world)
    ]


def _with_truth(known: KnownSites, values: metrics.Floats, seed: int) -> dict[str, float]:
    mean = metrics.identified(known.worst, values, known.top, excess=known.excess, seed=seed)
    excess = metrics.identified(known.excess, values, known.top, seed=seed)
    flagged = metrics.worst(values, known.top, seed=seed + 1)
    captured = metrics.prediction(
        float(known.later.counts[flagged].sum()),
        float(known.later.counts.sum()),
        area=flagged.size,
        total_area=len(known.sites),
    )
    return {
        "fi_mean": mean.false_identification,
        "fi_excess": excess.false_identification,
        "sensitivity": mean.sensitivity,
        "specificity": mean.specificity,
        "pmd": mean.pmd,
        "pai": captured.pai,
    }


def _steadiness(
    known: KnownSites, first: metrics.Floats, second: metrics.Floats, seed: int
) -> metrics.Consistency:
    """Compare the rankings of two periods, each with its own draw among equals."""
    names = [str(i) for i in range(len(known.sites))]
    before, after = (
        [names[i] for i in metrics.worst(one, len(names), seed=seed + nth).tolist()]
        for nth, one in enumerate((first, second))
    )
    crashes = dict(zip(names, known.later.counts.tolist(), strict=True))
    return metrics.consistency(before, after, crashes, known.top)


def _told(
    world: str, design: str, known: KnownSites, scores: Scores, of: Reference
) -> tuple[float, float]:
    """Return by how many times the overdispersion is told right, and how often limits hold."""
    about = known_sites.numbers()[DESIGNS[world]]["designs"][design]
    held = metrics.coverage(scores.detail["low"], scores.detail["high"], known.mean)
    return (of.model.k if of.model else np.nan) / about["k"], held


def rows(world: str, design: str, replicates: Sequence[Judged]) -> Iterator[Row]:
    """Return a row for each method: the means of the replicates beside what was measured before."""
    for i, one in enumerate(methods(world)):
        anchors = dict(zip(("fi_mean", "fi_excess"), one.anchors.get(design, ()), strict=False))
        yield Row(
            world,
            design,
            one.where,
            one.measure,
            one.peers,
            one.ranked_by,
            {
                name: Figure.of(
                    [each.of[i][name] for each in replicates], anchors.get(name, np.nan)
                )
                for name in (*FIGURES, *CONSISTENCY)
            },
        )
