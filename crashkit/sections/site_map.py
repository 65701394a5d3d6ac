"""The listed sites on a map, numbered as in the table, over the crashes that were looked at."""

from __future__ import annotations

import math

import numpy as np

from crashkit.blocks import (
    Block,
    Figure,
    Heading,
)
from crashkit.errors import Message
from crashkit.section import (
    Facts,
    Section,
    frame,
    ground_words,
    points,
)

MOST_NUMBERED = 25
"""So many sites bear their number; with more, the numbers would hide the map."""


def applies(facts: Facts) -> bool:
    """Say whether any listed site has coordinates."""
    found = facts.screening.findings if facts.screening else ()
    return any(math.isfinite(one.site.lon) and math.isfinite(one.site.lat) for one in found)


def build(facts: Facts) -> list[Block]:
    """Return the map."""
    result = facts.screening
    assert result is not None
    placed = [
        (number, one.site)
        for number, one in enumerate(result.findings, 1)
        if math.isfinite(one.site.lon) and math.isfinite(one.site.lat)
    ]
    lon, lat, _ = points(facts.data)
    spots = np.array([(site.lon, site.lat) for _, site in placed])
    data = {
        "lon": lon,
        "lat": lat,
        "box": frame(spots[:, 0], spots[:, 1]),
        "sites": tuple(
            (site.lon, site.lat, str(number) if number <= MOST_NUMBERED else "")
            for number, site in placed
        ),
        "layers": facts.layers,
    }
    caption = Message(
        "{shown} of {sites} sites, the first {numbered} with their numbers in the list; grey: all "
        "located crashes. {ground}",
        {
            "shown": len(placed),
            "sites": len(result.findings),
            "numbered": min(MOST_NUMBERED, len(result.findings)),
            "ground": ground_words(facts.layers),
        },
    )
    alt = Message("Map of {n} sites with their numbers in the list.", {"n": len(placed)})
    return [Heading(Message("Where the sites are")), Figure("map", caption, alt, data)]


SECTION = Section(
    name="site_map",
    title="Map of the sites",
    build=build,
    applies=applies,
    needs="screening",
)
