"""Roads and water read from an OpenStreetMap extract or a GeoPackage, merged and ready to be cut.

Only plain files of this computer are read, and each by the one reader its first bytes call for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from crashkit import mapfiles
from crashkit.errors import IntakeError, Message, NeedsChoice
from crashkit.extracts import cutting
from crashkit.extracts.cutting import LINE, SURFACE, Layer
from crashkit.mapfiles import Info, Limits, Table
from crashkit.model import Progress, no_progress
from crashkit.roads import columns

ROADS, WATER, WATERWAYS = "roads", "water", "waterways"
LIMITS = Limits(shapes=5_000_000, places=100_000_000)
"""Roads, or waters, of one file; a country of a hundred million people has some three million."""
LINKS_FROM = 11
"""Zoom level from which on the ramps of a junction are drawn."""
OSM = "© OpenStreetMap contributors (ODbL)"

Words = NDArray[np.object_]


@dataclass(frozen=True)
class Asked:
    """What the user says of a GeoPackage: which layers are roads and water, where the class is."""

    roads: str | None = None
    water: str | None = None
    class_field: str | None = None


@cache
def known() -> dict[str, Any]:
    """Return what is known of the names of others: `schemas.toml`, and the words of road layers."""
    text = resources.files("crashkit.extracts").joinpath("schemas.toml").read_text("utf-8")
    found, ranks = tomllib.loads(text), columns.known()["ranks"]
    words = {
        name: [*ranks[name]["said"], number] for name, number in found["class_numbers"].items()
    }
    return found | {"class_words": words}


# -------------------------------------------------------------- two formats


def read_osm(path: Path, progress: Progress = no_progress) -> list[Layer]:
    """Read main roads and water of an OpenStreetMap extract (.osm.pbf). Raises IntakeError."""
    settings = resources.files("crashkit.extracts").joinpath("osm.ini")
    with resources.as_file(settings) as file:
        how = {"CONFIG_FILE": str(file)}
        progress(0.0, Message("Reading roads and rivers"))
        lines = _read(path, "lines", where=_where(("highway", "waterway"), LINE), **how)
        progress(0.5, Message("Reading lakes"))
        fields = ("natural", "landuse", "water", "waterway")
        surfaces = _read(path, "multipolygons", where=_where(fields, SURFACE), **how)
    progress(0.9, Message("Joining the parts of each road"))
    return _layers(
        _roads(lines, lines.words("highway")),
        _rivers(lines, lines.words("waterway")),
        _lakes(surfaces),
    )


def _where(fields: Sequence[str], kind: int) -> str:
    """Return the condition that leaves out all but roads and water before anything is built."""
    of_water = known()["water_words"]
    words = of_water["surface"] if kind == SURFACE else of_water["river"] + of_water["canal"]
    if kind == LINE:
        words = words + [word for row in known()["class_words"].values() for word in row]
    listed = ", ".join(f"'{word}'" for word in words)
    return " OR ".join(f"{name} IN ({listed})" for name in fields)


def read_package(path: Path, asked: Asked, progress: Progress = no_progress) -> list[Layer]:
    """Read roads and water of a GeoPackage. Raises NeedsChoice where no layer can be told apart."""
    names = mapfiles.layers(path)
    progress(0.0, Message("Reading roads and rivers"))
    for layer in (asked.roads, asked.water):
        if layer is not None and layer not in names:
            raise IntakeError(
                "{file} has no layer “{layer}”. It has: {layers}",
                file=path.name,
                layer=layer,
                layers=names or "–",
            )
    about = {name: mapfiles.info(path, name) for name in names}
    tables = {name: _read_part(path, name, about[name], asked) for name in names}
    roads = _chosen(tables, asked.roads, asked.class_field)
    if roads is None:
        lined = [name for name in names if "Line" in about[name].geometry]
        raise NeedsChoice(
            "No layer of {file} tells roads by its name or by a field like “highway” or “fclass”. "
            "Say which layer holds the roads.",
            file=path.name,
            option="roads",
            choices=lined,
        )
    progress(0.7, Message("Joining the parts of each road"))
    found = [_roads(*roads)]
    for name in names if asked.water is None else [asked.water]:
        table, certain = tables[name], name == asked.water or _is_called(name, "water")
        found += [_lakes(table, certain=certain), _water_lines(table, certain=certain)]
    return _layers(*found)


def comes_from_osm(path: Path) -> bool:
    """Say whether a GeoPackage was made from OpenStreetMap: its layers keep the numbers of it."""
    return any("osm_id" in mapfiles.info(path, name).fields for name in mapfiles.layers(path))


def _read_part(path: Path, layer: str, about: Info, asked: Asked) -> Table:
    """Read what may be roads or water of a layer: an export has millions of houses and trees, too.

    A layer that was asked for, or is called roads or water, is read whole where no field tells.
    """
    nothing = Table(np.array([], dtype=object))
    if "Point" in about.geometry:
        return nothing
    where = _telling(about.fields)
    found = _read(path, layer, where=where) if where else nothing
    named = _is_called(layer, "roads") or _is_called(layer, "water")
    asks = layer in (asked.roads, asked.water)
    if asks and asked.class_field or (asks or named) and not len(found.shapes):
        return _read(path, layer)
    return found


def _telling(fields: Sequence[str]) -> str:
    """Return the condition by which any field that may tell roads or water does so; "" for none."""
    may = {*known()["fields"]["class"], *known()["fields"]["water"]}
    listed = ", ".join(f"'{word}'" for word in sorted(_class_words() | _waters()))
    quoted = [name.replace('"', '""') for name in fields if name.lower() in may]
    return " OR ".join(f'lower(CAST("{name}" AS TEXT)) IN ({listed})' for name in quoted)


def _read(path: Path, layer: str, **how: Any) -> Table:
    """Read a layer; shapes in degrees, without those that are empty or not on the Earth."""
    table = mapfiles.in_degrees(mapfiles.read(path, layer, LIMITS, **how), path.name)
    kept = table.keep(mapfiles.on_earth(table.shapes))
    broken = ~shapely.is_valid(kept.shapes)
    kept.shapes[broken] = shapely.make_valid(kept.shapes[broken])
    return kept


# ----------------------------------------------------- what is road, what water


def _chosen(
    tables: Mapping[str, Table], asked: str | None, class_field: str | None
) -> tuple[Table, Words] | None:
    """Return the table of roads with the words of its class, or None where none is known."""
    if asked is not None:
        return tables[asked], tables[asked].words(class_field or _class_field(tables[asked]))
    lined = {name: one for name, one in tables.items() if _is_of(one, LINE)}
    # A layer called roads leads over one that only looks like it.
    for name in sorted(lined, key=lambda name: (not _is_called(name, "roads"), name)):
        found = class_field or _class_field(lined[name])
        if found in lined[name].columns or _is_called(name, "roads"):
            return lined[name], lined[name].words(found)
    return None


def _class_field(table: Table) -> str | None:
    return _field(table, "class", _class_words())


def _class_words() -> set[str]:
    return {word for row in known()["class_words"].values() for word in row}


def _waters() -> set[str]:
    return {word for row in known()["water_words"].values() for word in row}


def _field(table: Table, of: str, words: set[str]) -> str | None:
    """Return the field of a table whose values are, at least once, among these words."""
    fields = {name.lower(): name for name in table.columns}
    for name in known()["fields"][of]:
        if name in fields and words & set(map(str.lower, set(table.words(fields[name])))):
            return fields[name]
    return None


def _is_called(name: str, kind: str) -> bool:
    return any(part in name.lower() for part in known()["layer_words"][kind])


def _is_of(table: Table, kind: int) -> bool:
    wanted = {LINE: (1, 5), SURFACE: (3, 6)}[kind]
    return bool(np.isin(shapely.get_type_id(table.shapes), wanted).any())


def _roads(table: Table, words: Words) -> Layer:
    """Return roads by class, the parts of one road joined: fewer shapes, and labels along them."""
    of = {word: name for name, row in known()["class_words"].items() for word in row}
    told = pd.Series(words, dtype=object).str.lower()
    classes = told.map(of)
    if (told == "").all():
        classes = pd.Series("road", index=told.index)
    chosen = classes.notna().to_numpy() & np.isin(shapely.get_type_id(table.shapes), (1, 5))
    kept = table.keep(chosen)
    link = told.str.endswith("_link").map({True: "_link", False: ""})
    facts = {"class": (classes + link).to_numpy(dtype=object)[chosen]}
    facts |= _labels(kept, with_ref=True)
    shapes, rows = _joined(kept.shapes, facts)
    zooms = np.array([_begins(row["class"]) for row in rows], dtype=np.int64)
    return Layer(ROADS, LINE, shapes, zooms, rows)


def _begins(class_: str) -> int:
    main = class_.removesuffix("_link")
    zoom: int = known()["classes"][main]
    return zoom if main == class_ else max(zoom, LINKS_FROM)


def _rivers(table: Table, words: Words) -> Layer:
    of = {word: name for name in ("river", "canal") for word in known()["water_words"][name]}
    classes = pd.Series(words, dtype=object).str.lower().map(of)
    chosen = classes.notna().to_numpy() & np.isin(shapely.get_type_id(table.shapes), (1, 5))
    kept = table.keep(chosen)
    facts = {"class": classes.to_numpy(dtype=object)[chosen], **_labels(kept)}
    shapes, rows = _joined(kept.shapes, facts)
    zooms = [known()["water"][row["class"]] for row in rows]
    return Layer(WATERWAYS, LINE, shapes, np.array(zooms, dtype=np.int64), rows)


def _water_lines(table: Table, *, certain: bool) -> Layer:
    found = _field(table, "water", _waters())
    words = table.words(found)
    if found is None and certain:
        words = np.full(len(table.shapes), "river", dtype=object)
    return _rivers(table, words)


def _lakes(table: Table, *, certain: bool = False) -> Layer:
    """Return the surfaces of water: by the words of their fields, or all of a layer of water."""
    surfaces = np.isin(shapely.get_type_id(table.shapes), (3, 6))
    told = np.zeros(len(table.shapes), dtype=bool)
    for name in ("natural", "landuse", "water", "waterway", *known()["fields"]["water"]):
        told |= np.isin(table.words(name).astype(str), known()["water_words"]["surface"])
    kept = table.keep(surfaces & (told | (certain and not told.any())))
    labels = _labels(kept)
    rows = _rows({"class": np.full(len(kept.shapes), "surface", dtype=object), **labels})
    zooms = np.full(len(rows), known()["water"]["surface"], dtype=np.int64)
    return Layer(WATER, SURFACE, kept.shapes, zooms, rows)


def _labels(table: Table, *, with_ref: bool = False) -> dict[str, Words]:
    fields = {name.lower(): name for name in table.columns}
    found: dict[str, Words] = {}
    for label in ("ref", "name") if with_ref else ("name",):
        own = next((fields[name] for name in known()["fields"][label] if name in fields), None)
        found[label] = table.words(own)
    for name, real in sorted(fields.items()):
        if name.startswith("name_") and 2 <= len(name.removeprefix("name_")) <= 3:
            found[name] = table.words(real)
    return found


def _joined(
    shapes: NDArray[np.object_], facts: Mapping[str, Words]
) -> tuple[NDArray[np.object_], list[dict[str, Any]]]:
    """Join lines that touch and of which the same is told."""
    if not len(shapes):
        return shapes, []
    frame = pd.DataFrame({name: pd.Series(words, dtype=object) for name, words in facts.items()})
    group = frame.astype(str).groupby(list(frame.columns), sort=True).ngroup().to_numpy()
    lines, mother = shapely.get_parts(shapes, return_index=True)
    group = group[mother]
    order = np.argsort(group, kind="stable")
    first = np.unique(group, return_index=True)[1]
    chains = shapely.line_merge(shapely.multilinestrings(lines[order], indices=group[order]))
    joined, at = shapely.get_parts(chains, return_index=True)
    rows = _rows({name: words[mother[first]] for name, words in facts.items()})
    return joined, [rows[i] for i in at]


def _rows(facts: Mapping[str, Words]) -> list[dict[str, Any]]:
    names = list(facts)
    return [
        {name: value for name, value in zip(names, row, strict=True) if value != ""}
        for row in zip(*facts.values(), strict=True)
    ]


def _layers(*found: Layer) -> list[Layer]:
    """Join what is of one layer, in the order it is drawn."""
    joined = []
    for name, kind in ((WATER, SURFACE), (WATERWAYS, LINE), (ROADS, LINE)):
        parts = [layer for layer in found if layer.name == name and len(layer.shapes)]
        if parts:
            shapes = np.concatenate([part.shapes for part in parts])
            zooms = np.concatenate([part.from_zoom for part in parts])
            words = [row for part in parts for row in part.words]
            joined.append(cutting.Layer(name, kind, shapes, zooms, words))
    return joined
