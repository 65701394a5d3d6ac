"""World C: what is flagged along routes, within a budget of length."""

import numpy as np
import pytest

from crashkit.bench import along_routes
from crashkit.bench.along_routes import Cut
from crashkit.bench.methods import Method, methods
from crashkit.sites import Sites
from crashkit.synth import routes

BY_COUNT = Method("count", "windows", place_params={"length_m": 300, "step_m": 50})


def stretches(*rows):
    roads, starts, ends = zip(*rows, strict=True)
    return Sites(
        np.zeros(len(rows) + 1, dtype=np.int64),
        np.zeros(0, dtype=np.int64),
        {
            "road": np.array([routes.road(one) for one in roads], dtype=object),
            "from_m": np.array(starts, dtype=float),
            "to_m": np.array(ends, dtype=float),
        },
        str,
    )


def test_no_metre_is_counted_twice():
    sites = stretches((0, 0, 300), (0, 100, 400), (1, 0, 300))
    found, covered = along_routes.flagged(sites, 700, 50_000)
    assert (len(found), covered.sum()) == (3, 700)


def test_flagging_ends_where_the_next_site_is_more_than_the_budget():
    sites = stretches((0, 0, 300), (0, 1000, 1300), (0, 2000, 2100))
    found, covered = along_routes.flagged(sites, 500, 50_000)
    assert (found, covered.sum()) == ([(0.0, 300.0)], 300)


def test_routes_lie_apart_on_the_axis():
    found, _ = along_routes.flagged(stretches((0, 19_700, 20_000), (1, 0, 300)), 600, 50_000)
    assert found[1][0] - found[0][1] == along_routes.BETWEEN_M


@pytest.fixture(scope="module")
def world():
    return routes.draw(np.random.default_rng(1))


def test_crashes_go_through_the_places_of_the_product(world):
    cut = Cut.of(routes.recorded(world, "clean", np.random.default_rng(1)), world)
    windows = cut.places(BY_COUNT)
    assert len(windows) == 60 * (19_700 // 50 + 1)
    assert set(windows.length_m.tolist()) == {300.0}
    every_fifth = windows.counts.reshape(60, -1)[:, ::6]
    assert every_fifth.sum() == pytest.approx(len(cut.data), abs=60 * 3)


def test_half_of_all_methods_beat_chance_and_bad_places_cost_recall():
    (one,) = np.random.SeedSequence(4).spawn(1)
    judged = (BY_COUNT, methods("C")[0])
    found = along_routes.judge(one, ("clean", "sigma_500"), judged)
    for exact, off in zip(found["clean"], found["sigma_500"], strict=True):
        assert exact["flagged"] <= 0.02
        assert exact["pai"] > 3
        assert exact["recall"] > off["recall"]


def test_a_method_with_a_limit_of_its_own_is_not_held_to_the_budget(world):
    own = Method(
        "count",
        "sections",
        place_params={"length_m": 1000},
        params={"min_crashes": 1},
        own_limit=True,
    )
    (one,) = np.random.SeedSequence(4).spawn(1)
    assert along_routes.judge(one, ("clean",), (own,))["clean"][0]["flagged"] > 0.5


def test_only_methods_that_flag_the_same_length_are_tested_for_consistency():
    own = Method("count", "sections", place_params={"length_m": 1000}, own_limit=True)
    (one,) = np.random.SeedSequence(4).spawn(1)
    by_count, by_own = along_routes.judge(one, ("clean",), (BY_COUNT, own))["clean"]
    assert 0 < by_count["mct"] < 0.02 * 1_200_000 / 300
    assert by_count["sct"] > 0
    assert by_count["tst"] == pytest.approx(100)
    assert all(np.isnan(by_own[name]) for name in along_routes.CONSISTENCY)


def test_flagging_the_same_places_again_is_as_consistent_as_can_be():
    world = routes.draw(np.random.default_rng(1))
    truth = along_routes._Truth.of(world)
    sites = stretches((0, 0, 300), (3, 5000, 5300))
    found = along_routes._Flagged(sites, *along_routes.flagged(sites, 1000, truth.axis_m))
    test = along_routes._consistency(found, found, truth)
    assert (test.mct, test.trdt) == (2, 0)
    turned = along_routes._Flagged(sites.take(np.array([1, 0])), found.stretches, found.covered)
    assert along_routes._consistency(found, turned, truth).trdt == 2
