"""Files of roads, whatever they are: map layers, or tables of routes with km posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crashkit import mapfiles, unpacking
from crashkit.errors import NeedsChoice
from crashkit.intake import cells, kinds, tabular, workbooks
from crashkit.model import Progress, Upload, no_progress
from crashkit.roads import reading, tables
from crashkit.roads.columns import Asked, RoadsRead, Words


def read(
    path: Path,
    asked: Asked | None = None,
    *,
    name: str = "",
    equations: Path | None = None,
    options: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> RoadsRead:
    """Read a road layer, or a table of routes with km posts (CSV or Excel), to a network.

    `equations` is a table of chainage equations; `options` answer what a table may ask: encoding,
    delimiter, header_row, sheet; `name` is what people call the file, where that is not its own
    name. Raises IntakeError, NeedsChoice, SettingError.
    """
    asked, options, name = asked or Asked(), options or {}, name or path.name
    if _is_table(path, name):
        found = tables.read_table(_words(path, options, name), asked, file=name)
        network = replace(found.network, info={"title": Path(name).stem, **found.network.info})
        found = replace(found, network=network)
    else:
        found = reading.read_layer(path, asked, name=name, progress=progress)
    if equations is None:
        return found
    told, issues = tables.read_equations(
        _words(equations, {}, equations.name), asked, file=equations.name
    )
    network = tables.with_equations(found.network, told)
    return replace(found, network=network, issues=(*found.issues, *issues))


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
