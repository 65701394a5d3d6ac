"""A small photo and picture, with what cameras and programs write into them, for tests."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib

PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQ"
    "c1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAAEAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA"
    "AAP/xAAVAQEBAAAAAAAAAAAAAAAAAAADBP/aAAwDAQACEAMQAAABgDs//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/a"
    "AAgBAQABBQJ//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAwEBPwF//8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/a"
    "AAgBAgEBPwF//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAGPwJ//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/a"
    "AAgBAQABPyF//9oADAMBAAIAAwAAABAD/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAgBAwEBPxB//8QAFBEBAAAA"
    "AAAAAAAAAAAAAAAAAP/aAAgBAgEBPxB//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxB//9k="
)
"""A progressive JPEG of 8 by 4 pixels: several scans, no Exif."""

SECRET = b"Chen's camera at 42.87,74.59"


def segment(marker: int, content: bytes) -> bytes:
    """Return one segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(turn: int | None = 6, order: str = "<") -> bytes:
    """Return an Exif segment with a secret, and how the picture is to be turned."""
    entries = [struct.pack(f"{order}HHII", 0x010F, 2, len(SECRET), 26 + 12 * (turn is not None))]
    if turn is not None:
        entries.append(struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turn, 0))
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    body = struct.pack(f"{order}H", len(entries)) + b"".join(entries)
    return segment(0xE1, b"Exif\0\0" + head + body + struct.pack(f"{order}I", 0) + SECRET)


def told_photo(*more: bytes) -> bytes:
    """Return the photo with segments that a camera or a person wrote, and something behind it."""
    return PHOTO[:2] + b"".join(more) + PHOTO[2:] + SECRET


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return one chunk of a PNG."""
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def picture(*more: bytes) -> bytes:
    """Return a PNG of one pixel with further chunks before its picture."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + data + chunk(b"IEND", b"")


def archive(*members: str) -> bytes:
    """Return a zip with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for one in members:
            made.writestr(one, "x")
    return out.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")
EXCEL = archive("[Content_Types].xml", "xl/workbook.xml")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
