import pytest

from crashkit import evidence
from crashkit.errors import Message

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


def test_the_words_are_explained_with_their_source():
    said = str(evidence.explained())
    assert "moderate below 5 %" in said
    assert evidence.book()["evidence"]["source"] in said
