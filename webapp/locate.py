"""Crashes that wait for a place on the map, one at a time: accept, move, or skip."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, record_forms, records
from webapp.record_forms import Place

area = Blueprint("locate", __name__)

SHOWN = ("where", "when", "harm")
"""Groups of fields that help to find the place."""

POINT = ("lat", "lon", "coord_accuracy_m")
CLOSE, WIDE = 0.006, 0.05
"""Degrees of ground shown around a suggestion, some 500 m, and around what is rough."""


@lru_cache(maxsize=4)
def _queue(data: api.CrashData) -> tuple[api.Waiting, ...]:
    return api.locate_queue(data)


def _look(dataset: str) -> tuple[api.CrashData, tuple[api.Waiting, ...]]:
    data = api.load(current.store(), dataset)
    return data, _queue(data)


@area.get("/d/<dataset>/locate")
def page(dataset: str) -> str:
    """Show the crash that waits at this position of the queue, with what is known of its place."""
    data, waiting = _look(dataset)
    at = min(max(request.args.get("at", 0, type=int), 0), max(len(waiting) - 1, 0))
    return _page(data, waiting, at, {}, {})


def _page(
    data: api.CrashData,
    waiting: tuple[api.Waiting, ...],
    at: int,
    said: dict[str, str],
    wrong: Mapping[Place, api.Message],
) -> str:
    info = current.store().dataset(_name(data))
    if not waiting:
        return render_template("locate/page.html", dataset=info, one=None, left=0)
    one = waiting[at]
    record = api.crash_record(current.store(), info.name, one.id)
    suggestion = api.suggest_location(data, one.id)
    facts = records.facts(record, record.crash)
    fields = [field for field in api.editable_fields("crash") if field.name in POINT]
    words = record_forms.words_of(record.crash.now) | said
    return render_template(
        "locate/page.html",
        dataset=info,
        one=one,
        at=at,
        left=len(waiting),
        record=record,
        name=records.crash_name(record),
        suggestion=suggestion,
        groups=[
            (title, [facts[name] for name in names])
            for key, title, names in record_forms.grouped(facts)
            if key in SHOWN
        ],
        asked=record_forms.questions("crash", 0, fields, words, wrong).values(),
        sent=_as_sent(suggestion) if suggestion else "",
        seen=records.seen(record),
        typed=bool(said),
        **_map(record, suggestion),
        **records.WORDS,
    )


def _name(data: api.CrashData) -> str:
    if data.dataset is None:
        raise api.NotFound("These crashes are not kept in a store.")
    return data.dataset.name


def _map(record: api.CrashRecord, suggestion: api.Suggestion | None) -> dict[str, Any]:
    """Return what the map shows: the suggestion, or the rough point, or nothing."""
    point = records.point(record)
    place = (suggestion.lon, suggestion.lat) if suggestion else point
    if place is None:
        return {"bounds": None, "addresses": {}}
    margin = WIDE if suggestion is None else CLOSE
    addresses = records.addresses(record)
    return {
        "bounds": records.around(place, margin),
        "addresses": {**addresses, "mark": f"{place[0]},{place[1]}"},
    }


@area.post("/d/<dataset>/locate/<int:number>")
def place(dataset: str, number: int) -> AnyResponse:
    """Keep the place that was suggested, or the one that was typed, as an edit of the crash."""
    store, say = current.store(), i18n.speaker_of_request().say
    at = max(request.form.get("at", 0, type=int), 0)
    back = f"{records.page_of(dataset, 'locate')}?at={at}"
    record = api.crash_record(store, dataset, number)
    if request.form.get("seen") != records.seen(record):
        flash(
            say("Somebody changed this crash meanwhile, so nothing was kept. Look again."), "warn"
        )
        return redirect(back, 303)
    data, waiting = _look(dataset)
    if request.form.get("do") == "accept":
        suggestion = api.suggest_location(data, number)
        if suggestion is None or _as_sent(suggestion) != request.form.get("place"):
            flash(say("The suggestion has changed since, so nothing was kept. Look again."), "warn")
            return redirect(back, 303)
        said, reason = _accepted(suggestion), say(suggestion.why)
    else:
        said = {name: request.form.get(f"crash-0-{name}", "").strip() for name in POINT}
        said["coord_source"] = "map_click"
        reason = say("Located by hand.")
    try:
        words = {("crash", 0, name): text for name, text in said.items()}
        _refuse_nowhere(said)
        api.edit_crash(store, record, words, reason=reason, who=request.form.get("who", ""))
    except api.WrongValues as error:
        here = next((n for n, one in enumerate(waiting) if one.id == number), 0)
        return Response(_page(data, waiting, here, said, error.wrong), 400)
    except api.StoreError as error:
        flash(say(error.message), "warn")
        return redirect(back, 303)
    flash(say("Crash {number} has its place.", number=records.crash_name(record)), "good")
    return redirect(back, 303)


def _refuse_nowhere(said: Mapping[str, str]) -> None:
    if not (said["lat"] and said["lon"]):
        raise api.WrongValues({("crash", 0, "lat"): api.Message("Type both coordinates.")})


def _accepted(suggestion: api.Suggestion) -> dict[str, str]:
    return {
        "lat": f"{suggestion.lat:.6f}",
        "lon": f"{suggestion.lon:.6f}",
        "coord_accuracy_m": f"{suggestion.accuracy_m:.0f}",
        "coord_source": suggestion.source,
    }


def _as_sent(suggestion: api.Suggestion) -> str:
    """Return the place as the form of the page sends it back."""
    return f"{suggestion.lat:.6f},{suggestion.lon:.6f},{suggestion.accuracy_m:.0f}"


@area.get("/d/<dataset>/locate.json")
def document(dataset: str) -> Response:
    """Return the whole queue, the crash most worth a place first."""
    data, waiting = _look(dataset)
    version = data.dataset.fingerprint if data.dataset else ""
    return answers.document(
        {"data_version": version, "left": len(waiting), "crashes": _rows(waiting)}
    )


@area.get("/d/<dataset>/locate.csv")
def table(dataset: str) -> Response:
    """Return the whole queue as CSV."""
    _, waiting = _look(dataset)
    rows = _rows(waiting)
    heads = ("id", "severity", "why", "around")
    content = api.export_rows(heads, [[row[head] for head in heads] for row in rows])
    return answers.table(content, f"{dataset}-to-locate", "csv")


def _rows(waiting: tuple[api.Waiting, ...]) -> list[dict[str, Any]]:
    say = i18n.speaker_of_request().say
    return [
        {"id": one.id, "severity": one.severity, "why": say(one.why), "around": one.around}
        for one in waiting
    ]
