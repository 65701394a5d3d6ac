import pytest

from crashkit import evidence, publishing
from crashkit.blocks import Points
from crashkit.errors import Message
from crashkit.text import Speaker

NAMES = [Message(word) for word in ("a", "b", "c", "d")]


def strengths(chances):
    found = evidence.claims(NAMES, chances, Message("together"))
    return [(str(one.values["finding"]), str(one.values["strength"])) for one in found]


def test_the_strongest_come_first_and_what_has_no_word_is_no_claim():
    assert strengths([0.03, 0.2, 0.00001, 0.005]) == [
        ("c", "very strong"),
        ("d", "strong"),
        ("a", "moderate"),
    ]


@pytest.mark.parametrize(
    ("chance", "word"), [(0.000999, "very strong"), (0.001, "strong"), (0.01, "moderate")]
)
def test_a_word_stands_below_its_chance(chance, word):
    assert strengths([chance, 1, 1, 1]) == [("a", word)]


def test_at_the_last_chance_there_is_no_claim():
    assert strengths([0.05, 1, 1, float("nan")]) == []


def test_the_words_are_explained_to_the_public_too():
    found = publishing.publish([Points((evidence.explained(),))], 6)
    assert found.left_out == 0


def test_the_words_are_explained_with_their_source():
    said = str(evidence.explained())
    assert "moderate below 5 %" in said
    assert evidence.book()["evidence"]["source"] in said


@pytest.mark.parametrize(
    ("p", "of_hundred", "said"),
    [
        (0.38, False, "0.38"),
        (0.0174, False, "0.017"),
        (0.001, False, "0.001"),
        (0.00099, False, "< 0.001"),
        (3e-9, False, "< 0.001"),
        (0.38, True, "38"),
        (0.0174, True, "1.7"),
        (0.0001, True, "< 0.1"),
    ],
)
def test_a_chance_is_written_in_one_way(p, of_hundred, said):
    assert Speaker("en").say(evidence.chance(p, of_hundred=of_hundred)) == said
    assert Speaker("ru").say(evidence.chance(p, of_hundred=of_hundred)) == said.replace(".", ",")


def test_a_chance_that_is_no_number_is_not_known():
    assert str(evidence.chance(float("nan"))) == "not known"
    assert str(evidence.chance(float("nan"), of_hundred=True)) == "not known"
    assert str(evidence.probability(float("nan"))) == "not known"


def test_a_p_value_is_written_with_the_same_digits():
    assert Speaker("en").say(evidence.probability(0.0174)) == "p = 0.017"
    assert Speaker("en").say(evidence.probability(1e-5)) == "p < 0.001"
