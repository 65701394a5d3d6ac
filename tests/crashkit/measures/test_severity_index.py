import numpy as np
import pytest
from made_places import crashes, places

from crashkit.measures import severity_index
from crashkit.measures.severity_index import Params

NCDOT = {"fatal": 76.8, "serious": 76.8, "slight": 8.4, "pdo": 1.0}


def test_the_published_points_by_crash_are_found():
    severity = ["fatal"] + ["serious"] * 3 + ["slight"] * 5 + ["pdo"] * 23
    sites, data = places([32, 0]), crashes([32, 0], severity=severity)
    scores = severity_index.score(sites, data, Params(weights=NCDOT))
    assert scores.values[0] == pytest.approx(11.63125)
    assert str(scores[0].reason) == "372.2 points from 32 crashes."
    assert np.isnan(scores.values[1])
    assert str(scores[1].reason) == "A place without crashes has no severity."


def test_one_death_among_few_needs_enough_crashes_to_be_listed():
    data = crashes([1, 6], severity=["fatal", *["pdo"] * 6])
    scores = severity_index.score(places([1, 6]), data, Params(weights=NCDOT))
    assert scores.values.tolist() == [76.8, 1.0]
    assert scores.passed.tolist() == [False, True]
