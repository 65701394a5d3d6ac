"""A file is told by its content; what is no table is refused by name, with what to do."""

import io
import zipfile

import made_files
import pytest

from crashkit.errors import IntakeError
from crashkit.intake import kinds


def packed(**members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


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
        (packed(**{"2022.csv": "a,b", "2023.csv": "a,b"}), "2023.csv"),
        (b"PK\x03\x04 broken", "compressed"),
    ],
)
def test_what_is_no_table_is_refused_by_name(content, said):
    with pytest.raises(IntakeError) as caught:
        kinds.kind("crashes.csv", content)
    assert said in str(caught.value)
    assert "crashes.csv" in str(caught.value)


@pytest.mark.parametrize("head", ["PK,date", "BM_NO,date", "MZ,date", "GIF,date", "ID;[x]"])
def test_column_names_that_begin_as_other_files_do_are_text(head):
    assert kinds.kind("crashes.csv", f"{head}\n1,2\n".encode()) == kinds.TEXT


@pytest.mark.parametrize(
    "text", ['{"type": "FeatureCollection"}', '[ {"crash_id": 1} ]', "{}", "[]"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_is_told_by_how_it_begins(text, encoding):
    assert kinds.kind("crashes.csv", text.encode(encoding)) == kinds.JSON


def test_the_name_of_a_file_means_nothing():
    assert kinds.kind("picture.png", b"a,b\n1,2\n") == kinds.TEXT
    assert kinds.kind("crashes.csv", made_files.workbook(a=[("x",)])) == kinds.WORKBOOK
