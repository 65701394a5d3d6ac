"""Long lists of a workbook, written straight into their sheet: the same cells as otherwise."""

import io
import random
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
import python_calamine
from made_documents import book

from crashkit import render
from crashkit.blocks import Column, Heading, Paragraph, Table
from crashkit.errors import Message
from crashkit.render import long_lists, xlsx
from crashkit.text import Speaker

COLUMNS = (
    Column(Message("Crash")),
    Column(Message("Date"), "date"),
    Column(Message("Killed"), "int"),
    Column(Message("Km post"), "float", 3),
    Column(Message("Share"), "percent", 1),
    Column(Message("Not told")),
)
HOSTILE = ("=1+1", "<b>&amp;</b>", " wide ", "a_x0041_b", 'say "no"', "'", "дтп 日本", "@x", "-3")


def rows(n=40):
    draw = random.Random(5)
    first = date(2019, 12, 30)
    for i in range(n):
        told = draw.random() > 0.3
        yield (
            HOSTILE[i % len(HOSTILE)], first + timedelta(days=7 * i) if told else None,
            draw.randrange(5) if told else None, draw.choice((0.0, 1.0, draw.uniform(0, 900))),
            draw.random(), None,
        )  # fmt: skip


def written(*, total):
    lines = (*rows(), ("Total", None, 57, None, None, None)) if total else tuple(rows())
    table = Table(Message("Crashes"), COLUMNS, lines, total_row=total)
    said = (Heading(Message("Part")), table, Paragraph((Message("Below the list."),)))
    made = replace(book(), layout="book", blocks=said)
    return render.render(made, Speaker("en"), "xlsx")


def _plain(value):
    # This reader leaves the mark that a text is no code in texts that stand in their cells.
    return value.replace("_x005F_", "_") if isinstance(value, str) else value


def looked_at(content):
    page = openpyxl.load_workbook(io.BytesIO(content))["1 Part"]
    cells = {
        cell.coordinate: (
            _plain(cell.value),
            cell.number_format,
            cell.font.b,
            cell.alignment.vertical,
        )
        for row in page.iter_rows()
        for cell in row
        if cell.value is not None
    }
    return cells, page.dimensions, page.auto_filter.ref, page.freeze_panes


@pytest.mark.parametrize("total", [False, True])
def test_a_long_list_has_the_same_cells_as_a_short_one(monkeypatch, total):
    usual = written(total=total)
    monkeypatch.setattr(xlsx, "VERY_LONG", 10)
    monkeypatch.setattr(xlsx, "LONG_LIST", 10)
    monkeypatch.setattr(long_lists, "CHUNK", 7)
    straight = written(total=total)
    cells, reaches, filtered, frozen = looked_at(straight)
    assert b"inlineStr" not in usual and len(cells) > 150
    assert (cells, reaches) == looked_at(usual)[:2]
    assert (filtered, frozen) == ("A3:F43", "A4")
    # Another reader, which believes what the sheet says of its size.
    read, other = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        .get_sheet_by_name("1 Part")
        .to_python(skip_empty_area=False)
        for content in (straight, usual)
    )
    assert read == other and len(read) == 45 + total


def test_the_same_list_gives_the_same_file(monkeypatch):
    monkeypatch.setattr(xlsx, "VERY_LONG", 10)
    assert written(total=True) == written(total=True)


def test_a_sheet_without_the_empty_row_is_refused():
    plain = written(total=False)
    with pytest.raises(ValueError, match="no row"):
        long_lists.put_in(plain, [long_lists.LongList(0, 500, ())])
