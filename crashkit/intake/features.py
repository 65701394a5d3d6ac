"""GeoJSON to blocks of rows: features are rows, properties are cells, lists of objects are tables.

Only what the standard allows is JSON: no NaN, no name twice in one object. Features are read one
after another, so that a large file is never held as objects. Numbers stay as they are written.

Source: RFC 8259 (JSON), RFC 7946 (GeoJSON).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from crashkit.errors import IntakeError
from crashkit.intake.mapping import fold
from crashkit.intake.texts import BLOCK, Block

DEEPEST = 20
"""Objects and lists within each other, at most."""
MOST_NAMES = 1_000
"""Names of properties that are told apart; files with so many are refused later by their number."""
LONGEST_SHOWN = 2_000
JOINED = ", "
"""Between the words of a list in one cell, as tables made of such files have it."""

ABOVE, NUMBER = "^", "#"
"""`^id` is the `id` of the row that a list belongs to, `#` the place of a row in its list."""
POINT = ("longitude", "latitude")

_BLANK = re.compile(r"[ \t\n\r]*")
_HALF_A_LETTER = re.compile("[\ud800-\udfff]")
_SAFE_CRS = re.compile(r"(?:OGC.*CRS84|EPSG.*\b4326)$", re.IGNORECASE)

Row = dict[str, str]


class _Number(str):
    """A number as it is written; other texts stood in quotation marks."""


class _Object(dict[str, Any]):
    """An object of a file. `twice`: a name stands twice in it."""

    twice: bool = False


class _NotJson(Exception):
    """A word that programs write and that is not JSON."""


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    found.twice = len(found) < len(pairs)
    return found


def _refuse(word: str) -> None:
    raise _NotJson(word)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_refuse
)


class Collection:
    """The features of a file. Raises IntakeError for what is no FeatureCollection.

    `names` has the properties of the features, and those of the lists in them that were asked for
    by their path ("vehicles.participants"). `crs` is what the file says of its coordinates where
    they may be no degrees of WGS 84.
    """

    def __init__(self, name: str, text: str, paths: Sequence[str] = ("",)) -> None:
        self.name, self.text = name, text
        self.names: dict[str, list[str]] = {}
        self.crs = ""
        self._first = -1
        self._paths = paths
        seen: dict[str, dict[str, None]] = {path: {} for path in paths}
        self._walk(seen)
        self.names = {path: list(names) for path, names in seen.items()}

    # ------------------------------------------------------------- the file

    def _walk(self, seen: dict[str, dict[str, None]]) -> None:
        """Read the object around the features, and look through them once."""
        kind, at = None, self._expect("{", self._skip(0), _no_collection)
        while not self._is("}", at):
            key, at = self._value(at)
            at = self._skip(self._expect(":", at))
            if key == "features" and self._is("[", at) and self._first < 0:
                self._first = at + 1
                at = self._look_through(seen)
            elif key == "features":
                raise self._broken(at)
            else:
                value, at = self._value(at)
                kind = value if key == "type" else kind
                self.crs = _crs(value) if key == "crs" else self.crs
            if not self._is("}", at):
                at = self._skip(self._expect(",", at))
        if self._skip(at + 1) < len(self.text):
            raise self._broken(at + 1)
        if kind != "FeatureCollection" or self._first < 0:
            raise _no_collection(self.name)

    def _look_through(self, seen: dict[str, dict[str, None]]) -> int:
        at = self._first
        for feature, end in self._features():
            at = end
            for path, names in seen.items():
                for own, _ in _rows(feature, path):
                    found = _flat(own, self._too_deep) if own else {}
                    if len(names) < MOST_NAMES:
                        names.update(dict.fromkeys(found))
        return self._skip(self._expect("]", self._skip(at)))

    def _features(self) -> Iterator[tuple[Any, int]]:
        """Yield each element of the list of features, and where it ends."""
        at = self._skip(self._first)
        while not self._is("]", at):
            value, at = self._value(at)
            yield value, at
            if self._is("]", at):
                return
            at = self._skip(self._expect(",", at))
            if self._is("]", at):
                raise self._broken(at)

    def _value(self, at: int) -> tuple[Any, int]:
        try:
            value, end = _DECODER.raw_decode(self.text, at)
        except RecursionError:
            raise self._too_deep() from None
        except _NotJson as word:
            raise IntakeError(
                "{file} is not valid JSON: it holds {word}, which is no value. Export it again "
                "with an empty value (null) in its place.",
                file=self.name,
                word=str(word),
            ) from None
        except json.JSONDecodeError as error:
            raise self._broken(error.pos) from None
        return value, self._skip(end)

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def _is(self, sign: str, at: int) -> bool:
        return self.text.startswith(sign, at)

    def _expect(
        self, sign: str, at: int, refusal: Callable[[str], IntakeError] | None = None
    ) -> int:
        if self._is(sign, at):
            return self._skip(at + 1)
        raise refusal(self.name) if refusal else self._broken(at)

    def _broken(self, at: int) -> IntakeError:
        return IntakeError(
            "{file} is not valid JSON: it is damaged or cut off in line {line}, at letter "
            "{column}. Export it again.",
            file=self.name,
            line=self.text.count("\n", 0, at) + 1,
            column=at - self.text.rfind("\n", 0, at),
        )

    def _too_deep(self) -> IntakeError:
        return IntakeError(
            "{file} is JSON with more than {most} objects or lists within each other. Export the "
            "crash list as CSV, Excel (.xlsx) or GeoJSON with plain properties.",
            file=self.name,
            most=DEEPEST,
        )

    # ------------------------------------------------------------- the rows

    def blocks(
        self, path: str, names: Sequence[str], point: tuple[str, str] | None = None
    ) -> Iterator[Block]:
        """Yield the rows of the features, or of the lists at a path, with their numbers.

        `point` are the names of the columns of the coordinates.
        """
        block, number = Block(), 0
        start = self._skip(self._first)
        for feature, end in self._features():
            text = self.text[start:end].strip()
            start = self._skip(end) + 1
            for own, levels in _rows(feature, path):
                number += 1
                if own is None or _twice(own):
                    code = "bad_feature" if own is None else "duplicate_key"
                    block.spoiled.append((number, code, text))
                    continue
                block.lines.append(number)
                block.rows.append(self._cells(own, levels, names))
                if point:
                    _put_point(block, number, feature.get("geometry"), names, point)
                if len(block.lines) + len(block.spoiled) >= BLOCK:
                    yield block
                    block = Block()
        yield block

    def _cells(
        self, own: _Object, levels: Sequence[Mapping[str, Any]], names: Sequence[str]
    ) -> list[str]:
        cells = _flat(own, self._too_deep)
        for name in names:
            if name not in cells and name[:1] in (ABOVE, NUMBER):
                cells[name] = _carried(name, levels)
        return [cells.get(name, "") for name in names]


def collection(
    name: str, content: bytes, encoding: str, paths: Sequence[str] = ("",)
) -> Collection:
    """Return the features of a file. Raises IntakeError for what is no FeatureCollection."""
    return Collection(name, content.decode(encoding).removeprefix("\ufeff"), paths)


def point_names(names: Sequence[str], wanted: tuple[str, str] = POINT) -> tuple[str, str]:
    """Return what the columns of the coordinates are called beside properties of these names.

    `wanted` are the names under which they are looked for. Properties that are called so lead.
    """
    have = {fold(name) for name in names}
    for lon, lat in (wanted, POINT):
        if lon and lat and not {fold(lon), fold(lat)} & have:
            return lon, lat
    return f"geometry {POINT[0]}", f"geometry {POINT[1]}"


def _no_collection(name: str) -> IntakeError:
    return IntakeError(
        "{file} is JSON, but no GeoJSON FeatureCollection, which is the only JSON that can be "
        "read. Export the crash list as GeoJSON, CSV or Excel (.xlsx).",
        file=name,
    )


def _crs(value: Any) -> str:
    """Return the name of the coordinates where they may be no degrees of WGS 84."""
    properties = value.get("properties") if isinstance(value, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    said = name if isinstance(name, str) else ""
    return "" if _SAFE_CRS.search(said) else said


# --------------------------------------------------------------------- rows


def _rows(feature: Any, path: str) -> Iterator[tuple[_Object | None, list[Mapping[str, Any]]]]:
    """Yield the objects at a path of a feature, each with those above it and itself, from the top.

    Yields None for what should be an object and is none.
    """
    good = isinstance(feature, _Object) and feature.get("type") == "Feature"
    properties = feature.get("properties") if good else None
    if good and properties is None and "properties" in feature:
        properties = _Object()
    if not isinstance(properties, _Object):
        if not path:
            yield None, []
        return
    if "id" in feature and "id" not in properties:
        properties["id"] = feature["id"]
    # A feature with two geometries says as little as one with two numbers.
    properties.twice |= not path and feature.twice
    yield from _below(properties, path.split(".") if path else [], [properties])


def _below(
    own: _Object, path: Sequence[str], levels: list[Mapping[str, Any]]
) -> Iterator[tuple[_Object | None, list[Mapping[str, Any]]]]:
    if not path:
        yield own, levels
        return
    given = own.get(path[0])
    for number, one in enumerate(given if isinstance(given, list) else (), 1):
        if isinstance(one, _Object):
            yield from _below(one, path[1:], [*levels, {**one, NUMBER: _Number(number)}])
        elif len(path) == 1:
            yield None, levels


def _carried(name: str, levels: Sequence[Mapping[str, Any]]) -> str:
    """Return a property of a row above, or the place of a row in its list."""
    up = len(name) - len(name.lstrip(ABOVE))
    value = levels[-1 - up].get(name[up:]) if up < len(levels) else None
    return "" if isinstance(value, dict | list) else _text(value)


def _flat(own: _Object, refusal: Callable[[], IntakeError], depth: int = 0) -> Row:
    """Return the properties as cells; those of an object within have its name before theirs."""
    found: Row = {}
    if depth > DEEPEST:
        raise refusal()
    for key, value in own.items():
        name = _HALF_A_LETTER.sub("\ufffd", key)
        if isinstance(value, _Object):
            within = _flat(value, refusal, depth + 1)
            found |= {f"{name}.{rest}": cell for rest, cell in within.items()}
        elif isinstance(value, list):
            found[name] = _listed(value, refusal, depth + 1)
        else:
            found[name] = _text(value)
    return found


def _listed(values: list[Any], refusal: Callable[[], IntakeError], depth: int) -> str:
    """Return the words of a list in one cell; of a list of objects only how many they are."""
    if depth > DEEPEST:
        raise refusal()
    if any(isinstance(one, dict) for one in values):
        return f"[{len(values)}]"
    return JOINED.join(
        _listed(one, refusal, depth + 1) if isinstance(one, list) else _text(one) for one in values
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _twice(own: _Object) -> bool:
    """Say whether a name stands twice in an object or in one within it; lists are apart."""
    return own.twice or any(_twice(value) for value in own.values() if isinstance(value, _Object))


# ----------------------------------------------------------------- geometry


def _put_point(
    block: Block, number: int, geometry: Any, names: Sequence[str], point: tuple[str, str]
) -> None:
    """Write the coordinates of a feature into its row, or say why it has none."""
    if geometry is None:
        return
    found = _point(geometry)
    if found is None:
        kind = geometry.get("type") if isinstance(geometry, dict) else ""
        block.noted.append((number, "no_point", str(kind)[:LONGEST_SHOWN]))
        return
    for name, value in zip(point, found, strict=True):
        block.rows[-1][names.index(name)] = value


def _point(geometry: Any) -> tuple[str, str] | None:
    """Return longitude and latitude as they are written, or None for what is no such point."""
    if not isinstance(geometry, _Object) or geometry.get("type") != "Point" or geometry.twice:
        return None
    given = geometry.get("coordinates")
    if not isinstance(given, list) or len(given) < 2:
        return None
    lon, lat = given[:2]
    good = all(isinstance(one, _Number) and math.isfinite(float(one)) for one in (lon, lat))
    return (str(lon), str(lat)) if good else None
