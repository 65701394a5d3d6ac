import hsm_junctions
import pytest
from made_places import crashes, places

from crashkit.measures import frequency
from crashkit.measures.frequency import Params


def test_the_published_junctions_have_their_crashes_a_year():
    scores = frequency.score(hsm_junctions.SITES, hsm_junctions.DATA, Params())
    assert scores.values[:3] == pytest.approx([7.3333, 11.6667, 7.6667], abs=1e-4)
    assert scores[0].reason.text == "{n} crashes: {rate} a year."


def test_a_stretch_has_them_by_its_length_whatever_its_unit():
    sites = places([6, 6, 2], lengths_m=[1000, 2500, 500])
    scores = frequency.score(sites, crashes([6, 6, 2]), Params())
    assert scores.values == pytest.approx([2.0, 0.8, 4 / 3])
    assert scores.passed.tolist() == [True, True, False]
    assert str(scores[1].reason) == "6 crashes: 0.8 per km and year."
