"""Column names that stand again within a file: no record, and a warning of what stands below."""

import made_files
import pytest

HEAD = "crash_id,crash_date,n_killed,n_serious"
ROWS = ["1,2023-02-07,1,2", "2,2023-02-08,0,1", "3,2023-02-09,0,1"]


def read(*lines):
    return made_files.imported(made_files.upload("\n".join(lines) + "\n"))


@pytest.mark.parametrize("again", [HEAD, HEAD.upper(), HEAD.replace(",", " , "), "\ufeff" + HEAD])
def test_names_that_stand_again_are_no_record_in_whatever_letters(again):
    batch = read(HEAD, *ROWS, again, "4,2023-02-10,0,1")
    assert made_files.codes(batch.ledger.issues) == [(5, "", "repeated_header")]
    assert batch.ledger.accepted == 4


def test_below_names_in_another_order_nothing_is_read_under_the_first_ones():
    other = "crash_id,crash_date,n_serious,n_killed"
    batch = read(HEAD, *ROWS, other, "4,2023-02-10,3,0", "5,2023-02-11,1,0")
    assert made_files.codes(batch.ledger.issues) == [
        (line, "", "other_header") for line in (5, 6, 7)
    ]
    assert list(batch.crashes["crash_id"]) == ["1", "2", "3"]


def test_a_row_with_one_name_of_a_column_is_a_row():
    batch = read("crash_id,crash_date,road_name,place", "1,2023-02-07,place,road_name")
    assert batch.ledger.accepted == 1


def test_a_column_without_a_name_at_the_right_costs_no_row_and_is_told():
    batch = read(f"{HEAD},,", *(f"{row},x,+996 555 123456" for row in ROWS), "4,2023-02-10,0,1")
    assert batch.ledger.accepted == 4
    assert (None, "", "nameless_column") in made_files.codes(batch.ledger.warnings)
    assert "555" not in str(batch.ledger)


def test_more_cells_than_the_heading_has_are_too_many():
    batch = read(f"{HEAD},", *ROWS, "4,2023-02-10,0,1,x,y")
    assert made_files.codes(batch.ledger.issues) == [(5, "", "too_many_fields")]
