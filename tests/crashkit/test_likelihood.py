import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from crashkit import likelihood


@given(st.floats(1e-3, 1e9))
def test_the_fast_trigamma_is_that_of_scipy_to_nine_digits(x):
    found = likelihood._trigamma(np.array([x]))
    assert found == pytest.approx(special.zeta(2, [x]), rel=1e-9)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.floats(0.2, 5)), min_size=4, max_size=20),
    st.floats(-1, 2),
    st.floats(-3, 2),
)
def test_slopes_and_curvature_are_those_of_the_likelihood(sites, b, ln_k):
    y, share = (np.array(one, dtype=float) for one in zip(*sites, strict=True))
    x, offset = np.ones((y.size, 1)), np.zeros(y.size)
    at = np.array([b, ln_k])
    _, scores, curve, _ = likelihood._at(y, x, offset, share, at)
    step = 1e-5
    for i in range(2):
        move = np.eye(2)[i] * step
        up, down = (likelihood._at(y, x, offset, share, at + m) for m in (move, -move))
        scale = 1 + abs(up[0])
        slope = (up[0] - down[0]) / (2 * step)
        assert scores.sum(axis=0)[i] == pytest.approx(slope, rel=1e-4, abs=1e-5 * scale)
        bend = (up[1].sum(axis=0) - down[1].sum(axis=0)) / (2 * step)
        assert curve[i] == pytest.approx(bend, rel=1e-4, abs=1e-4 * scale)
