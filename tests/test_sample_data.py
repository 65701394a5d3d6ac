"""The sample files are written by their script, small, and import as their README says."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location(
        "make_sample_data", ROOT / "scripts" / "make_sample_data.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }


def test_the_script_writes_the_files_that_are_kept_byte_for_byte(script, tmp_path):
    script.main(tmp_path)
    kept, again = files(SAMPLE), files(tmp_path)
    assert sorted(kept) == sorted(again)
    assert [name for name in kept if kept[name] != again[name]] == []


def test_the_sample_is_smaller_than_four_megabytes():
    assert sum(len(content) for content in files(SAMPLE).values()) < 4_000_000


def test_the_readme_names_every_file_and_every_planted_flaw(script):
    told = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for name in files(SAMPLE):
        assert Path(name).name in told or Path(name).name == "README.txt"
    made = script.country.make(crashes=script.CRASHES, seed=script.SEED)
    for sheet in script.sheets(made):
        for flaw, count in sheet.flaws.items():
            lines = [line for line in told.splitlines() if flaw in line]
            assert any(f"| {count} |" in line for line in lines), (flaw, count)
