"""A profile as the text it is kept in: what is read back from it is equal to it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from crashkit.profiles import Layout, Profile, Recipe

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_APART = {"id", "files", "boxes", "codes", "period_from", "period_to"}
"""Parts of a profile that are written otherwise than "name = value"."""
_NAMES = ("key", "codes")
"""Lists of names: a single one is written without brackets."""


def text(profile: Profile) -> str:
    """Return the TOML of a profile; comments that a person wrote into it are not kept."""
    return "\n".join(_lines(profile)) + "\n"


def _lines(profile: Profile) -> Iterator[str]:
    yield from _pairs(profile, _APART)
    period = {"from": profile.period_from, "to": profile.period_to}
    if any(period.values()):
        yield from ("", "[period]", *(f"{name} = {day}" for name, day in period.items() if day))
    for box in profile.boxes:
        yield from ("", "[[boxes]]", *_pairs(box))
    for name, words in profile.codes.items():
        yield from ("", f"[codes.{_key(name)}]")
        yield from (f"{_key(word)} = {_value(code)}" for word, code in words.items())
    for layout in profile.files:
        yield from ("", "[[files]]", *_layout(layout))


def _layout(layout: Layout) -> Iterator[str]:
    yield from _pairs(layout, {"recipes"})
    for table, recipes in layout.recipes.items():
        yield from ("", f"[files.{_key(table)}]")
        yield from (f"{_key(name)} = {_recipe(recipe)}" for name, recipe in recipes.items())


def _recipe(recipe: Recipe) -> str:
    said = dict(_said(recipe))
    if set(said) == {"column"}:
        return _value(recipe.column)
    return _value(said)


def _pairs(noun: Any, apart: set[str] | frozenset[str] = frozenset()) -> Iterator[str]:
    for name, value in _said(noun):
        if name not in apart:
            yield f"{_key(name)} = {_value(value)}"


def _said(noun: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a noun that say something; those as by default are left out."""
    for one in dataclasses.fields(noun):
        value = getattr(noun, one.name)
        if one.default_factory is not dataclasses.MISSING:
            default: Any = one.default_factory()
        else:
            default = one.default
        if value != default:
            alone = one.name in _NAMES and isinstance(value, tuple) and len(value) == 1
            yield one.name, value[0] if alone else value


def _value(value: Any) -> str:
    if isinstance(value, str):
        # A JSON text is a TOML text, but for the sign DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return _composed(value)


def _composed(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    given = value if isinstance(value, Mapping) else dict(_said(value))
    return f"{{ {', '.join(f'{_key(name)} = {_value(one)}' for name, one in given.items())} }}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)
