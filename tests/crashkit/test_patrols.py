"""Places for a patrol: which are drawn from, by which chance, and that the draw keeps it."""

import numpy as np
import pytest
from invented import tiny
from made_crashes import made

from crashkit import patrols, report
from crashkit.patrols import Shift

EIGHT = {"from": "22", "hours": "8", "places": "2", "seed": "7"}


def at(road: str, km: float, *times: str):
    return [{"road_key": road, "chainage_km": km, "crash_time": t} for t in times]


def several():
    return made(
        [
            *at("M1", 3.2, "22:00", "23:59", "05:59"),
            *at("M1", 3.9, "02:00", "06:00", "21:59"),
            *at("M1", 4.0, "00:10", "01:20"),
            *at("M2", 3.5, "03:00"),
            *at("M2", 3.6, ""),
            {"lon": 69.2, "lat": 41.3, "crash_time": "23:00", "place": "Osh"},
            {"lon": 69.2001, "lat": 41.3001, "crash_time": "04:00", "place": "Osh"},
            {"crash_time": "04:00"},
        ]
    )


def test_a_shift_goes_on_after_midnight_and_ends_before_its_last_hour():
    shift = Shift(22, 8)
    hours = np.array([21.0, 22, 23, 0, 5, 6, np.nan])
    assert shift.holds(hours).tolist() == [False, True, True, True, True, False, False]
    assert (shift.until, shift.in_order[:3], shift.crosses_midnight) == (6, (22, 23, 0), True)
    assert not Shift(16, 8).crosses_midnight
    assert Shift(5, 24).holds(np.arange(24.0)).all()


def test_places_are_kilometres_and_squares_and_each_crash_lies_in_one():
    found = patrols.plan(several(), EIGHT)
    assert (len(found.crashes), found.unknown_hour, found.unplaced) == (10, 1, 1)
    assert (found.found, found.frame, found.least, found.in_frame) == (4, 3, 2, 8)
    every = patrols.plan(several(), {**EIGHT, "places": "9"})
    told = {str(patrols.name(one))[:15]: len(one.crashes) for one in every.spots}
    assert told == {"M1, km 3 to 4": 4, "M1, km 4 to 5": 2, "Osh, near 41.30": 2}
    assert [one.chance for one in every.spots] == [1.0, 1.0, 1.0]


def test_the_chance_is_in_proportion_to_the_crashes():
    found = patrols.plan(several(), EIGHT)
    chances = {str(patrols.name(one)): one.chance for one in found.spots}
    assert chances["M1, km 3 to 4"] == 1.0
    assert found.certain == 1
    assert patrols.inclusion(np.array([1.0, 2, 3, 4]), 1) == pytest.approx([0.1, 0.2, 0.3, 0.4])
    chances = patrols.inclusion(np.array([10.0, 1, 1, 2]), 3)
    assert chances == pytest.approx([1.0, 0.5, 0.5, 1.0])
    assert patrols.inclusion(np.array([5.0]), 3).tolist() == [1.0]


def test_over_many_seeds_each_place_comes_as_often_as_its_chance_says():
    chances = patrols.inclusion(np.array([9.0, 5, 4, 3, 3, 2, 2, 2]), 4)
    taken = np.zeros(8)
    draws = 4000
    for seed in range(1, draws + 1):
        drawn = patrols.draw(chances, seed)
        assert len(set(drawn)) == len(drawn) == 4
        taken[drawn] += 1
    four_errors = 4 * np.sqrt(chances * (1 - chances) / draws)
    assert (np.abs(taken / draws - chances) <= four_errors + 1e-12).all()
    assert (taken[chances == 1] == draws).all()


def test_the_same_seed_draws_the_same_places_in_the_same_order_and_another_others():
    chances = patrols.inclusion(np.arange(2.0, 40.0), 6)
    assert patrols.draw(chances, 5) == patrols.draw(chances, 5)
    assert len({tuple(patrols.draw(chances, seed)) for seed in range(20)}) == 20


def test_the_frame_parts_no_places_of_the_same_count_and_holds_none_of_one_crash():
    counts = np.array([9, 1, 3, 3, 3, 2, 3, 3])
    assert patrols.frame(counts, 1).tolist() == [0, 2, 3, 4, 6, 7]
    assert patrols.frame(counts, 9).tolist() == [0, 2, 3, 4, 5, 6, 7]
    assert patrols.frame(np.array([1, 1]), 1).tolist() == []
    assert patrols.frame(np.array([], dtype=np.int64), 1).tolist() == []


def test_without_hours_or_places_nothing_is_drawn():
    for told in ("| severity |\n| fatal |", "| crash_time | lon | lat |\n| 23:00 | 69 | 41 |"):
        found = patrols.plan(tiny(told), {})
        assert (found.spots, found.frame, found.least) == ((), 0, 0)


def test_the_point_of_a_place_is_that_of_a_crash_there():
    points = [(69.2, 41.3), (69.2001, 41.3001), (69.2009, 41.3002)]
    data = made([{"lon": x, "lat": y, "crash_time": "23:10"} for x, y in points])
    (spot,) = patrols.plan(data, EIGHT).spots
    assert patrols.middle(spot) == (69.2001, 41.3001)


def test_what_is_usual_is_what_the_sheet_offers():
    options = report.kinds()["patrol_sheet"].options
    assert {one.name: one.usual for one in options} == patrols.USUAL
