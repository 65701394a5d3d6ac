"""The order of a list that begins with the gravest crashes."""

from datetime import date

import numpy as np
import pandas as pd

from crashkit import filters
from crashkit.model import CrashData, Period

NOBODY = pd.DataFrame({"crash": np.array([], dtype=int)})
DAYS = ["2021-02-03", "NaT", "2022-01-01", "2021-02-03", "2022-01-01"]


def ordered(**columns):
    """Return the ids of five crashes in the order of the list."""
    days = np.array(DAYS, dtype="datetime64[s]")
    frame = pd.DataFrame({"id": [9, 1, 3, 4, 5], "crash_date": days, **columns})
    data = CrashData(frame, NOBODY, NOBODY, Period(date(2021, 1, 1), date(2022, 12, 31)))
    return data.crash_ids[filters.worst_first(data)].tolist()


def test_the_worst_come_first_then_the_newest():
    codes = pd.Categorical(["fatal", "fatal", "slight", "serious", None])
    assert ordered(severity=codes) == [9, 1, 4, 3, 5]


def test_without_severity_the_newest_come_first():
    assert ordered() == [3, 5, 4, 9, 1]
