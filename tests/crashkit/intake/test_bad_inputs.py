"""The importer against a set of bad files with stated outcomes; skipped where the set is absent."""

import importlib.util
import json
from datetime import date
from pathlib import Path

import pytest

from crashkit import profiles
from crashkit.errors import IntakeError, NeedsChoice
from crashkit.intake import ledger
from crashkit.model import Upload

FOLDER = Path(__file__).parents[4] / "shared" / "bad_inputs"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the set of bad inputs is not beside this checkout"
)

PROFILE = """
title = "Bad inputs"
source = "Invented"
country = "KGZ"
[[boxes]]
west = 69.2
south = 39.1
east = 80.3
north = 43.3
[[files]]
name = "crashes"
level = "crash"
needs = ["crash_id", "date"]
key = "crash_id"
partial = true
[files.crash]
crash_id = "crash_id"
crash_date = "date"
crash_time = "time"
lat = "latitude"
lon = "longitude"
severity = { column = "severity", codes = { "Damage only" = "pdo" } }
n_killed = "killed"
n_serious = "seriously_injured"
n_slight = "slightly_injured"
n_vehicles = "vehicles"
crash_type = { column = "crash_type", codes = { "Head-on" = "vehicle_vehicle", "Rear-end" = "vehicle_vehicle", "Side impact" = "vehicle_vehicle", "Run-off-road" = "run_off", "Pedestrian" = "pedestrian" } }
road_name = "road"
chainage_km = "km"
main_cause = "description"
"""  # noqa: E501
NAMES = {
    "crash_id": "crash_id",
    "crash_date": "date",
    "crash_time": "time",
    "lat": "latitude",
    "lon": "longitude",
    "severity_src": "severity",
    "n_killed": "killed",
    "n_serious": "seriously_injured",
    "n_slight": "slightly_injured",
    "n_vehicles": "vehicles",
    "crash_type_src": "crash_type",
    "road_name": "road",
    "chainage_km": "km",
    "main_cause": "description",
}
CODES = {
    "no_date": "missing_value",
    "not_whole": "not_an_integer",
    "half_a_place": "missing_value",
    "zero_coordinates": "null_island",
    "looks_unsigned": "outside_country",
    "looks_scaled": "lat_out_of_range",
    "outside_area": "outside_country",
    "not_degrees": "lat_out_of_range",
    "too_long": "field_too_long",
    "column_not_taken": "personal_data_columns",
    "excel_serial_date": "excel_serial_dates",
    "conflict": "id_conflict",
    "no_id": "missing_value",
    "out_of_range": "implausible",
    "epoch_date": "year_out_of_range",
}
LATER = {"F07", "F09", "F11"}
"""Files that a later issue learns to read; until then they are refused in a sentence."""
OTHERWISE = {
    "B37": "a blank before a quotation mark is passed over without a word; no text is lost by it",
    "C15": "99 vehicles lie within the limits of the dictionary",
    "C33": "one number with other facts is a conflict of all its rows, whichever comes first",
    "C37": "a cell without a road is no fault; every word that may mean nothing is pointed out",
}
"""Outcomes in which we differ from the set on purpose."""


def manifest():
    return json.loads((FOLDER / "manifest.json").read_text("utf-8")) if FOLDER.is_dir() else {}


def cases():
    return [pytest.param(case, id=case["id"]) for case in manifest().get("cases", [])]


@pytest.fixture(scope="module")
def judge():
    spec = importlib.util.spec_from_file_location("judging", FOLDER / "check_bad_inputs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.judge


def profile_for(case):
    text = PROFILE
    for theirs, ours in (case.get("mapping") or {}).items():
        text = text.replace(f'"{ours}"', f'"{theirs}"')
    return profiles.parse("bad_inputs", text)


def answer(case, options, known=None):
    """Import a case and say what happened as the judge wants it."""
    upload = Upload(case["file"], (FOLDER / case["file"]).read_bytes())
    try:
        batch = ledger.harmonise(
            [upload],
            profile_for(case),
            options=options,
            known=known or {},
            today=date(2026, 7, 1),
        )
    except NeedsChoice as error:
        return {"status": "needs_choice", "message": str(error.message)}
    except IntakeError as error:
        return {"status": "rejected", "message": str(error.message)}
    return document(batch)


def document(batch):
    kept = batch.ledger
    lines = sorted(batch_lines(batch))
    number = {line: place for place, line in enumerate(lines, 1)}
    again = {d.row for d in kept.duplicates}
    bad = {line for _, line in kept.cells}
    accepted = [number[line] for line in lines if line not in again and line not in bad]
    records = batch.crashes.astype(object).where(batch.crashes.notna(), None)
    ids = {row["crash_id"]: row for row in records.to_dict("records")}
    cells = batch_cells(batch)
    return {
        "status": kept.status,
        "total": kept.total,
        "accepted": accepted,
        "rejected": [told(issue, number, kept) for issue in kept.issues],
        "duplicates": [{"row": number[d.row], "of": d.of} for d in kept.duplicates],
        "warnings": [told(issue, number, kept) for issue in kept.warnings],
        "records": [
            {"row": number[line], **named(ids[cells[line]])}
            for line in lines
            if number[line] in accepted and cells[line] in ids
        ],
        "message": " ".join(str(issue.message) for issue in kept.issues[:1]),
    }


def told(issue, number, kept):
    return {
        "row": number.get(issue.row),
        "field": NAMES.get(issue.field, issue.field),
        "code": CODES.get(issue.code, issue.code),
        "message": str(issue.message),
        "raw": dict(kept.cells.get((issue.file, issue.row), {})),
    }


def named(record):
    found = {theirs: record.get(ours) for ours, theirs in NAMES.items()}
    return {
        name: int(v) if isinstance(v, float) and v == int(v) else v for name, v in found.items()
    }


def batch_lines(batch):
    return batch_cells(batch)


@pytest.fixture(autouse=True)
def remember_lines(monkeypatch):
    """Keep the lines of the rows, which an import batch does not carry."""
    monkeypatch.setattr(ledger.linking, "link", remembering(ledger.linking.link))


SEEN = {}


def remembering(link):
    def wrapped(found, *rest):
        linked = link(found, *rest)
        SEEN.clear()
        for part in linked.parts:
            for line, key in zip(part.checked.sheet.lines.tolist(), part.key, strict=True):
                SEEN[line] = key
            for spoilt in part.checked.sheet.spoilt:
                SEEN[spoilt.line] = None
        return linked

    return wrapped


def batch_cells(batch):
    return SEEN


@pytest.mark.parametrize("case", cases())
def test_a_bad_input_ends_as_it_should(case, judge):
    if case["id"] in LATER:
        pytest.skip("a later issue reads these")
    if case["id"] in OTHERWISE:
        pytest.skip(OTHERWISE[case["id"]])
    options = {}
    found = answer(case, options, known=before(case))
    assert judge(case, found, 0, 0, 0, "", manifest()["policy"], {}, False) == []


@pytest.mark.parametrize("case", [c for c in cases() if c.values[0].get("with_options")])
def test_a_bad_input_is_read_once_the_question_is_answered(case, judge):
    given = {name: str(value) for name, value in case["options"].items() if name != "import_first"}
    found = answer(case, given, known=before(case))
    assert judge(case, found, 0, 0, 0, "", manifest()["policy"], {}, True) == []


def before(case):
    first = case.get("options", {}).get("import_first")
    if not first:
        return {}
    batch = ledger.harmonise(
        [Upload(first, (FOLDER / first).read_bytes())],
        profile_for(case),
        options={},
        known={},
        today=date(2026, 7, 1),
    )
    return dict(zip(batch.crashes["crash_key"], batch.crashes["digest"], strict=True))
