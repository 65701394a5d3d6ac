"""What a report section is: facts in, blocks out; no format and no language.

A block holds Messages, numbers and dates, never finished text. A renderer computes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crashkit.errors import Message
from crashkit.model import CrashData, DatasetInfo, ScreeningResult, Summary


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a chapter."""

    text: Message
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several."""

    sentences: tuple[Message, ...]


@dataclass(frozen=True)
class Note:
    """A caveat that must be seen: kind is "note" or "warning"."""

    text: Message
    kind: str = "note"


@dataclass(frozen=True)
class KeyFigure:
    """One large number with what it counts."""

    label: Message
    value: Any
    unit: Message | None = None


@dataclass(frozen=True)
class KeyFigures:
    """A row of large numbers."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: kind is text, int, float, percent or date; digits after the mark."""

    title: Message
    kind: str = "text"
    digits: int = 0


@dataclass(frozen=True)
class Table:
    """A table; `caption` says what is counted and in which unit. Cells are values or Messages."""

    caption: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    total_row: bool = False


@dataclass(frozen=True)
class Figure:
    """A drawing by kind: "bars", "heat", "map", "line". `alt` says in words what it shows.

    `data` is plain data for the kind, see render.paper: labels are Messages, values numbers.
    """

    kind: str
    caption: Message
    alt: Message
    data: Mapping[str, Any] = field(default_factory=dict)


Block = Heading | Paragraph | Note | KeyFigures | Table | Figure


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything a section may look at."""

    data: CrashData
    everything: CrashData
    dataset: DatasetInfo
    filter_sentence: tuple[Message, ...]
    filter_query: Mapping[str, str]
    summary: Summary
    screening: ScreeningResult | None = None
    layers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """A part of a report, chosen by name. `applies` says whether the facts support it."""

    name: str
    title: str
    build: Callable[[Facts], list[Block]]
    applies: Callable[[Facts], bool] = lambda facts: True


@dataclass(frozen=True)
class Stamp:
    """What makes a number traceable: data set and version, dates, filter, counts, software.

    `fingerprint` is a short hash of all inputs: same inputs, same fingerprint, same numbers.
    """

    dataset: str
    data_version: str
    data_date: date
    filter_sentence: tuple[Message, ...]
    used: int
    of: int
    unlocated: int
    killed_definition: Message
    method: Message | None
    attribution: str
    software: str
    fingerprint: str
    synthetic: bool = False


@dataclass(frozen=True)
class Report:
    """A whole report: title, blocks in order, and the stamp that closes it."""

    kind: str
    title: Message
    subtitle: Message
    blocks: tuple[Block, ...]
    stamp: Stamp
