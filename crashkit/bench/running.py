"""Run the benchmark: worlds, replicates, figures, bars."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from crashkit.bench import along_routes, at_sites, bars, invariance, null_worlds
from crashkit.bench.methods import methods, numbers
from crashkit.bench.results import Bar, Figure, Result, Row
from crashkit.errors import Message, SettingError
from crashkit.model import Progress, no_progress

WORLDS = ("A", "B", "C")
SEED = 11
BRIEF = {"A": ("main",), "B": ("middle",), "C": along_routes.BRIEF}
"""The designs of a short run."""

Drawn = TypeVar("Drawn")


@dataclass(eq=False)
class _Run:
    """What is asked, and how far it is done."""

    counts: Mapping[str, int]
    seed: int
    short: bool
    progress: Progress
    total: float
    done: float = 0.0

    @property
    def wide(self) -> bool:
        """Whether bars are widened: there are fewer replicates than they were set for."""
        return any(self.counts[name] < n for name, n in numbers()["full"].items())

    def children(self, world: str) -> list[np.random.SeedSequence]:
        """Return the seeds of the replicates of a world, one for each."""
        nth = [*WORLDS, "null"].index(world)
        return np.random.SeedSequence([self.seed, nth]).spawn(self.counts[world])

    def each(
        self, world: str, work: Callable[[np.random.SeedSequence], Drawn], doing: Message
    ) -> list[Drawn]:
        """Do something for each replicate of a world, and tell how far it is."""
        found = []
        for child in self.children(world):
            self.progress(min(self.done / self.total, 1.0), doing)
            found.append(work(child))
            self.done += COSTS[world]
        return found


COSTS = {"A": 0.06, "B": 0.05, "C": 10.0, "null": 2.0}
"""Seconds that a replicate takes, about: for the progress bar."""


def identify(
    worlds: Sequence[str] = WORLDS,
    *,
    replicates: int | None = None,
    seed: int = SEED,
    short: bool = False,
    cases: Path | None = None,
    progress: Progress = no_progress,
) -> Result:
    """Judge places and measures in invented worlds; the same seed gives the same figures.

    `replicates` are those of worlds A and B; there are a tenth as many of C. A `short` run looks at
    few designs and replicates, and its bars are wider by twice the standard error. `cases` is a
    file of reference cases. Raises SettingError for a world that is none.
    """
    unknown = sorted(set(worlds) - set(WORLDS))
    if unknown or not worlds:
        raise SettingError(
            "There is no world {names}; there are {known}.", names=unknown, known=list(WORLDS)
        )
    run = _Run(_counts(replicates, short), seed, short, progress, _total(worlds, replicates, short))
    rows: list[Row] = []
    found: list[Bar] = []
    if set(worlds) == set(WORLDS):
        found.append(bars.cases(cases))
    for world in sorted(set(worlds)):
        more, kept = _OF[world](run)
        rows, found = rows + more, found + kept
    if {"A", "C"} <= set(worlds):
        found.append(bars.of_invariance([*invariance.broken(seed), *_other_seed(run, rows)]))
    found.sort(key=lambda bar: bar.id)
    return Result(
        seed, short, {name: run.counts[name] for name in worlds}, tuple(rows), tuple(found)
    )


def _counts(replicates: int | None, short: bool) -> dict[str, int]:
    usual: dict[str, int] = dict(numbers()["short" if short else "full"])
    if replicates is None:
        return usual
    full = numbers()["full"]
    return {name: max(1, -(-replicates * n // full["A"])) for name, n in full.items()}


def _total(worlds: Sequence[str], replicates: int | None, short: bool) -> float:
    counts = _counts(replicates, short)
    several = {world: len(_designs(world, short)) for world in worlds if world != "C"}
    null = counts["null"] * COSTS["null"] if "C" in worlds else 0.0
    return null + sum(counts[world] * COSTS[world] * several.get(world, 1) for world in worlds)


def _designs(world: str, short: bool) -> Sequence[str]:
    if short:
        return BRIEF[world]
    return along_routes.RECORDS if world == "C" else at_sites.designs(world)


def _sites(run: _Run) -> tuple[list[Row], list[Bar]]:
    rows, judged = _of_designs(run, "A")
    main = judged["main"]
    k, held = [one.k for one in main], [one.coverage for one in main]
    return rows, [*bars.of_sites(rows, k, held, short=run.wide)]


def _lengths(run: _Run) -> tuple[list[Row], list[Bar]]:
    rows, _ = _of_designs(run, "B")
    return rows, [bars.of_lengths(rows, short=run.wide)]


def _of_designs(run: _Run, world: str) -> tuple[list[Row], dict[str, list[at_sites.Judged]]]:
    doing = Message("World {world}", {"world": world})
    judged = {}
    for name in _designs(world, run.short):
        work = functools.partial(at_sites.judge, world, name)
        judged[name] = run.each(world, work, doing)
    return [row for name, one in judged.items() for row in at_sites.rows(world, name, one)], judged


def _routes(run: _Run) -> tuple[list[Row], list[Bar]]:
    records = _designs("C", run.short)
    work = functools.partial(along_routes.judge, records=records, judged=methods("C"))
    judged = run.each("C", work, Message("World {world}", {"world": "C"}))
    rows = [*along_routes.rows(judged)]
    names = numbers()["null"]["short" if run.short else "presets"]
    alarm = functools.partial(null_worlds.alarm, names=names)
    alarms = run.each("null", alarm, Message("Networks without hotspots"))
    false = [any(one.values()) for one in alarms]
    return rows, [
        *bars.of_routes(rows, short=run.wide),
        bars.of_null_worlds(false, short=run.wide),
        bars.of_speed(run.seed),
    ]


_OF: Mapping[str, Callable[[_Run], tuple[list[Row], list[Bar]]]] = {
    "A": _sites,
    "B": _lengths,
    "C": _routes,
}


def _other_seed(run: _Run, rows: Sequence[Row]) -> Iterator[str]:
    """Draw the main design of World A by another seed: the means must agree."""
    other = _Run(run.counts, run.seed + 1, run.short, no_progress, run.total)
    work = functools.partial(at_sites.judge, "A", "main")
    judged = other.each("A", work, Message("World {world}", {"world": "A"}))
    again = at_sites.rows("A", "main", judged)
    main = [row for row in rows if (row.world, row.design) == ("A", "main")]
    pairs = zip(main, again, strict=True)
    for one, two in pairs:
        if one.measure == "eb_excess" and bars.apart(*_excess(one, two)):
            yield "other seeds"


def _excess(*rows: Row) -> list[Figure]:
    return [row.figures["fi_excess"] for row in rows]
