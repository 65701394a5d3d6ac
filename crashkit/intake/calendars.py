"""Calendars that crash files of the region are dated in, and their days in ours.

Days of CALENDARS are turned into ours by rule, exactly. The others are recognised and refused: they
need tables that differ by country.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from crashkit.errors import Message
from crashkit.profiles.words import CALENDARS

__all__ = ["CALENDARS", "FIRST_YEAR", "GREGORIAN", "TITLES", "could_be", "day"]

GREGORIAN = "gregorian"
TITLES: Mapping[str, Message] = {
    GREGORIAN: Message("common (Gregorian) calendar"),
    "solar_hijri": Message("solar Hijri calendar (Afghanistan, Iran)"),
    "roc": Message("calendar of the Republic of China (民國)"),
    "thai": Message("Thai Buddhist calendar"),
    "lunar_hijri": Message("lunar Hijri calendar"),
    "bikram_sambat": Message("Bikram Sambat calendar (Nepal)"),
}

FIRST_YEAR = 1900
"""No crash file is older."""


def could_be(year: int, today: date) -> tuple[str, ...]:
    """Return the calendars in which a year lies between 1900 and the next year of ours."""
    spans = {
        GREGORIAN: (FIRST_YEAR, today.year + 1),
        # The year of ours begins in winter, theirs in spring: two of theirs touch it.
        "solar_hijri": (FIRST_YEAR - 622, today.year - 621),
        "roc": (1, today.year - 1911 + 1),
        "thai": (FIRST_YEAR + 543, today.year + 543 + 1),
        # 33 of their years are 32 of ours.
        "lunar_hijri": ((FIRST_YEAR - 622) * 33 // 32, (today.year - 621) * 33 // 32),
        "bikram_sambat": (today.year + 2, today.year + 57),
    }
    return tuple(name for name, (first, last) in spans.items() if first <= year <= last)


def day(calendar: str, year: int, month: int, number: int) -> date:
    """Return a day of a calendar as one of ours. Raises ValueError where there is no such day."""
    return _CONVERTERS[calendar](year, month, number)


_NEW_YEAR = 1403, date(2024, 3, 20)
"""A first of Hamal (Farvardin), and the day of ours it fell on."""

_LEAP = (1, 5, 9, 13, 17, 22, 26, 30)
"""Places of the leap years in 33 years; so it is from 1210 to 1634."""


def _leaps_before(year: int) -> int:
    rounds, rest = divmod(year, 33)
    return rounds * len(_LEAP) + sum(place < rest for place in _LEAP)


def _solar_hijri(year: int, month: int, number: int) -> date:
    """Turn a day of the solar Hijri calendar into ours.

    Six months of 31 days, five of 30, and one of 29, or 30 in leap years. Source: K. M. Borkowski,
    The Persian calendar for 3000 years, Earth, Moon and Planets 74 (1996), 223-230: between 1210
    and 1634 the astronomical leap years repeat after 33.
    """
    if not (1210 <= year < 1634 and 1 <= month <= 12):
        raise ValueError("no such month")
    longest = 31 if month <= 6 else 30 if month < 12 or year % 33 in _LEAP else 29
    if not 1 <= number <= longest:
        raise ValueError("no such day")
    base, first = _NEW_YEAR
    days = 365 * (year - base) + _leaps_before(year) - _leaps_before(base)
    days += 31 * (month - 1) - max(month - 7, 0) + number - 1
    return first + timedelta(days=days)


def _roc(year: int, month: int, number: int) -> date:
    return date(year + 1911, month, number)


def _thai(year: int, month: int, number: int) -> date:
    """Turn a day of the Thai calendar into ours; before 2484 (1941) years began in April."""
    if year < 2484:
        raise ValueError("years began in April")
    return date(year - 543, month, number)


_CONVERTERS: Mapping[str, Callable[[int, int, int], date]] = {
    GREGORIAN: date,
    "solar_hijri": _solar_hijri,
    "roc": _roc,
    "thai": _thai,
}
