"""The published figures: every case of the public file, and the judge of such files itself."""

import json
import subprocess
import sys
from pathlib import Path

import cases
import pytest
import reference_cases

METHODS = cases.methods()
PUBLIC = reference_cases.read(reference_cases.PUBLIC) if reference_cases.PUBLIC.exists() else []
WHY_NOT = f"The reference cases are not here: there is no file {reference_cases.PUBLIC}."


@pytest.mark.skipif(not PUBLIC, reason=WHY_NOT)
@pytest.mark.parametrize("case", PUBLIC, ids=[case["id"] for case in PUBLIC])
def test_the_library_answers_as_published(case):
    assert reference_cases.failures(case, METHODS) == []


def judged(case, answer):
    return reference_cases.failures({"method": "made", "inputs": {}, **case}, {"made": answer})


def test_a_number_may_be_off_by_what_the_case_allows():
    case = {"expected": {"x": 100.0}, "tolerance": {"abs": 0.5}}
    assert judged(case, lambda _: {"x": 100.5}) == []
    assert judged(case, lambda _: {"x": 100.6}) != []
    relative = {"expected": {"x": 100.0}, "tolerance": {"rel": 0.02}}
    assert judged(relative, lambda _: {"x": 98}) == []
    assert judged(relative, lambda _: {"x": 97.9}) != []


def test_of_two_tolerances_one_is_enough():
    case = {"expected": {"x": 100.0}, "tolerance": {"abs": 0.5, "rel": 0.02}}
    assert judged(case, lambda _: {"x": 101.9}) == []


def test_texts_and_truths_must_be_the_same():
    case = {"expected": {"class": "IV", "flagged": True}, "tolerance": {"abs": 5}}
    assert judged(case, lambda _: {"class": "IV", "flagged": True}) == []
    assert judged(case, lambda _: {"class": "iv", "flagged": True}) != []
    assert judged(case, lambda _: {"class": "IV", "flagged": 1}) != []


def test_a_part_of_an_answer_may_be_expected():
    case = {"expected": {"rate": {"2": 1.5}, "ids": [3, 4]}, "tolerance": {"abs": 0}}
    assert judged(case, lambda _: {"rate": {1: 7, 2: 1.5}, "ids": [3, 4], "more": None}) == []
    assert judged(case, lambda _: {"rate": {2: 1.5}, "ids": [3, 4, 5]}) != []
    assert judged(case, lambda _: {"rate": {2: 1.5}}) != []


def test_no_number_and_nothing_are_the_same():
    case = {"expected": {"x": None}, "tolerance": {"abs": 0}}
    assert judged(case, lambda _: {"x": float("nan")}) == []
    assert judged({"expected": {"x": 1.0}}, lambda _: {"x": float("nan")}) != []


def test_a_case_that_breaks_the_library_has_failed():
    assert "ZeroDivisionError" in judged({"expected": {}}, lambda _: {"x": 1 / 0})[0]


def test_the_command_prints_failures_and_counts_and_says_so_by_its_exit_code(tmp_path):
    file = tmp_path / "cases.json"
    unknown = {"id": "one", "method": "no_such_method", "inputs": {}, "expected": {"x": 1}}
    file.write_text(json.dumps([unknown]), encoding="utf-8")
    command = [sys.executable, str(Path(reference_cases.__file__)), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "one: no adapter for the method no_such_method",
        "0 passed, 1 failed",
    ]
    file.write_text("[]", encoding="utf-8")
    assert reference_cases.main([str(file)]) == 0
