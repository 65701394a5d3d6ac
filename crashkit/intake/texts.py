"""Text files to blocks of rows, every cell as text; lines are counted as an editor counts them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from crashkit.errors import IntakeError

DELIMITERS = (",", ";", "\t", "|")
BLOCK = 20_000
MOST_RESTARTS = 50
END = "\x03end of file\x03"
NOTHING = " \t\r\n\x0b\x0c\0\x1a\ufeff\u00a0"


@dataclass(frozen=True)
class Block:
    """Rows that follow each other, the line each starts on, and lines that cannot be read.

    `spoiled` holds the line, the code of what is wrong with it, and its text.
    """

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    spoiled: list[tuple[int, str, str]] = field(default_factory=list)


def blocks(
    name: str, content: bytes, *, encoding: str, delimiter: str, size: int = BLOCK
) -> Iterator[Block]:
    """Yield all rows that are not blank. Raises IntakeError when quotation marks make no sense."""
    skip = 0
    for _ in range(MOST_RESTARTS):
        walk = _Walk(content, encoding, delimiter, skip)
        yield from walk.blocks(size)
        if walk.unclosed is None:
            return
        # The mark that is never closed spoils its own line; those below are read anew.
        skip = walk.unclosed
        yield Block(spoiled=[(skip, "unclosed_quote", _line(content, encoding, skip))])
    raise IntakeError(
        "The quotation marks in {file} do not pair up; the last one that is never closed stands "
        "in line {line}. Export the file again with another text qualifier.",
        file=name,
        line=skip,
    )


def lines(content: bytes, encoding: str) -> Iterator[str]:
    """Yield the lines with their ends: only CR, LF and CR LF end one."""
    yield from io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def _line(content: bytes, encoding: str, number: int) -> str:
    return next(islice(lines(content, encoding), number - 1, None), "").rstrip("\r\n")


class _Walk:
    """One pass from a line to the end of the file."""

    def __init__(self, content: bytes, encoding: str, delimiter: str, skip: int) -> None:
        self.last = ""
        given = chain(islice(lines(content, encoding), skip, None), [END])
        # Strict: text after a closing quotation mark is an error, not silently joined.
        self.reader = csv.reader(
            self._remembered(given),
            delimiter=delimiter,
            skipinitialspace=delimiter != "\t",
            strict=True,
        )
        self.skip = skip
        self.unclosed: int | None = None

    def _remembered(self, given: Iterable[str]) -> Iterator[str]:
        for line in given:
            self.last = line
            yield line

    def blocks(self, size: int) -> Iterator[Block]:
        block = Block()
        for line, row, code in self._records():
            if code:
                block.spoiled.append((line, code, row[0]))
            elif any(map(str.strip, row)) and not _nothing(row):
                block.lines.append(line)
                block.rows.append(row)
            if len(block.lines) >= size:
                yield block
                block = Block()
        yield block

    def _records(self) -> Iterator[tuple[int, list[str], str]]:
        reader, skip = self.reader, self.skip + 1
        # The record read last is kept back: only the end tells whether it is whole.
        line, row = skip, None
        while True:
            start = skip + reader.line_num
            try:
                found = next(reader)
            except StopIteration:
                break
            except csv.Error:
                if self.last is END:
                    self.unclosed = start
                    break
                code = "too_long" if len(self.last) > csv.field_size_limit() else "bad_quoting"
                yield start, [self.last.rstrip("\r\n")], code
                continue
            if row is not None:
                yield line, row, ""
            line, row = start, found
        if self.unclosed is not None and row is not None:
            yield line, row, ""


def _nothing(row: list[str]) -> bool:
    return len(row) == 1 and not row[0].strip(NOTHING)
