"""A line of words and what it may mean: km posts, points, names, in three languages."""

import pytest

from crashkit.quick import reading
from crashkit.quick.reading import Named, Point, Posts, SiteNumber


def first(words):
    return reading.read(words).meanings[0]


@pytest.mark.parametrize(
    ("words", "road", "low", "high"),
    [
        ("A-2 km 41", "A-2", 41, 41),
        ("A2 41+300", "A2", 41.3, 41.3),
        ("A2 km 41+3", "A2", 41.003, 41.003),
        ("M39 41-45", "M39", 41, 45),
        ("M39 45-41", "M39", 41, 45),
        ("M39 km 41+300 – 42+100", "M39", 41.3, 42.1),
        ("km 41 of A-2", "of A-2", 41, 41),
        ("M1 (km 41)", "M1", 41, 41),
        ("M39 km 41,5", "M39", 41.5, 41.5),
        ("А-365 км 41", "А-365", 41, 41),
        ("на 41-м км М39", "на М39", 41, 41),
        ("М39 с 41 по 45 км", "М39 с", 41, 45),
        ("41 км", "", 41, 41),
        ("K41+300", "", 41.3, 41.3),
        ("К41+300", "", 41.3, 41.3),
        ("G312线K41+300", "G312线", 41.3, 41.3),
        ("G312国道41公里", "G312国道", 41, 41),
        ("G312公里41", "G312", 41, 41),
        ("M39 ４１公里", "M39", 41, 41),
        ("M39 ٤١ km", "M39", 41, 41),
    ],
)
def test_posts_are_read_as_people_write_them(words, road, low, high):
    assert first(words) == Posts(road, low, high)


def test_both_ways_to_read_a_line_are_kept():
    assert set(reading.read("39 km 41").meanings) >= {Posts("39", 41, 41), Posts("41", 39, 39)}


@pytest.mark.parametrize(
    ("words", "lat", "lon", "is_told"),
    [
        ("41.2 76.9", 41.2, 76.9, False),
        ("41,2 76,9", 41.2, 76.9, False),
        ("41,2; 76,9", 41.2, 76.9, False),
        ("-33.1, 151.2", -33.1, 151.2, False),
        ("41°12'N 76°54'E", 41.2, 76.9, True),
        ("76°54'E 41°12'N", 41.2, 76.9, True),
        ("41°12′30″ с.ш. 76°54′ в.д.", 41 + 12.5 / 60, 76.9, True),
        ("北纬41.2度 东经76.9度", 41.2, 76.9, True),
        ("33.1 S 70.5 W", -33.1, -70.5, True),
    ],
)
def test_points_are_read_in_degrees(words, lat, lon, is_told):
    found = first(words)
    assert (found.lat, found.lon) == (pytest.approx(lat), pytest.approx(lon))
    assert found.is_told is is_told


def test_a_point_of_which_nobody_says_which_number_is_which_has_two_readings():
    assert reading.read("41.2 76.9").meanings == (
        Point(41.2, 76.9, False),
        Point(76.9, 41.2, False),
    )
    assert reading.read("41.2 176.9").meanings == (Point(41.2, 176.9, False),)


@pytest.mark.parametrize(
    ("words", "metres"),
    [
        ("M39 km 41 ± 300 m", 300),
        ("M39 km 41 +/- 1 km", 1000),
        ("M39 km 41, within 0.5 km", 500),
        ("М39 км 41 в радиусе 300 м", 300),
        ("M39 41公里 半径300米", 300),
        ("M39 km 41", None),
    ],
)
def test_how_far_around_is_taken_out_of_the_line(words, metres):
    line = reading.read(words)
    assert line.width_m == metres
    assert (line.meanings[0].low_km, line.meanings[0].high_km) == (41, 41)


@pytest.mark.parametrize("words", ["site 12", "участок № 12", "点位12"])
def test_a_site_of_the_register_is_asked_by_its_number(words):
    assert reading.read(words).meanings == (SiteNumber(12),)


def test_anything_else_is_a_name():
    assert reading.read("  Каракол  ").meanings == (Named("Каракол"),)
    assert reading.read("41 76").meanings[-1] == Named("41 76")
    assert reading.read("   ").meanings == ()


@pytest.mark.parametrize(
    "words", ["1e999 km", "+", "°°", "km", "((((", "\x00", "9" * 500, "41:300"]
)
def test_nothing_that_is_typed_breaks_it(words):
    reading.read(words)
