"""What is really dangerous in the invented country: planted sites, and how many a list found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crashkit.model import Site
from crashkit.synth import land as lands
from crashkit.synth import traffic

KINDS = ("junction", "curve", "crossing", "night")
LENGTH_M = {"junction": 200.0, "curve": 300.0, "crossing": 200.0, "night": 500.0}
AIM = 12.0
LEAST, MOST = 4.0, 40.0
APART_M = 4_000.0


@dataclass(frozen=True)
class Planted:
    """A planted blackspot: on `road` from `from_m` to `to_m`, `factor` times its peers' mean."""

    id: str
    kind: str
    road: str
    from_m: float
    to_m: float
    lon: float
    lat: float
    factor: float
    expected_peers: float
    expected: float
    cells: tuple[int, ...]

    @property
    def radius_m(self) -> float:
        """Half its length."""
        return (self.to_m - self.from_m) / 2


@dataclass(frozen=True)
class Found:
    """How many planted sites the first `rank` places of a list found, and how many places hit."""

    rank: int
    recall: float
    precision: float
    found: tuple[str, ...]


def plant(
    network: traffic.Network, *, crashes: int, sites: int, rng: np.random.Generator
) -> list[Planted]:
    """Choose places of each kind in turn, where there is traffic, well apart from each other.

    The factor lifts each to about a dozen expected crashes, between 4 and 40 times its peers.
    """
    cells = network.cells
    scale = crashes / float(cells["mean"].sum())
    chosen: list[Planted] = []
    for number in range(sites):
        kind = KINDS[number % len(KINDS)]
        rows = _room(network, kind, chosen, rng)
        if rows is not None:
            aim = float(rng.uniform(0.8, 1.5)) * AIM / scale
            chosen.append(_site(network, f"B{number + 1:02d}", kind, rows, aim))
    return chosen


def _fit(network: traffic.Network, kind: str) -> Any:
    cells = network.cells
    numbered = np.array([bool(line.number) for line in network.land.lines])[cells["line"]]
    at_junction = (cells["junction"] >= 0).to_numpy()
    urban, curve = cells["urban"].to_numpy(), cells["curve"].to_numpy()
    inside = (cells["near_m"] < 20_000).to_numpy()
    return {
        "junction": at_junction & (numbered | (cells["capital_m"] < 4_000).to_numpy()),
        "curve": numbered & curve & ~urban & ~at_junction,
        "crossing": numbered & urban & ~at_junction,
        "night": numbered & ~urban & ~curve & ~at_junction & inside,
    }[kind]


def _room(
    network: traffic.Network, kind: str, chosen: Sequence[Planted], rng: np.random.Generator
) -> tuple[int, ...] | None:
    cells = network.cells
    fit = _fit(network, kind)
    points = cells[["lon", "lat"]].to_numpy()
    for site in chosen:
        fit &= lands.distance_m(points, site.lon, site.lat) > APART_M
    weight = np.where(fit, cells["spf"], 0.0)
    if weight.sum() == 0:
        return None
    middle = int(rng.choice(len(cells), p=weight / weight.sum()))
    half = round(LENGTH_M[kind] / traffic.CELL_M) // 2
    rows = range(middle - half, middle - half + round(LENGTH_M[kind] / traffic.CELL_M))
    lines = cells["line"].to_numpy()
    within = [row for row in rows if 0 <= row < len(cells) and lines[row] == lines[middle]]
    return tuple(within)


def _site(
    network: traffic.Network,
    name: str,
    kind: str,
    rows: tuple[int, ...],
    aim: float,
) -> Planted:
    part = network.cells.iloc[list(rows)]
    line = network.land.lines[int(part["line"].iloc[0])]
    from_m, to_m = float(part["from_m"].iloc[0]), float(part["to_m"].iloc[-1])
    lon, lat = line.at(np.array([(from_m + to_m) / 2]))[0]
    factor = float(np.clip(aim / part["spf"].sum(), LEAST, MOST))
    return Planted(
        id=name,
        kind=kind,
        road=line.key,
        from_m=from_m,
        to_m=to_m,
        lon=float(lon),
        lat=float(lat),
        factor=factor,
        expected_peers=0.0,
        expected=0.0,
        cells=rows,
    )


# ------------------------------------------------------------------ score


def read_sites(truth: Mapping[str, Any]) -> list[Planted]:
    """Return the planted sites of a truth file as read by json."""
    return [
        Planted(
            id=row["id"],
            kind=row["kind"],
            road=row["road"],
            from_m=row["from_km"] * 1000,
            to_m=row["to_km"] * 1000,
            lon=row["lon"],
            lat=row["lat"],
            factor=row["factor"],
            expected_peers=row["expected_peers"],
            expected=row["expected"],
            cells=(),
        )
        for row in truth["sites"]
    ]


def score(
    sites: Sequence[Site], truth: Mapping[str, Any], *, tolerance_m: float = 300.0
) -> list[Found]:
    """Say for each length of a ranked list how much of the truth it found and how much it hit.

    A site hits a planted one when it lies on the same road and covers at least half of it, or,
    where the site or the planted one has no chainage, when its centre is no further from it than
    the radius of the site and the tolerance. Source: methods section 11.5.
    """
    planted = read_sites(truth)
    found: list[str] = []
    hits = 0
    answers = []
    for rank, site in enumerate(sites, 1):
        hit = [one.id for one in planted if _hits(site, one, tolerance_m)]
        hits += bool(hit)
        found += [name for name in hit if name not in found]
        recall = len(found) / len(planted) if planted else 1.0
        answers.append(Found(rank, recall, hits / rank, tuple(found)))
    return answers


def _hits(site: Site, planted: Planted, tolerance_m: float) -> bool:
    if (
        site.from_m is not None
        and site.to_m is not None
        and _fold(site.road) == _fold(planted.road)
    ):
        shared = min(site.to_m, planted.to_m) - max(site.from_m, planted.from_m)
        return shared >= 0.5 * (planted.to_m - planted.from_m)
    if site.from_m is not None and site.road:
        return False
    point = np.array([[planted.lon, planted.lat]])
    away = float(lands.distance_m(point, site.lon, site.lat)[0])
    return away <= max(site.radius_m or 0.0, tolerance_m)


def _fold(road: str) -> str:
    return "".join(letter for letter in road.casefold() if letter.isalnum())
