"""Crashes on roads: how many were put on the roads of a network, how surely, and which were not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, looking

area = Blueprint("on_roads", __name__)

GRADES: dict[str, api.Message] = {
    "good": api.Message("Good"),
    "fair": api.Message("Fair"),
    "ambiguous": api.Message("Ambiguous"),
    "unmatched": api.Message("On no road"),
}
MEANINGS: dict[str, api.Message] = {
    "good": api.Message("where it should be"),
    "fair": api.Message("likely"),
    "ambiguous": api.Message("another road is as likely"),
    "unmatched": api.Message("no road was found"),
}
TONES = {"good": "good", "fair": "busy", "ambiguous": "warn", "unmatched": "bad"}

MOST_POINTS = 4000
"""So many crashes are drawn on the map, spread evenly over them."""
MOST_LISTED = 25
MOST_NAMES = 30
MOST_ROADS = 30
NEAR_DEG = 0.02
"""The ground shown around the crashes of a map reaches so far beyond them."""


@dataclass(frozen=True, eq=False)
class Located:
    """A data set on a network: the crashes, where each lies, and how well that went."""

    data: api.CrashData
    roads: api.KeptRoads
    snapped: api.Snapped
    coverage: api.Coverage


@lru_cache(maxsize=4)
def _coverage(snapped: api.Snapped, data: api.CrashData) -> api.Coverage:
    return api.road_coverage(snapped, data)


def located(dataset: str) -> Located | None:
    """Put the crashes of a data set on the network that the address names, or theirs; or None.

    Raises NotFound for a network that is not there.
    """
    kept = api.road_networks(current.store())
    if not kept:
        return None
    data = api.load(current.store(), dataset)
    first = (*api.networks_of(current.store(), data), *kept)[0]
    wanted = request.args.get("roads", first.name)
    roads = next((one for one in kept if one.name == wanted), None)
    if roads is None:
        raise api.NotFound("There is no network of roads “{name}”.", name=wanted)
    snapped = api.snap_to_roads(current.store(), data, roads)
    return Located(data, roads, snapped, _coverage(snapped, data))


@area.get("/d/<dataset>/on-roads")
def page(dataset: str) -> str:
    """Show how well the crashes of a data set lie on a network of roads."""
    found = located(dataset)
    info = current.store().dataset(dataset)
    if found is None:
        return render_template("roads/none.html", dataset=info)
    reason = request.args.get("reason", "")
    listed = api.road_places(found.snapped, found.data, reason) if reason else []
    shown = found.coverage
    return render_template(
        "roads/coverage.html",
        dataset=info,
        networks=api.road_networks(current.store()),
        roads=found.roads,
        coverage=shown,
        grades=[(one, n, n / max(shown.crashes, 1)) for one, n in shown.grades.items()],
        reasons=_reasons(found),
        unknown=shown.unknown[:MOST_NAMES],
        more_names=max(len(shown.unknown) - MOST_NAMES, 0),
        best=shown.roads[:MOST_ROADS],
        keys=sorted({one.road for one in shown.roads} - {""}),
        reason=reason,
        listed=listed[:MOST_LISTED],
        total=len(listed),
        bounds=_bounds(listed) or looking.at(dataset, {}).bounds,
        addresses=_addresses(dataset, found, reason),
        GRADES=GRADES,
        MEANINGS=MEANINGS,
        TONES=TONES,
    )


def _reasons(found: Located) -> list[tuple[str, api.Message, str, int]]:
    """List the reasons that occur: code, sentence, grade, how many; by grade, the most first."""
    order = list(GRADES)
    known = api.road_reasons()
    rows = [(code, *known[code], n) for code, n in found.coverage.reasons.items()]
    return sorted(rows, key=lambda row: (order.index(row[2]), -row[3]))


def _bounds(listed: Iterable[api.RoadPlace]) -> list[float] | None:
    spots = [(one.lon, one.lat) for one in listed if one.lon is not None and one.lat is not None]
    if not spots:
        return None
    lon, lat = ([spot[i] for spot in spots] for i in (0, 1))
    edges = (min(lon), min(lat), max(lon), max(lat))
    signs = (-1, -1, 1, 1)
    return [round(edge + sign * NEAR_DEG, 5) for edge, sign in zip(edges, signs, strict=True)]


def _addresses(dataset: str, found: Located, reason: str) -> dict[str, Any]:
    words = {"roads": found.roads.name} | ({"reason": reason} if reason else {})
    here = f"/d/{quote(dataset, safe='')}/on-roads"
    return {
        "points": f"{here}/points.geojson?{urlencode(words)}",
        "roads": f"{here}/lines.geojson?{urlencode({'roads': found.roads.name})}",
    }


def _asked(dataset: str) -> Located:
    found = located(dataset)
    if found is None:
        raise api.NotFound("No network of roads is loaded.")
    return found


@area.get("/d/<dataset>/on-roads/points.geojson")
def points(dataset: str) -> Response:
    """Return crashes with their grade, spread evenly over all or over those of one reason."""
    found = _asked(dataset)
    rows = api.road_places(found.snapped, found.data, request.args.get("reason", ""))
    here = [one for one in rows if one.lon is not None]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
            "properties": {"tone": TONES[one.grade]},
        }
        for one in here[:: len(here) // MOST_POINTS + 1]
    ]
    content = {"type": "FeatureCollection", "features": features}
    return answers.document(content, format="geojson")


@area.get("/d/<dataset>/on-roads/lines.geojson")
def lines(dataset: str) -> Response:
    """Return the lines of the network around the crashes of the data set."""
    found = _asked(dataset)
    box = looking.at(dataset, {}).bounds
    return answers.document(api.road_lines(found.snapped.network, box), format="geojson")


@area.get("/d/<dataset>/on-roads.json")
def page_json(dataset: str) -> Response:
    """Return the coverage as JSON."""
    found = _asked(dataset)
    speaker = i18n.speaker_of_request()
    return answers.document(api.coverage_document(found.coverage, found.roads.name, speaker))


@area.get("/d/<dataset>/on-roads.csv")
def page_csv(dataset: str) -> Response:
    """Return where every crash lies, or why on no road, as CSV."""
    found = _asked(dataset)
    content = api.export_road_places(
        api.road_places(found.snapped, found.data, request.args.get("reason", "")),
        i18n.speaker_of_request(),
    )
    return answers.table(content, f"{dataset}-roads", "csv")


@area.post("/d/<dataset>/on-roads/names")
def name(dataset: str) -> AnyResponse:
    """Say which road is meant by a name that crashes give, or take that back."""
    form, store, say = request.form, current.store(), i18n.speaker_of_request().say
    network, words, road = (form.get(key, "").strip() for key in ("roads", "name", "road"))
    back = f"/d/{quote(dataset, safe='')}/on-roads?{urlencode({'roads': network})}#names"
    try:
        if form.get("do") == "forget":
            store.remove_road_alias(network, words)
            flash(say("“{name}” is no road of the network again.", name=words), "info")
        else:
            store.save_road_alias(network, words, road)
            flash(say("“{name}” is the road {road} from now on.", name=words, road=road), "good")
    except (api.NotFound, api.StoreError) as error:
        flash(say(error.message), "warn")
    return redirect(back, 303)
