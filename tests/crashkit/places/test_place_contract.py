"""What every way to cut places promises, whoever drops it in."""

from dataclasses import replace

import made_roads
import numpy as np
import pytest
from made_crashes import made

from crashkit import method, screening
from crashkit.roads import placing, snapping
from crashkit.roads.corridors import Corridor, Section
from crashkit.roads.junctions import derived
from crashkit.roads.topology import build
from crashkit.screening import parts

PLACES = screening.places()
OFF_ROADS = {name: place for name, place in PLACES.items() if not parts.on_roads(place)}
WHOLE = {
    name: place
    for name, place in OFF_ROADS.items()
    if name not in ("clusters", "nominated", "scan")
}
SMALL = {
    "clusters": {"reach_m": 60, "least": 2},
    "scan": {"level": 1, "cell_m": 500, "length_m": 5000, "draws": 99},
}
"""Parameters that suit a few crashes."""
AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[w, 40.9], [e, 40.9], [e, 41.1], [w, 41.1], [w, 40.9]]],
            },
        }
        for name, w, e in (("West", 68.9, 69.03), ("East", 69.03, 69.1))
    ],
}


def proposed(number, **facts):
    """Return a site of the register as places see it."""
    spot = dict.fromkeys(("lon", "lat", "from_m", "to_m", "radius_m")) | {"road": ""} | facts
    properties = {"number": number, "origin": "nominated", **spot}
    return {"type": "Feature", "geometry": None, "properties": properties}


SITES = {
    "type": "FeatureCollection",
    "features": [
        proposed(1, road="R1", from_m=1000, to_m=2000),
        proposed(2, lon=69.03, lat=41.0, radius_m=2000.0),
        proposed(3, road="R2", from_m=90_000, to_m=91_000),
    ],
}


def some(seed=1, n=60):
    rng = np.random.default_rng(seed)
    at_km = np.round(rng.random(n) * 5, 3)
    found = made(
        {
            "road_key": f"R{road}",
            "chainage_km": at,
            "lon": 69 + at / 80,
            "lat": 41 + road / 50,
            "area_type": "urban" if at < 2 else "rural",
        }
        for road, at in zip(rng.integers(0, 3, n), at_km, strict=True)
    )
    return found.replace(layers=lambda: {"areas": AREAS, "sites": SITES})


def cut(place, data):
    """Cut places; those on roads get three roads, and one that crosses them."""
    if not parts.on_roads(place):
        return place.cut(data, place.params(**SMALL.get(place.name, {})))
    drawn = [[(69, 41 + road / 50), (69.0625, 41 + road / 50)] for road in range(3)]
    keys = ["R0", "R1", "R2", "X"]
    network = made_roads.roads([*drawn, [(69.03, 40.9), (69.03, 41.1)]], road_key=keys)
    topology = build(network)
    placed = placing.place(
        data, derived(topology), topology=topology, snapped=snapping.snap(network, data)
    )
    told = tuple(Corridor(key, (Section(key),)) for key in keys)
    return place.cut(data, place.params(), replace(placed, corridors=told))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_sites_are_named_apart_and_hold_crashes_of_the_data(place):
    data = some()
    sites = cut(place, data)
    assert len({site.id for site in sites}) == len(sites) > 0
    known = set(data.crashes["id"])
    assert all(set(site.crash_ids) <= known for site in sites)
    may_be_empty = parts.on_roads(place) or "nominated" in place.needs
    assert may_be_empty or all(site.crash_ids for site in sites)
    assert all(len(set(site.crash_ids)) == len(site.crash_ids) for site in sites)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_places_that_do_not_overlap_share_no_crash(place):
    members = [id_ for site in cut(place, some()) for id_ in site.crash_ids]
    if not place.overlaps:
        assert len(members) == len(set(members))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_the_order_of_crashes_changes_no_site(place):
    data = some()
    mixed = data.replace(crashes=data.crashes.sample(frac=1, random_state=1))
    # A place without a point has no number there, and no number is not equal to itself.
    assert repr(list(cut(place, mixed))) == repr(list(cut(place, data)))


@pytest.mark.parametrize("place", WHOLE.values(), ids=WHOLE)
def test_every_crash_that_has_a_place_lies_in_one(place):
    data = some()
    members = {id_ for site in place.cut(data, place.params()) for id_ in site.crash_ids}
    assert members == set(data.crashes["id"])


@pytest.mark.parametrize("part", [*PLACES.values(), *screening.measures().values()])
def test_every_part_says_what_it_is_where_it_comes_from_and_what_it_needs(part):
    module = __import__(part.params.__module__, fromlist=["doc"])
    assert "Source:" in module.__doc__
    assert part.title and set(part.needs) <= set(method.NEEDS)
    assert all(info.label for info in method.describe(part.params))
