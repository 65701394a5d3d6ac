"""The directory of crashes: a row each, sorted, typed, and nobody in it."""

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest
from invented import facts, sample, tiny

from crashkit import render, report
from crashkit.blocks import Paragraph, Table
from crashkit.render import pages
from crashkit.sections import crash_rows
from crashkit.text import Speaker

LISTED = """
| crash_id | crash_date | crash_time | road_key | chainage_km | severity | n_killed | weather |
| -------- | ---------- | ---------- | -------- | ----------- | -------- | -------- | ------- |
| a        | 2021-03-02 | 08:10      | M10      | 1.5         | slight   | 0        | clear   |
| b        | 2021-03-01 | 09:00      | M2       | 12.25       | fatal    | 2        | rain    |
| c        | 2021-03-04 |            | M2       | 3           | unknown  | 0        |         |
| d        | 2021-03-03 | 07:00      | M2       | 3           | serious  | 0        |         |
| e        | 2021-01-01 | 07:00      | M2       |             | slight   | 0        |         |
"""


def listed(data):
    return next(one for one in crash_rows.SECTION.build(facts(data)) if isinstance(one, Table))


def column(table, title):
    at = [str(one.title) for one in table.columns].index(title)
    return [row[at] for row in table.rows]


def test_crashes_are_sorted_by_road_and_km_and_those_without_come_last():
    made = listed(tiny(LISTED))
    assert column(made, "Crash number") == ["d", "c", "b", "a", "e"]
    assert column(made, "Km post") == [3.0, 3.0, 12.25, 1.5, None]


def test_crashes_that_mostly_tell_no_km_are_sorted_by_time():
    made = listed(tiny(LISTED.replace("12.25", "     ").replace(" 3  ", "    ")))
    assert column(made, "Crash number") == ["e", "b", "a", "d", "c"]


def test_cells_are_typed_and_what_is_not_known_is_empty():
    made = listed(tiny(LISTED))
    assert column(made, "Date")[0] == date(2021, 3, 3)
    assert column(made, "Killed") == [0, 0, 2, 0, 0]
    assert [one and str(one) for one in column(made, "Severity")] == [
        *("Serious", None, "Fatal", "Slight", "Slight")
    ]
    assert "Road surface" not in [str(one.title) for one in made.columns]


def test_a_date_of_which_the_month_is_known_says_no_day():
    made = listed(tiny("| crash_date | date_precision |\n| 2021-05-01 | month |"))
    assert column(made, "Date") == ["2021-05"]


def test_vehicles_are_named_in_the_order_of_the_police_and_codes_of_a_source_left_out():
    data = tiny("| crash_date |\n| 2021-05-01 |\n| 2021-05-02 |")
    vehicles = pd.DataFrame(
        {
            "crash": [2, 2, 2],
            "unit_no": ["10", "2", "3"],
            "unit_type": ["car", "bus", "bicycle"],
            "manoeuvre": ["18", "turning left", None],
        }
    )
    made = listed(data.replace(vehicles=vehicles))
    assert column(made, "Vehicle 1")[0] is None
    assert str(column(made, "Vehicle 1")[1]).endswith(": turning left")
    assert str(column(made, "Vehicle 2")[1]) == "Bicycle"
    # Of a crash without vehicles nobody knows how many there were.
    assert column(made, "Vehicles") == [None, 3]


def test_nobody_is_in_the_list():
    titles = {str(one.title) for one in listed(sample()).columns}
    assert not titles & {"Age", "Sex", "Driver", "Registration number", "Description"}


def test_it_says_how_many_are_severe_and_located():
    said = [one for one in crash_rows.SECTION.build(facts(tiny())) if isinstance(one, Paragraph)]
    words = " ".join(Speaker("en").say(one) for one in said[0].sentences)
    assert "4 crashes are listed. In 2 of them people were killed or seriously injured." in words
    assert "3 have coordinates." in words


def test_pages_hold_some_rows_and_say_how_many_are_left_out():
    long = listed(sample())
    note, spare, short = pages.fitted([long])
    assert len(short.rows) == crash_rows.ON_PAGES < len(long.rows)
    assert f"{len(long.rows) - crash_rows.ON_PAGES:,} are left out" in Speaker("en").say(note.text)
    assert "Latitude" in Speaker("en").say(spare.text)
    assert len(short.columns) == len(short.rows[0]) < len(long.columns)


def test_a_list_that_fits_stays_as_it_is():
    long = listed(tiny(LISTED))
    fits = Table(long.caption, long.columns[:2], tuple(row[:2] for row in long.rows))
    assert pages.fitted([fits]) == (fits,)


@pytest.mark.parametrize("format", ["html", "xlsx"])
def test_a_workbook_holds_all_rows(format):
    made = report.assemble("crash_directory", facts(sample()))
    content = render.render(made, Speaker("en"), format)
    if format == "html":
        assert content.count(b"<tr") < crash_rows.ON_PAGES + 200
        return
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = [row for page in book for row in page.iter_rows(values_only=True)]
    numbers = {row[0] for row in rows if row and str(row[0]).startswith("20")}
    assert len(numbers) == len(sample())


def test_without_crashes_the_part_is_left_out():
    assert not crash_rows.SECTION.applies(facts(tiny(), words="year=1999"))
