import numpy as np
import pytest
from made_places import crashes, places, prior

from crashkit.measures import excess_predicted
from crashkit.measures.excess_predicted import Params


def test_the_published_junctions_have_their_excess():
    # Crashes of three years and those predicted for them; the manual gives the excess of a year.
    for n, predicted, excess in [(35, 5.2, 10.0), (34, 7.7, 8.7), (23, 6.5, 5.5), (11, 7.5, 1.2)]:
        (score,) = excess_predicted.score(places([n]), crashes([n]), Params(), prior(predicted, 1))
        assert score.value / 3 == pytest.approx(excess, abs=0.11)
        assert score.passed


def test_a_place_without_length_has_no_peers_and_one_better_than_its_peers_is_not_listed():
    sites = places([9, 3], lengths_m=[0, 2000])
    unknown, better = excess_predicted.score(sites, crashes([9, 3]), Params(), prior(4.0, 0.5))
    assert np.isnan(unknown.value) and "nothing is predicted" in str(unknown.reason)
    assert (better.value, better.passed) == (-5.0, False)
