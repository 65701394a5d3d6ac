"""Connections: how a new file is opened by several programs at once."""

import threading

import pytest
from sqlalchemy import create_engine

from crashkit.errors import StoreError
from crashkit.store import engine as connections


def test_a_new_file_is_turned_by_one_program_after_the_other(tmp_path):
    url = connections.address(str(tmp_path / "store.sqlite"))
    ready = threading.Event()

    def begin():
        connections.connect(url, create=True).dispose()
        ready.set()

    first = create_engine(url)
    second = threading.Thread(target=begin)
    with connections.in_turn(first):
        second.start()
        assert not ready.wait(0.3)
    second.join()
    first.dispose()
    assert ready.is_set()
    head = (tmp_path / "store.sqlite").read_bytes()
    assert head[connections.LOGGED_AT :].startswith(connections.LOGGED)


def test_many_programs_that_begin_a_store_at_once_all_get_it(tmp_path):
    failed = []

    def begin(url, together):
        together.wait()
        try:
            engine = connections.connect(url, create=True)
            connections.try_connection(engine)
            engine.dispose()
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


def test_a_folder_in_the_place_of_a_store_is_refused_with_a_reason(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        connections.connect(connections.address(str(tmp_path)), create=True)
    assert not tmp_path.with_name(f"{tmp_path.name}.turn").exists()
