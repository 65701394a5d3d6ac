"""Road layers of others to a network: every feature is taken, or left out with its reason."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from crashkit import mapfiles
from crashkit.errors import IntakeError, Message, NeedsChoice, counted
from crashkit.mapfiles import LINE, MULTI_LINE, Limits, Table
from crashkit.model import Issue, Progress, no_progress
from crashkit.roads import columns
from crashkit.roads.columns import POSTS, Asked, RoadsRead, Understood
from crashkit.roads.network import BOTH, Lines, network

LIMITS = Limits(shapes=1_000_000, places=2_000_000)
"""Features and vertices of one layer. Source: security.md I22."""
OSM_CREDIT = "© OpenStreetMap contributors (ODbL)"

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]


def read_layer(
    path: Path,
    asked: Asked | None = None,
    *,
    name: str = "",
    progress: Progress = no_progress,
) -> RoadsRead:
    """Read a road layer: GeoJSON, a Shapefile (zipped or bare), a GeoPackage or an .osm.pbf file.

    `name` is what people call the file, where that is not its own name. Raises IntakeError for a
    file that cannot be read, NeedsChoice where only the user can say which
    layer is meant, in which unit km posts are, or in which coordinate system the shapes are.
    """
    asked, name = asked or Asked(), name or path.name
    progress(0.0, Message("Reading the roads"))
    with mapfiles.safely(path, name) as (opened, kind):
        table, theirs = _table(opened, kind, asked, name)
    progress(0.6, Message("Putting the roads together"))
    found = _read(table, asked, name)
    info = {"title": Path(name).stem, "file": name, "format": kind}
    if kind == mapfiles.OSM:
        info["credit"] = OSM_CREDIT
    return replace(found, network=replace(found.network, info=info), theirs=theirs)


# ------------------------------------------------------- files to one table


def _table(path: Path, kind: str, asked: Asked, name: str) -> tuple[Table, tuple[str, ...]]:
    """Return what is read of a file, and the names of all its columns."""
    if kind in (mapfiles.GEOJSON, mapfiles.OSM):
        is_json = kind == mapfiles.GEOJSON
        table = mapfiles.read_geojson(path, LIMITS, name) if is_json else _of_osm(path, name)
        return table, tuple(table.columns)
    layer = _layer(path, asked, name) if kind == mapfiles.PACKAGE else None
    how: dict[str, Any] = {"name": name}
    if kind == mapfiles.SHAPEFILE:
        how["encoding"] = mapfiles.encoding(path, asked.encoding, name)
    theirs = mapfiles.info(path, layer, **how).fields
    # An export has a hundred columns; those are read that may say something.
    wanted = {one for found in columns.candidates(theirs).values() for one in found}
    wanted |= set(asked.columns.values())
    chosen = [column for column in theirs if column in wanted]
    return mapfiles.read(path, layer, LIMITS, columns=chosen, **how), theirs


def _of_osm(path: Path, name: str) -> Table:
    listed = ", ".join(f"'{word}'" for word in columns.known()["osm"]["highway"])
    settings = resources.files("crashkit.roads").joinpath("osm.ini")
    with resources.as_file(settings) as file:
        where = f"highway IN ({listed})"
        how = {"where": where, "CONFIG_FILE": str(file)}
        return mapfiles.read(path, "lines", LIMITS, name=name, **how)


def _layer(path: Path, asked: Asked, name: str) -> str:
    """Return the layer of a GeoPackage that holds the roads. Raises NeedsChoice, IntakeError."""
    names = mapfiles.layers(path, name)
    if asked.layer is not None:
        if asked.layer in names:
            return asked.layer
        raise IntakeError(
            "{file} has no layer “{layer}”. It has: {layers}",
            file=name,
            layer=asked.layer,
            layers=names or "–",
        )
    lined = [one for one in names if "Line" in mapfiles.info(path, one, name=name).geometry]
    if len(lined) == 1:
        return lined[0]
    if not lined:
        raise IntakeError("{file} has no layer of lines.", file=name)
    raise NeedsChoice(
        "{file} has several layers of lines. Say which holds the roads.",
        option="layer",
        choices=lined,
        file=name,
    )


# ------------------------------------------------------- a table to a network


def _read(table: Table, asked: Asked, name: str) -> RoadsRead:
    if asked.system:
        table = replace(table, system=asked.system)
    elif not table.system:
        raise NeedsChoice(
            "{file} does not say in which coordinate system it is. Say it by its number in the "
            "EPSG registry, for example EPSG:4326 for degrees of WGS 84.",
            option="crs",
            file=name,
        )
    count = len(table.shapes)
    which, others = columns.chosen(list(table.columns), asked, name, table.columns)
    # Each line is there once: a year is when it was counted or drawn.
    which.pop("year", None)
    told = columns.understand(table.columns, which, asked, name, count)
    left_out, shapes = _sorted_out(table, told, name)
    taken = np.setdiff1d(np.arange(count), np.concatenate([[], *left_out.values()]))
    if not taken.size:
        raise IntakeError(
            "{file} has no road that can be taken. Of its {n} features: {reasons}",
            file=name,
            n=count,
            reasons=[columns.REASONS[reason] for reason in left_out] or "–",
        )
    frame = told.frame.assign(direction=columns.directed(told.frame, told.one_way))
    lines, of = _lines(shapes[taken], _one_direction(frame.iloc[taken]))
    rows = taken[of]
    stretches = frame.iloc[rows].reset_index(drop=True)
    in_parts, broken = _without_posts(stretches, rows, name)
    return RoadsRead(
        network=network(in_parts, lines),
        read=count,
        columns=which,
        others=others,
        classes=told.classes,
        units=told.units,
        left_out={reason: numbers + 1 for reason, numbers in left_out.items()},
        issues=(*told.issues, *broken),
    )


def _sorted_out(table: Table, told: Understood, name: str) -> tuple[dict[str, Ints], Shapes]:
    """Return the features that cannot be taken by reason, and all shapes in degrees."""
    shapes = table.shapes
    lined = np.isin(shapely.get_type_id(shapes), (LINE, MULTI_LINE))
    empty = shapely.is_empty(shapes)
    finite = _each_place(shapes, lambda places: np.isfinite(places).all(axis=1))
    degrees = shapes.copy()
    degrees[~lined | empty | ~finite] = None
    degrees = mapfiles.in_degrees(replace(table, shapes=degrees), name).shapes
    limits = np.array([180.0, 90.0])
    on_earth = _each_place(degrees, lambda places: (np.abs(places) <= limits).all(axis=1))
    degrees[~on_earth] = None
    reasons = {
        "no_line": ~lined,
        "empty": empty,
        "not_finite": ~finite,
        "not_a_road": told.not_roads,
        "off_earth": ~on_earth,
        "no_length": ~(shapely.length(degrees) > 0),
    }
    left_out: dict[str, Ints] = {}
    settled = np.zeros(len(shapes), bool)
    for reason, wrong in reasons.items():
        numbers = np.flatnonzero(wrong & ~settled)
        settled |= wrong
        if numbers.size:
            left_out[reason] = numbers
    return left_out, degrees


def _each_place(shapes: Shapes, fine: Any) -> Flags:
    """Mark the shapes all of whose places are fine."""
    places, of = shapely.get_coordinates(shapes, return_index=True)
    with np.errstate(invalid="ignore"):
        wrong = of[~fine(places)]
    found = np.ones(len(shapes), bool)
    found[wrong] = False
    return found


def _one_direction(frame: pd.DataFrame) -> Flags:
    """Mark the stretches of which the direction of the line says something."""
    posted = frame[list(POSTS)].notna().any(axis=1) | (frame["direction"] != BOTH)
    found: Flags = posted.to_numpy()
    return found


def _lines(shapes: Shapes, one_direction: Flags) -> tuple[Lines, Ints]:
    """Join the parts of each shape where they can be; return lines, and whose each line is."""
    many = shapely.get_type_id(shapes) == MULTI_LINE
    joined = shapes.copy()
    for directed in (True, False):
        of = many & (one_direction == directed)
        joined[of] = shapely.line_merge(shapes[of], directed=directed)
    parts, of = shapely.get_parts(joined, return_index=True)
    # A part of no length is no part.
    there = shapely.length(parts) > 0
    parts, of = parts[there], of[there]
    places, owner = shapely.get_coordinates(parts, return_index=True)
    sizes = np.bincount(owner, minlength=len(parts))
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Lines(places, offsets), of.astype(np.int64)


def _without_posts(
    stretches: pd.DataFrame, rows: Ints, name: str
) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Take the km posts off features in several parts: where in between each part lies is unknown.

    The issue names the first of them.
    """
    feature, times = np.unique(rows, return_counts=True)
    parted = np.isin(rows, feature[times > 1])
    posted = parted & stretches[list(POSTS)].notna().any(axis=1).to_numpy()
    if not posted.any():
        return stretches, ()
    numbers = np.unique(rows[posted]) + 1
    message = counted(
        "{n} feature is in several parts that do not join; its km posts were not taken.",
        "{n} features are in several parts that do not join; their km posts were not taken.",
        len(numbers),
    )
    changed = stretches.copy()
    changed.loc[posted, list(POSTS)] = np.nan
    issue = Issue(name, int(numbers[0]), "from_m", "", "posts_not_taken", message)
    return changed, (issue,)
