import hsm_junctions
import numpy as np
import pytest
from made_places import crashes, places
from scipy import stats as scipy_stats

from crashkit.measures import type_share
from crashkit.measures.type_share import Params


def scored(x, n, groups=None, **words):
    kinds = [
        kind
        for of, all_ in zip(x, n, strict=True)
        for kind in ["pedestrian"] * of + ["obstacle"] * (all_ - of)
    ]
    sites = places(n, groups=groups)
    return type_share.score(sites, crashes(n, crash_type=kinds), Params(**words))


def stop_signs(**words):
    counts = [hsm_junctions.COUNTS[i] for i in hsm_junctions.STOP]
    return scored(list(hsm_junctions.RIGHT_ANGLE.values()), counts, **words)


def test_the_published_junctions_have_their_probabilities_and_excess():
    scores = stop_signs()
    published = [1.0, 0.0468, 0.1347, 0.1352, 0.0391, 0.2577, 0.0242]
    assert scores.values == pytest.approx(published, abs=1e-4)
    assert scores.passed.tolist() == [True, *[False] * 6]
    excess = stop_signs(rank_by="excess").values
    published = [0.38, -0.133, -0.073, -0.102, -0.161, -0.066, -0.22]
    assert excess == pytest.approx(published, abs=6e-4)
    said = "21 of 35 crashes are of this kind, where 22 % are usual; probability 1.00."
    assert str(scores[0].reason) == said


def test_where_places_do_not_differ_the_prior_knows_nothing():
    # Two of four everywhere: s2 is not above zero. Beta(0.5 + 2, 0.5 + 2) above 0.5 is one half.
    scores = scored([2] * 5, [4] * 5, min_probability=0.4)
    assert scores.values == pytest.approx([0.5] * 5)
    found = scored([3, 2, 2, 2, 2], [4] * 5, min_probability=0.4)
    said = (
        "3 of 4 crashes are of this kind, where 55 % are usual; probability 0.78, by a prior that "
        "knows nothing: how much such places differ could not be told."
    )
    assert str(found[0].reason) == said


def test_a_class_of_few_places_takes_share_and_prior_of_all():
    x, n = [6, 1, 0, 2, 1, 0, 3, 5], [8, 9, 7, 6, 8, 9, 4, 9]
    groups = ["few", "few", *["many"] * 6]
    apart = scored(x, n, groups, min_class=3)
    every = scored(x, n, groups, compare_with="all")
    assert apart.values[:2] == pytest.approx(every.values[:2])
    many = scored(x[2:], n[2:])
    assert apart.values[2:] == pytest.approx(many.values)
    assert apart.values[2:] != pytest.approx(every.values[2:])
    said = "are usual at all places, as its class has too few; probability"
    lenient = scored(x, n, groups, min_class=3, min_probability=0)
    assert said in str(lenient[0].reason) and said not in str(lenient[7].reason)


def test_the_probability_is_that_of_the_beta_distribution():
    x, n = np.array([6, 1, 0, 2, 1, 0, 3, 5]), np.array([8, 9, 7, 6, 8, 9, 4, 9])
    p, m = x.sum() / n.sum(), n.size
    s2 = (((x**2 - x) / (n**2 - n)).sum() - (x / n).sum() ** 2 / m) / (m - 1)
    a = (p**2 - p**3 - s2 * p) / s2
    theirs = scipy_stats.beta(a + x, a / p - a + n - x).sf(p)
    assert scored(x.tolist(), n.tolist()).values == pytest.approx(theirs)


def test_a_place_without_crashes_has_no_share():
    scores = scored([1, 0, 2], [2, 0, 3])
    assert np.isnan(scores.values[1]) and not scores.passed[1]
    assert str(scores[1].reason) == "A place without crashes has no share of any kind."
