"""What can be chosen for a report: offered from the crashes, refused in words, told in it."""

from datetime import date

import pytest
from invented import facts, sample, tiny

from crashkit import filters, options, render, report
from crashkit.errors import Message, ReportError
from crashkit.model import Month
from crashkit.options import Option
from crashkit.roads.corridors import Corridor, Section
from crashkit.text import Speaker

MONTH = Option("month", Message("Month"), "month")
YEAR = Option("year", Message("Year"), "year")
TYPE = Option("type", Message("Crash type"), "value", "crash_type")
SHIFT = Option("shift", Message("Hours"), "number", least=1, most=12, usual=8)

KIND = """
title = "Bulletin"
summary = "About a month."
headline = "Bulletin: {dataset}"
layout = "pages"

[[options]]
name = "month"
label = "Month"
kind = "month"

[[options]]
name = "hours"
label = "Hours"
kind = "number"
least = 1
most = 12
usual = 8

[[parts]]
section = "key_figures"
"""


def words(option, data):
    return [word for word, _ in options.offered(option, data)]


def test_whole_months_and_years_are_offered_the_newest_first():
    data = tiny()
    assert words(MONTH, data)[:2] == ["2023-12", "2023-11"]
    assert words(MONTH, data)[-1] == "2021-01"
    assert words(YEAR, data) == ["2023", "2022", "2021"]
    part = filters.apply(filters.parse("from=2021-03-02; to=2022-05-30"), data)
    assert words(MONTH, part)[::12] == ["2022-04", "2021-04"]
    assert words(YEAR, part) == []
    assert words(SHIFT, data) == []


def test_values_are_offered_by_how_often_they_come_without_unknown_ones():
    assert words(TYPE, tiny()) == ["pedestrian", "vehicle_vehicle"]
    assert words(Option("road", Message("Road"), "value", "road"), tiny()) == []


def test_corridors_are_offered_before_roads_and_the_usual_is_left_to_the_crashes():
    route = Option("road", Message("Road"), "route")
    told = [Corridor("CAREC 3", (Section("M-39"),))]
    found = options.offered(route, sample(), told)
    assert [word for word, _ in found[:3]] == ["", "corridor:CAREC 3", "M1"]
    assert Speaker("en").say(found[1][1]) == "corridor CAREC 3"
    assert options.chosen([route], {}, sample(), told) == {}
    assert options.chosen([route], {"road": "corridor:CAREC 3"}, sample(), told)
    with pytest.raises(ReportError, match="Road cannot be corridor:CAREC 3"):
        options.chosen([route], {"road": "corridor:CAREC 3"}, sample())
    assert words(route, tiny()) == []


def test_what_is_not_said_is_the_usual():
    found = options.chosen([MONTH, TYPE, SHIFT], {"type": "vehicle_vehicle"}, tiny())
    assert found == {"month": "2023-12", "type": "vehicle_vehicle", "shift": "8"}
    bare = tiny("| crash_date |\n| 2021-05-01 |")
    assert options.chosen([TYPE], {}, bare) == {}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"month": "2030-01"}, "Month cannot be 2030-01: the data have 2023-12"),
        ({"month": "2024-01"}, "Month cannot be 2024-01"),
        ({"month": "'"}, "Month cannot be '"),
        ({"shift": "0"}, "Hours cannot be 0: it is a whole number from 1 to 12"),
        ({"shift": "1.5"}, "Hours cannot be 1.5"),
        ({"tea": "green"}, "no option tea; it has: month, shift"),
    ],
)
def test_what_cannot_be_is_refused_with_what_there_is(said, wrong):
    with pytest.raises(ReportError, match=wrong):
        options.chosen([MONTH, SHIFT], said, tiny())


@pytest.mark.parametrize(
    "broken",
    [
        {"name": "a", "label": "A", "kind": "tea"},
        {"name": "a", "kind": "month"},
        {"name": "a", "label": "A", "kind": "month", "colour": "red"},
    ],
)
def test_a_broken_option_is_refused(broken):
    with pytest.raises(ReportError, match="option"):
        options.option(broken)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "March 2025"), ("ru", "март 2025\u202fг."), ("zh", "2025年3月")]
)
def test_a_month_is_said_with_its_year(language, said):
    assert Speaker(language).say("{month}", month=Month(2025, 3, 1)) == said
    assert isinstance(Month(2025, 3, 1), date)


@pytest.fixture
def bulletin(monkeypatch):
    kind = report.read_kind("bulletin", KIND)
    monkeypatch.setattr(report, "kinds", lambda: {"bulletin": kind})


@pytest.mark.usefixtures("bulletin")
def test_what_was_chosen_stands_in_the_stamp_and_in_the_fingerprint():
    asked = facts(sample())
    usual = report.assemble("bulletin", asked)
    asked.options.update({"month": "2020-05"})
    other = report.assemble("bulletin", asked)
    told = {str(label): Speaker("en").say(word) for label, word in other.stamp.options}
    assert told == {"Month": "May 2020", "Hours": "8"}
    assert usual.stamp.fingerprint != other.stamp.fingerprint
    assert "May 2020" in render.render(other, Speaker("en"), "html").decode()


@pytest.mark.usefixtures("bulletin")
def test_the_usual_choice_is_the_same_report_as_the_same_choice_said():
    asked = facts(sample())
    usual = report.assemble("bulletin", asked)
    asked.options.update({"month": "2025-12", "hours": "8"})
    assert report.assemble("bulletin", asked).stamp == usual.stamp


DRAW = Option("seed", Message("Draw"), "number", least=1, most=999999999, usual=1, drawn_anew=True)


def test_the_newest_month_and_the_draw_of_a_lasting_report_move_on():
    data = tiny()
    words = {"month": "2023-12", "type": "pedestrian", "seed": "7"}
    assert options.lasting((MONTH, TYPE, DRAW), words, data) == {"type": "pedestrian"}
    older = {"month": "2023-11"}
    assert options.lasting((MONTH,), older, data) == older
    assert options.on_day((MONTH, DRAW), older, date(2026, 1, 31)) == {**older, "seed": "20260131"}


@pytest.mark.parametrize("words", [{"month": "0000-01"}, {"seed": "0"}, {"other": "1"}])
def test_a_word_that_cannot_be_is_refused_when_a_report_is_scheduled(words):
    with pytest.raises(ReportError):
        options.lasting((MONTH, DRAW), words, tiny())
    assert options.told_of_lasting((MONTH, DRAW), words)


def test_a_lasting_report_says_what_moves_on_and_what_stays():
    told = options.told_of_lasting((MONTH, YEAR, TYPE, SHIFT, DRAW), {"year": "2021"})
    assert [(str(label), Speaker("en").say(words)) for label, words in told] == [
        ("Month", "the newest that is whole on the day"),
        ("Year", "2021"),
        ("Draw", "the day on which it is written, so another one each time"),
    ]
