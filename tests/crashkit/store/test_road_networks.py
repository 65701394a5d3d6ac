"""Networks of roads are kept as they are, and what crashes call their roads beside them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashkit.errors import NotFound, Refused
from crashkit.roads.corridors import Corridor, Section
from crashkit.roads.network import DATES, NUMBERS, TEXTS, Lines, network

LINE = [(70.0, 42.0), (70.5, 42.2)]


def roads(*keys, lines=None, equations=None, **columns):
    frame = pd.DataFrame({"road_key": list(keys), **columns})
    told = pd.DataFrame(equations or [], columns=["road_key", "back_m", "ahead_m"])
    return network(frame, Lines.of(lines or [LINE] * len(keys)), told, {"file": "r.geojson"})


def assert_equal(one, other):
    pd.testing.assert_frame_equal(one.stretches, other.stretches)
    pd.testing.assert_frame_equal(one.equations, other.equations, check_dtype=False)
    assert np.array_equal(one.lines.lonlat, other.lines.lonlat)
    assert np.array_equal(one.lines.offsets, other.lines.offsets)
    assert one.info == other.info


def test_a_network_is_kept_listed_loaded_and_removed(store):
    made = roads(
        "M-39",
        "А 7",
        lines=[LINE, None],
        equations=[("M-39", 12_400, 12_000)],
        aadt=[2300, None],
        from_m=[0, 5000],
        to_m=[45_000, 9000],
        valid_from=["2015-01-01", None],
        valid_to=["2019-12-31", None],
        level=[1, None],
    )
    store.save_roads("main", made, title="Main roads")
    (kept,) = store.road_networks()
    assert (kept.name, kept.title, kept.stretches, kept.info) == (
        *("main", "Main roads", 2),
        {"file": "r.geojson"},
    )
    assert kept.km == pytest.approx(made.stretches["length_m"].sum() / 1000)
    assert kept.versions == made.versions()
    assert store.road_network("main") == kept
    assert_equal(store.roads("main"), made)
    store.remove_roads("main")
    assert store.road_networks() == []
    for act in (store.roads, store.remove_roads, store.road_network):
        with pytest.raises(NotFound):
            act("main")


def test_a_network_is_replaced_only_where_that_was_said(store):
    store.save_roads("main", roads("A"))
    with pytest.raises(Refused, match="already"):
        store.save_roads("main", roads("B"))
    store.save_roads("main", roads("B", "C"), replace=True)
    assert store.roads("main").stretches["road_key"].tolist() == ["B", "C"]
    assert len(store.road_networks()) == 1
    with pytest.raises(Refused, match="name of 1 to 60"):
        store.save_roads("../x", roads("A"))


def test_an_alias_holds_for_this_file_and_the_next(store):
    store.save_roads("main", roads("M-39", "A"))
    store.save_road_alias("main", " Bishkek  – Osh ", "A")
    store.save_road_alias("main", "Bishkek – Osh", "M-39")
    store.save_road_alias("main", "М39 старая", "M-39")
    told = {"Bishkek – Osh": "M-39", "М39 старая": "M-39"}
    assert store.road_aliases("main") == store.road_network("main").aliases == told
    store.remove_roads("main")
    store.save_roads("main", roads("M-39"))
    assert store.road_aliases("main") == told
    store.save_roads("other", roads("M-39"))
    assert store.road_aliases("other") == {}
    store.remove_road_alias("main", "М39 старая")
    assert list(store.road_aliases("main")) == ["Bishkek – Osh"]


def test_an_alias_is_of_a_road_that_is_there_and_has_a_name(store):
    store.save_roads("main", roads("A", ""))
    for named, road in (("main", "B"), ("main", ""), ("other", "A")):
        with pytest.raises(NotFound):
            store.save_road_alias(named, "C", road)
    with pytest.raises(NotFound):
        store.remove_road_alias("main", "C")
    for name in ("", " ", "x" * 121, "a\0b"):
        with pytest.raises(Refused):
            store.save_road_alias("main", name, "A")


WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
NUMBER = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False, width=32))
DAY = st.one_of(st.none(), st.dates(min_value=date(1800, 1, 1)))
PLACES = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=4)
STRETCH = st.fixed_dictionaries(
    {name: WORD for name in TEXTS}
    | {name: NUMBER for name in NUMBERS}
    | {name: DAY for name in DATES}
    | {"line": st.one_of(st.none(), PLACES)}
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STRETCH, max_size=4))
def test_what_is_loaded_is_what_was_kept(store, rows):
    frame = pd.DataFrame(rows, columns=[*TEXTS, *NUMBERS, *DATES, "line"], dtype=object)
    for name in DATES:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    made = network(frame.drop(columns="line"), Lines.of(frame["line"].tolist()))
    store.save_roads("any", made, replace=True)
    assert_equal(store.roads("any"), made)


def test_corridors_are_kept_by_the_name_of_the_network_and_told_anew(store):
    store.save_roads("main", roads("A", ""))
    told = (
        Corridor("CAREC 1", (Section("A", 0.0, 1000.0), Section("B"))),
        Corridor("CAREC 3", (Section("A", 500.0),)),
    )
    store.save_road_corridors("main", told)
    assert store.road_corridors("main") == told
    store.save_roads("main", roads("A", ""), replace=True)
    assert store.road_corridors("main") == told
    store.save_road_corridors("main", told[1:])
    assert store.road_corridors("main") == told[1:]
    with pytest.raises(NotFound):
        store.save_road_corridors("other", told)
