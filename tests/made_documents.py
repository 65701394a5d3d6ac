"""A small book, and what stands in a written document, whatever its format."""

import io
import json
import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import docx
import openpyxl
from invented import facts, tiny

from crashkit import report
from crashkit.blocks import Column, Figure, Heading, KeyFigure, KeyFigures, Paragraph, Table
from crashkit.errors import Message


def counts(caption, rows=3):
    columns = (Column(Message("Year")), Column(Message("Crashes"), "int"))
    return Table(Message(caption), columns, tuple((str(2020 + n), 7 + n) for n in range(rows)))


def bars(caption, table):
    data = {
        "categories": [row[0] for row in table.rows],
        "series": [{"key": "a", "label": Message("Crashes"), "values": [7, 8, 9]}],
        "unit": Message("Crashes"),
    }
    return Figure("bars", Message(caption), Message("Bars of years"), data, table)


def book():
    made = report.assemble("area_one_pager", facts(tiny()))
    blocks = (
        KeyFigures((KeyFigure(Message("Crashes"), 24),)),
        Heading(Message("Trends")),
        Heading(Message("Crashes by year"), 2),
        Paragraph((Message("Crashes are counted, each once."),)),
        bars("Crashes by year", counts("Crashes by year")),
        Heading(Message("Severity"), 2),
        counts("Crashes by severity"),
        Heading(Message("Roads")),
        Heading(Message("Crashes by road"), 2),
        bars("Crashes by road", counts("Crashes by road class")),
    )
    return replace(made, layout="book", blocks=blocks)


def pdf_text(content):
    return _pdf_text(content, "-layout")


def pdf_raw(content):
    """Return the text of a PDF in the order in which it was written, column by column."""
    return _pdf_text(content, "-raw")


def _pdf_text(content, how):
    done = subprocess.run(
        ["pdftotext", how, "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode("utf-8")


def pdf_pages(content):
    done = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True)
    return int(re.search(r"Pages:\s+(\d+)", done.stdout.decode())[1])


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.texts, self.attributes = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def page_of(content):
    page = Page()
    page.feed(content.decode("utf-8"))
    page.close()
    return page


def docx_text(content):
    file = docx.Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in file.paragraphs]
    texts += [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    texts += [p.text for p in file.sections[0].footer.paragraphs]
    texts += [p.text for p in file.sections[0].header.paragraphs]
    return "\n".join(texts)


def sheets(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def xlsx_text(content):
    cells = (cell.value for page in sheets(content) for row in page.iter_rows() for cell in row)
    return "\n".join(value for value in cells if isinstance(value, str))


def text_of(content, format):
    if format == "html":
        return page_of(content).text
    if format == "pdf":
        return " ".join(pdf_text(content).split())
    if format == "json":
        return json_text(content)
    return docx_text(content) if format == "docx" else xlsx_text(content)


def json_text(content):
    """Return every text of a JSON file, one below the other."""
    return "\n".join(_texts_in(json.loads(content)))


def _texts_in(told):
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from _texts_in(one)
