"""What a report section is: facts in, blocks out; no format and no language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import filters, options, routes, tables, timeline, units
from crashkit.analysis import Question
from crashkit.blocks import TOTAL, Block, Column, Table
from crashkit.errors import Message
from crashkit.model import (
    CrashData,
    CrossTable,
    DatasetInfo,
    ScreeningResult,
    Summary,
    constant,
)
from crashkit.own_reports import Part
from crashkit.quality import Scorecard
from crashkit.quick import QuickAnswer
from crashkit.register import SiteRecord
from crashkit.routes import Route
from crashkit.stripcharts import Strip


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything a section may look at; `quality` judges the whole data set, not the filtered.

    `saved` are the sites of the register, `strips` the roads on which the screening has sites,
    `answer` is what a quick answer says.
    `besides` is a question with what the store knows besides crashes, for the analyses. `options`
    are the words of what was chosen for the report, by the names of its options. `public` is the
    threshold below which a report for the public hides counts, 0 for any other report. `years` are
    how many years the crashes were cut to for a part of the report, 0 where they were not.
    """

    data: CrashData
    everything: CrashData
    dataset: DatasetInfo
    filter_sentence: tuple[Message, ...]
    filter_query: Mapping[str, str]
    summary: Summary
    screening: ScreeningResult | None = None
    layers: Mapping[str, Any] = field(default_factory=dict)
    saved: tuple[SiteRecord, ...] = ()
    quality: Scorecard | None = None
    strips: tuple[Strip, ...] = ()
    answer: QuickAnswer | None = None
    besides: Question | None = None
    public: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    years: int = 0

    @property
    def year(self) -> int | None:
        """The year that was chosen, or the newest whole one; None where no year is whole."""
        if "year" in self.options:
            return int(self.options["year"])
        whole = () if self.data.period.undated else self.data.period.whole_years
        return whole[-1] if whole else None

    @property
    def month(self) -> date | None:
        """The month that was chosen, or else the newest whole one; None where no month is whole."""
        if timeline.lacks(self.data) is not None:
            return None
        if "month" in self.options:
            return date.fromisoformat(f"{self.options['month']}-01")
        return next(iter(options.whole_months(self.data)), None)

    def of_years(self, years: int) -> Facts:
        """Return what is known of so many years, the newest whole one the last.

        0 are all days, and so is any number where no year is whole.
        """
        data = self._newest(self.data, years)
        if data is self.data:
            return self
        summary = tables.summary(data, self.everything)
        return replace(self, data=data, summary=summary, years=years)

    def _newest(self, data: CrashData, years: int) -> CrashData:
        last = self.year
        if not years or last is None:
            return data
        return newest_years(data, last, years)

    def question(self, part: Part, unit: str) -> Question:
        """Return what an analysis in the report is asked: of its own crashes, or of the report's.

        Raises FilterError for a filter of its own that cannot be read.
        """
        own, other = part.filter, part.other
        data = self.data if own is None else filters.apply(filters.parse(own), self.everything)
        data = self._newest(data, part.years)
        second = filters.parse(other) if other else None
        return replace(
            self.besides or Question(data, self.everything),
            data=data,
            whole=self.everything,
            unit=unit,
            chosen=part.chosen,
            other=None if second is None else filters.apply(second, self.everything),
            other_words=() if second is None else filters.sentence(second),
        )


def newest_years(data: CrashData, last: int, years: int) -> CrashData:
    """Cut to so many calendar years, `last` the last of them; it is done once."""

    def cut(whole: CrashData) -> CrashData:
        here = filters.numbers(whole, "year")
        first = last - years + 1
        period = whole.period.cut(date(first, 1, 1), date(last, 12, 31))
        return whole.keep((here >= first) & (here <= last), period=period)

    found: CrashData = data.once(f"{years} years to {last}", cut)
    return found


@lru_cache(maxsize=2)
def route_of(facts: Facts) -> Route | None:
    """Return the road or corridor that a report is about, found once; None where none is known.

    It is the one that was chosen, or else the one with the most crashes. None, too, where no crash
    has a place on the one that was chosen.
    """
    asked = facts.question(Part(analysis="corridor"), "crashes")
    word = facts.options.get("road", "")
    find = routes.named if word else routes.way
    way = find(asked, word) if len(facts.data) else None
    return Route(asked, way) if way else None


@dataclass(frozen=True)
class Section:
    """A part of a report, chosen by name. `applies` says whether the facts support it.

    `needs` names what it is about besides crashes, if anything: the answer to a "screening", the
    scorecard of the "quality", or what was asked of one "place". `asks_more` says whether its
    tables rest on what the store knows besides the crashes. It is `public` where all that it tells
    are counts in tables and figures, and sentences about them: no single crash, person, site or
    unit; then crashkit.publishing protects it.
    """

    name: str
    title: str
    build: Callable[[Facts], list[Block]]
    applies: Callable[[Facts], bool] = lambda facts: True
    needs: str = ""
    asks_more: bool = False
    public: bool = False


@dataclass(frozen=True)
class Public:
    """What a report for the public hides: counts below a threshold, how many numbers in all.

    `left_out` are the sentences and figures that are left out with them; `secret` are the numbers
    that are hidden somewhere.
    """

    threshold: int
    hidden: int
    left_out: int
    secret: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Stamp:
    """What makes a number traceable: data set and version, dates, filter, counts, software.

    `fingerprint` is a short hash of all inputs: same inputs, same fingerprint, same numbers.
    `template` names the report template of the users, and its parts; `options` say what was chosen
    for the report. `rejected` and `duplicates` are rows of the imports that did not become crashes,
    vehicles or people; None where nobody tells. `definitions` say what each counted thing is.
    `rule` says all that the rule of a list of sites asks, with its numbers. `of_year` is the year
    that parts of the report are about, with how many of the crashes used lie in it.
    """

    dataset: str
    data_version: str
    data_date: date
    filter_sentence: tuple[Message, ...]
    used: int
    of: int
    unlocated: int
    killed_definition: Message
    method: Message | None
    attribution: str
    software: str
    fingerprint: str
    synthetic: bool = False
    template: Message | None = None
    public: Public | None = None
    rejected: int | None = None
    duplicates: int | None = None
    definitions: tuple[tuple[Message, Message], ...] = ()
    options: tuple[tuple[Message, Message], ...] = ()
    rule: tuple[tuple[Message, Message], ...] = ()
    of_year: tuple[int, int] | None = None


@dataclass(frozen=True)
class Report:
    """A whole report: title, blocks in order, and the stamp that closes it.

    `layout` is "sheet" (one upright page in two columns), "list" (pages that lie on their side),
    or, with as many parts below each other as there are, "pages" (upright) or "lying". A "book" is
    upright, with a title page, contents, and numbered chapters that begin a page. "large" is
    upright, in letters to be read in a vehicle. `options` are the words of what was chosen, also of
    what is usual.
    """

    kind: str
    title: Message
    subtitle: Message
    blocks: tuple[Block, ...]
    stamp: Stamp
    layout: str = "sheet"
    options: Mapping[str, str] = field(default_factory=dict)


def tells_severity(facts: Facts) -> bool:
    """Say whether the severity of any crash is known."""
    return facts.summary.by_severity.get(filters.UNKNOWN, 0) < facts.summary.crashes


def span(road: str, from_km: float, to_km: float) -> Message:
    """Say a part of a road by its km posts."""
    return Message(
        "{road}, km {first} to {last}",
        {"road": road, "first": units.post(from_km), "last": units.post(to_km)},
    )


# ---------------------------------------------------------- counts as a table


def counts(table: CrossTable, caption: Message, *, most: int | None = None) -> Table:
    """Lay out counts for a report: columns without a count are left out, a total is added.

    With `most`, only the rows with the highest totals stand, the highest first, and the others
    are added up in one line.
    """
    shown = told(table)
    rows = [
        (label, *(row[j] for j in shown), sum(row))
        for label, row in zip(table.row_labels, table.cells, strict=True)
    ]
    if most is not None:
        rows = _highest(dict(zip(table.rows, rows, strict=True)), most)
    total = (
        TOTAL,
        *(sum(row[j] for row in table.cells) for j in shown),
        table.total,
    )
    columns = (
        Column(filters.label(table.row_field)),
        *(Column(table.column_labels[j], "int") for j in shown),
        Column(TOTAL, "int", of_all=True),
    )
    return Table(caption, columns, (*rows, total), total_row=True)


def told(table: CrossTable) -> list[int]:
    """Return the columns that have a count; none where nothing but unknown is there."""
    used = [j for j, _ in enumerate(table.columns) if any(row[j] for row in table.cells)]
    known = any(table.columns[j] not in ("", filters.UNKNOWN) for j in used)
    return used if known else []


def _highest(rows: Mapping[str, tuple[Any, ...]], most: int) -> list[tuple[Any, ...]]:
    """Return the rows with the highest totals; unknown comes last, the others before it."""
    unknown = [rows[key] for key in rows if key in ("", filters.UNKNOWN) and rows[key][-1]]
    known = {key: row for key, row in rows.items() if key and key != filters.UNKNOWN and row[-1]}
    ordered = sorted(known, key=lambda key: (key == tables.OTHERS, -known[key][-1]))
    if len(ordered) <= most + 1 and tables.OTHERS not in ordered:
        return [*(known[key] for key in ordered), *unknown]
    rest = [sum(cells) for cells in zip(*(known[key][1:] for key in ordered[most:]), strict=True)]
    return [*(known[key] for key in ordered[:most]), (tables.OTHERS_LABEL, *rest), *unknown]


# ------------------------------------------------------------ points on a map

Floats = NDArray[np.float64]


def ground_words(layers: Mapping[str, Any]) -> Message:
    """Return what must stand below a map: whose base map it is, and that lines are no judgement."""
    boundaries = Message("Boundaries and names shown do not imply any judgement on legal status.")
    if layers:
        return boundaries
    return Message(
        "Base map: Natural Earth; GeoNames (CC BY 4.0). {boundaries}", {"boundaries": boundaries}
    )


def points(data: CrashData) -> tuple[Floats, Floats, NDArray[np.object_]]:
    """Return longitude, latitude (degrees) and severity of the crashes that have coordinates."""
    lon, lat = (filters.numbers(data, name) for name in ("lon", "lat"))
    severity = constant(len(data), filters.UNKNOWN)
    if "severity" in data.crashes.columns:
        severity = data.crashes["severity"].astype(object).fillna(filters.UNKNOWN).to_numpy()
    here = np.isfinite(lon) & np.isfinite(lat)
    return lon[here], lat[here], severity[here]


def frame(lon: Floats, lat: Floats) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a map of points: a few strays do not make it useless."""
    west, east = _ends(lon)
    south, north = _ends(lat)
    return west, south, east, north


STRAYS = 0.005
"""Share of the points on either side that may lie outside of the map where they lie far off."""


def _ends(values: Floats) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    inner_low, inner_high = np.quantile(values, [STRAYS, 1 - STRAYS])
    inside = max(float(inner_high - inner_low), 0.005)
    # Each end by itself: one crash beyond 180 degrees must not cut off the other end of a country.
    if inner_low - low > inside:
        low = float(inner_low) - inside / 10
    if high - inner_high > inside:
        high = float(inner_high) + inside / 10
    return low, high


def outside(lon: Floats, lat: Floats, box: tuple[float, float, float, float]) -> int:
    """Count the points outside of a map."""
    west, south, east, north = box
    return int(((lon < west) | (lon > east) | (lat < south) | (lat > north)).sum())
