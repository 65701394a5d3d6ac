"""The target as an analysis: what `track_target` says, a base that gives way, a free word."""

import pytest
from made_years import yearly

from crashkit import api
from crashkit.errors import MethodError, NeedsChoice

EN = api.speaker("en")
KILLED = (31, 30, 26, 28, 25, 22, 23, 20)


def ask(**chosen):
    asked = api.question(yearly(KILLED), unit="casualties", chosen=chosen)
    return api.analyse("target", asked)


def test_it_says_what_the_library_says():
    own = api.track_target(yearly(KILLED), api.TargetAsked(base_value=40))
    found = ask(base_value="40")
    assert (found.finding, found.warnings) == (own.verdict, ())
    assert [row[1:] for row in found.table.rows] == [tuple(row[1:]) for row in api.target_rows(own)]
    drawn = api.draw_analysis(found, EN)["data"]
    assert [*drawn[-1]["y"]] == [*KILLED]


def test_a_base_year_that_is_not_there_gives_way_and_that_is_said():
    found = ask()
    assert "do not hold 2010, so the path begins in 2015" in EN.say(found.warnings[0])
    assert "31 killed in 2015" in EN.say(found.notes[0])
    with pytest.raises(NeedsChoice):
        ask(base_year="2010")


@pytest.mark.parametrize("word", ["soon", "nan", "inf"])
def test_a_word_that_is_no_number_is_refused(word):
    with pytest.raises(MethodError, match="no number"):
        ask(base_year=word)


def test_a_corridor_that_is_not_told_is_refused():
    with pytest.raises(MethodError, match="there is no CAREC 9"):
        ask(on="CAREC 9")


def test_deaths_are_counted_and_nothing_else():
    with pytest.raises(MethodError, match="counts casualties, not vehicles"):
        api.analyse("target", api.question(yearly(KILLED), unit="vehicles"))
