"""Bands in which ages and hours are counted: bands.toml, each with its source."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from crashkit.errors import Message

AGE, HOUR = "age", "hour"
OLDEST, HOURS = 120, 24

_FROM_TO = re.compile(r"\s*(\d{1,3})\s*(?:[-\u2010-\u2015]\s*(\d{1,3})|(\+))\s*")


@dataclass(frozen=True)
class Bands:
    """Bands of ages (years, the last one open) or of hours (0 to 24), by where each starts.

    The key of a band are its first and its last year or hour, both inclusive: 15-29, 70+.
    """

    name: str
    of: str
    label: Message
    starts: tuple[int, ...]
    source: str
    night: tuple[int, ...] = ()

    @property
    def night_hours(self) -> tuple[int, ...]:
        """The hours of the bands that are night; their starts are in `night`."""
        ends = zip(self.starts, [*self.starts[1:], HOURS], strict=True)
        return tuple(hour for a, b in ends if a in self.night for hour in range(a, b))

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each band, in order."""
        ends = [*self.starts[1:], HOURS] if self.of == HOUR else [*self.starts[1:], None]
        return tuple(
            f"{start}+" if end is None else f"{start}-{end - 1}"
            for start, end in zip(self.starts, ends, strict=True)
        )

    @property
    def are_equal(self) -> bool:
        """Say whether all bands but the last are equally wide."""
        steps = {after - start for start, after in pairwise(self.starts)}
        return len(steps) == 1

    def key_of(self, value: float) -> str | None:
        """Return the band of an age or an hour; None for what is neither.

        >>> known()["age_who"].key_of(29), known()["hour_3"].key_of(24)
        ('15-29', None)
        """
        most = OLDEST if self.of == AGE else HOURS - 1
        if not self.starts[0] <= value <= most:
            return None
        return self.keys[sum(start <= value for start in self.starts) - 1]

    def key_of_words(self, words: str) -> str | None:
        """Return the band that holds all of a band as a source writes it; None where it does not.

        >>> bands = known()["age_who"]
        >>> bands.key_of_words("16 - 20"), bands.key_of_words("26-35"), bands.key_of_words("75+")
        ('15-29', None, '70+')
        """
        found = _FROM_TO.fullmatch(words)
        if found is None:
            return None
        first, last = self.key_of(int(found[1])), self.key_of(int(found[2] or OLDEST))
        return first if first == last else None

    def label_of(self, key: str) -> Message:
        """Return what a band is called: 15–29, 70+, 6–9 h."""
        if self.of == AGE:
            return Message("{band}", {"band": key.replace("-", "–")})
        first, _, last = key.partition("-")
        return Message("{start}–{end} h", {"start": int(first), "end": int(last) + 1})


@cache
def known() -> Mapping[str, Bands]:
    """Return every set of bands by name, as bands.toml tells them."""
    text = resources.files("crashkit").joinpath("bands.toml").read_text("utf-8")
    return {
        name: Bands(
            name,
            told["of"],
            Message(told["label"]),
            (*told["starts"],),
            told["source"],
            (*told.get("night", ()),),
        )
        for name, told in tomllib.loads(text).items()
    }


PARTS = "hour_parts"
"""The parts of the day, of which some are night."""


def of(what: str) -> tuple[str, ...]:
    """Return the names of the bands of ages ("age") or of hours ("hour"), the usual first."""
    return tuple(name for name, one in known().items() if one.of == what)
