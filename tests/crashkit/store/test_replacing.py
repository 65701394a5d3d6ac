"""Crashes that a later import replaces: new for the next version, as they were for the old ones."""

import pytest
from made_files import CRASHES, PEOPLE, VEHICLES, three, upload

from crashkit import api
from crashkit.errors import NotFound, Refused, StoreError

CHANGED = CRASHES.replace("05:07", "06:07")


def bring(store, files, **options):
    files = files if isinstance(files, list) else [files]
    return api.import_crashes(store, files, profile="crashkit", dataset="mine", options=options)[0]


def counted(store, version=None):
    data = store.load("mine", version=version)
    about = data.dataset
    found = (len(data.crashes), len(data.vehicles), len(data.people))
    assert found == (about.crashes, about.vehicles, about.people)
    return found


def times(store, version=None):
    crashes = store.load("mine", version=version).crashes
    return dict(zip(crashes["crash_id"], crashes["crash_time"], strict=True))


def test_people_who_come_later_are_in_the_next_version_only(store):
    bring(store, [upload(CRASHES), upload(VEHICLES, "vehicles.csv")])
    record = bring(store, [upload(CRASHES), upload(PEOPLE, "people.csv")])
    assert (record.accepted, record.duplicates) == (3, 3)
    assert (counted(store, 1), counted(store, 2)) == ((3, 4, 0), (3, 4, 3))


def test_taking_back_what_completed_crashes_brings_the_old_ones_back(store):
    bring(store, [upload(CRASHES), upload(VEHICLES, "vehicles.csv")])
    before = store.known("mine")
    record = bring(store, [upload(CRASHES), upload(PEOPLE, "people.csv")])
    api.undo_import(store, record.id)
    assert (counted(store), counted(store, 2)) == ((3, 4, 0), (3, 4, 3))
    assert store.known("mine") == before
    bring(store, [upload(CRASHES), upload(PEOPLE, "people.csv")])
    assert counted(store) == (3, 4, 3)


def test_an_import_of_which_crashes_were_replaced_cannot_be_taken_back_first(store):
    first = bring(store, upload(CRASHES))
    second = bring(store, three())
    with pytest.raises(StoreError, match=f"Take import {second.id} back first"):
        api.undo_import(store, first.id)
    api.undo_import(store, second.id)
    api.undo_import(store, first.id)
    assert counted(store) == (0, 0, 0)


def test_other_facts_wait_in_the_list_of_conflicts(store):
    bring(store, three())
    record = bring(store, three(CHANGED))
    assert (record.accepted, record.rejected, record.duplicates) == (0, 3, 7)
    (conflict,) = api.conflicts(store, "mine")
    assert (conflict.state, conflict.crash_key) == ("open", "crashkit:0001")
    # That the hour is another one follows from the time, and is no difference of its own.
    ((difference,),) = api.conflict_differences(store, "mine", [conflict])
    assert (difference.field, difference.before, difference.after) == (
        "crash_time", "05:07", "06:07",
    )  # fmt: skip
    assert times(store)["0001"] == "05:07"


def test_the_same_conflict_is_asked_once(store):
    bring(store, three())
    bring(store, three(CHANGED))
    bring(store, three(CHANGED))
    assert len(api.conflicts(store, "mine")) == 1


def test_conflicts_that_wait_are_counted_in_all_and_by_import(store):
    bring(store, three())
    second = bring(store, three(CHANGED))
    third = bring(store, three(CHANGED.replace("10:14", "11:14")))
    waiting = [store.open_conflicts("mine", one) for one in (None, second.id, third.id)]
    assert waiting == [2, 1, 1]
    store.keep_as_is(api.conflicts(store, "mine")[:1], who="", reason="a typing error")
    api.undo_import(store, third.id)
    assert store.open_conflicts("mine") == 0


def test_a_conflict_is_settled_for_what_was_there(store):
    bring(store, three())
    bring(store, three(CHANGED))
    assert (
        api.settle_conflicts(
            store,
            "mine",
            api.conflicts(store, "mine"),
            take=False,
            reason="a typing error",
            who="Aida",
        )
        is None
    )
    (conflict,) = api.conflicts(store, "mine")
    assert (conflict.state, conflict.reason, conflict.who) == ("kept", "a typing error", "Aida")
    assert times(store)["0001"] == "05:07"
    with pytest.raises(NotFound, match="not open"):
        api.settle_conflicts(store, "mine", [conflict], take=False, reason="again")


def test_a_conflict_is_settled_for_the_new_facts_as_an_import_that_can_be_taken_back(store):
    bring(store, three())
    bring(store, upload(CHANGED))
    record = api.settle_conflicts(
        store, "mine", api.conflicts(store, "mine"), take=True, reason="the police corrected it"
    )
    assert (times(store)["0001"], times(store, 1)["0001"]) == ("06:07", "05:07")
    assert counted(store) == counted(store, 1) == (3, 4, 3)
    assert (record.accepted, record.version) == (1, 2)
    assert bring(store, upload(CHANGED)).duplicates == 3
    api.undo_import(store, record.id)
    assert times(store)["0001"] == "05:07"
    assert [one.state for one in api.conflicts(store, "mine")] == ["open"]


def test_new_facts_of_a_crash_that_was_taken_back_meanwhile_come_as_a_new_crash(store):
    first = bring(store, three())
    bring(store, three(CHANGED))
    api.undo_import(store, first.id)
    (conflict,) = store.conflicts("mine")
    record = api.settle_conflicts(store, "mine", [conflict], take=True, reason="newer")
    assert counted(store) == (1, len(conflict.vehicles), len(conflict.people))
    assert bring(store, three(CHANGED)).duplicates == record.accepted


def test_new_facts_can_be_taken_at_once_on_the_users_word(store):
    bring(store, three())
    record = bring(store, three(CHANGED), conflicts="take")
    assert (record.accepted, record.rejected, record.duplicates) == (3, 0, 7)
    assert (times(store)["0001"], counted(store)) == ("06:07", (3, 4, 3))
    assert api.conflicts(store, "mine") == []


def test_a_reason_is_asked_for(store):
    bring(store, three())
    bring(store, three(CHANGED))
    with pytest.raises(StoreError, match="Say why"):
        api.settle_conflicts(store, "mine", api.conflicts(store, "mine"), take=True, reason=" ")


def test_who_was_slower_replaces_nothing(store):
    bring(store, upload(CRASHES))
    batch = api.preview_import(
        store, [upload(CRASHES), upload(PEOPLE, "people.csv")], profile="crashkit", dataset="mine"
    )
    seen = store.version("mine")
    bring(store, [upload(CRASHES), upload(PEOPLE, "people.csv")])
    with pytest.raises(StoreError, match="a moment ago"):
        store.save_import("mine", batch, seen=seen)
    assert counted(store) == (3, 0, 3)


def test_who_was_slower_reads_again_and_finds_duplicates(store, monkeypatch):
    keep = store.save_import

    def after_another(name, batch, **how):
        monkeypatch.setattr(store, "save_import", keep)
        bring(store, upload(CRASHES))
        return keep(name, batch, **how)

    monkeypatch.setattr(store, "save_import", after_another)
    record = bring(store, three())
    assert (record.accepted, record.duplicates) == (7, 3)
    assert counted(store) == (3, 4, 3)


def test_many_crashes_are_recalled_as_few_are(store, monkeypatch):
    bring(store, three())
    keys = list(store.known("mine"))
    few = store.recall("mine", keys[:2])
    monkeypatch.setattr("crashkit.store.replacing.MANY_KEYS", 1)
    many = store.recall("mine", keys[:2])
    for name in ("crashes", "vehicles", "people"):
        assert getattr(few, name).equals(getattr(many, name))
    assert sorted(few.crashes["crash_key"]) == keys[:2]


def test_conflicts_of_files_of_several_kinds_are_settled_each_as_its_files_tell(store):
    bring(store, three())
    bring(store, [upload(CHANGED), upload(VEHICLES.replace("1,1,car", "1,1,bus"), "vehicles.csv")])
    bring(store, upload(CRASHES.replace("10:14", "11:14")))
    found = api.conflicts(store, "mine")
    assert [one.crash_key for one in found] == ["crashkit:0001", "crashkit:0002"]
    api.settle_conflicts(store, "mine", found, take=True, reason="the police corrected them")
    data = store.load("mine")
    assert counted(store) == (3, 4, 3)
    assert sorted(data.vehicles["unit_type"]) == ["bus", "bus", "car", "motorcycle"]


def test_an_import_that_says_nothing_new_raises_no_version(store):
    some = upload(PEOPLE.replace("0003,1,2,driver,19,male,serious\n", ""), "people.csv")
    bring(store, upload(CRASHES))
    bring(store, some)
    version, known = store.version("mine"), store.known("mine")
    record = bring(store, [upload(CRASHES), some])
    assert (record.accepted, record.duplicates) == (0, 5)
    assert (store.version("mine"), store.known("mine")) == (version, known)


def test_a_list_that_was_taken_out_of_here_says_nothing_new(store):
    bring(store, three())
    taken_out = api.export_crashes(store.load("mine"), "csv")
    for options in ({}, {"conflicts": "take"}):
        record = bring(store, upload(taken_out, "mine.zip"), **options)
        assert (record.total, record.duplicates) == (3, 3)
    assert (store.version("mine"), store.open_conflicts("mine")) == (1, 0)


def test_what_was_changed_by_hand_is_told_otherwise_by_a_list_that_was_taken_out(store):
    bring(store, three())
    record = api.crash_record(store, "mine", 1)
    api.edit_crash(store, record, {("crash", 0, "crash_time"): "06:07"}, reason="a typing error")
    taken_out = api.export_crashes(store.load("mine"), "csv")
    record = bring(store, upload(taken_out, "mine.zip"))
    assert (record.rejected, record.duplicates) == (1, 2)
    # What stands is what the list says: there is nothing to decide.
    (conflict,) = api.conflicts(store, "mine")
    assert (conflict.state, api.open_conflicts(store, "mine")) == ("met", 0)


def test_some_people_of_a_list_of_casualties_are_not_taken_for_all(store):
    head = (
        "Case number,Date,Time,Province,Town,Road,Km,Latitude,Longitude,Speed limit,Vehicles,"
        "Casualty number,Road user,Vehicle,Sex,Age,Injury\n"
    )
    case = "7,25/11/2020,17:08,North,,A6,80.4,46.73,69.09,60,2"
    one, two = (f"{case},{n},Driver or rider,{n},M,4{n},Killed\n" for n in (1, 2))
    for text in (head + one + two, head + one.replace("Killed", "Slightly hurt")):
        files = [upload(text, "list.csv")]
        api.import_crashes(store, files, profile="sample_casualties", dataset="mine")
    (conflict,) = api.conflicts(store, "mine")
    with pytest.raises(Refused, match="people who were kept: 1"):
        api.settle_conflicts(store, "mine", [conflict], take=True, reason="mended")
    assert counted(store) == (1, 0, 2)


TORN = CRASHES + "0002,2023-03-17,10:14,42.83209,75.28213,,,slight,0,run_off\n"
"""The crash 0002 is told in two ways."""


def days(store):
    crashes = store.load("mine").crashes
    return dict(zip(crashes["crash_id"], crashes["crash_date"].astype(str), strict=True))


def states(store):
    return [(one.n, one.state) for one in api.conflicts(store, "mine")]


def test_rows_of_one_import_that_contradict_each_other_wait_side_by_side(store):
    record = bring(store, three(TORN))
    assert (record.accepted, record.rejected) == (7, 4)
    found = api.conflicts(store, "mine")
    assert [one.told_at for one in found] == ["crashes.csv:3", "crashes.csv:5"]
    first, second = api.conflict_differences(store, "mine", found)
    assert [one.field for one in first] == ["crash_date", "road_number", "chainage_km"]
    assert [(one.before, one.after) for one in first] == [
        (None, "2023-03-16"), (None, "M-39"), (None, 13.001),
    ]  # fmt: skip
    assert [one.after for one in second] == ["2023-03-17", None, None]
    assert api.open_conflicts(store, "mine", record.id) == 1
    bring(store, three(TORN))
    assert len(api.conflicts(store, "mine")) == 2


def test_the_right_telling_comes_with_its_people_and_settles_the_others(store):
    bring(store, three(TORN))
    found = api.conflicts(store, "mine")
    with pytest.raises(Refused, match="Several of these tell of the crash 0002"):
        api.settle_conflicts(store, "mine", found, take=True, reason="all")
    record = api.settle_conflicts(store, "mine", found[1:], take=True, reason="the card says so")
    assert (days(store)["0002"], counted(store)) == ("2023-03-17", (3, 4, 3))
    assert states(store) == [(1, "kept"), (2, "taken")]
    again = bring(store, three(TORN))
    assert (again.accepted, again.rejected, again.duplicates) == (0, 1, 10)
    assert api.open_conflicts(store, "mine") == 0
    api.undo_import(store, record.id)
    assert states(store) == [(1, "open"), (2, "open")]
    assert "0002" not in days(store)


def test_a_crash_of_which_no_telling_is_right_stays_out(store):
    bring(store, three(TORN))
    api.settle_conflicts(
        store, "mine", api.conflicts(store, "mine"), take=False, reason="neither", who="Aida"
    )
    assert api.open_conflicts(store, "mine") == 0
    bring(store, three(TORN))
    assert [state for _, state in states(store)] == ["kept", "kept"]


def test_the_file_of_rejected_rows_with_the_wrong_number_mended_settles_the_tellings(store):
    record = bring(store, three(TORN))
    rejects = api.export_rejects(store.ledger_of(record.id), api.speaker("en")).decode("utf-8-sig")
    mended = rejects.replace("0002,2023-03-17", "0004,2023-03-17")
    again = bring(store, upload(mended, "rejects.csv"))
    assert (again.accepted, again.rejected) == (4, 0)
    assert (set(days(store)), counted(store)) == ({"0001", "0002", "0003", "0004"}, (4, 4, 3))
    assert [state for _, state in states(store)] == ["met", "met"]
    assert api.open_conflicts(store, "mine") == 0
    api.undo_import(store, again.id)
    assert api.open_conflicts(store, "mine") == 1


def test_a_conflict_is_met_while_an_edit_says_the_same(store):
    bring(store, three())
    bring(store, three(CHANGED))
    record = api.crash_record(store, "mine", 1)
    changed = api.edit_crash(store, record, {("crash", 0, "crash_time"): "06:07"}, reason="typed")
    assert states(store) == [(1, "met")]
    assert api.open_conflicts(store, "mine") == 0
    store.undo_edit("mine", store.edits("mine")[0].change)
    assert (states(store), bool(changed)) == ([(1, "open")], True)


def test_a_conflict_shows_what_was_changed_by_hand_as_it_stands(store):
    bring(store, three())
    bring(store, three(CHANGED))
    record = api.crash_record(store, "mine", 1)
    api.edit_crash(store, record, {("crash", 0, "crash_time"): "09:09"}, reason="typed")
    (found,) = api.conflict_differences(store, "mine", api.conflicts(store, "mine"))
    assert ("09:09", "06:07") in [(one.before, one.after) for one in found]


def test_a_conflict_is_met_by_a_later_import_that_says_the_same(store):
    bring(store, three())
    bring(store, three(CHANGED))
    bring(store, three(CHANGED), conflicts="take")
    assert states(store) == [(1, "met")]
    assert api.open_conflicts(store, "mine") == 0
    api.undo_import(store, 3)
    assert states(store) == [(1, "open")]


def test_people_whom_a_later_file_does_not_name_are_told_as_absent(store):
    bring(store, three(people=PEOPLE + "0001,2,1,driver,50,male,slight\n"))
    bring(store, three())
    (found,) = api.conflict_differences(store, "mine", api.conflicts(store, "mine"))
    assert {(one.table, one.n) for one in found if not one.told} == {("person", 2)}
    assert api.conflict_gaps(store, "mine", api.conflicts(store, "mine")) == [0]
