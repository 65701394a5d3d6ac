"""Keep filters under names, for each data set."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INT, TEXT = sa.Integer(), sa.Text()


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("dataset_id", INT, nullable=False, autoincrement=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "name", name="pk_saved_filter"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_saved_filter_dataset_id"),
    )
