"""The public edition of a data set: a fixed set of tables and a map, protected all together.

Tables for the public must not be asked for freely: two filters that differ by few crashes would
tell these. So there is no filter. What stands in an edition is told by edition.toml, of whole
calendar years, and all its numbers are protected at once (crashkit.publishing). It is made of one
version of the data and stays as it is; see docs/decisions/disclosure.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import numpy as np

from crashkit import analysis, filters, publishing, tables
from crashkit.analysis import Answer, Origin, Question
from crashkit.blocks import Block, Figure, Heading, KeyFigure, KeyFigures
from crashkit.errors import Message, MethodError, NotFound, ReportError
from crashkit.model import CrashData, DatasetInfo, Period
from crashkit.own_reports import Part
from crashkit.sections import crash_map


@dataclass(frozen=True, eq=False)
class OpenTable:
    """A table of an edition, with its chart where it has one, and where its numbers come from."""

    id: str
    answer: Answer
    origin: Origin

    @property
    def is_drawn(self) -> bool:
        """Whether a chart of it may be seen."""
        return bool(self.answer.figure.data)

    @property
    def hides(self) -> bool:
        """Whether any of its numbers is hidden."""
        return any(cell == publishing.HIDDEN for row in self.answer.table.rows for cell in row)

    @property
    def finding(self) -> Message | None:
        """What is said of it; None where that could tell what is hidden."""
        return None if self.answer.finding is publishing.MORE else self.answer.finding


@dataclass(frozen=True, eq=False)
class Edition:
    """What the public may see of a data set: large figures, tables in order, and a map of cells.

    `threshold` is that below which counts are hidden, `period` the whole years it is about. The map
    is None where no crash has coordinates.
    """

    dataset: DatasetInfo
    threshold: int
    period: Period
    figures: KeyFigures
    tables: tuple[OpenTable, ...]
    map: Figure | None

    def table(self, id: str) -> OpenTable:
        """Return a table. Raises NotFound."""
        for one in self.tables:
            if one.id == id:
                return one
        raise NotFound("The public edition has no table {name}.", name=id[:40])


def make(data: CrashData, threshold: int) -> Edition:
    """Make the edition of a data set, of its whole calendar years.

    Tables that the data do not support are left out. Raises ReportError where no year is whole, or
    where fewer crashes than the threshold are in all.
    """
    years = () if data.period.undated else data.period.whole_years
    whole = _of_years(data, years) if years else data
    if not years or whole.dataset is None or len(whole) < threshold:
        raise ReportError(
            "A public edition needs whole calendar years, from the first to the last day, with {n} "
            "crashes at least. These data have none.",
            n=threshold,
        )
    asked = [*_asked(whole)]
    figures = KeyFigures(tuple(_figures(whole)))
    blocks: list[Block] = [figures]
    begins: dict[int, str] = {}
    for part, _, found in asked:
        heading = Heading(Message(part.id))
        begins[id(heading)] = part.id
        blocks += [heading, *analysis.told_blocks(found)]
    days = (whole.period.start, whole.period.end)
    kept = publishing.publish(
        blocks, threshold, days=days, areas=publishing.areas_within(whole)
    ).blocks
    told: dict[str, list[Block]] = {"": []}
    at = ""
    for block in kept:
        at = begins.get(id(block), at)
        told.setdefault(at, []).append(block)
    return Edition(
        dataset=whole.dataset,
        threshold=threshold,
        period=whole.period,
        figures=next(one for one in told[""] if isinstance(one, KeyFigures)),
        tables=tuple(_tables(asked, told)),
        map=_map(whole, threshold),
    )


def _of_years(data: CrashData, years: Sequence[int]) -> CrashData:
    """Cut to these calendar years; one between them of which only a part counts is left out."""
    period = data.period.within([(date(one, 1, 1), date(one, 12, 31)) for one in years])
    return data.keep(np.isin(filters.numbers(data, "year"), years), period=period)


def _tables(
    asked: list[tuple[_Part, Question, Answer]], told: dict[str, list[Block]]
) -> Iterator[OpenTable]:
    for part, question, found in asked:
        try:
            answer = analysis.of_blocks(found, told.get(part.id, []))
        except MethodError:
            continue
        yield OpenTable(part.id, answer, analysis.origin(answer, question, ()))


@dataclass(frozen=True)
class _Part:
    """What edition.toml says of a table."""

    id: str
    asked: Part


@cache
def _parts() -> tuple[_Part, ...]:
    written = (resources.files("crashkit") / "edition.toml").read_text(encoding="utf-8")
    return tuple(
        _Part(one.pop("id"), Part(**{"unit": "crashes", **one}))
        for one in tomllib.loads(written)["parts"]
    )


def _asked(data: CrashData) -> Iterator[tuple[_Part, Question, Answer]]:
    """Ask what the edition holds; what the data do not tell is left out."""
    for one in _parts():
        part = one.asked
        known = analysis.named(part.analysis)
        question = Question(data, data, part.unit, part.chosen)
        try:
            found = analysis.answer(part.analysis, question)
        except (MethodError, NotFound):
            continue
        if known.public(question):
            yield one, question, found


def _figures(data: CrashData) -> Iterator[KeyFigure]:
    found = tables.summary(data, data)
    people = Message("people")
    yield KeyFigure(tables.UNIT_LABELS["crashes"], found.crashes)
    for label, n in (
        (Message("Killed"), found.killed),
        (Message("Seriously injured"), found.serious),
        (Message("Slightly injured"), found.slight),
    ):
        if n is not None:
            yield KeyFigure(label, n, people)
    if found.vehicles is not None:
        yield KeyFigure(tables.UNIT_LABELS["vehicles"], found.vehicles)


def _map(data: CrashData, threshold: int) -> Figure | None:
    if not tables.summary(data, data).located:
        return None
    return crash_map.cells_figure(data, {}, threshold)
