"""Blackspots side by side: several rules on the same crashes, or one rule in several periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, blackspots, current, i18n, jobs, looking, map
from webapp.looking import Look

area = Blueprint("comparing", __name__)

MOST_ROWS = 50
"""Places a page lists at once; files hold all."""

PERIODS = 3
"""So many periods can be named."""


@area.get("/d/<dataset>/blackspots/compare")
def page(dataset: str) -> str:
    """Offer the rules and the periods, and list the comparisons that are kept."""
    return _page(looking.at(dataset))


def _page(look: Look, trouble: api.Message | None = None) -> str:
    cards = [card for card in blackspots.cards(look.data) if card.unsuited is None]
    rung = api.data_rung(current.store(), look.data)
    suited = [card for card in cards if card.preset.id in rung.presets]
    suited.sort(key=lambda card: rung.presets.index(card.preset.id))
    rest = [card for card in cards if card not in suited]
    chosen = request.form.getlist("preset") or [card.preset.id for card in suited]
    years = look.part.period.calendar_years
    return render_template(
        "comparing/page.html",
        look=look,
        dataset=look.dataset,
        groups=[
            (api.Message("Recommended for these data"), suited),
            (
                api.Message("Rules of countries"),
                [card for card in rest if card.preset.country],
            ),
            (api.Message("More methods"), [card for card in rest if not card.preset.country]),
        ],
        cards=[*suited, *rest],
        chosen=chosen,
        rule=request.form.get("rule") or (chosen[0] if chosen else ""),
        years=years,
        periods=_typed() if "rule" in request.form else _halves(years),
        trouble=trouble,
        kept=current.store().comparisons(look.dataset.name),
        name=_name,
        networks=api.networks_of(current.store(), look.data),
    )


def _halves(years: Sequence[int]) -> list[tuple[str, str]]:
    """Divide years into an earlier and a later half as long; a third period is left open."""
    half = len(years) // 2
    if not half:
        return [("", "")] * PERIODS
    first, second = years[-2 * half : -half], years[-half:]
    return [(str(first[0]), str(first[-1])), (str(second[0]), str(second[-1])), ("", "")]


def _typed() -> list[tuple[str, str]]:
    form = request.form
    return [
        (form.get(f"from{n}", "").strip(), form.get(f"to{n}", "").strip())
        for n in range(1, PERIODS + 1)
    ]


def _name(one: Any) -> api.Message:
    """Name a comparison that is kept: its rules, or its rule and its periods."""
    if one.kind == "presets":
        return api.Message(
            "{values}", {"values": [api.Message(each.title or each.preset) for each in one.asked]}
        )
    spans = [
        f"{each.crashes.get('from', '')[:4]}–{each.crashes.get('to', '')[:4]}" for each in one.asked
    ]
    rule = api.Message(one.asked[0].title or one.asked[0].preset)
    return api.Message("{rule}: {periods}", {"rule": rule, "periods": spans})


@area.get("/d/<dataset>/blackspots/compare.json")
def page_json(dataset: str) -> Response:
    """List the comparisons that are kept."""
    return answers.document({"comparisons": _listed(dataset)})


@area.get("/d/<dataset>/blackspots/compare.csv")
def page_csv(dataset: str) -> Response:
    """List the comparisons that are kept as CSV."""
    heads = ["id", "kind", "title", "data_version", "at", "address"]
    rows = [[one[name] for name in heads] for one in _listed(dataset)]
    return answers.table(api.export_rows(heads, rows), f"{dataset}_comparisons", "csv")


def _listed(dataset: str) -> list[dict[str, Any]]:
    say = i18n.speaker_of_request().say
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "title": say(_name(one)),
            "data_version": one.data_version,
            "at": one.at.isoformat(timespec="seconds"),
            "address": url_for("comparing.result", dataset=dataset, number=one.id),
        }
        for one in current.store().comparisons(dataset)
    ]


# ------------------------------------------------------------------- asking


@area.post("/d/<dataset>/blackspots/compare")
def compare(dataset: str) -> AnyResponse | tuple[str, int]:
    """Put the comparison up as a job, with the filter of the address and the form's choice."""
    look = looking.at(dataset)
    args = {
        "dataset": look.dataset.name,
        "filter": look.chosen.words,
        "presets": request.form.getlist("preset"),
        "rule": request.form.get("rule", ""),
        "periods": ",".join(f"{start}-{end}" for start, end in _typed() if start or end),
        "roads": request.form.get("roads") or None,
    }
    try:
        api.check_comparison(_asked(args, current.store()), periods=bool(args["rule"]))
    except (api.MethodError, api.NotFound) as error:
        return _page(look, error.message), 400
    return redirect(f"/jobs/{current.board().start('compare', args)}", 303)


def _asked(args: Mapping[str, Any], store: api.Store) -> tuple[api.Screening, ...]:
    """Return the questions of a form: of one rule and its periods, or of several rules."""
    chosen = api.parse_filter(args["filter"])
    if args["rule"]:
        return api.ask_periods(args["rule"], args["periods"], {}, chosen, of=store)
    return tuple(api.ask(preset, {}, chosen, of=store) for preset in args["presets"])


@jobs.work("compare")
def compare_work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Compare and keep the lists; they and the end of the job are one transaction."""
    name = args["dataset"]
    data, asked = api.load(store, name), _asked(args, store)
    on_roads = any(api.needs_roads(one) for one in asked)
    found = api.compare(
        data,
        asked,
        progress,
        periods=bool(args["rule"]),
        roads=api.place_on_roads(store, data, args.get("roads")) if on_roads else None,
        treated=api.treated_sites(store, name),
        evidence=api.evidence_text(store, data),
    )

    def leads_to(number: int) -> dict[str, Any]:
        return {"page": f"/d/{quote(name, safe='')}/blackspots/compare/{number}"}

    return leads_to(store.save_comparison(found, name, within=finish(leads_to)))


# --------------------------------------------------------------- side by side


@area.get("/d/<dataset>/blackspots/compare/<int:number>")
def result(dataset: str, number: int) -> str:
    """Show which lists have each place, where they are, and why a list lacks one."""
    found, speaker = kept(dataset, number), i18n.speaker_of_request()
    look = looking.at(dataset, found.crashes)
    document = api.comparison_document(found, speaker)
    groups = api.comparison_groups(found)
    wanted = request.args.get("group", "")
    places = [one for one in document["places"] if wanted not in groups or one["group"] == wanted]
    everything = request.args.get("list") == "all"
    here = url_for("comparing.result", dataset=dataset, number=number)
    group = looking.query_string({"group": wanted} if wanted in groups else {})
    return render_template(
        "comparing/result.html",
        look=look,
        dataset=look.dataset,
        found=found,
        said=document,
        titles=api.comparison_titles(found),
        groups=groups,
        counts=Counter(one["group"] for one in document["places"]),
        wanted=wanted if wanted in groups else "",
        places=places if everything else places[:MOST_ROWS],
        places_all=len(places),
        changed=found.data_version != look.dataset.fingerprint,
        bounds=_around(document["places"]) or look.bounds,
        addresses={
            **map.addresses(look, map.stored_layers(look.dataset.name), None),
            # Crashes would lie between the marks: the places alone are looked at.
            **dict.fromkeys(("tiles", "crash", "remember")),
            "compared": f"{here}.geojson{group}",
        },
        again=url_for("comparing.page", dataset=dataset) + looking.query_string(look.chosen.query),
        address=here,
    )


@area.get("/d/<dataset>/blackspots/compare/<int:number>.<any(json, geojson, csv, xlsx):format>")
def result_file(dataset: str, number: int, format: str) -> Response:
    """Return the places as a file, in the numbers of the page."""
    found, speaker = kept(dataset, number), i18n.speaker_of_request()
    if format == "json":
        return answers.document(api.comparison_document(found, speaker))
    if format == "geojson":
        points = api.comparison_geojson(found, speaker)
        return answers.document(_of_group(points, found), format="geojson")
    content = api.export_comparison(found, format, speaker)
    return answers.table(content, f"{dataset}_comparison_{number}", format)


def _of_group(points: Mapping[str, Any], found: api.Comparison) -> Mapping[str, Any]:
    """Keep the points of the group that the address names, all where it names none."""
    wanted = request.args.get("group", "")
    if wanted not in api.comparison_groups(found):
        return points
    features = [one for one in points["features"] if one["properties"]["group"] == wanted]
    return {**points, "features": features}


def kept(dataset: str, number: int) -> api.Comparison:
    """Return a comparison of this data set. Raises NotFound, also for one of another data set."""
    found = {one.id: one.at for one in current.store().comparisons(dataset)}
    if number not in found:
        raise api.NotFound("There is no comparison {number}.", number=str(number))
    return _unpacked(current.store(), number, found[number])


@lru_cache(maxsize=4)
def _unpacked(store: api.Store, number: int, at: datetime) -> api.Comparison:
    """Unpack a comparison once for its page and its map; `at` tells it from a later one."""
    return store.comparison(number)


def _around(places: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """Return west, south, east, north of the places, with some ground around them."""
    known = [(one["lon"], one["lat"]) for one in places if one["lon"] is not None]
    if not known:
        return None
    lons, lats = zip(*known, strict=True)
    return [min(lons) - 0.02, min(lats) - 0.02, max(lons) + 0.02, max(lats) + 0.02]
