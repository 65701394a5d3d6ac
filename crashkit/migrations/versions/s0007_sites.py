"""Keep the register of sites: what they are, what changed, what happened, which screening found."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INT, TEXT, DOUBLE = sa.Integer(), sa.Text(), sa.Double()


def where() -> list[sa.Column]:
    return [
        sa.Column("lon", DOUBLE, nullable=True),
        sa.Column("lat", DOUBLE, nullable=True),
        sa.Column("road", TEXT, nullable=False),
        sa.Column("from_m", INT, nullable=True),
        sa.Column("to_m", INT, nullable=True),
        sa.Column("radius_m", DOUBLE, nullable=True),
    ]


def texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, TEXT, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "site",
        sa.Column("id", INT, nullable=False),
        *texts("dataset", "origin", "name", "settlement", "why", "status", "at", "who"),
        *where(),
        sa.Column("version", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_site_dataset", "site", ["dataset"])
    op.create_table(
        "site_change",
        sa.Column("site_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("change", INT, nullable=False),
        *texts("at", "who", "reason", "field", "before", "after"),
        sa.PrimaryKeyConstraint("site_id", "n", name="pk_site_change"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_site_change_site_id"),
    )
    op.create_table(
        "site_event",
        sa.Column("site_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        *texts("kind", "day"),
        sa.Column("until", TEXT, nullable=True),
        *texts("text", "at", "who", "withdrawn"),
        sa.PrimaryKeyConstraint("site_id", "n", name="pk_site_event"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_site_event_site_id"),
    )
    op.create_table(
        "site_sighting",
        sa.Column("site_id", INT, nullable=False, autoincrement=False),
        sa.Column("result_id", INT, nullable=False, autoincrement=False),
        *texts("at", "data_version", "preset", "title"),
        sa.Column("rank", INT, nullable=False),
        sa.Column("listed", INT, nullable=False),
        sa.Column("score", DOUBLE, nullable=True),
        *texts("counts", "crash_ids", "by"),
        *where(),
        sa.PrimaryKeyConstraint("site_id", "result_id", name="pk_site_sighting"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_site_sighting_site_id"),
    )
