"""Texts of the users: presets and report templates are kept alike, and read alike."""

from datetime import UTC, datetime

from sqlalchemy import create_engine, insert, select

from crashkit.store import own_texts, schema


def test_presets_and_templates_are_kept_alike():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for table in (schema.preset, schema.report_template):
            table.create(connection)
            moment = "2026-01-31T05:00:00+00:00"
            connection.execute(insert(table).values(name="mine", at=moment, text="title = 1"))
            found = own_texts.kept(connection.execute(select(table)).one())
            assert found == ("mine", datetime(2026, 1, 31, 5, tzinfo=UTC), "title = 1")
