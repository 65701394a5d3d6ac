"""Deaths against a target: worked numbers, a base that is never invented, bands in order."""

import json
import math
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_crashes import made

from crashkit import tracking
from crashkit.errors import MethodError, NeedsChoice
from crashkit.model import Period
from crashkit.text import Speaker
from crashkit.tracking import Asked

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/target.json").read_text("utf-8"))
FALLING = [613, 586, 645, 556, 524, 573, 492, 503, 445, 471, 412, 433]


def deaths(numbers, first=2010):
    """Make one crash a year with so many killed."""
    rows = [
        {"crash_date": f"{first + i}-06-01", "n_killed": n, "severity": "fatal" if n else "slight"}
        for i, n in enumerate(numbers)
    ]
    period = Period(date(first, 1, 1), date(first + len(numbers) - 1, 12, 31))
    return made(rows, period=period)


def test_halving_from_2010_is_tracked_with_what_is_still_needed():
    found = tracking.track(deaths(FALLING))
    assert (found.target.base_value, found.target.value) == (613, 306.5)
    assert round(found.target.annual_percent, 2) == -3.41
    # (306.5 / 433) ** (1 / 9) - 1
    assert round(found.required[0], 2) == -3.77
    assert found.required[1] < found.required[0] < found.required[2]
    assert [one.year for one in found.ahead] == list(range(2022, 2031))
    assert 280 < found.ahead[-1].median < 340
    assert 0.2 < found.chance < 0.8
    assert str(found.verdict).startswith("It is open whether the target is reached: if deaths go")


def test_those_killed_in_one_crash_are_one_event_of_chance():
    def told(year, killed):
        return {"crash_date": f"{year}-06-01", "n_killed": killed, "severity": "fatal"}

    period = Period(date(2019, 1, 1), date(2020, 12, 31))
    alone = [told(2019, 1)] * 50 + [told(2020, 1)] * 40
    together = [told(2019, 1)] * 50 + [told(2020, 5)] * 8
    asked = Asked(base_year=2019, year=2020)
    one, five = (tracking.track(made(rows, period=period), asked) for rows in (alone, together))
    assert (one.judged.killed, five.judged.killed) == (40, 40)
    # 40 independent deaths: Garwood; 8 crashes of five each: about the square root of five wider.
    assert [round(end, 1) for end in one.limits] == [28.6, 54.5]
    assert five.limits[0] < 20 and five.limits[1] > 75
    assert "95 % limits of chance 29 to 54" in str(one.verdict)


def test_a_rise_is_unlikely_to_reach_half():
    found = tracking.track(deaths([*reversed(FALLING)]))
    assert found.chance == 0
    assert str(found.verdict).startswith("The target is unlikely to be reached as things go")
    assert "< 1 % of such futures" in Speaker("en").say(found.verdict)


def test_of_a_base_of_few_deaths_nothing_is_said_of_the_target():
    found = tracking.track(deaths([7, 12, 9, 14, 11, 16, 13, 18, 17, 20]))
    assert found.ahead and math.isnan(found.chance)
    assert str(found.verdict).startswith(
        "It cannot be told whether the target is reached: 7 people were killed in 2010."
    )


def test_a_base_year_that_is_not_there_is_asked_for():
    data = deaths(FALLING, first=2012)
    with pytest.raises(NeedsChoice, match="2010 is no whole year") as asked:
        tracking.track(data)
    assert asked.value.option == "base-value"
    found = tracking.track(data, Asked(base_value=700))
    assert found.is_told and found.target.value == 350
    assert "were told" in " ".join(map(str, found.sentences))


def test_few_years_have_a_path_and_no_forecast():
    found = tracking.track(deaths(FALLING[:4]))
    assert found.ahead == () and math.isnan(found.chance)
    assert "There is no forecast: A slope needs 6 years" in str(found.verdict)


@pytest.mark.parametrize(
    ("reduction", "words"), [(30, "It is missed"), (10, "The target is reached")]
)
def test_a_target_that_is_due_is_judged_by_its_year(reduction, words):
    found = tracking.track(deaths(FALLING), Asked(2010, year=2017, less_percent=reduction))
    assert str(found.verdict).startswith(f"{words}: 503 people were killed in 2017")
    assert math.isnan(found.required[0])


@pytest.mark.parametrize(
    "asked",
    [
        Asked(2010, year=2010),
        Asked(2010, year=2060),
        Asked(2010, less_percent=0),
        Asked(2010, less_percent=100),
        Asked(2010, base_value=0),
        Asked(2010, base_value=math.inf),
    ],
)
def test_a_target_that_cannot_be_is_refused(asked):
    with pytest.raises(MethodError):
        tracking.track(deaths(FALLING), asked)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=14),
    st.integers(1, 99),
    st.floats(0.5, 5000),
)
def test_any_series_ends_in_a_document_whose_bands_hold_each_other(numbers, less, base):
    asked = Asked(2010, base_value=base, less_percent=less)
    found = tracking.track(deaths(numbers), asked)
    told = tracking.document(found, str)
    jsonschema.validate(told, SCHEMA)
    assert found == found and told == tracking.document(tracking.track(deaths(numbers), asked), str)
    for one in found.ahead:
        (a, b), (c, d), (e, f) = one.limits
        assert e <= c <= a <= one.median <= b <= d <= f
    path = [row["path"] for row in told["years"] if row["path"] is not None]
    assert path == sorted(path, reverse=True)
    assert len(tracking.rows(found)[0]) == len(tracking.HEADS)


def test_a_year_below_the_target_is_no_reason_to_rise():
    found = tracking.track(deaths([100, 90, 80, 70, 60, 45]), Asked(2010))
    told = " ".join(map(str, found.sentences))
    assert "no more people were killed than the target allows" in told
    assert "it needs" not in told


def test_a_forecast_that_holds_success_and_no_progress_tells_nothing():
    found = tracking.track(deaths([59, 20, 75, 18, 66, 30, 71]), Asked(2010))
    low, high = found.ahead[-1].limits[-1]
    assert low <= 29.5 and high >= 59
    assert str(found.verdict).startswith("It cannot be told whether the target is reached")
    assert tracking.document(found, str)["chance"] is None
    assert "% of such futures" not in str(found.verdict)


def test_title_note_and_verdict_tell_one_target():
    found = tracking.track(deaths([59, 55, 52, 50, 44, 40, 38, 35]), Asked(2010))
    told = [str(tracking.figure(found).caption), found.sentences[0], found.verdict]
    assert all("29.5" in str(one) for one in told)


def test_a_year_that_hardly_tells_its_deaths_is_no_fall():
    rows = [
        {"crash_date": f"{2010 + i}-06-01", "n_killed": n, "severity": "fatal"}
        for i in range(10)
        for n in [1] * 50
    ]
    for row in rows[-50:-20]:
        row["n_killed"] = None
    data = made(rows, period=Period(date(2010, 1, 1), date(2019, 12, 31)))
    found = tracking.track(data)
    assert found.latest.year == 2018 and found.left_out == (2019,)
    assert [one.killed for one in found.years] == [50] * 9
    assert any("Of 2019 more" in Speaker("en").say(one) for one in found.sentences)


def test_a_base_year_that_hardly_tells_its_deaths_gives_way_and_that_is_said():
    rows = [
        {"crash_date": f"{2010 + i}-06-01", "severity": "fatal", "n_killed": 1}
        for i in range(3)
        for _ in range(20)
    ]
    for row in rows[:5]:
        row["n_killed"] = None
    data = made(rows, period=Period(date(2010, 1, 1), date(2012, 12, 31)))
    asked, (said,) = tracking.begun(data)
    assert asked.base_year == 2011
    assert str(said).startswith("Too many crashes of 2010 do not tell how many were killed")
    with pytest.raises(NeedsChoice, match="Too many crashes of 2010 do not tell"):
        tracking.track(data, Asked(base_year=2010))
    for row in rows[20::4]:
        row["n_killed"] = None
    with pytest.raises(MethodError, match="In every whole year too many"):
        tracking.track(made(rows, period=data.period))
