import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import peers
from crashkit.errors import MethodError
from crashkit.model import Site
from crashkit.sites import Sites


def roads(counts, lengths_m, groups=None):
    """Sites side by side with so many crashes each."""
    ends = np.cumsum([0, *counts])
    return Sites.of(
        [
            Site(
                str(i),
                "",
                0,
                0,
                tuple(range(ends[i], ends[i + 1])),
                from_m=0,
                to_m=lengths_m[i],
                group=groups[i] if groups else "",
            )
            for i in range(len(counts))
        ]
    )


def test_rate_and_overdispersion_are_those_of_marshall():
    # By hand: E = 1, 2, 1 km; N = 1, 6, 5; b = 12 / 4 = 3; s2 = (1*4 + 2*0 + 1*4) / 4 = 2;
    # b / mean(E) = 3 / (4/3) = 2.25: no more spread than chance. With N = 0, 6, 6: s2 = 4.5.
    even = peers.fit(roads([1, 6, 5], [1000, 2000, 1000]), per="km", years=1, fewest=1)
    assert (even.every.rate, even.every.k) == (3.0, 0.0)
    spread = peers.fit(roads([0, 6, 6], [1000, 2000, 1000]), per="km", years=1, fewest=1)
    assert spread.every.k == pytest.approx((4.5 - 2.25) / 9)


def test_a_class_of_few_places_takes_the_values_of_all():
    sites = roads([9, 9, 1, 1, 1], [1000] * 5, ["a", "a", "b", "b", "b"])
    found = peers.fit(sites, per="km", years=2, fewest=3).of(sites)
    assert found.mean.tolist() == pytest.approx([4.2, 4.2, 1, 1, 1])
    assert found.pooled.tolist() == [True, True, False, False, False]
    assert found.places.tolist() == [5, 5, 3, 3, 3]
    alike = peers.fit(sites, per="place", years=2, like=peers.ALL).of(sites)
    assert alike.mean.tolist() == pytest.approx([4.2] * 5)


def test_places_that_overlap_tell_no_peers():
    twice = Sites.of([Site("a", "", 0, 0, (1, 2)), Site("b", "", 0, 0, (2,))])
    with pytest.raises(MethodError, match="overlap"):
        peers.fit(twice, per="place", years=1)


def test_a_known_rate_is_that_of_all_and_they_do_not_differ():
    sites = roads([3], [500])
    found = peers.known(2.0, per="km", years=3).of(sites)
    assert (found.mean.tolist(), found.k.tolist()) == ([3.0], [0.0])
    at_length = peers.known(2.0, per="km", years=3, length_m=1000).of(sites)
    assert at_length.mean.tolist() == [6.0]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=30), st.floats(0.2, 5))
def test_another_unit_of_length_changes_only_the_rate(counts, times):
    lengths = [1000 + 10 * i for i in range(len(counts))]
    one = peers.fit(roads(counts, lengths), per="km", years=3)
    other = peers.fit(roads(counts, [x * times for x in lengths]), per="km", years=3)
    assert other.every.k == pytest.approx(one.every.k, abs=1e-9)
    assert other.every.rate * times == pytest.approx(one.every.rate)


def test_gamma_places_give_back_their_overdispersion():
    chance = np.random.default_rng(4)
    counts = chance.poisson(5 * chance.gamma(2, 0.5, size=4000))
    found = peers.fit(roads(counts, [1000] * counts.size), per="km", years=1)
    assert found.every.rate == pytest.approx(5, rel=0.05)
    assert found.every.k == pytest.approx(0.5, rel=0.1)
