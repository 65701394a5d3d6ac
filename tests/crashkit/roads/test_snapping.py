"""Crashes put on roads: which road, how sure, and why."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_roads import GEOD, TWO, at, crashes, line, roads

from crashkit.roads import snapping
from crashkit.roads.snapping import snap


def told(found):
    return [
        (int(stretch), snapping.GRADES[grade], tuple(snapping.REASONS)[reason])
        for stretch, grade, reason in zip(found.stretch, found.grade, found.reason, strict=True)
    ]


def test_the_road_a_crash_names_leads_over_the_nearer_one():
    found = snap(TWO, crashes(at(north=5, road_key="A-2"), at(north=5, road_key="M-1")))
    assert told(found) == [(1, "fair", "named_off"), (0, "good", "named")]
    assert found.distance_m == pytest.approx([35, 5], abs=0.2)


def test_two_roads_as_near_are_ambiguous_without_a_name_and_one_alone_is_good():
    found = snap(TWO, crashes(at(north=18), at(north=-10), at(north=-100), at(north=-400)))
    assert told(found) == [
        (0, "ambiguous", "rivals"),
        (0, "good", "alone"),
        (0, "fair", "alone_off"),
        (-1, "unmatched", "nothing_near"),
    ]


def test_two_stretches_of_one_road_are_no_rivals():
    made = roads([line(long=5000), line(east=5000)], road_key=["M-1", "M-1"])
    assert told(snap(made, crashes(at(north=4))))[0][1:] == ("good", "alone")


def test_a_road_named_elsewhere_or_by_a_name_nobody_has_is_not_certain():
    far = roads([line(), line(north=5000)], road_key=["M-1", "A-2"])
    found = snap(far, crashes(at(road_key="A-2"), at(road_key="Lenin Street")))
    assert told(found) == [
        (0, "ambiguous", "named_elsewhere"),
        (0, "fair", "name_unknown"),
    ]


def test_a_road_has_several_names():
    made = roads([line()], road_key=["M-1"], road_number=["M-1; E40"], road_name=["Silk Road"])
    found = snap(made, crashes(*(at(road_key=name) for name in ("M1", "e 40", "SILK ROAD"))))
    assert {one[1:] for one in told(found)} == {("good", "named")}


def test_an_alias_says_which_road_is_meant():
    rows = crashes(at(north=-25, road_key="Osh Highway"), at(north=-25, road_key="osh  highway"))
    assert told(snap(TWO, rows))[0][2] == "name_unknown"
    found = snap(TWO, rows, aliases={"OSH HIGHWAY": "M-1"})
    assert told(found) == [(0, "good", "named")] * 2


def test_a_crash_without_a_point_is_placed_by_its_km_post():
    found = snap(
        TWO,
        crashes(
            {"road_key": "A-2", "chainage_km": 2.5},
            {"road_key": "A-2", "chainage_km": 12.0},
            {"road_key": "Z-9", "chainage_km": 1.0},
            {"road_key": "A-2", "chainage_km": None},
        ),
    )
    assert told(found) == [
        (1, "good", "post"),
        (-1, "unmatched", "post_beyond"),
        (-1, "unmatched", "road_unknown"),
        (-1, "unmatched", "no_place"),
    ]
    assert found.share[0] == pytest.approx(0.25)
    assert found.posts_m()[0] == pytest.approx(2500)


def test_a_post_carried_twice_is_ambiguous():
    made = roads(
        [line(), line(north=9000)], road_key=["M-1", "M-1"], from_m=[0, 0], to_m=[10000, 10000]
    )
    found = snap(made, crashes({"road_key": "M-1", "chainage_km": 3.0}))
    assert told(found)[0][1:] == ("ambiguous", "post_twice")


def test_a_post_far_from_the_point_is_told():
    near, far = at(road_key="M-1", chainage_km=5.8), at(road_key="M-1", chainage_km=7.5)
    found = snap(TWO, crashes(near, far))
    assert [one[1:] for one in told(found)] == [("good", "named"), ("fair", "post_differs")]


def test_the_direction_chooses_the_carriageway():
    made = roads([line(), line(north=30)], road_key="M-1", direction=["inc", "dec"])
    found = snap(
        made,
        crashes(
            at(north=10, road_key="M-1", direction="dec"),
            at(north=10, road_key="M-1", direction="inc"),
            at(north=10, road_key="M-1", direction="unknown"),
        ),
    )
    assert found.stretch.tolist() == [1, 0, 0]


def test_a_crash_lies_on_the_road_of_its_day():
    made = roads(
        [line(), line(north=60)],
        road_key="M-1",
        valid_from=[None, "2021-07-01"],
        valid_to=["2021-06-30", None],
    )
    days = ("2021-06-30", "2021-07-01")
    found = snap(made, crashes(*(at(north=30, crash_date=day) for day in days)))
    assert found.stretch.tolist() == [0, 1]


def test_where_no_road_stands_every_crash_says_so():
    rows = (at(), {"road_key": "M-1", "chainage_km": 1.0}, {"road_key": "M-1"})
    reasons = {"nothing_near": 1, "road_unknown": 1, "no_place": 1}
    assert snap(roads([], road_key=[]), crashes(*rows)).reasons() == reasons
    gone = roads([line()], road_key="M-1", valid_to=["2019-12-31"])
    assert snap(gone, crashes(*rows)).reasons() == reasons


def test_a_point_is_as_near_as_a_geodesic_says_in_any_zone():
    chance = np.random.default_rng(7)
    begins = chance.uniform([40, 20], [130, 55], (60, 2))
    ends = begins + chance.uniform(-0.01, 0.01, (60, 2))
    made = roads(list(np.stack([begins, ends], axis=1)), road_key=[f"R{i}" for i in range(60)])
    middle = (begins + ends) / 2
    places = [
        GEOD.fwd(*one, turn, 120)
        for one, turn in zip(middle, chance.uniform(0, 360, 60), strict=True)
    ]
    found = snap(made, crashes(*({"lon": lon, "lat": lat} for lon, lat, _ in places)))
    assert found.stretch.tolist() == list(range(60))
    lon, lat = snapping.linear.along(found.network.lines, found.stretch, found.share)
    plain = [
        GEOD.inv(*place[:2], *foot)[2]
        for place, foot in zip(places, zip(lon, lat, strict=True), strict=True)
    ]
    assert found.distance_m == pytest.approx(plain, rel=2e-3, abs=0.1)


@settings(max_examples=25)
@given(
    places=st.lists(
        st.tuples(
            st.floats(-300, 300), st.floats(-100, 10100), st.sampled_from(["M-1", "A-2", None])
        ),
        min_size=1,
        max_size=12,
    ),
    seed=st.randoms(use_true_random=False),
)
def test_the_order_of_crashes_changes_nothing(places, seed):
    rows = [at(north=north, east=east, road_key=road) for north, east, road in places]
    order = list(range(len(rows)))
    seed.shuffle(order)
    straight = snap(TWO, crashes(*rows))
    mixed = snap(TWO, crashes(*(rows[i] for i in order)))
    assert mixed.stretch.tolist() == straight.stretch[order].tolist()
    assert mixed.reason.tolist() == straight.reason[order].tolist()


def test_every_reason_has_one_grade_and_a_sentence():
    assert len(snapping._GRADES) == len(snapping.REASONS)
    found = snap(TWO, crashes(at(north=-10)))
    assert found.counts() == {"good": 1, "fair": 0, "ambiguous": 0, "unmatched": 0}
    assert found.reasons() == {"alone": 1}
    assert "no other" in found.why(0).text


def test_crashes_may_lie_on_a_network_whose_rectangle_holds_them_or_that_knows_their_road():
    data = crashes(
        at(north=-10),
        at(north=900_000),
        at(north=900_000, road_key="M-1"),
        {"road_key": "M 1"},
        {"road_key": "Lenin Street"},
        {},
    )
    assert snapping.share_in_reach(data, TWO) == pytest.approx(2 / 6)
    named = snapping.share_in_reach(data, TWO, {"lenin street": "A-2"})
    assert named == pytest.approx(3 / 6)
    assert snapping.share_in_reach(crashes(at(north=900_000)), TWO) == 0
