"""The patrol sheet: what it says of each place, of the draw, and of what is not known."""

from dataclasses import replace

import pytest
from invented import facts, tiny

from crashkit import report
from crashkit.blocks import Figure, Heading, KeyFigures, Note, Pairs, Paragraph, Points, Table
from crashkit.errors import ReportError

NIGHTS = """
| crash_time | severity | n_killed | road_key | chainage_km | lon  | lat  | crash_type |
| ---------- | -------- | -------- | -------- | ----------- | ---- | ---- | ---------- |
| 22:10      | fatal    | 1        | M1       | 3.1         | 69.2 | 41.3 | pedestrian |
| 23:10      | slight   | 0        | M1       | 3.2         | 69.2 | 41.3 | pedestrian |
| 23:50      | slight   | 0        | M1       | 3.3         | 69.2 | 41.3 | unknown    |
| 01:10      | serious  | 0        | M2       | 8.0         | 69.3 | 41.4 | unknown    |
| 01:20      | slight   | 0        | M2       | 8.4         | 69.3 | 41.4 | unknown    |
| 12:00      | slight   | 0        | M2       | 8.4         | 69.3 | 41.4 | unknown    |
|            | slight   | 0        | M2       | 8.4         | 69.3 | 41.4 | unknown    |
"""


def sheet(drawn: str = NIGHTS, words: str = "", **options: str):
    return report.assemble(
        "patrol_sheet", replace(facts(tiny(drawn), words=words), options=options)
    )


def of(made, kind):
    return [one for one in made.blocks if isinstance(one, kind)]


def lines(made):
    return [str(line) for one in of(made, Points) for line in one.items]


def test_each_place_says_where_what_and_when_and_has_lines_to_fill_in():
    made = sheet(seed="3")
    headings = [str(one.text) for one in of(made, Heading) if one.level == 2]
    assert sorted(one[3:] for one in headings) == ["M1, km 3 to 4", "M2, km 8 to 9"]
    first = headings.index(next(one for one in headings if "M1" in one))
    told = {str(label): str(value) for label, value in of(made, Pairs)[1 + first].items}
    assert told["Crashes in these hours"] == "3 in all; Fatal: 1; Slight: 2"
    assert told["People"].startswith("1 killed")
    assert told["Crashes by hour"] == "22 to 23 h: 1; 23 to 24 h: 2"
    assert told["Most frequent type"] == "Pedestrian hit: 2 of 2"
    assert told["Coordinates (latitude, longitude)"] == "41.30000, 69.20000"
    assert set(told["Seen and done"]) == {"_"}


def test_the_head_counts_the_crashes_of_the_shift_and_says_for_whom_it_is():
    made = sheet()
    figures = of(made, KeyFigures)[0].figures
    assert [(str(one.label), one.value) for one in figures][:2] == [
        ("Shift from 22:00 to 06:00", 8),
        ("Crashes in these hours", 5),
    ]
    assert str(figures[1].unit) == "of 6 whose hour is known"
    assert str(of(made, Note)[0].text) == "For the patrol only: not for the public."


def test_the_draw_and_its_chances_are_told_with_limits():
    made = sheet(places="1", seed="3")
    (table,) = of(made, Table)
    ((_, place, crashes, low, high, chance),) = table.rows
    assert (str(place), crashes, chance) in [("M1, km 3 to 4", 3, 0.6), ("M2, km 8 to 9", 2, 0.4)]
    assert low < crashes < high
    told = lines(made)
    assert told[0].startswith(
        "Drawn from 2 places with 2 or more crashes in these hours; they hold 5"
    )
    assert "Of one crash the hour is not known: it is left out." in told
    assert any("How much traffic runs at these places" in one for one in told)
    assert any(one.startswith("The number of the draw is 3.") for one in told)


def test_fewer_places_than_asked_for_are_said_to_be_certain():
    told = lines(sheet())
    assert any(one.startswith("6 places were asked for; there are no more") for one in told)


def test_days_of_the_week_and_hours_after_midnight_are_told_apart():
    beginning = "The filter keeps days of the week"
    assert any(one.startswith(beginning) for one in lines(sheet(words="weekday=5")))
    assert not any(one.startswith(beginning) for one in lines(sheet()))


def test_a_sheet_without_places_says_why_and_names_what_it_leaves_out():
    made = sheet(**{"from": "12", "hours": "1"})
    assert not of(made, Figure)
    assert str(of(made, Paragraph)[0].sentences[0]).startswith("No place has two crashes or more")
    assert "Places of a patrol" in str(of(made, Note)[-1].text)
    bare = sheet("| severity |\n| fatal |")
    assert str(of(bare, Paragraph)[0].sentences[0]).startswith("No crash is known to lie in these")


def test_the_seed_is_in_the_stamp_and_the_fingerprint():
    one, other = sheet(seed="3"), sheet(seed="4")
    assert one.stamp.fingerprint != other.stamp.fingerprint
    assert sheet(seed="3").stamp.fingerprint == one.stamp.fingerprint
    told = [(str(label), str(word)) for label, word in one.stamp.options]
    assert told[-1] == ("Number of the draw (another one for each shift)", "3")
    with pytest.raises(ReportError, match="Places to draw"):
        sheet(places="31")


def test_the_sheet_is_never_for_the_public():
    with pytest.raises(ReportError, match="cannot be made for the public"):
        report.assemble("patrol_sheet", replace(facts(tiny(NIGHTS)), public=5))
