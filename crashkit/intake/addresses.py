"""A road and a km post out of the text of an address, in Russian and English.

Only what is certain is taken. A text with two roads, or with two km posts, says nothing; a distance
("5 км от Токмока", "3 km north of Osh") and a speed are no km posts.

    а/д М-39 Алматы-Бишкек 41 км + 350 м      km 41.350 of road A365      M-39, 41 km
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crashkit.roads import naming

LONGEST_ADDRESS = 300
WHOLE_KM_M, HUNDRED_M, FINE_M = 500.0, 50.0, 5.0
"""Half of what the last digit stands for: a kilometre, a hundred metres, ten metres or finer."""


@dataclass(frozen=True)
class OnRoad:
    """What a text says: the number of a road or its name, and the km post with its accuracy."""

    number: str = ""
    name: str = ""
    km: float | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True)
class _Post:
    start: int
    end: int
    km: float
    accuracy_m: float

    @property
    def place(self) -> OnRoad:
        return OnRoad(km=self.km, accuracy_m=self.accuracy_m)


_KM = r"(?<![^\W\d_])(?:км|km|километр[а-я]{0,3}|kilomet(?:re|er)s?)(?![^\W\d_])\.?"
_M = r"(?:м|m|метр[а-я]{0,3}|met(?:re|er)s?)(?![^\W\d_])"
_POSTS = (
    # 41 км + 350 м, 41 км 350 м, 41 км + 350
    re.compile(
        rf"(?P<km>[0-9]{{1,4}}) ?{_KM} ?"
        rf"(?:\+ ?(?P<m>[0-9]{{1,3}})(?: ?{_M})?|(?P<n>[0-9]{{1,3}}) ?{_M})"
    ),
    # км 41+350, km 41 + 350 m, км 41 350 м
    re.compile(
        rf"{_KM} ?(?P<km>[0-9]{{1,4}})"
        rf"(?: ?\+ ?(?P<m>[0-9]{{1,3}})(?: ?{_M})?| (?P<n>[0-9]{{1,3}}) ?{_M})"
    ),
    # 041+0.350, and 41+350 with all three digits of the metres
    re.compile(r"(?P<km>[0-9]{1,4})\+0[.,](?P<f>[0-9]{1,3})(?![0-9])"),
    re.compile(r"(?P<km>[0-9]{1,4})\+(?P<m>[0-9]{3})(?![0-9])"),
    # km 41.350, 41,35 км
    re.compile(rf"{_KM} ?(?P<km>[0-9]{{1,4}})[.,](?P<f>[0-9]{{1,3}})(?![0-9])"),
    re.compile(rf"(?P<km>[0-9]{{1,4}})[.,](?P<f>[0-9]{{1,3}}) ?{_KM}"),
    # 41 км, 41-й км, на 41-м километре, km 41
    re.compile(rf"(?P<km>[0-9]{{1,4}})(?:-?(?:й|ый|м|ом|th|st|nd|rd))? ?{_KM}(?! ?[0-9])"),
    re.compile(rf"{_KM} ?(?P<km>[0-9]{{1,4}})(?![0-9.,+]*[0-9])"),
)
"""From the finest to the coarsest: a coarser one that overlaps a finer one says nothing new."""

_NO_POST_BEFORE = re.compile(
    r"(?:^|[^\w])(?:в|за|через|около|примерно|до|пк|within|about|some|over|for|pk)\s?$"
    r"|[0-9.,]$|[0-9] ?- ?$|[~≈] ?$"
)
_NO_POST_BEHIND = re.compile(
    r"\s?(?:/|-\s?[0-9]|от\b|до\b|к\b|не\s?доезжая|севернее|южнее|восточнее|западнее"
    r"|from\b|to\b|away|before|after|past|(?:due )?(?:north|south|east|west)|per\b|in\b|h\b|ч\b)"
)
_ROAD_WORD = (
    r"(?<![^\W\d_])(?:а/д|а\.д\.|автодорог[а-я]{0,3}|автомагистрал[а-я]{0,3}|трасс[а-я]{0,3}"
    r"|дорог[а-я]{0,3}|шоссе|road|highway|motorway|route|hwy)"
)
_CODE = re.compile(
    rf"(?P<word>{_ROAD_WORD}\.? (?:№ ?)?)?(?<![\w-])"
    r"(?P<letters>[a-zа-яё]{1,3})(?P<dash> ?- ?| )?(?P<digits>[0-9]{1,4})(?![\w/]|[.,][0-9])"
)
_NAMED = re.compile(
    rf"{_ROAD_WORD}\.? (?:«(?P<quoted>[^«»\"0-9]{{3,60}})»|\"(?P<marked>[^«»\"0-9]{{3,60}})\""
    rf"|(?P<plain>[^\W\d_][^\W\d_]{{2,30}}(?: ?- ?[^\W\d_]{{2,30}}){{1,3}}))"
)
_SIGNED = frozenset("AMPEKHTCRN")
"""Letters of road numbers that need no word for a road before them."""
NO_ROADS = "км km пк pk д дом кв стр ул пер корп к no м г с п в на от до at of to th"
_NO_ROADS = frozenset(naming.latin(word) for word in NO_ROADS.split())
"""Letters before a number that are no road: kilometres, houses, flats, prepositions."""


def parse(text: str) -> OnRoad | None:
    """Return the road and the km post that a text names; None where it certainly names neither."""
    if len(text) > LONGEST_ADDRESS:
        return None
    plain = " ".join(_DASHES.sub("-", text.replace("\u00a0", " ")).split())
    lower = plain.lower()
    # Some letters change their length in small print; then places in the two texts differ.
    if len(lower) != len(plain):
        return None
    codes = list(_codes(plain, lower))
    posts = _posts(lower, [(start, start + len(code)) for start, code in codes])
    numbers = {naming.latin(code).replace(" ", "").replace("-", ""): code for _, code in codes}
    if len(posts) > 1 or len(numbers) > 1:
        return None
    number = " ".join(next(iter(numbers.values()), "").split())
    name = "" if number else _name(plain, lower)
    post = posts[0] if posts else None
    if not (number or name or post):
        return None
    return replace(post.place if post else OnRoad(), number=number, name=name)


_DASHES = re.compile("[\u2010-\u2015\u2212]")


def _posts(text: str, codes: Sequence[tuple[int, int]]) -> list[_Post]:
    """Return the different km posts of a text; distances, speeds, ranges and codes are none."""
    found: list[_Post] = []
    for pattern in _POSTS:
        for match in pattern.finditer(text):
            taken = (*codes, *((one.start, one.end) for one in found))
            overlaps = any(match.start() < end and start < match.end() for start, end in taken)
            if not overlaps and not _is_distance(text, match):
                found.append(_post(match))
    return list({(one.km, one.accuracy_m): one for one in found}.values())


def _is_distance(text: str, match: re.Match[str]) -> bool:
    before, behind = text[max(0, match.start() - 12) : match.start()], text[match.end() :]
    return bool(_NO_POST_BEFORE.search(before) or _NO_POST_BEHIND.match(behind))


def _post(match: re.Match[str]) -> _Post:
    parts = match.groupdict()
    km, metres, fraction = int(parts["km"]), parts.get("m") or parts.get("n"), parts.get("f")
    if metres is not None:
        return _Post(match.start(), match.end(), round(km + int(metres) / 1000, 3), FINE_M)
    if fraction is not None:
        accuracy = HUNDRED_M if len(fraction) == 1 else FINE_M
        return _Post(match.start(), match.end(), float(f"{km}.{fraction}"), accuracy)
    # "41 км" is the kilometre from 41 to 42.
    return _Post(match.start(), match.end(), km + 0.5, WHOLE_KM_M)


def _codes(plain: str, lower: str) -> Iterator[tuple[int, str]]:
    """Yield the numbers of roads as they are written, and where they stand."""
    for match in _CODE.finditer(lower):
        start, end = match.start("letters"), match.end("digits")
        letters = plain[start : match.end("letters")]
        folded = naming.latin(letters)
        signed = len(folded) < 3 and set(folded) <= _SIGNED and match["dash"] != " "
        # A capital M before its number is a road, not metres.
        known = folded == "M" or folded not in _NO_ROADS
        if letters.isupper() and known and (match["word"] or signed):
            yield start, plain[start:end]


def _name(plain: str, lower: str) -> str:
    """Return a name of two ends, or in quotation marks, behind a word for a road."""
    found: set[str] = set()
    for match in _NAMED.finditer(lower):
        group = next(name for name, value in match.groupdict().items() if value)
        name = plain[match.start(group) : match.end(group)].strip()
        if name[:1].isupper():
            found.add(name)
    return found.pop() if len(found) == 1 else ""
