"""Exposure of a data set: kept, replaced number by number, removed, gone with its data set."""

import batches
import pytest

from crashkit.errors import NotFound

ROWS = [("population", "Osh", 2021, 300.0), ("population", "", 2021, 900.0)]


@pytest.fixture
def mine(store):
    store.save_import("mine", batches.batch("a"))
    return store


def kept(store):
    return [one[:4] for one in store.exposure("mine")]


def test_numbers_are_kept_and_replaced_one_by_one(mine):
    assert mine.add_exposure("mine", "a.csv", ROWS) == 0
    more = [("population", "OSH", 2021, 310.0), ("vehicles", "Osh", 2021, 50.0)]
    assert mine.add_exposure("mine", "b.csv", more) == 1
    assert kept(mine) == [ROWS[1], *more]
    assert {one.file for one in mine.exposure("mine")} == {"a.csv", "b.csv"}


def test_a_quantity_is_removed_or_all(mine):
    mine.add_exposure("mine", "a.csv", [*ROWS, ("vehicles", "", 2021, 5.0)])
    assert mine.remove_exposure("mine", "population") == 2
    assert mine.remove_exposure("mine") == 1
    with pytest.raises(NotFound, match="no exposure"):
        mine.remove_exposure("mine")


def test_there_is_none_of_a_data_set_that_is_not_there(store):
    for ask in (store.exposure, store.remove_exposure):
        with pytest.raises(NotFound):
            ask("nowhere")
    with pytest.raises(NotFound):
        store.add_exposure("nowhere", "a.csv", ROWS)


def test_numbers_by_age_and_sex_stand_beside_that_of_everybody(mine):
    by_age = [("population", "", 2021, n, "5-9", sex) for n, sex in ((40.0, "male"), (41.0, ""))]
    assert mine.add_exposure("mine", "a.csv", [*ROWS, *by_age]) == 0
    assert mine.add_exposure("mine", "b.csv", by_age[:1]) == 1
    found = [(one.value, one.age_band, one.sex) for one in mine.exposure("mine") if not one.area]
    assert found == [(900.0, "", ""), (41.0, "5-9", ""), (40.0, "5-9", "male")]
