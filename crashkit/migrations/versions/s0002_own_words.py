"""Let users keep profiles, change records and settle conflicts; nothing of an import is lost."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INT, TEXT = sa.Integer(), sa.Text()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("import", sa.Column("evidence", TEXT, nullable=True))
    _profile()
    _edit()
    _superseded()
    _conflict()


def _profile() -> None:
    op.create_table(
        "profile",
        sa.Column("id", INT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("removed", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_profile"),
        sa.UniqueConstraint("name", "version", name="uq_profile_name_version"),
        sqlite_autoincrement=True,
    )


def _edit() -> None:
    op.create_table(
        "edit",
        sa.Column("id", INT, nullable=False),
        sa.Column("dataset_id", INT, nullable=False),
        sa.Column("change", INT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("undone", INT, nullable=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("crash_key", TEXT, nullable=False),
        sa.Column("table_name", TEXT, nullable=False),
        sa.Column("n", INT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("before", TEXT, nullable=False),
        sa.Column("after", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_edit"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_edit_dataset_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_edit_dataset_id_crash_key", "edit", ["dataset_id", "crash_key"])


def _superseded() -> None:
    op.create_table(
        "superseded",
        sa.Column("import_id", INT, nullable=False, autoincrement=False),
        sa.Column("crash", NUMBER, nullable=False, autoincrement=False),
        sa.Column("vehicles", INT, nullable=False),
        sa.Column("people", INT, nullable=False),
        sa.Column("located", INT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "crash", name="pk_superseded"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_superseded_import_id"),
        sa.ForeignKeyConstraint(["crash"], ["crash.id"], name="fk_superseded_crash"),
    )


def _conflict() -> None:
    op.create_table(
        "conflict",
        sa.Column("import_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("crash_key", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=True),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("taken_by", INT, nullable=True),
        sa.CheckConstraint("state IN ('open', 'kept', 'taken')", name="ck_conflict_state"),
        sa.PrimaryKeyConstraint("import_id", "n", name="pk_conflict"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_conflict_import_id"),
        sa.ForeignKeyConstraint(["taken_by"], ["import.id"], name="fk_conflict_taken_by"),
    )
