"""What a file is, by its content and never by its name; what cannot be read is refused by name."""

from __future__ import annotations

import io
import re
import zipfile

from crashkit.errors import IntakeError
from crashkit.intake import encodings

TEXT, WORKBOOK, JSON = "text", "workbook", "json"

HEAD = 4096
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{"\]]')
_NO_TABLE = "{file} is {what}, not a table. Export the crash list as CSV or Excel (.xlsx)."
_PACKED = "{file} is compressed ({what}). Unpack it first and import the CSV or Excel file in it."

PICTURES = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
PACKERS = {
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"BZh91AY": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind(name: str, content: bytes) -> str:
    """Return TEXT, WORKBOOK or JSON; anything else is refused by its name, with what to do.

    Raises IntakeError.
    """
    head = content[:HEAD]
    if not content.strip(b" \t\r\n\xef\xbb\xbf\0"):
        raise IntakeError("{file} is empty: there is no data in it.", file=name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(name, content)
    if head.startswith(OLD_OFFICE):
        raise _old_office(name, content)
    for signs, what in PICTURES.items():
        if head.startswith(signs):
            raise IntakeError(
                "{file} is a picture ({what}), not a table. Give the CSV text file or the Excel "
                "workbook of the crash list.",
                file=name,
                what=what,
            )
    for signs, what in PACKERS.items():
        if head.startswith(signs):
            raise IntakeError(_PACKED, file=name, what=what)
    start = _as_ascii(head)
    _refuse_documents(name, start)
    return JSON if _JSON.match(start) else TEXT


def _as_ascii(head: bytes) -> bytes:
    """Return the first letters in lower case as one byte each, whatever mark they begin with."""
    marked = next((found for bom, found in encodings.BOMS if head.startswith(bom)), "latin-1")
    text = head.decode(marked, "replace")
    return text.lstrip("\ufeff \t\r\n").lower().encode("ascii", "replace")


def _of_zip(name: str, content: bytes) -> str:
    # A workbook is a zip whose table of contents stands at its end.
    if b"xl/workbook" in content or b"[Content_Types].xml" in content:
        return WORKBOOK
    members = _members(content)
    if any(member.flag_bits & 1 for member in members):
        raise IntakeError(
            "{file} is compressed (zip) and protected by a password. Unpack it first and import "
            "the CSV or Excel file in it.",
            file=name,
        )
    if members:
        raise IntakeError(
            "{file} is compressed (zip) and holds {names}. Unpack it first and import the CSV or "
            "Excel file in it.",
            file=name,
            names=[_shown(member.filename) for member in members[:5]],
        )
    raise IntakeError(_PACKED, file=name, what="zip")


def _members(content: bytes) -> list[zipfile.ZipInfo]:
    """Return what an archive says it holds; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _shown(name: str) -> str:
    return "".join(sign for sign in name[:60] if sign.isprintable())


def _old_office(name: str, content: bytes) -> IntakeError:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return IntakeError(
            "{file} is protected by a password. Remove the password in Excel and save it again.",
            file=name,
        )
    return IntakeError(
        "{file} is an old Excel or Word file (.xls). Open it in Excel and save it as .xlsx or CSV.",
        file=name,
    )


def _refuse_documents(name: str, start: bytes) -> None:
    if start.startswith(b"%pdf"):
        raise IntakeError(_NO_TABLE, file=name, what="PDF")
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise IntakeError(
            "{file} is a web page (HTML), even if it is named as an Excel file. Open it in Excel "
            "and save it as .xlsx or CSV.",
            file=name,
        )
    if start.startswith(b"<?xml"):
        raise IntakeError(_NO_TABLE, file=name, what="XML")
    if start.startswith((b"sqlite format", b"\x7felf", b"mz\x90")):
        raise IntakeError(
            "{file} is a program or a database, not a table. Export the crash list as CSV or "
            "Excel (.xlsx).",
            file=name,
        )
