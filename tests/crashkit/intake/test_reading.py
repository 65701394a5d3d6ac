"""Files are told apart by their columns; what does not fit is asked for or refused."""

import made_files
import pytest

from crashkit import profiles
from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import headers, reading

HEAD, *LINES = made_files.CRASHES.splitlines(keepends=True)


def only(text, **options):
    return made_files.imported(made_files.upload(text), **options)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found_by_the_column_names(delimiter):
    batch = only(made_files.CRASHES.replace(",", delimiter))
    assert (batch.ledger.accepted, batch.ledger.files[0].delimiter) == (3, delimiter)


def test_lines_above_the_column_names_are_passed_over():
    batch = only("Crashes of 2023\n\nsep=,\n" + made_files.CRASHES)
    assert (batch.ledger.total, batch.ledger.accepted) == (3, 3)
    batch = only("Crashes of 2023\n" + made_files.CRASHES.replace("2023-02-07", "soon"))
    assert made_files.codes(batch.ledger.issues) == [(3, "crash_date", "bad_date")]


def test_column_names_are_compared_without_case_and_blanks():
    batch = only(made_files.CRASHES.replace("crash_id", '" Crash_ID\u00a0"'))
    assert batch.ledger.accepted == 3


def test_names_that_nobody_knows_are_asked_for():
    with pytest.raises(NeedsChoice) as caught:
        only("a,b\n1,2\n")
    assert caught.value.option == "header-row"
    with pytest.raises(IntakeError, match="crash_id"):
        only("a,b\n1,2\n", header_row="1")
    with pytest.raises(IntakeError, match="no line 9"):
        only("a,b\n1,2\n", header_row="9")
    with pytest.raises(IntakeError, match="no line x"):
        only("a,b\n1,2\n", header_row="x")


def test_a_line_that_is_named_holds_the_column_names():
    batch = only("crash_id,crash_date\n" + made_files.CRASHES, header_row="2")
    assert (batch.ledger.total, batch.ledger.accepted) == (3, 3)


COUNTS = made_files.upload("road_id,begins,ends,vehicles_a_day\nR1,0,3.5,1881\n", "counts.csv")


@pytest.mark.parametrize("turned", [False, True])
def test_a_file_of_another_source_among_files_that_fit_is_named(turned):
    files = [made_files.upload(made_files.CRASHES), COUNTS]
    with pytest.raises(IntakeError) as caught:
        made_files.imported(files[::-1] if turned else files)
    assert not isinstance(caught.value, NeedsChoice)
    said = str(caught.value)
    assert said.startswith(
        "counts.csv is no file of this source (its columns: road_id, begins, ends, vehicles_a_day)."
        " Leave it out, or choose its own profile."
    )
    for layout in profiles.get("crashkit").files:
        assert ", ".join(layout.needs) in said


def test_the_line_is_asked_for_when_no_file_fits_or_one_fits_in_part():
    with pytest.raises(NeedsChoice) as caught:
        made_files.imported(COUNTS)
    assert caught.value.option == "header-row"
    in_part = made_files.upload("sex,remark\nmale,\n", "people.csv")
    with pytest.raises(NeedsChoice) as caught:
        made_files.imported([made_files.upload(made_files.CRASHES), in_part])
    assert caught.value.option == "header-row"


def test_a_file_that_lacks_one_column_is_told_which():
    lacking = made_files.upload("crash_id,sex,age\n0001,male,44\n", "people.csv")
    with pytest.raises(IntakeError, match="not laid out as"):
        made_files.imported([made_files.upload(made_files.CRASHES), lacking])


def test_a_column_that_lacks_is_named():
    with pytest.raises(IntakeError, match="crash_date is not"):
        only(made_files.CRASHES.replace("crash_date", "day"))


def test_a_column_that_stands_twice_is_refused_when_it_is_wanted():
    with pytest.raises(IntakeError, match="crash_date twice"):
        only(made_files.CRASHES.replace("crash_time", "Crash_Date"))
    batch = only(made_files.CRASHES.replace("lat,lon", "note,Note"))
    assert batch.ledger.accepted == 3


def test_empty_columns_at_the_right_are_none():
    batch = only("".join(line.rstrip("\n") + ",,\n" for line in [HEAD, *LINES]))
    assert batch.ledger.accepted == 3


def test_rows_with_too_many_or_too_few_cells_are_rejected_with_their_line():
    text = HEAD + LINES[0] + LINES[1].replace("slight", "slight,x") + "9,2023-01-01\n"
    batch = only(text)
    assert made_files.codes(batch.ledger.issues) == [
        (3, "", "too_many_fields"),
        (4, "", "too_few_fields"),
    ]
    assert batch.ledger.cells[("crashes.csv", 4)]["crash_id"] == "9"
    assert batch.ledger.accepted == 1


def test_a_second_header_in_the_middle_is_no_crash():
    batch = only(HEAD + LINES[0] + "\ufeff" + HEAD + LINES[1])
    assert made_files.codes(batch.ledger.issues) == [(3, "", "repeated_header")]
    assert batch.ledger.accepted == 2


def test_a_cell_that_is_too_long_rejects_its_row():
    batch = only(HEAD.rstrip("\n") + ",narrative\n" + LINES[0].rstrip("\n") + "," + "x" * 70_000)
    assert made_files.codes(batch.ledger.issues) == [(2, "", "too_long")]


def test_a_file_with_names_only_has_no_rows():
    with pytest.raises(IntakeError, match="no rows"):
        only(HEAD)


def test_too_many_columns_are_refused():
    wide = HEAD.rstrip("\n") + "".join(f",c{number}" for number in range(200)) + "\n" + LINES[0]
    with pytest.raises(IntakeError, match="columns"):
        only(wide)


def test_more_rows_than_are_taken_at_once_are_refused_whatever_file_they_stand_in():
    files = made_files.three()
    profile = profiles.get("crashkit")
    assert len(reading.read(files, profile, {}, most_rows=10)) == 3
    with pytest.raises(IntakeError, match=r"With people.csv there are more than 9 rows"):
        reading.read(files, profile, {}, most_rows=9)
    broken = made_files.upload(made_files.CRASHES + "1,2\n3,4\n")
    with pytest.raises(IntakeError, match="more than 4 rows"):
        reading.read([broken], profile, {}, most_rows=4)


def test_personal_columns_are_not_kept_even_with_rejects():
    text = HEAD.rstrip("\n") + ",narrative\n" + LINES[0].replace("2023-02-07", "soon").rstrip("\n")
    batch = only(text + ",Ivanov hit\n9,2023-01-01\n")
    assert batch.ledger.rejected == 2
    assert "Ivanov" not in str(batch.ledger.cells) + str(batch.ledger.issues)
    assert all("narrative" not in cells for cells in batch.ledger.cells.values())


def test_columns_that_nobody_asked_for_are_named_and_dropped():
    text = HEAD.rstrip("\n") + ",driver_name\n" + LINES[0].rstrip("\n") + ",Ivanov\n"
    batch = only(text)
    assert made_files.codes(batch.ledger.warnings) == [(None, "", "column_not_taken")]
    assert "driver_name" in str(batch.ledger.warnings[0].message)
    assert "Ivanov" not in batch.crashes.to_csv() + str(batch.ledger)


@pytest.mark.parametrize("name", ["driver_name", "ФИО водителя", "Phone"])
def test_a_personal_column_that_was_added_since_is_not_kept_with_rejects(name):
    text = f"{HEAD.rstrip()},{name},remark\n"
    text += LINES[0].replace("2023-02-07", "soon").rstrip("\n") + ",Ivanov,wet\n"
    batch = only(text + LINES[1].rstrip("\n") + ",Petrov,dry,Sidorov\n")
    assert batch.ledger.rejected == 2
    assert name in str(batch.ledger.warnings[0].message)
    assert not any(one in str(batch.ledger) for one in ("Ivanov", "Petrov", "Sidorov"))
    assert "wet" in str(batch.ledger.cells)


def test_a_changed_layout_is_noticed():
    profile = profiles.get("sample_casualties")
    text = "Case number,Date,Casualty number,Injury\n1,13/01/2023,1,Killed\n"
    batch = made_files.imported(made_files.upload(text), profile)
    assert (None, "", "column_missing") in made_files.codes(batch.ledger.warnings)


def test_files_are_known_by_their_columns_not_by_their_names():
    crashes, vehicles, people = made_files.three()
    swapped = [
        made_files.upload(crashes.content, "people.csv"),
        made_files.upload(vehicles.content, "a.csv"),
        made_files.upload(people.content, "crashes.csv"),
    ]
    assert made_files.imported(swapped).ledger.accepted == 10


def test_column_names_without_a_name_or_with_the_same_are_numbered():
    assert headers.unique(["a", "a", "", "a"]) == ["a", "a (2)", "?", "a (3)"]


# ----------------------------------------------------------------- rejects


def test_rejects_that_still_hold_a_spoilt_line_are_rejected_until_they_are_mended():
    text = HEAD + LINES[0] + LINES[1].replace("slight", "slight,x") + '3,"x" y\n'
    first = only(text)
    from crashkit import export
    from crashkit.text import Speaker

    content = export.rejects(first.ledger, Speaker("en").say)
    again = made_files.imported(made_files.upload(content, "rejects.csv"))
    assert {issue.code for issue in again.ledger.issues} == {"unmended"}
    assert (again.ledger.total, again.ledger.rejected) == (2, 2)


def test_a_row_of_many_equal_names_is_refused_quickly():
    with pytest.raises(IntakeError, match="columns"):
        only("crash_id,crash_date" + ",a" * 20_000 + "\n1,2023-02-07\n")


def test_rejects_of_very_many_files_are_read_too():
    rows = [("crashkit_file", "crashkit_row", "crash_id", "crash_date")]
    rows += [(f"{number}.csv", "2", str(number), "2023-02-07") for number in range(300)]
    batch = only(made_files.table(rows))
    assert (batch.ledger.total, batch.ledger.accepted) == (300, 300)


PRIVATE = """
title = "Test"
source = "Nobody"
[[files]]
name = "crashes"
level = "crash"
key = ["id"]
needs = ["id", "day"]
personal = ["name", "phone"]
[files.crash]
crash_id = "id"
crash_date = "day"
road_name = "road"
"""


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("2,2021-03-02,Petrov, Pyotr,+996700777888,Main", {"id": "2", "day": "2021-03-02"}),
        ("2,Petrov,+996700777888,Main", {"id": "2"}),
        ("+996700777888", {}),
    ],
)
def test_what_moved_out_of_a_personal_column_is_not_kept(row, kept):
    text = f"id,day,name,phone,road\n1,2021-03-01,Ivanov,+996700111222,Main\n{row}\n"
    batch = made_files.imported(made_files.upload(text), profiles.parse("test", PRIVATE))
    (cells,) = batch.ledger.cells.values()
    assert cells == {**kept, "crashkit_text": "?"}
    assert "996700" not in str(batch.ledger)


def test_a_spoilt_line_is_kept_whole_where_no_column_is_personal():
    text = "id,day,road\n1,2021-03-01,Main\n2,2021-03-02,Main, 5th block\n"
    batch = made_files.imported(made_files.upload(text), profiles.parse("test", PRIVATE))
    (cells,) = batch.ledger.cells.values()
    assert cells["crashkit_text"] == "2 | 2021-03-02 | Main | 5th block"
