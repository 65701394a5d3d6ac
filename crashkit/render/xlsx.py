"""A report as an Excel file: real numbers, charts that Excel draws itself, a sheet on what counts.

One sheet for each part that holds a table or a figure; what is only text stands on the first.
"""

from __future__ import annotations

import io
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Any

import xlsxwriter

from crashkit import export
from crashkit.errors import Message
from crashkit.render import breaks, long_lists, native, paper, sheet_charts, words
from crashkit.render.words import Cell, Document, Part, SaidBlock, SaidColumn, SaidFigure, SaidTable
from crashkit.text import Speaker

ACCENT, SOFT, PALE = "#3b0f70", "#5c5c5c", "#f4f2ec"
FONT = "Arial"
MAP_MM = 170.0
LONG_LIST = 200
VERY_LONG = 1000
"""The rows of a longer list are written straight into the file."""
WHOLE = 20
"""A table of no more rows stands on one page, its title with it."""
MOST_FROZEN = 10
"""A head below more rows, such as those of a chart, would leave none to be moved."""
NARROW = 5.0
HIGHEST = 409.0
"""No row of a workbook is higher, in points."""
WIDEST, WRAPPED = 60, 40
"""A column is no wider, in letters; one whose texts are set in lines is less wide."""
MEASURED = 1000
"""Rows by which the width of a column is found: those a reader sees first."""
FIRST_ROW = 5
"""Row of the first sheet below its title, where the contents begin."""
MOST_FOOTER = 250
"""Excel cuts off a longer foot of the page."""


def write(document: Document, speaker: Speaker) -> bytes:
    """Write a report as an Excel file."""
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as book:
        at = datetime.combine(document.data_date, time(), tzinfo=UTC)
        book.set_properties(
            {"title": export.excel_text(document.title), "author": "CrashKit", "created": at}
        )
        writer = _Writer(document, speaker, book)
        writer.write()
    made = content.getvalue()
    return long_lists.put_in(made, writer.lists) if writer.lists else made


class _Writer:
    """Holds the open workbook, its formats by kind, and the names its sheets have taken."""

    def __init__(self, document: Document, speaker: Speaker, book: Any) -> None:
        self.document = document
        self.speaker = speaker
        self.book = book
        self.names: set[str] = set()
        self.formats: dict[tuple[str, int, bool, str], Any] = {}
        self.heading_row = 0
        self.patterns: dict[str, Any] = {}
        self.sheets: dict[str, breaks.Sheet] = defaultdict(breaks.Sheet)
        self.lists: list[long_lists.LongList] = []
        self.title = self._format(
            bold=True, font_size=16, font_color=ACCENT, text_wrap=True, valign="top"
        )
        self.heading = self._format(bold=True, font_size=13, font_color=ACCENT)
        self.bold = self._format(bold=True)
        self.soft = self._format(font_color=SOFT, text_wrap=True, valign="top")
        self.wrapped = self._format(text_wrap=True, valign="top")
        self.warning = self._format(
            text_wrap=True, valign="top", bold=True, bg_color="#fdf3d8", font_color="#7a4b00"
        )
        self.head = self._format(
            bold=True,
            font_color=ACCENT,
            bottom=1,
            bottom_color=ACCENT,
            text_wrap=True,
            valign="top",
        )
        self.head_number = self._format(
            bold=True, font_color=ACCENT, bottom=1, bottom_color=ACCENT, text_wrap=True,
            valign="top", align="right",
        )  # fmt: skip
        self.head_apart = self._format(
            bold=True, font_color=ACCENT, bottom=1, bottom_color=ACCENT, text_wrap=True,
            valign="top", align="left", indent=1,
        )  # fmt: skip

    def _format(self, **look: Any) -> Any:
        return self.book.add_format({"font_name": FONT, "font_size": 10} | look)

    def _patterned(self, pattern: str) -> Any:
        if pattern not in self.patterns:
            self.patterns[pattern] = self._format(num_format=pattern)
        return self.patterns[pattern]

    def write(self) -> None:
        groups = list(_groups(self.document.parts))
        own = [group for group in groups if _has_table(group)]
        first = self._first(
            [part for group in groups if not _has_table(group) for part in group], len(own) + 1
        )
        self.numbers = sheet_charts.Numbers(self._free(self.speaker.say(NUMBERS)), 3)
        pages = [self._group(group) for group in own]
        headings = [group[0].numbered or self.document.title for group in own]
        last = [*([self._of_charts()] if self.numbers.blocks else []), self._about()]
        headings += [page.name for page in last]
        self._contents(first, zip(headings, [*pages, *last], strict=True))
        if self.document.receipt:
            self._receipt()

    # ------------------------------------------------------------- sheets

    def _sheet(self, name: str) -> Any:
        return self._named(self._free(export.sheet_name(name)))

    def _named(self, name: str) -> Any:
        page = self.book.add_worksheet(name)
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.hide_gridlines(2)
        if self.document.direction == "rtl":
            page.right_to_left()
        banner = _of_margin(self.document.banner)
        page.set_header(f"&C&B{banner}" if banner else "")
        page.set_footer(f"&L&7{_of_margin(self.document.footer)}"[:MOST_FOOTER])
        return page

    def _free(self, name: str) -> str:
        """Return the name, with a number where another sheet has it."""
        found, n = name, 2
        while found.casefold() in self.names:
            found, n = f"{name[:27]} {n}", n + 1
        self.names.add(found.casefold())
        return found

    def _text(self, page: Any, row: int, column: int, text: str, look: Any = None) -> None:
        page.write_string(row, column, export.excel_text(text), look or self.wrapped)

    def _first(self, parts: Iterable[Part], sheets: int) -> Any:
        """Write the first sheet, with room for the contents of so many sheets."""
        page = self._sheet(self.speaker.say(Message("Report")))
        page.set_column(0, 0, 34)
        page.set_column(1, 1, 16)
        page.set_column(2, 2, 60)
        told = (self.document.title, self.document.subtitle, self.document.filter)
        for row, text in enumerate(told):
            # In one line a long one would run off the paper.
            page.merge_range(row, 0, row, 2, "", self.wrapped if row else self.title)
            self._text(page, row, 0, text, self.wrapped if row else self.title)
            high, letters = (13.5, 105) if row else (24.0, 62)
            page.set_row(row, min(HIGHEST, high * max(1, math.ceil(_room(text) / letters))))
        if self.document.banner:
            page.merge_range(3, 0, 3, 2, export.excel_text(self.document.banner), self.warning)
        row = FIRST_ROW + sheets + 2
        for part in parts:
            row = self._part(page, part, row)
        return page

    def _contents(self, page: Any, sheets: Iterable[tuple[str, Any]]) -> None:
        """List the other sheets on the first; each line leads to its sheet."""
        self._text(page, FIRST_ROW, 0, self.document.fixed["contents"], self.bold)
        link = self._format(font_color=ACCENT, underline=1)
        for row, (heading, led) in enumerate(sheets, FIRST_ROW + 1):
            place = "internal:'{}'!A1".format(led.name.replace("'", "''"))
            page.write_url(row, 0, place, link, export.excel_text(heading))

    def _group(self, group: list[Part]) -> Any:
        page = self._sheet(group[0].numbered or self.document.title)
        row = 0
        for part in group:
            row = self._part(page, part, row)
        self._broken(page)
        heads = self.sheets[page.name].heads
        if len(heads) == 1:
            # Below a second table the head of the first would stand above numbers of another.
            page.repeat_rows(heads[0])
        return page

    def _broken(self, page: Any) -> None:
        """End the pages of a sheet above its charts and short tables, not inside of them."""
        sheet = self.sheets[page.name]
        if sheet.charts:
            page.set_h_pagebreaks(sheet.breaks(sheet_charts.WIDE))

    def _about(self) -> Any:
        page = self._sheet(self.speaker.say(Message("What is counted")))
        page.set_column(0, 0, 30)
        page.set_column(1, 1, 100)
        self._text(page, 0, 0, self.document.stamp_title, self.heading)
        for row, (label, said) in enumerate(self.document.stamp, 2):
            self._text(page, row, 0, label, self.soft)
            self._text(page, row, 1, said)
            lines = max(math.ceil(_room(label) / 28), math.ceil(_room(said) / 90))
            page.set_row(row, min(HIGHEST, 13.5 * max(1, lines)))
        row = 3 + len(self.document.stamp)
        for sentence in WHAT_IS_COUNTED:
            self._text(page, row, 1, words.shown(self.speaker.say(sentence)))
            row += 1
        if self.document.banner:
            self._text(page, row + 1, 1, self.document.banner, self.warning)
        return page

    def _of_charts(self) -> Any:
        """Write what charts show and no table holds."""
        page = self._named(self.numbers.sheet)
        self._text(page, 0, 0, page.name, self.heading)
        self._merged(page, 1, self.speaker.say(WHAT_CHARTS_SHOW), self.wrapped)
        page.set_column(0, 0, 24)
        page.set_column(1, 12, 14)
        for row, caption, columns in self.numbers.blocks:
            self._text(page, row, 0, caption, self.bold)
            titles = [one.title for one in columns]
            for i, title in enumerate(titles):
                self._text(page, row + 1, i, title, self.head_number if i else self.head)
            page.set_row(row + 1, 14.0 * max(-(-round(_room(title)) // 12) for title in titles))
            for n in range(max(len(one.cells) for one in columns)):
                for i, one in enumerate(columns):
                    self._plain(page, row + 2 + n, i, one, n)
        return page

    def _plain(self, page: Any, row: int, column: int, values: native.Values, n: int) -> None:
        cell = values.cells[n] if n < len(values.cells) else None
        if isinstance(cell, str):
            self._text(page, row, column, cell)
        elif cell is not None:
            page.write_number(row, column, cell, self._patterned(values.pattern))

    def _receipt(self) -> None:
        """Keep the receipt where nobody stumbles over it and other programs keep it."""
        page = self.book.add_worksheet(self._free("receipt"))
        page.write_string(0, 0, self.document.receipt)
        page.very_hidden()

    # ------------------------------------------------------------- blocks

    def _part(self, page: Any, part: Part, row: int) -> int:
        """Write a part from a row on; return the row below it."""
        self.heading_row = row
        if part.heading:
            self._text(page, row, 0, part.numbered, self.heading if part.level == 1 else self.bold)
            row += 1
        for block in part.blocks:
            row = self._block(page, block, row) + 1
        return row

    def _block(self, page: Any, block: SaidBlock, row: int) -> int:
        if isinstance(block, SaidTable):
            return self._table(page, block, row)
        if isinstance(block, SaidFigure):
            return self._figure(page, block, row)
        if isinstance(block, words.SaidKeyFigures):
            return self._key_figures(page, block, row)
        if isinstance(block, words.SaidPairs):
            for label, cell in block.pairs:
                self._text(page, row, 0, label, self.soft)
                self._merged(page, row, cell.text, self.wrapped, first=1)
                row += 1
            return row
        if isinstance(block, words.SaidNote):
            texts: tuple[str, ...] = (block.text,)
        else:
            texts = (*block.texts, *block.beside)
        warns = isinstance(block, words.SaidNote) and block.kind == "warning"
        for text in texts:
            self._merged(page, row, text, self.warning if warns else self.wrapped)
            row += 1
        return row

    def _merged(self, page: Any, row: int, text: str, look: Any, *, first: int = 0) -> None:
        """Write a long text over several columns, in a row as high as it needs."""
        page.merge_range(row, first, row, 9 if first else 9, "", look)
        self._text(page, row, first, text, look)
        self._high(page, row, 13.5 * max(1, -(-len(text) // 105)))

    def _high(self, page: Any, row: int, points: float) -> None:
        points = min(HIGHEST, points)
        page.set_row(row, points)
        self.sheets[page.name].heights[row] = points

    def _key_figures(self, page: Any, block: words.SaidKeyFigures, row: int) -> int:
        for label, cell, unit, kind in block.figures:
            self._text(page, row, 0, label, self.bold)
            self._value(page, row, 1, cell, SaidColumn("", kind, 1 if kind == "float" else 0))
            self._text(page, row, 2, unit, self.soft)
            row += 1
        return row

    def _table(self, page: Any, said: SaidTable, row: int) -> int:
        self._text(page, row, 0, words.captioned(said), self.bold)
        return self._rows(page, said, row + 1)

    def _rows(self, page: Any, said: SaidTable, row: int, *, grid: bool = False) -> int:
        """Write the head and the rows of a table; return the row below them.

        The columns of a `grid` are narrow. A column is as wide as any table of the sheet needs.
        """
        before = self.sheets[page.name].widths
        wide = [
            max(NARROW if grid and i else _width(said, i), before.get(i, 0))
            for i in range(len(said.columns))
        ]
        before.update(enumerate(wide))
        self.sheets[page.name].heads.append(row)
        for i, column in enumerate(said.columns):
            look = self.head_apart if _stands_apart(said, i) else self.head
            self._text(page, row, i, column.title, self.head_number if column.numeric else look)
            page.set_column(i, i, wide[i])
        self._high(page, row, 14.0 * _lines(said, wide))
        if len(said.rows) > LONG_LIST:
            # A list so long is sorted and filtered by who reads on; its head stays in view.
            if row < MOST_FROZEN:
                page.freeze_panes(row + 1, 0)
            page.autofilter(row, 0, row + len(said.rows) - said.total_row, len(wide) - 1)
        rows, head = said.rows, row
        if len(rows) > VERY_LONG and not any(one.sheet == page.index for one in self.lists):
            rows = rows[len(rows) - said.total_row :]
            row = self._long(page, said, row)
        for cells in rows:
            row += 1
            total = said.total_row and cells is said.rows[-1]
            for i, (cell, column) in enumerate(zip(cells, said.columns, strict=True)):
                self._value(page, row, i, cell, column, bold=total, text=_manner(said, i))
            lines = _lines_of_row(said, cells, wide)
            if lines > 1:
                self._high(page, row, 13.5 * lines)
        if len(said.rows) <= WHOLE:
            self._stands(page, head - 1, row + 1)
        return row + 1

    def _long(self, page: Any, said: SaidTable, head: int) -> int:
        """Leave a row for all rows but a total; return the last of their rows."""
        for i, column in enumerate(said.columns):
            look = self._look(column.kind, column.digits, bold=False, text=_manner(said, i))
            page.write_blank(head + 1, i, None, look)
        cells = said.rows[: len(said.rows) - said.total_row]
        self.lists.append(long_lists.LongList(page.index, head + 1, cells))
        return head + len(cells)

    def _value(
        self, page: Any, row: int, column: int, cell: Cell, kind: SaidColumn, *,
        bold: bool = False, text: str = "",
    ) -> None:  # fmt: skip
        look = self._look(_kind_of(kind, cell), kind.digits, bold=bold, text=text)
        if cell.value is None:
            if bold:
                page.write_blank(row, column, None, look)
        elif isinstance(cell.value, str):
            page.write_string(row, column, export.excel_text(cell.text), look)
        elif isinstance(cell.value, int | float):
            page.write_number(row, column, cell.value, look)
        else:
            page.write_datetime(row, column, cell.value, look)

    def _look(self, kind: str, digits: int, *, bold: bool, text: str = "") -> Any:
        """Return the format of a cell; a `text` may stand "apart" or "wrapped", or both."""
        key = (kind, digits, bold, text)
        if key not in self.formats:
            after = f".{'0' * digits}" if digits else ""
            patterns = {
                "int": "#,##0",
                "float": f"#,##0{after}",
                "percent": f"0{after}%",
                "chance": f"[<{words.SMALLEST_CHANCE:f}]0.0E+00;0{after}",
                "date": "yyyy-mm-dd",
            }
            look = {"bold": bold, "valign": "top"} | ({"top": 1} if bold else {})
            pattern = patterns.get(kind)
            look |= {"num_format": pattern} if pattern else {"text_wrap": "wrapped" in text}
            look |= {"align": "left", "indent": 1} if "apart" in text else {}
            self.formats[key] = self._format(**look)
        return self.formats[key]

    def _figure(self, page: Any, block: SaidFigure, row: int) -> int:
        plans = native.plans(block, self.speaker)
        if plans:
            return self._charts(page, block, plans, row)
        if block.kind == "heat" and block.table:
            return self._grid(page, block, block.table, row)
        below = self._picture(page, block, row)
        return self._table(page, block.table, below + 1) if block.table else below

    def _charts(self, page: Any, block: SaidFigure, plans: Sequence[native.Plan], row: int) -> int:
        """Draw charts from cells, one below the other, and write the table of the figure below."""
        heads = row + sum(map(sheet_charts.rows_of, plans)) + 1
        place = sheet_charts.Place(page.name, heads, block.table) if block.table else None
        told = {"description": export.excel_text(block.alt), "object_position": 3}
        for plan in plans:
            made = sheet_charts.chart(self.book.add_chart, block, plan, place, self.numbers)
            page.insert_chart(row, 0, made, told)
            self._stands(page, row, row := row + sheet_charts.rows_of(plan))
        if block.table is None:
            self._merged(page, row, words.captioned(block), self.soft)
            return row + 1
        own = block.table.caption != block.caption
        caption = words.captioned(block.table if own else block)
        self._text(page, row, 0, caption, self.bold)
        return self._rows(page, block.table, row + 1)

    def _grid(self, page: Any, block: SaidFigure, table: SaidTable, row: int) -> int:
        """Colour the cells of a grid of counts: darker is more."""
        self._text(page, row, 0, words.captioned(block), self.bold)
        below = self._rows(page, table, row + 1, grid=True)
        scale = {"type": "2_color_scale", "min_color": "#fdf6ec", "max_color": "#d1420e"}
        page.conditional_format(row + 2, 1, below - 1, len(table.columns) - 1, scale)
        return below

    def _stands(self, page: Any, row: int, below: int) -> None:
        self.sheets[page.name].charts.append((self.heading_row, row, below))

    def _picture(self, page: Any, block: SaidFigure, row: int) -> int:
        tall = paper.height_mm(block.drawing, MAP_MM, tallest_mm=130.0)
        drawn = paper.draw(block.drawing, self.speaker, width_mm=MAP_MM, height_mm=tall)
        page.insert_image(
            row, 0, "figure.png",
            {"image_data": io.BytesIO(drawn), "description": export.excel_text(block.alt),
             "object_position": 3},
        )  # fmt: skip
        below = row + round(tall / 25.4 * 96 / 20) + 2
        self._stands(page, row, below)
        self._merged(page, below, words.captioned(block), self.soft)
        return below + 1


NUMBERS = Message("Numbers of the charts")
WHAT_CHARTS_SHOW = Message(
    "What charts show and no table holds: how far limits lie from what they belong to, the edges "
    "of bands, curves and marks."
)
WHAT_IS_COUNTED = (
    Message("Crashes are counted, each once."),
    Message("Killed and injured are people, not crashes."),
    Message("Numbers are plain numbers without rounding: they can be added up and charted."),
)


def _groups(parts: Iterable[Part]) -> Iterable[list[Part]]:
    """Put the parts of a lower level beside the chapter they belong to."""
    group: list[Part] = []
    for part in parts:
        if part.level == 1 and group:
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _has_table(group: Iterable[Part]) -> bool:
    return any(isinstance(one, SaidTable | SaidFigure) for part in group for one in part.blocks)


def _stands_apart(said: SaidTable, column: int) -> bool:
    """Say whether a column of texts follows numbers, which end where it would begin."""
    before = column and said.columns[column - 1].numeric
    return bool(before and not said.columns[column].numeric)


def _is_wrapped(said: SaidTable, column: int) -> bool:
    """Say whether the texts of a column are set in lines: not in a list too long to be read."""
    return said.columns[column].long and len(said.rows) <= VERY_LONG


def _manner(said: SaidTable, column: int) -> str:
    """Return how the texts of a column stand."""
    apart = "apart" if _stands_apart(said, column) else ""
    return f"{apart} wrapped" if _is_wrapped(said, column) else apart


def _width(said: SaidTable, column: int) -> float:
    letters = max((_room(row[column].text) for row in said.rows[:MEASURED]), default=0)
    title = max(map(_room, said.columns[column].title.split()), default=0) * 1.2
    most = WRAPPED if _is_wrapped(said, column) else WIDEST
    return min(max(letters + 2, title + 2, 8), most) + 2 * _stands_apart(said, column)


def _lines_of_row(said: SaidTable, cells: Sequence[Cell], wide: Sequence[float]) -> int:
    """Return how many lines the longest wrapped text of a row needs."""
    return max(
        (
            math.ceil(_room(cell.text) * 1.1 / (wide[i] - 3))
            for i, cell in enumerate(cells)
            if _is_wrapped(said, i)
        ),
        default=1,
    )


def _lines(said: SaidTable, wide: Sequence[float]) -> int:
    """Return how many lines the titles of columns so wide need."""
    return max(
        math.ceil(_room(column.title) * 1.2 / (width - 1))
        for column, width in zip(said.columns, wide, strict=True)
    )


def _kind_of(column: SaidColumn, cell: Cell) -> str:
    """Return the kind of a cell: of numbers, counts have no decimals and measures have."""
    if column.kind != "number":
        return column.kind
    return "int" if isinstance(cell.value, int) else "float"


def _room(text: str) -> float:
    return sum(1.8 if ord(sign) > 0x2E80 else 1.0 for sign in text)


def _of_margin(text: str) -> str:
    return export.excel_text(text).replace("&", "&&")
