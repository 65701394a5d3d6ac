"""Two languages in one document: every text in both, every number once.

Headings, captions and labels stand one after the other, what is read as sentences in two columns.
Numbers and dates are written as the first language writes them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from crashkit.errors import Message
from crashkit.render.words import (
    Cell,
    Document,
    Part,
    SaidBlock,
    SaidColumn,
    SaidFigure,
    SaidKeyFigures,
    SaidNote,
    SaidPairs,
    SaidTable,
    SaidText,
)
from crashkit.text import Speaker

LAYOUTS = {"sheet": "pages", "list": "lying"}
"""What is set close in one language, to one page or in columns, has no room there for two."""
_NUMBER = re.compile(r"\s*(\d+)(\.?)$")


class _Words(Speaker):
    """Says words in its own language, and numbers as another does."""

    def __init__(self, words: Speaker, numbers: Speaker) -> None:
        super().__init__(words.language)
        self.numbers = numbers

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number as the other language does."""
        return self.numbers.number(value, digits)

    def percent(self, share: float, digits: int = 0) -> str:
        """Write a share as the other language does."""
        return self.numbers.percent(share, digits)


class Both(Speaker):
    """Says labels of drawings in two languages; numbers as the first does."""

    def __init__(self, first: Speaker, second: Speaker) -> None:
        super().__init__(first.language)
        self.second = _Words(second, first)

    def say(self, message: Message | str, /, **values: Any) -> str:
        """Return the sentence in both languages, or once where they say the same."""
        first = super().say(message, **values)
        second = self.second.say(message, **values)
        return _both(first, second)

    def weekday(self, number: int, *, short: bool = True) -> str:
        """Name the day of the week in both languages."""
        second = self.second.weekday(number, short=short)
        return _both(super().weekday(number, short=short), second)

    def _value(self, value: Any) -> str:
        # What fills a hole is of the language of its sentence.
        return super().say(value) if isinstance(value, Message) else super()._value(value)


def documents(first: Document, second: Document) -> Document:
    """Put the same report, said in two languages, side by side."""
    return replace(
        first,
        beside=second.language,
        layout=LAYOUTS.get(first.layout, first.layout),
        title=_both(first.title, second.title),
        subtitle=_both(first.subtitle, second.subtitle),
        filter=_both(first.filter, second.filter),
        banner=_both(first.banner, second.banner),
        parts=tuple(_part(*pair) for pair in zip(first.parts, second.parts, strict=True)),
        stamp_title=_both(first.stamp_title, second.stamp_title),
        stamp=tuple(
            (_both(label, other), _both(said, also))
            for (label, said), (other, also) in zip(first.stamp, second.stamp, strict=True)
        ),
        page=_both(first.page, second.page),
        fixed={name: _both(said, second.fixed[name]) for name, said in first.fixed.items()},
    )


def _both(first: str, second: str, between: str = " / ") -> str:
    return first if first == second else f"{first}{between}{second}"


def _part(first: Part, second: Part) -> Part:
    blocks = tuple(_block(*pair) for pair in zip(first.blocks, second.blocks, strict=True))
    return replace(first, heading=_both(first.heading, second.heading), blocks=blocks)


def _block(first: Any, second: Any) -> SaidBlock:
    match first:
        case SaidTable():
            return _table(first, second)
        case SaidFigure():
            return replace(
                first,
                caption=_both(first.caption, second.caption),
                alt=_both(first.alt, second.alt),
                table=_table(first.table, second.table) if first.table else None,
                label=_label(first.label, second.label),
            )
        case SaidKeyFigures():
            pairs = zip(first.figures, second.figures, strict=True)
            return SaidKeyFigures(
                tuple(
                    (_both(label, other), cell, _both(unit, also), kind)
                    for (label, cell, unit, kind), (other, _, also, _) in pairs
                )
            )
        case SaidPairs():
            rows = zip(first.pairs, second.pairs, strict=True)
            return SaidPairs(
                tuple((_both(label, other), _cell(a, b)) for (label, a), (other, b) in rows)
            )
        case SaidNote():
            return replace(first, text=_both(first.text, second.text, "\n"))
        case _:
            said: SaidText = first
            return replace(said, beside=() if said.texts == second.texts else second.texts)


def _table(first: SaidTable, second: SaidTable) -> SaidTable:
    columns = tuple(_column(*pair) for pair in zip(first.columns, second.columns, strict=True))
    rows = tuple(
        tuple(_cell(*pair) for pair in zip(*row, strict=True))
        for row in zip(first.rows, second.rows, strict=True)
    )
    return replace(
        first,
        caption=_both(first.caption, second.caption),
        columns=columns,
        rows=rows,
        label=_label(first.label, second.label),
    )


def _column(first: SaidColumn, second: SaidColumn) -> SaidColumn:
    title = _both(first.title, second.title, "\n")
    return replace(first, title=title, long=first.long or second.long)


def _cell(first: Cell, second: Cell) -> Cell:
    """Write what is said in both languages; a number or a date stands once."""
    if not isinstance(first.value, str):
        return first
    said = _both(first.text, second.text)
    return Cell(said, said)


def _label(first: str, second: str) -> str:
    """Write the names in both languages before the number, which stands once."""
    number = _NUMBER.search(first)
    if number is None:
        return first
    names = _both(_NUMBER.sub("", first), _NUMBER.sub("", second))
    return f"{names} {number[1]}{number[2]}"
