"""Columns and words of road layers and tables of others, understood: names stand in columns.toml.

Which column is what is proposed by its name and can be told otherwise; what was taken for what is
part of the answer. A value that is not understood is left out and said, never guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit import fields
from crashkit.errors import IntakeError, Message, NeedsChoice, SettingError, counted
from crashkit.model import Issue
from crashkit.roads import naming
from crashkit.roads.network import BACKWARD, BOTH, DATES, FORWARD, LEVEL, Network

Words = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

POSTS = ("from_m", "to_m")
OF_STRETCHES = ("from_m", "to_m", "length_m", "speed_limit")
OF_EQUATIONS = ("back_m", "ahead_m")
BESIDE_GROUND = {"bridge": 1.0, "tunnel": -1.0}
"""Which level has what is not on the ground, where no level is told."""
_SAID = ("row", "field", "value", "code")
TOLD = 20
"""So many different values of a column are named that were not understood."""
FASTEST_KMH = 200.0

_NUMBER = re.compile(r"([0-9]+(?:[ \u00a0][0-9]{3})*(?:[.,][0-9]+)?)\s*([^\d\s].*)?")
_POST = re.compile(r"(?:[^\d\s+.,-]{1,3}\s?)?([0-9]{1,5})\s?\+\s?([0-9]{1,4}(?:[.,][0-9]+)?)")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")
_LEVEL = re.compile(r"-?[0-9]")
_YEAR = re.compile(r"[0-9]{4}")
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9:.+Z-]*)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


@dataclass(frozen=True)
class Asked:
    """What the user says of a file; all that is not said is proposed.

    `columns`: our name of a thing to their column, "" where a proposed column is not that;
    `classes`: a word of theirs to our code; `post_unit`: "km", "m" or "mi"; `speed_unit`: "km/h" or
    "mph"; `year`: the year of traffic that counts; `layer`: of a GeoPackage; `system`: the
    coordinate system of a file that names none; `encoding`: of the words of a Shapefile.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    post_unit: str = ""
    speed_unit: str = ""
    year: str = ""
    layer: str | None = None
    system: str | None = None
    encoding: str = ""


@dataclass(frozen=True, eq=False)
class RoadsRead:
    """A network, and how it came to be: each of `read` features or rows is taken or left out.

    `columns`: our name to their column; `others`: further columns that may mean the same;
    `classes`: each word of class to our code, "" where none is known; `units` of the numbers;
    `left_out`: reason to the numbers of features, or rows of a table, from 1; `theirs`: all columns
    of the file.
    """

    network: Network
    read: int
    columns: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, str]
    units: Mapping[str, str]
    left_out: Mapping[str, Ints]
    issues: tuple[Issue, ...]
    theirs: tuple[str, ...] = ()

    @property
    def taken(self) -> int:
        """How many features or rows became stretches."""
        return self.read - sum(map(len, self.left_out.values()))

    def document(self, say: Callable[[Message], Any] = str) -> dict[str, Any]:
        """Return all but the network itself as plain data, sentences said by `say`."""
        stretches = self.network.stretches
        return {
            "read": self.read,
            "taken": self.taken,
            "left_out": [
                {
                    "reason": reason,
                    "count": len(rows),
                    "rows": rows[:TOLD].tolist(),
                    "message": say(REASONS[reason]),
                }
                for reason, rows in self.left_out.items()
            ],
            "stretches": len(stretches),
            "equations": len(self.network.equations),
            "km": round(float(stretches["length_m"].sum()) / 1000, 3),
            "roads": len(set(stretches["road_key"]) - {""}),
            "columns": dict(self.columns),
            "theirs": list(self.theirs),
            "others": {name: list(more) for name, more in self.others.items()},
            "classes": dict(self.classes),
            "units": dict(self.units),
            "issues": [
                {**{name: getattr(one, name) for name in _SAID}, "message": say(one.message)}
                for one in self.issues
            ],
        }


REASONS = {
    "no_line": Message("They are no lines, or broken ones."),
    "empty": Message("Their lines are empty."),
    "not_finite": Message("Their coordinates are no numbers."),
    "off_earth": Message("They do not lie on the Earth."),
    "no_length": Message("Their lines have no length."),
    "not_a_road": Message("They are paths, steps or roads not yet built, as the class says."),
    "no_road": Message("They name no road."),
    "no_posts": Message("They have no km posts, or only one, or both are the same."),
    "other_year": Message("They are of another year."),
}
"""Why features or rows are left out."""


@cache
def known() -> dict[str, Any]:
    """Return what is known of the names and words of others: `columns.toml`."""
    text = resources.files("crashkit.roads").joinpath("columns.toml").read_text("utf-8")
    return tomllib.loads(text)


def plain(name: str) -> str:
    """Return the name of a column for comparison: words without case, and blanks between them."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold().replace("ё", "е")))


def said(word: str) -> str:
    """Return a word of a cell for comparison."""
    return " ".join(word.casefold().replace("ё", "е").replace("_", " ").split())


# ------------------------------------------------------------ which column


def asked_names() -> tuple[str, ...]:
    """List what a column of stretches may be."""
    return (*known()["columns"], *OF_STRETCHES)


def candidates(
    theirs: Sequence[str], numbers: Sequence[str] = OF_STRETCHES
) -> dict[str, tuple[str, ...]]:
    """Return for each thing the columns that may be it, by their names, the likeliest first."""
    found = {name: _called(theirs, words) for name, words in known()["columns"].items()}
    for name in numbers:
        by_unit = known()["units"][name]
        found[name] = _called(theirs, [word for words in by_unit.values() for word in words])
    return {name: columns for name, columns in found.items() if columns}


def _called(theirs: Sequence[str], words: Iterable[str]) -> tuple[str, ...]:
    found = {word: [name for name in theirs if _is_called(name, word)] for word in words}
    return tuple(dict.fromkeys(name for names in found.values() for name in names))


CUT = 10
"""Bytes of a name that a Shapefile keeps; a Cyrillic letter takes two, a Chinese one three."""


def _is_called(name: str, word: str) -> bool:
    own = plain(name)
    if own == word:
        return True
    size, start = len(name.encode()), own.replace(" ", "")
    is_cut = size == CUT or (not name.isascii() and size == CUT - 1)
    return is_cut and word.replace(" ", "").startswith(start)


def chosen(
    theirs: Sequence[str], asked: Asked, file: str, words: Mapping[str, Words] | None = None
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return which column is what, and which others may be the same.

    Of several columns that may tell a class or a setting the first leads in which a word is known.
    Raises SettingError, IntakeError for what was told.
    """
    _check(theirs, asked, file)
    found: dict[str, str] = {}
    others: dict[str, tuple[str, ...]] = {}
    for name, columns in candidates(theirs).items():
        if name in asked.columns:
            continue
        leading = next((one for one in columns if _tells(name, one, words)), columns[0])
        if name == LEVEL and not _tells(name, leading, words):
            continue
        found[name] = leading
        if len(columns) > 1:
            others[name] = tuple(one for one in columns if one != leading)
    return found | {name: column for name, column in asked.columns.items() if column}, others


def _tells(name: str, column: str, words: Mapping[str, Words] | None) -> bool:
    if name == LEVEL and words is not None:
        # A column called layer may as well name the layer of a drawing.
        return all(word == "" or _LEVEL.fullmatch(word) for word in pd.unique(words[column]))
    understood = {"road_class": _class_words(), "area_type": _by_word("settings")}.get(name)
    if understood is None or words is None or column not in words:
        return True
    return any(said(word) in understood for word in pd.unique(words[column]))


def _check(theirs: Sequence[str], asked: Asked, file: str) -> None:
    for name, column in asked.columns.items():
        if name not in asked_names():
            raise SettingError(
                "There is no “{name}” that a column may be; there are: {names}",
                name=name,
                names=list(asked_names()),
            )
        if column and column not in theirs:
            raise IntakeError(
                "{file} has no column “{column}”. It has: {columns}",
                file=file,
                column=column,
                columns=list(theirs)[:60] or "–",
            )
    codes = fields.code_names("road_class")
    for code in asked.classes.values():
        if code not in codes:
            raise SettingError(
                "There is no class of road “{code}”; there are: {codes}",
                code=code,
                codes=list(codes),
            )


# -------------------------------------------------------- what columns say


@dataclass(frozen=True, eq=False)
class Understood:
    """What columns say: a frame for `network`, classes and units as taken, and complaints.

    `one_way` is the direction along the line of each stretch; `not_roads` and `year` mark rows.
    """

    frame: pd.DataFrame
    one_way: Words
    not_roads: Flags
    classes: Mapping[str, str]
    units: Mapping[str, str]
    issues: tuple[Issue, ...]


def understand(
    words: Mapping[str, Words], columns: Mapping[str, str], asked: Asked, file: str, count: int
) -> Understood:
    """Read the words of columns. Raises NeedsChoice where the unit of km posts is not told."""
    table = _Table(words, columns, file, count)
    units = _units(columns, asked, file)
    classes = _classes(table, asked)
    frame = table.roads()
    numbered = pd.Series(np.arange(1, count + 1), dtype=object).astype(str)
    source = pd.Series(table.given("source"))
    frame["source"] = source.where(source != "", numbered)
    frame["road_class"] = table.coded("road_class", classes.get)
    frame["area_type"] = table.coded("area_type", _by_word("settings").get)
    frame["direction"] = table.coded("direction", _by_word("directions").get)
    frame["aadt"] = table.number("aadt", lambda word: _number(word, 1.0, ()))
    frame["speed_limit"] = table.number("speed_limit", lambda word: _speed(word, units))
    for name in (*POSTS, "length_m"):
        frame[name] = table.metres(name, units)
    frame[list(POSTS)] = frame[list(POSTS)].round()
    if {LEVEL, *BESIDE_GROUND} & set(columns):
        frame[LEVEL] = _levels(table)
    for name in DATES:
        frame[name] = table.dates(name, last=name == "valid_to")
    shown = {word: classes.get(said(word)) or "" for word in table.different("road_class")}
    return Understood(
        frame,
        table.coded("oneway", _one_way(table).get),
        np.isin([said(word) for word in table.given("road_class")], list(_not_roads())),
        {word: code for word, code in shown.items() if said(word) not in _not_roads()},
        units,
        tuple(table.issues),
    )


def measures(
    words: Mapping[str, Words], columns: Mapping[str, str], asked: Asked, file: str, count: int
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Read the roads and chainage equations of a table. Raises NeedsChoice as `understand` does.

    What was told of the unit of posts is of the roads; it serves here where no name tells one.
    """
    table = _Table(words, columns, file, count)
    units = _units(columns, asked, file, names_lead=True)
    frame = table.roads()
    for name in OF_EQUATIONS:
        frame[name] = np.round(table.metres(name, units))
    return frame, tuple(table.issues)


def _cleaned(word: str) -> str:
    """Return a word without signs that no database keeps; "" where it means nothing."""
    plain = " ".join(_CONTROL.sub(" ", word).split())
    return "" if said(plain) in known()["nothing"]["said"] else plain


class _Table:
    """Columns of words, and the complaints about them."""

    def __init__(
        self, words: Mapping[str, Words], columns: Mapping[str, str], file: str, count: int
    ) -> None:
        self.words, self.columns, self.file, self.count = words, columns, file, count
        self.issues: list[Issue] = []

    def given(self, name: str) -> Words:
        """Return the words of what is called so among us, fit to be kept; "" where none is said."""
        found = self.words.get(self.columns.get(name, ""))
        if found is None:
            return np.full(self.count, "", dtype=object)
        of, different = pd.factorize(found)
        return np.array([_cleaned(str(word)) for word in different] or [""], dtype=object)[of]

    def roads(self) -> pd.DataFrame:
        """Return number, name and key of the road of each row."""
        frame = pd.DataFrame(index=pd.RangeIndex(self.count))
        for name in ("road_number", "road_name"):
            frame[name] = self.given(name)
        frame["road_key"] = _keys(frame["road_number"], frame["road_name"])
        return frame

    def metres(self, name: str, units: Mapping[str, str]) -> Floats:
        """Return posts or lengths in metres."""
        unit = units.get(name, "m")
        return self.number(name, lambda word: _metres(word, unit))

    def different(self, name: str) -> list[str]:
        """List the different words of a column, in order."""
        return sorted(set(self.given(name)) - {""})

    def coded(self, name: str, code_of: Callable[[str], str | None]) -> Words:
        """Return the code for each word; "" where there is none, with a complaint."""
        codes, of = self._each(name, lambda word: code_of(said(word)))
        return np.array(["" if code is None else code for code in codes] or [""], dtype=object)[of]

    def number(self, name: str, number_of: Callable[[str], float | None]) -> Floats:
        """Return the number that each word says; NaN where it says none, with a complaint."""
        found, of = self._each(name, number_of)
        return np.array([np.nan if one is None else one for one in found] or [np.nan])[of]

    def dates(self, name: str, *, last: bool) -> NDArray[Any]:
        """Return the day that each word says; of a year its first day, or its last."""
        found, of = self._each(name, lambda word: _day(word, last=last))
        return np.array(found or [None], dtype="datetime64[s]")[of]

    def _each(self, name: str, understood: Callable[[str], Any]) -> tuple[list[Any], Ints]:
        """Look at each different word once; complain about those that are not understood."""
        of, different = pd.factorize(self.given(name))
        found = [None if word == "" else understood(word) for word in different]
        wrong = [at for at, word in enumerate(different) if word != "" and found[at] is None]
        if name == "road_class":
            wrong = [at for at in wrong if said(different[at]) not in _not_roads()]
        self._complain(name, different, wrong, of)
        return found, of.astype(np.int64)

    def _complain(self, name: str, words: Any, wrong: Sequence[int], of: Any) -> None:
        times = np.bincount(of, minlength=len(words))
        first = pd.Series(np.arange(self.count)).groupby(of).first()
        for at in sorted(wrong, key=lambda at: (-times[at], words[at]))[:TOLD]:
            message = counted(
                "“{value}” was not understood; it stands once.",
                "“{value}” was not understood; it stands {n} times.",
                int(times[at]),
                value=words[at],
            )
            row = int(first[at]) + 1
            self.issues.append(Issue(self.file, row, name, words[at], "not_understood", message))
        if len(wrong) > TOLD:
            more = counted(
                "{n} more value was not understood.",
                "{n} more values were not understood.",
                len(wrong) - TOLD,
            )
            self.issues.append(Issue(self.file, None, name, "", "not_understood", more))


def _keys(numbers: pd.Series, names: pd.Series) -> Words:
    both = pd.MultiIndex.from_arrays([numbers, names])
    of, different = pd.factorize(both)
    keys = [naming.road_key(number, name) or "" for number, name in different]
    return np.array(keys or [""], dtype=object)[of]


# ------------------------------------------------------------------- codes


def _class_words() -> dict[str, str]:
    return {said(word): rank["code"] for rank in known()["ranks"].values() for word in rank["said"]}


def _not_roads() -> set[str]:
    return set(known()["not_roads"]["said"])


def _classes(table: _Table, asked: Asked) -> dict[str, str]:
    """Return the code of each word of class: by what was told, then by what is known."""
    own = {code: code for code in fields.code_names("road_class")}
    return own | _class_words() | {said(word): code for word, code in asked.classes.items()}


def _by_word(kind: str) -> dict[str, str]:
    return {word: code for code, words in known()[kind].items() for word in words}


def _one_way(table: _Table) -> dict[str, str]:
    """Return the direction of each word; F and T alone may as well be false and true."""
    letters = {said(word) for word in table.different("oneway")}
    found = _by_word("oneways")
    return found if "b" in letters else {w: code for w, code in found.items() if w not in "ft"}


def directed(frame: pd.DataFrame, one_way: Words) -> Words:
    """Return whom each stretch carries, seen along its km posts.

    What a column of directions says leads. One-way is told along the line: a line that was drawn
    against the posts is turned round later, and its direction with it.
    """
    falling = (frame["to_m"] < frame["from_m"]).to_numpy()
    turned = np.where(falling, BACKWARD, FORWARD), np.where(falling, FORWARD, BACKWARD)
    along = np.select([one_way == FORWARD, one_way == BACKWARD], turned, default=BOTH)
    told = frame["direction"].to_numpy()
    return np.where(told != "", told, along).astype(object)


# ----------------------------------------------------------------- numbers


def _units(
    columns: Mapping[str, str], asked: Asked, file: str, *, names_lead: bool = False
) -> dict[str, str]:
    """Return the unit of each column: as it was told, else as its name tells."""
    found: dict[str, str] = {}
    for name, by_unit in known()["units"].items():
        if name not in columns:
            continue
        named = (unit for unit, words in by_unit.items() if _called([columns[name]], words))
        usual = "" if "" in by_unit else next(iter(by_unit))
        found[name] = next(named, usual)
        told = {"speed_limit": asked.speed_unit, "length_m": ""}.get(name, asked.post_unit)
        if told and not (names_lead and found[name]):
            found[name] = _known_unit(told, name)
    unclear = [columns[name] for name, unit in found.items() if not unit]
    if unclear:
        raise NeedsChoice(
            "In which unit are the km posts of {file}? The columns {columns} do not say it.",
            option="post-unit",
            choices=("km", "m", "mi"),
            file=file,
            columns=unclear,
        )
    return found


def _known_unit(unit: str, name: str) -> str:
    units = [one for one in known()["units"][name] if one]
    if unit not in units:
        raise SettingError("There is no unit “{unit}”; there are: {units}", unit=unit, units=units)
    return unit


def _number(word: str, factor: float, units: Sequence[str]) -> float | None:
    """Return a number with, perhaps, one of these units behind it, in our unit."""
    found = _NUMBER.fullmatch(word)
    if found is None:
        return None
    if found[2]:
        unit = next((u for u in units if said(found[2]) in known()["factor_words"][u]), None)
        if unit is None:
            return None
        factor = known()["factors"][unit]
    digits = found[1].replace(" ", "").replace("\u00a0", "")
    # Three digits behind a comma may be thousands, and nobody is asked which.
    if re.fullmatch(r"[0-9]{1,3},[0-9]{3}", digits) and not units:
        return None
    return float(digits.replace(",", ".")) * factor


def _speed(word: str, units: Mapping[str, str]) -> float | None:
    unit = units.get("speed_limit", "km/h")
    found = _number(word, known()["factors"][unit], ("km/h", "mph"))
    return found if found is not None and 0 < found <= FASTEST_KMH else None


def _levels(table: _Table) -> Floats:
    """Return the level of each stretch: as told, else that of a bridge or a tunnel."""
    level = table.number(LEVEL, lambda word: float(word) if _LEVEL.fullmatch(word) else None)
    for name, usual in BESIDE_GROUND.items():
        is_one = table.coded(name, _by_word("flags").get) == "yes"
        level[np.isnan(level) & is_one] = usual
    return level


def _metres(word: str, unit: str) -> float | None:
    """Return a km post or a length in metres: 12.3, or post and distance, 12+300.

    The distance behind a post of kilometres is in metres, behind one of miles in miles.
    """
    factor: float = known()["factors"][unit]
    post = _POST.fullmatch(word)
    if post is None:
        return _number(word, factor, ("km", "m", "mi"))
    distance = float(post[2].replace(",", "."))
    return float(post[1]) * factor + distance * (factor if unit == "mi" else 1.0)


def _day(word: str, *, last: bool) -> date | None:
    written, dotted = _DAY.fullmatch(word), _DOTTED.fullmatch(word)
    try:
        if _YEAR.fullmatch(word):
            return date(int(word), 12, 31) if last else date(int(word), 1, 1)
        if written:
            return date(int(written[1]), int(written[2]), int(written[3]))
        return date(int(dotted[3]), int(dotted[2]), int(dotted[1])) if dotted else None
    except ValueError:
        return None
