"""Numbers of crashes are texts: a letter in one is not the mark of a spreadsheet's rounding."""

import made_files
import pytest


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
