import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import spatial
from crashkit.spatial import emerging

HOT, COLD, NOT = 3.0, -3.0, 0.2
SERIES = {
    "new hot spot": [NOT] * 9 + [HOT],
    "consecutive hot spot": [NOT] * 7 + [HOT] * 3,
    "intensifying hot spot": [2.0, 2.2, 2.5, 2.9, 3.3, 3.4, 3.9, 4.2, 4.4, 4.9],
    "diminishing hot spot": [4.9, 4.4, 4.2, 3.9, 3.4, 3.3, 2.9, 2.5, 2.2, 2.0],
    "persistent hot spot": [3, 2.6, 3.1, 2.7, 3, 2.8, 3.05, 2.65, 2.95, 2.9],
    "historical hot spot": [HOT] * 9 + [NOT],
    "oscillating hot spot": [COLD, NOT, HOT, NOT, NOT, NOT, HOT, HOT, NOT, HOT],
    "sporadic hot spot": [NOT, HOT, NOT, NOT, NOT, NOT, HOT, HOT, NOT, HOT],
    "no pattern": [HOT, NOT, NOT, NOT, NOT, HOT, COLD, COLD, NOT, NOT],
}


def told(series):
    z = np.array(series)
    return spatial.classify(z, np.where(np.abs(z) > 1.9, 0.01, 0.4)).category


@pytest.mark.parametrize("category", SERIES)
def test_each_class_is_told_by_its_series_and_the_cold_ones_by_its_mirror(category):
    assert told(SERIES[category]) == category
    assert told([-z for z in SERIES[category]]) == category.replace("hot", "cold")


def test_there_are_seventeen_classes():
    assert len(set(emerging.CLASSES)) == 17


def test_hot_and_cold_steps_are_not_counted_together():
    # sfdep counts significant steps of both kinds for "intensifying".
    rising = [COLD] * 5 + [HOT, 3.1, 3.2, 3.3, 3.4]
    assert told(rising) == "consecutive hot spot"


def test_a_place_no_longer_hot_need_not_be_below_the_mean_to_be_historical():
    # sfdep asks for a Gi* below zero in the last step.
    assert told([HOT] * 9 + [0.4]) == "historical hot spot"


def test_what_the_last_step_says_leads():
    assert told([HOT] * 9 + [COLD]) == "new cold spot"


def test_few_steps_are_told_and_noted():
    found = spatial.classify([NOT, NOT, HOT, HOT], [0.4, 0.4, 0.01, 0.01])
    assert found.category == "consecutive hot spot"
    assert "10 steps" in str(found.notes[0])
    assert spatial.classify([], []).category == "no pattern"


@given(st.lists(st.floats(-5, 5), max_size=20))
def test_every_series_has_one_class_and_its_mirror_the_mirrored_one(series):
    found, other = told(series), told([-z for z in series])
    assert found in emerging.CLASSES
    swapped = {"hot": "cold", "cold": "hot"}
    assert other == " ".join(swapped.get(word, word) for word in found.split())
