"""Keep photos and documents of the sites in the register."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INT, TEXT = sa.Integer(), sa.Text()


def upgrade() -> None:
    op.create_table(
        "site_file",
        sa.Column("site_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("removed", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "n", name="pk_site_file"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_site_file_site_id"),
    )
