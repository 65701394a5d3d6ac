"""The weather of the invented country by day and province, with one planted effect: ice.

The crashes are drawn first, so the weather is drawn given them (Bayes), which is the same as the
other way round: a day with more crashes is likelier to have had ice, by the planted factor for each
crash; a day whose first crash has snow recorded is likelier to have had snow, without any effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.synth import happenings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ICE_FACTOR = 1.6
"""So many times the crashes of a day without ice has a day with it, in the same province."""
ROOM = 0.4
"""Crashes are drawn before ice, so it can stand behind no more of their spread than there is."""
ICE_BY_MONTH = (0.28, 0.24, 0.12, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0, 0.03, 0.16, 0.27)
KINDS = ("", "rain", "snow", "fog", "dust")
# How the day was where a crash has this weather recorded: it was seen so for the most part.
SEEN = {
    "rain": (0.15, 0.85, 0.0, 0.0, 0.0),
    "snow": (0.12, 0.0, 0.88, 0.0, 0.0),
    "snow|wind": (0.05, 0.0, 0.95, 0.0, 0.0),
    "fog": (0.25, 0.0, 0.0, 0.75, 0.0),
    "wind": (0.45, 0.05, 0.0, 0.0, 0.5),
    "clear": (0.92, 0.03, 0.01, 0.02, 0.02),
    "cloudy": (0.82, 0.10, 0.05, 0.03, 0.0),
    "unknown": (0.85, 0.07, 0.04, 0.02, 0.02),
}
WARM = (-11.0, -9.5, -2.0, 9.5, 17.0, 22.5, 24.8, 22.8, 16.3, 8.0, -0.5, -7.5)
"""Mean of each month, degrees C; a province lies up to so much colder or warmer (`_OFF`)."""
_OFF = 3.0
HEADS = (
    *("date", "place", "temp_min", "temp_mean", "temp_max", "precipitation", "snow", "wind"),
    *("visibility", "phenomena"),
)


def ice_factor(crashes: int, areas: int, years: tuple[int, int]) -> float:
    """Return the planted factor: ICE_FACTOR, or less where each day of a province has many crashes.

    The counts of days scatter by the root of their mean; ice takes a part of that (ROOM).
    """
    days = (date(years[1] + 1, 1, 1) - date(years[0], 1, 1)).days
    return round(1 + min(ICE_FACTOR - 1, ROOM / float(np.sqrt(crashes / days / areas))), 3)


def weather(
    crashes: pd.DataFrame, areas: Sequence[str], years: tuple[int, int], seed: int
) -> pd.DataFrame:
    """Return a row for each day and province, as texts below HEADS."""
    rng = np.random.default_rng([seed, 12])
    days = np.arange(np.datetime64(date(years[0], 1, 1)), np.datetime64(date(years[1] + 1, 1, 1)))
    factor = ice_factor(len(crashes), len(areas), years)
    parts = [
        _area(name, crashes[(crashes["admin1"] == name).to_numpy()], days, factor, rng)
        for name in areas
    ]
    return pd.concat(parts).sort_values(["date", "place"], kind="stable").reset_index(drop=True)


def _area(
    name: str,
    crashes: pd.DataFrame,
    days: NDArray[np.datetime64],
    factor: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    month = days.astype("datetime64[M]").astype(int) % 12
    of = (crashes["crash_date"].to_numpy().astype("datetime64[D]") - days[0]).astype(int)
    count = np.bincount(of, minlength=len(days))
    ice = rng.random(len(days)) < _ice(days, count, factor)
    kind = _kinds(month, of, crashes["weather"].astype(str).to_numpy(), rng)
    mean = _warm(days, month, ice, rng)
    width = rng.gamma(8, 0.55, len(days)) + 2
    fallen = np.where(np.isin(kind, (1, 2)), 1 + rng.gamma(0.9, 4.5, len(days)), 0.0)
    wind = np.where(kind == 4, 13 + rng.gamma(2, 1.5, len(days)), rng.gamma(6, 0.75, len(days)))
    sight = np.where(np.isin(kind, (3, 4)), rng.uniform(0.1, 0.9, len(days)), 10.0)
    words = np.array(KINDS, dtype=object)[kind]
    both = np.where((words != "") & ice, words + "|ice", np.where(ice, "ice", words))
    return pd.DataFrame(
        {
            "date": np.datetime_as_string(days),
            "place": name,
            "temp_min": _texts(mean - width / 2, 1),
            "temp_mean": _texts(mean, 1),
            "temp_max": _texts(mean + width / 2, 1),
            "precipitation": _texts(fallen, 1),
            "snow": _texts(_lying(kind == 2, fallen, mean), 0),
            "wind": _texts(wind, 1),
            "visibility": _texts(sight, 1),
            "phenomena": both,
        }
    )[list(HEADS)]


def _ice(days: NDArray[np.datetime64], count: Ints, factor: float) -> Floats:
    """Return the probability of ice on each day, given its crashes.

    Counts of a Poisson distribution, weighed by t to the power of the count, are Poisson with t
    times the mean; t is such that days with ice have `factor` times the mean of those without.
    """
    month = days.astype("datetime64[M]").astype(int) % 12
    before = np.array(ICE_BY_MONTH)[month]
    tilt = factor / (1 - before + before * factor)
    usual = np.full(len(days), max(float(count.mean()), 1e-9))
    # Month, weekday and year each have their own mean; they multiply.
    for one in (month, days.astype(int) % 7, days.astype("datetime64[Y]").astype(int)):
        _, part = np.unique(one, return_inverse=True)
        usual *= (np.bincount(part, count) / np.bincount(part) / max(float(count.mean()), 1e-9))[
            part
        ]
    return np.asarray(np.minimum(before * tilt**count * np.exp(-usual * (tilt - 1)), 1.0))


def _kinds(month: Ints, of: Ints, recorded: NDArray[np.object_], rng: np.random.Generator) -> Ints:
    """Draw what fell or blew on each day, given what its crashes have recorded."""
    shares = np.array(happenings.WEATHER_BY_MONTH)
    shares = shares / shares.sum(axis=1, keepdims=True)
    joint = shares[:, :, None] * np.array([SEEN[word] for word in happenings.WEATHER])[None]
    before = joint.sum(axis=1)
    chance = np.log(np.maximum(before, 1e-12))[month]
    word = np.array([happenings.WEATHER.index(one) for one in recorded], dtype=int)
    # The first crash of a day alone tells of it: others, drawn by themselves, may contradict it.
    told, first = np.unique(of, return_index=True)
    likely = joint[month[told], word[first]] / np.maximum(before[month[told]], 1e-12)
    chance[told] += np.log(np.maximum(likely, 1e-12))
    weight = np.exp(chance - chance.max(axis=1, keepdims=True))
    steps = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    return np.asarray((rng.random(len(month))[:, None] > steps).sum(axis=1).clip(max=4))


def _warm(
    days: NDArray[np.datetime64], month: Ints, ice: NDArray[np.bool_], rng: np.random.Generator
) -> Floats:
    """Return the mean of each day: between the months, with weather that lasts some days."""
    of_month = (days - days.astype("datetime64[M]")).astype(int) / 30.5
    at = month + of_month - 0.5
    months = np.interp(at, np.arange(-1, 13), [WARM[-1], *WARM, WARM[0]])
    noise = rng.normal(0, 2.2, len(days))
    for i in range(1, len(noise)):
        noise[i] += 0.75 * noise[i - 1]
    warm = months + noise + rng.uniform(-_OFF, _OFF)
    return np.asarray(np.where(ice, np.minimum(warm, 1.5), warm))


def _lying(snowing: NDArray[np.bool_], fallen: Floats, mean: Floats) -> Floats:
    """Return the snow lying: what fell, less what melts with every degree above freezing."""
    found = np.zeros(len(mean))
    depth = 0.0
    for i, (falls, much, warm) in enumerate(zip(snowing, fallen, mean, strict=True)):
        depth = max(0.0, 0.98 * depth + (much if falls else 0.0) - max(0.0, 2.0 * warm))
        found[i] = depth
    return found


def _texts(values: Floats, digits: int) -> list[str]:
    return [f"{value:.{digits}f}" for value in (np.round(values, digits) + 0.0).tolist()]
