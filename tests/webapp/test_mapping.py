"""The mapping wizard with plain forms: find, map, preview, correct, import, and never ask again."""

import html
import json
import re

import made_files
import pytest

from crashkit import api
from webapp import uploads

CARDS = ("cards.csv", made_files.CARDS.encode())
FIND = {"profile": "find"}


def fields(page):
    """Return what a browser would send of the form of the page, as it stands."""
    body = page[page.index('name="stamp"') - 40 :]
    body = body[: body.index('name="then"')]
    found = {}
    for tag in re.findall(r"<input[^>]*>", body):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = html.unescape(value[1] if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        found[name] = (
            html.unescape(chosen[1]) if chosen else re.search(r'value="([^"]*)"', options)[1]
        )
    return found


def open_mapping(person, *files, **words):
    """Upload files that no profile knows; return the address of their mapping page."""
    address = person.preview(*(files or (CARDS,)), **{**FIND, **words})
    answer = person.get(address)
    assert answer.headers["Location"] == f"{address}/mapping"
    return f"{address}/mapping"


def send(person, address, then="preview", **changes):
    form = {**fields(person.see(address)), "then": then, **changes}
    return person.send(address, form)


def preview_of(person, answer):
    assert answer.status_code == 303, answer.get_data(as_text=True)
    person.work()
    return answer.headers["Location"].replace("/jobs/", "/import/")


def name_of(page, column):
    """Return the name of the select of a column."""
    return re.search(rf'for="(t-\d+-\d+)"><bdi>{re.escape(column)}</bdi>', page)[1]


# ------------------------------------------------------------------ from file to data


def test_a_file_without_a_profile_is_mapped_previewed_imported_and_known_next_time(aida, store):
    address = open_mapping(aida)
    page = aida.see(address)
    assert "What do the columns mean?" in page
    assert '<option value="crash.crash_date" selected>Date</option>' in page
    assert "Personal data" in page
    assert "Асанов" not in page
    preview = preview_of(aida, send(aida, address, title="Police cards", name="police"))
    shown = aida.see(preview)
    assert "Import 3 rows" in shown
    assert "Police cards" in shown
    assert store.profiles() == []
    aida.send(f"{preview}/commit")
    aida.work()
    assert store.dataset("mine").crashes == 3
    assert store.dataset("mine").profile == "police@1"
    account = aida.see("/d/mine/imports/1")
    assert "Police cards" in account
    assert '<a href="/profiles/police%401.toml">police@1</a>' in account
    assert b"Police cards" in aida.get("/profiles/police%401.toml").data

    again = aida.preview(("next.csv", CARDS[1].replace(b"001;", b"009;")), dataset="mine", **FIND)
    shown = aida.see(again)
    assert "This profile was found by the columns of the files." in shown
    aida.send(f"{again}/commit")
    aida.work()
    assert [one.profile for one in store.imports("mine")] == ["police@1", "police@1"]


def test_answers_given_on_the_way_are_part_of_the_profile(aida, store):
    text = made_files.CARDS.replace("16.03", "06.03").replace("22.04", "02.04")
    file = ("cards.csv", text.encode("cp1251"))
    asked = aida.preview(file, **FIND)
    assert "Encoding of the text files" in aida.see(asked)
    job = aida.send(f"{asked}/answer", {"answer": "cp1251"}).headers["Location"]
    aida.work()
    address = job.replace("/jobs/", "/import/") + "/mapping"
    preview = preview_of(aida, send(aida, address, name="police"))
    assert 'value="dmy"' in aida.see(preview)
    job = aida.send(f"{preview}/answer", {"answer": "dmy"}).headers["Location"]
    aida.work()
    aida.send(f"{job.replace('/jobs/', '/import/')}/commit")
    aida.work()
    found = api.find_profile("police", store)
    assert (found.encoding, found.date_order) == ("cp1251", "dmy")
    # The same layout asks nothing again.
    assert "Import" in aida.see(aida.preview(file, dataset="other", **FIND))


def test_a_shipped_profile_is_found_by_the_columns(aida):
    text = b"crash_id,crash_date,severity\n1,2020-01-31,fatal\n"
    page = aida.see(aida.preview(("c.csv", text), **FIND))
    assert "This profile was found by the columns of the files." in page
    assert "Import 1 row" in page


def test_the_mapping_is_reopened_and_corrected_after_the_preview(aida, store):
    address = open_mapping(aida)
    preview = preview_of(aida, send(aida, address, name="police"))
    assert f'href="{preview}/mapping"' in aida.see(preview)
    again = f"{preview}/mapping"
    page = aida.see(again)
    assert fields(page)["name"] == "police"
    answer = send(aida, again, **{name_of(page, "Ранено"): ""})
    preview = preview_of(aida, answer)
    aida.send(f"{preview}/commit")
    aida.work()
    assert "n_injured" not in store.dataset("mine").fields["crash"]
    assert "Ранено" in api.find_profile("police", store).files[0].ignore


def test_a_changed_layout_is_noticed_and_becomes_the_next_version(aida, store):
    preview = preview_of(aida, send(aida, open_mapping(aida), name="police"))
    aida.send(f"{preview}/commit")
    aida.work()
    lines = made_files.CARDS.splitlines()
    more = "\n".join([lines[0] + ";Освещение;Пол;x", *(f"{line};Сумерки;м;" for line in lines[1:])])
    address = open_mapping(aida, ("new.csv", more.replace("001;", "901;").encode()))
    page = aida.see(address)
    assert fields(page)["name"] == "police"
    assert "The profile says so." in page
    preview = preview_of(aida, send(aida, address))
    aida.send(f"{preview}/commit")
    aida.work()
    assert [one.profile for one in store.imports("mine")] == ["police@1", "police@2"]


def test_a_known_layout_can_be_mapped_anew(aida):
    text = b"crash_id,crash_date,severity,own\n1,2020-01-31,fatal,x\n"
    preview = aida.preview(("c.csv", text), profile="crashkit")
    address = aida.send(f"{preview}/again", {"profile": "map"}).headers["Location"]
    aida.work()
    page = aida.see(address.replace("/jobs/", "/import/") + "/mapping")
    assert "The profile says so." in page


def test_the_line_of_the_names_can_be_said_on_the_mapping_page(aida):
    address = open_mapping(aida, ("a.csv", b"Ministry,2024\nNr,Tag\nx1,05.03.2024\n"))
    assert "The names of the columns stand in line" in aida.see(address)
    form = {"profile": "map", "header_row": "2"}
    answer = aida.send(address.replace("/mapping", "/again"), form)
    page = aida.see(f"{preview_of(aida, answer)}/mapping")
    assert "<bdi>Tag</bdi>" in page
    assert "<bdi>Ministry</bdi>" not in page


def test_linked_files_are_mapped_together(aida, store):
    files = (
        ("crashes.csv", b"id,date,killed\nA1,2020-01-01,1\nA2,2020-01-02,0\nA3,2020-01-05,0\n"),
        ("cars.csv", b"accident,vehicle type\nA1,car\nA1,bus\nA3,car\n"),
        ("people.csv", b"accident,age,injury\nA1,44,killed\nA1,31,slight\nA2,19,slight\n"),
    )
    address = open_mapping(aida, *files)
    assert "Rows of the files are joined by: accident." in aida.see(address)
    preview = preview_of(aida, send(aida, address))
    aida.send(f"{preview}/commit")
    aida.work()
    info = store.dataset("mine")
    assert (info.crashes, info.vehicles, info.people) == (3, 3, 3)


# ---------------------------------------------------------------- the page itself


def test_codes_are_chosen_and_new_ones_are_shown_first(aida, store):
    text = b"id,date,light,kind\n1,2020-01-31,1,a\n2,2021-12-05,4,b\n"
    address = open_mapping(aida, ("a.csv", text))
    page = aida.see(address)
    assert "2 without a code" in page
    kind = name_of(page, "kind")
    answer = send(aida, address, **{kind: "crash.crash_type"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Look at this page once more" in shown
    codes = {f"w-0-2-{n}": code for n, code in enumerate(("day", "dark_none"))}
    codes |= {f"w-0-3-{n}": code for n, code in enumerate(("pedestrian", "overturn"))}
    preview = preview_of(aida, send(aida, address, **codes))
    aida.send(f"{preview}/commit")
    aida.work()
    crashes = api.load(store, "mine").crashes
    assert list(crashes["light"]) == ["day", "dark_none"]
    assert list(crashes["crash_type"]) == ["pedestrian", "overturn"]


def test_everything_wrong_is_said_at_once_and_nothing_is_lost(aida):
    address = open_mapping(aida)
    page = aida.see(address)
    answer = send(
        aida,
        address,
        title=" ",
        country="kg",
        name="a/b",
        **{name_of(page, "Дата ДТП"): "", name_of(page, "Ранено"): "crash.n_killed"},
    )
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 400
    for said in ("a title", "three capital letters", "date of the crash", "Killed"):
        assert said in shown
    assert fields(shown)[name_of(page, "Ранено")] == "crash.n_killed"
    assert len(aida.board.recent()) == 1


@pytest.mark.parametrize("name", ["a/b", "", "crashkit"])
def test_a_name_that_cannot_be_is_refused(aida, name):
    address = open_mapping(aida)
    assert send(aida, address, name=name).status_code == 400


def test_a_form_of_another_moment_changes_nothing(aida):
    address = open_mapping(aida)
    page = aida.see(address)
    assert send(aida, address, stamp="old", **{name_of(page, "Погибло"): ""}).status_code == 409
    assert fields(aida.see(address))[name_of(page, "Погибло")] == "crash.n_killed"


def test_showing_the_page_again_keeps_the_choices_and_starts_nothing(aida):
    address = open_mapping(aida)
    page = aida.see(address)
    answer = send(aida, address, then="show", **{name_of(page, "Погибло"): ""})
    assert answer.status_code == 200
    assert fields(aida.see(address))[name_of(page, "Погибло")] == ""
    assert len(aida.board.recent()) == 1


def test_words_of_a_form_that_make_no_sense_are_not_taken(aida):
    address = open_mapping(aida)
    page = aida.see(address)
    changes = {name_of(page, "Погибло"): "crash.narrative", "level-0": "moon", "w-0-8-0": "moon"}
    answer = send(aida, address, then="show", **changes)
    found = fields(answer.get_data(as_text=True))
    assert found[name_of(page, "Погибло")] == ""
    assert found["level-0"] == "crash"
    assert found["w-0-8-0"] == "vehicle_vehicle"


def test_what_is_proposed_goes_when_the_files_go(aida, home):
    address = open_mapping(aida)
    assert aida.get(f"{address}.json").json["kinds"][0]["level"] == "crash"
    aida.send(address.replace("/mapping", "/discard"))
    assert list((home / "crashkit" / "uploads").iterdir()) == []
    assert aida.get(address).status_code == 404
    assert aida.send(address, {"then": "preview"}).status_code == 404


def test_personal_values_are_kept_nowhere_but_in_the_files(aida, home, store):
    address = open_mapping(aida)
    preview = preview_of(aida, send(aida, address))
    aida.send(f"{preview}/commit")
    aida.work()
    content = b"".join(
        path.read_bytes() for path in (home / "crashkit").rglob("*") if path.is_file()
    )
    assert "Асанов".encode() not in content


def test_personal_values_of_rows_that_were_refused_are_kept_nowhere(aida, home, store):
    rows = made_files.CARDS + (
        "004;31.02.2023;05:07;;;;;;Столкновение;0;2;Дементьев Д. Д.\n"
        "005;05.03.2023;05:07;;;;;;Столкновение;0;2;Егоров Е. Е.;лишнее;ещё\n"
        "006;05.03.2023;05:07;;;;;;Столкновение\n"
        "Итого;;;;;;;;;1;3;Жуков Ж. Ж.\n"
        '007;05.03.2023;05:07;;;;;;"Столкновение;0;2;Зимин З. З.\n'
    )
    address = open_mapping(aida, ("cards.csv", rows.encode()))
    preview = preview_of(aida, send(aida, address, name="police"))
    aida.send(f"{preview}/commit")
    aida.work()
    rejects = aida.get("/d/mine/imports/1/rejects.csv").data
    other = made_files.CARDS.replace("05:07", "06:07")
    for name, content in (("rejects.csv", rejects), ("cards.csv", other.encode())):
        again = aida.preview((name, content), dataset="mine", profile="police@1")
        aida.send(f"{again}/commit")
        aida.work()
    assert store.open_conflicts("mine") == 1
    assert store.import_record(2).rejected == store.import_record(1).rejected == 5
    kept = [path for path in (home / "crashkit").rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in kept)
    for word in ("Асанов", "Дементьев", "Егоров", "Жуков", "Зимин"):
        found = {word.encode(), json.dumps(word)[1:-1].encode()}
        assert not any(one in content for one in found), word
        assert word.encode() not in rejects


def test_a_name_of_a_column_is_a_text(aida):
    page = aida.see(open_mapping(aida, ("a.csv", b"<b>x</b>,date\n<i>,2020-01-01\n7,2020-01-02\n")))
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<i>" not in page


def test_a_draft_survives_a_restart(aida):
    open_mapping(aida)
    upload = aida.board.recent()[0].args["upload"]
    draft = uploads.draft_of(upload)
    uploads.keep_draft(upload, draft)
    assert uploads.draft_of(upload) == draft


def test_a_preview_without_a_country_says_what_is_missed_and_leads_back(aida):
    address = open_mapping(aida)
    assert 'aria-describedby="country-hint"' in aida.see(address)
    preview = preview_of(aida, send(aida, address))
    page = aida.see(preview)
    assert "No country is given" in page
    assert f'href="{preview}/mapping#country"' in page


def test_with_a_country_exchanged_axes_are_offered_for_repair(aida):
    swapped = made_files.CARDS.replace("42,83209;75,28213", "75,28213;42,83209")
    address = open_mapping(aida, ("cards.csv", swapped.encode()))
    page = aida.see(preview_of(aida, send(aida, address, country="KGZ")))
    assert "No country is given" not in page
    assert 'value="swapped_axes"' in page


def test_the_title_of_an_own_profile_is_not_translated(aida):
    address = open_mapping(aida)
    preview = preview_of(aida, send(aida, address, title="m"))
    assert "<p>m。" in aida.see(f"{preview}?lang=zh")


def test_a_unit_is_proposed_shown_and_chosen(aida, store):
    rows = "".join(f"{n},2024-02-{n:02d},{20 + n},{n}\n" for n in range(1, 21))
    text = "crash id,date,speed limit (mph),chainage\n" + rows
    address = open_mapping(aida, ("mph.csv", text.encode()))
    page = aida.see(address)
    speed = name_of(page, "speed limit (mph)").replace("t-", "u-")
    post = name_of(page, "chainage").replace("t-", "u-")
    assert fields(page)[speed] == "mph"
    assert fields(page)[post] == "km"
    assert "The name says no unit: look at the examples." in page
    preview = preview_of(aida, send(aida, address, **{post: "mi"}))
    assert "mph" in aida.see(preview)
    profile = aida.see(address)
    assert fields(profile)[post] == "mi"


# ------------------------------------------------------------------ of which map grid


def on_grid(aida):
    """Preview eastings and northings by an own mapping that names no country."""
    rows = "\n".join(f"{n};2023-02-0{n};400{n}00;300{n}00" for n in range(1, 6))
    file = ("grid.csv", f"Ref;Date;Easting;Northing\n{rows}\n".encode())
    return preview_of(aida, send(aida, open_mapping(aida, file)))


def test_a_grid_without_a_country_is_asked_in_own_words_and_the_country_is_offered(aida):
    address = on_grid(aida)
    page = aida.see(address)
    assert "for example 300100, 400100" in page
    assert f'href="{address}/mapping#country"' in page
    job = aida.send(f"{address}/answer", {"answer": "27700"}).headers["Location"]
    aida.work()
    found = json.loads(aida.see(job.replace("/jobs/", "/import/") + ".json"))
    assert found["counts"]["located"] == 5


def test_a_grid_nobody_knows_is_refused_on_the_page_that_asks(aida):
    address = on_grid(aida)
    answer = aida.send(f"{address}/answer", {"answer": "Gauss zone 13"})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "There is no coordinate system GAUSSZONE13." in page
    assert 'value="Gauss zone 13"' in page
    assert aida.get(f"{address}/answer").headers["Location"] == address


def test_the_button_for_no_grid_counts_although_the_field_is_empty(aida):
    form = {"answer": ["", "none"]}
    job = aida.send(f"{on_grid(aida)}/answer", form).headers["Location"]
    aida.work()
    found = json.loads(aida.see(job.replace("/jobs/", "/import/") + ".json"))
    assert (found["accepted"], found["counts"]["located"]) == (5, 0)
