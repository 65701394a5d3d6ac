"""Frames become rows and rows become the same frames, in an order the file cannot change."""

from __future__ import annotations

import batches
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from crashkit import fields
from crashkit.store import encoded, rows

VALUES = {
    "text": some.text(some.characters(codec="utf-8"), min_size=1, max_size=8),
    "int": some.integers(-(2**31), 2**31 - 1),
    "float": some.floats(allow_nan=False, allow_infinity=False),
    "date": some.dates().map(lambda day: day.isoformat()),
    "yes_no": some.sampled_from(rows.YES_NO),
    "code": some.sampled_from(fields.code_names("severity")),
}
FIELDS = {
    "road_name": "text",
    "n_killed": "int",
    "lat": "float",
    "report_date": "date",
    "work_zone": "yes_no",
    "severity": "code",
}


@given(
    some.fixed_dictionaries(
        {
            name: some.lists(some.none() | VALUES[kind], min_size=5, max_size=5)
            for name, kind in FIELDS.items()
        }
    )
)
@settings(max_examples=60, deadline=None)
def test_what_is_stored_is_what_is_loaded(columns):
    keys = [f"k{n}" for n in range(5)]
    crashes = pd.DataFrame({"crash_key": keys})
    for name, cells in columns.items():
        crashes[name] = pd.Series(cells, dtype=object)
    kept = rows.prepare(batches.told(batches.batch(*keys), crashes=crashes)).crash
    numbered = [list(range(1, 6)), *written(kept)]
    found = encoded.fetched("crash", kept.names, [numbered], link="id", base=0).frame
    for name in FIELDS:
        assert cells_of(found, name) == columns[name]


def written(kept):
    """Return what is written, column by column."""
    return [list(column) for column in zip(*kept.each(), strict=True)]


def cells_of(frame, name):
    if name not in frame.columns:
        return [None] * len(frame)
    column = frame[name]
    if fields.get("crash", name).type == "date":
        column = column.dt.strftime("%Y-%m-%d").str.zfill(10)
    plain = column.astype(object)
    return plain.where(plain.notna(), None).tolist()


def test_members_are_ordered_by_crash_and_by_their_number_as_a_number():
    people = pd.DataFrame(
        {
            "crash_key": ["b", "a", "b", "b", "a"],
            "person_no": ["10", "2", "9", None, "x"],
            "sex": ["male", "male", "female", "unknown", "female"],
        }
    )
    found = rows.prepare(batches.told(batches.batch("b", "a"), people=people)).person
    assert found.crash.tolist() == [0, 0, 1, 1, 1]
    assert written(found)[found.names.index("person_no")] == ["2", "x", "9", "10", None]
    assert rows.within_crash(found.crash).tolist() == [1, 2, 1, 2, 3]


def test_a_member_of_no_crash_is_a_fault_of_the_program():
    lost = pd.DataFrame({"crash_key": ["z"], "unit_no": ["1"]})
    with pytest.raises(ValueError, match="belongs to no crash"):
        rows.prepare(batches.told(batches.batch("a"), vehicles=lost))


def test_only_fields_with_a_value_are_written():
    batch = batches.batch("a")
    found = rows.prepare(batches.told(batch, crashes=batch.crashes.assign(aadt=np.nan)))
    assert "aadt" not in found.crash.names
    assert "severity_src" not in found.crash.fields
    assert "severity_src" in found.crash.names


def test_typed_integers_and_categories_are_taken_too():
    batch = batches.batch("a", "b")
    typed = batch.crashes.assign(
        n_killed=pd.array([2, None], dtype="Int32"),
        severity=pd.Categorical(["fatal", None], categories=["fatal", "slight"]),
    )
    found = rows.prepare(batches.told(batch, crashes=typed)).crash
    assert written(found)[found.names.index("n_killed")] == [2, None]
    assert written(found)[found.names.index("severity")] == ["fatal", None]


@given(some.lists(some.lists(some.none() | some.sampled_from(["fatal", "pdo"]), max_size=4)))
def test_cells_fetched_in_parts_are_one_column(parts):
    cells = [cell for part in parts for cell in part]
    numbered = []
    for part in parts:
        first = len([one for seen in numbered for one in seen[0]])
        numbered.append([list(range(first, first + len(part))), part])
    found = encoded.fetched("crash", ("severity",), numbered, link="id", base=0)
    assert cells_of(found.frame, "severity") == cells
    assert found.column("id").tolist() == list(range(len(cells)))
