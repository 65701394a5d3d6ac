import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from scipy.optimize import minimize

from crashkit import spf
from crashkit.errors import MethodError
from crashkit.spf import fitting

KM_PER_MILE = 1.609344


def made(seed=1, n=400, k=0.5, *, by_length=False, mean=4.0):
    """Make stretches whose model is known: mu = a AADT^0.8 per km and year."""
    chance = np.random.default_rng(seed)
    aadt = np.exp(chance.normal(8.3, 0.7, n)).round()
    km = chance.uniform(0.2, 4, n).round(2)
    mu = mean * (aadt / np.exp(8.3)) ** 0.8 * km
    k_of = np.full(n, k) if not by_length else k / km
    true = mu * (chance.gamma(1 / k_of, k_of) if k else 1.0)
    return spf.Sample(chance.poisson(true), {"aadt": aadt}, 3, km)


def columns(sample):
    aadt = np.log(sample.traffic["aadt"])
    x = np.column_stack([np.ones(aadt.size), aadt])
    return np.asarray(sample.crashes), x, np.log(3 * np.asarray(sample.length_km))


@pytest.mark.parametrize("seed", range(5))
def test_a_constant_k_is_that_of_statsmodels_to_the_digit(seed):
    sample = made(seed)
    y, x, offset = columns(sample)
    theirs = sm.NegativeBinomial(y, x - [0, 8], offset=offset).fit(
        disp=0, gtol=1e-9, maxiter=500, warn_convergence=False
    )
    ours = spf.fit(sample, kind=spf.CONSTANT)
    assert ours.converged
    assert ours.coefficients[1] == pytest.approx(theirs.params[1], abs=1e-5)
    assert ours.coefficients @ [1, 8] == pytest.approx(theirs.params[0], abs=1e-5)
    assert (ours.k, ours.k_error) == pytest.approx((theirs.params[2], theirs.bse[2]), abs=1e-5)
    assert ours.errors[1] == pytest.approx(theirs.bse[1], abs=1e-5)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert ours.aic == pytest.approx(theirs.aic, abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_a_k_of_length_has_the_highest_likelihood_that_scipy_finds(seed):
    sample = made(seed, by_length=True)
    y, x, offset = columns(sample)
    km = np.asarray(sample.length_km)
    x = x - [0, 8]

    def loss(at):
        k, mu = np.exp(at[2]) / km, np.exp(x @ at[:2] + offset)
        return -scipy_stats.nbinom.logpmf(y, 1 / k, 1 / (1 + k * mu)).sum()

    ours = spf.fit(sample, kind=spf.PER_LENGTH)
    start = [*(ours.coefficients @ [[1, 0], [8, 1]]), np.log(ours.k)]
    theirs = minimize(loss, np.array(start) + 0.05, method="Nelder-Mead", tol=1e-9)
    assert -loss(start) == pytest.approx(ours.log_likelihood, abs=1e-6)
    assert ours.log_likelihood >= -theirs.fun - 1e-6
    assert ours.spf.dispersion == spf.HsmK(ours.k, "km")


def test_the_better_kind_is_chosen_by_its_criterion():
    constant, by_length = made(3, 1500, 0.6), made(3, 1500, 0.6, by_length=True)
    assert isinstance(spf.fit(constant).spf.dispersion, spf.ConstantK)
    assert isinstance(spf.fit(by_length).spf.dispersion, spf.HsmK)
    best = spf.fit(constant)
    assert best.aic == min(spf.fit(constant, kind=kind).aic for kind in spf.KINDS[:2])


def test_the_true_model_is_found_again():
    found = spf.fit(made(7, 4000, 0.5, by_length=True))
    assert found.coefficients[1] == pytest.approx(0.8, abs=4 * found.errors[1])
    assert found.k == pytest.approx(0.5, abs=4 * found.k_error)


def test_counts_that_scatter_by_chance_alone_are_poisson():
    sample = made(2, k=0.0)
    y, x, offset = columns(sample)
    found = spf.fit(sample, kind=spf.CONSTANT)
    if found.k == 0:
        theirs = sm.GLM(y, x, family=sm.families.Poisson(), offset=offset).fit()
        assert found.coefficients == pytest.approx(theirs.params, abs=1e-6)
        assert found.errors == pytest.approx(theirs.bse, rel=1e-4)
        assert fitting.POISSON in found.notes
    even = spf.fit(spf.Sample([3, 3, 3, 3, 3, 3], {"aadt": [1, 2, 3, 4, 5, 6]}))
    assert (even.k, even.converged) == (0, True)
    assert fitting.POISSON in even.notes


def test_the_dispersion_is_not_the_one_a_general_linear_model_takes_for_granted():
    # statsmodels GLM with a negative binomial family fixes alpha at 1; nbeb.py floors it at 0.05.
    sample = made(5, 3000, 0.03)
    y, x, offset = columns(sample)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrong = sm.GLM(y, x, family=sm.families.NegativeBinomial(), offset=offset).fit()
    found = spf.fit(sample, kind=spf.CONSTANT)
    assert found.k == pytest.approx(0.03, abs=0.01)
    assert found.errors[1] < wrong.bse[1] / 2


@settings(max_examples=15)
@given(st.integers(0, 50), st.randoms(use_true_random=False))
def test_the_order_of_the_sites_and_the_unit_change_nothing(seed, chance):
    sample = made(seed, 60)
    order = list(range(60))
    chance.shuffle(order)
    moved = spf.Sample(
        np.asarray(sample.crashes)[order],
        {"aadt": sample.traffic["aadt"][order]},
        3,
        sample.length_km[order],
        unit="mi",
    )
    for kind in (spf.CONSTANT, spf.PER_LENGTH):
        one, other = spf.fit(sample, kind=kind), spf.fit(moved, kind=kind)
        assert other.coefficients[0] == pytest.approx(
            one.coefficients[0] + np.log(KM_PER_MILE), abs=1e-5
        )
        assert other.coefficients[1] == pytest.approx(one.coefficients[1], abs=1e-6)
        assert other.means == pytest.approx(one.means[order], rel=1e-5)
        km = np.array([0.5, 2.0])
        assert other.spf.k(km) == pytest.approx(one.spf.k(km), rel=1e-4)
        assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)


def test_what_is_fitted_is_what_is_predicted():
    sample = made(4)
    found = spf.fit(sample)
    again = found.predict(sample.traffic, length_km=sample.length_km, years=3)
    assert again == pytest.approx(found.means)


def test_classes_have_effects_beside_the_traffic():
    base = made(8, 800)
    kinds = ["main" if n % 2 else "side" for n in range(800)]
    counts = np.asarray(base.crashes) * np.where(np.arange(800) % 2, 3, 1)
    sample = spf.Sample(counts, base.traffic, 3, base.length_km, kinds)
    found = spf.fit(sample)
    assert found.terms == ("intercept", "aadt", "class side")
    assert found.effects["main"] == 0
    assert np.exp(found.effects["side"]) == pytest.approx(1 / 3, abs=0.05)
    again = found.predict(base.traffic, length_km=base.length_km, years=3, classes=kinds)
    assert again == pytest.approx(found.means)
    unseen = found.predict({"aadt": [5000]}, length_km=[1], classes=["new"])
    assert np.isnan(unseen).all()


def test_junctions_have_two_roads_and_no_length():
    chance = np.random.default_rng(1)
    major, minor = (np.exp(chance.normal(m, 0.5, 500)) for m in (9, 7))
    mu = np.exp(-8 + 0.6 * np.log(major) + 0.5 * np.log(minor)) * 5
    y = chance.poisson(mu * chance.gamma(2, 0.5, 500))
    found = spf.fit(spf.Sample(y, {"aadt_major": major, "aadt_minor": minor}, 5))
    x = np.column_stack([np.ones(500), np.log(major) - 9, np.log(minor) - 7])
    theirs = sm.NegativeBinomial(y, x, offset=np.full(500, np.log(5))).fit(
        disp=0, gtol=1e-9, maxiter=500
    )
    assert found.coefficients[1:] == pytest.approx(theirs.params[1:3], abs=1e-5)
    assert found.k == pytest.approx(theirs.params[3], abs=1e-5)
    assert found.spf.unit == ""
    with pytest.raises(MethodError, match="lengths"):
        spf.fit(spf.Sample([1], {"aadt": [1]}), kind=spf.PER_LENGTH)


def test_sites_that_miss_something_are_left_out_and_counted():
    sample = made(6, 100)
    aadt = sample.traffic["aadt"].copy()
    aadt[:3] = [np.nan, 0, -5]
    found = spf.fit(spf.Sample(sample.crashes, {"aadt": aadt}, 3, sample.length_km))
    assert (found.sites, found.left_out.sum()) == (97, 3)
    assert np.isnan(found.means[:3]).all()
    assert str(found.notes[0]).startswith("3 sites were left out")


@pytest.mark.parametrize(
    ("counts", "aadt", "why"),
    [
        ([0] * 9, range(1, 10), fitting.NO_CRASHES),
        ([1, 2], [10, 20], fitting.NO_SITES),
        ([], [], fitting.NO_SITES),
        (range(9), [500] * 9, fitting.ALIKE),
    ],
)
def test_a_model_that_cannot_be_says_why(counts, aadt, why):
    found = spf.fit(spf.Sample(np.array(counts), {"aadt": np.array(aadt, dtype=float)}))
    assert not found.converged
    assert np.isnan(found.coefficients).all()
    assert why in found.notes


def test_rows_of_one_place_are_not_taken_for_many_places():
    sample = made(9, 150)
    three = [np.tile(np.asarray(one), 3) for one in (sample.crashes, sample.traffic["aadt"])]
    rows = spf.Sample(three[0], {"aadt": three[1]}, 3, np.tile(sample.length_km, 3))
    once, plain = spf.fit(sample, kind="constant"), spf.fit(rows, kind="constant")
    honest = spf.fit(rows, kind="constant", clusters=list(range(150)) * 3)
    assert plain.errors[1] == pytest.approx(once.errors[1] / np.sqrt(3), rel=0.01)
    assert honest.errors[1] == pytest.approx(once.errors[1], rel=0.25)
    assert honest.coefficients == pytest.approx(plain.coefficients)


def test_a_kind_that_is_none_is_refused():
    with pytest.raises(MethodError, match="kind"):
        spf.fit(made(), kind="varying")


# ------------------------------------------------------- a model, or what stands for it


def test_with_enough_data_a_model_is_made():
    found = spf.develop(made(1, 400))
    assert found.fit is not None
    assert found.missing == ()
    assert found.classes["all"].rate == pytest.approx(
        np.sum(made(1, 400).crashes) / (3 * np.sum(made(1, 400).length_km))
    )


def test_below_the_data_a_model_needs_classes_stand_in_and_it_is_said():
    few = made(1, 40, mean=1.0)
    found = spf.develop(few)
    assert found.fit is None
    assert [str(one).split(";")[0] for one in found.missing] == [
        "A model needs 160 km of road",
        "300 crashes a year are needed",
    ]
    assert found.classes["all"].prior is not None
    junctions = spf.develop(spf.Sample([5, 0, 2], {"aadt_major": [1.0, 2, 3]}, 5))
    assert str(junctions.missing[0]) == "A model needs 100 junctions; there are 3."


def test_a_model_that_does_not_stand_is_replaced_too():
    many = spf.Sample([9] * 400, {"aadt": [500.0] * 400}, 1, [1.0] * 400)
    found = spf.develop(many)
    assert found.fit is None
    assert found.missing == (fitting.ALIKE,)


@settings(max_examples=30)
@given(st.integers(0, 100_000))
def test_wild_counts_end_in_a_model_or_say_why_there_is_none(seed):
    chance = np.random.default_rng(seed)
    n = int(chance.integers(2, 60))
    aadt, km = np.exp(chance.normal(8, 3, n)), np.exp(chance.normal(0, 2, n))
    mu = np.exp(chance.uniform(-4, 8)) * (aadt / 3000) ** chance.uniform(-2, 3) * km
    k = np.exp(chance.uniform(-6, 4))
    counts = chance.poisson(np.clip(mu, 0, 1e7) * chance.gamma(1 / k, k, n))
    for kind in spf.KINDS:
        found = spf.fit(spf.Sample(counts, {"aadt": aadt}, 3, km), kind=kind)
        assert found.converged or found.notes
        if found.converged:
            # At the top no step along a coefficient leads higher.
            assert np.isfinite(found.coefficients).all()
            assert found.log_likelihood < 0
