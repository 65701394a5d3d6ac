"""The crashes one by one: a row each, without anything that says who was in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, tables
from crashkit.blocks import Block, Column, Heading, Paragraph, Table
from crashkit.columnar import Levels
from crashkit.errors import Message, counted
from crashkit.model import CrashData
from crashkit.section import Facts, Section

ON_PAGES = 1000
"""So many rows stand on pages: some thirty of them."""
VEHICLES = 2
"""So many vehicles of a crash are named, the first ones of the police."""
SEVERE = ("fatal", "serious")

Ints = NDArray[np.int64]
Cells = Sequence[Any]


@dataclass(frozen=True)
class _Told:
    """A column of the list and its cells, in the order of the rows."""

    column: Column
    cells: Cells

    @property
    def says(self) -> bool:
        """Whether any crash has it."""
        return any(cell is not None for cell in self.cells)


def applies(facts: Facts) -> bool:
    """Say whether there is a crash to list."""
    return facts.summary.crashes > 0


def build(facts: Facts) -> list[Block]:
    """Return what the list counts, how it is sorted, and the list."""
    data, by_road = facts.data, _is_by_road(facts)
    rows = _along_roads(data) if by_road else _by_time(data)
    told = [one for one in _columns(data, rows) if one.says]
    lines = tuple(zip(*(one.cells for one in told), strict=True))
    columns = tuple(one.column for one in told)
    return [
        Heading(Message("The crashes one by one")),
        Paragraph(tuple(_said(facts, by_road=by_road))),
        Table(Message("Crashes, each once"), columns, lines, on_paper=ON_PAGES),
    ]


def _said(facts: Facts, *, by_road: bool) -> Iterator[Message]:
    found = facts.summary
    yield counted("One crash is listed.", "{n} crashes are listed.", found.crashes)
    severe = sum(found.by_severity.get(code, 0) for code in SEVERE)
    if severe:
        yield counted(
            "In one of them people were killed or seriously injured.",
            "In {n} of them people were killed or seriously injured.",
            severe,
        )
    yield counted("One has coordinates.", "{n} have coordinates.", found.located)
    if by_road:
        yield Message(
            "They are sorted by road and km post, the crashes of one place by time; those whose "
            "road or km post is not known come last."
        )
    else:
        yield Message("They are sorted by time, the first one first.")
    yield Message("A dash is what the source does not tell. No person is named or described.")


# ------------------------------------------------------------------ order


def _is_by_road(facts: Facts) -> bool:
    """Sort by road where the road and km post of half of the crashes or more are known."""
    found = filters.levels(facts.data, "road")
    if found is None:
        return False
    known = (found.codes >= 0) & np.isfinite(filters.numbers(facts.data, "chainage_km"))
    return bool(known.mean() >= 0.5)


def _by_time(data: CrashData) -> Ints:
    order = np.lexsort((data.crash_ids, _ranks(data, "crash_time"), _ranks(data, "crash_date")))
    return order.astype(np.int64)


def _along_roads(data: CrashData) -> Ints:
    """Sort by road, as a reader counts (M2 before M10), then km post, then time."""
    first = _by_time(data)
    posts = filters.numbers(data, "chainage_km")
    road = _ranks(data, "road")
    unplaced = ~np.isfinite(posts) | (road == np.iinfo(np.int64).max)
    keys = (posts[first], road[first], unplaced[first])
    return first[np.lexsort(keys)]


def _ranks(data: CrashData, name: str) -> Ints:
    """Return numbers that sort by the value of a field; what is not known comes last."""
    found = filters.levels(data, name)
    last = np.iinfo(np.int64).max
    if found is None:
        return np.full(len(data), last)
    order = sorted(range(len(found.values)), key=lambda i: _natural(found.values[i]))
    rank = np.full(len(order) + 1, last)
    rank[order] = np.arange(len(order))
    places: Ints = rank[found.codes]
    return places


def _natural(words: str) -> list[tuple[bool, int, str]]:
    """Return what sorts numbers inside of words by their size."""
    parts, was = [""], False
    for sign in words:
        if sign.isdecimal() != was:
            parts.append("")
            was = not was
        parts[-1] += sign
    return [(one.isdecimal(), int(one) if one.isdecimal() else 0, one) for one in parts if one]


# ---------------------------------------------------------------- columns

CODED = (
    ("severity", False),
    ("crash_type", False),
    ("collision_manner", True),
    ("junction", True),
    ("junction_control", False),
    ("surface_condition", False),
    ("light", False),
    ("weather", True),
    ("road_class", True),
    ("area_type", True),
    ("speed_limit", True),
)
"""Fields with few values, and whether they stand in a workbook only."""
PEOPLE = (("n_killed", "killed"), ("n_serious", "serious"), ("n_slight", "slight"))
INVOLVED = {
    "pedestrian_involved": "pedestrian",
    "cyclist_involved": "cyclist",
    "motorcycle_involved": "motorcycle",
    "heavy_vehicle_involved": "heavy_goods",
}


def _columns(data: CrashData, rows: Ints) -> Iterator[_Told]:
    """Yield the columns from left to right, also such as say nothing of any crash."""
    yield _texts(data, rows, "crash_id")
    yield _Told(Column(filters.label("crash_date"), "date"), _days(data, rows))
    yield _texts(data, rows, "crash_time")
    yield _texts(data, rows, "road")
    yield _numbers(data, rows, "chainage_km", 3)
    yield _texts(data, rows, "admin1", spare=True)
    yield _texts(data, rows, "admin2")
    yield _texts(data, rows, "place", spare=data.has("admin2"))
    for name, spare in CODED:
        yield _coded(data, rows, name, spare=spare)
    for number in range(VEHICLES):
        yield _vehicle(data, rows, number)
    yield _counts(
        data, rows, tables.UNIT_LABELS["vehicles"], tables.VEHICLES, _counts_vehicles(data)
    )
    yield _involved(data, rows)
    yield from _hurt(data, rows)
    yield _numbers(data, rows, "lat", 5, spare=True)
    yield _numbers(data, rows, "lon", 5, spare=True)
    yield _coded(data, rows, "location_flag", spare=True)
    yield _texts(data, rows, "source_id", spare=True)


def _taken(levels: Levels, rows: Ints, label: Callable[[str], Any]) -> Cells:
    """Return the cells of some rows; each value is put into words once."""
    words = [*(label(value) if _known(value) else None for value in levels.values), None]
    return [words[code] for code in levels.codes[rows].tolist()]


def _known(value: str) -> bool:
    return value not in ("", filters.UNKNOWN)


def _of(data: CrashData, rows: Ints, name: str, label: Callable[[str], Any]) -> Cells:
    found = filters.levels(data, name)
    return [None] * len(rows) if found is None else _taken(found, rows, label)


def _texts(data: CrashData, rows: Ints, name: str, *, spare: bool = False) -> _Told:
    return _Told(Column(filters.label(name), spare=spare), _of(data, rows, name, str))


def _coded(data: CrashData, rows: Ints, name: str, *, spare: bool) -> _Told:
    if name == "speed_limit":
        column = Column(filters.label(name), "int", spare=spare)
        return _Told(column, _of(data, rows, name, int))
    column = Column(filters.label(name), spare=spare)
    return _Told(column, _of(data, rows, name, lambda value: filters.value_label(name, value)))


def _numbers(data: CrashData, rows: Ints, name: str, digits: int, *, spare: bool = False) -> _Told:
    values = filters.numbers(data, name)[rows]
    cells = [None if value != value else value for value in values.tolist()]  # noqa: PLR0124
    return _Told(Column(filters.label(name), "float", digits, spare), cells)


def _days(data: CrashData, rows: Ints) -> Cells:
    """Return the days; of a date of which only the month or the year is known just that."""
    days = _of(data, rows, "crash_date", date.fromisoformat)
    exact = _of(data, rows, "date_precision", str)
    cut = {"month": 7, "year": 4}
    return [
        day.isoformat()[: cut[known]] if day and known in cut else day
        for day, known in zip(days, exact, strict=True)
    ]


def _counts(data: CrashData, rows: Ints, title: Message, what: str, told: bool) -> _Told:
    cells: Cells = [None] * len(rows)
    if told:
        is_told = tables.told(data, what)[rows].tolist()
        numbers = tables.by_crash(data, what)[rows].tolist()
        # A crash that does not tell has no nought; what it has at least is shown.
        cells = [n if n or known else None for n, known in zip(numbers, is_told, strict=True)]
    return _Told(Column(title, "int"), cells)


def _counts_vehicles(data: CrashData) -> bool:
    return data.has("n_vehicles") or len(data.table("vehicle")) > 0


def _hurt(data: CrashData, rows: Ints) -> Iterator[_Told]:
    """Yield the people hurt; of all injured where nobody tells how badly."""
    whole = tables.summary(data, data)
    known = {"killed": whole.killed, "serious": whole.serious, "slight": whole.slight}
    for name, code in PEOPLE:
        yield _counts(data, rows, filters.label(name), code, known[code] is not None)
    if whole.serious is None and whole.slight is None:
        yield _Told(Column(filters.label("n_injured"), "int"), _of(data, rows, "n_injured", int))


def _involved(data: CrashData, rows: Ints) -> _Told:
    """Name who was involved beside cars."""
    bits = np.zeros(len(rows), dtype=np.int64)
    for place, name in enumerate(INVOLVED):
        found = filters.levels(data, name)
        if found is not None:
            yes = found.look_up([value == "yes" for value in found.values], missing=False)
            bits |= yes[rows].astype(np.int64) << place
    labels = [filters.value_label("road_user", code) for code in INVOLVED.values()]
    said: dict[int, Message | None] = {0: None}
    for some in np.unique(bits).tolist():
        if some:
            who = [label for place, label in enumerate(labels) if some >> place & 1]
            said[some] = Message("{values}", {"values": who})
    return _Told(Column(Message("Also involved")), [said[some] for some in bits.tolist()])


def _vehicle(data: CrashData, rows: Ints, number: int) -> _Told:
    """Name one vehicle of each crash, and what it was doing, where that is told in words."""
    column = Column(Message("Vehicle {n}", {"n": number + 1}))
    table = data.table("vehicle")
    if "unit_type" not in table:
        return _Told(column, [None] * len(rows))
    mine = _members(data)[rows, number]
    kind, doing = table.levels("unit_type"), _doing(data)
    said: dict[tuple[int, int], Message | None] = {}
    cells: list[Message | None] = []
    for row in mine.tolist():
        key = (-1, -1) if row < 0 else (int(kind.codes[row]), int(doing.codes[row]))
        if key not in said:
            said[key] = _in_words(_word(kind, key[0]), _word(doing, key[1]))
        cells.append(said[key])
    return _Told(column, cells)


def _doing(data: CrashData) -> Levels:
    """Return the manoeuvres that are words; the numbers of a source say nothing to a reader."""
    table = data.table("vehicle")
    if "manoeuvre" not in table:
        return Levels(np.full(len(table), -1), ())
    found = table.levels("manoeuvre")
    return found.renamed(
        [one if any(sign.isalpha() for sign in one) else None for one in found.values]
    )


def _word(levels: Levels, code: int) -> str:
    return levels.values[code] if code >= 0 else ""


def _in_words(kind: str, doing: str) -> Message | None:
    if not _known(kind) and not _known(doing):
        return None
    what = filters.value_label("unit_type", kind)
    if not _known(doing):
        return what
    return Message("{vehicle}: {manoeuvre}", {"vehicle": what, "manoeuvre": doing})


def _members(data: CrashData) -> Ints:
    """Return the rows of the first vehicles of each crash, -1 for none."""
    crash = data.crash_of("vehicle").astype(np.int64)
    unit = _unit_numbers(data)
    rows = np.flatnonzero(crash >= 0)
    order = rows[np.lexsort((rows, unit[rows], crash[rows]))]
    found = np.full((len(data), VEHICLES), -1, dtype=np.int64)
    if order.size:
        owner = crash[order]
        firsts = np.searchsorted(owner, owner)
        place = np.arange(order.size) - firsts
        few = place < VEHICLES
        found[owner[few], place[few]] = order[few]
    return found


def _unit_numbers(data: CrashData) -> NDArray[np.float64]:
    table = data.table("vehicle")
    if "unit_no" not in table:
        return np.zeros(len(table))
    found = table.levels("unit_no")
    return found.numbers([int(one) if one.isdecimal() else np.inf for one in found.values])


SECTION = Section(
    name="crash_rows",
    title="The crashes one by one",
    build=build,
    applies=applies,
)
