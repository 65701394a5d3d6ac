"""So many crashes in each year, for tests of trends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from made_crashes import made

from crashkit.model import CrashData, Period


def yearly(numbers: Sequence[int], first: int = 2015, **more: Any) -> CrashData:
    """Make so many crashes in each year, one killed in each, on days a week apart."""
    rows = [
        {
            "crash_date": f"{first + i}-{1 + j % 12:02d}-{1 + j // 12 % 28:02d}",
            "severity": "fatal",
            "n_killed": 1,
            **more,
        }
        for i, n in enumerate(numbers)
        for j in range(n)
    ]
    return made(rows, period=Period(date(first, 1, 1), date(first + len(numbers) - 1, 12, 31)))
