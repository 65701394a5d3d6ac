import hsm_junctions
import numpy as np
import pytest
from made_places import crashes, places

from crashkit.errors import MethodError
from crashkit.measures import excess_moments
from crashkit.measures.excess_moments import Params
from crashkit.model import Site
from crashkit.sites import Sites

COUNTS = [2, 3, 1, 0, 5, 4, 2, 8, 1, 4]
"""Mean 3, variance 50/9 (n - 1): each count is drawn 0.54 of the way to the mean."""


def scored(counts, **words):
    return excess_moments.score(places(counts), crashes(counts), Params(**words))


def test_the_published_counts_have_their_potential():
    scores = scored(COUNTS)
    published = [-0.46, 0.0, -0.92, -1.38, 0.92, 0.46, -0.46, 2.3, -0.92, 0.46]
    assert scores.values == pytest.approx(published, abs=1e-9)
    assert scores.detail["weight"] == pytest.approx([0.54] * 10)
    assert scores.passed.tolist() == [value > 0 for value in published]


def test_means_of_a_year_are_drawn_too_far_as_the_manual_has_it():
    stop = {}
    for basis in ("period", "annual"):
        params = Params(basis=basis, min_class=1)
        found = excess_moments.score(hsm_junctions.SITES, hsm_junctions.DATA, params)
        stop[basis] = found.detail["weight"][hsm_junctions.STOP[0]]
        mean = found.detail["expected"][hsm_junctions.STOP[0]]
        assert mean == pytest.approx(7.142857 * (3 if basis == "period" else 1))
    # By hand: 7.142857 / 10.439153, and a third of it.
    assert stop["annual"] == pytest.approx(0.684, abs=5e-4)
    assert stop["period"] == pytest.approx(0.228, abs=5e-4)


def test_nothing_is_ranked_where_places_do_not_differ_beyond_chance():
    scores = scored([3, 4, 3, 4, 3, 4, 3, 4, 3, 4])
    assert scores.values.tolist() == [0.0] * 10 and not scores.passed.any()


def test_a_class_of_few_places_is_drawn_towards_all():
    sites = places([*COUNTS, 9], groups=[*["a"] * 10, "b"])
    last = excess_moments.score(sites, crashes([*COUNTS, 9]), Params())[-1]
    assert last.detail["expected"] == pytest.approx(39 / 11)
    assert "of all places, chance taken out" in str(last.reason)


def test_one_place_alone_says_why_it_has_no_estimate():
    (one,) = scored([7])
    assert np.isnan(one.value) and not one.passed
    assert "one site alone" in str(one.reason)


def test_places_that_overlap_are_refused():
    twice = Sites.of([Site("a", "", 0, 0, (1, 2)), Site("b", "", 0, 0, (2,))])
    with pytest.raises(MethodError, match="overlap"):
        excess_moments.score(twice, crashes([2]), Params())
