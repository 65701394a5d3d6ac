"""KDE+: clusters stronger than chance, seeded, with their strength."""

from made_roads import at, crashes, line, placed, roads

from crashkit import screening
from crashkit.model import Screening
from crashkit.places.kde_plus import Params, cut

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
