"""The same filter for the period before: as many days or years as it chooses, just before them."""

from __future__ import annotations

from datetime import date, timedelta

from crashkit.filters import reading
from crashkit.filters.groups import ANY
from crashkit.filters.reading import Filter
from crashkit.filters.spelling import UNKNOWN, runs
from crashkit.model import Period


def before(chosen: Filter, covered: Period) -> Filter | None:
    """Return the filter moved to the period before; None where it chooses none, or none is there.

    Years move by as many years, days by as many days. `covered` is what the data cover.

    >>> covered = Period(date(2016, 1, 1), date(2025, 12, 31))
    >>> before(reading.parse("year=2022-2023; light=day"), covered).words
    'light=day; year=2020-2021'
    """
    query = chosen.query
    if ANY in query or UNKNOWN in query.get("year", ""):
        return None
    if "year" in query and not {"from", "to"} & set(query):
        years = reading.whole_numbers(query["year"])
        length = max(years) - min(years) + 1
        if min(years) - length < covered.start.year:
            return None
        moved = ",".join(runs({year - length for year in years}))
        return reading.parse({**query, "year": moved})
    if "year" in query or "from" not in query:
        return None
    start = date.fromisoformat(query["from"])
    end = date.fromisoformat(query["to"]) if "to" in query else covered.end
    length = (end - start).days + 1
    if length < 1 or start - timedelta(days=length) < covered.start:
        return None
    earlier = {
        "from": (start - timedelta(days=length)).isoformat(),
        "to": (start - timedelta(days=1)).isoformat(),
    }
    return reading.parse({**query, **earlier})
