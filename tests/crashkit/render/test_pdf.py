"""Rows of tables on paper: each on one page, and none lost where it is longer than a page."""

import io
from dataclasses import replace

import docx
from looked_over import pages_of
from made_documents import book

from crashkit import render
from crashkit.blocks import Column, Heading, Paragraph, Table
from crashkit.errors import Message
from crashkit.render import pdf, words
from crashkit.text import Speaker

SAY = Speaker("en")


def pages(layout, lengths):
    """Set a table whose rows have so many words, each between its begin and its end."""
    columns = (Column(Message("Place")), Column(Message("Reason")))
    rows = tuple(
        (f"row{i}", " ".join((f"from{i}x", *["word"] * n, f"until{i}x")))
        for i, n in enumerate(lengths)
    )
    report = replace(book(), layout=layout, blocks=(Table(Message("Reasons"), columns, rows),))
    return pages_of(pdf.write(words.speak(report, SAY), SAY))


def page_with(word, found):
    [number] = [i for i, page in enumerate(found) if word in page]
    return number


def test_no_row_is_broken_between_two_pages():
    found = pages("pages", [150] * 30)
    assert len(found) > 2
    for i in range(30):
        assert page_with(f"from{i}x", found) == page_with(f"until{i}x", found), i


def test_rows_longer_than_a_page_are_broken_and_nothing_of_them_is_lost():
    for layout, lengths in (("pages", [5] * 16 + [3000, 3000]), ("book", [3000, 5])):
        found = pages(layout, lengths)
        last = len(lengths) - 1
        assert page_with("from0x", found) <= page_with(f"until{last}x", found)
        long = lengths.index(3000)
        assert page_with(f"from{long}x", found) < page_with(f"until{long}x", found)


def test_what_is_said_of_a_table_stands_on_its_page():
    columns = (Column(Message("Place")), Column(Message("Crashes"), "int"))
    rows = tuple((f"row{i}", i) for i in range(6))

    def part(n):
        said = Paragraph((Message(f"About{n}x"),))
        return (
            Heading(Message(f"Part{n}x"), level=2),
            said,
            Table(Message(f"Table{n}x"), columns, rows),
        )

    report = replace(
        book(), blocks=(Heading(Message("Tables")), *(b for n in range(40) for b in part(n)))
    )
    found = pages_of(render.render(report, SAY, "pdf"))
    for n in range(40):
        where = [i for i, page in enumerate(found) if f"About{n}x" in page]
        assert where == [i for i, page in enumerate(found) if f"Table{n}x" in page], n


def test_what_begins_a_page_does_so_on_paper_in_word_and_when_a_web_page_is_printed():
    blocks = [
        block
        for n, new in enumerate((True, False, True))
        for block in (
            Heading(Message(f"Unit{n}x"), new_page=new),
            Paragraph((Message(f"About{n}x"),)),
        )
    ]
    report = replace(book(), layout="pages", blocks=tuple(blocks))
    found = pages_of(render.render(report, SAY, "pdf"))
    first = page_with("Unit0x", found)
    assert [page_with(f"Unit{n}x", found) - first for n in range(3)] == [0, 0, 1]
    word = docx.Document(io.BytesIO(render.render(report, SAY, "docx")))
    begins = {one.text: one.paragraph_format.page_break_before for one in word.paragraphs}
    assert [bool(begins[f"Unit{n}x"]) for n in range(3)] == [True, False, True]
    web = render.render(report, SAY, "html").decode()
    assert web.count('class="level1 new-page"') == 2
