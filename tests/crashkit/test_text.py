from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import text
from crashkit.errors import Message, NotFound, counted, within

NBSP = "\N{NO-BREAK SPACE}"
NNBSP = "\N{NARROW NO-BREAK SPACE}"


def test_english_russian_and_chinese_are_spoken():
    named = [(one.code, one.name, one.english, one.direction) for one in text.languages()]
    # Further languages may have been dropped in.
    assert set(named) >= {
        ("en", "English", "English", "ltr"),
        ("ru", "Русский", "Russian", "ltr"),
        ("zh", "中文", "Chinese", "ltr"),
    }
    assert named[0][0] == "en"


def test_an_unknown_language_names_those_there_are():
    known = ", ".join(one.code for one in text.languages())
    with pytest.raises(NotFound, match=known):
        text.Speaker("tlh")


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        ("ru", {"CRASHKIT_LANG": "zh"}, "ru"),
        (None, {"CRASHKIT_LANG": "zh", "LC_ALL": "ru_RU.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C.UTF-8", "LC_MESSAGES": "C", "LANG": "ru_KZ.UTF-8"}, "ru"),
        ("tlh", {"LANG": "zh_CN"}, "zh"),
        (None, {"LANG": "RU"}, "ru"),
        (None, {}, "en"),
    ],
)
def test_the_language_asked_for_leads_then_the_environment(asked, environment, language):
    assert text.language_for(asked, environment) == language


def test_an_unknown_sentence_is_said_in_english():
    assert text.Speaker("ru").say("Nobody translated {this}.", this="x") == "Nobody translated x."


def test_a_date_that_ends_in_a_stop_does_not_double_the_stop_of_the_sentence():
    said = text.Speaker("ru").say("Until {day}.", day=date(2026, 11, 24))
    assert said == f"Until 24 нояб. 2026{NNBSP}г."
    assert text.Speaker("ru").say("{this}...", this="x") == "x..."


def test_a_number_that_is_not_known_is_a_dash():
    assert text.Speaker("en").number(None) == text.NOTHING


@pytest.mark.parametrize(
    ("language", "number", "share", "day"),
    [
        ("en", "1,234,567.9", "12.5%", "24 Nov 2026"),
        ("ru", f"1{NBSP}234{NBSP}567,9", f"12,5{NBSP}%", f"24 нояб. 2026{NNBSP}г."),
        ("zh", "1,234,567.9", "12.5%", "2026年11月24日"),
    ],
)
def test_numbers_and_dates_follow_the_language(language, number, share, day):
    speaker = text.Speaker(language)
    assert speaker.number(1234567.89, 1) == number
    assert speaker.percent(0.125, 1) == share
    assert speaker.date(date(2026, 11, 24)) == day


def test_values_are_formatted_by_their_kind():
    speaker = text.Speaker("en")
    said = speaker.say(
        "{whole} {part} {word} {day} {moment} {nested} {several} {none}",
        whole=12345,
        part=0.25,
        word="2023",
        day=date(2026, 1, 2),
        moment=datetime(2026, 1, 2, 3, 4),
        nested=Message("crash {n}", {"n": 1000}),
        several=["a", "b", "c"],
        none=None,
    )
    assert said == "12,345 0.2 2023 2 Jan 2026 2 Jan 2026 03:04 crash 1,000 a, b and c –"


def test_a_slip_of_the_keyboard_is_a_number_too():
    say = text.Speaker("en")
    assert say.number(10**60) == "1.000E+60"
    assert say.number(-(10**400)) == "-1.000E+400"
    assert say.say(Message("{n} m", {"n": int("9" * 27)})) == "1.000E+27 m"


def test_a_number_that_does_not_exist_is_a_dash():
    speaker = text.Speaker("en")
    assert (speaker.number(float("nan")), speaker.percent(float("inf"))) == ("–", "–")


def test_plurals_of_english():
    speaker = text.Speaker("en")
    said = [speaker.say(counted("{n} crash", "{n} crashes", n)) for n in (0, 1, 2)]
    assert said == ["0 crashes", "1 crash", "2 crashes"]


def test_a_catalogue_picks_the_form_by_the_rule_of_the_language():
    russian = text.Catalogue(
        {"{n} crash": ("{n} авария", "{n} аварии", "{n} аварий")}, text._catalogue("ru").plural_form
    )
    message = [counted("{n} crash", "{n} crashes", n) for n in (1, 2, 5, 21)]
    assert [russian.find(one) for one in message] == [
        "{n} авария",
        "{n} аварии",
        "{n} аварий",
        "{n} авария",
    ]


def test_months_and_weekdays_have_names():
    assert text.Speaker("ru").month(1) == "январь"
    assert text.Speaker("zh").weekday(1) == "周一"
    assert text.Speaker("en").weekday(7, short=False) == "Sunday"


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_a_written_number_reads_back(value, digits):
    written = text.Speaker("en").number(value, digits).replace(",", "")
    assert float(written) == pytest.approx(value, abs=0.51 * 10**-digits)


def test_nought_has_no_sign_and_digits_tell_numbers_apart():
    say = text.Speaker("en")
    assert [say.number(0.0), say.number(-0.0), say.number(0, 2), say.number(1.0, 1)] == [
        *("0", "0"),
        *("0.00", "1.0"),
    ]
    assert text.Speaker("ru").number(1.0, 1) == "1,0"


def test_a_label_within_a_sentence_begins_with_a_small_letter_unless_it_is_an_abbreviation():
    titled = Message("Crashes by {field}", {"field": within(Message("Severity"))})
    assert str(titled) == text.Speaker("en").say(titled) == "Crashes by severity"
    russian = text.Speaker("ru").say(within(Message("Severity")))
    assert russian == text.Speaker("ru").say("Severity").lower()
    assert str(within(Message("AADT of the road"))) == "AADT of the road"
