"""Text files to blocks of rows, every cell as text; lines are counted as an editor counts them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice

from crashkit.errors import IntakeError

DELIMITERS = (",", ";", "\t", "|")
BLOCK = 20_000
MOST_RESTARTS = 50
NOTHING = " \t\r\n\x0b\x0c\0\x1a\ufeff\u00a0"
_LINE_END = re.compile(r"\r\n|\r|\n")


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
    return iter(io.TextIOWrapper(io.BytesIO(content), encoding, newline=""))


def _line(content: bytes, encoding: str, number: int) -> str:
    return next(islice(lines(content, encoding), number - 1, None), "").rstrip("\r\n")


class _Walk:
    """One pass from a line to the end of the file.

    `unclosed` is the line of a quotation mark that was still open when the file ended.
    """

    def __init__(self, content: bytes, encoding: str, delimiter: str, skip: int) -> None:
        self.content, self.encoding, self.skip = content, encoding, skip
        self.ended = False
        self.unclosed: int | None = None
        given = chain(islice(lines(content, encoding), skip, None), self._end())
        # Strict: text after a closing quotation mark is an error, not silently joined.
        self.reader = csv.reader(
            given, delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True
        )

    def _end(self) -> Iterator[str]:
        self.ended = True
        yield from ()

    def blocks(self, size: int) -> Iterator[Block]:
        """Yield blocks of about `size` rows."""
        while not self.ended:
            start = self.skip + self.reader.line_num + 1
            found: list[list[str]] = []
            spoiled: list[tuple[int, str, str]] = []
            try:
                found.extend(islice(self.reader, size))
            except csv.Error as error:
                spoiled = self._spoiled(start, found, error)
            yield _block(found, self._starts(start, found), spoiled)

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
        if self.ended:
            self.unclosed = line
            return []
        code = "too_long" if "limit" in str(error) else "bad_quoting"
        return [(line, code, _line(self.content, self.encoding, line))]


def _block(
    found: list[list[str]], starts: Sequence[int], spoiled: list[tuple[int, str, str]]
) -> Block:
    if all(row and row[0].strip() and len(row) > 1 for row in found):
        return Block(list(starts), found, spoiled)
    kept = [
        (line, row)
        for line, row in zip(starts, found, strict=True)
        if any(map(str.strip, row)) and not (len(row) == 1 and not row[0].strip(NOTHING))
    ]
    return Block([line for line, _ in kept], [row for _, row in kept], spoiled)
