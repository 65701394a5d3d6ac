"""The methods of the reference cases, one module a topic: from the inputs of a case to its answer.

Each module holds `METHODS`: the name of a method, and what calls the library for it. An adapter
renames inputs and answers and chooses the verb; whatever is computed is computed by the library.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

Adapter = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def methods() -> dict[str, Adapter]:
    """Return the adapters of all topics by the name of their method.

    Raises ValueError where two topics claim the same method.
    """
    found: dict[str, Adapter] = {}
    for module in sorted(one.name for one in pkgutil.iter_modules(__path__)):
        own = importlib.import_module(f"{__name__}.{module}").METHODS
        if both := found.keys() & own.keys():
            raise ValueError(f"{module} claims methods of another topic: {sorted(both)}")
        found |= own
    return found
