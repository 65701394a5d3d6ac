"""Keep people, vehicles and travel by area and year."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INT, TEXT = sa.Integer(), sa.Text()


def upgrade() -> None:
    op.create_table(
        "exposure",
        sa.Column("dataset_id", INT, nullable=False, autoincrement=False),
        sa.Column("quantity", TEXT, nullable=False),
        sa.Column("area", TEXT, nullable=False),
        sa.Column("year", INT, nullable=False, autoincrement=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "quantity", "area", "year", name="pk_exposure"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_exposure_dataset_id"),
    )
