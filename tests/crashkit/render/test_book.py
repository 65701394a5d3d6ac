"""A book: title page, contents that lead to numbered chapters, numbered figures and tables."""

import io
import re
import subprocess
import zipfile
from dataclasses import replace

import docx
import openpyxl
import pytest
from made_documents import book

from crashkit import render
from crashkit.render import words
from crashkit.text import Speaker

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def written(format, language="en"):
    return render.render(book(), Speaker(language), format)


@pytest.fixture(scope="module")
def pages():
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=written("pdf"), capture_output=True, check=True
    )
    return done.stdout.decode("utf-8").rstrip("\f").split("\f")


@pytest.fixture(scope="module")
def word():
    return docx.Document(io.BytesIO(written("docx")))


def test_chapters_figures_and_tables_are_numbered_in_their_order():
    document = words.speak(book(), Speaker("en"))
    headings = [part.numbered for part in document.parts if part.heading]
    assert headings == [
        "1 Trends", "1.1 Crashes by year", "1.2 Severity", "2 Roads", "2.1 Crashes by road",
    ]  # fmt: skip
    blocks = [block for part in document.parts for block in part.blocks]
    figures = [one for one in blocks if isinstance(one, words.SaidFigure)]
    assert [one.label for one in figures] == ["Figure 1.", "Figure 2."]
    # The table of the same words belongs to its figure.
    assert [one.table.label for one in figures] == ["", "Table 2."]


def test_other_layouts_number_what_is_one_below_the_other_but_no_chapters():
    document = words.speak(replace(book(), layout="pages"), Speaker("ru"))
    assert {part.number for part in document.parts} == {""}
    assert words.captioned(document.parts[2].blocks[1]).startswith("Рисунок 1. ")
    sheet = words.speak(replace(book(), layout="sheet"), Speaker("en"))
    assert words.captioned(sheet.parts[2].blocks[1]) == "Crashes by year"


def test_the_contents_of_a_pdf_tell_the_page_on_which_each_chapter_begins(pages):
    contents = next(page for page in pages if "Contents of the report" in page)
    told = re.findall(r"^ *(\d\S*) +(\w[\w ]*\w)[ .\u2060]+(\d+)$", contents, re.M)
    assert [number for number, _, _ in told] == ["1", "1.1", "1.2", "2", "2.1"]
    for number, heading, page in told:
        assert re.search(rf"^ *{re.escape(number)} +{heading}", pages[int(page) - 1], re.M)
    # Each chapter begins a page.
    assert len({page for number, _, page in told if "." not in number}) == 2


def test_every_page_of_a_pdf_names_its_chapter_at_its_head(pages):
    assert "2 Roads" in " ".join(pages[-2].split("\n")[0:3]).replace("  ", " ")
    assert "Figure 2. Crashes by road" in pages[-2]


def test_word_counts_the_headings_and_captions_itself(word):
    styles = {style.style_id: style for style in word.styles}
    for level in range(3):
        numbers = styles[f"Heading{level + 1}"].element.find(f".//{W}numPr")
        assert numbers.find(f"{W}ilvl").get(f"{W}val") == str(level)
    headings = [p.text for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:2] == ["Trends", "Crashes by year"]
    told = [one.text for one in word.element.iter(f"{W}instrText")]
    assert sum("SEQ Figure" in one for one in told) == 2
    assert sum("SEQ Table" in one for one in told) == 2
    captions = [p.text for p in word.paragraphs if p.style.name == "Caption"]
    assert any("1" in one and one.endswith("Crashes by year") for one in captions)


def test_the_contents_of_word_are_filled_and_lead_to_the_headings(word):
    entries = [p for p in word.paragraphs if p.style.name.startswith("toc ")]
    assert len(entries) == 6
    marks = {one.get(f"{W}name") for one in word.element.iter(f"{W}bookmarkStart")}
    links = [one.get(f"{W}anchor") for one in word.element.iter(f"{W}hyperlink")]
    assert len(links) == 6 and set(links) == marks
    told = [one.text for one in word.element.iter(f"{W}instrText")]
    assert sum(" TOC " in one for one in told) == 1
    # Every field that begins ends.
    kinds = [one.get(f"{W}fldCharType") for one in word.element.iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("end") == kinds.count("separate")


def test_word_asks_nothing_when_it_opens_a_book():
    with zipfile.ZipFile(io.BytesIO(written("docx"))) as file:
        settings = file.read("word/settings.xml").decode("utf-8")
        body = file.read("word/document.xml").decode("utf-8")
    assert "updateFields" not in settings and "w:dirty" not in body


def test_the_contents_of_html_lead_to_the_chapters():
    text = written("html", "zh").decode("utf-8")
    links = re.findall(r'<a href="#([^"]+)">', text)
    assert len(links) == 6
    assert set(links) <= set(re.findall(r'id="([^"]+)"', text))
    assert "图 1 " in text


def test_the_contents_of_excel_lead_to_the_sheets():
    file = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    first = file[file.sheetnames[0]]
    links = [cell.hyperlink for row in first.iter_rows() for cell in row if cell.hyperlink]
    led = {link.location.rpartition("!")[0].strip("'") for link in links}
    assert led == set(file.sheetnames[1:-1] + ["What is counted"]) - {"receipt"}
