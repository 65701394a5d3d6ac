from datetime import date

import pytest
from made_crashes import made

from crashkit import quality
from crashkit.model import Period
from crashkit.quality import compared


def unit(name, n, located, **more):
    one = {"admin2": name, "severity": "slight", "crash_date": "2022-05-01", **more}
    return [
        {**one, "lon": 69.1234 if i < located else "", "lat": 41.1234 if i < located else ""}
        for i in range(n)
    ]


def card(*units):
    return quality.judge(made([row for rows in units for row in rows]))


def located(found):
    return next((one for one in found if one.check.id == "located"), None)


NAMES = ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K")


def test_a_unit_far_below_all_others_is_worse():
    rows = [unit(name, 200, 180) for name in NAMES[:-1]]
    found = located(quality.funnels(card(*rows, unit("K", 200, 60))))
    assert found.of("K") == compared.WORSE
    assert [found.of(name) for name in NAMES[:-1]] == [0] * 10


def test_the_limits_are_set_for_all_that_is_compared():
    rows = [unit(name, 200, 180) for name in NAMES]
    found = quality.funnels(card(*rows[:-1], unit("K", 200, 60)))
    n = sum(len(one.names) for one in found)
    assert {one.compared for one in found} == {n}
    assert {one.levels for one in found} == {compared.levels(n)}


@pytest.mark.parametrize("n", [1, 5, 25, 26, 300, 5000])
def test_of_more_comparisons_the_chance_of_any_false_alarm_stays(n):
    inner, outer = compared.levels(n)
    assert inner == 0.95
    assert outer >= 0.998
    assert n * (1 - outer) <= compared.FALSE_ALARMS + 1e-9


def test_units_that_scatter_widely_are_not_called_worse():
    shares = (100, 200, 60, 190, 80, 150, 120, 170, 70, 110, 90)
    rows = [unit(name, 200, n) for name, n in zip(NAMES, shares, strict=True)]
    found = located(quality.funnels(card(*rows)))
    assert found.phi > 10
    assert (found.band == 0).all()


def test_few_units_and_few_crashes_are_not_compared():
    rows = [unit(name, 200, 100 + n) for n, name in enumerate(NAMES[:4])]
    assert located(quality.funnels(card(*rows))) is None
    found = located(quality.funnels(card(*rows, unit("E", 200, 100), unit("F", 29, 0))))
    assert found.of("F") is None and found.of("E") is not None


def test_what_all_units_tell_alike_has_no_funnel():
    assert located(quality.funnels(card(*(unit(name, 40, 40) for name in NAMES)))) is None


PERIOD = Period(date(2021, 1, 1), date(2022, 12, 31))


def over_time(n):
    rows = [
        one
        for year in (2021, 2022)
        for month in range(1, 13)
        for one in unit("A", n, n // 2, crash_date=f"{year}-{month:02}-15")
    ]
    data = made(rows, period=PERIOD)
    return compared.in_time(data, "admin2", ["A"])["A"]


@pytest.mark.parametrize(("n", "months", "steps"), [(20, 1, 24), (4, 3, 8), (1, 12, 2)])
def test_steps_in_time_are_as_short_as_shares_allow(n, months, steps):
    found = over_time(n)
    assert {one.months for one in found} == {months}
    assert len(found) == steps
    assert all(one.crashes == n * months for one in found)


def test_a_share_has_its_limits_and_few_have_none():
    [share, low, high] = over_time(20)[0].shares[0]
    assert share == 0.5 and low < 0.5 < high
    few = made(unit("A", 9, 4), period=PERIOD)
    assert compared.in_time(few, "admin2", ["A"])["A"][-1].shares == (None, None)


def test_the_first_step_of_a_quarter_is_its_first_month():
    assert [(one.year, one.month) for one in over_time(4)][:2] == [(2021, 1), (2021, 4)]
