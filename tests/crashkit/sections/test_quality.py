"""The report about the quality of data: the grade, the checks, the deaths, the units."""

import dataclasses

import pytest
from invented import facts, sample, tiny

from crashkit import quality, render, report
from crashkit.blocks import (
    Note,
    Pairs,
    Points,
    Table,
)
from crashkit.errors import Message, ReportError
from crashkit.text import Speaker

DRAWN = """
| crash_date | severity | n_killed | admin2 | lon     | lat     |
| 2021-03-01 | fatal    | 2        | North  | 69.1234 | 41.1234 |
| 2021-03-02 | slight   | 0        | North  | 69.2234 | 41.2234 |
| 2022-07-05 | serious  | 0        | South  |         |         |
"""


@pytest.fixture(scope="module")
def about():
    return judged(tiny(DRAWN, killed_definition="7d"))


def judged(data, **known):
    return dataclasses.replace(facts(data), quality=quality.judge(data, **known))


def built(name, about):
    return report.sections()[name].build(about)


def said(value):
    return Speaker("en").say(value) if isinstance(value, Message) else value


def only(kind, blocks):
    [found] = [one for one in blocks if isinstance(one, kind)]
    return found


def test_the_verdict_stands_before_the_21_checks(about):
    blocks = built("data_quality", about)
    pairs = {said(label): said(value) for label, value in only(Pairs, blocks).items}
    assert pairs["Quality grade"] == "not graded"
    assert pairs["Rung of the data ladder"] == "L2: Good places"
    assert "The traffic of the road" in pairs["Missing for the next rung"]
    deciding, further = (one for one in blocks if isinstance(one, Table))
    assert [row[0] for row in deciding.rows] == [1, 2, 3, 5, 6, 9, 11, 14]
    assert len(further.rows) == 13
    located = [said(cell) for cell in deciding.rows[0]]
    assert located[1:5] == ["Place known", "–", "66.6 %", "20.7 % to 93.8 %"]
    assert "A from 95" in located[5]
    assert any("3 rows" in said(one) for one in only(Points, blocks).items)


def test_deaths_are_told_twice(about):
    table = only(Table, built("deaths_by_year", about))
    assert [said(column.title) for column in table.columns][2:4] == [
        "Killed, as counted",
        "Killed within 30 days, estimated",
    ]
    assert table.rows[0][:4] == ("2021", 2, 2, pytest.approx(2.16))
    unknown = judged(tiny(DRAWN, killed_definition="unknown"))
    assert len(only(Table, built("deaths_by_year", unknown)).columns) == 4


def test_each_unit_has_a_row(about):
    table = only(Table, built("reporting_units", about))
    assert [row[:3] for row in table.rows] == [("North", 2, "–"), ("South", 1, "–")]


def test_a_break_is_said_first():
    data = sample()
    card = dataclasses.replace(quality.judge(data), breaks=(Message("Years differ."),))
    first, *_ = built("data_quality", dataclasses.replace(facts(data), quality=card))
    assert first == Note(Message("Years differ."), "warning")


def test_without_a_scorecard_there_is_no_such_report(about):
    with pytest.raises(ReportError, match="scorecard"):
        report.assemble("data_quality", facts(sample()))
    bare = facts(sample())
    names = ("data_quality", "reporting_units")
    assert not [name for name in names if report.sections()[name].applies(bare)]


@pytest.mark.parametrize("format_", render.formats())
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_the_report_is_written_in_every_format_and_language(format_, language):
    whole = report.assemble("data_quality", judged(sample()))
    assert len(render.render(whole, Speaker(language), format_)) > 4000


def test_the_fingerprint_follows_what_was_judged(about):
    other = dataclasses.replace(about, quality=quality.judge(about.data, who_deaths=1))
    one, two = (report.assemble("data_quality", each).stamp for each in (about, other))
    assert one.fingerprint != two.fingerprint
