"""Fill in forms: each row of one is asked of the crashes of a year and of the year before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from crashkit import casualties, filters, quality, tables, timeline, tracking, traits
from crashkit.blocks import Column, Table
from crashkit.errors import Message, MethodError, NeedsChoice, within
from crashkit.exposure import words as exposures
from crashkit.exposure import yearly
from crashkit.exposure.told import Told
from crashkit.form import Form, Row
from crashkit.model import CrashData
from crashkit.timeline import Timeline
from crashkit.trends import expected
from crashkit.trends.targets import Target

NOT_RECORDED = Message("not recorded")
Number = int | float | Message | None

ONCE = ("base", "goal", "needed")
"""What of a target is the same whatever the year, or is told of the newest one only."""
COUNTED = ("count", "exposure", "base")
"""Measures that are counts; all others are made of these."""
UNIT = {"crashes": "crashes", "fatal_crashes": "crashes", "vehicles": "vehicles"}
SEVERITY = {"crashes": "severity", "casualties": "injury"}


@dataclass(frozen=True)
class Line:
    """A line of a filled form: its number, label, the year and the year before, and a remark.

    `limits` are the 95 % limits of a rate. What the data do not record says so; None is no answer.
    """

    number: str
    label: Message
    now: Number
    before: Number
    limits: tuple[float, float] | None = None
    remark: Message | None = None


def fill(form: Form, data: CrashData, whole: CrashData, year: int, told: Iterable[Told]) -> Table:
    """Return the form filled in for a year; the year before stands beside it where it is whole.

    `told` is the exposure that a store keeps. What `whole` never records is not recorded.
    """
    asked = _Asked(data, whole, year, tuple(told))
    lines: list[Line] = []
    part_of: list[int | None] = []
    made: list[int] = []
    for n, row in enumerate(form.rows, 1):
        first, *parts = asked.lines(str(n), row)
        made += [] if row.measure in COUNTED else [len(lines)]
        part_of += [None, *(len(lines) for _ in parts)]
        lines += [first, *parts]
    columns = (
        Column(Message("No.")),
        Column(Message("Indicator")),
        Column(filters.plain(str(year)), "number", 2),
        Column(filters.plain(str(year - 1)), "number", 2),
        Column(Message("95 % from"), "float", 2),
        Column(Message("95 % to"), "float", 2),
        Column(Message("Remark")),
    )
    cells = tuple(
        (one.number, one.label, one.now, one.before, *(one.limits or (None, None)), one.remark)
        for one in lines
    )
    kept = [i for i in range(len(columns)) if any(row[i] is not None for row in cells)]
    return Table(
        form.title,
        tuple(columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in cells),
        part_of=tuple(part_of),
        made=frozenset(made),
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    data: CrashData
    whole: CrashData
    year: int
    told: tuple[Told, ...]

    def lines(self, number: str, row: Row) -> Iterator[Line]:
        if row.measure == "count":
            yield from self._counts(number, row)
        elif row.measure == "within_30d":
            yield self._within_30d(number, row)
        elif row.measure == "rate":
            yield self._rate(number, row)
        elif row.measure == "exposure":
            yield self._exposure(number, row)
        else:
            yield self._target(number, row)

    def _of(self, year: int, row: Row) -> CrashData | None:
        """Return the crashes of a year that a row is about; None where the year is not whole."""
        if year not in self.data.period.whole_years:
            return None
        here = filters.numbers(self.data, "year") == year
        period = self.data.period.cut(date(year, 1, 1), date(year, 12, 31))
        cut = self.data.keep(here, period=period)
        return filters.apply(filters.parse(row.filter), cut) if row.filter else cut

    def _counts(self, number: str, row: Row) -> Iterator[Line]:
        now, before = (self._count(self._of(year, row), row) for year in (self.year, self.year - 1))
        yield Line(number, row.label, now, before, remark=self._not_in_sum(row, before))
        if not row.by or not isinstance(now, int):
            return
        of_years = [self._of(year, row) for year in (self.year, self.year - 1)]
        parts = [{} if part is None else _parts(part, row) for part in of_years]
        if not any(key not in ("", filters.UNKNOWN) for part in parts for key in part):
            yield Line(f"{number}.1", traits.label(row.by), NOT_RECORDED, NOT_RECORDED)
            return
        untold = [_untold_values(part, row) for part in of_years]
        keys = [*dict.fromkeys([*parts[0], *parts[1]])]
        known = isinstance(before, int)
        for n, key in enumerate(keys, 1):
            is_known = key not in ("", filters.UNKNOWN)
            label = traits.value_label(row.by, key) if is_known else filters.value_label("", key)
            this, last = (
                NOT_RECORDED if key in lacking else part.get(key, 0)
                for part, lacking in zip(parts, untold, strict=True)
            )
            yield Line(f"{number}.{n}", label, this, last if known else None)

    def _not_in_sum(self, row: Row, before: Number) -> Message | None:
        """Say how many crashes are in neither sum, as they do not tell how many they had."""
        now, last = (self._untold(year, row) for year in (self.year, self.year - 1))
        if not now and not (last and isinstance(before, int)):
            return None
        if not isinstance(before, int):
            return casualties.not_in_sum(now, [row.label])
        return Message(
            "Crashes that do not tell it and are not in the sum: {n} in {year}, {before} in "
            "{last}.",
            {"n": now, "year": str(self.year), "before": last, "last": str(self.year - 1)},
        )

    def _untold(self, year: int, row: Row) -> int:
        part = self._of(year, row)
        if part is None or row.count not in tables.SUMMED:
            return 0
        return 0 if tables.is_untold(part, row.count) else tables.n_untold(part, row.count)

    def _count(self, part: CrashData | None, row: Row) -> int | Message | None:
        if row.count in ("killed", "serious", "slight", "vehicles"):
            is_told = tables.records(self.whole, row.count)
        else:
            is_told = row.count == "crashes" or filters.levels(self.whole, "severity") is not None
        if not is_told:
            return NOT_RECORDED
        if part is None:
            return None
        if row.count == "crashes":
            return len(part)
        if row.count == "fatal_crashes":
            return int(tables.per_crash(part, "crashes", ["fatal"]).sum())
        if tables.is_untold(part, row.count):
            return NOT_RECORDED
        return int(tables.by_crash(part, row.count).sum())

    def _killed(self, year: int, row: Row) -> int | Message | None:
        return self._count(self._of(year, row), Row(row.label, "killed", filter=row.filter))

    def _within_30d(self, number: str, row: Row) -> Line:
        factor = quality.deaths(self.whole).factor
        now, before = (self._killed(year, row) for year in (self.year, self.year - 1))
        if factor is None:
            why = Message("It is not known how long after a crash a death counts.")
            return Line(number, row.label, NOT_RECORDED, NOT_RECORDED, remark=why)
        remark = Message(
            "The count times {factor}."
            if factor.verified
            else "The count times {factor}, a factor that was not verified.",
            {"factor": factor.factor},
        )
        found = [
            round(one * factor.factor) if isinstance(one, int) else one for one in (now, before)
        ]
        return Line(number, row.label, found[0], found[1], remark=self._with_untold(remark, row))

    def _with_untold(self, remark: Message, row: Row) -> Message:
        """Add to a remark how many crashes of the year are in no count of the killed."""
        killed = Row(row.label, "killed", filter=row.filter)
        n = self._untold(self.year, killed)
        if not n:
            return remark
        untold = casualties.not_in_sum(n, [tables.SUMMED["killed"]])
        return Message("{remark} {untold}", {"remark": remark, "untold": untold})

    def _rate(self, number: str, row: Row) -> Line:
        factor = quality.deaths(self.whole).factor
        killed = self._killed(self.year, row)
        amount = self._amount(row.of, self.year)
        if not isinstance(killed, int) or factor is None or amount is None:
            return Line(number, row.label, NOT_RECORDED, None, remark=self._lacking(row.of))
        per = exposures.per(row.of) * factor.factor / amount
        low, high = self._deaths(row).limits(killed)
        remark = Message(
            "{n} killed as counted, times {factor}; {quantity}: {amount}.",
            {
                "n": killed,
                "factor": factor.factor,
                "quantity": within(exposures.QUANTITIES[row.of]),
                "amount": round(amount),
            },
        )
        return Line(
            number,
            row.label,
            round(killed * per, 2),
            self._rate_before(row, factor.factor),
            (round(low * per, 2), round(high * per, 2)),
            self._with_untold(remark, row),
        )

    def _rate_before(self, row: Row, factor: float) -> float | None:
        killed, amount = self._killed(self.year - 1, row), self._amount(row.of, self.year - 1)
        if not isinstance(killed, int) or amount is None:
            return None
        return round(killed * factor * exposures.per(row.of) / amount, 2)

    def _exposure(self, number: str, row: Row) -> Line:
        now, before = (self._amount(row.of, year) for year in (self.year, self.year - 1))
        if now is None:
            return Line(number, row.label, NOT_RECORDED, None, remark=self._lacking(row.of))
        return Line(number, row.label, round(now), None if before is None else round(before))

    def _lacking(self, quantity: str) -> Message:
        """Say why something cannot be divided by a quantity."""
        if self._is_part:
            return Message(
                "A filter keeps a part of the crashes; no population, vehicles or traffic go with "
                "it."
            )
        if self._amount(quantity, self.year) is None:
            return Message(
                "The data set does not tell this of the year: {quantity}.",
                {"quantity": within(exposures.QUANTITIES[quantity])},
            )
        return Message("It is not known how long after a crash a death counts.")

    @property
    def _is_part(self) -> bool:
        return len(self.data) != len(self.whole)

    def _amount(self, quantity: str, year: int) -> float | None:
        """Return the quantity of the whole data set; none goes with a part of the crashes."""
        if self._is_part:
            return None
        try:
            return yearly.amounts_of(self.told, quantity).get(("", year))
        except MethodError:
            return None

    def _target(self, number: str, row: Row) -> Line:
        try:
            asked, said = tracking.begun(self.data)
            target = tracking.track(self.data, asked).target
        except (MethodError, NeedsChoice) as error:
            return Line(number, row.label, NOT_RECORDED, None, remark=error.message)
        if not tables.records(self.whole, "killed"):
            return Line(number, row.label, NOT_RECORDED, None)
        uncounted = {target.base_year} & {*casualties.uncounted_years(self.data)}
        if uncounted:
            # Crashes of the base year are no measure of people killed later.
            (why,) = casualties.uncounted_notes(sorted(uncounted))
            return Line(number, row.label, NOT_RECORDED, None, remark=why)
        if row.measure == "change":
            return self._change(number, row, target)
        now, before = (self._of_target(row, target, year) for year in (self.year, self.year - 1))
        if row.measure in ONCE:
            before = None
        about = {"base": target.base_year, "goal": target.year}.get(row.measure)
        remark = None if about is None else Message("{year}", {"year": str(about)})
        if said and row.measure == "base":
            remark = said[0]
        return Line(number, row.label, now, before, remark=remark)

    def _of_target(self, row: Row, target: Target, year: int) -> Number:
        if row.measure == "base":
            return round(target.base_value)
        if row.measure == "goal":
            return round(target.value)
        if row.measure == "needed":
            return self._needed(target, row)
        if not target.base_year <= year <= target.year:
            return None
        path = round(target.path(year))
        if row.measure == "path":
            return path
        doubtful = year in self._deaths(row).doubtful
        killed = NOT_RECORDED if doubtful else self._killed(year, row)
        return killed - path if isinstance(killed, int) else killed

    def _change(self, number: str, row: Row, target: Target) -> Line:
        """Set the deaths of a year beside those of the base: both counts are of chance."""
        line = self._deaths(row)
        now, before = (
            self._since_base(year, row, target, line) for year in (self.year, self.year - 1)
        )
        last = None if before is None else before[0]
        if now is not None:
            return Line(number, row.label, now[0], last, (now[1], now[2]))
        if self.year <= target.base_year:
            return Line(number, row.label, None, None)
        doubtful = line.doubtful & {self.year, target.base_year}
        why = line.untold_notes[-1] if doubtful else None
        return Line(number, row.label, NOT_RECORDED, last, remark=why)

    def _since_base(
        self, year: int, row: Row, target: Target, line: Timeline
    ) -> tuple[float, float, float] | None:
        """Return the change since the base in per cent with its limits; None where none is known.

        The base year has none against itself, nor has a year before it.
        """
        killed = self._killed(year, row)
        if not isinstance(killed, int) or year <= target.base_year:
            return None
        if line.doubtful & {year, target.base_year}:
            return None
        base = round(target.base_value)
        percent, low, high = expected.change(killed, base, 1, scatter=line.clustering)
        return round(percent, 1), round(low, 1), round(high, 1)

    def _deaths(self, row: Row) -> Timeline:
        """Return the deaths along time that a row is about: several may come in one crash."""
        part = filters.apply(filters.parse(row.filter), self.data) if row.filter else self.data
        return timeline.of(part, whole=self.whole, unit="casualties", show=timeline.FATAL)

    def _needed(self, target: Target, row: Row) -> float | None:
        killed = self._killed(self.year, row)
        if not isinstance(killed, int):
            return None
        needed = target.required(self.year, killed)
        return round(needed, 1) if math.isfinite(needed) else None


def definitions(form: Form) -> Table | None:
    """Return what each row of a form counts; None where the form says it of none."""
    rows = tuple((str(n), row.label, row.note) for n, row in enumerate(form.rows, 1) if row.note)
    columns = (
        Column(Message("No.")),
        Column(Message("Indicator")),
        Column(Message("What it counts")),
    )
    return Table(Message("Definitions of the indicators"), columns, rows) if rows else None


def _untold_values(part: CrashData | None, row: Row) -> frozenset[str]:
    if part is None or row.count not in tables.SUMMED:
        return frozenset()
    return tables.untold_values(part, row.count, row.by)


def _parts(part: CrashData, row: Row) -> dict[str, int]:
    """Count by the values of a field, in their order; what is not known comes last."""
    unit = UNIT.get(row.count, "casualties")
    if row.by == traits.CLASS:
        tally = traits.by_road_user(part, (row.count,))
        found = {key: tally.count(key) for key in sorted(tally.values, key=tally.count)[::-1]}
        return {**found, filters.UNKNOWN: round(tally.unknown)} if tally.unknown else found
    kind = SEVERITY.get(unit, row.by)
    worst = {"fatal_crashes": "fatal"}.get(row.count, row.count)
    table = tables.cross(part, row.by, kind, unit=unit)
    if row.count in ("crashes", "vehicles"):
        sums = [*tables.row_totals(table)]
    elif worst in table.columns:
        at = table.columns.index(worst)
        sums = [cells[at] for cells in table.cells]
    else:
        sums = [0 for _ in table.rows]
    found = {key: n for key, n in zip(table.rows, sums, strict=True) if n}
    unknown = {key: n for key, n in found.items() if key in ("", filters.UNKNOWN)}
    return {key: n for key, n in found.items() if key not in unknown} | unknown
