"""Crashes that a later import tells otherwise: what differs, and who is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, records

area = Blueprint("conflicts", __name__)

LISTED = 50
"""Conflicts on one page; the others follow when these are settled, and stand in the files."""

HEADS = ("import", "conflict", "crash", "state", "reason", "row", "field", "before", "after")


@dataclass(frozen=True)
class Shown:
    """A conflict as the page shows it: each line is a field, whose it is, kept and new value."""

    conflict: api.Conflict
    name: str
    lines: tuple[tuple[api.Message, str, str, str], ...]

    @property
    def mark(self) -> str:
        """The name of its box in the form."""
        return _mark(self.conflict)


def _mark(one: api.Conflict) -> str:
    return f"{one.import_id}-{one.n}"


@area.get("/d/<dataset>/conflicts")
def page(dataset: str) -> str:
    """List the conflicts that wait, each with what differs, and those that were settled."""
    return _page(dataset)


def _page(dataset: str, wrong: api.Message | None = None) -> str:
    store = current.store()
    info = store.dataset(dataset)
    found = api.conflicts(store, dataset)
    waiting = [one for one in found if one.state == "open"]
    return render_template(
        "conflicts/page.html",
        dataset=info,
        shown=_shown(dataset, waiting[:LISTED]),
        waiting=len(waiting),
        settled=[(one, _name(one)) for one in found if one.state != "open"],
        reason=request.form.get("reason", ""),
        who=request.form.get("who", ""),
        chosen=set(request.form.getlist("conflict")),
        wrong=wrong,
    )


def _shown(dataset: str, chosen: Sequence[api.Conflict]) -> list[Shown]:
    differences = api.conflict_differences(current.store(), dataset, chosen)
    return [
        Shown(one, _name(one), tuple(map(_line, found)))
        for one, found in zip(chosen, differences, strict=True)
    ]


def _name(one: api.Conflict) -> str:
    return str(one.crash.get("crash_id") or one.crash_key)


def _line(one: api.Difference) -> tuple[api.Message, str, str, str]:
    field = next(each for each in api.record_fields(one.table) if each.name == one.field)
    whose = records.TABLES.get(one.table)
    row = i18n.speaker_of_request().say(whose.text, n=str(one.n)) if whose else ""
    return one.label, row, records.shown(field, one.before), records.shown(field, one.after)


@area.post("/d/<dataset>/conflicts")
def settle(dataset: str) -> AnyResponse:
    """Settle the ticked conflicts, all one way."""
    store, say = current.store(), i18n.speaker_of_request().say
    marks = set(request.form.getlist("conflict"))
    chosen = [one for one in api.conflicts(store, dataset) if _mark(one) in marks]
    if not chosen:
        return Response(_page(dataset, api.Message("Tick at least one crash.")), 400)
    try:
        record = api.settle_conflicts(
            store,
            dataset,
            chosen,
            take=request.form.get("decision") == "take",
            reason=request.form.get("reason", "").strip()[:500],
            who=request.form.get("who", "").strip()[:100],
        )
    except (api.StoreError, api.NotFound) as error:
        return Response(_page(dataset, error.message), 400)
    flash(say(_told(len(chosen), record)), "good")
    return redirect(f"/d/{quote(dataset, safe='')}/conflicts", 303)


def _told(count: int, record: api.ImportRecord | None) -> api.Message:
    if record is None:
        return api.counted("{n} crash stays as it was.", "{n} crashes stay as they were.", count)
    return api.counted(
        "{n} crash was replaced, as an import of its own that can be taken back.",
        "{n} crashes were replaced, as an import of its own that can be taken back.",
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
            *(each.before, each.after),
        ]
        for one, each_one in zip(found, differences, strict=True)
        for each in each_one
    ]
