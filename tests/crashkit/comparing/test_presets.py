"""Several rules on the same crashes: one place by whichever rules, and nothing is lost."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_lists import along, ask

from crashkit import comparing
from crashkit.errors import Cancelled, MethodError
from crashkit.model import Period
from crashkit.text import Speaker

ENGLISH = Speaker("en").say

ROAD = """
| km     |
| 0.120  |
| 0.450  |
| 0.980  |
| 1.100  |
| 5.000  |
| 5.010  |
| 5.020  |
| 9.000  |
| 9.005  |
"""

GERMAN = """
| km    | crash_date | severity | crash_type |
| 1.000 | 2010-01-05 | slight   | run_off    |
| 1.010 | 2013-01-05 | fatal    | run_off    |
"""


def told(questions, data):
    found = comparing.of_presets(questions, data)
    return [(one.site.id, one.found, one.crashes) for one in found.places]


def test_places_that_all_rules_list_come_first():
    wide, narrow = ask("count_1km"), ask("count_1km", length_m="50", min_crashes="2")
    assert told([wide, narrow], along(ROAD)) == [
        ("M39:5000-5020", ((2,), (1,)), 3),
        ("M39:120-1100", ((1,), ()), 4),
        ("M39:9000-9005", ((), (2,)), 2),
    ]


def test_the_first_sentence_says_how_many_are_in_all_and_which_agree_least():
    questions = [
        ask("count_1km"),
        ask("count_1km", min_crashes="4"),
        ask("count_1km", length_m="50", min_crashes="2"),
    ]
    said = [*map(ENGLISH, comparing.sentences(comparing.of_presets(questions, along(ROAD))))]
    assert said == [
        "3 places are listed by at least one of the 3 rules: 0 by all of them, 1 by one only.",
        "B and C agree least: of the crashes that either of them lists both list 0 %.",
    ]


def test_crashes_are_compared_where_both_rules_look():
    wide, few = ask("count_1km"), ask("count_1km", "km=0-2")
    (pair,) = comparing.of_presets([wide, few], along(ROAD)).pairs
    # Only the four crashes up to km 2 are looked at by both, and both list them.
    assert (pair.both, pair.only_first, pair.only_second, pair.neither) == (4, 0, 0, 0)
    assert pair.by_crashes == (1, 1)
    assert pair.jaccard == 1


def test_two_versions_of_a_rule_are_answered_each_by_itself():
    data = along(GERMAN, period=Period(date(2008, 1, 1), date(2014, 12, 31)))
    versions = ["de_before_2012", "de_muko_2012"]
    found = comparing.of_presets([ask(one) for one in versions], data)
    assert [one.asked.preset for one in found.lists] == versions


def test_the_crashes_of_a_comparison_are_those_that_all_questions_ask_for():
    questions = [ask("count_1km", "km=0-2; year=2021"), ask("count_1km", "year=2021")]
    assert comparing.of_presets(questions, along(ROAD)).crashes == {"year": "2021"}


def test_lists_without_a_site_say_so():
    questions = [ask("count_1km", min_crashes="50"), ask("count_1km", min_crashes="60")]
    found = comparing.of_presets(questions, along(ROAD))
    assert found.places == ()
    assert [*map(ENGLISH, comparing.sentences(found))] == ["None of the lists has a site."]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["count_1km"], "Between two and 6 lists"),
        (["count_1km"] * 2, "count_1km is asked twice"),
        ([f"count_1km{n}" for n in range(7)], "these are 7"),
    ],
)
def test_what_cannot_be_put_side_by_side_is_refused(names, words):
    questions = [
        ask(name.rstrip("0123456789"), length_m=str(100 + n)) for n, name in enumerate(names)
    ]
    if names == ["count_1km"] * 2:
        questions = [questions[0]] * 2
    with pytest.raises(MethodError, match=words):
        comparing.of_presets(questions, along(ROAD))


def test_a_comparison_can_be_stopped_and_tells_how_far_it_is():
    shares = []

    def stop(share, doing=None):
        shares.append(share)
        if share >= 0.8:
            raise Cancelled

    with pytest.raises(Cancelled):
        questions = [ask("count_1km"), ask("count_1km", min_crashes="4")]
        comparing.of_presets(questions, along(ROAD), progress=stop)
    assert shares == sorted(shares)


at_km = st.lists(st.integers(0, 400), min_size=3, max_size=40)


@given(at_km, st.permutations([0, 1, 2]))
@settings(max_examples=40)
def test_the_order_of_the_rules_is_of_no_matter_and_no_crash_is_lost(metres, order):
    data = along("| km |\n" + "\n".join(f"| {one / 100:.2f} |" for one in metres))
    questions = [
        ask("count_1km", min_crashes="2"),
        ask("count_1km", length_m="200", min_crashes="2"),
        ask("poisson_1km"),
    ]
    found = comparing.of_presets(questions, data)
    again = comparing.of_presets([questions[at] for at in order], data)

    def places(comparison, at):
        return {
            (one.site.id, one.crashes, *(one.found[i] for i in at)) for one in comparison.places
        }

    assert places(found, order) == places(again, range(3))
    for at, answer in enumerate(found.lists):
        positions = [n for one in found.places for n in one.found[at]]
        assert sorted(positions) == [*range(1, len(answer.findings) + 1)]
    for one in found.places:
        for positions, absent in zip(one.found, one.absent, strict=True):
            assert bool(positions) == (absent is None)
