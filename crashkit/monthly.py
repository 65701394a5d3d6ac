"""A month, and the year up to it, beside the same months of the years before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, stats, tables, timeline, tracking, traits
from crashkit.blocks import Column, Table
from crashkit.errors import Message, MethodError, NeedsChoice, within
from crashkit.model import CrashData, Month
from crashkit.stats import FEW
from crashkit.timeline import YEARS_BEFORE, Timeline
from crashkit.trends import expected

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
MONTHS = 12

TOO_FEW, BY_CHANCE = Message("too few"), Message("by chance")
FEWER, MORE = Message("fewer"), Message("more")


@dataclass(frozen=True)
class Span:
    """The months of a year from `first` to `last` (1 to 12), both inclusive."""

    year: int
    first: int
    last: int

    def places(self, year: int) -> range:
        """Return its months in a year, as 12 year + month - 1."""
        return range(MONTHS * year + self.first - 1, MONTHS * year + self.last)

    @property
    def key(self) -> str:
        """Name it for a program."""
        return f"{self.year}-{self.first}-{self.last}"

    def key_of(self, years: Sequence[int]) -> str:
        """Name the same months of several years for a program."""
        return "+".join(replace(self, year=one).key for one in years)

    @property
    def words(self) -> Message:
        """Name it: a month, or the months from the first to the last."""
        first, last = (Month(self.year, one, 1) for one in (self.first, self.last))
        if first == last:
            return Message("{month}", {"month": last})
        return Message("{first} – {last}", {"first": first, "last": last})


def of_month(month: date) -> Span:
    """Return a month as a span."""
    return Span(month.year, month.month, month.month)


def so_far(month: date) -> Span:
    """Return the months of a year up to one, that one, too."""
    return Span(month.year, 1, month.month)


@dataclass(frozen=True, eq=False)
class Compared:
    """A count of a span beside those of the same months of `years` before, the newest the last.

    `scatter` is how many times more such counts scatter than those of Poisson. `is_whole` says
    whether every day of the span counts.
    """

    what: Message
    n: int
    years: tuple[int, ...]
    before: tuple[int, ...]
    scatter: float
    is_whole: bool = True

    @property
    def is_headline(self) -> bool:
        """Whether it is one of the two that stand at the head: crashes, and people killed."""
        crashes, killed = timeline.WHAT["crashes"], timeline.WHAT["casualties"]
        return self.what in (crashes[timeline.ALL], killed[timeline.FATAL])

    @property
    def last(self) -> int | None:
        """The count of the year before; None where the two do not compare."""
        return self.before[-1] if self.before else None

    @property
    def mean(self) -> float | None:
        """The mean of the years before."""
        return sum(self.before) / len(self.before) if self.before else None

    @property
    def change(self) -> tuple[float, float, float] | None:
        """The change against the mean in per cent, with 95 % limits; None where few are counted."""
        if min(self.n, sum(self.before)) < FEW:
            return None
        return expected.change(self.n, sum(self.before), len(self.years), scatter=self.scatter)

    @property
    def verdict(self) -> Message | None:
        """Say whether it is more or fewer than before; None where there is nothing before."""
        if not self.before:
            return None
        if self.change is None:
            return TOO_FEW
        _, lower, upper = self.change
        if lower <= 0 <= upper:
            return BY_CHANCE
        return FEWER if upper < 0 else MORE


def compared(lines: Sequence[Timeline], span: Span) -> tuple[Compared, ...]:
    """Set a span beside the same months of up to five years before, the same years for each line.

    A year counts if all its days of these months do, if no break of recording lies between, and if
    the years after it count. Sources: as `trends.expected`; methods, section 9.4.
    """
    years = min((comparable(line, span) for line in lines), key=len)
    return tuple(_compared(line, span, years) for line in lines)


def _compared(line: Timeline, span: Span, years: tuple[int, ...]) -> Compared:
    before = tuple(_count(line, span, year) for year in years)
    return Compared(
        what=line.what,
        n=_count(line, span, span.year),
        years=years,
        before=before,
        scatter=_scatter(line.clustering, before),
        is_whole=_is_whole(line, span, span.year),
    )


def comparable(line: Timeline, span: Span) -> tuple[int, ...]:
    """Return the years before that are a measure of a span, the newest the last."""
    broken = {step.after.year for step in line.steps}
    found: list[int] = []
    for year in range(span.year - 1, span.year - 1 - YEARS_BEFORE, -1):
        if year + 1 in broken or not _is_whole(line, span, year):
            break
        found.append(year)
    return tuple(reversed(found))


def _is_whole(line: Timeline, span: Span, year: int) -> bool:
    days = line.days_in_month
    return all(days.get(one, 0) == timeline.days_of_month(one) for one in span.places(year))


def _count(line: Timeline, span: Span, year: int) -> int:
    return sum(line.by_month.get(one, 0) for one in span.places(year))


def _scatter(clustering: float, before: Sequence[int]) -> float:
    """Return the scatter of counts: by several in one crash, or by what the years before show."""
    found = expected.scatter([before]) if len(before) > 1 else 1.0
    return max(clustering, expected.by_few(found, len(before) - 1) if found > 1 else 1.0)


def lines(data: CrashData, whole: CrashData) -> tuple[Timeline, ...]:
    """Return what a bulletin counts, along time: crashes and casualties, all and the worst."""
    return tuple(
        timeline.of(data, whole=whole, unit=unit, show=show)
        for unit in ("crashes", "casualties")
        if tables.untold(whole, unit) is None
        for show, _ in timeline.offered(whole, unit)
    )


def table(found: Sequence[Compared], span: Span, caption: Message) -> Table:
    """Lay out counts of a span beside the years before; columns without a number are left out."""
    years = found[0].years
    columns = [Column(Message("Counted")), Column(_year(span.year), "int", named=(span.key,))]
    cells: list[Callable[[Compared], Any]] = [lambda one: one.what, lambda one: one.n]
    if years:
        columns += [*before_columns(years, span), *CHANGE]
        cells += [
            lambda one: one.last,
            lambda one: one.mean,
            *(lambda one, i=i: one.change and round(one.change[i], 1) for i in range(3)),
            lambda one: one.verdict,
        ]
    rows = tuple(tuple(of(one) for of in cells) for one in found)
    return Table(caption, tuple(columns), rows, part_of=_wider([one.what for one in found]))


def _wider(counted: Sequence[Message]) -> tuple[int | None, ...]:
    """Return the place of what each count is a part of: killed are part of all casualties."""
    found: dict[int, int] = {}
    for words in timeline.WHAT.values():
        chain = [words[show] for show in (timeline.ALL, timeline.SEVERE, timeline.FATAL)]
        at = [counted.index(one) for one in chain if one in counted]
        found |= {part: whole for whole, part in pairwise(at)}
    return tuple(found.get(i) for i in range(len(counted)))


def with_sums(
    laid: Table, found: Sequence[Compared], span: Span, inside: Sequence[Compared] = ()
) -> Table:
    """Add what a reader can work out of a table: the sum that a mean is of, and the month inside.

    A report for the public must look through these, too; they stand in its workbook.
    """
    years = found[0].years
    columns, more = list(laid.columns), list[list[int | None]]()
    if years:
        columns[2] = replace(columns[2], part_of=(len(columns),))
        columns.append(_sum_column(years, span))
        more.append([sum(one.before) for one in found])
    if inside:
        alone = replace(span, first=span.last)
        columns.append(_inside(columns[1], 1, alone.key))
        more.append([one.n for one in inside])
        if years and inside[0].years:
            columns.append(_inside(columns[2], 2, alone.key_of(years[-1:])))
            more.append([one.last for one in inside])
        if years and inside[0].years == years:
            at = len(laid.columns)
            columns.append(_inside(columns[at], at, alone.key_of(years)))
            more.append([sum(one.before) for one in inside])
    rows = tuple((*row, *(cells[i] for cells in more)) for i, row in enumerate(laid.rows))
    return replace(laid, columns=tuple(columns), rows=rows)


def _inside(column: Column, at: int, key: str) -> Column:
    title = Message("{what}, the month alone", {"what": column.title})
    return Column(title, "int", spare=True, part_of=(at,), named=(key,))


CHANGE = (
    Column(Message("Change, %"), "float", 1),
    Column(Message("95 % from"), "float", 1),
    Column(Message("95 % to"), "float", 1),
    Column(Message("Differs"), derived=True),
)


def before_columns(years: Sequence[int], span: Span) -> tuple[Column, Column]:
    """Return the heads of the count of the last year and the mean of the years before."""
    mean = Message("Mean {first}–{last}", {"first": str(years[0]), "last": str(years[-1])})
    last = Column(_year(years[-1]), "int", named=(span.key_of(years[-1:]),))
    return last, Column(mean, "float", 1)


def _sum_column(years: Sequence[int], span: Span) -> Column:
    title = Message("{first}–{last} in all", {"first": str(years[0]), "last": str(years[-1])})
    return Column(title, "int", spare=True, named=(span.key_of(years),))


def _year(year: int) -> Message:
    return filters.plain(str(year))


# ----------------------------------------------------------------- by groups


@dataclass(frozen=True, eq=False)
class Group:
    """A part of what is counted: in the month by column, and the year so far with years before."""

    label: Message
    month: tuple[int, ...]
    n: int
    before: tuple[int, ...]


def by_area(data: CrashData, month: date, line: Timeline, name: str) -> tuple[Group, ...]:
    """Count crashes and what `line` counts by an area of crashes; an unknown area comes last."""
    levels = filters.levels(data, name)
    if levels is None:
        return ()
    worst = timeline.WORST[timeline.FATAL] if line.unit == "casualties" else ()
    counted = tables.per_crash(data, line.unit, worst)
    when, span = _when(data), so_far(month)
    here = MONTHS * month.year + month.month - 1

    def tally(weights: Floats, places: range | tuple[int, ...]) -> Ints:
        chosen = np.isin(when, [*places])
        places_of = levels.codes[chosen].astype(np.int64) + 1
        sums = np.bincount(places_of, weights=weights[chosen], minlength=len(levels.values) + 1)
        return np.rint(sums).astype(np.int64)

    in_month = [tally(np.ones(len(data)), (here,))]
    if line.unit == "casualties":
        in_month.append(tally(counted, (here,)))
    years = [tally(counted, span.places(year)) for year in comparable(line, span)]
    now = tally(counted, span.places(month.year))
    keys = [("", 0), *((value, i + 1) for i, value in enumerate(levels.values))]
    return _sorted(
        Group(
            filters.value_label(name, key),
            tuple(int(one[i]) for one in in_month),
            int(now[i]),
            tuple(int(one[i]) for one in years),
        )
        for key, i in sorted(keys, key=lambda one: one[0] in ("", filters.UNKNOWN))
    )


def by_road_user(data: CrashData, month: date, line: Timeline) -> tuple[Group, ...]:
    """Count casualties and the killed by road user; those not known come last."""
    span = so_far(month)
    one = traits.by_road_user(_cut(data, of_month(month), month.year), INJURED)
    killed = traits.by_road_user(_cut(data, of_month(month), month.year), KILLED)
    years = [
        traits.by_road_user(_cut(data, span, year), KILLED)
        for year in (*comparable(line, span), month.year)
    ]
    names = sorted({name for tally in (one, *years) for name in tally.values})
    found = [
        Group(
            traits.by_road_user(data, INJURED).value_label(name),
            (round(one.count(name)), round(killed.count(name))),
            round(years[-1].count(name)),
            tuple(round(tally.count(name)) for tally in years[:-1]),
        )
        for name in names
    ]
    unknown = Group(
        filters.value_label("", ""),
        (round(one.unknown), round(killed.unknown)),
        round(years[-1].unknown),
        tuple(round(tally.unknown) for tally in years[:-1]),
    )
    return (*_sorted(found), *((unknown,) if _says(unknown) else ()))


KILLED = ("killed",)
INJURED = (*tables.HURT, "")


def _says(group: Group) -> bool:
    return any((*group.month, group.n, *group.before))


def _sorted(groups: Any) -> tuple[Group, ...]:
    """Return the groups that have a count, the most this year first."""
    return tuple(sorted(filter(_says, groups), key=lambda one: (-one.n, -one.month[0])))


def _when(data: CrashData) -> Floats:
    """Return the month of each crash as 12 year + month - 1, NaN where it is not known."""
    year, month = (filters.numbers(data, name) for name in ("year", "month"))
    return np.asarray(MONTHS * year + month - 1)


def _cut(data: CrashData, span: Span, year: int) -> CrashData:
    first = date(year, span.first, 1)
    after = timeline.first_of(span.places(year).stop)
    period = data.period.cut(first, after - timedelta(days=1))
    return data.keep(np.isin(_when(data), [*span.places(year)]), period=period)


def verdicts(groups: Sequence[Group], clustering: float) -> list[Message | None]:
    """Say of each group whether this year differs from the years before, all groups together.

    The chance that any is called different though none is, is at most 5 % (Holm 1979).
    """
    if not groups or not groups[0].before:
        return [None for _ in groups]
    now = np.array([one.n for one in groups], dtype=float)
    before = np.array([sum(one.before) for one in groups], dtype=float)
    years = len(groups[0].before)
    p = stats.holm(expected.p_values(now, before, 1 / (years + 1), scatter=clustering))
    found: list[Message | None] = []
    for n, total, chance in zip(now, before, p, strict=True):
        if n + total < FEW:
            found.append(TOO_FEW)
        elif chance >= ALPHA:
            found.append(BY_CHANCE)
        else:
            found.append(FEWER if n < total / years else MORE)
    return found


ALPHA = 0.05
TOGETHER = Message(
    "Rows are judged together: the chance that any of them is called more or fewer though nothing "
    "changed is at most 5 % (Holm 1979)."
)


def grouped(
    groups: Sequence[Group], month: date, line: Timeline, *heads: Message, sums: bool = False
) -> Table:
    """Lay out groups: what was counted in the month, then what `line` counts this year.

    `heads` name the groups and what was counted in the month, the last of it as in the year. With
    `sums` the sum that the mean is of stands in the workbook.
    """
    span = so_far(month)
    years = comparable(line, span)
    columns = [
        Column(heads[0]),
        *_month_columns(heads[1:], line, month),
        Column(_year(month.year), "int", named=(line.what, span.key)),
        *(_years_columns(years, span, line, last=len(heads) + 1, sums=sums) if years else ()),
    ]
    rows = [
        (
            one.label,
            *one.month,
            one.n,
            *((one.before[-1], sum(one.before) / len(years), said) if years else ()),
            *((sum(one.before),) if years and sums else ()),
        )
        for one, said in zip(groups, verdicts(groups, line.clustering), strict=True)
    ]
    caption = Message(
        "{month}, and {what} in {span} beside the years before",
        {"month": of_month(month).words, "what": within(line.what), "span": span.words},
    )
    return Table(caption, tuple(columns), tuple(rows))


def _month_columns(heads: Sequence[Message], line: Timeline, month: date) -> Iterator[Column]:
    """Return the heads of a month: of all, and, where only the killed are followed, of these."""
    key, year = of_month(month).key, len(heads) + 1
    *wider, last = heads
    for one in wider:
        yield Column(one, "int", named=(key,))
    yield Column(last, "int", named=(line.what, key), part_of=(year,))


def _years_columns(
    years: Sequence[int], span: Span, line: Timeline, *, last: int, sums: bool
) -> Iterator[Column]:
    """Return the heads of the years before; the `last` of them stands in that place."""
    before, mean = before_columns(years, span)
    part_of = (last + 3,) if sums else ()
    yield replace(before, named=(line.what, *before.named), part_of=part_of)
    yield mean
    yield CHANGE[-1]
    if sums:
        whole = _sum_column(years, span)
        yield replace(whole, named=(line.what, *whole.named))


# -------------------------------------------------------------------- target


@dataclass(frozen=True)
class OnPath:
    """Deaths of the twelve months to a month, with 95 % limits, beside the path to a target.

    `this_year` are those of them in the year of the month, `named` as in the other tables.
    """

    n: int
    this_year: int
    named: tuple[Any, ...]
    limits: tuple[float, float]
    path: float
    target: tracking.Tracked
    warnings: tuple[Message, ...]


def on_path(data: CrashData, whole: CrashData, month: date) -> OnPath | None:
    """Set the deaths of the twelve months to a month beside the path; None where it is not told.

    The path of a month is that of the year which ends with it: every year falls by the same share
    (methods, section 9.2), so does every part of one.
    """
    last = MONTHS * month.year + month.month - 1
    line = timeline.of(data, whole=whole, unit="casualties", show=timeline.FATAL)
    places = range(last - MONTHS + 1, last + 1)
    days = line.days_in_month
    if any(days.get(one, 0) != timeline.days_of_month(one) for one in places):
        return None
    try:
        asked, warnings = tracking.begun(data)
        found = tracking.track(data, asked)
    except (MethodError, NeedsChoice):
        return None
    n = sum(line.by_month.get(one, 0) for one in places)
    at = month.year + month.month / MONTHS - 1
    if not found.target.base_year <= at:
        return None
    path = found.target.path(min(at, found.target.year))
    span = so_far(month)
    this_year = _count(line, span, month.year)
    return OnPath(n, this_year, (line.what, span.key), line.limits(n), path, found, warnings)
