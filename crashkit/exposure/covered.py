"""How much exposure the areas or years of crashes had, over the whole years that are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from crashkit import bands, breaks, filters, tables
from crashkit.errors import Message, MethodError, TooLittle, counted
from crashkit.exposure import ages, words, yearly
from crashkit.exposure.told import Told
from crashkit.model import CrashData

YEAR = "year"
SEX = "sex"
ROWS = (YEAR, *yearly.AREAS, SEX, *bands.of(bands.AGE))
"""Fields whose values have an exposure: years, the areas of tables, and ages and sex of people."""


@dataclass(frozen=True, eq=False)
class Covered:
    """The exposure of each value of a field over `years`, and the crashes of these years.

    Of an area it is the sum over the years (people times years); an area that one of the years
    does not tell has none. `notes` say which years count, and what has no number.
    """

    quantity: str
    per: int
    data: CrashData
    years: tuple[int, ...]
    amounts: Mapping[str, float]
    notes: tuple[Message, ...]


def covered(
    data: CrashData,
    told: Iterable[Told],
    quantity: str,
    field: str,
    whole: CrashData,
    *,
    unit: str = "crashes",
    injuries: Sequence[str] = (),
) -> Covered:
    """Return the exposure by the years or areas of crashes; `whole` is what `data` were cut from.

    Years and areas whose crashes do not tell how many of the `unit`, or of these `injuries` (codes
    of tables.HURT), they are do not count. Raises MethodError for a field that has none, and where
    nothing is told of its values.
    """
    if field not in ROWS:
        raise MethodError(
            "Exposure is kept by year, area, age and sex, not by {field}: rates need rows of one "
            "of {names}.",
            field=filters.label(field),
            names=[filters.label(one) for one in ROWS],
        )
    asked = injuries or (unit,)
    untold = frozenset[int]().union(*(tables.untold_years(data, one) for one in asked))
    years = [year.year for year in breaks.whole_years(data) if year.year not in untold]
    if not years:
        raise TooLittle("Rates need a whole year, and these crashes cover none.")
    if field not in (YEAR, *yearly.AREAS):
        return _by_people(data, quantity, years, ages.by_year(told, quantity), field)
    amounts = yearly.amounts_of(told, quantity)
    if field == YEAR:
        return _by_year(data, quantity, years, amounts)
    names, left_out = yearly.areas(whole, field)
    told_in = {y: sum((key, y) in amounts for key in names) for y in years}
    most = max(told_in.values(), default=0)
    if not most:
        raise yearly.nothing(quantity, field, amounts)
    used = tuple(y for y in years if told_in[y] == most)
    found = {
        name: sum(amounts[key, y] for y in used)
        for key, name in names.items()
        if all((key, y) in amounts for y in used)
    }
    nothing_told = (tables.untold_values(data, one, field) for one in asked)
    lacking = sorted(frozenset[str]().union(*nothing_told) & set(found))
    found = {name: amount for name, amount in found.items() if name not in lacking}
    if not found:
        raise yearly.nothing(quantity, field, amounts)
    if lacking:
        left_out = (*left_out, _untold(lacking, asked))
    without = sorted({*names.values()} - {*found, *lacking})
    gone = () if not without else (_without(without),)
    return _covered(data, quantity, used, found, (*left_out, *gone))


def _by_people(
    data: CrashData, quantity: str, years: list[int], people: Mapping[int, ages.People], field: str
) -> Covered:
    """Return the exposure by age or sex, over the years that tell the most of them."""
    amounts = {
        year: ages.of_sexes(people[year])
        if field == SEX
        else ages.of_bands(people[year], bands.known()[field])
        for year in years
        if year in people
    }
    most = max(map(len, amounts.values()), default=0)
    if not most:
        raise TooLittle(
            "Nobody has told “{quantity}” by {field} for a whole year of these data, in bands that "
            "fit: add a table with a column of ages, and of sex.",
            quantity=words.QUANTITIES[quantity],
            field=filters.label(field),
        )
    used = tuple(year for year, told in amounts.items() if len(told) == most)
    keys = [key for key in amounts[used[0]] if all(key in amounts[year] for year in used)]
    found = {key: sum(amounts[year][key] for year in used) for key in keys}
    asked = ages.SEXES if field == SEX else bands.known()[field].keys
    without = [filters.value_label(field, key) for key in asked if key not in found]
    note = Message("No number of people fits {names}: these have no rate.", {"names": without})
    return _covered(data, quantity, used, found, (note,) if without else ())


def _untold(names: list[str], asked: Sequence[str]) -> Message:
    labels = {**tables.UNIT_LABELS, **tables.SUMMED}
    return Message(
        "The crashes of {names} do not tell “{what}”: these areas have no rate.",
        {"names": names[: yearly.NAMED], "what": [labels[one] for one in asked]},
    )


def _by_year(
    data: CrashData, quantity: str, years: list[int], amounts: Mapping[tuple[str, int], float]
) -> Covered:
    found = {str(year): amounts["", year] for year in years if ("", year) in amounts}
    if not found:
        raise yearly.nothing(quantity, "", amounts)
    return _covered(data, quantity, tuple(int(year) for year in found), found, ())


def _without(names: list[str]) -> Message:
    return counted(
        "{n} area has no number for these years, and so no rate: {names}",
        "{n} areas have no number for these years, and so no rate: {names}",
        len(names),
        names=names[: yearly.NAMED],
    )


def _covered(
    data: CrashData,
    quantity: str,
    years: tuple[int, ...],
    amounts: Mapping[str, float],
    notes: tuple[Message, ...],
) -> Covered:
    kept = np.isin(filters.numbers(data, "year"), years)
    stretches = [(date(year, 1, 1), date(year, 12, 31)) for year in years]
    # What is all there need not be cut, and keeps what was found of it.
    part = data if kept.all() else data.keep(kept, period=data.period.within(stretches))
    said = [
        Message(
            "Rates are of the whole years with a number of “{quantity}”: {years}.",
            {"quantity": words.QUANTITIES[quantity], "years": [*map(str, years)]},
        )
    ]
    if len(part) < len(data):
        said.append(
            counted(
                "{n} crash of other times is left out.",
                "{n} crashes of other times are left out.",
                len(data) - len(part),
            )
        )
    return Covered(quantity, words.per(quantity), part, years, amounts, (*said, *notes))
