"""A month, and the year up to it: totals beside the same months of the years before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crashkit import monthly
from crashkit.blocks import Block, Heading, Points, Table
from crashkit.errors import Message
from crashkit.monthly import Compared, Span
from crashkit.section import Facts, Section
from crashkit.stats import FEW


def applies(facts: Facts) -> bool:
    """Say whether there is a whole month of crashes with dates."""
    return facts.month is not None


def build(facts: Facts) -> list[Block]:
    """Return what was counted in the month, in the year so far, and what chance can explain."""
    month = facts.month
    assert month is not None
    lines = monthly.lines(facts.data, facts.everything)
    found: list[Block] = [Heading(Message("Totals"))]
    inside: Sequence[Compared] = ()
    for span in dict.fromkeys([monthly.of_month(month), monthly.so_far(month)]):
        counts = monthly.compared(lines, span)
        laid = _table(counts, span)
        if facts.public:
            laid = monthly.with_sums(laid, counts, span, inside)
        found += [Points(tuple(_said(counts, span))), laid]
        inside = counts
    return [*found, Points(NOTES)]


NOTES = (
    Message(
        "The mean is that of up to five years before: all days of the same months count in them, "
        "and no break of recording lies between."
    ),
    Message(
        "“By chance” stands where chance alone can explain the change, “too few” where fewer than "
        "{few} are counted in either time.",
        {"few": FEW},
    ),
    Message(
        "Limits hold what chance and, where years scatter more than chance, that scatter do to "
        "both counts. Of twenty comparisons about one lies outside of them though nothing changed."
    ),
)


def _table(counts: Sequence[Compared], span: Span) -> Table:
    caption = Message("Counted in {span}, beside the years before", {"span": span.words})
    return monthly.table(counts, span, caption)


def _said(counts: Sequence[Compared], span: Span) -> Iterator[Message]:
    for one in counts:
        if one.is_headline:
            yield _finding(one, span)
    if not counts[0].is_whole:
        yield Message("Not every day of {span} counts in these data.", {"span": span.words})
    if not counts[0].years:
        yield Message("There is no year before with the same months to set it against.")


def _finding(one: Compared, span: Span) -> Message:
    words = {"what": one.what, "n": one.n, "span": span.words}
    if one.change is None or one.verdict is None:
        return Message("{what}, {span}: {n}.", words)
    percent, lower, upper = (round(number, 1) for number in one.change)
    verdict = VERDICTS[one.verdict.text]
    change = {"percent": percent, "lower": lower, "upper": upper, "verdict": verdict}
    return Message(
        "{what}, {span}: {n}, that is {percent} % against the mean (95 % limits {lower} % to "
        "{upper} %); {verdict}.",
        {**words, **change},
    )


VERDICTS = {
    monthly.BY_CHANCE.text: Message("chance alone can explain it"),
    monthly.FEWER.text: Message("fewer than before"),
    monthly.MORE.text: Message("more than before"),
}

SECTION = Section(
    name="bulletin_totals",
    title="Totals of a month",
    build=build,
    applies=applies,
    public=True,
)
