"""Exposure by age and sex: bands of a table put together to the bands that are asked for.

A number of a band counts only where the bands of the table tile it without gap and overlap: nobody
is parted between two bands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from crashkit import bands
from crashkit.bands import Bands
from crashkit.exposure.told import Told

SEXES = ("male", "female")
EVERYBODY = ""

Tiles = Mapping[tuple[int, int], float]
"""Numbers by the first and the last year of age; OLDEST where a band is open."""
People = Mapping[str, Tiles]
"""Tiles by sex; EVERYBODY are both."""


def ends(band: str) -> tuple[int, int]:
    """Return the first and the last year of age of a band as it is kept: 5-9, 85+, "" for all.

    >>> ends("5-9"), ends("85+"), ends("")
    ((5, 9), (85, 120), (0, 120))
    """
    if not band:
        return 0, bands.OLDEST
    first, _, last = band.partition("-")
    return (int(first), int(last)) if last else (int(first.rstrip("+")), bands.OLDEST)


def by_year(told: Iterable[Told], quantity: str) -> Mapping[int, People]:
    """Return the numbers of the whole data set by year, sex and band of age."""
    found: dict[int, dict[str, dict[tuple[int, int], float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for one in told:
        if one.quantity == quantity and not one.area:
            found[one.year][one.sex][ends(one.age_band)] = one.value
    return found


def between(people: People, sex: str, first: int, last: int) -> float | None:
    """Return how many there are of a sex from one year of age to another; None where not told.

    Of both sexes it is the number told, or else the sum of both.
    """
    found = _tiled(people.get(sex, {}), first, last)
    if found is not None or sex != EVERYBODY:
        return found
    each = [_tiled(people.get(one, {}), first, last) for one in SEXES]
    return None if None in each else sum(one for one in each if one is not None)


def _tiled(tiles: Tiles, first: int, last: int) -> float | None:
    """Add up the widest bands that follow each other from one year of age to another.

    >>> _tiled({(0, 4): 5.0, (5, 9): 6.0, (0, 120): 99.0}, 0, 9), _tiled({(0, 4): 5.0}, 0, 9)
    (11.0, None)
    """
    fitting: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (start, end), value in tiles.items():
        if first <= start and end <= last:
            fitting[start].append((end, value))
    # From the end: what is told from each year of age on, by the widest band that leads there.
    from_here: dict[int, float] = {last + 1: 0.0}
    for start in sorted(fitting, reverse=True):
        for end, value in sorted(fitting[start], reverse=True):
            if end + 1 in from_here:
                from_here[start] = value + from_here[end + 1]
                break
    return from_here.get(first) if first <= last else None


def of_bands(people: People, asked: Bands, sex: str = EVERYBODY) -> dict[str, float]:
    """Return the number of each band that is told, by its key."""
    found = {key: between(people, sex, *ends(key)) for key in asked.keys}
    return {key: value for key, value in found.items() if value is not None}


def of_sexes(people: People) -> dict[str, float]:
    """Return the number of each sex that is told."""
    found = {sex: between(people, sex, 0, bands.OLDEST) for sex in SEXES}
    return {sex: value for sex, value in found.items() if value is not None}


def by_age_and_sex(
    told: Iterable[Told], quantity: str, asked: Bands, years: Sequence[int]
) -> dict[str, dict[str, float]]:
    """Return the number of each sex and band, added up over the years that all have to tell it."""
    people = by_year(told, quantity)
    found = {}
    for sex in SEXES:
        each = [of_bands(people.get(year, {}), asked, sex) for year in years]
        keys = [key for key in asked.keys if each and all(key in one for one in each)]
        found[sex] = {key: sum(one[key] for one in each) for key in keys}
    return found
