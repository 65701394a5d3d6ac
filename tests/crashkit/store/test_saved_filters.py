"""Filters kept for a data set: by name, one of each, gone with the data."""

import pytest
from batches import batch

from crashkit.errors import NotFound, Refused


@pytest.fixture
def mine(store):
    store.save_import("mine", batch("1"))
    return store


def kept(store, dataset="mine"):
    return [(one.name, one.words) for one in store.filters(dataset)]


def test_a_filter_is_kept_by_name_and_replaced(mine):
    mine.save_filter("mine", "  Ночь,  зима ", "hour=22-5")
    mine.save_filter("mine", "Fatal", "severity=fatal")
    mine.save_filter("mine", "Fatal", "severity=fatal; year=2020")
    assert kept(mine) == [("Fatal", "severity=fatal; year=2020"), ("Ночь, зима", "hour=22-5")]


def test_a_filter_is_renamed_and_removed(mine):
    mine.save_filter("mine", "a", "hour=1")
    mine.save_filter("mine", "b", "hour=2")
    mine.rename_filter("mine", "a", "c")
    mine.rename_filter("mine", "c", "c")
    with pytest.raises(Refused, match="already a filter “b”"):
        mine.rename_filter("mine", "c", "b")
    mine.remove_filter("mine", "b")
    assert kept(mine) == [("c", "hour=1")]
    for work in (
        lambda: mine.remove_filter("mine", "b"),
        lambda: mine.rename_filter("mine", "b", "d"),
        lambda: mine.filters("nowhere"),
    ):
        with pytest.raises(NotFound):
            work()


@pytest.mark.parametrize("name", ["", "  ", "a;b", "x" * 81, "a\x00b"])
def test_a_name_that_cannot_be_written_in_a_line_is_refused(mine, name):
    with pytest.raises(Refused, match="at most 80 signs"):
        mine.save_filter("mine", name, "hour=1")


def test_filters_go_with_their_data_set(mine):
    mine.save_filter("mine", "a", "hour=1")
    mine.delete_dataset("mine")
    mine.save_import("mine", batch("1"))
    assert kept(mine) == []
