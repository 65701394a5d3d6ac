"""Evidence: the two sentences on the page, at the head of lists, in reports and in files."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import kept_crashes
import pandas as pd
import pytest
from kept_crashes import search
from openpyxl import load_workbook

from crashkit import api
from crashkit.roads.network import Lines, network

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/evidence.json").read_text("utf-8"))


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def sentences(mine, store):
    return [english(one) for one in api.evidence_text(store, api.load(store, "mine"))]


def english(message):
    return api.speaker("en").say(message)


def escaped(text):
    return text.replace("&", "&amp;").replace("'", "&#39;")


def test_the_page_says_what_the_data_can_and_cannot_support(aida, mine, store):
    page = aida.see("/d/mine/evidence")
    found = api.judge_evidence(store, api.load(store, "mine"))
    assert f"Rung {found.rung.id} of the data ladder" in page
    for told in (*found.text, *(one.follows for one in found.aspects)):
        assert escaped(english(told)) in page
    assert "What they cannot support" in page
    assert "/d/mine/quality#hospital" in page
    assert f"/d/mine/blackspots?preset={found.presets[0]}" in page


def test_the_pages_of_the_data_set_lead_to_it(aida, mine):
    for page in ("/d/mine", "/d/mine/quality", "/d/mine/blackspots"):
        assert "/d/mine/evidence" in aida.see(page)


def test_page_json_and_csv_say_the_same(aida, mine, store):
    found = aida.get("/d/mine/evidence.json").json
    jsonschema.validate(found, SCHEMA)
    judged = api.judge_evidence(store, api.load(store, "mine"))
    assert found == api.evidence_document(judged, api.speaker("en"))
    rows = list(csv.DictReader(io.StringIO(aida.see("/d/mine/evidence.csv").lstrip("\ufeff"))))
    assert [row["So"] for row in rows] == [one["follows"] for one in found["aspects"]]


def test_the_two_sentences_head_every_list_and_its_files(aida, sentences):
    assert all(escaped(one) in aida.see("/d/mine/blackspots") for one in sentences)
    address = search(aida)
    page = aida.see(address)
    assert all(escaped(one) in page for one in sentences)
    assert aida.get(f"{address}.json").json["support"] == sentences
    book = load_workbook(io.BytesIO(aida.get(f"{address}.xlsx").data), read_only=True)
    about = [row[:2] for row in book["About"].iter_rows(values_only=True)]
    assert [told for name, told in about if name == "Evidence"] == sentences


@pytest.mark.slow
def test_the_two_sentences_head_a_report_of_the_list(aida, sentences, store):
    number = int(search(aida).rpartition("/")[2])
    written = api.write_report(
        api.load(store, "mine"), kind="blackspot_list", result=store.result(number)
    )
    # In a document no line ends between a number and its per cent sign.
    page = written.content.decode().replace("\N{NO-BREAK SPACE}%", " %")
    assert all(escaped(one) in page for one in sentences)
    assert page.index(escaped(sentences[0])) < page.index("Sites listed")


def test_a_network_under_these_crashes_changes_what_is_recommended(aida, mine, store):
    frame = pd.DataFrame({"road_key": ["M39"], "from_m": [0], "to_m": [90000], "aadt": [4000.0]})
    elsewhere = network(frame, Lines.of([[(-110.0, 46.0), (-109.0, 46.0)]]))
    store.save_roads("elsewhere", elsewhere)
    assert "eb_excess_windows" not in aida.see("/d/mine/evidence")
    store.save_roads("main", network(frame, Lines.of([[(60.0, 35.0), (79.9, 45.0)]])))
    page = aida.see("/d/mine/evidence")
    assert "A network of roads is loaded on which these crashes lie." in page
    assert "eb_excess_windows" in page


def test_a_list_kept_before_there_were_such_sentences_still_opens(aida, mine, store):
    data = api.load(store, "mine")
    old = api.screen(data, api.ask("count_1km"), repeat=False)
    object.__setattr__(old, "support", ())
    number = store.save_result(old, "mine")
    assert "evidence-text" not in aida.see(f"/d/mine/blackspots/{number}")
