"""The pages of methods: one for each place and each measure, and the index with the data ladder."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import made_crashes
import pictures
import worked

from crashkit import api, method, screening
from crashkit.errors import Message, MethodError
from crashkit.method import Measure, ParamInfo, Place
from crashkit.model import ScreeningResult
from crashkit.presets import Preset

Method = Place | Measure

NEEDS = {
    "roads": "a network of roads",
    "topology": "junctions: those of a network of roads, or a layer of them",
    "aadt": "traffic (AADT) of the roads",
    "severity": "the severity of each crash",
    "crash_type": "the type of each crash",
    "population": "peers: places cut like this one that do not overlap, or a known rate",
    "coordinates": "coordinates of the crashes",
    "chainage": "the road and the km post of the crashes",
    "areas": "a layer of areas",
    "corridors": "corridors, told for the network of roads",
    "nominated": "sites of the register that people proposed",
}
PER = {"km": "per km of road", "km2": "per km² of ground", "place": "place by place"}


def say(message: Message) -> str:
    """Say a message in English."""
    return api.speaker("en").say(message)


# ------------------------------------------------------------------- index


def index() -> Iterator[str]:
    """List all methods in two groups, with the data ladder on top."""
    yield "# Places and measures\n"
    yield "A screening is a *place* (where we look), a *measure* (what we measure) and a filter. A"
    yield "[preset](presets.md) is such a choice with a name and a source. Each method has a page:"
    yield "what it is for, its parameters, a small example to follow by hand, its sources.\n"
    yield "## Which method suits which data\n"
    yield "The better the data, the more can be said. These are recommended, the best first; all"
    yield "others stand under *more methods*.\n"
    yield from table(("Rung", "What the data have", "Presets that suit"), _ladder())
    yield "## Where we look\n"
    places = [
        (_link(name, one), first_sentence(one), _listed(NEEDS[need] for need in one.needs))
        for name, one in screening.places().items()
    ]
    yield from table(("Place", "What it is", "Needs"), places)
    yield "## What we measure\n"
    for target, sentence in method.TARGETS.items():
        found = {name: one for name, one in screening.measures().items() if one.target == target}
        rows = [
            (_link(name, one), first_sentence(one), _listed(NEEDS[need] for need in one.needs))
            for name, one in found.items()
        ]
        yield f"### Ranked by {say(sentence)}\n"
        yield from table(("Measure", "What it is", "Needs"), rows)
    yield "```{toctree}\n:hidden:\n"
    yield from (f"methods/{name}" for name in parts())
    yield "```"


def parts() -> dict[str, Method]:
    """Return every place and every measure by its name."""
    return {**screening.places(), **screening.measures()}


def _link(name: str, one: Method) -> str:
    return f"[{one.title}](methods/{name}.md)"


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words) or "nothing more than crashes"


def _ladder() -> Iterator[tuple[str, str, str]]:
    """Climb the ladder with made data: from no location to a network with traffic."""
    point, post = {"lon": 74.0, "lat": 42.0}, {"road_key": "M-39", "chainage_km": 1.0}
    traffic = {"on_network": True, "with_traffic": True}
    more = " So are the shape of the roads, and the works at sites, over five years."
    steps = (
        ("L0", {"severity": "slight"}, {}, ""),
        ("L1", post, {}, ""),
        ("L1", point, {}, ""),
        ("L2", point, {"on_network": True}, ""),
        ("L3", point, traffic, ""),
        ("L4", point, traffic, more),
    )
    titles = api.list_presets()
    for rung, row, known, further in steps:
        found = screening.rung(made_crashes.made([row]), **known)
        suited = "; ".join(f"{titles[name].title} (`{name}`)" for name in found.presets)
        yield rung, say(found.has) + further, suited


# ------------------------------------------------------------- one method


def page(name: str, one: Method) -> tuple[list[str], str]:
    """Return the lines of the page of a method, and its picture as SVG."""
    example = worked.examples()[name]
    result = worked.answer(example)
    text, sources = _docstring(one)
    lines = [
        f"# {one.title}\n",
        f"{_kind(one)} `{name}` · [all methods](../methods.md)\n",
        text + "\n",
        *_ranking(one),
        *_needs(example, one),
        *_params(one),
        *_example(example, result),
        *_presets(name, one),
        "## Sources\n",
        sources + "\n",
    ]
    return lines, pictures.draw(example, result)


def _kind(one: Method) -> str:
    return "Place" if isinstance(one, Place) else "Measure"


def first_sentence(one: Method) -> str:
    """Return the first sentence of the docstring of a method."""
    return " ".join(_docstring(one)[0].split("\n\n")[0].split())


def _docstring(one: Method) -> tuple[str, str]:
    """Return what the module of a method says of it, and its sources."""
    function = one.cut if isinstance(one, Place) else one.score
    told = (sys.modules[function.__module__].__doc__ or "").strip()
    text, _, sources = told.partition("\nSource: ")
    return text.strip(), sources[:1].upper() + sources[1:]


def _ranking(one: Method) -> Iterator[str]:
    if isinstance(one, Measure):
        yield "## What the list is ranked by\n"
        yield f"By {say(method.TARGETS[one.target])}. The worst sites of one list need not be those"
        yield "of a list ranked by something else.\n"
        return
    yield "## How its sites are listed\n"
    if not one.overlaps:
        yield "Sites do not overlap: each crash is counted at one site at most."
    elif not one.apart:
        yield "Sites may share crashes. They are listed side by side, and the answer says how many"
        yield "crashes are counted more than once."
    else:
        yield "Sites may share crashes at first. Only the worst of those that do is listed"
        yield ", and what it leaves is cut anew." if one.anew else "."
    if one.partition is None:
        yield "Its places have no peers, so measures that compare with peers need a known rate.\n"
    else:
        yield f"Its places are compared with their peers {PER[one.per]}.\n"


def _needs(example: worked.Example, one: Method) -> Iterator[str]:
    yield "## What it needs\n"
    if not one.needs:
        yield "Crashes cut into places, nothing more.\n"
        return
    rows = [(NEEDS[need], _complaint(example, need)) for need in one.needs]
    yield from table(("Needed", "What is said where it is missing"), rows)


def _complaint(example: worked.Example, need: str) -> str:
    """Ask the example without what it needs, and return what the library says."""
    try:
        if need == "population":
            method.population(None)
        worked.answer(worked.without(example, need))
    except MethodError as error:
        return say(error.message)
    raise ValueError(f"The example of {example.name} does not miss {need}.")


def _params(one: Method) -> Iterator[str]:
    told = method.describe(one.params)
    simple = {param.name for param in told}
    rows = [
        (f"`{param.name}`", param.label, _with_unit(_number(param.default), param), _limits(param))
        for param in told
    ]
    rows += [
        (f"`{item.name}`", item.metadata["label"], "", "a table, told in the preset")
        for item in dataclasses.fields(one.params)
        if item.name not in simple
    ]
    yield "## Parameters\n"
    if rows:
        yield from table(("Parameter", "Meaning", "Default", "Allowed"), rows)
    else:
        yield "There is nothing to choose.\n"


def _limits(param: ParamInfo) -> str:
    if param.choices:
        return ", ".join(param.choices)
    return _with_unit(f"{_number(param.low)} to {_number(param.high)}", param)


def _with_unit(words: str, param: ParamInfo) -> str:
    return f"{words} {param.unit}".strip()


def _number(value: object) -> str:
    """Write a number without a power of ten; a word as it is, an open limit as nothing."""
    if isinstance(value, int | float):
        return f"{value:,.10g}"
    return "" if value is None else str(value)


def _example(example: worked.Example, result: ScreeningResult) -> Iterator[str]:
    place, measure = screening.places()[example.place], screening.measures()[example.measure]
    yield "## A worked example\n"
    yield f"Place: {place.title}. Measure: {measure.title}."
    yield "Crashes of the three years 2021 to 2023.\n"
    yield from _chosen(example, place, measure)
    yield ""
    yield from tables(example)
    # In one line: one that begins with a sign or a number would be taken for a list.
    yield f"**By hand.** {' '.join(example.by_hand.split())}\n"
    yield from answered(example, result)
    yield f"![{pictures.told(example, result)}]({example.name}.svg)\n"


def tables(example: worked.Example) -> Iterator[str]:
    """Show the tables of an example: its roads, its crashes and what else it has."""
    for word, title in TABLES.items():
        rows = getattr(example, word)
        if rows:
            yield f"{title}\n"
            shown = [_shown(row) for row in rows]
            yield from table(list(shown[0]), [tuple(row.values()) for row in shown])


def answered(example: worked.Example, result: ScreeningResult) -> Iterator[str]:
    """Show what the library answers, site by site."""
    yield "**The answer** of the library, asked when this page was built:\n"
    said = [say(found.score.reason) if found.score.reason else "" for found in result.findings]
    rows = [
        (*row.values(), words)
        for row, words in zip(worked.listed(example, result), said, strict=True)
    ]
    value = f"Value ({example.value_is})"
    if rows:
        yield from table(("Rank", "Site", "Crashes", value, "What is said of it"), rows)
    else:
        yield "Nothing is listed.\n"
    yield f"Places compared: {result.compared}.\n"


TABLES = {
    "roads": "The roads, as straight lines on a plane (metres):",
    "areas": "The areas, as rectangles on a plane (metres):",
    "corridors": "The corridors:",
    "proposed": "The places that people proposed:",
    "crashes": "The crashes:",
}
JOINED = {
    "East (m)": ("from_east", "to_east"),
    "North (m)": ("from_north", "to_north"),
    "Km": ("from_km", "to_km"),
    "From west to east (m)": ("west", "east"),
    "From south to north (m)": ("south", "north"),
}
"""Columns of tables that stand in one column on a page."""
HEADS = {
    "n": "Crashes alike",
    "road_key": "Road",
    "road": "Road",
    "chainage_km": "Km post",
    "severity": "Severity",
    "crash_type": "Type",
    "east_m": "East (m)",
    "north_m": "North (m)",
    "radius_m": "Radius (m)",
    "class": "Class",
    "aadt": "AADT",
    "area": "Area",
    "corridor": "Corridor",
    "name": "Name",
    "why": "Found, or why not",
    "area_type": "Setting",
    "crash_date": "Date",
    "n_killed": "Killed",
    "n_serious": "Seriously hurt",
    "n_slight": "Slightly hurt",
    "n_injured": "Hurt",
}


def _shown(row: Mapping[str, str]) -> dict[str, str]:
    """Return the heads and cells of a row as a page shows them: points and ends in one cell."""
    cells = dict(row)
    shown = {}
    for head, names in JOINED.items():
        if all(name in cells for name in names):
            shown[head] = " to ".join(cells.pop(name) for name in names)
    return {HEADS[name]: cell for name, cell in cells.items()} | shown


def _chosen(example: worked.Example, place: Place, measure: Measure) -> Iterator[str]:
    """Say which parameters are not the usual ones."""
    known = (*dataclasses.fields(place.params), *dataclasses.fields(measure.params))
    about = {item.name: item.metadata for item in known}
    chosen = {**example.place_params, **example.measure_params}
    for name, value in chosen.items():
        unit = about[name].get("unit", "")
        yield f"- {about[name]['label']} (`{name}`): {_told(value)} {unit}".rstrip()


def _told(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(one)}" for name, one in value.items())
    if isinstance(value, list):
        return " or ".join(_told(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else _number(value)


def _presets(name: str, one: Method) -> Iterator[str]:
    yield "## Presets that use it\n"
    using = {
        id_: preset
        for id_, preset in api.list_presets().items()
        if name == (preset.place if isinstance(one, Place) else preset.measure)
    }
    if not using:
        yield "None is shipped: [make a rule of your own](../../how-to/presets.md) with it.\n"
        return
    other = "Measure" if isinstance(one, Place) else "Place"
    rows = [
        (
            f"[{preset.title}](../presets/{id_}.md) (`{id_}`)",
            _other(preset, one),
            f"{preset.source} ({standing(preset)})",
        )
        for id_, preset in using.items()
    ]
    yield from table(("Preset", other, "Source and standing"), rows)


def _other(preset: Preset, one: Method) -> str:
    name = preset.measure if isinstance(one, Place) else preset.place
    return f"[{parts()[name].title}]({name}.md)"


def standing(preset: Preset) -> str:
    """Say whether somebody checked a preset against the text of its rule."""
    return "verified" if preset.verified else "not verified"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a table of Markdown."""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""
