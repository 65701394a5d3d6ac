"""The first page says what there is and what to do next."""

import csv
import io
from datetime import UTC, datetime

import batches

from crashkit import api
from webapp import sample


def test_an_empty_dashboard_offers_two_ways_to_begin(aida):
    page = aida.see("/")
    assert 'href="/import"' in page
    assert 'action="/sample"' in page


def test_a_data_set_is_shown_with_its_figures_and_next_steps(aida, store):
    store.save_import("mine", batches.batch("a", "b"))
    page = aida.see("/")
    for part in ("mine", "50%", "1 Jan 2020 – 31 Dec 2022", "Last import"):
        assert part in page
    for step in ("map", "explore", "blackspots", "reports"):
        assert f'href="/d/mine/{step}"' in page


def test_rejected_rows_of_the_last_import_are_pointed_at(aida, store):
    record = store.save_import("mine", batches.batch("a", "b", ledger=batches.full_ledger()))
    assert f'href="/d/mine/imports/{record.id}"' in aida.see("/")


def test_a_data_set_whose_imports_were_taken_back_says_so(aida, store):
    record = store.save_import("mine", batches.batch("a"))
    store.undo_import(record.id)
    page = aida.see("/")
    assert "No crash is in this data set" in page
    assert "/d/mine/map" not in page


def test_every_page_warns_of_a_disk_that_fills_up(aida, monkeypatch):
    monkeypatch.setattr(api.Store, "short_of_room", lambda self: None)
    assert "MB are free" not in aida.see("/")
    message = api.Message("Only {free} MB are free.", {"free": 1234})
    monkeypatch.setattr(api.Store, "short_of_room", lambda self: message)
    for page in ("/", "/import", "/jobs", "/about"):
        assert "Only 1,234 MB are free." in aida.see(page)


def test_titles_are_text(aida, store):
    hostile = '"><svg onload=alert(1)>'
    store.save_import("mine", batches.batch("a", title=hostile))
    page = aida.see("/")
    assert "<svg onload" not in page
    assert "&lt;svg onload" in page


def test_the_same_as_json_and_csv(aida, store):
    store.save_import("mine", batches.batch("a", "b"))
    found = aida.get("/index.json").json["datasets"][0]
    assert (found["id"], found["crashes"], found["located"]) == ("mine", 2, 1)
    rows = list(csv.reader(io.StringIO(aida.see("/index.csv").lstrip("\ufeff"))))
    assert rows[1][:3] == ["mine", "Test crashes", "1"]


def test_opening_the_sample_twice_starts_one_job(aida):
    first, second = aida.send("/sample"), aida.send("/sample")
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(aida.board.recent()) == 1


def test_opening_the_sample_brings_crashes_layers_and_blackspots(aida, store):
    job = aida.send("/sample").headers["Location"]
    aida.work()
    found = aida.get(f"{job}.json").json
    assert (found["state"], found["page"]) == ("done", "/d/sample"), found
    assert store.dataset("sample").crashes == 3000
    assert set(store.layers("sample")) == set(sample.LAYERS)
    assert store.result(store.results("sample")[0].id).findings
    assert 'action="/sample"' not in aida.see("/")


def test_about_names_every_library_with_its_licence(aida):
    page = aida.see("/about")
    for word in ("MapLibre GL JS", "htmx", "Plotly.js", "OFL-1.1", "GeoNames", "CC BY 4.0"):
        assert word in page
    for line in page.split('href="')[1:]:
        address = line.split('"', 1)[0]
        if "LICENSE" in address:
            aida.see(address)


def test_the_first_visit_tells_of_seven_days_and_the_next_of_what_came_between(aida, store):
    store.save_import("mine", batches.batch("a", "b"))
    api.watch(store, "mine")
    page = aida.see("/")
    for part in ("The last seven days", "One new fatal crash", "2 crashes were imported.", "00a"):
        assert part in page, part
    hour = 3600
    now = int(datetime.now(UTC).timestamp())
    aida.client.set_cookie("crashkit_visit", f"{now - 9 * hour}.{now + 5}")
    assert "Since your last visit" in aida.see("/")
    aida.client.set_cookie("crashkit_visit", f"{now - 9 * hour}.{now - 2 * hour}")
    assert "2 crashes were imported." in aida.see("/")


def test_a_visit_that_goes_on_keeps_its_beginning(aida, store):
    store.save_import("mine", batches.batch("a"))
    aida.see("/")
    first = aida.client.get_cookie("crashkit_visit").value.partition(".")[0]
    aida.see("/")
    assert aida.client.get_cookie("crashkit_visit").value.partition(".")[0] == first
    aida.get("/index.json")
    assert "first_visit" in aida.get("/index.json").json["today"]


def test_cookies_made_by_somebody_else_break_nothing(aida, store):
    store.save_import("mine", batches.batch("a"))
    for value in ("x", "99999999999.99999999999", "-1.5", "1" * 4000, "٣.٤"):
        aida.client.set_cookie("crashkit_visit", value)
        aida.client.set_cookie("crashkit_trail", f"map.{value}!evil.x!map.nowhere")
        assert "/d/nowhere" not in aida.see("/")


def test_the_shortcuts_are_the_pages_looked_at_last(aida, store):
    store.save_import("mine", batches.batch("a"))
    assert shortcuts(aida) == ["/d/mine/map", "/d/mine/blackspots", "/import"]
    aida.see("/d/mine/register")
    aida.see("/d/mine/quality")
    assert shortcuts(aida) == ["/d/mine/quality", "/d/mine/register", "/d/mine/map"]


def shortcuts(person):
    return [one["address"] for one in person.get("/index.json").json["today"]["shortcuts"]]


def test_what_was_not_looked_at_is_said_and_can_be_looked_at(aida, store):
    store.save_import("mine", batches.batch("a"))
    assert "Not looked at since the last import: mine" in aida.see("/")
    job = aida.send("/watch").headers["Location"]
    assert aida.send("/watch").headers["Location"] == job
    assert "Look for alarms" in aida.see("/")
    aida.work()
    assert "Not looked at" not in aida.see("/")
    assert aida.get("/index.json").json["today"]["open_jobs"] == []


def test_the_box_asks_the_data_set_looked_at_last(aida, store):
    store.save_import("mine", batches.batch("a"))
    store.save_import("theirs", batches.batch("b"))
    aida.see("/d/theirs/quality")
    assert '<option value="theirs" selected>' in aida.see("/")


def test_nothing_is_loaded_for_the_first_page(aida, store, monkeypatch):
    store.save_import("mine", batches.batch("a"))
    api.watch(store, "mine")
    monkeypatch.setattr(api, "load", None)
    monkeypatch.setattr(api, "quality", None)
    aida.see("/")
