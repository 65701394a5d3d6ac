"""The page of one site says what the library knows of it, and admits what data do not tell."""

import csv
import io

import kept_crashes
import pytest
from kept_crashes import search

from crashkit import api


@pytest.fixture
def site(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    return f"{search(aida)}/1"


def test_the_page_says_where_why_and_how_many(aida, site):
    page = aida.see(site)
    assert "Site 1: M39, km 10.00 to 10.55 (&lt;b&gt;Aksu&lt;/b&gt;)" in page
    assert "12 crashes in the period." in page
    assert 'data-focus="1"' in page
    for figure in ("<dt>Crashes</dt><dd>12</dd>", "<dt>People killed</dt><dd>3</dd>"):
        assert figure in page


def test_its_tables_count_its_crashes_only(aida, site):
    found = aida.get(f"{site}.json").json
    assert found["counts"] == {
        "crashes": 12,
        "killed": 3,
        "serious": 3,
        "slight": 6,
        "vehicles": None,
    }
    assert [table["total"] for table in found["tables"]] == [12] * len(found["tables"])
    assert {table["rows_field"] for table in found["tables"]} >= {"year", "weekday", "crash_type"}
    assert len(found["crashes"]) == 12


def test_it_agrees_with_the_library(aida, site, store):
    data = api.load(store, "mine")
    dossier = api.site_dossier(data, api.screen(data, api.ask("count_1km")), 1)
    found = aida.get(f"{site}.json").json
    assert found["tables"][0]["cells"] == [list(row) for row in dossier.year_severity.cells]
    assert [row["crash_id"] for row in found["crashes"]] == dossier.crashes["crash_id"].tolist()


def test_its_crashes_are_listed_and_can_be_taken_away(aida, site):
    page = aida.see(site)
    rows = list(csv.DictReader(io.StringIO(aida.see(f"{site}.csv").lstrip("\ufeff"))))
    assert len(rows) == 12
    assert all(f">{row['crash_id']}<" in page for row in rows)
    assert len(aida.get(f"{site}.geojson").json["features"]) == 12
    assert aida.get(f"{site}.xlsx").data.startswith(b"PK")


def test_neighbours_in_the_list_are_one_step_away(aida, site):
    first, second = aida.see(site), aida.see(site[:-1] + "2")
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_a_site_with_few_crashes_shows_no_shares(aida, site):
    assert "Share" in aida.see(site)
    few = aida.see(site[:-1] + "2")
    assert "Share" not in few
    assert "a pattern seen here may be chance" in few


def test_a_site_that_is_not_listed_is_not_there(aida, site):
    for number in ("0", "3"):
        answer = aida.get(site[:-1] + number)
        assert answer.status_code == 404
    assert aida.get(site[:-1] + "3.json").json["error"]["status"] == 404


def test_it_shows_the_data_of_its_list_after_an_import(aida, site, store):
    store.save_import(
        "mine", kept_crashes.batches.batch("more", period=kept_crashes.batches.PERIOD)
    )
    assert aida.get(f"{site}.json").json["counts"]["crashes"] == 12


def test_what_thin_data_do_not_tell_is_left_out(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    page = aida.see(f"{search(aida)}/1")
    assert "None of these crashes has coordinates" in page
    assert "People killed" not in page
    assert "Crashes: Weekday</h2>" in page
    kept_crashes.keep(store, kept_crashes.points(), "points")
    page = aida.see(f"{search(aida, 'count_circles', name='points')}/1")
    assert "Weekday" not in page
    assert "People killed" not in page
