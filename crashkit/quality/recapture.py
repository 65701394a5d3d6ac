"""How many people the police never hear of: two lists compared by keys that name nobody.

A key is a keyed hash of the day of the crash, sex, band of age and place of a person. The secret
is chosen by the people who compare, given each time, and never kept: without it a key can neither
be made nor be tried out. A hospital can make its keys itself and send nothing but these.
"""

from __future__ import annotations

import csv
import hmac
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from crashkit import fields, stats
from crashkit.errors import IntakeError, SettingError
from crashkit.model import CrashData

LEAST_SECRET = 12
"""Letters of a secret; a shorter one could be guessed by trying."""

BAND_YEARS = 5
OLDEST = 85

PLACES = ("admin1", "admin2", "place")
"""Columns of a hospital list that join the key where the list has them, as our fields."""

NEEDED = ("date", "sex", "age")
KEYED = ("key", "day_before", "parts")


@dataclass(frozen=True)
class Person:
    """What joins a key: the day, the sex, the age in years, and the places in a fixed order."""

    day: date
    sex: str
    age: int
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeyList:
    """Two keys of each person, one for the day and one for the day before, and what they hold.

    `lost` counts people who have no key, because a part of it is not known.
    """

    keys: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]
    lost: int = 0


@dataclass(frozen=True)
class Linkage:
    """Police and hospital list compared: the same day (`strict`), or also the day after (`loose`).

    `lost_police`, `lost_hospital` are people that could not be compared.
    """

    strict: stats.TwoLists
    loose: stats.TwoLists
    parts: tuple[str, ...]
    lost_police: int
    lost_hospital: int

    @property
    def is_enough(self) -> bool:
        """Say whether enough people stand in both lists for an estimate."""
        return self.strict.is_usable


# ---------------------------------------------------------------------- keys


def check_secret(secret: str) -> None:
    """Raise SettingError for a secret that could be guessed."""
    if len(secret.strip()) < LEAST_SECRET:
        raise SettingError(
            "A secret needs {n} letters or more; take a sentence that only the people who compare "
            "the lists know.",
            n=LEAST_SECRET,
        )


def key_of(person: Person, secret: str) -> str:
    """Return the key of a person, 128 bits in hexadecimal digits.

    Source: HMAC with SHA-256, RFC 2104 and FIPS 180-4.
    """
    band = min(person.age, OLDEST) // BAND_YEARS * BAND_YEARS
    words = (person.day.isoformat(), person.sex, str(band), *map(_fold, person.places))
    told = "\x1f".join(words).encode()
    return hmac.new(secret.strip().encode(), told, "sha256").hexdigest()[:32]


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())


def keys_of(people: Iterable[Person | None], secret: str, parts: Sequence[str]) -> KeyList:
    """Return the keys of a list; None stands for a person of whom a part is not known."""
    check_secret(secret)
    found, lost = [], 0
    for person in people:
        if person is None:
            lost += 1
            continue
        before = Person(person.day - timedelta(days=1), person.sex, person.age, person.places)
        found.append((key_of(person, secret), key_of(before, secret)))
    # In the order of the keys nobody sees who came first.
    return KeyList(tuple(sorted(found)), tuple(parts), lost)


# ---------------------------------------------------------------- the two lists


def police(data: CrashData, secret: str, parts: Sequence[str]) -> KeyList:
    """Return the keys of the people killed or injured. Raises IntakeError where none is listed."""
    return keys_of(_casualties(data, parts), secret, parts)


def _casualties(data: CrashData, parts: Sequence[str]) -> Iterator[Person | None]:
    people = data.people
    if not {"injury", "sex", "age"} <= set(people.columns) or not len(people):
        raise IntakeError(
            "These data do not list the people hurt with sex and age, so no other list can be "
            "compared with them."
        )
    hurt = people[people["injury"].isin(["killed", "serious", "slight"])]
    crashes = data.crashes.set_index("id")
    days = _days(crashes).reindex(hurt["crash"])
    places = [_places(crashes, name).reindex(hurt["crash"]).tolist() for name in parts]
    rows = zip(days.tolist(), hurt["sex"].tolist(), hurt["age"].tolist(), *places, strict=True)
    for day, sex, age, *where in rows:
        known = sex in ("male", "female") and not pd.isna(age) and not pd.isna(day) and all(where)
        yield Person(day.date(), sex, int(age), tuple(where)) if known else None


def _days(crashes: pd.DataFrame) -> pd.Series:
    day = crashes["crash_date"]
    if "date_precision" not in crashes.columns:
        return day
    precision = crashes["date_precision"].astype(object)
    return day.where(precision.isna() | (precision == "day"))


def _places(crashes: pd.DataFrame, name: str) -> pd.Series:
    if name not in crashes.columns:
        return pd.Series("", index=crashes.index, dtype=object)
    return crashes[name].astype(object).where(crashes[name].notna(), "")


def hospital(content: bytes, secret: str) -> KeyList:
    """Read a hospital list, or the keys made from one. Raises IntakeError, SettingError.

    A list is a CSV file in UTF-8 with the columns `date` (2024-03-31), `sex` and `age`, and, where
    places shall be compared, `admin1`, `admin2` or `place`, spelt as in the crash data.
    """
    rows = _rows(content)
    heads = tuple(rows[0]) if rows else ()
    if set(KEYED) <= set(heads):
        parts = tuple(word for word in rows[0]["parts"].split() if word in PLACES)
        return KeyList(tuple(sorted((row["key"], row["day_before"]) for row in rows)), parts)
    missing = [name for name in NEEDED if name not in heads]
    if missing:
        raise IntakeError(
            "The hospital list has no column {missing}; it needs date, sex and age, and a row.",
            missing=", ".join(missing),
        )
    parts = tuple(name for name in PLACES if name in heads)
    return keys_of((_person(row, parts) for row in rows), secret, parts)


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
        found = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise IntakeError("The hospital list must be a CSV file in UTF-8.") from error
    return [
        {
            (name or "").strip().casefold(): (cell or "").strip()
            for name, cell in row.items()
            if name
        }
        for row in found
    ]


def _person(row: Mapping[str, str], parts: Sequence[str]) -> Person | None:
    sex = _sexes().get(row["sex"].casefold())
    places = tuple(row[name] for name in parts)
    if sex is None or not row["age"].isdecimal() or not all(places):
        return None
    try:
        day = date.fromisoformat(row["date"])
        return Person(day, sex, int(row["age"]), places)
    except ValueError:
        return None


def _sexes() -> dict[str, str]:
    """Return the words for both sexes, and their first letters."""
    found: dict[str, str] = {"m": "male", "f": "female", "м": "male", "ж": "female"}
    for code in fields.codes("sex"):
        if code.code in ("male", "female"):
            found |= {word.casefold(): code.code for word in (code.code, code.label, *code.aliases)}
    return found


def linkage_keys(content: bytes, secret: str) -> list[tuple[str, str, str]]:
    """Turn a hospital list into keys, rows under the heads KEYED. Raises IntakeError."""
    keys = hospital(content, secret)
    parts = " ".join((*NEEDED, *keys.parts))
    return [(key, before, parts) for key, before in keys.keys]


# ------------------------------------------------------------------- comparing


def link(data: CrashData, content: bytes, secret: str) -> Linkage:
    """Compare the people hurt in these data with a hospital list, or with its keys.

    Raises IntakeError, SettingError.
    """
    theirs = hospital(content, secret)
    return compare(police(data, secret, theirs.parts), theirs)


def compare(police_list: KeyList, hospital_list: KeyList) -> Linkage:
    """Count who stands in both lists; a key that stands in a list twice is two people.

    Loosely, a hospital may have written the day after the crash.
    """
    ours = Counter(key for key, _ in police_list.keys)
    theirs = Counter(hospital_list.keys)
    same_day = left = 0
    for (key, before), times in sorted(theirs.items()):
        both = min(times, ours[key])
        ours[key] -= both
        same_day += both
        theirs[key, before] = times - both
    for (_, before), times in sorted(theirs.items()):
        both = min(times, ours[before])
        ours[before] -= both
        left += both
    n, m = len(police_list.keys), len(hospital_list.keys)
    return Linkage(
        strict=stats.chapman(n, m, same_day),
        loose=stats.chapman(n, m, same_day + left),
        parts=police_list.parts,
        lost_police=police_list.lost,
        lost_hospital=hospital_list.lost,
    )
