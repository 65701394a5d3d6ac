"""What can be chosen for a report besides its filter: a month, a year, a road, a number.

The file of a report names its options; what there is to choose comes from the crashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from crashkit import filters, form
from crashkit.errors import Message, ReportError
from crashkit.model import CrashData, Month
from crashkit.quality import units
from crashkit.roads.corridors import CORRIDOR, Corridor

KINDS = ("month", "year", "value", "number", "unit", "form", "route")
MOST_OFFERED = 200
MONTH = re.compile(r"((?!0000)[0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, eq=False)
class Option:
    """Something to choose for a report.

    `kind` is "month" or "year" (whole ones in the data, the newest is usual), "value" (of the
    `field` of crashes, the most frequent is usual), "number" (`least` to `most`, `usual`), "unit"
    (who reported a crash; usual are the largest ones), "form" (one of `crashkit.forms`) or "route"
    (a road, or a corridor of the network; usual is the one with the most crashes). A number that is
    `drawn_anew` is the day in a report that is scheduled: another one each time.
    """

    name: str
    label: Message = field(hash=False)
    kind: str
    field: str = ""
    least: int = 0
    most: int = 0
    usual: int = 0
    drawn_anew: bool = False


def option(told: Mapping[str, object]) -> Option:
    """Read an option from the file of a report. Raises ReportError for a broken one."""
    known = {"name", "label", "kind", "field", "least", "most", "usual", "drawn_anew"}
    name, label, kind = (told.get(one) for one in ("name", "label", "kind"))
    wrong = [*(told.keys() - known)] + ([] if kind in KINDS else [str(kind)])
    if wrong or not isinstance(name, str) or not isinstance(label, str):
        raise ReportError("The option {name} cannot be used: {wrong}", name=str(name), wrong=wrong)
    more = {one: told[one] for one in known - {"name", "label", "kind"} if one in told}
    return Option(name, Message(label), str(kind), **more)  # type: ignore[arg-type]


def offered(
    one: Option, data: CrashData, corridors: Sequence[Corridor] = ()
) -> tuple[tuple[str, Message], ...]:
    """Return words to choose from with what they say, the usual one first; none for numbers."""
    if one.kind == "month":
        return tuple((f"{m:%Y-%m}", _said(m)) for m in whole_months(data)[:MOST_OFFERED])
    if one.kind == "year":
        return tuple((str(year), filters.plain(str(year))) for year in whole_years(data))
    if one.kind == "unit":
        return tuple(_units(data))
    if one.kind == "form":
        return tuple((name, found.title) for name, found in form.forms().items())
    if one.kind == "route":
        return tuple(_routes(data, corridors))
    return tuple(_values(one.field, data))[:MOST_OFFERED] if one.kind == "value" else ()


def chosen(
    options: Sequence[Option],
    words: Mapping[str, str],
    data: CrashData,
    corridors: Sequence[Corridor] = (),
) -> dict[str, str]:
    """Return the word of each option: what was said, or the usual one, if the data have any.

    Raises ReportError for an option that is not there, and for a word that cannot be.
    """
    known = {one.name: one for one in options}
    for name in words:
        if name not in known:
            raise ReportError(
                "This report has no option {name}; it has: {known}",
                name=name[:40],
                known=", ".join(known) or "–",
            )
    found = {
        name: _word(one, words.get(name, "").strip(), data, corridors)
        for name, one in known.items()
    }
    return {name: word for name, word in found.items() if word}


def told(
    options: Sequence[Option], words: Mapping[str, str]
) -> tuple[tuple[Message, Message], ...]:
    """Say what was chosen: labels with words."""
    return tuple((one.label, said(one, words[one.name])) for one in options if one.name in words)


NEWEST = Message("the newest that is whole on the day")
EACH_TIME = Message("the day on which it is written, so another one each time")


def lasting(
    options: Sequence[Option],
    words: Mapping[str, str],
    data: CrashData,
    corridors: Sequence[Corridor] = (),
) -> dict[str, str]:
    """Return the words to keep for a report that is written again and again.

    Left out are the month or year that is the newest now, and what is drawn anew: they move on.
    Raises ReportError for a word that cannot be, as `chosen` does.
    """
    chosen(options, words, data, corridors)
    usual = chosen(options, {}, data, corridors)
    moving = {
        one.name
        for one in options
        if one.drawn_anew
        or (one.kind in ("month", "year") and words.get(one.name) == usual.get(one.name))
    }
    return {name: word for name, word in words.items() if name not in moving}


def on_day(options: Sequence[Option], words: Mapping[str, str], day: date) -> dict[str, str]:
    """Return the words with which a report that lasts is written on a day."""
    drawn = {one.name: f"{day:%Y%m%d}" for one in options if one.drawn_anew}
    return {**words, **drawn}


def told_of_lasting(
    options: Sequence[Option], words: Mapping[str, str]
) -> tuple[tuple[Message, Message], ...]:
    """Say what was chosen for a report that lasts, and what moves on by itself."""
    return tuple(
        (one.label, found) for one in options if (found := _lasting_said(one, words)) is not None
    )


def _lasting_said(one: Option, words: Mapping[str, str]) -> Message | None:
    if one.drawn_anew:
        return EACH_TIME
    if one.name in words:
        return said(one, words[one.name])
    return NEWEST if one.kind in ("month", "year") else None


def said(one: Option, word: str) -> Message:
    """Say a word of an option."""
    if one.kind == "month" and MONTH.fullmatch(word):
        return _said(date.fromisoformat(f"{word}-01"))
    if one.kind == "form" and word in form.forms():
        return form.forms()[word].title
    if one.kind == "route":
        return route_name(word)
    if one.kind == "value" and one.field:
        return filters.value_label(one.field, word)
    return filters.plain(word)


def route_name(word: str) -> Message:
    """Say the word of a road or a corridor."""
    if word.startswith(CORRIDOR):
        return Message("corridor {name}", {"name": word.removeprefix(CORRIDOR)})
    return filters.value_label("road", word)


def whole_months(data: CrashData) -> tuple[date, ...]:
    """Return the first days of the months of which every day counts, the newest first."""
    return tuple(
        first
        for first in _months_back(data.period.start, data.period.end)
        if any(start <= first and _last_day(first) <= end for start, end in data.period.stretches)
    )


def whole_years(data: CrashData) -> tuple[int, ...]:
    """Return the years of which every day counts, the newest first."""
    return tuple(reversed(data.period.whole_years))


def _word(one: Option, word: str, data: CrashData, corridors: Sequence[Corridor]) -> str:
    if one.kind == "number":
        return _number(one, word)
    words = [known for known, _ in offered(one, data, corridors)]
    if not word:
        return words[0] if words else ""
    if word in words:
        return word
    raise ReportError(
        "{option} cannot be {word}: the data have {known}",
        option=one.label,
        word=word[:60],
        known=", ".join(words[:12]) + (" …" if len(words) > 12 else "") or "–",
    )


def _number(one: Option, word: str) -> str:
    word = word or str(one.usual)
    if not re.fullmatch(r"[0-9]{1,9}", word) or not one.least <= int(word) <= one.most:
        raise ReportError(
            "{option} cannot be {word}: it is a whole number from {least} to {most}.",
            option=one.label,
            word=word[:60],
            least=one.least,
            most=one.most,
        )
    return str(int(word))


def _values(field: str, data: CrashData) -> Iterator[tuple[str, Message]]:
    levels = filters.levels(data, field)
    if levels is None:
        return
    counts = dict(zip(map(str, levels.values), levels.counts()[1:], strict=True))
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    for word in ordered:
        if word and word != filters.UNKNOWN and counts[word]:
            yield word, filters.value_label(field, word)


def _units(data: CrashData) -> Iterator[tuple[str, Message]]:
    field = units.field_of(data)
    if field:
        yield "", Message("The largest ones")
        yield from _values(field, data)


def _routes(data: CrashData, corridors: Sequence[Corridor]) -> Iterator[tuple[str, Message]]:
    """Yield corridors before roads: there are few of them, and many roads."""
    roads = tuple(_values("road", data))[:MOST_OFFERED]
    if roads or corridors:
        yield "", Message("The one with the most crashes")
    for one in corridors:
        word = f"{CORRIDOR}{one.name}"
        yield word, route_name(word)
    yield from roads


def _said(first: date) -> Message:
    return Message("{month}", {"month": Month(first.year, first.month, 1)})


def _last_day(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _months_back(start: date, end: date) -> Iterator[date]:
    first = end.replace(day=1)
    while first >= start.replace(day=1):
        yield first
        first = (first - timedelta(days=1)).replace(day=1)
