from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from made_crashes import made

from crashkit import method
from crashkit.errors import MethodError
from crashkit.measures import rule
from crashkit.measures.rule import Params
from crashkit.model import Period, Site
from crashkit.sites import Sites

EACH = {"period_years": 3, "calendar_years": "yes"}
LAW = ({"min_crashes": 3, "same_type": True}, {"min_crashes": 5})


def site(*crash_ids, group=""):
    return Site("x", "", 0, 0, crash_ids, group=group)


def judge(rows, rules, *, sites=None, **params):
    data = made(rows)
    wanted = sites or [site(*data.crashes["id"])]
    scores = rule.score(wanted, data, Params(rules=tuple(rules), **params))
    return [(score.value, str(score.reason) if score.passed else "") for score in scores]


def kinds(words):
    names = {"p": "pedestrian", "o": "obstacle", "r": "run_off", "?": "unknown", " ": ""}
    return [{"crash_type": names[letter]} for letter in words]


@pytest.mark.parametrize(
    ("types", "value", "reason"),
    [
        ("ppor", 4 / 5, ""),
        ("pppo", 1, "Condition met: at least 3 crashes of one type."),
        ("pporr", 1, "Condition met: at least 5 crashes."),
        ("pppppp", 2, "Condition met: at least 3 crashes of one type."),
        ("??? p", 1, "Condition met: at least 5 crashes."),
    ],
)
def test_three_of_one_type_or_five_of_any_meet_the_law(types, value, reason):
    assert judge(kinds(types), LAW) == [(pytest.approx(value), reason)]


def test_all_conditions_must_be_met_where_the_rule_says_so():
    rules = [{"min_crashes": 3}, {"min_score": 15, "weights": {"killed": 5, "serious": 3}}]
    rows = [{"n_killed": 1}, {"n_killed": 2}, {"n_serious": 1}]
    assert judge(rows, rules, combine="all") == [
        (1, "Condition met: at least 3 crashes and at least 15 points.")
    ]
    assert judge(rows[:2], rules, combine="all") == [(pytest.approx(2 / 3), "")]


def test_every_limit_of_one_condition_must_be_reached():
    rules = [{"min_crashes": 2, "min_deaths": 4}]
    assert judge([{"n_killed": 4}, {}], rules) == [
        (1, "Condition met: at least 2 crashes and at least 4 people killed.")
    ]
    assert judge([{"n_killed": 3}, {}, {}], rules) == [(0.75, "")]


def test_a_condition_may_count_some_severities_some_years_some_settings():
    rows = [
        {"severity": "fatal", "crash_date": "2021-06-01"},
        {"severity": "slight", "crash_date": "2023-01-01"},
        {"severity": "fatal", "crash_date": "2022-12-31"},
    ]
    assert judge(rows, [{"min_crashes": 1, "severity": "fatal,serious"}])[0][0] == 2
    assert judge(rows, [{"min_crashes": 1, "last_years": 1}])[0][0] == 1
    assert judge(rows, [{"min_crashes": 1, "last_years": 2}])[0][0] == 2
    sites = [site(1, 2, 3), site(1, 2, 3, group="urban")]
    for setting, values in [("urban", [0, 3]), ("rural", [3, 0])]:
        rules = [{"min_crashes": 1, "setting": setting}]
        assert [value for value, _ in judge(rows, rules, sites=sites)] == values


def test_a_condition_that_the_data_cannot_answer_is_left_out_or_the_rule_refused():
    assert judge([{}] * 5, LAW)[0][0] == 1
    with pytest.raises(MethodError, match="the field Crash type"):
        judge([{}] * 5, LAW[:1])
    with pytest.raises(MethodError, match="the field Crash type"):
        judge([{}] * 5, LAW, combine="all")


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ([], "at least one condition"),
        ([{"same_type": True}], "at least one of the limits"),
        ([{"min_crashes": 3}, {"min_crashes": 3, "colour": "red"}], "Condition 2: .* colour"),
        ([{"min_score": 3}], "The weights are for"),
        ([{"min_score": 3, "weights": {"killed": 0}}], "The weights are for"),
        ([{"min_score": 3, "unit": "crashes", "weights": {"killed": 1}}], "can be for .*fatal"),
    ],
)
def test_a_rule_without_limits_or_with_unknown_words_is_refused(rules, complaint):
    with pytest.raises(MethodError, match=complaint):
        method.read(rule.Params, {"rules": rules})


def test_deaths_are_guessed_from_fatal_crashes_or_the_rule_is_refused():
    rules = [{"min_deaths": 2}]
    assert judge([{"severity": "fatal"}, {"severity": "fatal"}], rules)[0][0] == 1
    said = [str(one) for one in rule.caveats(made([{"severity": "fatal"}]), Params(rules=rules))]
    assert len(said) == 1 and "how many people" in said[0]
    with pytest.raises(MethodError, match="the field Severity"):
        judge([{}, {}], rules)


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        ({"min_crashes": "three"}, "which is not a number"),
        ({"worst_share": 10}, "must lie between 0.001 and 0.999"),
        ({"min_crashes": 3, "each_year": "yes"}, "allowed are .*true"),
        ({"min_crashes": 3, "severity": "fatal,tired"}, "severity is tired; allowed are .*fatal"),
    ],
)
def test_a_condition_with_a_value_it_cannot_have_is_refused(condition, complaint):
    with pytest.raises(MethodError, match=complaint):
        method.read(rule.Params, {"rules": [condition]})


def test_limits_may_have_to_be_reached_in_each_year():
    rules = [{"min_crashes": 1, "each_year": True}]
    days = [{"crash_date": f"{year}-05-01"} for year in (2021, 2022, 2023)]
    assert judge(days, rules, **EACH) == [(1, "Condition met: at least 1 crashes in each year.")]
    assert judge([*days[:2], *days[:2]], rules, **EACH) == [(0, "")]


def test_each_of_three_years_is_not_met_by_two_years_of_data():
    rules = ({"min_crashes": 1, "each_year": True}, {"min_crashes": 4})
    asked = Params(rules=rules, **EACH)
    data = made(
        [{"crash_date": f"{year}-05-01"} for year in (2022, 2023)],
        period=Period(date(2022, 1, 1), date(2023, 12, 31)),
    )
    (found,) = rule.score([site(1, 2)], data, asked)
    assert (found.value, found.passed) == (0.5, False)
    said = "A condition of the rule cannot be met: it asks each of 3 years, and the data have 2."
    assert [str(one) for one in rule.caveats(data, asked)] == [said]
    only = Params(rules=rules[:1], **EACH)
    assert [str(one) for one in rule.shortfalls([site(1, 2)], data, only)] == [said]


def test_each_of_the_last_years_looks_at_these_alone():
    rules = [{"min_crashes": 1, "each_year": True, "last_years": 2}]
    days = [{"crash_date": f"{year}-05-01"} for year in (2021, 2022, 2023)]
    assert judge(days[1:], rules, **EACH)[0][0] == 1
    assert judge(days[:2], rules, **EACH)[0][0] == 0


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"min_crashes": 1, "last_years": 1}, "at least 1 crashes, in the last year"),
        ({"min_deaths": 1, "last_years": 2}, "at least one person killed, in the last 2 years"),
        (
            {"min_crashes": 1, "same_type": True, "severity": "fatal,serious"},
            "at least 1 crashes of one type, of severity Fatal or Serious",
        ),
        (
            {"min_crashes": 1, "each_year": True, "last_years": 1, "severity": "fatal"},
            "at least 1 crashes in each year, of severity Fatal, in the last year",
        ),
        ({"min_deaths": 1, "severity": "fatal"}, "at least one person killed, of severity Fatal"),
    ],
)
def test_the_reason_says_which_crashes_were_counted(condition, said):
    row = {"severity": "fatal", "n_killed": 1, "crash_type": "pedestrian"}
    ((_, reason),) = judge([{**row, "crash_date": "2023-05-01"}], [condition], **EACH)
    assert reason == f"Condition met: {said}."


def test_only_crashes_with_so_many_killed_may_count():
    rules = [{"min_crashes": 2, "deaths_each": 3}]
    said = "Condition met: at least 2 crashes with 3 or more people killed."
    assert judge([{"n_killed": 3}, {"n_killed": 4}], rules) == [(1, said)]
    assert judge([{"n_killed": 6}, {"n_killed": 2}], rules) == [(0.5, "")]


def stretch(*crash_ids, metres=2000, aadt=None):
    return Site("x", "M-1", 0, 0, crash_ids, from_m=0, to_m=metres, aadt=aadt)


def test_crashes_are_counted_by_km_and_year():
    # Three crashes on 2 km in three years are 0.5.
    rules = [{"min_per_km_year": 0.25}]
    assert judge([{}] * 3, rules, sites=[stretch(1, 2, 3)])[0] == (
        2,
        "Condition met: at least 0.25 crashes by km and year.",
    )
    assert judge([{}], rules, sites=[stretch(1, metres=0), stretch()])[0][0] == 0
    with pytest.raises(MethodError, match="these places have no length"):
        judge([{}], rules)


@pytest.mark.parametrize(
    ("more", "params", "value"),
    [
        # Three crashes of 2023 on 2 km: 0.5 by km in three years, 1.5 in the last one.
        ({}, {}, 1),
        ({"last_years": 1}, {}, 3),
        ({"last_years": 2}, {}, 1.5),
        # There are no more than three years of data.
        ({"last_years": 9}, {}, 1),
    ],
)
def test_crashes_by_km_and_year_are_divided_by_the_years_counted(more, params, value):
    rules = [{"min_per_km_year": 0.5, **more}]
    rows = [{"crash_date": "2023-05-01"}] * 3
    assert judge(rows, rules, sites=[stretch(1, 2, 3)], **params)[0][0] == pytest.approx(value)


def test_each_of_three_periods_is_divided_by_its_own_years():
    rows = [{"crash_date": f"{year}-05-01"} for year in (2021, 2022, 2023)]
    ((value, said),) = judge(
        rows,
        [{"min_per_km_year": 0.5}],
        sites=[stretch(1, 2, 3)],
        stability="yes",
        period_years=3,
    )
    assert value == 1 and said.startswith("Stable")


def test_crashes_by_km_and_year_in_each_year_are_those_of_one_year():
    rows = [{"crash_date": f"{year}-05-01"} for year in (2021, 2022, 2023)]
    rules = [{"min_per_km_year": 0.5, "each_year": True}]
    assert judge(rows, rules, sites=[stretch(1, 2, 3)], **EACH)[0][0] == 1
    assert judge(rows[:2], rules, sites=[stretch(1, 2)], **EACH)[0][0] == 0


def test_a_treated_place_is_watched_in_the_last_years_from_its_treatment_on():
    places = Sites.of([stretch(1, 2, 3)] * 3)
    # Watched for all three years, the last two of them, and half a year.
    places = replace(places, columns={**places.columns, "watched": np.array([1, 2 / 3, 1 / 6])})
    rows = [{"crash_date": "2023-10-01"}] * 3
    rules = [{"min_per_km_year": 1.5, "last_years": 1}]
    assert [value for value, _ in judge(rows, rules, sites=places)] == pytest.approx([1, 1, 2])


def test_the_worst_share_is_that_of_all_places():
    sites = [stretch(1, 2), stretch(3), stretch(), stretch()]
    for share, values in ((0.25, [1, 0.5, 0, 0]), (0.5, [2, 1, 0, 0])):
        rules = [{"worst_share": share}]
        assert [value for value, _ in judge([{}] * 3, rules, sites=sites)] == values
    # All have none: none is worse than others.
    assert judge([{}], [{"worst_share": 0.5}], sites=[stretch(), stretch()])[0][0] == 0


def test_too_many_for_the_traffic_stays_open_where_it_is_not_known():
    rules = [{"min_crashes": 3, "min_relative": 0.8}]
    # Rk = 3 / (0.5 + 0.00007 × 20,000) = 1.58, and 0.64 with 60,000.
    sites = [stretch(1, 2, 3, aadt=aadt) for aadt in (20000.0, 60000.0, None)]
    found = judge([{}] * 3, rules, sites=sites)
    assert [value for value, _ in found] == [1, pytest.approx(0.798, abs=0.001), 1]
    assert "at least 0.8 times the crashes that its traffic lets expect" in found[0][1]
    assert found[2][1].startswith("Condition met as far as it can be judged: at least 3 crashes.")


@pytest.mark.parametrize("combine", ["any", "all"])
def test_a_place_of_which_no_limit_can_be_judged_is_not_listed(combine):
    rules = [{"min_relative": 0.8}]
    assert judge([{}], rules, sites=[stretch(1)], combine=combine) == [(0, "")]


def test_a_condition_that_stays_open_leaves_it_to_the_others():
    rules = [{"min_relative": 0.8}, {"min_crashes": 2}]
    either = judge([{}] * 3, rules, sites=[stretch(1, 2, 3)])
    assert either == [(1.5, "Condition met: at least 2 crashes.")]
    ((value, said),) = judge([{}] * 3, rules, sites=[stretch(1, 2, 3)], combine="all")
    assert value == 1.5 and said.startswith("Condition met as far as it can be judged: at least 2")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ("yyy", "Stable"),
        ("nyy", "Stable"),
        ("yny", "Migrating"),
        ("yyn", ""),
        ("nny", ""),
        ("ynn", ""),
        ("nnn", ""),
    ],
)
def test_a_place_is_stable_or_migrating_by_three_periods(found, reason):
    years = [2021 + i for i, one in enumerate(found) if one == "y"]
    rows = [{"crash_date": f"{year}-01-01"} for year in years] or [{"crash_date": ""}]
    ((value, said),) = judge(
        rows,
        [{"min_crashes": 1}],
        stability="yes",
        period_years=3,
        sites=[site(*range(1, len(rows) + 1))],
    )
    assert said.startswith(reason) and bool(said) == bool(reason) == (value >= 1)


def test_stability_is_asked_of_three_periods_of_whole_years():
    with pytest.raises(MethodError, match="3, 6 or 9 years, not at 4"):
        Params(rules=({"min_crashes": 1},), stability="yes", period_years=4)


@pytest.mark.parametrize("given", [{"period_years": 0.5}, {"period_years": 1.5}])
def test_a_rule_looks_at_whole_years(given):
    with pytest.raises(MethodError, match=f"whole years, not {given['period_years']}"):
        method.read(rule.Params, {"rules": [{"min_crashes": 3}], **given})


@pytest.mark.parametrize("years", [{"each_year": True}, {"last_years": 1}])
def test_a_condition_has_no_years_of_its_own_in_three_periods(years):
    with pytest.raises(MethodError, match="asked of three periods can have no condition"):
        Params(rules=({"min_crashes": 1, **years},), stability="yes", **EACH)


@pytest.mark.parametrize("lack", [{"period_years": 0}, {"calendar_years": "no"}])
def test_each_year_is_a_whole_calendar_year(lack):
    with pytest.raises(MethodError, match="whole calendar years"):
        Params(rules=({"min_crashes": 1, "each_year": True},), **{**EACH, **lack})


def test_a_condition_looks_at_whole_years():
    with pytest.raises(MethodError, match="Condition 1: .*whole years, not 1.5"):
        method.read(rule.Params, {"rules": [{"min_crashes": 3, "last_years": 1.5}]})


def test_no_sites_have_no_scores():
    assert rule.score([], made(kinds("p")), Params(rules=LAW)) == []


def test_a_shortfall_is_that_of_the_condition_a_site_comes_closest_to():
    data = made(kinds("pprr"))
    (said,) = rule.shortfalls([site(1, 2, 3, 4)], data, Params(rules=LAW))
    assert str(said) == "The rule asks for at least 5 crashes and finds 4."
    (said,) = rule.shortfalls([site(1, 2)], data, Params(rules=LAW))
    assert str(said) == "The rule asks for at least 3 crashes of one type and finds 2."


def test_where_all_conditions_must_be_met_the_farthest_is_told():
    rules = ({"min_crashes": 3}, {"min_deaths": 2, "last_years": 1})
    data = made([{"severity": "fatal", "crash_date": "2023-05-01"}, *[{"severity": "slight"}] * 2])
    (said,) = rule.shortfalls([site(1, 2, 3)], data, Params(rules=rules, combine="all"))
    assert str(said) == (
        "The rule asks for at least 2 people killed from 2023-01-01 to 2023-12-31 and finds 1."
    )


def test_deaths_that_nobody_tells_are_told_beside_a_limit_of_deaths():
    data = made([{"severity": "fatal"}, {"severity": "fatal", "n_killed": 1}])
    params = Params(rules=({"min_deaths": 1}, {"min_deaths": 2}))
    said = [str(one) for one in rule.caveats(data, params)]
    assert said.count("Killed: 1 crash does not tell it and is not in the sum.") == 1
