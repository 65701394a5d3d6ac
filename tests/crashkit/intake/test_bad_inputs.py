"""The importer against a set of bad files with stated outcomes; skipped where the set is absent."""

import json
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import bad_inputs_adapter
import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "bad_inputs"
CHECKER = FOLDER / "check_bad_inputs.py"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the set of bad inputs is not beside this checkout"
)


def manifest():
    return json.loads((FOLDER / "manifest.json").read_text("utf-8")) if FOLDER.is_dir() else {}


def cases():
    return [pytest.param(case, id=case["id"]) for case in manifest().get("cases", [])]


@pytest.fixture(scope="module")
def judge():
    return runpy.run_path(str(CHECKER))["judge"]


def answer(case, options):
    given = dict(options)
    if "import_first" in given:
        given["import_first"] = str(FOLDER / given["import_first"])
    mapping = case.get("mapping") or manifest()["policy"]["default_mapping"]
    return bad_inputs_adapter.answer(FOLDER / case["file"], mapping, given)


@pytest.mark.parametrize("case", cases())
def test_a_bad_input_ends_as_it_should(case, judge):
    assert judge(case, answer(case, {}), 0, 0, 0, "", manifest()["policy"], {}, False) == []


@pytest.mark.parametrize("case", [c for c in cases() if c.values[0].get("with_options")])
def test_a_bad_input_is_read_once_the_question_is_answered(case, judge):
    found = answer(case, case["options"])
    assert judge(case, found, 0, 0, 0, "", manifest()["policy"], {}, True) == []


@pytest.mark.slow
@pytest.mark.parametrize("answered", [[], ["--with-options"]], ids=["asked", "answered"])
def test_every_bad_input_is_handled_within_its_limits_by_a_process_of_its_own(answered, tmp_path):
    command = shlex.join([sys.executable, bad_inputs_adapter.__file__])
    report = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, CHECKER, "--cmd", command, "--json", report, *answered],
        check=True,
        capture_output=True,
    )
    found = json.loads(report.read_text("utf-8"))
    assert {one["id"]: one["problems"] for one in found if one["problems"]} == {}
