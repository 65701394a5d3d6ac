"""Blackspots: choose a rule, search as a job, read the ranked list; page and files agree."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import kept_crashes
import pandas as pd
import pytest
from kept_crashes import search

from crashkit import api
from crashkit.roads.network import Lines, network

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/screen.json").read_text("utf-8"))
FIRST = re.compile(r'<h2 id="first-rule">(.*?)</h2>')


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


EB_1KM = "Crashes above those of similar roads, chance taken out, per kilometre"
EB_CIRCLES = "Crashes above those of similar ground, chance taken out, in circles"


def test_the_rule_that_suits_the_data_stands_first(aida, mine, store):
    kept_crashes.keep(store, kept_crashes.points(), "points")
    assert FIRST.search(aida.see("/d/mine/blackspots"))[1] == EB_1KM
    assert FIRST.search(aida.see("/d/points/blackspots"))[1] == EB_CIRCLES


def test_every_rule_is_offered_with_source_and_standing(aida, mine):
    page = aida.see("/d/mine/blackspots")
    for preset in api.whole_presets().values():
        offered = f'name="preset" value="{preset.id}"' in page
        each = api.preset_parts(preset) or (preset,)
        lacks = all(api.needs_roads(api.ask(one.id)) for one in each)
        lacks |= preset.id == "count_nominated"
        assert offered != lacks
    assert "none is known for these data. Import a road layer" in page
    assert page.count("Not verified") == sum(
        bool(one.country) and not one.verified for one in api.whole_presets().values()
    )


def test_the_rule_about_proposed_sites_is_offered_once_there_is_one(aida, mine, store):
    wanted = 'name="preset" value="count_nominated"'
    assert wanted not in aida.see("/d/mine/blackspots")
    said = {"road": "M39", "from_km": "10", "to_km": "10.5", "why": "School"}
    api.nominate_site(store, "mine", said)
    assert wanted in aida.see("/d/mine/blackspots")
    page = aida.see(search(aida, preset="count_nominated"))
    assert page.count('id="site-') == 1
    assert "those that people proposed" in page


def test_rules_lead_to_the_sheet_where_one_makes_or_changes_one(aida, mine, store):
    text = api.export_preset("count_1km").replace("Most crashes", "Our crashes")
    api.save_preset(store, "ours", text)
    page = aida.see("/d/mine/blackspots")
    assert 'href="/presets/ours/edit"' in page
    assert 'href="/presets/new?from=ru_law"' in page
    assert page.index("Your own rules") < page.index("Our crashes within 1 km of road")
    api.remove_preset(store, "ours")
    assert "Your own rules" not in aida.see("/d/mine/blackspots")


def test_rules_along_roads_are_asked_where_there_is_a_network(aida, mine, store):
    frame = pd.DataFrame({"road_key": ["M39"], "from_m": [0], "to_m": [90000]})
    store.save_roads("main", network(frame, Lines.of([[(69.0, 41.0), (69.9, 41.0)]])))
    assert 'name="preset" value="count_windows"' in aida.see("/d/mine/blackspots")
    address = search(aida, preset="count_windows")
    page = aida.see(address)
    assert aida.get(f"{address}.kml").data.count(b"<LineString>") == 2
    assert "M39" in page
    assert page.count('id="site-') == 2


def test_definitions_that_are_not_known_are_listed_with_what_can_stand_in(aida, mine):
    page = aida.see("/d/mine/blackspots")
    assert "Criterion not known to us" in page
    assert "Accident-dangerous sections in Kazakhstan" in page
    assert 'href="/d/mine/blackspots?preset=ru_law"' in page
    first = FIRST.search(aida.see("/d/mine/blackspots?preset=ru_law"))[1]
    assert first == "Places of concentration of crashes, law of Russia"


def test_a_rule_of_parts_is_one_choice_and_each_part_can_be_changed(aida, mine):
    page = aida.see("/d/mine/blackspots")
    assert 'name="set-ru_law_town.length_m" value="200"' in page.replace("\n", "")
    assert 'name="set-ru_law_town.urban_length_m"' not in page
    assert 'name="preset" value="ru_law_town"' not in page
    found = aida.see(search(aida, preset="ru_law", **{"ru_law_country.length_m": "1500"}))
    assert "Outside built-up areas: Longest window</dt><dd>1500 m" in found
    assert "Inside built-up areas: Longest window</dt><dd>200 m" in found


def test_rules_in_words_say_their_conditions(aida, mine):
    page = aida.see("/d/mine/blackspots")
    assert "3 or more crashes; of one crash type" in page
    assert "10 or more people killed" in page
    assert "Killed (30 days): 5; Serious / inpatient: 3" in page


def test_a_rule_that_the_data_cannot_answer_says_why_and_has_no_button(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    page = aida.see("/d/mine/blackspots")
    assert "none of the 24 crashes has coordinates" in page
    assert 'name="preset" value="count_circles"' not in page
    assert 'name="preset" value="count_1km"' in page


def test_numbers_of_a_rule_have_defaults_units_and_limits(aida, mine):
    page = aida.see("/d/mine/blackspots")
    field = re.search(r'<input type="number"[^>]*id="count_1km-length_m"[^>]*>', page)[0]
    assert 'value="1000"' in field
    assert 'min="10" max="20000"' in field
    assert "Longest window <small>(m)</small>" in page


def test_a_search_finds_the_sites_of_the_library(aida, mine, store):
    page = aida.see(search(aida))
    own = api.screen(api.load(store, "mine"), api.ask("count_1km"))
    assert len(own.findings) == 2
    assert page.count('id="site-') == 2
    assert "M39, km 10.00 to 10.55" in page
    assert "12 crashes in the period." in page
    assert "Places compared" in page


def test_the_list_is_the_same_as_json_geojson_csv_and_excel(aida, mine):
    address = search(aida)
    found = aida.get(f"{address}.json").json
    jsonschema.validate(found, SCHEMA)
    assert [site["counts"]["crashes"] for site in found["sites"]] == [12, 5]
    points = aida.get(f"{address}.geojson")
    assert points.mimetype == "application/geo+json"
    assert [one["properties"]["rank"] for one in points.json["features"]] == [1, 2]
    rows = list(csv.DictReader(io.StringIO(aida.see(f"{address}.csv").lstrip("\ufeff"))))
    assert [row["crashes"] for row in rows] == ["12", "5"]
    assert aida.get(f"{address}.xlsx").data.startswith(b"PK")
    for ending, media, mark in (
        ("gpx", "application/gpx+xml", b"<wpt "),
        ("kml", "application/vnd.google-earth.kml+xml", b"<Placemark>"),
    ):
        file = aida.get(f"{address}.{ending}")
        assert (file.mimetype, file.data.count(mark)) == (media, 2)
        assert "attachment" in file.headers["Content-Disposition"]


def test_filter_and_changed_numbers_go_into_the_search(aida, mine, store):
    address = search(aida, words="?severity=slight", length_m="1000", min_crashes="2")
    kept = store.result(int(address.rpartition("/")[2]))
    assert kept.asked.filter == {"severity": "slight"}
    assert kept.asked.measure_params["min_crashes"] == 2
    page = aida.see(address)
    assert "Severity: Slight." in page
    sites = aida.get(f"{address}.json").json["sites"]
    assert [site["counts"]["crashes"] for site in sites] == [6, 2]


def test_a_number_out_of_its_limits_is_explained_on_the_page(aida, mine):
    answer = aida.send("/d/mine/blackspots", {"preset": "count_1km", "set-length_m": "5"})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "length_m is 5; it must lie between 10" in page
    assert aida.board.recent() == []


def test_an_unknown_rule_is_explained(aida, mine):
    answer = aida.send("/d/mine/blackspots", {"preset": "count_2km"})
    assert answer.status_code == 400
    assert "There is no preset count_2km" in answer.get_data(as_text=True)


def test_no_site_explains_itself(aida, mine):
    page = aida.see(search(aida, min_crashes="100"))
    assert "No place meets this rule" in page


def test_a_rule_nobody_checked_says_so_on_its_list(aida, mine):
    assert "Not verified" in aida.see(search(aida, "no_section"))


def test_searches_are_kept_and_listed(aida, mine):
    address = search(aida, words="?year=2020-2021")
    page = aida.see("/d/mine/blackspots")
    assert f'href="{address}"' in page
    listed = aida.get("/d/mine/blackspots.json").json["results"]
    assert [(one["preset"], one["filter"], one["address"]) for one in listed] == [
        ("count_1km", "year=2020-2021", address)
    ]
    assert "count_1km" in aida.see("/d/mine/blackspots.csv")
    assert f'href="?result={address.rpartition("/")[2]}"' in aida.see("/d/mine/map")


def test_a_list_from_older_data_says_so(aida, mine, store):
    address = search(aida)
    assert "The data have changed since" not in aida.see(address)
    rows = [{**row, "crash_id": f"more {row['crash_id']}"} for row in kept_crashes.road()[:1]]
    kept_crashes.keep(store, rows, keys=["more"])
    assert "The data have changed since" in aida.see(address)


def test_a_list_of_another_data_set_is_not_there(aida, mine, store):
    kept_crashes.keep(store, kept_crashes.road(), "other")
    number = search(aida).rpartition("/")[2]
    for ending in ("", ".json", ".csv", ".geojson", "/1", "/1.json"):
        assert aida.get(f"/d/other/blackspots/{number}{ending}").status_code == 404


def test_names_from_the_data_are_text(aida, mine):
    page = aida.see(search(aida))
    assert "<b>Aksu</b>" not in page
    assert "&lt;b&gt;Aksu&lt;/b&gt;" in page


def test_sites_without_coordinates_are_named_by_road_and_km_post(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    page = aida.see(search(aida))
    assert "M39, km 10.00 to 10.55" in page
    assert "named by road and km post only" in page
    assert "data-map=" not in page
