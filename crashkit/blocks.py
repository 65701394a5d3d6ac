"""What documents and pages are made of: blocks without a format and without a language.

A block holds Messages, numbers and dates, never finished text. A renderer computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crashkit.errors import Message

CRASHES, CASUALTIES, VEHICLES = Message("Crashes"), Message("Casualties"), Message("Vehicles")
TOTAL = Message("Total")
"""Titles of a number that is of everything counted."""
ALL_OTHERS = Message("All others")
"""The row or column of all that stands in no row or column of its own."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a chapter. `new_page`: on paper what it heads begins a page."""

    text: Message
    level: int = 1
    new_page: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several."""

    sentences: tuple[Message, ...]


@dataclass(frozen=True)
class Points:
    """Sentences that stand on their own, one below the other."""

    items: tuple[Message, ...]


@dataclass(frozen=True)
class Pairs:
    """Labels with what they say: a Message, a number, a date or a text of the data."""

    items: tuple[tuple[Message, Any], ...]


@dataclass(frozen=True)
class Note:
    """A caveat that must be seen: kind is "note" or "warning"."""

    text: Message
    kind: str = "note"


@dataclass(frozen=True)
class KeyFigure:
    """One large number with what it counts; `value` is None where the source does not tell it.

    `kind` is that of a Column: int, float or percent (a share of 0 to 1); `named` as there.
    """

    label: Message
    value: Any
    unit: Message | None = None
    kind: str = "int"
    named: tuple[Any, ...] = ()


@dataclass(frozen=True)
class KeyFigures:
    """A row of large numbers."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: kind is text, int, float, number, percent, chance or date.

    `digits` stand after the decimal mark; of a number, counts among measures, only where it is a
    float. A percent is a share of 0 to 1, a chance a probability.
    A `spare` column stands in a workbook only: a page is not wide enough for it. The counts of a
    column of all are the sums of the counts beside them; those of one that is `part_of` others are
    parts of the counts there. What is `derived` of the counts of its row tells of them. Counts of
    the same are `named` alike where the titles of their columns differ.
    """

    title: Message
    kind: str = "text"
    digits: int = 0
    spare: bool = False
    of_all: bool = False
    part_of: tuple[int, ...] = ()
    derived: bool = False
    named: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table; `caption` says what is counted and in which unit. Cells are values or Messages.

    Of a list that is longer than `on_paper` so many rows stand on pages; a workbook holds all.
    Rows are parts of one whole, but for those of a table that says which row each is `part_of`;
    None stands for a row that is part of no other. Rows that are `made` are no counts: rates,
    estimates and targets.
    """

    caption: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    total_row: bool = False
    on_paper: int | None = None
    part_of: tuple[int | None, ...] = ()
    made: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A drawing by kind: "bars", "heat", "map", "path", "series", "strip" or "walk".

    `alt` says in words what it shows. `data` is plain data for the kind, see render.paper: labels
    are Messages, values numbers. `table` holds the same numbers: what is along the
    axis in its first column, then one column a series.
    """

    kind: str
    caption: Message
    alt: Message
    data: Mapping[str, Any] = field(default_factory=dict)
    table: Table | None = None


Block = Heading | Paragraph | Points | Pairs | Note | KeyFigures | Table | Figure
