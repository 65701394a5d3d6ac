"""Keep networks of roads: stretches with lines, equations, what crashes call roads, corridors."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INT, TEXT, DOUBLE = sa.Integer(), sa.Text(), sa.Double()


def upgrade() -> None:
    op.create_table(
        "road_network",
        sa.Column("id", INT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("stretches", INT, nullable=False),
        sa.Column("metres", DOUBLE, nullable=False),
        sa.Column("versions", TEXT, nullable=False),
        sa.Column("info", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_road_network"),
        sa.UniqueConstraint("name", name="uq_road_network_name"),
        sqlite_autoincrement=True,
    )
    texts = ["road_key", "road_number", "road_name", "road_class", "area_type", "direction"]
    texts += ["source"]
    numbers = ["aadt", "speed_limit", "from_m", "to_m", "length_m", "level"]
    op.create_table(
        "road_stretch",
        sa.Column("network_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        *(sa.Column(name, TEXT, nullable=False) for name in texts),
        *(sa.Column(name, DOUBLE, nullable=True) for name in numbers),
        sa.Column("valid_from", TEXT, nullable=True),
        sa.Column("valid_to", TEXT, nullable=True),
        sa.Column("line", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("network_id", "n", name="pk_road_stretch"),
        sa.ForeignKeyConstraint(
            ["network_id"], ["road_network.id"], name="fk_road_stretch_network_id"
        ),
    )
    op.create_table(
        "road_equation",
        sa.Column("network_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("road_key", TEXT, nullable=False),
        sa.Column("back_m", DOUBLE, nullable=False),
        sa.Column("ahead_m", DOUBLE, nullable=False),
        sa.PrimaryKeyConstraint("network_id", "n", name="pk_road_equation"),
        sa.ForeignKeyConstraint(
            ["network_id"], ["road_network.id"], name="fk_road_equation_network_id"
        ),
    )
    op.create_table(
        "road_alias",
        sa.Column("network", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("road_key", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("network", "name", name="pk_road_alias"),
    )
    op.create_table(
        "road_corridor",
        sa.Column("network", TEXT, nullable=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("corridor", TEXT, nullable=False),
        sa.Column("road", TEXT, nullable=False),
        sa.Column("from_m", DOUBLE, nullable=True),
        sa.Column("to_m", DOUBLE, nullable=True),
        sa.PrimaryKeyConstraint("network", "n", name="pk_road_corridor"),
    )
