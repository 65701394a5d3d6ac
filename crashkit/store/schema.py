"""The tables as SQLAlchemy sees them; columns of crashes, vehicles and people from fields.csv.

A crash is numbered `data set * SPAN + n`, n counting from 1 within its data set: the numbers of a
data set, and of one import, are one range, and n is the same in whatever store the files are kept.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from crashkit import fields
from crashkit.roads import network

SPAN = 2**32
HEAD = "0016"
"""The schema step this software needs; a test compares it with the migrations."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
KINDS: dict[str, type[Any]] = {"int": Integer, "float": Double}

metadata = MetaData(naming_convention=NAMING)
Number = BigInteger().with_variant(Integer, "sqlite")
"""A row number: 64 bits on every engine (SQLite gives its rowid to INTEGER only)."""


def field_columns(table_name: str) -> list[tuple[str, type[Any]]]:
    """List the columns the dictionary asks for: personal fields never, codes with their source."""
    found: list[tuple[str, type[Any]]] = []
    for field in fields.table(table_name):
        if field.personal:
            continue
        found.append((field.name, KINDS.get(field.type, Text)))
        if field.keeps_source:
            found.append((f"{field.name}_src", Text))
    return found


def _columns(table_name: str, *, required: tuple[str, ...] = ()) -> list[Column[Any]]:
    return [
        Column(name, kind(), nullable=name not in required)
        for name, kind in field_columns(table_name)
    ]


def _texts(table_name: str) -> Table:
    """Describe a table of texts of the users, each by its name."""
    return Table(
        table_name,
        metadata,
        Column("name", Text, primary_key=True),
        Column("at", Text, nullable=False),
        Column("text", Text, nullable=False),
    )


dataset = Table(
    "dataset",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("next_crash", BigInteger, nullable=False),
    Column("changed", Text, nullable=False),
    sqlite_autoincrement=True,
)
import_ = Table(
    "import",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("undone", Integer),
    Column("at", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("killed_definition", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("synthetic", Integer, nullable=False),
    Column("options", Text, nullable=False),
    Column("period_start", Text, nullable=False),
    Column("period_end", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("first_crash", BigInteger, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("vehicles", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("located", Integer, nullable=False),
    Column("fields", Text, nullable=False),
    Column("evidence", Text),
    CheckConstraint("accepted + rejected + duplicates = total", name="sums"),
    CheckConstraint("status IN ('accepted', 'partial', 'rejected')", name="status"),
    sqlite_autoincrement=True,
)
import_file = Table(
    "import_file",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("delimiter", Text, nullable=False),
)
issue = Table(
    "issue",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("warning", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("row", Integer),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
)
reject = Table(
    "reject",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("file", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("cells", Text, nullable=False),
)
duplicate_row = Table(
    "duplicate_row",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("file", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("of", Text, nullable=False),
)
crash = Table(
    "crash",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), nullable=False),
    Column("import_id", Integer, ForeignKey("import.id"), nullable=False),
    Column("undone", Integer, nullable=False),
    Column("crash_key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    *_columns("crash", required=("crash_date",)),
    # An undone import keeps its rows, so that old versions can be loaded; its keys are free again.
    UniqueConstraint("dataset_id", "crash_key", "undone"),
    CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
    CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
    CheckConstraint("n_killed >= 0", name="n_killed"),
)
vehicle = Table(
    "vehicle",
    metadata,
    Column("crash", Number, ForeignKey("crash.id"), nullable=False),
    Column("n", Integer, nullable=False),
    *_columns("vehicle"),
    PrimaryKeyConstraint("crash", "n"),
    # Found by crash only, so the rows may lie in that order themselves: no index to write beside.
    sqlite_with_rowid=False,
)
person = Table(
    "person",
    metadata,
    Column("crash", Number, ForeignKey("crash.id"), nullable=False),
    Column("n", Integer, nullable=False),
    *_columns("person"),
    PrimaryKeyConstraint("crash", "n"),
    # Found by crash only, so the rows may lie in that order themselves: no index to write beside.
    sqlite_with_rowid=False,
)
superseded = Table(
    "superseded",
    metadata,
    # A crash of an earlier import that a later one replaced, on the user's word.
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True, autoincrement=False),
    Column("crash", Number, ForeignKey("crash.id"), primary_key=True, autoincrement=False),
    Column("vehicles", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("located", Integer, nullable=False),
)
conflict = Table(
    "conflict",
    metadata,
    Column("import_id", Integer, ForeignKey("import.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("crash_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Text),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("taken_by", Integer, ForeignKey("import.id")),
    CheckConstraint("state IN ('open', 'kept', 'taken')", name="state"),
)
edit = Table(
    "edit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), nullable=False),
    # Fields that were changed together, for one reason, share the number of the change.
    Column("change", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("undone", Integer),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # Of a crash by its key, so that the change outlives a later import of the same crash.
    Column("crash_key", Text, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Index(None, "dataset_id", "crash_key"),
    sqlite_autoincrement=True,
)
profile = Table(
    "profile",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("removed", Integer, nullable=False),
    UniqueConstraint("name", "version"),
    sqlite_autoincrement=True,
)
preset = _texts("preset")
report_template = _texts("report_template")
screening_result = Table(
    "screening_result",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("data_version", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("answer", Text, nullable=False),
    sqlite_autoincrement=True,
)
comparison = Table(
    "comparison",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("data_version", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("answer", Text, nullable=False),
    sqlite_autoincrement=True,
)
document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), index=True),
    Column("at", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
report_schedule = Table(
    "report_schedule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", Integer, ForeignKey("dataset.id"), nullable=False, index=True),
    Column("args", Text, nullable=False),
    Column("rhythm", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("last", Text),
    Column("said", Text),
    Column("document", Integer),
    sqlite_autoincrement=True,
)
layer = Table(
    "layer",
    metadata,
    Column("dataset_id", Integer, ForeignKey("dataset.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("geojson", Text, nullable=False),
    # What the user said of it: title, kind, colour; none for a layer that came with the data.
    Column("about", Text),
)
saved_filter = Table(
    "saved_filter",
    metadata,
    Column("dataset_id", Integer, ForeignKey("dataset.id"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("words", Text, nullable=False),
    Column("at", Text, nullable=False),
)
exposure = Table(
    "exposure",
    metadata,
    Column("dataset_id", Integer, ForeignKey("dataset.id"), primary_key=True, autoincrement=False),
    Column("quantity", Text, primary_key=True),
    # As the table writes it; "" is the whole data set.
    Column("area", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    # "" is every age, and both sexes.
    Column("age_band", Text, primary_key=True),
    Column("sex", Text, primary_key=True),
    Column("value", Double, nullable=False),
    Column("file", Text, nullable=False),
    Column("at", Text, nullable=False),
)
weather = Table(
    "weather",
    metadata,
    Column("dataset_id", Integer, ForeignKey("dataset.id"), primary_key=True, autoincrement=False),
    # As the table writes it; "" is the whole data set.
    Column("place", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("lat", Double),
    Column("lon", Double),
    Column("temp_min", Double),
    Column("temp_mean", Double),
    Column("temp_max", Double),
    Column("precipitation", Double),
    Column("snow", Double),
    Column("wind", Double),
    Column("visibility", Double),
    # Names joined by "|"; none where the table tells no phenomena.
    Column("phenomena", Text),
    Column("file", Text, nullable=False),
    Column("at", Text, nullable=False),
)
road_network = Table(
    "road_network",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("stretches", Integer, nullable=False),
    Column("metres", Double, nullable=False),
    Column("versions", Text, nullable=False),
    Column("info", Text, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_autoincrement=True,
)
road_stretch = Table(
    "road_stretch",
    metadata,
    Column("network_id", Integer, ForeignKey("road_network.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Text, nullable=False) for name in network.TEXTS),
    *(Column(name, Double) for name in (*network.NUMBERS, network.LEVEL)),
    *(Column(name, Text) for name in network.DATES),
    # Well-Known Binary, in degrees; none where only the km posts are known.
    Column("line", LargeBinary),
)
road_equation = Table(
    "road_equation",
    metadata,
    Column("network_id", Integer, ForeignKey("road_network.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("road_key", Text, nullable=False),
    Column("back_m", Double, nullable=False),
    Column("ahead_m", Double, nullable=False),
)
road_alias = Table(
    "road_alias",
    metadata,
    # By the name of the network, not its number: the next file of that name gets the same repair.
    Column("network", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("road_key", Text, nullable=False),
    Column("at", Text, nullable=False),
)
road_corridor = Table(
    "road_corridor",
    metadata,
    # By the name of the network, as aliases: corridors outlive a file of roads.
    Column("network", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("corridor", Text, nullable=False),
    Column("road", Text, nullable=False),
    Column("from_m", Double),
    Column("to_m", Double),
)


def _where() -> list[Column[Any]]:
    """Return the columns of the place of a site: a point, a road with posts in metres, a radius."""
    return [
        Column("lon", Double),
        Column("lat", Double),
        Column("road", Text, nullable=False),
        Column("from_m", Integer),
        Column("to_m", Integer),
        Column("radius_m", Double),
    ]


site = Table(
    "site",
    metadata,
    Column("id", Integer, primary_key=True),
    # By the name of the data set, not its number: a site outlives what it was found in.
    Column("dataset", Text, nullable=False, index=True),
    Column("origin", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("settlement", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    *_where(),
    Column("version", Integer, nullable=False),
    sqlite_autoincrement=True,
)
site_change = Table(
    "site_change",
    metadata,
    Column("site_id", Integer, ForeignKey("site.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    # Fields that were changed together, for one reason, share the number of the change.
    Column("change", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
site_event = Table(
    "site_event",
    metadata,
    Column("site_id", Integer, ForeignKey("site.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("until", Text),
    Column("text", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    # Why it was taken out; it stays all the same.
    Column("withdrawn", Text, nullable=False),
)
site_sighting = Table(
    "site_sighting",
    metadata,
    Column("site_id", Integer, ForeignKey("site.id"), primary_key=True, autoincrement=False),
    # No link: the sighting stays when the data set and its screenings are deleted.
    Column("result_id", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("data_version", Text, nullable=False),
    Column("preset", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("score", Double),
    Column("counts", Text, nullable=False),
    Column("crash_ids", Text, nullable=False),
    Column("by", Text, nullable=False),
    *_where(),
)
site_file = Table(
    "site_file",
    metadata,
    Column("site_id", Integer, ForeignKey("site.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    # Why its content was deleted; that there was a file, and which, stays.
    Column("removed", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
job = Table(
    "job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Double, nullable=False),
    Column("doing", Text),
    Column("result", Text),
    Column("error", Text),
    Column("worker", Text),
    Column("lease_until", Double, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("cancel", Integer, nullable=False),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
    Index(None, "state", "lease_until"),
)
FRAMES = {"crash": crash, "vehicle": vehicle, "person": person}
OF_IMPORT = (import_file, issue, reject, duplicate_row, superseded, conflict)
OF_DATASET = (
    import_,
    edit,
    screening_result,
    comparison,
    document,
    report_schedule,
    layer,
    saved_filter,
    exposure,
    weather,
)
