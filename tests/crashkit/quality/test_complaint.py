"""What is sent back to each unit: whose, where, what, and what to do."""

from made_crashes import made

from crashkit import profiles, quality
from crashkit.model import FileRead, Issue, Ledger, Message

DATA = made(
    [
        {"crash_id": "A-1", "admin2": "North", "severity": "fatal", "lon": 69.1, "lat": 41.2},
        {"crash_id": "A-2", "admin2": "South", "severity": "unknown", "lon": 69.3, "lat": 41.2},
        {"crash_id": "A-3", "admin2": "South", "severity": "pdo", "n_injured": 2},
        {"crash_id": "A-4", "severity": "slight", "n_injured": 1},
    ]
)


def said(found):
    return [(one.unit, one.crash or one.row, one.field, one.value) for one in found]


def test_crashes_are_named_by_unit_and_number():
    found = quality.complaints(DATA, (), None)
    assert said(found) == [
        ("South", "A-3", "lat", ""),
        ("South", "A-2", "severity", "unknown"),
        ("South", "A-3", "severity", "pdo"),
        ("", "A-4", "lat", ""),
    ]
    assert all(str(one.wrong) and str(one.advice) for one in found)


def test_what_a_source_never_tells_is_no_fault_of_a_unit():
    bare = made([{"crash_id": str(i), "admin2": "North"} for i in range(3)])
    assert quality.complaints(bare, (), None) == ()


def test_a_rejected_row_goes_to_the_unit_that_its_own_cells_name():
    ledger = Ledger(
        files=(),
        total=3,
        accepted=1,
        rejected=2,
        duplicates=(),
        issues=(
            Issue("a.csv", 7, "crash_date", "x", "bad_date", Message("no date")),
            Issue("a.csv", 9, "crash_date", "y", "bad_date", Message("no date")),
        ),
        warnings=(Issue("a.csv", None, "", "z", "column_not_taken", Message("a column")),),
        cells={
            ("a.csv", 7): {"admin2": " South ", "crash_id": "=1+1"},
            ("a.csv", 9): {"admin2": ""},
        },
    )
    found = quality.complaints(
        DATA.ids(DATA.crashes["id"].to_numpy()[:1]), [ledger], profiles.get("crashkit"), by="admin2"
    )
    assert [(one.unit, one.file, one.row, one.crash) for one in found] == [
        ("South", "a.csv", 7, "=1+1"),
        ("", "a.csv", 9, ""),
    ]
    assert "2024-03-31" in str(found[0].advice)


def test_a_rejected_crash_that_was_mended_and_sent_again_is_no_longer_named():
    def found(table, number):
        ledger = Ledger(
            files=(FileRead("a.csv", "ab" * 32, 9, 1, table, "utf-8", ","),),
            total=1,
            accepted=0,
            rejected=1,
            duplicates=(),
            issues=(Issue("a.csv", 7, "age", "x", "not_a_number", Message("no number")),),
            warnings=(),
            cells={("a.csv", 7): {"crash_id": number}},
        )
        whole = DATA.ids(DATA.crashes["id"].to_numpy()[:1])
        return quality.complaints(whole, [ledger], profiles.get("crashkit"))

    assert found("crash", "A-1") == ()
    assert len(found("crash", "A-9")) == 1
    # The crash of a rejected person may be there without that person.
    assert len(found("person", "A-1")) == 1


def test_a_twin_is_named():
    fields = {"crash_time": "08:17", "lon": 69.1, "lat": 41.2, "severity": "slight"}
    rows = [{"crash_id": name, "crash_date": "2021-03-01", **fields} for name in ("A", "B")]
    (found,) = quality.complaints(made(rows), (), None)
    assert (found.crash, str(found.wrong)) == (
        "B",
        "The same day, time, type and place as crash A.",
    )


def test_units_may_be_told_apart_by_another_field():
    provinces = DATA.replace(crashes=DATA.crashes.assign(admin1=["P", "P", "Q", "Q"]))
    found = quality.complaints(provinces, (), None, by="admin1")
    assert {one.unit for one in found} == {"P", "Q"}


def test_a_row_that_came_back_is_named_as_the_police_have_it():
    cells = {"crash_id": "A-9", "crashkit_file": "police.csv", "crashkit_row": "31"}
    ledger = Ledger(
        files=(FileRead("rejects.csv", "ab" * 32, 9, 1, "crash, person", "utf-8", ","),),
        total=1,
        accepted=0,
        rejected=1,
        duplicates=(),
        issues=(Issue("rejects.csv", 2, "crash_date", "x", "bad_date", Message("no date")),),
        warnings=(),
        cells={("rejects.csv", 2): cells},
    )
    whole = DATA.ids(DATA.crashes["id"].to_numpy()[:1])
    found = quality.complaints(whole, [ledger], profiles.get("crashkit"))
    assert [(one.file, one.row, one.crash) for one in found] == [("police.csv", 31, "A-9")]


def account(file, *rows, came_from=""):
    """Make the account of a file of which these rows were rejected: number, field, value."""
    issues = [Issue(file, n, field, value, "bad", Message("bad")) for n, field, value in rows]
    cells = {
        (file, n): {"crashkit_file": came_from, "crashkit_row": str(n + 5)} if came_from else {}
        for n, _, _ in rows
    }
    return Ledger((), len(rows), 0, len(cells), (), tuple(issues), (), cells)


def test_a_row_that_was_imported_twice_is_named_once():
    twice = [account("a.csv", (7, "age", "x")), account("a.csv", (7, "age", "x"))]
    assert [(one.file, one.row) for one in quality.complaints(made([]), twice, None)] == [
        ("a.csv", 7)
    ]


def test_of_a_row_that_came_back_half_mended_only_what_is_still_wrong_is_named():
    first = account("a.csv", (7, "age", "x"), (8, "age", "y"))
    back = account("rejects.csv", (2, "sex", "?"), came_from="a.csv")
    found = quality.complaints(made([]), [first, back], None)
    assert [(one.row, one.field, one.value) for one in found] == [
        (7, "sex", "?"),
        (8, "age", "y"),
    ]
