"""Which road or corridor a report is about: from where to where, how long, how busy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from crashkit import chainage, filters, options, routes
from crashkit.blocks import Block, Heading, Note, Pairs
from crashkit.errors import Message
from crashkit.roads.corridors import CORRIDOR
from crashkit.routes import Route
from crashkit.section import Facts, Section, route_of, span, tells_severity

HARMLESS = {"road", "year", "from", "to", "severity"}
"""Fields by which a filter may choose, and lengths and traffic are still those of its crashes."""


def applies(facts: Facts) -> bool:
    """Say whether a road or corridor with crashes is known, or was asked for."""
    return route_of(facts) is not None or "road" in facts.options


def build(facts: Facts) -> list[Block]:
    """Return the facts of the road, and a warning where the filter takes a part of its crashes."""
    route = route_of(facts)
    heading = Heading(Message("The route"))
    if route is None:
        return [heading, _nothing_on(facts.options["road"])]
    return [heading, *_warnings(facts), Pairs(tuple(_pairs(facts, route)))]


def _nothing_on(word: str) -> Note:
    return Note(
        Message(
            "No crash of the report has a known place along {road}: its km posts are not known, or "
            "the network of roads has no road of this name.",
            {"road": options.route_name(word)},
        ),
        "warning",
    )


def _warnings(facts: Facts) -> Iterator[Note]:
    other = sorted(filters.fields_of(filters.parse(facts.filter_query)) - HARMLESS)
    if other:
        yield Note(
            Message(
                "The filter chooses by {fields}, but length and traffic are those of the whole "
                "route: what is divided by them is too low.",
                {"fields": [filters.label(one) for one in other]},
            ),
            "warning",
        )


def _pairs(facts: Facts, route: Route) -> Iterator[tuple[Message, Any]]:
    named = Message("Corridor") if route.way.word.startswith(CORRIDOR) else Message("Road")
    yield named, route.way.name
    if len(route.way.legs) > 1:
        yield Message("Sections"), Message("{sections}", {"sections": [*_legs(route)]})
    else:
        yield Message("From and to"), next(_legs(route))
    steps = route.risk.steps
    yield Message("Length"), Message("{km} km", {"km": round(_length_km(route), 1)})
    yield Message("Ends of the road"), _ends(route)
    known = np.isfinite(steps.aadt)
    if known.any():
        yield filters.label("aadt"), _traffic(route)
    yield Message("Crashes on it"), _crashes(facts, route)
    if facts.summary.killed is not None and facts.summary.serious is not None:
        people = {"killed": int(route.risk.killed.sum()), "serious": int(route.risk.serious.sum())}
        yield (
            Message("People"),
            Message("{killed} killed, {serious} seriously injured", people),
        )
    lost = len(facts.data) - len(route.rows)
    yield (
        Message("Not on it"),
        Message("{n} crashes of the report lie elsewhere, or at no known km", {"n": lost}),
    )


def _crashes(facts: Facts, route: Route) -> Message:
    """Count the crashes, and the severe ones where the source tells how severe they were."""
    n = int(route.risk.steps.crashes.sum())
    if not tells_severity(facts):
        return Message("{n}", {"n": n})
    return Message(
        "{n}, of which {severe} with people killed or seriously injured",
        {"n": n, "severe": int(route.risk.severe.sum())},
    )


def _legs(route: Route) -> Iterator[Message]:
    for number, leg in enumerate(route.way.legs):
        yield span(route.label(number), leg.from_m / 1000, leg.to_m / 1000)


def _length_km(route: Route) -> float:
    """Return the length of road on a network, or else from post to post."""
    if routes.lines(route.asked).strips is not None:
        return float(route.risk.steps.km.sum())
    return chainage.length_km(route.way.legs)


def _ends(route: Route) -> Message:
    if routes.lines(route.asked).strips is not None:
        return Message("as the network of roads has them")
    return Message("its first and its last crash: no network of roads is known")


def _traffic(route: Route) -> Message:
    steps = route.risk.steps
    known = np.isfinite(steps.aadt)
    told = float(steps.km[known].sum())
    return Message(
        "{mean} on average, from {low} to {high}; known on {share} % of the length",
        {
            "mean": round(float((steps.aadt[known] * steps.km[known]).sum()) / told),
            "low": round(float(steps.aadt[known].min())),
            "high": round(float(steps.aadt[known].max())),
            "share": round(100 * told / float(steps.km.sum())),
        },
    )


SECTION = Section(
    name="route_definition",
    title="The route",
    build=build,
    applies=applies,
)
