"""Long lists on pages: so many rows and columns as can be read, and what was left out is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from crashkit.blocks import Block, Figure, Note, Table
from crashkit.errors import Message


def fitted(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks with lists cut to what stands on pages, each with a note of what is missing."""
    return tuple(one for block in blocks for one in _fitted(block))


def _fitted(block: Block) -> Iterator[Block]:
    if isinstance(block, Figure) and block.table is not None:
        *notes, table = _fitted_table(block.table)
        yield from notes
        yield replace(block, table=table)
    elif isinstance(block, Table):
        yield from _fitted_table(block)
    else:
        yield block


def _fitted_table(block: Table) -> Iterator[Note | Table]:
    """Return what is left out, if anything is, and last the table."""
    kept = [i for i, column in enumerate(block.columns) if not column.spare]
    most = len(block.rows) if block.on_paper is None else block.on_paper
    yield from _left_out(block, most)
    rows = block.rows[:most]
    if len(kept) < len(block.columns):
        rows = tuple(tuple(row[i] for i in kept) for row in rows)
    columns = tuple(block.columns[i] for i in kept)
    yield replace(block, columns=columns, rows=rows)


def _left_out(table: Table, most: int) -> Iterator[Note]:
    if len(table.rows) > most:
        words = {"shown": most, "left": len(table.rows) - most, "all": len(table.rows)}
        yield Note(
            Message(
                "The first {shown} of {all} rows stand here; {left} are left out. The same report "
                "as an Excel file holds them all.",
                words,
            ),
            "warning",
        )
    spare = [column.title for column in table.columns if column.spare]
    if spare:
        yield Note(Message("Only in the Excel file: {columns}.", {"columns": spare}))
