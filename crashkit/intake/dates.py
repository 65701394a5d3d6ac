"""Day or month first: told from all rows of a column, or asked, never guessed row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from crashkit import fields
from crashkit.errors import NeedsChoice
from crashkit.intake import mapping, parsing
from crashkit.intake.cells import Ints, combined
from crashkit.intake.parsing import Fault
from crashkit.intake.sheets import Sheet
from crashkit.profiles import Profile, Recipe

Place = tuple[str, str, str]
"""Layout, table and field of a date column."""

SURE = 0.9
"""Such a share of the telling rows settles the order; the others are refused."""

ORDERS = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}


@dataclass(frozen=True, eq=False)
class Days:
    """Distinct dates as written, as days (None: not known), how exact, and the word of each row."""

    raw: list[str]
    days: Sequence[date | Fault | None]
    precisions: list[str | None]
    codes: Ints


def orders(
    sheets: Sequence[Sheet], profile: Profile, options: Mapping[str, str]
) -> dict[Place, str]:
    """Return the order of each date column. Raises NeedsChoice (date-order)."""
    found: dict[Place, str] = {}
    for layout in profile.files:
        of_kind = [sheet for sheet in sheets if sheet.layout.name == layout.name]
        for table, recipes in layout.recipes.items():
            for name, recipe in recipes.items():
                if fields.get(table, name).type == "date" and recipe.column:
                    place = layout.name, table, name
                    found[place] = _order(of_kind, recipe, profile, options)
    return found


def _order(
    sheets: Sequence[Sheet], recipe: Recipe, profile: Profile, options: Mapping[str, str]
) -> str:
    answer = ORDERS.get(options.get("date_order", "").lower(), "")
    if recipe.format or answer or profile.date_order:
        return recipe.format or answer or profile.date_order
    votes: Counter[tuple[str, ...]] = Counter()
    for sheet in sheets:
        votes += _votes(sheet, recipe)
    day_first, month_first = votes[("dmy",)], votes[("mdy",)]
    if day_first + month_first + votes[("dmy", "mdy")] == 0:
        return "ymd"
    for order, those, others in (
        ("dmy", day_first, month_first),
        ("mdy", month_first, day_first),
    ):
        if those and those >= SURE * (those + others):
            return order
    return _by_weekday(sheets, recipe) or _ask(sheets, recipe, votes)


def _votes(sheet: Sheet, recipe: Recipe) -> Counter[tuple[str, ...]]:
    """Count rows by the orders in which their date makes sense."""
    column = sheet.taken.get(recipe.column)
    votes: Counter[tuple[str, ...]] = Counter()
    if column is not None:
        counts = np.bincount(column.codes, minlength=len(column.words)).tolist()
        for word, count in zip(column.words, counts, strict=True):
            parts = parsing.triple(mapping.clean(word))
            if parts and count:
                votes[parsing.orders(parts)] += count
    return votes


def _by_weekday(sheets: Sequence[Sheet], recipe: Recipe) -> str:
    """Return the order that agrees with the weekdays of the source, or nothing.

    Source: data_standards, section 4: the weekday arbiter.
    """
    agree = Counter({"dmy": 0, "mdy": 0})
    looked_at = 0
    for sheet in sheets:
        if recipe.weekday not in sheet.taken or recipe.column not in sheet.taken:
            continue
        columns = [sheet.taken[recipe.column], sheet.taken[recipe.weekday]]
        codes, rows = combined(columns, len(sheet))
        counts = np.bincount(codes, minlength=len(rows)).tolist()
        for (written, named), count in zip(rows, counts, strict=True):
            wanted = parsing.weekday(named.strip())
            looked_at += count if wanted else 0
            for order in agree:
                day = parsing.day(mapping.clean(written), order, century=recipe.century)
                if wanted and not isinstance(day, Fault) and day.isoweekday() == wanted:
                    agree[order] += count
    (best, most), (_, least) = agree.most_common()
    return best if looked_at and most >= SURE * looked_at and least < most / 2 else ""


def _ask(sheets: Sequence[Sheet], recipe: Recipe, votes: Counter[tuple[str, ...]]) -> str:
    column = next(sheet.taken[recipe.column] for sheet in sheets if recipe.column in sheet.taken)
    example = next(word for word in column.words if parsing.triple(mapping.clean(word)))
    mixed = votes[("dmy",)] and votes[("mdy",)]
    raise NeedsChoice(
        "Some dates in {column} have the day first and some the month. Say which is meant "
        "(--date-order); the others will be rejected."
        if mixed
        else "Whether the day or the month comes first in {column} cannot be told: {example} may "
        "be either. Say which (--date-order): dmy for the day, mdy for the month.",
        option="date-order",
        choices=("dmy", "mdy"),
        file=sheets[0].place,
        column=recipe.column,
        example=example.strip()[:20],
    )


# ----------------------------------------------------- dates in columns apart


def of_parts(part: Mapping[str, str | None], recipe: Recipe) -> date | Fault | None:
    """Make a day of year, month and day; the first of the month or year where no more is known."""
    year, month, day = (part.get(name) for name in (recipe.year, recipe.month, recipe.day))
    if year is None:
        return None
    first = (day if month else None) or "1"
    return parsing.made(year, month or "1", first, century=recipe.century)


def precision(part: Mapping[str, str | None], recipe: Recipe) -> str | None:
    """Return how much of a date is known: day, month or year."""
    if part.get(recipe.year) is None:
        return None
    if part.get(recipe.month) is None:
        return "year"
    return "day" if part.get(recipe.day) else "month"
