"""The places of a patrol on a map, by their numbers, over the crashes of the shift."""

from __future__ import annotations

import numpy as np

from crashkit import patrols
from crashkit.blocks import Block, Figure, Heading
from crashkit.errors import Message
from crashkit.section import Facts, Section, frame, ground_words, points


def applies(facts: Facts) -> bool:
    """Say whether any place that is drawn has coordinates."""
    return bool(_placed(facts))


def build(facts: Facts) -> list[Block]:
    """Return the map."""
    placed = _placed(facts)
    lon, lat, _ = points(patrols.plan(facts.data, facts.options).crashes)
    spots = np.array([(x, y) for x, y, _ in placed])
    data = {
        "lon": lon,
        "lat": lat,
        "box": frame(spots[:, 0], spots[:, 1]),
        "sites": tuple(placed),
        "layers": facts.layers,
    }
    caption = Message(
        "The places drawn, with their numbers; grey: the located crashes of these hours. {ground}",
        {"ground": ground_words(facts.layers)},
    )
    alt = Message("Map of {n} places with their numbers.", {"n": len(placed)})
    return [Heading(Message("Where the places are")), Figure("map", caption, alt, data)]


def _placed(facts: Facts) -> list[tuple[float, float, str]]:
    spots = patrols.plan(facts.data, facts.options).spots
    return [
        (*point, str(number))
        for number, spot in enumerate(spots, 1)
        if (point := patrols.middle(spot))
    ]


SECTION = Section(
    name="patrol_map", title="Map of the places of a patrol", build=build, applies=applies
)
