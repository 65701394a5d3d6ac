"""A copy says what the database says, or there is none."""

from __future__ import annotations

import os
import sys

import batches
import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from crashkit import filters, tables, tiles
from crashkit.store import Store, copies


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    """Copies of a server's data sets stand in the user's own folder."""
    monkeypatch.setattr(copies.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))


def kept(store, *keys, **changes):
    store.save_import("mine", batches.batch(*(keys or ("b", "a", "c")), **changes))
    data = store.load("mine")
    filters.prepare(data)
    tables.prepare(data)
    tiles.prepare(data)
    assert store.save_copy(data)
    return data


def files(store):
    return sorted(copies._home(store.engine).iterdir())


def test_a_copy_is_the_data_set(store):
    data = kept(store)
    copy = store.load_copy("mine")
    for table in ("crashes", "vehicles", "people"):
        pd.testing.assert_frame_equal(getattr(copy, table), getattr(data, table))
    assert (copy.period, copy.dataset) == (data.period, data.dataset)


def test_a_copy_answers_column_by_column_as_the_frame_does(store):
    data, copy = kept(store), store.load_copy("mine")
    for name in ("crash", "vehicle", "person"):
        ours, theirs = copy.table(name), data.table(name)
        assert ours.names == theirs.names
        for column in ours.names:
            assert ours.is_float(column) == theirs.is_float(column)
            assert ours.is_told(column) == theirs.is_told(column)
            assert ours.levels(column).counts() == theirs.levels(column).counts()
    np.testing.assert_array_equal(copy.table("crash").numbers("lon"), data.crashes["lon"])
    np.testing.assert_array_equal(copy.table("person").numbers("age"), [44.0] * 3)
    np.testing.assert_array_equal(copy.table("crash").numbers("id"), [1.0, 2.0, 3.0])


def test_what_was_found_before_is_not_worked_out_again(store):
    data, copy = kept(store), store.load_copy("mine")
    # People and vehicles as they are counted are frames, which a process makes once for itself.
    assert copy.found.keys() == {
        name for name, one in data.found.items() if not isinstance(one, tuple | tables.Members)
    }
    month = copy.each("month", lambda _: pytest.fail("found before"))
    assert [month.values[code] for code in month.codes] == ["2"] * 3
    np.testing.assert_array_equal(copy.crash_of("vehicle"), [0, 0, 1, 1, 2, 2])


def test_an_empty_table_has_a_copy_too(store):
    nobody = {"people": batches.members((), 0, "person_no")}
    kept(store, "a", **nobody)
    assert len(store.load_copy("mine").people) == 0


def test_nothing_is_copied_before_somebody_does(store):
    store.save_import("mine", batches.batch("a"))
    assert store.load_copy("mine") is None


def test_after_an_import_the_old_copy_is_no_longer_found(store):
    kept(store, "a")
    store.save_import("mine", batches.batch("b"))
    assert store.load_copy("mine") is None


def test_processes_stay_in_step(store, store_url):
    kept(store, "a")
    with Store.open(store_url) as other:
        assert len(other.load_copy("mine")) == 1
        kept(store, "b")
        assert len(other.load_copy("mine")) == 2


def test_the_version_before_stays_for_those_who_still_look_at_it(store):
    for key in "abcd":
        kept(store, key)
    assert len(files(store)) == copies.KEPT
    assert len(store.load_copy("mine")) == 4


def test_a_store_that_was_put_back_keeps_the_copy_of_its_lower_version(store, tmp_path):
    if store.kind != "sqlite":
        pytest.skip("Only the embedded store is put back by us.")
    kept(store, "a")
    store.backup(tmp_path / "backup")
    for key in "bcd":
        kept(store, key)
    store.restore(tmp_path / "backup")
    assert store.save_copy(store.load("mine"))
    assert len(store.load_copy("mine")) == 1


def test_a_copy_in_use_serves_after_it_was_removed(store):
    kept(store, "a")
    copy = store.load_copy("mine")
    for file in files(store):
        file.unlink()
    assert copy.crashes["crash_id"].tolist() == ["00a"]


def test_a_deleted_data_set_leaves_no_copy(store):
    kept(store, "a")
    store.delete_dataset("mine")
    assert files(store) == []


@pytest.mark.parametrize("harm", ["short", "empty", "bytes"])
def test_a_damaged_copy_is_thrown_away(store, harm):
    kept(store)
    (file,) = files(store)
    whole = file.read_bytes()
    file.write_bytes({"short": whole[:-20], "empty": b"", "bytes": b"x" * len(whole)}[harm])
    assert store.load_copy("mine") is None
    assert files(store) == []


def test_a_copy_of_another_store_in_the_same_place_is_not_taken(store):
    kept(store)
    with store.writing() as connection:
        connection.execute(text("UPDATE dataset SET changed = '2020-01-01T00:00:00+00:00'"))
    assert store.load_copy("mine") is None


def test_a_dictionary_with_other_codes_makes_other_copies(store, monkeypatch):
    kept(store)
    monkeypatch.setattr(copies, "_dictionary", lambda: "another")
    assert store.load_copy("mine") is None


def test_what_a_dead_process_left_is_cleared_away(store):
    kept(store, "a")
    left = copies._home(store.engine) / "part-left"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    kept(store, "b")
    assert not left.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be made read-only there")
def test_where_nothing_can_be_written_the_database_serves(store, monkeypatch):
    def refuse(*args, **more):
        raise PermissionError("read-only")

    monkeypatch.setattr(copies.tempfile, "NamedTemporaryFile", refuse)
    store.save_import("mine", batches.batch("a"))
    assert not store.save_copy(store.load("mine"))
    assert store.load_copy("mine") is None


def test_only_the_owner_reads_a_copy(store):
    kept(store)
    (file,) = files(store)
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0
        assert file.parent.stat().st_mode & 0o077 == 0


def test_crashes_of_no_store_have_no_copy(store):
    data = kept(store)
    with pytest.raises(ValueError, match="data set of a store"):
        store.save_copy(data.replace(dataset=None))
