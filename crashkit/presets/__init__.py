"""Named rules: a place, a measure, their numbers and a filter, with source and dates.

Each rule is a file `<id>.toml` in this folder. `verified = false` is shown wherever the rule is
used, until a person has checked its numbers against the text of the rule itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any

from crashkit import dropins
from crashkit.errors import DropinError, NotFound

WORDS = ("title", "country", "source", "place", "measure")
TABLES = ("place_params", "measure_params", "filter")
KNOWN = {*WORDS, *TABLES, "verified", "valid_from", "valid_to", "rules", "needs", "notes"}


@dataclass(frozen=True)
class Preset:
    """A named question. `verified` says that its numbers were checked against `source`.

    `needs` names fields of the crash table without which the rule makes no sense. `country` is
    empty for a rule of no country.
    """

    id: str
    title: str
    source: str
    place: str
    measure: str
    country: str = ""
    verified: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    place_params: Mapping[str, Any] = field(default_factory=dict)
    measure_params: Mapping[str, Any] = field(default_factory=dict)
    filter: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Say whether the rule was in force on a day; open ends are in force."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@cache
def all_presets() -> dict[str, Preset]:
    """Return every rule by id, in alphabetical order. Raises DropinError for a broken file."""
    found = dropins.texts("crashkit.presets", ".toml")
    return {name: parse(name, text) for name, text in found.items()}


def get(id: str) -> Preset:
    """Return one rule. Raises NotFound, naming the nearest ids."""
    found = all_presets()
    if id not in found:
        near = get_close_matches(id, found, n=3, cutoff=0.4) or list(found)
        raise NotFound("There is no preset {id}; do you mean {near}?", id=id, near=near)
    return found[id]


def parse(id: str, text: str) -> Preset:
    """Read a rule from its text. Raises DropinError naming what is wrong with it."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DropinError(
            "The preset {id} is not valid TOML: {cause}.", id=id, cause=str(error)
        ) from error
    wrong = _complaints(given)
    if wrong:
        raise DropinError("The preset {id} is not complete: {wrong}.", id=id, wrong=wrong)
    measure_params = dict(given.get("measure_params", {}))
    if "rules" in given:
        measure_params["rules"] = tuple(given["rules"])
    return Preset(
        id=id,
        title=given["title"],
        source=given["source"],
        place=given["place"],
        measure=given["measure"],
        country=given.get("country", ""),
        verified=given.get("verified", False),
        valid_from=given.get("valid_from"),
        valid_to=given.get("valid_to"),
        place_params=given.get("place_params", {}),
        measure_params=measure_params,
        filter=given.get("filter", {}),
        needs=tuple(given.get("needs", ())),
        notes=tuple(given.get("notes", ())),
    )


def _complaints(given: Mapping[str, Any]) -> list[str]:
    unknown = [f"{name}?" for name in given if name not in KNOWN]
    missing = [name for name in WORDS if name != "country" and not given.get(name)]
    no_words = [name for name in WORDS if not isinstance(given.get(name, ""), str)]
    no_tables = [name for name in TABLES if not isinstance(given.get(name, {}), dict)]
    no_dates = [
        name for name in ("valid_from", "valid_to") if not isinstance(given.get(name), date | None)
    ]
    return unknown + missing + no_words + no_tables + no_dates
