"""Files of roads, whatever they are: map layers, or tables of routes with km posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crashkit import mapfiles, unpacking
from crashkit.errors import IntakeError, Message, NeedsChoice, counted
from crashkit.intake import cells, kinds, tabular, workbooks
from crashkit.model import Issue, Progress, Upload, no_progress
from crashkit.roads import columns, corridors, reading, tables
from crashkit.roads import sections as laying
from crashkit.roads.columns import Asked, RoadsRead, Words
from crashkit.roads.corridors import COLUMNS, Corridor


def read(
    path: Path,
    asked: Asked | None = None,
    *,
    name: str = "",
    sections: Path | None = None,
    sections_name: str = "",
    equations: Path | None = None,
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> RoadsRead:
    """Read a road layer, or a table of routes with km posts (CSV or Excel), to a network.

    `sections` is a table of traffic, class, setting or speed limit by km posts, laid on the roads;
    `equations` is a table of chainage equations; `options` answer what a table may ask: encoding,
    delimiter, header_row, sheet; `name` and `sections_name` are what people call these files, where
    that is not their own names. Raises IntakeError, NeedsChoice, SettingError.
    """
    asked, options, name = asked or Asked(), options or {}, name or path.name
    if _is_table(path, name):
        found = tables.read_table(_words(path, options, name), asked, file=name)
        network = replace(found.network, info={"title": Path(name).stem, **found.network.info})
        found = replace(found, network=network)
    else:
        found = reading.read_layer(path, asked, name=name, progress=progress)
    if sections is not None:
        found = _with_sections(found, sections, sections_name or sections.name, asked)
    if equations is None:
        return found
    told, issues = tables.read_equations(
        _words(equations, {}, equations.name), asked, file=equations.name
    )
    network = tables.with_equations(found.network, told)
    return replace(found, network=network, issues=(*found.issues, *issues))


def read_corridors(path: Path, name: str = "") -> tuple[Corridor, ...]:
    """Read a table of corridors with the columns COLUMNS. Raises IntakeError, NeedsChoice.

    `name` is what the file is called, where it does not lie under its name.
    """
    name = name or path.name
    words = _words(path, {}, name)
    missing = [column for column in COLUMNS[:2] if column not in words]
    if missing:
        raise IntakeError(
            "{file} has no column {missing}; a table of corridors has: {columns}.",
            file=name,
            missing=missing,
            columns=COLUMNS,
        )
    told = [column for column in COLUMNS if column in words]
    rows = zip(*(words[column].tolist() for column in told), strict=True)
    return corridors.read_corridors([dict(zip(told, map(str, row), strict=True)) for row in rows])


def _with_sections(found: RoadsRead, file: Path, name: str, asked: Asked) -> RoadsRead:
    """Lay the sections of a table on a network, and say which were of no use."""
    told = tables.read_table(
        _words(file, {}, name), Asked(classes=asked.classes, year=asked.year), file=name
    )
    laid = laying.lay(found.network, told.network)
    issues = [
        Issue(name, int(rows[0]), "", "", reason, columns.REASONS[reason])
        for reason, rows in told.left_out.items()
    ]
    roads = told.network.stretches["road_key"].tolist()
    for code, message_of, which in (
        ("section_unused", _unused, laid.unused.tolist()),
        ("section_disputed", _disputed, laid.disputed.tolist()),
    ):
        if which:
            road = roads[which[0]]
            issues.append(Issue(name, None, "", road, code, message_of(len(which), road)))
    more = (*told.issues, *issues)
    return replace(found, network=laid.network, issues=(*found.issues, *more))


def _unused(n: int, road: str) -> Message:
    return counted(
        "{n} section lies on no stretch of the network; it is of the road {road}.",
        "{n} sections lie on no stretch of the network; the first is of the road {road}.",
        n,
        road=road,
    )


def _disputed(n: int, road: str) -> Message:
    return counted(
        "{n} section contradicts another on the same length; it was not taken there. Road: {road}",
        "{n} sections contradict each other on the same length; they were not taken there. The "
        "first is of the road {road}.",
        n,
        road=road,
    )


def _is_table(path: Path, name: str) -> bool:
    start = mapfiles.beginning(path, mapfiles.MOST_OSM_BYTES, name)
    if unpacking.is_zip(start):
        mapfiles.beginning(path, mapfiles.MOST_BYTES, name)
        return kinds.kind(name, path.read_bytes()) == kinds.WORKBOOK
    return mapfiles.kind(start) is None


def _words(path: Path, options: Mapping[str, str], name: str) -> dict[str, Words]:
    """Return the columns of the one table of a file. Raises NeedsChoice for several sheets."""
    mapfiles.beginning(path, mapfiles.MOST_BYTES, name)
    upload = Upload(name, path.read_bytes())
    found = tabular.tables([upload], options)
    if len(found) > 1:
        raise NeedsChoice(
            "{file} has several sheets with tables. Say which holds the roads.",
            option="sheet",
            choices=workbooks.Workbook(upload.name, upload.content).sheets,
            file=name,
        )
    return {
        title: cells.spread(
            [word.strip()[: mapfiles.LONGEST_WORD] for word in column.words], column.codes
        )
        for title, column in found[0].columns.items()
    }
