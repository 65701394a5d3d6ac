"""Works on many crashes: a filter with its numbers and charts, and tiles, beside the best peers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from crashkit import api
from tests import postgres_server
from tests.bench.works import SEED, Work

FILTER = "severity=fatal,serious; year=2018-2022"
WORST, FIRST_YEAR, LAST_YEAR = ("fatal", "serious"), 2018, 2022
ZOOM = 11
"""Here a tile of a million crashes spread over a country holds single crashes."""
AROUND = (-1, 0, 1)
LIGHTS = ("day", "twilight", "dark_lit", "dark_none")
SEVERITIES = ("fatal", "serious", "slight", "pdo")


def prepare(data: api.CrashData) -> Iterator[Work]:
    """Yield a filter with what a page shows, beside polars and DuckDB, and tiles beside PostGIS."""
    columns = _columns(data)
    name = f"filter: {len(data):,} crashes, numbers and two charts"
    frame = pl.DataFrame(columns).with_columns(pl.col("severity").cast(pl.Categorical))
    yield Work(name, lambda: looked_at(data), "polars", lambda: _polars(frame), 1.5)
    connection = duckdb.connect()
    connection.register("columns", pd.DataFrame(columns))
    connection.execute("CREATE TABLE crash AS SELECT * FROM columns")
    yield Work(name, lambda: looked_at(data), "DuckDB", lambda: _duckdb(connection), 1.5)
    yield from _tiles(data)


def looked_at(data: api.CrashData, words: str = FILTER) -> int:
    """Cut and count as a page does: the figures, year by severity, weekday by hour."""
    part = api.cut(data, api.parse_filter(words))
    api.tabulate(part, "year", "severity", whole=data)
    api.tabulate(part, "weekday", "hour", whole=data)
    return api.summarise(part, data).crashes


def _columns(data: api.CrashData) -> dict[str, Any]:
    """Return the columns that are asked for, worked out before as ours are."""
    crash = data.table("crash")
    days = pd.DatetimeIndex(crash.column("crash_date"))
    times = crash.levels("crash_time")
    return {
        "severity": crash.column("severity").astype(object).to_numpy(),
        "year": days.year.to_numpy(np.int16),
        "weekday": (days.weekday.to_numpy() + 1).astype(np.int8),
        "hour": times.numbers([float(time[:2]) for time in times.values]).astype(np.int8),
        "killed": crash.numbers("n_killed").astype(np.int32),
        "located": np.isfinite(crash.numbers("lon")),
    }


def _polars(frame: pl.DataFrame) -> int:
    kept = frame.filter(
        pl.col("severity").is_in(WORST) & pl.col("year").is_between(FIRST_YEAR, LAST_YEAR)
    )
    kept.select(pl.col("killed").sum(), pl.col("located").sum())
    kept["severity"].value_counts()
    kept.group_by("year", "severity").len()
    kept.group_by("weekday", "hour").len()
    return len(kept)


def _duckdb(connection: duckdb.DuckDBPyConnection) -> int:
    kept = f"FROM crash WHERE severity IN {WORST} AND year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}"
    found = connection.execute(f"SELECT count(*), sum(killed), sum(located::INT) {kept}").fetchall()
    for keys in ("severity", "year, severity", "weekday, hour"):
        connection.execute(f"SELECT {keys}, count(*) {kept} GROUP BY {keys}").fetchall()
    return int(found[0][0])


# ------------------------------------------------------------------- tiles


def _tiles(data: api.CrashData) -> Iterator[Work]:
    part = api.cut(data, api.parse_filter(FILTER))
    west, south, east, north = api.bounds(data) or (0.0, 0.0, 1.0, 1.0)
    x, y = _tile_of((west + east) / 2, (south + north) / 2)
    wanted = [(x + i, y + j) for i in AROUND for j in AROUND]

    def ours() -> int:
        return sum(len(api.tile(data, part, ZOOM, *place)) for place in wanted)

    name = "tile: nine tiles of single crashes, filtered"
    with _postgis(data) as connection:
        if connection is None:
            yield Work(f"{name} (PostGIS is not installed)", ours)
            return

        def theirs() -> int:
            found = [connection.execute(_MVT, (ZOOM, *place)).fetchone() for place in wanted]
            return sum(len(row[0]) for row in found if row)

        yield Work(name, ours, "PostGIS ST_AsMVT", theirs, 0.3)


_MVT = f"""
WITH tile AS (SELECT ST_TileEnvelope(%s, %s, %s) AS box),
points AS (
  SELECT id, severity, year, ST_AsMVTGeom(place, tile.box, 4096, 0) AS geom FROM crash, tile
  WHERE place && tile.box AND severity IN {WORST} AND year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}
)
SELECT ST_AsMVT(points, 'crashes', 4096, 'geom', 'id') FROM points
"""


@contextmanager
def _postgis(data: api.CrashData) -> Iterator[Any]:
    """Run a server with the crashes in an indexed table; None where there is no PostGIS."""
    import psycopg

    try:
        running = postgres_server.running()
        server = running.__enter__()
    except pytest.skip.Exception:
        yield None
        return
    try:
        address = postgres_server.make_database(server, "tiles").replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            try:
                connection.execute("CREATE EXTENSION postgis")
            except psycopg.Error:
                yield None
                return
            _fill(connection, data)
            yield connection
    finally:
        running.__exit__(None, None, None)


def _fill(connection: Any, data: api.CrashData) -> None:
    columns, crash = _columns(data), data.table("crash")
    connection.execute("CREATE TABLE raw (id int, severity text, year int, lon float8, lat float8)")
    rows = [data.crash_ids, columns["severity"], columns["year"]]
    rows += [crash.numbers(name) for name in ("lon", "lat")]
    with connection.cursor().copy("COPY raw FROM STDIN") as copy:
        for row in zip(*(column.tolist() for column in rows), strict=True):
            copy.write_row(row)
    for step in (
        "CREATE TABLE crash AS SELECT id, severity, year, "
        "ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857) AS place FROM raw",
        "CREATE INDEX ON crash USING gist (place)",
        "VACUUM ANALYZE crash",
    ):
        connection.execute(step)


def _tile_of(lon: float, lat: float) -> tuple[int, int]:
    side = 2**ZOOM
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)


# -------------------------------------------------------------- ten millions


def invented(info: api.DatasetInfo, crashes: int) -> api.CrashData:
    """Return so many crashes as if they were the data set `info`."""
    chance = np.random.default_rng(SEED)
    first = np.datetime64("2015-01-01", "s")
    days = chance.integers(0, 3650, crashes) * np.timedelta64(86_400, "s")
    minutes = np.array([f"{h:02d}:{m:02d}" for h in range(24) for m in range(60)], dtype=object)
    counts = {
        name: pd.array(chance.integers(0, 3, crashes).astype("int32"), dtype="Int32")
        for name in ("n_killed", "n_serious", "n_slight", "n_vehicles")
    }
    frame = pd.DataFrame(
        {
            "id": np.arange(1, crashes + 1),
            "crash_date": first + days,
            "crash_time": pd.Series(minutes[chance.integers(0, 1440, crashes)], dtype=object),
            "lat": chance.uniform(39.2, 43.2, crashes),
            "lon": chance.uniform(69.3, 80.2, crashes),
            "severity": pd.Categorical.from_codes(
                chance.integers(0, 4, crashes).astype("int8"), categories=list(SEVERITIES)
            ),
            "light": pd.Categorical.from_codes(
                chance.integers(0, 4, crashes).astype("int8"), categories=list(LIGHTS)
            ),
            **counts,
        },
        copy=False,
    )
    nobody = pd.DataFrame({"crash": np.array([], dtype=np.int64)})
    period = api.Period(date(2015, 1, 1), date(2024, 12, 28))
    return api.CrashData(frame, nobody, nobody, period, info)
