"""Uploaded files wait under random numbers, for their owner only, and leave again."""

import errno
import io
import os
import stat
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import api
from webapp import uploads


def files(*names):
    return [(name, io.BytesIO(f"content of {name}".encode())) for name in names]


def test_files_come_back_as_they_arrived(home):
    number = uploads.keep(files("ДТП 2023.csv", "people.xlsx"))
    found = uploads.read(number)
    assert [one.name for one in found] == ["ДТП 2023.csv", "people.xlsx"]
    assert found[0].content == "content of ДТП 2023.csv".encode()


def test_only_the_owner_can_read_them_and_no_name_becomes_a_path(home):
    number = uploads.keep(files("../../etc/passwd", "CON.csv", "..\\..\\x.csv"))
    place = home / "crashkit" / "uploads" / number
    assert {path.name for path in place.iterdir()} == {"0", "1", "2", "names.json"}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {0o600}
    assert [one.name for one in uploads.read(number)] == ["passwd", "CON.csv", "x.csv"]


def test_two_files_of_one_name_are_told_apart(home):
    number = uploads.keep(files("a/crashes.csv", "b/crashes.csv", "crashes.csv", "x", "x"))
    names = [one.name for one in uploads.read(number)]
    assert names == ["crashes.csv", "crashes (2).csv", "crashes (3).csv", "x", "x (2)"]


@given(st.text(max_size=400))
def test_a_name_is_a_short_text_without_hidden_signs(name):
    plain = uploads.plain_name(name)
    assert 1 <= len(plain) <= uploads.LONGEST_NAME
    assert plain.isprintable() or not any(ord(sign) < 32 for sign in plain)
    assert not set(plain) & set("/\\\r\n\x00\u202e\u200b\x1b")


def test_files_given_up_are_deleted_and_this_is_said(home):
    number = uploads.keep(files("crashes.csv"))
    assert uploads.are_kept(number)
    uploads.discard(number)
    uploads.discard(number)
    assert not uploads.are_kept(number)
    with pytest.raises(api.IntakeError, match="no longer kept"):
        uploads.read(number)


def test_a_disk_that_takes_no_more_keeps_nothing_and_says_what_to_do(home):
    class Full(io.BytesIO):
        def read(self, *_):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(api.StoreError, match="No space left on device. Nothing was imported"):
        uploads.keep([*files("a.csv"), ("b.csv", Full())])
    assert list(uploads.folder().iterdir()) == []


def test_old_uploads_are_swept_and_new_ones_stay(home):
    old, new = uploads.keep(files("a.csv")), uploads.keep(files("b.csv"))
    place = home / "crashkit" / "uploads"
    (place / "a stranger's folder").mkdir()
    ago = time.time() - 25 * 3600
    os.utime(place / old, (ago, ago))
    assert uploads.sweep(24) == 1
    assert (uploads.are_kept(old), uploads.are_kept(new)) == (False, True)
    assert (place / "a stranger's folder").is_dir()


def test_sweeping_where_nothing_was_uploaded_is_no_trouble(home):
    assert uploads.sweep(24) == 0


@pytest.mark.parametrize("number", ["", "..", "../../home", "A" * 32, "0" * 31, "/etc"])
def test_a_number_that_is_none_finds_nothing(home, number):
    with pytest.raises(api.NotFound):
        uploads.read(number)
