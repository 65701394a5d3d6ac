"""Sites that people proposed: circles and sections told by hand, those without crashes, too."""

import kept_crashes
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made_crashes import made
from made_roads import HERE, at, crashes, off

from crashkit import api, geo
from crashkit.errors import MethodError, Refused
from crashkit.places.nominated import Params, cut
from crashkit.register import Spot

EMPTY = dict.fromkeys(("lon", "lat", "from_m", "to_m", "radius_m")) | {"road": ""}


def with_sites(data, *sites):
    features = [
        {"properties": {"number": n, "origin": "nominated", **EMPTY, **one}}
        for n, one in enumerate(sites, 1)
    ]
    return data.replace(layers=lambda: {"sites": {"features": features}})


def told(data, *sites, **params):
    return [one.crash_ids for one in cut(with_sites(data, *sites), Params(**params))]


def here(**away):
    lon, lat = off(*HERE, **away)
    return {"lon": lon, "lat": lat}


def test_a_point_has_the_crashes_within_its_radius_or_the_usual_one():
    data = crashes(at(east=0), at(east=240), at(east=260), at(east=900, north=400))
    assert told(data, here(), here(east=0) | {"radius_m": 1000.0}) == [(1, 2), (1, 2, 3, 4)]
    assert told(data, here(), radius_m=300) == [(1, 2, 3)]


def along(*posts, road="M39", **more):
    return made({"road_key": road, "chainage_km": km, **more} for km in posts)


def test_a_section_has_the_crashes_between_its_posts_and_both_ends():
    data = along(9.9, 10.0, 10.5, 11.0, 11.1)
    section = {"road": "м-39", "from_m": 10_000, "to_m": 11_000}
    assert told(data, section) == [(2, 3, 4)]
    assert told(along(10.5, road="M41"), section) == [()]


def test_a_place_told_by_one_post_reaches_along_its_road():
    data = along(9.7, 9.8, 10.0, 10.2, 10.3)
    one = {"road": "M39", "from_m": 10_000, "to_m": 10_000}
    assert told(data, one) == [(2, 3, 4)]
    assert told(data, one, reach_m=300) == [(1, 2, 3, 4, 5)]
    (site,) = cut(with_sites(data, one), Params())
    assert (site.from_m, site.to_m, site.id) == (9750, 10_250, "1")


def test_crashes_without_a_post_join_a_section_by_their_point():
    rows = [
        at(east=0, road_key="M39", chainage_km=10.2),
        at(east=0, road_key="A2", chainage_km=4.0),
        at(east=100),
        at(east=3000),
    ]
    section = {"road": "M39", "from_m": 10_000, "to_m": 11_000, **here()}
    assert told(crashes(*rows), section) == [(1, 3)]


def test_a_road_of_the_same_number_in_another_province_is_not_meant():
    rows = [at(east=east, road_key="M39", chainage_km=10.2) for east in (0, 200_000)]
    section = {"road": "M39", "from_m": 10_000, "to_m": 11_000}
    assert told(crashes(*rows), section | here()) == [(1,)]
    assert told(crashes(*rows), section) == [(1, 2)]


def test_all_open_sites_or_those_that_people_proposed():
    data = with_sites(along(10.5), {"road": "M39", "from_m": 0, "to_m": 100, "origin": "found"})
    assert cut(data, Params()) == []
    assert len(cut(data, Params(which="open"))) == 1
    assert cut(along(10.5), Params()) == []


@given(
    st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)), min_size=1, max_size=20),
    st.floats(10, 2000),
)
@example([(0.0, 10.0)], 10.0)
def test_a_circle_agrees_with_a_plain_search(places, radius):
    data = crashes(*(at(east=east, north=north) for east, north in places))
    points = geo.geocentric(*(data.crashes[name].to_numpy() for name in ("lon", "lat")))
    middle = geo.geocentric(*(np.array([one]) for one in HERE))[0]
    near = [n for n, one in enumerate(points, 1) if np.linalg.norm(one - middle) < radius + 0.001]
    assert told(data, here() | {"radius_m": radius}) == [tuple(near)]


@pytest.fixture
def mine(tmp_path):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        kept_crashes.keep(store, kept_crashes.road())
        yield store


def test_the_rule_asks_the_register_and_tells_who_is_not_listed(mine):
    data = api.load(mine, "mine")
    assert "count_nominated" in api.unsuited_presets(data)
    with pytest.raises(MethodError, match="has none that it could look at"):
        api.screen(data, api.ask("count_nominated"))
    for low in (10_000, 90_000):
        spot = Spot(road="M39", from_m=low, to_m=low + 500)
        mine.nominate_site("mine", spot, why="School")
    data = api.load(mine, "mine")
    assert "count_nominated" not in api.unsuited_presets(data)
    result = api.screen(data, api.ask("count_nominated"))
    assert [(one.site.id, one.counts["crashes"]) for one in result.findings] == [
        ("1", 11),
        ("2", 0),
    ]
    result = api.screen(data, api.ask("count_nominated", {"min_crashes": "1"}))
    assert [(one.site.id, one.counts["crashes"]) for one in result.findings] == [("1", 11)]
    assert result.compared == 2
    assert any("One of 2 sites" in str(note) for note in result.notes)
    number = mine.save_result(result, "mine")
    assert [one.by for one in mine.site(1).sightings] == ["number"]
    with pytest.raises(Refused, match="as site 1"):
        mine.save_site("mine", number, 1)


def test_found_sites_are_looked_at_where_all_open_ones_are_asked_for(mine):
    data = api.load(mine, "mine")
    mine.save_site("mine", mine.save_result(api.screen(data, api.ask("count_1km")), "mine"), 1)
    with pytest.raises(MethodError):
        api.screen(data, api.ask("count_nominated"))
    result = api.screen(data, api.ask("count_nominated", {"which": "open"}))
    assert [one.site.id for one in result.findings] == ["1"]
