"""Columns of the crashes as bare arrays, and what is known in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crashkit import filters
from crashkit.model import CrashData
from crashkit.quality.answers import Flags, Floats


def numbers(data: CrashData, name: str) -> Floats:
    """Return a number of each crash, NaN where it is not known."""
    return filters.numbers(data, name)


def texts(data: CrashData, name: str) -> pd.Series:
    """Return a text or a code of each crash, "" where it is not known."""
    if name not in data.crashes.columns:
        return pd.Series("", index=data.crashes.index, dtype=object)
    return data.crashes[name].astype(object).where(data.crashes[name].notna(), "")


def known(data: CrashData, name: str) -> Flags:
    """Say of which crashes a field is known: neither empty nor "unknown"."""
    if name not in data.crashes.columns:
        return np.zeros(len(data), dtype=bool)
    column = data.crashes[name]
    there = column.notna()
    if isinstance(column.dtype, pd.CategoricalDtype):
        there &= column != filters.UNKNOWN
    elif column.dtype.kind not in "biufM":
        there &= column.astype(object) != filters.UNKNOWN
    return np.asarray(there, dtype=bool)


def has_point(data: CrashData) -> Flags:
    """Say which crashes have coordinates."""
    return np.isfinite(numbers(data, "lon")) & np.isfinite(numbers(data, "lat"))


def has_post(data: CrashData) -> Flags:
    """Say which crashes have a road and a km post."""
    posts = np.isfinite(numbers(data, "chainage_km"))
    return np.asarray(known(data, "road_key") & posts, dtype=bool)


def to_the_day(data: CrashData) -> Flags:
    """Say of which crashes the day is known."""
    precision = texts(data, "date_precision")
    exact = precision.isin(["", "day"])
    return np.asarray(known(data, "crash_date") & exact, dtype=bool)


def minutes(data: CrashData) -> Floats:
    """Return the minutes since midnight of each crash; NaN where no minute is known."""
    precision = texts(data, "time_precision")
    time = texts(data, "crash_time")
    codes, words = pd.factorize(time)
    of_word = np.array([_minutes(str(word)) for word in words] + [np.nan])
    return np.where(precision.isin(["", "minute", "5min"]), of_word[codes], np.nan)


def _minutes(time: str) -> float:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute) if minute else np.nan
