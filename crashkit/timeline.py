"""Counts along time: how many of what on which day, which years are whole, and what breaks them."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crashkit import breaks, casualties, filters, stats, tables
from crashkit.errors import Message, MethodError, counted
from crashkit.model import UNDATED, CrashData, Period

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

ALL, FATAL, SEVERE = "all", "fatal", "severe"
WORST: Mapping[str, tuple[str, ...]] = {ALL: (), FATAL: ("fatal",), SEVERE: ("fatal", "serious")}
"""Whether all are counted, or by how bad it was."""

WHAT: Mapping[str, Mapping[str, Message]] = {
    "crashes": {
        ALL: tables.UNIT_LABELS["crashes"],
        FATAL: Message("Fatal crashes"),
        SEVERE: Message("Fatal and serious crashes"),
    },
    "casualties": {
        ALL: tables.UNIT_LABELS["casualties"],
        FATAL: Message("People killed"),
        SEVERE: Message("People killed or seriously injured"),
    },
    "vehicles": {
        ALL: tables.UNIT_LABELS["vehicles"],
        FATAL: Message("Vehicles in fatal crashes"),
        SEVERE: Message("Vehicles in fatal and serious crashes"),
    },
}
"""What is counted, in words."""

YEARS_BEFORE = 5
"""So many years before are the measure of a year, or of a month. Source: methods, section 9.4."""


def offered(data: CrashData, unit: str) -> list[tuple[str, Message]]:
    """Return what can be counted of a unit in these data; the first is all of it.

    Where of people hurt only the killed are told, these are all there is, under their own name.
    """
    found = [
        (word, label)
        for word, label in WHAT.get(unit, {}).items()
        if all(_is_told(data, unit, code) for code in WORST[word])
    ]
    only_killed = unit == "casualties" and not tables.records(data, tables.INJURED)
    return found[1:] if only_killed and len(found) > 1 else found


def untold(part: CrashData, whole: CrashData, unit: str, show: str) -> Message | None:
    """Say that the data do not tell what is asked to be counted; None where they do.

    `part` was cut from the `whole` data.
    """
    known = dict(offered(whole, unit))
    what = WHAT.get(unit, {}).get(show or next(iter(known), ALL))
    if what is None:
        return None
    if (not show or show in known) and of(part, whole=whole, unit=unit).years:
        return None
    return Message("The data do not tell of any “{what}”.", {"what": what})


def _is_told(data: CrashData, unit: str, code: str) -> bool:
    found: tuple[str, ...] = data.once(f"worst of {unit}", lambda whole: _told(whole, unit))
    return code in found


def _told(data: CrashData, unit: str) -> tuple[str, ...]:
    return tuple(code for code in WORST[SEVERE] if tables.per_crash(data, unit, [code]).any())


def lacks(data: CrashData) -> Message | None:
    """Say why there are no numbers of years in these data; None where there are."""
    if data.period.undated:
        return UNDATED
    if not data.has("crash_date"):
        return Message("The data do not tell the date of any crash.")
    return None


@dataclass(frozen=True, eq=False)
class Timeline:
    """How many happened on each day, by what is known of their dates.

    `days` are the days of `numbers`, which has a row for those known to the day, to the month and
    to the year only. `clustering` is how many times more the numbers scatter because several come
    in one crash, 1 for crashes. `steps` are breaks of recording that touch what is counted.
    `untold` are years with crashes of which none tells how many of the unit it is: no years of
    nought. `untold_crashes` do not tell it in any year, and are none in these numbers;
    `untold_in_month` are those of each month, by 12 year + month - 1, and `untold_in_year`.
    """

    what: Message
    unit: str
    period: Period
    days: Days
    numbers: Ints
    undated: int
    clustering: float
    steps: tuple[breaks.Step, ...]
    untold: frozenset[int] = frozenset()
    untold_crashes: int = 0
    untold_in_month: Mapping[int, int] = field(default_factory=dict)
    untold_in_year: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def total(self) -> int:
        """All that have a year."""
        return int(self.numbers.sum())

    @cached_property
    def counted_days(self) -> Days:
        """Every day that counts."""
        return np.concatenate(
            [
                np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
                for first, last in self.period.stretches
            ]
        )

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Every year that counts at least in part, or that something happened in, and is told."""
        happened = self.days[self.numbers.sum(axis=0) > 0]
        found = np.unique(years_of(np.concatenate([happened, self.counted_days]))).tolist()
        return tuple(year for year in found if year not in self.untold)

    @cached_property
    def days_in(self) -> Mapping[int, int]:
        """How many days of each year count."""
        return _tally(years_of(self.counted_days), np.ones(self.counted_days.size, dtype=np.int64))

    @cached_property
    def by_year(self) -> Mapping[int, int]:
        """How many in each year."""
        return _tally(years_of(self.days), self.numbers.sum(axis=0))

    @cached_property
    def by_month(self) -> Mapping[int, int]:
        """How many in each month, by 12 year + month - 1; without those of whom only the year."""
        return _tally(months_of(self.days), self.numbers[:2].sum(axis=0))

    @cached_property
    def days_in_month(self) -> Mapping[int, int]:
        """How many days of each month count."""
        told = ~np.isin(years_of(self.counted_days), list(self.untold))
        return _tally(months_of(self.counted_days)[told], np.ones(told.sum(), dtype=np.int64))

    def is_whole(self, year: int) -> bool:
        """Say whether every day of a year counts: part of a year is no year to compare with."""
        return self.days_in.get(year, 0) == days_of_year(year)

    @cached_property
    def whole_years(self) -> tuple[int, ...]:
        """The years of which every day counts."""
        return tuple(year for year in self.years if self.is_whole(year))

    @cached_property
    def doubtful(self) -> frozenset[int]:
        """The years of which too many crashes do not tell what is counted: they compare with none.

        What was counted of them is less than there was, and would look like a fall.
        """
        return frozenset(
            year
            for year, n in self.untold_in_year.items()
            if casualties.is_much(n, self.by_year.get(year, 0)) and year not in self.untold
        )

    @cached_property
    def vague_years(self) -> frozenset[int]:
        """The years of which too many are known to the year only: their months compare with none.

        What was counted of a month is less than there was, and would look like a fall.
        """
        return self._vague(self.numbers[2])

    @cached_property
    def years_of_vague_days(self) -> frozenset[int]:
        """The years of too many of which the day is not known: their days compare with none."""
        return self._vague(self.numbers[1:].sum(axis=0))

    def _vague(self, numbers: Ints) -> frozenset[int]:
        in_year = _tally(years_of(self.days), numbers)
        return frozenset(
            year for year, n in in_year.items() if casualties.is_much(n, self.by_year[year] - n)
        )

    def is_doubtful(self, months: Sequence[int]) -> bool:
        """Say that too many crashes of these months do not tell it, by 12 year + month - 1."""
        untold, told = (
            sum(counts.get(one, 0) for one in months)
            for counts in (self.untold_in_month, self.by_month)
        )
        return bool(casualties.is_much(untold, told))

    @cached_property
    def runs(self) -> tuple[tuple[int, ...], ...]:
        """Whole years that follow each other without a break: only within one, years compare."""
        broken = {step.after.year for step in self.steps}
        found: list[list[int]] = []
        for year in (one for one in self.whole_years if one not in self.doubtful):
            if found and found[-1][-1] == year - 1 and year not in broken:
                found[-1].append(year)
            else:
                found.append([year])
        return tuple(map(tuple, found))

    def before(self, year: int) -> tuple[int, ...]:
        """Return the years before one that are its measure; none where they are not all there.

        They are whole, and no break lies between them or before the year itself.
        """
        wanted = tuple(range(year - YEARS_BEFORE, year))
        if year in self.doubtful or any(step.after.year == year for step in self.steps):
            return ()
        return wanted if any(set(wanted) <= set(run) for run in self.runs) else ()

    def limits(self, n: float, level: float = 0.95) -> tuple[float, float]:
        """Return the limits of a count: exact ones, wider where several come in one crash.

        Source: Garwood 1936, Biometrika 28: 437-442; Rao and Scott 1999, Statistics in Medicine 18:
        1373-1385.
        """
        low, high = stats.poisson_interval(n / self.clustering, level)
        return self.clustering * low, self.clustering * high

    def running_total(self, year: int, until: date, *, by_month: bool = False) -> int:
        """Return how many there were in a year up to the month and day of `until`, that one, too.

        By month those count of whom only the month is known. 29 February is 28 February in a year
        that has none.
        """
        ends = date(year, 1, 1).toordinal(), same_day(until, year).toordinal() + 1
        before, after = (
            self._sums[int(by_month)][bisect.bisect_left(self._ordinals, end)] for end in ends
        )
        return after - before

    @cached_property
    def _ordinals(self) -> list[int]:
        """The `days` as numbers of the calendar."""
        found: list[int] = (self.days.astype(np.int64) + date(1970, 1, 1).toordinal()).tolist()
        return found

    @cached_property
    def _sums(self) -> tuple[list[int], list[int]]:
        """Return how many came before each of `days`, and before the end: by day, and by month."""
        by_day, by_month = self.numbers[0], self.numbers[:2].sum(axis=0)
        return [0, *np.cumsum(by_day).tolist()], [0, *np.cumsum(by_month).tolist()]

    @property
    def notes(self) -> tuple[Message, ...]:
        """Say what is counted, when, and what is not among the numbers."""
        start, end = self.period.start, self.period.end
        return (
            # Of a part of them, the title says which.
            *((tables.COUNTED[self.unit],) if self.what == WHAT[self.unit][ALL] else ()),
            Message("Crashes from {start} to {end}.", {"start": start, "end": end}),
            *self.period.notes,
            *self.untold_notes,
            *_left_out(self.undated, UNDATED_ONE, UNDATED_MANY),
        )

    @property
    def untold_notes(self) -> tuple[Message, ...]:
        """Say what is in none of these numbers, as nobody tells it; and what does not compare."""
        years = sorted(self.untold & set(self.days_in))
        words = {"years": [str(year) for year in years], "what": self.what}
        of_years = Message(
            "Of {years} the data do not tell “{what}”: these are no years of nought.", words
        )
        of_crashes = counted(
            "{n} crash does not tell “{what}” and is in none of these numbers.",
            "{n} crashes do not tell “{what}” and are in none of these numbers.",
            self.untold_crashes,
            what=self.what,
        )
        doubtful = Message(
            "Of {years} more crashes do not tell “{what}” than {percent} % of what is counted: "
            "these years are set beside no others, as they would look like a fall.",
            {
                "years": [str(year) for year in sorted(self.doubtful & set(self.days_in))],
                "what": self.what,
                "percent": casualties.most_untold(),
            },
        )
        # Of crashes that tell nothing of all that is counted every analysis says so itself.
        is_part = self.what != WHAT[self.unit][ALL] and self.untold_crashes
        return (
            *([of_years] if years else []),
            *([of_crashes] if is_part else []),
            *([doubtful] if doubtful.values["years"] else []),
        )

    @property
    def method(self) -> tuple[Message, ...]:
        """Say how limits are made."""
        if self.unit == "crashes":
            return (Message("95 % limits of counts are exact (Garwood 1936)."),)
        return (
            Message(
                "95 % limits of counts are those of Garwood (1936), wider by what several in one "
                "crash do to them: their number is divided by {factor} first, the mean of the "
                "squares of the numbers in one crash by their mean (Rao and Scott 1999).",
                {"factor": round(self.clustering, 2)},
            ),
        )


UNDATED_ONE = "Of one the date is not known; it is not among these numbers."
UNDATED_MANY = "Of {n} the date is not known; they are not among these numbers."


def _left_out(n: int, one: str, many: str) -> tuple[Message, ...]:
    return (counted(one, many, n),) if n else ()


def vague(line: Timeline, *, month_is_enough: bool) -> tuple[Message, ...]:
    """Say how many are not among numbers by month, or by day, because their date is too vague."""
    if month_is_enough:
        return _left_out(
            int(line.numbers[2].sum()),
            "Of one only the year is known; it is not among these numbers.",
            "Of {n} only the year is known; they are not among these numbers.",
        )
    return _left_out(
        int(line.numbers[1:].sum()),
        "Of one the day is not known; it is not among these numbers.",
        "Of {n} the day is not known; they are not among these numbers.",
    )


def beside_no_others(line: Timeline, *, month_is_enough: bool = True) -> tuple[Message, ...]:
    """Say of which years the months compare with none, or the days: see `Timeline.vague_years`."""
    years = line.vague_years if month_is_enough else line.years_of_vague_days
    if not years:
        return ()
    words = {"years": [str(year) for year in sorted(years)], "percent": casualties.most_untold()}
    if month_is_enough:
        said = Message(
            "Of {years} more than {percent} % are known to the year only: their months are set "
            "beside no others, as they would look like a fall.",
            words,
        )
    else:
        said = Message(
            "Of {years} the day of more than {percent} % is not known: their days are set beside "
            "no others, as they would look like a fall.",
            words,
        )
    return (said,)


def of(
    data: CrashData, *, whole: CrashData | None = None, unit: str = "crashes", show: str = ALL
) -> Timeline:
    """Count along time. `whole` are the data that these were cut from, for breaks of recording.

    Raises MethodError for another unit, or where there are no dates.
    """
    reason = lacks(data)
    if reason is not None:
        raise MethodError(reason.text, **reason.values)
    if unit not in WHAT or show not in WORST:
        raise MethodError(
            "{unit} cannot be counted; there are {units}.", unit=unit, units=", ".join(WHAT)
        )
    days, numbers, undated, clustering = data.once(
        f"timeline of {unit}, {show}", lambda part: _counts(part, unit, WORST[show])
    )
    steps = breaks.found(data if whole is None else whole, data) if show != FATAL else ()
    return Timeline(
        WHAT[unit][show],
        unit,
        data.period,
        days,
        numbers,
        undated,
        clustering,
        tuple(steps),
        untold_years(data, unit, show, whole)
        | untold_years(data if whole is None else whole, unit, show),
        untold_crashes(data, unit, show, whole),
        *_untold_by_time(data, unit, show, whole),
    )


def untold_years(
    data: CrashData, unit: str, show: str = ALL, whole: CrashData | None = None
) -> frozenset[int]:
    """Return the years whose crashes do not tell how many of what is counted they are."""
    asked = _asked(data if whole is None else whole, unit, show)
    return frozenset[int]().union(*(tables.untold_years(data, what) for what in asked))


def untold_crashes(
    data: CrashData, unit: str, show: str = ALL, whole: CrashData | None = None
) -> int:
    """Count the crashes that do not tell how many of what is counted they are."""
    return int(_is_untold(data, unit, show, whole).sum())


def _is_untold(data: CrashData, unit: str, show: str, whole: CrashData | None) -> Flags:
    asked = _asked(data if whole is None else whole, unit, show)
    if not any(tables.n_untold(data, what) for what in asked):
        return np.zeros(len(data), dtype=bool)
    return np.asarray(np.any([~tables.told(data, what) for what in asked], axis=0))


def _untold_by_time(
    data: CrashData, unit: str, show: str, whole: CrashData | None
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Count the crashes that do not tell it by month, as 12 year + month - 1, and by year."""
    untold = _is_untold(data, unit, show, whole)
    if not untold.any():
        return {}, {}
    years, months = (filters.numbers(data, name)[untold] for name in ("year", "month"))
    return _count_each(12 * years + months - 1), _count_each(years)


def _count_each(times: Floats) -> Mapping[int, int]:
    found = times[np.isfinite(times)].astype(np.int64)
    return _tally(found, np.ones(found.size, dtype=np.int64))


def _asked(whole: CrashData, unit: str, show: str) -> tuple[str, ...]:
    """Return what crashes must tell for such a count: all of it, of what the data have at all."""
    if unit != "casualties":
        return (unit,)
    asked = tuple(tables.INJURY_OF[one] for one in WORST[show]) or ("killed", tables.INJURED)
    return tuple(one for one in asked if tables.records(whole, one))


def _counts(data: CrashData, unit: str, worst: Sequence[str]) -> tuple[Days, Ints, int, float]:
    each = tables.per_crash(data, unit, worst)
    levels = data.table("crash").levels("crash_date")
    days = np.array(levels.values, dtype="datetime64[D]")
    width = days.size + 1
    places: NDArray[np.int32] = data.each("day and how well it is known", _places)
    flat = np.bincount(places, weights=each, minlength=3 * width)
    found = np.rint(flat).astype(np.int64).reshape(3, width)
    order = np.argsort(days)
    total, squares = float(each.sum()), float(np.square(each).sum())
    clustering = squares / total if unit != "crashes" and total else 1.0
    return days[order], found[:, 1:][:, order], int(found[:, 0].sum()), max(1.0, clustering)


def _places(data: CrashData) -> NDArray[np.int32]:
    """Return of each crash the place of its day among those known to the day, month or year."""
    levels = data.table("crash").levels("crash_date")
    width = len(levels.values) + 1
    places: NDArray[np.int32] = (_precision(data) * width + levels.codes + 1).astype(np.int32)
    return places


def _precision(data: CrashData) -> Ints:
    """Return of each crash whether its date is known to the day (0), the month (1) or the year."""
    if "date_precision" not in data.table("crash"):
        return np.zeros(len(data), dtype=np.int64)
    levels = data.table("crash").levels("date_precision")
    place = {"day": 0, "month": 1}
    # As filters have it: without a word about it, a date is known to the day.
    kinds = np.array([*(place.get(value, 2) for value in levels.values), 0], dtype=np.int64)
    return np.asarray(kinds[levels.codes])


def to_the_day(data: CrashData) -> Flags:
    """Say of which crashes the date, where it is told, is known to the day."""
    return np.asarray(_precision(data) == 0)


def years_of(days: Days) -> Ints:
    """Return the year of each day."""
    return np.asarray(days.astype("datetime64[Y]").astype(np.int64) + 1970)


def months_of(days: Days) -> Ints:
    """Return the month of each day, as 12 year + month - 1."""
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) + 12 * 1970)


def days_of_year(year: int) -> int:
    """Return 365 or 366."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def days_of_month(month: int) -> int:
    """Return the days of a month, given as 12 year + month - 1."""
    return (first_of(month + 1) - first_of(month)).days


def first_of(month: int) -> date:
    """Return the first day of a month, given as 12 year + month - 1."""
    return date(month // 12, month % 12 + 1, 1)


def month_label(month: int) -> Message:
    """Name a month and its year."""
    return Message(
        "{month} {year}",
        {"month": filters.value_label("month", str(month % 12 + 1)), "year": str(month // 12)},
    )


def same_day(day: date, year: int) -> date:
    """Return the day of another year; 29 February is 28 February where there is none."""
    is_leap = days_of_year(year) == 366
    if (day.month, day.day) == (2, 29) and not is_leap:
        return date(year, 2, 28)
    return day.replace(year=year)


def _tally(keys: Ints, numbers: Ints) -> dict[int, int]:
    if not keys.size:
        return {}
    sums = np.bincount(keys - keys.min(), weights=numbers)
    there = np.unique(keys)
    return dict(
        zip(there.tolist(), np.rint(sums[there - keys.min()]).astype(int).tolist(), strict=True)
    )
