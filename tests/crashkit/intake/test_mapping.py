"""Words are compared folded, and looked up in the lists of the profile and in our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import fields, text
from crashkit.intake import mapping


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Тяжёлый", "тяжелый"),
        ("  С   погибшими ", "с погибшими"),
        ("Fatal\u200b", "fatal"),
        ("С\u00a0погибшими", "С погибшими"),
    ],
)
def test_words_that_people_write_alike_are_one(one, other):
    assert mapping.fold(one) == mapping.fold(other)


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        (" A 4 ", "A 4"),
        ("\ufeff7", "7"),
        ("a\x1b[31mb", "a [31mb"),
        ("x\u200by", "xy"),
        ("سلام\u200cها", "سلام\u200cها"),
        ("a\nb", "a b"),
        ("\u00a0Ош\u00a0", "Ош"),
    ],
)
def test_a_text_is_kept_without_what_nobody_can_see(word, kept):
    assert mapping.clean(word) == kept


@given(st.text(max_size=40))
def test_cleaning_and_unguarding_never_fail_and_settle_at_once(word):
    once = mapping.clean(word)
    assert mapping.clean(once) == once
    assert mapping.unguard(f"'{word}") in (word, f"'{word}")


@pytest.mark.parametrize(
    ("guarded", "plain"),
    [("'=1+1", "=1+1"), ("''=x", "'=x"), ("'s street", "'s street"), ("x", "x"), ("", "")],
)
def test_the_guard_of_our_exports_is_taken_away(guarded, plain):
    assert mapping.unguard(guarded) == plain


def test_codes_labels_and_aliases_are_always_known():
    words = mapping.own_words("severity")
    for code in fields.codes("severity"):
        for word in (code.code, code.label, *code.aliases):
            assert words[mapping.fold(word)] == code.code
    assert mapping.own_words("yes_no")[mapping.fold("Да")] == "yes"


KNOWN = sorted(
    map(mapping.fold, ["Мокрое", "Сухое", "Отсутствие, плохая разметка", "Отсутствие"]),
    key=lambda word: (-len(word), word),
)


@pytest.mark.parametrize(
    ("cell", "found", "odd"),
    [
        ("Мокрое", ["мокрое"], []),
        ("Мокрое, Отсутствие, плохая разметка", ["мокрое", "отсутствие, плохая разметка"], []),
        ("Отсутствие, Сухое", ["отсутствие", "сухое"], []),
        ("Мокрое, Нечто, Сухое", ["мокрое", "сухое"], ["нечто"]),
        ("Мокроесухое", [], ["мокроесухое"]),
        ("", [], []),
        (",,", [], []),
    ],
)
def test_several_words_in_a_cell_are_matched_whole_and_longest_first(cell, found, odd):
    assert mapping.several(cell, ", ", KNOWN) == (found, odd)


@given(st.text(alphabet="МокреСухОтвиапляды, |", max_size=60))
def test_any_cell_of_several_words_is_taken_apart(cell):
    found, odd = mapping.several(cell, ", ", KNOWN)
    assert set(found) <= set(KNOWN)
    assert all(odd)


def test_letters_that_look_alike_are_told():
    assert mapping.alike("КТ–1") == mapping.alike("KT-1") == mapping.alike("kt-1")
    assert mapping.alike("КГ-1") == mapping.alike("KG-1")
    assert mapping.alike("Б-1") != mapping.alike("В-1")


@pytest.mark.parametrize("language", [one.code for one in text.languages()])
@pytest.mark.parametrize("name", fields.code_lists())
def test_the_labels_of_a_list_are_known_in_every_language(name, language):
    say = text.Speaker(language).say
    words = mapping.own_words(name)
    assert [words[mapping.fold(say(code.label))] for code in fields.codes(name)] == list(
        fields.code_names(name)
    )
