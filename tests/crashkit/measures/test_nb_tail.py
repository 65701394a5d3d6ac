import numpy as np
import pytest
from made_places import crashes, places, prior
from scipy import stats as scipy_stats
from statsmodels.stats.multitest import multipletests

from crashkit.measures import nb_tail, poisson_tail
from crashkit.measures.nb_tail import Params

COUNTS = [0, 1, 3, 5, 7, 14, 40]


def scored(counts=COUNTS, known=None, lengths_m=None, **words):
    sites = places(counts, lengths_m=lengths_m)
    return nb_tail.score(sites, crashes(counts), Params(**words), known or prior(2.0, 0.5))


def test_the_chance_is_the_tail_of_the_negative_binomial_distribution():
    theirs = scipy_stats.nbinom.sf(np.array(COUNTS) - 1, 1 / 0.5, 1 / (1 + 0.5 * 2))
    scores = scored()
    assert scores.detail["p"] == pytest.approx(theirs)
    assert scores.values == pytest.approx(-np.log10(theirs))


@pytest.mark.parametrize(("adjust", "called"), [("bh", "fdr_bh"), ("by", "fdr_by")])
def test_chances_are_adjusted_for_all_places(adjust, called):
    scores = scored(adjust=adjust)
    theirs = multipletests(scores.detail["p"], 0.05, called)
    assert scores.detail["q"] == pytest.approx(theirs[1])
    assert scores.passed.tolist() == theirs[0].tolist()


def test_peers_that_do_not_differ_make_it_the_tail_of_poisson():
    plain = scored(known=prior(2.0, 0.0)).detail["p"]
    assert plain == pytest.approx(scored(known=prior(2.0, 1e-9)).detail["p"], rel=1e-5)
    assert plain == pytest.approx(scipy_stats.poisson.sf(np.array(COUNTS) - 1, 2))


def test_it_lists_no_more_than_the_test_that_knows_no_differences():
    params = poisson_tail.Params(anchor_crashes=0)
    theirs = poisson_tail.score(places(COUNTS), crashes(COUNTS), params, prior(2.0, 0.5))
    assert (scored().passed <= theirs.passed).all() and scored().passed.sum() < theirs.passed.sum()


def test_a_place_that_cannot_be_tested_takes_nothing_from_the_others():
    scores = scored([40, 9], lengths_m=[1000, 0])
    assert scores.passed.tolist() == [True, False]
    assert np.isnan(scores.values[1])
    assert str(scores[1].reason) == "No estimate: nothing is predicted for this site."


def test_the_smallest_chances_are_not_told_apart():
    (score,) = scored([4000], known=prior(2.0, 0.0))
    assert score.value == 12.0 and "< 0.001" in str(score.reason)
