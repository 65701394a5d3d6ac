"""Strips: the roads of a list of blackspots by kilometre, with the sites as bands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request, url_for

from crashkit import api
from webapp import answers, blackspots, current, i18n, looking

area = Blueprint("strips", __name__)

WIDTH, LEFT, RIGHT = 1000.0, 44.0, 12.0
LABELS, ROW, PLOT, BELOW = 3, 16.0, 120.0, 44.0
"""Measures of a chart in its own units: rows for ranks, height of a row, of the bars, and below."""

HEIGHT = LABELS * ROW + PLOT + BELOW
LETTER = 7.5
LEAST_BAND = 3.0
TICKS = 10
FINE = (1, 2, 3, 4, 5, 6, 8, 10)
"""Steps of the scale of bars: half of it is one of them, times a power of ten."""
MOST_LABELS = 15
"""So many of the worst sites of a road bear their rank; all are in the table."""
OPEN = 3
"""So many roads are shown at once; the others unfold."""
MOST_PLACED = 50_000
"""So many crashes are put on roads within the time that a page may take."""


class Rect(NamedTuple):
    """A part of a bar: its place, its size and the severity of its crashes."""

    x: float
    y: float
    width: float
    height: float
    severity: str


class Text(NamedTuple):
    """A word at a place."""

    x: float
    y: float
    text: str


class Band(NamedTuple):
    """A site: where its band is, its rank with the place of the number, and its address."""

    x: float
    width: float
    rank: int
    label: Text | None
    address: str
    name: str


@dataclass(frozen=True, eq=False)
class Chart:
    """A strip as the page draws it, and the sites on it as rows of a table."""

    strip: api.Strip
    bars: tuple[Rect, ...]
    bands: tuple[Band, ...]
    across: tuple[Text, ...]
    up: tuple[Text, ...]
    towns: tuple[Text, ...]
    rows: tuple[tuple[float, blackspots.Row], ...]
    width: float = WIDTH
    height: float = HEIGHT
    top: float = LABELS * ROW
    bottom: float = LABELS * ROW + PLOT
    left: float = LEFT
    right: float = WIDTH - RIGHT


@area.get("/d/<dataset>/blackspots/<int:number>/strip")
def page(dataset: str, number: int) -> str:
    """Show each road with sites by kilometre; `road` in the address shows one, with its numbers."""
    result = blackspots.kept(dataset, number)
    look = looking.at(dataset, api.parse_filter(result.asked.crashes).query)
    charts = _charts(dataset, result, request.args.get("road"))
    return render_template(
        "blackspots/strip.html",
        look=look,
        dataset=look.dataset,
        result=result,
        charts=charts,
        one=bool(request.args.get("road")),
        open=OPEN,
        without=sum(one.site.from_m is None for one in result.findings),
        sentence=api.filter_sentence(look.chosen),
        severities=_severities(charts),
        all_severities=api.STRIP_SEVERITIES,
        value_label=api.value_label,
        list=url_for("blackspots.result", dataset=dataset, number=number),
        files=url_for("strips.page", dataset=dataset, number=number),
    )


@area.get("/d/<dataset>/blackspots/<int:number>/strip.json")
def document(dataset: str, number: int) -> Response:
    """Return all roads with their bars, sites and settlements."""
    result = blackspots.kept(dataset, number)
    return answers.document(api.strip_document(_strips(dataset, result)))


@area.get("/d/<dataset>/blackspots/<int:number>/strip.csv")
def table(dataset: str, number: int) -> Response:
    """Return the bars of all roads as CSV."""
    say = i18n.speaker_of_request().say
    heads = [
        *(say("Road"), say("From km"), say("To km"), say("Crashes")),
        *(say(api.value_label("severity", one)) for one in api.STRIP_SEVERITIES),
    ]
    rows = [
        [strip.label, bar.from_km, bar.to_km, bar.crashes, *bar.counts]
        for strip in _strips(dataset, blackspots.kept(dataset, number))
        for bar in strip.bars
    ]
    return answers.table(api.export_rows(heads, rows), f"{dataset}_{number}_strip", "csv")


@area.app_template_global()
def worst_strip(dataset: str, result: api.ScreeningResult) -> Chart | None:
    """Return the road of the worst site for the page of a list.

    None for a long list along a network: its crashes would have to be put on their roads first.
    """
    if api.needs_roads(result.asked) and result.crashes > MOST_PLACED:
        return None
    return next(iter(_charts(dataset, result, None, most=1)), None)


@area.app_template_global()
def strip_severities(chart: Chart) -> list[str]:
    """Return the severities that occur on a road, worst first."""
    return _severities([chart])


def _strips(dataset: str, result: api.ScreeningResult) -> tuple[api.Strip, ...]:
    return _drawn_up(current.store(), dataset, result.id or 0, result)


@lru_cache(maxsize=8)
def _drawn_up(
    store: api.Store, dataset: str, _number: int, result: api.ScreeningResult
) -> tuple[api.Strip, ...]:
    return api.strip_charts(store, dataset, result)


def _severities(charts: Sequence[Chart]) -> list[str]:
    bars = [bar.counts for chart in charts for bar in chart.strip.bars]
    totals = [sum(column) for column in zip(*bars, strict=True)]
    return [one for one, n in zip(api.STRIP_SEVERITIES, totals, strict=False) if n]


# ---------------------------------------------------------------- laying out


def _charts(
    dataset: str, result: api.ScreeningResult, road: str | None, *, most: int | None = None
) -> list[Chart]:
    found = [one for one in _strips(dataset, result) if road in (None, "", one.label)]
    rows, speaker = blackspots.rows_of(result), i18n.speaker_of_request()
    addresses = [
        url_for("sites.page", dataset=dataset, number=result.id, position=row.position)
        for row in rows
    ]
    return [_chart(one, rows, addresses, speaker) for one in found[:most]]


def _chart(
    strip: api.Strip,
    rows: Sequence[blackspots.Row],
    addresses: Sequence[str],
    speaker: api.Speaker,
) -> Chart:
    whole = strip.to_km - strip.from_km

    def at(km: float) -> float:
        return LEFT + (km - strip.from_km) / whole * (WIDTH - LEFT - RIGHT)

    scale = 2 * _nice(max(bar.per_km for bar in strip.bars) / 2, FINE)
    bottom = LABELS * ROW + PLOT
    along = [(band.from_km, rows[band.position - 1]) for band in strip.bands]
    step = _nice(whole / TICKS)
    ticks = range(math.ceil(strip.from_km / step), math.floor(strip.to_km / step + 1e-9) + 1)
    digits = max(0, -math.floor(math.log10(step)))
    half = 0 if scale / 2 >= 1 else 1
    return Chart(
        strip=strip,
        bars=tuple(_rects(strip, at, scale)),
        bands=tuple(_bands(strip, at, addresses, rows, speaker)),
        across=tuple(Text(at(n * step), bottom, speaker.number(n * step, digits)) for n in ticks),
        up=tuple(
            Text(LEFT, bottom - PLOT * share, speaker.number(scale * share, half))
            for share in (0.5, 1.0)
        ),
        towns=tuple(_towns(strip, at)),
        rows=tuple(sorted(along, key=lambda one: (one[0], one[1].position))),
    )


def _rects(strip: api.Strip, at: Any, scale: float) -> Iterator[Rect]:
    for bar in strip.bars:
        top = LABELS * ROW + PLOT
        left, wide = at(bar.from_km), at(bar.to_km) - at(bar.from_km)
        for severity, n in zip(api.STRIP_SEVERITIES, bar.counts, strict=True):
            height = n / (bar.to_km - bar.from_km) / scale * PLOT
            if n:
                top -= height
                yield Rect(left, top, wide, height, severity)


def _bands(
    strip: api.Strip,
    at: Any,
    addresses: Sequence[str],
    rows: Sequence[blackspots.Row],
    speaker: api.Speaker,
) -> Iterator[Band]:
    """Lay out the bands, the worst first, so that its rank is written where there is room."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(LABELS)]
    for nth, band in enumerate(sorted(strip.bands, key=lambda one: one.position)):
        left, right = at(band.from_km), at(band.to_km)
        wide = max(right - left, LEAST_BAND)
        left = (left + right - wide) / 2
        word = str(band.finding.rank)
        label = _room(word, left + wide / 2, taken) if nth < MOST_LABELS else None
        said = rows[band.position - 1].said
        name = speaker.say(blackspots.site_name(said))
        yield Band(left, wide, band.finding.rank, label, addresses[band.position - 1], name)


def _room(word: str, middle: float, taken: list[list[tuple[float, float]]]) -> Text | None:
    """Return where a number can be written above the bars, in the lowest row that is free."""
    half = (len(word) * LETTER + 6) / 2
    middle = min(max(middle, LEFT + half - 4), WIDTH - half)
    for row, words in enumerate(taken):
        if all(middle + half <= low or high <= middle - half for low, high in words):
            words.append((middle - half, middle + half))
            return Text(middle, (LABELS - row) * ROW - 4, word)
    return None


def _towns(strip: api.Strip, at: Any) -> Iterator[Text]:
    end = -math.inf
    for mark in strip.marks:
        half = len(mark.name) * LETTER / 2
        middle = min(max(at(mark.at_km), half), WIDTH - half)
        if middle - half > end:
            end = middle + half + LETTER
            yield Text(middle, HEIGHT - 4, mark.name)


def _nice(least: float, steps: Sequence[int] = (1, 2, 5, 10)) -> float:
    """Return the next of these steps, times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(least, 0.01)))
    return next(power * one for one in steps if power * one >= least * (1 - 1e-9))
