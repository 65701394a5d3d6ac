from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import api, charts, rankings, traits

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
