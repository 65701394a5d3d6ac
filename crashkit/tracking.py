"""Deaths against a target: the path to it, what was counted, where the trend leads, how surely."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from crashkit import breaks, casualties, filters, reporting, stats
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message, MethodError, NeedsChoice
from crashkit.model import CrashData
from crashkit.quality import killed
from crashkit.trends import expected, slopes, targets

Say = Callable[..., str]
LEVELS = (0.5, 0.8, 0.95)
"""So many of the futures lie within the bands of the fan."""
BROADEST = len(LEVELS) - 1
ALL = 100
FIRST_YEAR, LAST_YEAR = 1900, 2100


@cache
def _known() -> dict[str, Any]:
    text = resources.files("crashkit").joinpath("tracking.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Asked:
    """What is to be reached: so many per cent less than in the base year, by a year.

    `base_value` are the deaths of the base year, where the data do not hold it; they must be
    counted as those of the data are.
    """

    base_year: int = field(default_factory=lambda: int(_known()["usual"]["base_year"]))
    base_value: float | None = None
    year: int = field(default_factory=lambda: int(_known()["usual"]["year"]))
    less_percent: float = field(default_factory=lambda: float(_known()["usual"]["less_percent"]))


@dataclass(frozen=True)
class Ahead:
    """A year to come: the middle of its futures, and limits by LEVELS."""

    year: int
    median: float
    limits: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Tracked:
    """Deaths of whole years against a target.

    `limits` are those that chance leaves to the deaths of the year that is judged: the last one,
    or that of the target once it is counted. `required` is the change a year, in per cent, that
    leads from the last year to the target, with these limits; NaN once the target is due. `chance`
    is the share of futures that reach it, NaN without a forecast, of which `reason` says why, and
    where the forecast is too wide to tell it. The years `left_out` hardly tell their deaths.
    """

    target: targets.Target
    is_told: bool
    years: tuple[breaks.Year, ...]
    ahead: tuple[Ahead, ...]
    chance: float
    limits: tuple[float, float]
    required: tuple[float, float, float]
    factor: reporting.Factor | None
    reason: Message | None = None
    left_out: tuple[int, ...] = ()

    @property
    def latest(self) -> breaks.Year:
        """The last whole year."""
        return self.years[-1]

    @property
    def judged(self) -> breaks.Year:
        """The year of the target, or the last one where that is not counted."""
        return _judged(self.target, self.years)

    @property
    def is_due(self) -> bool:
        """Say whether the year of the target is counted, or past."""
        return self.latest.year >= self.target.year

    @property
    def verdict(self) -> Message:
        """Say in one sentence how it stands, with its uncertainty."""
        return _verdict(self)

    @property
    def sentences(self) -> tuple[Message, ...]:
        """Say what the target is, what it still needs, and what to keep in mind."""
        return tuple(_sentences(self))


def track(data: CrashData, asked: Asked | None = None) -> Tracked:
    """Set the deaths of the whole years of `data` against a target.

    The forecast carries the negative binomial trend of all whole years on: it tells what follows if
    nothing changes, not what will be. Raises NeedsChoice where the deaths of the base year are
    neither in the data nor told, MethodError for a target that cannot be.

    Source: methods, sections 9.1 and 9.2.
    """
    asked = asked or Asked()
    doubtful = casualties.doubtful_years(data)
    years = _years(data, doubtful)
    if not years:
        raise _no_year(doubtful)
    if asked.base_value is None and asked.base_year in doubtful:
        raise NeedsChoice(
            "Too many crashes of {year} do not tell how many were killed. Say how many people were "
            "killed in it, counted as here, or choose another base year.",
            option="base-value",
            year=str(asked.base_year),
        )
    target = _target(asked, years)
    latest = years[-1]
    low, high = _limits(data, _judged(target, years).year)
    found = Tracked(
        target=target,
        is_told=asked.base_value is not None,
        years=years,
        ahead=(),
        chance=math.nan,
        limits=(low, high),
        required=(
            target.required(latest.year, latest.killed),
            target.required(latest.year, high),
            target.required(latest.year, low),
        ),
        factor=killed.deaths(data).factor,
        left_out=doubtful,
    )
    return found if found.is_due else _carried_on(found)


def _years(data: CrashData, doubtful: Sequence[int]) -> tuple[breaks.Year, ...]:
    """Return the whole years, but the doubtful, whose crashes hardly tell their deaths."""
    return tuple(one for one in breaks.whole_years(data) if one.year not in doubtful)


def _no_year(doubtful: Sequence[int]) -> MethodError:
    if doubtful:
        return MethodError(
            "In every whole year too many crashes do not tell how many were killed for a target to "
            "be measured."
        )
    return MethodError("There is no whole year of which these data tell the deaths.")


def _judged(target: targets.Target, years: tuple[breaks.Year, ...]) -> breaks.Year:
    return next((one for one in years if one.year == target.year), years[-1])


def _limits(data: CrashData, year: int) -> tuple[float, float]:
    """Return the limits of the deaths of a year: those who die in one crash die of one chance."""
    levels = filters.levels(data, "year")
    if levels is None:
        raise TypeError("years are counted by their crashes")
    here = levels.look_up([float(one) == year for one in levels.values], missing=False)
    each = casualties.deaths(data)[here]
    most = float(each.max(initial=0.0))
    return stats.clustered_poisson_limits(float(each.sum()), float(np.square(each).sum()), most)


def about_path(target: targets.Target, at: float, *, scatter: float = 1.0) -> tuple[float, float]:
    """Return the limits of the deaths of a year that ends `at` a time on the path (95 %).

    The path is a share of the deaths of the base year, which are a count as well: both move by
    chance, `scatter` times as far as those of Poisson where several are killed in one crash.

    Source: as `trends.expected.limits`.
    """
    share = target.path(at) / target.base_value
    low, high = expected.limits(target.base_value, share / (1 + share), scatter=scatter)
    return float(low), float(high)


def begun(data: CrashData, asked: Asked | None = None) -> tuple[Asked, tuple[Message, ...]]:
    """Return what is asked, from the first year with deaths where the data lack the base year.

    That is said.
    """
    asked = asked or Asked()
    doubtful = casualties.doubtful_years(data)
    counted = {year.year: year.killed for year in _years(data, doubtful)}
    with_deaths = [year for year, deaths in counted.items() if deaths]
    if asked.base_year in counted or not with_deaths:
        return asked, ()
    first = min(with_deaths)
    words = {"usual": str(asked.base_year), "first": str(first)}
    if asked.base_year in doubtful:
        said = Message(
            "Too many crashes of {usual} do not tell how many were killed, so the path begins in "
            "{first}: that is another target than one against {usual}. To measure against {usual}, "
            "tell how many were killed in it, counted as here.",
            words,
        )
    else:
        said = Message(
            "The data do not hold {usual}, so the path begins in {first}: that is another target "
            "than one against {usual}. To measure against {usual}, tell how many were killed in "
            "it, counted as here.",
            words,
        )
    return replace(asked, base_year=first), (said,)


def _target(asked: Asked, years: Iterable[breaks.Year]) -> targets.Target:
    counted = {year.year: year for year in years}
    last, most = max(counted), int(_known()["forecast"]["most_years"])
    in_order = FIRST_YEAR <= asked.base_year < asked.year <= min(LAST_YEAR, last + most)
    if not in_order or not 0 < asked.less_percent < 100:
        raise MethodError(
            "A target lies after its base year and at most {most} years after {last}, and is more "
            "than 0 and less than 100 per cent below the base.",
            most=most,
            last=str(last),
        )
    value = asked.base_value
    if value is None:
        if asked.base_year not in counted:
            raise NeedsChoice(
                "The base year {year} is no whole year of these data ({first} to {last}). Say how "
                "many people were killed in it, counted as here, or choose another base year.",
                option="base-value",
                year=str(asked.base_year),
                first=str(min(counted)),
                last=str(last),
            )
        value = float(counted[asked.base_year].killed)
    if not (value > 0 and math.isfinite(value)):
        raise MethodError(
            "Nobody was killed in the base year {year}: there is nothing to fall from.",
            year=str(asked.base_year),
        )
    return targets.Target(asked.base_year, value, asked.year, asked.less_percent / 100)


def _carried_on(found: Tracked) -> Tracked:
    """Add what follows if the trend of all years goes on, or why that cannot be told."""
    times = [year.year for year in found.years]
    deaths = [year.killed for year in found.years]
    trend = slopes.slope(deaths, times, family="negative_binomial")
    if trend.reason is not None:
        return replace(found, reason=trend.reason)
    to_come = range(found.latest.year + 1, found.target.year + 1)
    try:
        fan = targets.fan(deaths, times, to_come, levels=LEVELS)
    except ValueError:
        # Few deaths and many years: futures so far apart that no count could hold them.
        fan = None
    if fan is None:
        far = Message("The trend is too uncertain to be carried on so far.")
        return replace(found, reason=far)
    ahead = tuple(
        Ahead(
            year,
            float(fan.median[i]),
            tuple((float(low), float(high)) for low, high in fan.limits[:, i]),
        )
        for i, year in enumerate(to_come)
    )
    chance = fan.chance_below(found.target.year, found.target.value)
    tells = _tells(found.target, ahead[-1], chance)
    return replace(found, ahead=ahead, chance=chance if tells else math.nan)


def _tells(target: targets.Target, due: Ahead, chance: float) -> bool:
    """Say whether the forecast tells more than that everything may happen.

    Where its limits hold the target as well as the deaths of the base year, both success and no
    progress at all are among what is to be expected, and the share of futures in between is made by
    the model. Where nearly all futures are on one side, that side is told all the same.
    A target that follows from fewer than ten deaths is none to measure a forecast by. Decided in
    docs/decisions/claims.md.
    """
    low, high = due.limits[BROADEST]
    holds_both = low <= target.value and target.base_value <= high
    if target.base_value < stats.FEW:
        return False
    likely = _likely_from()
    return not holds_both or not 1 - likely < chance < likely


# ---------------------------------------------------------------------- words


def _verdict(found: Tracked) -> Message:
    if found.is_due:
        return _due(found)
    if not found.ahead:
        return _without_forecast(found)
    if found.target.base_value < stats.FEW:
        return Message(
            "It cannot be told whether the target is reached: {base} people were killed in "
            "{start}. Of so few, chance alone moves that number, and the target with it.",
            {"base": _plain(found.target.base_value), "start": str(found.target.base_year)},
        )
    last = found.ahead[-1]
    low, high = last.limits[BROADEST]
    if math.isnan(found.chance):
        return Message(
            "It cannot be told whether the target is reached: if deaths go on as from {first} to "
            "{latest}, {median} people are killed in {year}, but the 95 % limits of {low} to "
            "{high} hold the target of {target} as well as the {base} of {start}.",
            {
                "first": str(found.years[0].year),
                "latest": str(found.latest.year),
                "median": round(last.median),
                "year": str(last.year),
                "low": round(low),
                "high": round(high),
                "target": _plain(found.target.value),
                "base": _plain(found.target.base_value),
                "start": str(found.target.base_year),
            },
        )
    return Message(
        "{verdict}: if deaths go on as from {first} to {latest}, {median} people are killed in "
        "{year} (95 % limits {low} to {high}); the target is {target}, and {percent} % of such "
        "futures reach it.",
        {
            "verdict": _likely(found.chance),
            "first": str(found.years[0].year),
            "latest": str(found.latest.year),
            "median": round(last.median),
            "year": str(last.year),
            "low": round(low),
            "high": round(high),
            "target": _plain(found.target.value),
            "percent": _of_hundred(found.chance),
        },
    )


OPEN = Message("It is open whether the target is reached")
"""The verdict that claims neither."""


def _likely(chance: float) -> Message:
    likely = _likely_from()
    if chance >= likely:
        return Message("The target is likely to be reached")
    if chance <= 1 - likely:
        return Message("The target is unlikely to be reached as things go")
    return OPEN


def _of_hundred(chance: float) -> Message | int:
    """Return a share of futures in per cent: never none or all of them, which no model knows."""
    percent = round(100 * chance)
    if percent == 0:
        return Message("< {p}", {"p": 1})
    return percent if percent < ALL else Message("> {p}", {"p": ALL - 1})


def _likely_from() -> float:
    return float(_known()["forecast"]["likely"])


def _due(found: Tracked) -> Message:
    counted = found.judged
    low, high = found.limits
    reached = counted.killed <= found.target.value
    return Message(
        "{verdict}: {n} people were killed in {year} (95 % limits of chance {low} to {high}); the "
        "target was {target}.",
        {
            "verdict": Message("The target is reached") if reached else Message("It is missed"),
            "n": counted.killed,
            "year": str(counted.year),
            "low": round(low),
            "high": round(high),
            "target": _plain(found.target.value),
        },
    )


def _without_forecast(found: Tracked) -> Message:
    return Message(
        "There is no forecast: {reason} In {year} {n} people were killed; the path to the target "
        "has {path}.",
        {
            "reason": found.reason,
            "year": str(found.latest.year),
            "n": found.latest.killed,
            "path": round(found.target.path(found.latest.year)),
        },
    )


def _sentences(found: Tracked) -> Iterable[Message]:
    target = found.target
    yield Message(
        "The target: {less} % less than the {base} killed in {first}, that is {value}, by {year}; "
        "{percent} % a year all the way.",
        {
            "less": _plain(100 * target.reduction),
            "base": _plain(target.base_value),
            "first": str(target.base_year),
            "value": _plain(target.value),
            "year": str(target.year),
            "percent": round(target.annual_percent, 1),
        },
    )
    needed, low, high = found.required
    if not found.is_due and found.latest.killed <= target.value:
        yield Message(
            "In {year} no more people were killed than the target allows; one year may be chance.",
            {"year": str(found.latest.year)},
        )
    elif math.isfinite(needed):
        yield Message(
            "From {year} on it needs {percent} % a year (chance in the count of that one year: "
            "{low} to {high} %).",
            {
                "year": str(found.latest.year),
                "percent": round(needed, 1),
                "low": round(low, 1),
                "high": round(high, 1),
            },
        )
    yield from casualties.doubtful_notes(found.left_out)
    if found.is_told:
        yield Message("The deaths of the base year were told; they are not of these data.")
    if found.ahead:
        yield Message(
            "The forecast tells what follows if the trend of all these years goes on; measures, "
            "traffic and how crashes are recorded may change it."
        )
    if found.factor is None:
        yield Message(
            "It is not known how long after a crash a death counts, so there is no estimate of the "
            "deaths within 30 days."
        )
    elif found.factor.factor != 1:
        yield Message(
            "Deaths are as counted; within 30 days they are {percent} % of that, which changes "
            "neither the path in per cent nor the verdict.",
            {"percent": round(100 * found.factor.factor)},
        )


def _plain(number: float) -> float:
    """Return a number as people write it: whole where it is, else with one digit."""
    return int(number) if float(number).is_integer() else round(number, 1)


METHOD = (
    Message(
        "Path: from the base to the target every year changes by the same share: 100 ((target / "
        "base)^(1 / years) − 1) per cent."
    ),
    Message(
        "Still needed: the same from the last whole year on. A single year moves by chance; the "
        "limits are those of its count, wider where several are killed in one crash (Fay and Feuer "
        "1997)."
    ),
    Message(
        "Forecast: a negative binomial trend of all whole years shown. Futures are drawn from its "
        "level, its slope and the scatter of the years so far; the bands hold 50, 80 and 95 % of "
        "them. With fewer than {n} years there is none. Where its 95 % limits hold the target as "
        "well as the deaths of the base year, the share of futures that reach it is not told.",
        {"n": slopes.LEAST_YEARS},
    ),
    Message(
        "Base year: it is counted where the data hold it whole, else it must be told; it is never "
        "estimated."
    ),
)
"""How a target is tracked."""


# ---------------------------------------------------------- rows and documents

HEADS = (
    Message("Year"),
    Message("Path"),
    Message("Killed, as counted"),
    Message("Killed within 30 days, estimated"),
    Message("Forecast"),
    *(
        Message("{percent} % limits, {end}", {"percent": round(100 * level), "end": end})
        for level in LEVELS
        for end in (Message("lower"), Message("upper"))
    ),
)
"""The heads of the columns of `rows`."""


def rows(found: Tracked) -> list[list[float | None]]:
    """Return a row for each year from the first that is known to the target; see HEADS.

    A path begins with its base year; nothing stands where nothing is known.
    """
    counted = {one.year: one.killed for one in found.years}
    ahead = {one.year: one for one in found.ahead}
    target, factor = found.target, None if found.factor is None else found.factor.factor
    first, last = min([*counted, target.base_year]), max([*counted, target.year])

    def row(year: int) -> list[float | None]:
        on_path = target.base_year <= year <= target.year
        n, future = counted.get(year), ahead.get(year)
        limits = [None] * 2 * len(LEVELS)
        return [
            year,
            round(target.path(year), 2) if on_path else None,
            n,
            None if n is None or factor is None else round(n * factor, 2),
            None if future is None else future.median,
            *(limits if future is None else np.ravel(future.limits).tolist()),
        ]

    return [row(year) for year in range(first, last + 1)]


NAMES = (
    *("year", "path", "deaths", "within_30d", "forecast"),
    *("lower_50", "upper_50", "lower_80", "upper_80", "lower_95", "upper_95"),
)
"""What the cells of `rows` are called in a document."""


def document(found: Tracked, say: Say) -> dict[str, Any]:
    """Return the tracking for a program; docs/schema/target.json."""
    target = found.target
    names = ("percent", "lower", "upper")
    return {
        "base": {
            "year": target.base_year,
            "deaths": target.base_value,
            "told": found.is_told,
        },
        "target": {
            "year": target.year,
            "deaths": round(target.value, 2),
            "less_percent": round(100 * target.reduction, 6),
            "annual_percent": round(target.annual_percent, 4),
        },
        "latest": {
            "year": found.latest.year,
            "deaths": found.latest.killed,
            "path": round(target.path(found.latest.year), 2),
        },
        "required": dict(zip(names, map(_or_none, found.required), strict=True)),
        "chance": _or_none(found.chance),
        "factor": None if found.factor is None else found.factor.factor,
        "verdict": say(found.verdict),
        "sentences": [say(one) for one in found.sentences],
        "years": [dict(zip(NAMES, row, strict=True)) for row in rows(found)],
    }


def _or_none(number: float) -> float | None:
    return round(number, 4) if math.isfinite(number) else None


def figure(found: Tracked) -> Figure:
    """Return the deaths, the path and the fan as a drawing."""
    target = found.target
    path = [(year, target.path(year)) for year in range(target.base_year, target.year + 1)]
    caption = Message(
        "People killed by year, and the path to {value} in {year}",
        {"value": _plain(target.value), "year": str(target.year)},
    )
    data = {
        "counted": [(one.year, one.killed) for one in found.years],
        "path": path,
        "ahead": [(one.year, one.median) for one in found.ahead],
        "bands": [[(one.year, *one.limits[i]) for one in found.ahead] for i in range(len(LEVELS))],
        "levels": LEVELS,
        "across": Message("Year"),
        "unit": Message("People killed"),
        "labels": {
            "counted": Message("Killed, as counted"),
            "path": Message("Path to the target"),
            "ahead": Message("If the trend goes on (50, 80 and 95 %)"),
        },
    }
    return Figure("path", caption, found.verdict, data, _table(found, caption))


def _table(found: Tracked, caption: Message) -> Table:
    year, *heads = HEADS
    # The path is drawn to the target as it is told, which need not be a whole number.
    digits = [1, *(0 for _ in heads[1:])]
    columns = (
        Column(year),
        *(Column(head, "float", n) for head, n in zip(heads, digits, strict=True)),
    )
    lines = [(str(round(row[0] or 0)), *row[1:]) for row in rows(found)]
    return Table(caption, columns, tuple(lines))
