"""The register of sites: the list, the page of one site, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, looking, map

area = Blueprint("register", __name__)

OPEN = "open"
"""The word of the list for all sites that somebody still looks after."""

ENDED = ("closed", "rejected")
MARGIN = 0.008
"""Degrees of ground shown around a site, some 700 m."""

PLACE = ("lon", "lat", "radius_m", "road", "from_km", "to_km")
"""The words that say where a site is, as forms ask them."""

SORTS: dict[str, tuple[api.Message, Callable[[api.SiteRecord], Any]]] = {
    "number": (api.Message("newest first"), lambda one: -one.number),
    "rank": (api.Message("worst rank first"), lambda one: _last(one, "rank", 1_000_000)),
    "crashes": (api.Message("most crashes first"), lambda one: -_last(one, "crashes", -1)),
    "status": (api.Message("by status"), lambda one: list(api.site_statuses()).index(one.status)),
    "road": (
        api.Message("by road and km post"),
        lambda one: (one.spot.road or "\uffff", one.spot.from_m or 0),
    ),
}
"""How the list can be ordered: word of the address -> label, key. Ties go by number."""


def _last(site: api.SiteRecord, name: str, otherwise: int) -> int:
    """Return rank or crashes of a site in the newest screening that found it."""
    seen = site.last_seen
    if seen is None:
        return otherwise
    return seen.rank if name == "rank" else seen.counts.get(name, otherwise)


class Line(NamedTuple):
    """A site as lists show it: itself, its name, and where it is for the map ("" where nowhere)."""

    site: api.SiteRecord
    name: api.Message
    place: str


# -------------------------------------------------------------------- the list


@area.get("/d/<dataset>/register")
def listed(dataset: str) -> str:
    """List the sites of the register, beside their map."""
    return _list(dataset)


def _list(dataset: str) -> str:
    look, sites = looking.at(dataset, {}), api.saved_sites(current.store(), dataset)
    chosen, sort = _chosen(sites), _sort()
    counts = {code: sum(one.status == code for one in sites) for code in api.site_statuses()}
    return render_template(
        "register/list.html",
        dataset=look.dataset,
        lines=[line(one) for one in sorted(chosen, key=SORTS[sort][1])],
        all=len(sites),
        open=sum(one.status not in ENDED for one in sites),
        counts=counts,
        status=_status(),
        sort=sort,
        sorts={code: label for code, (label, _) in SORTS.items()},
        bounds=_around(chosen) or look.bounds,
        addresses={
            **map.addresses(look, map.stored_layers(look.dataset.name), None),
            **map.saved_address(look.dataset.name),
            # Without the crashes: here one looks for sites.
            "tiles": None,
            "remember": None,
        },
        files=_here(dataset),
        query=looking.query_string(_words()),
        **WORDS,
    )


def line(site: api.SiteRecord) -> Line:
    """Return a site as lists show it."""
    spot = site.spot
    return Line(site, api.site_label(site), f"{spot.lon},{spot.lat}" if spot.has_point else "")


def _status() -> str:
    asked = request.args.get("status", OPEN)
    return asked if asked in {OPEN, "all", *api.site_statuses()} else OPEN


def _sort() -> str:
    asked = request.args.get("sort", "number")
    return asked if asked in SORTS else "number"


def _words() -> dict[str, str]:
    words = {"status": _status(), "sort": _sort()}
    return {name: word for name, word in words.items() if word not in (OPEN, "number")}


def _chosen(sites: Sequence[api.SiteRecord]) -> list[api.SiteRecord]:
    """Return the sites of the status in the address, the newest first."""
    status = _status()
    kept = {
        "all": list(api.site_statuses()),
        OPEN: [code for code in api.site_statuses() if code not in ENDED],
    }.get(status, [status])
    return [one for one in reversed(sites) if one.status in kept]


def _around(sites: Sequence[api.SiteRecord]) -> list[float] | None:
    """Return west, south, east, north of the sites that have a point, with some ground around."""
    lons = [one.spot.lon for one in sites if one.spot.lon is not None]
    lats = [one.spot.lat for one in sites if one.spot.lat is not None]
    if not lons or not lats:
        return None
    return [min(lons) - MARGIN, min(lats) - MARGIN, max(lons) + MARGIN, max(lats) + MARGIN]


@area.get("/d/<dataset>/register.<any(json, csv, xlsx, geojson, gpx, kml):format>")
def listed_file(dataset: str, format: str) -> Response:
    """Return the sites of the list as a file; all of them where the address names no status."""
    current.store().dataset(dataset)
    sites, speaker = api.saved_sites(current.store(), dataset), i18n.speaker_of_request()
    if "status" in request.args:
        sites = sorted(_chosen(sites), key=SORTS[_sort()][1])
    if format == "geojson":
        return answers.document(api.sites_geojson(sites, speaker), format="geojson")
    if format == "json":
        rows = api.site_rows(sites, speaker)
        return answers.document({"dataset": dataset, "sites": rows})
    content = api.export_sites(sites, format, speaker)
    return answers.table(content, f"{dataset}_register", format)


# ---------------------------------------------------------------- the coming in


@area.get("/d/<dataset>/register/new")
def new(dataset: str) -> str:
    """Ask for a place that people propose; the address may say where it is."""
    return _new(dataset, {name: request.args.get(name, "") for name in (*PLACE, "name")})


def _new(dataset: str, said: Mapping[str, str], wrong: api.Message | None = None) -> str:
    look = looking.at(dataset, {})
    return render_template(
        "register/new.html",
        dataset=look.dataset,
        said=said,
        wrong=wrong,
        roads=map.roads_of(look),
        **WORDS,
    )


@area.post("/d/<dataset>/register")
def nominate(dataset: str) -> AnyResponse:
    """Keep the place of the form as a proposed site."""
    say, form = i18n.speaker_of_request().say, request.form
    try:
        site, note = api.nominate_site(
            current.store(), dataset, _typed(form), who=form.get("who", "")
        )
    except api.Refused as error:
        return Response(_new(dataset, form, error.message), 400)
    flash(
        say("The place is in the register now, as site {number}.", number=str(site.number)), "good"
    )
    if note is not None:
        flash(say(note), "info" if site.spot.has_point else "warn")
    return redirect(_here(dataset, site.number), 303)


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "") for name in (*PLACE, "name", "settlement", "why")}


@area.post("/d/<dataset>/blackspots/<int:number>/<int:position>/save")
def save(dataset: str, number: int, position: int) -> AnyResponse:
    """Put a site of a list of blackspots into the register."""
    say, store = i18n.speaker_of_request().say, current.store()
    if number not in {one.id for one in store.results(dataset)}:
        raise api.NotFound("There is no screening {number}.", number=str(number))
    try:
        site = api.save_site(store, dataset, number, position)
    except api.Refused as error:
        flash(say(error.message), "warn")
        address = f"/d/{quote(dataset, safe='')}/blackspots/{number}/{position}"
        return redirect(address, 303)
    flash(
        say("The site is in the register now, as site {number}.", number=str(site.number)), "good"
    )
    return redirect(_here(dataset, site.number), 303)


# ---------------------------------------------------------------- the page of one


@area.get("/d/<dataset>/register/<int:number>")
def page(dataset: str, number: int) -> str:
    """Show one site: facts, status, events, the screenings that found it, every change."""
    return _page(dataset, number)


def _page(dataset: str, number: int, wrong: api.Message | None = None, form: str = "") -> str:
    look, site = looking.at(dataset, {}), _site(dataset, number)
    kept = {one.id for one in current.store().results(dataset)}
    return render_template(
        "register/page.html",
        dataset=look.dataset,
        site=site,
        name=api.site_label(site),
        next=api.next_statuses(site),
        sightings=[(one, one.result_id in kept) for one in reversed(site.sightings)],
        changes=list(_changes(site)),
        photos=[one for one in site.files if api.is_picture(one) and not one.removed],
        typed=request.form if form == "change" else api.site_words(site),
        said=request.form,
        wrong=wrong,
        form=form,
        bounds=_around([site]),
        addresses={
            **map.addresses(look, map.stored_layers(look.dataset.name), None),
            **map.saved_address(look.dataset.name),
            "remember": None,
        },
        address=_here(dataset, number),
        **WORDS,
    )


def _site(dataset: str, number: int) -> api.SiteRecord:
    """Return a site of this data set. Raises NotFound, also for one of another data set."""
    current.store().dataset(dataset)
    found = api.saved_site(current.store(), number)
    if found.dataset != dataset:
        raise api.NotFound("There is no site number {number} in the register.", number=str(number))
    return found


def _changes(site: api.SiteRecord) -> Iterator[tuple[api.SiteChange, list[Any]]]:
    """Yield what was changed together, the newest first: one of it, and all in words."""
    for change in sorted({one.change for one in site.changes}, reverse=True):
        parts = [one for one in site.changes if one.change == change]
        yield parts[0], [api.site_change_words(one) for one in parts]


@area.get("/d/<dataset>/register/<int:number>.json")
def page_json(dataset: str, number: int) -> Response:
    """Return everything that is known of one site."""
    return answers.document(api.site_document(_site(dataset, number), i18n.speaker_of_request()))


@area.get("/d/<dataset>/register/<int:number>.csv")
def page_csv(dataset: str, number: int) -> Response:
    """Return the screenings that found a site, with its rank in each, as CSV."""
    document = api.site_document(_site(dataset, number), i18n.speaker_of_request())
    heads = ["screening", "at", "data_version", "preset", "rank", "listed", "score", "by"]
    rows = [
        [*(one[name] for name in heads), one["counts"].get("crashes"), one["counts"].get("killed")]
        for one in document["sightings"]
    ]
    content = api.export_rows([*heads, "crashes", "killed"], rows)
    return answers.table(content, f"{dataset}_site_{number}", "csv")


# ------------------------------------------------------------- what people do


Step = Callable[[api.Store, str], api.SiteRecord]
"""Does what a form asks, in the name of somebody."""


def _do(dataset: str, number: int, form: str, step: Step) -> AnyResponse:
    """Do what a form of the page asks, and show the page again; what is refused, with the form."""
    _site(dataset, number)
    try:
        step(current.store(), request.form.get("who", ""))
    except api.Refused as error:
        return Response(_page(dataset, number, error.message, form), 400)
    flash(i18n.speaker_of_request().say("It is kept."), "good")
    return redirect(_here(dataset, number), 303)


def _word(name: str) -> str:
    return request.form.get(name, "")


@area.post("/d/<dataset>/register/<int:number>/status")
def set_status(dataset: str, number: int) -> AnyResponse:
    """Give the site another status."""

    def step(store: api.Store, who: str) -> api.SiteRecord:
        words = {"reason": _word("reason"), "who": who}
        return api.set_site_status(store, number, _word("status"), **words, seen=_seen())

    return _do(dataset, number, "status", step)


@area.post("/d/<dataset>/register/<int:number>/change")
def change(dataset: str, number: int) -> AnyResponse:
    """Change name, settlement, reason or place of the site."""

    def step(store: api.Store, who: str) -> api.SiteRecord:
        words = {"reason": _word("reason"), "who": who}
        return api.change_site(store, number, _typed(request.form), **words, seen=_seen())

    return _do(dataset, number, "change", step)


@area.post("/d/<dataset>/register/<int:number>/events")
def add_event(dataset: str, number: int) -> AnyResponse:
    """Write down what happened at the site."""
    said = {name: _word(name) for name in ("kind", "day", "until", "text")}
    return _do(
        dataset,
        number,
        "event",
        lambda store, who: api.add_site_event(store, number, said, who=who),
    )


@area.post("/d/<dataset>/register/<int:number>/events/<int:event>/withdraw")
def withdraw(dataset: str, number: int, event: int) -> AnyResponse:
    """Take out an event that was told by mistake."""

    def step(store: api.Store, who: str) -> api.SiteRecord:
        return api.withdraw_site_event(store, number, event, reason=_word("reason"), who=who)

    return _do(dataset, number, f"event-{event}", step)


@area.post("/d/<dataset>/register/<int:number>/files")
def add_file(dataset: str, number: int) -> AnyResponse:
    """Keep the photo or document of the form with the site."""
    given = request.files.get("file")

    def step(store: api.Store, who: str) -> api.SiteRecord:
        if given is None or not given.filename:
            raise api.Refused("Choose a photo or a document.")
        # One byte more than is taken: enough to see that it is too large.
        upload = api.Upload(given.filename, given.stream.read(api.MOST_FILE_BYTES + 1))
        return api.add_site_file(store, number, upload, title=_word("title"), who=who)

    return _do(dataset, number, "file", step)


@area.get("/d/<dataset>/register/<int:number>/files/<int:file>")
def file(dataset: str, number: int, file: int) -> Response:
    """Return a photo or a document, to be saved under its name."""
    _site(dataset, number)
    found, content = api.site_file(current.store(), number, file)
    return answers.file(content, api.site_file_name(found), found.media_type)


@area.post("/d/<dataset>/register/<int:number>/files/<int:file>/remove")
def remove_file(dataset: str, number: int, file: int) -> AnyResponse:
    """Delete a photo or a document; that it was there stays."""

    def step(store: api.Store, who: str) -> api.SiteRecord:
        return api.remove_site_file(store, number, file, reason=_word("reason"), who=who)

    return _do(dataset, number, f"file-{file}", step)


def _seen() -> int | None:
    return request.form.get("seen", type=int)


def _here(dataset: str, number: int | None = None) -> str:
    address = f"/d/{quote(dataset, safe='')}/register"
    return address if number is None else f"{address}/{number}"


WORDS: dict[str, Any] = {
    "statuses": api.site_statuses(),
    "kinds": api.site_events(),
    "labels": api.site_labels(),
    "origins": api.site_origins(),
    "ways": api.site_ways(),
    "file_kinds": api.file_kinds(),
}
"""What the templates of this module need beside their own words."""
