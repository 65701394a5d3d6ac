"""Day or month first: all rows of a column settle it, or the user is asked."""

import made_files
import pytest

from crashkit import profiles
from crashkit.errors import NeedsChoice

PROFILE = """
title = "Test"
source = "Nobody"
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "day"]
key = "no"
partial = true
[files.crash]
crash_id = "no"
crash_date = { column = "day", weekday = "wd" }
"""
PARTS = PROFILE.replace('"day", weekday = "wd" }', "").replace(
    "crash_date = { column = ",
    'crash_date = { year = "day", month = "m", day = "d", weekday = "wd", century = 2000 }',
)


def read(*days, text=PROFILE, columns="day wd", **options):
    rows = [("no", *columns.split())]
    rows += [
        (str(number), *(day if isinstance(day, tuple) else (day, "")))
        for number, day in enumerate(days, 1)
    ]
    profile = profiles.parse("test", text)
    return made_files.imported(made_files.upload(made_files.table(rows)), profile, **options)


def days(batch):
    return list(batch.crashes["crash_date"])


def test_one_day_above_twelve_settles_the_whole_column():
    assert days(read("01/02/2023", "13/02/2023")) == ["2023-02-01", "2023-02-13"]
    assert days(read("01/02/2023", "02/13/2023")) == ["2023-01-02", "2023-02-13"]


def test_a_minority_in_another_order_is_rejected():
    batch = read(*["13/02/2023"] * 19, "02/13/2023")
    assert made_files.codes(batch.ledger.issues) == [(21, "crash_date", "bad_date")]


def test_the_weekday_settles_it_where_no_day_does():
    # 1 February 2023 was a Wednesday, 2 January a Monday.
    assert days(read(("01/02/2023", "Wed"), ("03/02/2023", "Fri"))) == ["2023-02-01", "2023-02-03"]
    assert days(read(("01/02/2023", "Mon"), ("03/02/2023", "Thu"))) == ["2023-01-02", "2023-03-02"]


def test_what_cannot_be_told_is_asked():
    for cells in (("01/02/2023",), ("13/02/2023", "02/13/2023")):
        with pytest.raises(NeedsChoice) as caught:
            read(*cells)
        assert (caught.value.option, caught.value.choices) == ("date-order", ("dmy", "mdy"))
        assert "day" in str(caught.value)
    assert days(read("01/02/2023", date_order="dmy")) == ["2023-02-01"]
    assert days(read("01/02/2023", **{"date-order": "MDY"})) == ["2023-01-02"]


def test_years_first_need_no_answer_and_mix_with_others():
    assert days(read("2023-02-01", "13.02.2023")) == ["2023-02-01", "2023-02-13"]
    batch = read("2023-02-01", "13.02.2023")
    assert (None, "crash_date", "date_format") in made_files.codes(batch.ledger.warnings)


def test_all_files_of_a_kind_settle_the_order_together():
    profile = profiles.parse("test", PROFILE)
    first = made_files.upload("no,day\n1,01/02/2023\n", "a.csv")
    second = made_files.upload("no,day\n2,13/02/2023\n", "b.csv")
    assert days(made_files.imported([first, second], profile)) == ["2023-02-01", "2023-02-13"]


def test_days_to_come_absent_days_and_days_of_programs_are_said():
    batch = read("2026-07-01", "", "1970-01-01", "2026-06-30")
    assert made_files.codes(batch.ledger.issues) == [
        (2, "crash_date", "future_date"),
        (3, "crash_date", "no_date"),
    ]
    assert (4, "crash_date", "epoch_date") in made_files.codes(batch.ledger.warnings)


def test_dates_in_columns_apart_say_how_much_is_known():
    cells = [
        ("13", "2", "19", ""),
        ("2013", "MAY", "", "Sat"),
        ("13", "", "", ""),
        ("13", "13", "1", ""),
    ]
    batch = read(*cells, text=PARTS, columns="day m d wd")
    assert days(batch) == ["2013-02-19", "2013-05-01", "2013-01-01"]
    assert list(batch.crashes["date_precision"]) == ["day", "month", "year"]
    crashes = batch.crashes
    assert list(crashes["weekday"].fillna(0)) == [2, 6, 0]
    assert list(crashes["month"].fillna(0)) == [2, 5, 0]
    assert made_files.codes(batch.ledger.issues) == [(5, "crash_date", "bad_date")]
