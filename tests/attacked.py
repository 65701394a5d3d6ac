"""An attack on what was published: how closely the hidden numbers of several tables can be told.

It shares nothing with the code that protects: which numbers add up is found by looking at the
numbers before they were hidden, and which are the same by their titles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from crashkit import filters, publishing, tables
from crashkit.blocks import (
    ALL_OTHERS,
    TOTAL,
    Block,
    Figure,
    Heading,
    KeyFigures,
    Note,
    Pairs,
    Paragraph,
    Points,
    Table,
)
from crashkit.errors import Message, NoCount
from crashkit.model import CrashData
from crashkit.publishing import HIDDEN

Place = tuple[int, int, int]
"""Table, row and column, as before anything was hidden."""


def tables_of(blocks: Sequence[Block]) -> list[Table]:
    found = [one.table if isinstance(one, Figure) else one for one in blocks]
    return [one for one in found if isinstance(one, Table)]


def shown(before: Sequence[Block], after: Sequence[Block]) -> dict[Place, int | None]:
    """Return every count by its place: what is seen of it, None where it is hidden."""
    told: dict[Place, int | None] = {}
    waiting = tables_of(after)
    for t, table in enumerate(tables_of(before)):
        left = waiting[0] if waiting and _is_same(table, waiting[0]) else None
        if left is not None:
            waiting.pop(0)
        for i in range(len(table.rows)):
            for j, _ in _counts(table, i):
                told[t, i, j] = None if left is None else _seen(table, left, i, j)
    assert not waiting, "a table was published that stood nowhere before"
    return told


def _seen(table: Table, left: Table, i: int, j: int) -> int | None:
    titles = [str(one.title) for one in left.columns]
    at = titles.index(str(table.columns[j].title), min(j, 1))
    cell = left.rows[i][at]
    if cell == HIDDEN:
        return None
    assert cell == table.rows[i][j], "a published number is another one"
    return int(cell)


def _is_same(before: Table, after: Table) -> bool:
    names = [[str(row[0]) for row in one.rows] for one in (before, after)]
    heads = [str(one.title) for one in before.columns]
    return names[0] == names[1] and all(str(one.title) in heads for one in after.columns)


def _counts(table: Table, i: int) -> Iterator[tuple[int, int]]:
    row = table.rows[i]
    for j, one in enumerate(table.columns):
        is_count = isinstance(row[j], int | np.integer) and not isinstance(row[j], bool)
        if one.kind in ("int", "number") and is_count and row[j] >= 0 and i not in table.made:
            yield j, int(row[j])


def sums_of(laid: Sequence[Table]) -> Iterator[tuple[list[Place], Place]]:
    """Yield the parts and the total of each row and column that adds up."""
    for t, table in enumerate(laid):
        rows = [dict(_counts(table, i)) for i in range(len(table.rows))]
        yield from _of_a_form(t, table, rows)
        whole = [j for j, one in enumerate(table.columns) if one.title == TOTAL]
        for i, row in enumerate(rows):
            for j in whole:
                parts = [k for k in row if k != j]
                if parts and j in row and sum(row[k] for k in parts) == row[j]:
                    yield [(t, i, k) for k in parts], (t, i, j)
        if not rows or table.rows[-1][0] != TOTAL:
            continue
        for j, n in rows[-1].items():
            column = [row.get(j) for row in rows[:-1]]
            if len(column) > 1 and None not in column and sum(map(int, column)) == n:  # type: ignore[arg-type]
                yield [(t, i, j) for i in range(len(column))], (t, len(column), j)


def _of_a_form(
    t: int, table: Table, rows: Sequence[dict[int, int]]
) -> Iterator[tuple[list[Place], Place]]:
    """Yield the lines 3.1, 3.2 and so on of a form, which add up to line 3."""
    numbers = [str(row[0]) for row in table.rows]
    for whole, row in enumerate(rows):
        parts = [i for i, one in enumerate(numbers) if one.startswith(f"{numbers[whole]}.")]
        for j, n in row.items():
            of = [rows[i].get(j) for i in parts]
            if parts and None not in of and sum(map(int, of)) == n:  # type: ignore[arg-type]
                yield [(t, i, j) for i in parts], (t, whole, j)


def told_closely(
    before: Sequence[Block], after: Sequence[Block], width: int
) -> list[tuple[str, float, float]]:
    """Return the hidden numbers that can be told closer than `width` whole numbers."""
    laid, told = tables_of(before), shown(before, after)
    variable: dict[Any, int] = {}
    at: dict[Place, int] = {}
    known: dict[int, int] = {}
    for place, seen in told.items():
        t, i, j = place
        table = laid[t]
        names = (str(table.caption), str(table.rows[i][0]), str(table.columns[j].title))
        # The same table twice, as a chart and as numbers, is one.
        key = (names, int(table.rows[i][j]), i)
        at[place] = variable.setdefault(key, len(variable))
        if seen is not None:
            known[at[place]] = seen
    equations: dict[int, list[tuple[dict[int, int], int]]] = defaultdict(list)
    for parts, total in sums_of(laid):
        line, right = {}, 0
        for place, sign in [*((one, 1) for one in parts), (total, -1)]:
            one = at[place]
            if one in known:
                right -= sign * known[one]
            else:
                line[one] = sign
        for one in line:
            equations[one].append((line, right))
    return [
        (str(key), low, high)
        for key, one in variable.items()
        if one not in known and one in equations
        for low, high in [_range(one, equations)]
        if high - low < width - 1e-6
    ]


def _range(one: int, equations: dict[int, list[tuple[dict[int, int], int]]]) -> tuple[float, float]:
    """Return the least and the greatest of a number that fit all sums it hangs together with."""
    group, waiting = [one], [one]
    lines: dict[int, tuple[dict[int, int], int]] = {}
    while waiting:
        for line, right in equations[waiting.pop()]:
            lines[id(line)] = line, right
            more = [other for other in line if other not in group]
            group += more
            waiting += more
    matrix = np.zeros((len(lines), len(group)))
    for row, (line, _) in enumerate(lines.values()):
        for other, sign in line.items():
            matrix[row, group.index(other)] = sign
    right_side = [right for _, right in lines.values()]
    wanted = np.zeros(len(group))
    wanted[0] = 1
    low = linprog(wanted, A_eq=matrix, b_eq=right_side)
    high = linprog(-wanted, A_eq=matrix, b_eq=right_side)
    return float(low.fun), float("inf") if high.status == 3 else float(-high.fun)


def in_a_cube(
    data: CrashData,
    before: Sequence[Block],
    after: Sequence[Block],
    fields: tuple[str, str],
    width: int,
) -> tuple[int, list[tuple[Any, ...]]]:
    """Attack the tables of crashes by two fields and the severity as sums of one cube of cells.

    Return how many numbers are hidden in them, and those that can be told closer than `width`.
    """
    axes = [_labels(data, name) for name in (*fields, "severity")]
    laid = tables_of(before)
    seen, sums, hidden = [], [], []
    for (t, i, j), n in shown(before, after).items():
        line = _line_of(laid[t], i, j, fields, axes)
        if line is None:
            continue
        if n is None:
            hidden.append((str(laid[t].caption), i, j, line))
        else:
            seen.append(line)
            sums.append(n)
    found = closely(np.array(seen), sums, [line for *_, line in hidden], width)
    return len(hidden), [(*hidden[n][:-1], low, high) for n, low, high in found]


def closely(
    seen: Any, sums: Sequence[int], hidden: Sequence[Any], width: int
) -> list[tuple[int, float, float]]:
    """Attack sums of one set of cells; return which hidden ones are told closer than `width`."""
    wrong = []
    for n, line in enumerate(hidden):
        low = linprog(line, A_eq=seen, b_eq=sums)
        high = linprog(-line, A_eq=seen, b_eq=sums)
        if high.status != 3 and -high.fun - low.fun < width - 1e-6:
            wrong.append((n, float(low.fun), float(-high.fun)))
    return wrong


def _line_of(
    table: Table, i: int, j: int, fields: tuple[str, str], axes: Sequence[Sequence[str]]
) -> Any:
    """Return a one for each cell of the cube that a number is the sum of, None for another cube."""
    kept = _axes_of(table, fields)
    labels = (table.rows[i][0], table.columns[j].title)
    # Of which values all others are is not told.
    if kept is None or ALL_OTHERS in labels:
        return None
    cells = np.zeros([len(one) for one in axes])
    at: list[Any] = [slice(None)] * 3
    for axis, label in zip(kept, labels, strict=True):
        if label not in (TOTAL, tables.UNIT_LABELS["crashes"]):
            at[axis] = axes[axis].index(str(label))
    cells[tuple(at)] = 1
    return cells.ravel()


def _labels(data: CrashData, name: str) -> list[str]:
    levels = filters.levels(data, name)
    assert levels is not None
    return [str(filters.value_label(name, value)) for value in ("", *levels.values)]


def _axes_of(table: Table, fields: tuple[str, str]) -> tuple[int, int] | None:
    """Say which axes of the cube a table of crashes has, by its caption."""
    title = str(table.caption).partition(" (")[0]
    down, across = (str(filters.label(one)) for one in fields)
    unit = str(Message("Crashes"))
    known = {
        f"{unit}: {down} × {across}": (0, 1),
        f"{unit}: {down}": (0, 2),
        f"{unit}: {across}": (1, 2),
    }
    return known.get(title)


def pressed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Sequence[Block], Sequence[Block]]]:
    """Return a list that keeps what goes to the press and what comes from it, from now on."""
    found: list[tuple[Sequence[Block], Sequence[Block]]] = []
    press = publishing.publish

    def publish(blocks: Sequence[Block], threshold: int, *args: Any, **options: Any) -> Any:
        told = press(blocks, threshold, *args, **options)
        found.append((blocks, told.blocks))
        return told

    monkeypatch.setattr(publishing, "publish", publish)
    return found


def told_in_words(after: Sequence[Block]) -> Iterator[tuple[int, Message]]:
    """Yield every whole number that a sentence, title, caption or text for the blind tells."""
    for block in after:
        for said in _words(block):
            for value in _values(said):
                is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
                if is_whole and not isinstance(value, NoCount):
                    yield int(value), said


def _words(block: Block) -> Iterator[Message]:
    match block:
        case Paragraph():
            yield from block.sentences
        case Points():
            yield from block.items
        case Note() | Heading():
            yield block.text
        case KeyFigures():
            yield from (said for one in block.figures for said in (one.label, one.unit) if said)
        case Pairs():
            yield from (one for pair in block.items for one in pair if isinstance(one, Message))
        case Figure():
            yield from (block.caption, block.alt)
    table = block.table if isinstance(block, Figure) else block
    if isinstance(table, Table):
        yield from (table.caption, *(one.title for one in table.columns))
        yield from (cell for row in table.rows for cell in row if isinstance(cell, Message))


def _values(said: Any) -> Iterator[Any]:
    if isinstance(said, Message):
        said = said.values
    inside = said.values() if isinstance(said, Mapping) else said
    if isinstance(inside, str) or not isinstance(inside, Iterable):
        yield inside
        return
    for one in inside:
        yield from _values(one)


def seen_numbers(after: Sequence[Block]) -> set[int]:
    """Return the counts that stand in tables and large figures."""
    cells = [cell for one in tables_of(after) for row in one.rows for cell in row]
    cells += [
        one.value for block in after if isinstance(block, KeyFigures) for one in block.figures
    ]
    return {int(one) for one in cells if isinstance(one, int | np.integer)}


NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\d.])|(?<![\w.,])\d+(?![\d,.]*\d)")


def whole_numbers(text: str) -> set[int]:
    """Return the whole numbers of an English text.

    >>> sorted(whole_numbers("3,000 crashes, 13.3 % of the 279 in 2025."))
    [279, 2025, 3000]
    """
    return {int(one.replace(",", "")) for one in NUMBER.findall(text)}
