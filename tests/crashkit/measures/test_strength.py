from dataclasses import replace

import numpy as np
from made_places import crashes, places

from crashkit.measures import strength
from crashkit.measures.strength import Params


def test_clusters_are_ranked_by_the_strength_that_the_place_brings():
    sites = places([9, 3, 5])
    told = replace(sites, columns={**sites.columns, "strength": np.array([0.4, 0.9, 0.1])})
    scores = strength.score(told, crashes([9, 3, 5]), Params(min_strength=0.2))
    assert scores.values.tolist() == [0.4, 0.9, 0.1]
    assert scores.passed.tolist() == [True, False, False]
    assert str(scores[0].reason) == "Strength 0.40, 9 crashes."


def test_another_place_brings_none_and_says_so():
    (score,) = strength.score(places([9]), crashes([9]), Params())
    assert np.isnan(score.value) and not score.passed
    assert str(score.reason) == "This way to cut places tells no strength; KDE+ does."
