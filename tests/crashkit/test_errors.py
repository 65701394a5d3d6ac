import pytest

from crashkit import errors
from crashkit.errors import Message, NeedsChoice, counted


def test_a_message_fills_its_holes():
    assert str(Message("{n} crashes on {road}", {"n": 3, "road": "M-1"})) == "3 crashes on M-1"


def test_a_message_without_values_may_hold_braces():
    assert str(Message("{left alone}")) == "{left alone}"


def test_a_counted_message_chooses_its_wording_by_the_number():
    assert [str(counted("{n} crash", "{n} crashes", n)) for n in (1, 2)] == ["1 crash", "2 crashes"]


def test_an_error_is_a_sentence_with_its_values():
    error = errors.NotFound("There is no data set {name}.", name="x")
    assert str(error) == "There is no data set x."
    assert error.message == Message("There is no data set {name}.", {"name": "x"})


def test_a_choice_names_the_option_that_answers_it():
    error = NeedsChoice(
        "Is {value} in April or in March?",
        option="date_order",
        choices=["dmy", "mdy"],
        value="03/04/2023",
    )
    assert (error.option, error.choices) == ("date_order", ("dmy", "mdy"))
    assert isinstance(error, errors.IntakeError)


@pytest.mark.parametrize("name", [line for line in dir(errors) if line.endswith("Error")])
def test_every_error_stands_in_the_tree_at_the_top_of_the_file(name):
    assert name in (errors.__doc__ or "")
