"""The first page says what there is and what to do next."""

import csv
import io

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
