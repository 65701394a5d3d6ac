"""One crash, one place: at a junction, on a link, or nowhere and why."""

import json
from collections import Counter

import numpy as np
import pytest
import recount
import sources
from hypothesis import given, settings
from hypothesis import strategies as st
from made_roads import HERE, at, crashes, off, roads

from crashkit.model import CrashData
from crashkit.roads import junctions, placing
from crashkit.roads.junctions import Junctions, Radii, derived
from crashkit.roads.placing import Rules, place
from crashkit.roads.snapping import snap
from crashkit.roads.topology import NOWHERE, build


def cross(**columns):
    """Two roads of 1 km that cross 500 m from here, in town."""
    lines = [
        [off(*HERE), off(*HERE, east=1000)],
        [off(*HERE, east=500, north=-500), off(*HERE, east=500, north=500)],
    ]
    told = {"road_key": ["M-1", "A-2"], "area_type": ["urban", "urban"]} | columns
    return roads(lines, **told)


def put(data, network=None, rules=placing.USUAL):
    network = network or cross()
    topology = build(network)
    return place(
        data, derived(topology), topology=topology, snapped=snap(network, data), rules=rules
    )


def told(found):
    rows = zip(found.junction.tolist(), found.link.tolist(), found.reason, strict=True)
    return [(one, link, tuple(placing.REASONS)[reason]) for one, link, reason in rows]


def test_a_crash_within_the_radius_is_at_the_junction_and_one_beyond_on_its_link():
    found = put(crashes(at(east=530), at(east=560), at(east=440, road_key="M-1")))
    assert told(found) == [(0, -1, "within"), (-1, 1, "between"), (-1, 0, "between")]
    assert found.along_m[1:] == pytest.approx([60, 440], rel=0.01)
    assert found.distance_m[0] == pytest.approx(30, abs=0.1)
    assert found.counts() == {"junction": 1, "link": 2, "none": 0}
    assert found.reasons() == {"within": 1, "between": 2}
    assert "No junction" in found.why(1).text


def test_the_radius_is_that_of_the_setting():
    rural = cross(area_type=["rural", "rural"])
    assert told(put(crashes(at(east=560)), rural)) == [(0, -1, "within")]
    narrow = Rules(Radii(urban_m=20))
    assert told(put(crashes(at(east=530)), rules=narrow))[0][0] == NOWHERE


def test_the_code_wins_over_distance():
    data = crashes(
        at(east=590, junction="signal"),
        at(east=610, junction="roundabout"),
        at(east=530, junction="none"),
        at(east=560, junction="none"),
        at(east=560, junction="ped_crossing"),
    )
    assert told(put(data)) == [
        (0, -1, "coded"),
        (-1, 1, "coded_alone"),
        (-1, 1, "away"),
        (-1, 1, "between"),
        (-1, 1, "between"),
    ]
    assert told(put(data, rules=Rules(trust_away=False)))[2] == (0, -1, "within")


def test_a_crash_between_two_roads_is_at_their_junction_or_nowhere():
    both = cross(road_key=["M-1", "A-2"])
    found = put(crashes(at(east=510, north=10), at(east=570, north=70)), both)
    assert told(found)[0] == (0, -1, "within")
    doubtful = roads(
        [[off(*HERE), off(*HERE, east=1000)], [off(*HERE, north=8), off(*HERE, north=8, east=900)]],
        road_key=["M-1", "A-2"],
    )
    assert told(put(crashes(at(east=500, north=4)), doubtful)) == [(-1, -1, "ambiguous")]


def test_a_crash_on_the_road_it_names_is_not_at_the_junction_under_its_bridge():
    under = [
        [off(*HERE), off(*HERE, east=1000)],
        [off(*HERE, east=500, north=-500), off(*HERE, east=500)],
        [off(*HERE, east=490, north=-500), off(*HERE, east=490, north=500)],
    ]
    network = roads(under, road_key=["A-2", "B-3", "M-1"], area_type=["urban"] * 3, level=[0, 0, 1])
    data = crashes(
        at(east=490, north=20, road_key="M-1"),
        at(east=490, north=20, road_key="M-1", junction="signal"),
        at(east=520, road_key="A-2"),
        at(east=520),
    )
    assert [row[2] for row in told(put(data, network))] == [
        "other_road",
        "coded",
        "within",
        "within",
    ]


def test_a_crash_that_contradicts_itself_has_no_place():
    far = cross(road_key=["M-1", "A-2"])
    found = put(crashes(at(east=510, road_key="A-2"), at(east=100, road_key="A-2")), far)
    assert [row[2] for row in told(found)] == ["within", "contradicts"]


def test_a_crash_without_a_point_is_placed_by_its_post():
    posted = cross(from_m=[0, 0], to_m=[1000, 1000])
    data = crashes(
        {"road_key": "M-1", "chainage_km": 0.49},
        {"road_key": "M-1", "chainage_km": 0.1},
        {"road_key": "M-1", "chainage_km": 7.0},
        {"road_key": None, "chainage_km": None},
    )
    assert told(put(data, posted)) == [
        (0, -1, "within"),
        (-1, 0, "between"),
        (-1, -1, "no_place"),
        (-1, -1, "no_place"),
    ]


def test_a_crash_far_from_any_road_has_no_place():
    assert told(put(crashes(at(east=5000)))) == [(-1, -1, "no_road")]


def test_a_crash_on_a_road_that_was_not_joined_has_no_link():
    network = cross()
    data = crashes(at(east=100))
    topology = build(network, stands=np.array([False, True]))
    found = place(data, derived(topology), topology=topology, snapped=snap(network, data))
    assert told(found) == [(-1, -1, "not_joined")]


def points(*spots, setting="urban"):
    """Junctions at so many metres east of here."""
    lon, lat = np.array([off(*HERE, east=east) for east in sorted(spots)]).reshape(-1, 2).T
    words = np.full(lon.size, "", dtype=object)
    settings_ = np.full(lon.size, setting, dtype=object)
    return Junctions(
        lon, lat, words, words, words, np.zeros(lon.size, int), settings_, np.empty(0, int)
    )


def test_junctions_alone_are_places_too_and_the_nearest_one_leads():
    found = place(crashes(at(east=40), at(east=70), at(east=200)), points(0, 60))
    assert told(found) == [(1, -1, "within"), (1, -1, "within"), (-1, -1, "no_road")]
    assert place(crashes(at(east=40)), points()).counts()["none"] == 1


def test_a_near_town_junction_does_not_hide_a_far_one_that_reaches_farther():
    mixed = points(0, 160)
    mixed.setting[1] = "rural"
    assert told(place(crashes(at(east=70)), mixed))[0][0] == 1


def test_places_are_found_again_for_crashes_cut_from_the_data():
    data = crashes(at(east=530), at(east=560), at(east=100))
    found = put(data)
    part = data.keep(np.array([True, False, True]))
    assert found.of(part).ids.tolist() == [1, 3]
    assert found.of(part).link.tolist() == [-1, 0]
    with pytest.raises(ValueError, match="not placed"):
        found.of(part).of(data)


def test_what_does_not_belong_together_is_refused():
    data = crashes(at(east=530))
    topology, other = build(cross()), cross().keep(np.array([0]))
    with pytest.raises(ValueError, match="both"):
        place(data, derived(topology), topology=topology)
    with pytest.raises(ValueError, match="one kind"):
        place(data, derived(topology), topology=topology, snapped=snap(other, data))


CODES = st.sampled_from([None, "none", "signal", "equal", "bridge", "unknown"])
ROWS = st.lists(
    st.tuples(
        st.floats(-100, 1100), st.floats(-300, 300), st.sampled_from(["M-1", "A-2", None]), CODES
    ),
    min_size=1,
    max_size=15,
)


@settings(max_examples=40)
@given(rows=ROWS, seed=st.randoms(use_true_random=False))
def test_every_crash_has_one_place_at_most_and_no_order_changes_it(rows, seed):
    made = [
        at(east=east, north=north, road_key=road, junction=code) for east, north, road, code in rows
    ]
    order = list(range(len(rows)))
    seed.shuffle(order)
    straight = put(crashes(*made))
    mixed = put(crashes(*(made[i] for i in order)), cross_turned())
    assert not ((straight.junction != NOWHERE) & (straight.link != NOWHERE)).any()
    assert sum(straight.counts().values()) == len(rows)
    assert sum(straight.reasons().values()) == len(rows)
    assert mixed.junction.tolist() == straight.junction[order].tolist()
    assert mixed.reason.tolist() == straight.reason[order].tolist()
    other = np.array([2, 3, 0, 1, NOWHERE])
    assert other[mixed.link].tolist() == straight.link[order].tolist()
    assert mixed.along_m == pytest.approx(straight.along_m[order], nan_ok=True)


def cross_turned():
    """The two roads in the other order."""
    return cross().keep(np.array([1, 0]))


def test_the_crashes_of_manchester_lie_at_the_junctions_of_trafford():
    (nodes,) = recount.paths("uk_roads_trafford", recount.TRAFFORD)
    points_ = junctions.read(json.loads(nodes.read_bytes()))
    assert points_.left_out == {"not_a_junction": 2356 + 439}
    assert Counter(points_.kind) == {"": 6107, "roundabout": 213}
    found = junctions.given(points_)
    batch = sources.imported("uk_stats19_manchester")
    frame = batch.crashes.assign(id=np.arange(1, len(batch.crashes) + 1))
    placed = place(CrashData(frame, batch.vehicles, batch.people, batch.period), found)
    assert placed.counts() == {"junction": 976, "link": 0, "none": 14669}
    names = found.source[placed.junction[placed.junction != NOWHERE]]
    assert Counter(names) == recount.at_junctions(50)
