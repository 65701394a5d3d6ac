"""A ranked list is scored against the planted sites by chainage or by distance."""

import pytest

from crashkit import model
from crashkit.synth import country, traffic, truth
from crashkit.synth import land as lands

TRUTH = {
    "sites": [
        {
            "id": "B01",
            "kind": "curve",
            "road": "A-3",
            "from_km": 10.0,
            "to_km": 10.4,
            "lon": 69.0,
            "lat": 46.0,
            "factor": 5.0,
            "expected_peers": 2.0,
            "expected": 10.0,
        },
        {
            "id": "B02",
            "kind": "junction",
            "road": "Nurkent, Mira",
            "from_km": 1.0,
            "to_km": 1.2,
            "lon": 68.75,
            "lat": 45.85,
            "factor": 5.0,
            "expected_peers": 2.0,
            "expected": 10.0,
        },
    ]
}


def window(road: str, from_m: int, to_m: int, lon: float = 0.0, lat: float = 0.0) -> model.Site:
    return model.Site("w", "windows", lon, lat, (), road=road, from_m=from_m, to_m=to_m)


def circle(lon: float, lat: float, radius_m: float = 100.0) -> model.Site:
    return model.Site("c", "circles", lon, lat, (), radius_m=radius_m)


def test_recall_and_precision_grow_and_fall_with_the_rank():
    listed = [window("a3", 9_800, 10_300), window("a3", 40_000, 41_000), circle(68.7505, 45.8501)]
    assert truth.score(listed, TRUTH) == [
        truth.Found(1, 0.5, 1.0, ("B01",)),
        truth.Found(2, 0.5, 0.5, ("B01",)),
        truth.Found(3, 1.0, 2 / 3, ("B01", "B02")),
    ]


@pytest.mark.parametrize(
    ("site", "hit"),
    [
        (window("A3", 10_200, 11_000), True),  # half of it
        (window("A3", 10_250, 11_000), False),  # three eighths of it
        (window("A4", 10_000, 10_400, 69.0, 46.0), False),  # another road at the same place
        (circle(69.0, 46.0026), True),  # 289 m away
        (circle(69.0, 46.0030), False),  # 333 m away
        (circle(69.0, 46.0030, radius_m=500), True),
    ],
)
def test_a_planted_site_is_hit_by_half_its_length_or_by_nearness(site, hit):
    assert truth.score([site], TRUTH)[0].found == (("B01",) if hit else ())


def test_the_same_planted_site_counts_once_in_recall_and_each_time_in_precision():
    twice = truth.score([window("A3", 10_000, 10_400)] * 2, TRUTH)
    assert twice[1] == truth.Found(2, 0.5, 1.0, ("B01",))


def test_the_truth_itself_scores_full_marks():
    made = country.make(crashes=3_000, seed=5)
    document = country.truth_document(made)
    listed = [
        window(site.road, int(site.from_m), round(site.to_m), site.lon, site.lat)
        for site in made.planted
    ]
    last = truth.score(listed, document)[-1]
    assert (last.recall, last.precision) == (1.0, 1.0)


def test_planted_sites_lie_well_apart():
    planted = country.make(crashes=3_000, seed=6).planted
    for i, one in enumerate(planted):
        for other in planted[:i]:
            across, up = lands.metres_per_degree(one.lat)
            east, north = (one.lon - other.lon) * across, (one.lat - other.lat) * up
            assert (east**2 + north**2) ** 0.5 > 3_000


def test_a_naive_count_by_cell_finds_planted_sites_but_not_all():
    made = country.make(crashes=10_000, seed=7)
    crashes, lines = made.crashes, made.land.lines
    bins = (crashes["station_m"] // 500).astype(int)
    ranked = crashes.groupby([crashes["line"], bins]).size().sort_values(ascending=False)
    listed = [
        window(lines[line].key, nth * 500, nth * 500 + 500) for line, nth in ranked.index[:200]
    ]
    found = truth.score(listed, country.truth_document(made))
    assert 0.2 < found[-1].recall < 1.0
    assert found[-1].precision < 0.5
    assert traffic.CELL_M == 100.0
