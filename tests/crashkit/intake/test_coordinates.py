"""Places in every spelling: one number of a place, or both in one cell.

The tables stand in the manual too (`docs/how-to/locations.md`), and are compared with it.
"""

import re
from pathlib import Path

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.intake import coordinates
from crashkit.intake.coordinates import Angle, Point
from crashkit.intake.parsing import Fault

MANUAL = Path(__file__).parents[3] / "docs" / "how-to" / "locations.md"

ANGLES = """
42.87123                          42.87123
42,87123                          42.87123
-33.86123                         -33.86123
42.87123°                         42.87123
42°52'28"                         42.874444
42° 52′ 28.5″                     42.874583
42º52’28’’                        42.874444
42 52 28                          42.874444
42:52:28                          42.874444
42.52.28                          42.874444
42-52-28                          42.874444
42d52m28s                         42.874444
42 52.5                           42.875
N42.52.28                         42.874444
42°52.5' N                        42.875
425228N                           42.874444
0743524E                          74.59
33.86123 S                        -33.86123
W 0°07'39"                        -0.1275
42.87123 с.ш.                     42.87123
74°35'24" в.д.                    74.59
42 град. 52 мин. 28 сек.          42.874444
34° 10' южной широты              -34.166667
широта: 42,87123                  42.87123
42°52'28" солтүстік ендік         42.874444
кеңдик 42,87123                   42.87123
74,59 шығыс бойлық                74.59
74.59 sharqiy uzunlik             74.59
北纬42度52分28秒                  42.874444
东经74°35′24″                     74.59
４２．８７１２３                  42.87123
۴۲٫۸۷۱۲۳                          42.87123
"""
POINTS = """
42.87123,74.59123                             42.87123    74.59123
42.87123 74.59123                             42.87123    74.59123
(42.87123; 74.59123)                          42.87123    74.59123
42,87123; 74,59123                            42.87123    74.59123
42,87123, 74,59123                            42.87123    74.59123
42,87123,74,59123                             42.87123    74.59123
42°52'28"N 74°35'24"E                         42.874444   74.59
E 74°35'24", N 42°52'28"                      42.874444   74.59
42°52'28", 74°35'24"                          42.874444   74.59
42 52 28 74 35 24                             42.874444   74.59
42.87123 с.ш., 74.59123 в.д.                  42.87123    74.59123
долгота: 74,59123; широта: 42,87123           42.87123    74.59123
lat=42.87123 lon=74.59123                     42.87123    74.59123
北纬42.87123度，东经74.59123度                42.87123    74.59123
POINT (74.59123 42.87123)                     42.87123    74.59123
SRID=4326;POINT Z(74.59123 42.87123 800)      42.87123    74.59123
{"type":"Point","coordinates":[74.59,42.87]}  42.87       74.59
"""


def rows(table):
    return [re.split(r"\s{2,}", line.strip()) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("word", "degrees"), rows(ANGLES))
def test_one_number_is_read_in_every_spelling(word, degrees):
    found = coordinates.angle(word)
    assert isinstance(found, Angle)
    assert round(found.value, 6) == float(degrees)


@pytest.mark.parametrize(("word", "lat", "lon"), rows(POINTS))
def test_both_numbers_are_read_from_one_cell(word, lat, lon):
    found = coordinates.point(word)
    assert isinstance(found, Point)
    assert (round(found.lat, 6), round(found.lon, 6)) == (float(lat), float(lon))


def test_the_manual_shows_the_same_examples():
    text = MANUAL.read_text("utf-8")
    for table in (ANGLES, POINTS):
        assert table.strip() in text


@pytest.mark.parametrize(
    "word",
    ["", "N", "42 87", "42°61'", "N-42.8", "91°N", "N42E", "1e5", "1.234.567", "42°52'28\"x", "°"],
)
def test_what_may_mean_two_things_or_nothing_is_not_read(word):
    assert isinstance(coordinates.angle(word), Fault)


@pytest.mark.parametrize(
    "word",
    ["42,87", "42.87", "42,87,74", "N42 N74", "{}", "[[[[", "нет", "POINT (74.59)", "42/74/5"],
)
def test_a_cell_without_two_certain_numbers_is_no_point(word):
    assert isinstance(coordinates.point(word), Fault)


@pytest.mark.parametrize(
    "word",
    ["POINT EMPTY", '{"type":"Point","coordinates":[]}', '{"type":"Feature","geometry":null}'],
)
def test_a_text_may_say_that_there_is_no_place(word):
    assert coordinates.point(word) is None


def test_bare_digits_are_degrees_minutes_seconds_only_where_the_profile_says_so():
    assert coordinates.angle("425228").value == 425228
    assert coordinates.angle("425228", packed=True).value == pytest.approx(42.874444)
    assert coordinates.angle("74352475".removesuffix("75") + ".75", packed=True).step == 0.01 / 3600


def test_a_letter_of_the_other_axis_is_a_fault():
    assert coordinates.angle("74°35'24\"E", "lat").code == "wrong_axis"
    assert coordinates.angle("42.87 с.ш.", "lat").value == 42.87


@pytest.mark.parametrize(
    ("word", "step"),
    [("42.871", 0.001), ("42", 1), ("42°52'28\"", 1 / 3600), ("42°52.5'", 0.1 / 60)],
)
def test_how_fine_a_number_was_written_is_told(word, step):
    assert coordinates.angle(word).step == pytest.approx(step)


@given(st.text(max_size=500))
def test_any_text_is_a_value_or_a_fault(word):
    assert isinstance(coordinates.angle(word), Angle | Fault)
    assert coordinates.point(word) is None or isinstance(coordinates.point(word), Point | Fault)


SIGNS = st.text("0123456789°'\" .,;-+NSEWсшвд北纬度()/{}[]POINT", max_size=60)


@given(SIGNS)
def test_any_text_of_the_signs_of_places_is_a_value_or_a_fault(word):
    found = coordinates.angle(word)
    assert isinstance(found, Fault) or (abs(found.value) < 1e10 and 0 < found.step <= 1)
    assert coordinates.point(word) is None or isinstance(coordinates.point(word), Point | Fault)


@given(
    st.integers(0, 179), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999), st.booleans()
)
def test_degrees_written_out_come_back(degree, minute, second, thousandth, west):
    value = (degree + minute / 60 + (second + thousandth / 1000) / 3600) * (-1 if west else 1)
    side, sign = ("W", "-") if west else ("E", "")
    for word in (
        f"{degree}°{minute}'{second}.{thousandth:03d}\"{side}",
        f"{sign}{degree} {minute:02d} {second:02d},{thousandth:03d}",
        f"{degree:03d}{minute:02d}{second:02d}.{thousandth:03d}{side}",
        f"{sign}{abs(value):.9f}",
    ):
        assert coordinates.angle(word).value == pytest.approx(value, abs=2e-9)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_point_written_out_comes_back(lat, lon):
    for word in (f"{lat:.6f}, {lon:.6f}", f"POINT ({lon:.6f} {lat:.6f})", f"{lat:.6f};{lon:.6f}"):
        found = coordinates.point(word)
        assert (found.lat, found.lon) == (float(f"{lat:.6f}"), float(f"{lon:.6f}"))


def test_long_texts_are_refused_before_they_are_looked_at():
    for word in ("1" * 50_000, "(" * 50_000, "N" * 50_000, '{"a":' * 10_000, " " * 50_000):
        assert isinstance(coordinates.angle(word), Fault)
        assert isinstance(coordinates.point(word), Fault)


# ------------------------------------------------------------- in a profile

PROFILE = """
title = "Test"
source = "Nobody"
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "day"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "day"
"""


def imported(recipes, header, *cells):
    table = [("no", "day", *header), *((n, "2023-02-07", *row) for n, row in enumerate(cells))]
    upload = made_files.upload(made_files.table(table))
    return made_files.imported(upload, profiles.parse("test", PROFILE + recipes))


def test_a_profile_takes_both_numbers_from_one_column():
    batch = imported(
        'point = "Координаты"',
        ["Координаты"],
        ["42°52'28\" с.ш. 74°35'24\" в.д."],
        ["POINT (74.59 42.87)"],
        ["POINT EMPTY"],
        ["-"],
    )
    assert batch.ledger.accepted == 4
    assert list(batch.crashes["lat"].dropna().round(6)) == [42.874444, 42.87]
    assert list(batch.crashes["coord_accuracy_m"].dropna()) == [15.5, 556.6]
    assert list(batch.crashes["location_kind"]) == ["point", "point", "none", "none"]


def test_a_cell_without_a_point_rejects_its_row_and_says_why():
    batch = imported('point = "p"', ["p"], ["42.87123, 74.59123"], ["near the bridge"])
    (issue,) = batch.ledger.issues
    assert (issue.code, issue.value) == ("not_a_point", "near the bridge")


def test_columns_of_latitude_and_longitude_may_hold_any_spelling():
    recipes = 'lat = "y"\nlon = { column = "x", format = "dms" }'
    batch = imported(recipes, ["y", "x"], ["42°52'28\"", "743524"], ["42.874444", "74.59"])
    assert batch.ledger.accepted == 2
    assert list(batch.crashes["lat"].round(5)) == [42.87444, 42.87444]
    assert list(batch.crashes["lon"]) == [74.59, 74.59]


def test_a_profile_may_insist_on_decimal_degrees():
    recipes = 'lat = { column = "y", format = "decimal" }\nlon = "x"'
    (issue,) = imported(recipes, ["y", "x"], ["42°52'28\"", "74.59123"]).ledger.issues
    assert issue.code == "not_a_number"


def test_a_profile_that_says_twice_where_a_crash_is_is_refused():
    with pytest.raises(profiles.DropinError, match=r"one of lat \+ lon, point"):
        profiles.parse("test", PROFILE + 'lat = "y"\nlon = "x"\npoint = "p"')


def test_the_same_crash_is_one_whether_its_place_stands_in_one_column_or_in_two():
    one = imported('point = "p"', ["p"], ["42.87123, 74.59123"])
    two = imported('lat = "y"\nlon = "x"', ["y", "x"], ["42.87123", "74.59123"])
    assert list(one.digests) == list(two.digests)
