"""What an analysis is: a question about crashes in, a titled answer out; no format, no language.

The answer says in its title what is counted, in one sentence what was found and how sure that is,
and holds the numbers once, in its table: page, file, JSON twin and report show the same.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import crashkit
from crashkit import bands, dropins, fields, filters, publishing, tables
from crashkit.blocks import Block, Column, Figure, Heading, Note, Paragraph, Points, Table
from crashkit.errors import Message, MethodError, NotFound, within
from crashkit.exposure.told import Told
from crashkit.model import UNITS, CrashData, Period
from crashkit.roads.corridors import Corridor
from crashkit.roads.placing import Placed
from crashkit.weather.days import Weather

Say = Callable[..., str]


def nowhere() -> Placed | None:
    """Say that no network of roads is known."""
    return None


def no_weather() -> Weather | None:
    """Say that nobody has told the weather."""
    return None


@dataclass(frozen=True)
class Listed:
    """A site of a list on its road, between two posts in metres; `number` is how the list says it.

    `label` tells roads apart whose posts start anew, "" where the list does not.
    """

    number: str
    road: str
    label: str
    from_m: float
    to_m: float


@dataclass(frozen=True)
class Sites:
    """What is listed on roads, and in words which list that is."""

    told: Message
    listed: tuple[Listed, ...]


def no_sites() -> Sites | None:
    """Say that no list of sites is known."""
    return None


def no_corridors() -> tuple[Corridor, ...]:
    """Say that no corridor is told."""
    return ()


@dataclass(frozen=True, eq=False)
class Question:
    """What an analysis may look at.

    `data` are the crashes through the filter, `whole` all of the data set. `unit` says what is
    counted: crashes, casualties or vehicles. `chosen` are the words of the choices, by their name.
    `words` say the filter, and `by_filter` are the fields that it looks at, where these are known.
    `other` are the crashes of a second filter, which `other_words` says; `exposure` what the store
    knows of population, vehicles and traffic; `roads` finds where the crashes of the whole lie on a
    network, `corridors` the named sets of its sections, `sites` what is listed on roads, and
    `weather` tells that of each day and place.
    """

    data: CrashData
    whole: CrashData
    unit: str = "crashes"
    chosen: Mapping[str, str] = field(default_factory=dict)
    other: CrashData | None = None
    other_words: tuple[Message, ...] = ()
    exposure: Sequence[Told] = ()
    roads: Callable[[], Placed | None] = nowhere
    words: tuple[Message, ...] = ()
    by_filter: frozenset[str] = frozenset()
    sites: Callable[[], Sites | None] = no_sites
    weather: Callable[[], Weather | None] = no_weather
    corridors: Callable[[], tuple[Corridor, ...]] = no_corridors

    def keys_of(self, names: Collection[str]) -> list[str]:
        """Return the keys of the filter that are of these fields, such as `person.age` for age."""
        return sorted(
            key for key in self.by_filter if key in names or key.rpartition(".")[2] in names
        )


Options = Sequence[tuple[str, Message]]


@dataclass(frozen=True)
class Choice:
    """Something to choose: its word in an address, its label, what there is; the first is usual.

    Where it is `free`, any word may be said: the options are what is usual, if anything is, and the
    analysis reads the word.
    """

    name: str
    label: Message
    options: Callable[[Question], Options]
    free: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found. `figure.table` holds the numbers; `finding` is one sentence.

    `method` says how it was computed, with sources; `notes` what is unknown or left out;
    `warnings` what must be seen before the chart.
    """

    title: Message
    finding: Message
    figure: Figure
    method: tuple[Message, ...]
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    @property
    def table(self) -> Table:
        """The numbers of the chart."""
        if self.figure.table is None:
            raise TypeError("the figure of an answer has a table")
        return self.figure.table

    def _repr_html_(self) -> str:
        """Show title, finding and table in a notebook, in English."""
        shown = as_frame(self, str).to_html(index=False, na_rep="", border=0)
        title, finding = (html.escape(str(one), quote=False) for one in (self.title, self.finding))
        told = [*self.warnings, *self.notes]
        notes = "".join(f"<li>{html.escape(str(one), quote=False)}</li>" for one in told)
        return f"<h3>{title}</h3><p>{finding}</p>{shown}<ul>{notes}</ul>"


def never(question: Question) -> bool:
    """Say no."""
    return False


def always(question: Question) -> bool:
    """Say yes."""
    return True


def nothing_lacks(question: Question) -> Message | None:
    """Say that any data will do."""
    return None


@dataclass(frozen=True)
class Analysis:
    """One thing that can be asked of crashes, dropped into `analyses` as a file.

    `units` are what it can count, the usual first. `lacks` says in words what the data do not
    have and the analysis needs; `order` sorts the list, `theme` groups it: when, who, what, where.
    `rests_on` are fields whose parts the finding compares: where the filter itself chooses by one,
    there is nothing to find. `by_years` says whether it divides by what is told of whole years.
    `of_deaths` says that deaths alone are counted, which the severity of crashes can tell as well.
    `public` says whether its table holds all counts that its chart and its sentences are made of,
    so that crashkit.publishing can protect them.
    """

    name: str
    title: str
    summary: str
    theme: str
    order: int
    answer: Callable[[Question], Answer]
    units: tuple[str, ...] = UNITS
    choices: tuple[Choice, ...] = ()
    lacks: Callable[[Question], Message | None] = nothing_lacks
    compares: bool = False
    rests_on: frozenset[str] = frozenset()
    by_years: Callable[[Question], bool] = lambda question: False
    of_deaths: bool = False
    public: Callable[[Question], bool] = never


HOURS = frozenset({"hour", "crash_time", "light", *bands.of(bands.HOUR)})
"""Fields by which a filter chooses hours of the day; light goes with them."""

WITHIN_THE_YEAR = HOURS | {"month", "weekday"}
"""Fields by which a filter chooses a part of each year."""

THEMES = {
    "when": Message("When"),
    "what": Message("What and how severe"),
    "who": Message("People and vehicles"),
    "where": Message("Where"),
    "compare": Message("Comparisons"),
}


@cache
def analyses() -> Mapping[str, Analysis]:
    """Return every analysis by name, in the order of lists. Raises DropinError for a broken one."""
    found = dropins.parts("crashkit.analyses", "ANALYSIS", Analysis)
    themes = list(THEMES)
    ordered = sorted(found.values(), key=lambda one: (themes.index(one.theme), one.order, one.name))
    return MappingProxyType({one.name: one for one in ordered})


def named(name: str) -> Analysis:
    """Return one analysis. Raises NotFound."""
    known = analyses()
    if name not in known:
        raise NotFound(
            "There is no analysis {name}; there are {known}.", name=name, known=", ".join(known)
        )
    return known[name]


def answer(name: str, question: Question) -> Answer:
    """Answer a question by the analysis of this name.

    Raises NotFound for another name; MethodError for a unit or a choice that it does not have,
    for no crashes, and where the data lack what it needs.
    """
    asked = named(name)
    if question.unit not in asked.units:
        raise MethodError(
            "{analysis} counts {units}, not {unit}.",
            analysis=Message(asked.title),
            units=[Message(unit) for unit in asked.units],
            unit=Message(question.unit) if question.unit in UNITS else question.unit[:40],
        )
    missing = lacking(name, question)
    if missing is not None:
        raise MethodError(missing.text, **missing.values)
    for choice in asked.choices:
        if not choice.free:
            _check(choice, question)
    found = _in_view_of_the_filter(asked, question, asked.answer(question))
    return _in_view_of_the_data(question, found)


def lacking(name: str, question: Question) -> Message | None:
    """Say what the data do not have and an analysis needs; None where it can be asked.

    What the whole data set never records is lacking: nought would be a lie. Raises NotFound.
    """
    if not len(question.data):
        return Message("No crash passes the filter.")
    asked = named(name)
    untold = None if asked.of_deaths else tables.untold(question.whole, question.unit)
    return untold or asked.lacks(question)


def _in_view_of_the_data(question: Question, found: Answer) -> Answer:
    """Say what is counted truly where the data, or some crashes, record only some of it."""
    untold = tables.untold_crashes(question.data, question.unit)
    said = (*found.notes, *found.warnings)
    found = replace(found, notes=(*found.notes, *(one for one in untold if one not in said)))
    part = tables.untold_part(question.whole, question.unit)
    if part is None:
        return found
    usual = tables.COUNTED[question.unit]
    return replace(found, notes=tuple(part if one == usual else one for one in found.notes))


def chosen_by(question: Question, names: Collection[str]) -> Message | None:
    """Say that the filter itself chooses by one of these fields; None where it does not."""
    keys = question.keys_of(names)
    if not keys:
        return None
    return Message(
        "The filter itself chooses by {fields}: the numbers are told, and nothing is compared.",
        {"fields": [within(filters.label(one)) for one in keys]},
    )


SURELY_CUT = 10.0
"""A part without a crash, where so many are expected of it, is cut off by the filter.

The chance of none is exp(-10).
"""


def cut_off(question: Question, name: str) -> frozenset[int]:
    """Return the values of month or hour of which the filter surely leaves no crash.

    Where the filter is known to choose by the field, that is each of which none is left.
    """
    share = len(question.data) / max(len(question.whole), 1)
    if share == 1:
        return frozenset()
    left, there = (_by_number(one, name) for one in (question.data, question.whole))
    least = 0.0 if question.keys_of({name}) else SURELY_CUT
    return frozenset(np.flatnonzero((left == 0) & (there * share > least)).tolist())


def _by_number(data: CrashData, name: str) -> NDArray[np.int64]:
    """Count the crashes of each month or hour."""
    found = np.zeros(24, dtype=np.int64)
    levels = filters.levels(data, name)
    if levels is not None:
        places = [int(float(value)) for value in levels.values]
        np.add.at(found, places, levels.counts()[1:])
    return found


def _in_view_of_the_filter(asked: Analysis, question: Question, found: Answer) -> Answer:
    """Take back what would be said of the filter alone, and warn of what it does to rates."""
    finding = chosen_by(question, asked.rests_on)
    if finding is not None:
        found = replace(found, finding=finding)
    parts = question.keys_of(WITHIN_THE_YEAR)
    if parts and asked.by_years(question):
        warning = Message(
            "The filter chooses by {fields}, but traffic and population are those of whole years: "
            "rates by them are too low, and tell no risk.",
            {"fields": [within(filters.label(one)) for one in parts]},
        )
        found = replace(found, warnings=(warning, *found.warnings))
    return found


def chosen(choice: Choice, question: Question) -> str:
    """Return what was chosen, or what is usual; "" where there is nothing to choose."""
    options = choice.options(question)
    return question.chosen.get(choice.name) or (options[0][0] if options else "")


def _check(choice: Choice, question: Question) -> None:
    word = question.chosen.get(choice.name, "")
    known = [key for key, _ in choice.options(question)]
    if word and word not in known:
        if is_field(word):
            raise MethodError("The data do not tell: {field}.", field=filters.label(word))
        raise MethodError(
            "{label}: there is no {word}; there are {known}.",
            label=choice.label,
            word=word[:40],
            known=", ".join(known),
        )


def is_field(word: str) -> bool:
    """Say whether a word is the name of a field of crashes, vehicles or people, or bands of one."""
    return word in bands.known() or any(fields.has(table, word) for table in fields.TABLES)


# ------------------------------------------------------------- where it comes from


@dataclass(frozen=True)
class Origin:
    """Where the numbers of an answer come from, for a picture that is looked at on its own.

    `fingerprint` is a short hash of the question and its numbers: same inputs, same fingerprint.
    """

    data_version: str
    filter_sentence: tuple[Message, ...]
    used: int
    of: int
    attribution: str
    software: str
    fingerprint: str
    synthetic: bool = False

    @property
    def pairs(self) -> tuple[tuple[Message, Message | str], ...]:
        """What stands below the picture: labels and what they say."""
        return (
            (Message("Data"), self.data_version),
            (
                Message("Crashes used"),
                Message("{used} of {of}", {"used": self.used, "of": self.of}),
            ),
            (Message("Source of the data"), self.attribution or Message("not stated")),
            (Message("Software"), self.software),
            (Message("Fingerprint"), self.fingerprint),
        )


def origin(found: Answer, asked: Question, sentence: tuple[Message, ...]) -> Origin:
    """Say where an answer comes from; `sentence` are the words of the filter."""
    info = asked.whole.dataset
    software = f"CrashKit {crashkit.__version__}"
    version = info.fingerprint if info else ""
    inputs = {
        "software": software,
        "data": version,
        "filter": [str(one) for one in sentence],
        "unit": asked.unit,
        "chosen": dict(asked.chosen),
        "other": [str(one) for one in asked.other_words],
        "title": str(found.title),
        "rows": [[str(cell) for cell in row] for row in found.table.rows],
    }
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=True)
    return Origin(
        data_version=version,
        filter_sentence=sentence,
        used=len(asked.data),
        of=len(asked.whole),
        attribution=info.attribution if info else "",
        software=software,
        fingerprint=hashlib.sha256(text.encode("ascii")).hexdigest()[:12],
        synthetic=bool(info and info.synthetic),
    )


def published(found: Answer, threshold: int, period: Period) -> Answer:
    """Return an answer for the public: see crashkit.publishing. Raises ValueError."""
    days = (period.start, period.end)
    return of_blocks(found, publishing.publish(told_blocks(found), threshold, days=days).blocks)


def refused_for_public(asked: Question, threshold: int) -> Message | None:
    """Say why the filter of a question may not choose what the public sees; None where it may."""
    left_out = len(asked.whole) - len(asked.data)
    return publishing.refused_filter(asked.by_filter, left_out, threshold)


def told_blocks(found: Answer) -> tuple[Block, ...]:
    """Return what the public is told of an answer, before anything is hidden."""
    return (
        *(Note(one, "warning") for one in found.warnings),
        Paragraph((found.finding,)),
        found.figure,
        Points(found.notes),
        Paragraph(found.method),
    )


def of_blocks(found: Answer, told: Sequence[Block]) -> Answer:
    """Return an answer of what may be told of it. Raises MethodError where that is no table."""
    tables_left = [one for one in told if isinstance(one, Table | Figure)]
    if not tables_left:
        raise MethodError("Nothing of this can be told to the public.")
    left = tables_left[0]
    table = left if isinstance(left, Table) else left.table
    figure = left if isinstance(left, Figure) else replace(found.figure, data={}, table=table)
    said, *method = [block.sentences for block in told if isinstance(block, Paragraph)] or [()]
    notes = [one for block in told if isinstance(block, Points) for one in block.items]
    notes += [block.text for block in told if isinstance(block, Note) and block.kind == "note"]
    return replace(
        found,
        finding=said[0] if said else publishing.MORE,
        figure=figure,
        notes=tuple(notes),
        method=tuple(one for block in method for one in block if one is not publishing.MORE),
        warnings=tuple(
            block.text for block in told if isinstance(block, Note) and block.kind == "warning"
        ),
    )


# ------------------------------------------------------------------ as other things


def as_blocks(found: Answer) -> list[Block]:
    """Return an answer as a chapter of a report."""
    blocks: list[Block] = [Heading(found.title, 2)]
    blocks += [Note(one, "warning") for one in found.warnings]
    blocks += [Paragraph((found.finding,)), found.figure]
    return [*blocks, Points(found.notes)] if found.notes else blocks


def as_document(found: Answer, version: str, say: Say) -> dict[str, Any]:
    """Return the JSON document of an answer, as in docs/schema/analysis.json."""
    return {
        "title": say(found.title),
        "finding": say(found.finding),
        "data_version": version,
        "columns": [{"title": say(one.title), "kind": one.kind} for one in found.table.columns],
        "rows": [[_plain(cell, say) for cell in row] for row in found.table.rows],
        "warnings": [say(one) for one in found.warnings],
        "notes": [say(one) for one in found.notes],
        "method": [say(one) for one in found.method],
    }


def as_frame(found: Answer, say: Say) -> pd.DataFrame:
    """Return the numbers of an answer as a frame, its headings and labels in one language."""
    rows = [[_plain(cell, say) for cell in row] for row in found.table.rows]
    return pd.DataFrame(rows, columns=heads(found.table.columns, say))


def heads(columns: Sequence[Column], say: Say) -> list[str]:
    """Return the headings of columns."""
    return [say(one.title) for one in columns]


def _plain(cell: Any, say: Say) -> Any:
    if isinstance(cell, Message):
        return say(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
