"""Report templates in the browser: from a chart, ordered, changed, written, taken away."""

import html
import io
import json
import re
from pathlib import Path

import jsonschema
import kept_crashes
import pytest
from kept_crashes import finish

from crashkit import api

HERE = "/d/mine/reports/templates"
SCHEMAS = Path(__file__).parents[2] / "docs/schema"
OURS = """title = "Ours"

[[parts]]
section = "key_figures"

[[parts]]
heading = "<b>Nights</b>"

[[parts]]
analysis = "hours"
unit = "casualties"
view = "both"
filter = "severity=fatal"
"""


@pytest.fixture(autouse=True)
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


@pytest.fixture
def ours(store):
    api.add_report_template(store, api.read_report_template("ours", OURS))


def kinds(store):
    return [one.kind for one in api.find_report_template(store, "ours").parts]


def seen(store):
    return api.report_template(store, "ours").seen


def change(person, store, **form):
    return person.send(f"{HERE}/ours", {"seen": seen(store), **form})


def fields(form):
    """Return what a form of a page would send."""
    inputs = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    chosen = re.search(r'<select name="template">\s*<option value="([^"]*)"', form)
    return {**inputs, "template": chosen[1]}


def add(person, words=""):
    page = person.see(f"/d/mine/explore/hours{words}")
    (form,) = re.findall(r'<form class="add-to-report".*?</form>', page, re.DOTALL)
    return person.send("/d/mine/explore/hours/report", fields(form))


def test_a_chart_is_added_to_a_new_report_and_then_to_that_one(aida, store):
    answer = add(aida, "?severity=fatal&unit=casualties&view=table")
    back = answer.headers["Location"]
    assert back == "/d/mine/explore/hours?severity=fatal&unit=casualties&view=table#content"
    page = aida.see(back)
    title = f"Report: {store.dataset('mine').title}"
    assert f"Added to the report “{title}”." in html.unescape(page)
    assert f'<a href="{HERE}/report">Open the report</a>' in page
    add(aida, "?view=method")
    (kept,) = api.report_templates(store)
    first, second = kept.template.parts
    assert (first.unit, first.view, first.filter) == ("casualties", "table", "severity=fatal")
    assert (second.unit, second.view, second.filter) == ("", "both", None)


def test_a_cross_table_is_added_and_leads_back_to_its_page(aida, store):
    words = "?rows=light&columns=severity&show=counts&view=table"
    page = aida.see(f"/d/mine/explore/table{words}")
    (form,) = re.findall(r'<form class="add-to-report".*?</form>', page, re.DOTALL)
    back = aida.send("/d/mine/explore/cross/report", fields(form)).headers["Location"]
    assert back.startswith("/d/mine/explore/table?")
    assert "rows=light" in back and "columns=severity" in back
    (part,) = api.report_templates(store)[0].template.parts
    assert (part.analysis, part.chosen["rows"], part.view) == ("cross", "light", "table")
    (picture,) = re.findall(r'href="([^"]*/explore/cross[.]png[^"]*)"', page)
    assert aida.get(html.unescape(picture)).data.startswith(b"\x89PNG")


def test_the_report_used_last_is_offered_first(aida, store, ours):
    api.add_report_template(store, api.ReportTemplate("theirs", "Theirs"))
    assert api.report_templates(store)[0].name == "theirs"
    aida.send("/d/mine/explore/hours/report", {"template": "ours"})
    page = aida.see("/d/mine/explore/hours")
    assert page.index('<option value="ours">') < page.index('<option value="theirs">')


def test_nothing_is_added_of_words_that_mean_nothing(aida, store, ours):
    for wrong in ({"unit": "cups"}, {"filter": "colour=red"}, {"template": "no_such"}):
        form = {"template": "ours", **wrong}
        assert aida.send("/d/mine/explore/hours/report", form).status_code in (400, 404)
    assert len(kinds(store)) == 3
    assert aida.send("/d/mine/explore/tea/report", {}).status_code == 404


@pytest.mark.parametrize(("language", "word"), [("ru", "Добавить раздел"), ("zh", "添加该章节")])
def test_a_section_of_a_report_is_not_called_a_section_of_road(aida, ours, language, word):
    assert word in aida.see(f"{HERE}/ours?lang={language}")


def test_parts_are_moved_taken_out_and_added(aida, store, ours):
    answer = change(aida, store, do="up", part="2")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HERE}/ours#part-2")
    assert kinds(store) == ["section", "analysis", "heading"]
    change(aida, store, do="down", part="0")
    assert kinds(store) == ["analysis", "section", "heading"]
    answers = [
        change(aida, store, do="drop", part="1"),
        change(aida, store, do="add", section="trend"),
        change(aida, store, do="add", text=" Two\r\nlines "),
    ]
    # Whoever has no mouse goes on at the part.
    places = [one.headers["Location"].partition("#")[2] for one in answers]
    assert places == ["part-2", "part-3", "part-4"]
    assert kinds(store) == ["analysis", "heading", "section", "text"]
    assert api.find_report_template(store, "ours").parts[-1].text == "Two\nlines"


def test_a_part_is_changed(aida, store, ours):
    change(aida, store, do="part", part="2", view="chart", which="own", filter="year=2021")
    part = api.find_report_template(store, "ours").parts[2]
    assert (part.view, part.filter, part.unit) == ("chart", "year=2021", "casualties")
    change(aida, store, do="part", part="2", view="chart", which="report", filter="year=2021")
    assert api.find_report_template(store, "ours").parts[2].filter is None
    change(aida, store, do="part", part="1", heading="Days")
    assert api.find_report_template(store, "ours").parts[1].heading == "Days"


def test_what_cannot_be_changed_says_why_and_stays(aida, store, ours):
    for form, said in (
        ({"do": "part", "part": "2", "view": "3d"}, "there is no view 3d"),
        ({"do": "part", "part": "2", "which": "own", "filter": "colour=red"}, "colour"),
        ({"do": "part", "part": "1", "heading": " "}, "it says nothing"),
        ({"do": "drop", "part": "9"}, "There is no part 10"),
        ({"do": "add", "text": "  "}, "Write something first"),
        ({"do": "add", "section": "tea"}, "There is no section tea"),
        ({"do": "head", "title": "", "name": "ours"}, "it needs a title"),
        ({"do": "head", "title": "Ours", "name": "../x"}, "Give the report template a name"),
    ):
        answer = change(aida, store, **form)
        assert (answer.status_code, said in answer.get_data(as_text=True)) == (400, True), form
    assert api.report_template(store, "ours").text == OURS


def test_who_was_overtaken_sees_the_state_of_now(aida, store, ours):
    before = seen(store)
    change(aida, store, do="up", part="2")
    answer = aida.send(f"{HERE}/ours", {"seen": before, "do": "drop", "part": "2"})
    assert answer.status_code == 409
    assert "Somebody else has changed the report template ours" in answer.get_data(as_text=True)
    assert kinds(store) == ["section", "analysis", "heading"]


def test_title_languages_and_name_are_changed(aida, store, ours):
    answer = change(
        aida, store, do="head", title="Month", name="month", **{"title-ru": "Месяц", "title-zh": ""}
    )
    assert answer.headers["Location"] == f"{HERE}/month#head"
    found = api.find_report_template(store, "month")
    assert (found.title, found.titles) == ("Month", {"ru": "Месяц"})
    assert aida.get(f"{HERE}/ours").status_code == 404


def test_own_words_are_words_on_the_page(aida, ours):
    page = aida.see(f"{HERE}/ours")
    assert "&lt;b&gt;Nights&lt;/b&gt;" in page
    assert "<b>Nights</b>" not in page
    assert "/d/mine/explore/hours?severity=fatal&amp;unit=casualties" in page


def test_a_template_begins_with_a_standard_report_or_with_nothing(aida, store):
    aida.send(HERE, {"kind": "area_one_pager", "title": ""})
    aida.send(HERE, {"kind": "", "title": "Own"})
    aida.send(HERE, {"kind": "area_one_pager", "title": "Second"})
    found = {one.name: one.template for one in api.report_templates(store)}
    assert set(found) == {"area_one_pager", "report", "area_one_pager_2"}
    assert found["area_one_pager"].title == "Area one-pager"
    names = tuple(one.section for one in found["area_one_pager_2"].parts)
    assert names == api.list_kinds()["area_one_pager"].sections


def test_a_template_is_downloaded_and_uploaded_under_another_name(aida, store, ours):
    answer = aida.get(f"{HERE}/ours.toml")
    assert answer.get_data(as_text=True) == OURS
    given = {"file": (io.BytesIO(answer.data), "ours.toml"), "name": "copy"}
    sent = aida.send(HERE, given, content_type="multipart/form-data")
    assert sent.headers["Location"] == f"{HERE}/copy"
    assert api.report_template(store, "copy").text == OURS
    for content, said in (
        (b"title = 3", "it needs a title"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (OURS.encode(), "already a report template ours"),
        (OURS.replace("key_figures", "tea").encode(), "there is no section tea"),
        (b"#" * 500_001, "too large"),
    ):
        form = {"file": (io.BytesIO(content), "ours.toml")}
        sent = aida.send(HERE, form, content_type="multipart/form-data")
        assert (sent.status_code, said in sent.get_data(as_text=True)) == (400, True), said


def test_json_follows_its_schema(aida, store, ours):
    schema = json.loads((SCHEMAS / "report_template.json").read_text("utf-8"))
    document = aida.get(f"{HERE}/ours.json").json
    jsonschema.validate(document, schema)
    assert aida.get("/d/mine/reports/templates.json").json["templates"] == [document]


def test_a_template_that_cannot_be_read_is_shown_and_can_be_removed(aida, store):
    store.add_report_template("old", "title = <old>")
    page = aida.see(f"{HERE}/old")
    assert "is not valid TOML" in page
    assert "title = &lt;old&gt;" in page
    assert "is not valid TOML" in aida.see("/d/mine/reports")
    aida.send(f"{HERE}/old/remove", {})
    assert api.report_templates(store) == []


def test_a_report_of_a_template_is_written_with_the_numbers_of_the_page(aida, store, ours):
    form = {"template": "ours", "language": "en", "format": "html"}
    page = finish(aida, aida.send("/d/mine/reports?year=2020", form))
    text = aida.see(page)
    assert "<h1>Ours</h1>" in text
    assert "&lt;b&gt;Nights&lt;/b&gt;" in text
    assert "This part has a filter of its own: Severity: Fatal." in text
    number = aida.get("/d/mine/explore/hours.json?severity=fatal&unit=casualties").json
    assert number["finding"] in text
    (kept,) = aida.get("/d/mine/reports.json").json["reports"]
    assert (kept["title"], kept["template"], kept["kind"]) == ("Ours", "ours", "")
    assert "Ours" in aida.see(page.removesuffix("/read"))
    content = aida.get(f"{page.removesuffix('/read')}/file").data
    assert api.verify_report(store, content).equal


def test_a_template_that_is_no_more_writes_nothing(aida):
    form = {"template": "gone", "language": "en", "format": "html"}
    assert aida.send("/d/mine/reports", form).status_code == 404
    assert aida.board.recent() == []
