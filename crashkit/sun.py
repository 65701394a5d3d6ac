"""Where the sun stands: height and bearing by time and place, the low-accuracy series of Meeus.

Good to about 0.01 degrees from 1950 to 2050, as NOAA's solar calculator has it. Times are those of
UTC in days since 1970-01-01 00:00, places WGS 84 in degrees, east and north positive.

Source: Meeus 1998, Astronomical Algorithms, 2nd edition, chapters 22, 25 and 28; NOAA Global
Monitoring Laboratory, solar calculation details.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

RISEN_DEG = -0.833
"""The centre of the sun at sunrise and sunset: half its disc (16') and refraction (34').

Source: Meeus 1998, chapter 15.
"""
TWILIGHT_DEG = -6.0
"""The centre of the sun where civil twilight ends. Source: Meeus 1998, chapter 15."""

_CENTURY_DAYS = 36525.0
_DAYS_TO_2000 = 10957.5
"""From 1970-01-01 00:00 to 2000-01-01 12:00."""


STARTS = np.array([0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335])
"""The day of a year of 366 on which each month begins."""


def day_of_year(days: NDArray[Any]) -> NDArray[np.int64]:
    """Return the day of each date in a year of 366, from 0: 1 March is day 60 in every year.

    `days` are dates, or days since 1970-01-01.

    >>> day_of_year(np.array(["2023-01-01", "2023-03-01", "2024-03-01"], dtype="datetime64[D]"))
    array([ 0, 60, 60])
    """
    stamps = days.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    return np.asarray(STARTS[months.astype(int) % 12] + (stamps - months).astype(int))


class Sun(NamedTuple):
    """Height over the horizon (without refraction) and bearing from north by east, in degrees."""

    height: Floats
    bearing: Floats


class Orbit(NamedTuple):
    """Declination in degrees, and the equation of time in minutes: the sundial less the clock."""

    declination: Floats
    equation: Floats


def orbit(days: ArrayLike) -> Orbit:
    """Return declination and equation of time.

    >>> found = orbit((8321, 8321 + 1))  # 1992-10-13, Meeus, example 25.a and 28.a
    >>> round(float(found.declination[0]), 2), round(float(found.equation[0]), 1)
    (-7.79, 13.7)
    """
    t = (np.asarray(days, dtype=float) - _DAYS_TO_2000) / _CENTURY_DAYS
    mean_longitude = np.radians(280.46646 + t * (36000.76983 + 0.0003032 * t))
    anomaly = np.radians(357.52911 + t * (35999.05029 - 0.0001537 * t))
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    centre = (
        np.sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t))
        + np.sin(2 * anomaly) * (0.019993 - 0.000101 * t)
        + np.sin(3 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * t)
    longitude = mean_longitude + np.radians(centre - 0.00569 - 0.00478 * np.sin(node))
    tilt = np.radians(
        23.43929111 - t * (0.0130041667 + t * (1.64e-7 - 5.04e-7 * t)) + 0.00256 * np.cos(node)
    )
    y = np.tan(tilt / 2) ** 2
    equation = 4 * np.degrees(
        y * np.sin(2 * mean_longitude)
        - 2 * eccentricity * np.sin(anomaly)
        + 4 * eccentricity * y * np.sin(anomaly) * np.cos(2 * mean_longitude)
        - y**2 / 2 * np.sin(4 * mean_longitude)
        - 1.25 * eccentricity**2 * np.sin(2 * anomaly)
    )
    declination = np.degrees(np.arcsin(np.sin(tilt) * np.sin(longitude)))
    return Orbit(np.asarray(declination), np.asarray(equation))


def stands(days: ArrayLike, lat: ArrayLike, lon: ArrayLike) -> Sun:
    """Return height and bearing of the sun at each time and place; NaN where one is not known."""
    days = np.asarray(days, dtype=float)
    declination, equation = orbit(days)
    noon = (days - np.floor(days)) * 1440 + equation + 4 * np.asarray(lon, dtype=float)
    angle = np.radians(noon / 4 - 180)
    phi, tilt = np.radians(np.asarray(lat, dtype=float)), np.radians(declination)
    up = np.sin(phi) * np.sin(tilt) + np.cos(phi) * np.cos(tilt) * np.cos(angle)
    south = np.sin(phi) * np.cos(tilt) * np.cos(angle) - np.cos(phi) * np.sin(tilt)
    west = np.cos(tilt) * np.sin(angle)
    height = np.degrees(np.arcsin(np.clip(up, -1, 1)))
    return Sun(height, (np.degrees(np.arctan2(west, south)) + 180) % 360)


def crossings(noon: ArrayLike, lat: float, lon: float, height: float) -> tuple[Floats, Floats]:
    """Return when the sun rises above and sinks below a height around a noon of UTC, in days.

    NaN where it does not on that day. The declination is that of the crossing itself, found in
    three steps; the rest is below a second between the polar circles.
    """
    noon = np.asarray(noon, dtype=float)
    found = []
    for side in (-1, 1):
        at = noon
        for _ in range(3):
            declination, equation = orbit(at)
            phi, tilt = np.radians(lat), np.radians(declination)
            cosine = (np.sin(np.radians(height)) - np.sin(phi) * np.sin(tilt)) / (
                np.cos(phi) * np.cos(tilt)
            )
            half = np.degrees(np.arccos(np.where(np.abs(cosine) <= 1, cosine, np.nan)))
            transit = 720 - 4 * lon - equation
            at = np.floor(noon) + (transit + side * 4 * half) / 1440
        found.append(at)
    return found[0], found[1]
