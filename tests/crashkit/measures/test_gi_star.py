from dataclasses import replace

import esda
import numpy as np
import pytest
from libpysal import weights as libpysal_weights
from made_places import crashes, places, prior
from scipy import stats as scipy_stats

from crashkit import geo
from crashkit.errors import MethodError
from crashkit.measures import gi_star, local_moran
from crashkit.model import Site
from crashkit.sites import Sites

CHANCE = np.random.default_rng(3)
COUNTS = [*CHANCE.poisson(2, 20).tolist(), 19, 22, 18, 21, *CHANCE.poisson(2, 20).tolist()]


def in_a_row(counts, *, roads=1):
    """Pieces of 1 km side by side on one road, or on so many in turn."""
    sites = places(counts)
    n = np.arange(len(sites))
    along = {"line": (n % roads).astype(float), "along_m": (n // roads) * 1000.0 + 500}
    return replace(sites, columns={**sites.columns, **along})


def their_weights(sites, reach_m):
    offsets, members = geo.near(sites, reach_m)
    near = {
        i: [int(j) for j in members[offsets[i] : offsets[i + 1]] if j != i]
        for i in range(len(sites))
    }
    return libpysal_weights.W(near, silence_warnings=True)


def scored(measure, sites, counts, known=None, **words):
    return measure.score(sites, crashes(counts), measure.Params(**words), known)


@pytest.mark.parametrize("reach_m", [1000, 2000])
def test_it_is_the_gi_star_of_pysal(reach_m):
    sites = in_a_row(COUNTS)
    theirs = esda.G_Local(
        np.array(COUNTS, dtype=float),
        their_weights(sites, reach_m),
        transform="B",
        star=True,
        permutations=0,
    )
    scores = scored(gi_star, sites, COUNTS, reach_m=reach_m)
    np.testing.assert_allclose(scores.values, theirs.Zs)
    hot = theirs.Zs > 0
    np.testing.assert_allclose(scores.detail["p"][hot], theirs.p_norm[hot])


def test_local_moran_is_that_of_pysal_with_another_divisor():
    sites, n = in_a_row(COUNTS), len(COUNTS)
    theirs = esda.Moran_Local(
        np.array(COUNTS, dtype=float),
        their_weights(sites, 1000),
        transformation="r",
        permutations=0,
    )
    scores = scored(local_moran, sites, COUNTS)
    np.testing.assert_allclose(scores.values, theirs.Is * n / (n - 1))


@pytest.mark.parametrize("chance", ["normal", "gamma", "draws"])
def test_the_crowd_is_hot_and_no_place_far_from_it(chance):
    scores = scored(gi_star, in_a_row(COUNTS), COUNTS, chance=chance, min_crashes=1)
    assert set(np.flatnonzero(scores.passed).tolist()) <= set(range(19, 25))
    if chance != "draws":
        assert scores.passed[21:23].all()


def test_by_moran_the_crowd_is_high_among_high():
    scores = scored(local_moran, in_a_row(COUNTS), COUNTS, alpha=0.2)
    assert set(np.flatnonzero(scores.passed).tolist()) <= set(range(19, 25))
    assert scores.passed.any() and scores.detail["p"].argmin() in range(20, 24)
    assert str(scores[21].reason).startswith("22 crashes, and many at its neighbours")


def test_a_place_between_empty_ones_and_one_without_neighbours_is_not_high_among_high():
    counts = [0] * 10 + [9] + [0] * 10
    scores = scored(local_moran, in_a_row(counts), counts)
    assert scores.values[10] < 0 and not scores.passed.any()
    far = in_a_row(counts, roads=21)
    alone = scored(local_moran, far, counts)
    assert alone.values.tolist() == [0.0] * 21 and not alone.passed.any()


def test_what_is_expected_can_be_taken_off_first():
    lengths = [9000] * 8 + [1000] * 36
    counts = [9] * 8 + [1] * 36
    sites = places(counts, lengths_m=lengths)
    n = np.arange(44)
    along = {"line": np.zeros(44), "along_m": n * 1000.0}
    sites = replace(sites, columns={**sites.columns, **along})
    assert scored(gi_star, sites, counts).passed.any()
    alike = scored(gi_star, sites, counts, prior(1.0, 0.5), values="excess")
    assert np.isnan(alike.values).all()
    assert str(alike[0].reason) == "All places are alike, or all are neighbours."
    with pytest.raises(MethodError, match="none are known"):
        scored(gi_star, sites, counts, values="excess")


@pytest.mark.parametrize("measure", [gi_star, local_moran])
def test_places_that_overlap_are_refused(measure):
    twice = Sites.of([Site("a", "", 0, 0, (1, 2)), Site("b", "", 0, 0, (2,))])
    with pytest.raises(MethodError, match="side by side"):
        measure.score(twice, crashes([2]), measure.Params())


def test_the_normal_chance_is_one_sided():
    scores = scored(gi_star, in_a_row(COUNTS), COUNTS)
    hot = scores.values > 0
    theirs = scipy_stats.norm.sf(scores.values[hot])
    np.testing.assert_allclose(scores.detail["p"][hot], theirs)
    assert (scores.detail["p"][~hot] == 1).all()
