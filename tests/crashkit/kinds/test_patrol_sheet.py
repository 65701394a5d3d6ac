from dataclasses import replace

from invented import facts, sample, tiny

from crashkit import filters, report
from crashkit.blocks import Note, Points, Table


def made(data=None, **chosen):
    return report.assemble("patrol_sheet", replace(facts(data or sample()), options=chosen))


def said(found):
    return [str(one) for part in found.blocks if isinstance(part, Points) for one in part.items]


def test_a_sheet_has_its_places_and_lines_to_fill_in():
    found = made(shift="16-19", places="4")
    places, *by_hand = (one for one in found.blocks if isinstance(one, Table))
    assert len(places.rows) == len(by_hand) == 4
    for row in places.rows:
        km = row[1].values
        words = f"road={km['road']}; km={km['first']}-{km['last'] - 0.001}; hour=16-19"
        assert row[2] == len(filters.apply(filters.parse(words), sample()))


def test_how_the_places_were_drawn_is_said_and_another_number_is_another_sheet():
    first, drawn = made(shift="16-19"), made(shift="16-19", seed="7")
    assert "nothing was drawn by lot" in said(first)[1]
    assert "drawn by lot with the number 7" in said(drawn)[1]
    assert first.stamp.fingerprint != drawn.stamp.fingerprint
    assert made(shift="16-19", seed="7").blocks == drawn.blocks


def test_crashes_without_hours_make_no_sheet_and_that_is_said():
    (note,) = made(tiny("| crash_date | severity |\n| 2023-05-01 | slight |")).blocks
    assert isinstance(note, Note)
    assert str(note.text).startswith("Not in this report")
