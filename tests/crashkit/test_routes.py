import numpy as np
import pytest
from made_crashes import made

from crashkit import api, chainage, economics, rates, routes


def asked(rows):
    data = made(rows)
    return api.question(data)


def crash(km, n=1, severity="slight", aadt=10_000, road="M1", **more):
    one = {"road_key": road, "chainage_km": km, "severity": severity, "aadt": aadt}
    return [{**one, "crash_date": "2022-05-01", "n_killed": 0, "n_serious": 0, **more}] * n


def far(n=1):
    """Return a crash at either end of a hundred km."""
    return [*crash(0.0, n), *crash(99.9, n)]


def risk(rows):
    question = asked(rows)
    return routes.judge(question, routes.way(question, "").legs)


def test_the_road_asked_for_is_found_and_else_the_one_with_most_crashes():
    question = asked([*crash(1.0, 3), *crash(2.0, 2, road="M2")])
    assert routes.way(question, "").word == "M1"
    assert routes.way(question, "M2").crashes == 2
    assert routes.way(question, "M9").word == "M1"


def test_sections_are_as_short_as_severe_crashes_allow():
    few = risk([*far(), *crash(50.0, 8, "fatal")])
    many = risk([*far(), *(one for km in range(2, 100, 5) for one in crash(km, 8, "serious"))])
    assert (few.step_km, many.step_km) == (20.0, 5.0)


def test_a_rate_stands_beside_the_critical_one_of_the_road():
    found = risk([*far(), *crash(10.0, 60), *crash(60.0, 2)])
    told = [0, 3, 4]
    exposure = rates.travelled(10_000, found.steps.km[told], found.years)
    assert found.exposure[told] == pytest.approx(exposure)
    assert found.average == pytest.approx(64 / exposure.sum())
    assert found.critical[told] == pytest.approx(rates.critical_rate(found.average, exposure))
    assert found.worse.tolist() == [True, False, False, False, False]


def test_a_section_without_traffic_has_no_rate_and_no_band():
    found = risk([*crash(0.0, 9, "fatal", aadt=""), *crash(99.9, 9, "fatal")])
    assert np.isnan(found.rate[0]) and np.isfinite(found.rate[-1])
    assert found.band[0] == routes.TOO_FEW
    assert not found.worse[0]


def test_bands_follow_the_mean_of_the_road_and_few_have_none():
    found = risk([*far(), *crash(10.0, 40, "fatal"), *crash(60.0, 6, "fatal")])
    assert found.severe.tolist() == [40, 0, 0, 6, 0]
    assert found.band.tolist() == [4, *[routes.TOO_FEW] * 4]
    ratio = found.risk[0] / found.usual
    assert ratio > float(routes.limits()[-1])


def test_cost_is_that_of_people_killed_and_seriously_injured_for_each_km_and_year():
    found = risk([*far(), *crash(10.0, 1, "fatal", n_killed=2, n_serious=1)])
    worth = economics.by_income(1.0)
    [low, central, high] = found.cost[:, 0] * found.steps.km[0] * found.years
    assert central == 2 * worth["fatal"]["central"] + worth["serious"]["central"]
    assert low < central < high
    assert found.killed.tolist() == [2, 0, 0, 0, 0] and found.serious.sum() == 1


def test_steps_side_by_side_are_one_cluster():
    question = asked([*far(5), *crash(40.2, 20), *crash(41.5, 30), *crash(70.5, 15)])
    legs = routes.way(question, "").legs
    steps = chainage.cut(routes.lines(question), legs, 1.0, question.data)
    found = routes.clusters(steps, chainage.judge(steps, 1.0))
    told = [(one.from_km, one.to_km, one.crashes, len(one.rows)) for one in found[:2]]
    assert told == [(40.0, 42.0, 50, 50), (70.0, 71.0, 15, 15)]


def test_crashes_spread_evenly_have_no_cluster():
    question = asked([one for km in range(100) for one in crash(km + 0.5, 2)])
    legs = routes.way(question, "").legs
    steps = chainage.cut(routes.lines(question), legs, 1.0, question.data)
    assert routes.clusters(steps, chainage.judge(steps, 1.0)) == ()
