from dataclasses import replace

import numpy as np
import pytest
from made_crashes import made

from crashkit import geo, peers, shrinkage
from crashkit.errors import MethodError
from crashkit.measures import poisson_tail
from crashkit.measures.poisson_tail import Params
from crashkit.model import Site
from crashkit.places import anchored, circles, sections
from crashkit.screening import judging


def scores(place, data, params, **given):
    """Score the sites of a place by their peers."""
    wanted = place.params(**given)
    reference = judging.reference(place, params, data, wanted)
    return place.cut(data, wanted), poisson_tail.score(
        place.cut(data, wanted), data, params, reference
    )


def known(rate, data, length_m=0.0):
    return peers.known(rate, per="km", years=data.period.years, length_m=length_m)


def on_road(at_km, road="M39", road_class="national"):
    return [{"road_key": road, "chainage_km": km, "road_class": road_class} for km in at_km]


def test_a_known_rate_gives_the_exact_tail():
    data = made([{}] * 6)
    site = Site("x", "", 0, 0, (1, 2, 3, 4, 5, 6), "M39", 0, 1000)
    params = Params(anchor_crashes=0, adjust="none")
    (score,) = poisson_tail.score([site], data, params, known(2 / 3, data))
    assert score.detail["expected"] == pytest.approx(2.0)
    assert score.detail["p"] == pytest.approx(0.01656360848)
    assert (score.value, score.passed) == (pytest.approx(4.0), True)
    assert str(score.reason) == "6 crashes where 2.0 are expected; the chance of so many is 0.017."


def test_a_rate_a_year_asks_for_crashes_with_a_date():
    data = made([{}] * 6)
    undated = data.replace(period=replace(data.period, undated=True))
    with pytest.raises(MethodError, match="without a date"):
        scores(sections.PLACE, undated, Params(rate=2 / 3))


def test_without_peers_it_says_what_is_missing():
    site = Site("x", "", 0, 0, (1, 2, 3), "M39", 0, 1000)
    with pytest.raises(MethodError, match="none are known"):
        poisson_tail.score([site], made([{}] * 3), Params())


def test_the_crash_a_window_is_drawn_around_is_no_evidence():
    site = Site("x", "", 0, 0, (1, 2, 3, 4, 5, 6, 7), "M39", 0, 400)
    data = made([{}] * 7)
    reference = known(2 / 3, data, length_m=1000)
    (score,) = poisson_tail.score([site], data, Params(adjust="none"), reference)
    assert score.detail["p"] == pytest.approx(0.01656360848)
    assert score.detail["expected"] == pytest.approx(3.0)


def test_each_class_of_road_is_its_own_reference():
    national = on_road(np.arange(0, 100.5, 0.5))
    local = on_road(np.arange(0, 101, 10.0), road="L1", road_class="local")
    data = made(national + local)
    for compare_with, of_m39, of_l1 in [
        ("class", 201 / 101, 11 / 101),
        ("all", 212 / 202, 212 / 202),
    ]:
        params = Params(anchor_crashes=0, compare_with=compare_with)
        sites, found = scores(sections.PLACE, data, params)
        expected = {
            site.road: one.detail["expected"] for site, one in zip(sites, found, strict=True)
        }
        assert expected == {"M39": pytest.approx(of_m39), "L1": pytest.approx(of_l1)}


def test_a_class_with_little_road_takes_the_rate_of_all():
    data = made(on_road(range(101)) + on_road([0, 1, 2, 3], road="S", road_class="street"))
    sites, found = scores(anchored.PLACE, data, Params(length_m=1000))
    means = {site.road: one.detail["expected"] for site, one in zip(sites, found, strict=True)}
    assert means == {"M39": pytest.approx(1 + 101 / 101), "S": pytest.approx(1 + 105 / 105)}


def test_the_adjustment_and_the_family_make_flags_rarer():
    data = made(on_road([*np.arange(0, 200, 1.0), *np.arange(50.1, 50.85, 0.1)]))
    flags = {
        (adjust, family): sum(
            score.passed
            for score in scores(
                anchored.PLACE, data, Params(length_m=1000, adjust=adjust, family=family)
            )[1]
        )
        for adjust, family in [("none", 0), ("bh", 0), ("bh", 10_000_000)]
    }
    assert flags == {("none", 0): 1, ("bh", 0): 1, ("bh", 10_000_000): 0}


def test_circles_are_compared_with_ground_that_has_crashes():
    places = [geo.moved(69.24, 41.31, east_m=2000.0 * i, north_m=0) for i in range(40)]
    crowd = [geo.moved(69.24, 41.31, east_m=10.0 * i, north_m=5) for i in range(8)]
    data = made([{"lon": lon, "lat": lat} for lon, lat in places + crowd])
    sites, found = scores(circles.PLACE, data, Params(), radius_m=100)
    passed = [site.crash_ids for site, one in zip(sites, found, strict=True) if one.passed]
    assert passed and all(set(ids) <= {1, *range(41, 49)} for ids in passed)
    # Nearly all squares, 200 m wide, have one crash: most have none and are not seen.
    ground = np.pi * 0.1**2 / 0.2**2
    assert found[0].detail["expected"] == pytest.approx(1 + ground * shrinkage.LEAST_MEAN)


def test_no_sites_have_no_scores():
    assert not len(poisson_tail.score([], made([{}]), Params(), known(1, made([{}]))))
