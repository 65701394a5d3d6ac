"""Pictures of few colours as PNG, byte by byte: tiles of a surface.

Source: Portable Network Graphics Specification (W3C, third edition), sections 5 and 11.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int, int]
"""Red, green, blue and how solid it is, each 0 to 255."""

MARK = b"\x89PNG\r\n\x1a\n"
PALETTE = 3
"""The kind of picture whose pixels are places in a list of colours, a byte each."""


def picture(pixels: NDArray[np.uint8], colours: Sequence[Colour]) -> bytes:
    """Write a picture: `pixels` (rows, columns), from the top, are places in `colours`."""
    rows, columns = pixels.shape
    # A row begins with its filter: none.
    lines = np.zeros((rows, columns + 1), np.uint8)
    lines[:, 1:] = pixels
    return b"".join(
        [
            MARK,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, PALETTE, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(bytes(colour[:3]) for colour in colours)),
            _chunk(b"tRNS", bytes(colour[3] for colour in colours)),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 1)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
