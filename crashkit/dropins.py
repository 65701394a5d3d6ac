"""Find what was dropped into a folder, and complain loudly about a broken contract.

This is the only module that imports others by name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib import resources
from typing import TypeVar

from crashkit.errors import DropinError

T = TypeVar("T")


def parts(package: str, constant: str, kind: type[T]) -> dict[str, T]:
    """Collect the `constant` of every module in `package`, by name, in alphabetical order.

    Raises DropinError when a module lacks the constant, has one of another type, has no
    docstring, or calls itself by another name than its file.
    """
    found = {}
    for module_name in _modules(package):
        module = importlib.import_module(f"{package}.{module_name}")
        part = getattr(module, constant, None)
        if not isinstance(part, kind):
            raise DropinError("{file} has no {constant}.", file=module.__name__, constant=constant)
        if not module.__doc__:
            raise DropinError("{file} has no docstring.", file=module.__name__)
        if getattr(part, "name", module_name) != module_name:
            raise DropinError("{file} calls itself by another name.", file=module.__name__)
        found[module_name] = part
    return found


def texts(package: str, suffix: str) -> dict[str, str]:
    """Read every data file of `package` that ends in `suffix`: name without suffix -> text."""
    folder = resources.files(package)
    return {
        item.name.removesuffix(suffix): item.read_text(encoding="utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(suffix)
    }


def _modules(package: str) -> Iterator[str]:
    home = importlib.import_module(package)
    for module in pkgutil.iter_modules(home.__path__):
        if not module.name.startswith("_"):
            yield module.name
