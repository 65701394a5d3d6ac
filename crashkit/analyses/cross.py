"""Any two fields against each other: counts, shares or rates, and whether they go together."""

from __future__ import annotations

from typing import Any

from crashkit import charts, crosstabs, exposure, filters, tables
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, chosen
from crashkit.blocks import TOTAL, Column, Figure, Table
from crashkit.crosstabs import Crossed
from crashkit.errors import Message

USUAL = ("year", "severity", "injury", "unit_type", "weekday", "month", "hour")
"""What rows and columns are where nothing is chosen, the first two that the data have."""


def _fields(question: Question) -> Options:
    offered: Options = question.whole.once(
        f"fields of {question.unit}",
        lambda whole: tables.fields_offered(whole, unit=question.unit),
    )
    return offered


def _rows(question: Question) -> Options:
    return _first(question, 0)


def _columns(question: Question) -> Options:
    return _first(question, 1)


def _first(question: Question, place: int) -> Options:
    """Return the fields, the usual one for rows (0) or columns (1) first."""
    offered = dict(_fields(question))
    known = [name for name in (*USUAL, *offered) if name in offered]
    usual = list(dict.fromkeys(known))[place : place + 1]
    return tuple((name, offered[name]) for name in dict.fromkeys([*usual, *offered]))


def _shown(question: Question) -> Options:
    return tuple(crosstabs.SHOWN.items())


def _quantities(question: Question) -> Options:
    told = {one.quantity for one in question.exposure}
    return tuple((name, label) for name, label in exposure.QUANTITIES.items() if name in told)


ROWS = Choice("rows", Message("By, in rows"), _rows)
COLUMNS = Choice("columns", Message("And by, in columns"), _columns)
SHOW = Choice("show", Message("Cells show"), _shown)
KIND = Choice("kind", Message("Rate by"), _quantities)


def lacks(question: Question) -> Message | None:
    """Say whether there are two fields to cross."""
    if len(_fields(question)) > 1:
        return None
    return Message("The data do not tell two fields of what is counted.")


def answer(question: Question) -> Answer:
    """Return the table as its chart, with the finding and how it was tested."""
    crossed = _crossed(question)
    title = crosstabs.title(crossed)
    return Answer(
        title=title,
        finding=crossed.finding,
        figure=_figure(crossed, title),
        method=METHOD,
        # No cell of this table or chart bears a mark: the page of cross-tables has them.
        notes=tuple(one for one in crossed.notes if one != crosstabs.MARKED),
        warnings=crossed.table.warnings,
    )


METHOD = (
    Message(
        "Enough is expected for the chi-square test where a table of two by two expects 5 in each "
        "cell, and a larger one 1 in each and 5 in four of five (Cochran 1954). Otherwise the test "
        "is exact. People and vehicles come in crashes: their test takes the spread between "
        "crashes (Rao and Scott 1984)."
    ),
    Message(
        "A cell that expects fewer than 5 is never marked. The limits of the finding allow for the "
        "choice of the cell. That two fields go together does not say that one causes the other."
    ),
    Message(
        "Each table is tested by itself: of twenty tables in which nothing goes together, about "
        "one is called connected by chance."
    ),
)


def _crossed(question: Question) -> Crossed:
    rows, columns, show = (chosen(one, question) for one in (ROWS, COLUMNS, SHOW))
    if show == crosstabs.RATES and question.exposure:
        return exposure.rates(
            question.data,
            rows,
            columns,
            question.exposure,
            quantity=chosen(KIND, question),
            unit=question.unit,
            whole=question.whole,
        )
    return crosstabs.cross(
        question.data, rows, columns, unit=question.unit, show=show, whole=question.whole
    )


def _figure(crossed: Crossed, title: Message) -> Figure:
    table = crossed.table
    alt = Message("{title}. Of {n} in all.", {"title": title, "n": table.total})
    if crossed.show == crosstabs.COUNTS and charts.suited(table) == "heat":
        return Figure("heat", title, alt, _grid(crossed), _table(crossed, title))
    return Figure("bars", title, alt, _bars(crossed), _table(crossed, title))


def _grid(crossed: Crossed) -> dict[str, Any]:
    """Return the known cells as a grid; what is unknown is in the table."""
    table = crossed.table
    rows = [i for i, key in enumerate(table.rows) if key]
    columns = [j for j, key in enumerate(table.columns) if key]
    return {
        "rows": tuple(table.row_labels[i] for i in rows),
        "columns": tuple(table.column_labels[j] for j in columns),
        "cells": tuple(tuple(table.cells[i][j] for j in columns) for i in rows),
        "row_kind": table.row_field,
        "across": filters.label(table.column_field),
    }


def _bars(crossed: Crossed) -> dict[str, Any]:
    """Return a bar for each row; per cent of columns and rates stand side by side."""
    table = crossed.table
    values = crossed.figures or table.cells
    return {
        "categories": table.row_labels,
        "series": tuple(
            {"key": key, "label": label, "values": tuple(row[j] or 0 for row in values)}
            for j, (key, label) in enumerate(zip(table.columns, table.column_labels, strict=True))
        ),
        "field": table.column_field,
        "unit": tables.UNIT_LABELS[table.unit] if not crossed.figures else crossed.shown,
        "beside": crossed.show in (crosstabs.COLUMNS, crosstabs.RATES),
        "digits": 1 if crossed.figures else 0,
    }


def _table(crossed: Crossed, title: Message) -> Table:
    """Return what the cells show; beside per cent and rates the counts of the rows."""
    table = crossed.table
    digits = 2 if crossed.show == crosstabs.RATES else 1
    kind = ("float", digits) if crossed.figures else ("int", 0)
    sums = tables.row_totals(table)
    body = tuple(
        (label, *row, total)
        for label, row, total in zip(
            table.row_labels, crossed.figures or table.cells, sums, strict=True
        )
    )
    columns = (
        Column(filters.label(table.row_field)),
        *(Column(label, *kind) for label in table.column_labels),
        Column(
            tables.UNIT_LABELS[table.unit] if crossed.figures else TOTAL,
            "int",
            of_all=not crossed.figures,
        ),
    )
    if crossed.figures:
        return Table(title, columns, body)
    last = (TOTAL, *tables.column_totals(table), table.total)
    return Table(title, columns, (*body, last), total_row=True)


ANALYSIS = Analysis(
    name="cross",
    title="Cross-table",
    summary="Any two fields against each other, and whether they go together.",
    theme="compare",
    order=90,
    answer=answer,
    choices=(ROWS, COLUMNS, SHOW, KIND),
    lacks=lacks,
    by_years=lambda question: chosen(SHOW, question) == crosstabs.RATES,
    public=lambda question: chosen(SHOW, question) == crosstabs.COUNTS,
)
