"""Weather and season: crashes on days with a condition against days without, and its calendar."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from crashkit import analysis, daylight, filters, stats, sun, tables
from crashkit.analysis import Analysis, Answer, Choice, Options, Question
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message, NoCount, counted, within
from crashkit.model import CrossTable
from crashkit.weather import days, risk, words
from crashkit.weather.days import Weather
from crashkit.weather.risk import Compared, Risk

RECORDED = ("weather", "surface_condition")
"""Fields of a crash that tell of weather where no table does."""
LOOKS = {
    "risk": Message("Crashes with and without"),
    "calendar": Message("Calendar"),
}
ALL = "conditions"
RANGE = (0.2, 5.0)
MARKS = (
    (1, Message("more than chance makes")),
    (-1, Message("fewer than chance makes")),
    (0, Message("may be chance")),
)
FEW = Message("too few")


def _looks(question: Question) -> Options:
    if question.weather() is not None:
        return list(LOOKS.items())
    return [(name, filters.label(name)) for name in RECORDED if question.data.has(name)]


def _rows(question: Question) -> Options:
    if question.weather() is None:
        return []
    return [
        (ALL, Message("all conditions")),
        *((name, one.title) for name, one in words.conditions().items()),
    ]


LOOK = Choice("show", Message("Show"), _looks)
ROWS = Choice("by", Message("Calendar of"), _rows)


def lacks(question: Question) -> Message | None:
    """Say whether neither a table nor the crashes tell of weather."""
    if any(question.data.has(name) for name in RECORDED) or question.weather() is not None:
        return None
    return Message(
        "Neither a table of weather nor the crashes tell what the weather was. Add a table under "
        "Data, Weather."
    )


def answer(question: Question) -> Answer:
    """Return the ratios, the calendar, or what the crashes themselves tell."""
    weather = question.weather()
    if weather is None:
        return _recorded(question)
    if analysis.chosen(LOOK, question) == "calendar":
        return _calendar(question, weather)
    return _risks(question, weather)


# --------------------------------------------------------------------- the ratios


def _risks(question: Question, weather: Weather) -> Answer:
    data = question.data
    found = risk.compared(data, daylight.day_numbers(data), weather)
    title = Message("Crashes a day with a condition against days without it")
    rows = [_row(one) for one in found.risks.values()]
    return Answer(
        title=title,
        finding=_finding(found),
        figure=Figure(
            "ratios",
            title,
            Message(
                "Ratios of {n} conditions with their limits; 1 is as many as without.",
                {"n": len(rows)},
            ),
            {
                "rows": tuple(rows),
                "range": RANGE,
                "across": Message("Crashes a day: with against without"),
                "marks": MARKS,
            },
            _risk_table(title, found),
        ),
        method=_method(),
        notes=_notes(found, weather),
    )


def _row(one: Risk) -> dict[str, object]:
    told, nan = one.found, math.nan
    ratio, lower, upper = (told.ratio, told.lower, told.upper) if one.enough else (nan, nan, nan)
    note = (
        Message("{ratio} %", {"ratio": _percent(ratio)})
        if one.enough
        else Message("{n} crashes", {"n": one.crashes_with})
    )
    said = (
        Message(
            "{ratio} % ({lower} to {upper} %)",
            {"ratio": _percent(ratio), "lower": _percent(lower), "upper": _percent(upper)},
        )
        if one.enough
        else FEW
    )
    return {
        "label": words.conditions()[one.name].title,
        "note": note,
        "told": said,
        "ratio": ratio,
        "lower": lower,
        "upper": upper,
        "mark": one.sign,
    }


def _risk_table(title: Message, found: Compared) -> Table:
    columns = (
        Column(Message("Condition of the day")),
        Column(Message("Crashes with"), "int"),
        Column(Message("Days with"), "int"),
        Column(Message("Crashes without"), "int"),
        Column(Message("Days without"), "int"),
        Column(Message("Ratio"), "float", 2),
        Column(Message("95 % limits, lower"), "float", 2),
        Column(Message("95 % limits, upper"), "float", 2),
        Column(Message("Chance, of all compared"), "chance", 3),
        Column(Message("Overdispersion"), "float", 2),
    )
    rows = []
    for one in found.risks.values():
        told, is_told = one.found, one.enough
        numbers = (
            *(told.ratio, told.lower, told.upper),
            *(one.adjusted, told.overdispersion),
        )
        rows.append(
            (
                words.conditions()[one.name].title,
                *(one.crashes_with, one.days_with, one.crashes_without, one.days_without),
                *(numbers if is_told else (None,) * len(numbers)),
            )
        )
    return Table(title, columns, tuple(rows))


def _finding(found: Compared) -> Message:
    told = [one for one in found.risks.values() if one.enough]
    if not told:
        return Message(
            "Of no condition there are {n} crashes with it and {n} without in the same month and "
            "place: too few to tell whether it matters.",
            {"n": NoCount(stats.FEW)},
        )
    sure = [one for one in told if one.sign]
    if not sure:
        return Message(
            "Of {n} conditions compared none has more or fewer crashes a day than chance makes; "
            "that does not show that none matters.",
            {"n": len(told)},
        )
    most = max(sure, key=lambda one: abs(math.log(one.found.ratio)))
    return Message(
        "{condition}: {ratio} % of the crashes a day without it in the same month and place (95 % "
        "limits {lower} to {upper} %, widened for the choice), on {days} days; the clearest of {n} "
        "conditions compared. Days are compared, not traffic, which weather changes too.",
        {
            "condition": words.conditions()[most.name].title,
            "ratio": _percent(most.found.ratio),
            "lower": _percent(most.found.lower),
            "upper": _percent(most.found.upper),
            "days": most.found.days_with,
            "n": len(told),
        },
    )


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _method() -> tuple[Message, ...]:
    return (
        Message(
            "Each day of each place counts: one day at five places is five days. Days with a "
            "condition are compared with days without it in the same month of the same year and at "
            "the same place, by conditional Poisson regression (Armstrong, Gasparrini and Tobias "
            "2014): season, trend and place cannot stand behind the ratio."
        ),
        Message(
            "The limits are widened by the overdispersion of the daily counts (quasi-Poisson, "
            "McCullagh and Nelder 1989). The chance is corrected for all conditions compared "
            "(Benjamini and Hochberg 1995), and the limits of those marked are widened for the "
            "choice (Benjamini and Yekutieli 2005). Days in a row are not independent, so the "
            "limits are rather too narrow."
        ),
        Message("Limits of conditions and their sources: crashkit/weather/conditions.toml."),
    )


def _notes(found: Compared, weather: Weather) -> tuple[Message, ...]:
    by = [int((found.lying.how == i).sum()) for i in range(len(days.HOW))]
    told = (
        counted(
            "{n} crash has the weather of the nearest station, at most {km} km away.",
            "{n} crashes have the weather of the nearest station, at most {km} km away.",
            by[0],
            km=words.rules()["nearest_km"],
        ),
        counted(
            "{n} crash has the weather of its district, settlement or province.",
            "{n} crashes have the weather of their district, settlement or province.",
            sum(by[1:-1]),
        ),
        counted(
            "{n} crash has the weather told for the whole data set.",
            "{n} crashes have the weather told for the whole data set.",
            by[-1],
        ),
        counted(
            "{n} crash lies at no place whose weather is told; it is left out.",
            "{n} crashes lie at no place whose weather is told; they are left out.",
            found.placeless,
        ),
        counted(
            "Of {n} crash the day is not known; it is left out.",
            "Of {n} crashes the day is not known; they are left out.",
            found.undated,
        ),
        counted(
            "{n} crash happened on a day without weather; it is left out.",
            "{n} crashes happened on days without weather; they are left out.",
            found.without,
        ),
    )
    return tuple(one for one in told if one.values["n"])


# ------------------------------------------------------------------- the calendar


def _calendar(question: Question, weather: Weather) -> Answer:
    by = analysis.chosen(ROWS, question)
    everything = np.ones(len(weather), dtype=bool)
    if by == ALL:
        title = Message("Days of each month with a condition, of 100 days")
        asked = [
            (one.title, days.has(weather, one), everything) for one in words.conditions().values()
        ]
    else:
        condition = words.conditions()[by]
        title = Message(
            "{condition}: days of each month, of 100 days", {"condition": condition.title}
        )
        told = days.has(weather, condition)
        asked = [(_name(place), told, weather.place == i) for i, place in enumerate(weather.places)]
    asked = [one for one in asked if (one[1][one[2]] >= 0).any()]
    cells = tuple(_of_100(weather, told, rows) for _, told, rows in asked)
    spans = tuple(days.season(days.usual(weather, told, rows)) for _, told, rows in asked)
    labels = tuple(label for label, *_ in asked)
    months = tuple(filters.value_label("month", str(one)) for one in range(1, 13))
    table = Table(
        title,
        (
            Column(
                Message("Condition of the day") if by == ALL else Message("Place of the weather")
            ),
            *(Column(one, "int") for one in months),
            Column(Message("Usual from")),
            Column(Message("to")),
        ),
        tuple(
            (label, *row, *map(_day, span or (None, None)))
            for label, row, span in zip(labels, cells, spans, strict=True)
        ),
    )
    alt = Message("Grid of months: of 100 days so many have the condition.")
    drawn = {
        "rows": labels,
        "columns": tuple(range(1, 13)),
        "cells": cells,
        "across": Message("Month"),
    }
    return Answer(
        title=title,
        finding=_season_finding(labels, spans),
        figure=Figure("heat", title, alt, drawn, table),
        method=(
            Message(
                "A condition is usual on a day of the year where, from {n} days before to {n} days "
                "after, at least half of the days of all years had it. The longest such time is "
                "its season. Numbers are shares of days whose weather is told.",
                {"n": words.rules()["around_days"]},
            ),
            Message("Limits of conditions and their sources: crashkit/weather/conditions.toml."),
        ),
        notes=(
            Message(
                "Weather of {first} to {last} at {n} places; it does not depend on the filter.",
                {
                    "first": _date(int(weather.day.min())),
                    "last": _date(int(weather.day.max())),
                    "n": len(weather.places),
                },
            ),
            *_blank(cells),
        ),
    )


def _blank(cells: tuple[tuple[int | None, ...], ...]) -> tuple[Message, ...]:
    if not any(n is None for row in cells for n in row):
        return ()
    return (Message("Months without a number are months whose weather is not told."),)


def _name(place: str) -> Message:
    return Message("{name}", {"name": place}) if place else Message("The whole data set")


def _of_100(weather: Weather, told: days.Told, rows: NDArray[np.bool_]) -> tuple[int | None, ...]:
    kept = rows & (told >= 0)
    month = weather.day[kept].astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    yes = np.bincount(month, weights=told[kept], minlength=12)
    known = np.bincount(month, minlength=12)
    return tuple(
        round(100 * a / b) if b else None for a, b in zip(yes.tolist(), known.tolist(), strict=True)
    )


def _date(day: int) -> Message:
    return Message("{day}", {"day": daylight.date_of(day)})


def _day(day: int | None) -> Message | None:
    if day is None:
        return None
    month = int(np.searchsorted(sun.STARTS, day, side="right"))
    return Message(
        "{day} {month}",
        {
            "day": day - int(sun.STARTS[month - 1]) + 1,
            "month": filters.value_label("month", str(month)),
        },
    )


def _season_finding(
    labels: tuple[Message, ...], spans: tuple[tuple[int, int] | None, ...]
) -> Message:
    told = [(label, span) for label, span in zip(labels, spans, strict=True) if span]
    if not told:
        return Message(
            "Nothing of this is usual on any day of the year: none is a season of its own."
        )
    seasons = [
        Message(
            "{name} from {first} to {last}",
            {"name": label, "first": _day(span[0]), "last": _day(span[1])},
        )
        for label, span in told
    ]
    return Message("Usual, on at least half of the days: {seasons}.", {"seasons": seasons})


# ------------------------------------------------------- what the crashes themselves tell


def _recorded(question: Question) -> Answer:
    field = analysis.chosen(LOOK, question)
    counts = tables.cross(question.data, field, "month", whole=question.whole)
    kept = [i for i, key in enumerate(counts.rows) if key and key != filters.UNKNOWN]
    columns = [j for j, key in enumerate(counts.columns) if key]
    cells = tuple(tuple(counts.cells[i][j] for j in columns) for i in kept)
    labels = tuple(counts.row_labels[i] for i in kept)
    title = Message("Crashes by {field} and month", {"field": within(filters.label(field))})
    table = Table(
        title,
        (
            Column(filters.label(field)),
            *(Column(counts.column_labels[j], "int") for j in columns),
        ),
        tuple((label, *row) for label, row in zip(labels, cells, strict=True)),
    )
    known = sum(map(sum, cells))
    drawn = {
        "rows": labels,
        "columns": tuple(int(counts.columns[j]) for j in columns),
        "cells": cells,
        "across": Message("Month"),
    }
    alt = Message(
        "Grid of {field} and months of {n} crashes.", {"field": filters.label(field), "n": known}
    )
    return Answer(
        title=title,
        finding=_recorded_finding(labels, cells, known),
        figure=Figure("heat", title, alt, drawn, table),
        method=(
            Message(
                "Crashes are counted by what the police recorded. How many days had this weather "
                "is not known, so no risk follows: add a table of weather by day."
            ),
        ),
        notes=(*counts.notes, *_not_recorded(counts, known)),
    )


def _recorded_finding(
    labels: tuple[Message, ...], cells: tuple[tuple[int, ...], ...], known: int
) -> Message:
    if known < stats.FEW:
        return Message("Of {n} crashes the weather is known: too few to say more.", {"n": known})
    n, label = max(zip(map(sum, cells), labels, strict=True), key=lambda one: one[0])
    return Message(
        "“{label}” is recorded most often: {n} of {known} crashes. Whether any weather is more "
        "dangerous cannot be told: the days that had it are not known.",
        {"n": n, "known": known, "label": label},
    )


def _not_recorded(counts: CrossTable, known: int) -> tuple[Message, ...]:
    n = counts.total - known
    if not n:
        return ()
    return (
        counted(
            "Of {n} crash the weather or the month is not known; it is not in the grid.",
            "Of {n} crashes the weather or the month is not known; they are not in the grid.",
            n,
        ),
    )


ANALYSIS = Analysis(
    name="seasons",
    title="Weather and season",
    summary="Ice, heat, dust, rain: crashes on days with them against days without.",
    theme="when",
    order=70,
    answer=answer,
    units=("crashes",),
    choices=(LOOK, ROWS),
    lacks=lacks,
)
