"""A month, and the year up to it, beside the same months of the years before."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from crashkit import casualties, filters, stats, tables, timeline, tracking, traits
from crashkit.blocks import Column, Table
from crashkit.errors import Message, MethodError, NeedsChoice, NoCount, within
from crashkit.model import CrashData, Month
from crashkit.stats import FEW
from crashkit.timeline import YEARS_BEFORE, Timeline
from crashkit.trends import expected
from crashkit.trends.targets import Target

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


@cache
def _known() -> Mapping[str, Any]:
    text = resources.files("crashkit").joinpath("monthly.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def few() -> NoCount:
    """Return of how many, now and in the years before together, it can be said whether they differ.

    It is the one rule of the bulletin, for totals and groups alike.
    """
    return NoCount(_known()["few"]["together"])


def alpha() -> float:
    """Return the chance, of all that are judged together, below which more or fewer is said."""
    return float(_known()["judged"]["below_percent"]) / 100


@dataclass(frozen=True, eq=False, kw_only=True)
class Beside:
    """A count beside those of the same months of some years before, the newest the last.

    `scatter` is how many times more such counts scatter than those of Poisson; `freedom` how many
    degrees of freedom tell it, None where it does not rest on so few numbers.
    """

    n: int
    before: tuple[int, ...]
    scatter: float = 1.0
    freedom: int | None = None

    @property
    def last(self) -> int | None:
        """The count of the year before; None where the two do not compare."""
        return self.before[-1] if self.before else None

    @property
    def mean(self) -> float | None:
        """The mean of the years before."""
        return sum(self.before) / len(self.before) if self.before else None

    @property
    def sum_before(self) -> int | None:
        """The sum of the years before; None where the two do not compare."""
        return sum(self.before) if self.before else None

    @property
    def is_few(self) -> bool:
        """Whether too few are counted to say whether they differ."""
        return self.n + sum(self.before) < few()

    @property
    def change(self) -> tuple[float, float, float] | None:
        """The change against the mean in per cent, with 95 % limits; None where few are counted."""
        if min(self.n, sum(self.before)) < FEW:
            return None
        return expected.change(self.n, sum(self.before), len(self.before), scatter=self.scatter)

    @property
    def chance(self) -> float:
        """The chance of a count as far from what the years before let expect.

        At the limits of `change` it is 5 %; beyond, it is that of t where few years tell the
        scatter.
        """
        share = 1 / (len(self.before) + 1)
        p = float(expected.p_values(self.n, sum(self.before), share, scatter=self.scatter))
        if self.freedom is None or not 0 < p < 1:
            return p
        return stats.chance_by_limits(special.ndtri(p / 2), stats.NORMAL_95, self.freedom)


@dataclass(frozen=True)
class Verdict:
    """Whether a count differs, and the chance of that, adjusted for all judged with it.

    `chance` is NaN where nothing was judged.
    """

    words: Message | None
    chance: float = math.nan

    @property
    def is_claim(self) -> bool:
        """Whether it says more or fewer."""
        return self.words in (MORE, FEWER)


def judged(counts: Sequence[Beside]) -> tuple[Verdict, ...]:
    """Say of each count whether it differs from the years before, all of them together.

    The chance that any is called different though none is, is at most `alpha`. Those of which there
    are too few to say are not among them: that is told by the sum of both times, which says nothing
    of how it falls to either. Source: Holm 1979, Scandinavian Journal of Statistics 6: 65-70.
    """
    can = [bool(one.before) and not one.is_few for one in counts]
    chances = np.array([one.chance for one, it in zip(counts, can, strict=True) if it])
    adjusted = iter(stats.holm(chances).tolist() if chances.size else [])
    return tuple(
        _verdict(one, next(adjusted)) if it else Verdict(TOO_FEW if one.before else None)
        for one, it in zip(counts, can, strict=True)
    )


def _verdict(one: Beside, chance: float) -> Verdict:
    if chance >= alpha() or one.mean is None:
        return Verdict(BY_CHANCE, chance)
    return Verdict(FEWER if one.n < one.mean else MORE, chance)


@dataclass(frozen=True, eq=False, kw_only=True)
class Compared(Beside):
    """A count of a span, and the `years` before that it is set beside.

    `is_whole` says whether every day of the span counts; `untold` are its crashes that do not tell
    what is counted.
    """

    what: Message
    years: tuple[int, ...]
    is_whole: bool = True
    untold: int = 0

    @property
    def told(self) -> int | None:
        """The count; None where nobody tells it, which is no nought."""
        return self.n if self.n or not self.untold else None

    @property
    def is_headline(self) -> bool:
        """Whether it is one of the two that stand at the head: crashes, and people killed."""
        crashes, killed = timeline.WHAT["crashes"], timeline.WHAT["casualties"]
        return self.what in (crashes[timeline.ALL], killed[timeline.FATAL])


@dataclass(frozen=True, eq=False)
class Total:
    """What was counted in a span, and what is said of it."""

    span: Span
    count: Compared
    verdict: Verdict

    @property
    def finding(self) -> Message:
        """Say it in a sentence."""
        if self.count.told is None:
            what = Message("{what}, {span}", {"what": self.count.what, "span": self.span.words})
            return tables.no_sum(self.count.untold, [what])
        return finding(self.count.what, self.span, self.count, self.verdict)


def totals(data: CrashData, whole: CrashData, month: date) -> tuple[Total, ...]:
    """Return the totals of a month and of the year up to it, all of them judged together.

    What no crash of the year tells has no total: nought would be a lie.
    """
    counted = [one for one in lines(data, whole) if month.year not in one.untold]
    pairs = [
        (span, one)
        for span in dict.fromkeys([of_month(month), so_far(month)])
        for one in compared(counted, span)
    ]
    verdicts = judged([one for _, one in pairs])
    return tuple(Total(*pair, verdict) for pair, verdict in zip(pairs, verdicts, strict=True))


def compared_of(found: Sequence[Total]) -> int:
    """Return how many of the totals were judged."""
    return sum(not math.isnan(one.verdict.chance) for one in found)


def finding(what: Message, span: Span, count: Beside, verdict: Verdict) -> Message:
    """Say what was counted, how it differs from the mean, and whether chance can explain it.

    With it comes the sum of the years before, which a reader can work out: what is published looks
    through it.
    """
    words = {"what": what, "n": count.n, "span": span.words, "before": sum(count.before)}
    if count.mean is None or math.isnan(verdict.chance):
        return Message("{what}, {span}: {n}.", words)
    said = _in_words(count, verdict)
    if count.change is None:
        return Message(
            "{what}, {span}: {n}, where the mean is {mean}; {verdict}.",
            {**words, "mean": round(count.mean, 1), "verdict": said},
        )
    percent, lower, upper = (round(number, 1) for number in count.change)
    change = {"percent": percent, "lower": lower, "upper": upper, "verdict": said}
    return Message(
        "{what}, {span}: {n}, that is {percent} % against the mean (95 % limits {lower} % to "
        "{upper} %); {verdict}.",
        {**words, **change},
    )


def _in_words(count: Beside, verdict: Verdict) -> Message:
    if verdict.is_claim:
        is_more = verdict.words == MORE
        return Message("more than before") if is_more else Message("fewer than before")
    return by_chance(count)


def by_chance(count: Beside) -> Message:
    """Say that chance can explain a count, by itself or only among all that are judged with it."""
    if count.chance < alpha():
        return Message("by itself it would be more than chance, but not among so many comparisons")
    return Message("chance alone can explain it")


def compared(lines: Sequence[Timeline], span: Span) -> tuple[Compared, ...]:
    """Set a span beside the same months of up to five years before, the same years for each line.

    A year counts if all its days of these months do, if no break of recording lies between, and if
    the years after it count. What too many crashes do not tell compares with nothing. Sources: as
    `trends.expected`; methods, section 9.4.
    """
    each = [comparable(line, span) for line in lines]
    years = min(filter(None, each), key=len, default=())
    return tuple(
        _compared(line, span, years if own else ()) for line, own in zip(lines, each, strict=True)
    )


def _compared(line: Timeline, span: Span, years: tuple[int, ...]) -> Compared:
    before = tuple(_count(line, span, year) for year in years)
    scatter, freedom = _scatter(line.clustering, [before])
    return Compared(
        what=line.what,
        n=_count(line, span, span.year),
        years=years,
        before=before,
        scatter=scatter,
        freedom=freedom,
        is_whole=_is_whole(line, span, span.year),
        untold=sum(line.untold_in_month.get(one, 0) for one in span.places(span.year)),
    )


def comparable(line: Timeline, span: Span) -> tuple[int, ...]:
    """Return the years before that are a measure of a span, the newest the last.

    There are none where not every day of the span itself counts, or where too many crashes of it
    do not tell what is counted, or their month.
    """
    broken = {step.after.year for step in line.steps}
    found: list[int] = []
    if not _compares(line, span, span.year):
        return ()
    for year in range(span.year - 1, span.year - 1 - YEARS_BEFORE, -1):
        if year + 1 in broken or not _compares(line, span, year):
            break
        found.append(year)
    return tuple(reversed(found))


def _compares(line: Timeline, span: Span, year: int) -> bool:
    """Say whether every day of a span counts in a year, and enough of its crashes tell it."""
    is_told = year not in line.vague_years and not line.is_doubtful(span.places(year))
    return is_told and _is_whole(line, span, year)


def _is_whole(line: Timeline, span: Span, year: int) -> bool:
    days = line.days_in_month
    return all(days.get(one, 0) == timeline.days_of_month(one) for one in span.places(year))


def _count(line: Timeline, span: Span, year: int) -> int:
    return sum(line.by_month.get(one, 0) for one in span.places(year))


def _scatter(clustering: float, before: Sequence[Sequence[int]]) -> tuple[float, int | None]:
    """Return the scatter of counts, by several in one crash or by what the years before show.

    `before` has a row for each group; with it come the degrees of freedom that tell the scatter,
    None where it is that of several in one crash.
    """
    rows = [row for row in before if len(row) > 1 and any(row)]
    freedom = sum(len(row) - 1 for row in rows)
    found = expected.scatter(rows) if rows else 1.0
    wide = expected.by_few(found, freedom) if found > 1 else 1.0
    return (wide, freedom) if wide > clustering else (clustering, None)


def lines(data: CrashData, whole: CrashData) -> tuple[Timeline, ...]:
    """Return what a bulletin counts, along time: crashes and casualties, all and the worst."""
    return tuple(
        timeline.of(data, whole=whole, unit=unit, show=show)
        for unit in ("crashes", "casualties")
        if tables.untold(whole, unit) is None
        for show, _ in timeline.offered(whole, unit)
    )


def years_of(found: Sequence[Total]) -> tuple[int, ...]:
    """Return the years that totals of a span are set beside; those that compare have the same."""
    return next((one.count.years for one in found if one.count.years), ())


def table(found: Sequence[Total], caption: Message) -> Table:
    """Lay out counts of a span beside the years before; columns without a number are left out."""
    years, span = years_of(found), found[0].span
    columns = [Column(Message("Counted")), Column(_year(span.year), "int", named=(span.key,))]
    cells: list[Callable[[Total], Any]] = [lambda one: one.count.what, lambda one: one.count.told]
    if years:
        columns += [*before_columns(years, span), *CHANGE]
        cells += [
            lambda one: one.count.last,
            lambda one: one.count.mean,
            *(lambda one, i=i: _rounded(one.count.change, i) for i in range(3)),
            lambda one: one.verdict.words,
        ]
    rows = tuple(tuple(of(one) for of in cells) for one in found)
    return Table(caption, tuple(columns), rows, part_of=_wider([one.count.what for one in found]))


def _wider(counted: Sequence[Message]) -> tuple[int | None, ...]:
    """Return the place of what each count is a part of: killed are part of all casualties."""
    found: dict[int, int] = {}
    for words in timeline.WHAT.values():
        chain = [words[show] for show in (timeline.ALL, timeline.SEVERE, timeline.FATAL)]
        at = [counted.index(one) for one in chain if one in counted]
        found |= {part: whole for whole, part in pairwise(at)}
    return tuple(found.get(i) for i in range(len(counted)))


def with_sums(laid: Table, found: Sequence[Total], inside: Sequence[Total] = ()) -> Table:
    """Add what a reader can work out of a table: the sum that a mean is of, and the month inside.

    A report for the public must look through these, too; they stand in its workbook.
    """
    years, span = years_of(found), found[0].span
    columns, more = list(laid.columns), list[list[int | None]]()
    if years:
        columns[2] = replace(columns[2], part_of=(len(columns),))
        columns.append(_sum_column(years, span))
        more.append([one.count.sum_before for one in found])
    if inside:
        alone = replace(span, first=span.last)
        columns.append(_inside(columns[1], 1, alone.key))
        more.append([one.count.told for one in inside])
        if years and years_of(inside):
            columns.append(_inside(columns[2], 2, alone.key_of(years[-1:])))
            more.append([one.count.last for one in inside])
        if years and years_of(inside) == years:
            at = len(laid.columns)
            columns.append(_inside(columns[at], at, alone.key_of(years)))
            more.append([one.count.sum_before for one in inside])
    rows = tuple((*row, *(cells[i] for cells in more)) for i, row in enumerate(laid.rows))
    return replace(laid, columns=tuple(columns), rows=rows)


def _inside(column: Column, at: int, key: str) -> Column:
    title = Message("{what}, the month alone", {"what": column.title})
    return Column(title, "int", spare=True, part_of=(at,), named=(key,))


def _rounded(change: tuple[float, float, float] | None, place: int) -> float | None:
    return None if change is None else round(change[place], 1)


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


@dataclass(frozen=True, eq=False, kw_only=True)
class Group(Beside):
    """A part of what is counted: in the month by column, and the year so far with years before.

    `is_known` is False of those of whom it is not known which part they are. Too many crashes of
    one that `is_doubtful` do not tell what is counted: it is set beside no other year.
    """

    label: Message
    month: tuple[int | None, ...]
    is_known: bool = True
    is_doubtful: bool = False

    @property
    def told(self) -> int | None:
        """The count of the year; None where nobody tells it, which is no nought."""
        return self.n if self.n or not self.is_doubtful else None


def widest_area(data: CrashData) -> str:
    """Return the field of the widest areas of which there are several, "" where none is."""
    for name in ("admin1", "admin2"):
        found = filters.levels(data, name)
        if found is not None and sum(1 for n in found.counts()[1:] if n) > 1:
            return name
    return ""


def worst(data: CrashData, whole: CrashData, month: date) -> Timeline:
    """Count the killed along time, or crashes where the year of the month does not tell of them."""
    if tables.records(whole, "killed"):
        killed = timeline.of(data, whole=whole, unit="casualties", show=timeline.FATAL)
        months = so_far(month).places(month.year)
        if month.year not in killed.untold and not killed.is_doubtful(months):
            return killed
    return timeline.of(data, whole=whole, unit="crashes", show=timeline.ALL)


def tells_road_users(data: CrashData, whole: CrashData, month: date) -> bool:
    """Say whether it is told of whom was hurt, one by one, what road user they were."""
    hurt = traits.by_road_user(data, tuple(tables.HURT))
    return worst(data, whole, month).unit == "casualties" and bool(hurt.known)


def by_area(data: CrashData, month: date, line: Timeline, name: str) -> tuple[Group, ...]:
    """Count crashes and what `line` counts by an area of crashes; an unknown area comes last."""
    levels = filters.levels(data, name)
    if levels is None:
        return ()
    codes = timeline.WORST[timeline.FATAL] if line.unit == "casualties" else ()
    counted = tables.per_crash(data, line.unit, codes)
    when, span = _when(data), so_far(month)
    here = MONTHS * month.year + month.month - 1

    def tally(weights: Floats, places: range | tuple[int, ...]) -> Ints:
        chosen = np.isin(when, [*places])
        places_of = levels.codes[chosen].astype(np.int64) + 1
        sums = np.bincount(places_of, weights=weights[chosen], minlength=len(levels.values) + 1)
        return np.rint(sums).astype(np.int64)

    in_month = [tally(np.ones(len(data)), (here,))]
    untold = np.zeros(len(data))
    if line.unit == "casualties":
        untold = (~tables.told(data, "killed")).astype(float)
        in_month.append(tally(counted, (here,)))
    times = [span.places(year) for year in comparable(line, span)]
    years = [tally(counted, one) for one in times]
    now = tally(counted, span.places(month.year))
    silent = tally(untold, (here,))
    lacking = [tally(untold, one) for one in (*times, span.places(month.year))]
    doubtful = np.any(
        [casualties.is_much(n, of) for n, of in zip(lacking, (*years, now), strict=True)], axis=0
    )
    keys = [("", 0), *((value, i + 1) for i, value in enumerate(levels.values))]
    return _sorted(
        Group(
            label=filters.value_label(name, key),
            month=tuple(int(one[i]) if one[i] or not silent[i] else None for one in in_month),
            n=int(now[i]),
            before=() if doubtful[i] else tuple(int(one[i]) for one in years),
            is_doubtful=bool(doubtful[i]),
            is_known=key not in ("", filters.UNKNOWN),
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
            label=traits.by_road_user(data, INJURED).value_label(name),
            month=(round(one.count(name)), round(killed.count(name))),
            n=round(years[-1].count(name)),
            before=tuple(round(tally.count(name)) for tally in years[:-1]),
        )
        for name in names
    ]
    unknown = Group(
        label=filters.value_label("", ""),
        month=(round(one.unknown), round(killed.unknown)),
        n=round(years[-1].unknown),
        before=tuple(round(tally.unknown) for tally in years[:-1]),
        is_known=False,
    )
    return (*_sorted(found), *((unknown,) if _says(unknown) else ()))


KILLED = ("killed",)
INJURED = (*tables.HURT, "")


def _says(group: Group) -> bool:
    return any((*group.month, group.n, *group.before))


def _sorted(groups: Any) -> tuple[Group, ...]:
    """Return the groups that have a count, the most this year first."""
    return tuple(sorted(filter(_says, groups), key=lambda one: (-one.n, -(one.month[0] or 0))))


def _when(data: CrashData) -> Floats:
    """Return the month of each crash as 12 year + month - 1, NaN where it is not known."""
    year, month = (filters.numbers(data, name) for name in ("year", "month"))
    return np.asarray(MONTHS * year + month - 1)


def _cut(data: CrashData, span: Span, year: int) -> CrashData:
    first = date(year, span.first, 1)
    after = timeline.first_of(span.places(year).stop)
    period = data.period.cut(first, after - timedelta(days=1))
    return data.keep(np.isin(_when(data), [*span.places(year)]), period=period)


def among_groups(groups: Sequence[Group], clustering: float) -> tuple[tuple[Group, Verdict], ...]:
    """Say of each group whether this year differs from the years before, all groups together.

    How far years scatter beyond chance is told by all groups: each of them has few numbers.
    """
    scatter, freedom = _scatter(clustering, [one.before for one in groups])
    found = [replace(one, scatter=scatter, freedom=freedom) for one in groups]
    return tuple(zip(found, judged(found), strict=True))


def doubtful(groups: Sequence[Group], what: Message) -> tuple[Message, ...]:
    """Say which groups are set beside no other year, as too many of their crashes do not tell."""
    names = [one.label for one in groups if one.is_doubtful]
    if not names:
        return ()
    return (
        Message(
            "{names}: more crashes do not tell “{what}” than {percent} % of what is counted, so no "
            "other year is set beside these.",
            {"names": names, "what": what, "percent": casualties.most_untold()},
        ),
    )


def together() -> Message:
    """Say how rows of groups are judged."""
    return Message(
        "Rows are judged together: the chance that any of them is called more or fewer though "
        "nothing changed is at most {percent} % (Holm 1979). “Too few” stands where fewer than "
        "{few} are counted this year and in the years before together.",
        {"percent": NoCount(round(100 * alpha())), "few": few()},
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
            one.told,
            *((one.last, one.mean, said.words) if years else ()),
            *((one.sum_before,) if years and sums else ()),
        )
        for one, said in among_groups(groups, line.clustering)
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
    """Deaths of the twelve months to a month, beside the path to a target.

    `limits` hold 95 % of the counts to be expected of a year that is on the path, as base and
    count both move by chance, and by how years scatter about the path where that is more.
    `this_year` are the deaths of them in the year of the month, `named` as in the other tables.
    """

    n: int
    this_year: int
    named: tuple[Any, ...]
    path: float
    limits: tuple[float, float]
    target: tracking.Tracked
    warnings: tuple[Message, ...]
    others: tuple[int, ...]

    def is_open(self, threshold: int) -> bool:
        """Say whether a report that hides counts below a threshold may tell it."""
        return not any(0 < n < threshold for n in self.others)

    @property
    def is_by_chance(self) -> bool:
        """Whether chance alone can explain how far the count is from the path."""
        low, high = self.limits
        return low <= self.n <= high

    @property
    def finding(self) -> Message:
        """Say how far the last twelve months are from the path, and whether by chance."""
        low, high = self.limits
        if self.is_by_chance:
            verdict = Message("chance alone can explain how far it is from the path")
        else:
            verdict = (
                Message("below the path, judged alone")
                if self.n < low
                else Message("above the path, judged alone")
            )
        target = self.target.target
        return Message(
            "{n} people were killed in the last twelve months; on the path from {base} in {start} "
            "to {target} in {year} it is {path}. As chance moves both the base year and these "
            "months, {low} to {high} are to be expected on the path (95 % limits): {verdict}.",
            {
                "n": self.n,
                "low": round(low),
                "high": round(high),
                "base": round(target.base_value),
                "start": str(target.base_year),
                "target": round(target.value),
                "year": str(target.year),
                "path": round(self.path),
                "verdict": verdict,
            },
        )


def on_path(data: CrashData, whole: CrashData, month: date, *, public: int = 0) -> OnPath | None:
    """Set the deaths of the twelve months to a month beside the path; None where it is not told.

    For the `public` it is not told where it would give away a count below that. The path of a
    month is that of the year which ends with it: every year falls by the same share (methods,
    section 9.2), so does every part of one. Months that are of the base year say nothing against
    it: they are the same deaths.
    """
    last = MONTHS * month.year + month.month - 1
    line = timeline.of(data, whole=whole, unit="casualties", show=timeline.FATAL)
    places = range(last - MONTHS + 1, last + 1)
    if not _counts(line, places):
        return None
    try:
        asked, warnings = tracking.begun(data)
        found = tracking.track(data, asked)
    except (MethodError, NeedsChoice):
        return None
    n = sum(line.by_month.get(one, 0) for one in places)
    at = month.year + month.month / MONTHS - 1
    # Of fewer deaths than there were, a base year makes a path that is too low.
    too_low = casualties.uncounted_years(data)
    if not found.target.base_year + 1 <= at or found.target.base_year in too_low:
        return None
    scatter = _about_path(line, found.target, places, at)
    at = min(at, found.target.year)
    limits = tracking.about_path(found.target, at, scatter=scatter)
    span = so_far(month)
    this_year = _count(line, span, month.year)
    named = (line.what, span.key)
    path = found.target.path(at)
    base = round(found.target.base_value)
    each = ((month.year, n), (found.target.base_year, base))
    shown = (span, of_month(month))
    others = (base, *(of - _count(line, one, year) for year, of in each for one in shown))
    told = OnPath(n, this_year, named, path, limits, found, warnings, others)
    return told if told.is_open(public) else None


def _counts(line: Timeline, months: range) -> bool:
    """Say whether every day of these months counts, and enough of their crashes tell it."""
    days = line.days_in_month
    is_whole = all(days.get(one, 0) == timeline.days_of_month(one) for one in months)
    years = {one // MONTHS for one in months}
    return is_whole and not line.vague_years & years and not line.is_doubtful(months)


def _about_path(line: Timeline, target: Target, months: range, at: float) -> float:
    """Return how many times more than chance such months scatter, by years before about the path.

    It is at least what several in one crash do.
    """
    before: list[tuple[int, float]] = []
    for back in range(1, YEARS_BEFORE + 1):
        earlier = range(months.start - MONTHS * back, months.stop - MONTHS * back)
        if at - back < target.base_year or not _counts(line, earlier):
            break
        n = sum(line.by_month.get(one, 0) for one in earlier)
        before.append((n, target.path(min(at - back, target.year))))
    if len(before) < 2:
        return line.clustering
    counts, path = zip(*before, strict=True)
    found = expected.scatter([counts], [path])
    wide = expected.by_few(found, len(before) - 1) if found > 1 else 1.0
    return max(line.clustering, wide)
