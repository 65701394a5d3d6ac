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


LINES = {
    "ru": "Бишкек - Ош, наезд на пешехода, тёмное время суток",
    "kk": "Алматы - Қапшағай, жаяу жүргіншіні қағу, Өскемен, Ұлытау",
    "ky": "Бишкек - Ош, Төө-Ашуу, жөө жүргүнчүнү сүзүү",
    "tg": "Душанбе - Ҳисор, ҷароҳати вазнин, роҳи калон, қурбон",
    "uz": "Тошкент - Самарқанд, пиёдани уриб юбориш, тўқнашув, ҳайдовчи",
    "mn": "Улаанбаатар - Дархан, явган зорчигч мөргөсөн, хүнд гэмтэл",
    "az": "Бакы - Шамахы јолу, пијаданын вурулмасы",
    "tr": "Bakı - Şamaxı yolu, piyadanın vurulması, ağır yaralanma",
    "tk": "Aşgabat - Mary ýoly, pyýadany kakmak, agyr zeper",
    "ur": "شاہراہ قراقرم پر پيدل چلنے والے کو ٹکر شديد زخمي",
    "fa": "کابل - قندهار تصادم با عابر پياده زخم شديد",
    "zh": "乌鲁木齐－喀什 追尾碰撞 重伤 雨天路面湿滑",
    "fr": "accident à l'extérieur de la chaussée, blessé léger, Évry",
    "de": "Unfall zwischen Fußgänger und Straßenbahn, schwer verletzt, Köln",
}
"""What police files say in the languages of the region, and of those whose files are shipped."""
IN = {
    **{"ru": ("cp1251", "koi8-r", "cp866"), "kk": ("kz1048", "ptcp154")},
    **{"ky": ("kz1048", "ptcp154"), "tg": ("ptcp154",), "uz": ("ptcp154",), "mn": ("kz1048",)},
    **{"az": ("cp1251", "ptcp154"), "tr": ("cp1254",), "tk": ("cp1250",), "ur": ("cp1256",)},
    **{"fa": ("cp1256",), "zh": ("gb18030",), "fr": ("cp1252",), "de": ("cp1252", "cp1250")},
}
"""Encodings that have all letters of a language."""


def table_in(language):
    rows = [(str(number), f"2023-02-0{number}", LINES[language]) for number in range(1, 7)]
    return made_files.table([("crash_id", "crash_date", "road_name"), *rows])


@pytest.mark.parametrize(
    ("language", "encoding"),
    [(language, one) for language, names in IN.items() for one in (*names, *encodings.WIDE)],
)
def test_every_language_of_the_region_is_among_the_readings_and_read_as_answered(
    language, encoding
):
    content = table_in(language).encode(encoding)
    with pytest.raises(NeedsChoice) as caught:
        encodings.find("x.csv", content)
    assert encoding in caught.value.choices
    readings = [" ".join(text for _, text in lines) for lines in caught.value.examples.values()]
    assert any(LINES[language][:30] in text for text in readings)
    batch = made_files.imported(made_files.upload(content), encoding=encoding)
    assert batch.crashes["road_name"].tolist() == [LINES[language]] * 6


@pytest.mark.parametrize("language", LINES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_language_is_read_without_a_question_where_a_mark_or_utf8_settles_it(
    language, encoding
):
    batch = made_files.imported(made_files.upload(table_in(language).encode(encoding)))
    assert batch.crashes["road_name"].tolist() == [LINES[language]] * 6


def test_a_question_shows_ten_lines_in_each_reading():
    lines = [f"{number},2023-02-07,{LINES['kk']} {number}" for number in range(1, 40)]
    content = "\n".join(["crash_id,crash_date,road_name", *lines, *lines]).encode("kz1048")
    with pytest.raises(NeedsChoice) as caught:
        encodings.find("x.csv", content)
    shown = caught.value.examples
    assert len(shown) >= 3
    wanted = [str(number) for number in range(2, 12)]
    assert all([number for number, _ in lines] == wanted for lines in shown.values())
    assert shown["kz1048"][0] == ("2", f"{LINES['kk']} 1")
    assert set(shown) <= set(caught.value.choices)


def test_lines_that_read_the_same_are_shown_once():
    with pytest.raises(NeedsChoice) as caught:
        encodings.find("x.csv", table_in("kk").encode("kz1048"))
    assert {len(lines) for lines in caught.value.examples.values()} == {1}


def test_letters_of_several_bytes_are_told_by_the_signs_of_a_table():
    for encoding in encodings.WIDE:
        assert encodings.likeliest(table_in("zh").encode(encoding)) == (encoding,)
    # A zero in a text of single bytes is a fault of one cell, not another encoding.
    content = RUSSIAN.replace("Ош", "О\0ш").encode()
    assert encodings.find("x.csv", content) == "utf-8"


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


PADDED = made_files.CRASHES.replace(",", "\0\0\0,").replace("\n", "\0" * 40 + "\n")


def test_zeros_that_fill_up_cells_are_taken_away_and_told():
    batch = made_files.imported(made_files.upload(PADDED.encode() + b"\0" * 100))
    assert list(batch.crashes["crash_id"]) == ["0001", "0002", "0003"]
    assert list(batch.crashes["lat"].dropna()) == [42.22967, 42.83209]
    (told,) = [one for one in batch.inferences if one.what == "encoding"]
    assert "zeros" in str(told.evidence)
    same = made_files.imported(made_files.upload(made_files.CRASHES))
    assert list(batch.digests) == list(same.digests)


def test_zeros_that_fill_up_cells_hide_no_other_encoding():
    text = PADDED.replace("M-39", "М-39")
    with pytest.raises(NeedsChoice) as caught:
        made_files.imported(made_files.upload(text, encoding="cp1251"))
    assert "cp1251" in caught.value.choices
    batch = made_files.imported(made_files.upload(text, encoding="cp1251"), encoding="cp1251")
    assert batch.ledger.accepted == 3


def test_records_of_a_binary_file_are_refused_by_name():
    content = b"".join(b"%04d crash" % number + b"\0" * 20 for number in range(50))
    with pytest.raises(IntakeError, match="binary files of databases"):
        made_files.imported(made_files.upload(content))


@pytest.mark.parametrize("encoding", encodings.WIDE)
def test_the_zeros_of_letters_stay(encoding):
    content = made_files.CRASHES.encode(encoding)
    assert encodings.unpadded(content) == content


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1", "cp1251"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_letters_that_were_spoilt_before_are_asked_about(wrong, encoding):
    word = "Бишкек Ош" if wrong != "cp1252" else "Ош көчөсү"
    spoilt = "".join(bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in word.encode())
    text = made_files.CRASHES.replace("M-39", spoilt)
    with pytest.raises(NeedsChoice, match="probably said «") as caught:
        made_files.imported(made_files.upload(text, encoding=encoding))
    assert (caught.value.option, caught.value.choices) == ("encoding", ("utf-8",))
    batch = made_files.imported(made_files.upload(text, encoding=encoding), encoding="utf-8")
    assert batch.ledger.accepted == 3


@pytest.mark.parametrize("language", ["ru", "kk", "az", "zh", "ur", "fa", "mn"])
def test_letters_that_are_right_are_not_taken_for_spoilt_ones(language):
    assert encodings.find("x.csv", table_in(language).encode()) == "utf-8"


@pytest.mark.parametrize("word", ["№", "Рё", "М–39", "é", "42°", "Ð", "–", "«Ош»"])
def test_a_single_foreign_word_is_hardly_ever_spoilt(word):
    for text in (f"a,b\n1,{word} and Ош\n", f"a,b\n1,{word}\n"):
        assert encodings.find("x.csv", text.encode()) == "utf-8"
