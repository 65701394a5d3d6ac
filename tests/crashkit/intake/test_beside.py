"""Tables beside the crashes: which column is what, what is lacking, and rows not taken."""

import pytest

from crashkit.errors import IntakeError, Message, SettingError
from crashkit.intake import beside
from crashkit.model import Issue

NAMES = {"day": ["Date", "Day"], "rain": [], "snow": ["Snow"]}
THEIRS = ("Date", "Day", "Snow", "Water")


def chosen(told: dict[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    return beside.chosen(NAMES, THEIRS, told, needed=(["day"], ["rain", "snow"]), file="a.csv")


def test_the_likeliest_column_is_taken_and_the_others_are_told() -> None:
    assert chosen({}) == ({"day": "Date", "snow": "Snow"}, {"day": ("Day",)})


def test_what_the_user_says_leads() -> None:
    which, others = chosen({"day": "Day", "rain": "Water", "snow": ""})
    assert (which, others) == ({"day": "Day", "rain": "Water"}, {})


def test_a_column_that_is_lacking_is_named_with_those_that_are_there() -> None:
    with pytest.raises(IntakeError) as error:
        chosen({"snow": ""})
    assert error.value.message.values["missing"] == ["rain / snow"]
    assert error.value.message.values["columns"] == list(THEIRS)


def test_a_thing_or_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingError, match="hail"):
        chosen({"hail": "Water"})
    with pytest.raises(IntakeError, match="Ice"):
        chosen({"snow": "Ice"})


def test_a_row_not_taken_keeps_its_number_value_and_reason() -> None:
    issue = Issue("a.csv", 3, "day", "31.02.", "date", Message("No date: {x}", {"x": 1}))
    (row,) = beside.rejected([issue], str)
    assert (row["row"], row["value"], row["message"]) == (3, "31.02.", "No date: 1")
