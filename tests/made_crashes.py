"""Small crash data for tests, made from a text table or from random numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crashkit import fields
from crashkit.model import CrashData, Period

LISTS = {"yes_no": ("yes", "no", "unknown")}
YEARS = Period(date(2021, 1, 1), date(2023, 12, 31))


def made(rows: Iterable[Mapping[str, Any]], *, period: Period = YEARS) -> CrashData:
    """Make crash data; each row needs only the fields the test is about, `id` counts from 1."""
    frame = pd.DataFrame([dict(row) for row in rows])
    if "id" not in frame.columns:
        frame.insert(0, "id", np.arange(1, len(frame) + 1))
    frame["id"] = frame["id"].astype("int64")
    if "crash_date" not in frame.columns:
        frame["crash_date"] = period.start.isoformat()
    for name in frame.columns:
        if name != "id":
            frame[name] = _typed(name, frame[name])
    return CrashData(frame, _empty("vehicle"), _empty("person"), period)


def table(text: str) -> list[dict[str, Any]]:
    """Read a table drawn in text: a line of names, then lines of cells between bars."""
    lines = [line.strip().strip("|").split("|") for line in text.strip().splitlines()]
    rows = [
        [cell.strip() for cell in line] for line in lines if not set("".join(line)) <= {"-", " "}
    ]
    names, *cells = rows
    return [dict(zip(names, row, strict=True)) for row in cells]


def _typed(name: str, column: pd.Series) -> pd.Series:
    field = fields.get("crash", name)
    plain = column.replace("", None)
    if field.type in ("code", "yes_no"):
        codes = LISTS.get(field.type) or fields.code_names(field.codes)
        return plain.astype(pd.CategoricalDtype(list(codes)))
    if field.type == "int":
        return pd.to_numeric(plain).astype("Int32")
    if field.type == "float":
        return pd.to_numeric(plain).astype("float64")
    if field.type == "date":
        return pd.to_datetime(plain).astype("datetime64[s]")
    return plain.astype(object)


def _empty(table_name: str) -> pd.DataFrame:
    return pd.DataFrame({"crash": np.array([], dtype="int64")})
