"""The sample country: brought in once, with its roads, layers, weather and a first search."""

from __future__ import annotations

import json
from typing import Any

from crashkit import api
from webapp import jobs

NAME = "sample"
WORK = "sample"
PROFILE = "crashkit"
FILES = ("crashes.csv", "vehicles.csv", "people.csv")
LAYERS = ("roads", "towns", "lakes", "areas", "junctions")


def bring_in(store: api.Store, progress: api.Progress) -> None:
    """Make the data set `sample` with all that comes with it; what is there stays."""
    if not is_there(store):
        _import(store, _part(progress, 0.0, 0.6))
    progress(0.6, api.Message("Drawing the map"))
    _keep_layers(store)
    _keep_roads(store)
    _keep_weather(store)
    if not store.results(NAME):
        _screen(store, _part(progress, 0.7, 0.95))
    api.watch(store, NAME)


def is_there(store: api.Store) -> bool:
    """Say whether the crashes of the sample country are in the store."""
    return any(one.name == NAME and one.crashes for one in store.datasets())


def is_complete(store: api.Store) -> bool:
    """Say whether nothing of the sample country is missing."""
    brought = set(LAYERS) <= _there(store) and _has_roads(store)
    return is_there(store) and brought and _has_weather(store) and bool(store.results(NAME))


def _import(store: api.Store, progress: api.Progress) -> None:
    folder = api.sample_folder() / "country"
    uploads = api.read_uploads([folder / name for name in FILES])
    api.import_crashes(store, uploads, profile=PROFILE, dataset=NAME, progress=progress)


def _keep_layers(store: api.Store) -> None:
    folder, there = api.sample_folder() / "country", _there(store)
    for kind in LAYERS:
        if kind not in there:
            text = (folder / f"{kind}.geojson").read_text(encoding="utf-8")
            store.save_layer(NAME, kind, json.loads(text))


def _keep_roads(store: api.Store) -> None:
    if not _has_roads(store):
        folder = api.sample_folder() / "country"
        read = api.read_roads(folder / "roads.geojson", sections=folder / "aadt.csv")
        api.save_roads(store, NAME, read, title="Nurdala")


def _keep_weather(store: api.Store) -> None:
    if not _has_weather(store):
        api.add_weather(store, NAME, api.read_weather(api.sample_folder() / "country/weather.csv"))


def _has_weather(store: api.Store) -> bool:
    return bool(store.weather_version(NAME))


def _has_roads(store: api.Store) -> bool:
    return any(one.name == NAME for one in api.road_networks(store))


def _there(store: api.Store) -> set[str]:
    return {one.key for one in store.layer_list(NAME)}


def _screen(store: api.Store, progress: api.Progress) -> None:
    progress(0.0, api.Message("Searching for blackspots"))
    data = api.load(store, NAME)
    asked, evidence = api.ask(api.data_rung(store, data).presets[0]), api.evidence_text(store, data)
    roads = api.place_on_roads(store, data, NAME)
    result = api.screen(data, asked, progress, roads=roads, evidence=evidence)
    store.save_result(result, NAME)


def _part(progress: api.Progress, start: float, end: float) -> api.Progress:
    def tell(share: float, doing: api.Message | None = None) -> None:
        progress(start + share * (end - start), doing)

    return tell


@jobs.work(WORK)
def work(
    store: api.Store, args: dict[str, Any], progress: api.Progress, finish: jobs.Finish
) -> dict[str, Any]:
    """Open the sample country in the background."""
    bring_in(store, progress)
    return {"page": f"/d/{NAME}"}
