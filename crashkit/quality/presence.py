"""Checks of what is there: a place, a severity, the core fields, traffic."""

from __future__ import annotations

import numpy as np

from crashkit import fields
from crashkit.errors import Message, counted
from crashkit.model import CrashData
from crashkit.quality import columns
from crashkit.quality.answers import NO_CRASH, Answer, Known, of_marks, unjudged

ABOUT_THE_VALUE = (
    "date_precision",
    "time_precision",
    "coord_source",
    "coord_accuracy_m",
    "chainage_accuracy_m",
)
"""Core fields that tell how exact another is: empty where it is as exact as it looks."""


def located(data: CrashData, known: Known) -> Answer:
    """Return the share of crashes with coordinates, or with road and km post."""
    point, post = columns.has_point(data), columns.has_post(data)
    details = [
        counted("{n} crash has coordinates.", "{n} crashes have coordinates.", int(point.sum())),
        counted(
            "{n} crash has road and km post.",
            "{n} crashes have road and km post.",
            int(post.sum()),
        ),
    ]
    return of_marks(np.ones(len(data)), point | post, *details, nothing=NO_CRASH)


def severity(data: CrashData, known: Known) -> Answer:
    """Return the share of crashes whose severity is known."""
    return of_marks(np.ones(len(data)), columns.known(data, "severity"), nothing=NO_CRASH)


def core_fields(data: CrashData, known: Known) -> Answer:
    """Return the mean share of the core fields of a crash that are there and known."""
    names = core()
    filled = np.sum([columns.known(data, name) for name in names], axis=0)
    nowhere = [
        Message(fields.get("crash", name).label)
        for name in names
        if not columns.known(data, name).any()
    ]
    details = [Message("Nowhere filled: {fields}.", {"fields": nowhere})] if nowhere else []
    return of_marks(np.full(len(data), float(len(names))), filled, *details, nothing=NO_CRASH)


def core() -> tuple[str, ...]:
    """Return the core fields of a crash that every crash should have."""
    return tuple(
        field.name
        for field in fields.table("crash")
        if field.use == "core" and field.name not in ABOUT_THE_VALUE
    )


def integration(data: CrashData, known: Known) -> Answer:
    """Return the share of crashes with the traffic of their road."""
    if not data.has("aadt"):
        return unjudged(Message("No traffic volumes were imported."))
    return of_marks(np.ones(len(data)), columns.known(data, "aadt"), nothing=NO_CRASH)
