"""Text files to blocks of rows, every cell as text; lines are counted as an editor counts them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING

from crashkit.errors import IntakeError

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t", "|")
"""Signs between cells that nearly all files have."""
SPACE, SPACES = " ", "  "
"""One blank, and two or more, between cells; the columns of the latter may stand in line."""
BLOCK = 4_000
MOST_RESTARTS = 50
NOTHING = " \t\r\n\x0b\x0c\0\x1a\ufeff\u00a0"
_BLANKS_BEFORE_QUOTE = re.compile(r'[,;|] +"')
_MAY_BE_DOUBTFUL = re.compile(rb'[,;|]\0{0,3} [ \0]*"')
_LINE_END = re.compile(r"\r\n|\r|\n")
GAP = re.compile(" {2,}")
"""Several blanks, which may stand between cells."""


@dataclass(frozen=True)
class Block:
    """Rows that follow each other, the line each starts on, and lines that cannot be read.

    `spoiled` holds the line, the code of what is wrong with it, and its text; `noted` the same of
    lines that were read and of which something is to be said.
    """

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    spoiled: list[tuple[int, str, str]] = field(default_factory=list)
    noted: list[tuple[int, str, str]] = field(default_factory=list)


def blocks(
    name: str, content: bytes, *, encoding: str, delimiter: str, size: int = BLOCK
) -> Iterator[Block]:
    """Yield all rows that are not blank. Raises IntakeError when quotation marks make no sense."""
    skip = 0
    for _ in range(MOST_RESTARTS):
        walk = _Walk(content, encoding, delimiter, skip)
        yield from walk.blocks(size)
        if walk.broken is None:
            return
        # A mark that swallowed the lines below spoils its own line only; those are read anew.
        skip, code = walk.broken
        yield Block(spoiled=[(skip, code, _line(content, encoding, skip))])
    raise IntakeError(
        "The quotation marks in {file} do not pair up; the last one that is never closed stands "
        "in line {line}. Export the file again with another text qualifier.",
        file=name,
        line=skip,
    )


def lines(content: bytes, encoding: str) -> Iterator[str]:
    """Yield the lines with their ends: only CR, LF and CR LF end one."""
    return iter(io.TextIOWrapper(io.BytesIO(content), encoding, newline=""))


def read(given: Iterable[str], delimiter: str) -> Reader:
    """Read rows of cells from lines; blanks before a cell are passed over, but for tabs."""
    if delimiter == SPACES:
        given, delimiter = map(_tabbed, given), "\t"
    # Strict: text after a closing quotation mark is an error, not silently joined.
    passed_over = delimiter not in ("\t", SPACE)
    return csv.reader(given, delimiter=delimiter, skipinitialspace=passed_over, strict=True)


def _tabbed(line: str) -> str:
    """Write a tab for the blanks between cells, and none at the edges of the line."""
    text = line.rstrip("\r\n")
    return GAP.sub("\t", text.strip(SPACE)) + line[len(text) :]


def is_row(row: Sequence[str]) -> bool:
    """Say whether a row has a cell in which something is seen."""
    return any(map(str.strip, row)) and not (len(row) == 1 and not row[0].strip(NOTHING))


def _line(content: bytes, encoding: str, number: int) -> str:
    return next(islice(lines(content, encoding), number - 1, None), "").rstrip("\r\n")


class _Walk:
    """One pass from a line to the end of the file, or to a record that cannot be read.

    `broken` is the line of a quotation mark that swallowed lines below its own, and the code of
    what is wrong with it.
    """

    def __init__(self, content: bytes, encoding: str, delimiter: str, skip: int) -> None:
        self.content, self.encoding, self.skip = content, encoding, skip
        self.ended = False
        self.broken: tuple[int, str] | None = None
        self.delimiter = delimiter
        self.doubtful: dict[int, str] = {}
        given: Iterator[str] = chain(islice(lines(content, encoding), skip, None), self._end())
        doubtful = delimiter in DELIMITERS and delimiter != "\t" and b'"' in content
        if doubtful and _MAY_BE_DOUBTFUL.search(content):
            given = self._watched(given)
        self.reader = read(given, delimiter)

    def _end(self) -> Iterator[str]:
        self.ended = True
        yield from ()

    def _watched(self, given: Iterator[str]) -> Iterator[str]:
        """Remember lines in which a blank stands before a quotation mark, perhaps within a cell."""
        for number, line in enumerate(given, self.skip + 1):
            if _BLANKS_BEFORE_QUOTE.search(line):
                self.doubtful[number] = line
            yield line

    def _noted(self, start: int, row: list[str]) -> bool:
        """Say whether a row would read otherwise if blanks before quotation marks were kept."""
        line = self.doubtful.pop(start, "")
        if not line or any("\n" in cell or "\r" in cell for cell in row):
            return False
        literal = next(csv.reader([line], delimiter=self.delimiter), [])
        return list(map(str.strip, literal)) != list(map(str.strip, row))

    def blocks(self, size: int) -> Iterator[Block]:
        """Yield blocks of about `size` rows."""
        while not self.ended and self.broken is None:
            start = self.skip + self.reader.line_num + 1
            found: list[list[str]] = []
            spoiled: list[tuple[int, str, str]] = []
            try:
                found.extend(islice(self.reader, size))
            except csv.Error as error:
                spoiled = self._spoiled(start, found, error)
            starts = self._starts(start, found)
            noted = [
                (line, "blank_before_quote", "")
                for line, row in (zip(starts, found, strict=True) if self.doubtful else ())
                if self._noted(line, row)
            ]
            yield _block(found, starts, spoiled, noted)

    def _starts(self, start: int, found: list[list[str]]) -> Sequence[int]:
        """Return the line each record starts on; most files have a record on each line."""
        if self.skip + self.reader.line_num + 1 - start == len(found):
            return range(start, start + len(found))
        # A cell in quotation marks keeps the line ends it holds.
        counts = (1 + sum(len(_LINE_END.findall(cell)) for cell in row) for row in found)
        return list(accumulate(counts, initial=start))[: len(found)]

    def _spoiled(
        self, start: int, found: list[list[str]], error: csv.Error
    ) -> list[tuple[int, str, str]]:
        """Say what is wrong with the record after those that were found."""
        ends = sum(len(_LINE_END.findall(cell)) for row in found for cell in row)
        line = start + len(found) + ends
        code = "too_long" if "limit" in str(error) else "bad_quoting"
        if self.ended:
            code = "unclosed_quote"
        if self.ended or self.skip + self.reader.line_num > line:
            self.broken = line, code
            return []
        return [(line, code, _line(self.content, self.encoding, line))]


def _block(
    found: list[list[str]],
    starts: Sequence[int],
    spoiled: list[tuple[int, str, str]],
    noted: list[tuple[int, str, str]],
) -> Block:
    if all(row and row[0].strip() and len(row) > 1 for row in found):
        return Block(list(starts), found, spoiled, noted)
    kept = [(line, row) for line, row in zip(starts, found, strict=True) if is_row(row)]
    return Block([line for line, _ in kept], [row for _, row in kept], spoiled, noted)
