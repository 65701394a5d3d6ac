"""Rejects that come back, step by step, until every row has found its place."""

import csv
import io

import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import export
from crashkit.model import Upload
from crashkit.text import Speaker

CRASHES = (
    "crash_id,crash_date,severity,n_killed\n"
    "1,2020-03-01,fatal,1\n2,2020-13-03,slight,0\n3,bad,slight,0\n"
)
VEHICLES = "crash_id,unit_no,unit_type\n1,1,car\n2,1,car\n3,1,bus\n9,1,car\n"
FILES = (made_files.upload(CRASHES, "c.csv"), made_files.upload(VEHICLES, "v.csv"))
DAYS = {"2020-13-03": "2020-12-03", "bad": "2020-12-04"}


def as_csv(batch):
    return Upload("rejects.csv", export.rejects(batch.ledger, Speaker("en").say))


def told(batch):
    """Return where each rejected row first stood, with its code, as the file of rejects says."""
    rows = csv.DictReader(io.StringIO(as_csv(batch).content.decode("utf-8-sig")))
    return [(row["crashkit_file"], row["crashkit_row"], row["crashkit_code"]) for row in rows]


def mended(batch, **cells):
    """Return the rejects with words of their cells put right."""
    text = as_csv(batch).content.decode("utf-8-sig")
    for old, new in cells.items():
        text = text.replace(f",{old},", f",{new},")
    return made_files.upload(text, "rejects.csv")


def joined(*batches):
    """Return the digests of the crashes after several imports."""
    return {key: digest for batch in batches for key, digest in made_files.keys(batch).items()}


def saved_as(upload, form):
    """Save a file of rejects as a spreadsheet would."""
    if form == "csv":
        return upload
    rows = list(csv.reader(io.StringIO(upload.content.decode("utf-8-sig"))))
    return Upload("rejects.xlsx", made_files.workbook(Rejects=rows))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rejects_of_linked_files_close_step_by_step(form):
    first = made_files.imported(FILES)
    assert told(first) == [
        ("c.csv", "3", "bad_date"),
        ("c.csv", "4", "bad_date"),
        ("v.csv", "3", "parent_rejected"),
        ("v.csv", "4", "parent_rejected"),
        ("v.csv", "5", "orphan"),
    ]
    again = saved_as(mended(first, **{"2020-13-03": "2020-12-03"}), form)
    second = made_files.imported(again, known=joined(first))
    assert (second.ledger.total, second.ledger.accepted) == (5, 2)
    assert told(second) == [
        ("c.csv", "4", "bad_date"),
        ("v.csv", "4", "parent_rejected"),
        ("v.csv", "5", "orphan"),
    ]
    again = saved_as(mended(second, bad="2020-12-04"), form)
    third = made_files.imported(again, known=joined(first, second))
    assert (third.ledger.total, third.ledger.accepted) == (3, 2)
    assert third.vehicles["unit_type"].tolist() == ["bus"]
    assert told(third) == [("v.csv", "5", "orphan")]


@given(st.lists(st.sampled_from(sorted(DAYS)), unique=True, min_size=1), st.booleans())
def test_in_whatever_steps_rejects_are_mended_the_whole_is_the_same(order, late):
    crashes = CRASHES.replace("bad", DAYS["bad"]).replace("2020-13-03", DAYS["2020-13-03"])
    vehicles = VEHICLES.replace("9,1,car\n", "")
    whole = made_files.imported(
        [made_files.upload(crashes, "c.csv"), made_files.upload(vehicles, "v.csv")]
    )
    steps = [made_files.imported([FILES[0], made_files.upload(vehicles, "v.csv")])]
    order = [*order, *sorted(set(DAYS) - set(order))]
    for word in [None, *order] if late else order:
        cells = {word: DAYS[word]} if word else {}
        steps.append(made_files.imported(mended(steps[-1], **cells), known=joined(*steps)))
    assert joined(*steps) == joined(whole)
    assert sum(step.ledger.accepted for step in steps) == whole.ledger.total
    assert steps[-1].ledger.rejected == 0
    found = sorted(key for step in steps for key in step.vehicles["crash_key"])
    assert found == sorted(whole.vehicles["crash_key"])


def test_names_of_columns_that_files_write_differently_share_a_column():
    crashes = CRASHES.replace("crash_id", "Crash_ID")
    first = made_files.imported([made_files.upload(crashes, "c.csv"), FILES[1]])
    second = made_files.imported(mended(first, **{"2020-13-03": "2020-12-03"}), known=joined(first))
    assert (second.ledger.total, second.ledger.accepted) == (5, 2)


def test_rows_that_name_no_file_are_parted_by_what_they_say():
    rows = [
        ("crashkit_file", "crashkit_row", "crash_id", "crash_date", "unit_no", "unit_type"),
        ("", "", "1", "2020-03-01", "", ""),
        ("", "", "1", "", "1", "car"),
        ("", "", "2", "bad", "", ""),
    ]
    batch = made_files.imported(made_files.upload(made_files.table(rows), "rejects.csv"))
    assert (batch.ledger.accepted, len(batch.vehicles)) == (2, 1)
    assert told(batch) == [("rejects.csv", "4", "bad_date")]


def test_a_line_with_too_many_cells_is_told_by_the_row_it_first_stood_in():
    first = made_files.imported(FILES)
    spoilt = mended(first, **{"2020-13-03": "2020-12-03,x,y,z"})
    second = made_files.imported(spoilt, known=joined(first))
    assert told(second)[0] == ("c.csv", "3", "too_many_fields")
    heads = as_csv(second).content.decode("utf-8-sig").splitlines()[0].split(",")
    assert len(set(heads)) == len(heads)


@pytest.mark.parametrize("row", ["", "x", "²", "9" * 5000, "-1"])
def test_where_a_row_first_stood_is_told_only_where_the_file_says_so(row):
    rows = [("crashkit_file", "crashkit_row", "crash_id", "crash_date"), ("a", row, "1", "bad")]
    batch = made_files.imported(made_files.upload(made_files.table(rows), "rejects.csv"))
    assert told(batch) == [("rejects.csv", "2", "bad_date")]
