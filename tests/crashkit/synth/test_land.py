"""The land is one country: roads join towns, keep out of lakes and stay inside the border."""

import numpy as np
import pytest

from crashkit.synth import land as lands


def inside(ring, points):
    """Even-odd rule."""
    x, y = points[:, 0][:, None], points[:, 1][:, None]
    ax, ay, bx, by = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        cuts = ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return cuts.sum(axis=1) % 2 == 1


def test_no_road_runs_into_a_lake():
    land = lands.land()
    wet = {
        (line.key, lake.name)
        for line in land.lines
        for lake in land.lakes
        if inside(lake.shore, line.points).any()
    }
    assert wet == set()


def test_every_point_of_every_road_and_lake_is_in_exactly_one_area():
    land = lands.land()
    points = np.vstack([line.points for line in land.lines] + [lake.shore for lake in land.lakes])
    held = sum(inside(area.border, points).astype(int) for area in land.areas)
    assert (held == 1).mean() > 0.999
    assert held.max() == 1


def test_every_town_lies_on_a_numbered_road():
    land = lands.land()
    roads = np.vstack([line.points for line in land.lines if line.number])
    away = {town.name: lands.distance_m(roads, town.lon, town.lat).min() for town in land.towns}
    assert max(away.values()) < 1


def test_towns_lakes_and_areas_have_names_in_three_languages():
    land = lands.land()
    for thing in (*land.towns, *land.lakes, *land.areas):
        assert thing.name.isascii()
        assert any("а" <= letter <= "я" for letter in thing.name_ru.casefold())
        assert any("一" <= letter <= "鿿" for letter in thing.name_zh)


def test_names_of_roads_are_distinct():
    keys = [line.key for line in lands.land().lines]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("lat", "lon_m", "lat_m"),
    # Snyder (1987), table 3: Map projections, a working manual; degrees of the WGS ellipsoids.
    [(0.0, 111_320, 110_574), (45.0, 78_847, 111_132), (60.0, 55_800, 111_412)],
)
def test_a_degree_is_as_long_as_the_tables_say(lat, lon_m, lat_m):
    across, up = lands.metres_per_degree(lat)
    assert (across, up) == (pytest.approx(lon_m, abs=3), pytest.approx(lat_m, abs=3))
