"""Files of map tiles: what such a file says of itself, and how one is written.

Source: PMTiles specification, version 3.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from crashkit import mvt
from crashkit.errors import IntakeError

MAGIC = b"PMTiles\x03"
NONE, GZIP = 1, 2
"""Compressions that every browser can undo."""
VECTOR = 1
DEEPEST = 22
MOST_METADATA = 2_000_000
"""Bytes of metadata, unpacked; a list of layers needs some thousand."""
MOST_ROOT = 16_257
"""Header and first directory stand in the first 16 kilobytes: one request brings them."""

_HEADER = struct.Struct("<8s11Q6B4iBii")
_FIRST_TILE = 16_384
_LEAF_ENTRIES = 2_048
_SMALL = 400
"""Tiles of fewer bytes are looked up among those written: open water is many times the same."""

Tile = tuple[int, int, int, bytes]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Header:
    """What a file says of itself. `bounds` is west, south, east, north in degrees."""

    min_zoom: int
    max_zoom: int
    bounds: Box
    metadata: Mapping[str, Any]


def is_one(start: bytes) -> bool:
    """Say whether these first bytes are those of a file of tiles of any version."""
    return start.startswith(MAGIC[:7])


def read(path: Path) -> Header:
    """Read and check what a file of vector tiles says of itself. Raises IntakeError."""
    with path.open("rb") as source:
        start = source.read(_HEADER.size)
        if len(start) < _HEADER.size or not start.startswith(MAGIC):
            raise IntakeError("{file} is not a PMTiles file of version 3.", file=path.name)
        words = _HEADER.unpack(start)
        _check(words, path)
        source.seek(words[3])
        metadata = _metadata(source.read(words[4]), words[13], path.name)
    west, south, east, north = (value / 1e7 for value in words[18:22])
    return Header(words[16], words[17], (west, south, east, north), metadata)


def _check(words: tuple[Any, ...], path: Path) -> None:
    root, root_size, about, about_size, leaf, leaf_size, data, data_size = words[1:9]
    size = path.stat().st_size
    ends = (root + root_size, about + about_size, leaf + leaf_size, data + data_size)
    if max(ends) > size or about_size > MOST_METADATA:
        raise IntakeError(
            "{file} is cut short or damaged: it says that it is longer than it is. Copy it again.",
            file=path.name,
        )
    if words[15] != VECTOR or not {words[13], words[14]} <= {NONE, GZIP}:
        raise IntakeError(
            "{file} holds no vector tiles that a browser can read. CrashKit needs tiles of the "
            "kind “mvt”, packed with gzip or not at all; pictures of a map do not serve.",
            file=path.name,
        )
    west, south, east, north = (value / 1e7 for value in words[18:22])
    zooms = words[16] <= words[17] <= DEEPEST
    if not (zooms and -180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise IntakeError(
            "{file} says nonsense of the area or the zoom levels it covers.", file=path.name
        )


def _metadata(packed: bytes, compression: int, name: str) -> dict[str, Any]:
    try:
        text = _unpacked(packed) if compression == GZIP else packed
        found = json.loads(text)
    except (ValueError, zlib.error, EOFError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise IntakeError("{file} does not say which layers it holds.", file=name)
    return found


def _unpacked(packed: bytes) -> bytes:
    """Unpack no more than is reasonable, whatever the bytes promise."""
    maker = zlib.decompressobj(wbits=31)
    text = maker.decompress(packed, MOST_METADATA)
    if maker.unconsumed_tail:
        raise ValueError("too long")
    return text


def copy(source: Path, sink: IO[bytes], metadata: Mapping[str, Any]) -> None:
    """Write the tiles of `source` to `sink`, with other metadata; the tiles stay as they are."""
    with source.open("rb") as read_from:
        while block := read_from.read(1 << 20):
            sink.write(block)
    end = sink.seek(0, io.SEEK_END)
    sink.seek(0)
    words = list(_HEADER.unpack(sink.read(_HEADER.size)))
    text = json.dumps(metadata, ensure_ascii=False, separators=(",", ":")).encode()
    content = gzip.compress(text, mtime=0) if words[13] == GZIP else text
    words[3:5] = [end, len(content)]
    sink.seek(end)
    sink.write(content)
    sink.seek(0)
    sink.write(_HEADER.pack(*words))


def write(
    sink: IO[bytes],
    tiles: Iterable[Tile],
    *,
    zooms: tuple[int, int],
    bounds: Box,
    metadata: Mapping[str, Any],
) -> int:
    """Write tiles (zoom, x, y, content) in any order; return how many. The same tiles, same bytes.

    The tiles come first, behind room for the root, so that none of them is ever held in memory.
    """
    sink.seek(_FIRST_TILE)
    entries = sorted(_written(sink, tiles))
    data_end = sink.tell()
    root, leaves = _directories(entries)
    about = gzip.compress(json.dumps(metadata, ensure_ascii=False).encode(), mtime=0)
    sink.write(leaves)
    sink.write(about)
    west, south, east, north = (round(value * 1e7) for value in bounds)
    header = _HEADER.pack(
        MAGIC,
        _HEADER.size,
        len(root),
        data_end + len(leaves),
        len(about),
        data_end,
        len(leaves),
        _FIRST_TILE,
        data_end - _FIRST_TILE,
        len(entries),
        len(entries),
        len({place for _, place, _ in entries}),
        0,
        GZIP,
        GZIP,
        VECTOR,
        *zooms,
        west,
        south,
        east,
        north,
        zooms[0],
        (west + east) // 2,
        (south + north) // 2,
    )
    sink.seek(0)
    sink.write(header + root)
    return len(entries)


def _written(sink: IO[bytes], tiles: Iterable[Tile]) -> Iterator[tuple[int, int, int]]:
    """Write each tile; yield its number, where it begins in the data, and its length."""
    seen: dict[bytes, int] = {}
    at = 0
    for zoom, x, y, content in tiles:
        packed = gzip.compress(content, 6, mtime=0)
        place = seen.get(packed)
        if place is None:
            sink.write(packed)
            place, at = at, at + len(packed)
            if len(packed) < _SMALL:
                seen[packed] = place
        yield tile_id(zoom, x, y), place, len(packed)


def tile_id(zoom: int, x: int, y: int) -> int:
    """Return the number of a tile along the Hilbert curves of all zoom levels before it."""
    found: int = (4**zoom - 1) // 3
    side = 1 << zoom
    half = side >> 1
    while half:
        right, down = int(bool(x & half)), int(bool(y & half))
        found += half * half * ((3 * right) ^ down)
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        half >>= 1
    return found


def _directories(entries: list[tuple[int, int, int]]) -> tuple[bytes, bytes]:
    """Return the root, and the leaves it points to where it cannot hold all tiles itself."""
    root = _directory(entries, run=1)
    if len(root) <= MOST_ROOT:
        return root, b""
    size = _LEAF_ENTRIES
    while True:
        parts = [entries[i : i + size] for i in range(0, len(entries), size)]
        leaves = [_directory(part, run=1) for part in parts]
        lines, at = [], 0
        for part, leaf in zip(parts, leaves, strict=True):
            lines.append((part[0][0], at, len(leaf)))
            at += len(leaf)
        root = _directory(lines, run=0)
        if len(root) <= MOST_ROOT:
            return root, b"".join(leaves)
        size *= 2


def _directory(entries: list[tuple[int, int, int]], *, run: int) -> bytes:
    numbers = [len(entries)]
    last = 0
    for number, _, _ in entries:
        numbers.append(number - last)
        last = number
    numbers += [run] * len(entries)
    numbers += [length for _, _, length in entries]
    end = -1
    for _, place, length in entries:
        numbers.append(0 if place == end else place + 1)
        end = place + length
    return gzip.compress(b"".join(map(mvt.varint, numbers)), mtime=0)
