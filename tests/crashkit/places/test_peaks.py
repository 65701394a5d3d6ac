"""Peaks: the worst part of each stretch, where it is sure enough."""

import numpy as np
from made_roads import at, crashes, line, placed, roads

from crashkit.places.peaks import Params, cut


def peaks(network, *rows, **params):
    data = crashes(*rows)
    return cut(data, Params(**({"step_m": 200, "limit": 0.9} | params)), placed(network, data))


def road(*sizes):
    ends = np.cumsum([0, *sizes]).tolist()
    lines = [line(east=a, long=b - a) for a, b in zip(ends[:-1], ends[1:], strict=True)]
    return roads(lines, road_key="M-1", from_m=ends[:-1], to_m=ends[1:])


def test_each_stretch_has_its_worst_part_where_it_is_sure():
    hot = [at(east=450 + i, road_key="M-1") for i in range(12)]
    found = peaks(road(1000, 1000), *hot, at(east=1100, road_key="M-1"))
    assert [(site.from_m, site.to_m, len(site.crash_ids)) for site in found] == [
        (400, 600, 12),
        (1000, 1200, 1),
    ]


def test_a_stretch_that_is_too_even_or_empty_has_none():
    even = [at(east=east, road_key="M-1") for east in (100, 300, 500, 700, 900)]
    assert [site.from_m for site in peaks(road(1000), *even, limit=0.05)] == [0]
    assert not len(peaks(road(1000), at(north=90000)))
