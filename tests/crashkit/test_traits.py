import numpy as np
import pandas as pd
import pytest
from invented import sample
from made_crashes import made

from crashkit import api, tables, traits


@pytest.fixture(scope="module")
def data():
    return sample()


@pytest.mark.parametrize("unit", api.UNITS)
@pytest.mark.parametrize("name", ["light", "weekday"])
def test_counts_are_those_of_the_tables(data, unit, name):
    counted = tables.cross(data, name, "severity", unit=unit)
    own = traits.tally(data, name, unit)
    theirs = dict(zip(counted.rows, tables.row_totals(counted), strict=True))
    assert {value: own.count(value) for value in own.values} == {
        value: n for value, n in theirs.items() if value and n
    }
    assert own.unknown == theirs.get("", 0)


def test_a_part_and_the_rest_make_the_whole(data):
    part = api.cut(data, api.parse_filter("severity=fatal"))
    other = api.cut(data, api.parse_filter("severity=serious,slight"))
    for name in ("light", "sex", "injury"):
        rest = traits.tally(data, name, "casualties").less(traits.tally(part, name, "casualties"))
        own = traits.tally(other, name, "casualties")
        assert {v: rest.count(v) for v in own.values} == {v: own.count(v) for v in own.values}
        assert (rest.sizes, rest.crashes) == (own.sizes, own.crashes)
        for value in own.values:
            at, there = rest.place[value], own.place[value]
            assert rest.squares[at] == own.squares[there]


def test_spread_between_crashes_is_that_of_a_loop_over_them(data):
    people = data.people[data.people["injury"].isin(["killed", "serious", "slight"])]
    by_crash = people.groupby("crash")["sex"].agg([lambda s: (s == "female").sum(), "size"])
    a, m = by_crash.to_numpy(dtype=float).T
    own = traits.tally(data, "sex", "casualties")
    at = own.place["female"]
    assert (own.counts[at], own.squares[at], own.cross[at]) == (a.sum(), a @ a, a @ m)
    assert own.sizes == m @ m
    share = own.shares(["female"])[0]
    assert share.effect >= 1


def test_a_crash_counts_once_at_each_of_several_values():
    made_of = made([{"weather": "rain|wind"}, {"weather": "rain"}, {"weather": "unknown"}])
    own = traits.tally(made_of, "weather", "crashes")
    assert {value: own.count(value) for value in own.values} == {"rain": 2, "wind": 1}
    assert (own.known, own.unknown, own.several) == (2, 1, True)


def test_road_users_are_those_of_the_filter(data):
    own = traits.tally(data, "road_user", "crashes")
    for word in ("pedestrian", "motorcycle"):
        assert own.count(word) == len(api.cut(data, api.parse_filter(f"road_user={word}")))


def test_a_bicycle_in_a_crash_is_a_cyclist_in_it_and_no_second_kind():
    flagged = made([{"cyclist_involved": "yes"}, {"cyclist_involved": "no"}])
    ridden = flagged.replace(
        vehicles=pd.DataFrame({"crash": np.array([2]), "unit_type": ["bicycle"]})
    )
    for some, n in ((flagged, 1), (ridden, 2)):
        own = traits.tally(some, "road_user", "crashes")
        assert {value: own.count(value) for value in own.values} == {"cyclist": n}


def test_ages_of_drivers_count_crashes(data):
    people = data.people
    drivers = people[(people["road_user_type"] == "driver") & people["age"].between(18, 20)]
    assert traits.tally(data, "driver_age", "crashes").count("18-20") == drivers["crash"].nunique()


def test_causes_as_written_are_parted():
    told = made([{"main_cause": one} for one in ("speed; priority", "speed", "")])
    assert traits.causes(told) == ["main_cause"]
    own = traits.tally(told, "main_cause", "crashes")
    assert {value: own.count(value) for value in own.values} == {"speed": 2, "priority": 1}
    assert own.unknown == 1


def test_violations_of_people_count_their_crash_once():
    data = made([{"severity": "slight"}, {"severity": "slight"}])
    people = pd.DataFrame({"crash": np.array([1, 1, 2]), "violations": ["speed", "speed", "drunk"]})
    own = traits.tally(data.replace(people=people), "violations", "crashes")
    assert {value: own.count(value) for value in own.values} == {"speed": 1, "drunk": 1}


def test_the_rest_is_of_the_same_days(data):
    part = api.cut(data, api.parse_filter("year=2020; severity=fatal"))
    peers = traits.of_period(data, part.period)
    assert len(peers) == len(api.cut(data, api.parse_filter("year=2020")))
    assert traits.of_period(data, data.period).pieces == (data,)


@pytest.mark.parametrize("words", ["year=2019-2020,2023", "from=2020-03-01; to=2021-02-15"])
@pytest.mark.parametrize(("unit", "name"), [("crashes", "light"), ("casualties", "injury")])
def test_pieces_of_a_period_count_as_the_period_does(data, words, unit, name):
    part = api.cut(data, api.parse_filter(words))
    own, found = (
        traits.tally(part, name, unit),
        traits.of_period(data, part.period).tally(name, unit),
    )
    assert {v: found.count(v) for v in found.values} == {v: own.count(v) for v in own.values}
    ends = ("known", "sizes", "crashes", "unknown")
    assert [getattr(found, end) for end in ends] == [getattr(own, end) for end in ends]
    assert sorted(found.squares) == sorted(own.squares)
