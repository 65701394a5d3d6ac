"""The worked examples of the formulas are what the formulas answer."""

import doctest
import importlib
from pathlib import Path

import pytest

import crashkit

ROOT = Path(crashkit.__file__).parent
TOLD = sorted(path for path in ROOT.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", TOLD, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_examples_of_a_module_are_true(file):
    dotted = ".".join(file.relative_to(ROOT.parent).with_suffix("").parts)
    found = doctest.testmod(importlib.import_module(dotted))
    assert found.attempted > 0
    assert found.failed == 0
