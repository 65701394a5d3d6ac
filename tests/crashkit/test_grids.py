"""Coordinate systems, against figures that others have published and against PROJ itself."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import geo, grids
from crashkit.errors import SettingError

PULKOVO = """
Almaty       43.238   76.945    55
Bishkek      42.874   74.590    57
Ulaanbaatar  47.918  106.917    63
Tashkent     41.311   69.279    64
Dushanbe     38.560   68.774    64
Baku         40.409   49.867    98
Tbilisi      41.716   44.783   104
"""
GCJ02 = """
Khorgos      44.210   80.410   237
Kashgar      39.470   75.990   255
Urumqi       43.825   87.617   265
Hohhot       40.842  111.749   604
"""
"""Town, latitude, longitude, and by how many metres a place is off when nobody converts it.

Source: data standards, section 3.3.
"""


def towns(table):
    return [line.split() for line in table.strip().splitlines()]


def one(value):
    return np.array([float(value)])


@pytest.mark.parametrize(("town", "lat", "lon", "metres"), towns(PULKOVO))
def test_pulkovo_1942_is_off_by_what_is_published(town, lat, lon, metres):
    x, y = grids.to_wgs84(one(lon), one(lat), "EPSG:4284")
    assert geo.distance_m(float(lon), float(lat), x[0], y[0]) == pytest.approx(float(metres), abs=1)


@pytest.mark.parametrize(("town", "lat", "lon", "metres"), towns(GCJ02))
def test_gcj_02_is_off_by_what_is_published(town, lat, lon, metres):
    x, y = grids.to_wgs84(one(lon), one(lat), "GCJ-02")
    assert geo.distance_m(float(lon), float(lat), x[0], y[0]) == pytest.approx(float(metres), abs=3)


@given(st.floats(73.5, 135), st.floats(18, 53.5))
def test_the_inverse_of_gcj_02_leads_back_within_a_centimetre(lon, lat):
    shifted = grids.shifted(one(lon), one(lat))
    back = grids.to_wgs84(*shifted, "GCJ-02")
    assert geo.distance_m(lon, lat, back[0][0], back[1][0]) < 0.01


@pytest.mark.parametrize(
    ("system", "lon", "lat"),
    [
        ("EPSG:27700", -2.2446, 53.4794),
        ("EPSG:32643", 74.59, 42.874),
        ("EPSG:28413", 74.59, 42.874),
        ("EPSG:2503", 74.59, 42.874),
        ("EPSG:7693", 71.6, 41.0),
        ("EPSG:3857", 74.59, 42.874),
        ("EPSG:4284", 74.59, 42.874),
    ],
)
def test_a_place_that_proj_draws_on_a_grid_comes_back(system, lon, lat):
    way = pyproj.Transformer.from_crs("EPSG:4326", system, always_xy=True)
    x, y = way.transform(lon, lat)
    found = grids.to_wgs84(one(x), one(y), system)
    assert geo.distance_m(lon, lat, found[0][0], found[1][0]) < 0.1


@pytest.mark.parametrize("system", ["EPSG:27700", "EPSG:32643", "EPSG:2503", "EPSG:7693"])
def test_a_rough_look_is_within_some_hundred_metres(system):
    lon, lat = (-2.2446, 53.4794) if system == "EPSG:27700" else (72.1, 41.2)
    way = pyproj.Transformer.from_crs("EPSG:4326", system, always_xy=True)
    x, y = way.transform(lon, lat)
    found = grids.roughly(one(x), one(y), system)
    assert geo.distance_m(lon, lat, found[0][0], found[1][0]) < 200


def test_the_millions_of_an_easting_tell_the_zone():
    lon, lat = np.array([69.28, 74.59, 80.1]), np.array([41.31, 42.87, 42.5])
    x, y = np.empty(3), np.empty(3)
    for place, zone in enumerate((12, 13, 14)):
        way = pyproj.Transformer.from_crs("EPSG:4326", f"EPSG:284{zone}", always_xy=True)
        x[place], y[place] = way.transform(lon[place], lat[place])
    assert list(x // 1_000_000) == [12, 13, 14]
    found = grids.to_wgs84(x, y, "SK-42")
    np.testing.assert_allclose(found, (lon, lat), atol=1e-6)
    assert np.isnan(grids.to_wgs84(one(464_851), one(4_747_013), "SK-42")).all()


def test_how_exact_a_change_of_datum_is_comes_from_the_registry():
    bishkek = one(74.59), one(42.874)
    assert 0 < grids.accuracy_m(*bishkek, "EPSG:4284") <= 5
    assert grids.accuracy_m(*bishkek, "GCJ-02") == 5.0
    assert grids.accuracy_m(one(464_851), one(4_747_013), "EPSG:32643") == 0.0
    assert grids.accuracy_m(one(13_464_851), one(4_747_013), "SK-42") == grids.accuracy_m(
        one(13_464_851), one(4_747_013), "EPSG:28413"
    )
    assert grids.accuracy_m(one(np.nan), one(np.nan), "EPSG:28413") == 0.0


def test_the_grids_of_a_country_are_listed_and_its_zones_stand_for_one():
    found = grids.candidates(69.2, 39.1, 80.3, 43.3)
    assert {"SK-42", "EPSG:32643", "EPSG:2503", "EPSG:7693", "EPSG:3857"} <= set(found)
    assert not {"EPSG:28413", "EPSG:27700", "EPSG:3408"} & set(found)
    assert "EPSG:27700" in grids.candidates(-2.8, 53.3, -1.8, 53.7)


@pytest.mark.parametrize(
    "system",
    [
        "",
        "EPSG:1",
        "EPSG:999999",
        "epsg",
        "+proj=utm +zone=43",
        "EPSG:4978",
        "ESRI:102100",
        "x" * 999,
    ],
)
def test_only_systems_of_the_registry_are_known(system):
    assert not grids.is_known(system)
    with pytest.raises(SettingError, match="There is no coordinate system"):
        grids.to_wgs84(one(0), one(0), system)


def test_a_system_says_whether_it_is_degrees_and_what_it_is_called():
    assert grids.is_degrees("EPSG:4284") and grids.is_degrees("GCJ-02")
    assert not grids.is_degrees("EPSG:28413") and not grids.is_degrees("SK-42")
    assert grids.title("EPSG:28413") == "EPSG:28413 (Pulkovo 1942 / Gauss-Kruger zone 13)"


def test_no_name_of_a_system_reaches_for_the_internet():
    assert not pyproj.network.is_network_enabled()
