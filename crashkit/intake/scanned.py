"""Text files whose cells can be told by their bytes, which most can: a block of rows at once.

What is read so is what `texts` reads, which takes ten times as long and knows the other files:
those with quotation marks inside cells, or such as are never closed.
"""

from __future__ import annotations

import codecs
import csv
import os
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle

import numpy as np

from crashkit import scanning
from crashkit.intake import texts
from crashkit.intake.cells import Column, Wordbook
from crashkit.intake.distinct import SURROGATES, Ints, bytes_of
from crashkit.intake.texts import Block
from crashkit.scanning import Room, Style

LEAST = 1 << 20
"""Bytes of a file; the careful way reads a smaller one before the kernels are read."""
CELLS = 1 << 19
"""Cells of a block; its rows are fewer where there are many columns."""
ODD_ROWS = 1 << 12
STEP = 1 << 22
"""Bytes that are turned into another encoding at once."""


class NotSoSimple(ValueError):
    """The cells of this file cannot be told by their bytes alone."""


class Scanned:
    """Takes the rows of a text file that have the width of its header, and gives columns."""

    def __init__(self, content: bytes, encoding: str, delimiter: str, width: int) -> None:
        self.content = as_utf8(content, encoding)
        self.data = bytes_of(self.content)
        self.delimiter, self.width = delimiter, width
        self.books = [Wordbook(self.data) for _ in range(width)]
        self.lines: list[Ints] = []
        self.rows = 0
        self.doubled = False

    def blocks(self, header: int) -> Generator[Block, None, None]:
        """Take the rows below line `header` block by block; yield those that have other cells.

        Raises NotSoSimple.
        """
        at, line = 0, 1
        style = Style(ord(self.delimiter), self.delimiter != "\t", csv.field_size_limit())
        numbering: list[Future[None]] = []
        rooms = cycle((_room(self.width), _room(self.width)))
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            while at < len(self.data):
                room = next(rooms)
                rows, odd, at, line, doubled = scanning.split(self.data, at, line, style, room)
                if rows == scanning.STOPPED:
                    raise NotSoSimple
                self.doubled |= doubled
                _finish(numbering)
                numbering = self._take(room, rows, header, at / len(self.data), pool)
                yield self._others(room.odd[:odd], header)
            _finish(numbering)

    def _take(
        self, room: Room, rows: int, header: int, share: float, pool: ThreadPoolExecutor
    ) -> list[Future[None]]:
        """Number the cells of a block, column by column, while the next block is split.

        Kernels leave the interpreter to others. `share` of the file is split so far.
        """
        lines = room.lines[:rows]
        first = int(np.searchsorted(lines, header, side="right"))
        starts, lengths = room.starts[:, first:rows], room.lengths[:, first:rows]
        self.lines.append(lines[first:].copy())
        self.rows += rows - first
        return [
            pool.submit(book.add, start, length, share)
            for book, start, length in zip(self.books, starts, lengths, strict=True)
        ]

    def _others(self, odd: Ints, header: int) -> Block:
        """Return the rows that have another number of cells, or nothing that is seen, as texts."""
        block = Block()
        for start, end, line in odd.tolist():
            if line <= header:
                continue
            text = self.content[start:end].decode("utf-8", SURROGATES)
            row: list[str] = next(texts.read([text], self.delimiter), [])
            if texts.is_row(row):
                if len(row) >= self.width and not any(map(str.strip, row[self.width :])):
                    raise NotSoSimple  # It has the cells of the others, in letters not seen here.
                block.rows.append(row)
                block.lines.append(line)
        return block

    @property
    def last_line(self) -> int:
        """The line on which the last row starts that was taken."""
        return int(self.lines[-1][-1]) if self.rows and len(self.lines[-1]) else 0

    def columns(self) -> list[Column]:
        """Return what was taken; it is given away, since it takes much room."""
        books, self.books = self.books[::-1], []
        return [books.pop().column(doubled=self.doubled) for _ in range(len(books))]


def _finish(work: Sequence[Future[None]]) -> None:
    """Wait until all is done, and raise what went wrong."""
    for one in work:
        one.result()


def _room(width: int) -> Room:
    rows = CELLS // width
    return Room(
        starts=np.empty((width, rows), dtype=np.int64),
        lengths=np.empty((width, rows), dtype=np.int32),
        lines=np.empty(rows, dtype=np.int64),
        odd=np.empty((ODD_ROWS, 3), dtype=np.int64),
    )


def as_utf8(content: bytes, encoding: str) -> bytes:
    """Return a text in UTF-8 without a mark at its beginning; it is known to be in `encoding`."""
    known = codecs.lookup(encoding).name
    if known in ("utf-8", "ascii"):
        return content
    if known == "utf-8-sig":
        return content.removeprefix(codecs.BOM_UTF8)
    decoder, found = codecs.getincrementaldecoder(encoding)(), bytearray()
    for start in range(0, len(content), STEP):
        found += decoder.decode(content[start : start + STEP]).encode("utf-8", SURROGATES)
    return bytes(found + decoder.decode(b"", final=True).encode("utf-8", SURROGATES))
