"""Sums, headings and notes in a table are said to be none of its records, and still counted."""

import made_files
import pytest

HEAD, *LINES = made_files.CRASHES.splitlines(keepends=True)
REST = "," * HEAD.count(",")


def read(*rows, **options):
    return made_files.imported(made_files.upload("".join(rows)), **options)


@pytest.mark.parametrize(
    "word",
    [
        "TOTAL",
        "Нийтдээ",
        "Жалпы:",
        "合 计",
        "Genel toplam",
        "Total 3",
        "Итого:",
        "Всего по области",
        "合计",
        "Jami",
        "Барлығы",
        "Нийт",
        "ჯამი",
        "جمع",
    ],
)
def test_a_sum_below_or_above_the_rows_is_no_crash(word):
    below = read(HEAD, *LINES, f"{word}{REST}\n")
    above = read(HEAD, f"{word}{REST}\n", *LINES)
    for batch, line in ((below, 5), (above, 2)):
        assert made_files.codes(batch.ledger.issues) == [(line, "", "totals_row")]
        assert (batch.ledger.total, batch.ledger.accepted, batch.ledger.rejected) == (4, 3, 1)


def test_a_sum_keeps_its_cells_in_the_file_of_rejects():
    batch = read(HEAD, *LINES, f"Итого,,,,,2{REST[5:]}\n")
    assert batch.ledger.cells["crashes.csv", 5]["crash_id"] == "Итого"


def test_a_sum_with_fewer_cells_than_the_others_is_one_too():
    batch = read(HEAD, *LINES, "TOTAL,3\n")
    assert made_files.codes(batch.ledger.issues) == [(5, "", "totals_row")]


def test_a_province_or_a_note_alone_on_a_row_is_no_crash():
    batch = read(HEAD, f"Чуйская область{REST}\n", LINES[0], "Ошская область\n", *LINES[1:])
    assert made_files.codes(batch.ledger.issues) == [(2, "", "section_row"), (4, "", "section_row")]
    assert batch.ledger.accepted == 3


def test_a_crash_with_a_date_is_never_taken_for_a_sum():
    batch = read(HEAD, LINES[0].replace("0001,", "Total-7,"), *LINES[1:])
    assert (batch.ledger.accepted, batch.ledger.issues) == (3, ())


def test_a_word_that_only_begins_like_a_sum_is_none():
    batch = read(HEAD, *LINES, f"Totalizator{REST[1:]},x\n")
    assert (5, "", "totals_row") not in made_files.codes(batch.ledger.issues)


def test_a_vehicle_with_its_crash_number_alone_is_a_vehicle():
    files = made_files.three(vehicles="crash_id,unit_no,unit_type\n0001,,\nИтого,,3\n")
    batch = made_files.imported(files)
    assert [code for _, _, code in made_files.codes(batch.ledger.issues)] == ["totals_row"]
