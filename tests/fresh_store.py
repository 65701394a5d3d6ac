"""An empty store as opening it for the first time leaves it: made once, then copied."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from crashkit.store import Store


def put(file: Path) -> str:
    """Put an empty store at this place, where there is none yet; return its address."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(_empty())
    return f"sqlite:///{file}"


@lru_cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite"
        Store.open(str(file)).close()
        return file.read_bytes()
