import hsm_junctions
import numpy as np
import pytest
from made_places import crashes, places

from crashkit.measures import crash_rate
from crashkit.measures.crash_rate import Params


def test_a_junction_has_crashes_by_the_vehicles_that_enter_it():
    scores = crash_rate.score(hsm_junctions.SITES, hsm_junctions.DATA, Params())
    (seventh,) = (scores[i] for i, id_ in enumerate(hsm_junctions.IDS) if id_ == 7)
    assert seventh.detail["exposure"] == pytest.approx(24.09)
    assert seventh.value == pytest.approx(1.4114, abs=1e-4)
    assert str(seventh.reason) == "34 crashes on 24.09 units of traffic."


def test_a_stretch_has_crashes_by_the_way_driven_on_it():
    # 15 crashes on 12 km with 2500 vehicles a day: 15 / (2500 x 365 x 3 x 12 / 1e8).
    sites = places([15], lengths_m=[12000], aadt=[2500])
    (score,) = crash_rate.score(sites, crashes([15]), Params(per=1e8))
    assert score.value == pytest.approx(15 / 0.3285)


def test_without_traffic_there_is_no_rate_and_without_crashes_none_is_listed():
    sites = places([5, 5, 0, 2], aadt=[None, 0.0, 1000.0, 1.0])
    scores = crash_rate.score(sites, crashes([5, 5, 0, 2]), Params(min_crashes=0))
    assert np.isnan(scores.values).tolist() == [True, True, False, False]
    assert [bool(one) for one in scores.passed] == [False, False, False, True]
    assert str(scores[0].reason) == "The traffic of this place is not known."
