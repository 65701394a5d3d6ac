"""A file of our rejects that comes back: its rows are parted by the files they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from crashkit.intake.cells import Column, Ints
from crashkit.intake.mapping import fold
from crashkit.intake.sheets import OURS
from crashkit.profiles import Layout, Profile

MOST_FILES = 100


def parts(columns: Mapping[str, Column], profile: Profile) -> list[tuple[Layout, Ints]]:
    """Part the rows of a file of rejects by the file they came from, and tell what each was."""
    origin = next(column for name, column in columns.items() if fold(name) == f"{OURS}file")
    found: dict[str, tuple[Layout, list[Ints]]] = {}
    for rows in _by_origin(origin):
        layout = _kind_of(columns, rows, profile)
        found.setdefault(layout.name, (layout, []))[1].append(rows)
    return [(layout, np.sort(np.concatenate(rows))) for layout, rows in found.values()]


def _by_origin(origin: Column) -> list[Ints]:
    """Return the rows of each file; beyond the first many files the rest are taken together."""
    order = np.argsort(origin.codes, kind="stable")
    starts = np.flatnonzero(np.diff(origin.codes[order], prepend=-1))
    return np.split(order, starts[1:MOST_FILES]) if len(order) else []


def _kind_of(columns: Mapping[str, Column], rows: Ints, profile: Profile) -> Layout:
    filled = {fold(name) for name in _filled(columns, rows)}
    have = {fold(name) for name in columns}

    def fit(layout: Layout) -> tuple[bool, int, int]:
        known = {fold(name) for name in layout.known}
        whole = {fold(name) for name in layout.needs} <= have
        return whole, len(filled & known) - len(filled - known), -len(known)

    return max(profile.files, key=fit)


def _filled(columns: Mapping[str, Column], rows: Ints) -> Iterator[str]:
    """Return the columns, not our own, that have a value in one of these rows."""
    for name, column in columns.items():
        if name.startswith(OURS):
            continue
        if any(column.words[code].strip() for code in np.unique(column.codes[rows]).tolist()):
            yield name
