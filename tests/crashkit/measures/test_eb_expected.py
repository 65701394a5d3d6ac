import numpy as np
import pytest
from made_places import crashes, places, prior

from crashkit import peers
from crashkit.measures import eb_excess, eb_expected
from crashkit.peers import PeerClass, Reference

HAUER = Reference({}, PeerClass(4.336 / 1.8, 1 / (2.05 * 1.8), 40, 400), "km", 3.0)
"""Hauer et al. 2002: 1.8 km, 12, 7 and 8 crashes in three years, 4.336 predicted for each."""


def test_the_published_section_has_its_estimate():
    sites, data = places([27], lengths_m=[1800]), crashes([27])
    (score,) = eb_expected.score(sites, data, eb_expected.Params(), HAUER)
    assert score.value == pytest.approx(23.9079, abs=1e-2)
    assert score.detail["expected"] == pytest.approx(13.008)
    params = eb_expected.Params(rank_by="unit")
    (of_a_km,) = eb_expected.score(sites, data, params, HAUER)
    assert of_a_km.value == pytest.approx(4.4274, abs=2e-3)
    (excess,) = eb_excess.score(sites, data, eb_excess.Params(), HAUER)
    assert excess.value == pytest.approx(score.value - 13.008)
    assert excess.detail["low"] == pytest.approx(score.detail["low"] - 13.008)


def test_rates_of_a_class_are_drawn_as_marshall_has_it():
    # The published six sites, of unequal exposure in km times years.
    counts, exposure = [2, 5, 0, 9, 3, 7], [1.2, 2.0, 0.8, 1.5, 1.0, 2.5]
    sites = places(counts, lengths_m=[round(1000 * e / 3) for e in exposure])
    known = peers.fit(sites, per="km", years=3.0, fewest=1)
    params = eb_expected.Params(rank_by="unit", min_crashes=0)
    found = eb_expected.score(sites, crashes(counts), params, known)
    published = [2.624213205, 2.766237566, 2.439376443, 3.687787835, 2.909690865, 2.85640678]
    # Lengths are whole metres here.
    assert found.values == pytest.approx(published, rel=2e-3)


def test_without_differences_the_estimate_is_what_peers_have():
    (score,) = eb_expected.score(places([9]), crashes([9]), eb_expected.Params(), prior(4.0, 0.0))
    assert score.value == score.detail["low"] == score.detail["high"] == 4.0


@pytest.mark.parametrize("measure", [eb_excess, eb_expected])
def test_a_place_without_length_says_why_it_has_no_estimate(measure):
    sites = places([9], lengths_m=[0])
    (score,) = measure.score(sites, crashes([9]), measure.Params(), prior(4.0, 0.5))
    assert np.isnan(score.value) and not score.passed
    assert str(score.reason) == "No estimate: nothing is predicted for this site."


def test_a_lower_bar_of_excess_lists_sites_better_than_their_peers_last():
    counts = [9, 1]
    params = eb_excess.Params(min_crashes=1, min_excess=-100)
    scores = eb_excess.score(places(counts), crashes(counts), params, prior(4.0, 0.5))
    assert scores.values[0] > 0 > scores.values[1] and scores.passed.all()
