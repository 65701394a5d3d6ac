"""What is planned or done on a route: the sites of the register, with their status and works."""

from __future__ import annotations

from collections.abc import Iterator

from crashkit import register, routes
from crashkit.blocks import Block, Column, Heading, Paragraph, Table
from crashkit.errors import Message, counted
from crashkit.register import SiteRecord
from crashkit.roads import naming
from crashkit.routes import Route
from crashkit.section import Facts, Section, route_of

NAMED = ("works", "study", "visit")
"""Which event of a site is told: the last works, or else the last study or visit."""


def applies(facts: Facts) -> bool:
    """Say whether the register has a site on the route."""
    route = route_of(facts)
    return route is not None and any(_on(route, facts.saved))


def build(facts: Facts) -> list[Block]:
    """Return one row a site, along the route."""
    route = route_of(facts)
    if route is None:
        return []
    sites = sorted(_on(route, facts.saved), key=lambda one: (one.spot.road, one.spot.from_m or 0))
    treated = sum(bool(one.standing("works")) for one in sites)
    columns = (
        Column(Message("No. in the register"), "int"),
        Column(Message("Place")),
        Column(Message("Status")),
        Column(Message("Why it is there")),
        Column(Message("Last told")),
        Column(Message("Date"), "date"),
    )
    said = (
        counted(
            "The register has one site on the route.",
            "The register has {n} sites on the route.",
            len(sites),
        ),
        counted("At one of them works are told.", "At {n} of them works are told.", treated),
        Message(
            "The register holds no costs and no effects of works: a benefit-cost ratio is not told."
        ),
    )
    rows = tuple(_row(one) for one in sites)
    return [
        Heading(Message("Treatment plan")),
        Paragraph(said),
        Table(Message("Sites of the register on the route"), columns, rows, on_paper=40),
    ]


def _row(one: SiteRecord) -> tuple[object, ...]:
    last = next((one.standing(kind)[-1] for kind in NAMED if one.standing(kind)), None)
    said = None
    if last is not None:
        words = {"kind": register.EVENTS[last.kind], "text": last.text}
        said = Message("{kind}: {text}", words) if last.text else register.EVENTS[last.kind]
    day = None if last is None else last.day
    return one.number, register.label(one), register.STATUSES[one.status], one.why, said, day


def _on(route: Route, saved: tuple[SiteRecord, ...]) -> Iterator[SiteRecord]:
    lines = routes.lines(route.asked)
    for one in saved:
        spot = one.spot
        for leg in route.way.legs:
            names = {naming.folded(lines.keys[leg.road]), naming.folded(lines.labels[leg.road])}
            low, high = spot.from_m, spot.to_m
            if low is None or high is None or naming.folded(spot.road) not in names:
                continue
            if max(low, leg.from_m) <= min(high, leg.to_m):
                yield one
                break


SECTION = Section(
    name="route_plan",
    title="Treatment plan",
    build=build,
    applies=applies,
)
