"""A crash changed or entered by hand: the rules of an import hold, and what follows follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import kept_crashes
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import fields, profiles
from crashkit.errors import IntakeError, WrongValues
from crashkit.intake import editing
from crashkit.model import NEW, REMOVED, CrashRecord, RecordRow
from crashkit.store import Store

TODAY = date(2026, 1, 1)
CRASH = {
    "crash_id": "0017",
    "crash_date": "2021-02-03",
    "date_precision": "day",
    "crash_time": "08:15",
    "time_precision": "minute",
    "year": 2021,
    "month": 2,
    "weekday": 3,
    "hour": 8,
    "location_kind": "none",
    "severity": "serious",
    "n_killed": 0,
    "n_serious": 1,
    "n_slight": 0,
    "n_injured": 1,
    "n_vehicles": 1,
    "pedestrian_involved": "no",
    "cyclist_involved": "no",
    "motorcycle_involved": "no",
    "heavy_vehicle_involved": "no",
}
CAR = {"unit_no": "1", "unit_type": "car"}
DRIVER = {"person_no": "1", "unit_no": "1", "road_user_type": "driver", "injury": "serious"}


def record(crash=None, vehicles=(CAR,), people=(DRIVER,)):
    """Make a record of what a source told, without edits."""

    def row(table, n, values):
        return RecordRow(table, n, values, values, {})

    return CrashRecord(
        dataset="mine",
        version=1,
        id=1,
        key="test:0017",
        import_id=1,
        profile="crashkit",
        crash=row("crash", 0, {**CRASH, **(crash or {})}),
        vehicles=tuple(row("vehicle", n, one) for n, one in enumerate(vehicles, 1)),
        people=tuple(row("person", n, one) for n, one in enumerate(people, 1)),
        edits=(),
    )


def settle(found, said, own=None):
    """Say words of fields, named "field" or "table.n.field"; return what changes, and the notes."""
    places = {}
    for name, text in said.items():
        table, n, field = name.split(".") if "." in name else ("crash", 0, name)
        places[table, int(n), field] = text
    settled = editing.settle(found, places, own, TODAY)
    changes = {
        one.field if one.table == "crash" else f"{one.table}.{one.n}.{one.field}": one.value
        for one in settled.changes
    }
    return changes, [str(note) for note in settled.notes]


def wrong(found, said, own=None):
    with pytest.raises(WrongValues) as caught:
        settle(found, said, own)
    return {place[2]: str(message) for place, message in caught.value.wrong.items()}


# ------------------------------------------------------ rows that come and go

HURT = {"person_no": "2", "injury": "killed", "road_user_type": "pedestrian"}


def test_counts_severity_and_users_follow_a_person_that_is_added():
    said = {f"person.{NEW}.{name}": text for name, text in HURT.items()}
    changes, notes = settle(record(), said)
    assert changes == {
        "person.-1.row": "added",
        **{f"person.-1.{name}": value for name, value in HURT.items()},
        "n_killed": 1,
        "severity": "fatal",
        "pedestrian_involved": "yes",
    }
    assert notes == []


def test_counts_and_severity_follow_a_person_that_is_removed_and_one_put_back():
    both = record({"severity": "fatal", "n_killed": 1}, people=(DRIVER, HURT))
    changes, _ = settle(both, {"person.2.row": "removed"})
    assert changes == {"person.2.row": "removed", "n_killed": 0, "severity": "serious"}
    gone = replace(both.people[1], state=REMOVED)
    without = replace(both, crash=record().crash, people=(both.people[0], gone))
    changes, _ = settle(without, {"person.2.row": ""})
    assert changes["person.2.row"] == "told"
    assert (changes["n_killed"], changes["severity"]) == (1, "fatal")


def test_what_the_source_says_otherwise_stays_when_a_person_is_removed():
    told = record({"n_killed": 3, "severity": "fatal"}, people=(DRIVER, HURT))
    changes, notes = settle(told, {"person.2.row": "removed"})
    assert "n_killed" not in changes
    assert any("stays 3" in note for note in notes)


def test_vehicles_that_come_and_go_are_counted():
    changes, _ = settle(record(), {f"vehicle.{NEW}.unit_type": "bus"})
    assert changes == {
        "vehicle.-1.row": "added",
        "vehicle.-1.unit_type": "bus",
        "n_vehicles": 2,
        "heavy_vehicle_involved": "yes",
    }
    two = record({"n_vehicles": 2}, vehicles=(CAR, {"unit_no": "2", "unit_type": "car"}))
    assert settle(two, {"vehicle.2.row": "removed"})[0] == {
        "vehicle.2.row": "removed",
        "n_vehicles": 1,
    }


def test_people_of_a_vehicle_that_is_removed_are_told():
    two = record({"n_vehicles": 2}, vehicles=(CAR, {"unit_no": "2", "unit_type": "car"}))
    assert settle(two, {"vehicle.1.row": "removed"})[1] == [
        "Vehicle 1 was removed; people of that vehicle are still in the crash."
    ]


def test_of_a_crash_without_people_nobody_knows_who_was_hurt():
    changes, _ = settle(record({"n_killed": 0}), {"person.1.row": "removed"})
    assert (changes["n_serious"], changes["severity"]) == (None, "unknown")


def test_several_rows_are_added_in_their_order_and_empty_ones_are_not():
    said = {
        f"person.{NEW}.age": "",
        f"person.{NEW - 1}.age": "20",
        f"person.{NEW - 2}.age": "30",
    }
    changes, _ = settle(record(), said)
    assert {name: value for name, value in changes.items() if "age" in name} == {
        "person.-1.age": 20,
        "person.-2.age": 30,
    }


def test_a_person_who_is_there_already_is_not_added_again():
    said = {f"person.{NEW}.{name}": text for name, text in DRIVER.items()}
    assert list(wrong(record(), said).values()) == [
        "This row would say the same as another one of the crash."
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"crash.0.row": "removed"},
        {"person.9.row": "removed"},
        {"person.1.row": "away"},
        {f"person.{NEW}.row": "removed"},
        {"person.-1.age": "20"},
    ],
)
def test_a_row_that_is_not_there_cannot_come_or_go(said):
    with pytest.raises(IntakeError):
        settle(record(), said)


def test_a_removed_row_is_put_back_before_it_is_changed():
    gone = record()
    gone = replace(gone, people=(replace(gone.people[0], state=REMOVED),))
    with pytest.raises(IntakeError, match="put it back first"):
        settle(gone, {"person.1.age": "20"})
    assert settle(gone, {"person.1.row": "removed"})[0] == {}


# ------------------------------------------------------------- what follows


def test_what_stands_already_is_no_change():
    every = {one.name: editing.word(CRASH.get(one.name)) for one in editing.editable("crash")}
    assert settle(record(), every) == ({}, [])


def test_year_month_and_weekday_follow_from_the_date():
    changes, _ = settle(record(), {"crash_date": "2020-12-31"})
    assert changes == {"crash_date": "2020-12-31", "year": 2020, "month": 12, "weekday": 4}


def test_the_hour_follows_from_the_time_and_goes_with_it():
    assert settle(record(), {"crash_time": "23:05"})[0] == {"crash_time": "23:05", "hour": 23}
    changes, _ = settle(record(), {"crash_time": ""})
    assert changes == {"crash_time": None, "time_precision": None, "hour": None}


def test_midnight_is_the_next_day_as_in_a_file_and_a_note_says_so():
    changes, notes = settle(record(), {"crash_time": "24:00"})
    assert (changes["crash_time"], changes["hour"]) == ("00:00", 0)
    assert "next day" in notes[0]


def test_the_kind_of_place_follows_from_a_point_or_a_km_post():
    changes, _ = settle(record(), {"lat": "42.87461", "lon": "74.56982"})
    assert changes == {
        "lat": 42.87461,
        "lon": 74.56982,
        "coord_accuracy_m": 5.0,
        "location_kind": "point",
    }
    changes, _ = settle(record(), {"road_number": "М–39", "chainage_km": "12,3"})
    assert changes == {
        "road_number": "М–39",
        "road_key": "M-39",
        "chainage_km": 12.3,
        "chainage_accuracy_m": 50.0,
        "location_kind": "route",
    }


def test_a_point_put_in_by_hand_is_no_longer_doubtful():
    there = {"location_flag": "outside"}
    changes, _ = settle(record(there), {"lat": "42°52'28\"", "lon": "74°35'24\""})
    assert changes["location_flag"] is None
    assert (changes["lat"], changes["lon"]) == (42.874444444, 74.59)
    assert "location_flag" not in settle(record(there), {"road_number": "M-39"})[0]


def test_a_whole_kilometre_is_its_middle_and_rough_as_in_a_file():
    there = {"road_number": "M-39", "road_key": "M-39", "location_kind": "route"}
    there |= {"chainage_km": 12.3, "chainage_accuracy_m": 50.0}
    changes, _ = settle(record(there), {"chainage_km": "684"})
    assert changes == {"chainage_km": 684.5, "chainage_accuracy_m": 500.0}


def test_the_way_the_source_writes_roads_holds():
    there = {"road_number": "M39", "road_key": "M39", "road_name": "Bishkek – Osh"}
    bare = replace(profiles.get("crashkit"), bare_roads=True)
    assert settle(record(there), {"road_number": "M 41"}, bare)[0]["road_key"] == "M41"


def test_counts_severity_and_users_follow_from_people():
    changes, notes = settle(
        record(), {"person.1.injury": "killed", "person.1.road_user_type": "pedestrian"}
    )
    assert changes == {
        "person.1.injury": "killed",
        "person.1.road_user_type": "pedestrian",
        "n_killed": 1,
        "n_serious": 0,
        "n_injured": 0,
        "severity": "fatal",
        "pedestrian_involved": "yes",
    }
    assert notes == []


def test_what_the_source_says_otherwise_itself_is_kept_and_a_note_tells():
    told = {"n_killed": 2, "severity": "fatal"}
    changes, notes = settle(record(told), {"person.1.injury": "killed"})
    assert "n_killed" not in changes
    assert "severity" not in changes
    assert "Killed stays 2, as it was told; by the other values it would be 1." in notes


def test_a_severity_that_was_told_stays_and_a_note_says_that_the_counts_disagree():
    changes, notes = settle(record(people=()), {"n_killed": "1"})
    assert changes == {"n_killed": 1}
    assert notes == ["The severity is “Serious”, but by the counts of people hurt it is “Fatal”."]


def test_who_was_involved_follows_from_a_vehicle():
    changes, _ = settle(record(), {"vehicle.1.unit_type": "bus"})
    assert changes == {"vehicle.1.unit_type": "bus", "heavy_vehicle_involved": "yes"}


# --------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"crash_date": ""}, "no date"),
        ({"crash_date": "2021-02-30"}, "does not exist"),
        ({"crash_date": "2026-01-02"}, "after the day"),
        ({"crash_time": "25:00"}, "not a time"),
        ({"n_killed": "-1"}, "less than 0"),
        ({"n_killed": "two"}, "not a number"),
        ({"n_killed": "1.5"}, "not a whole number"),
        ({"speed_limit": "500"}, "between"),
        ({"light": "purple"}, "nobody knows"),
        ({"weather": "rain|frogs"}, "nobody knows"),
        ({"hit_and_run": "perhaps"}, "nobody knows"),
        ({"road_name": "x" * 3000}, "letters"),
        ({"lat": "42.87461"}, "Only one of"),
        ({"lat": "42.9", "lon": "74.6"}, "tenth of a degree"),
        ({"lat": "0", "lon": "0"}, "0, 0"),
        ({"lat": "142.87461", "lon": "74.56982"}, ""),
        ({"person.1.age": "130"}, "between"),
        ({"person.1.injury": "awful"}, "nobody knows"),
        ({"vehicle.1.model_year": "1492"}, "between"),
    ],
)
def test_a_value_no_import_would_take_is_refused_beside_its_field(said, told):
    found = wrong(record(), said)
    assert set(found) & {name.rpartition(".")[2] for name in said} or "crash_date" in found
    assert told in " ".join(found.values())


def test_axes_are_not_put_right_in_secret():
    assert "lat" in wrong(record(), {"lat": "142.87461", "lon": "74.56982"})


def test_a_point_outside_the_area_of_the_source_is_refused():
    own = next(one for one in profiles.all_profiles().values() if one.boxes)
    assert wrong(record(), {"lat": "-33.45678", "lon": "-70.65432"}, own)


@pytest.mark.parametrize("name", ["crash_id", "source_id", "narrative", "year", "road_key", "x"])
def test_identity_derived_personal_and_unknown_fields_cannot_be_said(name):
    with pytest.raises(IntakeError, match="by hand"):
        settle(record(), {name: "1"})


def test_a_vehicle_that_is_not_there_cannot_be_changed():
    with pytest.raises(IntakeError):
        settle(record(), {"vehicle.2.unit_type": "bus"})


def test_two_rows_that_would_say_the_same_are_refused():
    other = {**DRIVER, "injury": "slight"}
    assert wrong(record(people=(DRIVER, other)), {"person.2.injury": "serious"})


def test_every_complaint_is_told_at_once():
    found = wrong(record(), {"n_killed": "two", "crash_time": "25:00", "person.1.age": "x"})
    assert set(found) == {"n_killed", "crash_time", "age"}


def test_no_personal_field_is_offered():
    offered = [one for table in fields.TABLES for one in editing.editable(table)]
    assert [one.name for one in offered if one.personal] == []


# ----------------------------------------------------------------- always


TEXTS = st.text(max_size=40)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_is_kept_as_an_import_keeps_it_or_refused(name, cause):
    try:
        changes, _ = settle(record(), {"road_name": name, "main_cause": cause})
    except WrongValues:
        return
    assert changes.get("road_name", "") in (editing.mapping.clean(name), None, "")
    assert changes.get("main_cause", "") in (editing.mapping.clean(cause), None, "")


@settings(deadline=None)
@given(st.sampled_from([one.name for one in editing.editable("crash")]), TEXTS)
def test_any_word_of_any_field_ends_in_changes_or_a_sentence(name, text):
    try:
        settle(record(), {name: text})
    except IntakeError as error:
        assert str(error.message)


def test_what_an_edit_made_is_no_change_when_said_again(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 's.sqlite'}") as store:
        kept_crashes.keep(store, kept_crashes.road())
        said = {("crash", 0, "lat"): "41.00012", ("crash", 0, "lon"): "69.12345"}
        said[("crash", 0, "chainage_km")] = "15"
        seen = store.record("mine", 3)
        settled = editing.settle(seen, said, None, TODAY)
        store.save_edit(seen, settled.changes, reason="measured")
        again = store.record("mine", 3)
        now = {("crash", 0, one.field): editing.word(one.value) for one in settled.changes}
        editable = {one.name for one in editing.editable("crash")}
        words = {place: text for place, text in now.items() if place[2] in editable}
        assert editing.settle(again, words, None, TODAY).changes == ()
        assert store.load("mine").crashes["chainage_km"].iloc[2] == 15.5
        assert pd.notna(store.load("mine").crashes["lat"]).all()


# ----------------------------------------------------------------- entering


def enter(said, known=None):
    places = {("crash", 0, name): text for name, text in said.items() if "." not in name}
    for name, text in said.items():
        if "." in name:
            table, n, field = name.split(".")
            places[table, int(n), field] = text
    return editing.enter(places, None, None, known=known or {}, today=TODAY)


def test_a_crash_entered_by_hand_is_an_import_of_one_crash():
    batch = enter(
        {
            "crash_id": "A-1",
            "crash_date": "2025-05-06",
            "vehicle.1.unit_no": "1",
            "vehicle.1.unit_type": "car",
            "vehicle.2.unit_type": "",
            "person.3.person_no": "1",
            "person.3.injury": "killed",
        }
    )
    crash = batch.crashes.iloc[0]
    assert (batch.ledger.total, batch.ledger.accepted) == (3, 3)
    assert (crash["crash_key"], crash["severity"], crash["n_killed"]) == (
        "crashkit:A-1",
        "fatal",
        1,
    )
    assert (crash["year"], crash["weekday"]) == (2025, 2)


def test_what_is_wrong_in_an_entered_row_stands_at_its_number():
    with pytest.raises(WrongValues) as caught:
        enter(
            {
                "crash_id": "A-1",
                "crash_date": "2025-05-06",
                "person.1.person_no": "",
                "person.3.person_no": "1",
                "person.3.injury": "killed",
                "person.3.age": "many",
            }
        )
    assert list(caught.value.wrong) == [("person", 3, "age")]


def test_a_crash_needs_a_number_and_a_date():
    with pytest.raises(WrongValues) as caught:
        enter({"light": "day"})
    assert {place[2] for place in caught.value.wrong} == {"crash_id", "crash_date"}


def test_a_crash_that_is_there_already_is_not_entered_again():
    said = {"crash_id": "A-1", "crash_date": "2025-05-06"}
    batch = enter(said)
    known = dict(zip(batch.crashes["crash_key"], batch.digests, strict=True))
    for again in (said, {**said, "light": "day"}):
        with pytest.raises(WrongValues) as caught:
            enter(again, known)
        assert [place[2] for place in caught.value.wrong] == ["crash_id"]
