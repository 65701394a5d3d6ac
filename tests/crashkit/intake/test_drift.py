"""Columns that changed since the last import of the same profile are told by their names."""

from __future__ import annotations

from datetime import UTC, datetime

import fresh_store
import made_files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import api
from crashkit.intake import drift
from crashkit.intake.mapping import fold
from crashkit.store import Store

BEFORE = ("id", "date", "road", "km")


@pytest.mark.parametrize(
    ("now", "new", "gone", "renamed"),
    [
        (("id", "date", "road", "km"), (), (), ()),
        (("km", "ID", " road", "date"), (), (), ()),
        (("id", "date", "road", "km", "light"), ("light",), (), ()),
        (("id", "date", "km"), (), ("road",), ()),
        (("id", "date", "route", "km"), (), (), (("road", "route"),)),
        (("light", "date", "km", "id"), ("light",), ("road",), ()),
        (("id", "day", "hour", "road", "km"), ("day", "hour"), ("date",), ()),
    ],
)
def test_columns_are_new_gone_or_stand_in_the_place_of_another(now, new, gone, renamed):
    found = drift.difference(BEFORE, now)
    assert (found.new, found.gone, found.renamed) == (new, gone, renamed)


names = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(names, names)
def test_every_name_that_changed_is_told_once(before, now):
    found = drift.difference(before, now)
    gone = [*found.gone, *(old for old, _ in found.renamed)]
    new = [*found.new, *(name for _, name in found.renamed)]
    assert sorted(gone) == sorted(set(map(fold, before)) - set(map(fold, now)))
    assert sorted(new) == sorted(set(map(fold, now)) - set(map(fold, before)))


def test_a_long_list_of_names_has_an_end():
    before = drift.SeenColumns(datetime(2026, 5, 3, tzinfo=UTC), ())
    (message,) = drift._messages(before, [f"column {n}" for n in range(200)])
    text = str(message)
    assert "2026-05-03" in text
    assert text.count("column ") == drift.MOST_NAMES
    assert text.endswith(", ….")


# ------------------------------------------------------------ over two imports

OLD = "crash_id,crash_date,severity,light\n1,2024-01-02,fatal,day\n"
NEW = "crash_id,crash_date,severity,weather\n2,2024-01-03,fatal,rain\n"


@pytest.fixture
def store(tmp_path):
    with Store.open(fresh_store.put(tmp_path / "drift.sqlite")) as store:
        yield store


def told(store, text, dataset="mine", profile="crashkit"):
    """Look at a preview; return what it says of changed columns."""
    file = made_files.upload(text, "crashes.csv")
    batch = api.preview_import(store, [file], profile=profile, dataset=dataset)
    return [str(one.message) for one in batch.ledger.warnings if one.code == drift.CODE]


def bring(store, text, dataset="mine"):
    file = made_files.upload(text, "crashes.csv")
    record, batch = api.import_crashes(store, [file], profile="crashkit", dataset=dataset)
    return record, [one.code for one in batch.ledger.warnings]


def test_the_first_import_has_nothing_to_compare_with(store):
    assert told(store, OLD) == []


def test_a_changed_layout_is_told_in_the_preview_and_kept_with_the_import(store):
    bring(store, OLD)
    day = store.imports("mine")[0].at.date()
    sentence = f"In the import of {day} the column light stood where weather stands"
    assert sentence in told(store, NEW)[0]
    record, codes = bring(store, NEW)
    assert drift.CODE in codes
    assert drift.CODE in [one.code for one in store.ledger_of(record.id).warnings]
    assert told(store, NEW) == []
    assert store.import_record(record.id).inferences


def test_imports_into_the_same_data_set_alone_are_compared(store):
    bring(store, OLD)
    bring(store, NEW, "other")
    assert told(store, OLD) == []
    assert len(told(store, NEW)) == 1
    assert told(store, OLD, "third") == []


def test_an_import_that_was_taken_back_is_not_asked(store):
    record, _ = bring(store, OLD)
    api.undo_import(store, record.id)
    assert told(store, NEW) == []


def test_a_crash_entered_by_hand_is_no_layout(store):
    bring(store, OLD)
    said = {("crash", 0, "crash_id"): "N-1", ("crash", 0, "crash_date"): "2024-05-06"}
    api.enter_crash(store, "mine", said)
    assert told(store, OLD) == []
    assert len(told(store, NEW)) == 1


def test_a_mended_file_of_rejects_is_no_layout(store):
    bad = "crash_id,crash_date,severity,light\n1,2024-01-02,fatal,day\n2,soon,fatal,day\n"
    record, _ = bring(store, bad)
    rejects = api.export_rejects(store.ledger_of(record.id), api.speaker("en")).decode("utf-8-sig")
    assert told(store, rejects.replace("soon", "2024-02-03")) == []
    bring(store, rejects.replace("soon", "2024-02-03"))
    assert told(store, OLD) == []
