"""KDE+: clusters stronger than chance, seeded, with their strength."""

import numpy as np
import pytest
from made_roads import at, crashes, line, placed, roads

from crashkit import screening
from crashkit.model import Screening
from crashkit.places import kde_plus
from crashkit.places.kde_plus import Params, clusters, cut

ROAD = roads([line(long=3000)], road_key=["M-1"], from_m=0, to_m=3000, road_class="national")


def spots(*east):
    return [at(east=one, road_key="M-1") for one in east]


def test_a_crowd_is_a_cluster_and_even_crashes_are_none():
    crowd = crashes(*spots(1000, 1010, 1020, 1030, 1040, 200, 2800))
    (site,) = cut(crowd, Params(), placed(ROAD, crowd))
    assert len(site.crash_ids) == 5
    assert 850 <= site.from_m <= 1000
    assert 1040 <= site.to_m <= 1200
    assert 0 < site.strength < 1
    even = crashes(*spots(*range(150, 3000, 300)))
    assert cut(even, Params(), placed(ROAD, even)) == []


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


def test_the_order_of_crashes_changes_nothing():
    rows = spots(1000, 1010, 1020, 1030, 2000)
    one, other = (crashes(*order) for order in (rows, rows[::-1]))
    told = [
        [
            (site.id, site.strength, len(site.crash_ids))
            for site in cut(data, Params(), placed(ROAD, data))
        ]
        for data in (one, other)
    ]
    assert told[0] == told[1] != []


def test_a_screening_ranks_clusters_by_strength():
    data = crashes(*spots(1000, 1005, 1010, 1015, 2000, 2030, 2060, 2090, 300))
    asked = Screening("", "kde_plus", "strength", {"least": 3}, {"min_crashes": 3}, {})
    found = screening.run(asked, data, roads=placed(ROAD, data)).findings
    assert [len(one.site.crash_ids) for one in found] == [4, 4]
    assert found[0].score.value > found[1].score.value
