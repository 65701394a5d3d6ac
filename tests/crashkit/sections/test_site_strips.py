"""The strips of a report: one drawing a road, the sites by their numbers in the list."""

from dataclasses import replace

from invented import facts, sample

from crashkit import report, stripcharts
from crashkit.blocks import (
    Figure,
    Note,
)
from crashkit.sections import site_strips
from crashkit.text import Speaker

SAY = Speaker("en").say


def about(preset="eb_excess_1km"):
    plain = facts(sample(), preset=preset)
    return replace(plain, strips=stripcharts.strips(plain.everything, plain.screening))


def test_each_road_is_a_drawing_and_what_is_left_out_is_said():
    told = about()
    heading, note, *figures = site_strips.build(told)
    assert isinstance(note, Note)
    assert len(told.strips) > site_strips.MOST_ROADS == len(figures)
    assert (
        SAY(note.text) == f"Of {len(told.strips)} roads with sites the 6 with the worst are drawn."
    )
    assert all(isinstance(one, Figure) and one.kind == "strip" for one in figures)


def test_a_drawing_holds_all_crashes_of_its_road_and_numbers_of_the_list():
    told = about()
    strip, drawn = told.strips[0], site_strips.build(told)[2]
    assert sum(sum(one["values"]) for one in drawn.data["series"]) == strip.crashes
    assert drawn.data["bands"][0][2] == "1"
    assert f"{strip.crashes} in all" in SAY(drawn.caption)


def test_a_list_without_strips_has_no_such_part():
    assert not site_strips.SECTION.applies(facts(sample(), preset="count_circles"))
    assert "site_strips" in report.kinds()["blackspot_list"].sections
