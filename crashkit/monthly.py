"""A month, and the year up to it, beside the same months of the years before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
    columns = [Column(Message("Counted")), Column(_year(span.year), "int")]
    cells: list[Callable[[Compared], Any]] = [lambda one: one.what, lambda one: one.n]
    if years:
        columns += [*before_columns(years), *CHANGE]
        cells += [
            lambda one: one.last,
            lambda one: one.mean,
            *(lambda one, i=i: one.change and round(one.change[i], 1) for i in range(3)),
            lambda one: one.verdict,
        ]
    return Table(caption, tuple(columns), tuple(tuple(of(one) for of in cells) for one in found))


CHANGE = (
    Column(Message("Change, %"), "float", 1),
    Column(Message("95 % from"), "float", 1),
    Column(Message("95 % to"), "float", 1),
    Column(Message("Differs")),
)


def before_columns(years: Sequence[int]) -> tuple[Column, ...]:
    """Return the heads of the count of the last year and the mean of the years before."""
    mean = Message("Mean {first}–{last}", {"first": str(years[0]), "last": str(years[-1])})
    return Column(_year(years[-1]), "int"), Column(mean, "float", 1)


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


def grouped(groups: Sequence[Group], month: date, line: Timeline, *heads: Message) -> Table:
    """Lay out groups: what was counted in the month, then what `line` counts this year.

    `heads` name the groups and what was counted in the month.
    """
    span = so_far(month)
    years = comparable(line, span)
    columns = [
        Column(heads[0]),
        *(Column(one, "int") for one in heads[1:]),
        Column(_year(month.year), "int"),
        *(before_columns(years) if years else ()),
        *(CHANGE[-1:] if years else ()),
    ]
    rows = [
        (
            one.label,
            *one.month,
            one.n,
            *((one.before[-1], sum(one.before) / len(years), said) if years else ()),
        )
        for one, said in zip(groups, verdicts(groups, line.clustering), strict=True)
    ]
    caption = Message(
        "{month}, and {what} in {span} beside the years before",
        {"month": of_month(month).words, "what": within(line.what), "span": span.words},
    )
    return Table(caption, tuple(columns), tuple(rows))


# -------------------------------------------------------------------- target


@dataclass(frozen=True)
class OnPath:
    """Deaths of the twelve months to a month, with 95 % limits, beside the path to a target."""

    n: int
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
    return OnPath(n, line.limits(n), path, found, warnings)
