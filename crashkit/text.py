"""All words for people, in their language: one catalogue for library, command line and web.

English sentences are the keys. A further language is one more file, `locale/<code>.po`; its
numbers, dates, plurals and direction of writing come from the Unicode CLDR through Babel.
"""

from __future__ import annotations

import gettext
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from babel import Locale, dates, lists, numbers
from babel.messages import pofile

from crashkit.errors import Message, NotFound, small
from crashkit.model import Month

BEYOND = 10**18
"""No table of crashes holds so large a number."""
NOTHING = "–"
"""Stands for a number that does not exist."""

TWO_STOPS = re.compile(r"(?<=[^\W\d]\.)\.(?!\.)")

NAMED_IN = ("CRASHKIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where an environment names a language: ours first, then those of the system in their order."""

FORMATS_OF = {"en": "en_GB"}
"""English is written for the world: day before month."""


@dataclass(frozen=True)
class Language:
    """A language this installation speaks: its name in itself and in English."""

    code: str
    name: str
    english: str
    direction: str


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """List English, then every language that has a catalogue."""
    return tuple(_language(code) for code in ["en", *sorted(_catalogue_files())])


def language_for(asked: str | None, environment: Mapping[str, str]) -> str:
    """Return the code of the language asked for, else that of the environment, else English.

    What is not spoken here is passed over.
    """
    spoken = {one.code for one in languages()}
    for word in (asked, *(environment.get(name) for name in NAMED_IN)):
        code = (word or "").split("_")[0].split(".")[0].lower()
        if code in spoken:
            return code
    return "en"


def _language(code: str) -> Language:
    locale = Locale.parse(code)
    name = (locale.get_language_name(code) or code).capitalize()
    return Language(code, name, locale.get_language_name("en") or code, locale.text_direction)


def _catalogue_files() -> dict[str, Any]:
    folder = resources.files("crashkit") / "locale"
    return {f.name.removesuffix(".po"): f for f in folder.iterdir() if f.name.endswith(".po")}


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one language: translations by key, and the rule that picks a plural."""

    sentences: Mapping[str, tuple[str, ...]]
    plural_form: Callable[[int], int]

    def find(self, message: Message) -> str:
        """Return the translated sentence with its holes, or the English one."""
        forms = self.sentences.get(message.text)
        if message.plural is None:
            return forms[0] if forms else message.text
        n = int(message.values["n"])
        if forms:
            return forms[min(self.plural_form(n), len(forms) - 1)]
        return message.text if n == 1 else message.plural


@lru_cache(maxsize=8)
def _catalogue(code: str) -> Catalogue:
    if code == "en":
        return Catalogue({}, lambda n: int(n != 1))
    with _catalogue_files()[code].open("rb") as file:
        read = pofile.read_po(file, locale=code)
    found = {}
    for entry in read:
        key, words = _key(entry.id), _forms(entry.string)
        if key and all(words) and not entry.fuzzy:
            found[key] = words
    return Catalogue(found, gettext.c2py(read.plural_expr))


def _key(identity: str | tuple[str, ...] | list[str]) -> str:
    return identity if isinstance(identity, str) else identity[0]


def _forms(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ("",))


class Speaker:
    """Says messages in one language. Raises NotFound for a language without a catalogue."""

    def __init__(self, language: str) -> None:
        known = {one.code: one for one in languages()}
        if language not in known:
            raise NotFound(
                "There is no language “{language}” here. There are: {known}.",
                language=language,
                known=", ".join(known),
            )
        self._language = known[language]
        self._catalogue = _catalogue(language)
        self._formats = FORMATS_OF.get(language, language)
        self._locale = Locale.parse(self._formats)

    @property
    def language(self) -> str:
        """The code of the language."""
        return self._language.code

    @property
    def name(self) -> str:
        """The name of the language in itself."""
        return self._language.name

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self._language.direction

    def say(self, message: Message | str, /, **values: Any) -> str:
        """Return the sentence in this language, its holes filled with formatted values.

        A Decimal keeps its digits; other numbers that are not whole get one.
        """
        if isinstance(message, str):
            message = Message(message, values)
        said = self._filled(message)
        return small(said) if message.within else said

    def _filled(self, message: Message) -> str:
        sentence = self._catalogue.find(message)
        if not message.values:
            return sentence
        said = sentence.format(**{name: self._value(v) for name, v in message.values.items()})
        # A value that ends in a short word (“2025 г.”) brings the full stop of the sentence along.
        return TWO_STOPS.sub("", said)

    def _value(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, date):
            return self._day(value)
        if isinstance(value, list | tuple):
            return lists.format_list([self._value(one) for one in value], locale=self._locale)
        if isinstance(value, Decimal):
            digits = -int(value.as_tuple().exponent) if value.is_finite() else 0
            return self.number(float(value), max(0, digits))
        return NOTHING if value is None else self.number(value, 0 if _is_whole(value) else 1)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number with this language's grouping and decimal mark; a dash for none.

        What no table holds, a slip of the keyboard, is written by its power of ten.
        """
        if value is None or not -math.inf < value < math.inf:
            return NOTHING
        if abs(value) >= BEYOND:
            return f"{Decimal(int(value)):.3E}"
        # A page holds the same numbers many times; nought and minus nought are one to a cache.
        return _formatted(self._formats, value or 0, digits)

    def percent(self, share: float, digits: int = 0) -> str:
        """Write a share (0 to 1) as a percentage."""
        if not math.isfinite(share):
            return NOTHING
        written: str = _percent_pattern(str(self._locale), digits).apply(share, self._locale)
        return written

    def _day(self, value: date) -> str:
        if isinstance(value, Month):
            return self.month_of_year(value)
        return self.datetime(value) if isinstance(value, datetime) else self.date(value)

    def date(self, day: date) -> str:
        """Write a date, with the month in words."""
        return dates.format_date(day, "medium", locale=self._locale)

    def datetime(self, moment: datetime) -> str:
        """Write a date and the time of day to the minute."""
        return f"{self.date(moment)} {moment:%H:%M}"

    def month(self, number: int) -> str:
        """Name the month, 1 is January."""
        return str(self._locale.months["stand-alone"]["wide"][number])

    def month_of_year(self, month: Month) -> str:
        """Write a month with its year, in words."""
        return str(dates.format_skeleton("yMMMM", month, locale=self._locale))

    def weekday(self, number: int, *, short: bool = True) -> str:
        """Name the day of the week, 1 is Monday."""
        width = "abbreviated" if short else "wide"
        return str(self._locale.days["stand-alone"][width][number - 1])


@lru_cache(maxsize=50_000, typed=True)
def _formatted(formats: str, value: float, digits: int) -> str:
    locale, pattern = _pattern(formats, digits)
    written: str = pattern.apply(value, locale)
    return written


@cache
def _percent_pattern(locale: str, digits: int) -> numbers.NumberPattern:
    whole = Locale.parse(locale).percent_formats[None].pattern
    return numbers.parse_pattern(_with_digits(whole, digits))


@cache
def _pattern(formats: str, digits: int) -> tuple[Locale, numbers.NumberPattern]:
    locale = Locale.parse(formats)
    whole = locale.decimal_formats[None].pattern.split(".")[0]
    return locale, numbers.parse_pattern(_with_digits(whole, digits))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) or hasattr(value, "dtype") and value.dtype.kind in "iu"


def _with_digits(pattern: str, digits: int) -> str:
    if not digits:
        return pattern
    last = pattern.rindex("0") + 1
    return f"{pattern[:last]}.{'0' * digits}{pattern[last:]}"
