"""Lines as Well-Known Binary, in which databases keep shapes, and back.

Source: OGC 06-103r4, OpenGIS Simple Feature Access, section 8.2.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from crashkit.roads.network import Lines

_HEAD = struct.Struct("<BII")
LITTLE_ENDIAN, LINE_STRING = 1, 2


def written(lines: Lines) -> list[bytes | None]:
    """Return each line; None where there is none."""
    places = np.ascontiguousarray(lines.lonlat, dtype="<f8").tobytes()
    found: list[bytes | None] = []
    for first, last in zip(lines.offsets[:-1].tolist(), lines.offsets[1:].tolist(), strict=True):
        head = _HEAD.pack(LITTLE_ENDIAN, LINE_STRING, last - first)
        found.append(head + places[16 * first : 16 * last] if last > first else None)
    return found


def read(blobs: Sequence[bytes | None]) -> Lines:
    """Return the lines that were written. Raises ValueError for what is none of them."""
    for blob in blobs:
        if blob is not None:
            order, kind, count = _HEAD.unpack_from(blob)
            whole = len(blob) == _HEAD.size + 16 * count
            if (order, kind, whole) != (LITTLE_ENDIAN, LINE_STRING, True):
                raise ValueError("not a line")
    parts = [blob[_HEAD.size :] if blob is not None else b"" for blob in blobs]
    sizes = np.array([len(part) // 16 for part in parts], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    lonlat = np.frombuffer(b"".join(parts), dtype="<f8").astype(float).reshape(-1, 2)
    return Lines(lonlat, offsets)
