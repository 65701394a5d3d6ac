"""A fresh store on each engine; the PostgreSQL server is started once, tables are made once."""

from __future__ import annotations

import itertools

import fresh_store
import postgres_server
import pytest

from crashkit.store import Store

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres():
    with postgres_server.running() as server:
        yield server


@pytest.fixture(scope="session")
def empty_database(postgres):
    """The name of a database of the server that holds an empty store."""
    Store.open(postgres_server.make_database(postgres, "empty")).close()
    return "empty"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request, tmp_path):
    """Where a store can be; where the test takes `store`, too, an empty one is there already."""
    is_there, file = "store" in request.fixturenames, tmp_path / "store.sqlite"
    if request.param == "sqlite":
        return fresh_store.put(file) if is_there else f"sqlite:///{file}"
    server = request.getfixturevalue("postgres")
    like = request.getfixturevalue("empty_database") if is_there else None
    return postgres_server.make_database(server, f"store{next(NUMBERS)}", like=like)


@pytest.fixture
def store(store_url):
    with Store.open(store_url) as opened:
        yield opened
