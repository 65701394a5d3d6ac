"""Rules: the list, the sheet as form and as text, the count, upload, download, removal."""

import csv
import io
from html.parser import HTMLParser

import kept_crashes
import pytest
from werkzeug.datastructures import MultiDict

from crashkit import api

OURS = b"""
title = "Ours <b>"
source = "Letter of 2026 {x}"
verified = false
copied_from = "count_1km"
place = "anchored"
measure = "count"
"""
HOSTILE = "\"><script>window.__hit=1</script>{{7*7}}{x}'"


class Sheet(HTMLParser):
    """Reads what a browser would send of the form `editor`, without any button."""

    def __init__(self, page):
        super().__init__()
        self.sent, self._in, self._area, self._menu = MultiDict(), False, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self._in = said.get("id") == "editor"
        if not self._in or (name := said.get("name")) is None and tag != "option":
            return
        if tag == "input":
            if said.get("type") != "checkbox" or "checked" in said:
                self.sent.add(name, said.get("value", ""))
        elif tag == "textarea":
            self._area = [name, ""]
        elif tag == "select":
            self._menu = name
        elif tag == "option" and self._menu and "selected" in said:
            self.sent[self._menu] = said.get("value", "")

    def handle_data(self, data):
        if self._area:
            self._area[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area:
            self.sent.add(self._area[0], self._area[1].removeprefix("\n"))
            self._area = None
        self._menu = None if tag == "select" else self._menu
        self._in = self._in and tag != "form"


def sheet(aida, address="/presets/new?from=count_1km"):
    return Sheet(aida.see(address)).sent


def post(aida, sent, do, **changes):
    form = MultiDict(sent)
    for name, value in changes.items():
        form.setlist(name, value if isinstance(value, list) else [value])
    form["do"] = do
    return aida.client.post("/presets/draft", data=form)


def upload(aida, content=OURS, file="ours.toml", **form):
    data = {"file": (io.BytesIO(content), file), **form}
    return aida.send("/presets", data, content_type="multipart/form-data")


def said(answer):
    return answer.get_data(as_text=True)


def fields(sent):
    """What stands in the form, without the token, which tells the time."""
    return {name: values for name, values in sent.lists() if name != "csrf_token"}


def law(aida, name="our_law"):
    sent = sheet(aida, "/presets/new?from=ru_law")
    sent["name"] = name
    return sent


# ------------------------------------------------------------------- the list


def test_every_rule_is_listed_with_source_and_standing(aida, store):
    upload(aida)
    page = aida.see("/presets")
    assert "Ours &lt;b&gt;" in page
    for id_, one in api.whole_presets().items():
        assert f'href="/presets/{id_}.toml"' in page
        assert one.source.split(",")[0][:20].replace("'", "&#39;") in page
    assert "Nobody has yet said that they checked" in page
    found = {one["id"]: one for one in aida.get("/presets.json").json["presets"]}
    assert found["ours"]["own"] and not found["ru_law"]["own"]
    rows = list(csv.DictReader(io.StringIO(aida.see("/presets.csv").lstrip("\ufeff"))))
    assert {row["id"] for row in rows} == set(found)


def test_a_rule_is_uploaded_downloaded_and_removed(aida, store):
    assert upload(aida).status_code == 303
    assert "The rule ours is saved." in aida.see("/presets")
    file = aida.get("/presets/ours.toml")
    assert file.data == OURS
    assert "ours.toml" in file.headers["Content-Disposition"]
    assert aida.send("/presets/ours/remove").status_code == 303
    assert store.presets() == []
    assert aida.get("/presets/ours.toml").status_code == 404
    assert aida.send("/presets/ours/remove").status_code == 404


def test_a_law_of_parts_is_downloaded_whole_and_uploaded_again(aida, store):
    content = aida.get("/presets/ru_law.toml").data
    assert upload(aida, content, "their_law.toml").status_code == 303
    own = api.find_preset("their_law", store)
    assert [one.id for one in own.inside] == list(api.find_preset("ru_law").parts)


BAD_FILES = (
    (OURS.replace(b'"anchored"', b'"windmills"'), {}, "There is no place windmills"),
    (b"title = =", {}, "at line 1"),
    (b"\xff\xfe\x00", {}, "not UTF-8"),
    (OURS, {"name": "ru_law"}, "choose another one"),
    (OURS, {"name": "a/b"}, "Give the preset a name"),
    (b"#" * 200_001, {}, "too large"),
    (OURS + b"[place_params]\nlength_m = 1", {}, "length_m is 1; it must lie between"),
)


def test_a_bad_rule_is_refused_with_the_reason(aida, store):
    for content, form, complaint in BAD_FILES:
        answer = upload(aida, content, **form)
        assert answer.status_code == 400
        assert complaint in said(answer)
    assert store.presets() == []


def test_no_file_is_said(aida):
    answer = aida.send("/presets", {}, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "Choose a file" in said(answer)


# ------------------------------------------------------------------ the sheet


def test_a_copy_that_is_sent_as_it_is_says_the_same_rule(aida):
    for id_ in ("ru_law", "be_flanders", "severity_1km", "poisson_1km"):
        page = aida.see(f"/presets/new?from={id_}")
        assert 'class="notice notice-bad"' not in page
        text = Sheet(said(post(aida, Sheet(page).sent, "text"))).sent["text"]
        assert api.read_preset(id_, text) == api.copied_preset(id_)


def test_a_copy_is_changed_looked_at_saved_and_edited(aida, store):
    sent = law(aida)
    looked = said(post(aida, sent, "look", **{"0-rule.0.min_crashes": "4"}))
    assert "4 or more crashes; of one crash type" in looked
    assert store.presets() == []
    answer = post(aida, sent, "save", title="Our law", **{"0-rule.0.min_crashes": "4"})
    assert answer.status_code == 303, said(answer)
    own = api.find_preset("our_law", store)
    assert (own.title, own.copied_from, own.verified) == ("Our law", "ru_law", False)
    assert own.inside[0].measure_params["rules"][0]["min_crashes"] == 4
    again = sheet(aida, "/presets/our_law/edit")
    assert again["0-rule.0.min_crashes"] == "4"
    answer = post(aida, again, "save", name="our_law_2027")
    assert answer.status_code == 303, said(answer)
    assert [one.name for one in store.presets()] == ["our_law_2027"]


def test_which_version_a_rule_replaces_and_all_its_decimals_outlive_the_form(aida, store):
    more = b'replaces = "count_1km"\nplace = "anchored"'
    upload(
        aida, OURS.replace(b'place = "anchored"', more) + b"[place_params]\nlength_m = 750.1234567"
    )
    sent = sheet(aida, "/presets/ours/edit")
    text = Sheet(said(post(aida, sent, "text"))).sent
    form = Sheet(said(post(aida, text, "form"))).sent
    assert post(aida, form, "save", title="Others").status_code == 303
    kept = api.find_preset("ours", store)
    assert (kept.title, kept.replaces) == ("Others", "count_1km")
    assert kept.place_params == {"length_m": 750.1234567}


def test_two_people_who_edit_one_rule_do_not_undo_each_other(aida, store):
    upload(aida)
    one, other = sheet(aida, "/presets/ours/edit"), sheet(aida, "/presets/ours/edit")
    assert post(aida, one, "save", title="First").status_code == 303
    answer = post(aida, other, "save", title="Second")
    assert answer.status_code == 400
    assert "Somebody else has saved the preset ours" in said(answer)
    assert api.find_preset("ours", store).title == "First"


def test_parts_and_conditions_are_added_and_removed(aida):
    sent = law(aida)
    parts = int(sent["parts"])
    more = Sheet(said(post(aida, sent, "add-part"))).sent
    assert int(more["parts"]) == parts + 1
    assert more[f"{parts}-place"] == sent[f"{parts - 1}-place"]
    less = Sheet(said(post(aida, more, f"drop-part-{parts}"))).sent
    assert fields(less) == fields(sent)
    rules = int(sent["0-rules"])
    more = Sheet(said(post(aida, sent, "add-rule-0"))).sent
    assert int(more["0-rules"]) == rules + 1
    less = Sheet(said(post(aida, sent, "drop-rule-0-0"))).sent
    assert int(less["0-rules"]) == rules - 1
    assert less["0-rule.0.min_crashes"] == sent["0-rule.1.min_crashes"]


def test_a_wish_that_makes_no_sense_changes_nothing(aida):
    sent = law(aida)
    for wish in ("add-", "drop-part", "drop-rule-9-9", "add-rule-x", "drop-rule"):
        answer = post(aida, sent, wish)
        assert answer.status_code == 200
        assert fields(Sheet(said(answer)).sent) == fields(sent)


def test_another_place_brings_its_own_parameters(aida):
    found = Sheet(said(post(aida, sheet(aida), "look", **{"0-place": "circles"}))).sent
    assert "0-place.radius_m" in found
    assert "0-place.step_m" not in found


WRONG = (
    ({"title": ""}, "has no title"),
    ({"source": " "}, "has no source"),
    ({"0-place": "windmills"}, "There is no place windmills"),
    ({"0-place.length_m": "5"}, "length_m is 5; it must lie between"),
    ({"0-place.length_m": "long"}, "long, which is not a number"),
    ({"0-place.length_m": "nan"}, "must lie between"),
    ({"0-filter": "colour=red"}, "colour"),
    ({"valid_from": "soon"}, "must be a day"),
    ({"valid_from": "2026-01-01", "valid_to": "2025-01-01"}, "before it begins"),
    ({"verified": "yes"}, "who checked it"),
    ({"needs": ["severity", "colour"]}, "the data dictionary does not have"),
    ({"name": "count_1km"}, "choose another one"),
    ({"name": "a b"}, "Give the preset a name"),
)


def test_what_is_wrong_is_said_beside_what_was_written(aida, store):
    sent = sheet(aida)
    for changes, complaint in WRONG:
        answer = post(aida, sent, "save", **changes)
        assert answer.status_code == 400
        assert complaint in said(answer)
        found = Sheet(said(answer)).sent
        for name, value in changes.items():
            assert found.getlist(name) == ([value.strip()] if isinstance(value, str) else value)
    assert store.presets() == []


def test_a_rule_is_edited_as_text_and_as_form(aida, store):
    text = Sheet(said(post(aida, sheet(aida), "text"))).sent
    assert "length_m" in text["text"]
    form = Sheet(said(post(aida, text, "form", text=text["text"].replace("1000", "750")))).sent
    assert form["0-place.length_m"] == "750"
    broken = post(aida, text, "save", text="title = =")
    assert broken.status_code == 400
    assert "at line 1" in said(broken)
    assert Sheet(said(broken)).sent["text"] == "title = ="
    assert post(aida, text, "save", name="mine").status_code == 303
    assert store.presets()[0].text == text["text"]


def test_who_checked_a_rule_is_kept_until_its_numbers_change(aida, store):
    sent = sheet(aida)
    words = {"verified": "yes", "verified_by": "Aida", "verified_on": "2026-11-20"}
    assert post(aida, sent, "save", name="mine", **words).status_code == 303
    assert "by Aida on 20 Nov 2026" in aida.see("/presets")
    again = sheet(aida, "/presets/mine/edit")
    answer = post(aida, again, "save", **{"0-place.length_m": "750"})
    assert answer.status_code == 400
    assert "has changed since Aida checked it" in said(answer)
    assert post(aida, again, "save", title="Other words").status_code == 400
    assert post(aida, again, "save", verified_on="2026-11-27", title="Ours").status_code == 303
    copy = sheet(aida, "/presets/new?from=mine")
    assert "verified" not in copy
    assert (copy["verified_by"], copy["copied_from"]) == ("", "mine")


def test_a_changed_file_under_another_name_does_not_bear_the_word_of_who_checked_it(aida, store):
    word = b'verified = true\nverified_by = "Bek"\nverified_on = 2026-11-20\n'
    checked = OURS.replace(b"verified = false\n", word)
    assert upload(aida, checked).status_code == 303
    answer = upload(aida, checked.replace(b"Letter", b"Law"), "theirs.toml")
    assert answer.status_code == 400
    assert "Bek checked the rule ours on 20 Nov 2026" in said(answer)
    assert [one.name for one in store.presets()] == ["ours"]


def test_attacks_in_every_field_stay_text(aida, store):
    sent = sheet(aida, "/presets/new?from=uk_wales")
    for name in fields(sent):
        if name not in ("parts", "0-rules"):
            assert "<script>window" not in said(post(aida, sent, "look", **{name: HOSTILE}))
    sent = law(aida)
    answer = post(aida, sent, "save", title=HOSTILE, source=HOSTILE, notes=HOSTILE, country="{x}")
    assert answer.status_code == 303, said(answer)
    kept_crashes.keep(store, kept_crashes.road())
    for address in ("/presets", "/presets/our_law/edit", "/d/mine/blackspots?preset=our_law"):
        page = aida.see(address)
        assert "<script>window" not in page
        assert "window.__hit=1" in page


def test_the_pages_are_there_in_other_languages(aida):
    upload(aida)
    for language in ("ru", "zh"):
        for address in ("/presets?", "/presets/new?from=ru_law&", "/presets/ours/edit?"):
            aida.see(f"{address}lang={language}")


def test_what_is_not_there_is_said(aida):
    for address in ("/presets/ours/edit", "/presets/new?from=nowhere", "/presets/draft/x"):
        assert aida.get(address).status_code == 404


def test_a_shipped_rule_that_takes_the_name_of_an_own_one_is_pointed_out(aida, store):
    store.save_preset("ru_law", OURS.decode())
    page = aida.see("/presets")
    assert "CrashKit now has a rule of this name" in page
    assert Sheet(aida.see("/presets/ru_law/edit")).sent["title"] == "Ours <b>"


def test_an_own_rule_that_cannot_be_used_any_more_locks_no_page(aida, store):
    store.save_preset("old", "title = 'Old'\nsource = 'S'\nplace = 'gone'\nmeasure = 'count'")
    kept_crashes.keep(store, kept_crashes.road())
    assert "This version of CrashKit cannot use it" in aida.see("/presets")
    assert "There is no place gone" in aida.see("/presets/old/edit")
    assert 'value="old"' not in aida.see("/d/mine/blackspots")
    assert aida.send("/presets/old/remove").status_code == 303


# ------------------------------------------------------------- what it finds


@pytest.fixture
def mine(store, monkeypatch):
    monkeypatch.setattr("webapp.presets.FAST_S", 0.01)
    kept_crashes.keep(store, kept_crashes.road())


def test_sites_are_counted_beside_those_of_the_rule_it_was_copied_from(aida, mine):
    sent = sheet(aida)
    answer = post(aida, sent, "count", dataset="mine", **{"0-measure.min_crashes": "6"})
    assert answer.status_code == 303
    aida.work()
    job = answer.headers["Location"].rpartition("/")[2]
    assert aida.get(f"/jobs/{job}.json").json["page"] == f"/presets/draft/{job}"
    page = aida.see(f"/presets/draft/{job}")
    assert "One site now, 2 before." in page
    assert Sheet(page).sent["0-measure.min_crashes"] == "6"


def test_data_that_cannot_answer_a_rule_are_said(aida, mine, store):
    kept_crashes.keep(store, kept_crashes.thin(), "thin")
    sent = sheet(aida, "/presets/new?from=count_circles")
    answer = post(aida, sent, "count", dataset="thin")
    aida.work()
    page = aida.see(answer.headers["Location"].replace("/jobs/", "/presets/draft/"))
    assert "has coordinates" in page


def test_an_own_rule_is_searched_by_and_its_list_outlives_it(aida, mine, store):
    upload(aida)
    page = aida.see("/d/mine/blackspots?preset=ours")
    assert "Ours &lt;b&gt;" in page
    answer = aida.send("/d/mine/blackspots", {"preset": "ours"})
    aida.work()
    done = aida.get(f"{answer.headers['Location']}.json").json
    result = done["page"]
    assert result, done
    before = aida.see(result)
    aida.send("/presets/ours/remove")
    page = aida.see(result)
    for text in ("Ours &lt;b&gt;", "Letter of 2026 {x}", "Longest window"):
        assert text in before and text in page
