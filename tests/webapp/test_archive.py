"""The archive of reports: listed page by page, found by what they are about, taken away."""

import kept_crashes
import pytest

from webapp import archive

HERE = "/d/mine/reports/archive"


@pytest.fixture(autouse=True)
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def keep(store, **about):
    told = {"dataset": "mine", "kind": "area_one_pager", "language": "en", "format": "pdf"}
    about = {**told, "filter": "", "fingerprint": "abc", "version": 1, **about}
    return store.save_document("report.pdf", b"%PDF", "application/pdf", about=about)


def test_an_empty_archive_says_so(aida):
    assert "No report is kept here" in aida.see(HERE)


def test_reports_are_found_by_kind_language_and_format(aida, store):
    first = keep(store)
    second = keep(store, kind="data_quality", language="ru")
    third = keep(store, kind="", template="nights", title="Nights", format="docx")
    for asked, wanted in (
        ("", {first, second, third}),
        ("?kind=data_quality", {second}),
        ("?kind=nights", {third}),
        ("?language=en", {first, third}),
        ("?language=en&format=pdf", {first}),
        ("?format=xlsx", set()),
    ):
        page = aida.see(f"{HERE}{asked}")
        shown = {n for n in (first, second, third) if f'/d/mine/reports/{n}"' in page}
        assert shown == wanted


def test_a_report_of_older_data_says_so(aida, store):
    keep(store)
    assert "now 2" not in aida.see(HERE)
    kept_crashes.keep(store, kept_crashes.road()[:1], keys=["more"])
    assert "now 2" in aida.see(HERE)


def test_many_reports_stand_on_pages(aida, store, monkeypatch):
    monkeypatch.setattr(archive, "PER_PAGE", 2)
    numbers = [keep(store) for _ in range(3)]
    assert f'/d/mine/reports/{numbers[0]}"' not in aida.see(HERE)
    assert f'/d/mine/reports/{numbers[0]}"' in aida.see(f"{HERE}?page=2")
    assert f'/d/mine/reports/{numbers[0]}"' in aida.see(f"{HERE}?page=999")


def test_a_report_is_taken_out_for_good(aida, store):
    number = keep(store)
    assert aida.send(f"/d/mine/reports/{number}/remove").status_code == 303
    assert store.documents("mine") == []
    assert aida.send(f"/d/mine/reports/{number}/remove").status_code == 404


def test_a_report_of_another_data_set_stays(aida, store):
    kept_crashes.keep(store, kept_crashes.road()[:1], name="other")
    number = keep(store, dataset="other")
    assert aida.send(f"/d/mine/reports/{number}/remove").status_code == 404
    assert len(store.documents("other")) == 1


def test_what_was_chosen_for_a_report_is_said_in_words(aida, store):
    number = keep(store, kind="monthly_bulletin", options={"month": "2021-03"})
    keep(store, kind="gone", options={"month": "2021-03"})
    for page in (HERE, "/d/mine/reports", f"/d/mine/reports/{number}"):
        assert "March 2021" in aida.see(page)
    listed = aida.get("/d/mine/reports.json").get_json()["reports"]
    assert listed[-1]["options"] == {"month": "2021-03"}
    assert "month=2021-03" in aida.see("/d/mine/reports.csv")


def test_a_report_for_the_public_is_told_from_others(aida, store):
    keep(store)
    assert "counts below" not in aida.see(HERE)
    keep(store, public=7)
    assert "For the public: counts below 7 are hidden" in aida.see(HERE)


def test_also_what_is_usual_is_said_of_a_written_report(aida, store):
    given = {"kind": "annual_book", "language": "en", "format": "json"}
    aida.send("/d/mine/reports", given)
    aida.work()
    (one,) = store.documents("mine")
    assert one.about["options"].keys() == {"year"}
