"""Dates in every way that is read, by column: what was written comes back, in any row order."""

from datetime import date, timedelta

import made_files
import pytest
from babel import dates as names
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import NeedsChoice
from crashkit.intake import calendars

PROFILE = profiles.parse(
    "test",
    """
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
""",
)
LANGUAGES = "en ru kk ky uz uz_Cyrl tg tk az ka fa fa_AF ur fr de".split()  # noqa: SIM905
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def hijri(day):
    """Return year, month and day of the solar Hijri calendar, by looking for them."""
    year = day.year - 621 - (day < calendars.day("solar_hijri", day.year - 621, 1, 1))
    month = max(
        number for number in range(1, 13) if calendars.day("solar_hijri", year, number, 1) <= day
    )
    return year, month, (day - calendars.day("solar_hijri", year, month, 1)).days + 1


def named(language):
    months = names.get_month_names("wide", "format", language)
    return lambda day: f"{day.day} {months[day.month]} {day.year}"


def hijri_text(pattern):
    return lambda day: pattern.format(*hijri(day))


WAYS = {
    "2023-04-03": (lambda day: day.isoformat(), {}),
    "2023/4/3": (lambda day: f"{day.year}/{day.month}/{day.day}", {}),
    "2023-04-03 10:05:00": (lambda day: f"{day} 10:05:00", {}),
    "03.04.2023": (lambda day: f"{day:%d.%m.%Y}", {"date_order": "dmy"}),
    "3/4/2023": (lambda day: f"{day.day}/{day.month}/{day.year}", {"date_order": "dmy"}),
    "4/3/2023": (lambda day: f"{day.month}/{day.day}/{day.year}", {"date_order": "mdy"}),
    "April 3, 2023": (lambda day: f"{day:%B} {day.day}, {day.year}", {}),
    "3-APR-2023": (lambda day: f"{day.day}-{day:%b}-{day.year}".upper(), {}),
    "2023年4月3日": (lambda day: f"{day.year}年{day.month}月{day.day}日", {}),
    "民國112年4月3日": (lambda day: f"民國{day.year - 1911}年{day.month}月{day.day}日", {}),
    "112/04/03": (
        lambda day: f"{day.year - 1911:03d}/{day.month}/{day.day}",
        {"calendar": "roc"},
    ),
    "03/04/2566": (
        lambda day: f"{day:%d/%m}/{day.year + 543}",
        {"calendar": "thai", "date_order": "dmy"},
    ),
    "1402/1/14": (hijri_text("{0}/{1}/{2}"), {"calendar": "solar_hijri"}),
    "14.01.1402": (
        hijri_text("{2:02}.{1:02}.{0}"),
        {"calendar": "solar_hijri", "date_order": "dmy"},
    ),
    "۱۴۰۲/۱/۱۴": (
        lambda day: hijri_text("{0}/{1}/{2}")(day).translate(PERSIAN),
        {"calendar": "solar_hijri"},
    ),
    "45019": (lambda day: str((day - date(1899, 12, 30)).days), {"date_order": "excel"}),
    "43557": (lambda day: str((day - date(1904, 1, 1)).days), {"date_order": "excel1904"}),
    **{f"3 April 2023, {one}": (named(one), {}) for one in LANGUAGES},
}
DAYS = st.lists(st.dates(date(1970, 1, 2), date(2026, 6, 30)), min_size=1, max_size=6)


def read(cells, weekdays=(), **options):
    rows = [("no", "day", "wd")]
    weekdays = weekdays or [""] * len(cells)
    rows += list(zip(range(len(cells)), cells, weekdays, strict=True))
    batch = made_files.imported(made_files.upload(made_files.table(rows)), PROFILE, **options)
    return dict(zip(batch.crashes["crash_id"], batch.crashes["crash_date"], strict=True))


@pytest.mark.parametrize("way", WAYS)
@given(days=DAYS)
@settings(max_examples=15, deadline=None)
def test_a_column_of_dates_is_read_as_it_was_written(way, days):
    write, options = WAYS[way]
    found = read([write(day) for day in days], **options)
    assert found == {str(number): day.isoformat() for number, day in enumerate(days)}


@given(days=DAYS, way=st.sampled_from(sorted(WAYS)), seed=st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_changes_neither_dates_nor_what_told_them(days, way, seed):
    write, options = WAYS[way]
    rows = [(str(number), write(day), "") for number, day in enumerate(days)]
    results = []
    for _ in range(2):
        text = made_files.table([("no", "day", "wd"), *rows])
        batch = made_files.imported(made_files.upload(text), PROFILE, **options)
        results.append(
            (
                dict(zip(batch.crashes["crash_id"], batch.crashes["crash_date"], strict=True)),
                batch.inferences,
            )
        )
        seed.shuffle(rows)
    assert results[0] == results[1]


@given(days=st.lists(st.dates(date(2000, 1, 1), date(2026, 6, 30)), min_size=3, max_size=9))
@settings(max_examples=40, deadline=None)
def test_with_weekdays_a_column_is_read_right_or_asked_about_never_wrong(days):
    cells = [f"{day:%d/%m/%Y}" for day in days]
    try:
        found = read(cells, [f"{day:%a}" for day in days])
    except NeedsChoice:
        return
    right = {str(number): day.isoformat() for number, day in enumerate(days)}
    assert all(right[number] == day for number, day in found.items())


def test_solar_hijri_days_turn_there_and_back():
    day = date(1979, 2, 11)
    for _ in range(400):
        assert calendars.day("solar_hijri", *hijri(day)) == day
        day += timedelta(days=37)
