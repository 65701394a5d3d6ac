"""Bands that span the same years or hours, and places that lie in others."""

import math

import pytest

from crashkit import overlaps
from crashkit.overlaps import Same


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("15–29", (15, 30)),
        ("21–24 h", (21, 24)),
        ("80+", (80, math.inf)),
        ("7", (7, 8)),
        ("Sarybel", None),
        ("2016-01-01", None),
        ("6–2", None),
        ("22–6 h", None),
    ],
)
def test_a_band_has_a_start_and_an_end(name, span):
    assert overlaps.span(name) == span


def test_bands_of_three_hours_are_three_hours():
    hours = frozenset(map(str, range(24)))
    bands = frozenset(f"{start}–{start + 3} h" for start in range(0, 24, 3))
    found = overlaps.of_bands(hours, bands)
    assert len(found) == 8
    assert found[1] == Same(("3", "4", "5"), ("3–6 h",))


def test_names_that_only_look_like_bands_end_no_search():
    found = overlaps.of_bands(frozenset({"3–5", "6–2", "a"}), frozenset({"3–98", "b"}))
    assert found == ()


def test_bands_that_cross_meet_where_both_end():
    found = overlaps.of_bands(
        frozenset({"0–14", "15–24", "25+"}), frozenset({"0–9", "10–19", "20–24", "25–49", "50+"})
    )
    assert found == (
        Same(("0–14", "15–24"), ("0–9", "10–19", "20–24")),
        Same(("25+",), ("25–49", "50+")),
    )


def test_the_same_bands_and_whole_tables_tell_nothing_new():
    bands = frozenset({"0–14", "15–24", "25+"})
    assert overlaps.of_bands(bands, bands) == ()
    assert overlaps.of_bands(bands, frozenset({"0–19", "20+"})) == ()


def test_a_place_of_two_provinces_or_of_none_lies_in_neither():
    found = overlaps.nested(["N", "S", "N", "", "S"], ["a", "a", "b", "c", ""])
    assert [*found] == [Same(("N",), ("b",))]
