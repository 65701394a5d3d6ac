"""Tables of weather by day and place, read to rows; every row accounted for.

Which column is what is proposed by its name and can be told otherwise; what was taken for what, and
in which unit, is part of the answer. Dates and degrees that can be read in two ways are asked for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from crashkit.errors import Message, NeedsChoice, SettingError
from crashkit.intake import beside, parsing
from crashkit.model import Issue, Upload
from crashkit.roads.columns import plain
from crashkit.weather import words
from crashkit.weather.words import (
    COLUMNS,
    DATE,
    LAT,
    LON,
    PHENOMENA,
    PLACE,
    QUANTITIES,
    folded,
)

ORDERS = ("ymd", "dmy", "mdy")
HOTTEST_C = 57.0
"""No air was ever hotter: such numbers are of another unit. Source: WMO, 56.7 degrees C in 1913."""
MOVED_DEG = 0.1
SHOWN = 5

_NUMBER = re.compile(r"([+-]?)([0-9]{1,6})(?:[.,]([0-9]{1,10}))?")
_MINUS = str.maketrans({"−": "-", "–": "-", "\u2011": "-"})

Wrong = tuple[str, str, str, Message]
"""Field, value, code and the sentence that rejects a row."""


@dataclass(frozen=True)
class Day:
    """The weather of a place on a day; "" is the whole data set, None what is not known.

    `phenomena` are names of ours; None where the table tells no phenomena at all.
    """

    place: str
    day: date
    values: Mapping[str, float] = field(default_factory=dict)
    phenomena: frozenset[str] | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class WeatherRead:
    """What a table tells, and how it was read; accepted + rejected + duplicates are its `rows`.

    `columns`: our name to their column; `others`: further columns that may mean the same; `units`:
    in which unit each quantity is told; `order` of the parts of dates; `strange`: words of
    phenomena that are not understood, with how many rows tell them; `theirs` all columns.
    """

    file: str
    rows: int
    days: tuple[Day, ...]
    accepted: int
    rejected: tuple[Issue, ...]
    duplicates: tuple[int, ...]
    columns: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]
    order: str
    strange: Mapping[str, int]
    theirs: tuple[str, ...]


def read(
    upload: Upload,
    *,
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    order: str = "",
    options: Mapping[str, str] | None = None,
) -> WeatherRead:
    """Read a table (CSV or Excel) with a row for each day, or for each place and day.

    `columns` says for a name of ours which of theirs is meant, "" that none is; `units` in which
    unit a quantity is told (C, F, mm, in, m/s, km/h, kn, mph, km, m, mi); `order` how the parts of
    dates stand (ymd, dmy, mdy). Raises IntakeError, NeedsChoice, SettingError.
    """
    told, n_rows = beside.words(upload, options or {})
    which, others = beside.chosen(
        _candidates(tuple(told)),
        tuple(told),
        columns or {},
        needed=([DATE], [*QUANTITIES, PHENOMENA]),
        file=upload.name,
    )
    said = {name: told[column] for name, column in which.items()}
    by_unit = _units(which, units or {}, said, upload.name)
    dates = _dates(said[DATE], which[DATE], order, upload.name)
    reader = _Reader(said, by_unit, dates.days)
    rows = _still([reader.row(n) for n in range(n_rows)])
    accepted, rejected, duplicates = _sorted_out(rows, upload.name)
    return WeatherRead(
        file=upload.name,
        rows=n_rows,
        days=_days(accepted),
        accepted=len(accepted),
        rejected=tuple(rejected),
        duplicates=tuple(duplicates),
        columns=which,
        others=others,
        units=by_unit,
        order=dates.order,
        strange=dict(reader.strange.most_common()),
        theirs=tuple(told),
    )


# ------------------------------------------------------------------- columns


def _candidates(theirs: Sequence[str]) -> dict[str, list[str]]:
    """Return for each name of ours the columns that may be it, the likeliest first."""
    found: dict[str, list[str]] = {}
    for name in COLUMNS:
        if name in QUANTITIES:
            found[name] = [one for one in theirs if words.unit_named(name, one)[0]]
        else:
            called = words.known()["columns"][name]
            found[name] = [one for word in called for one in theirs if words.bare(one) == word]
    return found


def _units(
    which: Mapping[str, str],
    told: Mapping[str, str],
    said: Mapping[str, Sequence[str]],
    file: str,
) -> dict[str, str]:
    """Return the unit of each quantity: as told, by the name of its column, or the usual one."""
    for name, unit in told.items():
        if name not in QUANTITIES or unit not in words.units_of(name):
            raise SettingError(
                "A unit is one of {units}, given for one of: {names}",
                units=list(words.units_of(name if name in QUANTITIES else "temp_max")),
                names=list(QUANTITIES),
            )
    found = {}
    for name in (name for name in QUANTITIES if name in which):
        unit = told.get(name) or words.unit_named(name, which[name])[1]
        if not unit and name.startswith("temp"):
            _ask_degrees(name, which[name], said[name], file)
        found[name] = unit or next(iter(words.units_of(name)))
    return found


def _ask_degrees(name: str, column: str, said: Iterable[str], file: str) -> None:
    """Raise NeedsChoice where degrees are too hot for Celsius and nobody says what they are."""
    hot = [
        word
        for word in said
        if not _is_nothing(word)
        and (number := _number(word)) is not None
        and HOTTEST_C < number < 150
    ]
    if len(hot) > 1:
        raise NeedsChoice(
            "{file} tells {values} in the column “{column}”, more than any heat in degrees "
            "Celsius. Say in which unit it is.",
            option=f"unit_{name}",
            choices=tuple(words.units_of(name)),
            file=file,
            values=hot[:SHOWN],
            column=column,
        )


# --------------------------------------------------------------------- dates


@dataclass(frozen=True)
class _Dates:
    order: str
    days: Mapping[str, date | parsing.Fault]


def _dates(said: Sequence[str], column: str, order: str, file: str) -> _Dates:
    """Read the distinct dates of the column in the one order that fits them, or ask."""
    if order not in ("", *ORDERS):
        raise SettingError("Dates stand in one of these orders: {names}", names=list(ORDERS))
    distinct = Counter(said)
    triples = {word: parsing.triple(word) for word in distinct}
    if not order:
        votes: Counter[str] = Counter()
        for word, triple in triples.items():
            if triple is not None:
                votes.update(dict.fromkeys(parsing.orders(triple), distinct[word]))
        best = [one for one in ORDERS if votes[one] and votes[one] == max(votes.values())]
        if len(best) > 1:
            raise _two_orders([one for one, two in triples.items() if two], best, column, file)
        order = best[0] if best else ORDERS[0]
    days = {word: parsing.day(word, order) for word in distinct}
    return _Dates(order, days)


def _two_orders(
    written: Sequence[str], orders: Sequence[str], column: str, file: str
) -> NeedsChoice:
    shown = written[:SHOWN]
    return NeedsChoice(
        "The dates of the column “{column}” in {file} ({values}) can be read in two ways. Say in "
        "which order day, month and year stand.",
        option="order",
        choices=tuple(orders),
        examples={
            order: [
                (word, "" if isinstance(day, parsing.Fault) else day.isoformat())
                for word in shown
                for day in (parsing.day(word, order),)
            ]
            for order in orders
        },
        file=file,
        column=column,
        values=list(shown),
    )


# ---------------------------------------------------------------------- rows


@dataclass(frozen=True)
class _Row:
    """A row as read; `wrong` rejects it."""

    day: Day | None
    wrong: Wrong | None = None

    @property
    def key(self) -> tuple[str, date]:
        assert self.day is not None
        return folded(self.day.place), self.day.day


class _Reader:
    def __init__(
        self,
        said: Mapping[str, Sequence[str]],
        units: Mapping[str, str],
        days: Mapping[str, date | parsing.Fault],
    ) -> None:
        self.said, self.units, self.days = said, units, days
        self.strange: Counter[str] = Counter()

    def row(self, n: int) -> _Row:
        said = {name: column[n] for name, column in self.said.items()}
        day = self.days[said[DATE]]
        if isinstance(day, parsing.Fault):
            wrong = Message("The date is not understood.")
            return _Row(None, (DATE, said[DATE], "date", wrong))
        values, fault = self._values(said)
        if fault:
            return _Row(None, fault)
        where, fault = _point(said)
        if fault:
            return _Row(None, fault)
        phenomena = self._phenomena(said)
        if not values and phenomena is None:
            return _Row(None, ("", "", "empty", Message("The row tells no weather.")))
        word = said.get(PLACE, "")
        place = "" if words.is_whole(word) and where == (None, None) else " ".join(word.split())
        if not place and where != (None, None):
            place = f"{where[0]:g}, {where[1]:g}"
        return _Row(Day(place, day, values, phenomena, *where))

    def _values(self, said: Mapping[str, str]) -> tuple[dict[str, float], Wrong | None]:
        found = {}
        for name, unit in self.units.items():
            word = said[name]
            if _is_nothing(word):
                continue
            about = words.known()["quantities"][name]
            scale = words.units_of(name)[unit]
            number = 0.0 if _is_trace(name, word) else _number(word)
            if number is None:
                told = Message("{name} is no number.", {"name": QUANTITIES[name]})
                return {}, (name, word, "number", told)
            value = round(number * scale["factor"] + scale.get("add", 0.0), 6)
            if not about["low"] <= value <= about["high"]:
                told = Message(
                    "{name} is beyond all that was ever measured ({low} to {high}).",
                    {"name": QUANTITIES[name], "low": about["low"], "high": about["high"]},
                )
                return {}, (name, word, "limits", told)
            found[name] = value
        return found, _turned(found, said)

    def _phenomena(self, said: Mapping[str, str]) -> frozenset[str] | None:
        if PHENOMENA not in said:
            return None
        found, strange = words.phenomena(said[PHENOMENA])
        self.strange.update(strange)
        return found


def _turned(values: Mapping[str, float], said: Mapping[str, str]) -> Wrong | None:
    """Reject a row whose lowest temperature is above its highest."""
    low, high = values.get("temp_min"), values.get("temp_max")
    if low is None or high is None or low <= high:
        return None
    told = Message("The lowest temperature is above the highest.")
    return "temp_min", said["temp_min"], "turned", told


@lru_cache(maxsize=100_000)
def _is_nothing(word: str) -> bool:
    told = word.casefold().translate(_MINUS).strip()
    return told in words.known()["nothing"] or plain(told) in ("n a", "н д")


def _is_trace(name: str, word: str) -> bool:
    return name == "precipitation" and word.casefold() in words.known()["trace"]


@lru_cache(maxsize=100_000)
def _number(word: str) -> float | None:
    match = _NUMBER.fullmatch(parsing.digits(word).translate(_MINUS).replace(" ", ""))
    if not match:
        return None
    sign, whole, part = match.groups()
    return float(f"{sign}{whole}.{part or 0}")


def _point(said: Mapping[str, str]) -> tuple[tuple[float | None, float | None], Wrong | None]:
    """Return latitude and longitude of a station, both None where one is not told."""
    found = []
    for name, most in ((LAT, 90), (LON, 180)):
        word = said.get(name, "")
        number = _number(word) if word else None
        if word and (number is None or abs(number) > most):
            told = Message("{name} is no place on the Earth.", {"name": COLUMNS[name]})
            return (None, None), (name, word, "point", told)
        found.append(number)
    lat, lon = found
    return ((None, None) if lat is None or lon is None else (lat, lon)), None


def _still(rows: Sequence[_Row]) -> list[_Row]:
    """Reject rows whose station stands elsewhere than in most rows of its name."""
    points: dict[str, Counter[tuple[float, float]]] = defaultdict(Counter)
    for row in rows:
        if row.day and row.day.lat is not None and row.day.lon is not None:
            points[folded(row.day.place)][row.day.lat, row.day.lon] += 1
    usual = {place: min(found, key=lambda p: (-found[p], p)) for place, found in points.items()}
    kept = []
    for row in rows:
        if row.day is None or (home := usual.get(folded(row.day.place))) is None:
            kept.append(row)
            continue
        lat, lon = row.day.lat, row.day.lon
        away = lat is not None and lon is not None
        if away and max(abs(lat - home[0]), abs(lon - home[1])) > MOVED_DEG:  # type: ignore[operator]
            told = Message("The station stands elsewhere in most other rows.")
            kept.append(_Row(None, (LAT, f"{lat:g}, {lon:g}", "moved", told)))
        else:
            kept.append(_Row(replace(row.day, lat=home[0], lon=home[1])))
    return kept


def _sorted_out(rows: Sequence[_Row], file: str) -> tuple[list[_Row], list[Issue], list[int]]:
    """Sort rows out: those of one place and day that contradict each other are all rejected."""
    found: dict[tuple[tuple[str, date], str], set[float]] = defaultdict(set)
    for row in rows:
        for name, value in row.day.values.items() if row.day else ():
            found[row.key, name].add(value)
    torn = {key for key, values in found.items() if len(values) > 1}
    accepted: dict[object, _Row] = {}
    rejected, duplicates = [], []
    for n, row in enumerate(rows, start=1):
        wrong = row.wrong or _contradicted(row, torn)
        if wrong:
            rejected.append(Issue(file, n, *wrong))
            continue
        assert row.day is not None
        same = (row.key, tuple(sorted(row.day.values.items())), row.day.phenomena)
        if same in accepted:
            duplicates.append(n)
        else:
            accepted[same] = row
    return [*accepted.values()], rejected, duplicates


def _contradicted(row: _Row, torn: set[tuple[tuple[str, date], str]]) -> Wrong | None:
    for name, value in row.day.values.items() if row.day else ():
        if (row.key, name) in torn:
            told = Message("Another row tells another number for this place and day.")
            return name, f"{value:.15g}", "contradiction", told
    return None


def _days(accepted: Sequence[_Row]) -> tuple[Day, ...]:
    """Return each place and day once; what several rows tell of it is put together.

    A place is called as the row calls it that comes first by the alphabet.
    """
    found: dict[tuple[str, date], Day] = {}
    names: dict[str, str] = {}
    for row in accepted:
        assert row.day is not None
        place = folded(row.day.place)
        names[place] = min(names.get(place, row.day.place), row.day.place)
        before = found.get(row.key)
        found[row.key] = row.day if before is None else _both(before, row.day)
    return tuple(
        replace(found[key], place=names[key[0]]) for key in sorted(found, key=lambda key: key)
    )


def _both(first: Day, second: Day) -> Day:
    told = [one for one in (first.phenomena, second.phenomena) if one is not None]
    return replace(
        first,
        values={**first.values, **second.values},
        phenomena=frozenset().union(*told) if told else None,
    )
