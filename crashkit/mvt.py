"""Vector tiles, byte by byte: numbers, blocks and layers, whatever is drawn in them.

Source: Mapbox Vector Tile Specification 2.1, section 4; Protocol Buffers, encoding.
"""

from __future__ import annotations

from collections.abc import Iterable


def varint(number: int) -> bytes:
    """Write a whole number from 0 up in groups of seven bits, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def block(field: int, content: bytes) -> bytes:
    """Write the field of a message with its length and its content."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def text_value(word: str) -> bytes:
    """Write a text as the value of a property."""
    return block(1, word.encode())


def whole_value(number: int) -> bytes:
    """Write a whole number from 0 up as the value of a property."""
    return b"\x28" + varint(number)


def layer(
    name: str, features: bytes, keys: Iterable[str], values: Iterable[bytes], extent: int
) -> bytes:
    """Write a layer of version 2; tags of its features are places in `keys` and `values`."""
    return block(
        3,
        block(1, name.encode())
        + features
        + b"".join(block(3, key.encode()) for key in keys)
        + b"".join(block(4, value) for value in values)
        + b"\x28"
        + varint(extent)
        + b"\x78\x02",
    )
