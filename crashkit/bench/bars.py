"""The bars: what must hold of the product, or it has become worse.

A short run sees few replicates. Its bars are wider by twice the standard error of what it measured,
and by no more.

Source: reference methods, section 11.7.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from crashkit import presets, screening
from crashkit.bench import along_routes
from crashkit.bench.methods import numbers
from crashkit.bench.results import Bar, Figure, Row
from crashkit.errors import Message
from crashkit.synth import routes

SLACK = 2.0
NONE = (-np.inf, 0.0)

RUNNER = Path(__file__).parents[2] / "tests" / "reference_cases.py"
"""Runs a file of reference cases; it stands in the source, not in what is installed."""

TEXTS = {
    "cases": Message("Reference cases that are not answered as published"),
    "fi_excess": Message(
        "World A: false identification of the largest excess, by empirical Bayes excess"
    ),
    "fi_mean": Message(
        "World A: false identification of the highest means, by empirical Bayes estimate"
    ),
    "better_than_rate": Message(
        "World A: by how much empirical Bayes excess beats the crash rate in finding the largest "
        "excess"
    ),
    "k_bias": Message("World A: how far the overdispersion is told wrong, as a share"),
    "coverage": Message("World A: how often 90 % limits hold the true mean"),
    "fi_lengths": Message(
        "World B: false identification of the largest excess, by empirical Bayes excess by class"
    ),
    "recall_clean": Message("World C: hotspots found by the best method, places exact"),
    "recall_200": Message("World C: hotspots found by the best method, places 200 m off"),
    "alarms": Message("Networks without hotspots in which a place is called certain, as a share"),
    "invariance": Message(
        "Checks that fail: same seed, other seeds, order of rows, kilometres or miles"
    ),
    "seconds": Message(
        "Seconds to judge windows on {km} km with {crashes} crashes by empirical Bayes"
    ),
}


def cases(file: Path | None) -> Bar:
    """B1: run a file of reference cases, or the public one; not measured where there is none."""
    command = [sys.executable, str(RUNNER), *([str(file)] if file else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"(\d+) passed, (\d+) failed\s*$", done.stdout)
    return Bar("B1", TEXTS["cases"], float(found.group(2)) if found else None, NONE)


def of_sites(
    rows: Sequence[Row], k: Sequence[float], coverage: Sequence[float], *, short: bool
) -> Iterator[Bar]:
    """B2 and B3, from the main design of World A."""
    at = numbers()["limits"]
    excess = _figure(rows, ("A", "main", "eb_excess", "traffic"), "fi_excess")
    yield _at_most("B2", "fi_excess", excess, short)
    mean = _figure(rows, ("A", "main", "eb_expected", "traffic"), "fi_mean")
    yield _at_most("B2", "fi_mean", mean, short)
    rate = _figure(rows, ("A", "main", "crash_rate", ""), "fi_excess")
    gain = Figure(rate.value - excess.value, float(np.hypot(rate.error, excess.error)))
    yield _at_least("B2", "better_than_rate", gain, short)
    bias = Figure.of([one - 1 for one in k])
    off = Figure(abs(bias.value), bias.error)
    yield _at_most("B3", "k_bias", off, short)
    held = Figure.of(coverage)
    slack = SLACK * held.error if short else 0.0
    low, high = at["coverage"]
    yield Bar("B3", TEXTS["coverage"], held.value, (low - slack, high + slack), held.error)


def of_lengths(rows: Sequence[Row], *, short: bool) -> Bar:
    """B4, from World B."""
    found = _figure(rows, ("B", "middle", "eb_excess", "class"), "fi_excess")
    return _at_most("B4", "fi_lengths", found, short)


def of_routes(rows: Sequence[Row], *, short: bool) -> Iterator[Bar]:
    """B5: the best method of World C at the same length."""
    for name, records in (("recall_clean", "clean"), ("recall_200", "sigma_200")):
        found = [
            row.figures["recall"]
            for row in rows
            if (row.world, row.design) == ("C", records) and row.ranked_by != "own limit"
        ]
        yield _at_least("B5", name, max(found, key=lambda one: one.value), short)


def of_null_worlds(alarms: Sequence[bool], *, short: bool) -> Bar:
    """B6: in how many networks without hotspots something is called certain."""
    share, limit = float(np.mean(alarms)), numbers()["limits"]["alarms"]
    error = float(np.sqrt(limit * (1 - limit) / len(alarms)))
    return _at_most("B6", "alarms", Figure(share, error), short)


def of_invariance(broken: Sequence[str]) -> Bar:
    """B7."""
    return Bar("B7", TEXTS["invariance"], float(len(broken)), NONE)


def apart(one: Figure, other: Figure) -> bool:
    """Say whether two means differ by more than three of their standard errors."""
    return abs(one.value - other.value) > 3 * float(np.hypot(one.error, other.error))


def of_speed(seed: int, clock: Callable[[], float] = time.perf_counter) -> Bar:
    """B8: put crashes on roads and judge windows, once to be ready and once against the clock."""
    about = numbers()["speed"]
    rng = np.random.default_rng(seed)
    world = routes.draw(rng, size=(about["routes"], about["crashes"]))
    data = routes.recorded(world, "clean", rng)
    asked = screening.ask(presets.all_presets()[about["preset"]])
    began = 0.0
    for _ in range(2):
        began = clock()
        screening.run(asked, data, roads=along_routes.placed(world, data), repeat=False)
    text = Message(
        TEXTS["seconds"].text, {"km": round(world.length_m / 1000), "crashes": len(data)}
    )
    limit = numbers()["limits"]["seconds"]
    return Bar("B8", text, clock() - began, (-np.inf, limit))


def _figure(rows: Sequence[Row], of: tuple[str, str, str, str], name: str) -> Figure:
    return next(row.figures[name] for row in rows if row.is_of(*of))


def _at_most(id: str, name: str, found: Figure, short: bool) -> Bar:
    limit = numbers()["limits"][name] + (SLACK * _known(found.error) if short else 0.0)
    return Bar(id, TEXTS[name], found.value, (-np.inf, limit), found.error)


def _at_least(id: str, name: str, found: Figure, short: bool) -> Bar:
    limit = numbers()["limits"][name] - (SLACK * _known(found.error) if short else 0.0)
    return Bar(id, TEXTS[name], found.value, (limit, np.inf), found.error)


def _known(error: float) -> float:
    return error if np.isfinite(error) else 0.0
