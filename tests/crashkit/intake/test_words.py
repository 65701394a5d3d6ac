"""Words of the calendar and of tables, in the languages of the region."""

import pytest
from babel import dates

from crashkit.intake import words

LANGUAGES = "en de fr ru kk ky uz uz_Cyrl tg tk az ka mn fa fa_AF ps ur zh zh_Hant"


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_months_and_weekdays_are_those_of_the_unicode_tables(language):
    known = []
    for form in ("format", "stand-alone"):
        months = dates.get_month_names("wide", form, language)
        found = {number: words.months().get(words.key(name)) for number, name in months.items()}
        known.append(found == {n: words.Month(n, "gregorian") for n in range(1, 13)})
        for number, name in dates.get_day_names("wide", form, language).items():
            assert words.weekdays()[words.key(name)] == number + 1, name
    assert any(known)


def test_solar_hijri_months_say_which_calendar_they_belong_to():
    for name in ("حمل", "فروردین", "وری", "Hamal", "FARVARDIN"):
        assert words.months()[words.key(name)] == words.Month(1, "solar_hijri")


def test_arabic_letters_are_read_as_the_persian_ones():
    assert words.key("جنوري") == words.key("جنوری")
    assert words.weekdays()[words.key("سه‌شنبه")] == 2


@pytest.mark.parametrize("cell", ["TOTAL 9,546", "«Итого»", "合計", "Grand total:", "Жами"])
def test_words_for_a_sum_are_known(cell):
    assert words.is_total(cell)


@pytest.mark.parametrize("cell", ["", "Totally", "1", "Road of the total", "Итоговая"])
def test_other_words_are_no_sum(cell):
    assert not words.is_total(cell)
