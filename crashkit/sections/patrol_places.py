"""Places for a patrol in a shift: where, what to watch, and lines to fill in by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crashkit import filters, patrolling, stats, tables
from crashkit.blocks import Block, Column, Heading, Note, Pairs, Paragraph, Points, Table
from crashkit.errors import Message, counted
from crashkit.patrolling import Drawn, Place
from crashkit.section import Facts, Section
from crashkit.stats import FEW

USUAL_PLACES = 6
LINES = 3
"""So many lines are left at each place to write on."""
BLANK = "\N{NO-BREAK SPACE}"
RULED = "_" * 40


def _shift(facts: Facts) -> str:
    """Return the shift that was chosen, or the one with the most crashes; "" where none is told."""
    if "shift" in facts.options:
        return facts.options["shift"]
    levels = filters.levels(facts.data, patrolling.SHIFTS)
    if levels is None:
        return ""
    counts = dict(zip(levels.values, levels.counts()[1:], strict=True))
    known = {key: n for key, n in counts.items() if n and key not in ("", filters.UNKNOWN)}
    return max(known, key=lambda key: known[key]) if known else ""


def _drawn(facts: Facts) -> Drawn | None:
    shift = _shift(facts)
    if not shift:
        return None
    wanted = int(facts.options.get("places", USUAL_PLACES))
    seed = int(facts.options.get("seed", 0))
    return patrolling.draw(patrolling.in_shift(facts.data, shift), wanted, seed)


def applies(facts: Facts) -> bool:
    """Say whether hours are told, and more than one crash of a shift lies in one place."""
    found = _drawn(facts)
    return found is not None and bool(found.places)


def build(facts: Facts) -> list[Block]:
    """Return what to fill in, how the places were drawn, and the places."""
    found = _drawn(facts)
    assert found is not None
    seed = int(facts.options.get("seed", 0))
    blocks: list[Block] = [
        Heading(Message("Patrol")),
        Pairs(
            (
                (Message("Hours"), filters.value_label(patrolling.SHIFTS, _shift(facts))),
                (Message("Date"), RULED),
                (Message("Officers"), RULED),
                (Message("Patrol vehicle"), RULED),
            )
        ),
        Points(tuple(_how(found, seed))),
        Note(REGRESSION),
        Heading(Message("Places")),
        _overview(facts, found),
    ]
    for number, place in enumerate(found.places, 1):
        blocks += _at(number, place, facts)
    return blocks


REGRESSION = Message(
    "Places at the top of such a list have had bad luck, too: expect fewer crashes there than are "
    "counted here. The sheet says where crashes were, not why, and not where traffic is riskiest."
)


def _how(found: Drawn, seed: int) -> Iterator[Message]:
    yield Message(
        "{used} of {of} crashes of these hours have a place: road and whole kilometre."
        if found.by_road
        else "{used} of {of} crashes of these hours have a place: a square of one kilometre.",
        {"used": found.used, "of": found.of},
    )
    words = {"n": len(found.places), "candidates": found.candidates, "known": found.known}
    if not seed or found.candidates <= len(found.places):
        yield Message(
            "These are the {n} places with the most crashes of {known} with two or more; nothing "
            "was drawn by lot.",
            words,
        )
        return
    yield Message(
        "These {n} places were drawn by lot with the number {seed}, each with the same chance, "
        "from the {candidates} with the most crashes of {known} with two or more. Another number "
        "draws others.",
        {**words, "seed": seed},
    )


def _overview(facts: Facts, found: Drawn) -> Table:
    has_killed = tables.records(facts.everything, "killed")
    columns = [
        Column(Message("No."), "int"),
        Column(Message("Place")),
        Column(Message("Crashes"), "int"),
        Column(Message("95 % from"), "float", 1),
        Column(Message("95 % to"), "float", 1),
        *((Column(Message("Killed"), "int"),) if has_killed else ()),
        Column(Message("Latitude"), "float", 5),
        Column(Message("Longitude"), "float", 5),
    ]
    rows = []
    for number, place in enumerate(found.places, 1):
        n = len(place.data)
        low, high = stats.poisson_interval(n)
        killed = (place.killed,) if has_killed else ()
        limits = (round(low, 1), round(high, 1))
        rows.append((number, place.label, n, *limits, *killed, place.lat, place.lon))
    period = facts.data.period
    caption = Message(
        "Crashes in these hours by place, {start} to {end}",
        {"start": period.start, "end": period.end},
    )
    return Table(caption, tuple(columns), tuple(rows))


def _at(number: int, place: Place, facts: Facts) -> list[Block]:
    words: dict[str, Any] = {"n": number, "place": place.label}
    return [
        Heading(Message("{n}. {place}", words), 2),
        Paragraph(tuple(_watch(place, facts))),
        Table(
            Message("To fill in, place {n}", {"n": number}),
            tuple(Column(one) for one in BY_HAND),
            tuple((BLANK,) * len(BY_HAND) for _ in range(LINES)),
        ),
    ]


BY_HAND = (
    Message("From, to"),
    Message("What was seen"),
    Message("What was done"),
    Message("Signature"),
)


def _watch(place: Place, facts: Facts) -> Iterator[Message]:
    n = len(place.data)
    yield counted("One crash.", "{n} crashes.", n)
    for name, said in WATCHED:
        found = _most(place, name)
        if found is not None:
            value, many = found
            yield Message(said, {"value": filters.value_label(name, value), "many": many, "n": n})
    if n < FEW:
        yield Message("That is too few to tell a pattern; read it as a list.")


WATCHED = (
    ("crash_type", Message("Most often: {value} ({many} of {n}).").text),
    ("weekday", Message("Most on: {value} ({many} of {n}).").text),
    ("hour", Message("Most in the hour from {value} ({many} of {n}).").text),
)


def _most(place: Place, name: str) -> tuple[str, int] | None:
    """Return the value that most have, if more than one has it and no other as many."""
    levels = filters.levels(place.data, name)
    if levels is None:
        return None
    counts = sorted(
        (int(n), value)
        for value, n in zip(levels.values, levels.counts()[1:], strict=True)
        if value not in ("", filters.UNKNOWN)
    )
    if not counts or counts[-1][0] < 2 or (len(counts) > 1 and counts[-2][0] == counts[-1][0]):
        return None
    return counts[-1][1], counts[-1][0]


SECTION = Section(
    name="patrol_places",
    title="Places for a patrol",
    build=build,
    applies=applies,
)
