"""A file is told by its content; what is no table is refused by name, with what to do."""

import zipfile

import made_files
import pytest

from crashkit.errors import IntakeError
from crashkit.intake import kinds


def packed(**members):
    return made_files.packed(members, zipfile.ZIP_STORED)


# A header as dBASE III writes it: one field, two records of nine bytes.
DBASE = (
    b"\x03\x7b\x02\x07\x02\0\0\0\x41\0\x09\0" + b"\0" * 20 + b"NAME".ljust(33, b"\0") + b"x" * 18
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n...", "picture (PNG)"),
        (b"\xff\xd8\xff\xe0..", "picture (JPEG)"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08....", "gzip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"<!DOCTYPE html><table>", "web page (HTML)"),
        (b"\n <table><tr><td>1</td></tr></table>", "web page (HTML)"),
        (b'<?xml version="1.0"?>', "XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"SQLite format 3\0", "database"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "old Word"),
        (b"\x09\x08\x10\0\0\x06\x05\0", "old Excel"),
        (b"\0\x01\0\0Standard ACE DB\0", "Access"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"{\\rtf1\\ansi crash_id}", "RTF"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "picture (WebP)"),
        (b"\0\0\0\x18ftypheic", "picture (HEIC"),
        (b"BM\x10\0\0\0" + b"\0" * 10, "picture (BMP)"),
        (b"crashes.csv".ljust(257, b"\0") + b"ustar\x0000", "tar"),
        (DBASE, "dBASE"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", "web page (HTML)"),
        ("<html>".encode("utf-16"), "web page (HTML)"),
        (packed(**{"word/document.xml": "<w/>", "[Content_Types].xml": "<x/>"}), "Word"),
        (packed(**{"xl/workbook.bin": "x", "[Content_Types].xml": "<x/>"}), ".xlsb"),
        (packed(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
        (packed(**{"doc.kml": "<kml/>"}), "KMZ"),
    ],
)
def test_what_is_no_table_is_refused_by_name(content, said):
    with pytest.raises(IntakeError) as caught:
        kinds.kind("crashes.csv", content)
    assert said in str(caught.value)
    assert "crashes.csv" in str(caught.value)


@pytest.mark.parametrize(
    "head", ["PK,date", "BM_NO,date", "MZ,date", "GIF,date", "ID;[x]", "BMW;date", "PAR,1"]
)
def test_column_names_that_begin_as_other_files_do_are_text(head):
    assert kinds.kind("crashes.csv", f"{head}\n1,2\n".encode()) == kinds.TEXT


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "FeatureCollection"}',
        '[ {"crash_id": 1} ]',
        "{}",
        "[]",
        '\x1e{"a": 1}',
        "{'a': 1}",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_is_told_by_how_it_begins(text, encoding):
    assert kinds.kind("crashes.csv", text.encode(encoding)) == kinds.JSON


def test_the_name_of_a_file_means_nothing():
    assert kinds.kind("picture.png", b"a,b\n1,2\n") == kinds.TEXT
    assert kinds.kind("crashes.csv", made_files.workbook(a=[("x",)])) == kinds.WORKBOOK
