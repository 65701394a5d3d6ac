"""Column names over one row or several, under titles, or none: by a profile and by their looks."""

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import headers

GROUPED = """
title = "Grouped"
source = "Nobody"
[[files]]
name = "crashes"
level = "crash"
needs = ["No", "Date", "Casualties / killed"]
key = "No"
partial = true
[files.crash]
crash_id = "No"
crash_date = "Date"
n_killed = "Casualties / killed"
n_injured = "Casualties / injured"
n_vehicles = "Vehicles / total"
"""
ROWS = [
    ["No", "Date", "Casualties", "", "Vehicles", ""],
    ["", "", "killed", "injured", "total", "heavy"],
    ["1", "2023-02-07", "1", "2", "3", "0"],
    ["2", "2023-02-08", "0", "1", "2", "1"],
]
NUMBERED = GROUPED.replace('"No"', '"1"').replace('"Date"', '"2"')
NUMBERED = NUMBERED.replace('"Casualties / killed"', '"3"')


def read(rows, text=GROUPED, **options):
    file = made_files.upload(made_files.table(rows))
    return made_files.imported(file, profiles.parse("test", text), **options)


def test_names_over_two_rows_are_joined_as_the_profile_writes_them():
    for rows in (ROWS, [["Crashes of 2023", "", "", "", "", ""], *ROWS]):
        batch = read(rows)
        assert batch.ledger.accepted == batch.ledger.total == 2
        assert list(batch.crashes["n_injured"]) == [2, 1]
        assert list(batch.crashes["n_vehicles"]) == [3, 2]


def test_merged_cells_of_a_workbook_stand_over_all_their_columns():
    rows = [[cell or None for cell in row] for row in ROWS]
    file = made_files.upload(made_files.workbook(a=rows), "crashes.xlsx")
    batch = made_files.imported(file, profiles.parse("test", GROUPED))
    assert list(batch.crashes["n_killed"]) == [1, 0]


def test_the_lower_names_alone_do_where_the_profile_knows_them():
    text = GROUPED.replace("Casualties / ", "").replace("Vehicles / ", "")
    assert list(read(ROWS, text).crashes["n_killed"]) == [1, 0]


def test_names_over_three_rows_are_joined():
    upper = ["Register", "", "", "", "", ""]
    text = GROUPED.replace('"No"', '"Register / No"').replace('"Date"', '"Register / Date"')
    assert read([upper, *ROWS], text).ledger.accepted == 2


def test_a_heading_that_stands_again_is_no_crash():
    batch = read([*ROWS, *ROWS[:2], ["3", "2023-02-09", "0", "0", "1", "0"]])
    assert made_files.codes(batch.ledger.issues) == [
        (5, "", "repeated_header"),
        (6, "", "repeated_header"),
    ]


def test_the_user_may_name_one_line_or_the_first_and_last_of_several():
    for answer in ("2", "1-2"):
        assert read(ROWS, header_row=answer).ledger.accepted == 2
    for answer in ("2-1", "1-9", "9", "x", "-", "2-x"):
        with pytest.raises(IntakeError, match="no line"):
            read(ROWS, header_row=answer)


def test_a_file_without_names_is_asked_about_and_numbered_on_the_users_word():
    with pytest.raises(NeedsChoice, match="no column names") as caught:
        read(ROWS[2:])
    assert caught.value.option == "header-row"
    for answer in ("none", "None", "0"):
        batch = read(ROWS[2:], NUMBERED, header_row=answer)
        assert list(batch.crashes["crash_id"]) == ["1", "2"]
        assert batch.ledger.total == 2


def test_none_is_among_the_answers_and_lines_that_look_like_names_are_shown():
    with pytest.raises(NeedsChoice) as caught:
        made_files.imported(made_files.upload("Title\na,b,c\n1,2,3\n4,5,6\n"))
    assert caught.value.choices == ("2", "none")
    assert caught.value.examples == {"2": (("2", "a, b, c"),)}
    with pytest.raises(NeedsChoice, match="or none") as caught:
        read(ROWS[2:])
    assert caught.value.choices[-1] == "none"


def test_the_question_names_the_line_that_looks_like_names():
    with pytest.raises(NeedsChoice, match=r"in line 2 \(a, b, c\)"):
        made_files.imported(made_files.upload("Title\na,b,c\n1,2,3\n4,5,6\n"))


# -------------------------------------------------- by their looks, without a profile


def found(rows):
    return headers.find(list(enumerate(rows, 1)))


def test_names_are_found_under_titles_without_any_profile():
    table = [["Номер", "Дата", "Погибло"], ["А-1", "03.04.2023", "0"], ["А-2", "04.04.2023", "1"]]
    best = found([["Сведения о ДТП", "", ""], ["за 2023 год", "", ""], *table])[0]
    assert (best.answer, best.names) == ("3", ("Номер", "Дата", "Погибло"))
    assert best.confidence == 1.0
    assert [str(one) for one in best.evidence] == [
        "3 of 3 cells are words, as wide as most rows (3 cells).",
        "Columns with numbers or dates below: 2.",
    ]


def test_joined_names_are_found_without_any_profile():
    best = found(ROWS)[0]
    assert best.answer == "1-2"
    assert best.names == (
        *("No", "Date", "Casualties / killed", "Casualties / injured"),
        *("Vehicles / total", "Vehicles / heavy"),
    )


def test_a_group_above_names_that_stand_for_themselves_is_left_out():
    rows = [["Place", "", "Outcome"], ["road", "km", "killed"], ["M1", "3.5", "0"]]
    assert found(rows)[0].names == ("road", "km", "killed")


def test_a_table_without_names_is_told():
    best = found([["1", "2023-02-07", "M39"], ["2", "2023-02-08", "M41"]])[0]
    assert (best.answer, best.names) == ("none", ("1", "2", "3"))


def test_a_table_of_words_only_is_less_sure():
    best = found([["road", "town"], ["north", "east"], ["south", "west"]])[0]
    assert (best.answer, best.confidence) == ("1", 0.5)


@given(st.lists(st.lists(st.text(max_size=4), max_size=5), max_size=6))
def test_any_rows_have_candidates_in_order_of_confidence(rows):
    shares = [one.confidence for one in found(rows)]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
