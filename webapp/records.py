"""One crash: found by its number, shown whole, changed with a reason, entered by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import pandas as pd
from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, filter_bar, ground, i18n, looking, map, record_forms
from webapp.record_forms import Place, Question

area = Blueprint("records", __name__)

LISTED = 50
"""Crashes, or changes, on one page of a list."""

LIST_COLUMNS = (
    *("crash_id", "crash_date", "crash_time", "severity", "crash_type"),
    *("road_key", "chainage_km", "place", "n_killed", "n_serious", "n_slight"),
)
MOST_ROWS = {"vehicle": 50, "person": 200}
"""Rows that a form can have: more vehicles and people come in files."""

MARGIN = 0.006
"""Degrees of ground shown around a crash, some 500 m."""

DIGITS = {"lat": 5, "lon": 5, "chainage_km": 3}
"""Decimals of numbers that are places; others are shown as short as they are."""

TABLES = {"vehicle": api.Message("Vehicle {n}"), "person": api.Message("Person {n}")}
NEW = {"vehicle": api.Message("New vehicle"), "person": api.Message("New person")}
CHANGED_MEANWHILE = api.Message(
    "Somebody changed this crash while you filled in the form. Look at the changes at the end of "
    "its page, then send the form again."
)


def page_of(dataset: str, *parts: str | int) -> str:
    """Return the address of a page of a data set."""
    return "/".join((f"/d/{quote(dataset, safe='')}", *(str(part) for part in parts)))


# -------------------------------------------------------------------- the list


@area.get("/d/<dataset>/crashes")
def listed(dataset: str) -> AnyResponse:
    """List the crashes that pass the filter, the newest first, or find one by its number."""
    look = looking.at(dataset, _filter_words())
    number = request.args.get("number", "").strip()[:200]
    found = api.find_crashes(look.data, number) if number else look.part
    if number and len(found) == 1:
        only = int(found.crash_ids[0])
        kept = filter_bar.page_query(look)
        return redirect(page_of(look.dataset.name, "crashes", only) + kept, 302)
    page = max(request.args.get("page", 1, type=int), 1)
    return Response(
        render_template(
            "records/list.html",
            look=look,
            dataset=look.dataset,
            searched=number,
            n=len(found),
            page=page,
            pages=-(-len(found) // LISTED),
            address=lambda page: looking.query_string({**_asked(look), "page": str(page)}),
            **_list(found, (page - 1) * LISTED),
        )
    )


def _filter_words() -> dict[str, Any]:
    """Return the filter of the address without the words of this page."""
    return {name: request.args.getlist(name) for name in request.args if name != "number"}


def _asked(look: looking.Look) -> dict[str, str]:
    number = request.args.get("number", "").strip()
    return {
        **look.chosen.query,
        **filter_bar.unit_words(),
        **({"number": number} if number else {}),
    }


def _list(data: api.CrashData, start: int) -> dict[str, Any]:
    part = api.crash_page(data, start, LISTED)
    columns = [name for name in LIST_COLUMNS if name in part.columns and part[name].notna().any()]
    fields = {field.name: field for field in api.record_fields("crash")}
    rows = [
        (
            int(id_),
            [shown(fields[name], plain(value)) for name, value in zip(columns, row, strict=True)],
        )
        for id_, row in zip(part["id"], part[columns].itertuples(index=False), strict=True)
    ]
    return {"heads": [fields[name] for name in columns], "rows": rows}


def plain(value: Any) -> Any:
    """Return a cell of a frame as a record holds it."""
    if pd.isna(value):
        return None
    return value.date().isoformat() if isinstance(value, datetime) else value


# ------------------------------------------------------------------ the record


@dataclass(frozen=True)
class Fact:
    """One field of a record as the page shows it; `told` is set where it was changed by hand."""

    field: api.Field
    value: str
    told: str | None
    written: str
    edits: tuple[api.Edit, ...]


@area.get("/d/<dataset>/crashes/<int:number>")
def page(dataset: str, number: int) -> str:
    """Show everything that is known of one crash, and what was changed in it."""
    record = api.crash_record(current.store(), dataset, number)
    info = current.store().dataset(dataset)
    found, place = facts(record, record.crash), point(record)
    chosen = api.readable_filter(request.args).query
    return render_template(
        "records/page.html",
        dataset=info,
        filtered=bool(chosen),
        kept=looking.query_string({**chosen, **filter_bar.unit_words()}),
        record=record,
        name=crash_name(record),
        severity=str(record.crash.now.get("severity", "unknown")),
        groups=[
            (title, [found[name] for name in names])
            for _, title, names in record_forms.grouped(found)
        ],
        tables=[
            (title, _table(record, rows))
            for title, rows in (
                (api.Message("Vehicles"), record.vehicles),
                (api.Message("People"), record.people),
            )
            if rows
        ],
        changes=changes_of(record.edits, {record.key: number})[::-1],
        bounds=None if place is None else around(place, MARGIN),
        addresses=addresses(record),
        **WORDS,
    )


def crash_name(record: api.CrashRecord) -> str:
    """Return what people call a crash: the number the police gave."""
    return str(record.crash.now.get("crash_id", record.id))


def facts(record: api.CrashRecord, row: api.RecordRow) -> dict[str, Fact]:
    """Return what a page says of a row: fields that have a value, or had one."""
    return {
        field.name: Fact(
            field=field,
            value=shown(field, row.now.get(field.name)),
            told=_told(field, row),
            written=row.words.get(field.name, ""),
            edits=_edits_of(record, row, field.name),
        )
        for field in api.record_fields(row.table)
        if field.name in row.now or field.name in row.told
    }


def _told(field: api.Field, row: api.RecordRow) -> str | None:
    now, told = row.now.get(field.name), row.told.get(field.name)
    # Of a row that was added by hand the source said nothing at all.
    return None if now == told or row.n < 0 else shown(field, told)


def shown(field: api.Field, value: Any) -> str:
    """Say a value of a field in the language of the page."""
    speaker = i18n.speaker_of_request()
    if value is None or value == "":
        return "–"
    if field.name in ("month", "weekday"):
        return speaker.say(api.value_label(field.name, str(value)))
    if field.type == "date":
        return speaker.date(date.fromisoformat(value))
    if field.type == "float":
        return speaker.number(
            float(value), DIGITS.get(field.name, 0 if float(value).is_integer() else 1)
        )
    if field.type == "int":
        return (
            str(int(value)) if field.name in ("year", "model_year") else speaker.number(int(value))
        )
    return speaker.say(api.value_label(field.name, str(value)))


@dataclass(frozen=True)
class Member:
    """A vehicle or person as the page shows it, and who added or removed it, if somebody did."""

    number: str
    state: str
    facts: list[Fact | None]
    edits: tuple[api.Edit, ...]


def _table(
    record: api.CrashRecord, rows: Sequence[api.RecordRow]
) -> tuple[list[api.Field], list[Member]]:
    """Return the fields that some row has, and the rows."""
    each = {row.n: facts(record, row) for row in rows}
    names = {name for found in each.values() for name in found}
    fields = [field for field in api.record_fields(rows[0].table) if field.name in names]
    return fields, [
        Member(
            row_number(row.n),
            row.state,
            [each[row.n].get(field.name) for field in fields],
            _edits_of(record, row, api.ROW),
        )
        for row in rows
    ]


def row_number(n: int) -> str:
    """Return the number of a vehicle or person; those added by hand count by themselves."""
    return str(n) if n > 0 else f"+{-n}"


def _edits_of(record: api.CrashRecord, row: api.RecordRow, name: str) -> tuple[api.Edit, ...]:
    return tuple(
        one
        for one in record.edits
        if (one.table, one.n, one.field) == (row.table, row.n, name) and one.undone is None
    )


def around(place: tuple[float, float], margin: float) -> list[float]:
    """Return west, south, east, north of a place with so many degrees of ground around it."""
    lon, lat = place
    return [lon - margin, lat - margin, lon + margin, lat + margin]


def point(record: api.CrashRecord) -> tuple[float, float] | None:
    """Return longitude and latitude of a crash, or None."""
    lon, lat = record.crash.now.get("lon"), record.crash.now.get("lat")
    return None if lon is None or lat is None else (float(lon), float(lat))


def addresses(record: api.CrashRecord) -> dict[str, Any]:
    """Return where a small map finds its data: the crash itself, and those around it."""
    here, place = page_of(record.dataset), point(record)
    layers = {kind: f"{here}/layers/{kind}.geojson" for kind in map.stored_layers(record.dataset)}
    return {
        "tiles": f"{here}/tiles/{{z}}/{{x}}/{{y}}.mvt?v={record.version}",
        "crash": f"{here}/crash/{{id}}.json",
        "mark": None if place is None else f"{place[0]},{place[1]}",
        **layers,
        **ground.address(record.dataset),
    }


@area.get("/d/<dataset>/crashes/<int:number>.json")
def document(dataset: str, number: int) -> Response:
    """Return everything the page says of one crash."""
    record = api.crash_record(current.store(), dataset, number)
    return answers.document(api.record_document(record))


# ------------------------------------------------------------------ changing it


@area.get("/d/<dataset>/crashes/<int:number>/edit")
def ask_edit(dataset: str, number: int) -> str:
    """Show the form in which a crash is changed."""
    none_new = dict.fromkeys(TABLES, 0)
    return _edit_form(api.crash_record(current.store(), dataset, number), none_new, {}, {})


def _edit_form(
    record: api.CrashRecord,
    counts: Mapping[str, int],
    said: Mapping[Place, str],
    wrong: Mapping[Place, api.Message],
    *,
    trouble: api.Message | None = None,
) -> str:
    parts = [
        _part(row, said, wrong)
        for row in (*record.rows, *(_new_row(*one) for one in _new_rows(counts)))
    ]
    return render_template(
        "records/edit.html",
        dataset=current.store().dataset(record.dataset),
        record=record,
        name=crash_name(record),
        seen=seen(record),
        trouble=trouble,
        reason=request.form.get("reason", ""),
        who=request.form.get("who", ""),
        counts=counts,
        most=MOST_ROWS,
        anchors={table: _anchor(table, api.NEW - n) for table, n in counts.items()},
        **_form_words(parts, wrong),
    )


def _new_rows(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the rows that a form adds."""
    return [(table, api.NEW - n) for table in TABLES for n in range(counts[table])]


def _new_row(table: str, n: int) -> api.RecordRow:
    return api.RecordRow(table, n, {}, {}, {})


@dataclass(frozen=True)
class Part:
    """The crash, a vehicle or a person in a form.

    `removal` is the name of the box that removes it, "" where none does; of what is removed
    already nothing else is asked.
    """

    title: api.Message
    table: str
    anchor: str
    asked: dict[str, Question]
    removal: str = ""
    ticked: bool = False


def _part(
    row: api.RecordRow, said: Mapping[Place, str], wrong: Mapping[Place, api.Message]
) -> Part:
    """Return a row of a record as it stands in the form, with what was said of it."""
    words = record_forms.words_of(row.now) | _said_of(said, row.table, row.n)
    fields = api.editable_fields(row.table) if row.stands else ()
    there = row.table in TABLES and row.n > api.NEW
    return Part(
        title=_title(row.table, row.n),
        table=row.table,
        anchor=_anchor(row.table, row.n),
        asked=record_forms.questions(row.table, row.n, fields, words, wrong),
        removal=_anchor(row.table, row.n) + api.ROW if there else "",
        ticked=words.get(api.ROW, "" if row.stands else api.REMOVED) == api.REMOVED,
    )


def _said_of(said: Mapping[Place, str], table: str, n: int) -> dict[str, str]:
    return {name: text for (of, m, name), text in said.items() if (of, m) == (table, n)}


def _anchor(table: str, n: int) -> str:
    return f"{table}-{n}-"


def _title(table: str, n: int) -> api.Message:
    """Name a vehicle or a person."""
    if n <= api.NEW:
        return NEW[table]
    return api.Message(TABLES[table].text, {"n": row_number(n)}) if n else api.Message("Crash")


def _form_words(parts: Sequence[Part], wrong: Mapping[Place, api.Message]) -> dict[str, Any]:
    """Return the form as templates take it: the crash in groups, its vehicles and people."""
    asked = parts[0].asked
    return {
        "groups": [
            (key, title, [asked[name] for name in names])
            for key, title, names in record_forms.grouped(asked)
        ],
        "members": parts[1:],
        "value_label": api.value_label,
        "REMOVED": api.REMOVED,
        "wrong": [(f"{table}-{n}-{name}", message) for (table, n, name), message in wrong.items()],
    }


def seen(record: api.CrashRecord) -> str:
    """Return what changes with every change of the crash."""
    undone = sum(one.undone is not None for one in record.edits)
    return f"{record.key}/{len(record.edits)}/{undone}"


@area.post("/d/<dataset>/crashes/<int:number>/edit")
def edit(dataset: str, number: int) -> AnyResponse:
    """Change a crash, with a reason, or show its form with one row more.

    What is wrong stands beside its field.
    """
    store = current.store()
    record = api.crash_record(store, dataset, number)
    counts = {table: _count(f"n-{table}", most) for table, most in MOST_ROWS.items()}
    new = _new_rows(counts)
    said = record_forms.said(request.form, _places(record, new))
    more = request.form.get("add", "")
    if more in MOST_ROWS:
        counts[more] = min(counts[more] + 1, MOST_ROWS[more])
        return Response(_edit_form(record, counts, said, {}))
    reason = request.form.get("reason", "")
    wrong: dict[Place, api.Message] = {}
    if not reason.strip():
        wrong["edit", 0, "reason"] = api.Message("Say why the crash is changed.")
    if request.form.get("seen") != seen(record):
        return Response(_edit_form(record, counts, said, wrong, trouble=CHANGED_MEANWHILE), 409)
    if wrong:
        return Response(_edit_form(record, counts, said, wrong), 400)
    words, who = _without_removed(_filled(said, new)), request.form.get("who", "")
    try:
        done = api.edit_crash(store, record, words, reason=reason, who=who)
    except api.WrongValues as error:
        return Response(_edit_form(record, counts, said, error.wrong), 400)
    except api.StoreError as error:
        return Response(_edit_form(record, counts, said, {}, trouble=error.message), 409)
    _flash_notes(api.Message("The crash was changed."), done.notes)
    return redirect(page_of(dataset, "crashes", number), 303)


def _places(record: api.CrashRecord, new: Iterable[tuple[str, int]]) -> list[Place]:
    """Return what the form of a crash asks."""
    there = [(row.table, row.n) for row in record.rows if row.stands]
    return [
        *((row.table, row.n, api.ROW) for row in record.rows if row.table in TABLES),
        *(
            (table, n, one.name)
            for table, n in (*there, *new)
            for one in api.editable_fields(table)
        ),
    ]


def _without_removed(said: Mapping[Place, str]) -> dict[Place, str]:
    """Leave out what the form says of the fields of rows that it removes."""
    gone = {place[:2] for place, text in said.items() if text and place[2] == api.ROW}
    return {
        place: text for place, text in said.items() if place[2] == api.ROW or place[:2] not in gone
    }


def _flash_notes(done: api.Message, notes: Iterable[api.Message]) -> None:
    say = i18n.speaker_of_request().say
    flash(say(done), "good")
    for note in notes:
        flash(say(note), "warn")


# ------------------------------------------------------------------ a new one


@area.get("/d/<dataset>/crashes/new")
def ask_new(dataset: str) -> str:
    """Show the empty form of a crash with one vehicle and one person."""
    return _new_form(dataset, {"vehicle": 1, "person": 1}, {}, {})


def _new_form(
    dataset: str,
    counts: Mapping[str, int],
    said: Mapping[Place, str],
    wrong: Mapping[Place, api.Message],
) -> str:
    info = current.store().dataset(dataset)
    parts = []
    for table, n in _rows(counts):
        words = {"unit_no" if table == "vehicle" else "person_no": str(n)}
        words |= {"killed_definition": info.killed_definition} | _said_of(said, table, n)
        asked = record_forms.questions(table, n, _new_fields(table), words, wrong)
        parts.append(Part(_title(table, n), table, _anchor(table, n), asked))
    return render_template(
        "records/new.html",
        dataset=info,
        counts=counts,
        most=MOST_ROWS,
        added=request.form.get("add", ""),
        **_form_words(parts, wrong),
    )


def _rows(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    members = [(table, n) for table in TABLES for n in range(1, counts[table] + 1)]
    return [("crash", 0), *members]


def _new_fields(table: str) -> tuple[api.Field, ...]:
    """Return the fields of a new row: of a crash its number as well, which nobody can change."""
    editable = {field.name for field in api.editable_fields(table)}
    return tuple(
        field
        for field in api.record_fields(table)
        if field.name in editable or (table, field.name) == ("crash", "crash_id")
    )


@area.post("/d/<dataset>/crashes/new")
def new(dataset: str) -> AnyResponse:
    """Keep a crash that was entered by hand, or show its form with one row more."""
    counts = {table: _count(f"n-{table}", most) for table, most in MOST_ROWS.items()}
    places = [(table, n, one.name) for table, n in _rows(counts) for one in _new_fields(table)]
    said = record_forms.said(request.form, places)
    more = request.form.get("add", "")
    if more in MOST_ROWS:
        counts[more] = min(counts[more] + 1, MOST_ROWS[more])
        return Response(_new_form(dataset, counts, said, {}))
    store = current.store()
    store.dataset(dataset)
    try:
        record, number = api.enter_crash(store, dataset, _filled(said, _rows(counts)[1:]))
    except api.WrongValues as error:
        return Response(_new_form(dataset, counts, said, error.wrong), 400)
    kept = api.Message("The crash was kept, as import {number}.", {"number": str(record.id)})
    warnings = store.ledger_of(record.id).warnings
    _flash_notes(kept, [one.message for one in warnings if one.row is not None])
    return redirect(page_of(dataset, "crashes", number), 303)


def _count(name: str, most: int) -> int:
    return min(max(request.form.get(name, 0, type=int), 0), most)


def _filled(said: Mapping[Place, str], rows: Iterable[tuple[str, int]]) -> dict[Place, str]:
    """Leave out those of the rows of which nothing is said but the number the form put there."""
    numbers = ("unit_no", "person_no")
    told = {
        (table, n)
        for (table, n, name), text in said.items()
        if text.strip() and name not in numbers
    }
    empty = set(rows) - told
    return {place: text for place, text in said.items() if place[:2] not in empty}


# ------------------------------------------------------------------ the changes


@dataclass(frozen=True)
class Changed:
    """Fields of one crash that were changed together; `number` is None where it is not there."""

    change: int
    at: datetime
    who: str
    reason: str
    undone: bool
    name: str
    number: int | None
    fields: tuple[tuple[api.Message | None, str, str, str], ...]
    """Of each: the field (None for a whole row), which vehicle or person, before, and now."""


def changes_of(edits: Iterable[api.Edit], numbers: Mapping[str, int]) -> list[Changed]:
    """Gather edits by change, in order; `numbers` are those of the crashes by key."""
    found: dict[int, list[api.Edit]] = {}
    for one in edits:
        found.setdefault(one.change, []).append(one)
    return [_changed(change, numbers) for change in found.values()]


def _changed(edits: Sequence[api.Edit], numbers: Mapping[str, int]) -> Changed:
    first = edits[0]
    return Changed(
        change=first.change,
        at=first.at,
        who=first.who,
        reason=first.reason,
        undone=first.undone is not None,
        name=first.crash_key.partition(":")[2],
        number=numbers.get(first.crash_key),
        fields=tuple(_line(one) for one in edits),
    )


def _line(edit: api.Edit) -> tuple[api.Message | None, str, str, str]:
    say = i18n.speaker_of_request().say
    of = say(_title(edit.table, edit.n)) if edit.table in TABLES else ""
    if edit.field == api.ROW:
        before, after = (None if one is None else str(one) for one in (edit.before, edit.after))
        return None, of, say(api.state_label(before)), say(api.state_label(after))
    field = next(one for one in api.record_fields(edit.table) if one.name == edit.field)
    return api.Message(field.label), of, shown(field, edit.before), shown(field, edit.after)


@area.get("/d/<dataset>/changes")
def changes(dataset: str) -> str:
    """List what was changed by hand, the newest first."""
    store = current.store()
    info = store.dataset(dataset)
    edits = store.edits(dataset)
    order = list(dict.fromkeys(one.change for one in reversed(edits)))
    page = max(request.args.get("page", 1, type=int), 1)
    wanted = set(order[(page - 1) * LISTED : page * LISTED])
    shown = [one for one in edits if one.change in wanted]
    numbers = store.numbers_of(dataset, {one.crash_key for one in shown})
    return render_template(
        "records/changes.html",
        dataset=info,
        changes=changes_of(shown, numbers)[::-1],
        n=len(order),
        page=page,
        pages=-(-len(order) // LISTED),
        **WORDS,
    )


@area.get("/d/<dataset>/changes.json")
def changes_json(dataset: str) -> Response:
    """Return every field that was changed by hand, the oldest first."""
    store = current.store()
    version = store.dataset(dataset).fingerprint
    edits = [api.edit_document(one) for one in store.edits(dataset)]
    return answers.document({"data_version": version, "edits": edits})


@area.get("/d/<dataset>/changes.csv")
def changes_csv(dataset: str) -> Response:
    """Return every field that was changed by hand as CSV."""
    rows = [api.edit_document(one) for one in current.store().edits(dataset)]
    heads = (
        *("change", "at", "version", "undone", "who", "reason"),
        *("crash", "table", "n", "field", "before", "after"),
    )
    content = api.export_rows(heads, [[row[head] for head in heads] for row in rows])
    return answers.table(content, f"{dataset}-changes", "csv")


@area.get("/d/<dataset>/changes/<int:change>/undo")
def ask_undo(dataset: str, change: int) -> str:
    """Ask before a change is taken back."""
    store = current.store()
    edits = [one for one in store.edits(dataset) if one.change == change]
    if not edits:
        raise api.NotFound("There is no change {number}.", number=str(change))
    numbers = store.numbers_of(dataset, [edits[0].crash_key])
    (found,) = changes_of(edits, numbers)
    return render_template("records/undo.html", dataset=store.dataset(dataset), one=found, **WORDS)


@area.post("/d/<dataset>/changes/<int:change>/undo")
def undo(dataset: str, change: int) -> AnyResponse:
    """Take a change back; a second click, or a later change that stands on it, is told."""
    say = i18n.speaker_of_request().say
    try:
        api.undo_edit(current.store(), dataset, change)
        flash(say("Change {number} was taken back.", number=str(change)), "good")
    except api.StoreError as error:
        flash(say(error.message), "warn")
    return redirect(page_of(dataset, "changes"), 303)


WORDS = {
    "severities": dict(map.SEVERITIES),
    "unit_of": record_forms.unit_of,
    "state_label": api.state_label,
}
"""What the templates of this module need beside their own words."""
