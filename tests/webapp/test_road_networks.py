"""Networks of roads: a file is looked at, put right, kept, replaced and removed."""

import io
import json
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "sample_data" / "country"
ROADS = (SAMPLE / "roads.geojson").read_bytes()
TABLE = b"road,kind,start,end,class\nA 1,x,0,5,II\nA 1,y,5,9,II\n,z,0,1,II\n"


def send(aida, content=ROADS, file="roads.geojson", **words):
    data = {"file": (io.BytesIO(content), file), "name": "main"} | words
    return aida.send("/roads", data, content_type="multipart/form-data")


def look(aida, *given, **words):
    """Send a file and return the address of what is seen then."""
    answer = send(aida, *given, **words)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return seen(aida, answer)


def seen(aida, answer):
    job = answer.location.rpartition("/")[2]
    aida.work()
    return f"/roads/new/{job}"


def test_a_file_is_looked_at_kept_and_removed(aida, store):
    assert "None yet" in aida.see("/roads")
    page = look(aida, title="My <i>roads</i>")
    shown = aida.see(page)
    assert "Keep 200 stretches" in shown
    assert store.road_networks() == []
    found = aida.get(f"{page}.json").json
    assert (found["read"], found["taken"], found["kept"]) == (200, 200, False)
    seen(aida, aida.send(f"{page}/keep"))
    (kept,) = store.road_networks()
    assert (kept.name, kept.stretches, kept.info["file"]) == ("main", 200, "roads.geojson")
    shown = aida.see("/roads")
    assert "My &lt;i&gt;roads&lt;/i&gt;" in shown
    (row,) = aida.get("/roads.json").json["networks"]
    assert row["stretches"] == 200
    assert "main" in aida.see("/roads.csv")
    assert "no longer kept" in aida.see(page)
    aida.send("/roads/main/remove")
    assert store.road_networks() == []
    assert aida.send("/roads/main/remove").status_code == 404


def test_a_question_is_answered_and_columns_and_classes_are_put_right(aida, store):
    page = look(aida, TABLE, "r.csv")
    assert "In which unit" in aida.see(page)
    page = seen(aida, aida.send(f"{page}/again", {"options.post_unit": "km"}))
    shown = aida.see(page)
    assert "They name no road." in shown
    assert "<bdi>II</bdi>" in shown
    words = {"columns.source": "kind", "columns.road_class": "class", "classes.II": "regional"}
    page = seen(aida, aida.send(f"{page}/again", words))
    found = aida.get(f"{page}.json").json
    assert found["classes"] == {"II": "regional"}
    assert found["left_out"][0]["message"] == "They name no road."
    seen(aida, aida.send(f"{page}/keep"))
    stretches = store.roads("main").stretches
    assert stretches["source"].tolist() == ["x", "y"]
    assert stretches["road_class"].tolist() == ["regional"] * 2
    assert stretches["to_m"].tolist() == [5000, 9000]


def test_traffic_by_sections_comes_along(aida, store):
    sections = (io.BytesIO((SAMPLE / "aadt.csv").read_bytes()), "traffic.csv")
    page = look(aida, sections=sections)
    assert "Keep 538 stretches" in aida.see(page)
    seen(aida, aida.send(f"{page}/keep"))
    assert set(store.roads("main").stretches["area_type"]) == {"rural", "urban"}
    page = look(aida, name="other", sections=(io.BytesIO(b"road,x\nA,1\n"), "traffic.csv"))
    job = aida.get(f"/jobs/{page.rpartition('/')[2]}.json").json
    assert "traffic.csv" in job["error"]


def test_a_name_is_taken_once_unless_it_is_replaced(aida, store):
    page = look(aida)
    seen(aida, aida.send(f"{page}/keep"))
    assert send(aida).status_code == 400
    page = look(aida, TABLE.replace(b"start,end", b"from_km,to_km"), "r.csv", replace="yes")
    seen(aida, aida.send(f"{page}/keep"))
    assert [one.stretches for one in store.road_networks()] == [2]


@pytest.mark.parametrize("words", [{"name": ""}, {"name": "../x"}, {"file": ""}])
def test_what_is_missing_is_said(aida, words):
    assert send(aida, **words).status_code == 400


@pytest.mark.parametrize("content", [b"", b"{", b"PK\x03\x04", b"SQLite format 3\x00" * 9])
def test_a_bad_file_ends_in_a_sentence_and_nothing_is_kept(aida, store, content):
    page = look(aida, content)
    answer = aida.get(page)
    assert answer.status_code in (200, 303)
    job = aida.get(f"/jobs/{page.rpartition('/')[2]}.json").json
    assert job["state"] == "failed"
    assert job["error"]
    assert "Choose the file again" in aida.see(f"/jobs/{job['id']}")
    assert store.road_networks() == []


def test_a_file_can_be_given_up(aida):
    page = look(aida)
    aida.send(f"{page}/discard")
    assert "no longer kept" in aida.see(page)


def test_the_page_of_another_job_is_not_there(aida):
    assert aida.get("/roads/new/none").status_code == 404
    assert json.loads(aida.get("/roads.json").get_data())["networks"] == []


def test_a_file_of_roads_may_be_larger_than_a_form(aida, store):
    aida.app.config["MAX_CONTENT_LENGTH"] = len(ROADS) // 2
    assert "Keep 200 stretches" in aida.see(look(aida))
