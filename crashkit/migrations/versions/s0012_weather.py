"""Keep the weather of each day and place."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

INT, TEXT, DOUBLE = sa.Integer(), sa.Text(), sa.Double()


def upgrade() -> None:
    op.create_table(
        "weather",
        sa.Column("dataset_id", INT, nullable=False, autoincrement=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("lat", DOUBLE),
        sa.Column("lon", DOUBLE),
        sa.Column("temp_min", DOUBLE),
        sa.Column("temp_mean", DOUBLE),
        sa.Column("temp_max", DOUBLE),
        sa.Column("precipitation", DOUBLE),
        sa.Column("snow", DOUBLE),
        sa.Column("wind", DOUBLE),
        sa.Column("visibility", DOUBLE),
        sa.Column("phenomena", TEXT),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "place", "day", name="pk_weather"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_weather_dataset_id"),
    )
