"""The answer to "how many here?": crashes and people hurt by year, and what the numbers carry."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from crashkit import bands, filters, stats, tables
from crashkit.errors import Message, ReportError, counted
from crashkit.filters import Filter, spelling
from crashkit.model import CrashData, CrossTable, Period, Summary
from crashkit.quick.places import Place
from crashkit.stats import FEW

LISTED = 12
"""So many of the newest crashes stand in an answer one by one."""


@dataclass(frozen=True)
class YearCount:
    """The crashes of a year and the people hurt in them; `is_whole` says all its days count."""

    year: int
    is_whole: bool
    summary: Summary


@dataclass(frozen=True)
class Compared:
    """The place against the rest of its road, by crashes per km in the same time.

    `expected` are the crashes it would have, were it like the rest; `ratio` is how many times more
    it has, with its 95 % limits: `high` is infinite where the rest has none.
    """

    road: str
    road_km: float
    place_km: float
    elsewhere: int
    expected: float
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class QuickAnswer:
    """How many crashes a place had. `data` are they, `chosen` the whole filter that keeps them,
    `also` what of it is not the place.

    `first` and `last` are the days of the first and the last one; `a_year` the crashes of a year
    with the 95 % limits that chance leaves. `times` counts them by hours of the day: from, to,
    crashes; `no_time` those of unknown hour. `lost` says what could not be counted.
    """

    place: Place
    data: CrashData
    chosen: Filter
    also: Filter
    summary: Summary
    years: tuple[YearCount, ...]
    first: date | None
    last: date | None
    a_year: tuple[float, float, float]
    types: CrossTable
    times: tuple[tuple[int, int, int], ...]
    no_time: int
    lost: tuple[Message, ...]
    compared: Compared | None

    @property
    def sentence(self) -> Message:
        """Say the answer in one sentence."""
        return _sentence(self)

    @property
    def question(self) -> str:
        """What asks for this answer again, see `asked_again`."""
        place = self.place
        return json.dumps([place.words, place.kind, place.width_m or None, self.also.words])

    @property
    def doubts(self) -> tuple[Message, ...]:
        """Say what the numbers carry, and what they do not."""
        return tuple(_doubts(self))


def answer(data: CrashData, place: Place, chosen: Filter | None = None) -> QuickAnswer:
    """Count the crashes of a place, of those that pass another filter too (years, severity).

    Raises FilterError where both filters say something of one key.
    """
    both = filters.all_of([place.chosen, *([chosen] if chosen else [])])
    part = filters.apply(both, data)
    days = _days(part)
    years = max(part.period.years, 1 / 365.25)
    low, high = stats.poisson_interval(len(part))
    times, no_time = _times(part)
    return QuickAnswer(
        place=place,
        data=part,
        chosen=both,
        also=chosen or Filter(),
        summary=tables.summary(part, data),
        years=() if part.period.undated else tuple(_years(part, data)),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        a_year=(len(part) / years, low / years, high / years),
        types=tables.cross(part, "crash_type", "severity"),
        times=times,
        no_time=no_time,
        lost=tuple(_lost(data, place, chosen or Filter(), part)),
        compared=_compared(data, place, chosen or Filter(), part),
    )


def asked_again(question: str) -> tuple[str, str, float | None, str]:
    """Return words, kind, width (metres) and further filter of a question. Raises ReportError."""
    try:
        words, kind, width_m, also = json.loads(question)
        return str(words), str(kind), None if width_m is None else float(width_m), str(also)
    except (ValueError, TypeError) as error:
        raise ReportError("The receipt in this file is broken.") from error


# --------------------------------------------------------------------- counting


def _days(part: CrashData) -> list[date]:
    if "crash_date" not in part.table("crash"):
        return []
    levels = part.table("crash").levels("crash_date")
    there = np.unique(levels.codes[levels.codes >= 0])
    return sorted(date.fromisoformat(levels.values[code]) for code in there.tolist())


def _years(part: CrashData, data: CrashData) -> Iterator[YearCount]:
    """Yield every year that the data cover, also those in which nothing happened."""
    found = filters.numbers(part, "year")
    for year in part.period.calendar_years:
        whole = Period(date(year, 1, 1), date(year, 12, 31))
        is_whole = whole.within(part.period.stretches) == whole
        yield YearCount(year, is_whole, tables.summary(part.keep(found == year), data))


def _times(part: CrashData) -> tuple[tuple[tuple[int, int, int], ...], int]:
    hours = filters.numbers(part, "hour")
    known = hours[np.isfinite(hours)]
    parts = bands.known()[bands.PARTS].keys
    ends = [(int(first), int(last)) for first, _, last in (key.partition("-") for key in parts)]
    found = tuple((low, high, int(((known >= low) & (known <= high)).sum())) for low, high in ends)
    return found, len(part) - len(known)


# ---------------------------------------------------------------- what is missing


def _lost(data: CrashData, place: Place, chosen: Filter, part: CrashData) -> Iterator[Message]:
    """Say how many crashes may belong here, but do not tell where they were."""
    others = filters.apply(chosen, data)
    if place.road is not None and place.low_km is not None:
        yield from _lost_on_road(others, place, part)
    elif place.kind in ("point", "junction", "area") or "within" in place.chosen.query:
        yield from _lost_points(others)
    else:
        yield from _lost_names(others, place)


def _lost_on_road(others: CrashData, place: Place, part: CrashData) -> Iterator[Message]:
    assert place.road is not None
    assert place.low_km is not None
    assert place.high_km is not None
    road = filters.parse({"road": spelling.escape(place.road.key)})
    on_road = filters.keeps(road, others)
    km = filters.numbers(others, "chainage_km")
    without = int((on_road & ~np.isfinite(km)).sum())
    if without:
        yield counted(
            "One crash on {road} has no km post: it may have been here, and is not counted.",
            "{n} crashes on {road} have no km post: some may have been here, and none is counted.",
            without,
            road=place.road.key,
        )
    rough_km = np.nan_to_num(filters.numbers(others, "chainage_accuracy_m")) / 1000
    touches = (km + rough_km >= place.low_km) & (km - rough_km <= place.high_km)
    inside = (km >= place.low_km - 5e-4) & (km <= place.high_km + 5e-4)
    yield from _rough(int((on_road & touches & ~inside).sum()))
    unnamed = int(_unnamed(others, "road_key").sum())
    if unnamed:
        yield counted(
            "One crash of the data set names no road.",
            "{n} crashes of the data set name no road.",
            unnamed,
        )


def _rough(n: int) -> Iterator[Message]:
    """Say which crashes are known so roughly that they may lie here, though they are told outside.

    Source: a place is an interval as wide as it is exact (data standards, section 2).
    """
    if n:
        yield counted(
            "One crash just outside is known so roughly that it may have been here.",
            "{n} crashes just outside are known so roughly that they may have been here.",
            n,
        )


def _lost_points(others: CrashData) -> Iterator[Message]:
    without = len(others) - int(filters.located(others).sum())
    if without:
        yield counted(
            "One crash of the data set has no coordinates: it may have been here, and is not "
            "counted.",
            "{n} crashes of the data set have no coordinates: some may have been here, and none "
            "is counted.",
            without,
        )


def _lost_names(others: CrashData, place: Place) -> Iterator[Message]:
    key = next(iter(place.chosen.query), "")
    without = int(_unnamed(others, filters.COLUMN_OF.get(key, key)).sum())
    if without:
        yield counted(
            "Of one crash of the data set it is not known ({field}); it is not counted.",
            "Of {n} crashes of the data set it is not known ({field}); none of them is counted.",
            without,
            field=filters.label(key),
        )


def _unnamed(data: CrashData, name: str) -> NDArray[np.bool_]:
    levels = filters.levels(data, name)
    if levels is None:
        return np.ones(len(data), dtype=bool)
    return levels.look_up([not one.strip() for one in levels.values], missing=True)


# --------------------------------------------------------------------- comparing


def _compared(data: CrashData, place: Place, chosen: Filter, part: CrashData) -> Compared | None:
    """Compare a stretch with the rest of its road; None where the length of the road is not known.

    Given the crashes of both together, those of the place are a binomial share, whose exact limits
    make those of the ratio. Source: Przyborowski and Wilenski 1940, Biometrika 31: 313-323.
    """
    road = place.road
    if road is None or road.route is None or place.low_km is None or place.high_km is None:
        return None
    low = max(place.low_km, road.route.low_km)
    high = min(place.high_km, road.route.high_km)
    place_km, road_km = high - low, road.route.length_km
    if place_km <= 0 or place_km >= road_km / 2:
        return None
    terms = {key: one for key, one in place.chosen.query.items() if key != "km"}
    on_road = filters.keeps(filters.all_of([filters.parse(terms), chosen]), data)
    posted = on_road & np.isfinite(filters.numbers(data, "chainage_km"))
    here, elsewhere = len(part), int(posted.sum()) - len(part)
    if elsewhere < FEW or here + elsewhere <= 0:
        return None
    times = (road_km - place_km) / place_km
    share_low, share_high = stats.clopper_pearson(here, here + elsewhere)
    return Compared(
        road=road.key,
        road_km=road_km,
        place_km=place_km,
        elsewhere=elsewhere,
        expected=elsewhere / times,
        ratio=here / elsewhere * times,
        low=share_low / (1 - share_low) * times,
        high=share_high / (1 - share_high) * times if share_high < 1 else math.inf,
    )


# ------------------------------------------------------------------------- words


def _sentence(found: QuickAnswer) -> Message:
    period, n = found.data.period, found.summary.crashes
    values = {"place": found.place.label, "start": period.start, "end": period.end}
    if not n:
        return Message(
            "{place}: no crash is recorded from {start} to {end}. That none is recorded does not "
            "mean that none happened.",
            values,
        )
    killed, injured = found.summary.killed, found.summary.injured
    crashes = counted("one crash", "{n} crashes", n)
    if killed is None and injured is None:
        return Message("{place}: {crashes} from {start} to {end}.", {**values, "crashes": crashes})
    return Message(
        "{place}: {crashes} from {start} to {end}; {people}.",
        {**values, "crashes": crashes, "people": _people(killed, injured)},
    )


def _people(killed: int | None, injured: int | None) -> Message:
    if killed is None:
        return counted("one person injured", "{n} people injured", injured or 0)
    if injured is None:
        return counted("one person killed", "{n} people killed", killed)
    return Message(
        "{killed}, {injured}",
        {
            "killed": counted("one person killed", "{n} people killed", killed),
            "injured": counted("one person injured", "{n} people injured", injured),
        },
    )


def _doubts(found: QuickAnswer) -> Iterator[Message]:
    low, high = stats.poisson_interval(found.summary.crashes)
    yield counted(
        "One crash in {years} years: chance alone leaves open {low} to {high} in the same time "
        "(exact 95 % limits).",
        "{n} crashes in {years} years: chance alone leaves open {low} to {high} in the same time "
        "(exact 95 % limits).",
        found.summary.crashes,
        years=_plain(found.data.period.years),
        low=round(low, 1),
        high=round(high, 1),
    )
    if 0 < found.summary.crashes < FEW:
        yield Message(
            "These are few crashes: no share and no trend can be drawn from them, and one more or "
            "less changes the picture."
        )
    yield from tables.untold_notes(found.summary, ("killed", "serious", "injured"))
    if found.compared is not None:
        yield from _comparison(found.compared)
    elif found.place.kind == "post":
        yield Message(
            "There is no comparison with the rest of the road: its length is not known, or its "
            "crashes are too few."
        )
    yield from found.lost


def _comparison(one: Compared) -> Iterator[Message]:
    values = {
        "road": one.road,
        "expected": round(one.expected, 1),
        "km": _plain(one.place_km),
        "ratio": round(one.ratio, 1),
        "low": round(one.low, 1),
        "high": round(one.high, 1) if math.isfinite(one.high) else "∞",
    }
    yield Message(
        "{km} km like the rest of {road} would have {expected} crashes; here are {ratio} times as "
        "many (exact 95 % limits {low} to {high}): {verdict}.",
        {**values, "verdict": _verdict(one)},
    )
    yield Message(
        "The comparison knows no traffic and no junctions, and places are most often asked for "
        "after something happened there: it is a hint, and no proof of a blackspot."
    )


def _plain(number: float) -> float:
    """Return a number as people write it: whole where it is, else with one digit."""
    return round(number) if abs(number - round(number)) < 5e-4 else round(number, 1)


def _verdict(one: Compared) -> Message:
    if one.low > 1:
        return Message("more than chance explains")
    if one.high < 1:
        return Message("fewer than chance explains")
    return Message("chance alone can explain it")
