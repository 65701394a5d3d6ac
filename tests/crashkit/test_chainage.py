import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made
from made_roads import ONE_WITH_TRAFFIC, at, crashes, placed
from scipy import stats as scipy_stats

from crashkit import chainage
from crashkit.columnar import Levels
from crashkit.roads.corridors import Corridor, Section


def told(*kms, road="M1", **more):
    return made([{"road_key": road, "chainage_km": km, "severity": "slight", **more} for km in kms])


def steps_of(data, step_km, network=None):
    found = chainage.lines(data, data, network)
    return chainage.cut(found, chainage.road(found, 0), step_km, data)


def test_steps_are_cut_at_whole_multiples_and_empty_ones_are_there():
    steps = steps_of(told(1.2, 1.9, 4.0), 1.0)
    assert steps.from_km.tolist() == [1, 2, 3, 4]
    assert steps.crashes.tolist() == [2, 0, 0, 1]
    assert steps.km.tolist() == [1, 1, 1, 1]


def test_without_a_network_aadt_is_the_middle_one_that_crashes_tell():
    data = made(
        [
            {"road_key": "M1", "chainage_km": km, "aadt": aadt}
            for km, aadt in ((0.1, 1000), (0.2, 3000), (0.3, 2000), (1.5, None))
        ]
    )
    steps = steps_of(data, 1.0)
    assert steps.aadt[0] == 2000
    assert np.isnan(steps.aadt[1])
    # 3 crashes in 3 years of 365.25 days with 2000 vehicles a day on 1 km.
    assert steps.rates(3.0)[0] == pytest.approx(3e6 / (2000 * 365.25 * 3))
    assert np.isnan(steps.rates(3.0)[1])


def test_a_network_tells_length_and_traffic_of_each_step():
    data = crashes(at(east=100), at(east=2300), at(east=4900))
    steps = steps_of(data, 1.0, placed(ONE_WITH_TRAFFIC, data))
    assert steps.crashes.tolist() == [1, 0, 1, 0, 1]
    assert steps.km.tolist() == pytest.approx([1] * 5)
    assert steps.aadt.tolist() == pytest.approx([1000, 1000, 0.4 * 1000 + 0.6 * 3000, 3000, 3000])


def test_a_corridor_is_cut_from_its_sections_and_no_part_counts_twice():
    data = crashes(at(east=100), at(east=1500), at(east=2300), at(east=4900))
    found = chainage.lines(data, data, placed(ONE_WITH_TRAFFIC, data))
    one = Corridor("A", (Section("M-1", 1000, 3000), Section("M-1", 2000, 4000)))
    legs = chainage.corridor(found, one)
    assert [(leg.from_m, leg.to_m, leg.begins_km) for leg in legs] == [
        (1000, 3000, 0),
        (3000, 4000, 2),
    ]
    steps = chainage.cut(found, legs, 1.0, data)
    assert steps.crashes.tolist() == [1, 1, 0]
    assert steps.at_km.tolist() == [0, 1, 2]
    assert len(chainage.on_legs(found, legs)) == 2


def test_a_step_is_judged_by_the_exact_chance_at_the_mean_of_all():
    # 19 km with one crash each and one with twelve: 31 crashes on 20 km.
    data = told(*[km + 0.5 for km in range(20)], *[7.2] * 11)
    judged = chainage.judge(steps_of(data, 1.0), 1.0)
    mean = 31 / 20
    p = scipy_stats.poisson.sf(np.array([12 if km == 7 else 1 for km in range(20)]) - 1, mean)
    assert judged.q == pytest.approx(scipy_stats.false_discovery_control(p))
    assert np.flatnonzero(judged.worse).tolist() == [7]
    assert judged.share == pytest.approx(12 / 31)
    assert judged.high < judged.share
    assert scipy_stats.poisson.sf(judged.limit - 1, mean) < 0.05 / 20


def test_crashes_that_are_everywhere_alike_are_no_finding():
    judged = chainage.judge(steps_of(told(*[km + 0.5 for km in range(40)]), 1.0), 1.0)
    assert not judged.worse.any()


def test_settlements_stand_at_the_middle_of_the_crashes_that_name_them():
    names = Levels(np.array([0, 0, 0, 1, -1], dtype=np.int8), ("Osh", "Uzgen"))
    (mark,) = chainage.settlements(names, np.array([1.0, 2.0, 9.0, 3.0, 4.0]))
    assert (mark.name, mark.at_km) == ("Osh", 2.0)


@given(
    kms=st.lists(st.floats(0, 300).map(lambda km: round(km, 3)), min_size=1, max_size=30),
    step=st.sampled_from([0.2, 0.5, 1.0, 2.0, 5.0]),
)
def test_no_crash_is_lost_whatever_the_step(kms, step):
    steps = steps_of(told(*kms), step)
    assert steps.crashes.sum() == len(kms)
    where = np.searchsorted(steps.from_km, np.array(kms) + 1e-9, side="right") - 1
    assert np.bincount(where, minlength=len(steps)).tolist() == steps.crashes.tolist()
