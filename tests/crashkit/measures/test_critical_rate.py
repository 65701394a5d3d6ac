import hsm_junctions
import numpy as np
import pytest
from made_places import crashes, places

from crashkit import rates
from crashkit.measures import critical_rate
from crashkit.measures.critical_rate import Params


def junctions(**words):
    return critical_rate.score(
        hsm_junctions.SITES, hsm_junctions.DATA, Params(**{"min_class": 1, **words})
    )


def test_the_published_junctions_have_their_critical_rates_and_flags():
    found = junctions()
    told = {id_: found[i] for i, id_ in enumerate(hsm_junctions.IDS)}
    critical = {1: 0.6033, 2: 1.5084, 7: 1.3954, 9: 0.5629, 15: 1.3616, 20: 0.5569}
    for id_, value in critical.items():
        assert told[id_].detail["critical"] == pytest.approx(value, abs=1e-4)
    assert [id_ for id_, one in told.items() if one.passed] == [2, 7, 9, 11, 16, 18]


def test_a_class_of_few_places_is_judged_by_all_of_them():
    found = junctions(min_class=10)
    vehicles = sum(float(row["aadt"]) for row in hsm_junctions.ROWS) * 365 * 3 / 1e6
    few = hsm_junctions.STOP[0]
    assert found[few].reason.text.endswith("all places have {average}.")
    assert found[few].reason.values["average"] == pytest.approx(389 / vehicles)
    signals = junctions().detail["critical"][0]
    assert found.detail["critical"][0] == pytest.approx(signals)


def test_each_form_of_the_limit_is_higher_than_the_one_with_less():
    limits = [
        junctions(form=form, confidence=0.995).detail["critical"]
        for form in (rates.PLAIN, rates.HSM, rates.NORDEN)
    ]
    assert (np.diff(limits, axis=0) > 0).all()


def test_one_place_alone_is_never_above_itself_and_unknown_traffic_is_said():
    sites = places([9, 9], aadt=[800.0, None])
    one, unknown = critical_rate.score(sites, crashes([9, 9]), Params())
    assert one.value < 0 and not one.passed
    assert str(unknown.reason) == "The traffic of this place is not known."
