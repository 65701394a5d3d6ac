"""Neighbours of the bad inputs: what should not matter does not, nothing breaks the importer."""

import json
import math
import random
import re
from pathlib import Path

import bad_inputs_adapter
import neighbours
import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "bad_inputs"
INTERNAL = re.compile(
    r"Traceback|Error:|Exception|codec can't|object has no|out of range|0x[0-9a-f]{6,}|sqlite3?\."
)
FEW = range(3)
MANY = range(3, 30)


def answer(tmp_path, content, options=None, name="crashes.csv", mapping=neighbours.MAPPING):
    file = tmp_path / name
    file.write_bytes(content)
    return bad_inputs_adapter.answer(file, mapping, options or {})


def assert_is_an_account(found):
    """Check what holds of every import, whatever was in the file."""
    json.dumps(found, allow_nan=False)
    assert found["message"].strip()
    if found["status"] in ("needs_choice",) or "total" not in found:
        assert found["status"] in ("needs_choice", "rejected")
        assert not INTERNAL.search(found["message"])
        return
    rejected = {one["row"] for one in found["rejected"]}
    duplicates = {one["row"] for one in found["duplicates"]}
    accepted = set(found["accepted"])
    assert len(accepted) + len(rejected) + len(duplicates) == found["total"]
    assert not (accepted & rejected or accepted & duplicates or rejected & duplicates)
    assert all(one["code"] and one["message"] for one in found["rejected"])
    for record in found["records"]:
        for value in record.values():
            assert not isinstance(value, float) or math.isfinite(value)


def same_records(found):
    return sorted(
        [{name: one[name] for name in one if name != "row"} for one in found["records"]],
        key=lambda one: one["crash_id"],
    )


def check_the_same_in_every_writing(kind, seed, tmp_path):
    chance = random.Random(f"{kind}{seed}")
    rows = neighbours.rows(chance)
    plain = answer(tmp_path, neighbours.made_files.table([neighbours.FIELDS, *rows]).encode())
    chance.shuffle(rows)
    content = neighbours.WRITERS[kind](chance, rows)
    found = answer(tmp_path, content)
    assert_is_an_account(found)
    assert (found["status"], found["total"]) == ("accepted", len(rows)), found["message"]
    assert same_records(found) == same_records(plain)
    first = tmp_path / "first.csv"
    first.write_text(
        neighbours.made_files.table([neighbours.FIELDS, *rows[::-1]]), encoding="utf-8"
    )
    again = answer(tmp_path, content, {"import_first": str(first)})
    assert (len(again["accepted"]), len(again["duplicates"])) == (0, len(rows))


@pytest.mark.parametrize("seed", FEW)
@pytest.mark.parametrize("kind", neighbours.WRITERS)
def test_the_same_rows_say_the_same_in_every_writing_and_add_nothing(kind, seed, tmp_path):
    check_the_same_in_every_writing(kind, seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", neighbours.WRITERS)
def test_the_same_rows_say_the_same_in_very_many_writings(kind, tmp_path):
    for seed in MANY:
        check_the_same_in_every_writing(kind, seed, tmp_path)


def check_a_hostile_cell(seed, tmp_path):
    chance = random.Random(seed)
    good = neighbours.rows(chance, 4)
    number, rows = neighbours.with_a_hostile_cell(chance, good)
    text = neighbours.made_files.table([neighbours.FIELDS, *rows])
    found = answer(tmp_path, text.encode("utf-8", "surrogatepass"))
    assert_is_an_account(found)
    if found["status"] in ("accepted", "partial"):
        kept = {one["crash_id"] for one in found["records"]}
        assert {row[0] for place, row in enumerate(good) if place != number} <= kept


@pytest.mark.parametrize("seed", range(20))
def test_a_hostile_cell_harms_no_other_row(seed, tmp_path):
    check_a_hostile_cell(seed, tmp_path)


@pytest.mark.slow
def test_no_hostile_cell_in_any_place_harms_another_row(tmp_path):
    for seed in range(20, 300):
        check_a_hostile_cell(seed, tmp_path)


@pytest.mark.parametrize("seed", FEW)
@pytest.mark.parametrize("kind", neighbours.WRITERS)
def test_a_damaged_file_ends_in_an_account_or_a_sentence(kind, seed, tmp_path):
    chance = random.Random(f"damaged {kind}{seed}")
    content = neighbours.WRITERS[kind](chance, neighbours.rows(chance))
    for _ in range(4):
        assert_is_an_account(answer(tmp_path, neighbours.damaged(chance, content)))


def check_a_damaged_bad_input(case, seed, tmp_path):
    chance = random.Random(f"{case['id']}{seed}")
    content = neighbours.damaged(chance, (FOLDER / case["file"]).read_bytes())
    mapping = case.get("mapping") or neighbours.MAPPING
    assert_is_an_account(answer(tmp_path, content, name=case["file"], mapping=mapping))


def cases():
    file = FOLDER / "manifest.json"
    found = json.loads(file.read_text("utf-8"))["cases"] if file.is_file() else []
    return [pytest.param(case, id=case["id"]) for case in found]


@pytest.mark.parametrize("case", cases())
def test_a_bad_input_that_is_damaged_as_well_ends_in_an_account_or_a_sentence(case, tmp_path):
    check_a_damaged_bad_input(case, 0, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases())
def test_a_bad_input_damaged_in_many_ways_ends_in_an_account_or_a_sentence(case, tmp_path):
    for seed in range(1, 12):
        check_a_damaged_bad_input(case, seed, tmp_path)
