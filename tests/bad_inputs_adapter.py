"""The importer as `bad_inputs/check_bad_inputs.py` calls it: a file, a mapping, options -> JSON.

    check_bad_inputs.py --cmd "python tests/bad_inputs_adapter.py"

Each file is imported into an empty store of its own by the verbs of `crashkit.api`, and what is
answered was read back from that store. The answer speaks the words of the set (NAMES, CODES).
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

# As a script it judges the library beside it, whatever else is installed.
sys.path.insert(0, str(Path(__file__).parents[1]))

from crashkit import api, profiles  # noqa: E402
from crashkit.intake import archives, reading  # noqa: E402

DATASET = "judged"

NAMES = {
    "crash_id": "crash_id",
    "date": "crash_date",
    "time": "crash_time",
    "latitude": "lat",
    "longitude": "lon",
    "severity": "severity",
    "killed": "n_killed",
    "seriously_injured": "n_serious",
    "slightly_injured": "n_slight",
    "vehicles": "n_vehicles",
    "crash_type": "crash_type",
    "road": "road_name",
    "km": "chainage_km",
    "description": "main_cause",
}
"""Their field -> ours. The cause stands for the description: descriptions are never kept."""
SHOWN = {"severity": "severity_src", "crash_type": "crash_type_src"}
"""Fields that are compared as the file says them, not as our codes."""
WORDS = {
    "severity": {"Damage only": "pdo"},
    "crash_type": {
        "Head-on": "vehicle_vehicle",
        "Rear-end": "vehicle_vehicle",
        "Side impact": "vehicle_vehicle",
        "Run-off-road": "run_off",
        "Pedestrian": "pedestrian",
    },
}
BOX = {"west": 69.2, "south": 39.1, "east": 80.3, "north": 43.3}
CODES = {
    "no_date": "missing_value",
    "no_id": "missing_value",
    "half_a_place": "missing_value",
    "no_point": "bad_geometry",
    "not_whole": "not_an_integer",
    "zero_coordinates": "null_island",
    "looks_unsigned": "outside_country",
    "looks_scaled": "lat_out_of_range",
    "outside_area": "outside_country",
    "not_degrees": "lat_out_of_range",
    "too_long": "field_too_long",
    "blank_before_quote": "bad_quoting",
    "column_not_taken": "personal_data_columns",
    "excel_serial_date": "excel_serial_dates",
    "conflict": "id_conflict",
    "changed": "id_conflict",
    "told_otherwise": "id_conflict",
    "told_twice": "id_conflict",
    "spoilt_id": "invisible_character",
    "out_of_range": "implausible",
    "none_at_all": "implausible",
    "epoch_date": "year_out_of_range",
}
"""Our reason -> the name that the set has for it, where the two differ."""


def main() -> None:
    """Answer one call of the checker."""
    path, mapping, options = sys.argv[1:4]
    found = answer(Path(path), json.loads(mapping), json.loads(options))
    json.dump(found, sys.stdout, ensure_ascii=True, allow_nan=False)


def answer(path: Path, mapping: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """Import a file into an empty store and say what became of it, in the words of the set."""
    if "header_row" in options and options["header_row"] is None:
        # Without names the user maps columns by their place.
        mapping = {str(place): field for place, field in enumerate(mapping.values(), 1)}
    profile = profiles.parse("bad_inputs", profile_text(mapping))
    given = {name: _said(value) for name, value in options.items() if name != "import_first"}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "judged.sqlite")
        try:
            with api.open_store(f"sqlite:///{file}") as store:
                batch = _import_into(store, path, profile, options, given)
        except api.NeedsChoice as error:
            return {"status": "needs_choice", "message": str(error.message)}
        except api.IntakeError as error:
            return {"status": "rejected", "message": str(error.message)}
        return _document(batch, _lines(path, profile, given), _records(file))


def _import_into(
    store: api.Store,
    path: Path,
    profile: api.Profile,
    options: Mapping[str, Any],
    given: Mapping[str, str],
) -> api.ImportBatch:
    first = [(Path(options["import_first"]), {})] if options.get("import_first") else []
    for one, answers in [*first, (path, given)]:
        files = api.read_uploads([one])
        _, batch = api.import_crashes(
            store, files, profile=profile, dataset=DATASET, options=answers
        )
    return batch


def _said(value: Any) -> str:
    """Return an answer as it is typed."""
    return "none" if value is None else str(value)


def profile_text(mapping: Mapping[str, str]) -> str:
    """Write the mapping of a case (their column -> their field) as a profile."""
    column = {field: json.dumps(name, ensure_ascii=False) for name, field in mapping.items()}
    lines = [
        'title = "Bad inputs"',
        'source = "Invented"',
        'country = "KGZ"',
        "[[boxes]]",
        *(f"{edge} = {degrees}" for edge, degrees in BOX.items()),
        "[[files]]",
        'name = "crashes"',
        'level = "crash"',
        f"needs = [{', '.join(column[one] for one in ('crash_id', 'date') if one in column)}]",
        "partial = true",
        *([f"key = {column['crash_id']}"] if "crash_id" in column else []),
        "[files.crash]",
    ]
    for field, name in column.items():
        if field in WORDS:
            codes = ", ".join(f'"{word}" = "{code}"' for word, code in WORDS[field].items())
            lines.append(f"{NAMES[field]} = {{ column = {name}, codes = {{ {codes} }} }}")
        elif field in NAMES:
            lines.append(f"{NAMES[field]} = {name}")
    return "\n".join(lines)


# ----------------------------------------------------------------- the account


def _lines(
    path: Path, profile: api.Profile, options: Mapping[str, str]
) -> dict[tuple[str, int], str]:
    """Return the number of the crash on each line of each file, "" where nobody can tell it."""
    found: dict[tuple[str, int], str] = {}
    files, _ = archives.opened(api.read_uploads([path]))
    for sheet in reading.read(files, profile, options):
        found |= {(sheet.place, one.line): "" for one in sheet.spoilt}
        found |= {(sheet.place, line): "" for line in sheet.lines.tolist()}
        for column in (sheet.taken[name] for name in sheet.layout.key):
            for line, code in zip(sheet.lines.tolist(), column.codes.tolist(), strict=True):
                found[sheet.place, line] = column.cleaned[code]
    return found


def _document(
    batch: api.ImportBatch,
    lines: Mapping[tuple[str, int], str],
    records: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    kept = batch.ledger
    number = {line: at for at, line in enumerate(sorted(lines), 1)}
    gone = {(one.file, one.row) for one in kept.duplicates} | set(kept.cells)
    accepted = {line: at for line, at in number.items() if line not in gone}
    return {
        "status": kept.status,
        "total": kept.total,
        "accepted": list(accepted.values()),
        "rejected": [_told(one, number, kept) for one in kept.issues],
        "duplicates": [{"row": number[one.file, one.row], "of": one.of} for one in kept.duplicates],
        "warnings": [_told(one, number, kept) for one in kept.warnings],
        "records": [
            {"row": at, **records[lines[line]]}
            for line, at in accepted.items()
            if lines[line] in records
        ],
        "message": " ".join(
            str(one)
            for one in (
                api.row_sums(kept.total, kept.accepted, kept.rejected, len(kept.duplicates)),
                *(issue.message for issue in kept.issues[:3]),
            )
        ),
    }


def _records(path: Path) -> dict[str, dict[str, Any]]:
    """Return the crashes in the store by number, under the names of the set."""
    found = {}
    with closing(sqlite3.connect(path)) as store:
        store.row_factory = sqlite3.Row
        for row in store.execute("SELECT * FROM crash"):
            # The word of the file is kept only where it differs from our code.
            said = {name: row[SHOWN.get(name, ours)] or row[ours] for name, ours in NAMES.items()}
            found[row["crash_id"]] = {name: _plain(value) for name, value in said.items()}
    return found


def _plain(value: Any) -> Any:
    """Return a number that is whole as JSON has whole numbers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _told(
    issue: api.Issue, number: Mapping[tuple[str, int], int], kept: api.Ledger
) -> dict[str, Any]:
    at = number.get((issue.file, issue.row or 0))
    theirs = {ours: field for field, ours in NAMES.items()}
    return {
        "row": at,
        "field": theirs.get(issue.field, issue.field),
        "code": CODES.get(issue.code, issue.code),
        "message": str(issue.message),
        "raw": dict(kept.cells.get((issue.file, issue.row or 0), {})),
    }


if __name__ == "__main__":
    main()
