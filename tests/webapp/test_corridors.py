"""Corridors in the browser: told section by section or by a table, drawn, shared, screened."""

import io

import kept_crashes
import pandas as pd
import pytest

from crashkit.roads.network import Lines, network

LINES = [[(69.0, 41.0), (69.9, 41.0)], [(69.0, 41.2), (69.9, 41.2)]]
HERE = "/roads/main/corridors"


@pytest.fixture(autouse=True)
def roads(store):
    frame = pd.DataFrame(
        {
            "road_key": ["M39", "A2"],
            "road_number": ["M39", "<b>A2</b>"],
            "from_m": [0, 0],
            "to_m": [90_000, 90_000],
        }
    )
    store.save_roads("main", network(frame, Lines.of(LINES)), title="Main <i>roads</i>")


def add(aida, corridor="CAREC 1", road="M39", **words):
    return aida.send(HERE, {"do": "add", "corridor": corridor, "road": road, **words})


def kept(aida):
    found = aida.get(f"{HERE}.json").json
    return {
        one["corridor"]: [tuple(part.values()) for part in one["sections"]]
        for one in found["corridors"]
    }


def test_a_network_without_corridors_says_how_to_tell_them(aida):
    assert f'href="{HERE}"' in aida.see("/roads")
    page = aida.see(HERE)
    assert "None yet" in page
    assert "data-map" not in page
    assert '<option value="M39">' in page
    assert aida.get("/roads/other/corridors").status_code == 404


def test_sections_are_added_taken_out_and_corridors_renamed_and_removed(aida):
    assert add(aida, from_km="10", to_km="12,5").status_code == 303
    add(aida, road="<b>A2</b>")
    add(aida, corridor="CAREC 3", road="X 9")
    page = aida.see(HERE)
    assert "km 10 to 12.5" in page
    assert "&lt;b&gt;A2&lt;/b&gt;</bdi>, the whole road" in page
    assert "The network lacks: X 9" in page
    aida.send(HERE, {"do": "rename", "corridor": "CAREC 1", "to": "East"})
    aida.send(HERE, {"do": "remove", "corridor": "East", "section": "1"})
    assert kept(aida) == {"East": [("M39", 10, 12.5)], "CAREC 3": [("X 9", None, None)]}
    aida.send(HERE, {"do": "remove", "corridor": "East"})
    assert list(kept(aida)) == ["CAREC 3"]
    assert aida.send(HERE, {"do": "remove", "corridor": "East"}).status_code == 404


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"from_km": "x"}, "no number of kilometres"),
        ({"corridor": " "}, "1 to 100 signs"),
        ({"road": " "}, "which road"),
        ({"do": "rename", "to": "CAREC 3"}, "already a corridor"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_changes(aida, words, said):
    add(aida)
    add(aida, corridor="CAREC 3")
    before = kept(aida)
    answer = aida.send(HERE, {"do": "add", "corridor": "CAREC 1", "road": "M39", **words})
    assert answer.status_code == 400
    assert said in answer.get_data(as_text=True)
    assert kept(aida) == before


def test_the_map_has_a_line_for_each_corridor_and_shared_sections_are_told(aida):
    add(aida, from_km="10", to_km="30")
    add(aida, corridor="CAREC 3", from_km="20")
    page = aida.see(HERE)
    assert "corridors.geojson?name=CAREC+1" in page
    assert "Sections of two corridors" in page
    found = aida.get(f"{HERE}.geojson?name=CAREC+1").get_json(force=True)
    (feature,) = found["features"]
    assert feature["properties"] == {"name": "CAREC 1: M39"}
    assert feature["geometry"]["coordinates"][0] == [pytest.approx(69.1, abs=1e-4), 41.0]
    (shared,) = aida.get(f"{HERE}.json").json["shared"]
    assert shared["corridors"] == ["CAREC 1", "CAREC 3"]
    assert shared["km"] == pytest.approx(10 * 75.7 / 90, rel=0.01)
    assert aida.get(f"{HERE}.geojson?name=x").status_code == 404


def test_the_table_that_is_written_can_be_read_again(aida, store):
    add(aida, from_km="10", to_km="30")
    add(aida, corridor="CAREC 3")
    table = aida.get(f"{HERE}.csv").data
    before = kept(aida)
    store.save_road_corridors("main", ())
    send(aida, table)
    assert kept(aida) == before


def send(aida, content, name="c.csv"):
    data = {"file": (io.BytesIO(content), name)}
    answer = aida.send(f"{HERE}/file", data, content_type="multipart/form-data")
    aida.work()
    return answer


def test_a_table_that_cannot_be_read_changes_nothing(aida):
    add(aida)
    before = kept(aida)
    for content in (b"road,from\nM39,1\n", b"\xff\xfe\x00\xd8", b""):
        job = send(aida, content).location
        assert "Choose the file again" in aida.see(job)
    assert kept(aida) == before
    empty = aida.send(f"{HERE}/file", {}, content_type="multipart/form-data")
    assert empty.status_code == 400


def test_corridors_are_screened_from_the_page_also_where_there_are_two_networks(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    add(aida, from_km="0", to_km="45")
    assert "/d/mine/blackspots?preset=count_corridors" in aida.see(HERE)
    store.save_roads("other", store.roads("main"), title="Other")
    page = aida.see("/d/mine/blackspots?preset=count_corridors")
    assert '<select id="count_corridors-roads" name="roads">' in page
    form = {"preset": "count_corridors", "roads": "main"}
    aida.send("/d/mine/blackspots", form)
    aida.work()
    found = aida.get("/d/mine/blackspots/1.json").json
    assert len(found["sites"]) == 1
