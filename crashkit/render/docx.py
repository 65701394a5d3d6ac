"""A report as a Word file: styles, real tables with header rows, pictures with their words.

Built piece by piece, so no template code ever runs (docs/decisions/documents.md). The fonts named
are those that readers have: Arial, and Microsoft YaHei for Chinese.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.part import Part as OpcPart
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from crashkit.render import paper, widths, words
from crashkit.render.words import Document, Part, SaidBlock, SaidColumn, SaidFigure, SaidTable
from crashkit.text import Speaker

ACCENT, SOFT = RGBColor(0x3B, 0x0F, 0x70), RGBColor(0x5C, 0x5C, 0x5C)
PALE, AMBER, LINE = "F4F2EC", "FDF3D8", "C9C4B8"
LATIN, CHINESE, ARABIC = "Arial", "Microsoft YaHei", "Arial"
LOCALES = {"en": "en-GB", "ru": "ru-RU", "zh": "zh-CN"}

A4_MM = (210, 297)
LYING = ("list", "lying")
"""Layouts whose pages lie on their side."""
FLOWING = ("pages", "lying", "book", "large")
"""Layouts whose parts follow one another, as many as there are."""
MARGIN_MM = 14
GUTTER_MM = 6
BODY_PT = {"sheet": 8, "large": 12}
CELL_PT = {"sheet": 7.5, "large": 11.0}
WIDEST_FIGURE_MM, TALLEST_MM = 172.0, 118.0
LONG_LIST = 15
MOST_PAIRS = 24
"""So many facts with their labels stand on one page."""


def write(document: Document, speaker: Speaker) -> bytes:
    """Write a report as a Word file."""
    writer = _Writer(document, speaker)
    writer.write()
    content = io.BytesIO()
    writer.file.save(content)
    return _undated(content.getvalue())


def _undated(content: bytes) -> bytes:
    """Pack a file anew without the time of day, so that the same report gives the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


class _Writer:
    """Holds the open file and the width that a column of text has, in mm."""

    def __init__(self, document: Document, speaker: Speaker) -> None:
        self.document = document
        self.speaker = speaker
        self.file: Any = docx.Document()
        self.rtl = document.direction == "rtl"
        self.book = document.layout == "book"
        self.marks = 0
        across = A4_MM[1] if document.layout in LYING else A4_MM[0]
        self.page_mm = float(across - 2 * MARGIN_MM)
        self.width_mm = self.page_mm
        self.cell_pt = CELL_PT.get(document.layout, 8.0)

    def write(self) -> None:
        self._properties()
        self._styles()
        self._page(self.file.sections[0])
        self._margins_of_page()
        self._head()
        rest = [part for part in self.document.parts if part.heading]
        for part in self.document.parts:
            if not part.heading:
                self._part(part)
        if self.book:
            self._contents([*rest])
        if self.document.layout == "sheet":
            self._columns(2)
        for part in rest:
            self._part(part)
        if self.document.layout == "sheet":
            self._columns(1)
        self._stamp()
        if self.document.receipt:
            self._receipt()

    # ------------------------------------------------------ the whole file

    def _receipt(self) -> None:
        """Keep the receipt as data of its own, which Word leaves as they are."""
        words = f"<receipt xmlns='urn:crashkit'>{self.document.receipt}</receipt>".encode()
        name = self.file.part.package.next_partname("/customXml/item%d.xml")
        part = OpcPart(name, CONTENT_TYPE.XML, words, self.file.part.package)
        self.file.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)

    def _properties(self) -> None:
        known = self.file.core_properties
        known.title, known.author = self.document.title[:255], "CrashKit"
        known.keywords, known.comments = self.document.fingerprint, ""
        known.language = self.document.language
        at = datetime.combine(self.document.data_date, time(), tzinfo=UTC)
        known.created = known.modified = at
        known.last_modified_by = "CrashKit"

    def _styles(self) -> None:
        body = BODY_PT.get(self.document.layout, 9)
        styles = self.file.styles
        self._style("Normal", body)
        normal = styles["Normal"].paragraph_format
        normal.space_after, normal.space_before, normal.line_spacing = Pt(3), Pt(0), 1.05
        self._style("Title", 17, bold=True, colour=ACCENT)
        self._style(
            "Heading 1", {8: 11, 12: 17}.get(body, 13), bold=True, colour=ACCENT, before=8, after=3
        )
        self._style(
            "Heading 2", 14 if body > 9 else 10, bold=True, colour=ACCENT, before=6, after=2
        )
        self._style("Heading 3", 9.5, bold=True, colour=ACCENT, before=5, after=2)
        self._style("Caption", body, bold=True, before=3, after=2)
        self._style("List Bullet", body, after=2)
        for name, size, colour in (("Stamp", 6.5, SOFT), ("Legend", 7.5, SOFT), ("Gap", 3, SOFT)):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
            self._style(name, size, colour=colour, after=0 if name == "Gap" else None)
        for name, shade in (("Cell", None), ("Cell heading", ACCENT), ("Cell label", SOFT)):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
            bold = name == "Cell heading"
            self._style(name, self.cell_pt, bold=bold, colour=shade, after=0)
        if self.book:
            self._styles_of_book()
        # The frame below a title in the standard file is not ours.
        for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
            borders = styles[name].element.find(f".//{qn('w:pBdr')}")
            if borders is not None:
                borders.getparent().remove(borders)

    def _styles_of_book(self) -> None:
        self._style("Title", 26, bold=True, colour=ACCENT, after=6)
        self._style("Heading 1", 18, bold=True, colour=ACCENT, before=0, after=6)
        self._style("Heading 2", 12, bold=True, colour=ACCENT, before=9, after=3)
        styles = self.file.styles
        ends = round(self.page_mm * 56.7)
        for name, indent, bold in (
            ("TOC Heading", 0, True),
            ("toc 1", 0, True),
            ("toc 2", 6, False),
        ):
            if name not in styles:
                styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            # That of the standard file would be numbered like a chapter.
            styles[name].base_style = styles["Normal"]
            big = name == "TOC Heading"
            colour = ACCENT if big else None
            self._style(name, 18 if big else 9, bold=bold, colour=colour, after=6 if big else 1.5)
            if big:
                continue
            styles[name].paragraph_format.left_indent = Mm(indent)
            tabs = OxmlElement("w:tabs")
            tabs.append(_element("w:tab", val="left", pos=round((indent + 9) * 56.7)))
            tabs.append(_element("w:tab", val="right", leader="dot", pos=ends))
            _put(styles[name].element.get_or_add_pPr(), tabs)
        number = self._outline_numbers()
        for level in range(3):
            style = styles[f"Heading {level + 1}"].element
            _put(style.get_or_add_pPr(), _numbering(number, level))

    def _outline_numbers(self) -> int:
        """Add the numbers 1, 1.1, 1.1.1 of the headings; return by what number Word knows them."""
        root = self.file.part.numbering_part.element
        number = 1 + max((int(one.get(qn("w:numId"))) for one in root.num_lst), default=0)
        abstract = _element("w:abstractNum", abstractNumId=900)
        abstract.append(_element("w:multiLevelType", val="multilevel"))
        for level in range(3):
            one = _element("w:lvl", ilvl=level)
            shown = ".".join(f"%{n}" for n in range(1, level + 2))
            one.append(_element("w:start", val=1))
            one.append(_element("w:numFmt", val="decimal"))
            one.append(_element("w:pStyle", val=f"Heading{level + 1}"))
            one.append(_element("w:lvlText", val=shown))
            one.append(_element("w:lvlJc", val="left"))
            place = OxmlElement("w:pPr")
            place.append(_element("w:ind", left=567 + 142 * level, hanging=567 + 142 * level))
            one.append(place)
            abstract.append(one)
        # Word wants what numbers look like before which numbers there are.
        root.insert_element_before(abstract, "w:num")
        root.add_num(900)
        return number

    def _style(
        self,
        name: str,
        size: float,
        *,
        bold: bool = False,
        colour: RGBColor | None = None,
        before: float | None = None,
        after: float | None = None,
    ) -> None:
        style = self.file.styles[name]
        font = style.font
        font.name, font.size, font.bold, font.italic = LATIN, Pt(size), bold, False
        if colour is not None or name == "Caption":
            font.color.rgb = colour or RGBColor(0x1F, 0x1F, 0x1F)
        if before is not None:
            style.paragraph_format.space_before = Pt(before)
        if after is not None:
            style.paragraph_format.space_after = Pt(after)
        properties = style.element.get_or_add_rPr()
        fonts = properties.find(qn("w:rFonts"))
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script, family in (("hAnsi", LATIN), ("eastAsia", CHINESE), ("cs", ARABIC)):
            fonts.set(qn(f"w:{script}"), family)
        old = properties.find(qn("w:lang"))
        if old is not None:
            properties.remove(old)
        properties.append(_language(self.document.language))
        if self.rtl and name == "Normal":
            _put(style.element.get_or_add_pPr(), _element("w:bidi"))

    def _page(self, section: Any) -> None:
        short, long = A4_MM
        lying = self.document.layout in LYING
        section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (
            (Mm(long), Mm(short)) if lying else (Mm(short), Mm(long))
        )
        section.left_margin = section.right_margin = Mm(MARGIN_MM)
        section.top_margin, section.bottom_margin = Mm(16), Mm(19)
        section.header_distance, section.footer_distance = Mm(6), Mm(7)

    def _margins_of_page(self) -> None:
        """Write the mark of invented data above, and where the numbers come from below."""
        section = self.file.sections[0]
        above = section.header.paragraphs[0]
        if self.document.banner:
            above.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = above.add_run(self.document.banner)
            run.bold, run.font.color.rgb = True, RGBColor(0x7A, 0x4B, 0x00)
            _shade(above._p.get_or_add_pPr(), "FFF4D6")
        if self.book:
            running = section.header.add_paragraph(style="Stamp")
            running.paragraph_format.tab_stops.add_tab_stop(
                Mm(self.page_mm), WD_TAB_ALIGNMENT.RIGHT
            )
            _run(running._p, f"{self.document.title}\t")
            _begin_field(running._p, 'STYLEREF "Heading 1" \\n')
            _end_field(running._p)
            _run(running._p, " ")
            _begin_field(running._p, 'STYLEREF "Heading 1"')
            _end_field(running._p)
            _border_below(running)
        below = section.footer.paragraphs[0]
        below.style = self.file.styles["Stamp"]
        below.add_run(f"{self.document.footer} · {self.document.page} ")
        _field(below, "PAGE")
        below.add_run(" / ")
        _field(below, "NUMPAGES")

    def _columns(self, count: int) -> None:
        """Go on in one or two columns on the same page."""
        section = self.file.add_section(WD_SECTION.CONTINUOUS)
        for old in section._sectPr.findall(qn("w:cols")):
            section._sectPr.remove(old)
        columns = _element("w:cols", num=count, space=round(GUTTER_MM * 56.7))
        _put(section._sectPr, columns)
        self.width_mm = (self.page_mm - GUTTER_MM * (count - 1)) / count

    def _head(self) -> None:
        title = self.file.add_paragraph(self.document.title, style="Title")
        if self.book:
            title.paragraph_format.space_before = Mm(38)
        below = self.file.add_paragraph(style="Normal")
        below.add_run(self.document.subtitle).bold = True
        self.file.add_paragraph(self.document.filter, style="Normal")

    def _contents(self, parts: list[Part]) -> None:
        """Write the contents as a field that is filled already: who edits on updates it.

        Word sets the numbers of the pages when it prints or the field is updated; until then none
        stands there rather than a wrong one. To ask Word to do so on opening brings up a question.
        """
        title = self.file.add_paragraph(self.document.fixed["contents"], style="TOC Heading")
        title.paragraph_format.page_break_before = True
        entries = [(part.number, part.heading, part.level) for part in parts if part.level <= 2]
        entries.append(("", self.document.stamp_title, 1))
        paragraph: Any = None
        for n, (number, heading, level) in enumerate(entries):
            paragraph = self.file.add_paragraph(style=f"toc {level}")
            if n == 0:
                _begin_field(paragraph._p, 'TOC \\o "1-2" \\h \\z \\u')
            link = _element("w:hyperlink", anchor=_mark(n), history=1)
            paragraph._p.append(link)
            _run(link, f"{number}\t{heading}\t" if number else f"{heading}\t")
            _begin_field(link, f"PAGEREF {_mark(n)} \\h")
            _run(link, "…")
            _end_field(link)
        _end_field(paragraph._p)

    def _heading(self, text: str, level: int, *, numbered: bool = False) -> Any:
        """Write a heading; those of a book are counted by Word, and the contents lead to them."""
        heading = self.file.add_heading(text, level)
        if not self.book:
            return heading
        properties = heading._p.get_or_add_pPr()
        if not numbered:
            _put(properties, _numbering(0, 0))
            _put(properties, _element("w:ind", left=0, firstLine=0))
        if level == 1:
            _put(properties, OxmlElement("w:pageBreakBefore"))
        if level <= 2:
            start = _element("w:bookmarkStart", id=self.marks, name=_mark(self.marks))
            heading._p.insert(1, start)
            heading._p.append(_element("w:bookmarkEnd", id=self.marks))
            self.marks += 1
        return heading

    def _stamp(self) -> None:
        self._heading(self.document.stamp_title, 1)
        self._pairs([(label, said) for label, said in self.document.stamp])

    # ------------------------------------------------------------- blocks

    def _part(self, part: Part) -> None:
        if part.heading:
            heading = self._heading(part.heading, min(part.level, 3), numbered=True)
            tables = [one for one in part.blocks if isinstance(one, SaidTable)]
            # A long list begins a page of its own, but where one part follows the other.
            flowing = self.document.layout in FLOWING
            long = not flowing and any(len(one.rows) > LONG_LIST for one in tables)
            if long or part.new_page:
                heading.paragraph_format.page_break_before = True
        for i, block in enumerate(part.blocks, 1):
            self._block(block)
            below = part.blocks[i] if i < len(part.blocks) else None
            is_said = isinstance(block, words.SaidText | words.SaidNote)
            if is_said and isinstance(below, SaidFigure | SaidTable):
                # What is said of a figure or a table stands on the page where it begins.
                self.file.paragraphs[-1].paragraph_format.keep_with_next = True

    def _block(self, block: SaidBlock) -> None:
        if isinstance(block, SaidTable):
            self._table(block)
        elif isinstance(block, SaidFigure):
            self._figure(block)
        elif isinstance(block, words.SaidKeyFigures):
            self._key_figures(block)
        elif isinstance(block, words.SaidPairs):
            self._pairs([(label, cell.text) for label, cell in block.pairs])
        elif isinstance(block, words.SaidNote):
            self._note(block)
        elif block.beside:
            self._beside(block)
        else:
            for text in block.texts:
                self.file.add_paragraph(text, style=_style_of(block))

    def _beside(self, block: words.SaidText) -> None:
        """Write two languages in two columns, the second marked as what it is."""
        table = self._grid(1, [self.width_mm / 2] * 2)
        for cell, texts in zip(table.rows[0].cells, (block.texts, block.beside), strict=True):
            for n, text in enumerate(texts):
                paragraph = cell.add_paragraph() if n else cell.paragraphs[0]
                paragraph.style = self.file.styles[_style_of(block)]
                paragraph.paragraph_format.keep_with_next = True
                run = paragraph.add_run(text)
                if texts is block.beside:
                    run._r.get_or_add_rPr().append(_language(self.document.beside))
        self._gap()

    def _note(self, block: words.SaidNote) -> None:
        paragraph = self.file.add_paragraph()
        paragraph.add_run(block.text).bold = block.kind == "warning"
        _shade(paragraph._p.get_or_add_pPr(), AMBER if block.kind == "warning" else PALE)

    def _figure(self, block: SaidFigure) -> None:
        width = min(self.width_mm, WIDEST_FIGURE_MM)
        tall = paper.height_mm(block.drawing, width, tallest_mm=TALLEST_MM)
        if block.kind != "map":
            self._caption(block)
        picture = io.BytesIO(
            paper.draw(block.drawing, self.speaker, width_mm=width, height_mm=tall)
        )
        paragraph = self.file.add_paragraph()
        shape = paragraph.add_run().add_picture(picture, width=Mm(width), height=Mm(tall))
        shape._inline.docPr.set("descr", block.alt)
        for side in "TBLR":
            # Left out, some programs leave a gap.
            shape._inline.set(f"dist{side}", "0")
        if block.kind == "map":
            self._caption(block, "Legend")
        if block.table and len(block.table.columns) <= words.WIDEST_TABLE:
            self._table(block.table, captioned=block.table.caption != block.caption)

    def _caption(self, said: SaidTable | SaidFigure, style: str = "Caption") -> None:
        """Write a caption; its number is a field, so that those after it follow when one goes."""
        paragraph = self.file.add_paragraph(style=style)
        paragraph.paragraph_format.keep_with_next = style == "Caption"
        number = re.search(r"\d+", said.label)
        if number is None:
            paragraph.add_run(said.caption)
            return
        _run(paragraph._p, said.label[: number.start()])
        kind = "Table" if isinstance(said, SaidTable) else "Figure"
        _begin_field(paragraph._p, f"SEQ {kind} \\* ARABIC")
        _run(paragraph._p, number[0])
        _end_field(paragraph._p)
        _run(paragraph._p, f"{said.label[number.end() :]} {said.caption}")

    def _key_figures(self, block: words.SaidKeyFigures) -> None:
        n = len(block.figures)
        table = self._grid(1, [self.page_mm / n] * n)
        for cell, (label, value, unit, _) in zip(table.rows[0].cells, block.figures, strict=True):
            _shade(cell._tc.get_or_add_tcPr(), PALE)
            first = cell.paragraphs[0]
            first.style = self.file.styles["Legend"]
            first.add_run(label)
            number = cell.add_paragraph(style="Cell").add_run(value.text)
            number.bold, number.font.size, number.font.color.rgb = True, Pt(16), ACCENT
            cell.add_paragraph(unit, style="Legend")
        self._gap()

    def _pairs(self, pairs: list[tuple[str, str]]) -> None:
        left = min(self.width_mm * 0.32, 52.0)
        table = self._grid(len(pairs), [left, self.width_mm - left])
        for row, (label, said) in zip(table.rows, pairs, strict=True):
            first, second = row._tr.tc_lst
            _fill(first, label, "Celllabel")
            _fill(second, said, "Cell")
        if len(pairs) <= MOST_PAIRS:
            for row in table._tbl.tr_lst[:-1]:
                _keep_with_next(row)
        self._gap()

    def _table(self, said: SaidTable, *, captioned: bool = True) -> None:
        if captioned:
            self._caption(said)
        shares, size, title_size = _widths(said, self.width_mm, self.cell_pt)
        table = self._grid(len(said.rows) + 1, shares)
        smaller = size if size < self.cell_pt else None
        titles = title_size if title_size < self.cell_pt else None
        _described(table, said.caption)
        rows = table._tbl.tr_lst
        rows[0].get_or_add_trPr().append(_element("w:tblHeader"))
        _keep_with_next(rows[0])
        last = len(said.rows) - 1
        for cell, column in zip(rows[0].tc_lst, said.columns, strict=True):
            _fill(cell, column.title, "Cellheading", ends=self._ends(column), size=titles)
            _border(cell, "bottom", "3B0F70", 8)
        for i, (row, cells) in enumerate(zip(rows[1:], said.rows, strict=True)):
            row.get_or_add_trPr().append(_element("w:cantSplit"))
            # Of a long list neither the first nor the last row stands alone on a page.
            if i < last and (last < LONG_LIST or i in (0, last - 1)):
                _keep_with_next(row)
            total = said.total_row and i == len(said.rows) - 1
            for cell, shown, column in zip(row.tc_lst, cells, said.columns, strict=True):
                ends = self._ends(column)
                _fill(cell, shown.text, "Cell", ends=ends, bold=total, size=smaller)
                if total:
                    _border(cell, "top", "1F1F1F", 4)
                if i % 2:
                    _shade(cell.get_or_add_tcPr(), PALE)
        self._gap()

    def _ends(self, column: SaidColumn) -> str:
        """Return the side numbers are set to; "" for texts, which begin where reading begins."""
        if not column.numeric:
            return ""
        return "left" if self.rtl else "right"

    def _gap(self) -> None:
        """Leave a small gap: Word wants a paragraph after a table."""
        self.file.add_paragraph(style="Gap")

    def _grid(self, rows: int, widths_mm: list[float]) -> Any:
        table = self.file.add_table(rows=rows, cols=len(widths_mm))
        table.autofit = False
        if self.rtl:
            _put(table._tblPr, _element("w:bidiVisual"))
        margins = OxmlElement("w:tblCellMar")
        for side, wide in (("top", 15), ("left", 55), ("bottom", 15), ("right", 55)):
            margins.append(_element(f"w:{side}", w=wide, type="dxa"))
        _put(table._tblPr, margins)
        for column, width in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width)
        for row in table.rows:
            for cell, width in zip(row._tr.tc_lst, widths_mm, strict=True):
                cell.width = Mm(width)
        return table


# ------------------------------------------------------------------ pieces


def _style_of(block: words.SaidText) -> str:
    return "List Bullet" if block.points else "Normal"


def _language(language: str) -> Any:
    """Say what language a text is in: Word checks its spelling by it, and reads it aloud."""
    code = language.split("_", maxsplit=1)[0]
    lang = _element("w:lang", val=LOCALES.get(code, code))
    lang.set(qn("w:eastAsia"), LOCALES["zh"])
    return lang


def _widths(said: SaidTable, width_mm: float, size: float) -> tuple[list[float], float, float]:
    """Share the width of a table; return it with the sizes of letters (points) that fit.

    The first size is that of the cells, the second that of the titles. No word and no number is
    broken: where a column has not the room it wants, it has at least that of its longest piece.
    Where not even these fit, the titles are smaller, and only then the numbers.
    """
    mm = size * POINT_MM * OTHER_LETTERS
    columns = range(len(said.columns))
    for titles in TITLES:
        least = [widths.least(said, i, titles=titles) * mm + CELL_PAD_MM for i in columns]
        if sum(least) <= width_mm:
            break
    else:
        pads = CELL_PAD_MM * len(least)
        smaller = (width_mm - pads) / (sum(least) - pads)
        shares = [(one - CELL_PAD_MM) * smaller + CELL_PAD_MM for one in least]
        return shares, size * smaller, size * smaller * titles
    wanted = [widths.wanted(said, i, titles=titles) * mm + CELL_PAD_MM for i in columns]
    if sum(wanted) <= width_mm:
        return _widened(said, wanted, width_mm, mm), size, size * titles
    more = [much - fewest for much, fewest in zip(wanted, least, strict=True)]
    share = (width_mm - sum(least)) / sum(more)
    shares = [fewest + one * share for fewest, one in zip(least, more, strict=True)]
    return shares, size, size * titles


def _widened(said: SaidTable, wanted: Sequence[float], width_mm: float, mm: float) -> list[float]:
    """Give the room that is left to the long texts, and what these leave to all columns."""
    left = width_mm - sum(wanted)
    lacking = [
        max(widths.whole(said, i) * mm + CELL_PAD_MM - one, 0.0) for i, one in enumerate(wanted)
    ]
    given = min(left, sum(lacking)) / (sum(lacking) or 1.0)
    found = [one + given * lack for one, lack in zip(wanted, lacking, strict=True)]
    return [one * width_mm / sum(found) for one in found]


TITLES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
"""How large the letters of titles may be beside those of cells: as large as fits."""
POINT_MM = 25.4 / 72
OTHER_LETTERS = 1.07
"""Letters of the font that a reader has may be so much wider than ours."""
CELL_PAD_MM = 2 * 55 / 20 * POINT_MM + 0.3


def _fill(
    cell: Any,
    text: str,
    style: str,
    *,
    ends: str = "",
    bold: bool = False,
    size: float | None = None,
) -> None:
    """Write the text of a cell; straight into its elements, for lists are long.

    A size is in points, where it is not that of the style.
    """
    paragraph = cell.p_lst[0]
    properties = paragraph.get_or_add_pPr()
    _put(properties, _element("w:pStyle", val=style))
    if ends:
        _put(properties, _element("w:jc", val=ends))
    run = paragraph.add_r()
    if bold:
        run.get_or_add_rPr().append(OxmlElement("w:b"))
    if size is not None:
        for name in ("w:sz", "w:szCs"):
            run.get_or_add_rPr().append(_element(name, val=int(2 * size)))
    run.text = text


def _keep_with_next(row: Any) -> None:
    """Keep a row of a table on the page of the next one."""
    _put(row.tc_lst[0].p_lst[0].get_or_add_pPr(), _element("w:keepNext"))


# Word reads the properties of a thing in one order only.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr "
    "suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct "
    "topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind "
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW "
    "jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
    "tblDescription",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi "
    "rtlGutter docGrid printerSettings",
}


def _put(properties: Any, element: Any) -> None:
    """Put a property where Word expects it."""
    names = ORDER[properties.tag.rpartition("}")[2]].split()
    later = names[names.index(element.tag.rpartition("}")[2]) + 1 :]
    properties.insert_element_before(element, *(f"w:{name}" for name in later))


def _element(name: str, /, **attributes: object) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    return element


def _shade(properties: Any, colour: str) -> None:
    _put(properties, _element("w:shd", val="clear", color="auto", fill=colour))


def _border(cell: Any, side: str, colour: str, eighths: int) -> None:
    properties = cell.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        _put(properties, borders)
    borders.append(_element(f"w:{side}", val="single", sz=eighths, space=0, color=colour))


def _border_below(paragraph: Any) -> None:
    borders = OxmlElement("w:pBdr")
    borders.append(_element("w:bottom", val="single", sz=4, space=2, color=LINE))
    _put(paragraph._p.get_or_add_pPr(), borders)


def _described(table: Any, caption: str) -> None:
    _put(table._tblPr, _element("w:tblCaption", val=caption))


def _field(paragraph: Any, name: str) -> None:
    """Put a number in that Word keeps up to date: the page, or how many there are."""
    _begin_field(paragraph._p, name)
    _run(paragraph._p, "1")
    _end_field(paragraph._p)


def _begin_field(parent: Any, instruction: str) -> None:
    """Open a field; what follows until its end is what it shows until it is updated."""
    _run_of(parent).append(_element("w:fldChar", fldCharType="begin"))
    told = OxmlElement("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = f" {instruction} "
    _run_of(parent).append(told)
    _run_of(parent).append(_element("w:fldChar", fldCharType="separate"))


def _end_field(parent: Any) -> None:
    _run_of(parent).append(_element("w:fldChar", fldCharType="end"))


def _run(parent: Any, text: str) -> None:
    _run_of(parent).text = text


def _run_of(parent: Any) -> Any:
    run = OxmlElement("w:r")
    parent.append(run)
    return run


def _mark(n: int) -> str:
    """Name the n-th heading of the contents, as Word itself does."""
    return f"_Toc{900000000 + n}"


def _numbering(number: int, level: int) -> Any:
    properties = OxmlElement("w:numPr")
    properties.append(_element("w:ilvl", val=level))
    properties.append(_element("w:numId", val=number))
    return properties
