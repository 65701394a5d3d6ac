"""The roads of a country judged by windows: each with its peers, then asked again with changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crashkit import api
from crashkit.model import CrashData, Period
from crashkit.roads import junctions, placing, snapping, topology
from crashkit.roads.network import Lines, network
from tests.bench.works import SEED, Work

KM, ROUTES, METRES_PER_DEGREE = 50_000, 2000, 90_000
YEARS = Period(date(2021, 1, 1), date(2023, 12, 31))
PRESET = "eb_excess_windows"


def prepare(crashes: int) -> Iterator[Work]:
    """Yield the judging of all windows, and the same with its repeats, ready to be timed."""
    data, placed = _country(crashes)
    name = f"judge: windows of 500 m by 100 m on {KM:,} km, {crashes:,} crashes"
    for words, repeat, limit in (("", False, 10.0), (", repeated with changes", True, None)):
        yield Work(
            name + words,
            lambda repeat=repeat: api.screen(  # type: ignore[misc]
                data, api.ask(PRESET), roads=placed, repeat=repeat
            ),
            limit_s=limit,
            rounds=1,
        )


def _country(crashes: int) -> tuple[CrashData, Any]:
    """Make straight routes with AADT and crashes on them, a tenth of them every five kilometres."""
    chance = np.random.default_rng(SEED)
    share = chance.lognormal(0, 0.7, ROUTES)
    share /= share.sum()
    length_m = (share * KM * 1000).astype(int) + 1000
    west = 60 + (np.arange(ROUTES) % 50) * 0.4
    south = 36 + (np.arange(ROUTES) // 50) * 0.2
    east = west + length_m / METRES_PER_DEGREE
    stretches = pd.DataFrame(
        {
            "road_key": [f"R{i}" for i in range(ROUTES)],
            "from_m": 0.0,
            "to_m": length_m.astype(float),
            "road_class": np.array(["primary", "secondary", "tertiary"])[np.arange(ROUTES) % 3],
            "area_type": "rural",
            "aadt": chance.lognormal(8, 0.6, ROUTES),
        }
    )
    ends = zip(west, south, east, strict=True)
    roads = network(stretches, Lines.of([[(a, y), (b, y)] for a, y, b in ends]))
    route = chance.choice(ROUTES, crashes, p=share)
    at_m = chance.uniform(0, 1, crashes) * length_m[route]
    is_bad = chance.uniform(0, 1, crashes) < 0.1
    at_m[is_bad] = np.round(at_m[is_bad] / 5000) * 5000 % length_m[route[is_bad]]
    frame = pd.DataFrame(
        {
            "id": np.arange(1, crashes + 1),
            "crash_date": pd.to_datetime(
                chance.integers(0, 1095, crashes), unit="D", origin="2021-01-01"
            ).astype("datetime64[s]"),
            "road_key": pd.Categorical.from_codes(route, [f"R{i}" for i in range(ROUTES)]),
            "chainage_km": np.round(at_m / 1000, 3),
        }
    )
    empty = pd.DataFrame({"crash": pd.Series([], dtype="int64")})
    data = CrashData(frame, empty, empty, YEARS)
    snapped = snapping.snap(roads, data)
    built = topology.build(snapped.network)
    at = junctions.derived(built)
    return data, placing.place(data, at, topology=built, snapped=snapped)
