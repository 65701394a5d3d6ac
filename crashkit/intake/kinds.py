"""What a file is, by its content and never by its name; what cannot be read is refused by name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from crashkit import unpacking
from crashkit.errors import IntakeError, Message
from crashkit.intake import encodings

TEXT, WORKBOOK, JSON, ARCHIVE = "text", "workbook", "json", "archive"

HEAD = 4096
_JSON = re.compile(rb"""\{\s*["'}]|\[\s*[\[{"\]]""")
_NO_TABLE = Message("{file} is {what}, not a table. Export the crash list as CSV or Excel (.xlsx).")
_PACKED = Message(
    "{file} is compressed ({what}). Unpack it first and import the CSV or Excel file in it."
)
_SAVE_AS = Message(
    "{file} is {what}. Open it in a spreadsheet program and save it as .xlsx or CSV."
)
_NO_LIST = Message(
    "{file} is {what}, not a table. Export the crash list in it as CSV or Excel (.xlsx)."
)
_PICTURE = Message(
    "{file} is a picture ({what}), not a table. Give the CSV text file or the Excel workbook of "
    "the crash list."
)
_WEB_PAGE = Message(
    "{file} is a web page (HTML), even if it is named as an Excel file. Open it in Excel and save "
    "it as .xlsx or CSV."
)
_LOCKED = Message(
    "{file} is protected by a password. Remove the password in Excel and save it again."
)

SIGNS: tuple[tuple[bytes, Message, Message | str], ...] = (
    (b"\x89PNG", _PICTURE, "PNG"),
    (b"\xff\xd8\xff", _PICTURE, "JPEG"),
    (b"GIF8", _PICTURE, "GIF"),
    (b"II*\0", _PICTURE, "TIFF"),
    (b"MM\0*", _PICTURE, "TIFF"),
    (b"8BPS", _PICTURE, "PSD"),
    (b"\x1f\x8b", _PACKED, "gzip"),
    (b"\x1f\x9d", _PACKED, "compress"),
    (b"7z\xbc\xaf", _PACKED, "7z"),
    (b"Rar!", _PACKED, "RAR"),
    (b"BZh91AY", _PACKED, "bzip2"),
    (b"\xfd7zXZ", _PACKED, "xz"),
    (b"\x28\xb5\x2f\xfd", _PACKED, "zstd"),
    (b"MSCF\0\0", _PACKED, "cab"),
    (b"\x09\x08\x10\0", _SAVE_AS, Message("an old Excel workbook (.xls)")),
    (b"\x09\x08\x08\0", _SAVE_AS, Message("an old Excel workbook (.xls)")),
    (b"\x09\x04\x06\0", _SAVE_AS, Message("an old Excel workbook (.xls)")),
    (b"\x09\x02\x06\0", _SAVE_AS, Message("an old Excel workbook (.xls)")),
    (b"\0\x01\0\0Standard Jet DB", _NO_LIST, Message("an Access database (.mdb)")),
    (b"\0\x01\0\0Standard ACE DB", _NO_LIST, Message("an Access database (.accdb)")),
    (b"SQLite format 3\0", _NO_LIST, Message("an SQLite database")),
    (b"PAR1", _NO_LIST, Message("a Parquet file")),
    (b"ARROW1", _NO_LIST, Message("an Arrow file")),
    (b"\x89HDF", _NO_LIST, Message("an HDF5 file")),
    (b"$FL2", _NO_LIST, Message("an SPSS file (.sav)")),
    (b"$FL3", _NO_LIST, Message("an SPSS file (.zsav)")),
    (b"<stata_dta>", _NO_LIST, Message("a Stata file (.dta)")),
    (b"\0\0\x27\x0a\0\0", _NO_LIST, Message("a shapefile (.shp)")),
    (b"\x7fELF", _NO_TABLE, Message("a program")),
    (b"MZ\x90", _NO_TABLE, Message("a program")),
)
"""How files begin, what is said of them, and their name. Source: the formats' own descriptions."""

DOCUMENTS: tuple[tuple[bytes, Message, Message | str], ...] = (
    (b"%pdf", _NO_TABLE, "PDF"),
    (b"{\\rtf", _NO_TABLE, Message("a text document (RTF)")),
    (b"<!doctype html", _WEB_PAGE, ""),
    (b"<html", _WEB_PAGE, ""),
    (b"<table", _WEB_PAGE, ""),
    (b"<head", _WEB_PAGE, ""),
    (b"<meta", _WEB_PAGE, ""),
    (b"<style", _WEB_PAGE, ""),
    (b"mime-version:", _WEB_PAGE, ""),
    (b"<kml", _NO_TABLE, "KML"),
    (b"<gpx", _NO_TABLE, "GPX"),
    (b"<?xml", _NO_TABLE, "XML"),
)
"""The same of files that are texts, in lower case."""

ZIPPED: tuple[tuple[str, Message, Message | str], ...] = (
    ("xl/workbook.bin", _SAVE_AS, Message("a binary Excel workbook (.xlsb)")),
    ("word/document.xml", _NO_LIST, Message("a Word document (.docx)")),
    ("ppt/presentation.xml", _NO_TABLE, Message("a presentation (.pptx)")),
    ("doc.kml", _NO_TABLE, "KMZ"),
    ("index/document.iwa", _SAVE_AS, Message("a Numbers spreadsheet")),
    ("meta-inf/manifest.mf", _NO_TABLE, Message("a program")),
)
"""The same of zips, by the name of a member."""
OPEN_DOCUMENT: Mapping[bytes, tuple[Message, Message]] = {
    b"application/vnd.oasis.opendocument.spreadsheet": (
        _SAVE_AS,
        Message("an OpenDocument table (.ods)"),
    ),
    b"application/vnd.oasis.opendocument.text": (_NO_LIST, Message("an OpenDocument text (.odt)")),
    b"application/epub+zip": (_NO_TABLE, Message("a book (EPUB)")),
}

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_PARTS: tuple[tuple[str, Message, Message | str], ...] = (
    ("EncryptedPackage", _LOCKED, ""),
    ("WordDocument", _NO_LIST, Message("an old Word document (.doc)")),
    ("PowerPoint Document", _NO_TABLE, Message("an old presentation (.ppt)")),
    ("", _SAVE_AS, Message("an old Excel workbook (.xls)")),
)
"""The same of office files before 2007, by the name of a part within; the last is for the rest."""


HOLLOW = b" \t\r\n\xef\xbb\xbf\0"
"""Bytes of a file that holds nothing."""


def kind(name: str, content: bytes) -> str:
    """Return TEXT, WORKBOOK, JSON or ARCHIVE; the rest is refused by its name, with what to do.

    Raises IntakeError.
    """
    head = content[:HEAD]
    if not (head.strip(HOLLOW) or content.strip(HOLLOW)):
        raise IntakeError("{file} is empty: there is no data in it.", file=name)
    if unpacking.is_zip(content):
        return _of_zip(name, content)
    if head.startswith(OLD_OFFICE):
        for part, said, what in OLD_PARTS:
            if part.encode("utf-16-le") in content:
                raise IntakeError(said.text, file=name, what=what)
    _refuse_binary(name, head, len(content))
    start = _as_ascii(head)
    for sign, said, what in DOCUMENTS:
        if start.startswith(sign):
            raise IntakeError(said.text, file=name, what=what)
    return JSON if _JSON.match(start) else TEXT


def _refuse_binary(name: str, head: bytes, size: int) -> None:
    for sign, said, what in SIGNS:
        if head.startswith(sign):
            raise IntakeError(said.text, file=name, what=what)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise IntakeError(_PICTURE.text, file=name, what="WebP")
    if head[4:8] == b"ftyp" and head[:1] == b"\0":
        raise IntakeError(_PICTURE.text, file=name, what="HEIC, MP4")
    if head[:2] == b"BM" and int.from_bytes(head[2:6], "little") == size:
        raise IntakeError(_PICTURE.text, file=name, what="BMP")
    if head[257:262] == b"ustar":
        raise IntakeError(_PACKED.text, file=name, what="tar")
    if _is_dbase(head):
        raise IntakeError(_SAVE_AS.text, file=name, what=Message("a dBASE table (.dbf)"))


def _is_dbase(head: bytes) -> bool:
    """Say whether a file begins as dBASE tables do: version, year, month, day, counts.

    Source: dBASE table file format, level 5 (header of 32 bytes, then 32 for each field).
    """
    if len(head) < 65 or head[0] not in b"\x03\x04\x05\x30\x31\x43\x63\x83\x8b\x8e\xcb\xf5\xfb":
        return False
    length = int.from_bytes(head[8:10], "little")
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and length >= 65 and head[12:14] == b"\0\0"


def _as_ascii(head: bytes) -> bytes:
    """Return the first letters in lower case as one byte each, whatever mark they begin with."""
    marked = next((found for bom, found in encodings.BOMS if head.startswith(bom)), "latin-1")
    text = head.decode(marked, "replace")
    return text.lstrip("\ufeff\x1e \t\r\n").lower().encode("ascii", "replace")


def _of_zip(name: str, content: bytes) -> str:
    members = {member.lower() for member in _members(content)}
    for member, said, what in ZIPPED:
        if member in members:
            raise IntakeError(said.text, file=name, what=what)
    # Archives of this kind begin with their type, which is not compressed.
    for kind_of, (said, what) in OPEN_DOCUMENT.items():
        if kind_of in content[:HEAD] and "mimetype" in members:
            raise IntakeError(said.text, file=name, what=what)
    if "xl/workbook.xml" in members or "[content_types].xml" in members:
        return WORKBOOK
    # The table of contents stands at the end, and is gone where a file was cut off.
    if not members and b"[Content_Types].xml" in content[:HEAD]:
        return WORKBOOK
    return ARCHIVE


def _members(content: bytes) -> list[str]:
    """Return what an archive says it holds; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return []
