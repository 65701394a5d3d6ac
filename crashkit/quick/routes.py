"""What a network of roads knows of each road: its first and last km post, and its length."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from crashkit.quick.names import Route
from crashkit.roads.network import BACKWARD, Network


def routes(network: Network, day: date, aliases: Mapping[str, str]) -> dict[str, Route]:
    """Return the roads that have km posts on a day, by their keys and by their other names.

    The length is that of the km posts of one direction, gaps left out.
    """
    stretches = network.stretches
    posted = stretches["from_m"].notna() & stretches["to_m"].notna()
    one_way = stretches["direction"] != BACKWARD
    when = pd.Timestamp(day)
    there = ~(stretches["valid_from"] > when) & ~(stretches["valid_to"] < when)
    kept = stretches[posted & one_way & there & (stretches["road_key"] != "")]
    length = (kept["to_m"] - kept["from_m"]).groupby(kept["road_key"]).sum()
    low = kept.groupby("road_key")["from_m"].min()
    high = kept.groupby("road_key")["to_m"].max()
    found = {
        str(key): Route(float(low[key]) / 1000, float(high[key]) / 1000, float(length[key]) / 1000)
        for key in length.index
    }
    return {**found, **{name: found[key] for name, key in aliases.items() if key in found}}
