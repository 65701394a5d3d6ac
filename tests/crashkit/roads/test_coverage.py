"""How well crashes were put on roads."""

import pytest
from made_roads import TWO, at, crashes, line, roads

from crashkit.roads.coverage import coverage, places, unknown_names
from crashkit.roads.snapping import snap


@pytest.fixture(scope="module")
def data():
    return crashes(
        at(north=-5, road_key="M-1"),
        at(north=-5, road_key="M 01"),
        at(north=-5, road_key="M 01"),
        at(north=46, road_key="Lenin Street"),
        at(north=5000),
        at(north=18),
        {"road_key": "M 01", "chainage_km": 3.0},
    )


def test_every_crash_is_counted_once_by_grade_and_by_reason(data):
    found = coverage(snap(TWO, data), data)
    assert sum(found.grades.values()) == sum(found.reasons.values()) == found.crashes == 7
    assert found.grades == {"good": 1, "fair": 3, "ambiguous": 1, "unmatched": 2}
    assert found.placed == 4


def test_names_that_nobody_knows_come_with_what_they_may_be(data):
    found = coverage(snap(TWO, data), data).unknown
    assert [(one.name, one.crashes, one.near, one.alike) for one in found] == [
        ("M 01", 3, "M-1", "M-1"),
        ("Lenin Street", 1, "A-2", ""),
    ]


def test_a_road_of_another_number_is_never_proposed():
    made = roads([line()], road_key=["C000015"])
    rows = crashes(at(road_key="C000016"), at(north=900, road_key="C-15"))
    found = unknown_names(snap(made, rows), rows)
    assert [(one.name, one.near, one.alike) for one in found] == [("C000016", "C000015", "")]


def test_roads_are_listed_with_their_crashes_and_length(data):
    found = coverage(snap(TWO, data), data).roads
    assert [(one.road, one.crashes, one.usual) for one in found] == [("M-1", 4, 3), ("A-2", 1, 1)]
    assert found[0].length_m == pytest.approx(10000, rel=1e-3)


def test_crashes_without_a_road_can_be_looked_at(data):
    found = places(snap(TWO, data), data)
    assert [i for i, one in enumerate(found) if one.grade == "unmatched"] == [4, 6]


def test_what_is_left_out_is_said(data):
    notes = [note.text for note in coverage(snap(TWO, data), data).notes]
    assert any("on no road" in note for note in notes)
    assert any("another road as well" in note for note in notes)
