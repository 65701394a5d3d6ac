"""Times of a column: how they are written, midnight that means nothing, cells of several kinds."""

from datetime import date, datetime, time

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.intake import parsing

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
crash_date = "day"
crash_time = "at"
n_vehicles = "n"
severity = "how"
"""


def read(*times, day="2023-02-07", name="at"):
    rows = [("no", "day", name), *((n, day, one) for n, one in enumerate(times, 1))]
    return made_files.imported(
        made_files.upload(made_files.table(rows)), profiles.parse("test", PROFILE)
    )


def times(batch):
    return list(batch.crashes["crash_time"])


def warned(batch):
    return [issue.code for issue in batch.ledger.warnings]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("8:15 p.m.", "20:15"),
        ("上午8时30分", "08:30"),
        ("下午3:20", "15:20"),
        ("下午3点", "15:00"),
        ("8时", "08:00"),
        ("۰۸:۱۵", "08:15"),
        ("8:15 ب.ظ", "20:15"),
        ("2020-06-01 00:50", "00:50"),
        ("12:00-28:00", "bad_time"),
        ("8:15 noon", "bad_time"),
        ("下午13:20", "bad_time"),
        ("25:00", "bad_time"),
    ],
)
def test_times_as_people_write_them(word, value):
    found = parsing.clock(word)
    assert (found.code if isinstance(found, parsing.Fault) else found) == value


@pytest.mark.parametrize(
    ("written", "format", "read_as"),
    [
        (("45", "1715", "805"), "hhmm", ["00:45", "17:15", "08:05"]),
        (("4", "17", "23"), "hour", ["04:00", "17:00", "23:00"]),
        (("0.5", "0.729166", ".25"), "fraction", ["12:00", "17:30", "06:00"]),
    ],
)
def test_a_column_tells_how_its_times_are_written(written, format, read_as):
    batch = read(*written)
    assert times(batch) == read_as
    (told,) = [one for one in batch.inferences if one.what == "time_format"]
    assert (told.column, told.value, told.certain) == ("at", format, False)
    assert (written[0], read_as[0]) in told.examples
    assert set(batch.crashes["time_precision"]) == {"hour" if format == "hour" else "minute"}


def test_a_minority_in_another_form_is_rejected():
    batch = read(*["8:15"] * 3, "0805")
    assert made_files.codes(batch.ledger.issues) == [(5, "crash_time", "bad_time")]


def test_a_date_in_a_column_of_times_gives_the_time_only():
    batch = read("2020-06-01 00:50", "8:15")
    assert times(batch) == ["00:50", "08:15"]
    assert set(batch.crashes["crash_date"]) == {"2023-02-07"}
    assert "date_in_time" in warned(batch)


def test_too_many_crashes_at_midnight_are_told_by_year():
    assert "midnight_unknown" not in warned(read(*["8:15"] * 8, *["00:00"] * 2))
    batch = read(*["8:15"] * 7, *["00:00"] * 3)
    (told,) = [one for one in batch.ledger.warnings if one.code == "midnight_unknown"]
    assert "3 of 10 crashes of 2023" in str(told.message)


def test_cells_of_several_kinds_in_a_column_of_a_workbook_are_counted():
    rows = [
        ("no", "day", "at"),
        (1, date(2023, 2, 7), "8:15"),
        (2, "08.02.2023", "8:20"),
        (3, date(2023, 2, 9), "8:25"),
    ]
    file = made_files.upload(made_files.workbook(a=rows), "a.xlsx")
    batch = made_files.imported(file, profiles.parse("test", PROFILE), date_order="dmy")
    (told,) = [one for one in batch.ledger.warnings if one.code == "mixed_cells"]
    assert told.field == "crash_date"
    kinds = [str(one) for one in told.message.values["kinds"]]
    assert kinds == ["dates: 2", "texts: 1"]
    assert batch.ledger.accepted == 3


def test_a_column_that_says_the_same_in_every_row_is_pointed_out():
    rows = [("no", "day", "n", "how"), *((n, "2023-02-07", 1, "fatal") for n in range(20))]
    rows[1] = (0, "2023-02-07", 1, "slight")
    file = made_files.upload(made_files.table(rows))
    batch = made_files.imported(file, profiles.parse("test", PROFILE))
    told = [one.field for one in batch.ledger.warnings if one.code == "constant"]
    assert told == ["n_vehicles"]


def test_a_year_of_birth_is_no_age_and_is_never_kept():
    people = made_files.PEOPLE.replace(",44,", ",1987,")
    batch = made_files.imported(made_files.three(people=people))
    assert ("birth_year") in {issue.code for issue in batch.ledger.issues}
    assert 1987 not in set(batch.people["age"])


@given(st.times())
def test_a_written_time_is_read_as_it_was(moment):
    minutes = f"{moment:%H:%M}"
    assert parsing.clock(f"{moment:%H:%M:%S}") == minutes
    assert parsing.clock(f"{moment:%I:%M %p}") == minutes
    half = "上午" if moment.hour < 12 else "下午"
    assert parsing.clock(f"{half}{moment:%I}时{moment:%M}分") == minutes
    assert parsing.hhmm(str(moment.hour * 100 + moment.minute)) == minutes
    noon = datetime.combine(date(2023, 1, 1), time(moment.hour, moment.minute))
    share = (noon - datetime(2023, 1, 1)).total_seconds() / 86400
    assert parsing.fraction(f"{share:.12f}") == minutes
