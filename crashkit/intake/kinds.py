"""What a file is, by its content and never by its name; what cannot be read is refused by name."""

from __future__ import annotations

import io
import zipfile

from crashkit.errors import IntakeError

TEXT, WORKBOOK = "text", "workbook"

HEAD = 4096
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
    """Return TEXT or WORKBOOK. Raises IntakeError that says what the file is and what to do."""
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
    _refuse_documents(name, head)
    return TEXT


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


def _refuse_documents(name: str, head: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
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
    if (
        start.startswith((b"{", b"[{", b"[["))
        or start[:1] == b"["
        and start[1:].lstrip()[:1] in b"{["
    ):
        raise IntakeError(_NO_TABLE, file=name, what="JSON")
    if start.startswith((b"sqlite format", b"\x7felf", b"mz\x90")):
        raise IntakeError(
            "{file} is a program or a database, not a table. Export the crash list as CSV or "
            "Excel (.xlsx).",
            file=name,
        )
