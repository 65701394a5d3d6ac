"""One crash changed or entered by hand: its words walk through the intake as those of a file do.

So the same parsers, limits and rules hold, and what follows from a field is derived anew: a field
that follows from others is set where it said so far what followed from them. What the source said
otherwise itself is kept, and a note tells of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crashkit import fields, filters, profiles
from crashkit.errors import IntakeError, Message, WrongValues
from crashkit.intake import calendars, coordinates, deriving, ledger, mapping
from crashkit.intake.checked import quoted
from crashkit.intake.parsing import Fault
from crashkit.model import (
    ADDED,
    BY_HAND,
    EARLIER,
    NEW,
    REMOVED,
    ROW,
    TOLD,
    Change,
    CrashRecord,
    DatasetInfo,
    ImportBatch,
    Issue,
    RecordRow,
    Upload,
)
from crashkit.profiles import Layout, Profile, Recipe

Place = tuple[str, int, str]
"""Where a value stands: the table, 0 or the number of the vehicle or person, the field."""

Words = Mapping[Place, str]
"""What is said of fields, in the words of a file; "" says that nothing is known.

Of the field ROW of a vehicle or person "removed" says that it was not in the crash, "" that it was.
"""

OWN = "crashkit"
KEY = "key"
IDENTITY = ("crash_id", "source_id", "country")
"""What makes a crash that crash, to the store and to later imports: never changed by hand."""

FOLLOWING = (
    *("year", "month", "weekday", "hour", "date_precision", "time_precision"),
    *("location_kind", "location_flag", "road_key", "coord_accuracy_m", "chainage_accuracy_m"),
    *("severity", "n_vehicles", *deriving.COUNTS, *deriving.INVOLVED),
)
"""Fields of a crash that may follow from others."""

CERTAIN = {
    **{"encoding": "utf-8", "header_row": "1", "date_order": "ymd"},
    "calendar": calendars.GREGORIAN,
}
"""The answers to what an import would ask: these words are ours."""

POINT = {("crash", 0, "lat"), ("crash", 0, "lon")}
NEEDED = ("crash_id", "crash_date")
ROW_LABEL = Message("The whole row")
STATES: Mapping[str | None, Message] = {
    None: Message("not there"),
    TOLD: Message("told by the source"),
    ADDED: Message("added by hand"),
    REMOVED: Message("removed by hand"),
}
ABSENT = Message("{field} is needed.")
LOST = Message("{field}: {value} cannot be kept.")
TWICE = Message("This row would say the same as another one of the crash.")
HERE_ALREADY = Message("This data set has a crash of this number already, with the same facts.")
STAYS = Message("{field} stays {value}, as it was told; by the other values it would be {other}.")
LEFT = Message("Vehicle {number} was removed; people of that vehicle are still in the crash.")
DISAGREES = Message(
    "The severity is “{severity}”, but by the counts of people hurt it is “{counted}”."
)


@dataclass(frozen=True)
class Settled:
    """What an edit comes to: all that changes with it, and what the person should know."""

    changes: tuple[Change, ...]
    notes: tuple[Message, ...]


def editable(table: str) -> tuple[fields.Field, ...]:
    """Return the fields of a table that can be changed by hand, in the order of the dictionary.

    What follows from other fields cannot, but for who was involved: some sources say only that.
    """
    return tuple(
        field
        for field in fields.table(table)
        if field.name in _taken(table)
        and field.name not in IDENTITY
        and not field.personal
        and (field.use != "derived" or field.type == "yes_no")
    )


def codes(field: fields.Field) -> tuple[str, ...]:
    """Return the codes of a field; none where it holds no codes."""
    if field.type == "yes_no":
        return tuple(mapping.YES_NO)
    return fields.code_names(field.codes) if field.codes else ()


def word(value: Any) -> str:
    """Return a value as a file of our own layout writes it; "" for None."""
    return "" if value is None else str(value)


def label(place: Place) -> Message:
    """Return the label of the field at a place."""
    return ROW_LABEL if place[2] == ROW else Message(fields.get(place[0], place[2]).label)


def plain(text: str) -> str:
    """Return a reason or a name as it is kept: on one line, without signs that no screen shows."""
    return " ".join(mapping.clean(text).split())


# ------------------------------------------------------------------- editing


def settle(record: CrashRecord, said: Words, own: Profile | None, today: date) -> Settled:
    """Say what changes in a crash when these words are said of its fields.

    `own` is the profile of its import, whose area and way of writing roads hold; `today` is the
    day after which nothing can have happened. What is said of rows numbered from NEW down adds
    them. Raises WrongValues, IntakeError.
    """
    then = _moved(record, said)
    new = _new(then, said)
    profile, blank = _profile(own), _blank(then, new)
    before = _harmonised(record, {}, blank, profile, today)
    after = _harmonised(then, new, blank, profile, today)
    _refuse(after, new)
    follows = {
        name: (before.value(("crash", 0, name)), after.value(("crash", 0, name))) for name in blank
    }
    changes = _changes(then, {one: after.value(one) for one in new}, follows)
    final = {**record.crash.now, **{one.field: one.value for one in changes if one.n == 0}}
    left, stays = _left(record, then, new), _stays(follows, final)
    notes = (*_told(before, after), *stays, *_severity_note(final), *left)
    return Settled(_numbered((*_rows_changed(record, then), *changes), record, then), notes)


def _moved(record: CrashRecord, said: Words) -> CrashRecord:
    """Return the crash with the rows that come, and without those that go."""
    states = {place[:2]: _state(place, word) for place, word in said.items() if place[2] == ROW}
    there = {(row.table, row.n) for row in record.rows}
    if odd := next((place for place in states if place not in there), None):
        raise IntakeError("The crash has no {table} {number}.", table=odd[0], number=str(odd[1]))

    def rows(table: str, now: Sequence[RecordRow]) -> tuple[RecordRow, ...]:
        come = sorted({n for of, n, _ in said if of == table and n <= NEW})
        moved = [replace(row, state=states.get((table, row.n), row.state)) for row in now]
        new = [RecordRow(table, n, {}, {}, {}, ADDED) for n in reversed(come)]
        return (*moved, *(row for row in new if _is_said(row, said)))

    vehicles, people = rows("vehicle", record.vehicles), rows("person", record.people)
    return replace(record, vehicles=vehicles, people=people)


def _state(place: Place, word: str) -> str:
    """Return the state in which a row is to be. Raises IntakeError for one that no row has."""
    table, n, _ = place
    if table == "crash" or word not in ("", REMOVED):
        raise IntakeError("The field {field} cannot be changed by hand.", field=ROW)
    return word or (TOLD if n > 0 else ADDED)


def _is_said(row: RecordRow, said: Words) -> bool:
    return any(
        mapping.clean(word) for (table, n, _), word in said.items() if (table, n) == row_of(row)
    )


def row_of(row: RecordRow) -> tuple[str, int]:
    """Return which row of a crash this is."""
    return row.table, row.n


def _rows_changed(record: CrashRecord, then: CrashRecord) -> list[Change]:
    """Return which vehicles and people come and go."""
    before = {row_of(row): row.state for row in record.rows}
    return [
        Change(row.table, row.n, ROW, row.state)
        for row in then.rows
        if before.get(row_of(row)) != row.state
    ]


def _numbered(
    changes: Iterable[Change], record: CrashRecord, then: CrashRecord
) -> tuple[Change, ...]:
    """Give the rows that come the numbers that are next."""
    found: dict[tuple[str, int], int] = {}
    for table, rows in (("vehicle", then.vehicles), ("person", then.people)):
        new = (row.n for row in rows if row.n <= NEW)
        found |= {(table, n): record.next_row(table) - place for place, n in enumerate(new)}
    return tuple(replace(one, n=found.get((one.table, one.n), one.n)) for one in changes)


def _left(record: CrashRecord, then: CrashRecord, new: Words) -> list[Message]:
    """Name the vehicles that go while people of theirs stay."""
    stood = {row.n for row in record.vehicles if row.stands}
    gone = [row.now.get("unit_no") for row in then.vehicles if row.n in stood and not row.stands]
    ridden = {
        new.get(("person", row.n, "unit_no"), word(row.now.get("unit_no")))
        for row in then.people
        if row.stands
    }
    return [
        Message(LEFT.text, {"number": number}) for number in gone if number and number in ridden
    ]


def _changes(
    record: CrashRecord, new: Mapping[Place, Any], follows: Mapping[str, tuple[Any, Any]]
) -> tuple[Change, ...]:
    """Return what differs from what stands: of what was said, and of what followed from it."""
    now = {(row.table, row.n): row.now for row in record.rows}
    followed = {
        ("crash", 0, name): then
        for name, (was, then) in follows.items()
        # What was doubtful about a point is past when somebody moves it.
        if (record.crash.now.get(name) in (None, was) and then != was)
        or (name == "location_flag" and POINT & set(new))
    }
    return tuple(
        Change(table, n, name, value)
        for (table, n, name), value in {**new, **followed}.items()
        if value != now[table, n].get(name)
    )


def _new(record: CrashRecord, said: Words) -> dict[Place, str]:
    """Return what is said otherwise than it stands. Raises IntakeError for what has no place."""
    rows = {(row.table, row.n): row for row in record.rows}
    found: dict[Place, str] = {}
    for (table, n, name), text in said.items():
        row = rows.get((table, n))
        if name == ROW or (row is None and not mapping.clean(text)):
            continue
        if row is None or name not in {one.name for one in editable(table)}:
            raise IntakeError("The field {field} cannot be changed by hand.", field=name)
        if not row.stands:
            raise IntakeError("A row that was removed cannot be changed: put it back first.")
        if mapping.clean(text) != word(row.now.get(name)):
            found[table, n, name] = mapping.clean(text)
    return found


def _blank(record: CrashRecord, new: Words) -> tuple[str, ...]:
    """Return the fields that are derived anew: not what is said, nor a severity without people."""
    hurt = any("injury" in row.now for row in record.people) or any(
        name == "injury" for _, _, name in new
    )
    return tuple(
        name for name in FOLLOWING if ("crash", 0, name) not in new and (hurt or name != "severity")
    )


def _profile(own: Profile | None) -> Profile:
    """Return our own layout with the table before each column, so that no two are alike."""
    base = profiles.get(OWN)
    files = tuple(_layout(one) for one in base.files)
    if own is None:
        return replace(base, files=files)
    return replace(base, files=files, boxes=own.boxes, bare_roads=own.bare_roads)


def _layout(layout: Layout) -> Layout:
    table, key = layout.level, f"{layout.level} {KEY}"
    recipes: Mapping[str, Recipe] = {
        name: replace(recipe, column=f"{table} {name}")
        for name, recipe in layout.recipes[table].items()
    }
    return replace(
        layout, needs=(key,), key=(key,), ignore=(), personal=(), recipes={table: recipes}
    )


@dataclass(frozen=True, eq=False)
class _Walked:
    """What the intake makes of one crash; `rows` are the numbers of its rows by table."""

    batch: ImportBatch
    rows: Mapping[str, Sequence[int]]

    def value(self, place: Place) -> str | int | float | None:
        """Return what is kept at a place."""
        table, n, name = place
        batch = self.batch
        frame = {"crash": batch.crashes, "vehicle": batch.vehicles, "person": batch.people}[table]
        row = self.rows[table].index(n)
        if name not in frame.columns or row >= len(frame) or pd.isna(frame[name].iloc[row]):
            return None
        found = frame[name].iloc[row]
        kind = fields.get(table, name).type
        return int(found) if kind == "int" else float(found) if kind == "float" else str(found)

    def row(self, file: str, line: int | None) -> tuple[str, int] | None:
        """Return which row stands on a line; the first line of each file names the columns."""
        table = file.removesuffix(".csv")
        numbers = self.rows[table]
        place = (line or 0) - 2
        return (table, numbers[place]) if 0 <= place < len(numbers) else None


def _harmonised(
    record: CrashRecord, new: Words, blank: Iterable[str], profile: Profile, today: date
) -> _Walked:
    tables = {"crash": [record.crash], "vehicle": record.vehicles, "person": record.people}
    standing = {table: [row for row in rows if row.stands] for table, rows in tables.items()}
    uploads = [
        _upload(table, [_cells(row, new, blank if table == "crash" else ()) for row in rows])
        for table, rows in standing.items()
        if rows
    ]
    batch = ledger.harmonise(uploads, profile, options=CERTAIN, known={}, today=today)
    return _Walked(batch, {table: [row.n for row in rows] for table, rows in standing.items()})


def _cells(row: RecordRow, new: Words, blank: Iterable[str]) -> dict[str, str]:
    """Return the words of a row by column: as they stand, but for those that are new."""
    now = {name: word(value) for name, value in row.now.items() if name not in blank}
    said = {
        name: text for (table, n, name), text in new.items() if (table, n) == (row.table, row.n)
    }
    found = {
        f"{row.table} {name}": text
        for name, text in {**now, **said}.items()
        if name in _taken(row.table)
    }
    # Half a point is complained of only where a file has both columns.
    point = {"crash lat": "", "crash lon": ""} if row.table == "crash" else {}
    return {f"{row.table} {KEY}": "1", **point, **found}


def _taken(table: str) -> Mapping[str, Recipe]:
    """Return the fields that our own layout takes."""
    return next(one.recipes[table] for one in profiles.get(OWN).files if one.level == table)


def _upload(table: str, rows: Sequence[Mapping[str, str]]) -> Upload:
    """Write rows as a CSV file of our own layout; columns that no row has are left out."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_guarded(row.get(name, "")) for name in columns] for row in rows)
    return Upload(f"{table}.csv", text.getvalue().encode("utf-8", "replace"))


def _guarded(text: str) -> str:
    """Put the guard of our files before a text from which reading would take one away."""
    return text if mapping.unguard(text) == text else f"'{text}"


# ---------------------------------------------------------- what came of it


def _refuse(found: _Walked, new: Words, absent: Mapping[Place, Message] | None = None) -> None:
    """Raise WrongValues for what was rejected, and for what would be kept otherwise than said.

    `absent` are complaints of fields that a crash cannot be without.
    """
    told = {one: why for one, why in _complaints(found).items() if one[2] or not absent}
    wrong = {**told, **(absent or {})} or {
        place: _why(found, place, text)
        for place, text in new.items()
        if _is_lost(found, place, text)
    }
    if wrong:
        raise WrongValues(wrong)


def _complaints(found: _Walked) -> dict[Place, Message]:
    wrong: dict[Place, Message] = {}
    for issue in found.batch.ledger.issues:
        if issue.code != "parent_rejected":
            table, n = found.row(issue.file, issue.row) or ("crash", 0)
            wrong[table, n, issue.field] = issue.message
    for one in found.batch.ledger.duplicates:
        table, n = found.row(one.file, one.row) or ("crash", 0)
        is_known = one.of == EARLIER
        wrong[table, n, "crash_id" if is_known else ""] = HERE_ALREADY if is_known else TWICE
    return wrong


def _is_lost(found: _Walked, place: Place, text: str) -> bool:
    """Say whether a value is not what was said of it: not read, or moved, or cut."""
    if not text:
        return False
    value = found.value(place)
    if value is None or any(one.code == "unknown_code" for one in _warnings(found, place)):
        return True
    if fields.get(place[0], place[2]).type == "text":
        return str(value) != text
    if place[2] in ("lat", "lon"):
        said = coordinates.angle(text, place[2])
        return isinstance(said, Fault) or abs(said.value - float(value)) > 1e-9
    return False


def _warnings(found: _Walked, place: Place) -> list[Issue]:
    """Return what the intake says of a value that it kept, or of the other half of a point."""
    names = ("lat", "lon") if place[2] in ("lat", "lon") else (place[2],)
    return [
        one
        for one in found.batch.ledger.warnings
        if one.field in names and found.row(one.file, one.row) == place[:2]
    ]


def _why(found: _Walked, place: Place, text: str) -> Message:
    """Return what the intake says of a value that it did not keep."""
    told = _warnings(found, place)
    if told:
        return told[0].message
    return Message(LOST.text, {"field": label(place), "value": quoted(text)})


def _told(before: _Walked, after: _Walked) -> list[Message]:
    """Return what the intake says of the rows of the crash now and did not say before."""
    known = [(one.file, one.row, one.message) for one in before.batch.ledger.warnings]
    return [
        one.message
        for one in after.batch.ledger.warnings
        if one.row is not None and (one.file, one.row, one.message) not in known
    ]


def _stays(follows: Mapping[str, tuple[Any, Any]], final: Mapping[str, Any]) -> list[Message]:
    """Say which fields stay as they were told, where something else follows from the others now."""
    return [
        Message(
            STAYS.text,
            {
                "field": label(("crash", 0, name)),
                "value": final[name],
                "other": then,
            },
        )
        for name, (was, then) in follows.items()
        if was != then and then is not None and final.get(name) not in (None, then)
    ]


def _said(name: str, value: Any) -> Any:
    return filters.value_label(name, value) if isinstance(value, str) else value


def _severity_note(final: Mapping[str, Any]) -> list[Message]:
    """Say when the severity that was told is not what the counts of people hurt make of it."""
    counts = {name: np.array([final.get(name) or 0.0]) for name in deriving.COUNTS}
    counted, said = deriving.worst_of_counts(counts, 1)[0], final.get("severity")
    if counted in (None, said) or (counted == "injury" and said in ("serious", "slight")):
        return []
    labels = {one.code: Message(one.label) for one in fields.codes("severity")}
    values = {"severity": labels[said or "unknown"], "counted": labels[counted]}
    return [Message(DISAGREES.text, values)]


# ------------------------------------------------------------------ entering


def enter(
    said: Words,
    about: DatasetInfo | None,
    own: Profile | None,
    *,
    known: Mapping[str, str],
    today: date,
) -> ImportBatch:
    """Make an import of one crash entered by hand; rows in which nothing is said are left out.

    `about` is the data set it goes to, if there is one, and `own` its profile; `known` as for an
    import. Raises WrongValues unless the crash is taken whole, as it was said.
    """
    rows = {table: _entered(said, table) for table in fields.TABLES}
    same = {"crash_id": mapping.clean(said.get(("crash", 0, "crash_id"), ""))}
    whole = {"lat": "", "lon": "", **(_constants(about) if about else {})}
    uploads = [
        _upload(
            one.level, [{**dict.fromkeys(one.needs, ""), **of, **row, **same} for row in listed]
        )
        for one, of in zip(profiles.get(OWN).files, (whole, {}, {}), strict=True)
        if (listed := rows[one.level].values())
    ]
    base = profiles.get(OWN)
    profile = base if own is None else replace(base, boxes=own.boxes, bare_roads=own.bare_roads)
    batch = ledger.harmonise(uploads, profile, options=CERTAIN, known=known, today=today)
    found = _Walked(batch, {table: list(of) for table, of in rows.items()})
    new = {
        (table, n, name): text
        for table, of in rows.items()
        for n, row in of.items()
        for name, text in row.items()
    }
    needed = [("crash", 0, name) for name in NEEDED if not new.get(("crash", 0, name))]
    absent = {one: Message(ABSENT.text, {"field": label(one)}) for one in needed}
    _refuse(found, new, absent)
    # The columns are ours: no file of the source had them.
    return replace(batch, options={BY_HAND: "yes"}, columns={})


def _constants(about: DatasetInfo) -> dict[str, str]:
    """Return what holds for every crash of a data set, where nothing else is said of it."""
    return {"country": about.country, "killed_definition": about.killed_definition}


def _entered(said: Words, table: str) -> dict[int, dict[str, str]]:
    """Return the rows of a table in which something is said, by number; of crashes always one."""
    names = {one.name for one in editable(table)} | ({"crash_id"} if table == "crash" else set())
    found: dict[int, dict[str, str]] = {0: {}} if table == "crash" else {}
    for (of, n, name), text in sorted(said.items()):
        if of == table and name in names and mapping.clean(text):
            found.setdefault(n, {})[name] = mapping.clean(text)
    return found
