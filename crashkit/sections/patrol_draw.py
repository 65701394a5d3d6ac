"""How the places of a patrol were drawn, and what the draw and its numbers do not say."""

from __future__ import annotations

from collections.abc import Iterator

from crashkit import patrols
from crashkit.blocks import Block, Column, Heading, Points, Table
from crashkit.errors import Message, counted
from crashkit.patrols import SECTION_M, SQUARE_M, Patrol
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether any place can be drawn."""
    return bool(patrols.plan(facts.data, facts.options).spots)


def build(facts: Facts) -> list[Block]:
    """Return the rule of the draw, the chance of each place, and the doubts."""
    found = patrols.plan(facts.data, facts.options)
    return [
        Heading(Message("How the places were drawn")),
        Points(tuple(_rule(found))),
        _table(found),
        Points(tuple(_doubts(found, facts))),
    ]


def _rule(found: Patrol) -> Iterator[Message]:
    yield Message(
        "Drawn from {frame} places with {least} or more crashes in these hours; they hold "
        "{in_frame} of the {all} crashes of these hours. Places with fewer are never drawn.",
        {
            "frame": found.frame,
            "least": found.least,
            "in_frame": found.in_frame,
            "all": len(found.crashes),
        },
    )
    yield Message(
        "A place is one kilometre of a road ({metres} m by its km posts) or, where a crash has no "
        "km post, a square of {side} m.",
        {"metres": SECTION_M, "side": SQUARE_M},
    )
    if len(found.spots) < found.asked:
        yield Message(
            "{asked} places were asked for; there are no more than these, so each of them is "
            "certain to be on the sheet.",
            {"asked": found.asked},
        )
        return
    yield Message(
        "The chance of a place is in proportion to its crashes (systematic draw from an order by "
        "chance). The order of the places is drawn as well."
    )
    yield Message(
        "The number of the draw is {seed}. The same number draws the same places: take another for "
        "each shift, such as its date written as {date}, or the patrol can be foreseen.",
        {"seed": str(found.seed), "date": "20260131"},
    )
    if found.certain:
        yield counted(
            "One place is certain by the number of its crashes: it is on every sheet.",
            "{n} places are certain by the number of their crashes: they are on every sheet.",
            found.certain,
        )


def _table(found: Patrol) -> Table:
    columns = (
        Column(Message("No.")),
        Column(Message("Place")),
        Column(Message("Crashes"), "int"),
        Column(Message("95 % from"), "float", 1),
        Column(Message("95 % to"), "float", 1),
        Column(Message("Chance to be drawn"), "percent"),
    )
    rows = tuple(
        (str(number), patrols.name(one), len(one.crashes), one.low, one.high, one.chance)
        for number, one in enumerate(found.spots, 1)
    )
    return Table(Message("Crashes in these hours at the places drawn"), columns, rows)


def _doubts(found: Patrol, facts: Facts) -> Iterator[Message]:
    yield Message(
        "The numbers are small: by chance alone a place may have few crashes in some years and "
        "many in others. The limits (Garwood 1936) say how far chance reaches; places whose "
        "limits overlap need not differ."
    )
    yield Message(
        "Places with many crashes have had bad luck, too: expect fewer crashes there than are "
        "counted here."
    )
    yield Message(
        "How much traffic runs at these places in these hours is not known here: many crashes need "
        "not mean a high risk, and nothing is said about what a patrol changes."
    )
    if found.unknown_hour:
        yield counted(
            "Of one crash the hour is not known: it is left out.",
            "Of {n} crashes the hour is not known: they are left out.",
            found.unknown_hour,
        )
    if found.unplaced:
        yield counted(
            "One crash of these hours has neither km post nor coordinates: it is at no place.",
            "{n} crashes of these hours have neither km post nor coordinates: they are at no "
            "place.",
            found.unplaced,
        )
    if found.shift.crosses_midnight and "weekday" in facts.filter_query:
        yield Message(
            "The filter keeps days of the week and the shift goes on after midnight: the hours "
            "after midnight are those of the same date, which lie before the shift begins."
        )


SECTION = Section(
    name="patrol_draw", title="How the places of a patrol were drawn", build=build, applies=applies
)
