"""Tables of people, vehicles and travel by area and year, read to amounts; every row accounted for.

Which column is what is proposed by its name and can be told otherwise; what was taken for what, and
in which unit, is part of the answer. A number that can be read in two ways is asked for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crashkit.errors import Message, NeedsChoice, SettingError
from crashkit.exposure import words
from crashkit.exposure.words import AGE_BAND, AREA, QUANTITIES, SEX, YEAR
from crashkit.intake import beside, parsing
from crashkit.model import Issue, Upload
from crashkit.roads.columns import plain

FIRST_YEAR, LAST_YEAR = 1900, 2100
MARKS = (",", ".")

_YEAR = re.compile(r"([0-9]{4})(?:\.0+)?")
_GROUPS = re.compile(r"[0-9]{1,3}(?:([,.])[0-9]{3})(?:\1[0-9]{3})*")
_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,15})?")
_BLANKS = re.compile(r"(?<=[0-9])[\s'\u2019](?=[0-9]{3}(?:\D|$))")

Place = tuple[str, int, str, str]
"""An area as compared, a year, a band of age and a sex."""


@dataclass(frozen=True)
class Amount:
    """How much of a quantity there was in an area in a year; "" is the whole data set.

    `age_band` is such as 5-9 or 85+, "" every age; `sex` is a code, "" both.
    """

    quantity: str
    area: str
    year: int
    value: float
    age_band: str = ""
    sex: str = ""


@dataclass(frozen=True)
class ExposureRead:
    """What a table tells, and how it was read; accepted + rejected + duplicates are its `rows`.

    `columns`: our name to their column; `others`: further columns that may mean the same; `units`:
    how many of a quantity one number is; `rejected` says of each row why; `duplicates` are numbers
    of rows, from 1 below the column names; `theirs` all columns of the file.
    """

    file: str
    rows: int
    amounts: tuple[Amount, ...]
    accepted: int
    rejected: tuple[Issue, ...]
    duplicates: tuple[int, ...]
    columns: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]
    units: Mapping[str, int]
    theirs: tuple[str, ...]


def read(
    upload: Upload,
    *,
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, int] | None = None,
    decimal: str = "",
    options: Mapping[str, str] | None = None,
) -> ExposureRead:
    """Read a table (CSV or Excel) with a column of years, and of areas where it tells several.

    `columns` says for a name of ours which of theirs is meant, "" that none is; `units` how many of
    a quantity one number is, where the name of the column does not say it; `decimal` is the sign
    before fractions. Raises IntakeError, NeedsChoice, SettingError.
    """
    told, n_rows = beside.words(upload, options or {})
    which, others = beside.chosen(
        _candidates(tuple(told)),
        tuple(told),
        columns or {},
        needed=([YEAR], QUANTITIES.keys()),
        file=upload.name,
    )
    by_unit = _units(which, units or {})
    if decimal not in ("", *MARKS):
        raise SettingError("A decimal mark is a comma or a dot, not “{mark}”.", mark=decimal)
    _ask_mark(told, which, by_unit, decimal, upload.name)
    rows = [
        _row(n, {name: told[column][n] for name, column in which.items()}, by_unit, decimal)
        for n in range(n_rows)
    ]
    accepted, rejected, duplicates = _sorted_out(rows, upload.name)
    return ExposureRead(
        file=upload.name,
        rows=n_rows,
        amounts=_amounts(accepted),
        accepted=len(accepted),
        rejected=tuple(rejected),
        duplicates=tuple(duplicates),
        columns=which,
        others=others,
        units=by_unit,
        theirs=tuple(told),
    )


# ------------------------------------------------------------------- columns


def _candidates(theirs: Sequence[str]) -> dict[str, list[str]]:
    """Return for each name of ours the columns that may be it, the likeliest first."""
    named = {name: list(called) for name, called in words.known()["columns"].items()}
    for name in QUANTITIES:
        units = words.known()["units"][name]
        named[name] = [word for called in units.values() for word in called]
    return {
        name: [column for word in called for column in theirs if plain(column) == word]
        for name, called in named.items()
    }


def _units(which: Mapping[str, str], told: Mapping[str, int]) -> dict[str, int]:
    """Return how many of each quantity one number of its column is, as told or by its name."""
    for name, unit in told.items():
        if name not in QUANTITIES or unit < 1:
            raise SettingError(
                "A unit is a whole number, given for one of: {names}", names=list(QUANTITIES)
            )
    found = {}
    for name in (name for name in QUANTITIES if name in which):
        called = plain(which[name])
        units = words.known()["units"][name]
        by_name = (int(unit) for unit, names in units.items() if called in names)
        found[name] = told.get(name) or next(by_name, 1)
    return found


# ------------------------------------------------------------------- numbers


def _ask_mark(
    told: Mapping[str, Sequence[str]],
    which: Mapping[str, str],
    units: Mapping[str, int],
    decimal: str,
    file: str,
) -> None:
    """Raise NeedsChoice where 234,567 may be 234567 as well as 234 and a fraction.

    People and vehicles that are counted one by one have no fractions.
    """
    for name in (name for name, unit in units.items() if unit > 1 and not decimal):
        unclear = next((word for word in told[which[name]] if _is_unclear(word)), None)
        if unclear:
            raise NeedsChoice(
                "{file} tells {value} in the column “{column}”. Say which sign stands before "
                "fractions.",
                option="decimal",
                choices=MARKS,
                file=file,
                value=unclear,
                column=which[name],
            )


def _is_unclear(word: str) -> bool:
    told = _digits(word)
    return bool(_GROUPS.fullmatch(told)) and sum(map(told.count, MARKS)) == 1


def _digits(word: str) -> str:
    """Return a number in the digits 0 to 9 of whatever script, without blanks between groups."""
    return _BLANKS.sub("", parsing.digits(word))


def _number(word: str, decimal: str) -> float | None:
    """Read a number above 0; None for anything else."""
    told = _digits(word)
    if decimal:
        other = MARKS[1 - MARKS.index(decimal)]
        told = re.sub(rf"(?<=[0-9]){re.escape(other)}(?=[0-9]{{3}}(?:\D|$))", "", told)
        if other in told:
            return None
        told = told.replace(decimal, ".")
    elif _GROUPS.fullmatch(told):
        told = told.replace(",", "").replace(".", "")
    else:
        told = told.replace(",", ".")
    value = float(told) if _PLAIN.fullmatch(told) else 0.0
    return value if value > 0 else None


# ---------------------------------------------------------------------- rows


@dataclass(frozen=True)
class _Row:
    """A row as read; `wrong` is field, value, code and the sentence that rejects it."""

    area: str
    year: int
    values: tuple[tuple[str, float], ...]
    wrong: tuple[str, str, str, Message] | None = None
    age_band: str = ""
    sex: str = ""

    @property
    def place(self) -> Place:
        return plain(self.area), self.year, self.age_band, self.sex


def _row(n: int, said: Mapping[str, str], units: Mapping[str, int], decimal: str) -> _Row:
    area = "" if words.is_whole(said.get(AREA, "")) else " ".join(said[AREA].split())
    match = _YEAR.fullmatch(parsing.digits(said[YEAR]))
    year = int(match[1]) if match else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        wrong = (YEAR, said[YEAR], "year", Message("The year is not understood."))
        return _Row(area, 0, (), wrong)
    age_band, sex = words.age_band(said.get(AGE_BAND, "")), words.sex(said.get(SEX, ""))
    if age_band is None:
        told = Message(
            "The ages are not understood. Write them as 5-9 or 85+; a spreadsheet may have made a "
            "day of them."
        )
        return _Row(area, year, (), (AGE_BAND, said[AGE_BAND], "age_band", told))
    if sex is None:
        told = Message("The sex is not understood. Write it as male or female, or leave it empty.")
        return _Row(area, year, (), (SEX, said[SEX], "sex", told))
    values = {}
    for name, unit in units.items():
        if not said[name]:
            continue
        number = _number(said[name], decimal)
        if number is None:
            told = Message("{name} is no number above 0.", {"name": QUANTITIES[name]})
            return _Row(area, year, (), (name, said[name], "number", told))
        values[name] = number * unit
    if not values:
        return _Row(area, year, (), ("", "", "empty", Message("The row tells no number.")))
    return _Row(area, year, tuple(values.items()), None, age_band, sex)


def _sorted_out(rows: Sequence[_Row], file: str) -> tuple[list[_Row], list[Issue], list[int]]:
    """Sort rows out: those of one area and year that contradict each other are all rejected."""
    found: dict[tuple[Place, str], set[float]] = defaultdict(set)
    for row in rows:
        for name, value in row.values:
            found[row.place, name].add(value)
    torn = {key for key, values in found.items() if len(values) > 1}
    accepted: dict[tuple[Place, tuple[tuple[str, float], ...]], _Row] = {}
    rejected, duplicates = [], []
    for n, row in enumerate(rows, start=1):
        wrong = row.wrong or _contradicted(row, torn)
        if wrong:
            rejected.append(Issue(file, n, *wrong))
        elif (row.place, row.values) in accepted:
            duplicates.append(n)
        else:
            accepted[row.place, row.values] = row
    return [*accepted.values()], rejected, duplicates


def _amounts(accepted: Sequence[_Row]) -> tuple[Amount, ...]:
    """Return each number once, an area as the row writes it that comes first by the alphabet."""
    found = {
        (row.place, name): Amount(name, row.area, row.year, value, row.age_band, row.sex)
        for row in sorted(accepted, key=lambda row: row.area, reverse=True)
        for name, value in row.values
    }
    return tuple(found[key] for key in sorted(found))


def _contradicted(row: _Row, torn: set[tuple[Place, str]]) -> tuple[str, str, str, Message] | None:
    for name, value in row.values:
        if (row.place, name) in torn:
            told = Message("Another row tells another number for this area and year.")
            if row.age_band or row.sex:
                told = Message("Another row tells another number for this year, age and sex.")
            return name, f"{value:.15g}", "contradiction", told
    return None
