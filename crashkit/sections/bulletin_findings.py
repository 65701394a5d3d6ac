"""What can be said of a month in a few sentences, where the numbers carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from crashkit import completeness, evidence, monthly, timeline
from crashkit.blocks import Block, Heading, Points
from crashkit.errors import Message, NoCount
from crashkit.monthly import Group, Total, Verdict
from crashkit.section import Facts, Section

TOTALS = Message("all totals judged together")
AREAS = Message("all areas judged together")
ROAD_USERS = Message("all road users judged together")
USEFUL = (
    timeline.WHAT["casualties"][timeline.FATAL],
    timeline.WHAT["casualties"][timeline.SEVERE],
    timeline.WHAT["crashes"][timeline.ALL],
)
"""The totals that are told before others that are as sure."""


def applies(facts: Facts) -> bool:
    """Say whether there is a whole month of crashes with dates."""
    return facts.month is not None


def build(facts: Facts) -> list[Block]:
    """Return the sentences: totals, the target, areas, road users; then what shows nothing."""
    month = facts.month
    assert month is not None
    totals = monthly.totals(facts.data, facts.everything, month)
    groups = [*_groups(facts, month)]
    said = [
        *_of_totals(totals),
        *_of_target(facts, month),
        *(one for found, together in groups for one in _of_groups(facts, month, found, together)),
    ][: evidence.book()["length"]["most"]]
    verdicts = [
        *(one.verdict for one in totals),
        *(verdict for found, _ in groups for _, verdict in found),
    ]
    path = monthly.on_path(facts.data, facts.everything, month, public=facts.public)
    is_below = path is not None and path.n < path.limits[0]
    if is_below or any(one.words == monthly.FEWER for one in verdicts):
        said += _not_yet(facts, month)
    notes = [*_notes(verdicts)]
    return [
        Heading(Message("What can be said")),
        Points((*said, _closing(totals))),
        *([Points(tuple(notes))] if notes else []),
    ]


def _of_totals(totals: Sequence[Total]) -> Iterator[Message]:
    """Yield totals that differ: as one rise shows in many of them, not more than say it."""
    claimed = sorted((one for one in totals if one.verdict.is_claim), key=_place)
    chances = [one.verdict.chance for one in claimed]
    found = evidence.claims([one.finding for one in claimed], chances, TOTALS)
    return islice(found, evidence.book()["length"]["totals"])


def _place(one: Total) -> int:
    what = one.count.what
    return USEFUL.index(what) if what in USEFUL else len(USEFUL)


def _of_target(facts: Facts, month: date) -> Iterator[Message]:
    found = monthly.on_path(facts.data, facts.everything, month, public=facts.public)
    if found is not None and not found.is_by_chance:
        yield found.finding
        # From another year than the target is meant from, it is another target.
        yield from found.warnings


Judged = tuple[tuple[Group, Verdict], ...]


def _groups(facts: Facts, month: date) -> Iterator[tuple[Judged, Message]]:
    """Yield areas and road users with what is said of each in the tables below."""
    data, whole = facts.data, facts.everything
    line, area = monthly.worst(data, whole, month), monthly.widest_area(data)
    if area:
        found = monthly.by_area(data, month, line, area)
        yield monthly.among_groups(found, line.clustering), AREAS
    if monthly.tells_road_users(data, whole, month):
        found = monthly.by_road_user(data, month, line)
        yield monthly.among_groups(found, line.clustering), ROAD_USERS


def _of_groups(facts: Facts, month: date, found: Judged, together: Message) -> Iterator[Message]:
    """Yield what is said of groups that differ; of those not known it says only how they write."""
    span, what = monthly.so_far(month), monthly.worst(facts.data, facts.everything, month).what
    claimed = [(one, verdict) for one, verdict in found if verdict.is_claim and one.is_known]
    sentences = [
        monthly.finding(
            Message("{what}, {group}", {"what": what, "group": one.label}), span, one, verdict
        )
        for one, verdict in claimed
    ]
    return evidence.claims(sentences, [verdict.chance for _, verdict in claimed], together)


def _not_yet(facts: Facts, month: date) -> Iterator[Message]:
    """Say beside a fall that what is not entered yet looks like one."""
    for one in completeness.of_month(facts.everything, month):
        if one.is_grave:
            yield Message("Fewer may also be what is not known yet: {why}", {"why": one.said})


def _closing(totals: Sequence[Total]) -> Message:
    compared = monthly.compared_of(totals)
    claimed = sum(one.verdict.is_claim for one in totals)
    if not compared:
        return Message(
            "No total compares with the same months of years before: no change can be claimed."
        )
    words = {"n": NoCount(claimed), "compared": NoCount(compared)}
    if claimed == compared:
        return Message(
            "Totals that differ from the years before by more than chance, judged together: {n} of "
            "{compared}.",
            words,
        )
    return Message(
        "Totals that differ from the years before by more than chance, judged together: {n} of "
        "{compared}. That the others show nothing beyond chance does not prove that nothing "
        "changed.",
        words,
    )


def _notes(verdicts: Sequence[Verdict]) -> Iterator[Message]:
    if any(one.is_claim for one in verdicts):
        yield Message(
            "A sentence stands here only where the numbers carry it; it tells what is recorded, "
            "not why. Totals, areas and road users are each judged among themselves."
        )
        yield evidence.explained()


SECTION = Section(
    name="bulletin_findings",
    title="What can be said of a month",
    build=build,
    applies=applies,
    public=True,
)
