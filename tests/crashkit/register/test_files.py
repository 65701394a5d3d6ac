"""Photos and documents: known by their content, without what a camera tells of its owner."""

import made_photos
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_photos import EXCEL, PDF, PHOTO, SECRET, WORD, archive, chunk, exif, picture, segment

from crashkit import register
from crashkit.errors import Refused
from crashkit.register import files


def checked(content):
    return register.check_file("x.bin", content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PHOTO, files.JPEG),
        (picture(), files.PNG),
        (PDF, files.PDF),
        (WORD, files.WORD),
        (EXCEL, files.EXCEL),
    ],
)
def test_a_file_is_what_its_content_says(content, kind):
    assert checked(content) == register.Checked(kind, content)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_keeps_how_it_is_turned_and_nothing_else(order):
    told = made_photos.told_photo(
        exif(6, order), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET), segment(0xFE, SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
    )  # fmt: skip
    kept = checked(told).content
    assert SECRET not in kept
    assert kept == PHOTO[:2] + files._only_turn(6) + PHOTO[2:]
    assert checked(kept).content == kept


@pytest.mark.parametrize("turn", [None, 1, 0, 9, 60_000])
def test_a_photo_that_stands_upright_is_only_its_picture(turn):
    assert checked(made_photos.told_photo(exif(turn))).content == PHOTO


def test_the_colours_of_a_photo_stay():
    profile, adobe = segment(0xE2, b"ICC_PROFILE\0\1\1x"), segment(0xEE, b"Adobe\0d\0\0\0\0\1")
    kept = checked(made_photos.told_photo(profile, adobe)).content
    assert kept == PHOTO[:2] + profile + adobe + PHOTO[2:]


def test_texts_and_times_of_a_picture_are_left_out():
    told = picture(chunk(b"tEXt", SECRET), chunk(b"eXIf", SECRET), chunk(b"zzZz", SECRET))
    assert checked(told + SECRET).content == picture()


@pytest.mark.parametrize("cut", [4, 30, 200, len(PHOTO) - 2])
def test_a_photo_that_was_cut_off_is_refused(cut):
    with pytest.raises(Refused, match="broken"):
        checked(PHOTO[:cut])


@pytest.mark.parametrize(
    "content",
    [
        picture()[:-3],
        picture().replace(b"IDAT", b"IDOT"),
        b"\xff\xd8\xff\xd9",
        WORD[:40],
        b"PK\x03\x04" + b"\0" * 30,
    ],
    ids=["png cut off", "png without data", "jpeg without data", "zip cut off", "zip of nothing"],
)
def test_what_is_broken_is_refused(content):
    with pytest.raises(Refused, match="broken"):
        checked(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no photo and no document"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "no photo and no document"),
        (b"<html><script>x()</script>", "no photo and no document"),
        (b"%PDF-1.4 but no end", "no photo and no document"),
        (b"GIF89a", "no photo and no document"),
        (archive("photo.jpg"), "is an archive"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "is an archive"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros"),
        (archive(*map(str, range(1001))), "unpacks to more"),
        (PHOTO + b"x" * register.MOST_BYTES, "too large"),
    ],
)
def test_what_is_none_of_ours_is_refused_by_its_content(content, said):
    with pytest.raises(Refused, match=said):
        register.check_file("photo.jpg", content)


starts = st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"PK\x03\x04", b""])


@given(starts, st.binary(max_size=300))
def test_any_bytes_end_in_a_file_or_a_sentence(start, rest):
    try:
        assert checked(start + rest).media_type in register.KINDS
    except Refused as error:
        assert str(error)


@given(st.data())
def test_any_photo_with_changed_bytes_ends_in_a_file_or_a_sentence(data):
    told = bytearray(made_photos.told_photo(exif(6)))
    for _ in range(data.draw(st.integers(1, 5))):
        told[data.draw(st.integers(3, len(told) - 1))] = data.draw(st.integers(0, 255))
    try:
        checked(bytes(told))
    except Refused as error:
        assert str(error)


def test_a_name_is_a_text_without_folders():
    for name in ("../../x.jpg", "C:\\photos\\x.jpg", "a/\u202ex.jpg"):
        assert register.file_name(name) == "x.jpg"
    assert register.file_name("\r\n") == "file"
