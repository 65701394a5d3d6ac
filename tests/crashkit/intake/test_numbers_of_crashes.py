"""Numbers of crashes are texts: a letter in one is not the mark of a spreadsheet's rounding."""

import made_files
import pytest

from crashkit import profiles


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("201906E138182", []),
        ("12E4", []),
        ("1.0E+15", ["mangled_id"]),
        ("2,01906E+12", ["mangled_id"]),
        ("2E+12", ["mangled_id"]),
    ],
)
def test_a_number_is_suspected_only_in_the_writing_of_a_spreadsheet(number, codes):
    text = f'crash_id,crash_date,severity\n"{number}",2023-05-06,fatal\n'
    batch = made_files.imported(made_files.upload(text))
    assert [one.code for one in batch.ledger.warnings if one.field == "crash_id"] == codes
    assert list(batch.crashes["crash_id"]) == [number]


TWO = """
title = "Test"
source = "Nobody"
[[files]]
name = "crashes"
level = "crash"
key = ["station", "no"]
needs = ["station", "no", "day"]
[files.crash]
crash_date = "day"
severity = "how"
"""


def test_two_numbers_never_become_one_by_the_sign_between_their_parts():
    rows = ["A|1,2,2024-02-03,fatal", "A,1|2,2024-02-04,slight", "A,2,2024-02-05,fatal"]
    text = "\n".join(["station,no,day,how", *rows])
    batch = made_files.imported(made_files.upload(text), profiles.parse("test", TWO))
    assert list(batch.crashes["crash_key"]) == ["test:A||1|2", "test:A|1||2", "test:A|2"]
