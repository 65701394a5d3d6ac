"""Values as TOML text: what is read back is equal to what was written.

Python reads TOML and does not write it. Files that people keep, mend and send to each other, such
as profiles and presets, are written through here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def value(told: Any) -> str:
    """Write a text, a number, a truth, a day, or a list or a table of these, on one line."""
    if isinstance(told, str):
        # A JSON text is a TOML text, but for the sign DEL.
        return json.dumps(told, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(told, bool):
        return "true" if told else "false"
    if isinstance(told, date):
        return told.isoformat()
    if isinstance(told, int | float):
        return repr(told)
    if isinstance(told, Mapping):
        pairs = ", ".join(f"{key(name)} = {value(one)}" for name, one in told.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return f"[{', '.join(map(value, told))}]"


def key(name: str) -> str:
    """Write a name, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else value(name)
