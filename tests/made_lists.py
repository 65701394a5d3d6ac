"""Lists of sites for tests: answers of screenings from the few facts a test is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from made_crashes import made, table
from made_sites import NAN

from crashkit import filters, presets, screening
from crashkit.model import CrashData, Finding, Period, Score, Screening, ScreeningResult, Site

PERIOD = Period(date(2021, 1, 1), date(2023, 12, 31))


def answer(
    sites: Sequence[Site | Iterable[int]], *, period: Period = PERIOD, preset: str = "count_1km"
) -> ScreeningResult:
    """Return a list, the worst first: sites, or only the crashes of each, which have no place."""
    findings = [
        Finding(site, Score(1.0, True), rank, {"crashes": len(site.crash_ids)})
        for rank, site in enumerate(map(_site, sites), 1)
    ]
    asked = Screening(preset, "anchored", "count", {}, {}, {}, title=preset)
    return ScreeningResult(asked, tuple(findings), 9, 99, 99, period, "made v1")


def _site(one: Site | Iterable[int]) -> Site:
    if isinstance(one, Site):
        return one
    ids = tuple(int(id_) for id_ in one)
    return Site(",".join(map(str, ids)), "", NAN, NAN, ids)


def along(text: str, *, period: Period = PERIOD, road: str = "M39") -> CrashData:
    """Make crashes of one road from a text table with `km` and whatever else it tells."""
    rows = [
        {
            "road_key": road,
            "chainage_km": float(row["km"]),
            "lon": 69 + float(row["km"]) / 100,
            "lat": 41.0,
            **{name: cell for name, cell in row.items() if name != "km"},
        }
        for row in table(text)
    ]
    return made(rows, period=period)


def ask(preset: str, words: str = "", **changes: Any) -> Screening:
    """Ask a shipped rule, with a filter and changed numbers."""
    return screening.ask(presets.get(preset), changes, filters.parse(words))
