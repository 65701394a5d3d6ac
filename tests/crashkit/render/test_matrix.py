"""Every kind of report in every language and format: it opens, nothing is cut off or left empty.

A new kind or language is tried without an edit here.
"""

import dataclasses
import io
import re
import shutil
import subprocess
from functools import cache

import docx
import openpyxl
import pytest
from invented import facts, layers, sample
from made_documents import page_of, pdf_text

from crashkit import quality, render, report
from crashkit.render import words
from crashkit.text import Speaker, languages

KINDS = [name for name, kind in report.kinds().items() if not kind.needs_place]
LANGUAGES = [one.code for one in languages()]
WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">')
PAGE = re.compile(r'<page width="(.+?)" height="(.+?)">')

pytestmark = pytest.mark.slow


@cache
def made(kind):
    known = report.kinds()[kind]
    preset = "poisson_1km" if known.needs_screening else ""
    about = facts(sample(), preset=preset, on=layers())
    if known.needs_quality:
        about = dataclasses.replace(about, quality=quality.judge(sample()))
    return report.assemble(kind, about)


@cache
def written(kind, language, format):
    return render.render(made(kind), Speaker(language), format)


def asked(tool, content, *options):
    done = subprocess.run([tool, *options], input=content, capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def values(kind):
    """Return the numbers of all tables that stand on paper, as English writes them, with values."""
    document = words.speak(made(kind), Speaker("en"))
    blocks = [block for part in document.parts for block in part.blocks]
    tables = [one.table if isinstance(one, words.SaidFigure) else one for one in blocks]
    return [
        cell
        for table in tables
        if isinstance(table, words.SaidTable) and len(table.columns) <= words.WIDEST_TABLE
        for row in table.rows[:40]
        for cell, column in zip(row, table.columns, strict=True)
        if column.numeric and isinstance(cell.value, int | float)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_chapter_is_empty_and_every_picture_has_words(kind, language):
    parts = words.speak(made(kind), Speaker(language)).parts
    for part, below in zip(parts, [*parts[1:], None], strict=True):
        assert part.blocks or (below is not None and below.level > part.level), part.heading
    page = page_of(written(kind, language, "html"))
    alts = [value for name, value in page.attributes if name == "alt"]
    assert len(alts) == page.tags.count("img") and all(alts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_keeps_within_its_pages_and_bears_its_fonts(kind, language):
    content = written(kind, language, "pdf")
    text = pdf_text(content)
    assert "[U+" not in text and "\ufffd" not in text
    fonts = asked("pdffonts", content, "-").splitlines()[2:]
    assert fonts and all("Noto" in one and one.split()[-5] == "yes" for one in fonts)
    laid = asked("pdftotext", content, "-bbox", "-", "-")
    for page in laid.split("<page ")[1:]:
        width, height = map(float, PAGE.search("<page " + page).groups())
        for word in WORD.findall(page):
            left, top, right, bottom = map(float, word)
            assert left >= -1 and top >= -1 and right <= width + 1 and bottom <= height + 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_word_file_has_no_empty_heading_and_words_for_every_picture(kind, language):
    file = docx.Document(io.BytesIO(written(kind, language, "docx")))
    assert [p.text for p in file.paragraphs if p.style.name == "Heading 1"]
    pictures = re.findall(r"<wp:docPr [^>]*>", file.element.body.xml)
    assert all(re.search(r'descr="[^"]', one) for one in pictures)
    assert file.core_properties.language == language


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("format", ["docx", "xlsx"])
@pytest.mark.parametrize("kind", KINDS)
def test_another_office_opens_it(tmp_path, kind, format):
    path = tmp_path / f"report.{format}"
    path.write_bytes(written(kind, "ru", format))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    shown = re.sub(r"\s", "", pdf_text((tmp_path / "report.pdf").read_bytes()))
    assert re.sub(r"\s", "", words.speak(made(kind), Speaker("ru")).title) in shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_is_the_same_in_pdf_and_excel(kind):
    told = values(kind)
    book = openpyxl.load_workbook(io.BytesIO(written(kind, "en", "xlsx")))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    plain = {cell.value for cell in cells if isinstance(cell.value, int | float)}
    assert not [cell for cell in cells if cell.data_type == "f"]
    kept = {round(one, 9) for one in plain}
    assert {round(float(one.value), 9) for one in told} <= kept
    flat = re.sub(r"\s", "", pdf_text(written(kind, "en", "pdf")))
    assert {one.text for one in told if re.sub(r"\s", "", one.text) not in flat} == set()
