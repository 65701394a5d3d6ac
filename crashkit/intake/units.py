"""In which unit the numbers of a column are, as its name says; `units.csv` holds the words.

A name that says none, or two, says nothing: the person who maps the columns is shown our own unit
and may choose another.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources

from crashkit.fields import Field
from crashkit.intake import drafts, synonyms
from crashkit.intake.drafts import ColumnDraft
from crashkit.profiles import UNITS

NAMED = 0.9
"""How sure a unit is that stands in the name of its column."""

OF_TWO_PARTS = ("km+m",)
"""Ways of writing a km post that say their units themselves."""


def choices(target: str) -> tuple[str, ...]:
    """Return the units in which a target may be given, ours first; none where it has no other."""
    field = None if target in drafts.PARTS else drafts.field_of(target)
    others = [theirs for theirs, ours in UNITS if field and ours == field.unit]
    return (field.unit, *others) if field and others else ()


def with_unit(column: ColumnDraft) -> ColumnDraft:
    """Return a column with the unit that its name says for its target; "" is our own."""
    offered = choices(column.target)
    said = "" if column.format in OF_TWO_PARTS else _named(column.name, offered)
    if not said:
        return replace(column, unit="", unit_sure=0.0)
    return replace(column, unit=said if said != offered[0] else "", unit_sure=NAMED)


def chosen(column: ColumnDraft, unit: str) -> ColumnDraft:
    """Return a column with the unit that a person chose; one that cannot be is passed over."""
    offered = choices(column.target)
    if unit not in offered:
        return column
    theirs = unit if unit != offered[0] else ""
    return column if theirs == column.unit else replace(column, unit=theirs, unit_sure=1.0)


def limits(field: Field, target: str, name: str) -> Field:
    """Return a field with its limits in the unit that the name of a column says."""
    factor = UNITS.get((_named(name, choices(target)), field.unit), 1.0)
    low, high = (None if one is None else one / factor for one in (field.low, field.high))
    return replace(field, low=low, high=high)


def _named(name: str, offered: tuple[str, ...]) -> str:
    """Return which of these units a name says; "" where it says none, or more than one."""
    found = {unit for unit in offered if any(_says(name, word) for word in words()[unit])}
    return found.pop() if len(found) == 1 else ""


def _says(name: str, word: str) -> bool:
    given = synonyms.plain(name)
    return f" {word} " in f" {given} " or (not word.isascii() and _is_han(word) and word in given)


def _is_han(word: str) -> bool:
    return "\u4e00" <= word[0] <= "\u9fff"


@cache
def words() -> dict[str, tuple[str, ...]]:
    """Return the words for each unit, as they are compared."""
    return dict(_rows())


def _rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    text = resources.files("crashkit.intake").joinpath("units.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield row["unit"], tuple(synonyms.plain(word) for word in row["words"].split("|"))
