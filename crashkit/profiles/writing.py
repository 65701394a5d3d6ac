"""A profile as the text it is kept in: what is read back from it is equal to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from crashkit import tomls
from crashkit.profiles import Layout, Profile, Recipe

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
        yield from ("", f"[codes.{tomls.key(name)}]")
        yield from (f"{tomls.key(word)} = {_value(code)}" for word, code in words.items())
    for layout in profile.files:
        yield from ("", "[[files]]", *_layout(layout))


def _layout(layout: Layout) -> Iterator[str]:
    yield from _pairs(layout, {"recipes"})
    for table, recipes in layout.recipes.items():
        yield from ("", f"[files.{tomls.key(table)}]")
        yield from (f"{tomls.key(name)} = {_recipe(recipe)}" for name, recipe in recipes.items())


def _recipe(recipe: Recipe) -> str:
    said = dict(_said(recipe))
    if set(said) == {"column"}:
        return _value(recipe.column)
    return _value(said)


def _pairs(noun: Any, apart: set[str] | frozenset[str] = frozenset()) -> Iterator[str]:
    for name, value in _said(noun):
        if name not in apart:
            yield f"{tomls.key(name)} = {_value(value)}"


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


def _value(told: Any) -> str:
    return tomls.value(_plain(told))


def _plain(told: Any) -> Any:
    """Return a noun as the table of what it says."""
    if isinstance(told, tuple | list):
        return [_plain(one) for one in told]
    if dataclasses.is_dataclass(told):
        told = dict(_said(told))
    if isinstance(told, Mapping):
        return {name: _plain(one) for name, one in told.items()}
    return told
