"""A fresh store on each engine; the PostgreSQL server is started once."""

from __future__ import annotations

import itertools

import postgres_server
import pytest

from crashkit.store import Store

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres():
    with postgres_server.running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    server = request.getfixturevalue("postgres")
    return postgres_server.make_database(server, f"store{next(NUMBERS)}")


@pytest.fixture
def store(store_url):
    with Store.open(store_url) as opened:
        yield opened
