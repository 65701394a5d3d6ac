"""Errors are pages or JSON with a sentence; never a traceback, a path or a query."""

import logging

import pytest
from flask import Blueprint, abort, redirect

from crashkit import api
from webapp import config, create_app, errors

SECRET = "SELECT secret FROM /home/aida/crashes"


@pytest.fixture
def app(home):
    made = create_app(config.read({}))
    trouble = Blueprint("trouble", __name__)

    @trouble.get("/t/<kind>", endpoint="page")
    @trouble.get("/t/<kind>.json", endpoint="document")
    def fail(kind):
        raise {
            "fault": ZeroDivisionError(SECRET),
            "filter": api.FilterError("There is no field {field}.", field="<b>x</b>"),
            "busy": api.StoreError("The store is busy. Try again."),
            "refused": api.Refused("Take import 2 back first."),
            "missing": api.NotFound("There is no data set {name}.", name="x"),
            "question": api.NeedsChoice("Which encoding?", option="encoding"),
        }[kind]

    made.register_blueprint(trouble)
    made.add_url_rule("/teapot", "teapot", view_func=lambda: abort(418))
    made.add_url_rule("/moved", "moved", view_func=lambda: abort(redirect("/jobs")))
    yield made
    made.extensions["crashkit.board"].close()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("fault", 500),
        ("filter", 400),
        ("busy", 503),
        ("refused", 409),
        ("missing", 404),
        ("question", 400),
    ],
)
def test_each_error_has_its_status_as_page_and_as_json(aida, kind, status):
    page, document = aida.get(f"/t/{kind}"), aida.get(f"/t/{kind}.json")
    assert page.status_code == document.status_code == status
    assert page.mimetype == "text/html"
    assert set(document.json["error"]) >= {"status", "title", "message"}
    assert document.json["error"]["status"] == status


def test_a_fault_shows_a_number_and_logs_the_rest_under_it(aida, caplog):
    with caplog.at_level(logging.ERROR):
        document = aida.get("/t/fault.json").json["error"]
    page = aida.get("/t/fault").get_data(as_text=True)
    for word in ("Traceback", "ZeroDivision", "SELECT", "/home/"):
        assert word not in page
        assert word not in str(document)
    assert document["number"] in document["message"]
    assert document["number"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_what_an_error_quotes_is_escaped(aida):
    page = aida.get("/t/filter").get_data(as_text=True)
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_a_page_that_is_not_there_is_said_in_the_language_of_the_reader(aida):
    answer = aida.get("/nothing?lang=ru")
    assert answer.status_code == 404
    assert 'lang="ru"' in answer.get_data(as_text=True)


def test_a_program_that_asks_for_json_gets_json(aida):
    answer = aida.get("/nothing", headers={"Accept": "application/json"})
    assert answer.json["error"]["status"] == 404


def test_a_fragment_of_a_page_gets_a_fragment(aida):
    answer = aida.get("/t/busy", headers={"HX-Request": "true"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "<html" not in text
    assert "The store is busy" in text


def test_other_codes_and_redirects_pass(aida):
    assert aida.get("/teapot").status_code == 418
    assert aida.get("/moved").headers["Location"] == "/jobs"


def test_a_method_that_does_not_fit_is_said(aida):
    assert aida.get("/sample").status_code == 405


def test_every_error_of_the_user_has_a_status():
    kinds = [api.CrashKitError, *api.CrashKitError.__subclasses__()]
    assert all(errors.status_of(kind.__new__(kind)) >= 400 for kind in kinds)
