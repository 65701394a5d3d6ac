from dataclasses import replace

import made_crashes
import pytest

from crashkit import method, presets, screening


def said(parts):
    return [str(part) for part in parts]


def test_a_condition_is_said_part_by_part():
    rule = {
        "min_crashes": 3,
        "min_deaths": 2,
        "same_type": True,
        "severity": "fatal, serious",
        "last_years": 1,
        "setting": "urban",
    }
    [told] = screening.conditions({"rules": [rule]})
    assert said(told)[:3] == ["3 or more crashes", "2 or more people killed", "of one crash type"]
    assert said(told)[4:] == ["in the last year", "inside built-up areas"]
    assert [str(one) for one in told[3].values["values"]] == ["Fatal", "Serious"]


def test_limits_by_km_by_traffic_and_by_year_are_said():
    rule = {
        "min_per_km_year": 0.13,
        "worst_share": 0.1,
        "min_relative": 0.8,
        "deaths_each": 3,
        "each_year": True,
    }
    [told] = screening.conditions({"rules": [rule]})
    assert said(told) == [
        "0.13 or more crashes by km and year",
        "among the worst 10 % of all places by crashes by km and year",
        "0.8 or more times the crashes that the traffic lets expect (Rk), where AADT is known",
        "with 3 or more people killed in each",
        "in each year",
    ]


def test_a_weighted_condition_names_classes_of_people_as_the_rule_itself_counts_them():
    [told] = screening.conditions({"rules": [{"min_score": 15, "weights": {"killed": 5}}]})
    assert said(told) == ["15 or more points", "Killed (30 days): 5"]


def test_weights_of_crashes_are_named_by_severity():
    told = screening.weights({"unit": "crashes", "weights": {"fatal": 5, "pdo": 1}})
    assert said(told) == ["Fatal: 5", "Property damage only: 1"]


def test_a_measure_without_conditions_or_weights_says_none():
    assert screening.conditions({"min_crashes": 3}) == ()
    assert screening.weights({"min_crashes": 3}) == ()


def test_all_means_conditions_in_one_parameter_and_places_in_another():
    assert str(screening.word("combine", "all")) == "all of them"
    assert str(screening.word("peers", "all")) == "all places"
    assert str(screening.word("peers", "cells")) == "cells"


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        (info.name, choice)
        for part in (*screening.places().values(), *screening.measures().values())
        for info in method.describe(part.params)
        if info.name not in screening.INNER
        for choice in info.choices
    ],
)
def test_every_word_a_parameter_can_take_is_explained(name, choice):
    assert screening.word(name, choice).text != "{text}"


@pytest.mark.parametrize("id_", presets.all_presets())
def test_every_limit_of_every_shipped_rule_is_told(id_):
    rules = presets.get(id_).measure_params.get("rules", ())
    for rule, told in zip(rules, screening.conditions({"rules": rules}), strict=True):
        silent = {"unit", "weights"}
        assert len(told) >= len(set(rule) - silent), (rule, said(told))


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"place": "Osh", "lat": 40.53, "lon": 72.8}, "Osh (40.5300, 72.8000)"),
        ({"place": "Osh"}, "Osh"),
        ({"road": "M41", "lat": 40.53, "lon": 72.8}, "M41"),
        ({"lat": 40.53, "lon": 72.8}, "Longitude 72.8000, latitude 40.5300"),
        ({}, "s7"),
    ],
)
def test_a_site_off_the_roads_of_a_town_is_told_from_its_neighbours(row, name):
    empty = dict.fromkeys(("road", "place", "from_km", "to_km", "lat", "lon"))
    assert str(screening.site_name({**empty, "id": "s7", **row}, str)) == name


@pytest.mark.parametrize(
    ("worse", "said"), [(1.0, "> 99 %"), (0.9951, "> 99 %"), (0.62, "62 %"), (0.001, "< 1 %")]
)
def test_no_estimate_is_said_to_be_certain(worse, said):
    data = made_crashes.made([{"lon": 72.8, "lat": 40.53}] * 30)
    [finding, *_] = screening.run(screening.ask(presets.get("count_circles")), data).findings
    sure = replace(
        finding, evidence=replace(finding.evidence, expected=2.0, estimate=9.0, worse=worse)
    )
    sentences = [str(one) for one in screening.evidence_sentences(sure, 100)]
    assert f"with a probability of {said}." in " ".join(sentences)
