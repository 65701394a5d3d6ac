"""The numbers of an answer are those of the filter, with what they carry and what they miss."""

import made_crashes
import pytest

from crashkit import filters, stats
from crashkit.quick import Route, answer, find, gazetteer


def made(n=40, **more):
    """Make a road of 100 km with n crashes spread along it, and four at km 41."""
    rows = [
        {"road_key": "M39", "chainage_km": 100 * i / n, "crash_date": "2021-05-01", "hour": 3}
        for i in range(n)
    ]
    rows += [
        {
            "road_key": "M39",
            "chainage_km": 41.0,
            "crash_date": f"202{i % 2 + 1}-02-0{i + 1}",
            **more,
        }
        for i in range(4)
    ]
    return made_crashes.made([{"severity": "fatal", "n_killed": 2, **row} for row in rows])


def ask(data, words="M39 km 41", chosen=None, routes=None):
    routes = {"M39": Route(0, 100, 100)} if routes is None else routes
    return answer(data, find(data, gazetteer(data, routes, ()), words).place, chosen)


def test_the_numbers_are_those_of_the_filter():
    data = made()
    found = ask(data)
    part = filters.apply(found.chosen, data)
    assert found.summary.crashes == len(part) == 4
    assert found.summary.killed == 8
    assert [(one.year, one.is_whole, one.summary.crashes) for one in found.years] == [
        (2021, True, 2), (2022, True, 2), (2023, True, 0),
    ]  # fmt: skip
    assert (str(found.first), str(found.last)) == ("2021-02-01", "2022-02-04")


def test_chance_and_the_road_are_said_with_exact_limits():
    found = ask(made())
    low, high = stats.poisson_interval(4)
    assert found.a_year == pytest.approx((4 / 3, low / 3, high / 3))
    one = found.compared
    assert (one.elsewhere, one.road_km, one.place_km) == (40, 100, pytest.approx(1))
    assert one.expected == pytest.approx(40 / 99)
    share = stats.clopper_pearson(4, 44)
    assert (one.low, one.high) == pytest.approx(tuple(s / (1 - s) * 99 for s in share))
    said = " ".join(map(str, found.doubts))
    assert "few crashes" in said
    assert "more than chance explains" in said
    assert "no proof of a blackspot" in said


def test_without_the_length_of_the_road_nothing_is_compared():
    found = ask(made(), routes={})
    assert found.compared is None
    assert "no comparison" in " ".join(map(str, found.doubts))


def test_nothing_recorded_is_no_proof_that_nothing_happened():
    found = ask(made(), "M39 km 99 ± 100 m")
    assert found.summary.crashes == 0
    assert "does not mean that none happened" in str(found.sentence)
    assert (found.first, found.last) == (None, None)
    assert found.compared.ratio == found.compared.low == 0


def test_other_conditions_narrow_years_and_crashes():
    found = ask(made(), chosen=filters.parse("year=2022"))
    assert found.summary.crashes == 2
    assert [one.year for one in found.years] == [2022]
    assert found.compared is None


def test_crashes_that_cannot_be_counted_are_told():
    rows = [
        {"road_key": "M39", "chainage_km": 41, "place": "Manas", "lon": 76.9, "lat": 41.2},
        {"road_key": "M39", "place": "Manas"},
        {"chainage_km": 41},
        {"road_key": "M39", "chainage_km": 42, "chainage_accuracy_m": 1000},
    ]
    data = made_crashes.made(rows)
    lost = " ".join(map(str, ask(data).lost))
    assert "One crash on M39 has no km post" in lost
    assert "One crash just outside is known so roughly" in lost
    assert "One crash of the data set names no road" in lost
    assert "3 crashes of the data set have no coordinates" in str(ask(data, "41.2 76.9").lost[0])
    assert "Of 2 crashes" in str(ask(data, "Manas").lost[0])


def test_hours_are_counted_and_unknown_ones_told():
    found = ask(made(hour=3), "M39")
    assert dict((first, n) for first, _, n in found.times)[0] == 44
    some = ask(made(), "M39")
    assert (sum(n for *_, n in some.times), some.no_time) == (40, 4)
