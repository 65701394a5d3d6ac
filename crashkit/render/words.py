"""A report put into words: every text said in one language, every number written and kept.

The renderers lay this out and need neither catalogue nor locale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from crashkit import publishing
from crashkit.blocks import (
    Block,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Pairs,
    Paragraph,
    Points,
    Table,
)
from crashkit.errors import Message
from crashkit.section import Public, Report, Stamp
from crashkit.text import NOTHING, Speaker

INVENTED = Message("Invented data for training")
NUMERIC = ("int", "float", "number", "percent", "chance")
SMALLEST_CHANCE = 0.0001
LONG_LETTERS = 24
WIDEST_TABLE = 20
"""A table with more columns is the numbers of a grid that bears them in its cells."""

# What no document holds: control signs, and signs that turn the direction of a line about.
_NOT_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_NOT_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")
# No line is broken between a number and its sign.
_BEFORE_SIGN = re.compile(r"(?<=\d) (?=[%‰])")


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and its value for those who calculate on: a number, a date, a text."""

    text: str
    value: float | int | date | str | None


@dataclass(frozen=True)
class SaidColumn:
    """Title, kind and digits of a column; `numeric` columns are set to the right.

    A `long` column holds texts that want room and may be broken into lines.
    """

    title: str
    kind: str
    digits: int
    long: bool = False

    @property
    def numeric(self) -> bool:
        """Say whether the column holds numbers."""
        return self.kind in NUMERIC


@dataclass(frozen=True)
class SaidTable:
    """A table in words; `label` is its name and number, where the document numbers them."""

    caption: str
    columns: tuple[SaidColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_row: bool
    label: str = ""


@dataclass(frozen=True)
class SaidFigure:
    """A figure: its words, and the drawing for render.paper.

    `label` is its name and number, where the document numbers them. A table of the same caption
    belongs to the figure and has no number of its own.
    """

    kind: str
    caption: str
    alt: str
    drawing: Figure
    table: SaidTable | None
    label: str = ""


@dataclass(frozen=True)
class SaidKeyFigures:
    """Large numbers: label, number, unit, and the value itself with its kind."""

    figures: tuple[tuple[str, Cell, str, str], ...]


@dataclass(frozen=True)
class SaidText:
    """A paragraph, or points: one text each; `beside` says the same in a second language."""

    texts: tuple[str, ...]
    points: bool = False
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class SaidPairs:
    """Labels and what they say."""

    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class SaidNote:
    """A caveat that must be seen."""

    text: str
    kind: str


SaidBlock = SaidTable | SaidFigure | SaidKeyFigures | SaidText | SaidPairs | SaidNote


@dataclass(frozen=True)
class Part:
    """A heading and the blocks below it; the first part of a report may have no heading.

    `number` is that of the chapter and of what is in it ("3", "3.2"), where they are numbered.
    `new_page` says whether it begins a page.
    """

    heading: str
    level: int
    blocks: tuple[SaidBlock, ...]
    number: str = ""
    new_page: bool = False

    @property
    def numbered(self) -> str:
        """The heading with its number before it."""
        return f"{self.number} {self.heading}".strip()


@dataclass(frozen=True)
class Document:
    """A whole report in words. `banner` marks invented data; `footer` stands on every page.

    `ending` are the lines of the stamp that the footer leaves out, for a page without a stamp.
    `receipt` is one word that no page shows, see crashkit.receipts. `beside` is the second language
    of a document in two.
    """

    language: str
    direction: str
    layout: str
    title: str
    subtitle: str
    filter: str
    banner: str
    parts: tuple[Part, ...]
    stamp_title: str
    stamp: tuple[tuple[str, str], ...]
    footer: str
    ending: str
    page: str
    data_date: date
    fingerprint: str
    attribution: str = ""
    receipt: str = ""
    fixed: dict[str, str] = field(default_factory=dict)
    beside: str = ""


def speak(report: Report, speaker: Speaker, receipt: str = "") -> Document:
    """Say a report in the language of the speaker; `receipt` goes along unread."""
    say = _Sayer(speaker)
    stamp = tuple(_stamp(report, say))
    return Document(
        language=speaker.language,
        direction=speaker.direction,
        layout=report.layout,
        title=say.text(report.title),
        subtitle=say.text(report.subtitle),
        filter=say.joined(report.stamp.filter_sentence),
        banner=say.text(INVENTED) if report.stamp.synthetic else "",
        parts=tuple(_numbered_parts(report, say)),
        stamp_title=say.text(Message("Where these numbers come from")),
        stamp=stamp,
        footer=_in_a_row(_in_margin(report, stamp), say),
        ending=_in_a_row(stamp[len(stamp) - _at_the_end(report.stamp) :], say),
        page=say.text(Message("Page")),
        data_date=report.stamp.data_date,
        fingerprint=report.stamp.fingerprint,
        attribution=shown(report.stamp.attribution),
        receipt=receipt,
        fixed={
            "chart": say.text(Message("Table of this figure")),
            "contents": say.text(Message("Contents of the report")),
        },
    )


def _in_a_row(pairs: Iterable[tuple[str, str]], say: _Sayer) -> str:
    return " · ".join(say.pair(label, words) for label, words in pairs)


def joined(sentences: Iterable[Message], speaker: Speaker) -> str:
    """Say sentences in a row."""
    return _Sayer(speaker).joined(sentences)


def told(pairs: Iterable[tuple[Message, Message | str]], speaker: Speaker) -> str:
    """Say labels with what they say on one line, as at the foot of a page."""
    say = _Sayer(speaker)
    return _in_a_row(((say.text(label), say.text(words)) for label, words in pairs), say)


def shown(text: str) -> str:
    """Return a text as documents can hold it: what cannot be shown is written as its number."""
    text = _BREAKS.sub(" ", text)
    text = _NOT_SHOWN.sub(_as_number, text)
    return _NOT_TEXT.sub(_as_number, text)


def captioned(said: SaidTable | SaidFigure) -> str:
    """Return the caption, with name and number before it where it has one."""
    return f"{said.label} {said.caption}" if said.label else said.caption


def _as_number(sign: re.Match[str]) -> str:
    number = ord(sign[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


@dataclass(frozen=True)
class _Sayer:
    """Says and writes; in long lists the same cell comes again and again, and is written once."""

    speaker: Speaker
    written: dict[Any, Cell] = field(default_factory=dict)
    held: list[Message] = field(default_factory=list)

    def text(self, words: Message | str) -> str:
        if isinstance(words, str):
            return shown(words)
        return _BEFORE_SIGN.sub("\u00a0", shown(self.speaker.say(words)))

    def joined(self, sentences: Iterable[Message]) -> str:
        """Write sentences in a row; after a full-width mark no space follows."""
        found = ""
        for sentence in map(self.text, sentences):
            gap = "" if not found or found[-1] in "。；，！？" else " "
            found += gap + sentence
        return found

    def pair(self, label: str, words: str) -> str:
        return self.text(Message("{label}: {value}", {"label": label, "value": words}))

    def cell(self, value: Any, kind: str, digits: int = 0) -> Cell:
        """Write a value as its column wants it."""
        # One and one point nought are equal, and are not written alike.
        key = (
            id(value) if isinstance(value, Message) else (type(value), value),
            kind,
            digits,
        )
        found = self.written.get(key)
        if found is None:
            found = self.written[key] = self._cell(value, kind, digits)
            if isinstance(value, Message):
                # As long as it is held, no other has its number.
                self.held.append(value)
        return found

    def _cell(self, value: Any, kind: str, digits: int) -> Cell:
        if isinstance(value, Message):
            said = self.text(value)
            return Cell(said, said)
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return Cell(NOTHING, None)
        if isinstance(value, str):
            return Cell(shown(value), shown(value))
        if isinstance(value, date):
            return Cell(self.speaker.date(value), value)
        return Cell(self._number(value, kind, digits), value)

    def _number(self, value: float, kind: str, digits: int) -> str:
        if kind == "percent":
            return self.speaker.percent(value, digits)
        if kind == "chance" and value < SMALLEST_CHANCE:
            return f"< {self.speaker.number(SMALLEST_CHANCE, digits)}"
        if kind == "number" and isinstance(value, int):
            return self.speaker.number(value)
        return self.speaker.number(value, digits)


# ------------------------------------------------------------------ blocks


def _parts(report: Report, say: _Sayer) -> Iterable[Part]:
    part = Part("", 1, ())
    for block in report.blocks:
        if isinstance(block, Heading):
            if part.heading or part.blocks:
                yield part
            part = Part(say.text(block.text), block.level, (), new_page=block.new_page)
        else:
            part = replace(part, blocks=(*part.blocks, _said(block, say)))
    if part.heading or part.blocks:
        yield part


NUMBERED = ("pages", "lying", "book")
"""Layouts that number figures and tables: those with many, one below the other."""


def _numbered_parts(report: Report, say: _Sayer) -> Iterable[Part]:
    """Number the figures and tables of a long report, and the chapters of a book."""
    counter = _Counter(say)
    for part in _parts(report, say):
        counts = report.layout in NUMBERED
        blocks = tuple(map(counter.block, part.blocks)) if counts else part.blocks
        chapters = report.layout == "book" and part.heading
        number = counter.heading(part.level) if chapters else ""
        yield replace(part, blocks=blocks, number=number)


class _Counter:
    """Counts headings by level, figures and tables in the order in which they stand."""

    def __init__(self, say: _Sayer) -> None:
        self.say = say
        self.levels: list[int] = []
        self.figures = self.tables = 0

    def heading(self, level: int) -> str:
        self.levels = [*self.levels[:level], *[0] * (level - len(self.levels))]
        self.levels[level - 1] += 1
        return ".".join(map(str, self.levels))

    def block(self, block: SaidBlock) -> SaidBlock:
        if isinstance(block, SaidTable):
            return self._table(block)
        if not isinstance(block, SaidFigure):
            return block
        self.figures += 1
        label = self.say.text(Message("Figure {n}.", {"n": self.figures}))
        table = block.table
        if table and table.caption != block.caption and len(table.columns) <= WIDEST_TABLE:
            table = self._table(table)
        return replace(block, label=label, table=table)

    def _table(self, table: SaidTable) -> SaidTable:
        self.tables += 1
        return replace(table, label=self.say.text(Message("Table {n}.", {"n": self.tables})))


def _said(block: Block, say: _Sayer) -> SaidBlock:
    said: SaidBlock
    match block:
        case Table():
            said = _table(block, say)
        case Figure():
            table = _table(block.table, say) if block.table else None
            said = SaidFigure(
                block.kind, say.text(block.caption), say.text(block.alt), block, table
            )
        case KeyFigures():
            said = SaidKeyFigures(tuple(_key_figure(one, say) for one in block.figures))
        case Pairs():
            said = SaidPairs(tuple((say.text(label), _pair(v, say)) for label, v in block.items))
        case Note():
            said = SaidNote(say.text(block.text), block.kind)
        case Points():
            said = SaidText(tuple(map(say.text, block.items)), points=True)
        case Paragraph():
            said = SaidText((say.joined(block.sentences),))
        case Heading():
            raise TypeError("a heading opens a part and is no block of one")
    return said


def _table(table: Table, say: _Sayer) -> SaidTable:
    rows = tuple(_row(row, table.columns, say) for row in table.rows)
    columns = tuple(_column(column, i, rows, say) for i, column in enumerate(table.columns))
    return SaidTable(say.text(table.caption), columns, rows, table.total_row)


def _column(column: Column, i: int, rows: Sequence[tuple[Cell, ...]], say: _Sayer) -> SaidColumn:
    longest = max((len(row[i].text) for row in rows), default=0)
    long = column.kind not in NUMERIC and longest > LONG_LETTERS
    return SaidColumn(say.text(column.title), column.kind, column.digits, long)


def _row(row: Sequence[Any], columns: Sequence[Column], say: _Sayer) -> tuple[Cell, ...]:
    return tuple(say.cell(v, c.kind, c.digits) for v, c in zip(row, columns, strict=True))


def _key_figure(figure: KeyFigure, say: _Sayer) -> tuple[str, Cell, str, str]:
    unit = say.text(figure.unit) if figure.unit else ""
    digits = 1 if figure.kind == "float" else 0
    return say.text(figure.label), say.cell(figure.value, figure.kind, digits), unit, figure.kind


def _pair(value: Any, say: _Sayer) -> Cell:
    return say.cell(value, "int" if isinstance(value, int) else "float", 0)


def _in_margin(report: Report, stamp: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Return what stands on every page: not the long lines, which come last."""
    return stamp[: len(stamp) - _at_the_end(report.stamp)]


def _at_the_end(stamp: Stamp) -> int:
    """Count the lines of the stamp that stand once, where the report ends: they are long."""
    return len(stamp.rule) + len(stamp.definitions) + bool(stamp.template)


def _stamp(report: Report, say: _Sayer) -> Iterable[tuple[str, str]]:
    stamp = report.stamp
    pairs: list[tuple[Message, Any]] = [
        (Message("Data"), stamp.data_version),
        (Message("Data of"), stamp.data_date),
        (Message("Filter"), say.joined(stamp.filter_sentence)),
        (Message("Crashes used"), _used(stamp)),
        *_used_of_year(stamp),
        (Message("Without coordinates"), _told(stamp.unlocated, stamp.public)),
        (Message("Killed"), stamp.killed_definition),
    ]
    if stamp.rejected is not None:
        pairs.append((Message("Rows rejected by the imports"), _told(stamp.rejected, stamp.public)))
        pairs.append(
            (
                Message("Rows that were there already"),
                _told(stamp.duplicates or 0, stamp.public),
            )
        )
    if stamp.public:
        pairs.append((Message("For the public"), _hidden(stamp.public)))
    pairs += stamp.options
    if stamp.method:
        pairs.append((Message("Rule"), stamp.method))
    pairs += [
        (Message("Source of the data"), stamp.attribution or Message("not stated")),
        (Message("Software"), stamp.software),
        (Message("Fingerprint"), stamp.fingerprint),
    ]
    pairs += [*stamp.rule, *stamp.definitions]
    if stamp.template:
        pairs.append((Message("Report template"), stamp.template))
    for label, value in pairs:
        yield say.text(label), _pair(value, say).text


def _used(stamp: Stamp) -> Message:
    return Message(
        "{used} of {of}",
        {"used": _told(stamp.used, stamp.public), "of": _told(stamp.of, stamp.public)},
    )


def _used_of_year(stamp: Stamp) -> Iterable[tuple[Message, int]]:
    """Say how many of the crashes used are those of the year that parts are about.

    Not for the public: set against the whole it may tell a small count.
    """
    if stamp.of_year and not stamp.public:
        year, n = stamp.of_year
        yield Message("Of these in {year}, for the parts about that year", {"year": str(year)}), n


def _told(n: int, public: Public | None) -> int | Message:
    """Return a count of the stamp, for the public not a small one, nor what tables hide."""
    if public is None:
        return n
    if 0 < n < public.threshold:
        return Message("fewer than {n}", {"n": public.threshold})
    return Message("{text}", {"text": publishing.HIDDEN}) if n in public.secret else n


def _hidden(public: Public) -> Message:
    return Message(
        "Counts below {least} are hidden, {n} numbers in all with those that would tell them; "
        "sentences and figures left out: {out}.",
        {"least": public.threshold, "n": public.hidden, "out": public.left_out},
    )
