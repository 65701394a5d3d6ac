"""Their words to ours: words are compared folded, and looked up in the profile, then in ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from crashkit import fields
from crashkit.profiles import Profile, Recipe
from crashkit.roads import naming
from crashkit.text import Speaker, languages

LONGEST_SEVERAL = 4_000
"""Letters of a cell with several words that are looked at."""

YES_NO = {
    "yes": ("yes", "y", "true", "1", "да", "是"),
    "no": ("no", "n", "false", "0", "нет", "否"),
    "unknown": ("unknown",),
}
_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_RISKY = re.compile(r"''*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]+")


def fold(word: str) -> str:
    """Return a word for comparison: no case, ё as е, single blanks, nothing invisible."""
    plain = _INVISIBLE.sub("", word).casefold().replace("ё", "е")
    return _BLANKS.sub(" ", plain).strip()


# Only letters that no look-alike becomes: Б and В are two series of numbers, Г and G may be one.
_SOUNDS_LATIN = str.maketrans("ГДЗИЛФ", "GDZILF")


def alike(word: str) -> str:
    """Return a number as a hasty reader sees it: any dash, any case, Latin or Cyrillic."""
    if word.isascii() and "--" not in word:
        return word.upper()
    return _DASHES.sub("-", naming.latin(word).translate(_SOUNDS_LATIN))


def clean(word: str) -> str:
    """Return a text as it is kept: trimmed, without signs that cannot be seen or printed."""
    text = word.strip()
    if text.isascii() and text.isprintable():
        return text
    plain = _CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    return plain.replace("\u00a0", " ").strip()


NO_ANSWER = frozenset(
    fold(word)
    for word in (
        *(
            "na",
            "n/a",
            "n.a.",
            "none",
            "null",
            "nan",
            "nil",
            "#n/a",
            ".",
            "?",
            "??",
            "unknown",
            "no data",
        ),
        *(
            "нет",
            "нет данных",
            "н/д",
            "неизвестно",
            "не указано",
            "не установлено",
            "yo'q",
            "未知",
            "无",
        ),
    )
)


def sounds_empty(word: str) -> bool:
    """Say whether a text may mean that nothing is known, though the profile does not say so."""
    return only_dashes(word) or fold(word) in NO_ANSWER


def has_control(word: str) -> bool:
    """Say whether a text holds signs that no screen shows."""
    return bool(_CONTROL.search(word))


LOST = "\ufffd"
"""What programs write where they could not read a letter."""


def has_lost(word: str) -> bool:
    """Say whether a letter of a text was lost before the file came here."""
    return LOST in word


def unguard(word: str) -> str:
    """Take away the guard that our exports put before what looks like a formula."""
    return word[1:] if word[:1] == "'" and _RISKY.match(word) else word


def only_dashes(word: str) -> bool:
    """Say whether a cell holds a dash and nothing else, as people mark "nothing"."""
    return len(word) < 4 and bool(_DASHES.fullmatch(word))


# ------------------------------------------------------------------- codes


@cache
def own_words(list_name: str) -> Mapping[str, str]:
    """Return the words that are always known for a list, folded.

    They are its codes, their labels in every language spoken here, and their aliases.
    """
    found: dict[str, str] = {}
    if list_name == "yes_no":
        found |= {word: code for code, words in YES_NO.items() for word in words}
    codes = fields.codes(list_name)
    speakers = [Speaker(one.code) for one in languages()]
    for words in (
        [(code.code, code.code) for code in codes],
        [(code.label, code.code) for code in codes],
        [(alias, code.code) for code in codes for alias in code.aliases],
        *([(speaker.say(code.label), code.code) for code in codes] for speaker in speakers),
    ):
        for word, code in words:
            found.setdefault(fold(word), code)
    return found


def words_of(profile: Profile, recipe: Recipe, field: fields.Field) -> dict[str, str]:
    """Return folded words and what they become, by the first list of the recipe and by ours."""
    found: dict[str, str] = {}
    if field.type in ("code", "codes", "yes_no"):
        found |= own_words(field.codes or "yes_no")
    if recipe.codes:
        found |= {fold(word): code for word, code in profile.codes[recipe.codes[0]].items()}
    return found


def covering(profile: Profile, names: Sequence[str], words: Iterable[str]) -> list[str]:
    """Return those lists of codes that know every word."""
    wanted = {fold(word) for word in words if word.strip()}
    return [name for name in names if wanted <= {fold(word) for word in profile.codes[name]}]


def several(text: str, parting: str, known: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take a cell of several words apart: those that are known, and pieces that are not.

    `known` are folded words, the longest first; a comma inside a known word does not part it.
    """
    rest, sign = fold(text[:LONGEST_SEVERAL]), fold(parting) or parting.strip() or parting
    found: list[str] = []
    odd: list[str] = []
    while rest:
        word = next((one for one in known if _begins(rest, one, sign)), None)
        if word is None:
            word, _, rest = rest.partition(sign)
            odd.append(word.strip())
        else:
            found.append(word)
            rest = rest[len(word) :].strip().removeprefix(sign)
        rest = rest.strip()
    return found, [piece for piece in odd if piece]


def replaced(text: str, parting: str, listed: Mapping[str, str]) -> str:
    """Return a cell of several words with those that are listed replaced, or left out for "".

    Other words stay as they are written. A sign inside a listed word does not part it.
    """
    pieces = [piece.strip() for piece in text.split(parting.strip() or parting)]
    found: list[str] = []
    while pieces:
        ends = range(len(pieces), 0, -1)
        joined = ((end, fold(parting.join(pieces[:end]))) for end in ends)
        end, word = next(((end, word) for end, word in joined if word in listed), (1, ""))
        found.append(listed[word] if word in listed else pieces[0])
        pieces = pieces[end:]
    return parting.join(word for word in found if word)


def _begins(rest: str, word: str, sign: str) -> bool:
    if not word or not rest.startswith(word):
        return False
    after = rest[len(word) :].lstrip()
    return not after or after.startswith(sign)
