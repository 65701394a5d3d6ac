"""A draft of a profile: what each column of some files may be, to be confirmed by a person.

A target says what becomes of a column: "" (left out), "crash.lat", or one of the PARTS: a date made
of several columns, metres beyond a km post, a date with its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from crashkit import fields
from crashkit.errors import Message
from crashkit.profiles import complaints

PARTS: Mapping[str, Message] = {
    "crash.crash_date+crash_time": Message("Date and time"),
    "crash.crash_date:year": Message("Date: the year"),
    "crash.crash_date:month": Message("Date: the month"),
    "crash.crash_date:day": Message("Date: the day"),
    "crash.crash_date:weekday": Message("Date: the weekday"),
    "crash.chainage_km:plus_m": Message("Km post: metres beyond it"),
}
"""Targets that are a part of a field, or two fields at once."""

KEY = "crash.crash_id"
"""The target of a column that names the crash; it joins the files."""


@dataclass(frozen=True)
class ColumnDraft:
    """One column: what stands in it, and what it is proposed to be, and why.

    `words` are its distinct values with their rows, where there are few; `codes` says which of our
    codes a word becomes, `sure` how sure that is (0 to 1). `unit` is the unit of its numbers, ""
    for our own, and `unit_sure` how sure that is. Values of personal data are masked.
    """

    name: str
    filled: int
    distinct: int
    examples: tuple[str, ...]
    target: str = ""
    confidence: float = 0.0
    reason: Message = field(default_factory=lambda: Message("Nothing tells what it is."))
    personal: str = ""
    words: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, float] = field(default_factory=dict)
    format: str = ""
    several: str = ""
    unit: str = ""
    unit_sure: float = 0.0


@dataclass(frozen=True)
class FileDraft:
    """The files that have the same columns: what a row of them is."""

    files: tuple[str, ...]
    level: str
    rows: int
    columns: tuple[ColumnDraft, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name the crash."""
        return tuple(column.name for column in self.columns if column.target == KEY)


@dataclass(frozen=True)
class Draft:
    """What some files may hold. `missing` are words that seem to mean "not known".

    `like` is the id of the profile that the draft was filled in from.
    """

    kinds: tuple[FileDraft, ...]
    missing: tuple[str, ...] = ()
    title: str = ""
    country: str = ""
    source: str = ""
    killed_definition: str = "unknown"
    like: str = ""


def targets(level: str) -> dict[str, list[str]]:
    """Return what a column may become in a file of a level: table -> targets, in order."""
    found: dict[str, list[str]] = {}
    for table in complaints.TABLES_OF[level]:
        names = [one.name for one in fields.table(table) if _may_be_said(table, one, level)]
        found[table] = [f"{table}.{name}" for name in names]
        if table == "crash" and level not in complaints.MEMBERS:
            found[table] += [f"crash.{one.name}" for one in fields.table("place")]
    if "crash" in found:
        if level not in complaints.MEMBERS:
            found["crash"] += PARTS
            found["crash"] += [f"crash.{one.name}" for one in fields.table("place")]
        if KEY not in found["crash"]:
            found["crash"].insert(0, KEY)
    return found


def _may_be_said(table: str, one: fields.Field, level: str) -> bool:
    if one.personal or (table, one.name) == ("crash", "source_id"):
        return False
    if table == "crash" and level in complaints.MEMBERS:
        return one.name in complaints.INVOLVED
    return one.use != "derived" or one.name in complaints.INVOLVED


def field_of(target: str) -> fields.Field | None:
    """Return the field of a target; None for one that is left out."""
    table, _, name = target.partition(".")
    bare = name.split(":")[0].split("+")[0]
    return fields.get(table, bare) if bare and fields.has(table, bare) else None


def list_of(target: str) -> str:
    """Return the name of the code list of a target, or ""."""
    found = field_of(target)
    if found is None or found.type not in ("code", "codes", "yes_no"):
        return ""
    return found.codes or "yes_no"


# --------------------------------------------------------------- as a document


def as_document(draft: Draft) -> dict[str, Any]:
    """Return a draft as plain values that JSON can hold."""
    return asdict(draft)


def of_document(given: Mapping[str, Any]) -> Draft:
    """Return the draft of a document."""
    kinds = tuple(_kind(one) for one in given["kinds"])
    return Draft(**{**given, "kinds": kinds, "missing": tuple(given["missing"])})


def _kind(given: Mapping[str, Any]) -> FileDraft:
    columns = tuple(_column(one) for one in given["columns"])
    return FileDraft(**{**given, "files": tuple(given["files"]), "columns": columns})


def _column(given: Mapping[str, Any]) -> ColumnDraft:
    said = {"examples": tuple(given["examples"]), "reason": _message(given["reason"])}
    return ColumnDraft(**{**given, **said})


def _message(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    values = {name: _message(value) for name, value in given["values"].items()}
    return Message(given["text"], values, given["plural"])
