"""The roads of the list by kilometre, with the sites as bands numbered as in the table."""

from __future__ import annotations

from crashkit import filters
from crashkit.blocks import (
    Block,
    Figure,
    Heading,
    Note,
)
from crashkit.chainage import SEVERITIES
from crashkit.errors import Message
from crashkit.section import Facts, Section
from crashkit.stripcharts import Strip

MOST_ROADS = 6
"""So many roads are drawn, those of the worst sites."""


def applies(facts: Facts) -> bool:
    """Say whether sites lie on roads with km posts."""
    return bool(facts.strips)


def build(facts: Facts) -> list[Block]:
    """Return a drawing for each road, that of the worst site first."""
    found: list[Block] = [Heading(Message("Along the roads"))]
    if len(facts.strips) > MOST_ROADS:
        more = {"shown": MOST_ROADS, "roads": len(facts.strips)}
        text = Message("Of {roads} roads with sites the {shown} with the worst are drawn.", more)
        found.append(Note(text))
    return [*found, *map(_figure, facts.strips[:MOST_ROADS])]


def _figure(strip: Strip) -> Figure:
    columns = list(zip(*(bar.counts for bar in strip.bars), strict=True))
    data = {
        "at_km": [bar.from_km for bar in strip.bars],
        "step_km": strip.step_km,
        "series": [
            {"key": key, "label": filters.value_label("severity", key), "values": values}
            for key, values in zip(SEVERITIES, columns, strict=True)
            if any(values)
        ],
        "bands": [(one.from_km, one.to_km, str(one.position)) for one in strip.bands],
        "towns": [(one.at_km, one.name) for one in strip.marks],
        "across": Message("Km post"),
    }
    words = {"road": strip.label, "n": strip.crashes, "sites": len(strip.bands)}
    caption = Message(
        "{road}: crashes for each km of road, {n} in all; shaded are the {sites} sites, by their "
        "numbers in the list",
        words,
    )
    alt = Message("Strip of {road} with {n} crashes by km and {sites} sites.", words)
    return Figure("strip", caption, alt, data)


SECTION = Section(
    name="site_strips",
    title="Roads of the list by kilometre",
    build=build,
    applies=applies,
    needs="screening",
)
