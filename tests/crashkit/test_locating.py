"""The queue of crashes that wait for a place, and where each may have been."""

from __future__ import annotations

from datetime import date

import kept_crashes
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import geo, locating
from crashkit.errors import NotFound
from crashkit.model import CrashData, Period
from crashkit.store import Store

PERIOD = Period(date(2020, 1, 1), date(2024, 12, 31))
NOWHERE = {"lon": np.nan, "lat": np.nan}


def data(*rows):
    """Make crashes of these fields; ids count from 1."""
    frame = pd.DataFrame([{"crash_date": "2021-02-03", **row} for row in rows])
    frame["crash_date"] = pd.to_datetime(frame["crash_date"]).astype("datetime64[s]")
    frame.insert(0, "id", range(1, len(frame) + 1))
    none = pd.DataFrame({"crash": np.array([], dtype=np.int64)})
    return CrashData(frame, none, none, PERIOD)


def on_road(km, *, road="M-39", lon=None, **more):
    """A crash on a road that runs straight east; 0.012 degrees are one kilometre here."""
    x, _ = geo.moved(70.0, 41.0, east_m=km * 1000, north_m=0)
    place = NOWHERE if lon is None else {"lon": x, "lat": 41.0}
    return {"road_key": road, "chainage_km": km, "chainage_accuracy_m": 5.0, **place, **more}


def ids(found):
    return [one.id for one in found]


# ------------------------------------------------------------------- the queue


def test_only_crashes_without_a_sure_place_wait():
    found = locating.queue(
        data(
            {"lon": 70.0, "lat": 41.0},
            {"lon": 70.0, "lat": 41.0, "coord_accuracy_m": 500.0},
            {"lon": 70.0, "lat": 41.0, "coord_accuracy_m": 50.0},
            NOWHERE,
            {"lon": 70.0, "lat": np.nan},
        )
    )
    assert sorted(ids(found)) == [2, 4, 5]
    why = {one.id: str(one.why) for one in found}
    assert why[4] == "It has no coordinates."
    assert "500 m" in why[2]


@pytest.mark.parametrize(
    ("flag", "said"), [("no_place", "too rough"), ("outside", "outside the area"), (None, "has no")]
)
def test_a_refused_point_is_not_called_an_absent_one(flag, said):
    (found,) = locating.queue(data({**NOWHERE, "location_flag": flag}))
    assert said in str(found.why)


def test_fatal_and_serious_come_first_then_those_with_most_crashes_around():
    rows = [
        {**NOWHERE, "severity": "slight"},
        {**NOWHERE, "severity": "serious"},
        {**NOWHERE, "severity": "fatal"},
        on_road(10.0, severity="slight"),
        on_road(10.4, severity="slight", lon=1),
        on_road(10.9, severity="slight", lon=1),
        on_road(30.0, severity="slight"),
        {**NOWHERE, "severity": None},
    ]
    found = locating.queue(data(*rows))
    assert ids(found) == [3, 2, 4, 1, 7, 8]
    assert [one.around for one in found] == [0, 0, 2, 0, 0, 0]
    assert found[-1].severity == "unknown"


def test_crashes_on_another_road_or_farther_than_a_kilometre_are_not_around():
    rows = [on_road(10.0), on_road(11.0), on_road(11.1), on_road(10.0, road="M-41")]
    assert {one.id: one.around for one in locating.queue(data(*rows))} == {1: 1, 2: 2, 3: 1, 4: 0}


def test_crashes_at_a_place_of_the_same_words_are_around():
    words = {"place": "Osh", "road_key": "Lenina"}
    rows = [
        {**NOWHERE, **words},
        {**NOWHERE, **words, "place": " OSH "},
        {**NOWHERE, "place": "Osh"},
    ]
    assert {one.id: one.around for one in locating.queue(data(*rows))} == {1: 1, 2: 1, 3: 0}


def test_data_that_are_all_located_or_empty_have_no_queue():
    assert locating.queue(data({"lon": 70.0, "lat": 41.0})) == ()
    assert locating.queue(data(NOWHERE).keep(np.array([False]))) == ()


def test_the_order_of_the_rows_changes_nothing_but_ids(tmp_path):
    rows = [
        *kept_crashes.road(),
        *({**one, "lon": None, "lat": None} for one in kept_crashes.road()),
    ]
    with Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as store:
        kept_crashes.keep(store, rows, "one", keys=[f"{n:03d}" for n in range(48)])
        kept_crashes.keep(store, rows[::-1], "two", keys=[f"{47 - n:03d}" for n in range(48)])
        assert locating.queue(store.load("one")) == locating.queue(store.load("two"))


# ------------------------------------------------------------------ suggestions


def test_a_crash_is_placed_between_its_neighbours_on_the_road():
    there = data(on_road(10.0, lon=1), on_road(10.5), on_road(11.0, lon=1), on_road(40.0, lon=1))
    found = locating.suggest(there, 2)
    true, _ = geo.moved(70.0, 41.0, east_m=10_500, north_m=0)
    assert geo.distance_m(found.lon, found.lat, true, 41.0) < 5
    assert (found.source, found.accuracy_m) == ("linear_ref", 110.0)
    assert str(found.why) == "Located from km 10.500 of M-39, between the crashes 1 and 3."


@pytest.mark.parametrize("km", [9.0, 45.0])
def test_beyond_the_last_neighbour_or_far_from_any_nothing_is_suggested(km):
    assert (
        locating.suggest(data(on_road(10.0, lon=1), on_road(20.0, lon=1), on_road(km)), 3) is None
    )


def test_a_bend_between_neighbours_makes_the_suggestion_rough():
    bent = [on_road(10.0, lon=1), on_road(10.5), {**on_road(11.4), "lon": 70.131, "lat": 41.0}]
    straight = locating.suggest(data(on_road(10.0, lon=1), on_road(10.5), on_road(11.4, lon=1)), 2)
    found = locating.suggest(data(*bent), 2)
    assert found.accuracy_m > straight.accuracy_m


def test_a_rough_km_post_makes_the_suggestion_rough():
    rows = [on_road(10.0, lon=1), on_road(10.5, chainage_accuracy_m=500.0), on_road(11.0, lon=1)]
    assert locating.suggest(data(*rows), 2).accuracy_m >= 500


def test_neighbours_farther_apart_than_their_km_posts_are_not_believed():
    rows = [on_road(10.0, lon=1), on_road(10.5), {**on_road(11.0), "lon": 71.0, "lat": 41.0}]
    assert locating.suggest(data(*rows), 2) is None


def test_a_crash_placed_as_well_as_its_post_allows_waits_no_more_and_helps_nobody():
    rough = {"coord_source": "linear_ref", "coord_accuracy_m": 900.0}
    there = data(on_road(10.0, lon=1, **rough), on_road(10.5), on_road(11.0, lon=1, **rough))
    assert ids(locating.queue(there)) == [2]
    assert locating.suggest(there, 2) is None


def test_a_doubtful_neighbour_helps_nobody():
    rows = [on_road(10.0, lon=1), on_road(10.5), on_road(11.0, lon=1, coord_accuracy_m=1000.0)]
    assert locating.suggest(data(*rows), 2) is None


def test_a_crash_is_placed_amid_those_at_a_place_of_the_same_words():
    words = {"place": "Osh", "road_key": "Lenina"}
    rows = [
        {"lon": 70.000, "lat": 41.0, **words},
        {"lon": 70.002, "lat": 41.0, **words},
        {"lon": 70.004, "lat": 41.0, **words},
        {**NOWHERE, **words},
        {**NOWHERE, "place": "Osh"},
        {**NOWHERE, "place": "Naryn"},
        NOWHERE,
    ]
    found = locating.suggest(data(*rows), 4)
    assert (found.lon, found.lat, found.source) == (70.002, 41.0, "geocoded")
    assert 130 <= found.accuracy_m <= 180
    assert str(found.why) == "Located from 3 crashes at the same place: Osh, Lenina."
    assert locating.suggest(data(*rows), 5).source == "place_centroid"
    assert locating.suggest(data(*rows), 6) is None
    assert locating.suggest(data(*rows), 7) is None


def test_a_place_as_wide_as_a_district_places_nothing():
    rows = [{"lon": 70 + i / 10, "lat": 41.0, "place": "Osh"} for i in range(5)]
    assert locating.suggest(data(*rows, {**NOWHERE, "place": "Osh"}), 6) is None


def test_a_crash_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        locating.suggest(data(NOWHERE), 2)


@settings(deadline=None)
@given(st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=6), st.floats(0, 2 * np.pi))
def test_the_true_place_lies_within_the_accuracy(steps, turn):
    """A road of straight pieces with any bends: the suggestion is never surer than it can be."""
    heading, point, km, posts = 0.0, (70.0, 41.0), 0.0, []
    for number, step in enumerate([0.2, *steps, 0.2]):
        heading += turn * number
        east, north = 1000 * step * np.cos(heading), 1000 * step * np.sin(heading)
        point = geo.moved(*point, east_m=float(east), north_m=float(north))
        km += step
        posts.append((km, point))
    lost = len(posts) // 2
    rows = [
        {
            "road_key": "M-39",
            "chainage_km": at,
            "chainage_accuracy_m": 5.0,
            "lon": np.nan if number == lost else lon,
            "lat": np.nan if number == lost else lat,
        }
        for number, (at, (lon, lat)) in enumerate(posts)
    ]
    found = locating.suggest(data(*rows), lost + 1)
    if found is not None:
        assert geo.distance_m(found.lon, found.lat, *posts[lost][1]) <= found.accuracy_m + 1
