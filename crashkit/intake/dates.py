"""Day or month first, and in which calendar: told from all rows of a column, or asked.

Never guessed row by row. What told is kept with what was found, so that people see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from crashkit import fields
from crashkit.errors import IntakeError, Message, NeedsChoice
from crashkit.intake import calendars, parsing
from crashkit.intake.calendars import GREGORIAN
from crashkit.intake.cells import Ints, combined
from crashkit.intake.checked import short
from crashkit.intake.headers import SAID, STATED
from crashkit.intake.mapping import clean
from crashkit.intake.parsing import Fault, Triple
from crashkit.intake.sheets import Sheet
from crashkit.model import Inference
from crashkit.profiles import Layout, Profile, Recipe

Place = tuple[str, str, str]
"""Layout, table and field of a date column."""

SURE = 0.9
"""Such a share of the telling rows settles the order; the others are refused."""

COMPACT = "yyyymmdd"
ORDERS = ("dmy", "mdy", "ymd", COMPACT, *parsing.SERIALS)
CENTURIES = (2000, 1900)
"""What may be added to years of two digits."""
SHOWN = 5
"""So many dates are shown as they are read."""


@dataclass(frozen=True)
class Way:
    """How the dates of a column are written: the order of their parts, and the calendar.

    `century` is added to years of two digits, which are refused where it is 0.
    """

    order: str = "ymd"
    calendar: str = GREGORIAN
    century: int = 0


@dataclass(frozen=True, eq=False)
class Days:
    """Distinct dates as written, as days (None: not known), how exact, and the word of each row."""

    raw: Sequence[str]
    days: Sequence[date | Fault | None]
    precisions: list[str | None]
    codes: Ints


def ways(
    sheets: Sequence[Sheet], profile: Profile, options: Mapping[str, str], today: date
) -> tuple[dict[Place, Way], list[Inference]]:
    """Return how each date column is written, and what told so.

    Raises NeedsChoice (calendar, date-order, century), and IntakeError for calendars that are not
    turned.
    """
    found: dict[Place, Way] = {}
    told: list[Inference] = []
    for layout, table, name, recipe in _recipes(profile):
        of_kind = [sheet for sheet in sheets if sheet.layout.name == layout.name]
        column = _Column(of_kind, recipe, profile, options, today)
        found[layout.name, table, name] = column.way()
        told += column.told
    return found, told


def _recipes(profile: Profile) -> list[tuple[Layout, str, str, Recipe]]:
    return [
        (layout, table, name, recipe)
        for layout in profile.files
        for table, recipes in layout.recipes.items()
        for name, recipe in recipes.items()
        if fields.get(table, name).type == "date" and (recipe.column or recipe.year)
    ]


class _Column:
    """A date column of all sheets of a kind: its distinct dates, and how many rows say each."""

    def __init__(
        self,
        sheets: Sequence[Sheet],
        recipe: Recipe,
        profile: Profile,
        options: Mapping[str, str],
        today: date,
    ) -> None:
        self.recipe, self.profile, self.options, self.today = recipe, profile, options, today
        self.name = recipe.column or recipe.year
        self.sheets = [sheet for sheet in sheets if self.name in sheet.taken]
        self.rows = _counted(self.sheets, self.name)
        parts = {word: self._parts(word) for word in self.rows}
        self.dated: dict[str, Triple] = {word: one for word, one in parts.items() if one}
        self.all = self._count(self.dated)
        self.short = [word for word, parts in self.dated.items() if _is_short(parts)]
        # The order is told by days and months, whatever the century; that is asked for last.
        self.century = recipe.century or self._said_century() or CENTURIES[0]
        self.told: list[Inference] = []

    def _parts(self, word: str) -> Triple | None:
        if not self.recipe.year:
            return parsing.triple(word)
        year = parsing.whole(parsing.digits(word))
        return None if isinstance(year, Fault) else Triple(str(year), "1", "1", year_first=True)

    def _count(self, words: Iterable[str]) -> int:
        return sum(self.rows[word] for word in words)

    def way(self) -> Way:
        """Return how the column is written; what told so goes to `told`."""
        serial = self._serials()
        if serial:
            return Way(serial)
        if self._are_compact():
            self._tell("date_order", COMPACT, self.why_order, Way(COMPACT))
            return Way(COMPACT)
        if not self.dated:
            return Way(self.recipe.format or "ymd", self._stated_calendar() or GREGORIAN)
        calendar = self._stated_calendar() or self._calendar()
        order = self._order(calendar)
        way = Way(order, calendar, self._century(order, calendar))
        self._tell("calendar", calendar, self.why_calendar, way)
        if not self.recipe.year:
            self._tell("date_order", order, self.why_order, way)
        return way

    def _tell(self, what: str, value: str, why: Message, way: Way) -> None:
        files = {sheet.place for sheet in self.sheets}
        file = files.pop() if len(files) == 1 else ""
        examples = self._showing(way) if what == "date_order" or self.recipe.year else ()
        self.told.append(Inference(file, self.name, what, value, why, examples=examples))

    def _showing(self, way: Way, words: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
        """Return some dates as written and as they would be read, "" where they would not."""
        shown = [(word, self._day(word, way)) for word in spread(words or self.dated)]
        return tuple(
            (short(word), "" if isinstance(day, Fault) else day.isoformat()) for word, day in shown
        )

    def _day(self, word: str, way: Way) -> date | Fault:
        if self.recipe.year:
            return parsing.made(word, "1", "1", calendar=way.calendar)
        century = way.century or self.century
        return parsing.day(word, way.order, century=century, calendar=way.calendar)

    def _asked(
        self, asked: Message, option: str, ways: Sequence[Way], **values: object
    ) -> NeedsChoice:
        choices = {
            {"calendar": one.calendar, "century": str(one.century)}.get(option, one.order): one
            for one in ways
        }
        words = values.pop("words", ()) or self._differing(ways)
        return NeedsChoice(
            asked.text,
            option=option,
            choices=tuple(choices),
            examples={said: self._showing(one, words) for said, one in choices.items()},  # type: ignore[arg-type]
            file=self.sheets[0].place,
            column=self.name,
            **values,
        )

    def _differing(self, ways: Sequence[Way]) -> list[str]:
        """Return the dates that show what is asked: those that the answers read otherwise."""
        return [word for word in self.dated if len({str(self._day(word, way)) for way in ways}) > 1]

    # -------------------------------------------------------------- calendar

    def _stated_calendar(self) -> str:
        answer = self.options.get("calendar", "").lower()
        self.why_calendar = SAID if answer in calendars.CALENDARS else STATED
        return answer if answer in calendars.CALENDARS else self.profile.calendar

    def _calendar(self) -> str:
        """Return the calendar of the column.

        A few odd years are faults of their rows; where most rows lie outside our calendar, the
        column is in another one. Source: data_standards, section 3.2.
        """
        named: Counter[str] = Counter()
        fitting: Counter[str] = Counter()
        for word, parts in self.dated.items():
            named[parts.calendar] += self.rows[word]
            fitting.update(dict.fromkeys(self._could_be(parts), self.rows[word]))
        for calendar in calendars.CALENDARS:
            if 2 * named[calendar] >= self.all:
                self.why_calendar = Message(
                    "{n} of {all} rows name a month or an era of it.",
                    {"n": named[calendar], "all": self.all},
                )
                return calendar
        others = [
            one for one in calendars.TITLES if one != GREGORIAN and 2 * fitting[one] >= self.all
        ]
        if others and 2 * fitting[GREGORIAN] < self.all:
            return self._other_calendar(others)
        self.why_calendar = Message(
            "{n} of {all} rows have a year from {first} to {last}.",
            {
                **{"n": fitting[GREGORIAN], "all": self.all},
                **{"first": str(calendars.FIRST_YEAR), "last": str(self.today.year + 1)},
            },
        )
        return GREGORIAN

    def _could_be(self, parts: Triple) -> tuple[str, ...]:
        # A year of two digits belongs to a century that the profile states.
        if parts.year < 100 and (self.recipe.century or not parts.year_first):
            return (GREGORIAN,)
        return calendars.could_be(parts.year, self.today)

    def _other_calendar(self, others: Sequence[str]) -> str:
        """Return the calendar that agrees with the weekdays of the source, or ask."""
        written = ", ".join(short(word) for word in spread(self.dated))
        turned = [one for one in others if one in calendars.CALENDARS]
        if not turned:
            raise IntakeError(
                "The years of {column} in {file} ({examples}) belong to another calendar, perhaps "
                "the {calendar}. It cannot be turned into the common (Gregorian) calendar here: "
                "turn the dates first, and import the file again.",
                file=self.sheets[0].place,
                column=self.name,
                examples=written,
                calendar=calendars.TITLES[others[0]],
            )
        orders = self._orders() or ("dmy", "mdy")
        agreed = self._by_weekday([Way(order, one) for one in turned for order in orders])
        if agreed:
            self.why_calendar = agreed[1]
            return agreed[0].calendar
        raise self._asked(
            Message(
                "The years of {column} in {file} ({written}) do not belong to the common "
                "(Gregorian) calendar; they may belong to the {calendar}. Say which calendar is "
                "meant."
            ),
            "calendar",
            [Way(orders[0], one) for one in (*turned, GREGORIAN)],
            written=written,
            calendar=calendars.TITLES[turned[0]],
        )

    # ----------------------------------------------------------------- order

    def _order(self, calendar: str) -> str:
        answer = self.options.get("date_order", "").lower()
        stated = self.recipe.format or (answer if answer in ORDERS else self.profile.date_order)
        if stated:
            self.why_order = SAID if stated == answer else STATED
            return stated
        orders = self._orders()
        if orders == ("dmy",) and self._may_have_year_first():
            raise self._asked(
                Message(
                    "Whether the day or the year comes first in {column} cannot be told: {example} "
                    "may be either. Say which."
                ),
                "date-order",
                [Way("dmy", calendar), Way("ymd", calendar)],
                example=self.short[0],
                words=self.short,
            )
        if len(orders) == 1:
            return orders[0]
        agreed = self._by_weekday([Way(order, calendar) for order in ("dmy", "mdy")])
        if agreed:
            self.why_order = agreed[1]
            return agreed[0].order
        telling = [word for word, parts in self.dated.items() if len(parsing.orders(parts)) == 1]
        ways = [Way(order, calendar) for order in ("dmy", "mdy")]
        raise self._asked(
            Message(
                "Some dates in {column} have the day first and some the month. Say which is meant; "
                "the others will be rejected."
                if orders
                else "Whether the day or the month comes first in {column} cannot be told: "
                "{example} may be either. Say which."
            ),
            "date-order",
            ways,
            example=spread(self._differing(ways) or self.dated)[0][:20],
            words=telling if orders else (),
        )

    def _orders(self) -> tuple[str, ...]:
        """Return the orders that rows tell: one when it is settled, none when no row tells."""
        votes: Counter[tuple[str, ...]] = Counter()
        for word, parts in self.dated.items():
            votes[parsing.orders(parts)] += self.rows[word]
        day_first, month_first = votes[("dmy",)], votes[("mdy",)]
        either = votes[("dmy", "mdy")]
        if day_first + month_first + either == 0:
            self.why_order = Message(
                "The year stands first in {n} of {all} rows.",
                {"n": votes[("ymd",)], "all": self.all},
            )
            return ("ymd",)
        for order, those, others in (
            ("dmy", day_first, month_first),
            ("mdy", month_first, day_first),
        ):
            if those and those >= SURE * (those + others) and not self._are_others(order):
                self.why_order = Message(
                    "Rows that can only be read so: {n}; only the other way: {others}; either way: "
                    "{either}.",
                    {"n": those, "others": others, "either": either},
                )
                return (order,)
        return ("dmy", "mdy") if day_first and month_first else ()

    def _may_have_year_first(self) -> bool:
        """Say whether two digits at the beginning may be a year: 23-03-14.

        Days of a month are many, years of a file are few.
        """
        parts = [one for one in self.dated.values() if _is_short(one)]
        numbers = [(int(one.first), int(one.last)) for one in parts if not one.named]
        if not numbers or len(numbers) < len(self.dated):
            return False
        firsts, lasts = map(set, zip(*numbers, strict=True))
        return len(firsts) <= len(lasts) and all(1 <= last <= 31 for last in lasts)

    def _are_others(self, order: str) -> bool:
        """Say whether most dates that may be either have another sign in them than those that tell.

        04/13/2021 says nothing of 03.04.2021: two programs, or two people, wrote them.
        """
        told: set[str] = set()
        either: Counter[str] = Counter()
        for word, parts in self.dated.items():
            sign = next((one for one in word if not one.isdigit()), "")
            if parsing.orders(parts) == (order,):
                told.add(sign)
            elif len(parsing.orders(parts)) > 1 and self._is_day(word):
                either[sign] += self.rows[word]
        others = sum(n for sign, n in either.items() if sign not in told)
        return 2 * others > either.total()

    def _is_day(self, word: str) -> bool:
        """Say whether a date is one in some order; 00/00/0000 is none."""
        return any(not isinstance(self._day(word, Way(one)), Fault) for one in ("dmy", "mdy"))

    def _by_weekday(self, ways: Sequence[Way]) -> tuple[Way, Message] | None:
        """Return the way that agrees with the weekdays of the source, and how well, or nothing.

        Source: data_standards, section 4: the weekday arbiter.
        """
        agree = Counter(dict.fromkeys(ways, 0))
        looked_at = 0
        for (written, named), count in self._with_weekdays().items():
            wanted = parsing.weekday(named)
            looked_at += count if wanted else 0
            for way in ways:
                day = self._day(written, way)
                if wanted and not isinstance(day, Fault) and day.isoweekday() == wanted:
                    agree[way] += count
        (best, most), *others = agree.most_common()
        least = max((n for _, n in others), default=0)
        if not looked_at or most < SURE * looked_at or least >= most / 2:
            return None
        return best, Message(
            "{n} of {all} weekdays of the file agree; read otherwise, {others}.",
            {"n": most, "all": looked_at, "others": least},
        )

    def _with_weekdays(self) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for sheet in self.sheets:
            if self.recipe.year or self.recipe.weekday not in sheet.taken:
                continue
            columns = [sheet.taken[self.name], sheet.taken[self.recipe.weekday]]
            codes, rows = combined(columns, len(sheet))
            counts = np.bincount(codes, minlength=len(rows)).tolist()
            for (written, named), count in zip(rows, counts, strict=True):
                found[clean(written), named.strip()] += count
        return found

    # --------------------------------------------------------------- century

    def _said_century(self) -> int:
        answer = self.options.get("century", "")
        return int(answer) if answer in map(str, CENTURIES) else 0

    def _century(self, order: str, calendar: str) -> int:
        """Return what is added to years of two digits; 0 where they are few, and refused."""
        stated = self.recipe.century or self._said_century()
        if stated or calendar != GREGORIAN or 2 * self._count(self.short) < self.all:
            if stated and self.short and not self.recipe.century:
                self.told.append(self._told_century(stated))
            return stated
        raise self._asked(
            Message(
                "The years of {column} in {file} have two digits only ({example}). Say to which "
                "century they belong."
            ),
            "century",
            [Way(order, calendar, century) for century in CENTURIES],
            example=spread(self.short)[0],
            words=self.short,
        )

    def _told_century(self, century: int) -> Inference:
        return Inference(self.sheets[0].place, self.name, "century", str(century), SAID)

    # --------------------------------------------------------------- serials

    def _are_compact(self) -> bool:
        """Say whether nearly all values are eight digits that are a day: 20230314.

        No day is one the other way round: 14032023 has no month 20.
        """
        if self.recipe.year or self.recipe.format:
            return False
        read = {word: parsing.day(word, COMPACT) for word in self.rows if word.isdigit()}
        good = self._count(word for word, day in read.items() if isinstance(day, date))
        filled = self._count(word for word in self.rows if word)
        self.why_order = Message(
            "{n} of {all} rows are a day of eight digits, the year first.",
            {"n": good, "all": filled},
        )
        return good > 0 and good >= SURE * filled

    def _serials(self) -> str:
        """Return how days are counted where most cells are numbers such as Excel counts days by.

        They are turned on the user's word only.
        """
        counted = [word for word in self.rows if parsing.is_serial(word)]
        answer = self.options.get("date_order", "").lower()
        if not counted or self.recipe.year or self._count(counted) <= self.all:
            return ""
        if answer not in ORDERS and not self.recipe.format:
            raise self._asked(
                Message(
                    "{column} in {file} holds numbers such as {example}, by which Excel counts "
                    "days. Say from which year they are counted: 1900 is "
                    "usual, 1904 stands in old Mac files."
                ),
                "date-order",
                [Way(order) for order in parsing.SERIALS],
                example=spread(counted)[0],
                words=counted,
            )
        if answer not in parsing.SERIALS:
            return ""
        self.why_order = SAID
        self.dated |= {word: Triple("", "", "") for word in counted}
        self._tell("date_order", answer, SAID, Way(answer))
        return answer


def _is_short(parts: Triple) -> bool:
    """Say whether a year has two digits."""
    return not parts.year_first and len(parts.last) == 2


def _counted(sheets: Sequence[Sheet], name: str) -> Counter[str]:
    """Count the rows of each word of a column, cleaned."""
    found: Counter[str] = Counter()
    for sheet in sheets:
        column = sheet.taken[name]
        counts = np.bincount(column.codes, minlength=len(column.words)).tolist()
        for word, count in zip(column.cleaned, counts, strict=True):
            if count and word:
                found[word] += count
    return found


def spread(words: Iterable[str]) -> list[str]:
    """Return some words of a column, whatever the order of its rows."""
    written = sorted(set(words))
    return written[:: max(len(written) // SHOWN, 1)][:SHOWN]


# ----------------------------------------------------- dates in columns apart


def of_parts(
    part: Mapping[str, str | None], recipe: Recipe, calendar: str = GREGORIAN
) -> date | Fault | None:
    """Make a day of year, month and day; the first of the month or year where no more is known."""
    year, month, day = (part.get(name) for name in (recipe.year, recipe.month, recipe.day))
    if year is None:
        return None
    first = (day if month else None) or "1"
    return parsing.made(year, month or "1", first, century=recipe.century, calendar=calendar)


def precision(part: Mapping[str, str | None], recipe: Recipe) -> str | None:
    """Return how much of a date is known: day, month or year."""
    if part.get(recipe.year) is None:
        return None
    if part.get(recipe.month) is None:
        return "year"
    return "day" if part.get(recipe.day) else "month"
