"""The year beside the one before and the mean of the five before: counts, changes, their limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crashkit import filters, monthly, timeline
from crashkit.blocks import Block, Column, Heading, Paragraph, Points, Table
from crashkit.errors import Message
from crashkit.monthly import Beside, Verdict
from crashkit.section import Facts, Section
from crashkit.timeline import Timeline
from crashkit.trends import expected, ratios

COUNTED = (
    ("crashes", timeline.ALL),
    ("crashes", timeline.FATAL),
    ("casualties", timeline.FATAL),
    ("casualties", timeline.SEVERE),
    ("casualties", timeline.ALL),
)


@dataclass(frozen=True)
class Compared:
    """A count of the year beside one of years before; `change` in per cent with its limits.

    `before` is None where no year before can be compared, `change` is None where one is too small.
    """

    before: float | None
    change: tuple[float, float, float] | None


def applies(facts: Facts) -> bool:
    """Say whether there is a whole year, and one before it to compare with."""
    year = facts.year
    if year is None or timeline.lacks(facts.data) is not None:
        return False
    return any(_against(line, year, 1).before is not None for line in _lines(facts))


def build(facts: Facts) -> list[Block]:
    """Return a line for each of what is counted, and in words what changed more than chance."""
    year = facts.year
    if year is None:
        return []
    lines = list(_lines(facts))
    title = Message("The year {year} beside the years before", {"year": str(year)})
    return [
        Heading(title),
        Paragraph(tuple(_said(lines, year))),
        *_tables(lines, year),
        Points((*(note for line in lines for note in line.untold_notes), *NOTES)),
    ]


NOTES = (
    Message(
        "Changes are told with their 95 % limits of chance alone, which are exact; where several "
        "are hurt in one crash they are wider by that. Counts of {n} and fewer have no per cent.",
        {"n": ratios.SMALL},
    ),
    Message(
        "What is said of the year beside the one before is judged together: the chance that "
        "anything is called a rise or a fall though nothing changed is at most {percent} % (Holm "
        "1979). The limits are of each by itself.",
        {"percent": round(100 * monthly.alpha())},
    ),
    Message(
        "Where recording changed between the years, they are not compared. One year beside another "
        "is no trend."
    ),
)


def _lines(facts: Facts) -> Iterator[Timeline]:
    for unit, show in COUNTED:
        if show in dict(timeline.offered(facts.everything, unit)):
            line = timeline.of(facts.data, whole=facts.everything, unit=unit, show=show)
            if line.total:
                yield line


def _against(line: Timeline, year: int, years: int) -> Compared:
    """Compare a year with the mean of so many before it, if all of these compare with it."""
    wanted = set(range(year - years, year + 1))
    if not any(wanted <= set(run) for run in line.runs):
        return Compared(None, None)
    n = line.by_year.get(year, 0)
    before = sum(line.by_year.get(one, 0) for one in wanted - {year})
    if min(n, before / years) <= ratios.SMALL:
        return Compared(before / years, None)
    return Compared(before / years, expected.change(n, before, years, scatter=line.clustering))


def _said(lines: list[Timeline], year: int) -> Iterator[Message]:
    told = [(line, found) for line in lines if (found := _against(line, year, 1)).change]
    counts = [_beside(line, year) for line, _ in told]
    for (line, found), one, verdict in zip(told, counts, monthly.judged(counts), strict=True):
        percent, low, high = (round(number, 1) for number in found.change or ())
        yield Message(
            "{what}: {n} after {before} the year before, {percent} % (95 % limits of chance alone "
            "{low} % to {high} %); {verdict}.",
            {
                "what": line.what,
                "n": one.n,
                "before": one.last,
                "percent": percent,
                "low": low,
                "high": high,
                "verdict": _in_words(one, verdict),
            },
        )


def _beside(line: Timeline, year: int) -> Beside:
    n, before = (line.by_year.get(one, 0) for one in (year, year - 1))
    return Beside(n=n, before=(before,), scatter=line.clustering)


def _in_words(one: Beside, verdict: Verdict) -> Message:
    if verdict.is_claim:
        return Message("a fall") if verdict.words == monthly.FEWER else Message("a rise")
    return monthly.by_chance(one)


def _tables(lines: list[Timeline], year: int) -> Iterator[Table]:
    last, now = str(year - 1), str(year)
    first = str(year - timeline.YEARS_BEFORE)
    yield _table(
        Message("{year} beside {before}", {"year": now, "before": last}),
        Column(filters.plain(last), "int"),
        lines,
        year,
        1,
    )
    if any(_against(line, year, timeline.YEARS_BEFORE).before is not None for line in lines):
        yield _table(
            Message(
                "{year} beside the mean of {first} to {last}",
                {"year": now, "first": first, "last": last},
            ),
            Column(Message("Mean of the five years before"), "float", 1),
            lines,
            year,
            timeline.YEARS_BEFORE,
        )


def _table(caption: Message, before: Column, lines: list[Timeline], year: int, years: int) -> Table:
    columns = (
        Column(Message("What is counted")),
        before,
        Column(filters.plain(str(year)), "int"),
        Column(Message("Change, %"), "float", 1),
        Column(Message("95 % limits, lower"), "float", 1),
        Column(Message("95 % limits, upper"), "float", 1),
    )
    rows = []
    for line in lines:
        found = _against(line, year, years)
        mean = found.before
        told = round(mean) if mean is not None and years == 1 else mean
        change = found.change or (None,) * 3
        rows.append((line.what, told, _count(line, year), *change))
    return Table(caption, columns, tuple(rows))


def _count(line: Timeline, year: int) -> int | None:
    """Return the count of a year; None where nobody tells it, which is no nought."""
    found = line.by_year.get(year, 0)
    return found if found or not line.untold_in_year.get(year, 0) else None


SECTION = Section(
    name="year_before",
    title="The year beside the years before",
    build=build,
    applies=applies,
)
