"""The quick answer in three steps: the box, the answer, the document."""

import json
from pathlib import Path

import batches
import jsonschema
import pytest

from crashkit import api

SCHEMAS = Path(__file__).parents[2] / "docs/schema"
SCHEMA = json.loads((SCHEMAS / "answer.json").read_text("utf-8"))
TWIN = json.loads((SCHEMAS / "report_twin.json").read_text("utf-8"))


@pytest.fixture
def mine(store):
    store.save_import("mine", batches.batch("a", "b"))


def test_the_box_stands_on_every_page_of_a_data_set_and_on_home(aida, mine):
    for page in ("/d/mine", "/d/mine/reports", "/d/mine/crashes", "/d/mine/quality"):
        text = aida.see(page)
        assert 'action="/d/mine/answer"' in text, page
        assert text.count('id="ask"') == 1
    assert "/static/ask.js" in aida.see("/")


def test_an_answer_leads_to_its_crashes_and_to_documents(aida, mine):
    page = aida.see("/d/mine/answer?q=42.87+74.59")
    for part in (
        "answer.pdf?q=42.87",
        "answer.docx?q=",
        "/d/mine/map?within=circle",
        "/d/mine/crashes?",
    ):
        assert part in page, part


def test_the_numbers_are_those_of_the_pages_it_leads_to(aida, mine):
    found = aida.get("/d/mine/answer.json?q=42.87+74.59").json
    jsonschema.validate(found, SCHEMA)
    filtered = aida.get("/d/mine/map.json", query_string={"within": "circle:74.59,42.87,250"}).json
    assert found["answer"]["crashes"] == filtered["crashes"] == 1
    assert found["answer"]["filter"] == filtered["filter"]


def test_what_does_not_fit_is_said_and_never_breaks(aida, mine):
    assert "Nothing in this data set is called “Atlantis”" in aida.see("/d/mine/answer?q=Atlantis")
    assert "Write a place" in aida.see("/d/mine/answer")
    for words in ("q=42.87+74.59&width=abc", "q=42.87+74.59&width=1", "q=42.87+74.59&year=soon"):
        answer = aida.get(f"/d/mine/answer?{words}")
        assert (answer.status_code, "notice" in answer.text) == (400, True), words
    assert aida.get("/d/nowhere/answer?q=x").status_code == 404
    assert "<script>" not in aida.see("/d/mine/answer?q=%3Cscript%3E")


def test_a_document_of_a_place_that_is_not_clear_leads_back(aida, mine):
    back = aida.get("/d/mine/answer.pdf?q=Atlantis")
    assert (back.status_code, back.headers["Location"]) == (302, "/d/mine/answer?q=Atlantis")


def test_the_document_is_there_at_once(aida, mine):
    answer = aida.get("/d/mine/answer.html?q=42.87+74.59&lang=ru")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert 'lang="ru"' in answer.text


def test_the_document_has_a_twin_that_can_be_verified(aida, mine, store):
    page = aida.see("/d/mine/answer?q=42.87+74.59")
    assert "/d/mine/answer/report.json?q=42.87" in page and "/d/mine/answer.json?q=42.87" in page
    answer = aida.get("/d/mine/answer/report.json?q=42.87+74.59")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    jsonschema.validate(answer.json, TWIN)
    assert api.verify_report(store, answer.data).equal


def test_home_asks_the_data_set_that_is_chosen(aida, mine):
    answer = aida.get("/answer?dataset=mine&q=M39+km+41")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/d/mine/answer?q=M39+km+41")
    assert aida.get("/answer?dataset=no&q=x").status_code == 404


def test_the_report_page_leads_to_the_question(aida, mine):
    assert 'action="/d/mine/answer"' in aida.see("/d/mine/reports").split('class="kinds"')[1]
    form = {"kind": "quick_answer", "language": "en", "format": "pdf"}
    answer = aida.send("/d/mine/reports", form)
    assert answer.status_code == 400
