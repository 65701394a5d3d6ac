"""The filter bar: what it offers for the data at hand, and what is chosen in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import current, looking
from webapp.looking import Look

area = Blueprint("filter_bar", __name__)

GROUPS = (
    ("when", api.Message("When"), ("year", "from", "to", "month", "weekday", "hour")),
    ("severity", api.Message("Severity"), ("severity",)),
    ("users", api.Message("Road users"), ("road_user",)),
    ("type", api.Message("Crash type"), ("crash_type", "collision_manner")),
    (
        "where",
        api.Message("Where"),
        ("road", "km", "admin1", "admin2", "settlement", "area_type", "road_class", "located"),
    ),
    (
        "conditions",
        api.Message("Conditions"),
        ("light", "weather", "surface_condition", "junction", "speed_limit"),
    ),
)
"""The parts of the bar, each with the keys of the filter it holds."""

PAGES = ("map", "crashes", "explore", "explore/table", "blackspots", "reports")
"""Pages of a data set that have the bar; its forms go back there."""

TABLES = (
    ("", api.Message("Crashes")),
    ("vehicle", api.Message("Vehicles")),
    ("person", api.Message("People")),
)
"""Whose fields there are, by what stands before the point in their key."""

HIDDEN = frozenset({"source_id", "country", "lat", "lon"})
"""Fields that no bar offers: they are the same in all crashes, or chosen on the map."""

BANDS = ((0, 5), (6, 9), (10, 15), (16, 19), (20, 23))
"""Hours of the day that belong together: night, morning, day, evening, late."""

SHOWN_TEXTS = 6
"""Of roads and places so many are offered to tick, the most frequent first; others are typed."""

UNKNOWN = "unknown"


LINES = {
    "amounts": api.Message("Numbers and ranges, such as 3,5-10,20-"),
    "days": api.Message("Days, or two with a stroke: 2023-01-01/2023-03-31"),
    "times": api.Message("Times, or two with a stroke: 22:00/05:30"),
    "km": api.Message("From and to, such as 10-20.5"),
    "words": api.Message("Other words; * stands for any signs"),
    "hour": api.Message("Other hours, such as 22-5"),
    "text": api.Message("Another one"),
}
"""What is said beside the line of a widget, by its kind."""


class Box(NamedTuple):
    """One thing to tick."""

    value: str
    label: api.Message
    crashes: int | None
    ticked: bool


@dataclass(frozen=True)
class Widget:
    """One key in the bar: things to tick, and perhaps a line to write in.

    `line` is what is written there, None where there is no line; `known` helps to complete it.
    """

    name: str
    label: api.Message
    kind: str
    boxes: tuple[Box, ...] = ()
    line: str | None = None
    known: tuple[str, ...] = ()

    @property
    def meaning(self) -> api.Message | None:
        """What the field means."""
        return api.field_definition(self.name)

    @property
    def code_meanings(self) -> list[tuple[api.Message, api.Message]]:
        """What those of its codes mean whose labels do not say it all."""
        found = [(box.label, api.value_definition(self.name, box.value)) for box in self.boxes]
        return [(label, meaning) for label, meaning in found if meaning]

    @property
    def is_typed(self) -> bool:
        """Say whether its values are typed, so that the line comes first."""
        return self.kind in ("amounts", "days", "times", "km")

    @property
    def line_label(self) -> api.Message:
        """What is said beside the line."""
        return LINES[self.kind]


@dataclass(frozen=True)
class Group:
    """A part of the bar; `used` counts its conditions.

    `further` are fields that can still be chosen in it: of crashes, of vehicles, of people.
    """

    name: str
    label: api.Message
    widgets: tuple[Widget, ...]
    used: int
    further: tuple[tuple[api.Message, tuple[api.FilterField, ...]], ...] = ()
    is_open: bool = False


class Condition(NamedTuple):
    """One condition in words, and the end of the address without it."""

    sentence: api.Message
    query: str


UNITS = (
    ("crashes", api.Message("Crashes")),
    ("casualties", api.Message("Casualties")),
    ("vehicles", api.Message("Vehicles")),
)
"""What can be counted; the first where the address says nothing."""


def unit() -> str:
    """Return what the address counts, as it says it."""
    return request.args.get("unit") or UNITS[0][0]


@area.app_template_global()
def unit_words() -> dict[str, str]:
    """Return the unit of count as words of an address, for all links; none for crashes."""
    return {"unit": unit()} if unit() in dict(UNITS[1:]) else {}


@area.app_template_global()
def filter_units(known: Sequence[str] | None = None) -> list[tuple[str, api.Message, bool]]:
    """Return what can be counted: the value in a form, its label, and whether it is chosen.

    `known` are those that the page can count, by default all.
    """
    return [
        ("" if i == 0 else code, label, code == unit())
        for i, (code, label) in enumerate(UNITS)
        if known is None or code in known
    ]


@area.app_template_global()
def page_query(look: Look) -> str:
    """Return filter and unit as the end of the addresses of other pages."""
    return looking.query_string({**look.chosen.query, **unit_words()})


@area.app_template_global()
def filter_groups(look: Look) -> list[Group]:
    """Return the parts of the bar that these data can fill."""
    offered = {field.name: field for field in looking.choices(look.data)}
    chosen = look.chosen.query
    found = []
    for group, label, names in GROUPS:
        widgets = [
            _widget(offered[name], chosen.get(name, "")) for name in names if name in offered
        ]
        if widgets:
            used = sum(name in chosen for name in names)
            found.append(Group(group, label, tuple(widgets), used))
    return [*found, *_more(look)]


def _more(look: Look) -> list[Group]:
    """Return the part for all other fields: those chosen, the one asked for, and their names."""
    shown = {name for _, _, names in GROUPS for name in names} | HIDDEN
    fields = [one for one in _further(look.data) if one.name not in shown]
    there = {one.name for one in fields}
    asked = request.args.get("field", "")
    chosen = look.chosen.query
    names = [one.name for one in fields if one.name in chosen or one.name == asked]
    # A filter may look at a field that these data do not have.
    names += [name for name in chosen if api.is_field(name) and name not in there | shown]
    if not fields and not names:
        return []
    widgets = [_widget(_choice(look.data, name), chosen.get(name, "")) for name in names]
    further = [
        (label, tuple(one for one in fields if _table(one.name) == table))
        for table, label in TABLES
    ]
    offered = tuple((label, some) for label, some in further if some)
    used = sum(name in chosen for name in names)
    label = api.Message("More")
    return [Group("more", label, tuple(widgets), used, offered, asked in there)]


def _table(name: str) -> str:
    return name.partition(".")[0] if "." in name else ""


@lru_cache(maxsize=4)
def _further(data: api.CrashData) -> tuple[api.FilterField, ...]:
    return tuple(api.further_fields(data))


@lru_cache(maxsize=16)
def _choice(data: api.CrashData, name: str) -> api.FilterField:
    return api.filter_choice(data, name)


@area.app_template_global()
def filter_conditions(look: Look, keep: dict[str, str]) -> list[Condition]:
    """Say each condition in words, with the address that takes it away; `keep` stays in it."""
    return [
        Condition(
            api.filter_sentence(one)[0],
            looking.query_string({**look.chosen.less(one).query, **keep}),
        )
        for one in look.chosen.conditions
    ]


class Row(NamedTuple):
    """A condition in the editor of alternatives; `alternative` 0 has to hold in any case.

    A group beyond the first one is not `open`: it stays as it is.
    """

    condition: api.Filter
    sentence: api.Message
    alternative: int
    is_open: bool


@area.app_template_global()
def filter_rows(look: Look) -> list[Row]:
    """Return the rows of the editor of alternatives; none where there is nothing to choose."""
    grouped = [one for one in look.chosen.conditions if one.either]
    rows = [_row(one, 0) for one in look.chosen.conditions if not one.either]
    for condition in grouped[:1]:
        for number, alternative in enumerate(condition.either[0], 1):
            rows += [_row(one, number) for one in alternative.conditions]
    rows += [_row(one, 0) for one in grouped[1:]]
    return rows if len(rows) > 1 else []


def _row(one: api.Filter, alternative: int) -> Row:
    return Row(one, api.filter_sentence(one)[0], alternative, not one.either)


@area.get("/d/<dataset>/filters/either")
def either(dataset: str) -> AnyResponse:
    """Go back to a page with the conditions of its filter put together anew, as the editor says."""
    back = request.args.get("back", "")
    words = {
        name: value
        for name, value in request.args.items()
        if name not in ("back", "condition", "alternative")
    }
    chosen = _put_together(request.args.getlist("condition"), request.args.getlist("alternative"))
    if not is_page(dataset, back):
        raise api.NotFound("There is no page {page}.", page=back[:100])
    return redirect(back + looking.query_string({**chosen.query, **words}), 302)


def _put_together(conditions: Sequence[str], alternatives: Sequence[str]) -> api.Filter:
    """Return the filter in which conditions of one number hold together, and one number is enough.

    A single number is no alternative: its conditions have to hold.
    """
    by_number: dict[str, list[api.Filter]] = {}
    for words, number in zip(conditions, alternatives, strict=False):
        by_number.setdefault(number, []).append(api.parse_filter(words))
    always = by_number.pop("0", [])
    together = [api.all_of(some) for some in by_number.values()]
    group = [api.any_of(together)] if len(together) > 1 else together
    return api.all_of([*always, *group])


def is_page(dataset: str, address: str) -> bool:
    """Say whether an address is a page of this data set that has the bar."""
    here = f"/d/{quote(dataset, safe='')}"
    return address in {
        *(f"{here}/{page}" for page in PAGES),
        *(f"{here}/explore/{name}" for name in api.list_analyses()),
    }


class Saved(NamedTuple):
    """A saved filter, and the end of the address that applies it; None where it has become unread.

    `is_on` says that the page is looked at through it.
    """

    name: str
    query: str | None
    is_on: bool


@area.app_template_global()
def filter_saved(look: Look, keep: dict[str, str]) -> list[Saved]:
    """Return the filters saved for the data set, each with its address on this page."""
    return [
        Saved(
            one.name,
            looking.query_string({**one.chosen.query, **keep}) if one.chosen else None,
            one.chosen == look.chosen,
        )
        for one in api.saved_filters(current.store(), look.dataset.name)
    ]


class Blamed(NamedTuple):
    """What a condition does to a filter that keeps nothing, and the end of the address without."""

    emptied: api.Emptied
    sentence: api.Message
    query: str


@area.app_template_global()
def filter_emptied(look: Look, keep: dict[str, str]) -> list[Blamed]:
    """Say of each condition what it does where nothing passes the filter."""
    return [
        Blamed(
            one,
            api.filter_sentence(one.condition)[0],
            looking.query_string({**look.chosen.less(one.condition).query, **keep}),
        )
        for one in emptied(look)
    ]


def emptied(look: Look) -> tuple[api.Emptied, ...]:
    """Return what each condition does where nothing passes the filter, counted once."""
    return _emptied(look.data, look.chosen) if not look.summary.crashes else ()


@lru_cache(maxsize=8)
def _emptied(data: api.CrashData, chosen: api.Filter) -> tuple[api.Emptied, ...]:
    return tuple(api.explain_empty(data, chosen))


@area.app_template_global()
def query_string(words: dict[str, str]) -> str:
    """Write the end of an address; "" for nothing."""
    return looking.query_string(words)


@area.app_template_global()
def filter_rest(look: Look, groups: Sequence[Group]) -> dict[str, str]:
    """Return the conditions that no part of the bar has a place for, to be kept as they are."""
    shown = {widget.name for group in groups for widget in group.widgets}
    return {name: value for name, value in look.chosen.terms if name not in shown}


def _widget(field: api.FilterField, value: str) -> Widget:
    if field.kind == "date":
        return Widget(field.name, field.label, field.kind, line=value)
    if field.name == "hour":
        return _hours(field, value)
    if field.kind in ("text", "words"):
        return _texts(field, value)
    if field.kind in LINES:
        return _line(field, value)
    wanted = _numbers(value) if field.kind == "range" else {v for v in value.split(",") if v}
    boxes = [Box(*option, option.value in wanted) for option in field.options]
    left = wanted - {box.value for box in boxes}
    return Widget(field.name, field.label, field.kind, (*boxes, *_without_crashes(field, left)))


def _without_crashes(field: api.FilterField, chosen: set[str]) -> list[Box]:
    """Offer values that are chosen though no crash has them: the form would lose them."""
    numbers = [int(one) for one in chosen if one != UNKNOWN] if field.kind == "range" else []
    values = [*_runs(sorted(numbers)), *sorted(chosen - {str(number) for number in numbers})]
    return [Box(value, _label(field, value), 0, ticked=True) for value in values]


def _label(field: api.FilterField, value: str) -> api.Message:
    first, _, last = value.partition("-")
    if field.kind == "range" and last:
        return api.Message("{first} to {last}", {"first": first, "last": last})
    return api.value_label(field.name.rpartition(".")[2], value)


def _line(field: api.FilterField, value: str) -> Widget:
    """Offer a line for numbers, days or times, and what is not known."""
    parts = [part for part in value.split(",") if part]
    unknown = Box(UNKNOWN, api.value_label(field.name, UNKNOWN), None, UNKNOWN in parts)
    line = ",".join(part for part in parts if part != UNKNOWN)
    return Widget(field.name, field.label, field.kind, (unknown,), line=line)


def _hours(field: api.FilterField, value: str) -> Widget:
    """Offer bands of hours; hours that fill no band stand in the line."""
    wanted = _numbers(value)
    counts = {option.value: option.crashes for option in field.options}
    boxes, left = [], wanted - {UNKNOWN}
    for first, last in BANDS:
        band = {str(hour) for hour in range(first, last + 1)}
        label = api.Message("{first} to {last}", {"first": f"{first}:00", "last": f"{last}:59"})
        crashes = sum(counts.get(hour, 0) for hour in band)
        boxes.append(Box(f"{first}-{last}", label, crashes, band <= wanted))
        left -= band if band <= wanted else set()
    unknown = [
        Box(*option, UNKNOWN in wanted) for option in field.options if option.value == UNKNOWN
    ] or _without_crashes(field, wanted & {UNKNOWN})
    line = ",".join(_runs(sorted(int(hour) for hour in left)))
    return Widget(field.name, field.label, "hour", (*boxes, *unknown), line=line)


def _texts(field: api.FilterField, value: str) -> Widget:
    """Offer the most frequent texts and those chosen; the others can be typed."""
    wanted = {word.casefold() for word in value.split(",") if word}
    ticked = [option for option in field.options if option.value.casefold() in wanted]
    first = [option for option in field.options[:SHOWN_TEXTS] if option not in ticked]
    unknown = [o for o in field.options if o.value == UNKNOWN and o not in (*ticked, *first)]
    boxes = [
        *(Box(*option, True) for option in ticked),
        *(Box(*option, False) for option in (*first, *unknown)),
    ]
    shown = {box.value for box in boxes}
    typed = _typed(wanted - {value.casefold() for value in shown}, value)
    known = tuple(option.value for option in field.options if option.value not in shown)
    line = ",".join(typed) if known or typed or field.kind == "words" else None
    return Widget(field.name, field.label, field.kind, tuple(boxes), line=line, known=known)


def _typed(left: set[str], value: str) -> Sequence[str]:
    return [word for word in value.split(",") if word.casefold() in left]


def _numbers(value: str) -> set[str]:
    """Return the numbers of a canonical value such as "2020-2022,unknown", as words."""
    return {word for part in value.split(",") if part for word in _run(part)}


def _runs(numbers: Sequence[int]) -> list[str]:
    """Write whole numbers short: 1, 2, 3, 7 becomes 1-3 and 7."""
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]


def _run(part: str) -> Iterable[str]:
    first, _, last = part.partition("-")
    return [str(n) for n in range(int(first), int(last) + 1)] if last else [part]
