"""Changes by hand on SQLite and on PostgreSQL: laid over the imports, never written into them."""

from __future__ import annotations

from datetime import date

import batches
import made_files
import pytest

from crashkit import api, fields
from crashkit.errors import NotFound, StoreError
from crashkit.model import Change, Upload
from crashkit.store import Store

FATAL = Change("crash", 0, "severity", "fatal")
PLACE = (Change("crash", 0, "lat", 42.5), Change("crash", 0, "lon", 74.25))


@pytest.fixture
def kept(store):
    """A data set of three crashes; the second has no place and no severity."""
    store.save_import("mine", batches.batch("a", "b", "c"))
    return store


def change(store: Store, number: int, *changes: Change, reason: str = "seen on site", **words):
    return store.save_edit(store.record("mine", number), changes, reason=reason, **words)


def severities(store: Store, version: int | None = None) -> list[str]:
    return (
        store.load("mine", version=version).crashes["severity"].astype(object).fillna("?").tolist()
    )


def test_an_edit_is_a_version_of_the_data_set_and_old_versions_stay(kept):
    assert change(kept, 2, FATAL, who="Aida") == 2
    assert severities(kept) == ["fatal", "fatal", "fatal"]
    assert severities(kept, 1) == ["fatal", "?", "fatal"]
    assert kept.dataset("mine").fingerprint == "mine v2"


def test_the_list_of_changes_says_who_changed_what_and_why(kept):
    change(kept, 1, Change("crash", 0, "severity", "serious"), *PLACE, who=" Aida ")
    found = kept.edits("mine")
    assert [(one.change, one.field, one.before, one.after) for one in found] == [
        (1, "severity", "fatal", "serious"),
        (1, "lat", 42.87, 42.5),
        (1, "lon", 74.59, 74.25),
    ]
    assert {(one.who, one.reason, one.crash_key, one.version) for one in found} == {
        ("Aida", "seen on site", "a", 2)
    }
    assert kept.edits("mine", "b") == []


def test_a_record_holds_what_was_told_and_what_holds_now(kept):
    change(kept, 1, Change("crash", 0, "severity", "serious"))
    change(kept, 1, Change("person", 1, "injury", "killed"))
    found = kept.record("mine", 1)
    assert (found.crash.told["severity"], found.crash.now["severity"]) == ("fatal", "serious")
    assert found.crash.words == {"severity": "Тяжесть 1"}
    assert (found.people[0].told["injury"], found.people[0].now["injury"]) == ("serious", "killed")
    assert [row.n for row in found.vehicles] == [1, 2]
    assert [one.change for one in found.edits] == [1, 2]
    assert (found.key, found.profile, found.version) == ("a", "crashkit", 3)


def test_vehicles_and_people_are_changed_in_their_own_rows(kept):
    change(kept, 2, Change("vehicle", 2, "unit_type", "bus"), Change("person", 1, "age", 45))
    data = kept.load("mine")
    assert data.vehicles["unit_type"].tolist() == ["car", "car", "car", "bus", "car", "car"]
    assert data.people["age"].tolist() == [44, 45, 44]


def test_a_field_no_source_tells_of_comes_by_an_edit(kept):
    change(kept, 3, Change("crash", 0, "light", "day"), Change("person", 1, "sex", "female"))
    data = kept.load("mine")
    assert data.crashes["light"].astype(object).fillna("?").tolist() == ["?", "?", "day"]
    assert data.people["sex"].astype(object).fillna("?").tolist() == ["?", "?", "female"]
    assert "light" in kept.dataset("mine").fields["crash"]
    kept.undo_edit("mine", 1)
    assert "light" not in kept.dataset("mine").fields["crash"]


def test_the_count_of_located_crashes_follows_the_edits(kept):
    assert kept.dataset("mine").located == 2
    change(kept, 2, *PLACE)
    assert kept.dataset("mine").located == 3
    change(kept, 1, Change("crash", 0, "lat", None), Change("crash", 0, "lon", None))
    assert kept.dataset("mine").located == 2
    data = kept.load("mine")
    assert data.crashes["lat"].notna().tolist() == [False, True, True]
    assert data.dataset.located == 2
    assert kept.load("mine", version=1).dataset.located == 2


def test_the_period_grows_to_a_day_set_by_hand(kept):
    change(kept, 1, Change("crash", 0, "crash_date", "2019-12-31"))
    assert kept.dataset("mine").period.start == date(2019, 12, 31)
    days = kept.load("mine").crashes["crash_date"].dt.date.tolist()
    assert days == [date(2019, 12, 31), date(2021, 2, 3), date(2021, 2, 3)]


def test_the_later_of_two_edits_holds_and_is_taken_back_first(kept):
    change(kept, 2, FATAL)
    change(kept, 2, Change("crash", 0, "severity", "slight"))
    assert severities(kept) == ["fatal", "slight", "fatal"]
    with pytest.raises(StoreError, match="Change 2 .* after change 1"):
        kept.undo_edit("mine", 1)
    assert kept.undo_edit("mine", 2) == 4
    assert severities(kept) == ["fatal", "fatal", "fatal"]
    assert kept.undo_edit("mine", 1) == 5
    assert severities(kept) == ["fatal", "?", "fatal"]
    assert [severities(kept, version)[1] for version in range(1, 6)] == [
        "?",
        "fatal",
        "slight",
        "fatal",
        "?",
    ]
    assert [one.undone for one in kept.edits("mine")] == [5, 4]


def test_a_change_is_taken_back_once(kept):
    change(kept, 2, FATAL)
    kept.undo_edit("mine", 1)
    with pytest.raises(StoreError, match="before"):
        kept.undo_edit("mine", 1)
    for number in (7, 2**40):
        with pytest.raises(NotFound, match=str(number)):
            kept.undo_edit("mine", number)


def test_a_later_import_of_other_crashes_leaves_an_edit_alone(kept):
    change(kept, 2, FATAL)
    kept.save_import("mine", batches.batch("d", "e"))
    assert severities(kept) == ["fatal", "fatal", "fatal", "fatal", "?"]


def test_an_edit_changes_nothing_of_what_later_imports_compare_with(kept):
    before = kept.known("mine")
    change(kept, 2, FATAL, *PLACE)
    assert kept.known("mine") == before


def test_an_edit_outlives_the_import_of_its_crash_and_holds_when_that_comes_again(kept):
    change(kept, 2, FATAL, *PLACE)
    kept.undo_import(1)
    empty = kept.dataset("mine")
    assert (empty.crashes, empty.located, empty.fields["crash"]) == (0, 0, ())
    assert len(kept.load("mine")) == 0
    kept.save_import("mine", batches.batch("c", "b"))
    assert severities(kept) == ["fatal", "fatal"]
    assert kept.dataset("mine").located == 2
    assert {one.change for one in kept.record("mine", 4).edits} == {1}


def test_somebody_else_s_change_is_not_overwritten_unseen(kept):
    seen = kept.record("mine", 2)
    change(kept, 2, FATAL)
    with pytest.raises(StoreError, match="Look at it again"):
        kept.save_edit(seen, [Change("crash", 0, "severity", "slight")], reason="late")
    assert severities(kept)[1] == "fatal"
    assert kept.dataset("mine").version == 2


def test_changes_of_other_crashes_are_no_hindrance(kept):
    seen = kept.record("mine", 2)
    change(kept, 1, Change("crash", 0, "severity", "slight"))
    assert kept.save_edit(seen, [FATAL], reason="in time") == 3


@pytest.mark.parametrize(
    "wrong",
    [
        Change("crash", 0, "narrative", "A. B., born 1980"),
        Change("crash", 0, "severity_src", "x"),
        Change("crash", 0, "crash_key", "z"),
        Change("crash", 1, "severity", "fatal"),
        Change("crash", 0, "severity", "terrible"),
        Change("crash", 0, "weather", "rain|frogs"),
        Change("crash", 0, "crash_date", None),
        Change("crash", 0, "crash_date", "2021-02-30"),
        Change("crash", 0, "lat", 91.0),
        Change("crash", 0, "n_killed", 1.5),
        Change("crash", 0, "n_killed", True),
        Change("crash", 0, "hit_and_run", "maybe"),
        Change("vehicle", 3, "unit_type", "car"),
        Change("edit", 0, "reason", "x"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_whole(kept, wrong):
    with pytest.raises(StoreError):
        change(kept, 1, Change("crash", 0, "light", "day"), wrong)
    assert kept.edits("mine") == []
    assert kept.dataset("mine").version == 1


def test_no_personal_field_can_be_edited_in(kept):
    personal = [one for one in fields.table("crash") if one.personal]
    assert personal
    for one in personal:
        with pytest.raises(StoreError, match="no field"):
            change(kept, 1, Change("crash", 0, one.name, "somebody"))


def test_a_change_needs_a_reason_and_something_to_change(kept):
    with pytest.raises(StoreError, match="why"):
        change(kept, 1, FATAL, reason="  ")
    with pytest.raises(StoreError, match="Nothing was changed"):
        change(kept, 1)


@pytest.mark.parametrize("number", [0, 4, -1, 2**32 + 1, 2**70])
def test_a_crash_that_is_not_there_is_not_found(kept, number):
    kept.save_import("other", batches.batch("a"))
    with pytest.raises(NotFound, match=str(number)):
        kept.record("mine", number)


def test_edits_of_one_data_set_are_nothing_to_another(kept):
    kept.save_import("other", batches.batch("a", "b", "c"))
    change(kept, 2, FATAL, *PLACE)
    assert kept.load("other").crashes["severity"].astype(object).fillna("?").tolist() == [
        "fatal",
        "?",
        "fatal",
    ]
    assert kept.dataset("other").located == 2
    kept.delete_dataset("mine")
    kept.save_import("mine", batches.batch("a", "b", "c"))
    assert kept.edits("mine") == []


# ---------------------------------------------------- edits and later imports

HEAD = "crash_id,crash_date,severity,light\n"


def bring(store: Store, *rows: str):
    """Import rows of our own layout; return the import with what became of each row."""
    files = [Upload("crashes.csv", (HEAD + "\n".join(rows)).encode())]
    return api.import_crashes(store, files, profile="crashkit", dataset="mine")


def lights(store: Store) -> list[str]:
    return store.load("mine").crashes["light"].astype(object).fillna("?").tolist()


def test_the_same_facts_again_are_a_duplicate_and_the_edit_stays(store):
    bring(store, "1,2024-01-02,fatal,day", "2,2024-01-03,slight,day")
    api.edit_crash(store, store.record("mine", 1), {("crash", 0, "light"): "dark_none"}, reason="x")
    _, batch = bring(store, "2,2024-01-03,slight,day", "1,2024-01-02,fatal,day")
    assert (batch.ledger.accepted, len(batch.ledger.duplicates)) == (0, 2)
    assert lights(store) == ["dark_none", "day"]


def test_other_facts_are_a_conflict_and_overwrite_no_edit(store):
    bring(store, "1,2024-01-02,fatal,day", "2,2024-01-03,slight,day")
    api.edit_crash(store, store.record("mine", 1), {("crash", 0, "light"): "dark_none"}, reason="x")
    _, batch = bring(store, "1,2024-01-02,fatal,twilight", "3,2024-01-04,slight,day")
    assert [issue.code for issue in batch.ledger.issues] == ["changed"]
    assert lights(store) == ["dark_none", "day", "day"]
    assert store.record("mine", 1).crash.told["light"] == "day"


def test_facts_that_say_what_the_edit_says_are_a_conflict_too(store):
    bring(store, "1,2024-01-02,fatal,day")
    api.edit_crash(store, store.record("mine", 1), {("crash", 0, "light"): "dark_none"}, reason="x")
    _, batch = bring(store, "1,2024-01-02,fatal,dark_none")
    assert [issue.code for issue in batch.ledger.issues] == ["changed"]


def test_a_crash_entered_by_hand_leaves_what_the_data_set_says_of_itself(store):
    store.save_import("mine", batches.batch("a"))
    before = store.dataset("mine")
    said = {("crash", 0, "crash_id"): "N-1", ("crash", 0, "crash_date"): "2024-05-06"}
    record, number = api.enter_crash(store, "mine", said)
    after = store.dataset("mine")
    told = ("title", "country", "attribution", "killed_definition", "profile")
    assert [getattr(after, one) for one in told] == [getattr(before, one) for one in told]
    assert (after.crashes, after.period.end, record.accepted) == (2, date(2024, 5, 31), 1)
    crash = api.crash_record(store, "mine", number).crash.now
    assert (crash["crash_id"], crash["country"], crash["severity"]) == ("N-1", "KGZ", "unknown")
    api.undo_import(store, record.id)
    assert store.dataset("mine").crashes == 1


def test_an_edit_lies_over_the_new_facts_when_a_conflict_is_settled_for_them(store):
    bring(store, "1,2024-01-02,fatal,day", "2,2024-01-03,slight,day")
    place = {("crash", 0, "lat"): "41.12345", ("crash", 0, "lon"): "69.54321"}
    api.edit_crash(store, store.record("mine", 1), place, reason="measured")
    bring(store, "1,2024-01-02,fatal,twilight")
    api.settle_conflicts(store, "mine", store.conflicts("mine"), take=True, reason="newer")
    data = store.load("mine")
    assert sorted(data.crashes["light"].astype(str)) == ["day", "twilight"]
    assert data.crashes["lat"].notna().tolist() == [False, True]
    assert store.dataset("mine").located == 1
    assert store.load("mine", version=2).crashes["lat"].notna().tolist() == [True, False]
    assert store.dataset("mine").crashes == 2


def test_an_edit_of_a_vehicle_follows_its_number_into_later_imports(store):
    crash = made_files.upload("crash_id,crash_date,severity\n1,2024-01-02,fatal\n")

    def units(*numbers):
        rows = "".join(f"1,{number},car\n" for number in numbers)
        vehicles = made_files.upload(f"crash_id,unit_no,unit_type\n{rows}", "vehicles.csv")
        api.import_crashes(
            store,
            [crash, vehicles],
            profile="crashkit",
            dataset="mine",
            options={"conflicts": "take"},
        )
        return kinds()

    def kinds():
        data = store.load("mine")
        record = store.record("mine", int(data.crashes["id"].iloc[0]))
        found = dict(zip(data.vehicles["unit_no"], data.vehicles["unit_type"], strict=True))
        assert {row.now["unit_no"]: row.now["unit_type"] for row in record.vehicles} == found
        return found

    units(1, 3)
    said = {("vehicle", 2, "unit_type"): "bus"}
    api.edit_crash(store, store.record("mine", 1), said, reason="seen")
    assert units(1, 2, 3) == {"1": "car", "2": "car", "3": "bus"}
    assert units(3) == {"3": "bus"}
    assert units(1, 2) == {"1": "car", "2": "car"}
    api.undo_import(store, 4)
    assert kinds() == {"3": "bus"}
