"""Chainage equations in the browser: told one by one, removed, and heeded at once."""

import kept_crashes
import pandas as pd
import pytest

from crashkit.roads.network import Lines, network

HERE = "/roads/main/equations"
LINES = [[(69.0, 41.0), (69.2, 41.0)], [(69.2, 41.0), (69.9, 41.0)]]


@pytest.fixture(autouse=True)
def roads(store):
    frame = pd.DataFrame(
        {
            "road_key": "M-39",
            "road_number": "<b>M 39</b>",
            "from_m": [0, 15_000],
            "to_m": [20_000, 90_000],
        },
        index=[0, 1],
    )
    store.save_roads("main", network(frame, Lines.of(LINES)), title="Main")


def add(aida, road="M39", back_km="20", ahead_km="15"):
    return aida.send(HERE, {"road": road, "back_km": back_km, "ahead_km": ahead_km})


def kept(aida):
    return [tuple(one.values()) for one in aida.get(f"{HERE}.json").json["equations"]]


def test_an_equation_is_added_and_removed(aida, store):
    assert f'href="{HERE}"' in aida.see("/roads")
    assert "None yet" in aida.see(HERE)
    before = store.road_network("main").at
    assert add(aida, ahead_km="15,0").status_code == 303
    assert kept(aida) == [("M-39", 20, 15, False)]
    # The network is another one now: whatever was worked out for it is worked out anew.
    assert store.road_network("main").at > before
    add(aida, back_km="77", ahead_km="99.5")
    page = aida.see(HERE)
    assert page.count("The road has no such km posts") == 1
    assert "99.5" in page
    assert "M-39,20.0,15.0" in aida.see(f"{HERE}.csv")
    aida.send(HERE, {"do": "remove", "place": "0"})
    assert kept(aida) == [("M-39", 77, 99.5, True)]
    assert aida.send(HERE, {"do": "remove", "place": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ({"back_km": "x"}, 400, "x is no number of kilometres"),
        ({"ahead_km": ""}, 400, "no number of kilometres"),
        ({"back_km": "15"}, 400, "nothing jumps"),
        ({"road": "A 1"}, 404, "has no road"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_changes(aida, words, status, said):
    answer = add(aida, **words)
    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)
    assert kept(aida) == []


def test_one_km_post_of_a_road_jumps_once(aida):
    add(aida)
    assert "told already" in add(aida, ahead_km="14").get_data(as_text=True)
    assert len(kept(aida)) == 1


def test_crashes_are_put_on_the_road_anew(aida, store):
    rows = [{**row, "lon": None, "lat": None} for row in kept_crashes.road()]
    kept_crashes.keep(store, rows)
    once = aida.get("/d/mine/on-roads.json").json["reasons"]
    assert [one["reason"] for one in once] == ["post"]
    add(aida, back_km="30.2", ahead_km="30")
    found = aida.get("/d/mine/on-roads.json").json["reasons"]
    assert "post_twice" in [one["reason"] for one in found]
