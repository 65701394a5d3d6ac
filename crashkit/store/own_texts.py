"""Texts of the users that are kept by name, such as presets and report templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row


class KeptText(NamedTuple):
    """A text as it is kept, and when it was saved last."""

    name: str
    at: datetime
    text: str


def kept(row: Row[Any]) -> KeptText:
    """Read a row of a table of such texts, see `schema`."""
    return KeptText(row.name, datetime.fromisoformat(row.at), row.text)
