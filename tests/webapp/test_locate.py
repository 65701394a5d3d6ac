"""The queue of crashes that wait for a place: accepted, moved or skipped, without scripts."""

import csv
import io
import re

import kept_crashes
import pytest

from crashkit import api

NOWHERE = {"lon": None, "lat": None}


@pytest.fixture
def queue(store):
    """Twelve located crashes of a road; two of them lost, and one that nothing is known of."""
    rows = kept_crashes.road()[:12]
    rows[3] |= NOWHERE
    rows[4] |= {**NOWHERE, "severity": "slight", "n_killed": 0}
    rows.append({"crash_id": "X", "crash_date": "2021-05-05", "severity": "fatal", **NOWHERE})
    kept_crashes.keep(store, rows, keys=[f"{n:02d}" for n in range(13)])
    return store


def hidden(page):
    """Return the hidden fields of the first form that accepts."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def at(person, place=0):
    return person.see(f"/d/mine/locate?at={place}")


def crash_of(page):
    return re.search(r"Where was crash ([^?]*)\?", page)[1]


def accept(person, page, **changes):
    form = {**hidden(page), "do": "accept", **changes}
    number = re.search(r"/d/mine/locate/(\d+)", page)[1]
    return person.send(f"/d/mine/locate/{number}", form)


def test_one_crash_at_a_time_the_worst_first_with_how_many_are_left(aida, queue):
    page = at(aida)
    assert crash_of(page) == "X"
    assert "3 crashes wait for a place" in page
    assert "No suggestion" in page
    assert [crash_of(at(aida, n)) for n in (0, 1, 2, 99)] == ["X", "C-005", "C-004", "C-004"]


def test_a_suggestion_is_accepted_as_an_edit_and_the_next_crash_comes(aida, queue):
    page = at(aida, 1)
    assert "Located from km 10.200 of M39, between the crashes C-003 and C-006." in page
    answer = accept(aida, page)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/d/mine/locate?at=1")
    page = at(aida, 1)
    assert "Crash C-005 has its place." in page
    assert crash_of(page) == "C-004"
    now = queue.record("mine", 5)
    assert abs(now.crash.now["lon"] - 69.102) < 0.001
    assert now.crash.now["coord_source"] == "linear_ref"
    assert now.crash.now["location_kind"] == "point"
    assert now.crash.now["coord_accuracy_m"] > 0
    assert now.edits[0].reason.startswith("Located from km 10.200")
    assert queue.dataset("mine").located == 11


def test_skipping_goes_on_and_changes_nothing(aida, queue):
    page = at(aida)
    assert '<a class="button button-second" href="/d/mine/locate?at=1" data-key="s">' in page
    assert queue.dataset("mine").version == 1
    assert 'data-key="s"' not in at(aida, 2)


def test_coordinates_can_be_typed(aida, queue):
    page = at(aida)
    form = {**hidden(page), "do": "move", "crash-0-lat": "41,12345", "crash-0-lon": "69.54321"}
    answer = aida.send("/d/mine/locate/13", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    now = queue.record("mine", 13).crash.now
    assert (now["lat"], now["lon"], now["coord_source"]) == (41.12345, 69.54321, "map_click")
    assert "2 crashes wait" in at(aida)


@pytest.mark.parametrize(
    ("lat", "lon"), [("north", "69.5"), ("41.12345", ""), ("", ""), ("0", "0")]
)
def test_a_wrong_place_stands_beside_its_field(aida, queue, lat, lon):
    form = {**hidden(at(aida)), "do": "move", "crash-0-lat": lat, "crash-0-lon": lon}
    answer = aida.send("/d/mine/locate/13", form)
    assert answer.status_code == 400
    assert 'id="wrong-crash-0-lat"' in answer.get_data(as_text=True)
    assert queue.edits("mine") == []


def test_what_is_not_what_was_seen_is_not_kept(aida, queue):
    page = at(aida, 1)
    for changes in ({"seen": "old"}, {"place": "1.000000,2.000000,10"}, {"place": ""}):
        assert accept(aida, page, **changes).status_code == 303
        assert "nothing was kept" in at(aida, 1)
    assert queue.edits("mine") == []


def test_a_second_click_changes_nothing_more(aida, queue):
    page = at(aida, 1)
    accept(aida, page)
    accept(aida, page)
    assert {one.change for one in queue.edits("mine")} == {1}


def test_the_queue_has_its_files_and_an_end(aida, queue, store):
    found = aida.get("/d/mine/locate.json").json
    rows = list(csv.DictReader(io.StringIO(aida.see("/d/mine/locate.csv").lstrip("\ufeff"))))
    assert found["left"] == len(found["crashes"]) == len(rows) == 3
    assert [one["severity"] for one in found["crashes"]] == ["fatal", "slight", "slight"]
    kept_crashes.keep(store, kept_crashes.road()[:3], "whole")
    assert "No crash waits for a place" in aida.see("/d/whole/locate")


def test_the_queue_of_the_page_is_that_of_the_library(aida, queue):
    waiting = api.locate_queue(api.load(queue, "mine"))
    assert [one["id"] for one in aida.get("/d/mine/locate.json").json["crashes"]] == [
        one.id for one in waiting
    ]


def test_a_data_set_whose_imports_were_taken_back_has_no_queue(aida, queue, store):
    for one in store.imports("mine"):
        store.undo_import(one.id)
    assert store.dataset("mine").crashes == 0
    assert aida.get("/d/mine/locate").status_code == 200
