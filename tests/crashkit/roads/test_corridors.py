"""Corridors: named sets of road sections."""

import numpy as np
import pytest
from made_roads import TWO, at, crashes, line, roads

from crashkit import geo
from crashkit.errors import IntakeError, NotFound, Refused
from crashkit.roads.corridors import (
    Corridor,
    Section,
    Span,
    drawn,
    inside,
    length_m,
    missing_roads,
    parts,
    read_corridors,
    renamed,
    rows,
    section,
    shared,
    with_section,
    without,
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


def test_sections_are_added_to_a_corridor_or_begin_one():
    told = with_section((), " CAREC  1 ", section("M-1", "2", "4,5"))
    told = with_section(told, "CAREC 3", section("A-2"))
    told = with_section(told, "CAREC 1", section("A-2", "", "7"))
    assert rows(told) == [
        ("CAREC 1", "M-1", 2.0, 4.5),
        ("CAREC 1", "A-2", None, 7.0),
        ("CAREC 3", "A-2", None, None),
    ]
    with pytest.raises(IntakeError, match="no number"):
        section("M-1", "x")
    for name in ("", "x" * 101, "a\u0007b"):
        with pytest.raises(Refused):
            with_section(told, name, section("M-1"))


def test_a_corridor_is_renamed_unless_the_name_is_taken():
    told = read_corridors(ROWS)
    assert [one.name for one in renamed(told, "CAREC 1", "East")] == ["East", "CAREC 3"]
    assert renamed(told, "CAREC 1", "CAREC 1") == told
    with pytest.raises(Refused):
        renamed(told, "CAREC 1", "CAREC 3")
    with pytest.raises(NotFound):
        renamed(told, "CAREC 9", "x")


def test_a_corridor_goes_with_its_last_section():
    told = read_corridors(ROWS)
    assert rows(without(told, "CAREC 1", 0)) == rows(told)[1:]
    assert [one.name for one in without(told, "CAREC 3", 0)] == ["CAREC 1"]
    assert [one.name for one in without(told, "CAREC 1")] == ["CAREC 3"]
    for name, place in (("CAREC 9", None), ("CAREC 1", 2), ("CAREC 1", -1)):
        with pytest.raises(NotFound):
            without(told, name, place)


def test_what_two_corridors_share_is_told_by_road():
    told = (
        Corridor("x", (Section("M-1", 0, 3000), Section("M-1", 5000, 6000), Section("A-2"))),
        Corridor("y", (Section("M-1", 2000, 5500),)),
        Corridor("z", (Section("A-2", 1000, 2000), Section("M-1", 6000, 7000))),
    )
    network = roads([line(), line(north=40)], **{**NAMED, "road_number": ["M-1", "A-2"]})
    found = [
        (one.one, one.other, one.road, round(one.length_m, -1)) for one in shared(network, told)
    ]
    assert found == [("x", "y", "M-1", 1500), ("x", "z", "A-2", 1000)]


NAMED = {"road_key": ["M-1", "A-2"], "from_m": [0, 0], "to_m": [10000, 10000]}


def as_long(drawn_line):
    lon, lat = drawn_line.T
    return float(geo.distances_m(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum())


def test_a_span_is_drawn_from_its_first_post_to_its_last():
    one, none = drawn(TWO, [Span("M-1", 2000, 3500), Span("M-9", 0, 1000)])
    (only,) = one
    assert none == ()
    assert as_long(only) == pytest.approx(1500, abs=1)
    where = at(east=2000)
    assert only[0] == pytest.approx([where["lon"], where["lat"]], abs=1e-5)


def test_of_posts_that_come_twice_the_line_near_the_point_is_drawn():
    twice = roads(
        [line(), line(north=80_000)], road_key=["M-1", "M-1"], from_m=[0, 0], to_m=[10_000, 10_000]
    )
    far = at(north=80_000, east=2500)
    (both,) = drawn(twice, [Span("M-1", 2000, 3000)])
    (near,) = drawn(twice, [Span("M-1", 2000, 3000, far["lon"], far["lat"])])
    assert (len(both), len(near)) == (2, 1)
    assert near[0][0][1] == pytest.approx(far["lat"], abs=1e-3)
