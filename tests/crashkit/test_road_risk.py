from dataclasses import replace
from datetime import date

import made_roads
import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_crashes import made

from crashkit import geo, road_risk
from crashkit.errors import NotFound
from crashkit.model import Period
from crashkit.road_risk import AADT, CLASS, DENSITY, NOT_KNOWN, RATE, TOO_FEW
from crashkit.roads.snapping import snap

FIVE_YEARS = Period(date(2019, 1, 1), date(2023, 12, 31))
KM_EAST = 1 / 111.32
"""A kilometre along the equator, in degrees."""


def road(number, km=10.0, **words):
    line = {"type": "LineString", "coordinates": [[0, 0], [km * KM_EAST, 0]]}
    return {"type": "Feature", "geometry": line, "properties": {"road_number": number, **words}}


def layer(*features):
    return road_risk.network({"type": "FeatureCollection", "features": list(features)})


def crashes(*places):
    """Crashes of five years, each on a road, at a km post or none."""
    return made(
        [
            {"crash_date": "2021-05-05", "road_key": key, "chainage_km": km}
            for key, km in (
                place if isinstance(place, tuple) else (place, None) for place in places
            )
        ],
        period=FIVE_YEARS,
    )


def counts(found):
    return [one.crashes for one in found.roads]


def test_a_road_has_its_crashes_by_km_and_year():
    found = road_risk.paint(layer(road("M1"), road("M2")), crashes("M1", "M1", "M2"), DENSITY)
    assert counts(found) == [2, 1]
    assert found.values == pytest.approx([2 / 10 / 5, 1 / 10 / 5], rel=0.01)


def test_only_the_years_that_count_divide():
    apart = FIVE_YEARS.within(
        [(date(year, 1, 1), date(year, 12, 31)) for year in (2019, 2021, 2023)]
    )
    found = road_risk.paint(layer(road("M1")), crashes("M1").replace(period=apart), DENSITY)
    assert found.values == pytest.approx([1 / 10 / 3], rel=0.01)
    assert "Of these years only" in " ".join(map(str, found.notes))


def test_crashes_without_a_date_are_counted_and_not_divided_by_years():
    undated = replace(FIVE_YEARS, undated=True)
    network = layer(road("M1", aadt=5000))
    for way in (DENSITY, RATE):
        found = road_risk.paint(network, crashes("M1").replace(period=undated), way)
        assert (counts(found), found.values, found.levels) == ([1], (None,), (NOT_KNOWN,))
        assert "cannot be given" in str(found.notes[0])


def test_the_rate_is_by_a_hundred_million_vehicle_km():
    found = road_risk.paint(layer(road("M1", from_km=0, to_km=20, aadt=5000)), crashes("M1"), RATE)
    assert found.values[0] == pytest.approx(1e8 / (5000 * 365 * 5 * 20))
    assert any("× 365 ×" in str(note) for note in found.notes)


def test_a_road_in_sections_has_its_crashes_by_km_post():
    sections = layer(road("M1", from_km=0, to_km=10), road("M1", from_km=10, to_km=30))
    data = crashes(("M1", 0), ("M1", 9.99), ("M1", 10), ("M1", 30), ("M1", 31), "M1", "X9")
    found = road_risk.paint(sections, data, DENSITY)
    assert counts(found) == [2, 2]
    notes = [str(note) for note in found.notes]
    assert any("1 crash is on no road" in note for note in notes)
    assert any("2 crashes have no km post" in note for note in notes)


def test_two_carriageways_are_one_road():
    both = layer(road("M1", aadt=100), road("M1", aadt=300))
    found = road_risk.paint(both, crashes("M1", "M1"), DENSITY)
    assert len(found.roads) == 1
    assert found.roads[0].aadt == 200
    assert found.values == pytest.approx([2 / 20 / 5] * 2, rel=0.01)


def test_a_road_is_known_by_any_spelling_of_its_number():
    found = road_risk.paint(layer(road("М-39")), crashes("M-39", "M39", "m 39"), DENSITY)
    assert counts(found) == [3]


def test_roads_without_a_name_or_length_are_not_known():
    nowhere = road("M2")
    nowhere["geometry"]["coordinates"] = [[0, 0], [0, 0]]
    found = road_risk.paint(layer(road("M1"), road(None), nowhere), crashes("M1"), DENSITY)
    assert found.levels[1:] == (NOT_KNOWN, NOT_KNOWN)
    rated = road_risk.paint(layer(road("M1", aadt=5), road("M2")), crashes("M1"), RATE)
    assert rated.levels[1] == NOT_KNOWN


def test_crashes_that_name_no_road_are_told():
    found = road_risk.paint(layer(road("M1")), made([{"crash_date": "2021-05-05"}]), DENSITY)
    assert "name no road" in str(found.notes[-1])


def test_too_few_crashes_say_nothing():
    short = [road(f"L{n}", km=0.5) for n in range(5)]
    long = [road(f"M{n}", km=400) for n in range(5)]
    data = crashes(*["L0"], *[f"M{n}" for n in range(5) for _ in range(40 * (n + 1))])
    found = road_risk.paint(layer(*short, *long), data, DENSITY)
    assert found.levels[0] == TOO_FEW
    assert found.levels[1] == TOO_FEW
    assert found.levels[5] == 0
    assert found.levels[9] == len(found.steps) - 1


def test_traffic_is_in_fifths_of_the_length_at_round_numbers():
    roads = [road(f"M{n}", aadt=1000 + 997 * n) for n in range(10)]
    found = road_risk.paint(layer(*roads, road("M99")), crashes("M1"), AADT)
    lows = [step.low for step in found.steps]
    assert lows[0] is None
    assert lows[1:] == [float(f"{low:.2g}") for low in lows[1:]]
    assert np.bincount(np.array(found.levels[:10])).tolist() == [2, 2, 2, 2, 2]
    assert found.levels[10] == NOT_KNOWN


def test_classes_go_by_their_length_and_the_rarest_share_a_colour():
    roads = [road(f"M{n}", km=50 - n, road_class=f"c{n}") for n in range(9)]
    found = road_risk.paint(layer(*roads, road("X")), crashes("M1"), CLASS)
    assert [step.class_ for step in found.steps] == ["c0", "c1", "c2", "c3", "c4", ""]
    assert found.levels == (0, 1, 2, 3, 4, 5, 5, 5, 5, NOT_KNOWN)


def test_a_layer_offers_what_its_roads_tell():
    assert layer().ways == ()
    assert layer(road("M1")).ways == (DENSITY,)
    assert layer(road("M1", aadt=3, fclass="x")).ways == (CLASS, AADT, DENSITY, RATE)
    with pytest.raises(NotFound):
        road_risk.paint(layer(road("M1")), crashes("M1"), RATE)


def test_words_that_are_no_numbers_are_none():
    odd = layer(road("M1", aadt="many", from_km="x", to_km=None), road("M2", aadt="4,5"))
    found = road_risk.paint(odd, crashes("M1"), AADT)
    assert found.values == (None, 4.5)


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 40) | st.none()), max_size=30),
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 30), st.integers(1, 9)), max_size=6),
)
def test_every_crash_is_counted_once_or_told(places, sections):
    roads = [road(f"M{name}", from_km=a, to_km=a + b) for name, a, b in sections]
    data = crashes(("M1", 1.0), *[(f"M{name}", km) for name, km in places])
    if not roads:
        return
    found = road_risk.paint(layer(*roads), data, DENSITY)
    told = sum(note.values["n"] for note in found.notes if "n" in note.values)
    assert sum(counts(found)) + told == len(data)


# ------------------------------------------------------- of a kept network

STREET = [made_roads.line(long=100.0), made_roads.line(east=100.0, long=300.0)]
FAR = [made_roads.line(north=900.0), made_roads.line(north=1800.0)]


def of_network(lines, **columns):
    network = made_roads.roads(lines, **columns)
    return road_risk.of_network(network, np.ones(len(network), bool)), network


def test_stretches_of_one_name_that_hang_together_are_one_road():
    names = {"road_key": ["A", "A", "A", ""], "road_name": ["Silk", "Silk", "Silk", ""]}
    found, _ = of_network([*STREET, *FAR], **names)
    assert [road.lines for road in found.roads] == [(0, 1), (2,), (3,)]
    assert [road.key for road in found.roads] == ["Silk", "Silk", ""]
    assert found.roads[0].length_km == pytest.approx(0.4, rel=1e-3)


@pytest.mark.parametrize(
    "columns",
    [
        {"road_class": ["local", "street"]},
        {"aadt": [100.0, 200.0]},
        {"direction": ["inc", "dec"]},
        {"from_m": [0, 100], "to_m": [100, 400]},
    ],
)
def test_a_road_ends_where_it_becomes_another(columns):
    found, _ = of_network(STREET, road_key=["A", "A"], **columns)
    assert [road.lines for road in found.roads] == [(0,), (1,)]


def test_stretches_that_do_not_stand_are_no_roads():
    network = made_roads.roads(STREET, road_key=["A", "A"])
    found = road_risk.of_network(network, np.array([False, True]))
    assert [road.lines for road in found.roads] == [(1,)]
    assert road_risk.of_network(network, np.zeros(2, bool)).roads == ()


def test_crashes_count_on_the_road_they_were_put_on_and_the_others_are_told():
    found, network = of_network([*STREET, *FAR], road_key=["A", "A", "B", "C"], aadt=1000.0)
    data = made_roads.crashes(
        *[made_roads.at(east=east) for east in (10.0, 50.0, 250.0)],
        made_roads.at(north=901.0),
        made_roads.at(north=9000.0),
    )
    painted = road_risk.paint_network(found, data, DENSITY, snap(network, data))
    assert counts(painted) == [3, 1, 0]
    years = made_roads.PERIOD.years
    assert painted.values[1] == pytest.approx(3 / 0.4 / years, rel=1e-3)
    assert "1 crash is not counted" in " ".join(map(str, painted.notes))
    plain = road_risk.paint_network(found, data, AADT)
    assert plain.values == (1000.0,) * 4
    with pytest.raises(NotFound):
        road_risk.paint_network(found, data, CLASS)


def test_tiles_have_the_number_and_the_name_of_the_road():
    names = {"road_key": ["A", "A", "B", ""], "road_number": ["A 1", "A 1", "", ""]}
    found, network = of_network([*STREET, *FAR], **names)
    content = road_risk.tiles_of(found, network.lines, ["x", "x", "y", "z"]).tile(0, 0, 0)
    assert content == b""
    zoom, (lon, lat) = 12, made_roads.HERE
    x, y = (int(one[0] * 2**zoom) for one in geo.mercator(np.array([lon]), np.array([lat])))
    content = road_risk.tiles_of(found, network.lines, ["x", "x", "y", "z"]).tile(zoom, x, y)
    lines = mapbox_vector_tile.decode(content)["lines"]["features"]
    told = {(one["id"], one["properties"]["name"], one["properties"]["shade"]) for one in lines}
    assert told == {(1, "A 1", "x"), (2, "", "y"), (3, "", "z")}
