"""Keep the report templates of the users."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"

TEXT = sa.Text()


def upgrade() -> None:
    op.create_table(
        "report_template",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_report_template"),
    )
