import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import spatial
from crashkit.errors import MethodError


def test_pairs_within_a_distance_are_counted_at_the_distance_itself_too():
    found = spatial.k_on_line([10, 20, 40], 100, [5, 10, 15, 25, 50])
    assert found == pytest.approx([0, 100 / 3, 100 / 3, 200 / 3, 100])
    assert np.isnan(spatial.k_on_line([10], 100, [5])).all()


def test_the_correction_counts_the_places_as_far_away():
    # From 10 m the pair at 30 m is met on one side only, from 40 m on both.
    found = spatial.k_on_line([10, 40], 100, [30], correction="ang")
    assert found == pytest.approx([100 / 2 * (1 + 1 / 2)])
    with pytest.raises(MethodError, match="correction"):
        spatial.k_on_line([1, 2], 10, [1], correction="border")


def test_with_the_correction_chance_gives_the_distance_itself():
    chance = np.random.default_rng(1)
    found = [
        spatial.k_on_line(chance.uniform(0, 100, 60), 100, [20], correction="ang")[0]
        for _ in range(200)
    ]
    assert np.mean(found) == pytest.approx(20, rel=0.03)


EDGES = ([0, 1, 2, 0, 3], [1, 2, 0, 3, 3], [10.0, 10, 30, 5, 8])


def test_ways_lead_over_nodes_or_along_the_edge():
    found = spatial.distances(*EDGES, edge=[0, 2, 2, 3], at_m=[5.0, 2.0, 29.0, 1.0])
    # 5 + 10 + 2; across the triangle 27 m straight; from the far end 1 + 5.
    assert found[0].tolist() == [0, 17, 6, 6]
    assert found[1, 2] == pytest.approx(min(27, 2 + 20 + 1))
    assert np.array_equal(found, found.T)
    assert spatial.distances(*EDGES, edge=[], at_m=[]).shape == (0, 0)


def test_islands_cannot_be_reached():
    found = spatial.distances([0, 2], [1, 3], [10, 10], edge=[0, 1], at_m=[1, 1])
    assert np.isinf(found[0, 1])


@given(st.lists(st.floats(0, 10), min_size=2, max_size=12), st.floats(0.1, 12))
def test_a_network_of_one_edge_is_a_line(points, t):
    apart = spatial.distances([0], [1], [10.0], edge=[0] * len(points), at_m=points)
    ours = spatial.k_function(apart, 10.0, t)
    assert ours == pytest.approx(spatial.k_on_line(points, 10.0, t))


def test_a_crowd_is_above_what_chance_makes():
    edges = ([0, 1, 2], [1, 2, 3], [1000.0, 1000, 1000])
    crowd = (np.array([0] * 20 + [1, 2]), np.r_[np.linspace(400, 450, 20), 10.0, 900.0])
    found = spatial.envelope(edges, crowd, [50, 100], draws=19)
    assert found.clustered.all()
    # Where all the traffic is on the first edge, the crowd is less of a wonder.
    busy = spatial.envelope(edges, crowd, [50, 100], weights=[99, 1, 1], draws=19)
    assert (busy.high > found.high).all()
