"""The posts and the length of roads, from a network."""

from datetime import date

import made_roads
import pytest

from crashkit.quick import Route, routes


def test_each_road_has_its_posts_and_the_length_of_one_direction():
    lines = [made_roads.line(), made_roads.line(north=500), made_roads.line(north=900)]
    network = made_roads.roads(
        lines,
        road_key=["A", "A", "B"],
        direction=["both", "dec", "both"],
        valid_to=[None, None, "2019-12-31"],
        from_m=[1000.0, 1000.0, 0.0],
        to_m=[3000.0, 3000.0, 5000.0],
    )
    found = routes(network, date(2023, 12, 31), {"Alpha": "A", "Gone": "B"})
    assert found.keys() == {"A", "Alpha"}
    assert found["A"] == found["Alpha"] == Route(1, 3, pytest.approx(2))
