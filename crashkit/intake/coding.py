"""Their code words to ours, proposed: exactly known words first, then words that hold one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache

from crashkit.errors import Message
from crashkit.intake import drafts, units, values
from crashkit.intake.drafts import ColumnDraft
from crashkit.intake.mapping import fold, own_words
from crashkit.intake.values import PARTINGS, Values

EXACT, ALIKE, HOLDS = 1.0, 0.75, 0.6
"""How sure a code is: the word is known, is spelled nearly like one, or holds one."""

CHOSEN = Message("You chose it.")
NEAR = 0.86
SHORTEST = 4


def exact(word: str, list_name: str) -> str:
    """Return the code of a word that a list knows, or ""."""
    return own_words(list_name).get(fold(word), "")


@cache
def likely(word: str, list_name: str) -> tuple[str, float]:
    """Return the code a word may mean and how sure that is; ("", 0) where nothing is clear."""
    found = exact(word, list_name)
    if found:
        return found, EXACT
    given, known = fold(word), own_words(list_name)
    if len(given) < SHORTEST or given.isdigit():
        return "", 0.0
    alike = {
        code
        for one, code in known.items()
        if len(one) >= SHORTEST and SequenceMatcher(None, given, one).ratio() >= NEAR
    }
    if len(alike) == 1:
        return alike.pop(), ALIKE
    holds = {
        code
        for one, code in known.items()
        if len(one) >= SHORTEST and (f" {one} " in f" {given} " or f" {given} " in f" {one} ")
    }
    return (holds.pop(), HOLDS) if len(holds) == 1 else ("", 0.0)


def with_codes(column: ColumnDraft) -> ColumnDraft:
    """Return a column with the sign between several words, and codes for them, by its target."""
    name = drafts.list_of(column.target)
    if not name:
        return replace(column, codes={}, sure={}, several="")
    several = _parting(column, name)
    said = {word: likely(word, name) for word in pieces(column, several)}
    return replace(
        column,
        several=several,
        codes={word: code for word, (code, _) in said.items() if code},
        sure={word: sure for word, (code, sure) in said.items() if code},
    )


def retargeted(column: ColumnDraft, target: str) -> ColumnDraft:
    """Return a column that a person made something else; another choice is never less than sure."""
    if target == column.target:
        return column
    field = drafts.field_of(target)
    held = Values(dict(column.words) or dict.fromkeys(column.examples, 1), column.filled)
    found = replace(
        column,
        target=target,
        confidence=1.0 if target else 0.0,
        reason=CHOSEN,
        format=values.form(held, field) if field else "",
    )
    return units.with_unit(with_codes(found))


def recoded(column: ColumnDraft, codes: Mapping[str, str]) -> ColumnDraft:
    """Return a column with the codes that a person chose for its words; "" leaves a word out."""
    words = set(pieces(column, column.several))
    said = {word: code for word, code in {**column.codes, **codes}.items() if word in words}
    chosen = {word: code for word, code in said.items() if code}
    sure = {word: 1.0 for word in chosen if chosen[word] != column.codes.get(word)}
    kept = {word: sureness for word, sureness in column.sure.items() if word in chosen}
    return replace(column, codes=chosen, sure={**kept, **sure})


def pieces(column: ColumnDraft, sign: str) -> dict[str, int]:
    """Return the words of a column with their rows, the most frequent first."""
    found: dict[str, int] = {}
    for cell, count in column.words.items():
        for word in cell.split(sign) if sign else [cell]:
            if word.strip():
                found[word.strip()] = found.get(word.strip(), 0) + count
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def _parting(column: ColumnDraft, list_name: str) -> str:
    """Return the sign that parts several words in a cell, where more are known with it."""
    field = drafts.field_of(column.target)
    if field is None or field.type != "codes":
        return ""
    best, most = "", _known(column.words, list_name)
    for sign in PARTINGS:
        parted = pieces(column, sign)
        known = _known(parted, list_name)
        if parted != column.words and known > most:
            best, most = sign, known
    return best


def _known(words: Mapping[str, int], list_name: str) -> float:
    rows = sum(words.values())
    return sum(n for word, n in words.items() if exact(word, list_name)) / rows if rows else 0.0
