"""How wide the columns of a table in a Word file are."""

import io
from dataclasses import replace

import docx as word
import pytest
from invented import facts, tiny

from crashkit import report
from crashkit.render import docx, pens, words
from crashkit.render import widths as widths_of_columns
from crashkit.render.words import Cell, SaidColumn, SaidTable
from crashkit.text import Speaker

MM = 8 * docx.POINT_MM


def widths(titles, row, width_mm, *, long=()):
    columns = tuple(SaidColumn(one, "text", 0, one in long) for one in titles)
    table = SaidTable("", columns, (tuple(Cell(one, one) for one in row),), total_row=False)
    return docx._widths(table, width_mm, 8.0)


def room(width_mm):
    return (width_mm - docx.CELL_PAD_MM) / MM


def test_columns_share_a_page_that_is_wide_enough():
    found, size = widths(["Road", "Killed"], ["M1", "12"], 100)
    assert sum(found) == pytest.approx(100)
    assert size == 8


@pytest.mark.parametrize("why", ["a long reason of many words " * 9, ""])
def test_no_number_and_no_word_of_a_title_is_broken(why):
    titles = ["От км", "С поправкой на случайность", "Почему в перечне"]
    row = ["211,000", "48,1", why]
    found, size = widths(titles, row, 62, long=titles[2:])
    assert sum(found) == pytest.approx(62)
    assert size == 8
    assert room(found[0]) >= pens.wide_em("211,000")
    assert room(found[1]) >= pens.wide_em("случайность", bold=True)


def test_letters_are_smaller_where_not_even_the_longest_pieces_fit():
    titles = ["случайность"] * 6
    found, size = widths(titles, ["211,000"] * 6, 80)
    assert sum(found) == pytest.approx(80)
    assert size < 8
    wide = pens.wide_em("случайность", bold=True) * size * docx.POINT_MM
    assert all(one - docx.CELL_PAD_MM >= wide for one in found)


def test_the_number_of_a_crash_is_one_piece():
    columns = (SaidColumn("ID", "text", 0),)
    table = SaidTable("", columns, ((Cell("2016-00132", "2016-00132"),),), total_row=False)
    assert widths_of_columns.least(table, 0) == pens.wide_em("2016-00132")
    long = SaidTable("", columns, ((Cell("well-known", "well-known"),),), total_row=False)
    assert widths_of_columns.least(long, 0) == pens.wide_em("known")


def test_neither_a_number_nor_a_percentage_is_broken_at_its_space():
    columns = (SaidColumn("Limit (95\u00a0%)", "text", 0),)
    table = SaidTable("", columns, ((Cell("1\u00a0234\u00a0567", None),),), total_row=False)
    assert widths_of_columns.least(table, 0) == pens.wide_em("1\u00a0234\u00a0567")
    short = SaidTable("", columns, ((Cell("1", 1),),), total_row=False)
    assert widths_of_columns.least(short, 0) == pens.wide_em("(95\u00a0%)", bold=True)


def test_room_that_is_left_goes_to_the_long_texts():
    why = "eleven crashes, without chance 7.3; at places like it 1.1"
    found, _ = widths(["Site", "Why"], ["M1", why], 140, long=["Why"])
    assert sum(found) == pytest.approx(140)
    assert room(found[1]) >= pens.wide_em(why)


@pytest.mark.parametrize(("layout", "new_page"), [("list", True), ("pages", None)])
def test_a_long_list_begins_a_page_but_where_parts_follow_one_another(layout, new_page):
    row = (Cell("1", 1),)
    table = SaidTable("All", (SaidColumn("n", "int", 0),), (row,) * 20, total_row=False)
    made = words.speak(report.assemble("tabulation", facts(tiny())), Speaker("en"))
    made = replace(made, layout=layout, parts=(words.Part("Sites", 1, (table,)),))
    file = word.Document(io.BytesIO(docx.write(made, Speaker("en"))))
    [heading] = [one for one in file.paragraphs if one.text == "Sites"]
    assert heading.paragraph_format.page_break_before is new_page
