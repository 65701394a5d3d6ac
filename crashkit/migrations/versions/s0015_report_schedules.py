"""Keep the scheduled reports."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TEXT = sa.Text()


def upgrade() -> None:
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("args", TEXT, nullable=False),
        sa.Column("rhythm", TEXT, nullable=False),
        sa.Column("recipients", TEXT, nullable=False),
        sa.Column("due", TEXT, nullable=False),
        sa.Column("last", TEXT),
        sa.Column("said", TEXT),
        sa.Column("document", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_report_schedule"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name="fk_report_schedule_dataset_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_schedule_dataset_id", "report_schedule", ["dataset_id"])
