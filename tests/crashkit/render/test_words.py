from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import facts, sample, tiny

from crashkit import report
from crashkit.blocks import (
    Column,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Pairs,
    Paragraph,
    Points,
    Table,
)
from crashkit.errors import Message
from crashkit.render import words
from crashkit.section import Report
from crashkit.text import Speaker


def spoken(*blocks, language="en"):
    stamp = report.stamp("area_one_pager", facts(tiny()))
    made = Report("test", Message("Killed"), Message("Period"), tuple(blocks), stamp)
    return words.speak(made, Speaker(language))


def table_of(*rows, columns):
    document = spoken(Table(Message("Killed"), columns, rows))
    return document.parts[0].blocks[0]


def test_cells_are_written_as_their_column_wants_and_keep_their_value():
    columns = (
        Column(Message("Road")),
        Column(Message("Crashes"), "int"),
        Column(Message("Score"), "float", 2),
        Column(Message("Share of known"), "percent"),
        Column(Message("Probability"), "chance", 4),
        Column(Message("Period"), "date"),
    )
    row = ("M-39", 1234, 3.14159, 0.256, 0.03, date(2024, 5, 6))
    [cells] = table_of(row, columns=columns).rows
    assert [cell.text for cell in cells] == ["M-39", "1,234", "3.14", "26%", "0.0300", "6 May 2024"]
    assert [cell.value for cell in cells] == list(row)


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
def test_what_is_not_known_is_a_dash_without_a_value(nothing):
    [[cell]] = table_of((nothing,), columns=(Column(Message("Score"), "float", 1),)).rows
    assert (cell.text, cell.value) == ("–", None)


def test_a_tiny_chance_is_not_written_as_nought():
    [[cell]] = table_of((5e-75,), columns=(Column(Message("Probability"), "chance", 4),)).rows
    assert (cell.text, cell.value) == ("< 0.0001", 5e-75)


def test_a_heading_opens_a_part_and_what_stands_before_has_none():
    document = spoken(
        KeyFigures((KeyFigure(Message("Killed"), 3, Message("people")),)),
        Heading(Message("Where")),
        Note(Message("Mind the gap."), "warning"),
        Paragraph((Message("One."), Message("Two."))),
        Heading(Message("When"), 2),
        Points((Message("Three."),)),
        Pairs(((Message("Killed"), 4), (Message("Road"), "M-1"))),
    )
    assert [(p.heading, p.level, len(p.blocks)) for p in document.parts] == [
        ("", 1, 1),
        ("Where", 1, 2),
        ("When", 2, 2),
    ]
    assert document.parts[1].blocks[1].texts == ("One. Two.",)
    assert [cell.text for _, cell in document.parts[2].blocks[1].pairs] == ["4", "M-1"]


def test_the_foot_of_every_page_states_where_the_numbers_come_from():
    document = words.speak(
        report.assemble("area_one_pager", facts(tiny(), words="severity=fatal")), Speaker("en")
    )
    for part in (
        "Data: test v3",
        "Data of: 3 Feb 2024",
        "Filter: Severity: Fatal.",
        "Crashes used: 1 of 4",
        "Without coordinates: 0",
        "Killed: died within 30 days",
        "Source of the data: Police of the test",
        "Software: CrashKit",
        f"Fingerprint: {document.fingerprint}",
    ):
        assert part in document.footer
    assert document.banner == ""


def test_invented_data_are_marked():
    document = words.speak(report.assemble("area_one_pager", facts(sample())), Speaker("en"))
    assert document.banner == "Invented data for training"


def test_the_foot_of_a_list_names_its_rule():
    made = report.assemble("blackspot_list", facts(sample(), preset="count_1km"))
    assert "Rule: Most crashes within 1 km of road" in words.speak(made, Speaker("en")).footer


@given(st.text())
def test_no_shown_text_holds_a_sign_that_a_document_cannot(text):
    shown = words.shown(text)
    assert not any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in shown)
    shown.encode("utf-8")


def test_signs_that_turn_the_line_about_are_written_as_numbers():
    assert words.shown("a\u202eb\x00c\nd") == "a\\u202eb\\x00c d"


def test_a_fact_in_another_language_is_written_as_that_language_does():
    document = spoken(Pairs(((Message("Killed"), 12345),)), language="ru")
    [(label, cell)] = document.parts[0].blocks[0].pairs
    assert (label, cell.text) == ("Погибло", "12\xa0345")


def test_no_line_is_broken_between_a_number_and_its_sign():
    columns = (Column(Message("Lower limit (95 %)"), "float", 1), Column(Message("Road")))
    table = table_of((1.0, "A 5 % slope"), columns=columns)
    assert table.columns[0].title == "Lower limit (95\u00a0%)"
    assert table.rows[0][1].text == "A 5 % slope"
