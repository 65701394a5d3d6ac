"""Letters are never guessed silently: a mark, strict UTF-8, an answer, or a question."""

import made_files
import pytest

from crashkit import profiles
from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import encodings

RUSSIAN = "crash_id,crash_date,road_name\n1,2023-02-07,Бишкек – Ош\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-32", "utf-32")],
)
def test_a_mark_or_strict_utf8_settles_it(encoding, found):
    assert encodings.find("x.csv", RUSSIAN.encode(encoding)) == found


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16-le"])
def test_anything_else_is_asked_with_readings_to_choose_from(encoding):
    with pytest.raises(NeedsChoice) as caught:
        encodings.find("x.csv", (RUSSIAN.replace("–", "-") * 5).encode(encoding))
    assert caught.value.option == "encoding"
    assert encoding in caught.value.choices
    assert "Бишкек" in str(caught.value)


def test_the_answer_is_taken_when_the_bytes_mean_something_in_it():
    content = RUSSIAN.encode("cp1251")
    assert encodings.find("x.csv", content, answer="windows-1251") == "cp1251"
    with pytest.raises(IntakeError, match="line 2"):
        encodings.find("x.csv", content, answer="utf-8")
    with pytest.raises(IntakeError, match="Nobody knows"):
        encodings.find("x.csv", content, answer="klingon")


def test_no_answer_may_be_a_codec_that_is_no_encoding():
    for name in ("rot13", "zip", "base64", "idna", "hex", "uu"):
        with pytest.raises(IntakeError):
            made_files.imported(made_files.upload(RUSSIAN.encode("cp1251")), encoding=name)


def test_what_the_profile_states_of_its_source_is_no_guess():
    content = "a\n é".encode("latin-1")
    assert encodings.find("x.csv", content, stated="latin-1") == "latin-1"
    with pytest.raises(NeedsChoice):
        encodings.find("x.csv", content, stated="ascii")


def test_one_broken_sequence_is_named_by_its_line():
    content = RUSSIAN.encode("utf-8") + b"2,2023-02-08,\xd0\n"
    with pytest.raises(NeedsChoice, match="line 3"):
        encodings.find("x.csv", content)


def test_a_broken_file_with_a_mark_is_refused():
    with pytest.raises(IntakeError, match="line 2"):
        encodings.find("x.csv", b"\xef\xbb\xbfa\n\xff\n")


def test_the_same_rows_in_another_encoding_are_duplicates():
    first = made_files.imported(made_files.upload(RUSSIAN))
    for encoding, answer in (("cp1251", "cp1251"), ("utf-16", ""), ("koi8-r", "koi8-r")):
        text = RUSSIAN.replace("–", "-") if encoding == "koi8-r" else RUSSIAN
        again = made_files.imported(
            made_files.upload(text, encoding=encoding),
            known=made_files.keys(first),
            **({"encoding": answer} if answer else {}),
        )
        assert again.ledger.accepted == 0


def test_the_shipped_profiles_state_encodings_that_exist():
    for profile in profiles.all_profiles().values():
        for layout in profile.files:
            assert encodings.broken_at(b"a", layout.encoding or profile.encoding or "utf-8") is None


def test_a_large_file_is_judged_by_a_sample():
    text = RUSSIAN.replace("–", "-") * 8000
    content = text.encode("cp1251")
    assert content.decode(encodings.likeliest(content)[0]) == text
    assert encodings.broken_at(content + b"\x98", "cp1251") == content.count(b"\n") + 1


def test_of_encodings_that_read_the_same_the_commonest_is_named():
    assert encodings.likeliest("1,Бишкек - Ош\n".encode("cp1251"))[0] == "cp1251"


def test_utf16_without_a_mark_is_offered_by_the_place_of_its_zeros():
    assert encodings.likeliest(RUSSIAN.encode("utf-16-be"))[0] == "utf-16-be"
    assert encodings.likeliest(RUSSIAN.encode("utf-16-le"))[0] == "utf-16-le"
