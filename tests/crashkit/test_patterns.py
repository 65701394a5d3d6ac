"""What is unusual about a place: exact tests against scipy, and many types at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from crashkit import patterns, proportions, stats

PEERS_X, PEERS_N = [3, 12, 5, 20, 1, 9], [20, 25, 30, 40, 18, 22]


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0, 1))
def test_a_share_is_tested_as_by_scipy(x, n, p0):
    x, n = min(x, n), max(x, n)
    found = patterns.binomial(x, n, p0)
    if n:
        oracle = scipy_stats.binom.sf(x - 1, n, p0)
        assert found.p == pytest.approx(oracle, abs=1e-9)
    else:
        assert np.isnan(found.p)


def test_many_wet_crashes_are_told():
    found = patterns.binomial(14, 24, 0.3)
    assert (found.p, found.expected, found.ratio) == pytest.approx((0.003633, 7.2, 1.944), abs=5e-4)
    assert (found.band, found.is_pattern) == ("strong", True)


@pytest.mark.parametrize(
    ("x", "band"), [(15, "strong"), (12, "some"), (11, "some"), (10, "usual"), (9, "less")]
)
def test_bands_are_by_how_many_times_more(x, band):
    assert patterns.binomial(x, 100, 0.1).band == band


def test_a_pattern_needs_three_crashes_or_two_fifths():
    assert not patterns.binomial(2, 10, 0.1).is_pattern
    assert patterns.binomial(3, 10, 0.1).is_pattern
    assert patterns.binomial(2, 5, 0.1).is_pattern
    assert not patterns.binomial(0, 0, 0.1).is_pattern


def test_nothing_expected_has_no_ratio():
    assert np.isnan(patterns.binomial(0, 10, 0).ratio)
    assert patterns.poisson(3, 1.2).p == pytest.approx(scipy_stats.poisson.sf(2, 1.2))
    for wrong in ((3, 2, 0.5), (1, 2, 1.5)):
        with pytest.raises(ValueError, match="share"):
            patterns.binomial(*wrong)


def test_places_that_differ_make_a_high_share_less_surprising():
    plain = patterns.binomial(12, 25, proportions.threshold(PEERS_X, PEERS_N))
    found = patterns.among_peers(12, 25, PEERS_X, PEERS_N)
    assert found.method == "beta_binomial"
    assert found.p > plain.p
    known = proportions.prior(PEERS_X, PEERS_N)
    oracle = scipy_stats.beta.cdf(found.p0, known.alpha + 12, known.beta + 13)
    assert found.p == pytest.approx(oracle)


def test_places_that_do_not_differ_are_tested_by_the_binomial():
    found = patterns.among_peers(8, 10, [3, 3, 3], [10, 10, 10])
    assert found.method == "binomial"
    assert found.p == pytest.approx(scipy_stats.binom.sf(7, 10, 0.3))
    assert np.isnan(patterns.among_peers(1, 2, [], []).p)


@settings(deadline=None)
@given(*[st.integers(0, 40)] * 4)
def test_a_small_reference_is_tested_as_by_scipy(a, b, c, d):
    found = patterns.table((a, b), (c, d))
    if 0 in (a + b, c + d, a + c, b + d):
        assert np.isnan(found.chi2)
        return
    whole = [[a, b], [c, d]]
    plain = scipy_stats.chi2_contingency(whole, correction=False)
    yates = scipy_stats.chi2_contingency(whole)
    assert (found.chi2, found.p) == pytest.approx((plain.statistic, plain.pvalue), abs=1e-9)
    assert found.is_usable == (plain.expected_freq.min() >= 5 - 1e-12)
    # scipy takes off half a crash at most what there is; so do we.
    assert found.p_yates == pytest.approx(yates.pvalue, abs=1e-9)
    oracle = scipy_stats.fisher_exact(whole, alternative="greater").pvalue
    assert found.fisher == pytest.approx(oracle, abs=1e-9)


def test_counts_below_zero_are_refused():
    with pytest.raises(ValueError, match="negative"):
        patterns.table((-1, 2), (3, 4))


def test_many_types_are_adjusted_for_their_number():
    found = {str(i): patterns.binomial(x, 40, 0.1) for i, x in enumerate([12, 9, 4, 2])}
    holm, bh = patterns.tried(found), patterns.tried(found, adjust="bh")
    p = np.array([one.over.p for one in holm])
    assert [one.name for one in holm] == ["0", "1", "2", "3"]
    assert [one.adjusted for one in holm][:2] == pytest.approx([4 * p[0], 3 * p[1]])
    assert [one.adjusted for one in bh] == pytest.approx(scipy_stats.false_discovery_control(p))
    with pytest.raises(ValueError, match="adjusted"):
        patterns.tried(found, adjust="none")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_lies_between_nothing_and_bonferroni(values):
    p = np.array(values)
    adjusted = stats.holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(p * p.size, 1)).all()
    assert stats.holm(p[::-1]).tolist() == adjusted[::-1].tolist()


def test_a_place_is_compared_with_its_peers_type_by_type():
    peers = [{"rear": 10 + i, "angle": 10 - i, "walk": 2} for i in range(6)]
    found = patterns.at_place({"angle": 18, "rear": 3}, peers)
    assert found[0].name == "angle"
    assert found[0].over.ratio > 1.5
    assert {one.name for one in found} == {"rear", "angle", "walk"}


def test_head_on_crashes_kill_five_times_as_often():
    found = patterns.compared(
        {"fatal": 1056, "serious": 6139, "minor": 5783},
        {"fatal": 4760, "serious": 89925, "minor": 197421},
        "fatal",
    )
    assert (found.share, found.ratio) == pytest.approx((0.08137, 4.993), abs=1e-3)


def test_shares_are_of_all_or_of_a_total():
    assert patterns.shares({"a": 1, "b": 3}) == {"a": 0.25, "b": 0.75}
    assert patterns.shares({"a": 74101}, 292106)["a"] == pytest.approx(0.25368, abs=1e-5)
    assert np.isnan(patterns.shares({"a": 0})["a"])
    assert patterns.wet_ratio(3, 9) == 0.25
    assert patterns.night_ratio(3, 9) == pytest.approx(1 / 3)
    assert np.isnan(patterns.wet_ratio(0, 0))
