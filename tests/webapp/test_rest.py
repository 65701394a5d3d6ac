"""Crashes of a filter as files."""

import csv
import io

import kept_crashes
import pytest


@pytest.fixture(autouse=True)
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def test_csv_holds_the_crashes_of_the_filter(aida):
    rows = list(
        csv.DictReader(io.StringIO(aida.see("/d/mine/crashes.csv?severity=fatal").lstrip("\ufeff")))
    )
    assert sorted(row["crash_id"] for row in rows) == [f"C-{n:03d}" for n in range(1, 24, 4)]


def test_geojson_holds_a_point_for_each(aida):
    found = aida.get("/d/mine/crashes.geojson?severity=fatal")
    assert found.mimetype == "application/geo+json"
    assert len(found.json["features"]) == 6
    assert found.json["features"][0]["geometry"]["coordinates"] == [69.1, 41.0]


def test_excel_is_a_workbook(aida):
    assert aida.get("/d/mine/crashes.xlsx").data.startswith(b"PK")


def test_json_comes_page_by_page(aida):
    seen, address = [], "/d/mine/crashes.json?severity=slight&size=5"
    while address:
        page = aida.get(address).json
        assert page["total"] == 12
        assert page["filter"] == "severity=slight"
        seen += [row["crash_id"] for row in page["crashes"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == 12


@pytest.mark.parametrize(
    ("words", "size"), [("size=1000000000", 1000), ("size=-3", 1), ("size=x", 100)]
)
def test_pages_have_a_bound(aida, words, size):
    assert aida.get(f"/d/mine/crashes.json?{words}").json["size"] == size


def test_a_page_beyond_the_end_is_empty(aida):
    found = aida.get("/d/mine/crashes.json?page=99").json
    assert (found["crashes"], found["next"]) == ([], None)


def test_an_unknown_data_set_is_no_page(aida):
    assert aida.get("/d/other/crashes.csv").status_code == 404
    assert "error" in aida.get("/d/other/crashes.json").json
