"""Places as people write them: degrees in every spelling, one number or both in a cell.

A text is first made plain: one kind of mark, dash and digit, one capital letter for each word that
tells an axis or a side. What is left is matched by a few patterns. What may mean two things is not
read.

    42.87123   42,87123   42°52'28.4"   42 52 28   42.52.28   N42°52.5'   42.87 с.ш.   北纬42度52分
    42.87,74.59   42,87; 74,59   42°52'28"N 74°35'24"E   POINT (74.59 42.87)
    {"type": "Point", "coordinates": [74.59, 42.87]}
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crashkit.errors import Message
from crashkit.intake.parsing import Fault, decimals

LONGEST_ANGLE = 60
LONGEST_POINT = 400
MOST_LETTERS = 4
"""Axis and side of both numbers."""

NO_ANGLE = Fault(
    "not_a_number", Message("{field} is {value}, which is neither degrees nor another number.")
)
OTHER_AXIS = Fault(
    "wrong_axis",
    Message(
        "{field} is {value}, which says itself that it is the other one of latitude and longitude."
    ),
)
NO_POINT = Fault(
    "not_a_point",
    Message("Nobody can find one latitude and one longitude in {value}."),
)

WORDS = {
    "N": "n north nord с сш с.ш северной север 北纬 北緯 北 солтүстік түндүк shimol shimoliy şimal "
    "хойд шимол шимолӣ шимолий شمال شمالی",
    "S": "s south sud süd ю юш ю.ш южной юг 南纬 南緯 南 оңтүстік түштүк janub janubiy cənub "
    "өмнөд ҷануб ҷанубӣ жануб жанубий جنوب جنوبی",
    "E": "e east в вд в.д восточной восток 东经 東經 东 東 шығыс чыгыш sharq sharqiy şərq зүүн "
    "шарқ шарқӣ шарқий شرق شرقی مشرق",
    "W": "w west з зд з.д западной запад 西经 西經 西 батыс батыш  qərb баруун "
    "ғарб ғарбӣ ғарбий غرب غربی مغرب",
    "A": "lat latitude широта широты шир ш 纬度 緯度 ендік кеңдик kenglik өргөрөг арз кенглик عرض",
    "O": "lon long lng longitude долгота долготы долг д 经度 經度 бойлық узундук uzunlik уртраг "
    "тӯл узунлик طول",
    "°": "d deg degree degrees град градус градуса градусов",
    "'": "min minute minutes мин минута минуты минут",
    '"': "sec second seconds сек секунда секунды секунд 秒",
}
"""Words for what they tell: the side of nought, the axis (A and O), the mark of a number."""

AXIS = {"N": "lat", "S": "lat", "A": "lat", "E": "lon", "W": "lon", "O": "lon"}
OTHER = {"lat": "lon", "lon": "lat"}

_LETTER = {word: letter for letter, words in WORDS.items() for word in words.split()}
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("º˚∘⁰", "°"),
        **dict.fromkeys("′’‘´`ʹ‵ʼ‛＇", "'"),
        **dict.fromkeys("″”“„ʺ‶‟＂", '"'),
        **dict.fromkeys("−–‒‐‑—﹣", "-"),
        **dict.fromkeys("，、", ","),
        **dict.fromkeys(":=：\u00a0\t\r\n", " "),
        **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.", strict=True)),
        # Chinese writes marks as words, with no blank before the next number.
        **{"度": "°", "分": "'", "秒": '"'},
    }
)
_MOVED = frozenset("`:=\t\r\n")
"""Signs of plain ASCII that are others here."""
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|\.(?=[^\W\d_]))*\.?")
_MINUTES = re.compile(r"([0-9])m ?([0-9]{1,2}(?:[.,][0-9]{1,9})?)s\b")
_TIGHT = re.compile(r" ?([°'\"NSEWAO]) ?")

_LAST = r"[0-9]{1,2}(?:[.,][0-9]{1,12})?"
_BODIES = (
    re.compile(r"([0-9]{1,9}(?:[.,][0-9]{0,15})?)°?"),
    re.compile(rf"([0-9]{{1,3}})[° ]({_LAST})'?"),
    re.compile(rf"([0-9]{{1,3}})[° ]([0-9]{{1,2}})[' ]({_LAST})(?:\"|'')?"),
    re.compile(rf"([0-9]{{1,3}})([.-])([0-9]{{1,2}})\2({_LAST})"),
)
_PACKED = re.compile(r"([0-9]{2,3})([0-9]{2})([0-9]{2}(?:[.,][0-9]{1,9})?)")
_ANGLE = re.compile(r"([AO]?)([NSEW]?)([+-]? ?)([^A-Z]+)([NSEW]?)([AO]?)")


@dataclass(frozen=True)
class Angle:
    """Degrees, the size of the last digit that was written, and the axis where the text says it."""

    value: float
    step: float
    axis: str = ""


@dataclass(frozen=True)
class Point:
    """Latitude and longitude in degrees, and the size of the finer of their last digits."""

    lat: float
    lon: float
    step: float


def angle(word: str, axis: str = "", *, packed: bool = False) -> Angle | Fault:
    """Read one number of a place; `axis` is "lat" or "lon" where it must be on that one.

    `packed` says that bare digits are degrees, minutes and seconds: 425228 is 42°52'28".
    """
    text = _plain(word) if len(word) <= LONGEST_ANGLE else None
    found = None if text is None else _angle(text, packed=packed)
    if found is None:
        return NO_ANGLE
    return OTHER_AXIS if axis and found.axis == OTHER[axis] else found


def point(word: str, *, packed: bool = False) -> Point | Fault | None:
    """Read both numbers of a place from one text; None where it says that there is no place.

    Where no letters tell, the latitude stands first, except in well-known text and GeoJSON, which
    have the longitude first.
    """
    if len(word) > LONGEST_POINT:
        return NO_POINT
    plain = _TWO_DECIMALS.fullmatch(word)
    if plain:
        step = 10.0 ** -max(len(plain[2]), len(plain[4]))
        return Point(float(plain[1]), float(plain[3]), step)
    if word.lstrip().startswith("{"):
        return _of_json(word)
    if "point" in word[:40].casefold():
        return _of_well_known_text(word)
    text = _plain(word.strip(" ()[]"))
    for first, second in () if text is None else _halves(text):
        one, two = (_angle(half.strip(" ,"), packed=packed) for half in (first, second))
        if one and two and (one.axis != two.axis or not one.axis):
            return _ordered(one, two)
    return NO_POINT


# ---------------------------------------------------------------- one number


def _plain(word: str) -> str | None:
    """Return a text with one kind of each sign and a capital letter for each word, if it is known.

    Nothing else in it is a capital letter.
    """
    text = word if word.isascii() and not set(word) & _MOVED else word.translate(_SIGNS)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    text = " ".join(text.casefold().split())
    if "m" in text:
        text = _MINUTES.sub("\\1'\\2\"", text)
    words = _WORD.findall(text)
    if words:
        if any(one.rstrip(".") not in _LETTER for one in words):
            return None
        text = _WORD.sub(lambda match: _LETTER[match[0].rstrip(".")], text)
    return _TIGHT.sub(r"\1", text)


def _angle(text: str, *, packed: bool) -> Angle | None:
    match = _ANGLE.fullmatch(text)
    if match is None:
        return None
    sign, body = match[3].strip(), match[4]
    letters = match[1] + match[2] + match[5] + match[6]
    axis, side = _told(letters) if letters else ("", "")
    # Two sides, two axes, or a sign beside a side: nobody knows what is meant.
    if axis is None or (side and sign):
        return None
    parts = _parts(body, packed=packed or bool(side))
    if parts is None:
        return None
    value, step = _sum(parts)
    if (len(parts) > 1 or side) and value > (90 if axis == "lat" else 180):
        return None
    return Angle(-value if sign == "-" or side in ("S", "W") else value, step, axis)


def _told(letters: str) -> tuple[str | None, str]:
    """Return the axis and the side that letters tell; no axis where they tell two."""
    axes = {AXIS[letter] for letter in letters}
    sides = "".join(letter for letter in letters if letter in "NSEW")
    return (axes.pop() if len(axes) == 1 and len(sides) < 2 else None), sides


def _parts(body: str, *, packed: bool) -> tuple[str, ...] | None:
    """Return degrees, minutes and seconds as they are written, as many as there are."""
    found = _PACKED.fullmatch(body) if packed else None
    for pattern in () if found else _BODIES:
        found = pattern.fullmatch(body)
        if found:
            break
    if found is None:
        return None
    parts = tuple(part for part in found.groups() if part[:1].isdigit())
    # 60 is what rounding makes of 59.96.
    return parts if all(_number(part) <= 60 for part in parts[1:]) else None


def _sum(parts: tuple[str, ...]) -> tuple[float, float]:
    """Return the degrees of degrees, minutes and seconds, and the size of the last digit."""
    step = 10.0 ** -decimals(parts[-1]) / 60 ** (len(parts) - 1)
    if len(parts) == 1:
        return _number(parts[0]), step
    numbers = zip(map(_number, parts), (3600, 60, 1), strict=False)
    return round(math.fsum(number * size for number, size in numbers) / 3600, 9), step


def _number(word: str) -> float:
    return float(word.replace(",", "."))


# -------------------------------------------------------------- both numbers

_TWO_DECIMALS = re.compile(
    r"([+-]?[0-9]{1,3}\.([0-9]{1,15})) ?[,; ] ?([+-]?[0-9]{1,3}\.([0-9]{1,15}))"
)
"""How nearly all such cells are written."""

_DEGREE_SIGNS = re.compile(r"([^°]*°[^°]*?)([+-]?[0-9]{1,3}(?:[.,][0-9]{1,15})?°[^°]*)")
_FOUR = re.compile(r"([+-]?[0-9]{1,3},[0-9]{1,15}),([+-]?[0-9]{1,3},[0-9]{1,15})")


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to cut a text into two numbers, the surest first."""
    for sign in ";|/":
        if text.count(sign) == 1:
            yield _cut(text, sign)
            return
    sides = [place for place, letter in enumerate(text) if letter in "NSEWAO"]
    if len(sides) > MOST_LETTERS:
        return
    if sides:
        # Letters stand either before each number or behind it.
        before = [(text[:place], text[place:]) for place in sides if place]
        behind = [(text[: place + 1], text[place + 1 :]) for place in sides]
        yield from (*before, *behind) if sides[0] == 0 else (*behind, *before)
        return
    for pattern in (_DEGREE_SIGNS, _FOUR):
        if match := pattern.fullmatch(text):
            yield match[1], match[2]
    if text.count(", ") == 1:
        yield _cut(text, ", ")
    # One comma alone may be the mark of one decimal number.
    if text.count(",") == 1 and "." in text:
        yield _cut(text, ",")
    words = text.split()
    if len(words) in (2, 4, 6):
        middle = len(words) // 2
        yield " ".join(words[:middle]), " ".join(words[middle:])


def _cut(text: str, sign: str) -> tuple[str, str]:
    first, _, second = text.partition(sign)
    return first, second


def _ordered(one: Angle, two: Angle) -> Point:
    if one.axis == "lon" or two.axis == "lat":
        one, two = two, one
    return Point(one.value, two.value, min(one.step, two.step))


_WKT_NUMBER = r"([+-]?[0-9]{1,12}(?:\.[0-9]{0,20})?)"
_WKT = re.compile(
    rf"(?:srid=[0-9]{{1,6}};)? ?point ?(?:zm?|m)? ?\( ?{_WKT_NUMBER} {_WKT_NUMBER}[ 0-9.+-]*\)"
)
_WKT_EMPTY = re.compile(r"(?:srid=[0-9]{1,6};)? ?point ?(?:zm?|m)? ?empty")


def _of_well_known_text(word: str) -> Point | Fault | None:
    text = " ".join(word.casefold().split())
    if _WKT_EMPTY.fullmatch(text):
        return None
    match = _WKT.fullmatch(text)
    if match is None:
        return NO_POINT
    lon, lat = match[1], match[2]
    return Point(float(lat), float(lon), 10.0 ** -max(decimals(lat), decimals(lon)))


def _of_json(word: str) -> Point | Fault | None:
    """Read a GeoJSON point, or a feature that has one."""
    try:
        found = json.loads(word, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return NO_POINT
    if found.get("type") == "Feature" and "geometry" in found:
        found = found["geometry"]
        if found is None:
            return None
    return _of_position(found) if isinstance(found, dict) else NO_POINT


def _of_position(found: dict[str, Any]) -> Point | Fault | None:
    numbers = found.get("coordinates")
    if found.get("type") != "Point" or not isinstance(numbers, list):
        return NO_POINT
    if not numbers:
        return None
    read = [_angle(word, packed=False) for word in numbers[:2] if isinstance(word, str)]
    lon, lat = read if len(read) == 2 else (None, None)
    return Point(lat.value, lon.value, min(lat.step, lon.step)) if lat and lon else NO_POINT
