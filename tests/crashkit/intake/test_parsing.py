"""Values are read strictly or not at all, and no text raises an error."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.intake import parsing
from crashkit.intake.parsing import Fault


def code(found):
    return found.code if isinstance(found, Fault) else found


@pytest.mark.parametrize(
    ("word", "decimal", "value"),
    [
        ("42.87", ".", 42.87),
        ("-0.5", ".", -0.5),
        ("+7", ".", 7),
        (".5", ".", 0.5),
        ("5.", ".", 5),
        ("5.1e-05", ".", 5.1e-05),
        ("12,1246", ",", 12.1246),
        ("12,1246", ".", "not_a_number"),
        ("1.234", ",", "number_format"),
        ("1,234.5", ".", "number_format"),
        ("1 234", ".", "number_format"),
        ("1_000", ".", "not_a_number"),
        ("٤٢", ".", 42.0),
        ("١٢٫٥", ",", 12.5),
        ("۱۲.۵", ".", 12.5),
        ("１２", ".", 12.0),
        ("½", ".", "not_a_number"),
        ("٤x", ".", "not_a_number"),
        ("nan", ".", "not_a_number"),
        ("inf", ".", "not_a_number"),
        ("1e400", ".", "not_a_number"),
        ("0x10", ".", "not_a_number"),
        ("", ".", "not_a_number"),
        ("9" * 50, ".", "not_a_number"),
    ],
)
def test_numbers(word, decimal, value):
    assert code(parsing.number(word, decimal)) == value


def test_typed_cells_may_have_either_mark():
    assert parsing.number("1,5", ".", either=True) == 1.5
    assert parsing.number("1.5", ",", either=True) == 1.5
    assert code(parsing.number("1.5", ",")) == "not_a_number"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("2", 2),
        ("2008.0", 2008),
        ("2,00", 2),
        ("-1", -1),
        ("007", 7),
        ("1.5", "not_whole"),
        ("1 (2)", "not_a_number"),
        ("1+1", "not_a_number"),
        ("two", "not_a_number"),
        ("1_0", "not_a_number"),
        ("٢", 2),
        ("۱۲", 12),
        ("²", "not_a_number"),
    ],
)
def test_whole_numbers(word, value):
    assert code(parsing.whole(word)) == value


@pytest.mark.parametrize(
    ("value", "low", "high", "wrong"),
    [
        (5, 0, 10, None),
        (0, 0, 10, None),
        (10, 0, 10, None),
        (-1, 0, 10, "negative"),
        (11, 0, 10, "out_of_range"),
        (-1, 0, None, "negative"),
        (1, 5, None, "out_of_range"),
        (7, None, None, None),
    ],
)
def test_limits(value, low, high, wrong):
    found = parsing.limits(value, low, high)
    assert (found and found.code) == wrong


@pytest.mark.parametrize(
    ("word", "order", "value"),
    [
        ("2023-02-07", "dmy", date(2023, 2, 7)),
        ("2023/2/7", "mdy", date(2023, 2, 7)),
        ("2019-09-20 10:00:00", "ymd", date(2019, 9, 20)),
        ("2016-01-01T06:00:00Z", "ymd", date(2016, 1, 1)),
        ("07.02.2023", "dmy", date(2023, 2, 7)),
        ("07.02.2023", "mdy", date(2023, 7, 2)),
        ("2/13/2023", "mdy", date(2023, 2, 13)),
        ("3 OCT 2019", "dmy", date(2019, 10, 3)),
        ("3 OCT 2019", "mdy", date(2019, 10, 3)),
        ("14 марта 2023", "dmy", date(2023, 3, 14)),
        ("2023年3月14日", "dmy", date(2023, 3, 14)),
        ("20230314", "yyyymmdd", date(2023, 3, 14)),
        ("20230314", "ymd", "bad_date"),
        ("31.02.2021", "dmy", "bad_date"),
        ("2023-13-01", "ymd", "bad_date"),
        ("29.02.2023", "dmy", "bad_date"),
        ("00/00/0000", "dmy", "bad_date"),
        ("2023 оны 3 дугаар сарын 14-ний өдөр", "dmy", date(2023, 3, 14)),
        ("2023 оны 3-р сарын 14", "dmy", date(2023, 3, 14)),
        ("Tuesday 14/03/2023", "dmy", date(2023, 3, 14)),
        ("вт, 14.03.2023", "dmy", date(2023, 3, 14)),
        ("soon", "dmy", "bad_date"),
        ("1.1.23", "dmy", "year_out_of_range"),
        ("1402/01/15", "ymd", "other_calendar"),
        ("9999-12-31", "ymd", "year_out_of_range"),
        ("45000", "dmy", "excel_serial_date"),
        ("1" * 100, "dmy", "bad_date"),
    ],
)
def test_dates(word, order, value):
    assert code(parsing.day(word, order)) == value


def test_years_of_two_digits_need_a_century():
    assert parsing.day("1.1.23", "dmy", century=2000) == date(2023, 1, 1)
    assert parsing.made("13", "2", "19", century=2000) == date(2013, 2, 19)


@pytest.mark.parametrize(
    ("word", "format", "value"),
    [
        ("08:15", "clock", "08:15"),
        ("8.15", "clock", "08:15"),
        ("8:15:59", "clock", "08:15"),
        ("8:15 pm", "clock", "20:15"),
        ("12:05 AM", "clock", "00:05"),
        ("2019-09-20 10:00:00", "clock", "10:00"),
        ("24:00", "clock", parsing.MIDNIGHT),
        ("27:80", "clock", "bad_time"),
        ("13:05 pm", "clock", "bad_time"),
        ("noon", "clock", "bad_time"),
        ("5 ч 07 мин", "clock", "05:07"),
        ("17 ч. 05 мин.", "clock", "17:05"),
        ("5h07", "clock", "05:07"),
        ("8 часов", "clock", "08:00"),
        ("25 ч 07 мин", "clock", "bad_time"),
        ("5 ч 77 мин", "clock", "bad_time"),
        ("45", "hhmm", "00:45"),
        ("1715", "hhmm", "17:15"),
        ("0", "hhmm", "00:00"),
        ("2400", "hhmm", parsing.MIDNIGHT),
        ("1775", "hhmm", "bad_time"),
        ("5", "hour", "05:00"),
        ("5.0", "hour", "05:00"),
        ("99", "hour", "bad_time"),
    ],
)
def test_times(word, format, value):
    assert code(parsing.TIMES[format](word)) == value


@pytest.mark.parametrize(
    ("word", "format", "value"),
    [
        ("12+345", "km+m", (12.345, 3)),
        ("000+0.082", "post+distance", (0.082, 3)),
        ("163+1.000", "post+distance", (164.0, 3)),
        ("١٢+٣٤٥", "km+m", (12.345, 3)),
        ("12", "km+m", "bad_km_post"),
        ("12+", "km+m", "bad_km_post"),
    ],
)
def test_km_posts(word, format, value):
    assert code(parsing.post(word, format)) == value


@pytest.mark.parametrize(
    ("word", "number"), [("1", 1), ("MAY", 5), ("мая", 5), ("März", 3), ("13", 13), ("x", None)]
)
def test_months(word, number):
    assert parsing.month(word) == number


@pytest.mark.parametrize(
    ("word", "number"), [("Mon", 1), ("SUN", 7), ("вт", 2), ("7", 7), ("8", None)]
)
def test_weekdays(word, number):
    assert parsing.weekday(word) == number


@given(st.text(max_size=70), st.sampled_from(["dmy", "mdy", "ymd", "yyyymmdd"]))
def test_no_text_raises_an_error(word, order):
    parsing.number(word, ".")
    parsing.whole(word)
    parsing.day(word, order, century=2000)
    parsing.shape(word)
    parsing.month(word)
    parsing.weekday(word)
    for read in parsing.TIMES.values():
        read(word)
    for format in ("km+m", "post+distance"):
        parsing.post(word, format)


@given(st.dates(date(1900, 1, 1), date(2049, 12, 31)))
def test_a_written_date_is_read_as_it_was(day):
    assert parsing.day(day.isoformat(), "dmy") == day
    assert parsing.day(f"{day:%d.%m.%Y}", "dmy") == day
    assert parsing.day(f"{day:%m/%d/%Y}", "mdy") == day
    assert parsing.day(f"{day:%Y%m%d}", "yyyymmdd") == day


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_a_written_number_is_read_as_it_was(value):
    text = f"{value:.6f}"
    assert parsing.number(text, ".") == float(text)
    assert parsing.number(text.replace(".", ","), ",") == float(text)
