"""Words to numbers, dates, times and km posts: strictly, or not at all.

Each parser returns its value, or a Fault: the code of what is wrong, and a sentence in which the
holes {field} and {value} are still open. Nothing is ever guessed, and no text raises an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from crashkit.errors import Message
from crashkit.intake import words

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


def decimal_mark(written: Iterable[str]) -> str:
    """Return "," where numbers have commas and no points, and not only as thousands may have."""
    commas = False
    for word in written:
        if "." in word:
            return "."
        place = word.rfind(",")
        commas |= place >= 0 and len(word) - place - 1 != 3
    return "," if commas else "."


_WHOLE = re.compile(r"([+-]?[0-9]+)(?:[.,]0*)?")


def number(word: str, decimal: str, *, either: bool = False) -> float | Fault:
    """Read a number with one decimal mark; `either` allows both (typed cells of a workbook)."""
    mark = decimal
    if either and decimal not in word:
        mark = "," if decimal == "." else "."
    if len(word) > LONGEST_NUMBER or not _NUMBER[mark].fullmatch(word):
        return Fault("not_a_number", Message("{field} is {value}, which is not a number."))
    # No number of this length with two digits of exponent is infinite.
    return float(word.replace(mark, "."))


def whole(word: str) -> int | Fault:
    """Read a whole number; 2008.0 is one."""
    match = _WHOLE.fullmatch(word) if len(word) <= LONGEST_NUMBER else None
    if match:
        return int(match[1])
    if any(isinstance(number(word, mark), float) for mark in ".,"):
        return Fault("not_whole", Message("{field} is {value}, which is not a whole number."))
    return Fault("not_a_number", Message("{field} is {value}, which is not a number."))


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
_MIDDLE = r"([0-9]{1,2}|[^\W\d_]{3,12}\.?)"
_DATE = re.compile(rf"([0-9]{{1,4}})([./\- ])\s?{_MIDDLE}\2?\s?,?\s?([0-9]{{1,4}}){_TIME}")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CHINESE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")

FIRST_YEAR = 1900
NO_DATE = Fault("bad_date", Message("{field} is {value}, which is not a date."))
NO_DAY = Fault("bad_date", Message("{field} is {value}, a day that does not exist."))


def month(word: str) -> int | None:
    """Return the number of a month given as a number or a name."""
    if re.fullmatch(r"[0-9]{1,2}(?:\.0)?", word):
        return int(float(word))
    named = words.months().get(words.key(word))
    return named.number if named and named.calendar == "gregorian" else None


def weekday(word: str) -> int | None:
    """Return 1 (Monday) to 7 of a weekday given as a number of that kind, or a name."""
    if re.fullmatch(r"[1-7](?:\.0)?", word):
        return int(word[0])
    return words.weekdays().get(words.key(word))


@dataclass(frozen=True)
class Triple:
    """Three parts of a date as they stand in the cell."""

    first: str
    middle: str
    last: str

    @property
    def year_first(self) -> bool:
        """Whether it can only be year, month, day."""
        return len(self.first) > 2


def triple(word: str) -> Triple | None:
    """Take a date apart, without saying what is what."""
    if len(word) > LONGEST_DATE:
        return None
    match = _DATE.fullmatch(word) or _CHINESE.fullmatch(word)
    if not match:
        return None
    parts = match.groups()
    return Triple(parts[0], parts[-2], parts[-1])


def orders(parts: Triple) -> tuple[str, ...]:
    """Return the orders in which a date makes sense: of "dmy", "mdy", "ymd"."""
    if parts.year_first:
        return ("ymd",)
    if not parts.middle.isdigit():
        return ("dmy",)
    one, two = int(parts.first), int(parts.middle)
    found = ["dmy"] if one <= 31 and two <= 12 else []
    found += ["mdy"] if one <= 12 and two <= 31 else []
    return tuple(found)


def day(word: str, order: str, *, century: int = 0) -> date | Fault:
    """Read a date whose parts stand in this order; years first are always understood."""
    digits = _DIGITS.fullmatch(word)
    if order == "yyyymmdd" and digits:
        return made(*digits.groups())
    parts = triple(word)
    if parts is None:
        return _serial(word) or NO_DATE
    if parts.year_first or order == "ymd":
        return made(parts.first, parts.middle, parts.last, century=century)
    if order == "mdy" and parts.middle.isdigit():
        return made(parts.last, parts.first, parts.middle, century=century)
    return made(parts.last, parts.middle, parts.first, century=century)


def _serial(word: str) -> Fault | None:
    if re.fullmatch(r"[2-6][0-9]{4}(?:\.[0-9]+)?", word):
        return Fault(
            "excel_serial_date",
            Message(
                "{field} is {value}, which looks like a day counted by Excel. Format the column "
                "as a date in Excel and save the file again."
            ),
        )
    return None


def made(year: str, of_year: str, of_month: str, *, century: int = 0) -> date | Fault:
    """Make a date of its parts; the year may have two digits where a century is stated."""
    found, named = whole(year), month(of_year)
    number = whole(of_month)
    if isinstance(found, Fault) or named is None or isinstance(number, Fault):
        return NO_DATE
    full = found + century if found < 100 else found
    if not (1 <= named <= 12 and 1 <= number <= 31):
        return NO_DAY
    wrong = year_fault(full)
    if wrong:
        return wrong
    try:
        return date(full, named, number)
    except ValueError:
        return NO_DAY


EPOCHS = (date(1899, 12, 30), date(1900, 1, 1), date(1904, 1, 1), date(1970, 1, 1))
"""Days from which programs count: an empty cell may have become one of them."""


def year_fault(year: int) -> Fault | None:
    """Say when a year is none of our calendar and time."""
    if FIRST_YEAR <= year <= 2100:
        return None
    if 1300 <= year < 1500 or 2050 < year < 2120:
        return Fault(
            "other_calendar",
            Message(
                "{field} is {value}: the year {year} may belong to another calendar. Convert the "
                "dates to the common (Gregorian) calendar first.",
                {"year": str(year)},
            ),
        )
    return Fault(
        "year_out_of_range",
        Message("{field} is {value}: the year {year} is not possible.", {"year": str(year)}),
    )


def shape(word: str) -> str:
    """Return how a date is written, whatever day it is: 9999-9-9, 9.9.9999, 9 a 9999."""
    short = re.sub(r"[0-9]{1,2}(?![0-9])|(?<![0-9])[0-9]{1,2}", "9", word[:LONGEST_DATE])
    return re.sub(r"[0-9]{3,}", "9999", re.sub(r"[^\W\d_]+\.?", "a", short))


# ------------------------------------------------------------------- times

_CLOCK = re.compile(
    r"(?:[0-9]{1,4}[./\-][0-9]{1,2}[./\-][0-9]{1,4}[T ]+)?"
    r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:\.[0-9]{1,6})?)?"
    r"\s?(?:([AaPp])\.?[Mm]\.?|Z)?"
)
NO_TIME = Fault("bad_time", Message("{field} is {value}, which is not a time."))
MIDNIGHT = "24:00"


def clock(word: str) -> str | Fault:
    """Read hours and minutes; 24:00 stays as it is, and means the end of the day."""
    match = _CLOCK.fullmatch(word) if len(word) <= LONGEST_DATE else None
    if not match:
        return NO_TIME
    hour, minute, second, half = match.groups()
    return _time(_hour(int(hour), half), int(minute), int(second or 0))


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half in "pP" else 0) if 1 <= hour <= 12 else 99


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


TIMES: Mapping[str, Callable[[str], str | Fault]] = {"clock": clock, "hhmm": hhmm, "hour": hour}


# ---------------------------------------------------------------- km posts

_POST = re.compile(r"([0-9]{1,5})\s?\+\s?([0-9]{1,4}(?:[.,][0-9]{1,6})?)")
NO_POST = Fault("bad_km_post", Message("{field} is {value}, which is not a km post."))


def post(word: str, format: str) -> tuple[float, int] | Fault:
    """Read "12+345" (km+m) or "012+0.082" (post+distance): the position, decimals known."""
    match = _POST.fullmatch(word) if len(word) <= LONGEST_NUMBER else None
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
