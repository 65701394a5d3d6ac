"""How groups of alternatives are spelled: `(road_user=pedestrian | light=dark_none; km=1-2)`.

In a group `|` is "or" and `;` is "and"; one of its alternatives has to hold. The signs `|`, `(` and
`)` of a value inside are written %7C, %28 and %29.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crashkit.filters.spelling import Wrong

ANY = "any"
"""The key of groups in a web address."""

MOST_ALTERNATIVES = 30
"""In all groups of a filter together."""

_BETWEEN = re.compile(r"[\s;]*")
_BRACKETS = re.compile(r"[()]")
_OPENS = re.compile(r"(any\s*=\s*)?\(", re.IGNORECASE)
_SIGNS = {"|": "7C", "(": "28", ")": "29"}
_ESCAPED = re.compile(r"%((?:25)*)(7C|28|29)", re.IGNORECASE)


def parts(words: str) -> list[str]:
    """Split a line at its semicolons; a group in brackets is one part. Raises Wrong."""
    found: list[str] = []
    at = _after_blanks(words, 0)
    while at < len(words):
        opens = _OPENS.match(words, at)
        end = _end_of_group(words, at) if opens else words.find(";", at)
        end = len(words) if end < 0 else end
        found.append(words[at:end].strip())
        at = _after_blanks(words, end)
        if opens and at < len(words) and words[at] != "(" and ";" not in words[end:at]:
            raise Wrong(
                "After a group in brackets comes a semicolon, not “{rest}”.", rest=words[at:][:60]
            )
    return found


def is_group(part: str) -> bool:
    """Say whether a part of a line is a group in brackets."""
    return _OPENS.match(part) is not None


def _after_blanks(words: str, at: int) -> int:
    found = _BETWEEN.match(words, at)
    return found.end() if found else at


def _end_of_group(words: str, start: int) -> int:
    depth = 0
    for bracket in _BRACKETS.finditer(words, start):
        depth += 1 if bracket[0] == "(" else -1
        if not depth:
            return bracket.end()
    raise Wrong("The group “{group}” has no closing bracket.", group=words[start:][:60])


def alternatives(values: Iterable[str]) -> list[list[str]]:
    """Return the alternatives of each group, in words, from the values of the key ANY.

    A value in brackets is one group or several; values without brackets are alternatives of one
    group together, as a form sends them. Raises Wrong.
    """
    found: list[list[str]] = []
    bare: list[str] = []
    for value in values:
        if value.startswith("("):
            found += [_split(part.removeprefix("(").removesuffix(")")) for part in parts(value)]
        else:
            bare += _split(value)
    return [group for group in [*found, bare] if group]


def _split(words: str) -> list[str]:
    return [outside(part.strip()) for part in words.split("|") if part.strip()]


def write(groups: Iterable[Iterable[str]]) -> str:
    """Write groups of alternatives, given in words, in their canonical order, each once."""
    written = {"|".join(sorted({inside(words) for words in group})) for group in groups}
    return "; ".join(f"({group})" for group in sorted(written))


def inside(words: str) -> str:
    """Write the words of a filter so that they can stand in a group."""
    words = _ESCAPED.sub(lambda found: f"%25{found[1]}{found[2]}", words)
    return "".join(f"%{_SIGNS[sign]}" if sign in _SIGNS else sign for sign in words)


def outside(words: str) -> str:
    """Read the words of an alternative, as `inside` wrote them."""
    signs = {code: sign for sign, code in _SIGNS.items()}

    def one(found: re.Match[str]) -> str:
        more, code = found[1], found[2].upper()
        return f"%{more.removeprefix('25')}{code}" if more else signs[code]

    return _ESCAPED.sub(one, words)
