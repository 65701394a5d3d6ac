"""Forms of ministries and donors as they are written: rows with what each asks of the data.

A form is one file of `crashkit.forms`; a new one needs no edit here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crashkit import dropins
from crashkit.errors import DropinError, Message

COUNTS = ("crashes", "fatal_crashes", "killed", "serious", "slight", "vehicles")
QUANTITIES = ("population", "vehicles", "vehicle_km")
MEASURES = (
    *("count", "within_30d", "rate", "exposure"),
    *("base", "goal", "path", "beyond", "change", "needed"),
)


@dataclass(frozen=True)
class Row:
    """A row: what is counted (COUNTS), of which crashes (`filter`), one line a value of a field.

    `measure` is "count"; "within_30d" of the deaths, or their "rate" for so many `of` a quantity
    (population, vehicles, vehicle_km); the quantity itself, "exposure"; or of the target its
    "base", "goal", "path", what is "beyond" the path, the "change" since the base, or what is
    "needed" a year. `note` says what is counted.
    """

    label: Message
    count: str = ""
    measure: str = "count"
    by: str = ""
    filter: str = ""
    of: str = "population"
    note: Message | None = None


@dataclass(frozen=True)
class Form:
    """A form: its title, where it is from, whether it was checked against that, and its rows."""

    id: str
    title: Message
    source: str
    verified: bool
    rows: tuple[Row, ...]


@lru_cache(maxsize=1)
def forms() -> Mapping[str, Form]:
    """Return the forms by id. Raises DropinError for a broken file."""
    return {
        name: read(name, text) for name, text in dropins.texts("crashkit.forms", ".toml").items()
    }


def read(name: str, written: str) -> Form:
    """Read a form from the text of its file. Raises DropinError for a broken one."""
    try:
        told = tomllib.loads(written)
        rows = tuple(_row(one) for one in told["rows"])
        return Form(name, Message(told["title"]), told["source"], bool(told["verified"]), rows)
    except (KeyError, TypeError, ValueError) as error:
        raise DropinError(
            "The form {name} is broken: {cause}.", name=name, cause=str(error)
        ) from error


def _row(told: Mapping[str, Any]) -> Row:
    note = Message(told["note"]) if "note" in told else None
    row = Row(**{**told, "label": Message(told["label"]), "note": note})
    counts = row.measure in ("count", "within_30d")
    if row.measure not in MEASURES or counts != (row.count in COUNTS) or (row.by and not counts):
        raise ValueError(row.label.text)
    if row.of not in QUANTITIES:
        raise ValueError(row.label.text)
    if row.measure == "within_30d" and row.count != "killed":
        raise ValueError(row.label.text)
    return row
