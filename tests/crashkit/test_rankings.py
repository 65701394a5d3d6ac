from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made
from statsmodels.stats.multitest import multipletests

from crashkit import api, charts, contrasts, rankings, traits
from crashkit.errors import Message

EN = api.speaker("en")


def tally(**counts):
    rows = [{"light": value} for value, n in counts.items() for _ in range(n)]
    return traits.tally(made(rows), "light", "crashes")


def said(**counts):
    found = tally(**counts)
    return EN.say(rankings.most_frequent(found, rankings.ranked(found)))


def test_the_most_frequent_is_said_where_it_is_so_beyond_chance():
    assert "“Daylight” is the most frequent with 80.0 %" in said(day=40, twilight=10)
    assert "these numbers do not tell" in said(day=14, twilight=12)


def test_few_have_no_shares():
    assert said(day=6, twilight=3) == "Of 9 too few for shares: only counts are shown."


def test_unknown_is_in_no_share():
    found = tally(day=10, unknown=10)
    assert found.shares(["day"])[0].value == 1


@given(st.floats(0.001, 500))
def test_an_axis_holds_its_values_as_far_as_it_goes(value):
    least, most = charts.ratio_range([value])
    assert least < 1 < most
    shape, at = charts.ratio_point(value, least, most)
    assert least <= at <= most
    assert (shape == "circle") == (least <= value <= most)


def against(x, n, y, m):
    here, there = contrasts.Share(x, n), contrasts.Share(y, m)
    return rankings.Against(
        "light", "day", Message("Day"), here, there, contrasts.share_ratio(here, there)
    )


def test_what_stands_out_is_judged_by_all_that_were_tried_and_gets_wider_limits():
    rows = [against(30, 60, 60, 500), against(2, 60, 100, 500), against(12, 60, 100, 500)]
    more, less, alike = rankings.judged(rows)
    q = multipletests([one.contrast.p for one in rows], method="fdr_bh")[1]
    assert [one.q for one in (more, less, alike)] == pytest.approx([*q])
    assert [one.mark for one in (more, less, alike)] == [1, -1, 0]
    # Two of three were picked: limits of 1 - 0.05 · 2/3 (Benjamini and Yekutieli 2005).
    wide = contrasts.share_ratio(more.here, more.there, level=1 - 0.05 * 2 / 3)
    assert (more.contrast.lower, more.contrast.upper) == (wide.lower, wide.upper)
    assert more.contrast.lower < rows[0].contrast.lower
    assert alike.contrast == rows[2].contrast


def test_fewer_than_a_pattern_needs_are_never_more_frequent():
    (one,) = rankings.judged([against(2, 20, 1, 5000)])
    assert one.q < 0.05 and one.mark == 0


def test_the_ends_of_a_ratio_hold_whatever_the_unknown_are():
    one = replace(against(30, 60, 60, 300), unknown=(40.0, 200.0))
    assert one.possible == pytest.approx((30 / 100 / (260 / 500), 70 / 100 / (60 / 500)))
    assert not one.is_obscure
    assert replace(one, unknown=(61.0, 0.0)).is_obscure


def test_effective_numbers_that_are_one_are_told_as_one():
    rows = [{"crash_date": "2021-01-01", "n_killed": 2, "light": "day"} for _ in range(30)]
    found = traits.tally(made(rows), "light", "casualties")
    (note,) = rankings.clustered_notes(found, found.shares(["day"]))
    assert " to " not in EN.say(note)
