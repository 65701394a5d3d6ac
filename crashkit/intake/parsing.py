"""Words to numbers, dates, times and km posts: strictly, or not at all.

Each parser returns its value, or a Fault: the code of what is wrong, and a sentence in which the
holes {field} and {value} are still open. Nothing is ever guessed, and no text raises an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crashkit.errors import Message
from crashkit.intake import calendars, words

LONGEST_NUMBER = 40
LONGEST_DATE = 60


@dataclass(frozen=True)
class Fault:
    """Why a value cannot be read."""

    code: str
    message: Message


_NUMBER = {
    ".": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"),
    ",": re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"),
}
_BLANKS = "[ \u00a0\u2009\u202f]"
_GROUPS = {".": r"\.", ",": ",", " ": _BLANKS, "'": "['\u2019]"}
"""Signs that part thousands, as a profile writes them."""
_PARTED = re.compile(rf"[+-]?[0-9]{{1,3}}(?:(?:[.,'\u2019]|{_BLANKS})[0-9]{{3}})+(?:[.,][0-9]+)?")


@dataclass(frozen=True)
class Marks:
    """The sign before decimals, and the one that parts thousands ("": none is allowed)."""

    decimal: str = "."
    thousands: str = ""


_WHOLE = re.compile(r"([+-]?[0-9]+)(?:[.,]0*)?")


NO_NUMBER = Fault("not_a_number", Message("{field} is {value}, which is not a number."))
PARTED = Fault(
    "number_format",
    Message(
        "{field} is {value}: a sign seems to part thousands, which is not certain. Write the "
        "number without it."
    ),
)


def number(word: str, decimal: str, *, thousands: str = "", either: bool = False) -> float | Fault:
    """Read a number with one decimal mark; `either` allows both (typed cells of a workbook).

    `thousands` is a sign that may part groups of three digits; else such numbers are refused.
    """
    word = digits(word).replace("٫", decimal)
    mark = decimal
    if either and decimal not in word:
        mark = "," if decimal == "." else "."
    plain = _joined(word, thousands, mark)
    if len(word) > LONGEST_NUMBER or not _NUMBER[mark].fullmatch(plain):
        return PARTED if len(word) <= LONGEST_NUMBER and _PARTED.fullmatch(word) else NO_NUMBER
    # No number of this length with two digits of exponent is infinite.
    return float(plain.replace(mark, "."))


def without(thousands: str, word: str) -> str:
    """Return a word without a sign that can only part thousands: a blank or an apostrophe."""
    return re.sub(_GROUPS[thousands], "", word) if thousands in (" ", "'") else word


def _joined(word: str, thousands: str, decimal: str) -> str:
    """Take away signs that part thousands, where they stand before each three digits."""
    if not thousands or thousands == decimal:
        return word
    sign = _GROUPS[thousands]
    parted = rf"[+-]?[0-9]{{1,3}}(?:{sign}[0-9]{{3}})+(?:{re.escape(decimal)}[0-9]*)?"
    return re.sub(sign, "", word) if re.fullmatch(parted, word) else word


def whole(word: str, *, thousands: str = "") -> int | Fault:
    """Read a whole number; 2008.0 is one."""
    word = digits(word)
    plain = _joined(word, thousands, "," if thousands == "." else ".")
    match = _WHOLE.fullmatch(plain) if len(word) <= LONGEST_NUMBER else None
    if match:
        return int(match[1])
    if any(isinstance(number(word, mark), float) for mark in ".,"):
        return Fault("not_whole", Message("{field} is {value}, which is not a whole number."))
    return NO_NUMBER


def limits(value: float, low: float | None, high: float | None) -> Fault | None:
    """Say when a number lies beyond the limits of its field."""
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low == 0 and value < 0:
        return Fault("negative", Message("{field} is {value}; it cannot be less than 0."))
    low, high = _plain(low), _plain(high)
    if high is None:
        return Fault(
            "out_of_range",
            Message("{field} is {value}; it cannot be less than {low}.", {"low": low}),
        )
    return Fault(
        "out_of_range",
        Message(
            "{field} is {value}; it must lie between {low} and {high}.", {"low": low, "high": high}
        ),
    )


def _plain(limit: float | None) -> float | None:
    """Return a whole limit as a whole number, which is how people read it."""
    return int(limit) if limit is not None and float(limit).is_integer() else limit


# ------------------------------------------------------------------- dates

_SECONDS = r"(?:[:.][0-9]{2}(?:\.[0-9]{1,6})?)?"
_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_TIME = rf"(?:(?:[T ]+|,\s*)[0-9]{{1,2}}[:.][0-9]{{2}}{_SECONDS}\s?{_ZONE})?"
_DATE = re.compile(rf"([0-9]{{1,4}})([./\- ])\s?([0-9]{{1,2}})\2\s?([0-9]{{1,4}}){_TIME}")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CHINESE = re.compile(
    r"(\D{0,4}?)\s?([0-9]{1,4})\s?年\s?([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?[日号號]?"
    r"[\s(（]{0,2}(?:(?:星期|周|週)[一二三四五六日天][)）]?)?(?:\s?\D{0,2}\s?[0-9]{1,2}[:：时時点點].{0,12})?"
)
_MONGOLIAN = re.compile(
    rf"([0-9]{{4}}) оны ([0-9]{{1,2}})(?:[- ]?[^\W\d]{{1,6}})? сары?н? ([0-9]{{1,2}})"
    rf"(?:[- ]?[^\W\d]{{1,5}}(?: өдөр)?)?{_TIME}"
)

# A month by its name; a word may stand with the year, and an ordinal behind the day.
_NAME = r"(?P<name>[^\W\d_](?:[^\d]{0,30}[^\W\d_])?)\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_WORD = r"[\s\-]?(?P<beside>[^\W\d_]{1,8})\.?"
_GAP = r"[\s./\-]{0,2}"
_NAMED = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        rf"{_DAY}{_GAP}{_NAME}{_GAP},?\s?(?P<year>[0-9]{{2,4}})(?:{_WORD})?",
        rf"{_NAME}{_GAP}{_DAY},?\s(?P<year>[0-9]{{4}})(?:{_WORD})?",
        rf"(?P<year>[0-9]{{4}}){_GAP}{_NAME}{_GAP}{_DAY}",
        rf"(?P<year>[0-9]{{4}}){_WORD}\s{_DAY}[\s\-]{_NAME}",
    )
)
_BEFORE = re.compile(r"([^\W\d_]+(?:[ \-][^\W\d_]+)?)[.,،]?\s+(?=.)")

NO_DATE = Fault("bad_date", Message("{field} is {value}, which is not a date."))
NO_DAY = Fault("bad_date", Message("{field} is {value}, a day that does not exist."))


def digits(word: str) -> str:
    """Return a text with the digits of any script as 0 to 9: ۱۴۰۲ is 1402."""
    if word.isascii():
        return word
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in word)


def month(word: str, calendar: str = calendars.GREGORIAN) -> int | None:
    """Return the number of a month of a calendar given as a number or a name."""
    if re.fullmatch(r"[0-9]{1,2}(?:\.0)?", word):
        return int(float(word))
    named = words.months().get(words.key(word))
    return named.number if named and named.calendar == calendar else None


def weekday(word: str) -> int | None:
    """Return 1 (Monday) to 7 of a weekday given as a number of that kind, or a name."""
    if re.fullmatch(r"[1-7](?:\.0)?", word):
        return int(word[0])
    return words.weekdays().get(words.key(word))


@dataclass(frozen=True)
class Triple:
    """Three parts of a date as they stand in the cell.

    `year_first`: it can only be year, month, day; `named`: the month was a word, and stands in the
    middle as its number. `calendar` is the one that the cell itself names.
    """

    first: str
    middle: str
    last: str
    year_first: bool = False
    named: bool = False
    calendar: str = ""

    @property
    def year(self) -> int:
        """The year as it is written."""
        return int(self.first if self.year_first else self.last)


def triple(word: str) -> Triple | None:
    """Take a date apart, without saying what is what."""
    if len(word) > LONGEST_DATE:
        return None
    plain = digits(word)
    match = _DATE.fullmatch(plain)
    if match:
        return _of_numbers(match)
    return None if plain.isascii() and not _LETTER.search(plain) else _worded(words.plain(plain))


def _of_numbers(match: re.Match[str]) -> Triple:
    first, _, middle, last = match.groups()
    return Triple(first, middle, last, year_first=len(first) > 2)


_LETTER = re.compile(r"[A-Za-z]")


def _worded(plain: str) -> Triple | None:
    """Take a date apart that has words in it."""
    chinese = _CHINESE.fullmatch(plain)
    if chinese:
        era, *parts = chinese.groups()
        if era and not words.is_of_china(era):
            return None
        return Triple(parts[0], parts[1], parts[2], year_first=True, calendar="roc" if era else "")
    mongolian = _MONGOLIAN.fullmatch(plain)
    if mongolian:
        return Triple(mongolian[1], mongolian[2], mongolian[3], year_first=True)
    ahead = _BEFORE.match(plain)
    if ahead and words.key(ahead[1]) in words.weekdays():
        plain = plain[ahead.end() :]
        if match := _DATE.fullmatch(plain):
            return _of_numbers(match)
    for match in filter(None, (pattern.fullmatch(plain) for pattern in _NAMED)):
        found = match.groupdict()
        named = _month_in(found["name"])
        beside = found.get("beside")
        if named and (not beside or words.is_year_word(beside)):
            calendar = "" if named.calendar == calendars.GREGORIAN else named.calendar
            return Triple(
                found["day"], str(named.number), found["year"], named=True, calendar=calendar
            )
    return None


def _month_in(text: str) -> words.Month | None:
    """Return the month that a text names, beside words that stand with a year."""
    pieces = [piece for piece in re.split(r"[\s.,\-]+", text) if piece]
    kept = [piece for piece in pieces if not words.is_year_word(piece)]
    return words.months().get(words.key(" ".join(pieces))) or words.months().get(
        words.key(" ".join(kept))
    )


def orders(parts: Triple) -> tuple[str, ...]:
    """Return the orders in which a date makes sense: of "dmy", "mdy", "ymd"."""
    if parts.year_first:
        return ("ymd",)
    if parts.named:
        return ("dmy",)
    one, two = int(parts.first), int(parts.middle)
    found = ["dmy"] if one <= 31 and two <= 12 else []
    found += ["mdy"] if one <= 12 and two <= 31 else []
    return tuple(found)


def day(
    word: str, order: str, *, century: int = 0, calendar: str = calendars.GREGORIAN
) -> date | Fault:
    """Read a date whose parts stand in this order; years first are always understood."""
    eight = _DIGITS.fullmatch(digits(word))
    if order == "yyyymmdd" and eight:
        return made(*eight.groups(), calendar=calendar)
    parts = triple(word)
    if parts is None:
        return _serial(word, order)
    if parts.calendar and parts.calendar != calendar:
        return _of_other_calendar(parts.year)
    if parts.year_first or order == "ymd" and not parts.named:
        year, middle, last = parts.first, parts.middle, parts.last
    elif order == "mdy" and not parts.named:
        year, middle, last = parts.last, parts.first, parts.middle
    else:
        year, middle, last = parts.last, parts.middle, parts.first
    return made(year, middle, last, century=century, calendar=calendar)


SERIALS: Mapping[str, date] = {"excel": date(1899, 12, 30), "excel1904": date(1904, 1, 1)}
"""The days from which Excel counts, for dates after February 1900, which had no 29th."""

_SERIAL = re.compile(r"[2-6][0-9]{4}(?:\.[0-9]{1,12})?")


def is_serial(word: str) -> bool:
    """Say whether a number may be a day counted by Excel: 1954 to 2091."""
    return bool(_SERIAL.fullmatch(word))


def _serial(word: str, order: str) -> date | Fault:
    if not is_serial(word):
        return NO_DATE
    if order in SERIALS:
        return SERIALS[order] + timedelta(days=int(float(word)))
    return Fault(
        "excel_serial_date",
        Message(
            "{field} is {value}, which looks like a day counted by Excel. Format the column "
            "as a date in Excel and save the file again."
        ),
    )


def made(
    year: str,
    of_year: str,
    of_month: str,
    *,
    century: int = 0,
    calendar: str = calendars.GREGORIAN,
) -> date | Fault:
    """Make a date of its parts; the year may have two digits where a century is stated."""
    found, named = whole(digits(year)), month(digits(of_year), calendar)
    number = whole(digits(of_month))
    if isinstance(found, Fault) or named is None or isinstance(number, Fault):
        return NO_DATE
    full = found + century if found < 100 and calendar == calendars.GREGORIAN else found
    if not (1 <= named <= 12 and 1 <= number <= 31):
        return NO_DAY
    wrong = year_fault(full) if calendar == calendars.GREGORIAN else None
    if wrong:
        return wrong
    try:
        day = calendars.day(calendar, full, named, number)
    except (ValueError, OverflowError):
        return NO_DAY
    return year_fault(day.year) or day


EPOCHS = (date(1899, 12, 30), date(1900, 1, 1), date(1904, 1, 1), date(1970, 1, 1))
"""Days from which programs count: an empty cell may have become one of them."""


def year_fault(year: int) -> Fault | None:
    """Say when a year is none of our calendar and time."""
    if calendars.FIRST_YEAR <= year <= 2100:
        return None
    if 1300 <= year < 1500 or 2050 < year < 2120:
        return _of_other_calendar(year)
    return Fault(
        "year_out_of_range",
        Message("{field} is {value}: the year {year} is not possible.", {"year": str(year)}),
    )


def _of_other_calendar(year: int) -> Fault:
    return Fault(
        "other_calendar",
        Message(
            "{field} is {value}: the year {year} may belong to another calendar. Convert the "
            "dates to the common (Gregorian) calendar first.",
            {"year": str(year)},
        ),
    )


def shape(word: str) -> str:
    """Return how a date is written, whatever day it is: 9999-9-9, 9.9.9999, 9 a 9999."""
    short = re.sub(r"[0-9]{1,2}(?![0-9])|(?<![0-9])[0-9]{1,2}", "9", word[:LONGEST_DATE])
    return re.sub(r"[0-9]{3,}", "9999", re.sub(r"[^\W\d_]+\.?", "a", short))


# ------------------------------------------------------------------- times

_CLOCK = re.compile(
    r"(?P<date>[0-9]{1,4}[./\-][0-9]{1,2}[./\-][0-9]{1,4}(?:T|[\s,]+))?"
    r"(?P<before>[^\W\d_]{2,4}\s?)?"
    r"(?P<hour>[0-9]{1,2})(?:[:.：](?P<minute>[0-9]{2})(?:[:.：](?P<second>[0-9]{2})(?:\.[0-9]{1,6})?)?"
    r"|[时時点點](?:(?P<of_hour>[0-9]{1,2})分?(?:[0-9]{1,2}秒)?)?)"
    r"\s?(?P<after>Z|[^\W\d_][^\d]{0,12})?"
)
_HOURS = re.compile(
    r"([0-9]{1,2})\s?(?:ч|час|часа|часов|h|hr|саат|сағат|soat)\.?"
    r"(?:\s?([0-9]{1,2})\s?(?:м|мин|минут|минута|минуты|m|min)?\.?)?",
    re.IGNORECASE,
)
"""Hours and minutes by their words; hours alone have no minutes."""
NO_TIME = Fault("bad_time", Message("{field} is {value}, which is not a time."))
MIDNIGHT = "24:00"


def clock(word: str) -> str | Fault:
    """Read hours and minutes; 24:00 stays as it is, and means the end of the day.

    A date that stands before is passed over: the crash has one of its own.
    """
    if len(word) > LONGEST_DATE:
        return NO_TIME
    plain = digits(word)
    if match := _HOURS.fullmatch(plain):
        return _time(int(match[1]), int(match[2] or 0))
    match = _CLOCK.fullmatch(plain)
    if not match:
        return NO_TIME
    found = match.groupdict()
    said = [part for part in (found["before"], found["after"]) if part and part != "Z"]
    halves = [words.half_of_day(part) for part in said]
    if not all(halves) or len(halves) > 1:
        return NO_TIME
    minute = found["minute"] or found["of_hour"] or 0
    hour = _hour(int(found["hour"]), "".join(halves))
    return _time(hour, int(minute), int(found["second"] or 0))


def has_date(word: str) -> bool:
    """Say whether a time stands behind a date in its cell."""
    match = _CLOCK.fullmatch(digits(word)) if len(word) <= LONGEST_DATE else None
    return bool(match and match["date"])


def is_hour_only(word: str) -> bool:
    """Say whether a time names its hour and no minutes, as 8时 does."""
    plain = digits(word) if len(word) <= LONGEST_DATE else ""
    if match := _HOURS.fullmatch(plain):
        return not match[2]
    match = _CLOCK.fullmatch(plain)
    return bool(match and not match["minute"] and not match["of_hour"])


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99


def _time(hour: int, minute: int, second: int = 0) -> str | Fault:
    if (hour, minute, second) == (24, 0, 0):
        return MIDNIGHT
    if hour > 23 or minute > 59 or second > 60:
        return NO_TIME
    return f"{hour:02d}:{minute:02d}"


def hhmm(word: str) -> str | Fault:
    """Read digits without leading zeros: 45 is 00:45, 1715 is 17:15."""
    if not re.fullmatch(r"[0-9]{1,4}(?:\.0)?", word):
        return NO_TIME
    found = int(float(word))
    return _time(found // 100, found % 100)


def hour(word: str) -> str | Fault:
    """Read an hour of the day; the minutes are not known and stand as 00."""
    if not re.fullmatch(r"[0-9]{1,2}(?:\.0)?", word):
        return NO_TIME
    return _time(int(float(word)), 0)


_FRACTION = re.compile(r"0?\.[0-9]{1,17}|0|0[,][0-9]{1,17}")


def fraction(word: str) -> str | Fault:
    """Read a part of a day, as Excel counts time: 0.5 is 12:00. Seconds are left out."""
    if not _FRACTION.fullmatch(word):
        return NO_TIME
    # Half a second more: 0.729166 is 17:30, not a moment before.
    minutes = int(float(word.replace(",", ".")) * 1440 + 0.5 / 60)
    return _time(minutes // 60, minutes % 60)


TIMES: Mapping[str, Callable[[str], str | Fault]] = {
    "clock": clock,
    "hhmm": hhmm,
    "hour": hour,
    "fraction": fraction,
}


def time_format(written: Iterable[str]) -> str:
    """Return how the times of a column are written: a format of TIMES that fits nine in ten.

    Hours and minutes with a sign between come first. Digits are hours where none is above 24, and
    hours with minutes where some are; most of a column cannot lie in the first minutes of the day.
    """
    known = list(written)
    for name, read in TIMES.items():
        if name == "hhmm" and all(len(word.partition(".")[0]) < 3 for word in known):
            continue
        if sum(isinstance(read(word), str) for word in known) >= 0.9 * len(known):
            return name
    return "clock"


# ---------------------------------------------------------------- km posts

_POST = re.compile(r"([0-9]{1,5})\s?\+\s?([0-9]{1,4}(?:[.,][0-9]{1,6})?)")
NO_POST = Fault("bad_km_post", Message("{field} is {value}, which is not a km post."))


def post(word: str, format: str) -> tuple[float, int] | Fault:
    """Read "12+345" (km+m) or "012+0.082" (post+distance): the position, decimals known."""
    match = _POST.fullmatch(digits(word)) if len(word) <= LONGEST_NUMBER else None
    if not match:
        return NO_POST
    head, tail = int(match[1]), match[2].replace(",", ".")
    if format == "km+m":
        return head + float(tail) / 1000, 3
    return head + float(tail), decimals(tail)


def decimals(word: str) -> int:
    """Return how many digits stand after the decimal mark."""
    mark = max(word.rfind("."), word.rfind(","))
    return 0 if mark < 0 else len(word) - mark - 1
