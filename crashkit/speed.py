"""What a change of speed does to crashes, to people, and to the risk of one driver or pedestrian.

Speeds are km/h, and mean speeds of the traffic: not limits, which move them by a quarter only. No
source settles which model is right: show Elvik 2009 for the setting first, the others beside it.
Coefficients stand in speed.toml, each with its source.

Source: reference methods, sections 4.5 and 8.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crashkit.errors import Message, NotFound

Floats = NDArray[np.float64]

ELVIK = "elvik_2009"
BESIDE = (("power", "nilsson"), ("exponential", "elvik_2019"))
"""What is shown beside the first figure. Source: reference methods, section 8 (choice)."""

SETTINGS = ("rural", "urban", "all")


@cache
def _book() -> dict[str, Any]:
    text = resources.files("crashkit").joinpath("speed.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _entry(kind: str, name: str) -> dict[str, Any]:
    known = _book()[kind]
    if name not in known:
        raise NotFound(
            "There is no model “{name}”; there are {known}.", name=name, known=sorted(known)
        )
    found: dict[str, Any] = known[name]
    return found


# ----------------------------------------------------------------------------- many crashes


def power(before_kmh: ArrayLike, after_kmh: ArrayLike, exponent: float) -> Floats:
    """Return the crashes after by those before, (v after/v before)^e; NaN for speeds of 0.

    >>> round(float(power(90, 80, 4)), 4)
    0.6243

    Source: Nilsson 2004, Lund Institute of Technology, Bulletin 221.
    """
    v0, v1 = np.asarray(before_kmh, dtype=float), np.asarray(after_kmh, dtype=float)
    usable = (v0 > 0) & (v1 > 0)
    ratio = np.divide(v1, v0, out=np.full(np.broadcast(v0, v1).shape, np.nan), where=usable)
    return np.asarray(ratio**exponent)


def exponential(before_kmh: ArrayLike, after_kmh: ArrayLike, per_kmh: float) -> Floats:
    """Return the crashes after by those before, exp(b (v after - v before)).

    >>> round(float(exponential(90, 80, 0.08)), 4)
    0.4493

    Source: Elvik 2013, Accident Analysis and Prevention 50: 854-860.
    """
    gap = np.asarray(after_kmh, dtype=float) - np.asarray(before_kmh, dtype=float)
    return np.asarray(np.exp(per_kmh * gap))


def percent(ratio: ArrayLike) -> Floats:
    """Return a ratio as a change in per cent."""
    return np.asarray(100 * (np.asarray(ratio, dtype=float) - 1))


def exponent(outcome: str, *, model: str = ELVIK, setting: str = "all") -> float:
    """Return the exponent of an outcome, of speed.toml; that of all roads where there is no other.

    Raises NotFound for a model, a setting or an outcome that is not there.
    """
    one = _entry("power", model)
    by_outcome = one.get(setting) or (one["all"] if setting in SETTINGS else {})
    return _of_outcome(by_outcome, outcome)


def coefficient(outcome: str, *, model: str = "elvik_2019") -> float:
    """Return the coefficient per km/h of an outcome, of speed.toml. Raises NotFound."""
    return _of_outcome(_entry("exponential", model)["per_kmh"], outcome)


def _of_outcome(known: Mapping[str, float], outcome: str) -> float:
    if outcome not in known:
        raise NotFound(
            "The model says nothing of “{outcome}”; it knows {known}.",
            outcome=outcome,
            known=sorted(known),
        )
    return float(known[outcome])


@dataclass(frozen=True)
class Victims:
    """Fatal crashes and people killed after a change of speed."""

    fatal_crashes: float
    fatalities: float


def victims(
    before_kmh: float,
    after_kmh: float,
    *,
    fatal_crashes: float,
    fatalities: float,
    of_crashes: float | None = None,
) -> Victims:
    """Return fatal crashes Y and people killed Z after a change of speed.

    Y1 = (v1/v0)^4 Y0, Z1 = (v1/v0)^4 Y0 + (v1/v0)^8 (Z0 - Y0): crashes with several people killed
    change with the square of what the others do. The exponent is Nilsson's of fatal crashes unless
    given.

    >>> found = victims(90, 80, fatal_crashes=10, fatalities=12)
    >>> round(found.fatal_crashes, 2), round(found.fatalities, 2)
    (6.24, 7.02)

    Source: Nilsson 2004, Lund Institute of Technology, Bulletin 221 [unverified].
    """
    e = exponent("fatal_crashes", model="nilsson") if of_crashes is None else of_crashes
    ratio = float(power(before_kmh, after_kmh, e))
    crashes = ratio * fatal_crashes
    return Victims(crashes, crashes + ratio**2 * (fatalities - fatal_crashes))


@dataclass(frozen=True)
class Figure:
    """What one model says of a change of speed."""

    model: str
    ratio: float
    source: str
    verified: bool


@dataclass(frozen=True)
class Forecast:
    """The first figure, those beside it, the range of all, and what is doubtful."""

    first: Figure
    beside: tuple[Figure, ...]
    notes: tuple[Message, ...] = ()

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest ratio of all models."""
        ratios = [one.ratio for one in (self.first, *self.beside)]
        return min(ratios), max(ratios)


def forecast(
    before_kmh: float, after_kmh: float, outcome: str, *, setting: str = "all"
) -> Forecast:
    """Return what a change of mean speed does to an outcome, by the models that know it.

    Raises NotFound for an outcome that Elvik 2009 does not know, or another setting.

    >>> found = forecast(90, 80, "fatal_crashes", setting="rural")
    >>> round(found.first.ratio, 2), [round(ratio, 2) for ratio in found.range]
    (0.62, [0.45, 0.62])

    Source: reference methods, section 8; coefficients in speed.toml.
    """
    if setting not in SETTINGS:
        raise NotFound(
            "There is no setting “{name}”; there are {known}.", name=setting, known=list(SETTINGS)
        )
    of_elvik = exponent(outcome, setting=setting)
    first = _figure("power", ELVIK, float(power(before_kmh, after_kmh, of_elvik)))
    beside, notes = [], list(_doubts(before_kmh, after_kmh))
    for kind, name in BESIDE:
        one = _entry(kind, name)
        known = one["all"] if kind == "power" else one["per_kmh"]
        if outcome in known:
            of = power if kind == "power" else exponential
            beside.append(_figure(kind, name, float(of(before_kmh, after_kmh, known[outcome]))))
            if setting == "urban":
                notes += [Message(note) for note in one.get("notes", ())]
    return Forecast(first, tuple(beside), tuple(notes))


def _figure(kind: str, name: str, ratio: float) -> Figure:
    one = _entry(kind, name)
    return Figure(one["title"], ratio, one["source"], one["verified"])


def _doubts(before_kmh: float, after_kmh: float) -> tuple[Message, ...]:
    limits = _book()["limits"]
    least, most = (limits[name] * before_kmh for name in ("least_ratio", "most_ratio"))
    if 0 < least <= after_kmh <= most:
        return ()
    return (Message("Speeds so far apart are beyond what the models were made of."),)


def mean_after_limit(mean_kmh: float, limit_before: float, limit_after: float) -> float:
    """Return the mean speed where nothing but the limit changes: a quarter of the way.

    Source: reference methods, section 8 [unverified]; the share stands in speed.toml.
    """
    return float(mean_kmh + _book()["limits"]["share_of_limit"] * (limit_after - limit_before))


# ----------------------------------------------------------------------- one driver, one walker


def driver_risk(speed_kmh: ArrayLike, *, curve: str = "urban_2002") -> Floats:
    """Return the risk of one driver to be in an injury crash, by that of a usual one.

    `speed_kmh` is the speed itself (town, where 60 is usual), or, for the curve "rural", how much
    faster than the others. Raises NotFound for another curve.

    >>> [round(float(risk), 2) for risk in driver_risk([60, 65, 70])]
    [1.0, 1.82, 3.57]

    Source: Kloeden and others, in speed.toml [unverified].
    """
    c0, c1, c2 = _entry("driver", curve)["coefficients"]
    v = np.asarray(speed_kmh, dtype=float)
    return np.asarray(np.exp(c0 + c1 * v + c2 * v**2))


def pedestrian_death(speed_kmh: ArrayLike, *, model: str = "rosen_sander_2009") -> Floats:
    """Return the probability that a pedestrian who is hit at this speed dies.

    1/(1 + exp(6.9 - 0.09 v)). Raises NotFound for another model.

    >>> [round(float(chance), 3) for chance in pedestrian_death([30, 50, 70])]
    [0.015, 0.083, 0.354]

    Source: Rosen and Sander 2009, in speed.toml [unverified].
    """
    one = _entry("pedestrian", model)
    v = np.asarray(speed_kmh, dtype=float)
    return np.asarray(special.expit(one["per_kmh"] * v - one["constant"]))


def stopping_distance(
    speed_kmh: ArrayLike, *, reaction_s: float | None = None, deceleration: float | None = None
) -> Floats:
    """Return the sight distance, metres, needed to stop: 0.278 V t + 0.039 V²/a.

    Reaction 2.5 s and deceleration 3.4 m/s² unless given.

    >>> design_distance(stopping_distance([50, 80, 100])).tolist()
    [65.0, 130.0, 185.0]

    Source: AASHTO Green Book, in speed.toml [unverified].
    """
    one = _entry("stopping", "aashto")
    t = one["reaction_s"] if reaction_s is None else reaction_s
    a = one["deceleration"] if deceleration is None else deceleration
    v = np.asarray(speed_kmh, dtype=float)
    return np.asarray(one["per_reaction"] * v * t + one["per_square"] * v**2 / a)


def design_distance(distance_m: ArrayLike, *, step_m: float | None = None) -> Floats:
    """Return a distance rounded up to the next step, 5 m unless given.

    Source: AASHTO Green Book, in speed.toml [unverified].
    """
    step = _entry("stopping", "aashto")["step_m"] if step_m is None else step_m
    # What is a step but for the last digits is that step.
    return np.asarray(np.ceil(np.asarray(distance_m, dtype=float) / step - 1e-9) * step)
