"""The data dictionary: which fields a crash, a vehicle and a person have, and which codes.

The meaning of a column is a row of `fields.csv`, the meaning of a value a row of `codes.csv`.
Stretches of road (table "section") are read beside them, and are not kept as a table; nor are other
ways to say where a crash is (table "place"), from which fields of the crash are read.
Intake checks, columns of the store, labels of forms and the page of the manual are made from them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

TABLES = ("crash", "vehicle", "person")
TYPES = ("text", "int", "float", "date", "time", "code", "codes", "yes_no")
USES = ("mandatory", "location", "core", "optional", "derived")


@dataclass(frozen=True)
class Field:
    """One row of fields.csv: what a column means.

    `type` is one of TYPES; a `code` holds one value of the list `codes`, a `codes` field several,
    joined by "|". `low` and `high` are the limits of a number, inclusive. A `personal` field is
    never stored..
    """

    table: str
    name: str
    label: str
    type: str
    unit: str
    use: str
    codes: str
    low: float | None
    high: float | None
    personal: bool
    meaning: str
    sources: str

    @property
    def keeps_source(self) -> bool:
        """Whether the original text is stored beside the coded value, in `<name>_src`."""
        return self.type in ("code", "codes") and self.use != "derived"


@dataclass(frozen=True)
class Code:
    """One row of codes.csv: what a value of a code list means.

    `meaning` is empty where the label says it all.
    """

    list: str
    code: str
    label: str
    aliases: tuple[str, ...]
    sources: str
    meaning: str


@cache
def table(name: str) -> tuple[Field, ...]:
    """Return the fields of a table, also of "section" or "place", in the order of the file."""
    return tuple(field for field in _all() if field.table == name)


@cache
def get(table_name: str, name: str) -> Field:
    """Return one field, of a crash also one of "place". Raises KeyError when there is none."""
    return {field.name: field for field in _readable(table_name)}[name]


def has(table_name: str, name: str) -> bool:
    """Say whether the dictionary has such a field, of a crash also in "place"."""
    return any(field.name == name for field in _readable(table_name))


def _readable(table_name: str) -> tuple[Field, ...]:
    return table(table_name) + (table("place") if table_name == "crash" else ())


@cache
def codes(list_name: str) -> tuple[Code, ...]:
    """Return the codes of one list, in order; worst or most common first. Raises KeyError."""
    found = tuple(code for code in _all_codes() if code.list == list_name)
    if not found:
        raise KeyError(list_name)
    return found


@cache
def code_names(list_name: str) -> tuple[str, ...]:
    """Return the bare code words of one list, in order."""
    return tuple(code.code for code in codes(list_name))


def code_lists() -> tuple[str, ...]:
    """Return the names of all code lists, in order."""
    return tuple(dict.fromkeys(code.list for code in _all_codes()))


@cache
def _all() -> tuple[Field, ...]:
    return tuple(_field(row) for row in _rows("fields.csv"))


@cache
def _all_codes() -> tuple[Code, ...]:
    return tuple(_code(row) for row in _rows("codes.csv"))


def _rows(file: str) -> list[dict[str, str]]:
    text = resources.files("crashkit").joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _field(row: dict[str, str]) -> Field:
    return Field(
        table=row["table"],
        name=row["name"],
        label=row["label"],
        type=row["type"],
        unit=row["unit"],
        use=row["use"],
        codes=row["codes"],
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        personal=row["personal"] == "yes",
        meaning=row["meaning"],
        sources=row["sources"],
    )


def _code(row: dict[str, str]) -> Code:
    aliases = tuple(word.strip() for word in row["aliases"].split("|") if word.strip())
    return Code(row["list"], row["code"], row["label"], aliases, row["sources"], row["meaning"])
