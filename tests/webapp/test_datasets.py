"""From the files to the data set: preview, question, commit, ledger, undo; plain forms only."""

import csv
import html
import io
import json
import re
from pathlib import Path

import batches
import jsonschema
import made_files
import pytest

from crashkit import api
from crashkit.model import FileRead, Issue, Ledger, Upload
from webapp import jobs, uploads

SAMPLE = Path(__file__).parents[2] / "sample_data"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
FILE = ("crashes.csv", b"crash_id,crash_date\n1,2020-01-01\n")


def figures(page):
    """Return the large numbers of a page by what they count."""
    found = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", page)
    return {label.strip(): value.strip() for label, value in found}


def rows_of(text):
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


# ----------------------------------------------------------------- choosing


def test_the_form_offers_every_profile_and_every_data_set(aida, store):
    store.save_import("Алматы", batches.batch("a"))
    page = aida.see("/import?dataset=Алматы")
    for profile in api.list_profiles():
        assert f'value="{profile}"' in page
    assert '<option value="Алматы">' in page
    assert 'value="Алматы"' in page.split('id="dataset"')[1]
    assert "100 MB" in page


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"profile": "crashkit", "dataset": "mine"}, "Choose at least one file."),
        ({"files": FILE, "dataset": "mine"}, "Choose how the files are laid out."),
        ({"files": FILE, "profile": "../etc", "dataset": "mine"}, "Choose how the files"),
        ({"files": FILE, "profile": "crashkit"}, "Give a name"),
        ({"files": FILE, "profile": "crashkit", "dataset": "a/b"}, "Give a name"),
        ({"files": FILE, "profile": "crashkit", "dataset": "-x"}, "Give a name"),
        ({"files": FILE, "profile": "crashkit", "dataset": "x" * 61}, "Give a name"),
        ({"files": FILE, "profile": "crashkit", "dataset": "<b>"}, "Give a name"),
        (
            {"files": FILE, "profile": "crashkit", "dataset": "mine", "crs": "here"},
            "There is no coordinate system HERE.",
        ),
    ],
)
def test_a_form_with_something_missing_comes_back_with_what_was_said(aida, form, wrong):
    said = {name: value for name, value in form.items() if name != "files"}
    if "files" in form:
        said["files"] = (io.BytesIO(form["files"][1]), form["files"][0])
    answer = aida.send("/import", said, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert wrong in page
    assert "<b>" not in page.split('id="dataset"')[1].split(">")[0]
    assert aida.board.recent() == []


@pytest.mark.parametrize("name", ["mine", "Кыргызстан_2020-2024", "2023", "中国", "x" * 60])
def test_names_of_every_script_are_taken(aida, invented, name):
    invented("a")
    assert aida.upload(FILE, dataset=f"  {name} ").startswith("/jobs/")
    assert aida.board.recent()[0].args["dataset"] == name


def test_more_than_twenty_files_are_refused(aida):
    form = {
        "files": [(io.BytesIO(b"x"), f"{n}.csv") for n in range(21)],
        "profile": "crashkit",
        "dataset": "mine",
    }
    answer = aida.send("/import", form, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "20 files at most" in answer.get_data(as_text=True)


def test_only_answers_that_were_given_are_handed_on(aida, invented):
    invented("a")
    aida.upload(FILE, encoding="cp1251", date_order="", sheet=" ", codes="x", evil="y")
    assert aida.board.recent()[0].args["options"] == {"encoding": "cp1251", "codes": "x"}


# ----------------------------------------------------------------- template


def test_the_template_is_offered_in_every_language_empty_and_filled(aida):
    page = aida.see("/import")
    links = re.findall(r'href="(/import/template[^"]+)"', page)
    assert len(links) == 3 * len(api.list_languages())
    for link in links:
        answer = aida.client.get(html.unescape(link))
        assert answer.status_code == 200
        assert answer.data.startswith(b"PK")
        assert "attachment" in answer.headers["Content-Disposition"]


def test_the_filled_example_of_the_page_is_found_by_its_columns(aida, store):
    book = aida.client.get("/import/template.xlsx?language=ru&filled=1").data
    files = [Upload("example.xlsx", book)]
    assert [fit.profile.id for fit in api.fitting_profiles(store, files, {})] == ["carec_common"]


def test_corrected_rejects_are_known_again_by_the_profile_of_their_file(store):
    content = b"crash_id,crash_date,severity\n1,2024-01-02,slight\n2,2024-31-31,slight\n"
    record, _ = api.import_crashes(
        store, [api.Upload("a.csv", content)], profile="crashkit", dataset="mine"
    )
    rejects = api.export_rejects(store.ledger_of(record.id), api.speaker("en"))
    fits = api.fitting_profiles(store, [api.Upload("rejects.csv", rejects)], {})
    assert [(fit.profile.id, fit.is_sure) for fit in fits] == [("crashkit", True)]


def test_a_template_in_a_language_nobody_speaks_is_not_found(aida):
    assert aida.client.get("/import/template.xlsx?language=xx").status_code == 404
    assert aida.client.get("/import/template.ods").status_code == 404


# ------------------------------------------------------------------ preview


def test_a_preview_shows_the_account_and_keeps_nothing(aida, store, invented):
    invented("a", "b", ledger=batches.full_ledger())
    page = aida.see(aida.preview(FILE))
    found = figures(page)
    assert (found["Rows read"], found["Accepted"]) == ("4", "2")
    assert (found["Rejected"], found["Duplicates"]) == ("1", "1")
    assert (found["Crashes"], found["Vehicles"], found["People"]) == ("2", "4", "2")
    assert "2 accepted + 1 rejected + 1 duplicate = 4 rows" in page
    assert "1 of 2 crashes have a place on the map." in page
    assert "utf-8" in page
    assert "comma" in page
    assert "Latitude" in page
    assert store.datasets() == []


def test_a_kind_of_complaint_is_said_by_what_its_cases_share(aida, invented):
    text = "Date is «{value}», a day that does not exist."
    issues = tuple(
        Issue("a.csv", row, "crash_date", day, "bad_date", api.Message(text, {"value": day}))
        for row, day in enumerate(("31.02.2023", "45.13.2023"), start=2)
    )
    invented(ledger=Ledger((batches.read(2),), 2, 0, 2, (), issues, ()))
    summary = (
        aida.see(aida.preview(FILE)).split('<summary id="complaint-1">')[1].split("</summary>")[0]
    )
    assert "Date is «…», a day that does not exist." in summary
    assert "2 cases" in summary
    assert summary.index("31.02.2023") < summary.index("45.13.2023")


def test_a_kind_of_one_case_is_said_in_full(aida, invented):
    issue = Issue("a.csv", 2, "lat", "x", "bad", api.Message("{value} is none.", {"value": "x"}))
    invented(ledger=Ledger((batches.read(1),), 1, 0, 1, (), (issue,), ()))
    page = aida.see(aida.preview(FILE))
    assert "x is none." in page.split('id="complaint-1"')[1].split("</summary>")[0]


def test_of_each_kind_the_first_twenty_are_shown_and_all_are_counted(aida, invented):
    wrong = api.Message("{value} is no number.", {"value": "x"})
    issues = tuple(Issue("c.csv", row, "lat", "x", "not_a_number", wrong) for row in range(2, 50))
    ledger = Ledger((batches.read(49),), 49, 1, 48, (), issues, ())
    invented("a", ledger=ledger)
    address = aida.preview(FILE)
    page = aida.see(address)
    assert "48 cases" in page
    assert page.count('<td class="reason" data-label="Reason">x is no number.</td>') == 20
    found = aida.get(f"{address}.json").json
    assert (found["status"], found["counts"]["rejected"]) == ("partial", 48)
    assert len(found["rejected"]) == 20
    assert len(rows_of(aida.see(f"{address}.csv"))) == 21


def test_a_preview_draws_the_places_evenly_and_at_most_a_thousand(aida, invented):
    keys = [f"k{n:04}" for n in range(4500)]
    invented(*keys)
    address = aida.preview(FILE)
    assert 'data-map="preview"' in aida.see(address)
    found = aida.get(f"{address}/points.geojson").json
    assert 500 < len(found["features"]) <= 1000
    assert found["features"][0]["geometry"]["coordinates"] == [74.59, 42.87]


def test_a_preview_without_any_place_has_no_map(aida, invented):
    made = batches.batch("a")
    invented("a", crashes=made.crashes.drop(columns=["lat", "lon"]))
    address = aida.preview(FILE)
    assert "data-map=" not in aida.see(address)
    assert aida.get(f"{address}/points.geojson").json["features"] == []


def test_a_question_is_asked_and_its_answer_belongs_to_the_import(aida, monkeypatch):
    asked = []

    def preview(into, files, *, profile, dataset, options=None, progress=None, most_rows=None):
        asked.append(dict(options))
        if "date_order" not in options:
            raise api.NeedsChoice(
                "Is {day} in April or in March?",
                option="date-order",
                choices=("dmy", "mdy"),
                day="03/04/2020",
            )
        return batches.batch("a", options=options)

    monkeypatch.setattr(api, "preview_import", preview)
    address = aida.preview(FILE, encoding="cp1251")
    page = aida.see(address)
    assert "Is 03/04/2020 in April or in March?" in page
    assert "day, month, year" in page
    job = aida.get(f"{address}.json").json
    assert job["question"]["option"] == "date-order"
    again = aida.send(f"{address}/answer", {"answer": "dmy"}).headers["Location"]
    aida.work()
    preview_page = again.replace("/jobs/", "/import/")
    assert "Import 1 row" in aida.see(preview_page)
    aida.send(f"{preview_page}/commit")
    aida.work()
    assert asked[-1] == {"encoding": "cp1251", "date_order": "dmy"}


def test_a_question_for_the_encoding_shows_lines_in_each_reading(aida, monkeypatch):
    def preview(into, files, **words):
        raise api.NeedsChoice(
            "Which encoding?",
            option="encoding",
            choices=("kz1048", "cp1251", "koi8-r"),
            examples={"kz1048": [("2", "Қапшағай")], "cp1251": [("2", "Ќапшаєай")]},
        )

    monkeypatch.setattr(api, "preview_import", preview)
    page = aida.see(aida.preview(FILE))
    assert "Windows, Kazakh (kz1048)" in page
    assert page.count("line 2") == 2
    assert page.index("Қапшағай") < page.index("Ќапшаєай")


def test_a_question_on_a_page_names_no_option_of_the_command_line(aida):
    page = aida.see(aida.preview(("cards.csv", made_files.CARDS.encode("cp1251"))))
    assert "A question only you can answer" in page
    assert " (--" not in page


NAMELESS = "1,2023-02-07,42.2\n2,2023-02-08,42.3\n3,2023-02-09,42.4\n"


def test_that_there_are_no_column_names_is_offered_in_plain_words(aida):
    page = aida.see(aida.preview(("crashes.csv", NAMELESS.encode())))
    assert 'name="answer" value="none"' in page
    assert "The file has no column names: call its columns 1, 2, 3" in page
    assert "Or another line, by its number" in page


def test_a_line_that_looks_like_column_names_is_offered_with_its_names(aida):
    text = "Crashes\nno,when,where\n" + NAMELESS
    address = aida.preview(("crashes.csv", text.encode()))
    page = aida.see(address)
    assert 'name="answer" value="2"' in page
    assert "<bdi>no, when, where</bdi>" in page
    again = aida.send(f"{address}/answer", {"answer": "2", "other": " 3 "}).headers["Location"]
    job = aida.board.get(again.rpartition("/")[2])
    assert job.args["options"]["header_row"] == "3"


def test_the_sign_between_cells_is_asked_for_with_the_lines_it_parts(aida):
    text = made_files.CRASHES.replace(",", ":")
    page = aida.see(aida.preview(("crashes.csv", text.encode())))
    assert "Sign between the cells" in page
    assert 'name="answer" value=":"' in page
    assert "crash_id ¦ crash_date" in page
    assert "Or another sign: write it here" in page


def test_a_question_shows_what_each_answer_would_make_of_some_cells(aida):
    text = made_files.CRASHES.replace("2023-02-07", "03/04/2023").replace("2023-02-08", "5/6/2023")
    text = text.replace("2023-02-09", "06/07/2023")
    page = aida.see(aida.preview(("crashes.csv", text.encode())))
    assert "<bdi>03/04/2023</bdi> → 3 Apr 2023" in page
    assert "<bdi>03/04/2023</bdi> → 4 Mar 2023" in page


def test_a_preview_says_how_the_file_was_read_and_what_told_so(aida):
    address = aida.preview(("crashes.csv", made_files.CRASHES.encode()))
    page = aida.see(address)
    assert "What was found out, and what told so" in page
    assert "The year stands first in 3 of 3 rows." in page
    assert "<bdi>2023-02-07</bdi> → 7 Feb 2023" in page
    told = {
        (one["column"], one["what"]): one["value"]
        for one in aida.get(f"{address}.json").json["reading"]
    }
    assert told["", "encoding"] == "utf-8"
    assert told["", "header_row"] == "1"
    assert told["crash_date", "date_order"] == "ymd"


def test_a_question_without_an_answer_stays(aida, monkeypatch):
    def preview(into, files, **words):
        raise api.NeedsChoice("Which line holds the names?", option="header_row")

    monkeypatch.setattr(api, "preview_import", preview)
    address = aida.preview(FILE)
    assert 'name="answer" type="text" required' in aida.see(address)
    assert aida.send(f"{address}/answer", {"answer": " "}).headers["Location"] == address
    assert aida.send(f"{address}/commit").headers["Location"] == address


def test_a_file_that_cannot_be_read_says_why(aida, monkeypatch):
    def preview(into, files, **words):
        raise api.IntakeError("{file} is no table.", file=files[0].name)

    monkeypatch.setattr(api, "preview_import", preview)
    address = aida.preview(("<b>photo</b>.jpg", b"\xff\xd8"))
    job = aida.get(address).headers["Location"]
    page = aida.see(job)
    assert "&lt;b&gt;photo&lt;" not in page  # what stands before a slash is a folder
    assert "b&gt;.jpg is no table." in page
    assert "Map the columns yourself" in page


def test_a_file_in_which_no_columns_were_found_is_not_offered_to_be_mapped(aida):
    address = aida.preview(("photo.jpg", b"\xff\xd8\xff\xe0"), profile="find")
    page = aida.see(aida.get(address).headers["Location"])
    assert "Map the columns yourself" not in page
    assert '<a class="button" href="/import?dataset=mine">' in page


def test_files_can_be_read_by_another_profile_without_sending_them_again(aida, monkeypatch):
    def preview(into, files, *, profile, dataset, options=None, progress=None, most_rows=None):
        if profile == "crashkit":
            raise api.NeedsChoice("Which line holds the names?", option="header-row")
        return batches.batch("a", profile=profile)

    monkeypatch.setattr(api, "preview_import", preview)
    address = aida.preview(FILE)
    assert f'action="{address}/again"' in aida.see(address)
    aida.send(f"{address}/again", {"profile": "no such profile"})
    again = aida.send(f"{address}/again", {"profile": "us_montana"}).headers["Location"]
    assert [job.args["profile"] for job in aida.board.recent()][:2] == ["us_montana", "crashkit"]
    aida.work()
    assert "Import 1 row" in aida.see(again.replace("/jobs/", "/import/"))


def test_files_that_are_not_imported_are_deleted(aida, invented, home):
    invented("a")
    address = aida.preview(FILE)
    place = home / "crashkit" / "uploads"
    assert len(list(place.iterdir())) == 1
    assert aida.send(f"{address}/discard").headers["Location"] == "/import"
    assert list(place.iterdir()) == []
    assert "The files were deleted" in aida.see("/import")
    assert "no longer kept" in aida.see(address)


def test_stopping_a_waiting_preview_deletes_its_files(aida, invented, home):
    invented("a")
    job = aida.upload(FILE)
    aida.send(f"{job}/cancel")
    assert list((home / "crashkit" / "uploads").iterdir()) == []
    assert aida.get(job.replace("/jobs/", "/import/")).headers["Location"] == job


def test_more_uploads_than_may_wait_are_refused_and_not_kept(aida, home):
    for _ in range(jobs.MOST_WAITING["preview"]):
        aida.upload(("a.csv", b"x"))
    form = {"files": [(io.BytesIO(b"x"), "a.csv")], "profile": "crashkit", "dataset": "mine"}
    answer = aida.send("/import", form, content_type="multipart/form-data")
    assert answer.status_code == 429
    assert "5 pieces of this work wait already" in answer.get_data(as_text=True)
    kept = list((home / "crashkit" / "uploads").iterdir())
    assert len(kept) == jobs.MOST_WAITING["preview"]


def test_a_preview_that_still_runs_shows_its_progress(aida, invented):
    invented("a")
    job = aida.upload(FILE)
    assert aida.get(job.replace("/jobs/", "/import/")).headers["Location"] == job
    aida.work()
    done = aida.get(job, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == job.replace("/jobs/", "/import/")


def test_a_job_that_is_no_preview_is_none(aida):
    number = aida.send("/sample").headers["Location"].rsplit("/", 1)[1]
    for path in ("", ".json", ".csv"):
        assert aida.get(f"/import/{number}{path}").status_code == 404
    for path in ("commit", "discard", "answer", "again"):
        assert aida.send(f"/import/{number}/{path}").status_code == 404


# ------------------------------------------------------------------- import


def test_what_was_previewed_is_imported_and_leads_to_its_account(aida, store, invented, home):
    invented("a", "b", ledger=batches.full_ledger())
    address = aida.preview(FILE)
    job = aida.send(f"{address}/commit").headers["Location"]
    aida.work()
    page = aida.get(f"{job}.json").json["page"]
    assert page == "/d/mine/imports/1"
    text = aida.see(page)
    assert "2 accepted + 1 rejected + 1 duplicate = 4 rows" in text
    assert store.dataset("mine").crashes == 2
    assert list((home / "crashkit" / "uploads").iterdir()) == []
    assert aida.get(address).headers["Location"] == page


def test_a_double_click_imports_once(aida, store, invented):
    invented("a", "b")
    address = aida.preview(FILE)
    token = aida.token()
    jobs = {aida.send(f"{address}/commit", token=token).headers["Location"] for _ in range(3)}
    aida.work()
    late = aida.send(f"{address}/commit", token=token).headers["Location"]
    aida.work()
    assert jobs == {late}
    assert len(store.imports("mine")) == 1


def test_a_data_set_that_changed_since_asks_for_a_new_preview(aida, store, invented):
    invented("a", "b")
    address = aida.preview(FILE)
    store.save_import("mine", batches.batch("z"))
    job = aida.send(f"{address}/commit").headers["Location"]
    aida.work()
    found = aida.get(f"{job}.json").json
    assert found["state"] == "failed"
    assert "changed after this preview" in found["error"]
    assert f'action="{address}/again"' in aida.see(job)
    again = aida.send(f"{address}/again").headers["Location"]
    aida.work()
    renewed = again.replace("/jobs/", "/import/")
    aida.send(f"{renewed}/commit")
    aida.work()
    assert store.dataset("mine").crashes == 3


def test_an_import_that_failed_can_be_started_again(aida, store, invented, monkeypatch):
    invented("a")
    address = aida.preview(FILE)
    with monkeypatch.context() as trouble:
        busy = api.StoreError("The store is busy.")

        def refuse(*args, **words):
            raise busy

        trouble.setattr(store, "save_import", refuse)
        aida.send(f"{address}/commit")
        aida.work()
    assert store.datasets() == []
    assert "Import 1 row" in aida.see(address)
    aida.send(f"{address}/commit")
    aida.work()
    assert store.dataset("mine").crashes == 1


def test_files_that_are_gone_are_said(aida, invented):
    invented("a")
    address = aida.preview(FILE)
    uploads.discard(aida.board.recent()[0].args["upload"])
    job = aida.send(f"{address}/commit").headers["Location"]
    aida.work()
    assert "no longer kept" in aida.get(f"{job}.json").json["error"]


# ----------------------------------------------------------------- data set


def test_the_page_of_a_data_set_names_its_figures_imports_and_fields(aida, store):
    store.save_import("mine", batches.batch("a", "b", ledger=batches.full_ledger()))
    page = aida.see("/d/mine")
    found = figures(page)
    assert (found["Crashes"], found["Crashes with a place on the map"]) == ("2", "50%")
    for word in ("Test crashes", "Within 30 days", "mine v1", "Latitude", "Partly accepted"):
        assert word in page
    assert 'href="/d/mine/imports/1"' in page


def test_the_same_as_json_and_csv(aida, store):
    store.save_import("mine", batches.batch("a", "b"))
    found = aida.get("/d/mine.json").json
    assert (found["id"], found["crashes"], found["imports"][0]["accepted"]) == ("mine", 2, 2)
    assert rows_of(aida.see("/d/mine.csv"))[1][-4:] == ["2", "2", "0", "0"]


def test_an_account_as_json_and_csv_holds_everything(aida, store):
    store.save_import("mine", batches.batch("a", "b", ledger=batches.full_ledger()))
    found = aida.get("/d/mine/imports/1.json").json
    jsonschema.validate(found, json.loads((SCHEMAS / "import.json").read_text("utf-8")))
    assert found["accepted"] + len(found["rejected"]) + len(found["duplicates"]) == found["total"]
    lines = rows_of(aida.see("/d/mine/imports/1.csv"))
    assert {line[0] for line in lines[1:]} == {"Rejected", "Warning"}


def test_rejected_rows_come_back_with_their_cells_and_reasons(aida, store):
    store.save_import("mine", batches.batch("a", "b", ledger=batches.full_ledger()))
    answer = aida.get("/d/mine/imports/1/rejects.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    head, row = rows_of(answer.get_data(as_text=True))
    assert head[:2] == ["crashkit_file", "crashkit_row"]
    assert row[:2] == ["crashes.csv", "5"]
    assert "'=cmd" in head


def test_an_import_of_another_data_set_is_not_shown(aida, store):
    store.save_import("mine", batches.batch("a"))
    store.save_import("yours", batches.batch("b"))
    for ending in ("", ".json", ".csv", "/rejects.csv", "/undo"):
        assert aida.get(f"/d/mine/imports/2{ending}").status_code == 404
    assert aida.send("/d/mine/imports/2/undo").status_code == 404
    assert store.dataset("yours").crashes == 1


def test_taking_an_import_back_is_asked_first_and_done_once(aida, store):
    store.save_import("mine", batches.batch("a", "b"))
    assert "2 accepted rows leave the data set mine" in aida.see("/d/mine/imports/1/undo")
    assert store.dataset("mine").crashes == 2
    aida.send("/d/mine/imports/1/undo")
    page = aida.see("/d/mine")
    assert "Taken back" in page
    assert "Import 1 was taken back." in page
    assert aida.send("/d/mine/imports/1/undo").headers["Location"] == "/d/mine"
    assert store.dataset("mine").crashes == 0
    assert "taken back already" in aida.see("/d/mine/imports/1/undo")
    assert "/undo" not in aida.see("/d/mine/imports/1")


def test_hostile_names_and_values_are_text_everywhere(aida, store, invented):
    hostile = "><img src=x onerror=alert(1)>{{7*7}}.csv"
    said = api.Message("{value} is wrong.", {"value": hostile})
    issue = Issue(hostile, 2, "lat", hostile, "not_a_number", said)
    read = FileRead(hostile, "ab" * 32, 10, 2, "crash", hostile, hostile)
    ledger = Ledger((read,), 2, 1, 1, (), (issue,), (issue,), {(hostile, 2): {hostile: hostile}})
    invented("a", ledger=ledger, title=hostile, attribution=hostile, options={hostile: hostile})
    address = aida.preview((hostile, b"x"))
    pages = [aida.see(address)]
    aida.send(f"{address}/commit")
    aida.work()
    pages += [aida.see(path) for path in ("/d/mine/imports/1", "/d/mine", "/", "/jobs")]
    for page in pages:
        assert "<img src=x" not in page
        assert ">49.csv" not in page


def test_names_in_any_script_and_hostile_titles_have_their_pages(aida, store):
    store.save_import("Ош_2020-奥什", batches.batch("a", title="Ош 50% <b>&?"))
    page = aida.see("/")
    address = re.search(r'<h3 [^>]*><a href="(/d/[^"]+)"', page)[1].replace("&amp;", "&")
    assert "<b>&" not in aida.see(address)
    assert 'href="/import?dataset=' in aida.see(address)


# ----------------------------------------------------- the files of the sample


@pytest.mark.parametrize(
    ("file", "profile", "rejected", "duplicates"),
    [
        ("casualties.csv", "sample_casualties", 5, 4),
        ("numbered_codes.csv", "sample_numbered_codes", 7, 5),
        ("police_cards_ru.xlsx", "sample_police_cards_ru", 9, 6),
    ],
)
def test_the_sample_files_walk_from_upload_to_undo(
    aida, store, file, profile, rejected, duplicates
):
    content = (SAMPLE / file).read_bytes()
    address = aida.preview((file, content), profile=profile, dataset="sample_walk")
    found = figures(aida.see(address))
    assert (found["Rejected"], found["Duplicates"]) == (str(rejected), str(duplicates))
    aida.send(f"{address}/commit")
    aida.work()
    kept = store.imports("sample_walk")[0]
    assert (kept.rejected, kept.duplicates) == (rejected, duplicates)
    assert kept.accepted + rejected + duplicates == kept.total
    assert len(rows_of(aida.see(f"/d/sample_walk/imports/{kept.id}/rejects.csv"))) == rejected + 1
    again = aida.preview((file, content), profile=profile, dataset="sample_walk")
    assert figures(aida.see(again))["Accepted"] == "0"
    aida.send(f"/d/sample_walk/imports/{kept.id}/undo")
    assert store.dataset("sample_walk").crashes == 0
