"""The grade of the data, why, what can be asked of them, and each of the 21 checks."""

from __future__ import annotations

from collections.abc import Iterator

from crashkit import quality
from crashkit.blocks import (
    Block,
    Column,
    Heading,
    Note,
    Pairs,
    Points,
    Table,
)
from crashkit.errors import Message
from crashkit.quality import Judged, Scorecard
from crashkit.section import Facts, Section

NOT_JUDGED = Message("not judged")
NOT_GRADED = Message("not graded")


def applies(facts: Facts) -> bool:
    """Say whether the data were judged."""
    return facts.quality is not None


def build(facts: Facts) -> list[Block]:
    """Return the verdict, the table of the checks, and what was found in words."""
    card = facts.quality
    if card is None:
        return []
    return [
        *(Note(told, "warning") for told in card.breaks),
        Pairs(tuple(_verdict(card))),
        Heading(Message("The checks")),
        *_tables(card),
        Heading(Message("What was found, and what to do")),
        Points(tuple(_remarks(card))),
    ]


def _verdict(card: Scorecard) -> Iterator[tuple[Message, Message | str]]:
    yield Message("Quality grade"), card.grade or NOT_GRADED
    yield Message("What these data are good for"), card.verdict
    if card.grade not in ("", "A"):
        yield Message("Decided by"), _titles(card.deciding)
    if card.open:
        yield Message("Decide as well, but could not be graded"), _titles(card.open)
    yield (
        Message("Rung of the data ladder"),
        Message("{id}: {title}", {"id": card.rung.id, "title": card.rung.title}),
    )
    yield Message("What to ask of them"), card.rung.summary
    for missing in card.rung.missing:
        yield Message("Missing for the next rung"), missing


def _titles(found: tuple[Judged, ...]) -> Message:
    return Message("{checks}", {"checks": [one.check.title for one in found]})


def _tables(card: Scorecard) -> Iterator[Table]:
    columns = (
        Column(Message("No."), "int"),
        Column(Message("Check")),
        Column(Message("Quality grade")),
        Column(Message("Value")),
        Column(Message("95 % limits")),
        Column(Message("Which value earns which grade")),
    )
    for blocking, caption in (
        (True, Message("Checks that decide the grade of {n} crashes", {"n": card.crashes})),
        (False, Message("Further checks of {n} crashes", {"n": card.crashes})),
    ):
        rows = (_row(one) for one in card.judged if one.check.blocking is blocking)
        yield Table(caption, columns, tuple(rows))


def _row(one: Judged) -> tuple[int | str | Message | None, ...]:
    return (
        one.check.number,
        one.check.title,
        one.grade or "–",
        quality.shown(one.check, one.value) or NOT_JUDGED,
        quality.interval(one) or "",
        quality.scale(one.check),
    )


def _remarks(card: Scorecard) -> Iterator[Message]:
    for one in card.judged:
        check = one.check
        for detail in one.details:
            yield Message("{check}: {detail}", {"check": check.title, "detail": detail})
        if one.grade in ("B", "C", "D"):
            yield Message(
                "{check}: {meaning} {advice}",
                {"check": check.title, "meaning": check.meaning, "advice": check.advice},
            )


SECTION = Section(
    name="data_quality",
    title="Grade and checks",
    build=build,
    applies=applies,
    needs="quality",
)
