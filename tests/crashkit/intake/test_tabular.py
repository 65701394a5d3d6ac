"""Tables of files without a profile: names over several rows, or none."""

import made_files

from crashkit.intake import tabular

ROWS = [
    ["Сведения о ДТП", "", "", ""],
    ["Номер", "Дата", "Пострадало", ""],
    ["", "", "погибло", "ранено"],
    ["1", "03.04.2023", "0", "2"],
    ["2", "14.04.2023", "1", "0"],
]
NAMES = ["Номер", "Дата", "Пострадало / погибло", "Пострадало / ранено"]


def only(rows, **options):
    (table,) = tabular.tables([made_files.upload(made_files.table(rows))], options)
    return table


def test_names_over_two_rows_are_joined():
    for found in (only(ROWS), only(ROWS, header_row="2-3")):
        assert list(found.columns) == NAMES
        assert (found.line, found.rows) == (3, 2)


def test_names_of_a_workbook_in_merged_cells_are_joined():
    rows = [[cell or None for cell in row] for row in ROWS]
    file = made_files.upload(made_files.workbook(a=rows), "a.xlsx")
    (found,) = tabular.tables([file], {})
    assert list(found.columns) == NAMES


def test_columns_without_names_are_numbered_on_the_users_word():
    found = only(ROWS[3:], header_row="none")
    assert (list(found.columns), found.rows) == (["1", "2", "3", "4"], 2)


def test_a_heading_of_groups_above_names_that_stand_alone_is_passed_over():
    rows = [["Place", "", "Outcome"], ["road", "km", "killed"], ["M39", "3.5", "0"]]
    assert list(only(rows).columns) == ["road", "km", "killed"]
