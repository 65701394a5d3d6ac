"""Crashes lined up along roads: in order, once for all that ask of the same data."""

import numpy as np
from made_roads import at, crashes, line, placed, roads

from crashkit.roads import along
from crashkit.roads.placing import USUAL


def made():
    network = roads(
        [line(), line(north=3000)],
        road_key=["M-1", "M-2"],
        from_m=[0, 0],
        to_m=[10000, 10000],
        road_class=["primary", "primary"],
    )
    east = np.random.default_rng(3).uniform(500, 9500, 30)
    data = crashes(*[at(east=float(one), road_key="M-1") for one in east])
    return data, placed(network, data)


def lined_up(data, on):
    return along.lined_up(data, on, together=True, rules=USUAL)


def test_crashes_come_by_road_and_metre_in_whatever_order_they_are_told():
    data, on = made()
    lines = lined_up(data, on)
    assert (np.diff(lines.at_m) >= 0).all() and len(lines.ids) == 30
    turned = data.replace(crashes=data.crashes[::-1].reset_index(drop=True))
    other = lined_up(turned, on)
    assert other.ids.tolist() == lines.ids.tolist()


def test_the_same_data_are_lined_up_once_and_others_anew():
    data, on = made()
    assert lined_up(data, on) is lined_up(data, on)
    fewer = data.keep(data.crash_ids > 10)
    assert lined_up(fewer, on).ids.size == 20
    assert lined_up(data, on).ids.size == 30
