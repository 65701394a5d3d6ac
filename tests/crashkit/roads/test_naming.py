"""Names of roads, folded for comparison."""

import pytest

from crashkit.roads import naming


@pytest.mark.parametrize(
    ("number", "name", "bare", "key"),
    [
        ("М-39", None, False, "M-39"),
        ("M – 39", None, False, "M-39"),
        ("m39", None, False, "M39"),
        ("M-39", None, True, "M39"),
        ("Бишкек  – Ош", None, False, "Бишкек-Ош"),
        (None, "Бишкек  – Ош", False, "Бишкек – Ош"),
        ("39", "x", False, "39"),
        (None, None, False, None),
    ],
)
def test_roads_are_folded_so_far_as_they_look_alike(number, name, bare, key):
    assert naming.road_key(number, name, bare=bare) == key
