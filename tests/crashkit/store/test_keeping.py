"""The same promises on SQLite and on PostgreSQL."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from datetime import date

import batches
import numpy as np
import pandas as pd
import pytest

from crashkit.errors import Cancelled, Message, NotFound, StoreError
from crashkit.model import (
    Duplicate,
    Finding,
    Inference,
    Period,
    Score,
    Screening,
    ScreeningResult,
    Site,
)
from crashkit.store import Store


def frames(data):
    return [repr(frame.to_dict("list")) for frame in (data.crashes, data.vehicles, data.people)]


def result(**changes):
    site = Site("s1", "circles", 74.5, 42.9, (3, 1), road="M-39", from_m=100, to_m=1100)
    asked = Screening(
        preset="count_1km",
        place="anchored",
        measure="rule",
        place_params={"length_m": 1000.0},
        measure_params={"rules": ({"min_crashes": 5},)},
        filter={"severity": "fatal"},
    )
    reason = Message("No traffic volume for {site}.", {"site": Message("a place")})
    found = ScreeningResult(
        asked=asked,
        findings=(
            Finding(site, Score(2.5, True, detail={"p": 0.01}), 1, {"fatal": 2}),
            Finding(site, Score(math.inf, False, reason), 2, {}),
        ),
        compared=17,
        crashes=5,
        located=4,
        period=batches.PERIOD,
        data_version="mine v1",
        notes=(Message("Too few years."),),
    )
    return replace(found, **changes)


# ---------------------------------------------------------------- data sets


@pytest.mark.parametrize("name", ["", "a/b", "x.json", "-dash", "two words", "x" * 61])
def test_a_name_that_no_address_can_bear_is_refused(store, name):
    with pytest.raises(StoreError, match="kyrgyzstan"):
        store.save_import(name, batches.batch("a"))


def test_data_without_a_title_bear_the_name_the_user_gave(store):
    store.save_import("mine", batches.batch("a", title=""))
    assert store.dataset("mine").title == "mine"


def test_a_new_store_has_no_data_sets(store):
    assert store.datasets() == []
    assert store.known("mine") == {}


def test_a_data_set_tells_what_it_holds(store):
    store.save_import("mine", batches.batch("b", "a", "c"))
    found = store.dataset("mine")
    assert (found.version, found.crashes, found.vehicles, found.people) == (1, 3, 6, 3)
    assert (found.located, found.period, found.fingerprint) == (2, batches.PERIOD, "mine v1")
    assert found.fields["vehicle"] == ("unit_no", "unit_type")
    assert "severity" in found.fields["crash"]
    assert "severity_src" not in found.fields["crash"]
    assert store.datasets() == [found]


def test_an_unknown_name_suggests_the_near_one(store):
    store.save_import("bishkek", batches.batch("a"))
    with pytest.raises(NotFound, match="Did you mean .*bishkek"):
        store.load("biskek")


def test_what_is_stored_is_what_is_loaded(store):
    store.save_import("mine", batches.batch("b", "a"))
    data = store.load("mine")
    assert data.crashes["id"].tolist() == [1, 2]
    assert data.crashes["crash_id"].tolist() == ["00a", "00b"]
    assert data.crashes["crash_date"].dt.date.tolist() == [date(2021, 2, 3)] * 2
    assert data.crashes["severity"].isna().tolist() == [True, False]
    assert data.crashes["severity"].cat.categories[0] == "fatal"
    assert data.crashes["weather"].tolist() == ["rain|wind"] * 2
    assert data.crashes["road_name"].tolist() == ["Бишкек – Ош, 奥什"] * 2
    assert data.vehicles["crash"].tolist() == [1, 1, 2, 2]
    assert data.vehicles["unit_no"].tolist() == ["1", "2", "1", "2"]
    assert data.people["age"].tolist() == [44, 44]
    assert data.dataset == store.dataset("mine")


def test_every_column_has_the_type_the_model_promises(store):
    store.save_import("mine", batches.batch("a", "b"))
    kinds = store.load("mine").crashes.dtypes.astype(str).to_dict()
    assert kinds == {
        "id": "int64",
        "crash_id": "object",
        "source_id": "object",
        "crash_date": "datetime64[s]",
        "crash_time": "object",
        "lat": "float64",
        "lon": "float64",
        "road_name": "object",
        "severity": "category",
        "n_killed": "Int32",
        "weather": "object",
        "pedestrian_involved": "category",
    }


def test_the_order_of_the_file_changes_nothing(store):
    one, other = batches.batch("a", "b", "c", "d"), batches.batch("a", "b", "c", "d")
    turned = batches.told(
        other,
        crashes=other.crashes[::-1],
        vehicles=other.vehicles[::-1],
        people=other.people[::-1],
    )
    store.save_import("one", one)
    store.save_import("turned", turned)
    pd.testing.assert_frame_equal(store.load("one").crashes, store.load("turned").crashes)
    pd.testing.assert_frame_equal(store.load("one").vehicles, store.load("turned").vehicles)


def test_numbers_are_counted_within_the_data_set(store):
    store.save_import("first", batches.batch("a", "b"))
    store.save_import("second", batches.batch("a", "b"))
    assert store.load("second").crashes["id"].tolist() == [1, 2]
    assert store.load("second").people["crash"].tolist() == [1, 2]


def test_a_personal_field_is_never_stored(store):
    batch = batches.batch("a")
    told = batch.crashes.assign(narrative="Ivan Ivanov, +996 555 123456")
    store.save_import("mine", batches.told(batch, crashes=told))
    assert "narrative" not in store.load("mine").crashes.columns


def test_a_field_unknown_to_the_store_is_refused(store):
    batch = batches.batch("a")
    with pytest.raises(StoreError, match="colour"):
        store.save_import("mine", batches.told(batch, crashes=batch.crashes.assign(colour="red")))
    assert store.datasets() == []


# ----------------------------------------------------------------- versions


def test_each_import_makes_a_version_and_old_ones_can_be_loaded(store):
    store.save_import("mine", batches.batch("b", "a"))
    store.save_import("mine", batches.batch("d", "c"))
    assert store.dataset("mine").version == 2
    assert store.load("mine", version=1).crashes["crash_id"].tolist() == ["00a", "00b"]
    assert len(store.load("mine")) == 4
    assert store.load("mine", version=1).dataset.crashes == 2
    with pytest.raises(NotFound, match="version 3"):
        store.load("mine", version=3)


def test_the_period_covers_all_imports(store):
    store.save_import("mine", batches.batch("a"))
    later = Period(date(2023, 1, 1), date(2023, 6, 30))
    store.save_import("mine", batches.batch("b", period=later))
    assert store.load("mine").period == Period(date(2020, 1, 1), date(2023, 6, 30))
    assert store.load("mine", version=1).period == batches.PERIOD


def test_a_rejected_file_keeps_its_accounts_and_makes_no_version(store):
    ledger = batches.full_ledger()
    rejected = replace(ledger, total=1, accepted=0, duplicates=())
    record = store.save_import("mine", batches.batch(ledger=rejected))
    assert (record.status, record.version) == ("rejected", 0)
    assert store.ledger_of(record.id) == rejected
    assert len(store.load("mine")) == 0


def test_undoing_restores_what_was_before_and_keeps_the_accounts(store):
    store.save_import("mine", batches.batch("a", "b"))
    before = store.load("mine")
    added = store.save_import("mine", batches.batch("c"))
    store.undo_import(added.id)
    assert frames(store.load("mine")) == frames(before)
    assert store.dataset("mine").version == 3
    assert len(store.load("mine", version=2)) == 3
    assert [record.status for record in store.imports("mine")] == ["accepted", "undone"]
    assert store.known("mine") == {"a": "digest of a", "b": "digest of b"}


def test_an_undone_import_can_come_again_but_not_be_undone_again(store):
    first = store.save_import("mine", batches.batch("a"))
    store.undo_import(first.id)
    with pytest.raises(StoreError, match="taken back before"):
        store.undo_import(first.id)
    store.save_import("mine", batches.batch("a"))
    assert store.load("mine").crashes["id"].tolist() == [2]
    with pytest.raises(NotFound, match="import 99"):
        store.undo_import(99)


def test_a_version_never_means_two_things_even_after_deleting(store):
    store.save_import("mine", batches.batch("a"))
    store.save_import("other", batches.batch("z"))
    store.save_layer("mine", "roads", {"type": "FeatureCollection", "features": []})
    store.save_result(result(), "mine")
    store.delete_dataset("mine")
    assert [found.name for found in store.datasets()] == ["other"]
    with pytest.raises(NotFound):
        store.result(1)
    assert store.save_import("mine", batches.batch("b")).version == 2
    assert store.check() == []


# --------------------------------------------------------------- accounting


def test_the_accounts_come_back_as_they_were(store):
    ledger = batches.full_ledger()
    record = store.save_import("mine", batches.batch("a", "b", ledger=ledger))
    assert store.ledger_of(record.id) == ledger
    assert store.import_record(record.id) == record
    assert store.imports("mine") == [record]
    assert (record.status, record.options) == ("partial", {"encoding": "utf-8"})


def test_known_crashes_are_told_by_their_digest(store):
    store.save_import("mine", batches.batch("a", "b"))
    assert store.known("mine") == {"a": "digest of a", "b": "digest of b"}
    assert store.known("other") == {}


def test_a_crash_that_somebody_else_imported_meanwhile_stops_the_whole_import(store):
    store.save_import("mine", batches.batch("a"))
    with pytest.raises(StoreError, match="found as duplicates"):
        store.save_import("mine", batches.batch("a", "b"))
    assert len(store.imports("mine")) == 1
    assert len(store.load("mine")) == 1


def test_the_same_file_at_the_same_time_is_kept_once(store):
    said = []

    def keep():
        try:
            store.save_import("mine", batches.batch("a", "b"))
        except StoreError as error:
            said.append(str(error))

    threads = [threading.Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 3
    assert len(store.load("mine")) == 2


def test_what_fails_before_commit_leaves_nothing(store):
    def within(connection, import_id):
        raise Cancelled

    with pytest.raises(Cancelled):
        store.save_import("mine", batches.batch("a"), within=within)
    with pytest.raises(Cancelled):
        store.save_import("mine", batches.batch("a"), progress=cancelled_at(0.9))
    assert store.datasets() == []


def cancelled_at(limit):
    def progress(share, doing=None):
        if share >= limit:
            raise Cancelled

    return progress


def test_within_sees_the_number_of_the_import(store):
    seen = []
    record = store.save_import("mine", batches.batch("a"), within=lambda c, n: seen.append(n))
    assert seen == [record.id]


def test_a_reader_sees_before_or_after_never_between(store):
    seen = []
    store.save_import("mine", batches.batch("a"))
    store.save_import(
        "mine", batches.batch("b"), within=lambda c, n: seen.append(len(store.load("mine")))
    )
    assert (seen, len(store.load("mine"))) == ([1], 2)


def test_the_database_itself_refuses_what_cannot_be(store):
    batch = batches.batch("a")
    with pytest.raises(StoreError):
        store.save_import("mine", batches.told(batch, crashes=batch.crashes.assign(lat=91.0)))
    with pytest.raises(StoreError):
        store.save_import(
            "mine", batches.told(batch, crashes=batch.crashes.assign(crash_date=None))
        )
    assert store.datasets() == []


# ------------------------------------------------- answers, reports, layers


def test_a_screening_comes_back_as_it_was(store):
    store.save_import("mine", batches.batch("a"))
    number = store.save_result(result(), "mine")
    again = store.result(number)
    assert repr(again) == repr(result(id=number))
    listed = store.results("mine")
    assert [(one.id, one.asked, one.data_version) for one in listed] == [
        (number, result().asked, "mine v1")
    ]
    with pytest.raises(NotFound, match="screening 77"):
        store.result(77)


def test_numbers_of_numpy_are_kept_as_numbers(store):
    store.save_import("mine", batches.batch("a"))
    found = result(compared=np.int64(3))
    assert store.result(store.save_result(found, "mine")).compared == 3


def test_a_report_comes_back_byte_for_byte(store):
    store.save_import("mine", batches.batch("a"))
    content = bytes(range(256))
    about = {"dataset": "mine", "language": "ru", "filter": {"year": "2021"}}
    number = store.save_document("r.pdf", content, "application/pdf", about=about)
    found = store.document(number)
    assert (found.content, found.size, found.about) == (content, 256, about)
    assert [(one.id, one.content, one.size) for one in store.documents("mine")] == [
        (number, b"", 256)
    ]
    assert store.documents() == store.documents("mine")
    with pytest.raises(NotFound, match="document 5"):
        store.document(5)


def test_layers_and_settings_are_replaced(store):
    store.save_import("mine", batches.batch("a"))
    roads = {"type": "FeatureCollection", "features": []}
    store.save_layer("mine", "roads", {"old": True})
    store.save_layer("mine", "roads", roads)
    store.save_layer("mine", "towns", {"towns": 1})
    assert store.layers("mine") == {"roads": roads, "towns": {"towns": 1}}
    assert (store.layer("mine", "roads"), store.layer("mine", "lakes")) == (roads, None)
    assert store.setting("language", "en") == "en"
    store.set_setting("language", "ru")
    store.set_setting("language", "zh")
    assert store.setting("language") == "zh"


def test_a_sound_store_has_no_complaints(store):
    store.save_import("mine", batches.batch("a"))
    assert store.check() == []


def test_a_store_that_lost_crashes_says_so(store):
    store.save_import("mine", batches.batch("a"))
    with store.writing() as connection:
        for table in ("person", "vehicle", "crash"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert [complaint.values for complaint in store.check()] == [{"number": "1"}]


def test_opening_again_finds_everything(store, store_url):
    store.save_import("mine", batches.batch("a"))
    with Store.open(store_url) as again:
        assert again.datasets() == store.datasets()


def test_the_accounts_must_close(store):
    with pytest.raises(ValueError, match="must equal"):
        replace(batches.plain_ledger(2), duplicates=(Duplicate("x", 1, "y"),))


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 2**63, 10**20])
def test_an_import_that_is_not_there_is_not_found_whatever_its_number(store, number):
    with pytest.raises(NotFound, match="no import"):
        store.import_record(number)


def test_how_the_files_were_read_is_kept_with_their_import(store):
    told = Inference(
        "a.csv", "date", "date_order", "dmy", Message("A day above 12."), True, (("1", "2"),)
    )
    record = store.save_import("mine", replace(batches.batch("a"), inferences=(told,)))
    assert store.import_record(record.id).inferences == (told,)


def test_an_import_can_be_stopped_between_its_rows(store, monkeypatch):
    monkeypatch.setattr("crashkit.store.imports.ROWS_TOLD", 2)
    told = []

    def stop(share, doing=None):
        told.append(str(doing))
        if len(told) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.save_import("mine", batches.batch("a", "b", "c", "d"), progress=stop)
    assert "Storing the rows: 0 of" in " ".join(told)
    assert store.datasets() == []
