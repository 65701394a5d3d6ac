"""A scorecard for each reporting unit: its checks, its months, and the records to mend first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crashkit import filters, quality
from crashkit.blocks import (
    Block,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Paragraph,
    Table,
)
from crashkit.errors import Message
from crashkit.model import Month as CalendarMonth
from crashkit.quality import Complaint, Funnel, Scorecard, Unit, funnels
from crashkit.quality.compared import BETTER, WORSE, Share, Span, in_time
from crashkit.quality.units import LEAST_ROWS
from crashkit.section import Facts, Section
from crashkit.stats import FEW

MOST_UNITS = 40
"""So many units have a scorecard where none was chosen: the largest ones."""
MOST_RECORDS = 10
REJECTED = Message(
    "Records to mend are crashes that were kept. Rows that an import rejected are in the list of "
    "what to mend, on the page about quality."
)
LEAST_DRAWN = 4
"""Fewer shares over time are no line."""
LINES = (("this", Message("With a place")), ("mean", Message("Core fields known")))

COMPARED = {
    WORSE: Message("worse than the scatter of all"),
    -1: Message("perhaps worse"),
    0: Message("as the others"),
    1: Message("perhaps better"),
    BETTER: Message("better than the scatter of all"),
}


def applies(facts: Facts) -> bool:
    """Say whether the data tell who reported a crash."""
    return facts.quality is not None and bool(_chosen(facts, facts.quality))


def _chosen(facts: Facts, card: Scorecard) -> list[Unit]:
    """Return the unit that was chosen, or else the largest ones."""
    asked = facts.options.get("unit", "")
    named = [one for one in card.units if one.name]
    if asked:
        return [one for one in named if one.name == asked]
    return [one for one in named if one.crashes >= LEAST_ROWS][:MOST_UNITS]


def build(facts: Facts) -> list[Block]:
    """Return the scorecards, the unit with most crashes first."""
    card = facts.quality
    if card is None:
        return []
    chosen = _chosen(facts, card)
    data = facts.everything
    months = in_time(data, card.unit_field, [one.name for one in chosen])
    wrong = _by_unit(quality.complaints(data, (), None, by=card.unit_field))
    compared = funnels(card)
    if facts.options.get("unit"):
        found: list[Block] = []
        after = [Paragraph((REJECTED,))]
    else:
        found, after = [*_before(chosen, card)], []
    for unit in chosen:
        # What is said before the first unit stands on its page.
        new_page = not found or unit != chosen[0]
        found.append(Heading(Message("Unit: {unit}", {"unit": unit.name}), new_page=new_page))
        found += _scorecard(unit, card, compared, months[unit.name], wrong.get(unit.name, []))
    return [*found, *after]


def _before(chosen: list[Unit], card: Scorecard) -> Iterator[Block]:
    yield Heading(Message("Scorecards of the units"), new_page=True)
    named = sum(bool(one.name) for one in card.units)
    if len(chosen) < named:
        words = {"shown": len(chosen), "all": named, "least": LEAST_ROWS}
        yield Note(
            Message(
                "Of {all} units the {shown} largest with {least} crashes or more have a "
                "scorecard here; choose a unit for that of another.",
                words,
            )
        )
    yield Paragraph((REJECTED,))


def _by_unit(found: Sequence[Complaint]) -> Mapping[str, list[Complaint]]:
    by: dict[str, list[Complaint]] = defaultdict(list)
    for one in found:
        by[one.unit].append(one)
    return by


def _scorecard(
    unit: Unit,
    card: Scorecard,
    compared: tuple[Funnel, ...],
    months: tuple[Span, ...],
    wrong: list[Complaint],
) -> Iterator[Block]:
    yield KeyFigures(tuple(_figures(unit, card, wrong)))
    if unit.crashes < LEAST_ROWS:
        yield Note(
            Message(
                "Fewer than {n} crashes: counts are told, and nothing is graded or compared.",
                {"n": LEAST_ROWS},
            )
        )
    yield _checks(unit, card, compared)
    if months:
        yield _over_time(unit, months)
    if wrong:
        yield _records(unit, wrong)
    else:
        yield Note(Message("No record of this unit has anything to mend."))


def _figures(unit: Unit, card: Scorecard, wrong: list[Complaint]) -> Iterator[KeyFigure]:
    of = Message("of {of} in the data set", {"of": card.crashes})
    yield KeyFigure(Message("Crashes"), unit.crashes, of)
    grade = Message("of A to D") if unit.grade else Message("not graded")
    yield KeyFigure(Message("Quality grade"), unit.grade or None, grade, kind="text")
    told = (("located", Message("with a place")), ("core_fields", Message("of the core fields")))
    for check, says in told:
        if check in unit.marks and unit.crashes >= FEW:
            yield KeyFigure(says, unit.marks[check].value, Message("known"), kind="percent")
    records = len({one.crash for one in wrong})
    yield KeyFigure(Message("Records to mend"), records, Message("crashes"))


def _checks(unit: Unit, card: Scorecard, compared: tuple[Funnel, ...]) -> Table:
    bands = {one.check.id: one.of(unit.name) for one in compared}
    rows = []
    for one in card.judged:
        mark = unit.marks.get(one.check.id)
        if mark is None:
            continue
        band = bands.get(one.check.id)
        few = mark.rows < FEW
        rows.append(
            (
                one.check.title,
                mark.rows,
                None if few else quality.shown(one.check, mark.value),
                None if few else _interval(one.check, mark.low, mark.high),
                quality.shown(one.check, one.value),
                mark.grade or "–",
                _beside(band, mark.rows, one.value),
            )
        )
    columns = (
        Column(Message("Check")),
        Column(Message("Crashes"), "int"),
        Column(Message("This unit")),
        Column(Message("95 % limits")),
        Column(Message("All units")),
        Column(Message("Quality grade")),
        Column(Message("Beside the others")),
    )
    caption = Message("Checks of the crashes of {unit}", {"unit": unit.name})
    return Table(caption, columns, tuple(rows))


def _beside(band: int | None, rows: int, of_all: float | None) -> Message:
    if band is None and rows >= LEAST_ROWS and of_all in (0, 1):
        return COMPARED[0]
    return Message("not compared") if band is None else COMPARED[band]


def _interval(check: quality.Check, low: float, high: float) -> Message:
    ends = sorted((low, high))
    words = {
        name: quality.shown(check, one) for name, one in zip(("low", "high"), ends, strict=True)
    }
    return Message("{low} to {high}", words)


def _over_time(unit: Unit, spans: tuple[Span, ...]) -> Figure | Table:
    """Draw the shares over time where there are enough of them; else just tell the numbers."""
    labels = [_label(one) for one in spans]
    title = Message(
        "Share of crashes of {unit} with a place, and of core fields known, over time",
        {"unit": unit.name},
    )
    table = _in_numbers(title, labels, spans)
    if sum(one.shares[0] is not None for one in spans) < LEAST_DRAWN:
        return table
    every = max(1, len(spans) // 5)
    data = {
        "categories": labels,
        "series": [*map(_series, LINES, ([one.shares[i] for one in spans] for i in range(2)))],
        "bands": [],
        "marks": [],
        "ticks": [(i, label) for i, label in enumerate(labels) if i % every == 0],
        "across": Message("Time"),
        "unit": Message("% of the crashes"),
        "low": True,
    }
    few = sum(one.shares[0] is None for one in spans)
    words = {"n": len(spans), "unit": unit.name, "few": few}
    alt = Message(
        "Lines over {n} steps in time of {unit}; {few} have too few crashes for a share.", words
    )
    return Figure("series", title, alt, data, table)


def _series(line: tuple[str, Message], shares: list[Share | None]) -> dict[str, Any]:
    key, label = line
    values = [None if one is None else 100 * one[0] for one in shares]
    return {"key": key, "label": label, "form": "line", "values": values}


def _label(one: Span) -> Message:
    if one.months == 1:
        return Message("{month}", {"month": CalendarMonth(one.year, one.month, 1)})
    year = str(one.year)
    if one.months == 12:
        return filters.plain(year)
    return Message("{year}, quarter {n}", {"year": year, "n": one.month // 3 + 1})


def _in_numbers(title: Message, labels: list[Message], spans: tuple[Span, ...]) -> Table:
    columns = (
        Column(Message("Time")),
        Column(Message("Crashes"), "int"),
        Column(LINES[0][1], "percent"),
        Column(Message("95 % limits")),
        Column(LINES[1][1], "percent"),
        Column(Message("95 % limits")),
    )
    rows = []
    for label, one in zip(labels, spans, strict=True):
        cells: list[object] = [label, one.crashes]
        for share in one.shares:
            cells += [None, None] if share is None else [share[0], _limits(share)]
        rows.append(tuple(cells))
    return Table(title, columns, tuple(rows))


def _limits(share: Share) -> Message:
    low, high = (round(100 * one) for one in share[1:])
    return Message("{low} to {high} %", {"low": low, "high": high})


def _records(unit: Unit, wrong: list[Complaint]) -> Table:
    """List the crashes with most to mend; a record is named by its number, nobody in it is."""
    by: dict[str, list[Complaint]] = defaultdict(list)
    for one in wrong:
        by[one.crash].append(one)
    worst = sorted(by, key=lambda crash: (-len(by[crash]), crash))
    rows = tuple(
        (crash, len(by[crash]), Message("{wrong}", {"wrong": _joined(by[crash])}))
        for crash in worst[:MOST_RECORDS]
    )
    columns = (
        Column(Message("Crash number")),
        Column(Message("To mend"), "int"),
        Column(Message("What is wrong")),
    )
    words = {"unit": unit.name, "shown": len(rows), "all": len(worst)}
    caption = Message("Records of {unit} to mend first: {shown} of {all}", words)
    return Table(caption, columns, rows)


def _joined(found: Sequence[Complaint]) -> list[Message]:
    said = {str(one.wrong): one.wrong for one in found}
    return [*said.values()]


SECTION = Section(
    name="unit_scorecards",
    title="Scorecards of the units",
    build=build,
    applies=applies,
    needs="quality",
)
