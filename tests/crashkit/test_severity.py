import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import severity
from crashkit.errors import MethodError, NotFound


def test_every_set_of_weights_names_its_source_and_what_it_weighs():
    sets = severity.weight_sets()
    assert [name for name, one in sets.items() if not (one.source and one.title)] == []
    assert {one.counts for one in sets.values()} == {"crashes", "people"}
    with pytest.raises(NotFound, match="flanders"):
        severity.weight_set("none")


def test_the_published_points_come_out():
    counts = {"K": 1, "A": 3, "B": 2, "C": 3, "O": 23}
    found = severity.epdo(counts, severity.weight_set("ncdot").weights)
    assert found == pytest.approx(372.2)
    assert severity.severity_index(found, 32) == pytest.approx(11.63125)
    assert severity.severity_index(220.4, 41) == pytest.approx(5.38, abs=0.005)


def test_weights_are_costs_by_the_cost_of_damage_or_of_what_is_recorded():
    cost = {"fatal": 4008900, "injury": 82600, "pdo": 7400}
    assert severity.weights_from_costs(cost, rounded=True) == severity.weight_set("hsm").weights
    assert severity.weights_from_costs(cost, base="injury")["fatal"] == pytest.approx(
        48.53, abs=0.01
    )
    with pytest.raises(MethodError, match="no cost"):
        severity.weights_from_costs({"fatal": 1.0}, base="pdo")
    assert severity.weights_from_costs({"fatal": 60.0, "slight": 3.0})["fatal"] == 20
    with pytest.raises(MethodError, match="no cost"):
        severity.weights_from_costs({})


def test_one_crash_counts_no_more_than_the_cap():
    counts = {"fatal": np.array([1, 0]), "injury": np.array([1, 4]), "pdo": np.array([0, 3])}
    weights = severity.weight_set("hsm").weights
    assert severity.epdo(counts, weights).tolist() == [553, 47]
    assert severity.epdo(counts, weights, most=11).tolist() == [22, 47]
    with pytest.raises(MethodError, match="fatal"):
        severity.epdo(counts, {"injury": 1, "pdo": 1})


def test_the_index_of_a_class_is_all_its_costs_by_all_its_crashes():
    counts = {"rear_end": [3, 0, 1], "head_on": [1, 0, 1]}
    costs = {"town": {"rear_end": 10, "head_on": 50}, "land": {"rear_end": 20, "head_on": 80}}
    found = severity.relative_severity(counts, costs, ["town", "town", "land"])
    assert found.total.tolist() == [80, 0, 100]
    assert found.index[[0, 2]].tolist() == [20, 50]
    assert np.isnan(found.index[1])
    assert found.averages == {"land": 50, "town": 20}
    assert found.above.tolist() == [False, False, False]
    with pytest.raises(MethodError, match="head_on"):
        severity.relative_severity(counts, {"town": {"rear_end": 1}}, ["town"] * 3)


def test_the_potential_of_a_section_is_what_it_costs_above_best_practice():
    found = severity.safety_potential(
        [3150, 0, 100], length_km=4.2, years=3, aadt=[6500, 6500, 0], basic_rate=28.0
    )
    assert found.cost_density[0] == pytest.approx(250)
    assert found.cost_rate[0] == pytest.approx(105.374, abs=1e-3)
    assert found.potential[0] == pytest.approx(183.57, abs=1e-2)
    assert found.potential[1] == pytest.approx(-66.43, abs=1e-2)
    assert np.isnan(found.potential[2])


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), min_size=1, max_size=10))
def test_breakdowns_that_add_up_are_told_from_those_that_do_not(rows):
    parts = np.array(rows)
    totals = parts.sum(axis=1)
    assert severity.adds_up(totals, list(parts.T)).all()
    assert severity.adds_up(totals + 1, list(parts.T), list(parts.T)).sum() == 0
