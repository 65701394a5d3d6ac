"""A copy made from an earlier one is the copy that reading everything would give."""

from __future__ import annotations

import batches
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashkit import api, fields, filters, tables, tiles
from crashkit.errors import CrashKitError
from crashkit.model import ADDED, REMOVED, ROW, Change
from crashkit.store import Store, copies, imports


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    """Copies of a server's data sets stand in the user's own folder."""
    monkeypatch.setattr(copies.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))


@pytest.fixture
def kept(store):
    """A data set of five crashes with its copy."""
    store.save_import("mine", batches.batch("a", "b", "c", "d", "e"))
    api.load(store, "mine")
    return store


def change(store: Store, number: int, *changes: Change) -> int:
    return store.save_edit(store.record("mine", number), changes, reason="seen on site")


def contents(store: Store, data) -> tuple:
    """Return all that a copy would hold of these data."""
    for work in (filters.prepare, tables.prepare, tiles.prepare):
        work(data)
    assert store.save_copy(data)
    arrays = copies.Arrays.open(copies._file(store.engine, data.dataset))
    account = {name: (kind, shape) for name, (kind, shape, _) in arrays.about["places"].items()}
    return account, arrays.about["tables"], {n: arrays.array(n).tobytes() for n in account}


def is_as_if_read(store: Store) -> bool:
    """Make the copy from an earlier one, and from the database: say whether both are the same."""
    amended = store.amend_copy("mine")
    if amended is None:
        return False
    assert contents(store, amended) == contents(store, store.load("mine"))
    return True


@pytest.mark.parametrize(
    "changes",
    [
        [Change("crash", 0, "severity", "slight")],
        [Change("crash", 0, "crash_date", "2019-12-31"), Change("crash", 0, "lat", 42.5)],
        [Change("crash", 0, "light", "day")],
        [Change("crash", 0, "road_name", "Elsewhere")],
        [Change("vehicle", 1, "unit_type", "bus"), Change("person", 1, "age", 45)],
        [Change("vehicle", 2, ROW, REMOVED), Change("person", 1, ROW, REMOVED)],
        [Change("vehicle", -1, ROW, ADDED), Change("vehicle", -1, "unit_type", "bus")],
        [Change("person", -1, ROW, ADDED), Change("person", -1, "sex", "female")],
    ],
)
def test_an_edit_makes_the_copy_that_reading_everything_makes(kept, changes):
    for number in (3, 5, 1):
        change(kept, number, *changes)
        assert is_as_if_read(kept)
    kept.undo_edit("mine", 2)
    assert is_as_if_read(kept)


numbers = st.integers(1, 5)
told = st.one_of(
    st.tuples(
        st.just("crash"),
        st.just(0),
        st.sampled_from(
            [("severity", "pdo"), ("light", "day"), ("weather", None), ("n_killed", 2)]
            + [("road_name", "A"), ("road_name", "B"), ("crash_time", "23:59"), ("lat", None)]
        ),
    ),
    st.tuples(
        st.just("vehicle"),
        st.sampled_from([1, 2, -1]),
        st.sampled_from([("unit_type", "bus"), ("unit_no", "9"), (ROW, ADDED), (ROW, REMOVED)]),
    ),
    st.tuples(
        st.just("person"),
        st.sampled_from([1, -1]),
        st.sampled_from([("age", 7.0), ("injury", "killed"), (ROW, ADDED), (ROW, REMOVED)]),
    ),
)
steps = st.lists(
    st.one_of(st.tuples(numbers, told), st.integers(1, 8), st.just("look")),
    min_size=1,
    max_size=12,
)


@given(steps)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_edits_make_the_copy_that_reading_everything_makes(tmp_path_factory, steps):
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite'}")
    store.save_import("mine", batches.batch("a", "b", "c", "d", "e"))
    api.load(store, "mine")
    for step in steps:
        try:
            if step == "look":
                api.load(store, "mine")
            elif isinstance(step, int):
                store.undo_edit("mine", step)
            else:
                number, (table, n, (field, value)) = step
                change(store, number, Change(table, n, field, value))
        except CrashKitError:
            continue
    assert store.dataset("mine").version == 1 or is_as_if_read(store)
    store.close()


def test_after_an_edit_only_the_crash_is_read(kept, monkeypatch):
    change(kept, 2, Change("crash", 0, "severity", "slight"))
    read = []
    load = imports.load

    def watched(*args, **more):
        read.append(more.get("crashes"))
        return load(*args, **more)

    monkeypatch.setattr(imports, "load", watched)
    found = api.load(kept, "mine")
    assert read == [[2]]
    assert found.crashes["severity"].astype(object).fillna("?").tolist()[1] == "slight"
    assert kept.load_copy("mine") is not None


def test_many_edits_between_two_looks_are_laid_over_the_last_copy(kept):
    for number in (4, 2, 4):
        change(kept, number, Change("crash", 0, "road_name", f"road {number}"))
    assert kept.dataset("mine").version == 4
    assert is_as_if_read(kept)


def test_after_an_import_everything_is_read(kept):
    change(kept, 2, Change("crash", 0, "severity", "slight"))
    kept.save_import("mine", batches.batch("x"))
    assert kept.amend_copy("mine") is None
    api.load(kept, "mine")
    change(kept, 6, Change("crash", 0, "severity", "slight"))
    assert is_as_if_read(kept)
    kept.undo_import(2)
    assert kept.amend_copy("mine") is None


def test_a_copy_of_before_a_backup_was_put_back_is_not_built_upon(store_url, tmp_path):
    if not store_url.startswith("sqlite"):
        pytest.skip("a server's store is put back by its own means")
    store = Store.open(store_url)
    store.save_import("mine", batches.batch("a", "b"))
    store.backup(tmp_path / "backup")
    change(store, 1, Change("crash", 0, "severity", "pdo"))
    api.load(store, "mine")
    store.restore(tmp_path / "backup")
    change(store, 2, Change("crash", 0, "severity", "pdo"))
    change(store, 2, Change("crash", 0, "light", "day"))
    found = store.amend_copy("mine")
    assert found is None


def test_a_copy_without_an_account_of_what_was_told_is_not_built_upon(kept):
    data = kept.load("mine")
    assert copies.write_copy(kept.engine, data)
    change(kept, 2, Change("crash", 0, "severity", "slight"))
    assert kept.amend_copy("mine") is None


def test_a_damaged_copy_is_not_built_upon(kept):
    file = copies._file(kept.engine, kept.dataset("mine"))
    file.write_bytes(file.read_bytes()[:-9])
    change(kept, 2, Change("crash", 0, "severity", "slight"))
    assert kept.amend_copy("mine") is None


def test_every_column_of_an_amended_copy_is_one_of_the_dictionary(kept):
    change(kept, 2, Change("crash", 0, "light", "day"))
    found = kept.amend_copy("mine")
    for table in fields.TABLES:
        assert found.table(table).names == kept.load("mine").table(table).names
    assert np.isnan(found.table("crash").numbers("lat")).tolist() == [
        False,
        True,
        False,
        True,
        False,
    ]
