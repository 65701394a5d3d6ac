"""Strips: the roads of a list by kilometre, page and files alike; each band leads to its site."""

import csv
import io
import re

import kept_crashes
import pandas as pd
import pytest
from kept_crashes import search

from crashkit import api
from crashkit.roads.network import Lines, network
from webapp import strips


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def test_each_band_leads_to_its_site_and_the_table_says_the_same(aida, mine):
    address = search(aida)
    page = aida.see(f"{address}/strip")
    (drawing,) = re.findall(r"<svg viewBox.*?</svg>", page, re.S)
    bands = re.findall(r'<a href="([^"]+)"', drawing)
    assert sorted(bands) == [f"{address}/1", f"{address}/2"]
    table = page.split("</svg>")[1]
    assert all(f'<a href="{one}">' in table for one in bands)
    assert "style=" not in drawing


def test_page_json_and_csv_count_the_same_crashes(aida, mine, store):
    address = search(aida)
    (road,) = aida.get(f"{address}/strip.json").json["roads"]
    rows = list(csv.DictReader(io.StringIO(aida.see(f"{address}/strip.csv").lstrip("\ufeff"))))
    strips = api.strip_charts(store, "mine", store.result(int(address.rpartition("/")[2])))
    assert road["crashes"] == strips[0].crashes == sum(int(row["Crashes"]) for row in rows)
    assert f"{road['crashes']} crashes from km" in aida.see(f"{address}/strip")
    assert rows[0]["Road"] == "M39"


def test_one_road_alone_shows_its_numbers_by_km(aida, mine):
    address = search(aida)
    assert "Crashes by km" not in aida.see(f"{address}/strip")
    assert "Crashes by km" in aida.see(f"{address}/strip?road=M39")
    assert "No site of this list lies on a road" in aida.see(f"{address}/strip?road=nowhere")


def test_the_list_shows_the_road_of_its_worst_site(aida, mine):
    address = search(aida)
    page = aida.see(address)
    assert f'href="{address}/strip"' in page
    assert "Along the roads: M39" in page
    assert "strip-band" in page


def test_a_list_of_circles_has_no_strip_and_says_so(aida, store):
    kept_crashes.keep(store, kept_crashes.points(), "points")
    address = search(aida, name="points", preset="count_circles")
    assert "Along the roads" not in aida.see(address)
    assert "Take a rule that looks along roads." in aida.see(f"{address}/strip")


def test_a_list_along_a_network_has_strips_and_a_long_one_on_their_own_page(
    aida, mine, store, monkeypatch
):
    frame = pd.DataFrame({"road_key": ["M39"], "from_m": [0], "to_m": [90000]})
    store.save_roads("main", network(frame, Lines.of([[(69.0, 41.0), (69.9, 41.0)]])))
    address = search(aida, preset="count_windows")
    assert aida.see(f"{address}/strip").count('class="strip-band"') == 2
    assert "strip-band" in aida.see(address)
    monkeypatch.setattr(strips, "MOST_PLACED", 10)
    assert "strip-band" not in aida.see(address)
    assert f'href="{address}/strip"' in aida.see(address)


def test_another_data_set_has_no_strips_of_this_list(aida, mine, store):
    kept_crashes.keep(store, kept_crashes.points(), "points")
    number = search(aida).rpartition("/")[2]
    assert aida.get(f"/d/points/blackspots/{number}/strip").status_code == 404
