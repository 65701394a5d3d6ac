"""The migrations make exactly the tables that the dictionary and the store describe."""

from __future__ import annotations

import ast
import itertools
import threading
from pathlib import Path

import postgres_server
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import crashkit
from crashkit import fields
from crashkit.errors import StoreError
from crashkit.store import Store, schema, upgrade, upgrading
from crashkit.store import engine as connections

STEPS = Path(crashkit.__file__).parent / "migrations" / "versions"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def postgres():
    with postgres_server.running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    server = request.getfixturevalue("postgres")
    return postgres_server.make_database(server, f"steps{next(NUMBERS)}")


def test_the_newest_step_is_the_one_the_store_needs():
    assert upgrading.steps()[0] == schema.HEAD


def test_the_tables_are_those_of_the_store(store_url):
    with Store.open(store_url) as store, store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_checks_keys_and_links_are_those_of_the_store(store_url):
    with Store.open(store_url) as store, store.reading() as connection:
        found = inspect(connection)
        for table in schema.metadata.sorted_tables:
            named = {str(each.name) for each in table.constraints} | {
                str(index.name) for index in table.indexes
            }
            assert names_in(found, table.name) == named


def names_in(found, table):
    lists = (
        *(found.get_check_constraints(table), found.get_unique_constraints(table)),
        *(found.get_foreign_keys(table), [found.get_pk_constraint(table)]),
        [index for index in found.get_indexes(table) if "duplicates_constraint" not in index],
    )
    # SQLite writes the key of a counting column into the column, without its name.
    return {each["name"] or f"pk_{table}" for group in lists for each in group}


@pytest.mark.parametrize("table", fields.TABLES)
def test_each_field_of_the_dictionary_has_its_column_and_no_personal_one(table):
    columns = {column.name for column in schema.FRAMES[table].columns}
    assert columns >= {field.name for field in fields.table(table) if not field.personal}
    assert not columns & {field.name for field in fields.table(table) if field.personal}
    assert columns >= {f"{field.name}_src" for field in fields.table(table) if field.keeps_source}


def test_a_step_imports_nothing_of_ours_and_reads_no_file():
    for file in STEPS.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (getattr(node, "module", None), *(alias.name for alias in node.names))
            if name
        }
        assert imported <= {"sqlalchemy", "alembic", "op"}


def test_upgrading_tells_the_old_and_the_new_step(store_url):
    assert upgrade(store_url) == (upgrading.EMPTY, schema.HEAD)
    assert upgrade(store_url) == (schema.HEAD, schema.HEAD)


def test_two_programs_that_open_a_new_store_at_once_both_get_it(store_url):
    failed = []

    def start():
        try:
            Store.open(store_url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_an_upgrade_that_fails_leaves_the_old_tables(store_url, monkeypatch):
    def broken(config, target):
        connection = config.attributes["connection"]
        connection.exec_driver_sql("CREATE TABLE half_done (id INTEGER)")
        raise StoreError("The power went out.")

    monkeypatch.setattr(upgrading.command, "upgrade", broken)
    with pytest.raises(StoreError, match="power"):
        Store.open(store_url)
    monkeypatch.undo()
    with Store.open(store_url) as store, store.reading() as connection:
        assert "half_done" not in inspect(connection).get_table_names()


def at_first_step(url):
    """Make a store of the first release, with a data set in it."""
    engine = connections.connect(connections.address(url), create=True)
    with connections.writing(engine) as connection:
        upgrading.command.upgrade(upgrading._config(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO dataset (id, name, version, next_crash, changed)"
            " VALUES (1, 'old', 3, 9, '2026-01-01T00:00:00+00:00')"
        )
    engine.dispose()


def test_a_store_of_the_first_step_keeps_its_data_sets(store_url):
    at_first_step(store_url)
    assert upgrade(store_url) == ("0001", schema.HEAD)
    with Store.open(store_url) as store, store.reading() as connection:
        found = connection.exec_driver_sql("SELECT name, version, next_crash FROM dataset")
        assert [tuple(row) for row in found] == [("old", 3, 9)]


def test_exposure_of_an_older_store_is_that_of_every_age_and_both_sexes(store_url):
    at_first_step(store_url)
    engine = connections.connect(connections.address(store_url), create=False)
    with connections.writing(engine) as connection:
        upgrading.command.upgrade(upgrading._config(connection), "0015")
        connection.exec_driver_sql(
            "INSERT INTO exposure (dataset_id, quantity, area, year, value, file, at) VALUES"
            " (1, 'population', 'Osh', 2021, 300.5, 'a.csv', '2026-01-01T00:00:00+00:00')"
        )
    engine.dispose()
    upgrade(store_url)
    with Store.open(store_url) as store:
        (found,) = store.exposure("old")
    assert found[:5] == ("population", "Osh", 2021, 300.5, "a.csv")
    assert (found.age_band, found.sex) == ("", "")


def test_an_embedded_store_is_copied_before_it_is_upgraded(tmp_path):
    file = tmp_path / "store.sqlite"
    at_first_step(f"sqlite:///{file}")
    assert upgrade(str(file)) == ("0001", schema.HEAD)
    assert (tmp_path / "store.sqlite.before-0001").is_file()
