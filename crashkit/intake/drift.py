"""Columns that are not those of the last import into the data set by the same profile: told.

A source that renames or drops a column says so nowhere; its numbers only become fewer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crashkit.errors import Message
from crashkit.intake.checked import short
from crashkit.intake.mapping import fold
from crashkit.intake.sheets import Sheet
from crashkit.model import OURS, Issue, SeenColumns

CODE = "layout_changed"
MOST_NAMES = 30
"""So many names of columns are told; of more, only that there are more."""

NEW = Message("Since the import of {day} these columns are new: {new}.")
GONE = Message("Since the import of {day} these columns are gone: {gone}.")
BOTH = Message("Since the import of {day} these columns are new: {new}. Gone are: {gone}.")
RENAMED = Message(
    "In the import of {day} the column {before} stood where {now} stands: it may have been renamed."
)


def columns(sheets: Sequence[Sheet]) -> dict[str, tuple[str, ...]]:
    """Return the names of the columns by kind of file, in order; of mended rejects none."""
    found: dict[str, dict[str, None]] = {}
    for sheet in sheets:
        if not sheet.mended:
            own = (name for name in sheet.header if name and not name.startswith(OURS))
            found.setdefault(sheet.layout.name, {}).update(dict.fromkeys(own))
    return {name: tuple(names) for name, names in found.items()}


def told(sheets: Sequence[Sheet], before: Mapping[str, SeenColumns]) -> list[Issue]:
    """Say of each kind of file which columns are new, gone, or may have another name."""
    place = {sheet.layout.name: sheet.place for sheet in reversed(sheets)}
    return [
        Issue(place[kind], None, "", "", CODE, message)
        for kind, now in columns(sheets).items()
        if kind in before
        for message in _messages(before[kind], now)
    ]


@dataclass(frozen=True)
class Difference:
    """What became of the columns: new ones, those gone, and pairs that stand in one place."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]


def difference(before: Sequence[str], now: Sequence[str]) -> Difference:
    """Compare names of columns, whatever their letters and order.

    A name that is gone and a new one make a pair where both stand between the same neighbours.
    """
    old, fresh = [fold(name) for name in before], [fold(name) for name in now]
    pairs = [
        (i, j)
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, fresh, autojunk=False).get_opcodes()
        if kind == "replace" and i2 - i1 == j2 - j1
        for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
        if old[i] not in fresh and fresh[j] not in old
    ]
    left, right = {i for i, _ in pairs}, {j for _, j in pairs}
    return Difference(
        new=tuple(name for j, name in enumerate(now) if j not in right and fresh[j] not in old),
        gone=tuple(name for i, name in enumerate(before) if i not in left and old[i] not in fresh),
        renamed=tuple((before[i], now[j]) for i, j in pairs),
    )


def _messages(before: SeenColumns, now: Sequence[str]) -> list[Message]:
    found, day = difference(before.names, now), before.at.date()
    values = {"day": day, "new": _listed(found.new), "gone": _listed(found.gone)}
    said = BOTH if found.new and found.gone else NEW if found.new else GONE
    changed = [Message(said.text, values)] if found.new or found.gone else []
    return [
        *(
            Message(RENAMED.text, {"day": day, "before": short(old), "now": short(name)})
            for old, name in found.renamed
        ),
        *changed,
    ]


def _listed(names: Sequence[str]) -> str:
    more = ", …" if len(names) > MOST_NAMES else ""
    return ", ".join(short(name) for name in names[:MOST_NAMES]) + more
