import numpy as np
import pytest
from made_places import crashes, places

from crashkit.errors import MethodError
from crashkit.measures import relative_severity
from crashkit.measures.relative_severity import Params

# The junctions with two stop signs of the Highway Safety Manual, chapter 4 (2, 3, 7, 10, 15, 17 and
# 19): crashes by type, in the order of its costs. A type of ours stands for each of its types.
COSTS = {
    "vehicle_vehicle": 13200.0,
    "stationary_vehicle": 34000.0,
    "overturn": 61100.0,
    "pedestrian": 158900.0,
    "run_off": 47500.0,
    "obstacle": 94700.0,
    "other": 55100.0,
}
STOP = [
    [4, 2, 21, 2, 5, 0, 1],
    [11, 5, 2, 1, 0, 4, 0],
    [19, 7, 5, 0, 0, 3, 0],
    [9, 4, 2, 0, 0, 1, 1],
    [9, 4, 1, 0, 0, 1, 2],
    [6, 2, 2, 0, 1, 0, 2],
    [5, 4, 0, 1, 0, 0, 1],
]


def scored(rows, groups=None, **words):
    counts = [sum(row) for row in rows]
    kinds = [name for row in rows for name, n in zip(COSTS, row, strict=True) for _ in range(n)]
    sites = places(counts, groups=groups)
    params = Params(costs=COSTS, **words)
    return relative_severity.score(sites, crashes(counts, crash_type=kinds), params)


def test_the_published_junctions_have_their_indices_beside_that_of_all():
    scores = scored(STOP)
    published = [57551, 42396, 31718, 30988, 30635, 32854, 37818]
    assert scores.detail["index"] == pytest.approx(published, abs=1)
    assert scores.detail["average"] == pytest.approx([39723] * 7, abs=1)
    assert scores.passed.tolist() == [True, True, *[False] * 5]


def test_a_class_of_few_places_is_set_beside_all():
    groups = ["a", "a", "b", "b", "b", "b", "b"]
    apart = scored(STOP, groups, min_class=2).detail["average"]
    assert apart[0] > 45000 > apart[2]
    pooled = scored(STOP, groups, min_class=3)
    together = pooled.detail["average"]
    assert together[0] == pytest.approx(39723, abs=1)
    assert together[2] == apart[2]
    assert str(pooled[0].reason).endswith("is usual at all places, as its class has too few.")
    assert str(scored(STOP, groups, min_class=2)[0].reason).endswith("is usual.")


def test_a_type_without_a_cost_of_its_own_costs_as_others_do():
    data = crashes([2, 1, 0], crash_type=["animal", "unknown", "pedestrian"])
    params = Params(costs={"pedestrian": 50.0, "other": 20.0}, min_crashes=1)
    scores = relative_severity.score(places([2, 1, 0]), data, params)
    assert scores.detail["index"][:2].tolist() == [20.0, 50.0]
    assert np.isnan(scores.values[2])
    assert str(scores[2].reason) == "A place without crashes has no severity."
    with pytest.raises(MethodError, match="other"):
        Params(costs={"pedestrian": 50.0})
