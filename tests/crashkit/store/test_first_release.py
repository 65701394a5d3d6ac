"""A store of the first release goes on: what it kept is there, and known again.

`first_release.json` holds the rows that the first release wrote of the files below.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_files import CRASHES, three, upload
from sqlalchemy import MetaData, Table, func, insert, select

from crashkit import api
from crashkit.store import engine as connections
from crashkit.store import upgrading

ROWS = Path(__file__).with_name("first_release.json")
BAD = "0004,2023-02-31,,,,,,slight,0,\n"
CHANGED = CRASHES.replace("05:07", "06:07")


@pytest.fixture
def old(store_url):
    """Open a store in which the first release kept a data set."""
    engine = connections.connect(connections.address(store_url), create=True)
    with connections.writing(engine) as connection:
        upgrading.command.upgrade(upgrading._config(connection), "0001")
        for name, lines in json.loads(ROWS.read_text(encoding="utf-8")).items():
            table = Table(name, MetaData(), autoload_with=connection)
            for line in lines:
                connection.execute(insert(table).values(line))
            if name in ("dataset", "import") and engine.dialect.name == "postgresql":
                counter = func.pg_get_serial_sequence(f'"{name}"', "id")
                connection.execute(select(func.setval(counter, len(lines))))
    engine.dispose()
    assert api.upgrade_store(store_url)[0] == "0001"
    with api.open_store(store_url) as store:
        yield store


def bring(store, files):
    return api.import_crashes(store, files, profile="crashkit", dataset="old")[0]


def told(store, version=None):
    data = store.load("old", version=version)
    return [
        list(frame[name])
        for frame, name in (
            (data.crashes, "crash_time"), (data.vehicles, "unit_type"), (data.people, "age")
        )
    ]  # fmt: skip


FIRST = [["05:07", "10:14", "15:21"], ["car", "bus", "car", "motorcycle"], [44, 31, 19]]


def test_what_the_first_release_kept_is_there_with_its_account(old):
    assert told(old) == told(old, 1) == FIRST
    ledger = old.ledger_of(1)
    assert (ledger.accepted, ledger.rejected) == (10, 1)
    assert [(one.code, one.row) for one in ledger.issues] == [("bad_date", 5)]
    assert old.open_conflicts("old") == 0
    record = api.crash_record(old, "old", 1)
    assert (record.crash.now["crash_id"], record.edits) == ("0001", ())


def test_its_files_are_known_again_in_any_order_and_as_a_part(old):
    for files in (three(CRASHES + BAD), three(), three()[::-1], [upload(CRASHES)]):
        record = bring(old, files)
        assert (record.accepted, record.duplicates) == (0, 3 if len(files) == 1 else 10)
    assert old.version("old") == 1


def test_its_rejects_are_mended_and_join(old):
    rejects = api.export_rejects(old.ledger_of(1), api.Speaker("en"))
    record = bring(old, [upload(rejects.replace(b"2023-02-31", b"2023-02-28"), "rejects.csv")])
    assert (record.total, record.accepted) == (1, 1)
    assert len(told(old)[0]) == 4


def test_people_who_come_later_join_its_crashes(old):
    more = "crash_id,person_no,road_user_type,age,injury\n0002,7,passenger,50,slight\n"
    record = bring(old, [upload(more, "people.csv")])
    assert record.accepted == 1
    assert sorted(told(old)[2]) == [19, 31, 44, 50]
    assert bring(old, three()).duplicates == 10
    assert bring(old, [upload(more, "people.csv")]).duplicates == 1
    api.undo_import(old, record.id)
    assert told(old) == FIRST


def test_its_crashes_are_changed_by_hand_and_the_change_is_taken_back(old):
    record = api.crash_record(old, "old", 1)
    said = {("crash", 0, "crash_time"): "07:00", ("person", 1, "age"): "45"}
    edited = api.edit_crash(old, record, said, reason="a typing error")
    assert edited.version == 2
    assert told(old) == [["07:00", "10:14", "15:21"], FIRST[1], [45, 31, 19]]
    assert told(old, 1) == FIRST
    assert bring(old, three()).duplicates == 10
    change = api.crash_record(old, "old", 1).edits[0].change
    api.undo_edit(old, "old", change)
    assert told(old) == FIRST


def test_other_facts_of_its_crashes_wait_are_taken_and_taken_back(old):
    assert bring(old, three(CHANGED)).rejected == 3
    (conflict,) = api.conflicts(old, "old")
    record = api.settle_conflicts(old, "old", [conflict], take=True, reason="corrected")
    assert told(old)[0] == ["10:14", "15:21", "06:07"]
    assert sorted(told(old)[2]) == sorted(FIRST[2])
    assert bring(old, three(CHANGED)).duplicates == 10
    api.undo_import(old, record.id)
    assert told(old) == FIRST


def test_its_import_is_taken_back_and_its_files_come_anew(old):
    api.undo_import(old, 1)
    assert len(old.load("old")) == 0
    assert bring(old, three()).accepted == 10
    assert told(old) == FIRST
