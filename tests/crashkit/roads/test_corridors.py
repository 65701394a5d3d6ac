"""Corridors: named sets of road sections."""

import numpy as np
import pytest
from made_roads import TWO, at, crashes, line, roads

from crashkit.errors import IntakeError
from crashkit.roads.corridors import (
    Corridor,
    Section,
    inside,
    length_m,
    missing_roads,
    parts,
    read_corridors,
)
from crashkit.roads.snapping import snap

ROWS = [
    {"corridor": "CAREC 1", "road": "M 1", "from_km": "2", "to_km": "4,5"},
    {"corridor": "CAREC 1", "road": "A-2"},
    {"corridor": "CAREC 3", "road": "M-1", "from_km": "9", "to_km": ""},
]


def test_a_table_tells_corridors_with_their_sections():
    found = read_corridors(ROWS)
    assert found == (
        Corridor("CAREC 1", (Section("M 1", 2000, 4500), Section("A-2"))),
        Corridor("CAREC 3", (Section("M-1", 9000, np.inf),)),
    )


def test_crashes_on_a_corridor_are_those_between_its_posts():
    rows = [at(east=east, road_key="M-1") for east in (1900, 2100, 4400, 4600, 9500)]
    found = snap(TWO, crashes(*rows, at(north=40, east=100, road_key="A-2")))
    one, three = read_corridors(ROWS)
    assert inside(found, one).tolist() == [False, True, True, False, False, True]
    assert inside(found, three).tolist() == [False, False, False, False, True, False]


def test_a_corridor_is_as_long_as_what_is_in_it():
    one, three = read_corridors(ROWS)
    assert length_m(TWO, one) == pytest.approx(12500, rel=1e-3)
    assert length_m(TWO, three) == pytest.approx(1000, rel=1e-3)


def test_sections_of_one_road_that_overlap_count_once():
    made = Corridor("x", (Section("M-1", 0, 3000), Section("M-1", 2000, 5000)))
    assert length_m(TWO, made) == pytest.approx(5000, rel=1e-3)


def test_what_lies_between_two_sections_is_in_neither():
    made = Corridor("x", (Section("M-1", 6000, 7000), Section("M-1", 0, 3000)))
    assert length_m(TWO, made) == pytest.approx(4000, rel=1e-3)
    rows = [at(east=east, road_key="M-1") for east in (2000, 4500, 6500)]
    assert inside(snap(TWO, crashes(*rows)), made).tolist() == [True, False, True]


def test_a_road_without_posts_belongs_to_a_corridor_only_as_a_whole():
    made = roads([line()], road_name=["Silk Road"])
    assert parts(made, Corridor("x", (Section("silk road"),)))[0].tolist() == [0]
    assert parts(made, Corridor("x", (Section("silk road", 0, 100),)))[0].tolist() == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"corridor": "", "road": "M-1"}, "Row 1 names no corridor"),
        ({"corridor": "x", "road": "M-1", "from_km": "two"}, "Row 1 says two for from_km"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row, told):
    with pytest.raises(IntakeError, match=told):
        read_corridors([row])


def test_roads_that_the_network_lacks_are_named():
    assert missing_roads(TWO, read_corridors([*ROWS, {"corridor": "y", "road": "Z-9"}])) == ("Z-9",)
