"""Layers that users bring: GeoJSON read, checked whole, and made plain before it is kept.

Nothing is repaired: what is wrong is said with the number of its feature.
Source: RFC 7946, The GeoJSON Format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from crashkit.errors import IntakeError, Message, SettingError, counted

MOST_BYTES = 10_000_000
MOST_FEATURES = 50_000
MOST_PLACES = 500_000
"""Places of all features together, which a browser draws at once; an extract holds more."""
MOST_WORDS = 40
LONGEST_KEY = 60
LONGEST_WORD = 500
LONGEST_TITLE = 60
TOLD = 5
"""So many features are named when something is wrong with them."""

KINDS = {
    "roads": Message("Roads"),
    "areas": Message("Administrative areas"),
    "junctions": Message("Junctions"),
    "other": Message("Other"),
}
"""What a layer is for; it says how its shapes are drawn and what they serve for."""

COLOURS = {
    "blue": Message("Blue"),
    "green": Message("Green"),
    "sky": Message("Sky blue"),
    "pink": Message("Pink"),
    "brown": Message("Brown"),
    "grey": Message("Grey"),
}
"""Colours that people with any colour vision tell apart, and that no severity has.

Source: Okabe and Ito, Color Universal Design (2008); grey and brown added.
"""

NEEDS = {"roads": ("line",), "areas": ("surface",), "junctions": ("point",)}
_SHAPES = {
    "Point": ("point", 0),
    "MultiPoint": ("point", 1),
    "LineString": ("line", 1),
    "MultiLineString": ("line", 2),
    "Polygon": ("surface", 2),
    "MultiPolygon": ("surface", 3),
}
"""For each type of geometry: what it is, and how many lists are around a place."""

_HUGE = 1e15
"""Larger numbers are none that a browser keeps whole."""

_HALF_SIGN = re.compile(r"\\u[dD][89a-fA-F]")

_WGS84 = re.compile(r"(urn:ogc:def:crs:)?(OGC:(1\.3:)?CRS84|EPSG:(:)?4326)", re.IGNORECASE)
"""Names of the only system of GeoJSON, which some programs write all the same."""


@dataclass(frozen=True, eq=False)
class Read:
    """A layer as it will be kept: plain GeoJSON, what is in it, and what was left out."""

    geojson: Mapping[str, Any]
    features: int
    places: int
    shapes: tuple[str, ...]
    left_out: int


def read(content: bytes, *, kind: str) -> Read:
    """Check a GeoJSON file and return it as it will be kept. Raises IntakeError, SettingError."""
    if kind not in KINDS:
        raise SettingError(
            "There is no kind of layer “{kind}”; there are: {kinds}", kind=kind, kinds=list(KINDS)
        )
    document = _document(content)
    features = _features(document)
    _check_system(document)
    found = [_feature(one, n) for n, one in enumerate(features, 1)]
    places = sum(_count(one["geometry"]["coordinates"]) for one in found)
    if places > MOST_PLACES:
        raise _too_much(Message("{n} places", {"n": places}), MOST_PLACES)
    _check_surfaces(found)
    shapes = tuple(sorted({_SHAPES[one["geometry"]["type"]][0] for one in found}))
    _check_kind(kind, shapes)
    kept = sum(len(one["properties"]) for one in found)
    told = (one.get("properties") for one in features)
    given = sum(len(words) for words in told if isinstance(words, dict))
    collection = {"type": "FeatureCollection", "features": found}
    return Read(collection, len(found), places, shapes, given - kept)


def check_title(title: str) -> str:
    """Return the title of a layer, cleaned. Raises SettingError."""
    words = " ".join("".join(sign for sign in title if sign.isprintable()).split())
    if not 1 <= len(words) <= LONGEST_TITLE:
        raise SettingError("Give the layer a name of 1 to {most} signs.", most=LONGEST_TITLE)
    return words


def check_colour(colour: str) -> str:
    """Return the name of a colour. Raises SettingError."""
    if colour not in COLOURS:
        raise SettingError(
            "There is no colour “{colour}”; there are: {colours}",
            colour=colour,
            colours=list(COLOURS),
        )
    return colour


def _document(content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise _too_much(Message("{n} bytes", {"n": len(content)}), MOST_BYTES)
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text, parse_constant=_no_number)
        if _HALF_SIGN.search(text):
            # Halves that belong together are a sign; one alone is none, and no file can hold it.
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise IntakeError(
            "The file is no GeoJSON: it is not one whole JSON text in UTF-8. Export it again as "
            "GeoJSON."
        ) from None
    if not isinstance(found, dict):
        raise IntakeError("The file is JSON, but no GeoJSON: it holds no collection of features.")
    return found


def _no_number(word: str) -> float:
    raise ValueError(word)


def _features(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = document.get("features")
    if document.get("type") == "Feature":
        found = [document]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise IntakeError("The file is JSON, but no GeoJSON: it holds no collection of features.")
    if not found:
        raise IntakeError("The layer is empty.")
    if len(found) > MOST_FEATURES:
        raise _too_much(Message("{n} features", {"n": len(found)}), MOST_FEATURES)
    return found


def _too_much(what: Message, most: int) -> IntakeError:
    return IntakeError(
        "The layer is too large for the browser: {what}; at most {most} are allowed. Simplify it, "
        "or put it on the map as an extract: crashkit basemap add FILE.gpkg",
        what=what,
        most=most,
    )


def _check_system(document: Mapping[str, Any]) -> None:
    system = document.get("crs")
    if system is None:
        return
    words = system.get("properties") if isinstance(system, dict) else None
    name = words.get("name") if isinstance(words, dict) else None
    if not (isinstance(name, str) and _WGS84.fullmatch(name)):
        raise IntakeError(
            "The file is in another coordinate system ({system}). Export it again as GeoJSON in "
            "WGS 84 (EPSG:4326): degrees, longitude first.",
            system=str(name)[:80],
        )


def _feature(one: Mapping[str, Any], n: int) -> dict[str, Any]:
    geometry = one.get("geometry")
    if not isinstance(geometry, dict):
        raise IntakeError("Feature {n} has no shape.", n=n)
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise IntakeError(
            "Feature {n} is of the type “{type}”. CrashKit draws points, lines and surfaces.",
            n=n,
            type=str(kind)[:40],
        )
    coordinates = _places(geometry.get("coordinates"), _SHAPES[kind][1], n)
    _check_lengths(kind, coordinates, n)
    _check_sides(kind, coordinates, n)
    words = _words(one.get("properties"))
    return {
        "type": "Feature",
        "properties": words,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _places(found: Any, depth: int, n: int) -> Any:
    """Return coordinates without heights, to a centimetre. Raises IntakeError."""
    if not isinstance(found, list) or not found:
        raise IntakeError("The shape of feature {n} is empty or broken.", n=n)
    if depth:
        return [_places(one, depth - 1, n) for one in found]
    lon, lat = (found + [None])[:2]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (lon, lat)):
        raise IntakeError("The shape of feature {n} is empty or broken.", n=n)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise IntakeError(
            "Feature {n} lies at {lon}, {lat}, which are no degrees. Export the layer again as "
            "GeoJSON in WGS 84 (EPSG:4326): degrees, longitude first.",
            n=n,
            lon=lon,
            lat=lat,
        )
    return [round(float(lon), 7), round(float(lat), 7)]


def _check_lengths(kind: str, coordinates: Any, n: int) -> None:
    for line in _lines(kind, coordinates):
        least = 4 if "Polygon" in kind else 2
        if len(line) < least or (least == 4 and line[0] != line[-1]):
            raise IntakeError(
                "Feature {n} has a line of one place, or a surface whose edge is not closed.", n=n
            )


def _check_sides(kind: str, coordinates: Any, n: int) -> None:
    """Raise IntakeError for a side across the date line: nobody knows which way round it runs.

    Source: RFC 7946, section 3.1.9: such shapes are cut in two there.
    """
    for line in _lines(kind, coordinates):
        for (lon, _), (to_lon, _) in pairwise(line):
            # A shape that was cut, or holds a pole, runs along the date line or from end to end.
            if abs(to_lon - lon) > 180 and {abs(lon), abs(to_lon)} != {180.0}:
                raise IntakeError(
                    "Feature {n} crosses the date line: one of its sides runs from longitude "
                    "{start} to {end}, and may be meant either way round the earth. Cut the shape "
                    "in two at 180 degrees, or add places to the side, and add the layer again.",
                    n=n,
                    start=lon,
                    end=to_lon,
                )


def _lines(kind: str, coordinates: Any) -> Iterator[list[Any]]:
    depth = _SHAPES[kind][1]
    if kind in ("Point", "MultiPoint"):
        return
    parts = [coordinates]
    for _ in range(depth - 1):
        parts = [inner for part in parts for inner in part]
    yield from parts


def _words(found: Any) -> dict[str, Any]:
    """Return the plain words and numbers of a feature; lists and objects cannot be shown."""
    if not isinstance(found, dict):
        return {}
    kept: dict[str, Any] = {}
    for key, value in found.items():
        if len(kept) == MOST_WORDS:
            break
        if isinstance(value, str):
            kept[key[:LONGEST_KEY]] = value[:LONGEST_WORD]
        elif value is None or (isinstance(value, bool | int | float) and abs(value) < _HUGE):
            kept[key[:LONGEST_KEY]] = value
    return kept


def _count(coordinates: Any) -> int:
    if not isinstance(coordinates[0], list):
        return 1
    return sum(_count(one) for one in coordinates)


def _check_surfaces(features: Sequence[Mapping[str, Any]]) -> None:
    """Raise IntakeError for surfaces whose edge crosses itself: nobody knows what lies inside."""
    numbers = [n for n, one in enumerate(features, 1) if "Polygon" in str(one["geometry"]["type"])]
    shapes = np.array(
        [shapely.geometry.shape(features[n - 1]["geometry"]) for n in numbers], dtype=object
    )
    wrong = [n for n, fine in zip(numbers, shapely.is_valid(shapes), strict=True) if not fine]
    if wrong:
        raise IntakeError(
            "The edge of a surface crosses itself. Features: {numbers}. Repair them, for example "
            "by “Fix geometries” in QGIS, and add the layer again.",
            numbers=[*map(str, wrong[:TOLD]), *(["…"] if len(wrong) > TOLD else [])],
        )


def _check_kind(kind: str, shapes: Sequence[str]) -> None:
    needed = NEEDS.get(kind, shapes)
    if not set(needed) & set(shapes):
        raise IntakeError(
            "A layer of the kind “{kind}” needs {shapes}, and this one has none.",
            kind=KINDS[kind],
            shapes={
                "line": Message("lines"),
                "surface": Message("surfaces"),
                "point": Message("points"),
            }[needed[0]],
        )


def left_out(n: int) -> Message:
    """Return the sentence about properties that were not kept."""
    return counted(
        "{n} property was left out: it is a list, or one too many.",
        "{n} properties were left out: they are lists, or too many.",
        n,
    )
