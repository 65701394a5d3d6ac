"""Cells to typed fields: each distinct word is read once, and what cannot be read is said.

A row is rejected when a value that it has cannot be read, or when it has no date at all. Empty
cells, and words that mean "not known", are no fault.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Self, TypeVar

import numpy as np

from crashkit import fields
from crashkit.errors import Message, NeedsChoice
from crashkit.intake import (
    addresses,
    calendars,
    coded,
    coordinates,
    dates,
    deriving,
    headers,
    mapping,
    marks,
    parsing,
    words,
    workbooks,
)
from crashkit.intake.cells import Column, Flags, Ints, combined, spread
from crashkit.intake.checked import Checked, quoted, short
from crashkit.intake.coded import Laid, Values, missing
from crashkit.intake.coordinates import Angle, Point
from crashkit.intake.distinct import COMMA, FOREIGN, HIDDEN, PLUS, POINT, Words
from crashkit.intake.parsing import Fault
from crashkit.intake.sheets import Sheet
from crashkit.model import Inference
from crashkit.profiles import POSTS, UNITS, Profile, Recipe
from crashkit.profiles.complaints import filled, holes

LONGEST_TEXT = 2_000
LONGEST_ID = 200
IDS = ("crash_id", "unit_no", "person_no", "source_id")
LISTED = ("code", "codes", "yes_no")
"""Types of fields that say of every word that they do not know it."""
NOT_KEPT = (*IDS, "point")
"""Fields of text in which an error of a spreadsheet is no text to be kept."""

AXIS_OF = {"easting": "lon", "northing": "lat"}

TOO_LONG = {
    True: Message("{field} has more than {most} letters: {value}."),
    False: Message("{field} has more than {most} letters; the first were kept: {value}."),
}
MANGLED = Fault(
    "mangled_id",
    Message(
        "{field} is {value}: a spreadsheet seems to have rounded it, so that several crashes may "
        "bear it."
    ),
)
CONTROL = Fault("control_character", Message("{field} has signs that no screen shows: {value}."))
NO_ANSWER = Fault(
    "missing_code",
    Message("{field} is {value}, which may mean that it is not known. It was kept as a text."),
)
CELL_ERROR = Fault(
    "cell_error",
    Message("{field} is {value}, an error of a spreadsheet: the value is taken as not known."),
)
LOST_LETTERS = Fault(
    "undecodable",
    Message(
        "{field} is {value}: letters were lost in it before the file came here. The value is taken "
        "as not known."
    ),
)
YES_OR_NO = Fault(
    "cell_error",
    Message("{field} is {value}, a cell of yes or no: the value is taken as not known."),
)
EPOCH = Fault(
    "epoch_date",
    Message("{field} is {value}, a day from which programs count: the true day may be unknown."),
)
NONE_AT_ALL = Fault(
    "none_at_all", Message("{field} is {value}, but every crash has at least one. Look it up.")
)
AT_LEAST_ONE = ("n_vehicles", "n_persons")
COUNTED = {
    **{name: (name,) for name in ("severity", "n_killed", "lat", "crash_time")},
    "road_name": ("road_number", "road_name"),
}
"""Fields of which it is said how many rows have none: neither of these."""

MOST_AT_MIDNIGHT = 0.2
"""Above this share of the crashes of a year, 00:00 means that the time is not known."""
FEWEST_TIMED = 10
"""In fewer crashes chance may do as much."""
FEWEST_ROWS = 20
"""In fewer rows a value may be the same by chance."""

BIRTH_YEAR = Fault(
    "birth_year",
    Message(
        "{field} is {value}, which looks like a year of birth, and these are never kept. Write the "
        "age instead (the year of the crash less this year)."
    ),
)

# As spreadsheets write it: one digit, a mark, a signed power; the police may write 201906E138182.
_MANGLED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}")

Faults = dict[int, Fault]
T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """What reading a cell depends on beside the cell: the profile, the answers, the day."""

    profile: Profile
    options: Mapping[str, str]
    today: date
    ways: Mapping[dates.Place, dates.Way] = field(default_factory=dict)
    """How each date column is written."""


def check(sheet: Sheet, context: Context, tick: Callable[[], None] = lambda: None) -> Checked:
    """Read every field that the profile takes from a sheet; `tick` is called before each."""
    found = Checked(sheet, {}, np.zeros(len(sheet), dtype=bool))
    _say_columns(found)
    _say_notes(found)
    for table, recipes in sheet.layout.recipes.items():
        found.tables[table] = {}
        # An address is asked for what the columns of the road do not say, so it comes last.
        for name, recipe in sorted(recipes.items(), key=lambda one: one[0] == "address"):
            tick()
            if _is_there(sheet, recipe):
                _Field(found, context, table, name, recipe).take()
    _say_constants(found)
    _say_midnights(found)
    _turn_midnight(found)
    _say_missing(found)
    return found


def _say_missing(found: Checked) -> None:
    """Say once of important fields how many rows have no value."""
    table = found.tables.get("crash", {})
    for name, tried in COUNTED.items():
        there = [missing(table[one]) for one in tried if one in table]
        gaps = int((np.logical_and.reduce(there) & ~found.bad).sum()) if there else 0
        if gaps:
            found.say(
                name,
                "missing_value",
                Message(
                    "{field}: rows without a value: {n} of {rows}.",
                    {
                        "field": Message(fields.get("crash", name).label),
                        "n": gaps,
                        "rows": len(found.sheet),
                    },
                ),
            )


def _say_constants(found: Checked) -> None:
    """Say when a count, severity or type is the same in every row: it may be a mere default."""
    for name, recipe in found.sheet.layout.recipes.get("crash", {}).items():
        values = found.tables.get("crash", {}).get(name)
        known = fields.get("crash", name)
        if values is None or recipe.column not in found.sheet.taken or len(values) < FEWEST_ROWS:
            continue
        # Of codes only these two: a precision or a light may well be the same in all rows.
        if not name.startswith("n_") and name not in ("severity", "crash_type"):
            continue
        if not missing(values).any() and coded.equal(values, values[0]).all():
            found.say(
                name,
                "constant",
                Message(
                    "{field} is {value} in every row: look whether the column says anything.",
                    {"field": Message(known.label), "value": _shown(known, values[0])},
                ),
            )


def _shown(field_: fields.Field, value: Any) -> str | Message:
    if field_.type == "code":
        labels = {one.code: one.label for one in fields.codes(field_.codes)}
        return Message(labels.get(value, str(value)))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _say_midnights(found: Checked) -> None:
    """Say in which years too many crashes lie at midnight sharp: the time may be unknown there.

    Source: data_standards, section 3.2.
    """
    table, name = found.tables.get("crash", {}), "crash_time"
    if name not in table or "crash_date" not in table:
        return
    timed = ~missing(table[name]) & ~found.bad
    at_midnight = timed & coded.equal(table[name], "00:00")
    days = table["crash_date"]
    midnights, all_times = _by_year(days[at_midnight]), _by_year(days[timed])
    for year, of in sorted(all_times.items()):
        n = midnights[year]
        if of >= FEWEST_TIMED and n > MOST_AT_MIDNIGHT * of:
            found.say(
                name,
                "midnight_unknown",
                Message(
                    "{field}: {n} of {all} crashes of {year} lie at 00:00 sharp. The time is "
                    "probably unknown there: leave out charts by hour.",
                    {
                        "field": Message(fields.get("crash", name).label),
                        **{"n": n, "all": of, "year": str(year)},
                    },
                ),
            )


def _by_year(days: Laid) -> Counter[str]:
    """Count days by their year."""
    found: Counter[str] = Counter()
    for day, count in coded.counted(days).items():
        found[day[:4]] += count
    return found


def _turn_midnight(found: Checked) -> None:
    """Let 24:00 be 00:00 of the next day."""
    table = found.tables.get("crash", {})
    if "crash_time" not in table or "crash_date" not in table:
        return
    rows = np.flatnonzero(coded.equal(table["crash_time"], parsing.MIDNIGHT)).tolist()
    if not rows:
        return
    times, days = (coded.plain(table[name]) for name in ("crash_time", "crash_date"))
    times[rows] = "00:00"
    for row in rows:
        if days[row] is not None:
            days[row] = (date.fromisoformat(days[row]) + timedelta(days=1)).isoformat()
    table["crash_time"], table["crash_date"] = times, days
    told = Fault("midnight", Message("{field} is {value}: it is kept as 00:00 of the next day."))
    found.warn(rows, "crash_time", told, parsing.MIDNIGHT)


def _is_there(sheet: Sheet, recipe: Recipe) -> bool:
    if recipe.value:
        return True
    wanted = (recipe.column or recipe.year,) if not recipe.template else holes(recipe.template)
    return any(name in sheet.taken for name in wanted)


def _say_columns(found: Checked) -> None:
    sheet = found.sheet
    if sheet.unknown:
        found.say(
            "",
            "column_not_taken",
            Message(
                "The profile does not know these columns, and they were not kept: {columns}.",
                {"columns": ", ".join(short(name) for name in sheet.unknown)},
            ),
        )
    if sheet.absent and not sheet.layout.partial:
        found.say(
            "",
            "column_missing",
            Message(
                "The file has no column {columns}: its layout may have changed.",
                {"columns": ", ".join(sheet.absent)},
            ),
        )


def _say_notes(found: Checked) -> None:
    """Say what was noted of rows when the file was read; rows that are spoilt are told anyway."""
    row_of = (
        {line: row for row, line in enumerate(found.sheet.lines.tolist())}
        if found.sheet.notes
        else {}
    )
    for note in found.sheet.notes:
        if note.line is None:
            found.say("", note.fault.code, note.fault.message)
        elif note.line in row_of:
            found.warn([row_of[note.line]], "", note.fault, note.value)


# ------------------------------------------------------------- one field


@dataclass(frozen=True, eq=False)
class Prepared:
    """The distinct words of a field: as in the file, and as they are read.

    `unknown` are those that mean that nothing is known: they are not read.
    """

    raw: Words
    ready: Words
    unknown: Flags
    codes: Ints

    @classmethod
    def of(cls, raw: Sequence[str], words: Sequence[str | None], codes: Ints) -> Self:
        """Prepare words one by one; None where nothing is known."""
        unknown = np.fromiter((word is None for word in words), dtype=bool, count=len(words))
        ready = Words.of([word or "" for word in words])
        return cls(raw if isinstance(raw, Words) else Words.of(raw), ready, unknown, codes)

    @cached_property
    def words(self) -> list[str | None]:
        """Each word, or None where nothing is known."""
        found: list[str | None] = list(self.ready.texts)
        for number in np.flatnonzero(self.unknown).tolist():
            found[number] = None
        return found


class _Field:
    """Reads one field of a sheet by its recipe, and lays the values out by row."""

    def __init__(
        self, found: Checked, context: Context, table: str, name: str, recipe: Recipe
    ) -> None:
        self.found, self.context, self.recipe, self.name = found, context, recipe, name
        self.sheet, self.table = found.sheet, table
        self.field = fields.get(table, name)
        self.layout = found.sheet.layout
        self.marks = marks.POINT
        self.missing = {
            mapping.fold(word)
            for word in (*context.profile.missing, *self.layout.missing, *recipe.missing)
        }

    def take(self) -> None:
        """Read the field; its values go to the table."""
        if self.field.type == "date":
            self._take_date()
        elif self.name in POSTS:
            self._take_chainage()
        else:
            readers: dict[str, Callable[[Prepared], None]] = {
                "lat": self._take_degrees,
                "lon": self._take_degrees,
                "point": self._take_point,
                "address": self._take_address,
                "int": self._take_numbers,
                "float": self._take_numbers,
                "time": self._take_time,
                "text": self._take_text,
            }
            reader = readers.get(self.name) or readers.get(self.field.type, self._take_codes)
            reader(self._prepared())

    def _suggest(self, values: Sequence[Any], codes: Ints, name: str) -> None:
        """Lay out what another field tells of `name`, where that has no value of its own."""
        own = self.found.tables[self.table].pop(name, None)
        self._put(values, codes, name)
        if own is not None:
            laid = self.found.tables[self.table][name]
            self.found.tables[self.table][name] = coded.filled(own, laid)

    def _put(self, values: Sequence[Any] | Values, codes: Ints, name: str = "") -> None:
        """Lay out values of distinct words by row."""
        wanted = name or self.name
        kind = fields.get(self.table, wanted.removesuffix("_src")).type
        if kind in ("int", "float") and not wanted.endswith("_src"):
            numbers = (
                values
                if isinstance(values, np.ndarray)
                else np.array([np.nan if one is None else one for one in values], dtype=float)
            )
            laid: Laid = numbers[codes] if len(numbers) else np.full(len(codes), np.nan)
        else:
            laid = coded.laid(list(values), codes)
        before = self.found.tables[self.table].get(wanted)
        if before is not None:
            # A column of its own leads; where it says nothing, what another column told stays.
            laid = coded.filled(laid, before)
        self.found.tables[self.table][wanted] = laid

    def _tell(self, faults: Faults, codes: Ints, raw: Sequence[str], *, reject: bool) -> None:
        """Say what is wrong with words, for each row that has them."""
        if not faults:
            return
        tell = self.found.reject if reject else self.found.warn
        order = np.argsort(codes, kind="stable")
        sorted_codes = codes[order]
        for number, fault in faults.items():
            first, last = np.searchsorted(sorted_codes, [number, number + 1])
            tell(order[first:last].tolist(), self.name, fault, raw[number])

    def _tell_one(
        self, fault: Fault, numbers: Ints, ready: Prepared, *, reject: bool = False
    ) -> None:
        """Say the same of several words."""
        faults = dict.fromkeys(numbers.tolist(), fault)
        self._tell(faults, ready.codes, ready.raw, reject=reject)

    # ---------------------------------------------------------------- words

    def _prepared(self) -> Prepared:
        """Return the words of the field, cut and replaced as the recipe says."""
        recipe = self.recipe
        if recipe.value:
            codes = np.zeros(len(self.sheet), dtype=np.int64)
            return Prepared.of([recipe.value], [recipe.value], codes)
        if recipe.template:
            return self._of_template()
        column = self.sheet.taken[recipe.column]
        unknown = self._unknown(column.cleaned)
        unknown |= self._hollow_cells(column, unknown)
        found = Prepared(column.words, column.cleaned, unknown, column.codes)
        if not (recipe.after or recipe.after_last):
            return found
        words = [word and (self._cut(word) or None) for word in found.words]
        return Prepared.of(column.words, words, column.codes)

    def _unknown(self, words: Words) -> Flags:
        """Say of cleaned words which mean that nothing is known, as `_known` does of one."""
        found: Flags = np.asarray((words.lengths == 0) | words.among(self.missing))
        if self._is_hollow_by_dash:
            found |= words.dashes
        return found

    def _hollow_cells(self, column: Column, unknown: Flags) -> Flags:
        """Say of words that no value stands in their cells, and tell the rows that have them.

        A spreadsheet writes errors in its own words, and cells of yes or no among numbers.
        """
        found = np.zeros(len(column.words), dtype=bool)
        for fault, numbers in self._hollow(column.cleaned):
            told = numbers[~unknown[numbers]]
            found[told] = True
            faults = dict.fromkeys(told.tolist(), fault)
            self._tell(faults, column.codes, column.words, reject=False)
        return found

    def _hollow(self, cleaned: Words) -> Iterator[tuple[Fault, Ints]]:
        """Yield what empties cells that are not empty, and the numbers of their words."""
        is_kept = self.field.type == "text" and self.name not in NOT_KEPT
        if self.sheet.has_lost_letters and self.field.type in ("text", *LISTED):
            yield LOST_LETTERS, cleaned.where(mapping.has_lost, cleaned.having(FOREIGN))
        if not is_kept and self.field.type not in LISTED:
            maybe = cleaned.beginning(words.BEGIN_ERRORS)
            yield CELL_ERROR, cleaned.where(words.is_cell_error, maybe)
            yield YES_OR_NO, self._yes_or_no(cleaned)

    def _yes_or_no(self, cleaned: Words) -> Ints:
        # A list of the profile may say what they mean.
        if not self.sheet.typed or self.recipe.codes or self.field.type not in ("int", "float"):
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(cleaned.among(("true", "false")))

    @property
    def _is_hollow_by_dash(self) -> bool:
        return self.field.type != "text" or self.name == "point"

    def _word(self, word: str) -> str | None:
        return self._known(mapping.clean(word))

    def _known(self, text: str) -> str | None:
        """Return a cleaned word, or None when it says that nothing is known."""
        if not text or (self.missing and mapping.fold(text) in self.missing):
            return None
        if mapping.has_lost(text):
            return None
        if self._is_hollow_by_dash and (mapping.only_dashes(text) or words.is_cell_error(text)):
            return None
        return text

    def _cut(self, word: str) -> str:
        recipe = self.recipe
        if recipe.after:
            return word.partition(recipe.after)[2].strip()
        return word.rpartition(recipe.after_last)[2].strip()

    def _of_template(self) -> Prepared:
        recipe = self.recipe
        names = [name for name in holes(recipe.template) if name in self.sheet.taken]
        for column in (self.sheet.taken[name] for name in names):
            self._hollow_cells(column, self._unknown(column.cleaned))
        codes, rows = combined([self.sheet.taken[name] for name in names], len(self.sheet))
        listed = mapping.words_of(self.context.profile, recipe, self.field)
        words = [self._filled(dict(zip(names, row, strict=True)), listed) for row in rows]
        return Prepared.of([" ".join(row) for row in rows], words, codes)

    def _filled(self, row: Mapping[str, str], listed: Mapping[str, str]) -> str | None:
        found = {name: self._word(word) or "" for name, word in row.items()}
        shown = {
            name: listed.get(mapping.fold(f"{name}={word}"), word) for name, word in found.items()
        }
        if any(not shown.get(name) for name in self.recipe.needs) or not any(found.values()):
            return None
        text = filled(self.recipe.template, shown)
        if self.recipe.several:
            sign = self.recipe.several
            text = sign.join(
                part.strip() for part in text.split(sign.strip() or sign) if part.strip()
            )
        return mapping.clean(text) or None

    def _replaced(self, prepared: Prepared) -> Prepared:
        """Replace words by a list of the recipe, for fields that hold no codes."""
        if not self.recipe.codes or self.recipe.template:
            return prepared
        listed = self._listed(prepared)
        words = [word if word is None else self._other(word, listed) for word in prepared.words]
        return Prepared.of(prepared.raw, [word or None for word in words], prepared.codes)

    def _other(self, word: str, listed: Mapping[str, str]) -> str | None:
        if self.recipe.several:
            return mapping.replaced(word, self.recipe.several, listed)
        return listed.get(mapping.fold(word), self._unlisted(word))

    def _unlisted(self, word: str) -> str | None:
        return None if self.recipe.unlisted == "empty" else word

    def _listed(self, prepared: Prepared) -> dict[str, str]:
        """Return the words of the recipe's list; of several lists, the one that fits."""
        recipe, profile = self.recipe, self.context.profile
        if len(recipe.codes) > 1:
            chosen = self._chosen_list(prepared)
            recipe = Recipe(column=recipe.column, codes=(chosen,))
        return mapping.words_of(profile, recipe, self.field)

    def _chosen_list(self, prepared: Prepared) -> str:
        names = self.recipe.codes
        answer = self.context.options.get("codes", "")
        if answer in names:
            return answer
        words = [word for word in prepared.words if word]
        fitting = mapping.covering(self.context.profile, names, words) or list(names)
        if len(fitting) == 1:
            return fitting[0]
        raise NeedsChoice(
            "The values of {column} in {file} may belong to several code lists: {lists}. Say "
            "which one is meant.",
            option="codes",
            choices=tuple(fitting),
            column=self.recipe.column,
            file=self.sheet.place,
            lists=", ".join(fitting),
        )

    # ---------------------------------------------------------------- types

    def _take_text(self, prepared: Prepared) -> None:
        ready = self._replaced(prepared)
        is_id = self.name in IDS
        longest = LONGEST_ID if is_id else LONGEST_TEXT
        raw, own = ready.raw, ready.ready
        long = own.where(lambda word: len(word) > longest, own.lengths > longest)
        control = raw.where(mapping.has_control, raw.having(HIDDEN | FOREIGN))
        hollow = own.dashes | own.among(mapping.NO_ANSWER)
        hollow[own.where(words.is_cell_error, own.beginning(words.BEGIN_ERRORS))] = True
        values = ready.words
        for number in long.tolist():
            values[number] = own[number][:longest]
        self._put(values, ready.codes)
        too_long = Fault("too_long", replace(TOO_LONG[is_id], values={"most": longest}))
        self._tell_one(too_long, long, ready, reject=is_id)
        self._tell_one(CONTROL, control, ready)
        self._tell_one(NO_ANSWER, np.flatnonzero(hollow & ~ready.unknown), ready)
        if is_id:
            rounded = own.where(_MANGLED.fullmatch, own.having(PLUS) & ~ready.unknown)
            self._tell_one(MANGLED, rounded, ready)

    def _take_numbers(self, prepared: Prepared) -> None:
        ready = self._replaced(prepared)
        if self.field.type == "float" or self.recipe.unit:
            self._find_mark(ready)
        values = self._parse(ready, self._number)
        self._say_unit(values, ready.codes)
        if self.name in AT_LEAST_ONE:
            none = {number: NONE_AT_ALL for number, value in enumerate(values) if value == 0}
            self._tell(none, ready.codes, ready.raw, reject=False)
        if self.name in AXIS_OF:
            fine = [None if word is None else self._fineness(word) for word in ready.words]
            self._note_steps(fine, ready.codes, AXIS_OF[self.name])

    def _parse(self, ready: Prepared, parse: Callable[[str], T | Fault | None]) -> list[T | None]:
        """Keep what each word means; rows whose word means nothing are rejected."""
        return self._keep([None if word is None else parse(word) for word in ready.words], ready)

    def _keep(self, found: Sequence[T | Fault | None], ready: Prepared) -> list[T | None]:
        faults = {number: one for number, one in enumerate(found) if isinstance(one, Fault)}
        values = [None if isinstance(one, Fault) else one for one in found]
        self._put(values, ready.codes)
        self._tell(faults, ready.codes, ready.raw, reject=True)
        return values

    def _number(self, word: str) -> float | Fault | None:
        recipe, field_ = self.recipe, self.field
        plain = field_.type == "int" and not recipe.unit and recipe.scale == 1
        thousands = recipe.thousands or self.context.profile.thousands
        found = parsing.whole(word, thousands=thousands) if plain else self._decimal(word)
        if isinstance(found, Fault):
            return found
        if recipe.zero == "missing" and found == 0:
            return None
        value = found * recipe.scale * self._factor()
        if recipe.scale != 1 or recipe.unit:
            # 5051199 / 100000 is 50.51199, not 50.511990000000004.
            value = round(value, 9)
        value = float(round(value)) if field_.type == "int" else float(value)
        # Whether a point can be true is looked at when both its numbers are known.
        if self.name in ("lat", "lon"):
            return value
        if self.name == "age" and calendars.FIRST_YEAR <= value <= self.context.today.year:
            return BIRTH_YEAR
        return parsing.limits(value, field_.low, field_.high) or value

    def _decimal(self, word: str) -> float | Fault:
        # In a workbook numbers are numbers; a text among them may have either mark.
        either = self.sheet.typed and not marks.is_grouped(word)
        mark = self.marks
        return parsing.number(word, mark.decimal, thousands=mark.thousands, either=either)

    def _find_mark(self, ready: Prepared) -> None:
        """Take the decimal mark that is stated, or the one that the values of the column tell."""
        profile, recipe = self.context.profile, self.recipe
        thousands = recipe.thousands or profile.thousands
        stated = recipe.decimal or self.layout.decimal or profile.decimal
        if stated or thousands in (",", "."):
            self.marks = parsing.Marks(stated or ("," if thousands == "." else "."), thousands)
            return
        if not ready.ready.having(COMMA).any():
            points = int((ready.ready.having(POINT) & ~ready.unknown).sum())
            self._mark_told(marks.by_points(points), ready, thousands)
            return
        known = [word for word in ready.words if word]
        plain = [parsing.without(thousands, word) for word in known]
        self._mark_told(
            marks.find(plain, most=self._most()) or self._answered_mark(known), ready, thousands
        )

    def _mark_told(self, told: marks.Told, ready: Prepared, thousands: str) -> None:
        self.marks = replace(told.marks, thousands=told.marks.thousands or thousands)
        if told.evidence and not self.sheet.typed:
            self._tell_mark(told, ready)

    def _most(self) -> float | None:
        high = self.field.high
        return None if high is None else high / (self.recipe.scale * self._factor())

    def _answered_mark(self, words: Sequence[str]) -> marks.Told:
        answer = self.context.options.get("decimal", "")
        if answer not in (".", ","):
            raise marks.question(self.sheet.file, self.recipe.column, words)
        return marks.Told(marks.stated(answer), headers.SAID)

    def _tell_mark(self, told: marks.Told, ready: Prepared) -> None:
        assert told.evidence is not None
        few = ready.ready.smallest(3, ~ready.unknown)
        shown = [(word, self._decimal(word)) for word in few]
        self.found.inferences.append(
            Inference(
                self.sheet.file,
                self.recipe.column,
                "decimal",
                told.marks.decimal,
                told.evidence,
                told.certain,
                tuple((w, "" if isinstance(one, Fault) else f"{one:.12g}") for w, one in shown),
            )
        )
        if told.marks.decimal == ",":
            self.found.say(
                self.name,
                "decimal_comma",
                Message(
                    "{field}: the comma is read as the decimal mark.",
                    {"field": Message(self.field.label)},
                ),
            )

    def _factor(self) -> float:
        return UNITS[self.recipe.unit, self.field.unit] if self.recipe.unit else 1.0

    def _say_unit(self, values: Sequence[float | None], codes: Ints) -> None:
        if not self.recipe.unit or not len(codes):
            return
        known = np.array([value is not None for value in values], dtype=bool)[codes]
        self.found.say(
            self.name,
            "converted",
            Message(
                "{field}: values turned from {theirs} into {ours}: {n}.",
                {
                    "field": Message(self.field.label),
                    "n": int(known.sum()),
                    "theirs": Message(self.recipe.unit),
                    "ours": Message(self.field.unit),
                },
            ),
        )

    # --------------------------------------------------------------- places

    def _take_degrees(self, prepared: Prepared) -> None:
        ready = self._replaced(prepared)
        self._find_mark(ready)
        if self._are_plain:
            self._take_plain_degrees(ready)
            return
        read = [None if word is None else self._degrees(word) for word in ready.words]
        self._keep([one.value if isinstance(one, Angle) else one for one in read], ready)
        self._note_steps(read, ready.codes, self.name)

    @property
    def _are_plain(self) -> bool:
        """Say whether a plain number is taken as it is written."""
        recipe = self.recipe
        special = recipe.format == "dms" or recipe.unit or recipe.zero == "missing"
        return not (special or recipe.scale != 1 or self.marks.thousands)

    def _take_plain_degrees(self, ready: Prepared) -> None:
        """Take plain numbers at once, which most are, and read the others one by one."""
        values, digits = ready.ready.decimals(self.marks.decimal)
        steps = np.where(digits < 0, np.nan, 10.0 ** -digits.astype(np.float64))
        faults: Faults = {}
        for number in np.flatnonzero((digits < 0) & ~ready.unknown).tolist():
            read = self._degrees(ready.ready[number])
            if isinstance(read, Fault):
                faults[number] = read
            elif read is not None:
                values[number], steps[number] = read.value, read.step
        values[ready.unknown] = steps[ready.unknown] = np.nan
        self._put(values, ready.codes)
        self._tell(faults, ready.codes, ready.raw, reject=True)
        if len(steps):
            self.found.steps[self.name] = steps[ready.codes]

    def _degrees(self, word: str) -> Angle | Fault | None:
        """Read a plain number, or degrees in another spelling that the recipe allows."""
        if self.recipe.format == "dms":
            return coordinates.angle(word, self.name, packed=True)
        found = self._number(word)
        if found is None:
            return None
        if not isinstance(found, Fault):
            return replace(self._fineness(word), value=found)
        spelt = coordinates.angle(word, self.name) if self.recipe.format != "decimal" else found
        return found if spelt is coordinates.NO_ANGLE else spelt

    def _fineness(self, word: str) -> Angle:
        """Return how fine a number of a place was written."""
        return Angle(0.0, abs(self.recipe.scale) * 10.0 ** -parsing.decimals(word))

    def _take_point(self, prepared: Prepared) -> None:
        packed = self.recipe.format == "dms"
        read = [
            None if word is None else coordinates.point(word, packed=packed)
            for word in prepared.words
        ]
        points = [one if isinstance(one, Point) else None for one in read]
        self._put([one and one.lat for one in points], prepared.codes, "lat")
        self._put([one and one.lon for one in points], prepared.codes, "lon")
        self._note_steps(points, prepared.codes, "lat", "lon")
        faults = {number: one for number, one in enumerate(read) if isinstance(one, Fault)}
        self._tell(faults, prepared.codes, prepared.raw, reject=True)

    def _note_steps(
        self, read: Sequence[Angle | Point | Fault | None], codes: Ints, *names: str
    ) -> None:
        """Note by row how fine a place was written."""
        steps = [one.step if isinstance(one, Angle | Point) else np.nan for one in read]
        for name in names if steps else ():
            self.found.steps[name] = np.array(steps)[codes]

    def _take_time(self, prepared: Prepared) -> None:
        ready = self._replaced(prepared)
        known = [word for word in ready.words if word]
        format = self.recipe.format or self._time_format(known)
        values = self._parse(ready, parsing.TIMES[format])
        self._say_times(ready, format)
        self._say_kinds(ready)
        if fields.has(self.table, "time_precision"):
            precisions = [
                "hour" if format == "hour" or parsing.is_hour_only(word or "") else "minute"
                for word in ready.words
            ]
            found_precision = [
                value and precision for value, precision in zip(values, precisions, strict=True)
            ]
            self._suggest(found_precision, ready.codes, "time_precision")

    def _say_kinds(self, ready: Prepared) -> None:
        """Count the kinds of cells where a column of a workbook mixes them."""
        if not self.sheet.typed:
            return
        counts = np.bincount(ready.codes, minlength=len(ready.words)).tolist()
        kinds = Counter[str]()
        for word, count in zip(ready.words, counts, strict=True):
            if word:
                kinds[workbooks.kind_of(word)] += count
        if len(kinds) > 1:
            self.found.say(
                self.name,
                "mixed_cells",
                Message(
                    "{field}: the cells are of several kinds: {kinds}.",
                    {
                        "field": Message(self.field.label),
                        "kinds": [
                            Message("{kind}: {n}", {"kind": title, "n": kinds[kind]})
                            for kind, title in workbooks.KINDS.items()
                            if kinds[kind]
                        ],
                    },
                ),
            )

    def _time_format(self, words: Sequence[str]) -> str:
        """Return the format of a column of times, and say what told it where it is no clock."""
        format = parsing.time_format(words) if words else "clock"
        if format != "clock":
            read = parsing.TIMES[format]
            shown = [(word, read(word)) for word in dates.spread(words)]
            self.found.inferences.append(
                Inference(
                    self.sheet.file,
                    self.recipe.column,
                    "time_format",
                    format,
                    Message(
                        "Different values that fit: {n} of {all}.",
                        {
                            "n": sum(isinstance(read(word), str) for word in words),
                            "all": len(words),
                        },
                    ),
                    certain=len(words) >= dates.SHOWN,
                    examples=tuple((w, "" if isinstance(t, Fault) else t) for w, t in shown),
                )
            )
        return format

    def _say_times(self, ready: Prepared, format: str) -> None:
        """Say when cells of a column of times hold dates, of which only the time was taken."""
        of_day = self.layout.recipes.get("crash", {}).get("crash_date")
        if of_day and of_day.column == self.recipe.column:
            # One column of both, as the profile says.
            return
        dated = [
            format == "clock" and word is not None and parsing.has_date(word)
            for word in ready.words
        ]
        n = int(np.array(dated, dtype=bool)[ready.codes].sum()) if dated else 0
        if n:
            self.found.say(
                self.name,
                "date_in_time",
                Message(
                    "{field}: cells that hold a date too, of which only the time was taken: {n}.",
                    {"field": Message(self.field.label), "n": n},
                ),
            )

    # ---------------------------------------------------------------- codes

    def _take_codes(self, prepared: Prepared) -> None:
        listed = self._listed(prepared)
        known = sorted(listed, key=lambda word: (-len(word), word)) if self.recipe.several else []
        values: list[str | None] = []
        faults: Faults = {}
        for number, word in enumerate(prepared.words):
            code, odd = (None, "") if word is None else self._code(word, listed, known)
            if odd:
                faults[number] = self._strange(odd)
            values.append(code)
        rejecting = self.recipe.unlisted == "reject"
        self._put(values, prepared.codes)
        if self.field.keeps_source:
            kept = zip(prepared.words, values, strict=True)
            sources = [None if word == code else word for word, code in kept]
            if any(sources):
                self._put(sources, prepared.codes, f"{self.name}_src")
        self._tell(faults, prepared.codes, prepared.raw, reject=rejecting)

    def _code(
        self, word: str, listed: Mapping[str, str], known: Sequence[str]
    ) -> tuple[str | None, str]:
        """Return the code of a word, and the piece of it that stands in no list."""
        if known:
            return self._codes(word, listed, known)
        code = listed.get(mapping.fold(word))
        if code is not None:
            return code or None, ""
        if self.recipe.unlisted == "empty":
            return None, ""
        return "unknown", word

    def _codes(
        self, text: str, listed: Mapping[str, str], known: Sequence[str]
    ) -> tuple[str | None, str]:
        words, odd = mapping.several(text, self.recipe.several, known)
        codes = {code for word in words for code in listed[word].split("|") if code}
        if len(codes) > 1:
            codes.discard("unknown")
        order = fields.code_names(self.field.codes)
        found = "|".join(code for code in order if code in codes) or None
        if self.recipe.unlisted == "empty":
            return found, ""
        return found or ("unknown" if odd else None), ", ".join(odd)

    def _strange(self, word: str) -> Fault:
        shown = {"value": quoted(word)}
        if self.recipe.unlisted == "reject":
            return Fault(
                "unknown_code",
                Message("{field} is {value}, which stands in no code list of this source.", shown),
            )
        return Fault(
            "unknown_code",
            Message("{field}: nobody knows the value {value}; it is kept as unknown.", shown),
        )

    # ------------------------------------------------------------- chainage

    def _take_chainage(self) -> None:
        recipe = self.recipe
        column = self.sheet.taken[recipe.column]
        metres = self.sheet.taken.get(recipe.plus_m) if recipe.plus_m else None
        columns = [column] + ([metres] if metres else [])
        for one in columns:
            self._hollow_cells(one, self._unknown(one.cleaned))
        codes, rows = combined(columns, len(self.sheet))
        if recipe.format in ("", "number"):
            self._find_mark(
                Prepared.of([], [word or None for word in column.cleaned], column.codes)
            )
        # Where a stretch ends is a point: km 684 is where that kilometre begins.
        fine = self.table == "section" or (metres is None and self._has_decimals(column))
        values: list[float | None] = []
        accuracy: list[float | None] = []
        faults: Faults = {}
        for number, row in enumerate(rows):
            found = self._post(row, fine)
            if isinstance(found, Fault):
                faults[number] = found
                found = (None, None)
            values.append(found[0])
            accuracy.append(found[1])
        self._put(values, codes)
        if fields.has(self.table, "chainage_accuracy_m"):
            self._suggest(accuracy, codes, "chainage_accuracy_m")
        self._tell(faults, codes, [" + ".join(filter(None, row)) for row in rows], reject=True)
        self._say_unit(values, codes)

    def _has_decimals(self, column: Column) -> bool:
        """Say whether posts are finer than kilometres: then a whole number is exact as well."""
        return any(parsing.decimals(word.strip()) > 0 for word in column.words)

    def _post(self, row: tuple[str, ...], fine: bool) -> tuple[float | None, float | None] | Fault:
        word = self._word(row[0])
        if word is None:
            return None, None
        format = self.recipe.format or "number"
        if format == "number":
            number = self._decimal(word)
            found = number if isinstance(number, Fault) else (number, parsing.decimals(word))
        else:
            found = parsing.post(word, format)
        if isinstance(found, Fault):
            return found
        return self._position(*found, row[1:], fine)

    def _position(
        self, km: float, digits: int, rest: tuple[str, ...], fine: bool
    ) -> tuple[float | None, float | None] | Fault:
        metres = self._word(rest[0]) if rest else None
        if metres is not None:
            more = self._decimal(metres)
            if isinstance(more, Fault):
                return more
            km, digits = km + more / 1000, 3
        if self.recipe.zero == "missing" and km == 0:
            return None, None
        exact = fine or self.recipe.whole_km == "exact"
        if digits == 0 and not exact and self.recipe.whole_km != "nearest":
            # "km 684" is the kilometre from 684 to 685.
            km += 0.5
        factor = self._factor() * self.recipe.scale
        half = (500.0, 50.0, 5.0)[min(digits or (2 if exact else 0), 2)]
        value = round(km * factor, 6)
        return parsing.limits(value, self.field.low, self.field.high) or (value, half * factor)

    def _take_address(self, prepared: Prepared) -> None:
        """Take a road and a km post out of a text, where no column says another road."""
        read = [None if word is None else addresses.parse(word) for word in prepared.words]
        said = {
            name: spread([one and (getattr(one, name) or None) for one in read], prepared.codes)
            for name in ("number", "name", "km", "accuracy_m")
        }
        table, count = self.found.tables[self.table], len(prepared.codes)
        # М-39 in the text and M 39 in a column are one road.
        alike = replace(self.context.profile, bare_roads=True)
        text: dict[str, Laid] = {"road_number": said["number"], "road_name": said["name"]}
        own = coded.plain(deriving.road_keys(table, count, alike))
        theirs = coded.plain(deriving.road_keys(text, count, alike))
        agree = missing(own) | missing(theirs) | (own == theirs)
        known = agree & ~(missing(own) & missing(theirs))
        post = known & ~missing(said["km"]) & missing(self._own("chainage_km", count))
        self._fill("road_number", said["number"], known & missing(own))
        self._fill("road_name", said["name"], known & missing(own))
        self._fill("chainage_km", said["km"], post)
        self._fill("chainage_accuracy_m", said["accuracy_m"], post)
        self._say_read(int((known & missing(own)).sum()), int(post.sum()))

    def _own(self, name: str, count: int) -> Laid:
        return self.found.tables[self.table].get(name, coded.nothing(count))

    def _fill(self, name: str, values: Values, rows: Flags) -> None:
        """Put values of some rows into a field."""
        if not rows.any():
            return
        laid = coded.plain(self._own(name, len(rows))).copy()
        laid[rows] = values[rows]
        number = fields.get(self.table, name).type == "float"
        self.found.tables[self.table][name] = laid.astype(np.float64) if number else laid

    def _say_read(self, found_roads: int, posts: int) -> None:
        if found_roads or posts:
            self.found.say(
                self.name,
                "read_from_text",
                Message(
                    "Read out of the text of {column}: the road of {roads} rows, the km post of "
                    "{posts}.",
                    {"column": self.recipe.column, "roads": found_roads, "posts": posts},
                ),
            )

    # ----------------------------------------------------------------- dates

    def _take_date(self) -> None:
        found = self._of_parts() if self.recipe.year else self._of_column()
        values: list[str | None] = []
        faults: Faults = {}
        for number, day in enumerate(found.days):
            fault = day if isinstance(day, Fault) else self._future(day)
            if fault:
                faults[number] = fault
            values.append(None if fault or day is None else day.isoformat())  # type: ignore[union-attr]
        self._put(values, found.codes)
        self._tell(faults, found.codes, found.raw, reject=True)
        odd = {number: EPOCH for number, day in enumerate(found.days) if day in parsing.EPOCHS}
        self._tell(odd, found.codes, found.raw, reject=False)
        if self.name == "crash_date":
            self._tell_missing(found)
            self._suggest(found.precisions, found.codes, "date_precision")
            self._take_weekday()

    def _future(self, day: date | None) -> Fault | None:
        if day is None or day <= self.context.today:
            return None
        return Fault(
            "future_date",
            Message(
                "{field} is {value}, which is after the day of the import ({today}).",
                {"today": self.context.today},
            ),
        )

    def _tell_missing(self, found: dates.Days) -> None:
        none = Fault("no_date", Message("This row has no date."))
        empty = {number: none for number, day in enumerate(found.days) if day is None}
        self._tell(empty, found.codes, found.raw, reject=True)

    def _of_parts(self) -> dates.Days:
        recipe = self.recipe
        names = [name for name in (recipe.year, recipe.month, recipe.day) if name]
        there = [name for name in names if name in self.sheet.taken]
        codes, rows = combined([self.sheet.taken[name] for name in there], len(self.sheet))
        raw = ["-".join(row) for row in rows]
        parts = [{n: self._word(w) for n, w in zip(there, row, strict=True)} for row in rows]
        days = [dates.of_parts(part, recipe, self._way().calendar) for part in parts]
        precisions = [dates.precision(part, recipe) for part in parts]
        return dates.Days(raw, days, precisions, codes)

    def _of_column(self) -> dates.Days:
        ready = self._replaced(self._prepared())
        way = self._way()
        century = self.recipe.century or way.century
        days = [
            None
            if word is None
            else parsing.day(word, way.order, century=century, calendar=way.calendar)
            for word in ready.words
        ]
        precisions = [None if isinstance(day, Fault) or day is None else "day" for day in days]
        self._say_shapes(ready)
        self._say_kinds(ready)
        return dates.Days(ready.raw, days, precisions, ready.codes)

    def _way(self) -> dates.Way:
        return self.context.ways.get((self.layout.name, self.table, self.name), dates.Way())

    def _say_shapes(self, ready: Prepared) -> None:
        """Say when a column writes its dates in several ways."""
        shapes = {parsing.shape(word): word for word in ready.words if word}
        if len(shapes) > 1:
            self.found.say(
                self.name,
                "date_format",
                Message(
                    "{field} is written in several ways, for example {examples}.",
                    {
                        "field": Message(self.field.label),
                        "examples": ", ".join(quoted(shapes[one]) for one in sorted(shapes)[:4]),
                    },
                ),
            )

    def _take_weekday(self) -> None:
        column = self.sheet.taken.get(self.recipe.weekday)
        if column is None:
            return
        self._suggest(
            [parsing.weekday(word.strip()) for word in column.words], column.codes, "weekday"
        )
