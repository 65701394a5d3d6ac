"""Photos and documents of a site: what they are by their content, and what of them is kept.

A photo is kept without what the camera wrote into it (place, owner, serial number, comments,
preview): only how it is to be turned stays. What follows the end of a picture is dropped. A file
that is none of the kinds below is refused by its content, whatever its name says.

Source: ITU T.81 (JPEG), Exif 2.32, section 4.6; PNG 1.2, sections 3 and 5; ISO 32000-1, 7.5 (PDF);
ECMA-376, part 2 (Office Open XML).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from crashkit import unpacking
from crashkit.errors import Message, Refused

MOST_BYTES = 10_000_000
MOST_FILES = 40
"""So many photos and documents can a site have."""

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL = f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet"

KINDS: dict[str, tuple[Message, str]] = {
    JPEG: (Message("Photo"), "jpg"),
    PNG: (Message("Picture"), "png"),
    PDF: (Message("PDF document"), "pdf"),
    WORD: (Message("Word document"), "docx"),
    EXCEL: (Message("Excel workbook"), "xlsx"),
}
"""What a file can be, by its media type: label and ending."""

PICTURES = (JPEG, PNG)

_BROKEN = Message("{file} is broken: it ends, or goes wrong, in the middle. Send it again.")


@dataclass(frozen=True)
class Checked:
    """A file as it will be kept: its media type and its bytes."""

    media_type: str
    content: bytes


def check(name: str, content: bytes) -> Checked:
    """Return a file as it will be kept. Raises Refused for one that is too large or none of ours.

    `name` is only said, never believed.
    """
    if len(content) > MOST_BYTES:
        raise Refused(
            "{file} is too large: at most {most} megabytes are taken.",
            file=name,
            most=MOST_BYTES // 1_000_000,
        )
    if content.startswith(b"\xff\xd8\xff"):
        return Checked(JPEG, _jpeg(name, content))
    if content.startswith(_PNG):
        return Checked(PNG, _png(name, content))
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return Checked(PDF, content)
    if unpacking.is_zip(content):
        return Checked(_office(name, content), content)
    raise Refused(
        "{file} is no photo and no document that is taken here: JPEG, PNG, PDF, Word (.docx) and "
        "Excel (.xlsx) are.",
        file=name,
    )


# ------------------------------------------------------------------ photos

_PADDING, _END, _SCAN, _EXIF, _COMMENT = 0xFF, 0xD9, 0xDA, 0xE1, 0xFE
_KEPT_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""What programs wrote that a picture looks otherwise without, by marker and first bytes."""
_ALONE = (0x01, *range(0xD0, 0xD8))
"""Markers without a length: nothing, and the restarts within a scan."""


def _jpeg(name: str, content: bytes) -> bytes:
    """Return a JPEG with its picture and how it is to be turned, and nothing else."""
    turn, kept, has_scan = 1, [b"\xff\xd8"], False
    for marker, piece in _segments(name, content):
        if marker == _EXIF:
            turn = _turn(piece) or turn
        elif marker != _COMMENT and (
            marker not in range(0xE0, 0xF0)
            or (marker in _KEPT_APPS and piece[4:].startswith(_KEPT_APPS[marker]))
        ):
            kept.append(piece)
            has_scan |= marker == _SCAN
    if not has_scan:
        raise Refused(_BROKEN.text, file=name)
    return b"".join([kept[0], _only_turn(turn) if turn != 1 else b"", *kept[1:]])


def _segments(name: str, content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of each segment of a JPEG up to its end; a scan with its data."""
    at = 2
    while at + 4 <= len(content) + 2:
        if content[at : at + 1] != b"\xff" or at + 2 > len(content):
            break
        marker = content[at + 1]
        if marker == _PADDING:
            at += 1
            continue
        if marker == _END:
            yield marker, content[at : at + 2]
            return
        if marker in _ALONE:
            yield marker, content[at : at + 2]
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(content):
            break
        if marker == _SCAN:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end
    raise Refused(_BROKEN.text, file=name)


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker after a scan is: not a restart, not a byte that is stuffed."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] not in (0x00, _PADDING, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == _PADDING else 2


_ORIENTATION = 0x0112


def _turn(piece: bytes) -> int | None:
    """Return how a picture is to be turned (1 to 8) by its Exif; None where it does not say."""
    block = piece[4:]
    if not block.startswith(b"Exif\0\0") or block[6:8] not in (b"II", b"MM"):
        return None
    order, tiff = "<" if block[6:8] == b"II" else ">", block[6:]
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for n in range(min(count, 200)):
            tag, kind, many, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * n)
            if (tag, kind, many) == (_ORIENTATION, 3, 1):
                return int(value) if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _only_turn(turn: int) -> bytes:
    """Return an Exif segment that says how a picture is to be turned, and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, turn, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    block = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


_PNG = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
    | {b"bKGD", b"pHYs"}
)


def _png(name: str, content: bytes) -> bytes:
    """Return a PNG with its picture, without texts, times, Exif and what no standard names."""
    at, kept = len(_PNG), [_PNG]
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        end = at + 12 + length
        body = content[at + 4 : end - 4]
        if end > len(content) or zlib.crc32(body) != int.from_bytes(content[end - 4 : end], "big"):
            break
        if body[:4] in _KEPT_CHUNKS:
            kept.append(content[at:end])
        if body[:4] == b"IEND":
            return b"".join(kept)
        at = end
    raise Refused(_BROKEN.text, file=name)


# --------------------------------------------------------------- documents


def _office(name: str, content: bytes) -> str:
    """Return whether a zip is a Word document or an Excel workbook, without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except unpacking.BROKEN:
        raise Refused(_BROKEN.text, file=name) from None
    names = {one.filename.casefold() for one in members}
    if not unpacking.fits(members):
        raise Refused("{file} unpacks to more than is taken here.", file=name)
    if any(one.flag_bits & 1 for one in members) or any("vbaproject" in one for one in names):
        raise Refused(
            "{file} holds programs (macros) or a password. Save it as PDF, or without them.",
            file=name,
        )
    if "[content_types].xml" in names:
        for part, kind in (("word/document.xml", WORD), ("xl/workbook.xml", EXCEL)):
            if part in names:
                return kind
    raise Refused(
        "{file} is an archive. Unpack it and send the photos and documents one by one.", file=name
    )
