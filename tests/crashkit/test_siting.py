"""Where a proposed place is: on its road, at its settlement."""

import made_roads
import pytest
from made_crashes import made

from crashkit import siting
from crashkit.register import Spot

KM5 = Spot(road="M1", from_m=5_000, to_m=5_000)
NONE = made([{"crash_date": "2021-01-01"}])


def test_a_post_is_found_on_the_network():
    found = siting.placed(KM5, NONE, made_roads.TWO)
    lon, lat = made_roads.off(*made_roads.HERE, east=5_000)
    assert (found.spot.lon, found.spot.lat) == pytest.approx((lon, lat), abs=1e-4)
    assert found.note == siting.FROM_NETWORK


def test_a_post_that_a_network_has_twice_is_not_chosen():
    lines = [made_roads.line(), made_roads.line(north=50_000)]
    twice = made_roads.roads(lines, road_key=["M1", "M1"], from_m=[0, 0], to_m=[10_000, 10_000])
    assert siting.placed(KM5, NONE, twice) == (KM5, siting.NO_POINT)


def test_without_a_network_the_nearest_crash_tells_the_point():
    rows = [{"road_key": "M-1", "chainage_km": at, "lon": 70 + at, "lat": 41} for at in (4.7, 5.6)]
    found = siting.placed(KM5, made(rows), None)
    assert (found.spot.lon, found.note) == (74.7, siting.FROM_CRASH)
    far = made([{**rows[0], "chainage_km": 4.2}])
    assert siting.placed(KM5, far, None) == (KM5, siting.NO_POINT)


def test_a_point_that_is_told_stays():
    spot = Spot(lon=69.0, lat=41.0, road="M1", from_m=5_000, to_m=5_000)
    assert siting.placed(spot, NONE, made_roads.TWO) == (spot, None)


def test_the_settlement_is_that_of_most_crashes_around():
    places = ["Aksu", "Aksu", "Karasu", None]
    near = [{"lon": 69.0, "lat": 41.0, "place": one} for one in places]
    data = made([*near, *[{"lon": 69.5, "lat": 41.0, "place": "Far"}] * 5])
    assert siting.settlement(Spot(lon=69.001, lat=41.0), data) == "Aksu"
    by_post = made([{"road_key": "M1", "chainage_km": 6.5, "place": "Osh"}])
    assert siting.settlement(KM5, by_post) == "Osh"
    assert siting.settlement(Spot(lon=10.0, lat=10.0), data) == ""


def test_else_the_nearest_town_of_the_layer():
    point = {"type": "Point", "coordinates": [69.1, 41.0]}
    ring = [[69.2, 40.9], [69.4, 40.9], [69.4, 41.1], [69.2, 41.1], [69.2, 40.9]]
    shapes = {"Village": point, "City": {"type": "Polygon", "coordinates": [ring]}}
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": one}
        for name, one in shapes.items()
    ]
    layer = {"type": "FeatureCollection", "features": features}
    data = NONE.replace(layers=lambda: {"towns": layer})
    assert siting.settlement(Spot(lon=69.11, lat=41.0), data) == "Village"
    assert siting.settlement(Spot(lon=69.25, lat=41.0), data) == "City"
    assert siting.settlement(Spot(lon=72.0, lat=41.0), data) == ""
