"""A zip of crash files is several files; a zip that is a trap is refused before it is unpacked."""

import io
import stat
import zipfile

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import unpacking
from crashkit.errors import IntakeError

FILES = {upload.name: upload.content for upload in made_files.three()}

packed = made_files.packed


def imported(content, name="source.zip", **options):
    return made_files.imported(made_files.upload(content, name), **options)


def refused(content):
    with pytest.raises(IntakeError) as caught:
        imported(content)
    assert "zip" in str(caught.value)
    return str(caught.value)


def test_linked_files_in_a_zip_are_read_as_if_given_one_by_one():
    loose = made_files.imported(made_files.three())
    batch = imported(packed(FILES))
    assert [file.name for file in batch.ledger.files] == [f"source.zip/{name}" for name in FILES]
    assert (batch.ledger.total, batch.ledger.accepted) == (10, 10)
    assert made_files.keys(batch) == made_files.keys(loose)
    assert [file.sha256 for file in batch.ledger.files] == [
        file.sha256 for file in loose.ledger.files
    ]


def test_several_lists_of_crashes_in_a_zip_are_all_read():
    head, *lines = made_files.CRASHES.splitlines(keepends=True)
    batch = imported(packed({"2022.csv": head + lines[0], "2023.csv": head + "".join(lines[1:])}))
    assert batch.ledger.accepted == 3


def test_what_systems_leave_in_archives_is_passed_over_with_a_word():
    litter = {
        "__MACOSX/._crashes.csv": b"\0\5\x16\7",
        "Thumbs.db": b"\xd0\xcf",
        "a/.DS_Store": b"x",
    }
    batch = imported(packed({"crashes.csv": made_files.CRASHES, **litter}))
    assert batch.ledger.accepted == 3
    (told,) = [one for one in batch.ledger.warnings if one.code == "passed_over"]
    assert (told.file, told.row) == ("source.zip", None)
    assert "Thumbs.db" in str(told.message)


def test_a_workbook_and_features_in_a_zip_are_read_too():
    book = made_files.workbook(Crashes=[("crash_id", "crash_date"), ("1", "2023-02-07")])
    assert imported(packed({"a/b/book.xlsx": book}, zipfile.ZIP_STORED)).ledger.accepted == 1
    assert imported(packed({"book.xlsx": book})).ledger.accepted == 1


def test_names_of_members_are_texts_whatever_path_they_say():
    names = ["../../etc/passwd", "/tmp/x.csv", "C:\\x\\y.csv", "a\x1b[31m.csv"]
    for name in names:
        batch = imported(packed({name: made_files.CRASHES}))
        (file,) = batch.ledger.files
        assert file.name.isprintable()
        assert batch.ledger.accepted == 3
    assert (
        imported(packed({names[0]: made_files.CRASHES})).ledger.files[0].name == "source.zip/passwd"
    )


def test_members_of_one_name_in_two_folders_are_told_apart():
    head, *lines = made_files.CRASHES.splitlines(keepends=True)
    batch = imported(packed({"2022/x.csv": head + lines[0], "2023/x.csv": head + lines[1]}))
    assert [file.name for file in batch.ledger.files] == [
        "source.zip/2022/x.csv",
        "source.zip/2023/x.csv",
    ]


def test_one_list_in_two_sorts_of_packing_adds_nothing():
    first = imported(packed(FILES))
    again = imported(
        packed(dict(reversed(FILES.items())), zipfile.ZIP_STORED), known=made_files.keys(first)
    )
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 10)


# -------------------------------------------------------------------- traps


def test_an_archive_within_an_archive_is_not_unpacked():
    inner = packed({"crashes.csv": made_files.CRASHES})
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        assert "inner.csv" in refused(packed({"inner.csv": inner}, method))


def test_an_archive_too_large_by_its_own_word_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(unpacking, "read", None)
    refused(packed({"a.csv": b"0" * 2_000_000}))
    refused(packed({f"{n}.csv": b"" for n in range(1_001)}))
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1_000)
    refused(packed({"a.csv": b"0" * 600, "b.csv": b"0" * 600}))


def test_what_a_member_holds_is_counted_while_it_is_read(monkeypatch):
    monkeypatch.setattr(unpacking, "fits", lambda members: True)
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1_000)
    refused(packed({"a.csv": made_files.CRASHES, "b.csv": b"0" * 2_000}))


def test_a_member_that_lies_about_its_size_is_damaged():
    content = packed({"a.csv": b"0" * 100_000})
    size = (100_000).to_bytes(4, "little")
    assert "damaged" in refused(content.replace(size, (1_000).to_bytes(4, "little")))


def test_members_that_share_their_bytes_are_a_trap():
    content = bytearray(packed({f"{n}.csv": b"0" * 50 for n in range(9)}, zipfile.ZIP_STORED))
    # Each entry of the table of contents says that its file is longer than all there is.
    at = 0
    while (at := content.find(b"PK\x01\x02", at + 1)) > 0:
        content[at + 20 : at + 24] = (len(content) // 2).to_bytes(4, "little")
    refused(bytes(content))


def test_a_locked_member_is_told():
    content = bytearray(packed({"a.csv": b"x,y"}))
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert "password" in refused(bytes(content))


def test_a_link_is_refused():
    link = zipfile.ZipInfo("crashes.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "link" in refused(content.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 broken",
        b"PK\x05\x06" + b"\0" * 18,
        packed(FILES)[:-30],
        packed(FILES)[: len(packed(FILES)) // 2],
        packed({"Thumbs.db": b"x"}),
        packed({"folder/": b""}),
    ],
)
def test_an_archive_that_is_damaged_or_empty_is_refused(content):
    refused(content)


def test_a_member_that_is_no_table_is_named():
    with pytest.raises(IntakeError, match=r"source.zip/card.pdf is PDF"):
        imported(packed({"crashes.csv": made_files.CRASHES, "card.pdf": b"%PDF-1.7"}))


def test_a_member_without_a_name_is_damage():
    content = bytearray(packed(FILES))
    # The name of the first member in the list at the end of the archive.
    content[content.index(b"PK\x01\x02") + 46] = 0
    with pytest.raises(IntakeError, match="damaged archive"):
        imported(bytes(content))


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_a_changed_archive_is_read_or_refused(at, bytes_):
    content = bytearray(packed(FILES))
    at %= len(content)
    content[at : at + len(bytes_)] = bytes_
    try:
        told = imported(bytes(content)).ledger
    except IntakeError as error:
        assert str(error)
    else:
        assert told.accepted + told.rejected + len(told.duplicates) == told.total
