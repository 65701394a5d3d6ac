"""What must hold for every report in every format: each check returns what is wrong with a file."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import jsonschema
import openpyxl
import python_calamine
from docx.oxml.ns import qn

from crashkit import export
from crashkit.render import pages, pens, words
from crashkit.render.words import Document, SaidFigure, SaidTable
from crashkit.section import Report
from crashkit.text import Speaker

FEWEST_ROWS = 2
"""Rows of a longer table that stand together on a page at least."""
LONG = 15
SPLIT = 4
"""A table with fewer rows is not looked at for how it is split."""


def on_pages(made: Report, speaker: Speaker) -> Document:
    """Return what a report says on pages, where long lists are cut."""
    return words.speak(replace(made, blocks=pages.fitted(made.blocks)), speaker)


def whole(made: Report, speaker: Speaker) -> Document:
    """Return what a report says where it is whole: in a workbook."""
    return words.speak(made, speaker)


def tables(document: Document, *, on_paper: bool = False) -> Iterator[SaidTable]:
    """Return every table of a report, also those of its figures.

    On paper the numbers of a wide grid stand in its cells, and not once more in a table.
    """
    for part in document.parts:
        for block in part.blocks:
            table = block.table if isinstance(block, SaidFigure) else block
            is_grid = table is not block and isinstance(table, SaidTable)
            if is_grid and on_paper and len(table.columns) > words.WIDEST_TABLE:
                continue
            if isinstance(table, SaidTable):
                yield table


def flat(said: str) -> str:
    """Return a text without its gaps and breaks, which every format sets its own way."""
    return re.sub(r"\s", "", said)


# ------------------------------------------------------------------- contents


def empty_chapters(document: Document) -> list[str]:
    """Return the headings below which nothing stands, and the levels that are left out."""
    found = []
    level = 0
    for part, below in zip(document.parts, [*document.parts[1:], None], strict=True):
        if not part.heading:
            continue
        if not part.blocks and (below is None or below.level <= part.level):
            found.append(f"nothing below: {part.heading}")
        if part.level > level + 1:
            found.append(f"a level is left out before: {part.heading}")
        level = part.level
    return found


def unsaid(document: Document) -> list[str]:
    """Return figures and tables without the words that a reader needs."""
    found = []
    for part in document.parts:
        for block in part.blocks:
            if isinstance(block, SaidFigure) and not (block.alt.strip() and block.caption.strip()):
                found.append(f"a figure without words in: {part.heading}")
    for table in tables(document):
        if not table.caption.strip():
            found.append(f"a table without a caption: {[one.title for one in table.columns]}")
        if not table.rows:
            found.append(f"a table without rows: {table.caption}")
        if any(not one.title.strip() for one in table.columns[1:]):
            found.append(f"a column without a title: {table.caption}")
    return found


# ----------------------------------------------------------------------- HTML


class Page(HTMLParser):
    """What a browser would show of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.tags: Counter[str] = Counter()
        self.sources: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(content.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        told = dict(attrs)
        self.sources += [told[name] or "" for name in ("src", "srcset", "data") if name in told]
        self.sources += [told["href"] or ""] if "href" in told else []
        if tag == "img":
            self.pictures.append(told)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in ("img", "meta", "br", "link", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts.append(data)
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            level, said = self.headings[-1]
            self.headings[-1] = (level, said + data)


def wrong_in_html(content: bytes, document: Document) -> list[str]:
    """Return what is wrong with a page."""
    page = Page(content)
    found = [*_steps_left_out(page.headings)]
    found += [f"no words for {one}" for one in page.pictures if not (one.get("alt") or "").strip()]
    found += [f"not alone: {one}" for one in page.sources if not re.match("data:image/|#", one)]
    found += [
        f"<{tag}>" for tag in ("script", "iframe", "object", "link", "form") if page.tags[tag]
    ]
    figures = sum(isinstance(one, SaidFigure) for part in document.parts for one in part.blocks)
    if len(page.pictures) != figures:
        found.append(f"{len(page.pictures)} pictures of {figures}")
    text = flat("".join(page.texts))
    return [*found, *_lost(document, text), *_lost_rows(tables(document), text)]


def _steps_left_out(headings: Sequence[tuple[int, str]]) -> Iterator[str]:
    before = 0
    for level, said in headings:
        if level > before + 1 or not said.strip():
            yield f"heading {level} after {before}: {said}"
        before = level


def _lost(document: Document, text: str) -> Iterator[str]:
    """Say which headings and words are not found in the text of a file."""
    for said in (document.title, document.subtitle, document.fingerprint, document.banner):
        if flat(pens.drawable(said)) not in text and flat(said) not in text:
            yield f"lost: {said}"
    for part in document.parts:
        if flat(pens.drawable(part.heading)) not in text and flat(part.heading) not in text:
            yield f"lost heading: {part.heading}"


def _lost_rows(shown: Iterable[SaidTable], text: str) -> Iterator[str]:
    for table in shown:
        lost = [row for row in table.rows if "".join(flat(cell.text) for cell in row) not in text]
        if lost:
            cells = [cell.text for cell in lost[0]]
            yield f"{len(lost)} of {len(table.rows)} rows lost of {table.caption}: {cells}"


# ------------------------------------------------------------------------ PDF


@dataclass(frozen=True)
class Word:
    """A word where it stands on a page, in points from the upper left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Sheet:
    """A page: how large it is, in points, and its words."""

    width: float
    height: float
    words: tuple[Word, ...]


def sheets(content: bytes) -> list[Sheet]:
    """Return the pages of a PDF with their words."""
    told = _run("pdftotext", "-bbox", "-", "-", given=content)
    told = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", told)
    root = ElementTree.fromstring(told)  # noqa: S314 - pdftotext wrote it
    return [_sheet(one) for one in root.iter() if one.tag.endswith("}page")]


def _sheet(page: ElementTree.Element) -> Sheet:
    ends = ("xMin", "yMin", "xMax", "yMax")
    found = tuple(
        Word(one.text or "", *(float(one.get(end, "nan")) for end in ends))
        for one in page
        if one.tag.endswith("}word")
    )
    return Sheet(float(page.get("width", "nan")), float(page.get("height", "nan")), found)


def pages_of(content: bytes) -> list[str]:
    """Return the text of each page in the order in which it was written."""
    told = _run("pdftotext", "-raw", "-", "-", given=content)
    return told.removesuffix("\f").split("\f")


def wrong_in_pdf(content: bytes, document: Document) -> list[str]:
    """Return what is wrong with a PDF: fonts, words lost, off the page or upon each other."""
    written = pages_of(content)
    texts = [*map(flat, written)]
    text = "".join(texts)
    found = [*_fonts(content), *_lost(document, text), *wrong_on_sheets(sheets(content))]
    found += [
        f"a sign without a letter on page {i}" for i, one in enumerate(texts, 1) if BAD.search(one)
    ]
    found += _wrong_rows(document, texts)
    found += _ending_in_headings(document, written)
    return found


BAD = re.compile("[\ufffd\ufffe\uffff\x00]")


def _fonts(content: bytes) -> Iterator[str]:
    lines = _run("pdffonts", "-", given=content).splitlines()[2:]
    if not lines:
        yield "no font at all"
    for line in lines:
        embedded, subset, unicode = re.findall(r"\b(yes|no)\b", line)[:3]
        if "NotoS" not in line and "NotoN" not in line or (embedded, unicode) != ("yes", "yes"):
            yield f"font: {line} ({subset})"


MARGIN_PT = 14.0
"""No words stand nearer to the edge of the paper."""


def wrong_on_sheets(found: Sequence[Sheet]) -> list[str]:
    """Return what stands off a page or upon something else, and empty pages."""
    return [*_wrong_on_sheets(found)]


def _wrong_on_sheets(found: Sequence[Sheet]) -> Iterator[str]:
    for number, sheet in enumerate(found, 1):
        if not sheet.words:
            yield f"page {number} is empty"
        for one in sheet.words:
            inside = one.left >= MARGIN_PT and one.right <= sheet.width - MARGIN_PT
            if not inside or one.top < 0 or one.bottom > sheet.height:
                yield f"page {number}: {one.text} stands off the page"
        for one, other in _upon_each_other(sheet.words):
            yield f"page {number}: {one.text} and {other.text} stand upon each other"


# A mark of Chinese writing has an empty half, over which its neighbour may stand.


def _begins(word: Word) -> float:
    return word.left + (word.bottom - word.top) / 2 * word.text.startswith(tuple("（“《"))


def _ends(word: Word) -> float:
    return word.right - (word.bottom - word.top) / 2 * word.text.endswith(tuple("）。，、；：”》"))


def _upon_each_other(found: Iterable[Word]) -> Iterator[tuple[Word, Word]]:
    ordered = sorted(
        (one for one in found if any(map(str.isalnum, one.text))), key=lambda one: one.top
    )
    for i, one in enumerate(ordered):
        for other in ordered[i + 1 :]:
            if other.top >= one.bottom:
                break
            across = min(_ends(one), _ends(other)) - max(_begins(one), _begins(other))
            down = min(one.bottom, other.bottom) - max(one.top, other.top)
            # The boxes of lines are taller than their letters.
            if across > 1.5 and down > 0.5 * min(one.bottom - one.top, other.bottom - other.top):
                yield one, other


def _wrong_rows(document: Document, texts: Sequence[str]) -> Iterator[str]:
    """Say which rows of tables are lost, and which tables leave a row alone on a page.

    Rows are found in their order, for a page is written row by row.
    """
    text, ends = "".join(texts), [0]
    for one in texts:
        ends.append(ends[-1] + len(one))
    for table in tables(document, on_paper=True):
        rows = ["".join(flat(pens.drawable(cell.text)) for cell in row) for row in table.rows]
        places = _places(text, rows)
        lost = [row for row, place in zip(table.rows, places, strict=True) if place < 0]
        if lost:
            cells = [cell.text for cell in lost[0]]
            yield f"{len(lost)} of {len(rows)} rows lost of {table.caption}: {cells}"
            continue
        pages = Counter(sum(place >= end for end in ends[1:-1]) + 1 for place in places)
        few = [page for page, n in pages.items() if n < FEWEST_ROWS]
        # A long list may begin at the foot of a page.
        few = [page for page in few if len(rows) <= LONG or page != min(pages)]
        if len(rows) >= SPLIT and few:
            yield f"one row alone on page {few} of {dict(pages)}: {table.caption}"


def _places(text: str, rows: Sequence[str]) -> list[int]:
    """Return where the rows of a table begin, one after the other; -1 for those not found.

    Its first row may stand elsewhere too: the beginning from which most rows are found, and nearest
    together, counts.
    """
    best = [-1] * len(rows)
    start = text.find(rows[0])
    while start >= 0:
        at, found = start, []
        for row in rows:
            place = text.find(row, at)
            found.append(place)
            at = place + len(row) if place >= 0 else at
        best = min(best, found, key=lambda one: (one.count(-1), one[-1] - one[0]))
        start = text.find(rows[0], start + 1)
    return best


def _ending_in_headings(document: Document, written: Sequence[str]) -> Iterator[str]:
    """Say which pages end with a heading that belongs to what follows on the next."""
    foot = flat(pens.drawable(document.footer))
    headings = {flat(pens.drawable(part.heading)) for part in document.parts if part.heading}
    for number, page in enumerate(written, 1):
        body = []
        for line in map(flat, page.splitlines()):
            if len(line) > 20 and foot.startswith(line):
                break
            body.append(line)
        if not body:
            yield f"page {number} holds nothing"
        elif re.sub(r"^\d+(\.\d+)*", "", body[-1]) in headings and len(document.parts) > 1:
            yield f"page {number} ends with a heading: {body[-1]}"


def _run(*command: str, given: bytes) -> str:
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    assert not done.stderr, done.stderr[:500]
    return done.stdout.decode("utf-8")


# ----------------------------------------------------------------------- Word


def wrong_in_docx(content: bytes, document: Document) -> list[str]:
    """Return what is wrong with a Word file, read as Word keeps it."""
    file = docx.Document(io.BytesIO(content))
    body = list(file.element.body.iter(qn("w:p"), qn("w:tbl")))
    texts = [
        "".join(t.text or "" for t in p.iter(qn("w:t"))) for p in file.element.body.iter(qn("w:p"))
    ]
    margins = [
        p.text for s in file.sections for side in (s.header, s.footer) for p in side.paragraphs
    ]
    text = flat("".join([*texts, *margins]))
    found = [*_lost(document, text), *_lost_rows(tables(document, on_paper=True), text)]
    styles = {style.style_id: style.name for style in file.styles}
    headings = []
    for one in body:
        style = one.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        name = "" if style is None else styles[style.get(qn("w:val"))]
        if name.startswith("Heading"):
            headings.append((int(name[-1]), "".join(t.text or "" for t in one.iter(qn("w:t")))))
    found += _steps_left_out(headings)
    if not headings:
        found.append("no heading")
    pictures = [one.get("descr") or "" for one in file.element.body.iter(qn("wp:docPr"))]
    found += ["a picture without words" for one in pictures if not one.strip()]
    figures = sum(isinstance(one, SaidFigure) for part in document.parts for one in part.blocks)
    if len(pictures) < figures:
        found.append(f"{len(pictures)} pictures of {figures}")
    return found


# ---------------------------------------------------------------------- Excel


def wrong_in_xlsx(content: bytes, document: Document) -> list[str]:
    """Return what is wrong with a workbook; every number of a table must be one in its cell."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = {page.title: [*page.iter_rows()] for page in book}
    cells = [cell for page in rows.values() for row in page for cell in row]
    found = [f"a formula in {cell.coordinate}" for cell in cells if cell.data_type == "f"]
    found += [f"an error in {cell.coordinate}" for cell in cells if cell.data_type == "e"]
    other = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    if other.sheet_names != book.sheetnames:
        found.append(f"two readers see other sheets: {other.sheet_names}")
    text = flat("".join(str(cell.value) for cell in cells if isinstance(cell.value, str)))
    found += _lost(document, text)
    values = [[cell.value for cell in row] for page in rows.values() for row in page]
    for table in tables(document):
        found += wrong_cells(table, values)
    found += _pictures_without_words(content)
    return found


def wrong_cells(table: SaidTable, rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Say where the cells of a table are not found, each with its value, in those of a workbook."""
    wide = len(table.columns)
    head = [export.excel_text(one.title) or None for one in table.columns]
    starts = [i + 1 for i, row in enumerate(rows) if [*row[:wide]] == head]
    if not starts:
        yield f"no head of a table: {table.caption} {head}"
        return
    wanted = [[_in_excel(cell.value) for cell in row] for row in table.rows]
    if not any(
        _equal(wanted, [row[:wide] for row in rows[at : at + len(wanted)]]) for at in starts
    ):
        yield f"other cells: {table.caption}"


def _in_excel(value: Any) -> Any:
    return export.excel_text(value) or None if isinstance(value, str) else value


def _equal(wanted: Sequence[Sequence[Any]], found: Sequence[Sequence[Any]]) -> bool:
    return len(wanted) == len(found) and all(
        same(one, other)
        for ours, theirs in zip(wanted, found, strict=True)
        for one, other in zip(ours, theirs, strict=True)
    )


def same(one: Any, other: Any) -> bool:
    """Say whether a cell of a workbook holds a value; its numbers have 16 digits."""
    if hasattr(other, "date") and hasattr(one, "year"):
        return bool(other.date() == one)
    if isinstance(one, float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-12 * max(1.0, abs(one))
    # An empty text is no text.
    return bool((one or None) == (other or None)) if isinstance(other, str) else bool(one == other)


def _pictures_without_words(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            if re.match(r"xl/drawings/drawing\d+\.xml", name):
                for one in ElementTree.fromstring(packed.read(name)).iter():  # noqa: S314
                    if one.tag.endswith("}cNvPr") and not (one.get("descr") or "").strip():
                        yield f"a picture or chart without words: {name} {one.get('name')}"


# ----------------------------------------------------------------------- JSON


def wrong_in_json(content: bytes, document: Document) -> list[str]:
    """Return what is wrong with a JSON twin: its schema, words lost, other cells."""
    told = json.loads(content)
    found = [one.message for one in TWIN.iter_errors(told)]
    text = flat(json.dumps(told, ensure_ascii=False))
    found += _lost(document, flat(text).replace('\\"', '"').replace("\\\\", "\\"))
    blocks = [one for part in told["parts"] for one in part["blocks"]]
    read = [one if one["type"] == "table" else one.get("table") for one in blocks]
    for said, one in zip(tables(document), filter(None, read), strict=True):
        values = [[_in_json(cell.value) for cell in row] for row in said.rows]
        if (one["caption"], one["rows"]) != (said.caption, values):
            found.append(f"other cells: {said.caption}")
    return found


TWIN = jsonschema.Draft202012Validator(
    json.loads(
        (Path(__file__).parents[1] / "docs" / "schema" / "report_twin.json").read_text("utf-8")
    )
)


def _in_json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


# ----------------------------------------------------------- an office program


def opened(files: Sequence[Path], into: Path, as_: str = "pdf") -> dict[str, bytes]:
    """Open files in LibreOffice and save each as another; returns them by the names of the files.

    A file that it cannot open is missing. It is started once, with settings of its own.
    """
    into.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation=file://{into}/settings", "--headless"),
            *("--convert-to", as_, "--outdir", str(into), *map(str, files)),
        ],
        capture_output=True,
        check=True,
        timeout=1200,
    )
    made = {one: into / f"{one.stem}.{as_.partition(':')[0]}" for one in files}
    return {one.name: file.read_bytes() for one, file in made.items() if file.exists()}
