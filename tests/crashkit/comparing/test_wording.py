"""Lists side by side in words: titles, places, groups, and how chance is told."""

from datetime import date

import pytest
from made_lists import answer
from made_sites import NAN, finding

from crashkit.comparing import wording
from crashkit.model import ComparedPlace, Comparison, Lasting, Period
from crashkit.text import Speaker

ENGLISH = Speaker("en").say


def place(*found, **changes):
    lasting = changes and Lasting(
        **{
            **{"state": "stable", "moved_m": None, "counts": (8, 4), "years": (3.0, 3.0)},
            **{"ratio": 0.5, "lower": 0.11, "upper": 1.86, "p": 0.387},
            **{"expected": NAN, "happened": 4},
            **changes,
        }
    )
    return ComparedPlace(finding(1000, 2000), found, (None,) * len(found), 12, lasting or None)


def test_a_place_is_in_the_group_of_the_lists_that_have_it():
    assert wording.group_of(place((1,), (2,), (3,))) == "all"
    assert wording.group_of(place((1,), (), (3,))) == "several"
    assert wording.group_of(place((), (2,), ())) == "B"
    assert wording.group_of(place((1,), (), state="gone")) == "gone"


def test_two_lists_have_no_group_of_several():
    found = Comparison("presets", (answer([]), answer([])), (), (), "made v1")
    assert [*wording.groups(found)] == ["all", "A", "B"]
    assert ENGLISH(wording.groups(found)["A"]) == "Only in A"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2021, 1, 1), date(2021, 12, 31), "2021"),
        (date(2021, 1, 1), date(2023, 12, 31), "2021–2023"),
        (date(2021, 7, 1), date(2022, 6, 30), "1 Jul 2021 to 30 Jun 2022"),
    ],
)
def test_a_period_is_named_by_its_years_where_they_are_whole(start, end, said):
    assert ENGLISH(wording.period_name(answer([], period=Period(start, end)))) == said


def test_a_place_is_named_by_its_posts_or_what_it_is_called_or_its_radius():
    assert ENGLISH(wording.place_name(finding(1000, 1250))) == "M39, km 1 to 1.25"
    circle = {"road": "", "lon": 69.0, "lat": 41.0, "radius_m": 250.0}
    assert ENGLISH(wording.place_name(finding(**circle, place="Osh"))) == "Osh"
    assert ENGLISH(wording.place_name(finding(**circle))) == "a circle of 250 m"
    assert ENGLISH(wording.place_name(finding(road="", id="North"))) == "North"


def test_a_change_is_told_with_its_limits_and_what_chance_brings():
    found = place((1,), (1,), moved_m=120.0, expected=5.24)
    assert [*map(ENGLISH, wording.change_sentences(found))] == [
        "Its middle moved by 120 m.",
        "Crashes on its ground: 8 in the first period, 4 in the last, −50 % for the same time "
        "(−89 to +86 % with 95 %). Where nothing changed, chance brings such a difference at 39 "
        "of 100 places.",
        "Where it was found first, 5.2 were to be expected in the last period even if nothing "
        "changed (regression to the mean); 4 happened.",
    ]


def test_a_change_from_nothing_has_no_per_cent():
    found = place((), (1,), state="new", counts=(0, 4), ratio=NAN, p=0.0004)
    assert [*map(ENGLISH, wording.change_sentences(found))] == [
        "Crashes on its ground: 0 in the first period, 4 in the last. Where nothing changed, "
        "chance brings such a difference at < 0.1 of 100 places.",
        "It was picked for its many crashes in the last period, so a part of the rise is chance "
        "that will not last.",
    ]
