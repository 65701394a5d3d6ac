"""Run a file of reference cases through the library, and say which it does not answer as stated.

    python tests/reference_cases.py FILE.json

Without a file it takes the public one. A case names a method, its inputs, what is expected and how
far off a number may be: `abs` as it stands, `rel` of what is expected; where both are given, one of
them is enough. Texts and truths must be the same. What is expected may be a part of what the
library answers, lists are compared element by element. Prints each failure, and last
`N passed, M failed`; exits 1 if any failed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

# As a script it judges the library beside it, whatever else is installed.
sys.path.insert(0, str(Path(__file__).parents[1]))

import cases  # noqa: E402
import numpy as np  # noqa: E402

PUBLIC = Path(__file__).parents[2] / "shared" / "reference" / "cases" / "cases.json"


def read(path: Path) -> list[dict[str, Any]]:
    """Return the cases of a file: a list of them, or an object that holds one."""
    held = json.loads(path.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = held["cases"] if isinstance(held, dict) else held
    return found


def failures(case: Mapping[str, Any], methods: Mapping[str, cases.Adapter]) -> list[str]:
    """Return what is wrong with the answer to a case, one line each; none where it is right."""
    adapter = methods.get(case["method"])
    if adapter is None:
        return [f"no adapter for the method {case['method']}"]
    try:
        answer = adapter(case["inputs"])
    except Exception as error:  # A case that breaks the library is a failure like any other.
        line = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(line.filename).name}:{line.lineno}"
        return [f"{type(error).__name__} at {where}: {error}"]
    return list(_differences(plain(answer), case["expected"], case.get("tolerance", {}), "answer"))


def plain(value: Any) -> Any:
    """Return a value in the words of JSON: arrays are lists, keys are texts."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def _differences(
    found: Any, expected: Any, tolerance: Mapping[str, float], where: str
) -> Iterator[str]:
    if isinstance(expected, Mapping):
        yield from _parts(found, expected, tolerance, where)
    elif isinstance(expected, Sequence) and not isinstance(expected, str):
        if not isinstance(found, list) or len(found) != len(expected):
            yield f"{where} is {found!r}, expected {expected!r}"
            return
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from _differences(one, other, tolerance, f"{where}[{number}]")
    elif not _alike(found, expected, tolerance):
        yield f"{where} is {found!r}, expected {expected!r} within {dict(tolerance)}"


def _parts(
    found: Any, expected: Mapping[str, Any], tolerance: Mapping[str, float], where: str
) -> Iterator[str]:
    if not isinstance(found, Mapping):
        yield f"{where} is {found!r}, expected {dict(expected)!r}"
        return
    for key, value in expected.items():
        if key in found:
            yield from _differences(found[key], value, tolerance, f"{where}.{key}")
        else:
            yield f"{where} has no {key}, only {sorted(found)}"


def _alike(found: Any, expected: Any, tolerance: Mapping[str, float]) -> bool:
    if _is_missing(expected):
        return _is_missing(found)
    if not _is_number(expected) or not _is_number(found):
        return type(found) is type(expected) and bool(found == expected)
    far = abs(found - expected)
    allowed = max(tolerance.get("abs", 0.0), tolerance.get("rel", 0.0) * abs(expected))
    return bool(far <= allowed) or found == expected


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge a file, print what failed and how many; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=PUBLIC)
    asked = parser.parse_args(arguments)
    methods, passed, failed = cases.methods(), 0, 0
    for case in read(asked.file):
        wrong = failures(case, methods)
        passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
        for line in wrong:
            print(f"{case['id']}: {line}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
