from dataclasses import replace
from datetime import date, time

import pandas as pd
import pytest
from invented import sample

from crashkit import analysis, api, filters, frames
from crashkit.errors import IntakeError

EN = api.speaker("en")


def plain(frame):
    """Return a table as a person has it in a notebook: words and numbers, no types of ours."""
    return pd.DataFrame({name: frame[name].astype(object) for name in frame.columns})


@pytest.fixture(scope="module")
def stored():
    data = sample()
    # What a store says of the data set and its crashes are of one country.
    (country,) = set(data.crashes["country"])
    return data.replace(dataset=replace(data.dataset, country=country))


@pytest.fixture(scope="module")
def read(stored):
    tables = (plain(one) for one in (stored.crashes, stored.vehicles, stored.people))
    return api.crashes(*tables, period=stored.period)


@pytest.mark.parametrize("name", sorted(analysis.analyses()))
def test_each_analysis_of_tables_equals_that_of_the_stored_data_set(name, stored, read):
    unit = api.list_analyses()[name].units[0]
    ours, theirs = (api.question(one, unit=unit) for one in (read, stored))
    if api.lacking(name, theirs) is not None:
        assert api.lacking(name, ours) is not None
        return
    found, expected = (api.analyse(name, one) for one in (ours, theirs))
    assert EN.say(found.finding) == EN.say(expected.finding)
    pd.testing.assert_frame_equal(api.analysis_frame(found), api.analysis_frame(expected))


def crashes(**columns):
    return pd.DataFrame({"crash_date": ["2021-03-01", "2022-07-05"]} | columns)


def test_a_table_alone_is_asked_and_the_period_is_said_as_assumed():
    found = api.analyse("hours", crashes(crash_time=["08:10", time(23, 0)]))
    said = " ".join(EN.say(one) for one in found.notes)
    assert "assumed to be the whole years 2021 to 2022" in said
    assert found.table.rows[0][1 + 8] == 1


def test_calls_of_one_line_take_a_table():
    table = crashes(severity=["fatal", "slight"], light=["day", "dark_none"], n_killed=[1, 0])
    assert api.tabulate(table, "severity", "light").total == 2
    assert api.cross_table(table, "severity", "light").table.total == 2
    placed = table.assign(road_number="M1", chainage_km=[1.0, 1.2])
    assert api.screen(placed, api.ask("count_1km"), repeat=False).crashes == 2
    assert api.track_target(table, api.TargetAsked(base_year=2021, base_value=9)) is not None


def test_unknown_columns_are_told():
    told = frames.told(api.crashes(crashes(colour_of_sky=["blue", "grey"])))
    assert any("colour_of_sky" in str(one) for one in told)


def test_values_are_typed_as_the_dictionary_says():
    made = api.crashes(
        crashes(severity=["fatal", None], n_killed=[1.0, None], hit_and_run=[True, "unknown"]),
        people=pd.DataFrame({"crash": [1, 2], "age": ["33", ""], "sex": ["male", "female"]}),
        period=api.Period(date(2020, 1, 1), date(2022, 12, 31)),
    )
    assert made.period.years == 3
    assert made.crashes["hit_and_run"].tolist() == ["yes", "unknown"]
    assert made.crashes["n_killed"].dtype == "Int32"
    assert made.people["age"].tolist()[0] == 33
    assert filters.levels(made, "year").values == ("2021", "2022")


def test_members_may_name_the_crash_by_its_number_and_roads_are_folded():
    made = api.crashes(
        crashes(crash_id=["b", "a"], road_number=["М–39", "A 2"]),
        pd.DataFrame({"crash_id": ["a"], "unit_type": ["car"]}),
    )
    assert made.vehicles["crash"].tolist() == [2]
    assert made.crashes["road_key"].tolist() == ["M-39", "A 2"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"severity": ["fatal", "deadly"]}, r"severity.*deadly.*fatal"),
        ({"n_killed": [1, "two"]}, r"n_killed.*two.*whole numbers"),
        ({"n_killed": [1, 1.5]}, r"n_killed.*1\.5"),
        ({"lat": [41.0, 141.0]}, r"lat.*141.*between -90"),
        ({"crash_time": ["08:00", "25:99"]}, r"crash_time.*25:99"),
        ({"crash_date": ["2021-01-01", "soon"]}, r"crash_date.*soon"),
        ({"weather": ["clear|hot", "clear"]}, r"weather.*clear\|hot"),
        ({"crash_id": ["a", "a"]}, r"crash_id.*a"),
        ({"crash_date": [None, None]}, "crash_date"),
    ],
)
def test_what_cannot_be_read_is_refused_with_column_and_value(columns, said):
    with pytest.raises(IntakeError, match=said):
        api.crashes(crashes(**columns))


def test_people_of_no_crash_are_refused():
    with pytest.raises(IntakeError, match="belong to no crash.*7"):
        api.crashes(crashes(), people=pd.DataFrame({"crash": [7]}))
    with pytest.raises(IntakeError, match="neither a column"):
        api.crashes(crashes(), people=pd.DataFrame({"age": [7]}))


def test_crashes_outside_the_period_are_refused():
    with pytest.raises(IntakeError, match="outside the period"):
        api.crashes(crashes(), period=api.Period(date(2021, 1, 1), date(2021, 12, 31)))


def test_an_answer_shows_itself_in_a_notebook():
    found = api.analyse("hours", crashes(crash_time=["08:10", "23:00"], severity=["fatal", "pdo"]))
    shown = found._repr_html_()
    assert EN.say(found.title) in shown
    assert "<table" in shown
    assert EN.say(found.finding) in shown
