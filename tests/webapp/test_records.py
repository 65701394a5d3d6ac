"""One crash in the browser: found, shown, changed, entered; plain forms only."""

import csv
import io
import re

import batches
import kept_crashes
import pytest

from crashkit import api
from webapp import record_forms


@pytest.fixture
def kept(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    return store


@pytest.fixture
def full(aida, store):
    """Two crashes with vehicles and people, as an import keeps them."""
    crashes = b"crash_id,crash_date,crash_time,severity,light\n1,2024-01-02,08:15,serious,day\n"
    vehicles = b"crash_id,unit_no,unit_type\n1,1,car\n1,2,bus\n"
    people = b"crash_id,person_no,injury,road_user_type\n1,1,serious,driver\n"
    files = [
        api.Upload(f"{name}.csv", content)
        for name, content in (("crashes", crashes), ("vehicles", vehicles), ("people", people))
    ]
    api.import_crashes(store, files, profile="crashkit", dataset="mine")
    return store


def seen(person, number=1):
    page = person.see(f"/d/mine/crashes/{number}/edit")
    return re.search(r'name="seen" value="([^"]*)"', page)[1]


def change(person, number=1, *, reason="seen on site", who="", **fields):
    """Send the form with these fields changed; others are left out, which leaves them alone."""
    form = {name.replace("__", "-"): value for name, value in fields.items()}
    form |= {"seen": seen(person, number), "reason": reason, "who": who}
    return person.send(f"/d/mine/crashes/{number}/edit", form)


# ------------------------------------------------------------------- looking


def test_the_page_of_a_crash_shows_every_field_that_has_a_value(aida, kept):
    page = aida.see("/d/mine/crashes/1")
    record = kept.record("mine", 1)
    labels = {one.name: one.label for one in api.record_fields("crash")}
    for name in record.crash.now:
        assert f">{labels[name]}</dt>" in page
    assert "C-001" in page
    assert "&lt;b&gt;Aksu&lt;/b&gt;" in page
    assert "10.000 km" in page


def test_what_the_source_wrote_stands_beside_the_code(aida, store):
    store.save_import("mine", batches.batch("a"))
    assert "The source wrote: «Тяжесть 1»" in aida.see("/d/mine/crashes/1")


def test_the_page_and_its_document_say_the_same(aida, full):
    found = aida.get("/d/mine/crashes/1.json").json
    assert found["crash"]["now"]["crash_id"] == "1"
    assert [row["now"]["unit_type"] for row in found["vehicles"]] == ["car", "bus"]
    assert found["data_version"] == "mine v1"
    page = aida.see("/d/mine/crashes/1")
    for words in ("Vehicles", "People", "Bus", "Driver"):
        assert words in page


def test_a_crash_without_a_place_says_so_and_one_with_a_place_has_a_map(aida, store):
    store.save_import("mine", batches.batch("a", "b"))
    assert 'data-mark="74.59,42.87"' in aida.see("/d/mine/crashes/1")
    assert "no map can show it" in aida.see("/d/mine/crashes/2")


@pytest.mark.parametrize("path", ["9", "9/edit", "9.json"])
def test_a_crash_that_is_not_there_is_not_found(aida, kept, path):
    assert aida.get(f"/d/mine/crashes/{path.replace('9', '999')}").status_code == 404


def test_a_crash_is_found_by_its_number(aida, kept):
    answer = aida.get("/d/mine/crashes?number=c-007")
    assert answer.status_code == 302
    assert "<h1>Crash C-007 " in aida.see(answer.headers["Location"])
    page = aida.see("/d/mine/crashes?number=C-00")
    assert page.count('href="/d/mine/crashes/') >= 9
    assert "No crash has “X-1”" in aida.see("/d/mine/crashes?number=X-1")


def test_a_search_by_number_keeps_the_filter_of_the_address(aida, kept):
    page = aida.see("/d/mine/crashes?road=M39&unit=casualties")
    form = page[page.index('class="record-search"') :].partition("</form>")[0]
    assert '<input type="hidden" name="road" value="M39">' in form
    assert '<input type="hidden" name="unit" value="casualties">' in form
    words = "?road=M39&unit=casualties"
    answer = aida.get(f"/d/mine/crashes{words}&number=c-007")
    assert answer.headers["Location"].endswith(words)
    back = 'href="/d/mine/crashes?road=M39&amp;unit=casualties">Crashes of the filter<'
    assert back in aida.see(answer.headers["Location"])
    assert back in aida.see(f"/d/mine/crashes{words}&number=C-00")
    assert ">All crashes<" in aida.see("/d/mine/crashes/1")


def test_the_list_keeps_to_the_filter_and_goes_on_page_by_page(aida, store):
    rows = kept_crashes.road() * 5
    kept_crashes.keep(store, rows)
    every = aida.see("/d/mine/crashes")
    assert every.count('<th scope="row">') == 50
    assert "Page 1 of 3" in every
    assert aida.see("/d/mine/crashes?page=3").count('<th scope="row">') == 20
    fatal = aida.see("/d/mine/crashes?severity=fatal")
    assert fatal.count('<th scope="row">') == 30
    assert "/d/mine/crashes.csv?severity=fatal" in fatal


def test_pop_up_and_site_lead_to_the_page_of_a_crash(aida, kept):
    assert aida.get("/d/mine/crash/3.json").json["page"] == "/d/mine/crashes/3"
    site = aida.see(f"{kept_crashes.search(aida)}/1")
    assert '<a href="/d/mine/crashes/1">' in site


# ------------------------------------------------------------------ changing


def test_a_change_is_kept_shown_beside_the_source_and_listed(aida, kept):
    told = api.value_label("light", kept.record("mine", 1).crash.told["light"])
    answer = change(aida, who="Aida", crash__0__light="twilight")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/d/mine/crashes/1")
    page = aida.see("/d/mine/crashes/1")
    assert "The crash was changed." in page
    assert f"The source said: {told}." in page
    assert "Changed by Aida on" in page
    assert "seen on site" in page
    assert kept.record("mine", 1).crash.now["light"] == "twilight"
    assert kept.dataset("mine").version == 2


def test_the_form_as_it_stands_changes_nothing(aida, full):
    page = aida.see("/d/mine/crashes/1/edit")
    record = full.record("mine", 1)
    form = {"reason": "x", "seen": seen(aida)}
    for row in record.rows:
        for field in api.editable_fields(row.table):
            name = f"{row.table}-{row.n}-{field.name}"
            assert f'name="{name}"' in page
            form |= {f"{row.table}-{row.n}-row": "" for _ in [0] if row.n}
            form[name] = api.field_word(row.now.get(field.name))
    answer = aida.send("/d/mine/crashes/1/edit", form)
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.get_data(as_text=True)
    assert full.dataset("mine").version == 1


def test_vehicles_and_people_are_changed_too_with_what_follows(aida, full):
    assert change(aida, person__1__injury="killed", vehicle__2__unit_type="car").status_code == 303
    now = full.record("mine", 1)
    assert (now.crash.now["n_killed"], now.crash.now["severity"]) == (1, "fatal")
    assert now.vehicles[1].now["unit_type"] == "car"
    page = aida.see("/d/mine/crashes/1")
    assert "Vehicle 2, Vehicle type" in page
    assert ">Fatal</td>" in aida.see("/d/mine/crashes")


def test_a_person_is_removed_and_stays_visible_and_can_be_put_back(aida, full):
    assert change(aida, person__1__row=["", "removed"], person__1__age="30").status_code == 303
    now = full.record("mine", 1)
    assert (now.people[0].state, full.dataset("mine").people) == ("removed", 0)
    page = aida.see("/d/mine/crashes/1")
    assert "record-removed" in page
    assert "removed by hand" in page
    assert "told by the source</del> → <ins>removed by hand" in page
    form = aida.see("/d/mine/crashes/1/edit")
    assert 'name="person-1-row" value="removed" checked' in form
    assert 'name="person-1-injury"' not in form
    assert change(aida, person__1__row="").status_code == 303
    assert full.dataset("mine").people == 1


def test_a_vehicle_is_added_without_scripts_and_nothing_typed_is_lost(aida, full):
    form = {"n-vehicle": "0", "n-person": "0", "seen": seen(aida), "crash-0-light": "twilight"}
    page = aida.send("/d/mine/crashes/1/edit", {**form, "add": "vehicle"}).get_data(as_text=True)
    name = f"vehicle-{api.NEW}-unit_type"
    assert f'name="{name}"' in page
    assert '<option value="twilight" selected>' in page
    assert full.dataset("mine").version == 1
    new = {f"vehicle-{api.NEW}-unit_no": "3", name: "agri", "reason": "seen on the photograph"}
    answer = aida.send("/d/mine/crashes/1/edit", {**form, **new, "n-vehicle": "1"})
    assert answer.status_code == 303
    record = full.record("mine", 1)
    assert [(row.n, row.state) for row in record.vehicles] == [
        (1, "told"),
        (2, "told"),
        (-1, "added"),
    ]
    assert record.crash.now["n_vehicles"] == 3
    page = aida.see("/d/mine/crashes/1")
    assert "added by hand" in page
    assert "Vehicle +1, Vehicle type" in page
    aida.send("/d/mine/changes/1/undo")
    assert full.dataset("mine").vehicles == 2


def test_a_row_of_which_nothing_is_said_but_its_number_is_not_added(aida, full):
    form = {"n-person": "1", f"person-{api.NEW}-person_no": "2", "seen": seen(aida), "reason": "x"}
    answer = aida.send("/d/mine/crashes/1/edit", form)
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.get_data(as_text=True)


def test_what_is_wrong_in_an_added_row_stands_beside_its_field(aida, full):
    name = f"person-{api.NEW}-age"
    form = {"n-person": "1", name: "old", "seen": seen(aida), "reason": "x"}
    answer = aida.send("/d/mine/crashes/1/edit", form)
    assert answer.status_code == 400
    assert f'id="wrong-{name}"' in answer.get_data(as_text=True)


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(aida, kept):
    answer = change(aida, crash__0__n_killed="two", crash__0__crash_time="25:00")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'id="wrong-crash-0-n_killed"' in text
    assert 'href="#crash-0-crash_time"' in text
    assert 'value="two"' in text
    assert "Killed is «two», which is not a number." in text
    assert kept.edits("mine") == []


def test_a_change_needs_a_reason(aida, kept):
    answer = change(aida, reason=" ", crash__0__light="twilight")
    assert answer.status_code == 400
    assert "Say why the crash is changed." in answer.get_data(as_text=True)
    assert kept.edits("mine") == []


def test_somebody_else_s_change_is_told_and_not_overwritten(aida, kept):
    old = seen(aida)
    change(aida, crash__0__light="twilight")
    form = {"seen": old, "reason": "late", "crash-0-light": "day"}
    answer = aida.send("/d/mine/crashes/1/edit", form)
    assert answer.status_code == 409
    assert "Somebody changed this crash" in answer.get_data(as_text=True)
    assert kept.record("mine", 1).crash.now["light"] == "twilight"


def test_only_listed_fields_of_rows_that_are_there_can_be_set(aida, kept):
    """W22: what the form does not ask is passed over."""
    answer = change(
        aida,
        crash__0__light="twilight",
        crash__0__crash_id="X",
        crash__0__source_id="X",
        crash__0__narrative="A. B.",
        crash__0__year="1999",
        crash__0__severity_src="X",
        crash__1__light="day",
        vehicle__1__unit_type="bus",
        import_id="7",
        dataset="other",
    )
    assert answer.status_code == 303
    assert {(one.table, one.field) for one in kept.edits("mine")} == {("crash", "light")}


def test_several_ticks_are_one_value_and_none_take_it_away(aida, store):
    store.save_import("mine", batches.batch("a"))
    assert change(aida, crash__0__weather=["", "fog", "rain"]).status_code == 303
    assert store.record("mine", 1).crash.now["weather"] == "rain|fog"
    assert change(aida, crash__0__weather=[""]).status_code == 303
    assert "weather" not in store.record("mine", 1).crash.now


def test_a_note_tells_what_disagrees(aida, kept):
    change(aida, 2, crash__0__n_killed="1")
    assert "by the counts of people hurt it is “Fatal”" in aida.see("/d/mine/crashes/2")


def test_every_field_stands_in_one_group():
    for names in record_forms.GROUPS.values():
        assert set(names[1]) <= {field.name for field in api.record_fields("crash")}
    grouped = record_forms.grouped(field.name for field in api.record_fields("crash"))
    names = [name for _, _, found in grouped for name in found]
    assert sorted(names) == sorted(field.name for field in api.record_fields("crash"))


# ------------------------------------------------------------ the changes


def test_the_list_of_changes_has_its_files(aida, kept):
    change(aida, who="Aida", crash__0__light="twilight")
    change(aida, 2, crash__0__place="Osh")
    page = aida.see("/d/mine/changes")
    assert page.index("Change 2") < page.index("Change 1")
    assert 'href="/d/mine/crashes/2"' in page
    rows = list(csv.DictReader(io.StringIO(aida.see("/d/mine/changes.csv").lstrip("\ufeff"))))
    edits = aida.get("/d/mine/changes.json").json["edits"]
    assert [row["field"] for row in rows] == [one["field"] for one in edits] == ["light", "place"]
    assert (edits[0]["who"], edits[0]["after"]) == ("Aida", "twilight")


def test_no_change_yet_says_where_to_begin(aida, kept):
    assert "Nothing was changed by hand yet" in aida.see("/d/mine/changes")


def test_a_change_is_taken_back_after_a_question_and_once(aida, kept):
    change(aida, crash__0__light="twilight")
    before = api.load(kept, "mine", version=1)
    assert "goes back to what it was before this change" in aida.see("/d/mine/changes/1/undo")
    assert kept.dataset("mine").version == 2
    for _ in range(2):
        answer = aida.send("/d/mine/changes/1/undo")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/d/mine/changes")
    assert kept.dataset("mine").version == 3
    now = api.load(kept, "mine")
    assert now.crashes.equals(before.crashes)
    assert "Taken back" in aida.see("/d/mine/changes")
    assert "already" in aida.see("/d/mine/changes/1/undo")
    assert aida.get("/d/mine/changes/7/undo").status_code == 404


def test_an_earlier_change_waits_for_the_later_one(aida, kept):
    change(aida, crash__0__light="twilight")
    change(aida, crash__0__light="day")
    aida.send("/d/mine/changes/1/undo")
    assert "take that one back first" in aida.see("/d/mine/changes")
    assert kept.record("mine", 1).crash.now["light"] == "day"


def test_a_form_without_its_token_changes_nothing(aida, kept):
    for path in ("crashes/1/edit", "crashes/new", "changes/1/undo"):
        answer = aida.client.post(f"/d/mine/{path}", data={"reason": "x", "crash-0-light": "day"})
        assert answer.status_code == 400
    assert kept.edits("mine") == []


# ------------------------------------------------------------ a new crash

NEW = {
    "n-vehicle": "1",
    "n-person": "1",
    "crash-0-crash_id": "N-1",
    "crash-0-crash_date": "2025-05-06",
    "crash-0-lat": "41.12345",
    "crash-0-lon": "69.54321",
    "vehicle-1-unit_no": "1",
    "vehicle-1-unit_type": "car",
    "person-1-person_no": "1",
    "person-1-injury": "killed",
}


def test_a_crash_entered_by_hand_is_kept_as_an_import(aida, kept):
    answer = aida.send("/d/mine/crashes/new", NEW)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = aida.see(answer.headers["Location"])
    assert "as import 2" in page
    found = kept.record("mine", 25)
    assert (found.crash.now["severity"], found.crash.now["location_kind"]) == ("fatal", "point")
    assert len(found.vehicles) == len(found.people) == 1
    ledger = kept.ledger_of(2)
    assert (ledger.total, ledger.accepted) == (3, 3)
    assert "Entered by hand" in aida.see("/d/mine/imports/2")
    aida.send("/d/mine/imports/2/undo")
    assert kept.dataset("mine").crashes == 24


def test_a_row_is_added_without_scripts_and_nothing_typed_is_lost(aida, kept):
    answer = aida.send("/d/mine/crashes/new", {**NEW, "add": "vehicle"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'name="vehicle-2-unit_type"' in text
    assert 'value="N-1"' in text
    assert kept.dataset("mine").crashes == 24


def test_rows_left_empty_are_left_out(aida, kept):
    form = {**NEW, "n-vehicle": "3", "vehicle-2-unit_no": "2", "vehicle-3-unit_no": "3"}
    form |= {"vehicle-3-unit_type": "bus"}
    assert aida.send("/d/mine/crashes/new", form).status_code == 303
    assert [row.now["unit_type"] for row in kept.record("mine", 25).vehicles] == ["car", "bus"]


def test_a_wrong_value_of_a_new_crash_stands_beside_its_field(aida, kept):
    form = {**NEW, "person-1-age": "old", "crash-0-crash_date": ""}
    answer = aida.send("/d/mine/crashes/new", form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'id="wrong-person-1-age"' in text
    assert 'id="wrong-crash-0-crash_date"' in text
    assert kept.dataset("mine").crashes == 24
    assert len(kept.imports("mine")) == 1


def test_the_same_crash_is_not_entered_twice(aida, kept):
    aida.send("/d/mine/crashes/new", NEW)
    for again in (NEW, {**NEW, "crash-0-light": "day"}):
        answer = aida.send("/d/mine/crashes/new", again)
        assert answer.status_code == 400
        assert 'id="wrong-crash-0-crash_id"' in answer.get_data(as_text=True)


def test_a_flood_of_rows_has_an_end(aida, kept):
    form = {**NEW, "n-vehicle": "100000", "n-person": "-5", "add": "vehicle"}
    text = aida.send("/d/mine/crashes/new", form).get_data(as_text=True)
    assert 'name="vehicle-50-unit_no"' in text
    assert 'name="vehicle-51-unit_no"' not in text


def test_the_form_of_a_new_crash_is_folded_but_for_what_is_needed(aida, store):
    store.save_import("mine", batches.batch("a"))
    page = aida.see("/d/mine/crashes/new")
    opened = re.findall(r'<details class="card" open[^>]*>\s*<summary>([^<]+)</summary>', page)
    assert [one.strip() for one in opened] == ["About the record", "When"]
    form = {"add": "vehicle", "n-vehicle": 1, "n-person": 1}
    more = aida.send("/d/mine/crashes/new", form).get_data(as_text=True)
    assert re.search(r'<details class="card" open id="vehicle-2-">', more)
    assert 'crashes/new#vehicle-2-"' in page
