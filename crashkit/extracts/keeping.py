"""The folder of extracts: one file of tiles each, added whole or not at all."""

from __future__ import annotations

import html
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from crashkit import mapfiles
from crashkit.errors import CrashKitError, IntakeError, Message, NotFound, Refused, StoreError
from crashkit.extracts import cutting, pmtiles, reading
from crashkit.extracts.cutting import Layer
from crashkit.extracts.reading import Asked
from crashkit.model import Progress, no_progress

ENDING = ".pmtiles"
MOST_BYTES = 40_000_000_000
"""A file of tiles of a continent; more is a mistake."""
NAME = re.compile(r"[^\W_][\w-]{0,39}")
LONGEST_CREDIT = 300


@dataclass(frozen=True)
class Extract:
    """Roads and water of one file. `bounds`: west, south, east, north; `size` in bytes.

    `plan` says which layers and fields of the tiles are roads and water (`schemas.toml`), and
    `trouble` why the file can no longer be used.
    """

    name: str
    source: str
    schema: str
    attribution: str
    bounds: tuple[float, float, float, float]
    zooms: tuple[int, int]
    size: int
    at: datetime
    plan: Mapping[str, Any] = field(default_factory=dict)
    trouble: Message | None = None

    def meets(self, box: Sequence[float]) -> bool:
        """Say whether the extract and a box (west, south, east, north) have ground in common."""
        west, south, east, north = self.bounds
        return west < box[2] and box[0] < east and south < box[3] and box[1] < north

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "name": self.name,
            "source": self.source,
            "schema": self.schema,
            "attribution": self.attribution,
            "bounds": list(self.bounds),
            "zooms": list(self.zooms),
            "bytes": self.size,
            "added": self.at.isoformat(timespec="seconds"),
            "trouble": str(self.trouble) if self.trouble else None,
        }


# ------------------------------------------------------------------ adding


def add(
    folder: Path,
    file: Path,
    *,
    name: str | None = None,
    asked: Asked | None = None,
    attribution: str | None = None,
    replace: bool = False,
    progress: Progress = no_progress,
) -> Extract:
    """Keep roads and water of an .osm.pbf, .gpkg or .pmtiles file in `folder`.

    Raises IntakeError for a file that cannot serve, NeedsChoice where the layers of a GeoPackage
    cannot be told apart, Refused for a name that is taken or cannot be one.
    """
    start = mapfiles.beginning(file, MOST_BYTES)
    kept_as = _name(name if name is not None else _stem(file), folder, replace=replace)
    if pmtiles.is_one(start):
        return _adopt(folder, file, kept_as, attribution)
    if mapfiles.is_osm(start):
        layers = reading.read_osm(file, _part(progress, 0.0, 0.4))
        credit = attribution or reading.OSM
    elif mapfiles.is_package(start):
        layers = reading.read_package(file.resolve(), asked or Asked(), _part(progress, 0.0, 0.4))
        of_osm = reading.comes_from_osm(file.resolve())
        credit = attribution or (reading.OSM if of_osm else "")
    else:
        raise IntakeError(
            "{file} is none of the three kinds of file CrashKit reads here: an OpenStreetMap "
            "extract (.osm.pbf), a GeoPackage (.gpkg) or vector tiles (.pmtiles).",
            file=file.name,
        )
    return _make(
        folder, kept_as, layers, _about("CrashKit", file, credit), _part(progress, 0.4, 1.0)
    )


def _stem(file: Path) -> str:
    stem = file.name.removesuffix(".pbf").removesuffix(".osm")
    stem = re.sub(r"\.(pmtiles|gpkg)$", "", stem, flags=re.IGNORECASE)
    return re.sub(r"[^\w-]+", "-", stem).strip("-_")[:40]


def _name(wanted: str, folder: Path, *, replace: bool) -> str:
    if not NAME.fullmatch(wanted):
        raise Refused(
            "Give the extract a name of 1 to 40 letters, digits, hyphens and underscores, which "
            "begins with a letter or a digit; for example: kyrgyzstan"
        )
    if (folder / f"{wanted}{ENDING}").exists() and not replace:
        raise Refused(
            "There is an extract {name} already. Give another name, or say that it is to be "
            "replaced: --replace",
            name=wanted,
        )
    return wanted


def _make(
    folder: Path, name: str, layers: Sequence[Layer], about: dict[str, Any], progress: Progress
) -> Extract:
    if not any(layer.name == reading.ROADS for layer in layers):
        raise IntakeError("{file} holds no main road that could be drawn.", file=about["name"])
    about["vector_layers"] = [
        {
            "id": layer.name,
            "fields": {key: "String" for row in layer.words for key in row},
            "minzoom": int(layer.from_zoom.min()),
            "maxzoom": cutting.DEEPEST,
        }
        for layer in layers
    ]
    with _sink(folder, name) as sink:
        pmtiles.write(
            sink,
            cutting.cut(layers, progress=progress),
            zooms=(min(int(layer.from_zoom.min()) for layer in layers), cutting.DEEPEST),
            bounds=cutting.bounds(layers),
            metadata=about,
        )
    return find(folder, name)


def _adopt(folder: Path, file: Path, name: str, attribution: str | None) -> Extract:
    """Keep tiles that others made, as they are, once their layers are known to be roads."""
    header = pmtiles.read(file)
    schema = _schema(header.metadata, file.name)
    credit = attribution or _plain(header.metadata.get("attribution"))
    about = _about(schema["name"], file, credit)
    about["vector_layers"] = header.metadata["vector_layers"]
    with _sink(folder, name) as sink:
        pmtiles.copy(file, sink, about)
    return find(folder, name)


def _about(schema: str, file: Path, credit: str) -> dict[str, Any]:
    return {
        "name": file.name[:200],
        "attribution": credit[:LONGEST_CREDIT],
        "crashkit": {"schema": schema},
    }


def _schema(metadata: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the schema whose layers and fields a file of tiles has. Raises IntakeError."""
    there = _fields(metadata)
    schemas: Sequence[Mapping[str, Any]] = reading.known()["schemas"]
    for schema in schemas:
        needs = schema["needs"].items()
        if all(layer in there and set(keys) <= there[layer] for layer, keys in needs):
            return schema
    titles = [schema["product"] for schema in schemas if schema["name"] != "CrashKit"]
    raise IntakeError(
        "The layers of {file} are of no kind CrashKit knows: {layers}. It knows tiles made as "
        "{known}, and layers “roads” with a field “class”, “water” and “waterways”. Another way is "
        "to add the data the tiles were made of (.osm.pbf or .gpkg).",
        file=name,
        layers=sorted(there)[:12] or "–",
        known=titles,
    )


def _fields(metadata: Mapping[str, Any]) -> dict[str, set[str]]:
    listed = metadata.get("vector_layers")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return {
        str(row.get("id")): set(fields) if isinstance(fields := row.get("fields"), dict) else set()
        for row in rows
    }


def _plain(words: Any) -> str:
    """Return an attribution as plain text: files of others write it as a piece of a page."""
    if not isinstance(words, str):
        return ""
    text = html.unescape(re.sub(r"<[^>]*>", " ", words[:10_000]))
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())


@contextmanager
def _sink(folder: Path, name: str) -> Iterator[IO[bytes]]:
    """Give a file that takes its name only when it is whole."""
    draft = folder / f".{name}.{secrets.token_hex(4)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with draft.open("w+b") as sink:
            yield sink
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(folder / f"{name}{ENDING}")
    except OSError as error:
        raise StoreError(
            "The extract cannot be kept in {folder}: {cause}.",
            folder=str(folder),
            cause=error.strerror or str(error),
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _part(progress: Progress, start: float, end: float) -> Progress:
    def tell(share: float, doing: Message | None = None) -> None:
        progress(start + share * (end - start), doing)

    return tell


# ----------------------------------------------------- listing and removing


def extracts(folder: Path) -> list[Extract]:
    """List what was added, by name; a file that is damaged says so itself."""
    files = sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []
    return [_read(file) for file in files if NAME.fullmatch(file.name.removesuffix(ENDING))]


def find(folder: Path, name: str) -> Extract:
    """Return one extract. Raises NotFound."""
    return _read(path(folder, name))


def path(folder: Path, name: str) -> Path:
    """Return the file of an extract. Raises NotFound."""
    file = folder / f"{name}{ENDING}"
    if not NAME.fullmatch(name) or not file.is_file():
        there = [one.name for one in extracts(folder)]
        raise NotFound(
            "There is no extract {name}. There are: {there}", name=name, there=there or "–"
        )
    return file


def remove(folder: Path, name: str) -> None:
    """Delete an extract. Raises NotFound."""
    path(folder, name).unlink()


def _read(file: Path) -> Extract:
    name, facts = file.name.removesuffix(ENDING), file.stat()
    at = datetime.fromtimestamp(facts.st_mtime, UTC)
    try:
        header = pmtiles.read(file)
        schema = _schema(header.metadata, file.name)
    except CrashKitError as error:
        nowhere = (0.0, 0.0, 0.0, 0.0)
        return Extract(name, "", "", "", nowhere, (0, 0), facts.st_size, at, trouble=error.message)
    return Extract(
        name=name,
        source=_plain(header.metadata.get("name")),
        schema=schema["product"],
        attribution=_plain(header.metadata.get("attribution")),
        bounds=header.bounds,
        zooms=(header.min_zoom, header.max_zoom),
        size=facts.st_size,
        at=at,
        plan=_plan(schema, _fields(header.metadata)),
    )


def _plan(schema: Mapping[str, Any], there: Mapping[str, set[str]]) -> dict[str, Any]:
    """Return how the tiles are drawn: layers that are there, and the class of each road's word."""
    known = reading.known()
    return {
        "roads": dict(schema["roads"]),
        "labels": schema["labels"] if schema["labels"] in there else schema["roads"]["layer"],
        "surfaces": [layer for layer in schema["surfaces"] if layer in there],
        "rivers": [layer for layer in schema["rivers"] if layer in there],
        "classes": {name: list(words) for name, words in known["class_words"].items()},
    }
