"""What chance makes of crashes on a section, and what stands out above it."""

import numpy as np
import pytest

from crashkit import spatial
from crashkit.spatial import kde_plus
from crashkit.spatial.kde_plus import clusters


def plain(reflected):
    """Draw chance by loops: 10 crashes on 1 km, a kernel of 100 m; return the 95th percentile."""
    chance, places, found = np.random.default_rng(1), np.arange(5.0, 1000, 10), []
    for _ in range(300):
        at_m = chance.random(10) * 1000
        spots_ = np.concatenate([at_m, -at_m, 2000 - at_m]) if reflected else at_m
        away = (places[:, None] - spots_) / 100
        found.append((0.75 * np.maximum(1 - away**2, 0)).sum(axis=1) / (10 * 100))
    return float(np.quantile(found, 0.95))


def test_the_limit_of_chance_is_that_of_a_plain_draw_and_of_the_reference():
    assert kde_plus._limit(10, 100, 100.0, 2000) == pytest.approx(plain(True), rel=0.03)
    # Reference methods, section 2.5: 0.00223 a metre, where nothing is reflected at the ends.
    assert plain(False) == pytest.approx(0.00223, rel=0.03)
    section = {"section_m": 1000, "bandwidth_m": 100}
    assert spatial.chance_limit(10, **section, edge="none") == pytest.approx(0.00223, rel=0.01)
    assert spatial.chance_limit(10, **section) == pytest.approx(
        kde_plus._limit(10, 100, 100.0, 2000), rel=0.02
    )


def test_more_is_asked_of_chance_where_more_is_to_be_sure():
    limits = [
        spatial.chance_limit(8, section_m=500, bandwidth_m=50, quantile=q, draws=500)
        for q in (0.5, 0.9, 0.99)
    ]
    assert limits == sorted(limits)


def test_the_density_of_a_link_is_one_whole_reflected_at_its_ends():
    for cells, places in ((100, [0, 0, 99]), (12, [3]), (5, [0])):
        counts = np.bincount(places, minlength=cells)
        total = kde_plus._density(counts, 100.0).sum() * kde_plus.STEP_M
        assert total == pytest.approx(1.0, abs=1e-9) or cells < 10


def test_strength_is_the_share_of_the_area_above_chance():
    at_m = np.array([500.0, 505, 510, 515, 520, 900])
    ((start, end, strength),) = clusters(at_m, 1000.0, 100.0, 200)
    places = np.arange(start, end, kde_plus.STEP_M) + kde_plus.STEP_M / 2
    away = np.abs(places[:, None] - (at_m // 10 * 10 + 5)[None]) / 100
    density = (0.75 * np.maximum(1 - away**2, 0)).sum(axis=1) / (6 * 100)
    limit = kde_plus._limit(6, 100, 100.0, 200)
    assert strength == pytest.approx(1 - limit * places.size / density.sum(), abs=0.02)
