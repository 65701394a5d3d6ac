import numpy as np
import pytest
from made_places import crashes, places, prior
from scipy import stats as scipy_stats

from crashkit import peers, service
from crashkit.measures import loss
from crashkit.measures.loss import Params

# The junctions with two stop signs of the Highway Safety Manual, chapter 4: crashes of three years,
# and those predicted for a year.
OBSERVED = {2: 35, 3: 23, 7: 34, 10: 17, 15: 17, 17: 13, 19: 11}
PREDICTED = {2: 1.7, 3: 2.2, 7: 2.6, 10: 2.2, 15: 2.3, 17: 2.6, 19: 2.5}


def class_of(score):
    return str(score.reason).split(":")[0]


def test_the_published_junctions_are_in_their_classes():
    # The manual compares a year with a year: counts of three years beside a mean of three.
    published = {2: "IV", 3: "IV", 7: "IV", 10: "IV", 15: "IV", 17: "III", 19: "III"}
    for id_, n in OBSERVED.items():
        known = prior(3 * PREDICTED[id_], 0.4)
        params = Params(variant=service.HSM, worst="III")
        (score,) = loss.score(places([n]), crashes([n]), params, known)
        assert class_of(score) == f"Class {published[id_]}"


def test_the_bounds_are_those_of_the_gamma_distribution_of_the_true_means():
    (score,) = loss.score(places([9]), crashes([9]), Params(), prior(4.0, 0.5))
    spread = scipy_stats.gamma(2, scale=2)
    assert (score.detail["low"], score.detail["high"]) == pytest.approx(spread.ppf([0.2, 0.8]))
    # w = 1/3: the estimate is 4/3 + 6; sigma = 4 sqrt(0.5).
    assert score.value == pytest.approx((4 / 3 + 6 - 4) / np.sqrt(8))
    assert score.passed and class_of(score) == "Class IV"


def test_the_wider_bounds_list_fewer_and_class_three_more():
    counts = list(range(15))
    known = prior(4.0, 0.5)
    listed = {
        (variant, worst): loss.score(
            places(counts), crashes(counts), Params(variant=variant, worst=worst), known
        ).passed.sum()
        for variant in (service.COLORADO, service.KENTUCKY)
        for worst in ("III", "IV")
    }
    assert listed[service.KENTUCKY, "IV"] < listed[service.COLORADO, "IV"]
    assert listed[service.COLORADO, "IV"] < listed[service.COLORADO, "III"]


def test_without_differences_or_a_prediction_there_is_no_class():
    sites, data = places([5, 5], lengths_m=[1000, 0]), crashes([5, 5])
    alike = loss.score(sites, data, Params(), peers.known(1.0, per="km", years=3.0))
    assert np.isnan(alike.values).all() and not alike.passed.any()
    assert [str(one.reason) for one in alike] == [
        "Its peers do not differ beyond chance: there are no classes.",
        "No estimate: nothing is predicted for this site.",
    ]
