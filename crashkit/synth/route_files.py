"""Write a world of routes as files that can be imported: its crashes, its roads, and the truth.

The same seed gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crashkit.model import CrashData
from crashkit.synth import routes
from crashkit.synth.known_sites import numbers
from crashkit.synth.routes import Routes

COLUMNS = (
    *("crash_id", "crash_date", "lat", "lon", "road_number", "road_class", "chainage_km"),
    "severity",
)


def kinds() -> list[str]:
    """Return the names of the kinds of records there are."""
    return [*numbers()["routes"]["records"]]


def make(folder: Path, *, seed: int, records: str) -> int:
    """Write crashes.csv, roads.geojson and truth.csv; return how many rows the crashes have.

    `records` is what the police file does to places, one of `kinds()`.
    """
    rng = np.random.default_rng(seed)
    world = routes.draw(rng)
    rows = table(routes.recorded(world, records, rng), numbers()["routes"]["records"][records], rng)
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_csv(folder / "crashes.csv", index=False, lineterminator="\n")
    truth(world).to_csv(folder / "truth.csv", index=False, lineterminator="\n")
    (folder / "roads.geojson").write_text(_roads(world), encoding="utf-8", newline="\n")
    return len(rows)


def table(data: CrashData, flaws: Mapping[str, float], rng: np.random.Generator) -> pd.DataFrame:
    """Return the rows of a file in CrashKit's own layout; some lack a point, some stand twice."""
    crashes = data.crashes
    rows = pd.DataFrame({name: crashes[name] for name in COLUMNS if name in crashes})
    rows.insert(0, "crash_id", [f"C{id_:06d}" for id_ in crashes["id"]])
    rows["crash_date"] = crashes["crash_date"].dt.strftime("%Y-%m-%d")
    rows["road_number"] = crashes["road_key"]
    for name in ("lat", "lon"):
        rows[name] = [f"{degrees:.6f}" for degrees in crashes[name]]
    rows["chainage_km"] = [f"{km:.3f}" for km in crashes["chainage_km"]]
    rows.loc[rng.random(len(rows)) < flaws.get("no_point", 0.0), ["lat", "lon"]] = ""
    twice = rows[rng.random(len(rows)) < flaws.get("twice", 0.0)]
    return pd.concat([rows, twice], ignore_index=True)[list(COLUMNS)]


def truth(world: Routes) -> pd.DataFrame:
    """Return the hotspots: road, km posts, and how many times more dangerous they are."""
    return pd.DataFrame(
        {
            "road_number": [routes.road(int(one)) for one in world.spots["route"]],
            "from_km": (world.spots["from_m"] / 1000).map("{:.3f}".format),
            "to_km": (world.spots["to_m"] / 1000).map("{:.3f}".format),
            "factor": world.spots["factor"].map("{:.2f}".format),
        }
    )


def _roads(world: Routes) -> str:
    """Write one feature a line, so that a change shows where it is."""
    stretches = world.network.stretches
    features = ",\n".join(
        json.dumps(_road(world, i, row), separators=(",", ":"))
        for i, row in enumerate(stretches.to_dict("records"))
    )
    return f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'


def _road(world: Routes, i: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    facts = {
        "road_number": row["road_number"],
        "road_class": row["road_class"],
        "from_km": row["from_m"] / 1000,
        "to_km": row["to_m"] / 1000,
        "aadt": round(row["aadt"]),
    }
    points = np.round(world.network.lines.line(i), 6).tolist()
    geometry = {"type": "LineString", "coordinates": points}
    return {"type": "Feature", "properties": facts, "geometry": geometry}
