"""The works that are timed, each beside a plain use of the best peer that can be installed."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import polars as pl
import statsmodels.api as sm
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table
from scipy.spatial import cKDTree

from crashkit import api, spf

SEED = 1
FILES = ("crashes.csv", "vehicles.csv", "people.csv")
ZOOM = 8
RADIUS_M = 250.0
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Work:
    """A work, ours and theirs, and the largest ratio we accept.

    `rounds` says how often they take turns where the peer is slow; `limit_s` is the longest time we
    accept where there is no peer to be installed.
    """

    name: str
    ours: Callable[[], object]
    peer: str | None = None
    theirs: Callable[[], object] | None = None
    goal: float | None = None
    rounds: int | None = None
    limit_s: float | None = None


def prepare(folder: Path, *, crashes: int, rows: int = 1_000_000) -> Iterator[Work]:
    """Generate the country and yield each work, ready to be timed."""
    yield _checking(folder, rows)
    yield Work("synth: invent the country and write its files", _synth(folder, crashes))
    files = [folder / name for name in FILES]
    yield _reading(files, folder)
    yield _storing(files, folder)
    with api.open_store(f"sqlite:///{folder / 'bench.sqlite'}") as store:
        api.import_crashes(store, api.read_uploads(files), profile="crashkit", dataset="bench")
        data = api.load(store, "bench")
        yield Work("load: the data set from the store", lambda: store.load("bench"))
        yield _windows(data)
        yield _circles(data)
        yield from _map(data)
        yield _table(data)
        yield _model()
        yield _report(data)


def _synth(folder: Path, crashes: int) -> Callable[[], object]:
    return lambda: api.make_country(folder, crashes=crashes, seed=SEED)


def _checking(folder: Path, rows: int) -> Work:
    """Read and check one long file: both name every value that cannot be."""
    file = folder / "long.csv"
    _write_long(file, rows)
    store = api.open_store(f"sqlite:///{folder / 'none.sqlite'}")

    def ours() -> object:
        uploads = api.read_uploads([file])
        return api.preview_import(store, uploads, profile="crashkit", dataset="none")

    return Work(
        f"import: read and check {rows:,} rows", ours, "polars read and check", _checked(file), 4.0
    )


SEVERITIES = ["fatal", "serious", "slight", "pdo"]
LIGHTS = ["day", "twilight", "dark_lit", "dark_none"]
COUNTS = ["n_killed", "n_serious", "n_slight", "n_vehicles"]


def _write_long(file: Path, rows: int) -> None:
    """Write invented crashes; one in ten thousand has a day that does not exist."""
    chance = np.random.default_rng(SEED)
    day = pl.Series(chance.integers(0, 3650, rows))
    pl.DataFrame({"crash_id": pl.int_range(rows, eager=True)}).with_columns(
        crash_id=pl.format("c{}", pl.col("crash_id")),
        crash_date=pl.when(pl.col("crash_id") % 10_000 == 0)
        .then(pl.lit("2021-02-30"))
        .otherwise((pl.lit(date(2015, 1, 1)) + pl.duration(days=day)).dt.to_string("%Y-%m-%d")),
        crash_time=pl.format(
            "{}:{}",
            pl.Series(chance.integers(0, 24, rows)).cast(pl.String).str.zfill(2),
            pl.Series(chance.integers(0, 60, rows)).cast(pl.String).str.zfill(2),
        ),
        lat=pl.Series(chance.uniform(39.2, 43.2, rows).round(5)),
        lon=pl.Series(chance.uniform(69.3, 80.2, rows).round(5)),
        severity=pl.Series(chance.choice(SEVERITIES, rows)),
        light=pl.Series(chance.choice(LIGHTS, rows)),
        speed_limit=pl.Series(chance.choice([40, 60, 90, 110], rows)),
        **{name: pl.Series(chance.integers(1, 4, rows)) for name in COUNTS},
    ).write_csv(file)


def _checked(file: Path) -> Callable[[], object]:
    """Check with polars what we check: types, ranges, codes, days, equal numbers; name each row."""
    number = pl.col("lat", "lon", "speed_limit", *COUNTS).cast(pl.Float64, strict=False)
    wrong = {
        "crash_id": pl.col("crash_id").is_null() | pl.col("crash_id").is_duplicated(),
        "crash_date": ~pl.col("crash_date")
        .str.to_date("%Y-%m-%d", strict=False)
        .is_between(date(1990, 1, 1), date.today()),
        "crash_time": ~pl.col("crash_time").str.contains(r"^([01]\d|2[0-3]):[0-5]\d$"),
        "severity": ~pl.col("severity").is_in([*SEVERITIES, "injury", "unknown"]),
        "light": ~pl.col("light").is_in([*LIGHTS, "dark", "unknown"]),
        "lat": ~pl.col("lat").is_between(-90, 90),
        "lon": ~pl.col("lon").is_between(-180, 180),
        "speed_limit": ~pl.col("speed_limit").is_between(5, 150),
        **{name: ~pl.col(name).is_between(0, 200) for name in COUNTS},
    }

    def check() -> object:
        text = pl.read_csv(file, infer_schema=False)
        flags = text.with_columns(number).select(
            **{name: one.fill_null(value=True) for name, one in wrong.items()}
        )
        found = {
            name: text[name].gather(flags[name].arg_true()).to_list() for name in flags.columns
        }
        return text, found

    return check


def _reading(files: list[Path], folder: Path) -> Work:
    store = api.open_store(f"sqlite:///{folder / 'empty.sqlite'}")

    def ours() -> object:
        uploads = api.read_uploads(files)
        return api.preview_import(store, uploads, profile="crashkit", dataset="none")

    def theirs() -> object:
        return [pl.read_csv(file, infer_schema_length=None) for file in files]

    return Work("import: read, check and link three files", ours, "polars read_csv", theirs, 4.0)


def _storing(files: list[Path], folder: Path) -> Work:
    store = api.open_store(f"sqlite:///{folder / 'stored.sqlite'}")
    uploads = api.read_uploads(files)
    batch = api.preview_import(store, uploads, profile="crashkit", dataset="none")
    crashes = batch.crashes.assign(digest=list(batch.digests))
    frames = {"crash": crashes, "vehicle": batch.vehicles, "person": batch.people}
    plain = {name: _plain_rows(frame) for name, frame in frames.items()}
    turn = iter(range(1000))

    def ours() -> object:
        name = f"set{next(turn)}"
        # A copy makes its frames anew, as each import has to; theirs are made before.
        return store.save_import(name, replace(batch))

    def theirs() -> object:
        path = folder / f"bare{next(turn)}.sqlite"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        with connection:
            for name, frame in frames.items():
                columns = [f'"{column}"' for column in frame.columns]
                connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
                holes = ", ".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {name} VALUES ({holes})", plain[name])
        connection.close()
        return path

    return Work("import: store three tables", ours, "bare sqlite3 executemany", theirs, 2.0)


def _plain_rows(frame: Any) -> list[tuple[Any, ...]]:
    columns = []
    for name in frame.columns:
        column = frame[name].astype(object)
        columns.append(column.where(column.notna(), None).tolist())
    return list(zip(*columns, strict=True))


def _windows(data: api.CrashData) -> Work:
    on_road = data.crashes.dropna(subset=["road_key", "chainage_km"])
    frame = pl.DataFrame(
        {
            "road": on_road["road_key"].astype(str).tolist(),
            "at": (on_road["chainage_km"] * 1000).round().astype("int64").tolist(),
        }
    ).sort("road", "at")

    def theirs() -> object:
        counted = frame.group_by_dynamic("at", every="1i", period="1000i", group_by="road")
        return counted.agg(pl.len()).sort("len", descending=True)

    return Work(
        "screen: 1 km windows, cut, counted, ranked, apart",
        lambda: api.screen(data, api.ask("count_1km"), repeat=False),
        "polars group_by_dynamic, counts only",
        theirs,
        5.0,
    )


def _circles(data: api.CrashData) -> Work:
    located = data.crashes.dropna(subset=["lon", "lat"])
    lat = located["lat"].to_numpy()
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(lat.mean())), 1.0])
    points = np.column_stack([located["lon"].to_numpy(), lat]) * scale

    def theirs() -> object:
        return cKDTree(points).query_ball_point(points, RADIUS_M, return_length=True)

    return Work(
        "screen: circles, cut, counted, ranked, apart",
        lambda: api.screen(data, api.ask("count_circles"), repeat=False),
        "scipy cKDTree, counts only",
        theirs,
        5.0,
    )


def _map(data: api.CrashData) -> Iterator[Work]:
    index = api.tile_index(data)
    bounds = api.bounds(data) or (0.0, 0.0, 1.0, 1.0)
    west, south, east, north = bounds
    x, y = _tile_of((west + east) / 2, (south + north) / 2)
    yield Work("tile: index all crashes", lambda: type(index).build(data))
    located = data.crashes.dropna(subset=["lon", "lat"])
    features = [
        {"geometry": f"POINT({lon} {lat})", "properties": {"id": number, "severity": str(worst)}}
        for number, lon, lat, worst in zip(
            located["id"], located["lon"], located["lat"], located["severity"], strict=True
        )
    ]

    def theirs() -> object:
        layer = {"name": "crashes", "features": features}
        return mapbox_vector_tile.encode(layer, default_options={"quantize_bounds": bounds})

    yield Work(
        "tile: every crash in one tile's area",
        lambda: [index.tile(ZOOM, x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)],
        "mapbox-vector-tile encode",
        theirs,
        0.1,
    )


def _tile_of(lon: float, lat: float) -> tuple[int, int]:
    side = 2**ZOOM
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)


def _table(data: api.CrashData) -> Work:
    frame = pl.DataFrame(
        {
            "year": data.crashes["year"].astype("int64").tolist(),
            "severity": data.crashes["severity"].astype(str).tolist(),
        }
    )
    return Work(
        "tabulate: year by severity",
        lambda: api.tabulate(data, "year", "severity"),
        "polars group_by",
        lambda: frame.group_by("year", "severity").len(),
        5.0,
    )


def _model(stretches: int = 5_000) -> Work:
    """Fit a negative binomial model to made stretches, its columns centred for both."""
    chance = np.random.default_rng(SEED)
    aadt = np.exp(chance.normal(8.3, 0.7, stretches))
    km = chance.uniform(0.2, 4, stretches)
    crashes = chance.poisson(aadt**0.8 / 150 * km * chance.gamma(2, 0.5, stretches))
    sample = spf.Sample(crashes, {spf.AADT: aadt}, 3, km)
    x = np.column_stack([np.ones(stretches), np.log(aadt) - np.log(aadt).mean()])
    offset = np.log(3 * km)
    return Work(
        f"model: NB regression of {stretches:,} stretches",
        lambda: spf.fit(sample, kind=spf.CONSTANT),
        "statsmodels NegativeBinomial",
        lambda: sm.NegativeBinomial(crashes, x, offset=offset).fit(disp=0),
        1.0,
    )


def _report(data: api.CrashData) -> Work:
    rows = [[str(cell) for cell in row] for row in api.tabulate(data, "year", "severity").cells]
    result = api.screen(data, api.ask("count_1km"))
    sites = [[str(f.rank), f.site.road, str(f.counts)] for f in result.findings[:50]]

    def theirs() -> bytes:
        out = io.BytesIO()
        style = getSampleStyleSheet()
        story = [Paragraph("Crashes", style["Title"]), Table(rows), Table(sites)]
        SimpleDocTemplate(out).build(story)
        return out.getvalue()

    def ours() -> bytes:
        return api.write_report(
            data, kind="blackspot_list", language="ru", format="pdf", result=result
        ).content

    return Work(
        "report: blackspot list as PDF, with map and charts",
        ours,
        "reportlab, two tables only",
        theirs,
        None,
    )
