"""Rows that are no records: sums above and below a table, headings and notes between its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from crashkit.intake import words
from crashkit.intake.cells import Column, Flags, Ints
from crashkit.intake.distinct import FOREIGN, LOWER, UPPER, Words
from crashkit.intake.mapping import fold
from crashkit.model import OURS
from crashkit.profiles import Layout

TOTAL, HEADING = "totals_row", "section_row"

FEWEST_COLUMNS = 3
"""In narrower tables one cell alone says nothing: most of the row may be known."""


def of_line(cells: Sequence[str]) -> str:
    """Return TOTAL or HEADING for a line with too many or too few cells, or ""."""
    filled = [cell for cell in map(str.strip, cells) if cell]
    if filled and words.is_total(filled[0]):
        return TOTAL
    return HEADING if len(filled) == 1 and _is_wording(filled[0]) else ""


def of_columns(columns: Mapping[str, Column], layout: Layout, count: int) -> dict[int, str]:
    """Return the rows that are no records, each with its kind.

    A sum begins with a word for it and has no date (or no number of a crash, where the file has
    no dates). A heading is one cell of words alone. Rows with a date are never taken for either.
    """
    table = [column for name, column in columns.items() if not name.startswith(OURS)]
    if len(table) < FEWEST_COLUMNS:
        return {}
    dated, names = _anchors(layout)
    anchors = [column for name, column in columns.items() if fold(name) in names]
    if not anchors:
        return {}
    filled = np.zeros(count, dtype=np.int64)
    for column in table:
        filled += column.mask(~column.words.blank)
    open_rows = np.ones(count, dtype=bool)
    for column in anchors:
        open_rows &= column.mask(_says_no(column.words))
    found = dict.fromkeys(_sums(table, np.flatnonzero(open_rows & (filled > 0))), TOTAL)
    alone = filled == 1
    for column in table:
        if dated or column not in anchors:
            wordings = _rows_of(column, np.flatnonzero(alone))
            found = dict.fromkeys(wordings, HEADING) | found
    return found


def _anchors(layout: Layout) -> tuple[bool, set[str]]:
    """Return the columns without which a row is no record, and whether they are dates."""
    recipe = layout.recipes.get("crash", {}).get("crash_date")
    dates = (recipe.column, recipe.year, recipe.month, recipe.day) if recipe else ()
    names = {fold(name) for name in dates if name}
    ends = layout.recipes.get("section", {}).get("from_km")
    others = (*layout.key, *(ends.columns if ends else ()))
    return bool(names), names or {fold(name) for name in others}


def _says_no(cells: Words) -> Flags:
    """Say which words are no date and no number of a crash: nothing, or a word for a sum."""
    found = cells.blank.copy()
    # Nobody calls a sum by a number.
    found[cells.where(words.is_total, ~found & cells.having(UPPER | LOWER | FOREIGN))] = True
    return found


def _sums(table: Sequence[Column], rows: Ints) -> list[int]:
    """Return those of the rows whose first cell is a word for a sum."""
    found: list[int] = []
    for column in table:
        codes = column.codes[rows]
        numbers = np.unique(codes).tolist()
        said = _flags(column, [n for n in numbers if column.words[n].strip()])[codes]
        sums = _flags(column, [n for n in numbers if words.is_total(column.words[n])])[codes]
        found += rows[sums].tolist()
        rows = rows[~said]
    return found


def _rows_of(column: Column, rows: Ints) -> list[int]:
    codes = column.codes[rows]
    numbers = [n for n in np.unique(codes).tolist() if _is_wording(column.words[n])]
    return [int(row) for row in rows[_flags(column, numbers)[codes]]]


def _flags(column: Column, numbers: Sequence[int]) -> Flags:
    flags = np.zeros(len(column.words), dtype=bool)
    flags[list(numbers)] = True
    return flags


def _is_wording(cell: str) -> bool:
    """Say whether a cell holds words and no figure, as a heading or a note does."""
    text = cell.strip()
    return len(text) > 2 and any(map(str.isalpha, text)) and not any(map(str.isdigit, text))
