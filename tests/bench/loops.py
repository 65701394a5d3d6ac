"""The kernels at the size of a large country, each beside the best peer that can be installed.

A peer that is not installed here is replaced by a plain use of numpy and scipy, and named so; the
goal is for the peer, not for what stands in for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.ndimage import gaussian_filter
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from crashkit import kernels
from tests.bench.works import SEED, Work

SIDE, KM, BENDS = 228, 50_000, 6
REACH_M, CELL_M = 250.0, 150.0
ROUTES, WINDOW_M, STEP_M = 2000, 1000, 100
EPS_M, LEAST = 75.0, 15
PIXELS, RADIUS_M = 1024, 1500.0
PLACES, NEIGHBOURS, DRAWS = 100_000, 8, 999


@dataclass(frozen=True, eq=False)
class Country:
    """A made network of edges, and points on and beside it; metres throughout."""

    ends: Any
    lines: Any
    offsets: Any
    edge: Any
    share: Any
    points: Any

    @property
    def pieces(self) -> tuple[Any, Any, Any]:
        """Return the straight pieces of all edges: starts, ends, edge of each."""
        owner = np.repeat(np.arange(self.offsets.size - 1), np.diff(self.offsets))
        same = np.flatnonzero(owner[1:] == owner[:-1])
        return self.lines[same], self.lines[same + 1], owner[same]

    @property
    def lengths_m(self) -> Any:
        starts, ends, owner = self.pieces
        return np.bincount(owner, np.hypot(*(ends - starts).T))

    @property
    def shapes(self) -> Any:
        sizes = np.diff(self.offsets)
        return shapely.linestrings(self.lines, indices=np.repeat(np.arange(sizes.size), sizes))


def country(points: int) -> Country:
    """Make a bent grid of roads with crowds of points on it, a few metres off."""
    chance = np.random.default_rng(SEED)
    spacing = KM * 1000 / (2 * SIDE * (SIDE - 1)) / 1.1
    corners = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2)
    corners = (corners + chance.normal(0, 0.15, corners.shape)) * spacing
    name = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    first = np.concatenate([name[:, :-1].ravel(), name[:-1].ravel()])
    second = np.concatenate([name[:, 1:].ravel(), name[1:].ravel()])
    along = np.linspace(0, 1, BENDS)
    step = corners[second] - corners[first]
    across = np.column_stack([-step[:, 1], step[:, 0]])
    bend = np.sin(np.pi * along) * chance.normal(0, 0.1, (first.size, 1))
    lines = corners[first][:, None] + step[:, None] * along[None, :, None]
    lines = lines + across[:, None] * bend[..., None]
    # Every tenth point is at one of a few hundred bad places.
    edge, share = chance.integers(0, first.size, points), chance.uniform(0, 1, points)
    is_bad = chance.uniform(0, 1, points) < 0.1
    edge[is_bad] = chance.choice(chance.choice(first.size, 400), is_bad.sum())
    share[is_bad] = np.clip(chance.normal(0.5, 0.05, is_bad.sum()), 0, 1)
    piece = np.minimum((share * (BENDS - 1)).astype(int), BENDS - 2)
    rest = share * (BENDS - 1) - piece
    spots = lines[edge, piece] + (lines[edge, piece + 1] - lines[edge, piece]) * rest[:, None]
    spots += chance.normal(0, 12, spots.shape)
    offsets = np.arange(first.size + 1) * BENDS
    ends = np.column_stack([first, second])
    return Country(ends, lines.reshape(-1, 2), offsets, edge, share, spots)


def prepare(points: int) -> Iterator[Work]:
    """Yield each kernel with its peer, ready to be timed."""
    made = country(points)
    yield _snapping(made)
    yield _sliding(points)
    yield from _spreading(made)
    yield from _planar(made)
    yield _clusters(made)
    yield from _permuting()


def _snapping(made: Country) -> Work:
    grid = kernels.lay_grid(*made.pieces, CELL_M)
    edges = gpd.GeoDataFrame(geometry=made.shapes)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*made.points.T))
    edges.sindex  # noqa: B018 - it is built when it is asked for

    def theirs() -> object:
        found = points.sjoin_nearest(edges, max_distance=REACH_M, distance_col="far")
        found = found[~found.index.duplicated()]
        lines = edges.geometry.to_numpy()[found["index_right"].to_numpy()]
        return shapely.line_locate_point(lines, found.geometry.to_numpy())

    return Work(
        f"snap: {len(points):,} points to {len(edges):,} edges",
        lambda: kernels.nearest(grid, made.points, REACH_M),
        "geopandas sjoin_nearest and locate",
        theirs,
        0.1,
        rounds=1,
    )


def _sliding(points: int) -> Work:
    chance = np.random.default_rng(SEED)
    sizes = chance.lognormal(0, 0.7, ROUTES)
    lengths_m = (sizes / sizes.sum() * KM * 1000).astype(np.int64) + WINDOW_M
    route = chance.choice(ROUTES, points, p=sizes / sizes.sum())
    at_m = (chance.uniform(0, 1, points) * lengths_m[route]).astype(np.int64)
    ones = np.ones((1, points), dtype=np.int64)

    def theirs() -> object:
        sides = -(-lengths_m // STEP_M)
        base = np.concatenate([[0], np.cumsum(sides)])
        cell = base[route] + np.minimum(at_m // STEP_M, sides[route] - 1)
        until = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=base[-1]))])
        windows = sides - WINDOW_M // STEP_M + 1
        owner = np.repeat(np.arange(ROUTES), windows)
        turn = np.arange(windows.sum()) - np.repeat(np.cumsum(windows) - windows, windows)
        first = base[owner] + turn
        return owner, turn * STEP_M, until[first + WINDOW_M // STEP_M] - until[first]

    def ours() -> object:
        return kernels.sliding(
            route, at_m, ones, lengths_m=lengths_m, window_m=WINDOW_M, step_m=STEP_M
        )

    name = f"windows: 1 km by 100 m over {KM:,} km, {points:,} points"
    return Work(name, ours, "numpy cells and cumulated sums", theirs, 1.0)


def _spreading(made: Country) -> Iterator[Work]:
    """Yield the kinds of network density; the peers are programs in R and C++, not installed."""
    lengths_m = made.lengths_m
    sizes = np.maximum(np.ceil(lengths_m / 50), 1).astype(int)
    owner = np.repeat(np.arange(sizes.size), sizes)
    turn = np.arange(owner.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = (owner, (turn + 0.5) / sizes[owner] * lengths_m[owner])
    events = (made.edge, made.share * lengths_m[made.edge])
    for kind in kernels.spreading.KINDS:

        def ours(kind: str = kind) -> object:
            return kernels.spread(
                *made.ends.T,
                lengths_m,
                events=events,
                places=places,
                bandwidth_m=500.0,
                kind=kind,
            )

        name = f"network density, {kind}: {owner.size:,} places of 50 m"
        yield Work(name, ours, limit_s=2.0)


def _planar(made: Country) -> Iterator[Work]:
    x, y = made.points.T
    west, south = made.points.min(axis=0) - 2 * RADIUS_M
    east, north = made.points.max(axis=0) + 2 * RADIUS_M
    box, shape = (west, south, east, north), (PIXELS, PIXELS)
    # Of a gaussian the bandwidth is its deviation; theirs is the deviation for every kernel.
    for kernel, theirs_called, ours_m, theirs_m in (
        ("epanechnikov", "epa", RADIUS_M, RADIUS_M / 5**0.5),
        ("gaussian", "gaussian", RADIUS_M / 3, RADIUS_M / 3),
    ):

        def ours(kernel: str = kernel, bandwidth_m: float = ours_m) -> object:
            return kernels.planar_density(x, y, box, shape, bandwidth_m, kernel=kernel)

        peer, theirs, goal = _smoother(made.points, box, theirs_called, theirs_m)
        name = f"planar density, {kernel}: {x.size:,} points, {PIXELS} by {PIXELS}"
        yield Work(name, ours, peer, theirs, goal)


Peer = tuple[str, Callable[[], object], float | None]


def _smoother(points: Any, box: tuple[float, ...], kernel: str, bandwidth_m: float) -> Peer:
    west, south, east, north = box
    try:
        from KDEpy import FFTKDE
    except ImportError:

        def stand_in() -> object:
            counts, *_ = np.histogram2d(*points.T, PIXELS, [(west, east), (south, north)])
            return gaussian_filter(counts, bandwidth_m / ((east - west) / PIXELS))

        return "numpy and scipy gaussian_filter, KDEpy is not installed", stand_in, None

    axes = np.linspace(west, east, PIXELS), np.linspace(south, north, PIXELS)
    pixels = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)

    def theirs() -> object:
        return FFTKDE(kernel=kernel, bw=bandwidth_m).fit(points).evaluate(pixels)

    return "KDEpy FFTKDE", theirs, 0.5


def _clusters(made: Country) -> Work:
    points = made.points
    peer, theirs, goal = _crowds(points)
    name = f"clusters: DBSCAN of {len(points):,} points"
    return Work(name, lambda: kernels.dbscan(points, EPS_M, LEAST), peer, theirs, goal, rounds=1)


def _crowds(points: Any) -> Peer:
    try:
        from sklearn.cluster import DBSCAN
    except ImportError:

        def stand_in() -> object:
            n = len(points)
            pairs = cKDTree(points).query_pairs(EPS_M, output_type="ndarray")
            core = np.bincount(pairs.ravel(), minlength=n) + 1 >= LEAST
            a, b = pairs[core[pairs].all(axis=1)].T
            graph = coo_matrix((np.ones(a.size, dtype=bool), (a, b)), shape=(n, n))
            return connected_components(graph, directed=False)

        return "scipy pairs and components, scikit-learn is not installed", stand_in, None

    def theirs() -> object:
        return DBSCAN(eps=EPS_M, min_samples=LEAST, algorithm="kd_tree", n_jobs=2).fit(points)

    return "scikit-learn DBSCAN", theirs, 0.5


def _permuting() -> Iterator[Work]:
    chance = np.random.default_rng(SEED)
    values = chance.negative_binomial(1.2, 0.25, PLACES).astype(float)
    spots = chance.uniform(0, 1, (PLACES, 2))
    near = cKDTree(spots).query(spots, NEIGHBOURS + 1)[1][:, 1:]
    around = (np.arange(PLACES + 1) * NEIGHBOURS, near.ravel())
    for name, ours, called in (
        ("Gi*", kernels.gi_star, "G_Local"),
        ("local Moran", kernels.local_moran, "Moran_Local"),
    ):
        peer, theirs, goal = _drawn(values, near, called)
        yield Work(
            f"{name}: {PLACES:,} places, {DRAWS} draws",
            lambda ours=ours: ours(values, around, draws=DRAWS),  # type: ignore[misc]
            peer,
            theirs,
            goal,
            rounds=1,
        )


def _drawn(values: Any, near: Any, called: str) -> Peer:
    try:
        import esda
        from libpysal.weights import W
    except ImportError:

        def stand_in() -> object:
            chance, told = np.random.default_rng(SEED), values[near].sum(axis=1)
            own, more = np.arange(PLACES)[:, None], np.zeros(PLACES)
            for _ in range(DRAWS):
                drawn = chance.choice(PLACES - 1, NEIGHBOURS, replace=False)
                more += values[drawn + (drawn >= own)].sum(axis=1) >= told
            return more

        return "numpy, each draw gathered, esda is not installed", stand_in, None

    weights = W({i: row.tolist() for i, row in enumerate(near)}, silence_warnings=True)
    more = {"star": True, "transform": "B"} if called == "G_Local" else {}

    def theirs() -> object:
        # One processor each: ours uses no more.
        return getattr(esda, called)(values, weights, permutations=DRAWS, n_jobs=1, seed=1, **more)

    return f"esda {called}", theirs, 0.05


# ------------------------------------------------------------- cold and warm

PROBE = """
import json, time
from crashkit import kernels
took = {}
for file in kernels.FILES:
    start = time.perf_counter()
    file.warm()
    took[file.__name__.rpartition(".")[2]] = time.perf_counter() - start
print(json.dumps(took))
"""


def warming() -> dict[str, dict[str, float]]:
    """Return how long each file of kernels takes to be ready, compiled anew and kept."""
    with tempfile.TemporaryDirectory() as folder:
        cold, warm = _probe(folder), _probe(folder)
    return {name: {"cold_s": round(cold[name], 3), "warm_s": round(warm[name], 3)} for name in cold}


def _probe(folder: str) -> dict[str, float]:
    """Make all kernels ready in a new process that keeps compiled code in `folder`."""
    ran = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={**os.environ, "NUMBA_CACHE_DIR": folder},
        capture_output=True,
        text=True,
        check=True,
    )
    took: dict[str, float] = json.loads(ran.stdout)
    return took
