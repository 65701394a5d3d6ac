"""A report is verified on its page: equal, changed, or refused with a sentence."""

import io

import kept_crashes
import pytest

from crashkit import api


@pytest.fixture(autouse=True)
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def report(store):
    data = api.load(store, "mine")
    return api.write_report(
        data,
        kind="area_one_pager",
        format="html",
        layers=api.report_layers(store, "mine"),
        source=store,
    ).content


def send(person, content, name="report.html"):
    form = {"file": (io.BytesIO(content), name)}
    return person.send("/reports/verify", form, content_type="multipart/form-data")


def verified(person, content):
    job = send(person, content).headers["Location"].rpartition("/")[2]
    person.work()
    assert person.board.get(job).state == "done", person.board.get(job).error
    return f"/reports/verify/{job}"


def test_a_report_as_it_was_written_is_equal(aida, report):
    page = verified(aida, report)
    text = aida.see(page)
    assert "the file is the same byte by byte" in text
    assert "report.html" in text
    told = aida.get(f"{page}.json").get_json()
    assert told["equal"] is True
    assert told["dataset"] == "mine"


def test_a_number_that_somebody_changed_is_shown_beside_the_true_one(aida, report):
    text = aida.see(verified(aida, report.replace(b">24<", b">23<")))
    assert "Not equal" in text
    assert "<del>23</del>" in text
    assert "<ins>24</ins>" in text


def test_what_was_chosen_for_a_report_stands_beside_the_verdict(aida, store):
    content = api.write_report(
        api.load(store, "mine"), kind="donor_form", format="json", source=store
    ).content
    page = verified(aida, content)
    assert "the file is the same byte by byte" in aida.see(page)
    options = aida.get(f"{page}.json").get_json()["options"]
    assert options.keys() == {"form", "year"}
    assert f"<dd>{options['year']}</dd>" in aida.see(page)


@pytest.mark.parametrize("content", [b"no report", b"PK\x03\x04 broken", b""])
def test_what_is_no_report_fails_with_a_sentence(aida, content):
    job = send(aida, content).headers["Location"].rpartition("/")[2]
    aida.work()
    text = aida.see(f"/jobs/{job}")
    assert "receipt" in text or "broken" in text
    assert 'href="/reports/verify"' in text
    assert "Traceback" not in text


def test_no_file_and_a_file_too_large_are_refused_at_once(aida, monkeypatch):
    answer = aida.send("/reports/verify", {}, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "Choose the file of a report" in answer.get_data(as_text=True)
    monkeypatch.setattr("webapp.verifying.MOST_BYTES", 1000)
    assert "it is no report" in send(aida, b"x" * 1001).get_data(as_text=True)
    assert aida.board.recent() == []


def test_the_page_of_another_job_is_no_account_of_a_report(aida):
    number = aida.board.start("report", {"dataset": "mine"})
    assert aida.get(f"/reports/verify/{number}").status_code == 404
