"""What is not reported: counts made whole by their completeness, deaths by the 30-day definition.

A count that was made whole is for showing, beside the raw one. It is no count any more: a model of
counts takes the raw one, and the completeness as its exposure.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from scipy import special

from crashkit.errors import Message

NAN = float("nan")


@dataclass(frozen=True)
class Completed:
    """A count made whole: `raw` / `completeness`, its variance and limits.

    NaN and the `reason` where the completeness is not known or not a share.
    """

    raw: float
    completeness: float
    estimate: float
    variance: float
    lower: float
    upper: float
    reason: Message | None = None


def complete(
    count: float, completeness: float, *, variance: float = 0.0, level: float = 0.95
) -> Completed:
    """Return a count divided by the share that is reported.

    The count is Poisson; `variance` is that of the completeness c. Variance of the answer
    N / c^2 + N^2 Var(c) / c^4, limits by the normal distribution, not below the count.

    >>> found = complete(100, 0.5, variance=0.0025)
    >>> found.estimate, found.variance
    (200.0, 800.0)

    Source: methods, section 9.5; delta method.
    """
    if not 0 < completeness <= 1:
        reason = Message("A completeness is a share above 0 and up to 1.")
        return Completed(count, completeness, NAN, NAN, NAN, NAN, reason)
    estimate = count / completeness
    of_estimate = count / completeness**2 + count**2 * variance / completeness**4
    half = float(special.ndtri((1 + level) / 2) * np.sqrt(of_estimate))
    limits = max(float(count), estimate - half), estimate + half
    return Completed(count, completeness, estimate, of_estimate, *limits)


@dataclass(frozen=True)
class Factor:
    """Deaths within 30 days for each death of a definition; `verified` against its source."""

    definition: str
    factor: float
    verified: bool
    source: str


@cache
def factors() -> Mapping[str, Factor]:
    """Return the factors of `thirty_days.csv` by definition of a death."""
    text = resources.files("crashkit").joinpath("thirty_days.csv").read_text(encoding="utf-8")
    return {
        row["definition"]: Factor(
            row["definition"], float(row["factor"]), row["verified"] == "yes", row["source"]
        )
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True)
class ThirtyDays:
    """Deaths by the definition of 30 days beside the deaths as counted; NaN with a `reason`."""

    raw: float
    factor: float
    deaths: float
    source: str = ""
    verified: bool = False
    reason: Message | None = None


def thirty_days(deaths: float, definition: str, *, factor: float | None = None) -> ThirtyDays:
    """Return deaths counted by a definition ("scene", "24h", "7d") as deaths within 30 days.

    `factor` is the country's own, which is better than the general one. Nothing is put between two
    definitions: one without a factor has no answer.

    >>> thirty_days(1000, "7d").deaths
    1080.0

    Source: `thirty_days.csv`; methods, section 9.6.
    """
    if factor is not None:
        return ThirtyDays(deaths, factor, deaths * factor)
    known = factors().get(definition)
    if known is None:
        reason = Message("There is no factor for the definition {name}.", {"name": definition})
        return ThirtyDays(deaths, NAN, NAN, reason=reason)
    return ThirtyDays(deaths, known.factor, deaths * known.factor, known.source, known.verified)
