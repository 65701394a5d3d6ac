"""Blackspots: choose a named rule, search as a job, see the ranked sites beside the map."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, ground, i18n, jobs, looking, map
from webapp.looking import Look

area = Blueprint("blackspots", __name__)

CHANGE = "set-"
"""Begins the name of a form field that changes a parameter of the rule."""

MOST_ROWS = 200
"""Sites a page lists at once; files hold all."""


@dataclass(frozen=True)
class Field:
    """A parameter in the form of a rule: what is known of it, and its value.

    `part` says which part of the rule it belongs to, where the rule has parts.
    """

    name: str
    info: api.ParamInfo
    value: str
    choices: tuple[tuple[str, api.Message], ...]
    part: api.Message | None = None


@dataclass(frozen=True, eq=False)
class Card:
    """A rule as the page shows it; `unsuited` says why these data cannot answer it.

    `on_roads`: it looks along a network of roads, or at its junctions. `own`: a user made it.
    """

    preset: api.Preset
    place: api.Message
    measure: api.Message
    conditions: tuple[tuple[api.Message, ...], ...]
    fields: tuple[Field, ...]
    unsuited: api.Message | None
    on_roads: bool
    own: bool


class Row(NamedTuple):
    """A site as the list shows it; `position` counts from 1 and is its address."""

    position: int
    finding: api.Finding
    said: Mapping[str, Any]


# ------------------------------------------------------------------ the rules


@area.get("/d/<dataset>/blackspots")
def page(dataset: str) -> str:
    """Offer the rules, the recommended one first, and list the searches that are kept."""
    return _page(looking.at(dataset))


def _page(look: Look, trouble: api.Message | None = None, wanted: str = "") -> str:
    found = cards(look.data)
    rung = api.data_rung(current.store(), look.data)
    best = wanted or request.args.get("preset") or rung.presets[0]
    shipped = [card for card in found if not card.own]
    general = [card for card in shipped if not card.preset.country]
    return render_template(
        "blackspots/page.html",
        look=look,
        dataset=look.dataset,
        first=next((card for card in found if card.preset.id == best), found[0]),
        suited=[card for card in general if card.preset.id in rung.presets],
        general=[card for card in general if card.preset.id not in rung.presets],
        national=[card for card in shipped if card.preset.country],
        own=[card for card in found if card.own],
        rung=rung,
        evidence=api.evidence_text(current.store(), look.data),
        trouble=trouble,
        kept=current.store().results(look.dataset.name),
        unknown=api.unknown_criteria().values(),
        titles={id_: one.title for id_, one in api.list_presets().items()},
        networks=api.networks_of(current.store(), look.data),
        sentence=_sentence,
    )


def cards(data: api.CrashData) -> list[Card]:
    """Return the rules as pages show them, those that these data cannot answer last."""
    kept = tuple(current.store().presets())
    found = [_card(preset, data, kept) for preset in api.whole_presets(current.store()).values()]
    return sorted(found, key=lambda card: card.unsuited is not None)


@area.get("/d/<dataset>/blackspots.json")
def page_json(dataset: str) -> Response:
    """List the searches that are kept."""
    return answers.document({"results": _listed(dataset)})


@area.get("/d/<dataset>/blackspots.csv")
def page_csv(dataset: str) -> Response:
    """List the searches that are kept as CSV."""
    heads = ["id", "preset", "title", "filter", "data_version", "at", "address"]
    rows = [[one[name] for name in heads] for one in _listed(dataset)]
    return answers.table(api.export_rows(heads, rows), f"{dataset}_blackspots", "csv")


def _listed(dataset: str) -> list[dict[str, Any]]:
    say = i18n.speaker_of_request().say
    return [
        {
            "id": one.id,
            "preset": one.asked.preset,
            "title": say(one.asked.title or one.asked.preset),
            "filter": api.parse_filter(one.asked.crashes).words,
            "data_version": one.data_version,
            "at": one.at.isoformat(timespec="seconds"),
            "address": url_for("blackspots.result", dataset=dataset, number=one.id),
        }
        for one in current.store().results(dataset)
    ]


def _sentence(words: Mapping[str, str]) -> tuple[api.Message, ...]:
    return api.filter_sentence(api.parse_filter(words))


@lru_cache(maxsize=4)
def _unsuited(
    data: api.CrashData, with_roads: bool, _sites: tuple[Any, ...], _own: tuple[Any, ...]
) -> dict[str, api.Message]:
    return api.unsuited_presets(data, with_roads=with_roads, of=current.store())


def _sites(data: api.CrashData) -> tuple[tuple[int, str], ...]:
    """Return the sites of the register with their states: some rules look at them."""
    found = api.saved_sites(current.store(), data.dataset.name) if data.dataset else []
    return tuple((one.number, one.status) for one in found)


def _has_roads(data: api.CrashData) -> bool:
    """Say whether a network of roads, or a layer of junctions, is there for rules that need one."""
    layers = ground.listed(data.dataset.name) if data.dataset else ()
    return bool(api.networks_of(current.store(), data)) or any(
        one.key == "junctions" for one in layers
    )


def _card(preset: api.Preset, data: api.CrashData, kept: tuple[Any, ...]) -> Card:
    """Return a rule as pages show it; `kept` are the texts of those that users made."""
    place, measure = api.method_titles(preset)
    return Card(
        preset=preset,
        place=place,
        measure=measure,
        conditions=api.preset_conditions(preset),
        fields=tuple(_fields(preset)),
        unsuited=_unsuited(data, _has_roads(data), _sites(data), kept).get(preset.id),
        on_roads=api.needs_roads(api.ask(preset)),
        own=preset.id in {one.name for one in kept},
    )


def _fields(preset: api.Preset) -> Iterator[Field]:
    """Return what can be changed in a rule, or part by part where it has parts."""
    for part in api.preset_parts(preset):
        for field in _fields(part):
            name = f"{CHANGE}{part.id}.{field.info.name}"
            yield replace(field, name=name, part=api.preset_setting(part))
    # A parameter that place and measure share stands once.
    seen: set[str] = set()
    given = {**preset.measure_params, **preset.place_params}
    for info in (info for half in api.preset_params(preset).values() for info in half):
        if info.name in seen:
            continue
        seen.add(info.name)
        value = given.get(info.name, info.default)
        shown = f"{value:g}" if isinstance(value, int | float) else str(value)
        choices = tuple((word, api.param_word(info.name, word)) for word in info.choices)
        yield Field(CHANGE + info.name, info, shown, choices)


# ------------------------------------------------------------------ searching


@area.post("/d/<dataset>/blackspots")
def search(dataset: str) -> AnyResponse | tuple[str, int]:
    """Put the search up as a job, with the filter of the address and the form's parameters."""
    look = looking.at(dataset)
    preset = request.form.get("preset", "")
    changes = _changes(preset)
    try:
        api.ask(preset, changes, look.chosen, of=current.store())
    except (api.MethodError, api.NotFound) as error:
        return _page(look, error.message, preset), 400
    args = {
        "dataset": look.dataset.name,
        "preset": preset,
        "changes": changes,
        "filter": look.chosen.words,
        "roads": request.form.get("roads") or None,
    }
    return redirect(f"/jobs/{current.board().start('screen', args)}", 303)


def _changes(preset: str) -> dict[str, str]:
    """Return the parameters that the form changes; what stands as in the rule is no change."""
    known = api.list_presets(current.store()).get(preset)
    fields = {} if known is None else {field.name: field.value for field in _fields(known)}
    return {
        name.removeprefix(CHANGE): value.strip()
        for name, value in request.form.items()
        if name in fields and value.strip() and value.strip() != fields[name]
    }


@jobs.work("screen")
def screen_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Search and keep the list; it and the end of the job are one transaction."""
    name = args["dataset"]
    data = api.load(store, name)
    chosen = api.parse_filter(args["filter"])
    asked = api.ask(args["preset"], args["changes"], chosen, of=store)
    network = args.get("roads")
    placed = api.place_on_roads(store, data, network) if api.needs_roads(asked) else None
    result = api.screen(
        data,
        asked,
        progress,
        roads=placed,
        treated=api.treated_sites(store, name),
        evidence=api.evidence_text(store, data),
    )

    def leads_to(number: int) -> dict[str, Any]:
        return {"page": f"/d/{quote(name, safe='')}/blackspots/{number}"}

    return leads_to(store.save_result(result, name, within=finish(leads_to)))


# ------------------------------------------------------------------- the list


@area.get("/d/<dataset>/blackspots/<int:number>")
def result(dataset: str, number: int) -> str:
    """Show the ranked sites beside the map, why they are listed, and every caveat."""
    found = kept(dataset, number)
    look = looking.at(dataset, api.parse_filter(found.asked.crashes).query)
    rows = rows_of(found)
    everything = request.args.get("list") == "all"
    return render_template(
        "blackspots/result.html",
        look=look,
        dataset=look.dataset,
        result=found,
        sentence=_sentence(found.asked.crashes),
        rows=rows if everything else rows[:MOST_ROWS],
        rows_all=len(rows),
        shown=_columns(rows),
        saved=api.recognise_sites(current.store(), dataset, found),
        statuses=api.site_statuses(),
        changed=found.data_version != look.dataset.fingerprint,
        fields=_answers(found),
        unverified=unverified(found.asked),
        along_roads=any(one.site.from_m is not None for one in found.findings),
        value_label=api.value_label,
        bounds=_around(found) or look.bounds,
        addresses=map.addresses(look, map.stored_layers(look.dataset.name), number),
        again=url_for("blackspots.page", dataset=dataset)
        + looking.query_string({"preset": found.asked.preset, **look.chosen.query}),
        files=url_for("blackspots.result", dataset=dataset, number=number),
    )


@area.get("/d/<dataset>/blackspots/<int:number>.<any(json, geojson, csv, xlsx, gpx, kml):format>")
def result_file(dataset: str, number: int, format: str) -> Response:
    """Return the sites as a file, in the numbers of the page."""
    found, speaker = kept(dataset, number), i18n.speaker_of_request()
    if format == "json":
        saved = api.recognise_sites(current.store(), dataset, found)
        return answers.document(api.findings_document(found, speaker, saved=saved))
    if format == "geojson":
        return answers.document(api.findings_geojson(found, speaker), format="geojson")
    name = f"{dataset}_{found.asked.preset}_{number}"
    lines = api.site_lines(current.store(), dataset, found) if format == "kml" else None
    content = api.export_findings(found, format, speaker, lines=lines)
    return answers.table(content, name, format)


def kept(dataset: str, number: int) -> api.ScreeningResult:
    """Return a search of this data set. Raises NotFound, also for one of another data set."""
    found = {one.id: one.at for one in current.store().results(dataset)}
    if number not in found:
        raise api.NotFound("There is no screening {number}.", number=str(number))
    return _unpacked(current.store(), number, found[number])


@lru_cache(maxsize=8)
def _unpacked(store: api.Store, number: int, at: datetime) -> api.ScreeningResult:
    """Unpack a list once for its page, its map and its sites; `at` tells it from a later one."""
    return store.result(number)


def rows_of(found: api.ScreeningResult) -> list[Row]:
    """Return the sites with the numbers that files state, so that both say the same."""
    document = api.findings_document(found, i18n.speaker_of_request())
    return [
        Row(position, finding, said)
        for position, (finding, said) in enumerate(
            zip(found.findings, document["sites"], strict=True), 1
        )
    ]


@area.app_template_global()
def site_name(said: Mapping[str, Any]) -> api.Message:
    """Name a site by road and km post where it has them, else by its settlement or position."""
    return api.site_name(said, i18n.speaker_of_request())


def _columns(rows: list[Row]) -> set[str]:
    """Return which of the columns that not every measure fills have a value."""
    names = ("road", "from_km", "expected", "low", "p")
    found = {name for name in names if any(row.said[name] is not None for row in rows)}
    judged = ("expected", "stability")
    found |= {
        f"evidence_{name}"
        for name in judged
        if any(row.said["evidence"][name] is not None for row in rows)
    }
    return found | {
        name for name in ("killed", "fatal") if any(name in row.said["counts"] for row in rows)
    }


def unverified(asked: api.Screening) -> bool:
    """Say whether nobody has checked the rule of a country that a list was made by."""
    # Lists of earlier versions of CrashKit do not say of which country their rule is.
    shipped = api.list_presets().get(asked.preset)
    return not asked.verified and bool(asked.country or (shipped and shipped.country))


def _answers(found: api.ScreeningResult) -> list[tuple[api.Message, api.ParamInfo, api.Message]]:
    """Return the parameters that were used, with their labels, and their values in words.

    Nought and "no" switch a limit off: it is not told.
    """
    return [
        (_label(asked, info), info, _in_words(info, used[info.name]))
        for asked in found.asked.each
        for used in [{**asked.measure_params, **asked.place_params}]
        for info in _infos(asked)
        if used.get(info.name) not in (None, 0, "no", "none")
    ]


def _infos(asked: api.Screening) -> Iterator[api.ParamInfo]:
    """Return what is known of the parameters of a question, each once."""
    infos = (*api.place_params(asked.place), *api.measure_params(asked.measure))
    yield from {info.name: info for info in api.asked_params(infos)}.values()


def _label(asked: api.Screening, info: api.ParamInfo) -> api.Message:
    """Name a parameter; that of a part of a rule with where the part holds."""
    label = api.Message(info.label)
    if not asked.setting:
        return label
    return api.Message("{part}: {label}", {"part": api.preset_setting(asked), "label": label})


def _in_words(info: api.ParamInfo, value: Any) -> api.Message:
    if info.choices:
        return api.param_word(info.name, str(value))
    return api.Message("{text}", {"text": f"{value:g}"})


def _around(found: api.ScreeningResult) -> list[float] | None:
    """Return west, south, east, north of the sites, with some ground around them."""
    places = [(one.site.lon, one.site.lat) for one in found.findings if math.isfinite(one.site.lon)]
    if not places:
        return None
    lons, lats = zip(*places, strict=True)
    return [min(lons) - 0.02, min(lats) - 0.02, max(lons) + 0.02, max(lats) + 0.02]
