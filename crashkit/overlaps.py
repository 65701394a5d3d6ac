"""Names of rows and columns that together stand for the same: bands of ages or hours, and areas.

Tables of bands of five and of ten years tell of each other: who subtracts the ones from the others
learns what either hides. So the press (crashkit.publishing) takes these sums for known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_HOURS = re.compile(r"(\d+)–(\d+) h")
_BAND = re.compile(r"(\d+)–(\d+)")
_OPEN = re.compile(r"(\d+)\+")
_ONE = re.compile(r"\d+")


@dataclass(frozen=True)
class Same:
    """Names that together count the same as other names together; either may be one."""

    these: tuple[str, ...]
    those: tuple[str, ...]


def span(name: str) -> tuple[int, float] | None:
    """Return where a band begins and where the next one does; None for what is no band.

    >>> span("15–29"), span("6–9 h"), span("70+"), span("7"), span("North")
    ((15, 30), (6, 9), (70, inf), (7, 8), None)
    """
    if found := _HOURS.fullmatch(name):
        return _forward(int(found[1]), int(found[2]))
    if found := _BAND.fullmatch(name):
        return _forward(int(found[1]), int(found[2]) + 1)
    if found := _OPEN.fullmatch(name):
        return int(found[1]), math.inf
    return (int(name), int(name) + 1) if _ONE.fullmatch(name) else None


def _forward(start: int, end: int) -> tuple[int, float] | None:
    """Return a band; None of names of other things, such as a road 6–2."""
    return (start, end) if start < end else None


@lru_cache(maxsize=1024)
def of_bands(these: frozenset[str], those: frozenset[str]) -> tuple[Same, ...]:
    """Return the bands that span the same years or hours, where they are not one on both sides.

    All of one side together are its total, which tables tell anyway.

    >>> of_bands(frozenset({"0–5", "6–9", "10+"}), frozenset({"0–9", "10–19"}))
    (Same(these=('0–5', '6–9'), those=('0–9',)),)
    """
    ours, theirs = _by_start(these), _by_start(those)
    walked = (_walk(start, ours, theirs) for start in sorted(ours.keys() & theirs.keys()))
    found = (one for one in walked if one is not None)
    return tuple(
        one
        for one in found
        if len(one.these) + len(one.those) > 2
        and len(one.these) < len(ours)
        and len(one.those) < len(theirs)
    )


Bands = dict[int, tuple[float, str]]
"""By where it begins, where a band ends and its name."""


def _by_start(names: Collection[str]) -> Bands:
    found = ((span(name), name) for name in names)
    return {one[0]: (one[1], name) for one, name in found if one is not None}


def _walk(start: int, ours: Bands, theirs: Bands) -> Same | None:
    """Go along both from one start to the first common end; None where there is none."""
    (end, name), (other_end, other) = ours[start], theirs[start]
    these, those = [name], [other]
    while end != other_end:
        is_ours = end < other_end
        bands, at, named = (ours, end, these) if is_ours else (theirs, other_end, those)
        if at not in bands:
            return None
        further, name = bands[int(at)]
        named.append(name)
        end, other_end = (further, other_end) if is_ours else (end, further)
    return Same(tuple(these), tuple(those))


def nested(wide: Sequence[str], fine: Sequence[str]) -> Iterator[Same]:
    """Yield what lies whole within one of the wider: names of each crash, "" where not known.

    >>> [*nested(["N", "N", "S", "N"], ["a", "b", "c", "a"])]
    [Same(these=('N',), those=('a', 'b')), Same(these=('S',), those=('c',))]
    """
    lies: dict[str, set[str]] = {}
    for one, other in set(zip(wide, fine, strict=True)):
        lies.setdefault(other, set()).add(one)
    parts: dict[str, list[str]] = {}
    for name, of in _named(lies.items()):
        parts.setdefault(of, []).append(name)
    for whole in sorted(parts):
        yield Same((whole,), tuple(sorted(parts[whole])))


def _named(lies: Iterable[tuple[str, set[str]]]) -> Iterator[tuple[str, str]]:
    for name, of in lies:
        only = next(iter(of))
        if name and len(of) == 1 and only:
            yield name, only
