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
    """Return the widths and the size of the letters of cells."""
    return sized(titles, row, width_mm, long=long)[:2]


def sized(titles, row, width_mm, *, long=()):
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


@pytest.mark.parametrize(("width_mm", "smaller"), [(110, False), (80, True)])
def test_titles_are_smaller_where_the_longest_pieces_do_not_fit_and_then_all(width_mm, smaller):
    titles = ["случайность"] * 6
    found, size, in_titles = sized(titles, ["211,000"] * 6, width_mm)
    assert sum(found) == pytest.approx(width_mm)
    assert in_titles < 8
    assert (size < 8) is smaller
    wide = pens.wide_em("случайность", bold=True) * in_titles * docx.POINT_MM
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


def written(block, layout="pages"):
    made = words.speak(report.assemble("tabulation", facts(tiny())), Speaker("en"))
    made = replace(made, layout=layout, parts=(words.Part("Sites", 1, (block,)),))
    return word.Document(io.BytesIO(docx.write(made, Speaker("en"))))


@pytest.mark.parametrize(("layout", "new_page"), [("list", True), ("pages", None)])
def test_a_long_list_begins_a_page_but_where_parts_follow_one_another(layout, new_page):
    row = (Cell("1", 1),)
    table = SaidTable("All", (SaidColumn("n", "int", 0),), (row,) * 20, total_row=False)
    file = written(table, layout)
    [heading] = [one for one in file.paragraphs if one.text == "Sites"]
    assert heading.paragraph_format.page_break_before is new_page


@pytest.mark.parametrize(("n", "kept"), [(4, [0, 1, 2, 3]), (20, [0, 1, 19])])
def test_no_row_of_a_table_stands_alone_on_a_page(n, kept):
    """The titles are row 0; a row is kept with the next one."""
    rows = ((Cell("1", 1),),) * n
    table = SaidTable("All", (SaidColumn("n", "int", 0),), rows, total_row=False)
    assert kept_with_next(written(table).tables[0]) == kept


def test_facts_with_their_labels_stand_on_one_page():
    pairs = words.SaidPairs((("Data", Cell("1", 1)),) * 5)
    assert kept_with_next(written(pairs).tables[0]) == [0, 1, 2, 3]


def kept_with_next(table):
    firsts = [row.cells[0].paragraphs[0] for row in table.rows]
    return [i for i, one in enumerate(firsts) if one.paragraph_format.keep_with_next]


@pytest.mark.parametrize(("title", "signs"), [("死亡和重伤人员", 3), ("事故", 2)])
def test_a_chinese_title_is_not_set_one_sign_upon_another(title, signs):
    table = SaidTable("", (SaidColumn(title, "int", 0),), ((Cell("3", 3),),), total_row=False)
    assert widths_of_columns.least(table, 0) == pytest.approx(
        pens.wide_em(title[:signs], bold=True), rel=0.1
    )
