from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from invented import facts, with_info
from made_crashes import made

from crashkit import analysis, evidence, stats, text
from crashkit.analyses import districts
from crashkit.blocks import Points
from crashkit.model import Period
from crashkit.own_reports import Part
from crashkit.sections import findings

FIRST = 2016


def yearly(crashes, killed_each=3):
    """Return facts of so many crashes a year, every few of them with one killed."""
    rows = [
        {
            "crash_date": f"{FIRST + i}-{1 + j % 12:02d}-{1 + j % 28:02d}",
            "severity": "fatal" if j % killed_each == 0 else "slight",
            "n_killed": int(j % killed_each == 0),
            "n_slight": 1,
        }
        for i, n in enumerate(crashes)
        for j in range(n)
    ]
    period = Period(date(FIRST, 1, 1), date(FIRST + len(crashes) - 1, 12, 31))
    return facts(with_info(made(rows, period=period)))


def said(told):
    return next(one for one in findings.build(told) if isinstance(one, Points)).items


def is_claim(sentence):
    return "strength" in sentence.values


def test_where_nothing_happened_no_change_is_claimed():
    *others, closing = said(yearly([95, 101, 99, 104, 97, 100, 103, 98, 102, 100]))
    assert not any(map(is_claim, others))
    n = int(closing.values["compared"])
    assert n >= 4
    assert f"judged together: 0 of {n}. That the others" in str(closing)


def test_chance_seldom_makes_a_claim():
    drawn = np.random.default_rng(20261128).poisson(60, size=(12, 10))
    claims = [any(map(is_claim, said(yearly(row.tolist())))) for row in drawn]
    assert sum(claims) <= 1


def test_a_planted_rise_is_claimed_with_the_words_of_its_analysis():
    told = yearly([60, 69, 79, 91, 105, 121, 139, 160, 184, 211])
    first = said(told)[0]
    part = Part(analysis="trend_years", unit="casualties", chosen={"show": "fatal"}, years=10)
    answer = analysis.answer("trend_years", told.question(part, "casualties"))
    assert first.values["finding"] == answer.finding
    assert "a rise." in str(first)
    assert str(first.values["strength"]) == "very strong"


def test_the_surest_come_first():
    words = [str(word) for _, word in evidence.scale()]
    told = said(yearly([80, 82, 79, 84, 85, 83, 88, 86, 90, 160]))
    places = [words.index(str(one.values["strength"])) for one in told if is_claim(one)]
    assert places
    assert places == sorted(places)


def test_what_its_own_chapter_calls_a_fall_and_all_together_do_not_is_said():
    told = yearly([154, 143, 148, 137, 142, 131, 136, 125, 130, 119])
    changes = list(findings._changes(told))
    assert min(one.p for one in changes) < 0.05 <= min(one.p for one in changes) * len(changes)
    *_, notes = findings.build(told)
    assert any("if it were the only one" in str(one) for one in notes.items)
    calm = yearly([95, 101, 99, 104, 97, 100, 103, 98, 102, 100])
    *_, notes = findings.build(calm)
    assert not any("the only one" in str(one) for one in notes.items)


def test_a_trend_from_a_year_that_was_searched_for_is_less_sure():
    told = {"first": "2019", "last": "2025", "percent": 8.0, "low": 3.0, "high": 13.2}
    known = findings._chance(told)
    assert findings._chance({**told, "start": "2016"}) == pytest.approx(9 * known)


def test_for_the_public_it_says_what_changed_and_no_number():
    told = yearly([60, 69, 79, 91, 105, 121, 139, 160, 184, 211])
    first, *_, closing = said(replace(told, public=5))
    assert "a rise. Evidence that this is more than chance" in str(first)
    whole, short = (one.values["finding"].values for one in (said(told)[0], first))
    assert {name for name in short} == {"what", "first", "last", "verdict"}
    assert short["what"] == whole["what"] and short["verdict"] == whole["verdict"]
    assert "%" not in str(first)
    assert closing == said(told)[-1]


def test_of_few_crashes_nothing_is_claimed():
    (only,) = said(yearly([1, 0, 2, 1, 0, 1]))
    assert str(only).startswith("Of 5 crashes there are too few")
    (one,) = said(yearly([1]))
    assert str(one).startswith("There is one crash")


def test_one_year_compares_with_nothing():
    told = said(yearly([200]))
    assert str(told[-1]).endswith("no change can be claimed.")
    assert not any(map(is_claim, told))


def test_no_more_than_seven_sentences():
    assert len(said(yearly([400, 360, 320, 280, 250, 220, 190, 160, 140, 30]))) <= 7


def test_without_crashes_it_is_left_out():
    assert not findings.applies(yearly([0]))


def test_areas_are_judged_by_the_limits_of_their_funnel():
    assert evidence.book()["areas"]["level"] == districts.LEVELS[1]


def test_the_chance_at_a_limit_is_that_of_the_limit_and_falls_slower_with_few_years():
    assert stats.chance_by_limits(2.0, 2.0, 3) == pytest.approx(0.05)
    # t(4): 2 x 2.776 = 5.553 has p = 0.0051; the normal one at 3.92 has 0.00009.
    assert stats.chance_by_limits(2.0, 1.0, 4) == pytest.approx(0.00514, abs=2e-5)
    assert stats.chance_by_limits(-2.0, 1.0, 1e7) == pytest.approx(0.0000886, abs=1e-6)


def test_the_words_of_evidence_are_explained_with_their_chances_in_every_language():
    *_, notes = findings.build(yearly([60, 80, 70, 90, 85, 60]))
    assert "moderate below 5 %" in str(notes.items[-1])
    assert "очень сильные – ниже 0,1 %" in text.Speaker("ru").say(notes.items[-1])
