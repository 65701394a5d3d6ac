"""A sheet after its cells were read: typed fields, rejected rows, and all that was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from crashkit import fields
from crashkit.errors import Message
from crashkit.intake.cells import Flags
from crashkit.intake.coded import Laid
from crashkit.intake.parsing import Fault
from crashkit.intake.sheets import Sheet
from crashkit.model import Inference, Issue, Proposal

LONGEST_SHOWN = 80


@dataclass(eq=False)
class Checked:
    """A sheet with its typed fields by table, which rows are rejected, and all that was said.

    Text, codes, dates and times are words, see `Coded`, or objects with None for missing; numbers
    are float64 with NaN.
    """

    sheet: Sheet
    tables: dict[str, dict[str, Laid]]
    bad: Flags
    issues: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    inferences: list[Inference] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    steps: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """The last digit that latitude and longitude were written with, in degrees, by row."""
    bounded: bool = False
    """Whether it is known where its crashes can lie."""

    def reject(self, rows: Iterable[int], name: str, fault: Fault, value: str) -> None:
        """Reject rows for one reason."""
        found = list(rows)
        self.issues += self._issues(found, name, fault, value)
        self.bad[found] = True

    def warn(self, rows: Iterable[int], name: str, fault: Fault, value: str) -> None:
        """Say something about rows that are kept."""
        self.warnings += self._issues(rows, name, fault, value)

    def say(self, name: str, code: str, message: Message) -> None:
        """Say something about the whole file."""
        self.warnings.append(Issue(self.sheet.place, None, name, "", code, message))

    def _issues(self, rows: Iterable[int], name: str, fault: Fault, value: str) -> list[Issue]:
        shown = short(value)
        values = {"field": label(tuple(self.sheet.layout.recipes), name), "value": f"«{shown}»"}
        message = Message(fault.message.text, {**values, **fault.message.values})
        file, lines = self.sheet.place, self.sheet.lines
        return [Issue(file, int(lines[row]), name, shown, fault.code, message) for row in rows]


@cache
def label(tables: tuple[str, ...], name: str) -> Message:
    """Return the label of a field that one of the tables has."""
    table = next((table for table in (*tables, "crash") if fields.has(table, name)), "")
    return Message(fields.get(table, name).label) if table else Message(name)


def quoted(value: str) -> str:
    """Return a value as a sentence shows it."""
    return f"«{short(value)}»"


def short(value: str) -> str:
    """Return the first letters of a value, on one line."""
    if len(value) <= LONGEST_SHOWN and value.isprintable():
        return value.strip()
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in value[:200]).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
