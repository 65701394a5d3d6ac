"""A route section by section: rate and critical rate, band of risk, what its crashes cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from crashkit import economics, filters, routes
from crashkit.blocks import Block, Column, Figure, Heading, Paragraph, Points, Table
from crashkit.errors import Message
from crashkit.roads.corridors import CORRIDOR
from crashkit.routes import Risk, Route
from crashkit.section import Facts, Section, route_of

RATE = Message("Crashes per 100 million vehicle-km")
HUNDRED = 100.0
"""Rates are told for so many million vehicle-km: readers count them in whole numbers."""
COST = Message("Cost for each km and year, in yearly incomes of a person")


def applies(facts: Facts) -> bool:
    """Say whether a route is known, and what happened on it was severe or traffic is told."""
    route = route_of(facts)
    if route is None or facts.data.period.undated:
        return False
    return bool(np.isfinite(route.risk.rate).any() or route.risk.cost[1].any())


def build(facts: Facts) -> list[Block]:
    """Return what was found in words, the drawing and the table."""
    route = route_of(facts)
    if route is None:
        return []
    found = route.risk
    return [
        Heading(Message("Rate, risk and cost by section")),
        Paragraph(tuple(_finding(found))),
        Figure("profile", _title(route), _alt(route), _drawn(route)),
        _table(route),
        Points(tuple(_notes(found))),
    ]


def _title(route: Route) -> Message:
    words = {"name": route.way.name, "km": round(route.risk.step_km)}
    return Message("Crash rate, band of risk and cost along {name}, by sections of {km} km", words)


def _alt(route: Route) -> Message:
    found = route.risk
    words = {
        "name": route.way.name,
        "n": len(found.steps),
        "worse": int(found.worse.sum()),
    }
    return Message(
        "Bars for {n} sections of {name}; {worse} have a rate above the critical one.", words
    )


def _finding(found: Risk) -> Iterator[Message]:
    rated = int(np.isfinite(found.rate).sum())
    if rated:
        yield Message(
            "Of {rated} sections with traffic told, {worse} have a rate above their critical one; "
            "chance alone would put up to {chance} there.",
            {
                "rated": rated,
                "worse": int(found.worse.sum()),
                "chance": round(0.05 * rated, 1),
            },
        )
        high = int((found.band == len(routes.BANDS) - 1).sum())
        told = int((found.band != routes.TOO_FEW).sum())
        if told:
            yield Message(
                "{told} sections have crashes enough for a band of risk; {high} of them lie in "
                "the highest.",
                {"told": told, "high": high},
            )
        else:
            yield Message("No section has crashes enough for a band of risk.")
    else:
        yield Message("Traffic is told of no section: there are no rates and no bands of risk.")
    total = found.cost[1] * found.steps.km
    if total.sum() > 0:
        low, central, high_cost = (
            float((one * found.steps.km).sum()) / float(found.steps.km.sum()) for one in found.cost
        )
        yield Message(
            "People killed and seriously injured cost {central} yearly incomes of a person for "
            "each km and year (from {low} to {high}, by what a life is valued at).",
            {"central": round(central, 1), "low": round(low, 1), "high": round(high_cost, 1)},
        )


def _drawn(route: Route) -> dict[str, Any]:
    found, steps = route.risk, route.risk.steps
    alone = len(route.way.legs) == 1
    return {
        "at_km": steps.at_km.tolist(),
        "to_km": (steps.at_km + steps.to_km - steps.from_km).tolist(),
        "rate": _or_none(HUNDRED * found.rate),
        "critical": _or_none(HUNDRED * found.critical),
        "average": HUNDRED * found.average,
        "band": found.band.tolist(),
        "bands": routes.BANDS,
        "cost": found.cost.tolist(),
        "across": Message("Km post") if alone else Message("Km along the corridor"),
        "rate_title": RATE,
        "cost_title": COST,
    }


def _or_none(values: Any) -> list[float | None]:
    return [one if np.isfinite(one) else None for one in values.tolist()]


def _table(route: Route) -> Table:
    found, steps = route.risk, route.risk.steps
    columns: list[tuple[Column, list[Any]]] = [
        (Column(Message("From km"), "float", 1), steps.from_km.tolist()),
        (Column(Message("To km"), "float", 1), steps.to_km.tolist()),
    ]
    if route.way.word.startswith(CORRIDOR):
        roads = [route.label(leg) for leg in steps.leg.tolist()]
        columns.append((Column(Message("Road")), roads))
    severe = Message("Crashes with people killed or seriously injured")
    columns += [
        (Column(Message("Crashes"), "int"), steps.crashes.tolist()),
        (Column(severe, "int"), found.severe.tolist()),
    ]
    if np.isfinite(found.rate).any():
        marks = [Message("above") if one else "" for one in found.worse.tolist()]
        risk = Message("Crashes with people killed or seriously injured, a billion vehicle-km")
        columns += [
            (Column(filters.label("aadt"), "int"), _or_none(steps.aadt.round())),
            (Column(RATE, "float", 1), _or_none(HUNDRED * found.rate)),
            (Column(Message("Critical rate"), "float", 1), _or_none(HUNDRED * found.critical)),
            (Column(Message("Judged")), marks),
            (Column(risk, "float", 0), _or_none(found.risk)),
            (Column(Message("Band of risk")), [*map(_band, found.band.tolist())]),
        ]
    if found.cost[1].any():
        columns.append((Column(COST, "float", 1), found.cost[1].tolist()))
    heads, cells = zip(*columns, strict=True)
    return Table(_title(route), tuple(heads), tuple(zip(*cells, strict=True)))


def _band(place: int) -> Message:
    return Message("too few") if place == routes.TOO_FEW else routes.BANDS[place]


def _notes(found: Risk) -> Iterator[Message]:
    if np.isfinite(found.rate).any():
        yield Message(
            "The critical rate is the mean of the route, and what chance adds to it at the traffic "
            "of a section with 95 % confidence (Highway Safety Manual 2010): chance is not likely "
            "to be the reason of a rate above it. A rate compares sections of one route; it does "
            "not rank roads."
        )
        yield Message(
            "Bands of risk set the crashes with people killed or seriously injured for a billion "
            "vehicle-km beside the mean of the route: up to {first} times, {second}, {third} and "
            "{fourth} times it, and above. They follow the manner of EuroRAP, not its limits; a "
            "section with fewer than {least} such crashes has no band.",
            {
                **dict(zip(("first", "second", "third", "fourth"), routes.limits(), strict=True)),
                "least": routes.least_severe(),
            },
        )
        if routes.unverified():
            yield Message(
                "Not verified: nobody has yet checked the limits of the bands, and how long a "
                "section is, against {sources}.",
                {"sources": [*routes.unverified()]},
            )
    worth = economics.by_income(1.0)
    yield Message(
        "A death costs {death} ({death_low} to {death_high}) and a serious injury {serious} "
        "({serious_low} to {serious_high}) yearly incomes of a person (gross domestic product for "
        "each person; McMahon and Dahdah, iRAP): multiply by that of the country for money. Slight "
        "injuries and damage are not in it.",
        {
            "death": round(worth["fatal"]["central"]),
            "death_low": round(worth["fatal"]["low"]),
            "death_high": round(worth["fatal"]["high"]),
            "serious": round(worth["serious"]["central"]),
            "serious_low": round(worth["serious"]["low"]),
            "serious_high": round(worth["serious"]["high"]),
        },
    )


SECTION = Section(
    name="route_risk",
    title="Rate, risk and cost by section",
    build=build,
    applies=applies,
)
