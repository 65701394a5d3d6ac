"""Keep with each layer that a user brought what it is called, what for and in which colour."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("layer", sa.Column("about", sa.Text(), nullable=True))
