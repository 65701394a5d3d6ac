"""A month, and the year up to it: totals beside the same months of the years before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from crashkit import casualties, monthly, timeline
from crashkit.blocks import Block, Heading, Points, Table
from crashkit.errors import Message, NoCount
from crashkit.monthly import Total
from crashkit.section import Facts, Section
from crashkit.stats import FEW
from crashkit.timeline import Timeline


def applies(facts: Facts) -> bool:
    """Say whether there is a whole month of crashes with dates."""
    return facts.month is not None


def build(facts: Facts) -> list[Block]:
    """Return what was counted in the month, in the year so far, and what chance can explain."""
    month = facts.month
    assert month is not None
    totals = monthly.totals(facts.data, facts.everything, month)
    found: list[Block] = [Heading(Message("Totals"))]
    inside: Sequence[Total] = ()
    for _, part in groupby(totals, key=lambda one: one.span):
        of_span = tuple(part)
        laid = _table(of_span)
        if facts.public:
            laid = monthly.with_sums(laid, of_span, inside)
        found += [Points(tuple(_said(of_span))), laid]
        inside = of_span
    lines = monthly.lines(facts.data, facts.everything)
    untold = tuple(note for line in lines for note in line.untold_notes)
    vague = *timeline.vague(lines[0], month_is_enough=True), *timeline.beside_no_others(lines[0])
    return [*found, Points((*untold, *vague, *_notes(totals, lines, month)))]


def _table(totals: Sequence[Total]) -> Table:
    words = {"span": totals[0].span.words}
    return monthly.table(totals, Message("Counted in {span}, beside the years before", words))


def _said(totals: Sequence[Total]) -> Iterator[Message]:
    words = {"span": totals[0].span.words}
    for one in totals:
        if one.count.is_headline:
            yield one.finding
    if not totals[0].count.is_whole:
        yield Message("Not every day of {span} counts in these data.", words)
    if not monthly.years_of(totals):
        yield Message("There is no year before with the same months to set it against.")


def _notes(totals: Sequence[Total], lines: Sequence[Timeline], month: date) -> Iterator[Message]:
    doubtful = [one.what for one in lines if _is_doubtful(one, month)]
    if doubtful:
        yield Message(
            "{what}: more crashes of these months do not tell it than {percent} % of what is "
            "counted, so it is set beside no other year.",
            {"what": doubtful, "percent": casualties.most_untold()},
        )
    yield Message(
        "The mean is that of up to five years before: all days of the same months count in them, "
        "and no break of recording lies between."
    )
    yield Message(
        "“By chance” stands where chance alone can explain the change, “too few” where fewer than "
        "{few} are counted in both times together. A change in per cent stands where both times "
        "have at least {least}.",
        {"few": monthly.few(), "least": NoCount(FEW)},
    )
    compared = monthly.compared_of(totals)
    if compared:
        yield Message(
            "The {n} totals that compare are judged together: the chance that any of them is "
            "called more or fewer though nothing changed is at most {percent} % (Holm 1979). The "
            "limits are of each by itself: they hold what chance and, where years scatter more "
            "than chance, that scatter do to both counts.",
            {"n": NoCount(compared), "percent": NoCount(round(100 * monthly.alpha()))},
        )


def _is_doubtful(line: Timeline, month: date) -> bool:
    spans = (monthly.of_month(month), monthly.so_far(month))
    return any(line.is_doubtful(span.places(month.year)) for span in spans)


SECTION = Section(
    name="bulletin_totals",
    title="Totals of a month",
    build=build,
    applies=applies,
    public=True,
)
