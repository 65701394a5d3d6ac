"""Weather of a data set: kept, replaced day by day, removed, gone with its data set."""

from datetime import date

import batches
import pytest

from crashkit.errors import NotFound
from crashkit.weather import Day

FIRST = Day("Osh", date(2021, 1, 1), {"temp_max": -2.5}, frozenset({"ice", "snow"}), 40.5, 72.8)
WHOLE = Day("", date(2021, 1, 1), {"wind": 3.0})


@pytest.fixture
def mine(store):
    store.save_import("mine", batches.batch("a"))
    return store


def kept(store):
    return [Day(*one[:6]) for one in store.weather("mine")]


def test_days_are_kept_and_replaced_one_by_one(mine):
    assert mine.weather_version("mine") == ""
    assert mine.add_weather("mine", "a.csv", [FIRST, WHOLE]) == 0
    before = mine.weather_version("mine")
    assert kept(mine) == [WHOLE, FIRST]
    warmer = Day("OSH", FIRST.day, {"temp_max": 1.0}, frozenset())
    assert mine.add_weather("mine", "b.csv", [warmer]) == 1
    assert kept(mine) == [WHOLE, warmer]
    assert before


def test_weather_is_removed(mine):
    mine.add_weather("mine", "a.csv", [FIRST, WHOLE])
    assert mine.remove_weather("mine") == 2
    with pytest.raises(NotFound, match="no weather"):
        mine.remove_weather("mine")


def test_there_is_none_of_a_data_set_that_is_not_there(store):
    for ask in (store.weather, store.weather_version, store.remove_weather):
        with pytest.raises(NotFound):
            ask("nowhere")
