"""A rule in words: all that it asks, with every decimal of its numbers."""

import pytest

from crashkit import presets, screening
from crashkit.text import Speaker


def said(preset, language="en", **changes):
    asked = screening.ask(presets.get(preset), changes)
    say = Speaker(language).say
    return [
        {say(label): say(words) for label, words in screening.question(one)} for one in asked.each
    ]


@pytest.mark.parametrize(("language", "limit"), [("en", "0.13"), ("ru", "0,13"), ("zh", "0.13")])
def test_no_decimal_of_a_limit_is_rounded_away(language, limit):
    told = " ".join(" ".join(part.values()) for part in said("au_federal", language))
    assert limit in told
    assert "50 " in told


def test_numbers_are_those_in_force_and_written_as_the_language_does():
    (told,) = said("count_1km", "ru", length_m="1500", min_crashes="7")
    assert "1\xa0500 м" in told["С такими числами"]
    assert ": 7" in told["С такими числами"]


def test_what_is_switched_off_is_not_told():
    (told,) = said("poisson_1km", adjust="none")
    assert "Adjust" not in told["With these numbers"]
