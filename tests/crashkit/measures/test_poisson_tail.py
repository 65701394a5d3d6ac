from dataclasses import replace

import numpy as np
import pytest
from made_crashes import made

from crashkit import geo
from crashkit.errors import MethodError
from crashkit.measures import poisson_tail
from crashkit.measures.poisson_tail import Params
from crashkit.model import Site
from crashkit.places import anchored, circles, sections


def on_road(at_km, road="M39", road_class="national"):
    return [{"road_key": road, "chainage_km": km, "road_class": road_class} for km in at_km]


def test_a_known_rate_gives_the_exact_tail():
    data = made([{}] * 6)
    site = Site("x", "", 0, 0, (1, 2, 3, 4, 5, 6), "M39", 0, 1000)
    params = Params(rate=2 / 3, anchor_crashes=0, adjust="none")
    (score,) = poisson_tail.score([site], data, params)
    assert score.detail["expected"] == pytest.approx(2.0)
    assert score.detail["p"] == pytest.approx(0.01656360848)
    assert (score.value, score.passed) == (pytest.approx(4.0), True)
    assert str(score.reason) == "6 crashes where 2.0 are expected; the chance of so many is 0.017."


def test_a_rate_a_year_asks_for_crashes_with_a_date():
    data = made([{}] * 6)
    undated = data.replace(period=replace(data.period, undated=True))
    site = Site("x", "", 0, 0, (1, 2, 3), "M39", 0, 1000)
    with pytest.raises(MethodError, match="without a date"):
        poisson_tail.score([site], undated, Params(rate=2 / 3))


def test_the_crash_a_window_is_drawn_around_is_no_evidence():
    site = Site("x", "", 0, 0, (1, 2, 3, 4, 5, 6, 7), "M39", 0, 400)
    params = Params(rate=2 / 3, length_m=1000, adjust="none")
    (score,) = poisson_tail.score([site], made([{}] * 7), params)
    assert score.detail["p"] == pytest.approx(0.01656360848)
    assert score.detail["expected"] == pytest.approx(3.0)


def test_each_class_of_road_is_its_own_reference():
    national = on_road(np.arange(0, 100.5, 0.5))
    local = on_road(np.arange(0, 101, 10.0), road="L1", road_class="local")
    data = made(national + local)
    sites = sections.cut(data, sections.Params())
    for compare_with, of_m39, of_l1 in [("class", 2.01, 0.11), ("all", 1.06, 1.06)]:
        params = Params(anchor_crashes=0, compare_with=compare_with)
        found = poisson_tail.score(sites, data, params)
        expected = {
            site.road: one.detail["expected"] for site, one in zip(sites, found, strict=True)
        }
        assert expected == {"M39": pytest.approx(of_m39), "L1": pytest.approx(of_l1)}


def test_a_class_with_little_road_takes_the_rate_of_all():
    data = made(on_road(range(101)) + on_road([0, 1, 2, 3], road="S", road_class="street"))
    sites = anchored.cut(data, anchored.Params())
    found = poisson_tail.score(sites, data, Params(length_m=1000))
    means = {site.road: one.detail["expected"] for site, one in zip(sites, found, strict=True)}
    assert means == {"M39": pytest.approx(1 + 101 / 100), "S": pytest.approx(1 + 105 / 103)}


def test_the_adjustment_and_the_family_make_flags_rarer():
    data = made(on_road([*np.arange(0, 200, 1.0), *np.arange(50.1, 50.85, 0.1)]))
    sites = anchored.cut(data, anchored.Params())
    flags = {
        (adjust, family): sum(
            score.passed
            for score in poisson_tail.score(
                sites, data, Params(length_m=1000, adjust=adjust, family=family)
            )
        )
        for adjust, family in [("none", 0), ("bh", 0), ("bh", 10_000_000)]
    }
    assert flags == {("none", 0): 1, ("bh", 0): 1, ("bh", 10_000_000): 0}


def test_circles_are_compared_with_ground_that_has_crashes():
    places = [geo.moved(69.24, 41.31, east_m=2000.0 * i, north_m=0) for i in range(40)]
    crowd = [geo.moved(69.24, 41.31, east_m=10.0 * i, north_m=5) for i in range(8)]
    data = made([{"lon": lon, "lat": lat} for lon, lat in places + crowd])
    sites = circles.cut(data, circles.Params(radius_m=100))
    scores = poisson_tail.score(sites, data, Params())
    passed = [site.crash_ids for site, one in zip(sites, scores, strict=True) if one.passed]
    assert passed and all(set(ids) <= {1, *range(41, 49)} for ids in passed)
    assert scores[0].detail["expected"] == pytest.approx(1 + np.pi * 0.01 * 48 / 40)


def test_no_sites_have_no_scores():
    assert poisson_tail.score([], made([{}]), Params()) == []
