"""Crashes that imports tell in several ways: what differs, and who is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, records

area = Blueprint("conflicts", __name__)

LISTED = 50
"""Crashes on one page; the others follow when these are settled, and stand in the files."""

LATER, NONE = "", "none"
"""What can be chosen beside the tellings of a crash: to decide later, and that none is right."""

HEADS = (
    *("import", "conflict", "crash", "state", "reason", "row", "field", "before", "after"),
    *("told", "told_at"),
)


@dataclass(frozen=True)
class Line:
    """A field in the table of a crash: whose, what stands, and what each telling says.

    A vehicle or person of which the later rows do not tell is one line: `told` is False.
    """

    label: api.Message | None
    whose: str
    before: str
    after: tuple[str, ...]
    told: bool = True


@dataclass(frozen=True)
class Shown:
    """A crash as the page shows it, with its conflicts: several where an import contradicts itself.

    `left_out` is how many people who were kept the later rows leave out, where they cannot stand
    for all of them; `known` says whether the crash is in the data set.
    """

    tellings: tuple[api.Conflict, ...]
    name: str
    lines: tuple[Line, ...]
    left_out: int
    known: bool

    @property
    def mark(self) -> str:
        """The name of its box in the form."""
        return _mark(self.tellings[0])

    @property
    def marks(self) -> list[str]:
        """The names of its tellings in the form."""
        return [_mark(one) for one in self.tellings]

    @property
    def removed(self) -> int:
        """How many vehicles and people would be removed with the later facts."""
        return sum(not line.told for line in self.lines)


def _mark(one: api.Conflict) -> str:
    return f"{one.import_id}-{one.n}"


@area.get("/d/<dataset>/conflicts")
def page(dataset: str) -> str:
    """List the conflicts that wait, each with what differs, and those that were settled."""
    return _page(dataset)


def _page(dataset: str, wrong: api.Message | None = None) -> str:
    info = current.store().dataset(dataset)
    found = api.conflicts(current.store(), dataset)
    waiting = _by_crash(one for one in found if one.state == "open")
    shown = _shown(dataset, waiting[:LISTED])
    return render_template(
        "conflicts/page.html",
        dataset=info,
        later=[one for one in shown if len(one.tellings) == 1],
        torn=[one for one in shown if len(one.tellings) > 1],
        waiting=len(waiting),
        listed=len(shown),
        settled=[(one, _name(one)) for one in found if one.state != "open"],
        reason=request.form.get("reason", ""),
        who=request.form.get("who", ""),
        chosen=set(request.form.getlist("conflict")),
        all_ticked=request.args.get("ticked") == "all",
        right={name: value for name, value in request.form.items() if name.startswith("right-")},
        wrong=wrong,
        of_torn=request.form.get("decision") == "choose",
    )


def _by_crash(found: Iterator[api.Conflict]) -> list[tuple[api.Conflict, ...]]:
    """Bring the tellings of a crash together that come from one import."""
    ordered = sorted(found, key=lambda one: (one.import_id, one.crash_key, one.n))
    groups = groupby(ordered, key=lambda one: (one.import_id, one.crash_key))
    whole = [tuple(group) for _, group in groups]
    return sorted(whole, key=lambda group: (group[0].import_id, group[0].n))


def _shown(dataset: str, groups: Sequence[tuple[api.Conflict, ...]]) -> list[Shown]:
    store = current.store()
    chosen = [one for group in groups for one in group]
    differences = iter(api.conflict_differences(store, dataset, chosen))
    gaps = iter(api.conflict_gaps(store, dataset, chosen))
    there = store.numbers_of(dataset, {one.crash_key for one in chosen})
    return [
        Shown(
            tellings=group,
            name=_name(group[0]),
            lines=tuple(_lines_of([next(differences) for _ in group])),
            left_out=max(next(gaps) for _ in group),
            known=group[0].crash_key in there,
        )
        for group in groups
    ]


def _name(one: api.Conflict) -> str:
    return str(one.crash.get("crash_id") or one.crash_key)


def _lines_of(tellings: Sequence[Sequence[api.Difference]]) -> Iterator[Line]:
    """Yield the lines of a crash: of each field what all its tellings say."""
    for (_, n), rows in groupby(zip(*tellings, strict=True), key=lambda row: _whose(row[0])):
        fields = list(rows)
        if n and not fields[0][0].told:
            yield _missing([row[0] for row in fields], len(tellings))
        else:
            yield from map(_line, fields)


def _whose(one: api.Difference) -> tuple[str, int]:
    return one.table, one.n


def _line(row: Sequence[api.Difference]) -> Line:
    one, field = row[0], _field(row[0])
    after = tuple(records.shown(field, each.after) for each in row)
    return Line(one.label, _row_name(one), records.shown(field, one.before), after)


def _missing(facts: Sequence[api.Difference], tellings: int) -> Line:
    """Return the line of a vehicle or person that was kept and that later rows do not tell of."""
    say = i18n.speaker_of_request().say
    told = [f"{say(one.label)}: {records.shown(_field(one), one.before)}" for one in facts]
    absent = say("not in this file")
    return Line(None, _row_name(facts[0]), "; ".join(told), (absent,) * tellings, told=False)


def _field(one: api.Difference) -> api.Field:
    return next(each for each in api.record_fields(one.table) if each.name == one.field)


def _row_name(one: api.Difference) -> str:
    whose = records.TABLES.get(one.table)
    return i18n.speaker_of_request().say(whose.text, n=str(one.n)) if whose else ""


@area.post("/d/<dataset>/conflicts")
def settle(dataset: str) -> AnyResponse:
    """Settle crashes: the ticked ones all one way, or each as one of its tellings was chosen."""
    found = [one for one in api.conflicts(current.store(), dataset) if one.state == "open"]
    chosen = request.form.get("decision") == "choose"
    taken, kept = _as_chosen(found) if chosen else _as_ticked(found)
    if not taken and not kept:
        nothing = (
            api.Message("Choose of at least one crash what is right.")
            if chosen
            else api.Message("Tick at least one crash.")
        )
        return Response(_page(dataset, nothing), 400)
    try:
        for some, take in ((kept, False), (taken, True)):
            if some:
                _settle(dataset, some, take=take)
    except (api.StoreError, api.NotFound) as error:
        return Response(_page(dataset, error.message), 400)
    return redirect(f"/d/{quote(dataset, safe='')}/conflicts", 303)


def _as_ticked(found: Sequence[api.Conflict]) -> tuple[list[api.Conflict], list[api.Conflict]]:
    """Return the conflicts of which the later facts are taken, and those that are dropped."""
    marks = set(request.form.getlist("conflict"))
    ticked = [one for one in found if _mark(one) in marks]
    return (ticked, []) if request.form.get("decision") == "take" else ([], ticked)


def _as_chosen(found: Sequence[api.Conflict]) -> tuple[list[api.Conflict], list[api.Conflict]]:
    """Return the tellings that were chosen, and those of crashes of which none is right."""
    taken: list[api.Conflict] = []
    kept: list[api.Conflict] = []
    for group in _by_crash(iter(found)):
        said = request.form.get(f"right-{_mark(group[0])}", LATER)
        taken += [one for one in group if _mark(one) == said]
        kept += group if said == NONE else ()
    return taken, kept


def _settle(dataset: str, chosen: Sequence[api.Conflict], *, take: bool) -> None:
    record = api.settle_conflicts(
        current.store(),
        dataset,
        chosen,
        take=take,
        reason=request.form.get("reason", "").strip()[:500],
        who=request.form.get("who", "").strip()[:100],
    )
    count = len({one.crash_key for one in chosen})
    flash(i18n.speaker_of_request().say(_told(count, record)), "good")


def _told(count: int, record: api.ImportRecord | None) -> api.Message:
    if record is None:
        return api.counted("{n} crash stays as it was.", "{n} crashes stay as they were.", count)
    return api.counted(
        "The facts of {n} crash were taken, as an import of its own that can be taken back.",
        "The facts of {n} crashes were taken, as an import of its own that can be taken back.",
        count,
    )


@area.get("/d/<dataset>/conflicts.json")
def page_json(dataset: str) -> Response:
    """Return all conflicts of a data set, with what differs."""
    info = current.store().dataset(dataset)
    lines = [dict(zip(HEADS, line, strict=True)) for line in _lines(dataset)]
    return answers.document({"dataset": info.name, "version": info.version, "conflicts": lines})


@area.get("/d/<dataset>/conflicts.csv")
def page_csv(dataset: str) -> Response:
    """Return all conflicts of a data set, one field a line."""
    return answers.table(api.export_rows(HEADS, _lines(dataset)), f"{dataset}-conflicts", "csv")


def _lines(dataset: str) -> list[list[Any]]:
    store = current.store()
    found = api.conflicts(store, dataset)
    differences = api.conflict_differences(store, dataset, found)
    return [
        [
            *(one.import_id, one.n, _name(one), one.state, one.reason),
            *(f"{each.table}.{each.n}" if each.n else each.table, each.field),
            *(each.before, each.after, each.told, one.told_at),
        ]
        for one, each_one in zip(found, differences, strict=True)
        for each in each_one
    ]
