"""Invented routes: hotspots where they are said to be, crashes there, and what records do."""

import numpy as np
import pytest

from crashkit.synth import routes
from crashkit.synth.known_sites import numbers
from crashkit.synth.routes import Crashes


def rng(seed=1):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def world():
    return routes.draw(rng())


def test_routes_are_as_long_as_they_say(world):
    assert world.network.stretches["length_m"].to_numpy() == pytest.approx(20_000, abs=1)
    assert world.length_m == pytest.approx(1_200_000, abs=60)


def test_hotspots_lie_apart_inside_their_routes(world):
    spots = world.spots.sort_values(["route", "from_m"])
    long = spots["to_m"] - spots["from_m"]
    assert (len(spots), long.min() >= 200, long.max() <= 400) == (80, True, True)
    assert (spots["from_m"].min() >= 0, spots["to_m"].max() <= 20_000) == (True, True)
    gaps = spots["from_m"].to_numpy()[1:] - spots["to_m"].to_numpy()[:-1]
    same = spots["route"].to_numpy()[1:] == spots["route"].to_numpy()[:-1]
    assert (gaps[same] >= 0).all()


def test_hotspots_have_many_times_the_crashes_of_the_road_beside_them(world):
    inside = sum(
        int(((one.route == spot.route) & (one.at_m >= spot.from_m) & (one.at_m < spot.to_m)).sum())
        for spot in world.spots.itertuples()
        for one in (world.first, world.later)
    )
    both = world.first.route.size + world.later.route.size
    share = (world.spots["to_m"] - world.spots["from_m"]).sum() / world.length_m
    assert inside / both > 4 * share


def test_a_network_without_hotspots_has_none():
    null = routes.draw(rng(), hotspots=False, wandering=False)
    assert len(null.spots) == 0
    assert null.first.route.size > 1000


def test_a_world_may_be_of_another_size():
    small = routes.draw(rng(), size=(100, 500))
    assert len(small.network) == 100
    assert small.first.route.size == pytest.approx(500, abs=100)


def test_places_told_exactly_are_the_true_ones(world):
    data = routes.recorded(world, "clean", rng())
    told = np.sort(data.crashes["chainage_km"].to_numpy() * 1000)
    assert told == pytest.approx(np.sort(world.first.at_m), abs=0.5)


def test_places_told_amiss_are_so_by_the_error_that_was_asked_for(world):
    data = routes.recorded(world, "sigma_200", rng())
    off = data.crashes["chainage_km"].to_numpy() * 1000 - world.first.at_m
    assert off.std() == pytest.approx(200, rel=0.1)
    assert data.crashes["chainage_km"].between(0, 20).all()


def test_some_places_are_told_by_the_km_post_only(world):
    data = routes.recorded(world, "rounded", rng())
    metres = np.rint(data.crashes["chainage_km"].to_numpy() * 1000)
    assert (metres % 1000 == 0).mean() == pytest.approx(0.3 + 0.04, abs=0.04)
    assert (metres % 100 == 0).mean() == pytest.approx(0.7, abs=0.04)


def test_half_of_the_crashes_may_not_be_reported(world):
    data = routes.recorded(world, "poor", rng())
    assert len(data) == pytest.approx(world.first.route.size / 2, rel=0.1)


def test_severities_come_in_their_shares(world):
    shares = routes.recorded(world, "clean", rng()).crashes["severity"].value_counts(normalize=True)
    assert dict(shares) == pytest.approx(numbers()["routes"]["severities"], abs=0.04)


def test_a_road_and_a_route_are_the_same_thing():
    assert [routes.number(routes.road(i)) for i in range(3)] == [0, 1, 2]


def test_crashes_may_be_put_anywhere_on_a_route(world):
    at = Crashes(np.array([2, 0]), np.array([0.0, 20_000.0]))
    data = routes.crash_data(world, at, rng())
    assert data.crashes["road_key"].tolist() == ["R-3", "R-1"]
    assert data.crashes[["lon", "lat"]].notna().all().all()
