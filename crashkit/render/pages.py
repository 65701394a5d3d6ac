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
        yield from _left_out(block.table)
        yield replace(block, table=_cut(block.table))
    elif isinstance(block, Table):
        yield from _left_out(block)
        yield _cut(block)
    else:
        yield block


def _cut(table: Table) -> Table:
    """Return a table with the rows and columns that stand on pages."""
    kept = [i for i, column in enumerate(table.columns) if not column.spare]
    rows = table.rows[: _most(table)]
    if len(kept) < len(table.columns):
        rows = tuple(tuple(row[i] for i in kept) for row in rows)
    return replace(table, columns=tuple(table.columns[i] for i in kept), rows=rows)


def _most(table: Table) -> int:
    return len(table.rows) if table.on_paper is None else table.on_paper


def _left_out(table: Table) -> Iterator[Note]:
    most = _most(table)
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
