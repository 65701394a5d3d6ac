import numpy as np
import pytest
from made_places import crashes, places, prior
from scipy import stats as scipy_stats

from crashkit.measures import worse
from crashkit.measures.worse import Params


def test_the_probability_is_that_of_the_published_posterior():
    # Hauer's section: 27 crashes where 13.02 are predicted; more than twice as many with 0.295.
    known = prior(13.02, 0.2710027100271003)
    params = Params(multiple=2.0, min_probability=0.2)
    (score,) = worse.score(places([27]), crashes([27]), params, known)
    assert (score.value, score.passed) == (pytest.approx(0.295054, abs=1e-6), True)
    posterior = scipy_stats.gamma(
        1 / 0.2710027100271003 + 27,
        scale=0.2710027100271003 * 13.02 / (1 + 0.2710027100271003 * 13.02),
    )
    assert score.value == pytest.approx(posterior.sf(2 * 13.02))


def test_more_crashes_and_a_lower_bar_make_it_more_probable():
    counts = list(range(12))
    sure = worse.score(places(counts), crashes(counts), Params(), prior(3.0, 0.4)).values
    assert (np.diff(sure) > 0).all()
    higher = worse.score(places(counts), crashes(counts), Params(multiple=2), prior(3.0, 0.4))
    assert (higher.values < sure).all()


def test_where_peers_do_not_differ_none_is_worse():
    scores = worse.score(places([50]), crashes([50]), Params(), prior(3.0, 0.0))
    assert (scores.values.tolist(), scores.passed.tolist()) == ([0.0], [False])
