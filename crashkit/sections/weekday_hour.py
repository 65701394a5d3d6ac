"""When crashes happen: a grid of the days of the week and the hours; darker is more."""

from __future__ import annotations

from crashkit import filters, tables
from crashkit.blocks import (
    Block,
    Column,
    Figure,
    Heading,
    Table,
)
from crashkit.errors import Message, counted
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether day and hour are known of at least one crash."""
    day, hour = (filters.column(facts.data, name) for name in ("weekday", "hour"))
    return day is not None and hour is not None and bool((day.notna() & hour.notna()).any())


def build(facts: Facts) -> list[Block]:
    """Return the grid with its numbers; crashes of unknown day or hour are told."""
    table = tables.cross(facts.data, "weekday", "hour")
    rows = [i for i, key in enumerate(table.rows) if key]
    columns = [j for j, key in enumerate(table.columns) if key]
    cells = tuple(tuple(table.cells[i][j] for j in columns) for i in rows)
    known = sum(map(sum, cells))
    days = tuple(table.row_labels[i] for i in rows)
    hours = tuple(int(table.columns[j]) for j in columns)
    data = {
        "rows": days,
        "columns": hours,
        "cells": cells,
        "row_kind": "weekday",
        "across": Message("Hour of the day"),
    }
    unknown = table.total - known
    caption = (
        counted(
            "Crashes by day of the week and hour; of one crash day or hour is not known",
            "Crashes by day of the week and hour; of {n} crashes day or hour is not known",
            unknown,
        )
        if unknown
        else Message("Crashes by day of the week and hour")
    )
    worst = max(((n, i, j) for i, row in enumerate(cells) for j, n in enumerate(row)))
    alt = Message(
        "Grid of days and hours; the most crashes in one cell are {n}, on {day} from {hour} h.",
        {"n": worst[0], "day": days[worst[1]], "hour": str(hours[worst[2]])},
    )
    laid = Table(
        caption,
        (
            Column(filters.label("weekday")),
            *(Column(table.column_labels[j], "int") for j in columns),
        ),
        tuple((table.row_labels[i], *row) for i, row in zip(rows, cells, strict=True)),
    )
    return [Heading(Message("When")), Figure("heat", caption, alt, data, laid)]


SECTION = Section(
    name="weekday_hour",
    title="Day of the week and hour",
    build=build,
    applies=applies,
    public=True,
)
