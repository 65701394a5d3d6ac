"""Keep lists of sites that stand side by side."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INT, TEXT = sa.Integer(), sa.Text()


def upgrade() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", INT, nullable=False),
        sa.Column("dataset_id", INT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("data_version", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("asked", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comparison"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_comparison_dataset_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_comparison_dataset_id", "comparison", ["dataset_id"])
