"""Run every test, the long tier too, and write what happened to docs/evidence/test-all.md."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "build" / "test-all.xml"
EVIDENCE = ROOT / "docs" / "evidence" / "test-all.md"
SLOWEST = 15


def main() -> int:
    """Run pytest, write the page, return what pytest returned."""
    RESULT.parent.mkdir(exist_ok=True)
    words = ["-q", "-n", "2", "--dist", "loadgroup", f"--junitxml={RESULT}"]
    done = subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, check=False)
    if RESULT.exists():
        EVIDENCE.parent.mkdir(exist_ok=True)
        EVIDENCE.write_text(_page(ET.parse(RESULT).getroot()), encoding="utf-8")
        print(f"{EVIDENCE.relative_to(ROOT)} written")
    return done.returncode


def _page(result: ET.Element) -> str:
    suites = list(result.iter("testsuite"))
    total = {
        key: sum(int(suite.get(key, "0")) for suite in suites)
        for key in ("tests", "failures", "errors", "skipped")
    }
    cases = sorted(result.iter("testcase"), key=lambda case: -float(case.get("time", "0")))
    skipped = [case for case in cases if case.find("skipped") is not None]
    lines = [
        "# The long tier",
        "",
        f"Written by `make test-all` on {date.today().isoformat()} with CrashKit "
        f"{version('crashkit')}, Python {platform.python_version()}, {platform.system()}.",
        "",
        "| tests | failures | errors | skipped |",
        "| ---: | ---: | ---: | ---: |",
        "| {tests} | {failures} | {errors} | {skipped} |".format(**total),
        "",
        "## The slowest",
        "",
        "| test | seconds |",
        "| --- | ---: |",
        *(f"| {_name(case)} | {float(case.get('time', '0')):.1f} |" for case in cases[:SLOWEST]),
    ]
    if skipped:
        lines += ["", "## Skipped", "", *(f"- {_name(case)}: {_reason(case)}" for case in skipped)]
    return "\n".join(lines) + "\n"


def _name(case: ET.Element) -> str:
    # Behind the sign stands the file whose tests one worker does.
    name = re.sub(r"@tests/\S+$", "", case.get("name", ""))
    return f"`{case.get('classname')}.{name}`"


def _reason(case: ET.Element) -> str:
    skipped = case.find("skipped")
    return "" if skipped is None else skipped.get("message", "")


if __name__ == "__main__":
    sys.exit(main())
