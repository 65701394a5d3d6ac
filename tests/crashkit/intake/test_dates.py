"""Day or month first: all rows of a column settle it, or the user is asked."""

import made_files
import pytest

from crashkit import profiles
from crashkit.errors import IntakeError, NeedsChoice

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


# ------------------------------------------------------------------ calendars


def test_solar_hijri_dates_are_asked_about_with_examples_and_turned_on_the_users_word():
    cells = ("1402-01-17", "1402-12-29", "1403/12/30")
    with pytest.raises(NeedsChoice) as caught:
        read(*cells)
    assert caught.value.option == "calendar"
    assert caught.value.choices == ("solar_hijri", "gregorian")
    assert ("1402-01-17", "2023-04-06") in caught.value.examples["solar_hijri"]
    assert ("1402-01-17", "") in caught.value.examples["gregorian"]
    assert days(read(*cells, calendar="solar_hijri")) == ["2023-04-06", "2024-03-19", "2025-03-20"]
    assert read(*cells, calendar="gregorian").ledger.rejected == 3


def test_months_that_only_one_calendar_has_need_no_question():
    batch = read("۱۷ حمل ۱۴۰۲", "2 Sawr 1402", "۳۰ حوت ۱۴۰۳")
    assert days(batch) == ["2023-04-06", "2023-04-22", "2025-03-20"]
    assert ("calendar", "solar_hijri") in [(one.what, one.value) for one in batch.inferences]
    assert days(read("中華民國107年1月15日")) == ["2018-01-15"]


def test_weekdays_settle_the_calendar_and_say_so():
    # 17 Hamal 1402 was a Thursday.
    batch = read(("1402-01-17", "Thu"), ("1402-01-18", "جمعه"))
    assert days(batch) == ["2023-04-06", "2023-04-07"]
    (told,) = [one for one in batch.inferences if one.what == "calendar"]
    assert str(told.evidence) == "2 of 2 weekdays of the file agree; read otherwise, 0."


@pytest.mark.parametrize(
    ("cells", "calendar", "day"),
    [
        (("107年01月15日",), "roc", "2018-01-15"),
        (("107/01/15",), "roc", "2018-01-15"),
        (("15/01/2566",), "thai", "2023-01-15"),
        (("1402/1/17",), "solar_hijri", "2023-04-06"),
    ],
)
def test_other_calendars_that_are_turned(cells, calendar, day):
    with pytest.raises(NeedsChoice) as caught:
        read(*cells, date_order="dmy")
    assert calendar in caught.value.choices
    assert days(read(*cells, date_order="dmy", calendar=calendar)) == [day]
    stated = PROFILE.replace('source = "Nobody"', f'source = "Nobody"\ncalendar = "{calendar}"')
    assert days(read(*cells, date_order="dmy", text=stated)) == [day]


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (("2081-04-02", "2080-12-30"), "Bikram Sambat"),
        (("1445-01-15", "1446-02-01"), "lunar Hijri"),
    ],
)
def test_calendars_that_are_not_turned_are_refused_by_name(cells, named):
    with pytest.raises(IntakeError, match=named) as caught:
        read(*cells)
    assert not isinstance(caught.value, NeedsChoice)


def test_a_few_odd_years_are_faults_of_their_rows():
    batch = read("2023-01-05", "2023-01-06", "1402-01-17")
    assert made_files.codes(batch.ledger.issues) == [(4, "crash_date", "other_calendar")]


def test_a_year_in_a_column_of_its_own_has_its_calendar_asked_too():
    with pytest.raises(NeedsChoice) as caught:
        read(("1402", "1", "17", ""), text=PARTS, columns="day m d wd")
    assert caught.value.option == "calendar"
    for month in ("1", "حمل"):
        cells = ("1402", month, "17", "")
        batch = read(cells, text=PARTS, columns="day m d wd", calendar="solar_hijri")
        assert days(batch) == ["2023-04-06"]


# ------------------------------------------------------- numbers that Excel counts


def test_numbers_that_excel_counts_are_asked_about_for_the_whole_column():
    cells = ("45000", "45000.739583", "45038.0")
    with pytest.raises(NeedsChoice) as caught:
        read(*cells)
    assert caught.value.choices == ("excel", "excel1904")
    assert ("45000", "2023-03-15") in caught.value.examples["excel"]
    assert days(read(*cells, date_order="excel")) == ["2023-03-15", "2023-03-15", "2023-04-22"]
    assert days(read("43538", date_order="excel1904")) == ["2023-03-15"]


def test_a_few_such_numbers_among_dates_are_rejected_each():
    batch = read("2023-02-01", "2023-02-02", "45000")
    assert made_files.codes(batch.ledger.issues) == [(4, "crash_date", "excel_serial_date")]


# -------------------------------------------------------------------- evidence


def test_what_told_the_order_is_kept_with_examples():
    batch = read("01/02/2023", "13/02/2023", "03.04.2023")
    told = {one.what: one for one in batch.inferences if one.column == "day"}
    assert (told["date_order"].value, told["calendar"].value) == ("dmy", "gregorian")
    assert str(told["date_order"].evidence) == (
        "Rows that can only be read so: 1; only the other way: 0; either way: 2."
    )
    assert ("03.04.2023", "2023-04-03") in told["date_order"].examples
    assert str(told["calendar"].evidence) == "3 of 3 rows have a year from 1900 to 2027."


def test_a_date_with_another_sign_tells_nothing_of_the_others():
    rows = [f"{n % 12 + 1:02d}.{n % 9 + 1:02d}.2021" for n in range(200)]
    text = "crash_id,crash_date,severity\n" + "".join(
        f"{n},{day},slight\n" for n, day in enumerate([*rows, "04/13/2021"])
    )
    with pytest.raises(NeedsChoice, match="cannot be told"):
        made_files.imported(made_files.upload(text))


def told(batch):
    return {one.what: one.value for one in batch.inferences if one.column == "day"}


def test_years_of_two_digits_are_asked_for_where_most_have_them():
    with pytest.raises(NeedsChoice) as caught:
        read("14.03.23", "05.04.23", "06.04.2023")
    assert (caught.value.option, caught.value.choices) == ("century", ("2000", "1900"))
    assert caught.value.examples["2000"] == (("05.04.23", "2023-04-05"), ("14.03.23", "2023-03-14"))
    batch = read("14.03.23", "05.04.23", "06.04.2023", century="2000")
    assert days(batch) == ["2023-03-14", "2023-04-05", "2023-04-06"]
    assert told(batch)["century"] == "2000"


def test_the_order_is_asked_for_before_the_century():
    with pytest.raises(NeedsChoice) as caught:
        read("01.02.23", "03.04.23")
    assert caught.value.option == "date-order"
    batch = read("01.02.23", "03.04.23", date_order="ymd", century="2000")
    assert days(batch) == ["2001-02-23", "2003-04-23"]


def test_weekdays_tell_the_order_of_years_of_two_digits_too():
    rows = [("01.02.23", "Wed"), ("03.04.23", "Mon"), ("05.06.23", "Mon")]
    assert days(read(*rows, century="2000")) == ["2023-02-01", "2023-04-03", "2023-06-05"]


def test_a_few_years_of_two_digits_are_faults_of_their_rows():
    batch = read(*["14.03.2023"] * 3, "14.03.23")
    assert made_files.codes(batch.ledger.issues) == [(5, "crash_date", "year_out_of_range")]


def test_a_column_of_eight_digits_is_read_with_the_year_first():
    batch = read("20230314", "20231231", "")
    assert days(batch) == ["2023-03-14", "2023-12-31"]
    assert told(batch)["date_order"] == "yyyymmdd"


@pytest.mark.parametrize("word", ["14032023", "20231345", "99999999", "1402"])
def test_other_digits_are_no_dates(word):
    batch = read(word, word)
    assert batch.ledger.accepted == 0


def test_two_digits_at_the_beginning_may_be_a_year():
    with pytest.raises(NeedsChoice, match="day or the year") as caught:
        read("23-03-14", "23-03-15", "23-04-16")
    assert (caught.value.option, caught.value.choices) == ("date-order", ("dmy", "ymd"))
    batch = read("23-03-14", "23-03-15", "23-04-16", date_order="ymd", century="2000")
    assert days(batch) == ["2023-03-14", "2023-03-15", "2023-04-16"]
