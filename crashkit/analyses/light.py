"""Light and season: the hours of crashes by month beneath the curves of the sun."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crashkit import analysis, daylight, filters, glare, stats
from crashkit.analysis import Analysis, Answer, Choice, Options, Question
from crashkit.blocks import Column, Figure, Table
from crashkit.daylight import DAY, NIGHT, TWILIGHT, UNKNOWN, Seen
from crashkit.errors import Message, counted
from crashkit.glare import Season
from crashkit.model import CrashData
from crashkit.stats import FEW
from crashkit.trends import ratios

RECORDED = {
    "day": Message("Recorded: daylight"),
    "twilight": Message("Recorded: dawn / dusk"),
    "night": Message("Recorded: dark"),
    "": Message("Not recorded"),
}
HOURS, LIGHT, GLARE = "hours", "light", "glare"
LOOKS = {
    HOURS: Message("Month and hour"),
    LIGHT: Message("Light by the sun and as recorded"),
    GLARE: Message("Low sun"),
}
TITLES = {
    HOURS: Message("Crashes by month and hour, and the sun"),
    LIGHT: Message("Crashes by the sun and by the light as recorded"),
    GLARE: Message("Crashes per 100 days with a low and with a higher sun, by hour"),
}


def _looks(question: Question) -> Options:
    return list(LOOKS.items())


def _clocks(question: Question) -> Options:
    ahead = Message("{hours} hours ahead of UTC")
    return [
        (daylight.BY_COUNTRY, Message("the clock of the country")),
        (daylight.BY_SUN, Message("whole hours by longitude")),
        *((word, Message(ahead.text, {"hours": hours})) for word, hours in daylight.TOLD.items()),
    ]


LOOK = Choice("show", Message("Show"), _looks)
CLOCK = Choice("set", Message("Clock"), _clocks)


def lacks(question: Question) -> Message | None:
    """Say what is missing to know where the sun stood."""
    if daylight.middle(question.data) is None:
        return Message("No crash has coordinates, so nobody knows where the sun stood.")
    dated = filters.levels(question.data, "crash_date"), filters.levels(question.data, "hour")
    if any(one is None or not (one.codes >= 0).any() for one in dated):
        return Message("The data do not tell the day and the hour of any crash.")
    return None


def answer(question: Question) -> Answer:
    """Return the grid below the curves, or the sun against the record; and what the dark adds."""
    data = question.data
    told = analysis.chosen(CLOCK, question)
    seen = daylight.seen(data, told)
    said, words = daylight.recorded(data)
    look = analysis.chosen(LOOK, question)
    if look == GLARE:
        season = glare.by_season(data, told)
        finding, figure = _low_against_high(question, season), _by_hour(season)
    else:
        finding = _finding(question, seen)
        figure = _light(seen, said) if look == LIGHT else _hours(data, seen, told)
    return Answer(
        title=TITLES[look],
        finding=finding,
        figure=figure,
        method=(*_method(question, told), *(_glare_method() if look == GLARE else ())),
        notes=(
            *_low_sun(question, seen, told),
            *(_disagreements(seen, said) if words else ()),
            *_unknown(data, seen),
        ),
        warnings=_warnings(question, seen, told),
    )


# ------------------------------------------------------------------ what was found


def _finding(question: Question, seen: Seen) -> Message:
    day, twilight, night = (int((seen.state == one).sum()) for one in (DAY, TWILIGHT, NIGHT))
    known = day + twilight + night
    if known < FEW:
        return Message("Of {n} crashes the light is known: too few to say more.", {"n": known})
    low, high = stats.clopper_pearson(night, known)
    share = {"share": _percent(night / known), "low": _percent(low), "high": _percent(high)}
    at = daylight.middle(question.data)
    if at is None or any(analysis.cut_off(question, name) for name in ("hour", "month")):
        return Message(
            "{share} % of the crashes happened at night (95 % limits {low} to {high} %). The "
            "filter leaves out hours or months, so hours of night and day are not compared.",
            share,
        )
    up, _, dark = daylight.hours_of(question.data.period, at).tolist()
    found = ratios.rate_ratio(night, dark, day, up)
    if min(night, day) < FEW:
        return Message(
            "{night} crashes happened at night and {day} with the sun up: too few to compare the "
            "hours of both.",
            {"night": night, "day": day},
        )
    return Message(
        "{share} % of the crashes happened at night (95 % limits {low} to {high} %). An hour of "
        "night has {ratio} % of the crashes of an hour with the sun up ({lower} to {upper} %). "
        "Hours are compared, not traffic: fewer people drive at night, so the risk of a "
        "kilometre at night is not told.",
        {
            **share,
            "ratio": _percent(found.ratio),
            "lower": _percent(found.lower),
            "upper": _percent(found.upper),
        },
    )


def _low_against_high(question: Question, season: Season) -> Message:
    found = season.found
    few = min(found.events_with, found.events_without)
    if few < FEW or math.isnan(found.ratio):
        return Message(
            "{low} crashes with a low sun and {high} in the same hours with a higher one: too few "
            "to compare.",
            {"low": found.events_with, "high": found.events_without},
        )
    if analysis.cut_off(question, "month"):
        return Message(
            "The filter leaves out months, so seasons with a low sun are not compared with others."
        )
    first, last = glare.low_sun()
    return Message(
        "With the sun {first} to {last} degrees above the horizon an hour has {ratio} % of the "
        "crashes of the same hour of the clock with a higher sun (95 % limits {lower} to {upper} "
        "%): {verdict}. Traffic and weather differ by season too.",
        {
            "first": round(first),
            "last": round(last),
            "ratio": _percent(found.ratio),
            "lower": _percent(found.lower),
            "upper": _percent(found.upper),
            "verdict": _verdict(found.lower, found.upper),
        },
    )


def _verdict(low: float, high: float) -> Message:
    if low > 1:
        return Message("more than chance explains")
    return Message("fewer than chance explains") if high < 1 else CHANCE


CHANCE = Message("chance alone can explain it")


def _low_sun(question: Question, seen: Seen, told: str) -> tuple[Message, ...]:
    """Say how many crashes had a low sun, and how it stood to who drove where that is known."""
    headings = _headings(question)
    turned = None if headings is None else glare.by_direction(question.data, headings, told)
    if turned is None or not turned.ahead + turned.behind:
        return _low_anywhere(seen)
    words = {"ahead": turned.ahead, "behind": turned.behind, "unknown": turned.unknown}
    with_low = Message(
        "With a low sun {ahead} crashes were of vehicles that drove towards it and {behind} of "
        "vehicles that drove away from it, by the recorded direction and the line of the road; of "
        "{unknown} it is not known.",
        words,
    )
    if min(turned.ahead, turned.behind) < FEW or math.isnan(turned.odds.ratio):
        return (with_low, Message("These are too few to say whether the sun dazzled."))
    return (
        with_low,
        Message(
            "For each crash away from the low sun there are {ratio} times as many towards it as "
            "with a high sun in the same hours (95 % limits {lower} to {upper}): {verdict}.",
            {
                "ratio": round(turned.odds.ratio, 2),
                "lower": round(turned.odds.lower, 2),
                "upper": round(turned.odds.upper, 2),
                "verdict": _verdict(turned.odds.lower, turned.odds.upper),
            },
        ),
    )


def _headings(question: Question) -> NDArray[np.float64] | None:
    """Return where vehicles went; None where the data do not tell with or against the chainage."""
    levels = filters.levels(question.data, "direction")
    told = {} if levels is None else dict(zip(levels.values, levels.counts()[1:], strict=True))
    if not (told.get("inc") or told.get("dec")):
        return None
    return glare.headings(question.data, question.roads())


def _low_anywhere(seen: Seen) -> tuple[Message, ...]:
    low = daylight.known()["low_sun"]
    n = int(((seen.height > low["from_deg"]) & (seen.height < low["to_deg"])).sum())
    return (
        counted(
            "{n} crash happened with the sun {low} to {high} degrees above the horizon, where it "
            "may dazzle; whether it stood ahead is not known without the direction of travel.",
            "{n} crashes happened with the sun {low} to {high} degrees above the horizon, where "
            "it may dazzle; whether it stood ahead is not known without the direction of travel.",
            n,
            low=round(low["from_deg"]),
            high=round(low["to_deg"]),
        ),
    )


def _wrong(seen: Seen, said: NDArray[np.int8]) -> tuple[int, int, int]:
    """Count day recorded at night, dark recorded with the sun up, and what could be compared."""
    asked = (seen.state != UNKNOWN) & (said != UNKNOWN)
    by_day = int(((said == DAY) & (seen.state == NIGHT)).sum())
    by_night = int(((said == NIGHT) & (seen.state == DAY)).sum())
    return by_day, by_night, int(asked.sum())


def _disagreements(seen: Seen, said: NDArray[np.int8]) -> tuple[Message, ...]:
    by_day, by_night, asked = _wrong(seen, said)
    return (
        Message(
            "Of {n} crashes whose light is recorded, {day} have daylight recorded at night and "
            "{night} darkness with the sun up: a wrong time, place or light.",
            {"n": asked, "day": by_day, "night": by_night},
        ),
    )


def _warnings(question: Question, seen: Seen, told: str) -> tuple[Message, ...]:
    """Warn of a clock that is a guess, and of one that another fits far better."""
    which = daylight.clock(question.data, told)
    guess = (which.message,) if which.hours is None and not which.zones else ()
    said, _ = daylight.recorded(question.whole)
    whole = daylight.seen(question.whole, told)
    by_day, by_night, asked = _wrong(whole, said)
    if asked < 100 or by_day + by_night < asked / 10:
        return guess
    return (
        *guess,
        Message(
            "In one crash of ten or more the recorded light contradicts the sun ({n} of {asked}). "
            "Perhaps the clock is another one, or the times are.",
            {"n": by_day + by_night, "asked": asked},
        ),
    )


def _unknown(data: CrashData, seen: Seen) -> tuple[Message, ...]:
    lost, far, hourly = (int(one.sum()) for one in (seen.state == UNKNOWN, seen.far, seen.hourly))
    near = int((seen.guessed & ~seen.far).sum())
    told = (
        counted(
            "Of {n} crash the day or the hour is not known; it is not in the chart.",
            "Of {n} crashes the day or the hour is not known; they are not in the chart.",
            lost,
        ),
        counted(
            "{n} crash without coordinates counts at the middle of its district.",
            "{n} crashes without coordinates count at the middle of their district.",
            near,
        ),
        counted(
            "{n} crash without coordinates and district counts at the middle of all crashes.",
            "{n} crashes without coordinates and district count at the middle of all crashes.",
            far,
        ),
        counted(
            "Of {n} crash only the hour is known; its middle counts.",
            "Of {n} crashes only the hour is known; its middle counts.",
            hourly,
        ),
    )
    return tuple(one for one in told if one.values["n"])


def _method(question: Question, told: str) -> tuple[Message, ...]:
    return (
        Message(
            "The height of the sun follows from date, time and place (Meeus 1998, chapters 22 to "
            "28, as NOAA computes it; good to some hundredths of a degree). The sun is up from "
            "0.833 degrees below the horizon; down to 6 degrees below it is civil twilight, then "
            "night. Mountains are not known."
        ),
        daylight.clock(question.data, told).message,
        Message(
            "Hours of night, twilight and day are those of the whole period at the middle of the "
            "crashes, so short and long nights are counted as they were. Limits of the share are "
            "exact (Clopper and Pearson 1934), those of the ratio too (Przyborowski and Wilenski "
            "1940); both are of chance alone."
        ),
    )


def _glare_method() -> tuple[Message, ...]:
    return (
        Message(
            "Each hour of each day is one with a low or a higher sun, by its height at half past "
            "at the middle of the crashes (of cells of {cell} degrees), and is compared with the "
            "same hour of the clock, year and cell: conditional Poisson regression, with limits "
            "for days that scatter more than chance (Armstrong, Gasparrini and Tobias 2014). Hours "
            "of the dark are left out.",
            {"cell": round(glare.CELL_DEG)},
        ),
        Message(
            "Towards and away from the sun is within {ahead} degrees of its bearing, or of the "
            "other side (after Mitra 2014), by the line of the road and the recorded direction "
            "along its chainage. Both are compared with those of a high sun within hours of the "
            "clock (Mantel and Haenszel 1959; Robins, Breslow and Greenland 1986). A sun behind "
            "can harm too: in Chiba rear-end crashes were more with it (Hagita and Mori 2013).",
            {"ahead": round(daylight.known()["low_sun"]["ahead_deg"])},
        ),
    )


def _percent(share: float) -> float:
    return round(100 * share, 1)


# ----------------------------------------------------------------------- the charts


def _hours(data: CrashData, seen: Seen, told: str) -> Figure:
    known = seen.state != UNKNOWN
    month, hour = (filters.numbers(data, name) for name in ("month", "hour"))
    # A crash of a known day and hour has both.
    place = (month[known].astype(int) - 1) * 24 + hour[known].astype(int)
    grid = np.bincount(place, minlength=12 * 24).reshape(12, 24)
    cells = tuple(tuple(row) for row in grid.tolist())
    title = TITLES[HOURS]
    months = tuple(filters.value_label("month", str(one)) for one in range(1, 13))
    table = Table(
        title,
        (
            Column(filters.label("month")),
            *(Column(filters.value_label("hour", str(one)), "int") for one in range(24)),
        ),
        tuple((name, *row) for name, row in zip(months, cells, strict=True)),
    )
    at = daylight.middle(data)
    lines = daylight.curves(data, at, told) if at else ()
    by_state = [int((seen.state == one).sum()) for one in (DAY, TWILIGHT, NIGHT)]
    alt = Message(
        "Grid of months and hours beneath the curves of the sun: {day} crashes with the sun up, "
        "{twilight} in twilight, {night} at night.",
        dict(zip(("day", "twilight", "night"), by_state, strict=True)),
    )
    drawn = {
        "rows": months,
        "columns": tuple(range(24)),
        "cells": cells,
        "across": Message("Hour of the day"),
        "curves": tuple(
            {
                "label": one.label,
                "dashed": one.twilight,
                "side": "left" if one.twilight == one.morning else "right",
                "hours": one.hours,
                "rows": tuple(round(day * 12 / 365 - 0.5, 3) for day in one.days),
            }
            for one in lines
        ),
    }
    return Figure("sun", title, alt, drawn, table)


def _by_hour(season: Season) -> Figure:
    """Draw the crashes per 100 days of each hour that has a low sun in one season only."""
    hours = [filters.value_label("hour", str(one.hour)) for one in season.hours]
    low = tuple(round(100 * one.low / one.low_days, 2) for one in season.hours)
    high = tuple(round(100 * one.high / one.high_days, 2) for one in season.hours)
    names = Message("Low sun"), Message("Higher sun")
    title = TITLES[GLARE]
    table = Table(
        title,
        (
            Column(filters.label("hour")),
            Column(Message("Crashes with a low sun"), "int"),
            Column(Message("Days with a low sun"), "int"),
            Column(Message("Crashes with a higher sun"), "int"),
            Column(Message("Days with a higher sun"), "int"),
            Column(Message("Per 100 days, low sun"), "float", 2),
            Column(Message("Per 100 days, higher sun"), "float", 2),
        ),
        tuple(
            (name, one.low, one.low_days, one.high, one.high_days, *both)
            for name, one, *both in zip(hours, season.hours, low, high, strict=True)
        ),
    )
    alt = Message(
        "Bars of the hours that have a low sun in one season and a higher one in another: {low} "
        "crashes with a low sun, {high} with a higher one.",
        {
            "low": sum(one.low for one in season.hours),
            "high": sum(one.high for one in season.hours),
        },
    )
    drawn = {
        "categories": tuple(hours),
        "series": tuple(
            {"key": key, "label": label, "values": values}
            for key, label, values in zip((GLARE, "high"), names, (low, high), strict=True)
        ),
        "field": GLARE,
        "unit": Message("Crashes per 100 days"),
        "beside": True,
        "digits": 1,
    }
    return Figure("bars", title, alt, drawn, table)


def _light(seen: Seen, said: NDArray[np.int8]) -> Figure:
    counts = np.zeros((3, 4), dtype=int)
    known = seen.state != UNKNOWN
    np.add.at(counts, (seen.state[known], np.where(said == UNKNOWN, 3, said)[known]), 1)
    title = TITLES[LIGHT]
    rows: Sequence[Message] = list(daylight.STATES.values())
    series = [
        {"key": key, "label": label, "values": tuple(counts[:, i].tolist())}
        for i, (key, label) in enumerate(RECORDED.items())
    ]
    table = Table(
        title,
        (Column(Message("The sun")), *(Column(one, "int") for one in RECORDED.values())),
        tuple((name, *counts[i].tolist()) for i, name in enumerate(rows)),
    )
    alt = Message(
        "Bars: {day} crashes with the sun up, {twilight} in twilight, {night} at night, parted by "
        "the light as recorded.",
        dict(zip(("day", "twilight", "night"), counts.sum(axis=1).tolist(), strict=True)),
    )
    drawn = {
        "categories": tuple(rows),
        "series": tuple(series),
        "field": "light",
        "unit": Message("Crashes"),
    }
    return Figure("bars", title, alt, drawn, table)


ANALYSIS = Analysis(
    name="light",
    title="Light and season",
    summary="Day, twilight and night by the height of the sun, month by month.",
    theme="when",
    order=60,
    answer=answer,
    units=("crashes",),
    choices=(LOOK, CLOCK),
    lacks=lacks,
    rests_on=analysis.HOURS | {"month"},
)
