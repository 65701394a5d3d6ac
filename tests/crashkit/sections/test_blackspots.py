"""Sections of the blackspot list, on a road with two clusters."""

from datetime import date

import pytest
from invented import facts, sample, tiny

from crashkit import blocks, report
from crashkit.blocks import (
    Figure,
    KeyFigures,
    Note,
    Pairs,
    Points,
    Table,
)
from crashkit.errors import Message
from crashkit.text import Speaker

ROAD = """
| road_key | chainage_km | severity | n_killed | n_injured | lon   | lat   | crash_type | place |
| M-39     | 10.1        | fatal    | 2        | 1         | 69.10 | 41.10 | pedestrian | Aksu  |
| M-39     | 10.2        | slight   | 0        | 1         | 69.10 | 41.10 | pedestrian | Aksu  |
| M-39     | 10.3        | serious  | 0        | 2         | 69.10 | 41.10 | overturn   | Aksu  |
| M-39     | 10.6        | slight   | 0        | 1         | 69.11 | 41.11 | pedestrian | Aksu  |
| M-39     | 55.0        | slight   | 0        | 1         | 69.50 | 41.50 | pedestrian |       |
| M-39     | 55.1        | slight   | 0        | 1         | 69.50 | 41.50 | overturn   |       |
| M-39     | 55.2        | fatal    | 1        | 0         | 69.50 | 41.50 | overturn   |       |
| M-39     | 90.0        | slight   | 0        | 1         |       |       | overturn   |       |
|          |             | slight   | 0        | 1         | 69.90 | 41.90 | overturn   |       |
"""


@pytest.fixture(scope="module")
def about():
    return facts(tiny(ROAD), preset="count_1km")


def built(name, about):
    return report.sections()[name].build(about)


def said(value):
    return Speaker("en").say(value) if isinstance(value, Message) else value


def only(kind, blocks):
    [found] = [one for one in blocks if isinstance(one, kind)]
    return found


def pairs(blocks):
    return {
        said(label): said(value)
        for one in blocks
        if isinstance(one, Pairs)
        for label, value in one.items
    }


def test_no_section_of_the_list_applies_without_a_screening():
    bare = facts(tiny(ROAD))
    names = report.kinds()["blackspot_list"].sections
    assert not [name for name in names if report.sections()[name].applies(bare)]


def test_the_rule_is_told_in_plain_words_and_marked_as_not_verified(about):
    blocks = built("screening_method", about)
    told = pairs(blocks)
    assert told["Rule"] == "Most crashes within 1 km of road"
    assert told["Where we looked"] == "Windows anchored at crashes"
    assert told["What we measured"] == "Number of crashes"
    assert told["Checked against the source"] == "no"
    assert "Longest window: 1,000 m" in told["With these numbers"]
    assert told["Source of the rule"].startswith("Usual practice")
    assert only(Note, blocks).kind == "warning"


def test_a_written_rule_is_told_condition_by_condition():
    blocks = built("screening_method", facts(sample(), preset="ru_law_country"))
    told = [
        said(value)
        for one in blocks
        if isinstance(one, Pairs)
        for label, value in one.items
        if said(label) == "Condition"
    ]
    assert told == ["3 or more crashes and of one crash type", "5 or more crashes"]


def test_weights_are_told_in_words():
    told = pairs(built("screening_method", facts(sample(), preset="weighted_1km")))
    assert told["Weights"].startswith("Killed (30 days): 5")


def test_the_figures_say_how_many_places_were_compared(about):
    figures = only(KeyFigures, built("screening_figures", about)).figures
    told = {said(one.label): one.value for one in figures}
    assert told == {
        "Sites listed": 2,
        "Compared": about.screening.compared,
        "Crashes looked at": 8,
        "Crashes at the sites": 7,
        "Share at the sites": 7 / 8,
        "Killed at the sites": 3,
    }


def test_the_table_ranks_sites_with_their_road_and_counts(about):
    table = only(Table, built("site_table", about))
    titles = [said(column.title) for column in table.columns]
    first, second = (dict(zip(titles, map(said, row), strict=True)) for row in table.rows)
    assert first | {"Site": ""} == {
        "No.": 1,
        "Rank": 1,
        "Site": "",
        "Place": "Aksu",
        "Road": "M-39",
        "From km": 10.1,
        "To km": 10.6,
        "Crashes": 4,
        "Killed": 2,
        "Injured": 5,
        "Score": 4.0,
        "Stays": 1.0,
        "Peers have": pytest.approx(0.0494, abs=1e-3),
        "Chance taken out": pytest.approx(2.0967, abs=1e-3),
        "Surely worse": pytest.approx(1.0, abs=1e-3),
        "Why listed": "4 crashes in the period.",
    }
    assert (second["Crashes"], second["Killed"], second["Place"]) == (3, 1, "")


def test_circles_have_coordinates_and_no_km():
    table = only(Table, built("site_table", facts(tiny(ROAD), preset="count_circles")))
    titles = [said(column.title) for column in table.columns]
    assert {"Latitude", "Longitude"} <= set(titles)
    assert not {"From km", "To km", "Expected", "Probability"} & set(titles)


def test_a_test_against_chance_shows_expected_interval_and_probability():
    table = only(Table, built("site_table", facts(sample(), preset="poisson_1km")))
    titles = [said(column.title) for column in table.columns]
    assert {"Peers have", "Chance taken out", "Surely worse", "Stays", "Probability"} <= set(titles)
    assert not {"Latitude", "Longitude", "Why listed"} & set(titles)


def test_a_rule_that_nothing_meets_says_so():
    nothing = facts(tiny(ROAD), preset="count_1km", changes={"min_crashes": "50"})
    note = only(Note, built("site_table", nothing))
    assert said(note.text).startswith("None of the ")
    for name in ("site_map", "site_facts"):
        assert not report.sections()[name].applies(nothing)


def test_the_map_numbers_the_sites_as_the_table_does(about):
    figure = only(Figure, built("site_map", about))
    assert [number for *_, number in figure.data["sites"]] == ["1", "2"]
    assert "2 of 2 sites" in said(figure.caption)
    assert "legal status" in said(figure.caption)


def test_sites_without_coordinates_have_no_map():
    drawn = "| road_key | chainage_km |\n" + "| M-1 | 5.1 |\n" * 4
    about = facts(tiny(drawn), preset="count_1km")
    assert about.screening.findings
    assert not report.sections()["site_map"].applies(about)
    titles = [said(c.title) for c in only(Table, built("site_table", about)).columns]
    assert "Killed" not in titles and "Latitude" not in titles


def test_short_facts_of_a_site_name_it_and_count_what_its_crashes_share(about):
    heading, first, _, second = [
        one for one in built("site_facts", about)[1:] if isinstance(one, blocks.Heading | Pairs)
    ]
    assert said(heading.text) == "1. M-39, km 10.100 to 10.600 (Aksu)"
    told = pairs([first])
    assert told["People"] == "2 killed, 5 injured"
    assert told["Most frequent type"] == "Pedestrian hit: 3 of 4"
    assert told["Crashes"].startswith("4 in all; Fatal: 1")
    assert pairs([second])["Most frequent type"] == "Overturned on the road: 2 of 3"


def test_chance_is_told_first_and_no_doubt_of_the_screening_is_lost(about):
    told = [said(one) for one in only(Points, built("screening_doubts", about)).items]
    assert told[0].startswith("A high count partly comes from chance")
    assert len(told) == 1 + len(about.screening.notes)


def test_the_warning_that_nobody_checked_the_rule_is_not_said_twice():
    law = facts(sample(), preset="ru_law")
    told = [said(one) for one in only(Points, built("screening_doubts", law)).items]
    checked = "Nobody has yet checked the numbers of this rule against its source."
    assert checked not in told
    assert len(told) == len(law.screening.notes)


def test_dates_of_the_list_are_those_of_the_screening():
    told = pairs(built("screening_method", facts(sample(), preset="ru_law")))
    assert told["Period"] == "1 Jan 2025 to 31 Dec 2025"
    assert date(2025, 1, 1) == facts(sample(), preset="ru_law").screening.period.start
