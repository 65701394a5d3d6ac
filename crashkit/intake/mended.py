"""A file of our rejects that comes back: its rows are parted by the files they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from crashkit.intake.cells import Column, Flags, Ints
from crashkit.intake.mapping import fold
from crashkit.model import ORIGIN, OURS
from crashkit.profiles import Layout, Profile

MOST_FILES = 100


def parts(columns: Mapping[str, Column], profile: Profile) -> list[tuple[Layout, Ints]]:
    """Part the rows of a file of rejects by the file they came from, and tell what each was."""
    origin = next(column for name, column in columns.items() if fold(name) == ORIGIN[0])
    found: dict[str, tuple[Layout, list[Ints]]] = {}
    for rows in _by_origin(origin):
        for layout, own in _by_kind(columns, rows, profile):
            found.setdefault(layout.name, (layout, []))[1].append(own)
    return [(layout, np.sort(np.concatenate(rows))) for layout, rows in found.values()]


def _by_origin(origin: Column) -> list[Ints]:
    """Return the rows of each file; beyond the first many files the rest are taken together."""
    order = np.argsort(origin.codes, kind="stable")
    starts = np.flatnonzero(np.diff(origin.codes[order], prepend=-1))
    return np.split(order, starts[1:MOST_FILES]) if len(order) else []


def _by_kind(
    columns: Mapping[str, Column], rows: Ints, profile: Profile, above: Layout | None = None
) -> Iterator[tuple[Layout, Ints]]:
    """Yield the rows of each kind: of one file there is one, but not every row names its file.

    A row stays with the others, of the kind `above`, unless it fits another kind better.
    """
    layout = _kind_of(columns, rows, profile, above)
    strange = _strange(columns, rows, layout, profile)
    if layout is above or strange.all():
        yield layout, rows
        return
    yield layout, rows[~strange]
    if strange.any():
        yield from _by_kind(columns, rows[strange], profile, layout)


def _strange(columns: Mapping[str, Column], rows: Ints, layout: Layout, profile: Profile) -> Flags:
    """Say which rows have a value in a column that this kind does not know and another does."""
    own = {fold(name) for name in layout.known}
    others = {fold(name) for other in profile.files for name in other.known} - own
    found = np.zeros(len(rows), dtype=bool)
    for name, column in columns.items():
        if fold(name) in others:
            found |= ~column.words.blank[column.codes[rows]]
    return found


def _kind_of(
    columns: Mapping[str, Column], rows: Ints, profile: Profile, above: Layout | None
) -> Layout:
    filled = {fold(name) for name in _filled(columns, rows)}
    have = {fold(name) for name in columns}

    def fit(layout: Layout) -> tuple[bool, int, bool, int]:
        known = {fold(name) for name in layout.known}
        whole = {fold(name) for name in layout.needs} <= have
        fitting = len(filled & known) - len(filled - known)
        return whole, fitting, layout is above, -len(known)

    return max(profile.files, key=fit)


def _filled(columns: Mapping[str, Column], rows: Ints) -> Iterator[str]:
    """Return the columns, not our own, that have a value in one of these rows."""
    for name, column in columns.items():
        if not name.startswith(OURS) and not column.words.blank[column.codes[rows]].all():
            yield name
