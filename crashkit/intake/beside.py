"""Tables told beside the crashes, of exposure or weather: their words, and which column is what.

A column is known by its name, or said by the user; others that may be the same are told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from crashkit.errors import IntakeError, SettingError
from crashkit.intake import cells, tabular
from crashkit.model import Issue, Upload

SHOWN = 60
"""So many columns of a file are named in a message."""


def words(upload: Upload, options: Mapping[str, str]) -> tuple[dict[str, list[str]], int]:
    """Return the words of each column of the first table of a file, and how many rows it has."""
    table = tabular.tables([upload], options)[0]
    told = {
        name: [str(word).strip() for word in cells.spread(column.words, column.codes)]
        for name, column in table.columns.items()
    }
    return told, table.rows


def chosen(
    candidates: Mapping[str, Sequence[str]],
    theirs: Sequence[str],
    told: Mapping[str, str],
    *,
    needed: Sequence[Collection[str]],
    file: str,
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return which column is what, and which others may be the same.

    `candidates` are the columns that may be each thing by their names, the likeliest first; `told`
    says for a thing which is meant, "" that none is. Of each of `needed` one must be there. Raises
    SettingError of a thing that is none, IntakeError of a column that is not there or is lacking.
    """
    _check(candidates, theirs, told, file)
    which: dict[str, str] = {}
    others: dict[str, tuple[str, ...]] = {}
    for name, found in candidates.items():
        if name not in told and found:
            which[name], *more = dict.fromkeys(found)
            others |= {name: tuple(more)} if more else {}
    which |= {name: column for name, column in told.items() if column}
    missing = [" / ".join(names) for names in needed if not which.keys() & names]
    if missing:
        raise IntakeError(
            "{file} has no column that is known as {missing}. Rename a column, or say which it is. "
            "It has: {columns}",
            file=file,
            missing=missing,
            columns=list(theirs)[:SHOWN],
        )
    return which, others


def _check(
    candidates: Mapping[str, Sequence[str]],
    theirs: Sequence[str],
    told: Mapping[str, str],
    file: str,
) -> None:
    for name, column in told.items():
        if name not in candidates:
            raise SettingError(
                "There is no “{name}” that a column may be; there are: {names}",
                name=name,
                names=list(candidates),
            )
        if column and column not in theirs:
            raise IntakeError(
                "{file} has no column “{column}”. It has: {columns}",
                file=file,
                column=column,
                columns=list(theirs)[:SHOWN],
            )


def rejected(issues: Sequence[Issue], say: Callable[..., str]) -> list[dict[str, Any]]:
    """Return the rows that were not taken, each with its reason in words, for a program."""
    return [
        {
            "row": one.row,
            "field": one.field,
            "value": one.value,
            "code": one.code,
            "message": say(one.message),
        }
        for one in issues
    ]
