"""Connections: how a new file is opened by several programs at once."""

import sqlite3
import threading
import time

import pytest

from crashkit.errors import StoreError
from crashkit.store import engine as connections


def opened(url):
    engine = connections.connect(url, create=True)
    connections.try_connection(engine)
    engine.dispose()


def test_many_programs_that_begin_a_store_at_once_all_get_it(tmp_path):
    failed = []

    def begin(url, together):
        together.wait()
        try:
            opened(url)
        except StoreError as error:
            failed.append(error)

    for round_ in range(30):
        url = connections.address(str(tmp_path / f"{round_}.sqlite"))
        together = threading.Barrier(4)
        threads = [threading.Thread(target=begin, args=(url, together)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []


def held(file):
    """Hold a file that keeps no log yet, as a program does that is just making it."""
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("CREATE TABLE IF NOT EXISTS begun (id INTEGER)")
    holder.execute("BEGIN EXCLUSIVE")
    return holder


def test_a_new_file_is_waited_for_while_another_program_makes_it(tmp_path):
    holder = held(tmp_path / "store.sqlite")
    release = threading.Timer(0.3, holder.close)
    release.start()
    opened(connections.address(str(tmp_path / "store.sqlite")))
    release.join()


def test_a_file_that_stays_held_is_refused_as_busy(tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_MS", 100)
    monkeypatch.setitem(connections.PRAGMAS, "busy_timeout", 100)
    holder = held(tmp_path / "store.sqlite")
    asked = time.monotonic()
    with pytest.raises(StoreError, match="busy"):
        opened(connections.address(str(tmp_path / "store.sqlite")))
    assert time.monotonic() - asked > 0.1
    holder.close()
