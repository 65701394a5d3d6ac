"""What every way to cut places promises, whoever drops it in."""

import numpy as np
import pytest
from made_crashes import made

from crashkit import method, screening

PLACES = screening.places()


def some(seed=1, n=60):
    rng = np.random.default_rng(seed)
    at_km = np.round(rng.random(n) * 5, 3)
    return made(
        {
            "road_key": f"R{road}",
            "chainage_km": at,
            "lon": 69 + at / 80,
            "lat": 41 + road / 50,
            "area_type": "urban" if at < 2 else "rural",
        }
        for road, at in zip(rng.integers(0, 3, n), at_km, strict=True)
    )


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_sites_are_named_apart_and_hold_crashes_of_the_data(place):
    data = some()
    sites = place.cut(data, place.params())
    assert len({site.id for site in sites}) == len(sites) > 0
    known = set(data.crashes["id"])
    assert all(site.crash_ids and set(site.crash_ids) <= known for site in sites)
    assert all(len(set(site.crash_ids)) == len(site.crash_ids) for site in sites)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_places_that_do_not_overlap_share_no_crash(place):
    members = [id_ for site in place.cut(some(), place.params()) for id_ in site.crash_ids]
    if not place.overlaps:
        assert len(members) == len(set(members))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
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
