"""Nouns as JSON text and back, exactly: what was packed is equal to what is unpacked.

Plain JSON values stay as they are. What JSON has no word for is an object with the one key "$":
a noun by its name and fields, a tuple, a date, a number that is no number.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from crashkit.errors import Message, StoreError
from crashkit.model import (
    Absence,
    ComparedPlace,
    Comparison,
    Duplicate,
    Evidence,
    FileRead,
    Finding,
    Inference,
    Issue,
    Lasting,
    ListPair,
    Month,
    Period,
    Proposal,
    RepairExample,
    Score,
    Screening,
    ScreeningResult,
    Site,
)

MARK = "$"
NOUNS: dict[str, type[Any]] = {
    noun.__name__: noun
    for noun in (
        *(Message, Period, Site, Score, Evidence, Finding, Screening, ScreeningResult),
        *(Absence, ComparedPlace, Comparison, Lasting, ListPair),
        *(Issue, Duplicate, FileRead, Inference, Proposal, RepairExample),
    )
}


def pack(value: Any) -> str:
    """Return the JSON text of a noun or a plain value."""
    return json.dumps(_out(value), allow_nan=False, separators=(",", ":"))


def unpack(text: str) -> Any:
    """Return what was packed."""
    return _in(json.loads(text))


def packed_question(asked: Screening) -> str:
    """Return the question of a screening as a text."""
    return pack(asked)


def unpacked_question(text: str) -> Screening:
    """Return the question of a text that may come from anywhere. Raises StoreError."""
    try:
        found = unpack(text)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreError("This is no question of a screening.") from error
    if not isinstance(found, Screening):
        raise StoreError("This is no question of a screening.")
    return found


def _out(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        return _out(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return {MARK: ["float", repr(value)]}
    if isinstance(value, int | float):
        return value
    return _out_composed(value)


def _out_composed(value: Any) -> Any:
    if isinstance(value, list):
        return [_out(item) for item in value]
    if isinstance(value, tuple):
        return {MARK: ["tuple", [_out(item) for item in value]]}
    if isinstance(value, Mapping):
        return _out_mapping(value)
    if isinstance(value, datetime | date):
        return {MARK: [type(value).__name__, value.isoformat()]}
    if isinstance(value, Decimal):
        return {MARK: ["Decimal", str(value)]}
    if type(value).__name__ in NOUNS:
        return {MARK: [type(value).__name__, _out(_fields(value))]}
    raise TypeError(f"{type(value).__name__} cannot be kept as JSON")


def _fields(noun: Any) -> dict[str, Any]:
    return {item.name: getattr(noun, item.name) for item in dataclasses.fields(noun)}


def _out_mapping(value: Mapping[Any, Any]) -> Any:
    if MARK not in value and all(isinstance(key, str) for key in value):
        return {key: _out(item) for key, item in value.items()}
    return {MARK: ["items", [[_out(key), _out(item)] for key, item in value.items()]]}


def _in(value: Any) -> Any:
    if isinstance(value, list):
        return [_in(item) for item in value]
    if not isinstance(value, dict):
        return value
    if MARK in value:
        return _marked(*value[MARK])
    return {key: _in(item) for key, item in value.items()}


def _marked(kind: str, content: Any) -> Any:
    if kind in NOUNS:
        return NOUNS[kind](**_in(content))
    if kind == "tuple":
        return tuple(_in(item) for item in content)
    if kind == "items":
        return {_in(key): _in(item) for key, item in content}
    if kind in ("float", "Decimal"):
        return {"float": float, "Decimal": Decimal}[kind](content)
    return {"date": date, "datetime": datetime, "Month": Month}[kind].fromisoformat(content)
