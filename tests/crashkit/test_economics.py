"""What works are worth: present values year by year, and choices against trying all."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import economics
from crashkit.economics import Option
from crashkit.errors import NotFound

# ------------------------------------------------------------------------ costs of crashes


def test_a_death_is_worth_seventy_times_the_income_of_a_person():
    found = economics.by_income(5000)
    assert found["fatal"] == {"low": 300_000, "central": 350_000, "high": 400_000}
    assert found["serious"] == {"low": 60_000, "central": 85_000, "high": 120_000}
    assert economics.by_income(5000, fatal={"central": 50})["fatal"] == {"central": 250_000}


def test_costs_of_people_and_of_crashes_are_kept_apart_and_name_their_source():
    people, hurt = economics.costs("de_2012", "people"), economics.costs("de_2012", "property")
    assert people.costs["killed"] == 996_412
    assert people.source
    assert hurt.costs["pdo"] == 19_365
    assert economics.costs("hsm_2010").costs["fatal"] == 4_008_900
    for wrong in (("de_2012", "crashes"), ("x", "people"), ("adb", "rates")):
        with pytest.raises(NotFound, match="no costs"):
            economics.costs(*wrong)


def test_the_cost_of_a_crash_is_that_of_its_people_and_its_property():
    people = economics.costs("de_2012", "people").costs
    found = economics.crash_cost({"killed": 1.1, "slight": 0.4}, people, 40_108)
    assert found == pytest.approx(1.1 * 996_412 + 0.4 * 4_416 + 40_108)


def test_the_total_of_injuries_is_the_sum_of_its_parts_whatever_was_printed():
    parts = {"low": 1_408_000, "lower_middle": 5_434_000, "upper_middle": 5_599_000}
    found = economics.deaths_among({**parts, "high": 1_034_000})
    assert (found.total, found.per_death) == (13_475_000, 11)
    assert found.deaths["low"] == 128_000
    assert economics.deaths_among({"all": 160}, serious_per_death=15).deaths["all"] == 10


# --------------------------------------------------------------------- effects and savings


def test_four_strong_effects_are_nonsense_together_and_say_so():
    strong = (0.25, 0.30, 0.17, 0.28)
    found = economics.combined(strong, rule="product")
    assert found.factor == pytest.approx(0.00357, abs=1e-6)
    assert len(found.notes) == 2
    # No less than the strongest alone.
    assert economics.combined(strong).factor == 0.17
    assert economics.combined(strong, rule="dominant").factor == 0.17


def test_weak_effects_are_multiplied():
    found = economics.combined([0.60, 0.72, 0.80])
    assert found.factor == pytest.approx(1 - 0.6544)
    assert found.notes == ()
    assert economics.combined([0.9, 1.58], rule="dominant").factor == 1.58
    assert economics.combined([]).factor == 1
    for wrong in (([0.5], "sum"), ([-0.5], "product")):
        with pytest.raises(ValueError, match=r"rule|negative"):
            economics.combined(wrong[0], rule=wrong[1])


@given(st.lists(st.floats(0.05, 1.6), min_size=1, max_size=6))
def test_effects_together_do_not_know_their_order(factors):
    for rule in economics.RULES:
        found = economics.combined(factors, rule=rule).factor
        assert economics.combined(factors[::-1], rule=rule).factor == pytest.approx(found)


def test_a_signal_leaves_less_than_a_quarter_of_the_angle_crashes():
    assert economics.treated(6.24, 0.23) == pytest.approx(1.4352)


def test_a_saving_has_one_effect_or_one_for_each_severity():
    crashes, cost = {"fatal": 2, "slight": 9}, {"fatal": 350_000, "slight": 8_000}
    found = economics.saving(crashes, cost, 0.75, years=3)
    assert found.saved == pytest.approx(0.25 * found.cost)
    by_severity = economics.saving(crashes, cost, {"fatal": 0.5, "slight": 1.2}, years=3)
    assert by_severity.saved == pytest.approx((700_000 * 0.5 - 72_000 * 0.2) / 3)
    with pytest.raises(ValueError, match="years"):
        economics.saving(crashes, cost, 0.75, years=0)


# ------------------------------------------------------------------------- present values


@given(st.floats(0, 0.3), st.integers(1, 60), st.floats(-0.05, 0.1))
def test_a_present_value_is_the_sum_of_its_years(rate, years, growth):
    by_year = sum((1 + growth) ** (k - 1) / (1 + rate) ** k for k in range(1, years + 1))
    assert economics.annuity(rate, years, growth=growth) == pytest.approx(by_year, rel=1e-6)


def test_factors_are_the_printed_ones():
    assert economics.annuity(0.03, 20) == pytest.approx(14.877475)
    assert economics.annuity(0.04, 10) == pytest.approx(8.110896)
    assert economics.annuity(0.0, 10) == 10


WORKS = economics.appraise(119_454, 350_000, rate=0.04, life=10, upkeep=5_000)


def test_an_appraisal_states_both_ratios():
    assert (WORKS.npv, WORKS.ratio) == pytest.approx((578_324.4655, 2.4808), rel=1e-4)
    assert WORKS.ratio_net == pytest.approx((WORKS.pv_benefit - WORKS.pv_upkeep) / 350_000)
    assert WORKS.first_year_percent == pytest.approx(34.13, abs=0.01)
    assert WORKS.payback == pytest.approx(350_000 / 114_454)


def test_at_the_internal_rate_the_works_are_worth_nothing():
    rate = WORKS.internal.rate
    assert economics.appraise(
        119_454, 350_000, rate=rate, life=10, upkeep=5_000
    ).npv == pytest.approx(0, abs=1)


def test_no_rate_and_several_rates_are_said():
    assert "No rate" in str(economics.internal_rate([-100, -5, -5]).reason)
    assert "No rate" in str(economics.internal_rate([]).reason)
    several = economics.internal_rate([-100, 230, -132])
    assert several.roots == pytest.approx((0.1, 0.2))
    assert "Several" in str(several.reason)
    assert math.isnan(several.rate)
    assert economics.internal_rate([-100, 110, 0, 0]).rate == pytest.approx(0.1)


def test_works_that_never_pay_have_no_payback():
    found = economics.appraise(1_000, 50_000, rate=0.05, life=10, upkeep=2_000)
    assert math.isnan(found.payback)
    assert found.npv < 0
    assert math.isnan(economics.appraise(10, 0, rate=0.05, life=1).ratio)


def test_works_of_different_lives_are_compared_over_a_common_period():
    assert economics.common_period([10, 15, 6]) == 30
    short = economics.appraise(100, 300, rate=0.05, life=5, period=15)
    assert short.pv_capital == pytest.approx(300 * (1 + 1.05**-5 + 1.05**-10))
    assert economics.appraise(
        100, 300, rate=short.internal.rate, life=5, period=15
    ).npv == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="multiple"):
        economics.appraise(100, 300, rate=0.05, life=10, period=15)


def test_a_printed_appraisal_is_checked():
    found = economics.consistency(51.9, 50.6, 40.3)
    assert (found.cost_from_ratio, found.npv_from_cost) == pytest.approx((1.2878, 50.612), abs=1e-3)
    assert found.agrees
    assert not economics.consistency(51.9, 40.0, 40.3).agrees


SCHEME = economics.Scheme(
    crashes={"fatal": 0.5, "slight": 3},
    factors={"fatal": 0.6, "slight": 0.8},
    unit_costs={"fatal": 350_000, "slight": 8_000},
    capital=200_000,
    rate=0.09,
    life=10,
)


def test_the_worth_of_works_is_shown_where_what_it_hangs_on_is_otherwise():
    limits = ({"fatal": 0.4, "slight": 0.7}, {"fatal": 0.9, "slight": 1.0})
    found = economics.sensitivity(SCHEME, factor_limits=limits)
    ratios = [one.appraisal.ratio for one in found]
    middle = SCHEME.appraise().ratio
    assert len(found) == 6
    assert ratios[0] > middle > ratios[1]
    assert ratios[2] == pytest.approx(middle / 0.7)
    assert ratios[4] < middle < ratios[5]
    assert "30" in str(found[2].what)
    assert len(economics.sensitivity(SCHEME)) == 4


# ---------------------------------------------------------------------------------- choices

A, B, C = Option("A", 50, 150), Option("B", 90, 240), Option("C", 200, 330)


def test_the_dearer_option_must_earn_what_it_costs_more():
    found = economics.choose([C, A, B])
    assert found.best == "B"
    assert [(one.option, one.against, one.accepted) for one in found.steps] == [
        ("B", "A", True),
        ("C", "B", False),
    ]
    assert [one.ratio for one in found.steps] == pytest.approx([2.25, 0.8182], abs=1e-4)
    assert economics.choose([A, B], least_ratio=2.5).best == "A"
    assert economics.choose([Option("D", 10, 5)]).best is None
    assert economics.choose([Option("D", 10, 50), Option("E", 10, 60)]).best == "E"


def test_a_budget_goes_where_a_step_brings_most():
    options = [
        Option("paint", 10, 60, "s1"),
        Option("barrier", 40, 120, "s1"),
        Option("signal", 50, 110, "s2"),
        Option("study", 20, 10, "s3"),
    ]
    found = economics.greedy(options, 90)
    assert [one.name for one in found.chosen] == ["barrier", "signal"]
    assert (found.cost, found.benefit) == (90, 230)
    assert [one.name for one in economics.greedy(options, 45).chosen] == ["barrier"]
    assert economics.greedy(options, 5).chosen == ()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(0, 90), st.sampled_from("abcd")),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 80),
)
def test_no_programme_within_the_budget_is_worth_more_than_the_best(rows, budget):
    options = [Option(f"o{i}", cost, gain, site) for i, (cost, gain, site) in enumerate(rows)]
    sites = sorted({one.site for one in options})
    by_site = [[None, *(one for one in options if one.site == site)] for site in sites]
    tried = [[one for one in some if one] for some in product(*by_site)]
    most = max(
        sum(one.benefit - one.cost for one in some)
        for some in tried
        if sum(one.cost for one in some) <= budget
    )
    best, quick = economics.best_programme(options, budget), economics.greedy(options, budget)
    assert best.benefit - best.cost == most
    assert best.cost <= budget
    assert quick.cost <= budget
    assert quick.benefit - quick.cost <= most
    assert len({one.site for one in best.chosen}) == len(best.chosen)


def test_both_lists_are_shown():
    quick = economics.appraise(100, 200, rate=0.05, life=5)
    large = economics.appraise(1_000, 5_000, rate=0.05, life=20)
    free = economics.appraise(1, 0, rate=0.05, life=1)
    found = economics.ranked({"large": large, "quick": quick, "free": free})
    assert found.by_first_year == ("quick", "large", "free")
    assert found.by_npv[0] == "large"
    assert np.isfinite(quick.npv)
