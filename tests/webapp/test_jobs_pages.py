"""A job's page shows how far it is, survives a restart, and lets it be stopped."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crashkit import api
from webapp import config, create_app, jobs, jobs_pages
from webapp.jobs import Board


@jobs.work("page-answer")
def answer(store, args, progress, finish):
    progress(0.5, api.Message("Counting"))
    return {"page": args["page"]}


@jobs.work("page-refused")
def refused(store, args, progress, finish):
    raise api.IntakeError("Row {row}: {value}.", row=3, value="<script>alert(1)</script>")


@jobs.work("page-fault")
def fault(store, args, progress, finish):
    raise ZeroDivisionError("a secret of the program")


def test_no_jobs_yet_says_what_will_be_here(aida):
    assert "Nothing has run yet" in aida.see("/jobs")


def test_a_waiting_job_asks_again_by_itself_and_by_a_link(aida):
    number = aida.board.start("page-answer", {"page": "/d/x", "dataset": "x"})
    page = aida.see(f"/jobs/{number}")
    assert 'hx-trigger="every 1s"' in page
    assert f'hx-get="/jobs/{number}"' in page
    assert f'href="/jobs/{number}"' in page
    assert "<progress" in page
    assert f'href="/jobs/{number}"' in aida.see("/jobs")


def test_the_fragment_is_no_page_and_leads_on_when_done(aida):
    number = aida.board.start("page-answer", {"page": "/d/x"})
    waiting = aida.get(f"/jobs/{number}", headers={"HX-Request": "true"})
    assert "<html" not in waiting.get_data(as_text=True)
    assert "HX-Redirect" not in waiting.headers
    aida.work()
    done = aida.get(f"/jobs/{number}", headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == "/d/x"
    assert "hx-trigger" not in done.get_data(as_text=True)


def test_without_javascript_a_finished_job_offers_its_result(aida):
    number = aida.board.start("page-answer", {"page": "/d/x"})
    aida.work()
    page = aida.see(f"/jobs/{number}")
    assert "hx-trigger" not in page
    assert 'href="/d/x"' in page


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "javascript:alert(1)"])
def test_a_result_never_leads_elsewhere(aida, page):
    number = aida.board.start("page-answer", {"page": page})
    aida.work()
    assert "evil" not in aida.see(f"/jobs/{number}")
    assert aida.get(f"/jobs/{number}.json").json["page"] == "/"


def test_a_failed_job_says_why_as_text(aida):
    number = aida.board.start("page-refused", {})
    aida.work()
    page = aida.see(f"/jobs/{number}")
    assert "Row 3" in page
    assert "<script>alert" not in page
    assert aida.get(f"/jobs/{number}.json").json["error"].startswith("Row 3")


def test_a_fault_of_the_program_shows_none_of_its_secrets(aida):
    number = aida.board.start("page-fault", {})
    aida.work()
    for text in (aida.see(f"/jobs/{number}"), aida.see(f"/jobs/{number}.json")):
        assert "secret" not in text
        assert number in text


def test_a_job_can_be_stopped(aida):
    number = aida.board.start("page-answer", {"page": "/"})
    answer = aida.send(f"/jobs/{number}/cancel")
    assert answer.headers["Location"] == f"/jobs/{number}"
    assert aida.get(f"/jobs/{number}.json").json["state"] == "cancelled"
    assert "nothing was kept" in aida.see(f"/jobs/{number}")


def test_a_job_is_found_again_after_a_restart(aida, app):
    number = aida.board.start("page-answer", {"page": "/d/x"})
    again = create_app(config.read({}))
    page = again.test_client().get(f"/jobs/{number}").get_data(as_text=True)
    assert "Waiting" in page
    again.extensions["crashkit.board"].close()


def test_progress_is_shown_while_it_runs(aida, monkeypatch):
    number = aida.board.start("page-answer", {"page": "/"})
    job = aida.board.get(number)
    running = jobs.Job(
        **{
            **vars(job),
            "state": "running",
            "progress": 0.42,
            "doing": api.Message("Storing the crashes"),
        }
    )
    monkeypatch.setattr(Board, "get", lambda self, number: running)
    page = aida.see(f"/jobs/{number}?lang=en")
    assert 'value="42"' in page
    assert "42%" in page
    assert "Storing the crashes" in page


@pytest.mark.parametrize(
    ("gone_s", "share", "told"),
    [
        (10, 0.5, "about 10 seconds left"),
        (60, 0.25, "about 3 minutes left"),
        (99, 0.99, "about 1 second left"),
        (10, 0.01, None),
    ],
)
def test_a_running_job_says_how_long_it_still_takes(aida, gone_s, share, told):
    number = aida.board.start("page-answer", {"page": "/d/x"})
    started = datetime.now(UTC) - timedelta(seconds=gone_s)
    job = replace(aida.board.get(number), state="running", started=started, progress=share)
    found = jobs_pages.left_of(job)
    assert (str(found) if found else None) == told


def test_the_list_as_json_and_csv(aida):
    aida.board.start("page-answer", {"page": "/", "dataset": "=cmd()"})
    assert aida.get("/jobs.json").json["jobs"][0]["state"] == "queued"
    rows = list(csv.reader(io.StringIO(aida.see("/jobs.csv").lstrip("\ufeff"))))
    assert rows[1][2] == "'=cmd()"


def test_a_job_nobody_put_up_is_not_there(aida):
    assert aida.get("/jobs/nothing").status_code == 404
    assert aida.get("/jobs/nothing.json").status_code == 404
    assert aida.send("/jobs/nothing/cancel").status_code == 404
