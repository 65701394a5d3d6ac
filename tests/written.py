"""Every kind of report about a data set of a store, as people press the button for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import invented
from babel.messages import pofile

from crashkit import api, quality, quick, report, stripcharts, text
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.section import Facts, Report
from crashkit.store import Store


def reports(store: Store, dataset: str) -> dict[str, Report]:
    """Write every kind that there is about a data set; options are the usual ones."""
    told = facts(store, dataset)
    return {kind: report.assemble(kind, told[needs(kind)]) for kind in report.kinds()}


def of_data(kind: str, data: CrashData) -> Report:
    """Write a kind about crashes that no store keeps."""
    need = needs(kind)
    told = invented.facts(data, preset="poisson_1km" if need == "screening" else "")
    if need == "quality":
        told = replace(told, quality=quality.judge(data))
    if need == "place":
        found = quick.find(data, quick.gazetteer(data, {}, ()), "45.4 69.9 ± 20000 m")
        assert found.place is not None, found
        answer = quick.answer(data, found.place)
        told = replace(invented.facts(data, words=answer.chosen.words), answer=answer)
    return report.assemble(kind, told)


def needs(kind: str) -> str:
    """Say what a kind is about besides crashes: "screening", "quality", "place" or ""."""
    one = report.kinds()[kind]
    if one.needs_place:
        return "place"
    return "screening" if one.needs_screening else "quality" if one.needs_quality else ""


def facts(store: Store, dataset: str) -> dict[str, Facts]:
    """Gather what reports look at, by what they need."""
    data = api.load(store, dataset)
    layers = api.report_layers(store, dataset)
    asked = api.ask(api.recommended_preset(data))
    roads = api.place_on_roads(store, data) if api.needs_roads(asked) else None
    found = api.screen(data, asked, roads=roads)
    told = partial(
        api.gather,
        data,
        layers=layers,
        source=store,
        scorecard=api.quality(store, dataset),
    )
    plain = told(chosen=api.parse_filter(""))
    answer = api.answer_place(data, _first(store, data))
    strips = stripcharts.strips(data, found, roads)
    return {
        "": plain,
        "quality": plain,
        "screening": replace(plain, screening=found, strips=tuple(strips)),
        "place": replace(told(chosen=answer.chosen), answer=answer),
    }


def _first(store: Store, data: CrashData) -> api.Place:
    """Return the wide surroundings of the first crash that has a place."""
    located = data.crashes.dropna(subset=["lon", "lat"])
    lat, lon = (float(located[name].iloc[0]) for name in ("lat", "lon"))
    found = api.find_place(store, data, f"{lat:.4f}, {lon:.4f}", width_m=20_000.0)
    assert found.place is not None, found
    return found.place


# ------------------------------------------------------------------ sentences


def sentences(told: Any) -> Iterator[Message]:
    """Return every sentence of a report, also those in the holes of others and in drawings."""
    if isinstance(told, Message):
        yield told
        yield from sentences(tuple(told.values.values()))
    elif isinstance(told, Mapping):
        yield from sentences(tuple(told.values()))
    elif isinstance(told, list | tuple):
        for one in told:
            yield from sentences(one)
    elif hasattr(told, "__dataclass_fields__"):
        yield from sentences(tuple(vars(told).values()))


def untranslated(made: Report, language: str) -> list[str]:
    """Return the sentences of a report that a language says in English."""
    known = _translated(language)
    own = {one.text for one in sentences(made)} - known
    return sorted(text for text in own if WORD.search(HOLES.sub("", text)))


HOLES = re.compile(r"\{[^}]*\}")
WORD = re.compile("[A-Za-z]{2}")


@cache
def _translated(language: str) -> frozenset[str]:
    file = Path(text.__file__).parent / "locale" / f"{language}.po"
    with file.open("rb") as opened:
        read = pofile.read_po(opened, locale=language)
    said = (one for one in read if one.string and all(one.string) and not one.fuzzy)
    return frozenset(one.id if isinstance(one.id, str) else one.id[0] for one in said)
