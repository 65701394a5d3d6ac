"""Conflicts in the browser: seen field by field, settled with a reason."""

import pytest

from crashkit import api

FIRST = (
    b"crash_id,crash_date,crash_time,severity\n1,2024-01-02,08:15,serious\n2,2024-01-03,,slight\n"
)
SECOND = FIRST.replace(b"08:15", b"18:15").replace(b"slight", b"fatal")


@pytest.fixture
def torn(aida, store):
    for content in (FIRST, SECOND):
        api.import_crashes(
            store, [api.Upload("crashes.csv", content)], profile="crashkit", dataset="mine"
        )
    return store


def send(person, decision, *marks, reason="the police said so"):
    person.see("/d/mine/conflicts")
    form = {"decision": decision, "reason": reason, "who": "Aida", "conflict": list(marks)}
    return person.send("/d/mine/conflicts", form)


def test_the_page_of_the_data_set_points_at_its_conflicts(aida, torn):
    assert "2 crashes are told in several ways" in aida.see("/d/mine")
    page = aida.see("/d/mine/conflicts")
    assert "18:15" in page
    assert "08:15" in page
    assert "Fatal" in page


def test_nothing_is_ticked_before_somebody_ticks_it(aida, torn):
    page = aida.see("/d/mine/conflicts")
    assert " checked" not in page
    assert "Tick all" in page
    page = aida.see("/d/mine/conflicts?ticked=all")
    assert page.count(" checked") == 2
    assert "Tick none" in page


def test_the_later_facts_are_taken_for_the_ticked_crashes(aida, torn):
    assert send(aida, "take", "2-1").status_code == 303
    crashes = torn.load("mine").crashes.set_index("crash_id")
    assert (crashes["crash_time"]["1"], crashes["severity"]["2"]) == ("18:15", "slight")
    page = aida.see("/d/mine/conflicts")
    assert "1 crash waits" in page
    assert "the later facts were taken" in page


def test_what_is_there_is_kept(aida, torn):
    assert send(aida, "keep", "2-1", "2-2").status_code == 303
    assert "Nothing waits" in aida.see("/d/mine/conflicts")
    assert torn.dataset("mine").version == 1


@pytest.mark.parametrize("words", [{"reason": " "}, {"marks": ()}])
def test_a_decision_needs_a_crash_and_a_reason(aida, torn, words):
    marks = words.get("marks", ("2-1",))
    found = send(aida, "take", *marks, reason=words.get("reason", "x"))
    assert found.status_code == 400
    assert torn.dataset("mine").version == 1


def test_the_files_say_what_the_page_says(aida, torn):
    found = aida.get("/d/mine/conflicts.json").get_json()["conflicts"]
    assert {(one["crash"], one["field"], one["after"]) for one in found} >= {
        ("1", "crash_time", "18:15"),
        ("2", "severity", "fatal"),
    }
    assert "18:15" in aida.see("/d/mine/conflicts.csv")


def test_the_account_of_an_import_points_at_the_conflicts_it_made(aida, torn):
    assert "2 crashes are told in several ways" in aida.see("/d/mine/imports/2")
    assert "told in several ways" not in aida.see("/d/mine/imports/1")


def test_a_file_of_nothing_but_conflicts_can_be_put_on_their_list(aida, torn):
    address = aida.preview(
        ("crashes.csv", FIRST.replace(b"08:15", b"19:15")), dataset="mine", profile="crashkit"
    )
    page = aida.see(address)
    assert "1 crash is in the data set with other facts" in page
    assert "Put 1 crash on the list of conflicts" in page


def test_conflicts_stand_under_their_own_heading_and_lead_to_their_page(aida, torn):
    page = aida.see("/d/mine/imports/2")
    card = page.split("<h2>Conflicts</h2>")[1].split("</section>")[0]
    assert "2 of the rejected rows are in conflict with other rows or an earlier import." in page
    assert 'href="/d/mine/conflicts"' in card
    assert "told otherwise" not in page.split("Complaints, by kind")[1]
    assert "can be mended" not in page


def test_the_page_stands_among_those_of_the_data(aida, torn):
    page = aida.see("/d/mine/conflicts")
    assert '<a href="/d/mine" aria-current="page">' in page


def test_an_import_on_which_a_later_one_stands_says_which_to_take_back_first(aida, torn):
    send(aida, "take", "2-1")
    answer = aida.send("/d/mine/imports/1/undo")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Take import 3 back first." in page
    assert "Take import 1 back?" in page


TORN = FIRST + b"2,2024-01-04,,slight\n3,2024-02-01,,slight\n3,2024-02-02,,slight\n"


@pytest.fixture
def twofold(aida, store):
    api.import_crashes(store, [api.Upload("crashes.csv", TORN)], profile="crashkit", dataset="mine")
    return store


def choose(person, reason="the card says so", **right):
    person.see("/d/mine/conflicts")
    form = {"decision": "choose", "reason": reason}
    return person.send(
        "/d/mine/conflicts",
        form | {f"right-{name.replace('_', '-')}": mark for name, mark in right.items()},
    )


def test_rows_of_one_import_that_contradict_each_other_stand_side_by_side(aida, twofold):
    assert "2 crashes are told in several ways" in aida.see("/d/mine/imports/1")
    page = aida.see("/d/mine/conflicts")
    assert "crashes.csv:3" in page
    assert "crashes.csv:4" in page
    assert "None of them: leave the crash out" in page
    assert "As it stands" not in page


def test_for_each_crash_one_row_or_none_is_chosen_and_the_others_wait(aida, twofold):
    assert choose(aida, **{"1_1": "1-2"}).status_code == 303
    crashes = twofold.load("mine").crashes.set_index("crash_id")
    assert str(crashes["crash_date"]["2"])[:10] == "2024-01-04"
    assert "1 crash waits" in aida.see("/d/mine/conflicts")
    assert choose(aida, **{"1_3": "none"}).status_code == 303
    assert "Nothing waits" in aida.see("/d/mine/conflicts")
    assert "3" not in twofold.load("mine").crashes["crash_id"].tolist()


def test_nothing_chosen_is_said(aida, twofold):
    found = choose(aida, **{"1_1": ""})
    assert found.status_code == 400
    assert "Choose of at least one crash" in found.get_data(as_text=True)


def test_a_preview_tells_of_crashes_that_its_files_tell_in_several_ways(aida, store):
    page = aida.see(aida.preview(("crashes.csv", TORN), dataset="mine", profile="crashkit"))
    assert "2 crashes are told in several ways by rows of these files" in page
    assert "with other facts" not in page


def test_people_whom_a_later_file_does_not_name_are_said_to_be_absent(aida, store):
    people = b"crash_id,person_no,injury\n1,1,slight\n1,2,killed\n"
    for content in (people, people.replace(b"1,1,slight\n", b"")):
        files = [api.Upload("crashes.csv", FIRST), api.Upload("people.csv", content)]
        api.import_crashes(store, files, profile="crashkit", dataset="mine")
    page = aida.see("/d/mine/conflicts")
    assert "not in this file" in page
    assert "1 vehicle or person of this crash is not in the later file" in page


def test_some_people_of_a_list_of_casualties_are_said_to_stand_for_no_crash(aida, store):
    head = (
        b"Case number,Date,Time,Province,Town,Road,Km,Latitude,Longitude,Speed limit,Vehicles,"
        b"Casualty number,Road user,Vehicle,Sex,Age,Injury\n"
    )
    row = b"7,25/11/2020,17:08,North,,A6,80.4,46.73,69.09,60,2,%d,Driver or rider,%d,M,43,%s\n"
    both = row % (1, 1, b"Killed") + row % (2, 2, b"Killed")
    for rows in (both, row % (1, 1, b"Slightly hurt")):
        api.import_crashes(
            store,
            [api.Upload("list.csv", head + rows)],
            profile="sample_casualties",
            dataset="mine",
        )
    page = aida.see("/d/mine/conflicts")
    assert "whom the later rows do not tell of: 1" in page
    assert "not in this file" in page
    assert 'value="2-1" checked' not in aida.see("/d/mine/conflicts?ticked=all")
