import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_crashes import made

from crashkit import geo
from crashkit.places import circles

LON, LAT = 69.24, 41.31


def crashes(*metres, area="rural"):
    places = [geo.moved(LON, LAT, east_m=east, north_m=north) for east, north in metres]
    return [{"lon": lon, "lat": lat, "area_type": area} for lon, lat in places]


def cut(rows, **params):
    return circles.cut(made(rows), circles.Params(**params))


def members(sites):
    return [site.crash_ids for site in sites]


def test_a_circle_holds_the_crashes_within_its_radius():
    rows = crashes((0, 0), (30, 0), (60, 0), (49, 40), (400, 0))
    assert members(cut(rows, radius_m=50)) == [(1, 2), (1, 2, 3, 4), (2, 3, 4), (5,)]


def test_circles_with_the_same_crashes_are_one():
    (site,) = cut(crashes((0, 0), (10, 0), (0, 10)), radius_m=50)
    assert site.crash_ids == (1, 2, 3)
    assert (site.lon, site.lat, site.radius_m) == (LON, LAT, 50)
    assert site.id == "41.310000,69.240000"


def test_the_best_circle_holds_crashes_that_no_circle_around_a_crash_holds():
    rows = crashes((50, 0), (-50, 0), (0, 50), (0, -50))
    assert max(map(len, members(cut(rows, radius_m=50)))) == 1
    (best,) = [site for site in cut(rows, radius_m=50, centres="best") if len(site.crash_ids) == 4]
    assert geo.distance_m(best.lon, best.lat, LON, LAT) < 0.05


def test_built_up_areas_have_their_own_radius_and_their_own_circles():
    rows = crashes((0, 0), (90, 0)) + crashes((10, 0), (30, 0), (100, 0), area="urban")
    sites = cut(rows, radius_m=100, urban_radius_m=50)
    assert [(site.crash_ids, site.group) for site in sites] == [
        ((1, 2), ""),
        ((3, 4), "urban"),
        ((5,), "urban"),
    ]
    assert all(site.id.endswith("u") == (site.group == "urban") for site in sites)


METRES = st.lists(st.tuples(st.integers(-300, 300), st.integers(-300, 300)), min_size=1)


@settings(deadline=None, max_examples=50)
@given(METRES)
def test_fewer_circles_still_hold_the_fullest(metres):
    rows = crashes(*metres)
    every, some = cut(rows, radius_m=100), cut(rows, radius_m=100, apart_m=80)
    assert max(map(len, members(some))) == max(map(len, members(every)))
    assert set(members(some)) <= set(members(every))


def test_the_date_line_is_no_edge():
    rows = [{"lon": 179.9999, "lat": 65.0}, {"lon": -179.9999, "lat": 65.0}]
    assert members(cut(rows, radius_m=50)) == [(1, 2)]


def test_without_coordinates_there_are_no_circles():
    assert not len(cut([{"road_key": "M39", "chainage_km": 1}]))
    assert not len(cut([{"road_key": "M39", "chainage_km": 1}], centres="best"))


def test_peers_of_circles_are_squares_as_wide_as_they_are():
    rows = [{"lon": 69.24 + i / 100, "lat": 41.31, "area_type": "urban"} for i in range(5)]
    rows += [{"lon": 70.24 + i / 100, "lat": 41.31} for i in range(4)]
    data = made(rows)
    squares = circles.partition(data, circles.Params(radius_m=300))
    assert set(2 * squares.numbers("radius_m")) == {2 * 600 / np.sqrt(np.pi)}
    both = circles.partition(data, circles.Params(radius_m=300, urban_radius_m=100))
    sides = both.numbers("radius_m") * np.sqrt(np.pi)
    urban = both.words("group") == "urban"
    assert sides.tolist() == pytest.approx(np.where(urban, 200.0, 600.0).tolist())
    assert not both.share_crashes
