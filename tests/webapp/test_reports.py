"""Reports in the browser: written as a job, kept, read under a policy of their own, taken away."""

import csv
import io
import re

import kept_crashes
import pytest
from kept_crashes import finish, search

from crashkit import api


@pytest.fixture(autouse=True)
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def quick(monkeypatch):
    """Let reports be written at once, to see what they are asked for."""
    asked = []

    def write(data, *, kind, language, format, chosen, result, **further):
        asked.append((data, kind, language, format, chosen, result))
        content = b"<style>p { color: red }</style><p>12" if format == "html" else b"%PDF"
        media = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}[format]
        return api.Written(f"{kind}_mine_{language}.{format}", content, media, "abc123")

    monkeypatch.setattr(api, "write_report", write)
    return asked


def write(person, words="", **form):
    given = {"kind": "area_one_pager", "language": "en", "format": "pdf", **form}
    return person.send(f"/d/mine/reports{words}", given)


def test_every_kind_is_offered_in_every_language_and_format(aida):
    page = aida.see("/d/mine/reports")
    for kind in api.list_kinds().values():
        assert str(kind.title) in page
    for one in api.list_languages():
        assert f'<option value="{one.code}" lang="{one.code}"' in page
    for format in api.list_formats():
        assert f'<option value="{format}">' in page


def test_a_report_is_about_the_filter_of_the_address(aida, quick):
    page = finish(aida, write(aida, "?severity=fatal", language="ru"))
    data, kind, language, format, chosen, result = quick[0]
    assert (kind, language, format, chosen.words) == (
        "area_one_pager",
        "ru",
        "pdf",
        "severity=fatal",
    )
    assert (len(data), result) == (24, None)
    text = aida.see(page)
    assert "Severity: Fatal." in text
    assert "abc123" in text


def test_a_second_language_stands_beside_the_first(aida):
    page = finish(aida, write(aida, language="en", beside="ru", format="html"))
    assert "Fingerprint / Отпечаток" in aida.see(page)
    assert write(aida, beside="xx").status_code == 404


def test_a_list_of_blackspots_comes_with_its_own_filter_and_data(aida, quick, store):
    number = search(aida, words="?severity=slight").rpartition("/")[2]
    kept_crashes.keep(store, kept_crashes.road()[:1], keys=["more"])
    finish(aida, write(aida, "?year=2021", kind="blackspot_list", result=number))
    data, _, _, _, chosen, result = quick[0]
    assert (len(data), chosen.words) == (24, "severity=slight")
    assert result.id == int(number)


def test_a_list_of_blackspots_needs_a_search(aida):
    assert "Search for them first" in aida.see("/d/mine/reports")
    answer = write(aida, kind="blackspot_list")
    assert answer.status_code == 400
    assert "needs a list of blackspots" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"kind": "novel"}, 400), ({"format": "odt"}, 400), ({"language": "xx"}, 404)],
)
def test_a_form_with_wrong_words_starts_nothing(aida, wrong, status):
    assert write(aida, **wrong).status_code == status
    assert aida.board.recent() == []


def test_the_list_of_another_data_set_cannot_be_used(aida, store):
    kept_crashes.keep(store, kept_crashes.road(), "other")
    number = search(aida, name="other").rpartition("/")[2]
    assert write(aida, kind="blackspot_list", result=number).status_code == 404


def test_a_report_is_taken_away_as_a_file(aida, quick):
    page = finish(aida, write(aida))
    answer = aida.get(f"{page}/file")
    assert answer.data == b"%PDF"
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == "attachment; filename=area_one_pager_mine_en.pdf"


def test_a_web_page_is_read_with_its_own_styles_and_nothing_that_runs(aida, quick):
    page = finish(aida, write(aida, format="html"))
    assert page.endswith("/read")
    answer = aida.get(page)
    policy = answer.headers["Content-Security-Policy"]
    assert b"<p>12" in answer.data
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='; ", policy)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_only_web_pages_are_read(aida, quick):
    page = finish(aida, write(aida))
    assert aida.get(f"{page}/read").status_code == 404


def test_reports_are_kept_and_listed(aida, quick):
    page = finish(aida, write(aida, "?severity=fatal"))
    listed = aida.get("/d/mine/reports.json").json["reports"]
    assert [(one["kind"], one["filter"], one["address"]) for one in listed] == [
        ("area_one_pager", "severity=fatal", f"{page}/file")
    ]
    rows = list(csv.DictReader(io.StringIO(aida.see("/d/mine/reports.csv").lstrip("\ufeff"))))
    assert rows[0]["address"] == f"{page}/file"
    assert f'href="{page}/file"' in aida.see("/d/mine/reports")


def test_a_report_of_another_data_set_is_not_there(aida, quick, store):
    kept_crashes.keep(store, kept_crashes.road(), "other")
    number = finish(aida, write(aida)).rpartition("/")[2]
    for ending in ("", "/file", "/read"):
        assert aida.get(f"/d/other/reports/{number}{ending}").status_code == 404


def test_a_real_report_is_written_and_read(aida):
    page = finish(aida, write(aida, "?severity=fatal,serious", format="html"))
    text = aida.see(page)
    assert "Fatal and Serious" in text
    assert "<script" not in text


@pytest.fixture
def asked_public(monkeypatch):
    """Let reports be written at once, to see whom they are for."""
    asked = []

    def write_report(data, *, public, **further):
        asked.append(public)
        return api.Written("a.pdf", b"%PDF", "application/pdf", "abc123")

    monkeypatch.setattr(api, "write_report", write_report)
    return asked


def test_a_report_for_the_public_is_asked_for_with_its_threshold(aida, asked_public):
    finish(aida, write(aida))
    finish(aida, write(aida, public="yes", threshold="7"))
    assert asked_public == [0, 7]


def test_a_report_for_the_public_takes_no_fine_filter(aida, asked_public):
    answer = write(aida, "?severity=fatal", public="yes", threshold="5")
    assert answer.status_code == 400
    assert "not by severity" in answer.get_data(as_text=True)
    assert asked_public == []


@pytest.mark.parametrize("threshold", ["", "0", "2", "12", "five"])
def test_a_report_for_the_public_hides_something(aida, asked_public, threshold):
    assert write(aida, public="yes", threshold=threshold).status_code == 400
    assert asked_public == []


def test_the_page_says_which_reports_are_not_for_the_public(aida):
    page = aida.see("/d/mine/reports")
    assert "Not for the public" in page
    assert page.count('name="public"') == sum(map(api.can_be_public, api.list_kinds()))
