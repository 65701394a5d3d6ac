"""Every code an import may give stands in the manual, and every code of the manual exists."""

import re
from pathlib import Path

from crashkit.intake import drift, sheets
from crashkit.model import REPAIR_NOT_MADE, TOLD_OTHERWISE, TOLD_TWICE

ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "docs" / "how-to" / "import.md"


def given():
    found = {*sheets.SPOILT, *sheets.NOTED, drift.CODE, REPAIR_NOT_MADE, TOLD_OTHERWISE, TOLD_TWICE}
    for path in (ROOT / "crashkit" / "intake").glob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r'Fault\(\s*"(\w+)"', text))
        found |= set(re.findall(r'Issue\([^()]*, "(\w+)", ', text))
        found |= set(re.findall(r'\.say\(\s*[^,()]*,\s*"(\w+)"', text))
    return found


def told():
    rows = [line for line in MANUAL.read_text("utf-8").splitlines() if line.startswith("| `")]
    return {code for line in rows for code in re.findall(r"`([a-z_]+)`", line.split("|")[1])}


def test_the_manual_explains_every_code():
    assert given() - told() == set()


def test_the_manual_explains_no_code_that_nobody_gives():
    assert told() - given() == set()
