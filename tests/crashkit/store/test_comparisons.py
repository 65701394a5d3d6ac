"""Comparisons are kept with their data set, listed, and go with it."""

import batches
import pytest
from made_lists import along, ask

from crashkit import comparing
from crashkit.errors import NotFound

ROAD = """
| km    |
| 1.000 |
| 1.100 |
| 1.200 |
| 9.000 |
"""


@pytest.fixture
def found():
    return comparing.of_presets(
        [ask("count_1km"), ask("count_1km", min_crashes="4")], along(ROAD), data_version="mine v1"
    )


def test_a_comparison_is_read_as_it_was_kept(store, found):
    store.save_import("mine", batches.batch("a"))
    number = store.save_comparison(found, "mine")
    again = store.comparison(number)
    assert again.id == number
    assert repr(again.pairs) == repr(found.pairs)
    assert [one.absent for one in again.places] == [one.absent for one in found.places]
    (listed,) = store.comparisons("mine")
    assert (listed.id, listed.kind, listed.data_version) == (number, "presets", "mine v1")
    assert [one.measure_params["min_crashes"] for one in listed.asked] == [3, 4]


def test_a_comparison_goes_with_its_data_set(store, found):
    store.save_import("mine", batches.batch("a"))
    number = store.save_comparison(found, "mine")
    store.delete_dataset("mine")
    with pytest.raises(NotFound, match="no comparison"):
        store.comparison(number)
    with pytest.raises(NotFound):
        store.comparisons("mine")


def test_nothing_is_kept_for_a_data_set_that_is_not_there(store, found):
    with pytest.raises(NotFound):
        store.save_comparison(found, "nowhere")
