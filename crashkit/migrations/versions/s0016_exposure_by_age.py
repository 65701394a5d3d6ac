"""Keep exposure by bands of age and by sex, beside that of all people."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

TEXT = sa.Text()
KEY = ["dataset_id", "quantity", "area", "year", "age_band", "sex"]


def _columns() -> list[sa.Column]:
    # A column belongs to one table: each gets its own.
    return [
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("quantity", TEXT, nullable=False),
        sa.Column("area", TEXT, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("age_band", TEXT, nullable=False),
        sa.Column("sex", TEXT, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
    ]


def upgrade() -> None:
    # The primary key grows, which SQLite does by a new table only.
    op.create_table("exposure_by_age", *_columns())
    op.execute(
        "INSERT INTO exposure_by_age SELECT dataset_id, quantity, area, year, '', '', value, file, "
        "at FROM exposure"
    )
    op.drop_table("exposure")
    op.create_table(
        "exposure",
        *_columns(),
        sa.PrimaryKeyConstraint(*KEY, name="pk_exposure"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_exposure_dataset_id"),
    )
    op.execute(
        "INSERT INTO exposure SELECT dataset_id, quantity, area, year, age_band, sex, value, file, "
        "at FROM exposure_by_age"
    )
    op.drop_table("exposure_by_age")
