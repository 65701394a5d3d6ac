import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from crashkit import spatial
from crashkit.errors import MethodError
from crashkit.spatial import densities


@pytest.mark.parametrize("kernel", densities.KERNELS)
@pytest.mark.parametrize("bandwidth", [0.5, 100.0])
def test_every_kernel_has_an_area_and_a_volume_of_one(kernel, bandwidth):
    reach = 9 * bandwidth
    area, _ = integrate.quad(
        lambda d: spatial.kernel_1d(d, bandwidth, kernel=kernel),
        -reach,
        reach,
        points=[-bandwidth, 0, bandwidth],
        limit=200,
    )
    assert area == pytest.approx(1, abs=1e-6)
    assert spatial.planar_sum(bandwidth, kernel=kernel) == pytest.approx(1, abs=1e-9)


def test_the_gaussian_is_that_of_scipy():
    found = spatial.line_density([0, 5], [3], 2.0, kernel="gaussian")
    assert found == pytest.approx(stats.norm.pdf([3, 2], scale=2).sum())


@given(st.lists(st.floats(0, 100), min_size=1, max_size=10), st.floats(5, 80))
def test_reflected_at_its_ends_a_section_loses_nothing(events, bandwidth):
    at = np.linspace(0, 100, 4001)
    found = spatial.line_density(events, at, bandwidth, section_m=100, edge="reflect")
    assert np.trapezoid(found, at) == pytest.approx(len(events), rel=1e-3)
    lost = spatial.line_density(events, at, bandwidth)
    assert np.trapezoid(lost, at) <= len(events) * 1.001


def test_a_kernel_or_an_edge_that_is_none_is_refused():
    with pytest.raises(MethodError, match="kernel"):
        spatial.kernel_1d(1, 1, kernel="box")
    with pytest.raises(MethodError, match="edge"):
        spatial.line_density([1], [1], 1, edge="reflect")
