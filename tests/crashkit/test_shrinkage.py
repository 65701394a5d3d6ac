import esda.smoothing
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from crashkit import shrinkage

COUNTS = st.lists(st.integers(0, 60), min_size=2, max_size=30)
MEANS = st.floats(0.05, 60)


def test_the_estimate_lies_between_what_is_predicted_and_what_was_seen():
    found = shrinkage.expected([12, 0], [4.336, 4.336], 1 / (2.05 * 1.8))
    assert found.weight == pytest.approx(0.4598, abs=1e-4)
    assert found.expected[0] == pytest.approx(8.4764, abs=1e-3)
    assert found.standard_error[0] == pytest.approx(2.1399, abs=1e-3)
    assert found.excess[1] < 0 < found.excess[0]
    assert found.per(1.8).value[0] == pytest.approx(4.7091, abs=1e-3)
    assert found.per(1.8).standard_error[0] == pytest.approx(1.1888, abs=1e-3)


@given(st.integers(0, 80), MEANS, st.floats(0.01, 5), st.floats(0.2, 4))
def test_what_is_believed_is_the_gamma_distribution_of_scipy(observed, predicted, k, multiple):
    found = shrinkage.expected(observed, predicted, k)
    scale = k * predicted / (1 + k * predicted)
    gamma = scipy_stats.gamma(1 / k + observed, scale=scale)
    assert found.posterior.mean == pytest.approx(gamma.mean())
    assert found.posterior.variance == pytest.approx(gamma.var())
    assert found.variance == pytest.approx(gamma.var())
    assert found.posterior.interval() == pytest.approx(gamma.interval(0.90))
    above = gamma.sf(multiple * predicted)
    assert found.exceeds(multiple) == pytest.approx(above, rel=1e-6, abs=1e-12)


@given(st.integers(0, 80), MEANS)
def test_without_overdispersion_a_site_has_what_is_predicted(observed, predicted):
    sure = shrinkage.expected(observed, predicted, 0.0)
    assert (sure.weight, sure.expected, sure.variance) == (1, predicted, 0)
    assert sure.posterior.interval() == (predicted, predicted)
    assert (sure.exceeds(0.9), sure.exceeds(1.1)) == (1, 0)
    nearly = shrinkage.expected(observed, predicted, 1e-9)
    assert nearly.expected == pytest.approx(sure.expected, rel=1e-6)


def test_with_endless_overdispersion_a_site_has_what_was_seen():
    assert shrinkage.expected(7, 2.0, 1e12).expected == pytest.approx(7)


def test_a_site_of_which_something_is_missing_has_no_estimate_and_says_why():
    found = shrinkage.expected([1, np.nan, 1, 1, -1], [2, 2, 0, 2, 2], [0.5, 0.5, 0.5, np.nan, 0.5])
    assert np.isnan(found.expected).tolist() == [False, True, True, True, True]
    assert np.isnan(found.posterior.quantile(0.5)).tolist() == [False, True, True, True, True]
    assert np.isnan(found.exceeds(1.5)).tolist() == [False, True, True, True, True]
    assert found.reasons == {
        1: shrinkage.NO_COUNT,
        2: shrinkage.NO_PREDICTION,
        3: shrinkage.NO_DISPERSION,
        4: shrinkage.NO_COUNT,
    }


YEARS = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 30), min_size=n, max_size=n),
        st.lists(MEANS, min_size=n, max_size=n),
    )
)


@given(YEARS, st.floats(0, 4))
def test_the_years_add_up_to_the_whole_period(given_, k):
    observed, predicted = given_
    found = shrinkage.yearly(observed, predicted, k)
    total = found.total.weight * sum(predicted) + (1 - found.total.weight) * sum(observed)
    assert found.expected[0] * found.corrections.sum() == pytest.approx(total)
    assert found.expected.sum() == pytest.approx(total)
    assert found.excess.sum() == pytest.approx(found.total.excess, abs=1e-9)


def test_a_site_that_opened_later_has_no_correction_but_an_estimate():
    found = shrinkage.yearly([0, 4, 5], [0.0, 2.0, 2.0], 0.5)
    assert np.isnan(found.corrections).all()
    assert found.expected == pytest.approx([0, 11 / 3, 11 / 3])


def test_what_is_expected_is_carried_to_another_period():
    found = shrinkage.expected(56, 18.0502, 0.059).carried(6.6686)
    assert found.value == pytest.approx(13.8994, abs=1e-3)
    assert found.standard_error < 13.8994


# ------------------------------------------------------------------ the class alone

STOPS = [35, 23, 34, 17, 17, 13, 11]


def test_the_literal_form_of_the_manual_draws_three_times_too_far():
    period = shrinkage.moments(STOPS, years=3)
    annual = shrinkage.moments(STOPS, years=3, basis="annual")
    assert annual.mean == pytest.approx(7.142857)
    assert annual.variance == pytest.approx(10.439153)
    assert (annual.weight, period.weight) == pytest.approx((0.684, 0.228), abs=5e-4)


@given(COUNTS)
def test_the_method_of_moments_is_the_mean_of_the_gamma_posterior(counts):
    found = shrinkage.moments(counts)
    if found.prior is None:
        assert found.variance <= found.mean
        assert found.reason == shrinkage.ALIKE
        assert found.adjusted == pytest.approx(np.full(len(counts), found.mean))
        return
    assert found.prior.mean == pytest.approx(found.mean)
    shrunk = shrinkage.expected(counts, np.full(len(counts), found.mean), found.prior.k)
    assert found.adjusted == pytest.approx(shrunk.expected)
    assert found.adjusted.mean() == pytest.approx(found.mean)


def test_one_site_and_no_site_tell_nothing():
    assert shrinkage.moments([5]).reason == shrinkage.ONE_SITE
    assert np.isnan(shrinkage.moments([5]).adjusted).all()
    assert shrinkage.moments([]).reason == shrinkage.NO_SITES
    assert shrinkage.marshall([5], [1.0]).reason == shrinkage.ONE_SITE
    assert np.isnan(shrinkage.marshall([5], [1.0]).estimate).all()
    assert shrinkage.marshall([], []).reason == shrinkage.NO_SITES


def test_years_that_differ_ask_for_a_prior_that_knows_them():
    with pytest.raises(ValueError, match="marshall"):
        shrinkage.moments([1, 2], years=[1, 3])
    assert shrinkage.moments([3, 9], years=[1, 3], basis="annual").mean == 3


def test_regression_to_the_mean_is_told_in_per_cent():
    found = shrinkage.from_moments(1.2, 2.1, [6, 0])
    assert found.rtm_percent[0] == pytest.approx(-45.714, abs=1e-3)
    assert np.isnan(found.rtm_percent[1])


UNEQUAL = st.lists(st.tuples(st.integers(0, 40), st.floats(0.1, 20)), min_size=2, max_size=30)


@given(UNEQUAL)
def test_marshall_is_the_smoother_of_esda(sites):
    counts, exposure = (np.array(one, dtype=float) for one in zip(*sites, strict=True))
    found = shrinkage.marshall(counts, exposure)
    if found.between > 1e-9:
        theirs = esda.smoothing.Empirical_Bayes(counts, exposure).r.ravel()
        assert found.estimate == pytest.approx(theirs)
    else:
        assert found.estimate == pytest.approx(np.full(counts.size, found.rate))
    assert (found.excess + found.rate * exposure).sum() >= -1e-9


@given(UNEQUAL, st.floats(0.01, 100))
def test_the_unit_of_exposure_changes_no_excess_and_no_rank(sites, unit):
    counts, exposure = (np.array(one, dtype=float) for one in zip(*sites, strict=True))
    ours, theirs = shrinkage.marshall(counts, exposure), shrinkage.marshall(counts, exposure * unit)
    if ours.between / max(ours.rate, 1e-9) > 1e-6:
        assert theirs.estimate * unit == pytest.approx(ours.estimate, rel=1e-6)
        assert theirs.excess == pytest.approx(ours.excess, rel=1e-6, abs=1e-6)


@given(UNEQUAL, st.randoms(use_true_random=False))
def test_the_order_of_the_sites_changes_nothing(sites, chance):
    order = list(range(len(sites)))
    chance.shuffle(order)
    counts, exposure = (np.array(one, dtype=float) for one in zip(*sites, strict=True))
    ours = shrinkage.marshall(counts, exposure)
    moved = shrinkage.marshall(counts[order], exposure[order])
    assert moved.estimate == pytest.approx(ours.estimate[order], rel=1e-6, abs=1e-9)


def test_marshall_believes_what_a_gamma_prior_makes_of_a_count():
    counts, exposure = np.array([2, 5, 0, 9, 3, 7]), np.array([1.2, 2.0, 0.8, 1.5, 1.0, 2.5])
    found = shrinkage.marshall(counts, exposure)
    prior = found.prior
    posterior = scipy_stats.gamma(prior.shape + counts, scale=1 / (prior.rate + exposure))
    assert found.estimate == pytest.approx(posterior.mean())
    assert found.exceeds(1.5) == pytest.approx(posterior.sf(1.5 * found.rate))
    low, high = found.posterior.interval()
    assert low / exposure == pytest.approx(posterior.ppf(0.05))
    assert high / exposure == pytest.approx(posterior.ppf(0.95))


def test_a_site_without_exposure_is_left_out_of_the_prior():
    found = shrinkage.marshall([2, 5, 9], [1.0, 2.0, 0.0])
    assert found.sites == 2
    assert np.isnan(found.estimate).tolist() == [False, False, True]
    assert found.reasons == {2: shrinkage.NO_EXPOSURE}


def test_a_prior_of_thirty_sites_can_be_trusted():
    assert shrinkage.marshall(np.arange(30), np.ones(30)).trusted
    assert not shrinkage.marshall(np.arange(29), np.ones(29)).trusted
    assert shrinkage.moments(np.arange(30)).trusted


def test_a_class_without_a_crash_expects_none():
    found = shrinkage.marshall([0, 0, 0], [1.0, 2.0, 3.0])
    assert found.estimate.tolist() == found.excess.tolist() == [0, 0, 0]
    assert found.reason == shrinkage.ALIKE


def test_a_small_class_takes_the_prior_of_all_sites_and_says_so():
    counts, classes = np.array([1, 9, 2, 8, 30, 1]), ["main"] * 4 + ["side"] * 2
    found = shrinkage.marshall_by_class(counts, np.ones(6), classes, fewest=3)
    assert {name: one.level for name, one in found.items()} == {"main": "class", "side": "all"}
    assert found["side"].rate == counts.mean()
    assert found["main"].estimate.size == 4
    moments = shrinkage.moments_by_class(counts, classes, fewest=3)
    assert (moments["side"].level, moments["side"].mean) == ("all", counts.mean())
    assert moments["main"].mean == 5


# --------------------------------------------------------------------- by severity


def test_a_fatal_crash_counts_by_the_share_of_its_class():
    found = shrinkage.severe_weight(6, 74, weight_fatal=542, weight_injury=11)
    assert found.value == pytest.approx(50.825)
    assert shrinkage.epdo_expected([2.0], [3.0], found.value) == pytest.approx([104.65])
    assert np.isnan(shrinkage.severe_weight(0, 0, weight_fatal=542, weight_injury=11).value)


# ------------------------------------------------------------- only those with crashes are known


@pytest.mark.parametrize(("mean", "k"), [(1.0, 0.5), (0.6, 1.0), (3.0, 0.3)])
def test_places_without_crashes_are_allowed_for_though_they_are_not_seen(mean, k):
    chance_of = np.random.default_rng(7)
    counts = chance_of.poisson(mean * chance_of.gamma(1 / k, k, 40_000))
    seen = counts[counts > 0]
    found = shrinkage.of_seen(seen, np.full(seen.size, 2.0))
    assert (found.rate, found.k) == pytest.approx((mean / 2, k), rel=0.12)
    assert found.told
    # Those seen, taken for all, have too high a mean and too small a spread.
    assert seen.mean() > 1.3 * mean or mean == 3.0
    assert shrinkage.marshall(seen, np.ones(seen.size)).prior is None or mean >= 1


def test_the_most_likely_rate_and_spread_are_those_of_the_likelihood():
    counts = np.array([1] * 30 + [2] * 14 + [3] * 6 + [5] * 3 + [9])

    def likelihood(mean, k):
        told = scipy_stats.nbinom(1 / k, 1 / (1 + k * mean))
        return float((told.logpmf(counts) - np.log(told.sf(0))).sum())

    mean, k, told = shrinkage.of_seen(counts, np.ones(counts.size))
    assert told
    best = likelihood(mean, k)
    for other_mean, other_k in ((0.9, 1), (1.1, 1), (1, 0.8), (1, 1.25)):
        assert likelihood(mean * other_mean, k * other_k) < best


def test_where_all_have_one_crash_there_is_a_floor_and_no_spread():
    found = shrinkage.of_seen([1, 1, 1], [1, 1, 1])
    assert found == (pytest.approx(shrinkage.LEAST_MEAN), 0.0, False)


def test_small_circles_that_could_have_any_number_of_empty_peers_say_so():
    # The log-series: a mean near 0 and a k without end explain these as well as any other.
    few = np.repeat([1, 2, 3, 4, 5], [4600, 970, 300, 90, 40])
    found = shrinkage.of_seen(few, np.ones(few.size))
    assert found.rate < 0.2 and not found.told
