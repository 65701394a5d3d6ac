"""Deaths by year and area for so many people, vehicles or vehicle-km, with exact limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import bands, breaks, casualties, filters, reporting
from crashkit.errors import Message, MethodError, TooLittle, counted
from crashkit.exposure import ages, words
from crashkit.exposure.told import Told
from crashkit.model import CrashData
from crashkit.quality import killed
from crashkit.roads.columns import plain
from crashkit.trends import ratios

AREAS: Mapping[str, Message] = {"admin1": Message("Province"), "admin2": Message("District")}
"""Fields whose names an area of a table may be."""
NAMED = 5
"""So many areas are named of those that have no number."""


@dataclass(frozen=True)
class DeathRate:
    """The deaths of an area ("": all crashes) in a year, by its exposure, with 95 % limits.

    `within_30d` is the rate of the deaths estimated within 30 days, None where the factor of the
    definition is not known.
    """

    area: str
    year: int
    deaths: int
    exposure: float
    rate: ratios.Rate
    within_30d: float | None


@dataclass(frozen=True)
class DeathRates:
    """Rates by area, then year, `per` so many of a quantity; `notes` say what has none."""

    quantity: str
    per: int
    by: str
    factor: float | None
    rates: tuple[DeathRate, ...]
    notes: tuple[Message, ...]


def death_rates(
    data: CrashData,
    told: Iterable[Told],
    quantity: str,
    *,
    by: str = "",
    whole: CrashData | None = None,
) -> DeathRates:
    """Return the deaths of each whole year per so much exposure, of all crashes or `by` AREAS.

    A year or an area without an amount has no rate: amounts of areas are not added up, as a table
    may tell provinces and their districts. Districts of several provinces that share a name have
    none either. `whole` is what `data` were cut from. Limits are exact and of chance alone; those
    killed in one crash count each. Raises MethodError where there is nothing to divide, or to
    divide by.

    Source: Garwood 1936; methods, section 9.4.
    """
    _check_quantity(quantity)
    if by and by not in AREAS:
        raise MethodError(
            "Areas are told by one of: {names}, not by “{name}”.", names=list(AREAS), name=by
        )
    years = [year.year for year in breaks.whole_years(data)]
    if not years:
        raise MethodError("There is no whole year of which these data tell the deaths.")
    amounts = amounts_of(told, quantity)
    names, left_out = areas(data if whole is None else whole, by)
    factor = killed.deaths(data).factor
    counts = _counts(data, by)
    rates = tuple(
        _rate((names[key], year), counts[key, year], amounts[key, year], quantity, factor)
        for key in sorted(names)
        for year in years
        if (key, year) in amounts
    )
    if not rates:
        raise nothing(quantity, by, amounts)
    return DeathRates(
        quantity=quantity,
        per=words.per(quantity),
        by=by,
        factor=None if factor is None else factor.factor,
        rates=rates,
        notes=(
            *left_out,
            *_gaps(names, years, amounts, by),
            *casualties.uncounted_notes(casualties.uncounted_years(data)),
        ),
    )


def _check_quantity(quantity: str) -> None:
    if quantity not in words.QUANTITIES:
        raise MethodError(
            "There is no exposure “{name}”; there are: {names}",
            name=quantity,
            names=list(words.QUANTITIES),
        )


def amounts_of(told: Iterable[Told], quantity: str) -> dict[tuple[str, int], float]:
    """Return the amounts of a quantity by area, as compared, and year; "" is the whole data set.

    Numbers by age and sex count where they add up to the whole data set, which no row tells. Raises
    MethodError for another quantity, and where nothing is told of it.
    """
    _check_quantity(quantity)
    kept = [one for one in told if one.quantity == quantity]
    parts = ages.by_year(kept, quantity)
    found = {
        ("", year): n
        for year, people in parts.items()
        if (n := ages.between(people, ages.EVERYBODY, 0, bands.OLDEST)) is not None
    }
    found |= {
        (plain(one.area), one.year): one.value for one in kept if not (one.age_band or one.sex)
    }
    if not found:
        raise MethodError(
            "There is no exposure: nobody has told “{quantity}” for this data set. Add a table "
            "with a column of years and one of “{column}”.",
            quantity=words.QUANTITIES[quantity],
            column=quantity,
        )
    return found


def nothing(quantity: str, by: str, amounts: Mapping[tuple[str, int], float]) -> MethodError:
    """Return why no amount goes with these crashes."""
    if not by and not any(area == "" for area, _ in amounts):
        return MethodError(
            "“{quantity}” is told of areas only. Ask by area, or add a row without an area for all "
            "of them.",
            quantity=words.QUANTITIES[quantity],
        )
    return TooLittle(
        "No whole year and area of these data has a number of “{quantity}”. Areas are compared by "
        "their names.",
        quantity=words.QUANTITIES[quantity],
    )


def areas(data: CrashData, by: str) -> tuple[dict[str, str], tuple[Message, ...]]:
    """Return the areas of the data as compared and as written, and which names are of several."""
    if not by:
        return {"": ""}, ()
    levels = filters.levels(data, by)
    if levels is None:
        return {}, ()
    written = zip(levels.values, levels.counts()[1:], strict=True)
    names = {plain(name): name for name, count in sorted(written) if count and name}
    shared = _shared(data) & set(names) if by == "admin2" else set()
    if not shared:
        return names, ()
    note = Message(
        "Districts of several provinces share a name, so they have no rate: {names}",
        {"names": [names[key] for key in sorted(shared)][:NAMED]},
    )
    return {key: name for key, name in names.items() if key not in shared}, (note,)


def _shared(data: CrashData) -> set[str]:
    """Return the names of districts, as compared, that lie in more than one province."""
    above, below = filters.levels(data, "admin1"), filters.levels(data, "admin2")
    if above is None or below is None:
        return set()
    provinces = defaultdict(set)
    pairs = np.unique(np.column_stack([above.codes, below.codes]), axis=0)
    for province, district in pairs.tolist():
        if province >= 0 and district >= 0:
            provinces[plain(below.values[district])].add(province)
    return {name for name, found in provinces.items() if len(found) > 1}


def _counts(data: CrashData, by: str) -> Mapping[tuple[str, int], int]:
    """Count the deaths of each area, as compared, and year."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    years, deaths = filters.numbers(data, "year"), casualties.deaths(data)
    levels = filters.levels(data, by) if by else None
    keys = [""] if levels is None else [plain(value) for value in levels.values]
    codes = np.zeros(len(data), dtype=int) if levels is None else levels.codes
    for i in np.flatnonzero((deaths > 0) & np.isfinite(years) & (codes >= 0)).tolist():
        found[keys[codes[i]], int(years[i])] += round(deaths[i])
    return found


def _rate(
    place: tuple[str, int],
    deaths: int,
    exposure: float,
    quantity: str,
    factor: reporting.Factor | None,
) -> DeathRate:
    rate = ratios.rate(deaths, exposure, per=words.per(quantity))
    within = None if factor is None else rate.rate * factor.factor
    return DeathRate(*place, deaths, exposure, rate, within)


def _gaps(
    names: Mapping[str, str],
    years: Sequence[int],
    amounts: Mapping[tuple[str, int], float],
    by: str,
) -> tuple[Message, ...]:
    """Say which areas and years of the data have no number, and which numbers are of no area."""
    told = {area for area, _ in amounts}
    without = [name for key, name in sorted(names.items()) if key not in told]
    strange = sorted(told - set(names) - {""}) if by else []
    gaps = [
        str(year) for year in years if any((key, year) not in amounts for key in told & set(names))
    ]
    notes = []
    if without:
        notes.append(
            counted(
                "{n} area has no number: {names}",
                "{n} areas have no number: {names}",
                len(without),
                names=without[:NAMED],
            )
        )
    if strange:
        notes.append(
            counted(
                "{n} area of the table has no crashes under its name: {names}",
                "{n} areas of the table have no crashes under their names: {names}",
                len(strange),
                names=strange[:NAMED],
            )
        )
    if gaps:
        notes.append(Message("Years without a number are left out: {years}", {"years": gaps}))
    return tuple(notes)
