"""Kinds of file that another kind describes, but for columns under other names and some changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

FILE_COLUMNS = ("needs", "identity", "ignore", "personal")
COLUMNS = ("column", "plus_m", "year", "month", "day", "weekday")
"""The words of a recipe that name one column."""

Names = Mapping[str, str]


def whole(files: Sequence[Mapping[str, Any]], codes: Mapping[str, Names]) -> list[dict[str, Any]]:
    """Return each kind of file as if it were written out; `like` names an earlier one."""
    found: dict[str, dict[str, Any]] = {}
    for one in files:
        if "like" in one:
            like = _renamed(found[one["like"]], one.get("columns", {}), codes)
            found[one["name"]] = _with_own(like, one)
        else:
            found[one["name"]] = dict(one)
    return list(found.values())


def _with_own(like: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what a kind of file says itself over what it is like, recipe by recipe."""
    found = dict(like)
    for word, value in given.items():
        if word in ("like", "columns"):
            continue
        both = isinstance(value, Mapping) and isinstance(like.get(word), Mapping)
        found[word] = {**like[word], **value} if both else value
    return found


def _renamed(like: Mapping[str, Any], names: Names, codes: Mapping[str, Names]) -> dict[str, Any]:
    found = dict(like)
    for word in FILE_COLUMNS:
        if word in like:
            found[word] = [names.get(name, name) for name in like[word]]
    if "key" in like:
        key = like["key"]
        found["key"] = (
            names.get(key, key) if isinstance(key, str) else [names.get(one, one) for one in key]
        )
    for word, table in like.items():
        if isinstance(table, Mapping):
            found[word] = {field: _recipe(one, names, codes) for field, one in table.items()}
    return found


def _recipe(given: Any, names: Names, codes: Mapping[str, Names]) -> Any:
    if isinstance(given, str):
        return names.get(given, given)
    found = {
        word: names.get(value, value) if word in COLUMNS else value for word, value in given.items()
    }
    if "needs" in given:
        found["needs"] = [names.get(name, name) for name in given["needs"]]
    if "template" in given:
        found["template"] = _template(given["template"], names)
        if "codes" in given:
            words = _words(given["codes"], codes)
            found["codes"] = {_word(word, names): code for word, code in words.items()}
    return found


def _words(listed: Any, codes: Mapping[str, Names]) -> Names:
    """Return the words of a template's list; of several names the first is the one it reads."""
    if isinstance(listed, Mapping):
        return listed
    return codes[listed if isinstance(listed, str) else listed[0]]


def _template(text: str, names: Names) -> str:
    for name, other in names.items():
        text = text.replace(f"{{{name}}}", f"{{{other}}}")
    return text


def _word(word: str, names: Names) -> str:
    """Return `column=value`, which a template looks up, with the other name of the column."""
    name, sign, value = word.partition("=")
    return f"{names.get(name, name)}={value}" if sign else word
