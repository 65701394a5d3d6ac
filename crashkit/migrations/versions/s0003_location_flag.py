"""Keep with each crash what is doubtful about its point."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("crash", sa.Column("location_flag", sa.Text(), nullable=True))
