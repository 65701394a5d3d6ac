"""A network of roads: lengths, versions, cuts."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from crashkit.roads.network import Lines, Network, network

GEOD = Geod(ellps="WGS84")
EAST = [(74.0, 42.0), (74.05, 42.0), (74.1, 42.0)]
NORTH = [(74.1, 42.0), (74.1, 42.1)]


def made(**columns):
    return network(pd.DataFrame(columns), Lines.of([EAST, NORTH]))


def test_lengths_are_geodesics():
    found = made(road_key=["M-1", "M-2"]).stretches["length_m"]
    assert found.tolist() == pytest.approx(
        [GEOD.line_length(*zip(*line, strict=True)) for line in (EAST, NORTH)]
    )


def test_a_stretch_without_a_line_is_as_long_as_told_or_as_its_posts_say():
    stretches = pd.DataFrame({"length_m": [1200.0, np.nan], "from_m": [0, 0], "to_m": [1000, 900]})
    found = network(stretches, Lines.of([None, None])).stretches["length_m"]
    assert found.tolist() == [1200.0, 900.0]


def test_a_crash_of_the_past_meets_the_roads_of_the_past():
    roads = made(
        road_key=["M-1", "M-1"],
        valid_from=["2015-01-01", "2020-06-01"],
        valid_to=["2020-05-31", None],
    )
    assert roads.on(date(2020, 5, 31)).lines.line(0).tolist() == [list(place) for place in EAST]
    assert roads.on(date(2020, 6, 1)).lines.line(0).tolist() == [list(place) for place in NORTH]
    assert len(roads.on(date(2014, 12, 31))) == 0
    assert roads.versions() == (date(2015, 1, 1), date(2020, 6, 1))


def test_lines_keep_their_vertices_in_any_order():
    lines = Lines.of([EAST, None, NORTH])
    turned = lines.keep(np.array([2, 1, 0]))
    assert turned.line(0).tolist() == [list(place) for place in NORTH]
    assert turned.line(1).size == 0
    assert turned.line(2).tolist() == [list(place) for place in EAST]
    assert np.isnan(turned.lengths_m()[1])


def test_stretches_and_lines_belong_together():
    with pytest.raises(ValueError, match="1 stretches, 2 lines"):
        Network(pd.DataFrame({"road_key": ["M-1"]}), Lines.of([EAST, NORTH]))
