import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made, table

from crashkit import geo

LONS, LATS = st.floats(-180, 180), st.floats(-80, 80)


@given(LONS, LATS, st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_straight_metres_are_metres_on_the_ground_everywhere(lon, lat, east_m, north_m):
    to_lon, to_lat = geo.moved(lon, lat, east_m=east_m, north_m=north_m)
    a, b = geo.geocentric(np.array([lon, to_lon]), np.array([lat, to_lat]))
    ground = geo.distance_m(lon, lat, to_lon, to_lat)
    assert ground == pytest.approx(np.hypot(east_m, north_m), abs=1e-6)
    assert np.linalg.norm(a - b) == pytest.approx(ground, abs=1e-3)


@given(LONS, LATS)
def test_degrees_come_back_from_metres(lon, lat):
    found_lon, found_lat = geo.degrees(geo.geocentric(np.array([lon]), np.array([lat])))
    assert geo.distance_m(lon, lat, found_lon[0], found_lat[0]) < 1e-6


def test_upwards_is_the_direction_in_which_height_grows():
    assert geo.upwards(np.array([0.0, 90, 0]), np.array([0.0, 0, 90])) == pytest.approx(
        np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    )


@given(LONS, LATS)
def test_squares_have_the_size_asked_for(lon, lat):
    near = geo.moved(lon, lat, east_m=0, north_m=1500)
    own, other = geo.cells(np.array([lon, near[0]]), np.array([lat, near[1]]), 1000)
    assert own != other


CRASHES = """
| id | road_key | chainage_km | lon  | lat  | area_type |
| 4  | M39      | 2.0004      | 69.2 | 41.0 | urban     |
| 3  | M39      | 2.0         |      |      | rural     |
| 2  | A380     | 7.5         | 60.0 | 42.0 | rural     |
| 1  |          | 3.1         | 60.1 | 42.0 | rural     |
| 5  | M39      |             | 69.1 | 41.0 | rural     |
"""


def test_crashes_on_roads_stand_in_order_of_road_and_whole_metres():
    found = geo.on_roads(made(table(CRASHES)))
    assert found.names == ("A380", "M39")
    assert found.ids.tolist() == [2, 3, 4]
    assert found.at_m.tolist() == [7500, 2000, 2000]
    assert found.urban.tolist() == [False, False, True]


def in_province(road, province, *km):
    return [{"road_key": road, "admin1": province, "chainage_km": at} for at in km]


def test_km_posts_that_start_anew_in_each_province_are_told_apart():
    rows = in_province("D1", "Ain", *range(10)) + in_province("D1", "Jura", *range(2, 12))
    data = made(rows + in_province("D1", "", 5))
    found = geo.on_roads(data)
    assert found.labels == ("D1", "D1 (Ain)", "D1 (Jura)")
    assert found.names == ("D1", "D1", "D1")
    assert geo.starting_anew(data) == ["D1"]


def test_a_road_that_runs_on_through_provinces_is_one_road():
    rows = in_province("M39", "Jizzax", *range(40)) + in_province("M39", "Sirdaryo", *range(38, 80))
    rows += in_province("M39", "Jizzax", 70) + in_province("M39", "Navoiy", 1, 2, 3)
    rows += in_province("P16", "Navoiy", *range(8), *range(30, 38))
    rows += in_province("P16", "Jizzax", *range(9, 29))
    data = made(rows)
    assert geo.on_roads(data).labels == ("M39", "P16")
    assert geo.starting_anew(data) == []


def test_a_source_may_say_that_every_province_counts_its_posts_anew():
    data = made(
        in_province("D1", "Ain", 1, 2) + in_province("D1", "Var", 1) + in_province("D2", "", 5)
    )
    assert geo.on_roads(data).labels == ("D1", "D2")
    told = geo.labelled(data, by_province=True)
    assert geo.on_roads(told).labels == ("D1 (Ain)", "D1 (Var)", "D2")
    assert geo.starting_anew(data, by_province=True) == ["D1"]


def test_a_road_without_km_posts_has_no_place_among_roads():
    data = made([{"road_key": "A1", "chainage_km": 1.0}, {"road_key": "Z9", "chainage_km": ""}])
    assert geo.on_roads(data).labels == ("A1",)


def test_crashes_with_coordinates_stand_in_order_of_id():
    found = geo.located(made(table(CRASHES)))
    assert found.ids.tolist() == [1, 2, 4, 5]
    assert found.keep(found.urban).ids.tolist() == [4]


def test_data_without_places_have_none():
    assert geo.located(made([{"severity": "fatal"}])).ids.size == 0
    assert geo.on_roads(made([{"severity": "fatal"}])).ids.size == 0


def test_the_point_of_a_stretch_is_the_known_one_nearest_its_middle():
    rows = [
        {"road_key": "M39", "chainage_km": km, "lon": lon, "lat": 41 if lon else ""}
        for km, lon in [(1, 69.1), (2, 69.2), (3, ""), (4, ""), (9, "")]
    ]
    found = geo.on_roads(made(rows))
    whole, last = geo.stretches(found, np.array([0, 4]), np.array([4, 5]))
    assert (whole.id, whole.lon, whole.crash_ids) == ("M39:1000-4000", 69.2, (1, 2, 3, 4))
    assert (whole.from_m, whole.to_m, whole.length_m) == (1000, 4000, 3000)
    assert np.isnan(last.lon) and np.isnan(last.lat)


def test_the_most_common_name_is_the_first_by_alphabet_among_equals():
    assert geo.most_common(["b", "a", "", "", "", "b", "a", "c"]) == "a"
    assert geo.most_common([""]) == ""


def test_a_degree_is_as_long_as_a_geodesic_says():
    for lat in (0.0, 42.0, -67.5):
        east, north = geo.degrees_m(np.array([lat]))[0]
        assert east * 1e-4 == pytest.approx(geo.distance_m(0, lat, 1e-4, lat), rel=1e-7)
        assert north * 1e-4 == pytest.approx(geo.distance_m(0, lat - 5e-5, 0, lat + 5e-5), rel=1e-7)
