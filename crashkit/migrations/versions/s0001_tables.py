"""Lay the tables: data sets with their imports and crashes, answers, documents, jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INT, BIG, REAL, TEXT, BYTES = (
    sa.Integer(),
    sa.BigInteger(),
    sa.Double(),
    sa.Text(),
    sa.LargeBinary(),
)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


CRASH = (
    ("crash_id", TEXT),
    ("source_id", TEXT),
    ("country", TEXT),
    ("crash_date", TEXT),
    ("date_calendar", TEXT),
    ("date_calendar_src", TEXT),
    ("date_precision", TEXT),
    ("date_precision_src", TEXT),
    ("crash_time", TEXT),
    ("time_precision", TEXT),
    ("time_precision_src", TEXT),
    ("year", INT),
    ("month", INT),
    ("weekday", INT),
    ("hour", INT),
    ("lat", REAL),
    ("lon", REAL),
    ("location_kind", TEXT),
    ("coord_source", TEXT),
    ("coord_source_src", TEXT),
    ("coord_accuracy_m", REAL),
    ("road_number", TEXT),
    ("road_key", TEXT),
    ("road_name", TEXT),
    ("chainage_km", REAL),
    ("chainage_accuracy_m", REAL),
    ("direction", TEXT),
    ("direction_src", TEXT),
    ("admin1", TEXT),
    ("admin2", TEXT),
    ("place", TEXT),
    ("area_type", TEXT),
    ("area_type_src", TEXT),
    ("severity", TEXT),
    ("severity_src", TEXT),
    ("n_killed", INT),
    ("killed_definition", TEXT),
    ("killed_definition_src", TEXT),
    ("n_serious", INT),
    ("n_slight", INT),
    ("n_injured", INT),
    ("n_vehicles", INT),
    ("n_persons", INT),
    ("crash_type", TEXT),
    ("crash_type_src", TEXT),
    ("collision_manner", TEXT),
    ("collision_manner_src", TEXT),
    ("light", TEXT),
    ("light_src", TEXT),
    ("weather", TEXT),
    ("weather_src", TEXT),
    ("surface_condition", TEXT),
    ("surface_condition_src", TEXT),
    ("surface_type", TEXT),
    ("surface_type_src", TEXT),
    ("road_class", TEXT),
    ("road_class_src", TEXT),
    ("carriageway", TEXT),
    ("carriageway_src", TEXT),
    ("n_lanes", INT),
    ("width_m", REAL),
    ("speed_limit", INT),
    ("junction", TEXT),
    ("junction_src", TEXT),
    ("junction_control", TEXT),
    ("junction_control_src", TEXT),
    ("curve", TEXT),
    ("curve_src", TEXT),
    ("grade", TEXT),
    ("grade_src", TEXT),
    ("work_zone", TEXT),
    ("road_defects", TEXT),
    ("ped_facility", TEXT),
    ("ped_facility_src", TEXT),
    ("main_cause", TEXT),
    ("hit_and_run", TEXT),
    ("report_date", TEXT),
    ("entry_date", TEXT),
    ("official_blackspot", TEXT),
    ("official_blackspot_src", TEXT),
    ("aadt", INT),
    ("pedestrian_involved", TEXT),
    ("cyclist_involved", TEXT),
    ("motorcycle_involved", TEXT),
    ("heavy_vehicle_involved", TEXT),
)
VEHICLE = (
    ("unit_no", TEXT),
    ("unit_type", TEXT),
    ("unit_type_src", TEXT),
    ("special_function", TEXT),
    ("special_function_src", TEXT),
    ("make", TEXT),
    ("model", TEXT),
    ("model_year", INT),
    ("steering_side", TEXT),
    ("steering_side_src", TEXT),
    ("registration_country", TEXT),
    ("manoeuvre", TEXT),
    ("first_impact", TEXT),
    ("object_hit_off", TEXT),
    ("defects", TEXT),
    ("trailer", TEXT),
)
PERSON = (
    ("person_no", TEXT),
    ("unit_no", TEXT),
    ("road_user_type", TEXT),
    ("road_user_type_src", TEXT),
    ("age", INT),
    ("age_band", TEXT),
    ("sex", TEXT),
    ("sex_src", TEXT),
    ("injury", TEXT),
    ("injury_src", TEXT),
    ("death_day", INT),
    ("mais", INT),
    ("safety_equipment", TEXT),
    ("safety_equipment_src", TEXT),
    ("alcohol", TEXT),
    ("alcohol_src", TEXT),
    ("drugs", TEXT),
    ("drugs_src", TEXT),
    ("licence_years", INT),
    ("seat", TEXT),
    ("seat_src", TEXT),
    ("ped_action", TEXT),
    ("violations", TEXT),
)


def upgrade() -> None:
    _dataset()
    _job()
    _setting()
    _document()
    _import()
    _layer()
    _screening_result()
    _crash()
    _duplicate_row()
    _import_file()
    _issue()
    _reject()
    _person()
    _vehicle()


def _dataset() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", INT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("next_crash", BIG, nullable=False),
        sa.Column("changed", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
        sa.UniqueConstraint("name", name="uq_dataset_name"),
        sqlite_autoincrement=True,
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("args", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("progress", REAL, nullable=False),
        sa.Column("doing", TEXT, nullable=True),
        sa.Column("result", TEXT, nullable=True),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("worker", TEXT, nullable=True),
        sa.Column("lease_until", REAL, nullable=False),
        sa.Column("attempt", INT, nullable=False),
        sa.Column("cancel", INT, nullable=False),
        sa.Column("created", REAL, nullable=False),
        sa.Column("started", REAL, nullable=True),
        sa.Column("finished", REAL, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
    )
    op.create_index("ix_job_state_lease_until", "job", ["state", "lease_until"])


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("id", INT, nullable=False),
        sa.Column("dataset_id", INT, nullable=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("content", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_document_dataset_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_document_dataset_id", "document", ["dataset_id"])


def _import() -> None:
    op.create_table(
        "import",
        sa.Column("id", INT, nullable=False),
        sa.Column("dataset_id", INT, nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("undone", INT, nullable=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("profile", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("killed_definition", TEXT, nullable=False),
        sa.Column("attribution", TEXT, nullable=False),
        sa.Column("synthetic", INT, nullable=False),
        sa.Column("options", TEXT, nullable=False),
        sa.Column("period_start", TEXT, nullable=False),
        sa.Column("period_end", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("total", INT, nullable=False),
        sa.Column("accepted", INT, nullable=False),
        sa.Column("rejected", INT, nullable=False),
        sa.Column("duplicates", INT, nullable=False),
        sa.Column("first_crash", BIG, nullable=False),
        sa.Column("crashes", INT, nullable=False),
        sa.Column("vehicles", INT, nullable=False),
        sa.Column("people", INT, nullable=False),
        sa.Column("located", INT, nullable=False),
        sa.Column("fields", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import"),
        sa.CheckConstraint(
            "status IN ('accepted', 'partial', 'rejected')", name=op.f("ck_import_status")
        ),
        sa.CheckConstraint("accepted + rejected + duplicates = total", name=op.f("ck_import_sums")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_import_dataset_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_import_dataset_id", "import", ["dataset_id"])


def _layer() -> None:
    op.create_table(
        "layer",
        sa.Column("dataset_id", INT, nullable=False, autoincrement=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("geojson", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "kind", name="pk_layer"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_layer_dataset_id"),
    )


def _screening_result() -> None:
    op.create_table(
        "screening_result",
        sa.Column("id", INT, nullable=False),
        sa.Column("dataset_id", INT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("data_version", TEXT, nullable=False),
        sa.Column("asked", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_screening_result"),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name="fk_screening_result_dataset_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_screening_result_dataset_id", "screening_result", ["dataset_id"])


def _crash() -> None:
    op.create_table(
        "crash",
        sa.Column("id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("dataset_id", INT, nullable=False),
        sa.Column("import_id", INT, nullable=False),
        sa.Column("undone", INT, nullable=False),
        sa.Column("crash_key", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        *(sa.Column(name, kind, nullable=name != "crash_date") for name, kind in CRASH),
        sa.PrimaryKeyConstraint("id", name="pk_crash"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_crash_lat")),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name=op.f("ck_crash_lon")),
        sa.CheckConstraint("n_killed >= 0", name=op.f("ck_crash_n_killed")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_crash_dataset_id"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_crash_import_id"),
        sa.UniqueConstraint(
            "dataset_id", "crash_key", "undone", name="uq_crash_dataset_id_crash_key_undone"
        ),
    )


def _duplicate_row() -> None:
    op.create_table(
        "duplicate_row",
        sa.Column("import_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("row", INT, nullable=False),
        sa.Column("of", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "n", name="pk_duplicate_row"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_duplicate_row_import_id"),
    )


def _import_file() -> None:
    op.create_table(
        "import_file",
        sa.Column("import_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("rows", INT, nullable=False),
        sa.Column("table_name", TEXT, nullable=False),
        sa.Column("encoding", TEXT, nullable=False),
        sa.Column("delimiter", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "n", name="pk_import_file"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_import_file_import_id"),
    )


def _issue() -> None:
    op.create_table(
        "issue",
        sa.Column("import_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("warning", INT, nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("row", INT, nullable=True),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "n", name="pk_issue"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_issue_import_id"),
    )


def _reject() -> None:
    op.create_table(
        "reject",
        sa.Column("import_id", INT, nullable=False, autoincrement=False),
        sa.Column("n", INT, nullable=False, autoincrement=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("row", INT, nullable=False),
        sa.Column("cells", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "n", name="pk_reject"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_reject_import_id"),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("crash", NUMBER, nullable=False),
        sa.Column("n", INT, nullable=False),
        *(sa.Column(name, kind, nullable=True) for name, kind in PERSON),
        sa.PrimaryKeyConstraint("crash", "n", name="pk_person"),
        sa.ForeignKeyConstraint(["crash"], ["crash.id"], name="fk_person_crash"),
        sqlite_with_rowid=False,
    )


def _vehicle() -> None:
    op.create_table(
        "vehicle",
        sa.Column("crash", NUMBER, nullable=False),
        sa.Column("n", INT, nullable=False),
        *(sa.Column(name, kind, nullable=True) for name, kind in VEHICLE),
        sa.PrimaryKeyConstraint("crash", "n", name="pk_vehicle"),
        sa.ForeignKeyConstraint(["crash"], ["crash.id"], name="fk_vehicle_crash"),
        sqlite_with_rowid=False,
    )
