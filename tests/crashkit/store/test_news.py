"""What happened to a data set since a moment."""

from datetime import UTC, datetime, timedelta

import batches
import pytest

from crashkit import api
from crashkit.errors import NotFound


@pytest.fixture
def store(tmp_path):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as found:
        yield found


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def test_imports_edits_reports_and_sites_are_counted(store):
    first = store.save_import("mine", batches.batch("a", "b"))
    store.save_import("mine", batches.batch("c"))
    store.undo_import(first.id)
    store.save_document("x.pdf", b"x", "application/pdf", about={"dataset": "mine"})
    api.nominate_site(store, "mine", {"lon": "74.5", "lat": "42.8", "why": "School"}, who="A")
    found = store.news("mine", LONG_AGO)
    assert [(one.crashes, one.first, one.last, one.undone) for one in found.imports] == [
        (2, 1, 2, True),
        (1, 3, 3, False),
    ]
    assert (found.edits, found.screenings, found.reports, found.sites) == (0, 0, 1, 1)
    assert not found.is_empty
    assert [int(one) for one in api.load(store, "mine").crash_ids] == [3]


def test_what_is_older_is_no_news(store):
    store.save_import("mine", batches.batch("a"))
    assert store.news("mine", datetime.now(UTC) + timedelta(seconds=1)).is_empty
    with pytest.raises(NotFound):
        store.news("nowhere", LONG_AGO)


def test_what_was_watched_is_kept_for_this_data_set_only(store):
    store.save_import("mine", batches.batch("a", "b"))
    assert api.watched(store, "mine") is None
    found = api.watch(store, "mine")
    assert api.watched(store, "mine") == found
    assert api.watch(store, "mine") == found
    assert api.new_fatal(found, {1})[0] == 1
    store.delete_dataset("mine")
    store.save_import("mine", batches.batch("c"))
    assert api.watched(store, "mine") is None


def test_a_data_set_without_crashes_has_nothing_to_look_at(store):
    record = store.save_import("mine", batches.batch("a"))
    store.undo_import(record.id)
    assert api.watch(store, "mine") is None


def test_an_import_does_not_wait_for_the_judging_of_a_large_data_set(store, monkeypatch):
    store.save_import("mine", batches.batch("a", "b"))
    monkeypatch.setattr(api, "WATCHED_AT_ONCE", 1)
    api.watch_new(store, "mine")
    assert api.watched(store, "mine") is None
    monkeypatch.setattr(api, "WATCHED_AT_ONCE", 2)
    api.watch_new(store, "mine")
    assert api.watched(store, "mine").version == 1
    api.watch_new(store, "nowhere")
