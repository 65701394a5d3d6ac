"""Made roads and crashes on them, placed by metres around one point."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from pyproj import Geod

from crashkit.model import CrashData, Period
from crashkit.roads import junctions, topology
from crashkit.roads.network import Lines, network
from crashkit.roads.placing import place
from crashkit.roads.snapping import snap

GEOD = Geod(ellps="WGS84")
HERE = (74.0, 42.0)
PERIOD = Period(date(2020, 1, 1), date(2022, 12, 31))


def off(lon, lat, *, north=0.0, east=0.0):
    """Return the place so many metres away, along a meridian and a parallel."""
    lon, lat, _ = GEOD.fwd(lon, lat, 0, north)
    return GEOD.fwd(lon, lat, 90, east)[0], lat


def line(*, north=0.0, east=0.0, long=10000.0):
    """Draw a line eastwards."""
    return [off(*HERE, north=north, east=east), off(*HERE, north=north, east=east + long)]


def roads(lines, **columns):
    return network(pd.DataFrame(columns), Lines.of(lines))


def crashes(*rows):
    frame = pd.DataFrame([{"crash_date": "2021-05-05", **row} for row in rows])
    frame["id"] = range(1, len(rows) + 1)
    frame["crash_date"] = pd.to_datetime(frame["crash_date"]).astype("datetime64[s]")
    for name in ("lon", "lat"):
        frame[name] = frame[name].astype(float) if name in frame else np.nan
    empty = pd.DataFrame({"crash": pd.Series([], dtype="int64")})
    return CrashData(frame, empty, empty, PERIOD)


def at(*, north=0.0, east=5000.0, **words):
    lon, lat = off(*HERE, north=north, east=east)
    return {"lon": lon, "lat": lat, **words}


TWO = roads([line(), line(north=40)], road_key=["M-1", "A-2"], from_m=[0, 0], to_m=[10000, 10000])
"""Two roads of 10 km, 40 m apart."""


ONE_WITH_TRAFFIC = roads(
    [line(long=2400), line(east=2400, long=2600)],
    road_key=["M-1", "M-1"],
    from_m=[0, 2400],
    to_m=[2400, 5000],
    aadt=[1000, 3000],
)
"""A road of 5 km of which the last 2.6 have more traffic."""


def placed(network, data):
    """Give each crash its place on a network."""
    snapped = snap(network, data)
    made = topology.build(snapped.network)
    return place(data, junctions.derived(made), topology=made, snapped=snapped)
