"""Several words in one cell: those that are listed are replaced, the others stay as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit.intake import mapping

LISTED = {
    mapping.fold(word): code
    for word, code in {
        "Сухое": "",
        "Мокрое": "",
        "Отсутствие, плохая различимость разметки": "marking",
    }.items()
}


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("Сухое", ""),
        ("Сухое, Нет знаков", "Нет знаков"),
        ("Нет знаков,  МОКРОЕ ", "Нет знаков"),
        ("Отсутствие,  плохая различимость разметки, Сухое, Ёлка", "marking, Ёлка"),
        ("Отсутствие, плохая видимость", "Отсутствие, плохая видимость"),
    ],
)
def test_listed_words_go_and_others_stay(cell, kept):
    assert mapping.replaced(cell, ", ", LISTED) == kept


@given(st.text(max_size=60))
def test_without_a_list_only_blanks_change(text):
    once = mapping.replaced(text, ", ", {})
    assert mapping.replaced(once, ", ", {}) == once
    assert "".join(once.split()).replace(",", "") == "".join(text.split()).replace(",", "")
