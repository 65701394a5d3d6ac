"""What can go wrong with a database is said with its cause and its cure, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import batches
import pytest
from sqlalchemy.exc import DBAPIError

from crashkit.errors import StoreError
from crashkit.store import Store, engine, failures


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.sqlite"


def test_a_bare_path_is_an_sqlite_file(file):
    with Store.open(str(file)) as store:
        assert (store.kind, store.url) == ("sqlite", f"sqlite:///{file}")
    assert file.is_file()


def test_the_folder_of_a_new_store_is_made(tmp_path):
    Store.open(str(tmp_path / "new" / "folder" / "store.sqlite")).close()


def test_the_promises_of_sqlite_are_asked_back(file, monkeypatch):
    with Store.open(str(file)) as store, store.reading() as connection:
        assert engine.unkept_promises(connection) == []
        monkeypatch.setitem(engine.PRAGMAS, "synchronous", 1)
        assert engine.unkept_promises(connection) == ["synchronous = 2"]


def test_the_check_says_which_promise_is_not_kept(file, monkeypatch):
    monkeypatch.setattr(engine, "try_connection", lambda opened: None)
    monkeypatch.setattr(engine, "unkept_promises", lambda connection: ["synchronous = 1"])
    with Store.open(str(file)) as store:
        assert [complaint.values["found"] for complaint in store.check()] == ["synchronous = 1"]


def test_an_sqlite_that_does_not_keep_its_promises_is_refused(file, monkeypatch):
    monkeypatch.setattr(engine, "unkept_promises", lambda connection: ["journal_mode = delete"])
    with pytest.raises(StoreError, match="journal_mode = delete"):
        Store.open(str(file))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://user:secret@host/db", "mysql"),
        ("mysql+nothing://user:secret@host/db", "mysql"),
        ("postgresql://user:secret@127.0.0.1:1/db", "does not answer"),
        ("postgresql+psycopg://user:secret@host:port/db", "cannot be read"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite://", "needs a file"),
        ("/proc/none/store.sqlite", "cannot be opened"),
        ("sqlite:////proc/none/store.sqlite", "cannot be opened"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url, said):
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert said in str(caught.value)
    assert "secret" not in repr(caught.value.message)


def test_a_store_that_is_not_there_is_not_made_unasked(file):
    with pytest.raises(StoreError, match="no store at"):
        Store.open(str(file), create=False)
    assert not file.exists()


def test_a_file_that_is_no_database_is_refused_and_left_alone(file):
    file.write_text("crash_id,severity\n1,fatal\n" * 100, encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(StoreError, match="not a CrashKit store"):
        Store.open(str(file))
    assert file.read_bytes() == before


def test_a_database_of_somebody_else_is_refused(file):
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE customers (name TEXT)")
    with pytest.raises(StoreError, match="not a CrashKit store"):
        Store.open(str(file))


def test_a_store_of_newer_software_is_refused(store, store_url):
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreError, match="newer CrashKit"):
        Store.open(store_url)


def test_a_busy_store_says_so_and_reading_goes_on(file, monkeypatch):
    monkeypatch.setitem(engine.PRAGMAS, "busy_timeout", 50)
    with Store.open(str(file)) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is busy"):
            store.save_import("mine", batches.batch("a"))
        assert store.datasets() == []
        other.execute("ROLLBACK")
        store.save_import("mine", batches.batch("a"))


def test_imports_at_the_same_time_wait_for_their_turn(file, monkeypatch):
    monkeypatch.setitem(engine.PRAGMAS, "busy_timeout", 50)
    with Store.open(str(file)) as store:

        def keep(name):
            store.save_import(name, batches.batch("a"), within=lambda c, n: time.sleep(0.2))

        threads = [threading.Thread(target=keep, args=(f"set{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [found.name for found in store.datasets()] == ["set0", "set1", "set2", "set3"]


def test_a_full_disk_keeps_nothing_and_writing_returns_by_itself(file):
    many = batches.batch(*(f"{n:05}" for n in range(2000)))
    with Store.open(str(file)) as store:
        store.save_import("mine", batches.batch("a"))
        set_room(store, 60)
        with pytest.raises(StoreError, match="full"):
            store.save_import("mine", many)
        assert len(store.load("mine")) == 1
        set_room(store, 100000)
        store.save_import("mine", many)
        assert store.check() == []


def set_room(store, pages):
    """Let the file grow to `pages` only: what SQLite then says is what a full disk makes it say."""
    with store.reading() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_said_so(file):
    Store.open(str(file)).close()
    file.chmod(0o400)
    with Store.open(str(file)) as store, pytest.raises(StoreError, match="cannot be written"):
        store.set_setting("a", "b")


def read_only(words):
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_READONLY_DIRECTORY
    return error


class ServerError(Exception):
    """What a PostgreSQL driver raises."""

    def __init__(self, words="", sqlstate=None):
        super().__init__(words)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (read_only("attempt to write a readonly database"), failures.READ_ONLY),
        (sqlite3.OperationalError("something new"), failures.OTHER),
        (ServerError("no space", "53100"), failures.FULL),
        (ServerError("lock timeout", "55P03"), failures.BUSY),
        (ServerError("shutdown", "57P01"), failures.LOST),
        (ServerError("odd", "99999"), failures.OTHER),
        (ServerError("password authentication failed for user"), failures.PASSWORD),
        (ServerError('database "x" does not exist'), failures.NO_DATABASE),
        (ServerError("could not translate host name"), failures.NO_SERVER),
        (ServerError("server closed the connection unexpectedly"), failures.LOST),
        (ServerError(""), failures.OTHER),
    ],
)
def test_each_refusal_has_its_sentence(cause, sentence):
    with pytest.raises(StoreError) as caught, failures.told("the store"):
        raise DBAPIError("", None, cause)
    assert caught.value.message.text == sentence.text


@pytest.mark.postgres
def test_a_wrong_password_or_database_is_told_apart(postgres):
    with pytest.raises(StoreError, match="password") as caught:
        Store.open(postgres.replace(":a-secret", ":another-secret") + "/postgres")
    assert "another-secret" not in repr(caught.value.message)
    with pytest.raises(StoreError, match="does not exist"):
        Store.open(f"{postgres}/no_such_database")
    assert "secret" not in engine.shown(engine.address(f"{postgres}/x?password=secret"))


# -------------------------------------------------------- kill, backup, restore

IMPORTER = """
import sys, time
sys.path.insert(0, sys.argv[2])
import batches
from crashkit.store import Store
with Store.open(sys.argv[1]) as store:
    batch = batches.batch(*(f"{n:05}" for n in range(4000)))
    print("ready", flush=True)
    def within(connection, number):
        print("written", flush=True)
        time.sleep(float(sys.argv[3]))
    store.save_import("mine", batch, within=within)
    print("kept", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("word", "hold", "left"),
    [("ready", "0", (0, 4000)), ("written", "60", (0,)), ("kept", "0", (4000,))],
)
def test_a_killed_import_leaves_all_or_nothing(store, store_url, word, hold, left):
    store.save_import("mine", batches.batch("before"))
    words = [sys.executable, "-c", IMPORTER, store_url, str(Path(batches.__file__).parent), hold]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        while process.stdout.readline().strip() != word:
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
    wait_until_the_server_has_noticed(store)
    found = store.load("mine")
    assert len(found) - 1 in left
    assert len(store.imports("mine")) == (1 if len(found) == 1 else 2)
    assert len(found.vehicles) == 2 * len(found)
    assert store.check() == []


def wait_until_the_server_has_noticed(store):
    if store.kind == "sqlite":
        return
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crashkit'"
    for _ in range(100):
        with store.reading() as connection:
            if connection.exec_driver_sql(f"{query} AND pid <> pg_backend_pid()").scalar() == 0:
                return
        time.sleep(0.1)


def test_a_backup_made_while_writing_equals_a_commit_and_can_be_restored(file, tmp_path):
    copy = tmp_path / "copy.sqlite"
    with Store.open(str(file)) as store:
        store.save_import("mine", batches.batch("a", "b"))
        store.save_import("mine", batches.batch("c"), within=lambda c, n: store.backup(copy))
        with Store.open(str(copy)) as found:
            assert len(found.load("mine")) == 2
        store.restore(copy)
        assert len(store.load("mine")) == 2
        assert store.check() == []
        store.save_import("mine", batches.batch("c"))
    left = {path.name for path in tmp_path.iterdir()} - {"store.sqlite", "copy.sqlite"}
    assert not [name for name in left if "part" in name or "restoring" in name]


def test_a_damaged_backup_is_refused_and_changes_nothing(file, tmp_path):
    copy = tmp_path / "copy.sqlite"
    with Store.open(str(file)) as store:
        store.save_import("mine", batches.batch(*(f"{n:04}" for n in range(500))))
        store.backup(copy)
        content = bytearray(copy.read_bytes())
        content[8192:65536] = b"\xff" * (65536 - 8192)
        copy.write_bytes(content)
        with pytest.raises(StoreError, match="damaged"):
            store.restore(copy)
        with pytest.raises(StoreError, match="no backup"):
            store.restore(tmp_path / "nothing")
        with pytest.raises(StoreError, match="exists already"):
            store.backup(copy)
        assert len(store.load("mine")) == 500


def test_a_backup_into_a_folder_that_is_not_there_is_refused(file, tmp_path):
    with Store.open(str(file)) as store, pytest.raises(StoreError, match="no.folder"):
        store.backup(tmp_path / "no_folder" / "copy.sqlite")


@pytest.mark.postgres
def test_postgresql_is_backed_up_with_its_own_tools(postgres, tmp_path):
    with Store.open(f"{postgres}/postgres") as store, pytest.raises(StoreError, match="pg_dump"):
        store.backup(tmp_path / "copy.sqlite")


def test_a_damaged_store_and_a_full_disk_are_found_by_the_check(file, monkeypatch):
    with Store.open(str(file)) as store:
        store.save_import("mine", batches.batch("a"))
        monkeypatch.setattr("crashkit.store.safety.LEAST_FREE_MB", 2**40)
        assert [list(complaint.values) for complaint in store.check()] == [["free"]]


GB = 2**30


@pytest.mark.parametrize(
    ("total", "free", "told"),
    [(100 * GB, 9 * GB, True), (100 * GB, 11 * GB, False), (4000 * GB, 50 * GB, False)],
)
def test_a_disk_that_fills_up_is_told_in_time(file, monkeypatch, total, free, told):
    disk = shutil.disk_usage("/")._replace(total=total, free=free)
    monkeypatch.setattr("crashkit.store.safety.shutil.disk_usage", lambda folder: disk)
    with Store.open(str(file)) as store:
        assert (store.short_of_room() is not None) == told
        assert store.check() == []


def test_a_disk_that_is_gone_is_left_to_whoever_needs_it(file, monkeypatch):
    def gone(folder):
        raise FileNotFoundError(folder)

    with Store.open(str(file)) as store:
        monkeypatch.setattr("crashkit.store.safety.shutil.disk_usage", gone)
        assert store.short_of_room() is None
