"""When it happens: a grid of the days of the week and the hours of the day."""

from __future__ import annotations

import math

import numpy as np

from crashkit import bands, filters, rankings, tables, traits
from crashkit.analysis import HOURS, Analysis, Answer, Question, always
from crashkit.blocks import Column, Figure, Table
from crashkit.contrasts import Share
from crashkit.errors import Message, counted
from crashkit.model import CrossTable
from crashkit.stats import FEW


def lacks(question: Question) -> Message | None:
    """Say whether day and hour are known of at least one crash."""
    known = traits.sizes(question.data, question.unit) > 0
    for name in ("weekday", "hour"):
        levels = filters.levels(question.data, name)
        known &= False if levels is None else levels.codes >= 0
    if known.any():
        return None
    return Message("The data do not tell the day and the hour of any crash.")


def answer(question: Question) -> Answer:
    """Return the grid, and how many lie at night."""
    counts = _counts(question)
    cells, known = _cells(counts)
    days = [label for key, label in zip(counts.rows, counts.row_labels, strict=True) if key]
    columns = {
        key: label for key, label in zip(counts.columns, counts.column_labels, strict=True) if key
    }
    title = Message(
        "{unit} by day of the week and hour", {"unit": tables.UNIT_LABELS[question.unit]}
    )
    table = Table(
        title,
        (
            Column(filters.label("weekday")),
            *(Column(one, "int") for one in columns.values()),
        ),
        tuple((day, *row) for day, row in zip(days, cells, strict=True)),
    )
    worst = max((n, i, j) for i, row in enumerate(cells) for j, n in enumerate(row))
    alt = Message(
        "Grid of days and hours; the most in one cell are {n}, on {day} from {hour} h.",
        {"n": worst[0], "day": days[worst[1]], "hour": [*columns][worst[2]]},
    )
    data = {
        "rows": tuple(days),
        "columns": tuple(int(one) for one in columns),
        "cells": cells,
        "row_kind": "weekday",
        "across": Message("Hour of the day"),
    }
    return Answer(
        title=title,
        finding=_finding(question, known),
        figure=Figure("heat", title, alt, data, table),
        method=(
            Message(
                "Each cell is a count of the hours that the data tell. Shares are of those whose "
                "day and hour are known; their 95 % limits are exact (Clopper and Pearson 1934)."
            ),
            rankings.CLUSTERED,
            Message(
                "An hour of more crashes need not be more dangerous: more traffic may run in it."
            ),
        ),
        notes=(*counts.notes, *_unknown(counts.total - known)),
        warnings=counts.warnings,
    )


def _counts(question: Question) -> CrossTable:
    return tables.cross(question.data, "weekday", "hour", unit=question.unit, whole=question.whole)


def _cells(counts: CrossTable) -> tuple[tuple[tuple[int, ...], ...], int]:
    """Return the known cells, and how many are in them."""
    columns = [j for j, key in enumerate(counts.columns) if key]
    cells = tuple(
        tuple(row[j] for j in columns)
        for key, row in zip(counts.rows, counts.cells, strict=True)
        if key
    )
    return cells, sum(map(sum, cells))


def _finding(question: Question, known: int) -> Message:
    night = _at_night(question)
    low, high = night.limits()
    # People of few crashes do not tell how much crashes differ, and so no limits.
    if known < FEW or math.isnan(low):
        return Message("Of {n} too few to say when they happen.", {"n": known})
    return Message(
        "{share} % lie between 22 and 6 h (95 % limits {low} to {high} %), which is a third of the "
        "day; traffic by hour is not known here.",
        {"share": _percent(night.value), "low": _percent(low), "high": _percent(high)},
    )


def _at_night(question: Question) -> Share:
    """Return the share at night of those whose day and hour are known."""
    hour, day = (filters.numbers(question.data, name) for name in ("hour", "weekday"))
    known = np.isfinite(hour) & np.isfinite(day)
    return traits.share_of_crashes(
        question.data, question.unit, np.isin(hour, bands.known()[bands.PARTS].night_hours), known
    )


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _unknown(n: int) -> tuple[Message, ...]:
    if not n:
        return ()
    return (
        counted(
            "Of one the day or the hour is not known; it is not in the grid.",
            "Of {n} the day or the hour is not known; they are not in the grid.",
            n,
        ),
    )


ANALYSIS = Analysis(
    name="hours",
    title="Day of the week and hour",
    summary="When in the week it happens, as a grid.",
    theme="when",
    order=40,
    answer=answer,
    lacks=lacks,
    rests_on=HOURS | {"weekday"},
    public=always,
)
