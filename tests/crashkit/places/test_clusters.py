"""Clusters: what lies close together, chains left out, whatever the order."""

from made_roads import at, crashes

from crashkit.places.clusters import Params, cut


def told(sites):
    return [len(site.crash_ids) for site in sites]


def test_crashes_close_together_are_a_cluster_and_lone_ones_are_none():
    near = [at(east=east, north=north) for east in (0, 20, 40) for north in (0, 15)]
    found = cut(crashes(*near, at(east=3000)), Params(reach_m=50, least=4))
    assert told(found) == [6]
    assert found[0].radius_m == 50


def test_a_chain_along_a_road_is_left_out():
    chain = [at(east=40 * i) for i in range(60)]
    assert told(cut(crashes(*chain), Params(reach_m=100, least=3))) == []
    assert told(cut(crashes(*chain), Params(reach_m=100, least=3, longest_m=5000))) == [60]


def test_the_order_of_crashes_changes_nothing():
    rows = [at(east=east) for east in (0, 10, 20, 30, 2000, 2010, 2020, 2030)]
    one = cut(crashes(*rows), Params(reach_m=50, least=3))
    other = cut(crashes(*reversed(rows)), Params(reach_m=50, least=3))
    assert [(site.id, len(site.crash_ids)) for site in one] == [
        (site.id, len(site.crash_ids)) for site in other
    ]
    assert told(one) == [4, 4]


def test_clusters_are_found_in_each_zone_of_a_wide_country():
    far = [{"lon": 40.0 + i * 1e-4, "lat": 41.0} for i in range(5)]
    found = cut(crashes(*far, *(at(east=10 * i) for i in range(5))), Params(least=5))
    assert told(found) == [5, 5]
