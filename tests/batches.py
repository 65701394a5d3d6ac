"""Small imports for tests, ready for the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.errors import Message
from crashkit.model import Duplicate, FileRead, ImportBatch, Issue, Ledger, Period, Records

PERIOD = Period(date(2020, 1, 1), date(2022, 12, 31))


def batch(*keys: str, ledger: Ledger | None = None, **changes: Any) -> ImportBatch:
    """Make an import of one crash for each key, two vehicles and one person each."""
    found = {
        "period": PERIOD,
        "ledger": ledger or plain_ledger(len(keys)),
        "profile": "crashkit",
        "title": "Test crashes",
        "country": "KGZ",
        "killed_definition": "30d",
        "attribution": "nobody",
        "options": {"encoding": "utf-8"},
    }
    vehicles = members(keys, 2, "unit_no", unit_type="car")
    people = members(keys, 1, "person_no", injury="serious", age=44.0)
    made = partial(Records, crashes(keys), vehicles, people)
    return told(ImportBatch(**{"made": made, "digests": digests(keys), **found}), **changes)


def digests(keys: Sequence[str]) -> NDArray[np.object_]:
    """Make the digests of crashes."""
    return np.array([f"digest of {key}" for key in keys], dtype=object)


def told(batch: ImportBatch, **changes: Any) -> ImportBatch:
    """Change a batch: its frames, or what is said of them."""
    frames = {
        name: changes.pop(name) for name in ("crashes", "vehicles", "people") if name in changes
    }
    records = replace(batch.records, **frames)
    own = digests(records.crashes["crash_key"]) if "crashes" in frames else batch.digests
    return replace(batch, **{"made": lambda: records, "digests": own, **changes})


def crashes(keys: Sequence[str]) -> pd.DataFrame:
    """Make one crash for each key; the second has no place and no severity."""
    n = len(keys)
    odd = np.arange(n) % 2 == 1
    return pd.DataFrame(
        {
            "crash_key": list(keys),
            "crash_id": [f"00{key}" for key in keys],
            "source_id": ["test"] * n,
            "crash_date": ["2021-02-03"] * n,
            "crash_time": ["08:15"] * n,
            "lat": np.where(odd, np.nan, 42.87),
            "lon": np.where(odd, np.nan, 74.59),
            "severity": [None if gap else "fatal" for gap in odd],
            "severity_src": ["Тяжесть 1"] * n,
            "weather": ["rain|wind"] * n,
            "n_killed": np.where(odd, np.nan, 1.0),
            "pedestrian_involved": ["yes"] * n,
            "road_name": ["Бишкек – Ош, 奥什"] * n,
        }
    )


def members(keys: Sequence[str], each: int, number: str, **values: Any) -> pd.DataFrame:
    """Make `each` vehicles or people of every crash, numbered from the last to the first."""
    rows = [
        {"crash_key": key, number: str(place), **values}
        for key in keys
        for place in range(each, 0, -1)
    ]
    return pd.DataFrame(rows, columns=["crash_key", number, *values])


def plain_ledger(rows: int) -> Ledger:
    """Make the accounts of a file in which every row was accepted."""
    return Ledger((read(rows),), rows, rows, 0, (), (), ())


def full_ledger() -> Ledger:
    """Make accounts with a rejected row, a duplicate, a warning, and hostile texts."""
    bad = Message("{field} is {value}.", {"field": Message("Latitude"), "value": "4\x002,9"})
    return Ledger(
        files=(read(4),),
        total=4,
        accepted=2,
        rejected=1,
        duplicates=(Duplicate("crashes.csv", 4, "crashes.csv:2"),),
        issues=(Issue("crashes.csv", 5, "lat", "4\x002,9", "not_a_number", bad),),
        warnings=(Issue("crashes.csv", None, "lat", "", "axes_swapped", Message("Swapped.")),),
        cells={("crashes.csv", 5): {"lat": "4\x002,9", "=cmd": "<b>\ud800"}},
    )


def read(rows: int) -> FileRead:
    """Make what is known of a file that was read."""
    return FileRead("crashes.csv", "ab" * 32, 1234, rows, "crash", "utf-8", ",")
