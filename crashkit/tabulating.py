"""Tables of a tabulation: how many have each value of a field, and of two fields together.

What nothing has is left out, and the caption says how much that is; what is not known is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from crashkit import bands, fields, filters, tables
from crashkit.blocks import TOTAL, Block, Column, Heading, Paragraph, Table
from crashkit.errors import Message, counted
from crashkit.model import CrashData, CrossTable
from crashkit.stats import FEW

MOST_ROWS = 20
"""Of roads, districts and settlements so many stand, those with the most."""
MOST_COLUMNS, MOST_LETTERS = 13, 72
"""Columns of a page, and letters of their titles; those with the fewest beyond are added up."""
BY = {"crashes": "severity", "casualties": "injury", "vehicles": "severity"}
"""How a one-way table is split: by the severity of the crash, or by the injury."""
LEFT_OUT = (
    "location_kind",
    "hour_3",
    "hour_4",
    bands.PARTS,
    "age_5",
    "age_who",
    "age_irtad",
    "age_stats19",
)
"""Fields about the record, and bands of what a finer table tells."""
CHAPTERS = {
    "crashes": (Message("Crashes, field by field"), Message("Each crash is counted once.")),
    "casualties": (
        Message("Casualties, field by field"),
        Message("People killed or injured are counted, not crashes."),
    ),
    "vehicles": (
        Message("Vehicles, field by field"),
        Message(
            "Vehicles in crashes are counted, not crashes; they are split by the severity of the "
            "crash."
        ),
    ),
}


class Asked(Protocol):
    """What a section is asked of: crashes, and the threshold of a report for the public or 0."""

    @property
    def data(self) -> CrashData:
        """The crashes."""

    @property
    def public(self) -> int:
        """The threshold below which counts are hidden."""


def chapter(unit: str) -> tuple[Callable[[Asked], bool], Callable[[Asked], list[Block]]]:
    """Return whether any field of a unit is told, and its chapter: what a section applies to."""

    def applies(asked: Asked) -> bool:
        return bool(fields_of(asked.data, unit, public=asked.public > 0))

    def build(asked: Asked) -> list[Block]:
        return field_by_field(asked.data, unit, public=asked.public > 0)

    return applies, build


def field_by_field(data: CrashData, unit: str, *, public: bool = False) -> list[Block]:
    """Return a chapter with one table for each field that is told of a unit, as `fields_of`."""
    title, said = CHAPTERS[unit]
    sentences = [said, Message("Shares are of those whose value is known.")]
    written = [] if public else tables.as_written(data, unit)
    if written:
        labels = [filters.label(name) for name in written]
        sentences.append(
            Message(
                "In the words or codes of the source, as they stand there: {fields}.",
                {"fields": labels},
            )
        )
    found = [one_way(data, unit, name) for name in fields_of(data, unit, public=public)]
    return [Heading(title), Paragraph(tuple(sentences)), *found]


def fields_of(data: CrashData, unit: str, *, public: bool = False) -> list[str]:
    """Return the fields that are told of what is counted itself, coded ones first.

    Each group is in the order of the dictionary. For the `public` those in the words of the source
    are left out: they may tell of one person.
    """
    offered = [name for name, _ in tables.fields_offered(data, unit=unit)]
    if unit != "crashes":
        crash = {one.name for one in fields.table("crash")} | set(tables.TEXTS)
        hours = {"hour_3", "hour_4"}
        offered = [name for name in offered if name not in crash | hours]
    offered += [] if public else tables.as_written(data, unit)
    return [name for name in offered if name not in LEFT_OUT]


def one_way(data: CrashData, unit: str, name: str) -> Table:
    """Return how many have each value of a field, split by severity or injury, and the shares.

    The field that splits has no split. Few have no shares. Raises as `tables.cross`.
    """
    found = tables.cross(data, name, BY[unit], unit=unit, most=MOST_ROWS)
    rows = [i for i, n in enumerate(tables.row_totals(found)) if n]
    split = [] if name == BY[unit] else _told_columns(found)
    known = sum(sum(found.cells[i]) for i in rows if _known(found.rows[i]))
    columns = [
        Column(filters.label(name)),
        *(Column(found.column_labels[j], "int") for j in split),
        Column(tables.UNIT_LABELS[unit], "int", of_all=True),
    ]
    shares = known >= FEW
    if shares:
        columns.append(Column(Message("Share of known"), "percent", 1))
    lines: list[tuple[Any, ...]] = []
    for i in _unknown_last(found, rows):
        n = sum(found.cells[i])
        share = (n / known if _known(found.rows[i]) else None,) if shares else ()
        lines.append((found.row_labels[i], *(found.cells[i][j] for j in split), n, *share))
    sums = [sum(found.cells[i][j] for i in rows) for j in split]
    lines.append((TOTAL, *sums, found.total, *((None,) if shares else ())))
    return Table(_caption(found, len(rows)), tuple(columns), tuple(lines), total_row=True)


def two_way(data: CrashData, unit: str, down: str, across: str) -> Table | None:
    """Return how many have each value of two fields; None where one of them is not told."""
    offered = {name for name, _ in tables.fields_offered(data, unit=unit)}
    offered.update(tables.as_written(data, unit))
    if not {down, across} <= offered:
        return None
    found = tables.cross(data, down, across, unit=unit, most=MOST_ROWS)
    rows = [i for i, n in enumerate(tables.row_totals(found)) if n]
    sums = tables.column_totals(found)
    there = _unknown_last_column(found, [j for j, n in enumerate(sums) if n])
    shown, others = _fitting(found, there, sums)
    columns = [Column(filters.label(down)), *(Column(found.column_labels[j], "int") for j in shown)]
    if others:
        columns.append(Column(tables.OTHERS_LABEL, "int"))
    columns.append(Column(TOTAL, "int", of_all=True))

    def line(label: Message, cells: Sequence[int]) -> tuple[Any, ...]:
        rest = (sum(cells[j] for j in others),) if others else ()
        return (label, *(cells[j] for j in shown), *rest, sum(cells))

    lines = [line(found.row_labels[i], found.cells[i]) for i in _unknown_last(found, rows)]
    lines.append(line(TOTAL, sums))
    caption = _caption(found, len(rows), across=across, columns=len(there))
    return Table(caption, tuple(columns), tuple(lines), total_row=True)


def _fitting(
    found: CrossTable, there: Sequence[int], sums: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the columns that stand, in their order, and those that are added up."""
    letters = {j: len(_english(found.column_labels[j])) for j in there}
    most, room = set[int](), MOST_LETTERS
    for j in sorted(there, key=lambda j: -sums[j])[:MOST_COLUMNS]:
        room -= letters[j]
        if room < 0 and len(most) > 1:
            break
        most.add(j)
    others = [j for j in there if j not in most]
    if len(others) == 1:
        return [*there], []
    return [j for j in there if j in most], others


def _english(label: Message) -> str:
    return label.text.format(**label.values)


def _told_columns(found: CrossTable) -> list[int]:
    """Return the columns that have a count; none where nothing but unknown is there."""
    there = [j for j, n in enumerate(tables.column_totals(found)) if n]
    return there if any(_known(found.columns[j]) for j in there) else []


def _unknown_last(found: CrossTable, rows: Sequence[int]) -> list[int]:
    return sorted(rows, key=lambda i: not _known(found.rows[i]))


def _unknown_last_column(found: CrossTable, columns: Sequence[int]) -> list[int]:
    return sorted(columns, key=lambda j: not _known(found.columns[j]))


def _known(key: str) -> bool:
    return key not in ("", filters.UNKNOWN)


def _categories(name: str, told: Sequence[str]) -> int:
    """Count the codes that a field may have, and whatever else is in a table."""
    field = next(
        (one for table in fields.TABLES for one in fields.table(table) if one.name == name), None
    )
    listed = "yes_no" if field and field.type == "yes_no" else field.codes if field else ""
    codes = [one for one in fields.code_names(listed) if _known(one)] if listed else []
    return len({*codes, *told})


def _caption(found: CrossTable, rows: int, *, across: str = "", columns: int = 0) -> Message:
    """Say what is counted by what, and how many categories are left out because they are empty."""
    what = tables.UNIT_LABELS[found.unit]
    title = Message("{unit}: {field}", {"unit": what, "field": filters.label(found.row_field)})
    if across:
        title = tables.title(found)
    empty = _categories(found.row_field, found.rows) - rows
    if across:
        empty += _categories(across, found.columns) - columns
    if not empty:
        return title
    left_out = counted("one empty category is left out", "{n} empty categories are left out", empty)
    return Message("{title} ({left_out})", {"title": title, "left_out": left_out})
