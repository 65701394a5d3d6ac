"""Filters that were kept under a name: `@NAME` stands for the words of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crashkit.errors import FilterError, Message, NotFound
from crashkit.filters import groups, reading
from crashkit.filters.reading import Filter
from crashkit.filters.spelling import Wrong

MARK = "@"


@dataclass(frozen=True)
class SavedFilter:
    """A kept filter. `chosen` is None where its words can no longer be read; `trouble` says why."""

    name: str
    words: str
    at: datetime
    chosen: Filter | None
    trouble: Message | None


def read(name: str, words: str, at: datetime) -> SavedFilter:
    """Read what was kept, also such as a later version of this software no longer knows."""
    try:
        return SavedFilter(name, words, at, reading.parse(words), None)
    except FilterError as error:
        return SavedFilter(name, words, at, None, error.message)


def parse(words: str, known: Mapping[str, str]) -> Filter:
    """Read a filter in which `@NAME` stands for the words of a known one, in a group too.

    Raises NotFound where there is none of that name, FilterError.
    """
    try:
        parts = groups.parts(words)
    except Wrong:
        return reading.parse(words)  # which says what is wrong
    return reading.parse("; ".join(_spelled_out(part, known) for part in parts))


def _spelled_out(part: str, known: Mapping[str, str]) -> str:
    if part.startswith(MARK):
        return _words_of(part.removeprefix(MARK), known)
    if not groups.is_group(part) or MARK not in part:
        return part
    spelled = [
        ["; ".join(_spelled_out(one.strip(), known) for one in words.split(";")) for words in group]
        for group in groups.alternatives([part[part.index("(") :]])
    ]
    return groups.write(spelled)


def _words_of(name: str, known: Mapping[str, str]) -> str:
    name = " ".join(name.split())
    if name in known:
        return known[name]
    if not known:
        raise NotFound("There is no filter “{name}”: none is saved for this data set.", name=name)
    raise NotFound(
        "There is no filter “{name}”; saved for this data set are {known}.",
        name=name,
        known=", ".join(known),
    )
