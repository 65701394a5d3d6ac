"""Where crashes gather on a route: steps with more than chance allows, and the sites of lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from crashkit import casualties, chainage, filters, routes
from crashkit.analysis import Listed
from crashkit.blocks import Block, Column, Heading, Note, Paragraph, Points, Table
from crashkit.errors import Message, counted
from crashkit.roads import naming
from crashkit.routes import Cluster, Route
from crashkit.section import Facts, Section, route_of, span, tells_severity
from crashkit.stats import FEW

STEPS_KM = (0.5, 1.0, 2.0, 5.0)
MOST_STEPS = 1000
ABOUT_SEVERE = (
    Message("People killed or seriously injured"),
    Message("Crashes with people killed or seriously injured"),
)


def applies(facts: Facts) -> bool:
    """Say whether a route has crashes enough to be tested."""
    route = route_of(facts)
    return route is not None and len(route.rows) >= FEW


def build(facts: Facts) -> list[Block]:
    """Return the clusters, and the sites of the newest list or of the register."""
    route = route_of(facts)
    if route is None:
        return []
    step_km, steps = _steps(route)
    found = routes.clusters(steps, chainage.judge(steps, step_km))
    blocks: list[Block] = [Heading(Message("Where crashes gather"))]
    blocks.append(Paragraph((_said(found, step_km), _method())))
    if found:
        blocks.append(_told(_table(route, found), facts))
        untold = sum(one.untold for one in found)
        if untold and tells_severity(facts):
            blocks.append(Points((casualties.not_in_sum(untold, [ABOUT_SEVERE[0]]),)))
    return [*blocks, *(_told(one, facts) for one in _sites(route))]


def _steps(route: Route) -> tuple[float, chainage.Steps]:
    long = chainage.length_km(route.way.legs)
    step_km = next((km for km in STEPS_KM if long / km <= MOST_STEPS), STEPS_KM[-1])
    lines = routes.lines(route.asked)
    return step_km, chainage.cut(lines, route.way.legs, step_km, route.asked.data)


def _told(block: Block, facts: Facts) -> Block:
    """Leave out columns about people hurt where the source does not tell of severity."""
    if not isinstance(block, Table) or tells_severity(facts):
        return block
    kept = [i for i, one in enumerate(block.columns) if one.title not in ABOUT_SEVERE]
    columns = tuple(block.columns[i] for i in kept)
    rows = tuple(tuple(row[i] for i in kept) for row in block.rows)
    return replace(block, columns=columns, rows=rows)


def _said(found: tuple[Cluster, ...], step_km: float) -> Message:
    if not found:
        return Message(
            "No step of {km} km has more crashes than chance allows on a route with the same "
            "crashes everywhere.",
            {"km": step_km},
        )
    return counted(
        "One cluster of crashes has more than chance allows on a route with the same crashes "
        "everywhere, in steps of {km} km.",
        "{n} clusters of crashes have more than chance allows on a route with the same crashes "
        "everywhere, in steps of {km} km.",
        len(found),
        km=step_km,
    )


def _method() -> Message:
    return Message(
        "Steps side by side are one cluster; false alarms are held to {percent} % of the steps "
        "named (Benjamini and Hochberg 1995). Traffic, towns and junctions may be the reason.",
        {"percent": round(100 * chainage.FALSE_ALARMS)},
    )


def _table(route: Route, found: tuple[Cluster, ...]) -> Table:
    rows = []
    for number, one in enumerate(found, 1):
        place = span(route.label(one.leg), one.from_km, one.to_km)
        most = _most_frequent(route, np.array(one.rows, dtype=np.int64))
        rows.append((number, place, one.crashes, one.expected, one.hurt, most))
    columns = (
        Column(Message("No."), "int"),
        Column(Message("Place")),
        Column(Message("Crashes"), "int"),
        Column(Message("Expected by chance"), "float", 1),
        Column(ABOUT_SEVERE[0], "int"),
        Column(Message("Most frequent type")),
    )
    caption = Message("Clusters of crashes, those with most beyond the expected number first")
    return Table(caption, columns, tuple(rows))


def _most_frequent(route: Route, rows: np.ndarray) -> Message | None:
    """Name the most frequent known type of crash, and of how many known it is."""
    levels = filters.levels(route.asked.data, "crash_type")
    if levels is None:
        return None
    codes = levels.codes[rows]
    words = [levels.values[code] for code in codes.tolist() if code >= 0]
    known = Counter(word for word in words if word not in ("", filters.UNKNOWN))
    if not known:
        return None
    word, n = min(known.items(), key=lambda one: (-one[1], one[0]))
    return Message(
        "{label}: {n} of {known}",
        {"label": filters.value_label("crash_type", word), "n": n, "known": known.total()},
    )


# ------------------------------------------------------------------ sites of lists


def _sites(route: Route) -> Iterator[Block]:
    listed = route.asked.sites()
    if listed is None:
        return
    on = [(one, leg) for one in listed.listed for leg in _legs(route, one)]
    yield Heading(Message("Listed sites on the route"), 2)
    if not on:
        yield Note(Message("No site of the newest list, or of the register, lies on the route."))
        return
    lines, data = routes.lines(route.asked), route.asked.data
    rows = []
    for one, leg in on:
        low, high = max(one.from_m, leg.from_m), min(one.to_m, leg.to_m)
        here = chainage.on_legs(lines, (chainage.Leg(leg.road, low, high, 0.0),))
        severe = filters.levels(data, "severity")
        n = 0
        if severe is not None:
            codes = [code in ("fatal", "serious") for code in severe.values]
            n = int(severe.look_up(codes, missing=False)[here].sum())
        place = span(lines.labels[leg.road], low / 1000, high / 1000)
        rows.append((one.number, place, len(here), n, _most_frequent(route, here)))
    columns = (
        Column(Message("No.")),
        Column(Message("Place")),
        Column(Message("Crashes"), "int"),
        Column(ABOUT_SEVERE[1], "int"),
        Column(Message("Most frequent type")),
    )
    yield Paragraph((listed.told,))
    caption = Message("Listed sites on the route, with the crashes of this report")
    yield Table(caption, columns, tuple(rows), on_paper=30)


def _legs(route: Route, one: Listed) -> Iterator[chainage.Leg]:
    """Yield the legs that a listed site touches, as the strip marks them."""
    lines = routes.lines(route.asked)
    for leg in route.way.legs:
        label = lines.labels[leg.road]
        names = {naming.folded(lines.keys[leg.road]), naming.folded(label)}
        told = one.label if one.label in lines.labels else ""
        here = told == label if told else naming.folded(one.road) in names
        if here and max(one.from_m, leg.from_m) <= min(one.to_m, leg.to_m):
            yield leg


SECTION = Section(
    name="route_clusters",
    title="Where crashes gather",
    build=build,
    applies=applies,
)
