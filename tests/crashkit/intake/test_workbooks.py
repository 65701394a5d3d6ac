"""Workbooks: typed cells become plain text, and traps are refused before a library opens them."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import made_files
import pytest

from crashkit import unpacking
from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import workbooks

HEAD = ("crash_id", "crash_date", "crash_time", "lat", "lon", "n_killed", "hit_and_run")
ROW = ("7", date(2023, 2, 7), "05:07", 42.22967, 73.93586, 1, True)


def book(**sheets):
    return made_files.upload(made_files.workbook(**sheets), "crashes.xlsx")


def changed(content, name, old, new):
    """Return a workbook in which one part says something else."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for item in source.infolist():
            part = source.read(item)
            target.writestr(
                item.filename, part.replace(old, new) if name in item.filename else part
            )
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("007", "007"),
        (148.0, "148"),
        (0.1, "0.1"),
        (1e20, "1e+20"),
        (True, "TRUE"),
        (date(2023, 2, 7), "2023-02-07"),
        (datetime(2023, 2, 7, 5, 7), "2023-02-07 05:07:00"),
        (time(5, 7), "05:07:00"),
        (timedelta(hours=26, minutes=3, seconds=4), "26:03:04"),
        (5, "5"),
        (None, ""),
    ],
)
def test_a_cell_becomes_the_text_that_means_it(value, text):
    assert workbooks.as_text(value) == text


def test_dates_numbers_and_switches_are_read_as_they_are_typed():
    (crash,) = made_files.imported(book(a=[HEAD, ROW])).crashes.to_dict("records")
    assert crash["crash_date"] == "2023-02-07"
    assert (crash["lat"], crash["n_killed"], crash["hit_and_run"]) == (42.22967, 1, "yes")


def test_a_number_typed_as_text_may_have_either_decimal_mark():
    row = ("8", "2023-02-08", "05:07", "42,22967", "73.93586", "1", "")
    (crash,) = made_files.imported(book(a=[HEAD, row])).crashes.to_dict("records")
    assert (crash["lat"], crash["lon"]) == (42.22967, 73.93586)


def test_an_error_of_a_cell_is_a_value_that_nobody_knows_and_its_row_is_told():
    content = made_files.workbook(a=[HEAD, ROW])
    error = b'<c r="F2" t="e"><v>#VALUE!</v></c>'
    content = changed(content, "sheet1", b'<c r="F2"><v>1</v></c>', error)
    batch = made_files.imported(made_files.upload(content, "crashes.xlsx"))
    assert (batch.ledger.total, batch.ledger.accepted) == (1, 1)
    assert "n_killed" not in batch.crashes
    (told,) = [one for one in batch.ledger.warnings if one.code == "cell_error"]
    assert (told.row, told.field, told.value) == (2, "n_killed", "#VALUE!")


def test_an_error_instead_of_a_date_or_a_number_of_a_crash_is_no_crash():
    rows = [("#Н/Д", *ROW[1:]), ("8", "#REF!", *ROW[2:])]
    batch = made_files.imported(book(a=[HEAD, ROW, *rows]))
    assert made_files.codes(batch.ledger.issues) == [
        (3, "crash_id", "no_id"),
        (4, "crash_date", "no_date"),
    ]
    assert (batch.ledger.total, batch.ledger.accepted) == (3, 1)


def test_a_cell_of_yes_or_no_is_no_number_and_its_row_is_kept():
    batch = made_files.imported(book(a=[HEAD, (*ROW[:5], True, True)]))
    assert "n_killed" not in batch.crashes
    assert list(batch.crashes["hit_and_run"]) == ["yes"]
    assert (2, "n_killed", "cell_error") in made_files.codes(batch.ledger.warnings)


def test_title_rows_and_blank_rows_are_passed_over_and_rows_keep_their_numbers():
    rows = [("Crashes of 2023",), (), HEAD, ROW, (), ("9", "soon", *ROW[2:])]
    batch = made_files.imported(book(a=rows))
    assert (batch.ledger.total, batch.ledger.accepted) == (2, 1)
    assert made_files.codes(batch.ledger.issues) == [(6, "crash_date", "bad_date")]


def test_sheets_of_different_kinds_are_read_together():
    people = [("crash_id", "person_no", "injury"), ("7", "1", "killed")]
    batch = made_files.imported(book(crashes=[HEAD, ROW], notes=[("read me",)], people=people))
    assert (len(batch.crashes), len(batch.people), batch.ledger.total) == (1, 1, 2)


def test_a_sheet_that_nobody_filled_in_is_passed_over():
    content = book(crashes=[HEAD, ROW], vehicles=[("crash_id", "unit_no", "unit_type")])
    batch = made_files.imported(content)
    assert (len(batch.crashes), len(batch.vehicles)) == (1, 0)


def test_of_sheets_of_one_kind_the_user_names_one():
    both = book(y2022=[HEAD, ROW], y2023=[HEAD, ROW])
    with pytest.raises(NeedsChoice) as caught:
        made_files.imported(both)
    assert (caught.value.option, caught.value.choices) == ("sheet", ("y2022", "y2023", "all"))
    assert made_files.imported(both, sheet="y2023").ledger.accepted == 1
    with pytest.raises(IntakeError, match="y2022, y2023"):
        made_files.imported(both, sheet="y2024")


def test_all_sheets_of_one_kind_are_read_where_the_user_says_so():
    other = ("8", *ROW[1:])
    both = book(y2022=[HEAD, ROW], notes=[("read me",)], y2023=[HEAD, other])
    batch = made_files.imported(both, sheet="all")
    assert (batch.ledger.total, batch.ledger.accepted, len(batch.crashes)) == (2, 2, 2)
    again = made_files.imported(book(y2022=[HEAD, ROW], y2023=[HEAD, ROW]), sheet="all")
    assert (again.ledger.total, again.ledger.accepted, len(again.ledger.duplicates)) == (2, 1, 1)


def test_a_far_cell_does_not_fill_the_memory():
    content = made_files.workbook(a=[HEAD, ROW])
    for far in (b'<c r="XFD1048576"><v>1</v></c>', b'<c r="A1048576"><v>1</v></c>'):
        trap = changed(content, "sheet1", b"</row></sheetData>", far + b"</row></sheetData>")
        with pytest.raises(IntakeError, match="too large"):
            made_files.imported(made_files.upload(trap, "crashes.xlsx"))


def test_a_document_type_is_refused():
    content = made_files.workbook(a=[HEAD, ROW])
    trap = changed(content, "sheet1", b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet")
    with pytest.raises(IntakeError, match="unsafe"):
        made_files.imported(made_files.upload(trap, "crashes.xlsx"))


def test_what_unpacks_to_a_bomb_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 20_000_000)
    with pytest.raises(IntakeError, match="too large"):
        made_files.imported(made_files.upload(out.getvalue(), "crashes.xlsx"))


def test_too_many_parts_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        for number in range(1001):
            archive.writestr(f"xl/{number}", b"")
    with pytest.raises(IntakeError, match="too large"):
        made_files.imported(made_files.upload(out.getvalue(), "crashes.xlsx"))


def test_a_truncated_workbook_is_said_to_be_damaged():
    content = made_files.workbook(a=[HEAD, ROW])
    with pytest.raises(IntakeError, match=r"damaged|compressed"):
        made_files.imported(made_files.upload(content[: len(content) // 2], "crashes.xlsx"))


def with_more(content, **members):
    """Return a workbook with more parts."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        for name, part in members.items():
            archive.writestr(name, part)
    return out.getvalue()


def test_parts_that_are_no_text_and_folders_do_no_harm():
    content = with_more(made_files.workbook(a=[HEAD, ROW]), **{"xl/media/": b"", "x.png": b"<!D"})
    assert made_files.imported(made_files.upload(content, "x.xlsx")).ledger.accepted == 1


def test_a_part_marked_as_encrypted_needs_its_password_removed():
    content = made_files.workbook(a=[HEAD, ROW])
    at = content.index(b"PK\x01\x02") + 8
    marked = content[:at] + b"\x01" + content[at + 1 :]
    with pytest.raises(IntakeError, match="password"):
        made_files.imported(made_files.upload(marked, "x.xlsx"))


def test_what_a_part_holds_is_counted_while_it_is_read(monkeypatch):
    monkeypatch.setattr(workbooks, "_check_sizes", lambda *_: None)
    monkeypatch.setattr(unpacking, "MOST_BYTES", 100)
    with pytest.raises(IntakeError, match="too large"):
        made_files.imported(book(a=[HEAD, ROW]))


def test_rows_come_in_blocks():
    content = made_files.workbook(a=[HEAD, *[ROW] * 5])
    blocks = list(workbooks.Workbook("x.xlsx", content).blocks("a", size=2))
    assert [block.lines for block in blocks] == [[1, 2], [3, 4], [5, 6], []]


def test_a_workbook_without_the_columns_asks_for_their_row():
    with pytest.raises(NeedsChoice) as caught:
        made_files.imported(book(a=[("x", "y"), (1, 2)]))
    assert caught.value.option == "header-row"


def test_a_workbook_without_a_sheet_of_cells_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks.Workbook, "sheets", [])
    monkeypatch.setattr(workbooks.Workbook, "hidden_sheets", [])
    with pytest.raises(IntakeError, match="no sheet"):
        made_files.imported(book(a=[HEAD, ROW]))


def test_rows_of_several_sheets_are_told_apart_where_their_numbers_are_the_same():
    book = made_files.workbook(
        Crashes=[("crash_id", "crash_date"), ("1", "soon"), ("2", "2023-02-07")],
        Vehicles=[("crash_id", "unit_no", "unit_type"), ("9", "1", "car"), ("2", "1", "car")],
    )
    told = made_files.imported(made_files.upload(book, "book.xlsx")).ledger
    assert set(told.cells) == {("book.xlsx/Crashes", 2), ("book.xlsx/Vehicles", 2)}
    assert (told.total, told.accepted, told.rejected) == (4, 2, 2)
    assert [file.name for file in told.files] == ["book.xlsx"]


def test_rows_that_a_workbook_hides_are_read_and_told():
    content = made_files.workbook(a=[HEAD, ROW, ("8", *ROW[1:])])
    content = changed(content, "sheet1", b'<row r="3"', b'<row r="3" hidden="1"')
    batch = made_files.imported(made_files.upload(content, "crashes.xlsx"))
    assert batch.ledger.accepted == 2
    (told,) = [one for one in batch.ledger.warnings if one.code == "hidden_rows"]
    assert (told.row, told.message.values["n"]) == (None, 1)


def test_hidden_rows_without_a_value_are_nothing_to_speak_of():
    content = made_files.workbook(a=[HEAD, ROW])
    content = changed(content, "sheet1", b"</sheetData>", b'<row r="9" hidden="1"/></sheetData>')
    batch = made_files.imported(made_files.upload(content, "crashes.xlsx"))
    assert (None, "", "hidden_rows") not in made_files.codes(batch.ledger.warnings)


def test_a_hidden_sheet_is_not_read_and_its_name_is_told():
    content = made_files.workbook(a=[HEAD, ROW], secret=[HEAD, ("8", *ROW[1:])])
    content = changed(content, "xl/workbook.xml", b'name="secret"', b'name="secret" state="hidden"')
    batch = made_files.imported(made_files.upload(content, "crashes.xlsx"))
    assert list(batch.crashes["crash_id"]) == ["7"]
    (told,) = [one for one in batch.ledger.warnings if one.code == "hidden_sheets"]
    assert "secret" in str(told.message)


def test_a_row_that_stands_twice_is_not_lost_silently():
    content = made_files.workbook(a=[HEAD, ROW, ("8", *ROW[1:])])
    content = changed(content, "sheet1", b'<row r="3"', b'<row r="2"')
    with pytest.raises(IntakeError, match="damaged"):
        made_files.imported(made_files.upload(content, "crashes.xlsx"))


def test_a_workbook_with_hidden_sheets_only_asks_for_one():
    content = changed(
        made_files.workbook(a=[HEAD, ROW]),
        "xl/workbook.xml",
        b'name="a"',
        b'name="a" state="veryHidden"',
    )
    file = made_files.upload(content, "crashes.xlsx")
    with pytest.raises(NeedsChoice, match="hidden") as caught:
        made_files.imported(file)
    assert (caught.value.option, caught.value.choices) == ("sheet", ("a",))
    assert made_files.imported(file, sheet="a").ledger.accepted == 1
