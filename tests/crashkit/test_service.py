import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from crashkit import service
from crashkit.errors import NotFound


def test_the_manual_parts_at_one_and_a_half_deviations():
    found = service.level_of_service([11.333333, 2.6, 0.1, 2.5], 2.6, 0.4, variant=service.HSM)
    assert found.sigma[0] == pytest.approx(1.64438, abs=1e-5)
    assert (found.lower[0], found.upper[0]) == pytest.approx((0.13342, 5.06658), abs=1e-5)
    assert found.levels == ("IV", "III", "I", "II")


@given(st.integers(0, 60), st.floats(0.1, 40), st.floats(0.05, 3))
def test_the_other_bounds_are_percentiles_of_the_true_means(observed, predicted, k):
    for variant, low, high in ((service.COLORADO, 0.2, 0.8), (service.KENTUCKY, 0.05, 0.95)):
        found = service.level_of_service(observed, predicted, k, variant=variant)
        gamma = scipy_stats.gamma(1 / k, scale=k * predicted)
        assert found.lower == pytest.approx(gamma.ppf(low))
        assert found.upper == pytest.approx(gamma.ppf(high))
        weight = 1 / (1 + k * predicted)
        assert found.compared == pytest.approx(weight * predicted + (1 - weight) * observed)


@given(st.floats(0.1, 40), st.floats(0.05, 3))
def test_more_crashes_never_give_a_better_class(predicted, k):
    counts = np.arange(100)
    for variant in service.variants():
        found = service.level_of_service(counts, predicted, k, variant=variant)
        order = [service.LEVELS.index(one) for one in found.levels if one in service.LEVELS]
        assert order == sorted(order)


def test_no_crash_where_few_are_predicted_says_too_little():
    found = service.level_of_service([0, 1, 1], [0.3, 0.9, np.nan], 1.0, variant=service.HSM)
    assert found.levels == (service.TOO_FEW, "III", service.NOT_KNOWN)


def test_without_overdispersion_a_site_is_at_its_prediction():
    found = service.level_of_service(3, 2.0, 0.0)
    assert (found.lower, found.upper, found.levels) == (2.0, 2.0, ("IV",))


def test_a_variant_that_is_none_is_refused():
    with pytest.raises(NotFound, match="gamma_20_80"):
        service.level_of_service(1, 1, 1, variant="best")
