"""Map files of others: told apart by their first bytes, and read by the one reader of each kind.

Only plain files of this computer are read. Of the many readers of the library that opens them all
but three are taken out of service: the others follow links in a file to other files and to the
network, and the library chooses a reader by what stands in a file, not by its name.

Source: security.md I21 to I23.
"""

from __future__ import annotations

import gc
import json
import re
import shutil
import sqlite3
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio._ogr import _register_drivers

from crashkit import grids, unpacking
from crashkit.errors import IntakeError, NeedsChoice, SettingError

READERS = ("ESRI Shapefile", "GPKG", "OSM")
"""Readers of the library that stay in service; GeoJSON is read without it."""

GEOJSON, SHAPEFILE, PACKAGE, OSM = "GeoJSON", "Shapefile", "GeoPackage", "OpenStreetMap"
SQLITE = b"SQLite format 3\x00"
PACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
SHAPES = b"\x00\x00\x27\x0a"
HEAD = 128
"""So many bytes tell what a file is."""
MOST_BYTES = unpacking.MOST_BYTES
MOST_JSON_BYTES = 120_000_000
"""Takes some 1.6 gigabytes of memory while it is read."""
MOST_OSM_BYTES = 40_000_000_000
"""An extract holds all of a country and is read in one pass; a continent is smaller than this."""
LONGEST_WORD = 120
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""Files that make a Shapefile; the first three must be there."""
LINE, MULTI_LINE = 1, 5
"""Types of shapes as `shapely.get_type_id` numbers them."""

_DEGREES = ("EPSG:4326", "OGC:CRS84")
_SYSTEM = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[0-9.]*:)?([0-9]{4,6}|CRS84)", re.I)

ENCODINGS = ("cp1251", "cp866", "gb18030", "cp1252", "cp1250", "cp1254", "cp1256")
"""In which the words of a Shapefile may be that does not say it."""
_SAYS_NOTHING = (0x00, 0x57)
"""Marks of a .dbf file for no encoding, and for that of the computer it was made on."""
_SHOWN = 60

_BROKEN = (RuntimeError, ValueError, MemoryError, UnboundLocalError)
"""What the library says of a damaged file; over some it stumbles itself."""

Words = NDArray[np.object_]
Flags = NDArray[np.bool_]


def _retire_readers() -> None:
    """Take all readers but ours out of service. The library forgets them when it registers anew."""
    others = ",".join(name for name in pyogrio.list_drivers() if name not in READERS)
    pyogrio.set_gdal_config_options({"OGR_SKIP": others})
    _register_drivers()


_retire_readers()


@dataclass(frozen=True, eq=False)
class Table:
    """What was read of one layer: shapes (None where there is none), and columns of words.

    A word is "" where the file has none. `system` is the coordinate system of the shapes, as the
    file names it.
    """

    shapes: Words
    columns: Mapping[str, Words] = field(default_factory=dict)
    system: str | None = None

    def keep(self, chosen: Flags) -> Table:
        """Cut."""
        columns = {name: words[chosen] for name, words in self.columns.items()}
        return Table(self.shapes[chosen], columns, self.system)

    def words(self, name: str | None) -> Words:
        """Return the words of a column; empty ones where there is no such column."""
        if name is not None and name in self.columns:
            return self.columns[name]
        return np.full(len(self.shapes), "", dtype=object)


class Info(NamedTuple):
    """What a layer says of itself before it is read."""

    fields: tuple[str, ...]
    geometry: str


class Limits(NamedTuple):
    """How much of a layer is read; `what` names it to people."""

    shapes: int
    places: int


# -------------------------------------------------------------- what a file is


def is_osm(start: bytes) -> bool:
    """Say whether a file begins as OpenStreetMap extracts do: a short block called OSMHeader."""
    return start[4:6] == b"\x0a\x09" and start[6:15] == b"OSMHeader"


def is_package(start: bytes) -> bool:
    """Say whether a file begins as a GeoPackage does: an SQLite file with its mark."""
    return start.startswith(SQLITE) and start[68:72] in PACKAGE_IDS


def kind(start: bytes) -> str | None:
    """Return what a map file is, by its first bytes; None for all that is not read here."""
    if is_osm(start):
        return OSM
    if is_package(start):
        return PACKAGE
    if start.startswith(SHAPES):
        return SHAPEFILE
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return GEOJSON
    return None


def beginning(file: Path, most: int, name: str = "") -> bytes:
    """Return the first bytes of a plain file of this computer. Raises IntakeError.

    Here as below, `name` is what people call the file, where that is not its own name.
    """
    try:
        # Only what lies on this computer: no address, no name that means a device or a network.
        if not file.is_file():
            raise IntakeError("There is no file {file}.", file=name or str(file))
        if file.stat().st_size > most:
            raise too_large(name or file.name, most)
        with file.open("rb") as opened:
            return opened.read(HEAD)
    except (OSError, ValueError) as error:
        raise IntakeError(
            "{file} cannot be read: {cause}.",
            file=name or str(file),
            cause=getattr(error, "strerror", None) or str(error),
        ) from error


def too_large(name: str, most: int) -> IntakeError:
    """Return the error of a file that is too large."""
    if most >= 10**9:
        return IntakeError("{file} is larger than {most} gigabytes.", file=name, most=most // 10**9)
    return IntakeError("{file} is larger than {most} megabytes.", file=name, most=most // 10**6)


def damaged(name: str) -> IntakeError:
    """Return the error of a file that cannot be read to its end."""
    return IntakeError(
        "{file} is damaged or not what its name says. Download or export it again.", file=name
    )


# --------------------------------------------------------- a folder of our own


@contextmanager
def safely(file: Path, name: str = "") -> Iterator[tuple[Path, str]]:
    """Give a path from which a map file may be opened, and its kind.

    A Shapefile (zipped or bare) and a GeoPackage are laid into a folder of our own, by plain names:
    files that lie beside them, and names that somebody chose, play no part. GeoJSON and extracts of
    OpenStreetMap are read where they lie: nothing in them leads to other files. Raises IntakeError.
    """
    name = name or file.name
    start = beginning(file, MOST_OSM_BYTES, name)
    found = kind(start)
    if found == OSM:
        yield file.resolve(), OSM
        return
    beginning(file, MOST_BYTES, name)
    with tempfile.TemporaryDirectory(prefix="crashkit-") as ours:
        folder = Path(ours)
        if unpacking.is_zip(start):
            yield _unpacked(file, folder, name)
        elif found == SHAPEFILE:
            _copy_parts(file, folder, name)
            yield folder / "layer.shp", SHAPEFILE
        elif found == PACKAGE:
            shutil.copyfile(file, folder / "layer.gpkg")
            yield folder / "layer.gpkg", PACKAGE
        elif found == GEOJSON:
            yield file, GEOJSON
        else:
            raise unknown_kind(name)


def unknown_kind(name: str) -> IntakeError:
    """Return the error of a file that is none of the kinds of map files that are read."""
    return IntakeError(
        "{file} is none of the kinds of map file CrashKit reads here: GeoJSON, a Shapefile (zipped "
        "with the files that belong to it), a GeoPackage (.gpkg) or an OpenStreetMap extract "
        "(.osm.pbf).",
        file=name,
    )


def _copy_parts(file: Path, folder: Path, name: str) -> None:
    beside = {
        path.suffix.lower(): path
        for path in file.parent.iterdir()
        if path.stem == file.stem and path.suffix.lower() in PARTS and path.is_file()
    }
    _check_parts(name, beside)
    if sum(path.stat().st_size for path in beside.values()) > MOST_BYTES:
        raise too_large(name, MOST_BYTES)
    for ending, path in beside.items():
        shutil.copyfile(path, folder / f"layer{ending}")


def _unpacked(file: Path, folder: Path, name: str) -> tuple[Path, str]:
    """Unpack the one layer in an archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = _layer_in(name, unpacking.members(archive))
            left = MOST_BYTES
            for ending, member in members.items():
                content = unpacking.read(archive, member, left)
                if content is None:
                    raise too_large(name, MOST_BYTES)
                left -= len(content)
                (folder / f"layer{ending}").write_bytes(content)
    except RuntimeError:
        raise IntakeError(
            "{file} is an archive (zip) protected by a password. Unpack it first.", file=name
        ) from None
    except unpacking.BROKEN as error:
        raise damaged(name) from error
    main = next(iter(members))
    path = folder / f"layer{main}"
    found = kind(beginning(path, MOST_BYTES))
    if {".shp": SHAPEFILE, ".gpkg": PACKAGE}.get(main, GEOJSON) != found:
        raise damaged(name)
    return path, found


def _layer_in(name: str, members: Sequence[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the members of the one layer of an archive by their endings, the main one first."""
    if not unpacking.fits(members):
        raise too_large(name, MOST_BYTES)
    plain = [one for one in members if not one.is_dir() and not one.filename.startswith("__MACOSX")]
    found = [
        one
        for one in plain
        if Path(one.filename).suffix.lower() in (".shp", ".gpkg", ".geojson", ".json")
    ]
    if len(found) != 1:
        raise IntakeError(
            "{file} is an archive (zip) with {n} map layers; it must have one. It holds: {names}",
            file=name,
            n=len(found),
            names=[one.filename[-60:] for one in plain[:10]] or "–",
        )
    main = Path(found[0].filename)
    if main.suffix.lower() != ".shp":
        return {main.suffix.lower(): found[0]}
    beside = {
        Path(one.filename).suffix.lower(): one
        for one in plain
        if Path(one.filename).with_suffix("") == main.with_suffix("")
        and Path(one.filename).suffix.lower() in PARTS
    }
    _check_parts(name, beside)
    return {ending: beside[ending] for ending in PARTS if ending in beside}


def _check_parts(name: str, beside: Mapping[str, Any]) -> None:
    missing = [ending for ending in PARTS[:3] if ending not in beside]
    if missing:
        raise IntakeError(
            "A Shapefile is several files of one name. Beside {file} these are missing: {missing}. "
            "Zip all of them into one archive and give that.",
            file=name,
            missing=missing,
        )


# --------------------------------------------------------------- its layers


def layers(path: Path, name: str = "") -> list[str]:
    """Return the layers of a GeoPackage that are tables; a view would run what its author wrote."""
    query = (
        "SELECT c.table_name FROM gpkg_contents AS c JOIN sqlite_master AS m "
        "ON lower(m.name) = lower(c.table_name) "
        "WHERE c.data_type = 'features' AND m.type = 'table' "
        "AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY c.table_name"
    )
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            return [str(row[0]) for row in opened.execute(query).fetchmany(500)]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise damaged(name or path.name) from error


def info(path: Path, layer: str | None = None, *, name: str = "", **how: Any) -> Info:
    """Return what a layer says of itself. Raises IntakeError."""
    try:
        with _quiet():
            found = pyogrio.read_info(path, layer=layer, **_unchanged(path), **how)
    except _BROKEN as error:
        raise damaged(name or path.name) from error
    return Info(tuple(map(str, found["fields"])), str(found["geometry_type"]))


def read(path: Path, layer: str | None, limits: Limits, *, name: str = "", **how: Any) -> Table:
    """Read a layer of a Shapefile, GeoPackage or OpenStreetMap extract. Raises IntakeError.

    `how` says what else the library is to be told: `columns`, `where`, options of a reader.
    """
    how = {"max_features": limits.shapes + 1, **_unchanged(path), **how}
    try:
        with _quiet():
            about, _, shapes, values = pyogrio.raw.read(path, layer=layer, force_2d=True, **how)
        found = shapely.from_wkb(shapes, on_invalid="ignore")
    except _BROKEN as error:
        raise damaged(name or path.name) from error
    check_limits(found, limits, name or path.name)
    fields = map(str, about["fields"])
    columns = {one: as_words(column) for one, column in zip(fields, values, strict=True)}
    return Table(found, columns, about["crs"])


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library from printing what is no error; what is left out is counted by us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def _unchanged(path: Path) -> dict[str, str]:
    """Return the option by which a GeoPackage is opened as a file that nobody writes to."""
    return {"IMMUTABLE": "YES"} if is_package(beginning(path, path.stat().st_size)) else {}


def encoding(path: Path, asked: str, name: str) -> str | None:
    """Return in which encoding the words of a Shapefile are; None where it says that itself.

    Raises NeedsChoice where it does not, and the letters are not those of UTF-8; IntakeError for
    one that was asked for and cannot be.
    """
    text = _letters(path.with_suffix(".dbf").read_bytes())
    if asked:
        if not _is_in(text, asked):
            raise IntakeError(
                "The words of {file} cannot be read as {encoding}.", file=name, encoding=asked
            )
        return asked
    if path.with_suffix(".cpg").exists() or text.isascii():
        return None
    with path.with_suffix(".dbf").open("rb") as opened:
        mark = opened.read(30)[29:]
    if mark and mark[0] not in _SAYS_NOTHING:
        return None
    if _is_in(text, "utf-8"):
        return "utf-8"
    choices = [one for one in ENCODINGS if _is_in(text, one)]
    raise NeedsChoice(
        "{file} does not say in which encoding its words are. Choose the one in which they are "
        "right.",
        option="encoding",
        choices=choices,
        examples={one: [(name, _excerpt(text, one))] for one in choices},
        file=name,
    )


def _letters(table: bytes) -> bytes:
    """Return the names of columns and the rows of a .dbf file: all in it that is text."""
    begin = int.from_bytes(table[8:10], "little")
    names = [table[at : at + 11].split(b"\0")[0] for at in range(32, begin - 1, 32)]
    return b" ".join([*names, table[begin:]])


def _is_in(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _excerpt(text: bytes, encoding: str) -> str:
    """Return some words that are not of ASCII, as they are in an encoding."""
    found = re.findall(rb"[^ \x00-\x1f]*[\x80-\xff][^\x00-\x1f]{0,40}", text)[:3]
    words = " ".join(b" ".join(found).decode(encoding, "ignore").split())
    return "".join(sign for sign in words if sign.isprintable())[:_SHOWN]


def check_limits(shapes: Words, limits: Limits, name: str) -> None:
    """Raise IntakeError where a layer has more than is read."""
    if len(shapes) > limits.shapes or shapely.get_num_coordinates(shapes).sum() > limits.places:
        raise IntakeError(
            "{file} holds more than {most} shapes, or {places} places, in one layer. Take an "
            "extract of a smaller area, or leave out what is not needed.",
            file=name,
            most=limits.shapes,
            places=limits.places,
        )


def as_words(column: NDArray[Any]) -> Words:
    """Return values as they would be written: whole numbers without a point, "" where none."""
    found = pd.Series(column)
    if found.dtype.kind == "f":
        found = found.astype("Int64") if (found.dropna() % 1 == 0).all() else found
    text = found.astype(object).where(found.notna(), "").astype(str)
    return text.str.strip().str.slice(0, LONGEST_WORD).to_numpy(dtype=object)


# ------------------------------------------------------------------ GeoJSON


def read_geojson(path: Path, limits: Limits, name: str = "") -> Table:
    """Read a GeoJSON file; shapes that are no lines, or broken, are None. Raises IntakeError.

    Source: RFC 7946, The GeoJSON Format; its predecessor of 2008 for the name of another system.
    """
    beginning(path, MOST_JSON_BYTES, name)
    with _uncollected():
        document = _parsed(path)
        features = _features(document)
        if len(features) > limits.shapes:
            check_limits(np.full(limits.shapes + 1, None), limits, name or path.name)
        shapes = _lines(features)
        check_limits(shapes, limits, name or path.name)
        rows = [_properties(one) for one in features]
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: _column(rows, name) for name in names}
        return Table(shapes, columns, _named_system(document))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of rings away from millions of small lists without one ring among them.

    It would walk through them again and again, for most of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise IntakeError(
            "The file is no GeoJSON: it is not one whole JSON text in UTF-8. Export it again as "
            "GeoJSON."
        ) from None


def _features(document: Any) -> Sequence[Mapping[str, Any]]:
    given = document if isinstance(document, dict) else {}
    found = [given] if given.get("type") == "Feature" else given.get("features")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise IntakeError("The file is JSON, but no GeoJSON: it holds no collection of features.")
    return found


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> Words:
    found: Words = np.full(len(rows), "", dtype=object)
    found[:] = [_word(row.get(name)) for row in rows]
    return found


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    found = str(value) if isinstance(value, str | int | float) else ""
    # One half of a sign in two halves is none, and no file can hold it.
    return found.strip()[:LONGEST_WORD].encode("utf-8", "ignore").decode("utf-8")


def _named_system(document: Mapping[str, Any]) -> str | None:
    system = document.get("crs")
    if system is None:
        return _DEGREES[0]
    words = system.get("properties") if isinstance(system, dict) else None
    name = str(words.get("name")) if isinstance(words, dict) else ""
    said = _SYSTEM.fullmatch(name)
    return f"{said[1].upper()}:{said[2].upper()}" if said else name[:LONGEST_WORD]


def _lines(features: Sequence[Mapping[str, Any]]) -> Words:
    """Return the lines of features as shapes; None where a feature has none, or a broken one."""
    places: list[NDArray[np.float64]] = []
    owners: list[int] = []
    for n, one in enumerate(features):
        parts = _parts(one.get("geometry"))
        places += parts
        owners += [n] * len(parts)
    found = np.full(len(features), None, dtype=object)
    if places:
        of = np.repeat(np.arange(len(places)), [len(part) for part in places])
        single = shapely.linestrings(np.concatenate(places), indices=of)
        having, indices = np.unique(owners, return_inverse=True)
        found[having] = shapely.multilinestrings(single, indices=indices)
        # A feature of one part is a plain line.
        alone = shapely.get_num_geometries(found) == 1
        found[alone] = shapely.get_geometry(found[alone], 0)
    return found


def _parts(geometry: Any) -> list[NDArray[np.float64]]:
    if not isinstance(geometry, dict):
        return []
    given = geometry.get("coordinates")
    parts = {"LineString": [given], "MultiLineString": given}.get(str(geometry.get("type")))
    if not isinstance(parts, list):
        return []
    try:
        return [_places(part) for part in parts]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        return []


def _places(part: Any) -> NDArray[np.float64]:
    found = np.array([(place[0], place[1]) for place in part])
    if len(found) < 2 or found.ndim != 2 or found.dtype.kind not in "iuf":
        raise ValueError("not a line")
    return found.astype(np.float64)


# -------------------------------------------------------- where shapes lie


def in_degrees(table: Table, name: str) -> Table:
    """Return the shapes in degrees of WGS 84. Raises IntakeError for a system nobody knows."""
    if table.system in _DEGREES:
        return table
    system = table.system
    if system is not None and not _SYSTEM.fullmatch(system):
        system = grids.named(system) or system

    def turned(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(grids.to_wgs84(places[:, 0], places[:, 1], system or ""))

    try:
        shapes = shapely.transform(table.shapes, turned)
    except SettingError:
        raise IntakeError(
            "{file} is in a coordinate system CrashKit does not know: {system}. Export it again in "
            "WGS 84 (EPSG:4326).",
            file=name,
            system=str(system or "–")[:LONGEST_WORD],
        ) from None
    return Table(shapes, table.columns, _DEGREES[0])


def on_earth(shapes: Words) -> Flags:
    """Mark the shapes in degrees that are not empty and lie on the Earth as a whole."""
    edges = shapely.bounds(shapes)
    limits = np.array([180.0, 90.0, 180.0, 90.0])
    with np.errstate(invalid="ignore"):
        found: Flags = np.isfinite(edges).all(axis=1) & (np.abs(edges) <= limits).all(axis=1)
    return found
