"""Crashes by traffic: exposure, rates in every unit in use, critical rates, frequency and rate.

A rate is crashes by the traffic that could have had them: vehicle-kilometres of a stretch, entering
vehicles of a junction. It is right for comparing a place with a limit, and wrong for ranking:
crashes do not grow in step with traffic, so quiet roads look worse than they are, and a rate says
nothing of how few crashes it is made of. A place without traffic, length or years has no rate: NaN.

Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, rows 1, 2 and 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit import stats, units
from crashkit.errors import MethodError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAYS = 365.0
"""Days of a year for which a mean daily traffic stands."""
MILLION = 1e6
Z_95 = 1.645
"""How many standard deviations chance is allowed where 95 % is asked for."""


# ------------------------------------------------------------------------- exposure and rates


def frequency(
    crashes: ArrayLike, years: ArrayLike, *, length_km: ArrayLike | None = None
) -> Floats:
    """Return crashes a year, or per km and year where lengths are given.

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 1).
    """
    by = _of(years) if length_km is None else _of(years) * _of(length_km)
    return stats.divided(crashes, by)


def entering(major: ArrayLike, minor: ArrayLike) -> Floats:
    """Return the vehicles a day that enter a junction, as its sample of twenty junctions has it.

    That is AADT of the major road and of the minor one.
    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, note 2).
    """
    return np.asarray(_of(major) + _of(minor))


def entering_by_legs(*aadt: ArrayLike) -> Floats:
    """Return the vehicles a day that enter a junction: half of the two-way traffic of all legs.

    Source: Minnesota DOT, as in reference methods, section 2.1, note 2.
    """
    return np.asarray(sum((_of(leg) for leg in aadt), start=np.zeros(())) / 2)


def travelled(
    aadt: ArrayLike, length: ArrayLike, years: ArrayLike, *, per: float = MILLION
) -> Floats:
    """Return the traffic of a stretch in the period, in `per` vehicles times the unit of `length`.

    With the length in km and a million it is million vehicle-km: 365 x AADT x years x length / per.
    """
    return np.asarray(DAYS * _of(aadt) * _of(years) * _of(length) / per)


def entered(entering_aadt: ArrayLike, years: ArrayLike, *, per: float = MILLION) -> Floats:
    """Return the vehicles that entered a junction in the period, in `per` vehicles.

    With a million it is MEV: 365 x entering AADT x years / per.
    """
    return np.asarray(DAYS * _of(entering_aadt) * _of(years) / per)


def rate(crashes: ArrayLike, exposure: ArrayLike) -> Floats:
    """Return crashes per unit of exposure, whatever that is; NaN where there was none.

    >>> round(float(rate(34, entered(entering(21000, 1000), 3))), 4)
    1.4114

    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, row 2).
    """
    return stats.divided(crashes, exposure)


def converted(
    value: ArrayLike,
    *,
    unit: str = "km",
    to_unit: str = "km",
    per: float = MILLION,
    to_per: float = MILLION,
) -> Floats:
    """Return a rate per `per` vehicle-`unit` as one per `to_per` vehicle-`to_unit`.

    Per 100 million vehicle-miles times 0.6214 is per 100 million vehicle-km.

    >>> both = {"unit": "mi", "per": 1e8, "to_per": 1e8}
    >>> round(float(converted(27.4, **both)), 1)
    17.0
    """
    length = units.km_per(to_unit) / units.km_per(unit)
    return np.asarray(_of(value) * length * to_per / per)


# -------------------------------------------------------------------------- the critical rate

HSM, NORDEN, PLAIN = "hsm", "norden", "plain"
FORMS = (HSM, NORDEN, PLAIN)
"""With 1/(2E), as the manual has it; with the term of Norden as well; without any correction."""


@dataclass(frozen=True, eq=False)
class Critical:
    """Rates of sites beside what chance allows at their exposure; arrays over sites."""

    average: Floats
    critical: Floats
    rate: Floats

    @property
    def ratio(self) -> Floats:
        """The rate by the critical one: above 1 where chance does not explain it."""
        return stats.divided(self.rate, self.critical)

    @property
    def flagged(self) -> Flags:
        """Which rates are above the critical one."""
        return np.asarray(self.rate > self.critical)


def z_of(confidence: float) -> float:
    """Return the one-sided point of the normal distribution, rounded as books print it.

    1.036, 1.282, 1.645, 2.326, 2.576, 3.09 for 85, 90, 95, 99, 99.5 and 99.9 %.
    """
    return round(float(special.ndtri(confidence)), 3)


def average_rate(crashes: ArrayLike, exposure: ArrayLike) -> float:
    """Return the rate of a class: all its crashes by all its exposure.

    That is the mean of the rates weighted by volume. The plain mean of the rates is a common error:
    it gives a quiet place as much to say as a busy one. Sites without exposure are left out.
    Source: Highway Safety Manual 2010, chapter 4 (reference methods, section 2.1, note 5).
    """
    x, e = np.broadcast_arrays(_of(crashes), _of(exposure))
    known = np.isfinite(x) & (e > 0)
    return float(stats.divided(x[known].sum(), e[known].sum()))


def critical_rate(
    average: ArrayLike, exposure: ArrayLike, *, z: float = Z_95, form: str = HSM
) -> Floats:
    """Return the rate that chance alone passes with a probability told by `z`.

    `average` is the rate of the class, `exposure` E in the reciprocal unit, for the whole period.
    R_c = R_a + z sqrt(R_a/E) + 1/(2E). Norden's form adds z²/8/E: 0.829/E at 2.576. Raises
    MethodError for a form that is none of FORMS.

    >>> round(float(critical_rate(45, 15)), 4)
    47.8826

    Source: Norden, Orlansky and Jacobs 1956, Highway Research Board Bulletin 117: 17-39; Highway
    Safety Manual 2010, chapter 4 (reference methods, section 2.1, row and note 5).
    """
    if form not in FORMS:
        raise MethodError("{form} is no form; there are {known}.", form=form, known=list(FORMS))
    mean, e = np.broadcast_arrays(_of(average), _of(exposure))
    e = np.where(e > 0, e, np.nan)
    steps = {PLAIN: 0.0, HSM: 0.5, NORDEN: 0.5 + _norden(z)}[form]
    return np.asarray(mean + z * np.sqrt(mean / e) + steps / e)


NORDEN_Z, NORDEN_TERM = 2.576, 0.829
"""The one point for which the term was published; it is z²/8, rounded."""


def _norden(z: float) -> float:
    return NORDEN_TERM if z == NORDEN_Z else z**2 / 8


def against_critical(
    rates: ArrayLike,
    exposure: ArrayLike,
    *,
    average: ArrayLike,
    z: float = Z_95,
    form: str = HSM,
) -> Critical:
    """Set rates of sites beside their critical ones; arguments as of `critical_rate`."""
    mean, found, e = np.broadcast_arrays(_of(average), _of(rates), _of(exposure))
    return Critical(mean, critical_rate(mean, e, z=z, form=form), found)


def critical_by_class(
    crashes: ArrayLike,
    exposure: ArrayLike,
    classes: Sequence[str],
    *,
    z: float = Z_95,
    form: str = HSM,
    fewest: int = 1,
) -> Critical:
    """Set the rate of each site beside the critical one of its class.

    A class of fewer than `fewest` sites takes the average rate of all sites.
    """
    x, e = np.broadcast_arrays(_of(crashes), _of(exposure))
    names = np.asarray(classes, dtype=object)
    average = np.full(x.shape, average_rate(x, e))
    for name in set(classes):
        rows = names == name
        if rows.sum() >= fewest:
            average[rows] = average_rate(x[rows], e[rows])
    return against_critical(rate(x, e), e, average=average, z=z, form=form)


# ------------------------------------------------------------------- several criteria at once

QUADRANTS = ("low frequency, low rate", "low frequency, high rate") + (
    "high frequency, low rate",
    "high frequency, high rate",
)


def frequency_rate_matrix(
    crashes: ArrayLike, exposure: ArrayLike, *, years: ArrayLike = 1.0
) -> list[str]:
    """Return of each site which of QUADRANTS it is in: above the averages of its group, or not.

    The average frequency is the mean over sites, the average rate that of `average_rate`. The lines
    are arbitrary: half of the sites are above one of them whatever happens.
    Source: reference methods, section 2.2 (frequency-rate matrix).
    """
    often = frequency(crashes, years)
    high_often = often > np.nanmean(often)
    high_rate = rate(crashes, exposure) > average_rate(crashes, exposure)
    return [QUADRANTS[i] for i in (2 * high_often + high_rate).tolist()]


@dataclass(frozen=True, eq=False)
class Triple:
    """Rate, frequency and severity of sections, each against its critical value."""

    by_rate: Critical
    by_frequency: Critical
    by_severity: Critical

    @property
    def met(self) -> NDArray[np.int64]:
        """How many of the three criteria each section meets; none need meet all."""
        parts = (self.by_rate, self.by_frequency, self.by_severity)
        met: NDArray[np.int64] = np.sum([one.flagged for one in parts], axis=0, dtype=np.int64)
        return met


def critical_triple(
    crashes: ArrayLike,
    points: ArrayLike,
    *,
    exposure: ArrayLike,
    length_km: ArrayLike,
    z: float = Z_95,
    form: str = HSM,
) -> Triple:
    """Set the rate, the frequency and the severity of sections against their critical values.

    `points` are the severity points of each section (9, 3 and 1 for a fatal crash, one with injury
    and one with damage only), `exposure` million vehicle-km. Frequency is crashes per km with the
    length as its exposure, severity points per crash with the crashes as its exposure; the group is
    all sections given.

    Source: KGM and SweRoad 2001, as in reference methods, section 2.2 (not verified).
    """
    x, p = _of(crashes), _of(points)

    def beside(what: Floats, by: Floats) -> Critical:
        return against_critical(rate(what, by), by, average=average_rate(what, by), z=z, form=form)

    return Triple(beside(x, _of(exposure)), beside(x, _of(length_km)), beside(p, x))


def _of(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=float)
