"""Invented sites whose true danger is known: of one size with traffic, or of unequal length.

True means scatter around what their traffic or their class has, by a gamma distribution; counts are
Poisson. So the truly worst are known, and so is what chance adds to them.

Source: reference methods, sections 11.2 (World A) and 11.3 (World B).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.model import CrashData, Period
from crashkit.sites import Sites, offsets_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


@cache
def numbers() -> Mapping[str, Any]:
    """Return the numbers of the invented worlds, as in worlds.toml."""
    text = resources.files("crashkit.synth").joinpath("worlds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, eq=False)
class KnownSites:
    """Sites in a period and, the same ones, in the next; and the truth of them, arrays over sites.

    `mean` are the true crashes of the period, `worst` by what the truly worst are told (crashes, or
    crashes of a km), `excess` the true crashes above those of peers. `per` is the unit of size.
    """

    sites: Sites
    later: Sites
    data: CrashData
    mean: Floats
    worst: Floats
    excess: Floats
    per: str
    top: int


def with_traffic(name: str, rng: np.random.Generator) -> KnownSites:
    """Draw the sites of a design by its name: of one kind and size, with AADT."""
    about = numbers()["sites"]
    design = about["designs"][name]
    n = int(design["sites"])
    aadt = drawn_aadt(about["log_aadt"], n, rng)
    peers = np.exp(about["power"] * np.log(aadt) + design["constant"])
    mean = peers * _differing(1 / design["k"], n, rng)
    first, later = rng.poisson(mean), rng.poisson(mean)
    told = aadt * _off(design.get("aadt_error", 0.0), n, rng)
    columns = {"aadt": told, "group": np.full(n, "", dtype=object)}
    top = round(about["top"] * n)
    return _known(columns, (first, later), (mean, mean, mean - peers), per="place", top=top)


def of_lengths(name: str, rng: np.random.Generator) -> KnownSites:
    """Draw the segments of a design by its name: of some classes and very unequal length."""
    about = numbers()["lengths"]
    n, classes = int(about["segments"]), about["classes"]
    shortest, longest = np.log(about["km"])
    km = np.exp(rng.uniform(shortest, longest, n))
    of = rng.integers(len(classes), size=n)
    peers = about["designs"][name] * np.array(list(classes.values()))[of]
    rate = peers * _differing(1 / about["k"], n, rng)
    first, later = rng.poisson(rate * km), rng.poisson(rate * km)
    group = np.array(list(classes), dtype=object)[of]
    columns = {"group": group, "from_m": np.zeros(n), "to_m": 1000 * km, "measured_m": 1000 * km}
    top = round(about["top"] * n)
    truth = (rate * km, rate, (rate - peers) * km)
    return _known(columns, (first, later), truth, per="km", top=top)


def drawn_aadt(logarithm: Sequence[float], n: int, rng: np.random.Generator) -> Floats:
    """Draw AADT of a lognormal distribution by the mean and the deviation of the logarithm."""
    mean, sd = logarithm
    return np.asarray(np.exp(rng.normal(mean, sd, n)))


def _differing(shape: float, n: int, rng: np.random.Generator) -> Floats:
    """Draw by how many times sites differ from their peers, 1 in the mean."""
    return rng.gamma(shape, 1 / shape, n)


def _off(variation: float, n: int, rng: np.random.Generator) -> Floats:
    """Draw by how many times a number is told wrong, 1 in the mean, with so much variation."""
    sd = np.sqrt(np.log1p(variation**2))
    return np.exp(rng.normal(-(sd**2) / 2, sd, n))


def _known(
    columns: Mapping[str, NDArray[Any]],
    counts: tuple[Ints, Ints],
    truth: tuple[Floats, Floats, Floats],
    *,
    per: str,
    top: int,
) -> KnownSites:
    sites, later = (_sites(columns, one) for one in counts)
    mean, worst, excess = truth
    return KnownSites(sites, later, bare(sites.crash_ids), mean, worst, excess, per, top)


def _sites(columns: Mapping[str, NDArray[Any]], counts: Ints) -> Sites:
    offsets = offsets_of(counts)
    return Sites(offsets, np.arange(1, offsets[-1] + 1), columns, str)


def bare(ids: Ints) -> CrashData:
    """Return crashes of one year of which nothing is known but that they were."""
    nobody = pd.DataFrame({"crash": pd.Series([], dtype="int64")})
    return CrashData(pd.DataFrame({"id": ids}), nobody, nobody, YEAR)
