"""The rows that hold the column names: found by the names a profile knows, or by their looks.

A heading of several rows ("Casualties" above "killed" and "injured") is read as one name for each
column: "Casualties / killed".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import multimode
from typing import Any

from crashkit.errors import IntakeError, Message, NeedsChoice
from crashkit.intake.checked import short
from crashkit.intake.mapping import fold, unguard
from crashkit.model import ORIGIN
from crashkit.profiles import Layout, Profile

LONGEST = 200
"""Letters of a column name that are kept."""

LINES = 60
"""So many lines from the top are looked at."""

DEPTH = 3
"""Column names may stand over so many rows."""

WIDEST = 1_000
"""Rows of more cells are no heading of ours; they are refused later, by their number."""

PARTING = " / "
"""Stands between the parts of a name that came from several rows."""

NONE = ("none", "0")
"""Answers that say: the file has no column names. Its columns are numbered from 1."""

LIKELY, MOST_OFFERED = 0.3, 3
"""So many lines are offered as column names, none that is less likely."""

SAID = Message("You said so.")
STATED = Message("The profile says so.")

Row = tuple[int, Sequence[str]]
"""A line and its cells."""


@dataclass(frozen=True)
class Header:
    """A row that may hold the column names: which kind of file it would be, and how well it fits.

    `line` is the last of its lines, 0 where the file has none; `raw` are the rows as they stand.
    `lacking` are needed columns that are not there.
    """

    line: int = 0
    names: tuple[str, ...] = ()
    layout: Layout | None = None
    lacking: tuple[str, ...] = ()
    known: int = 0
    rejects: bool = False
    raw: tuple[tuple[str, ...], ...] = ()
    first: int = 0

    @property
    def fits(self) -> bool:
        """Whether every column that is needed is there."""
        return self.rejects or (self.layout is not None and not self.lacking)

    @property
    def kind(self) -> str:
        """The kind of file it would be."""
        return self.layout.name if self.layout else ""

    @property
    def answer(self) -> str:
        """The answer that would say the same: a line, the first and last of several, or none."""
        return _answer(self.first, self.line)

    @property
    def foreign(self) -> bool:
        """Whether next to nothing of it is known: at most one name, and not half of them."""
        return self.known < 2 and 2 * self.known < len(self.names)

    @property
    def score(self) -> tuple[bool, int, int, int]:
        """How well it fits; of headers that fit as well the first wins, of one row before more."""
        return self.fits, self.known, -self.line, -len(self.raw)


class Wanted:
    """The column names of a profile's kinds of file, folded once for many rows."""

    def __init__(self, profile: Profile) -> None:
        self.kinds = [
            (
                layout,
                [(name, fold(name)) for name in layout.needs],
                {fold(name) for name in layout.known},
            )
            for layout in profile.files
        ]
        self.words = frozenset(word for _, _, folded in self.kinds for word in folded)


def best(head: Sequence[Row], wanted: Wanted, answer: str = "") -> Header:
    """Return the header that fits a profile best, or the one the user named.

    `answer` is a line, the first and last of several ("4-5"), or one of NONE. Without a row at
    such a line the header returned has no names.
    """
    if answer.casefold() in NONE:
        return _numbered(head, wanted)
    found = (
        scored(rows, wanted)
        for rows in (_named(head, answer) if answer else _stretches(head[:LINES]))
    )
    return max(found, key=lambda header: header.score, default=Header())


def _stretches(head: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield every row that may hold names, alone and with those above it."""
    for end in range(1, len(head) + 1):
        for depth in range(1, min(DEPTH, end) + 1):
            yield head[end - depth : end]


def _named(head: Sequence[Row], answer: str) -> Iterator[Sequence[Row]]:
    first, _, last = answer.partition("-")
    lines = range(line_number(first), line_number(last or first) + 1)
    chosen = [row for row in head if row[0] in lines]
    if not chosen or len(lines) > DEPTH or chosen[-1][0] != lines[-1]:
        return
    if last:
        yield chosen
        return
    end = head.index(chosen[-1]) + 1
    yield from (head[end - depth : end] for depth in range(1, min(DEPTH, end) + 1))


def line_number(answer: str) -> int:
    """Return the number of a line that a user named, 0 for what is none."""
    text = answer.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def last_line(answer: str) -> int:
    """Return the last line that an answer speaks of."""
    return line_number(answer.rpartition("-")[2])


def _numbered(head: Sequence[Row], wanted: Wanted) -> Header:
    """Number the columns of a file without names, as many as most rows have."""
    widths = Counter(len(row) for _, row in head)
    width = min(widths, key=lambda one: (-widths[one], -one), default=0)
    found = scored([(0, numbers(width))], wanted)
    return replace(found, raw=())


def numbers(width: int) -> tuple[str, ...]:
    """Return the names of columns that have none: 1, 2, 3 ..."""
    return tuple(str(number) for number in range(1, width + 1))


def scored(rows: Sequence[Row], wanted: Wanted) -> Header:
    """Say how well a row, or some rows under each other, would do as names for a profile."""
    raw = tuple(tuple(cells) for _, cells in rows)
    named = [tuple(map(_name, cells)) for cells in raw]
    names = _trimmed(named[0] if len(named) == 1 else tuple(_joined(named, wanted.words)))
    have = {fold(name) for name in names} - {""}
    line, first = rows[-1][0], rows[0][0]
    if set(ORIGIN) <= have:
        return Header(line, names, None, (), len(have), rejects=True, raw=raw, first=first)
    best, most = Header(line, names, raw=raw, first=first), 0
    for layout, needs, folded in wanted.kinds:
        lacking = tuple(name for name, word in needs if word not in have)
        found = replace(best, layout=layout, lacking=lacking, known=len(have & folded))
        # Of kinds that know as many columns, the one that needs more is the surer one.
        if (found.fits, found.known, len(needs)) > (best.fits, best.known, most):
            best, most = found, len(needs)
    return best


def _joined(raw: Sequence[Sequence[str]], known: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield one name for each column of a heading of several rows.

    The whole name is taken, or its last parts where only they are known.
    """
    width = min(max(map(len, raw)), WIDEST)
    own = [[*row[:width], *[""] * (width - len(row))] for row in raw]
    filled = [_forward(row) for row in own[:-1]]
    for place in range(width):
        parts: list[str] = []
        for depth, row in enumerate(filled):
            below = any(under[place] for under in own[depth + 1 :])
            parts.append(row[place] if below else own[depth][place])
        parts = list(dict.fromkeys(part for part in (*parts, own[-1][place]) if part))
        forms = [PARTING.join(parts[start:]) for start in range(len(parts))] or [""]
        yield next((form for form in forms if fold(form) in known), forms[0])


def _forward(cells: Iterable[str]) -> list[str]:
    """Let a merged cell, of which only the first is filled, stand over all its columns."""
    found: list[str] = []
    for cell in cells:
        found.append(cell or (found[-1] if found else ""))
    return found


def _name(cell: str) -> str:
    # Cells below the names are looked at too, and may be long texts: no name is.
    cell = cell[: 4 * LONGEST]
    return " ".join(unguard(cell.replace("\ufeff", "").replace("\u00a0", " ").strip()).split())


def _trimmed(names: tuple[str, ...]) -> tuple[str, ...]:
    """Drop columns without a name at the right, which spreadsheets leave behind."""
    last = len(names)
    while last and not names[last - 1]:
        last -= 1
    return names[:last]


def unique(names: Sequence[str]) -> list[str]:
    """Number columns that bear the same name, and those that bear none."""
    found: list[str] = []
    for name in names:
        short = name[:LONGEST] or "?"
        number, wanted = 1, short
        while wanted in found:
            number += 1
            wanted = f"{short} ({number})"
        found.append(wanted)
    return found


def sure(
    found: Header,
    name: str,
    profile: Profile,
    head: Callable[[], Sequence[Row]],
    options: Mapping[str, str],
) -> Header:
    """Return a header that fits. Raises NeedsChoice (header-row), IntakeError."""
    if found.fits:
        return found
    if found.layout is None or (found.known < 2 and not options.get("header_row")):
        raise _asking(name, profile, head())
    raise IntakeError(
        "{file} is not laid out as {title}: line {line} holds column names, but {columns} is not "
        "among them.",
        file=name,
        title=Message(profile.title),
        line=found.line,
        columns=", ".join(found.lacking),
    )


def _asking(name: str, profile: Profile, head: Sequence[Row]) -> NeedsChoice:
    """Return the question for the line, with what the lines look like."""
    told: dict[str, Any] = {
        "file": name,
        "title": Message(profile.title),
        "columns": ", ".join(profile.files[0].needs),
        **choices(head),
    }
    likely = next(iter(find(head)), None)
    if likely is None or likely.confidence < 0.5:
        return NeedsChoice(
            "The column names of {file} were not found; {title} has columns such as {columns}. "
            "Say which line holds them, or none, and the columns are called 1, 2, 3; or choose "
            "another profile.",
            option="header-row",
            **told,
        )
    if not likely.last:
        return NeedsChoice(
            "{file} seems to have no column names: its first rows are like all others. {title} has "
            "columns such as {columns}. Say which line holds the names, or none, "
            "and the columns are called 1, 2, 3; or choose another profile.",
            option="header-row",
            **told,
        )
    return NeedsChoice(
        "The column names of {file} seem to stand in line {line} ({names}), but {title} has "
        "columns such as {columns}. Say which line holds the names, or none, and the columns are "
        "called 1, 2, 3; or choose another profile.",
        option="header-row",
        line=likely.answer,
        names=short(", ".join(filter(None, likely.names))),
        **told,
    )


def choices(head: Sequence[Row]) -> dict[str, Any]:
    """Return what may be answered: lines that look like names, as they stand, and none."""
    likely = [one for one in find(head) if one.last and one.confidence >= LIKELY][:MOST_OFFERED]
    rows = dict(head)
    shown = {
        one.answer: [
            (str(line), short(", ".join(filter(None, map(_name, rows[line])))))
            for line in rows
            if one.first <= line <= one.last
        ]
        for one in likely
    }
    return {"choices": (*shown, NONE[0]), "examples": shown}


def no_file_of(name: str, found: Header, profile: Profile) -> IntakeError:
    """Return what is said of a file that is none of a source, while others given with it are."""
    return IntakeError(
        "{file} is no file of this source (its columns: {columns}). Leave it out, or choose its "
        "own profile. Files of {title} have the columns {needed}.",
        file=name,
        columns=short(", ".join(one for one in found.names if one)),
        title=Message(profile.title),
        needed="; ".join(", ".join(layout.needs) for layout in profile.files),
    )


def refuse_twice(name: str, header: Sequence[str], layout: Layout) -> None:
    """Refuse a file in which a column that is taken stands twice: nobody knows which is meant."""
    folded = [fold(column) for column in header]
    for column in header:
        if folded.count(fold(column)) > 1 and fold(column) in {fold(one) for one in layout.columns}:
            raise IntakeError(
                "{file} has the column {column} twice (the same name). Rename or delete one.",
                file=name,
                column=column,
            )


# -------------------------------------------------- by their looks, without a profile


@dataclass(frozen=True)
class Candidate:
    """Rows that look like column names: how sure that is (0 to 1), and what speaks for it.

    `first` and `last` are lines; both are 0 where the columns have no names and are numbered.
    """

    first: int
    last: int
    names: tuple[str, ...]
    confidence: float
    evidence: tuple[Message, ...]

    @property
    def answer(self) -> str:
        """The answer to the question for the line: "5", "4-5" or "none"."""
        return _answer(self.first, self.last)


def _answer(first: int, last: int) -> str:
    if not last:
        return NONE[0]
    return str(last) if first == last else f"{first}-{last}"


_VALUE = re.compile(
    r"[\s\d.,:;/\\+\-%°'\"年月日時时分TZ()]*\d[\s\d.,:;/\\+\-%°'\"年月日時时分TZ()]*"
)
MOSTLY = 0.8
"""Such a share of the cells of a heading are words; titles above it fill fewer cells."""
TABLE = 0.5
"""Names that are no surer than that have no numbers and no dates below: they make no table."""
LOOKED_AT = 50
"""So many rows below a heading tell whether its columns hold numbers or dates."""


def find(rows: Sequence[Row], *, most: int = 5) -> list[Candidate]:
    """Return the rows that may be column names of any file, the likeliest first.

    The first row whose cells are mostly words, as wide as most rows, followed by rows with numbers
    or dates. Needs no profile. `rows` are the lines that are not blank, with their numbers.

    Source: data_standards, section 5.2.
    """
    looked = [(line, tuple(_name(cell) for cell in cells)) for line, cells in rows]
    counts = [sum(map(bool, cells)) for _, cells in looked]
    usual = max(multimode(n for n in counts if n > 1) or counts, default=0)
    if not usual:
        return []
    found = [
        one
        for end in range(1, min(len(looked), LINES) + 1)
        for depth in range(1, min(DEPTH, end) + 1)
        for one in [_candidate(looked, end - depth, end, usual)]
        if one is not None
    ]
    found.append(_nameless(looked, usual, max((one.confidence for one in found), default=0.0)))
    found.sort(key=lambda one: (-one.confidence, one.last - one.first, one.last))
    return found[:most]


def is_table(rows: Sequence[Row]) -> bool:
    """Say whether these rows look like column names of several columns and rows below them."""
    wide = [(line, cells) for line, cells in rows if len(cells) <= WIDEST]
    found = [one for one in find(wide) if one.last and len(one.names) > 2]
    # The names part a line into as many cells as most rows have, and no more.
    return any(
        one.confidence > TABLE
        and 2 * sum(len(cells) == len(one.names) for _, cells in wide) > len(wide)
        for one in found
    )


def _candidate(
    rows: Sequence[tuple[int, tuple[str, ...]]], start: int, end: int, usual: int
) -> Candidate | None:
    """Judge some rows as a heading: words, distinct, wide enough, over numbers or dates."""
    raw = [cells for _, cells in rows[start:end]]
    if len(raw) > 1 and not _is_group(raw):
        return None
    names = _trimmed(tuple(_joined(raw)) if len(raw) > 1 else raw[0])
    own = [cell for cells in raw for cell in cells if cell]
    filled = sum(map(bool, names))
    wordy = sum(not _VALUE.fullmatch(cell) for cell in own)
    if filled < MOSTLY * usual or wordy < MOSTLY * len(own):
        return None
    below = [cells for _, cells in rows[end : end + LOOKED_AT]]
    telling = len(_of_values(below) & {place for place, name in enumerate(names) if name})
    distinct = len({fold(name) for name in names if name}) / filled
    share = (wordy / len(own)) * min(1.0, filled / usual) * distinct
    first, last = rows[start][0], rows[end - 1][0]
    evidence = [
        Message(
            "{wordy} of {cells} cells are words, as wide as most rows ({usual} cells).",
            {"wordy": wordy, "cells": len(own), "usual": usual},
        ),
        Message("Columns with numbers or dates below: {n}.", {"n": telling}),
    ]
    if first != last:
        evidence.append(
            Message(
                "The names stand in the lines {first} to {last} and were joined.",
                {"first": first, "last": last},
            )
        )
    return Candidate(
        first, last, names, round(share * (1.0 if telling else 0.5), 3), tuple(evidence)
    )


def _is_group(raw: Sequence[tuple[str, ...]]) -> bool:
    """Say whether upper rows are headings of groups: several cells of words, not one title.

    They are needed where the lowest row says a name twice or leaves cells empty.
    """
    *upper, lowest = raw
    named = [fold(cell) for cell in lowest if cell]
    width = max(map(len, raw))
    lacks = len(named) < width or len(set(named)) < len(named)
    return lacks and all(
        sum(map(bool, row)) > 1 and not any(_VALUE.fullmatch(cell) for cell in row if cell)
        for row in upper
    )


def _of_values(rows: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns that mostly hold numbers or dates."""
    filled: Counter[int] = Counter()
    values: Counter[int] = Counter()
    for cells in rows:
        for place, cell in enumerate(cells):
            filled[place] += bool(cell)
            values[place] += bool(cell) and bool(_VALUE.fullmatch(cell))
    return {place for place, n in filled.items() if n and values[place] >= n / 2}


def _nameless(rows: Sequence[tuple[int, tuple[str, ...]]], usual: int, other: float) -> Candidate:
    """Judge whether the table begins without names: with a row like those below it."""
    start = next(i for i, (_, cells) in enumerate(rows) if sum(map(bool, cells)) >= usual / 2)
    line, cells = rows[start]
    columns = _of_values([cells for _, cells in rows[start + 1 : start + 1 + LOOKED_AT]])
    alike = [place for place in columns if place < len(cells) and _VALUE.fullmatch(cells[place])]
    share = len(alike) / len(columns) if columns else 0.0
    told = Message(
        "Line {line} holds numbers or dates in {n} of the {all} columns that hold them below.",
        {"line": line, "n": len(alike), "all": len(columns)},
    )
    names = numbers(max(len(cells) for _, cells in rows))
    return Candidate(0, 0, names, round(share * (1 - other), 3), (told,))
