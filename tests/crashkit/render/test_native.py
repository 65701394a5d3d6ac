"""Charts that Excel draws: every reference points at cells that hold the numbers of the drawing."""

import io
import re
from dataclasses import replace

import openpyxl
import pytest
from made_documents import book

from crashkit import render
from crashkit.blocks import Column, Figure, Heading, Table
from crashkit.errors import Message
from crashkit.text import Speaker

NAN = float("nan")
NAMES = [Message("A"), Message("B"), Message("C")]
SHARES = ((0.5, 0.4, 0.6), (0.3, 0.2, 0.4), (0.2, 0.1, 0.3))


def table(*columns, kind="float", rows=None):
    heads = (Column(Message("Row")), *(Column(Message(one), kind, 2) for one in columns))
    return Table(Message("Made"), heads, tuple(rows))


def figure(kind, data, laid):
    return Figure(kind, Message("Made"), Message("What it shows."), data, laid)


def series(**more):
    count = {
        "key": "count", "label": Message("Crashes"), "form": "bars", "values": [5, 7, 40],
        "lower": [2, 3, 30], "upper": [9, 12, 52], "hollow": [False, False, True],
    }  # fmt: skip
    mean = {"key": "mean", "label": Message("Mean"), "form": "line", "values": [None, 6.5, 8.25]}
    band = {"label": Message("Chance"), "lower": [None, 4, 5], "upper": [None, 10, 11]}
    data = {
        "categories": NAMES, "series": [count, mean], "bands": [band], "marks": [], "ticks": None,
        "across": Message("Year"), "unit": Message("Crashes"),
    }  # fmt: skip
    rows = (("A", 5, 2, 9, None, None, None), ("B", 7, 3, 12, 6.5, 4, 10),
            ("C", 40, 30, 52, 8.25, 5, 11))  # fmt: skip
    heads = ("Crashes", "Lower", "Upper", "Mean", "From", "To")
    return figure("series", data | more, table(*heads, rows=rows))


def path():
    data = {
        "counted": [(2020, 90), (2021, 80)], "path": [(2020, 90.0), (2021, 77.777), (2022, 60.0)],
        "ahead": [(2022, 75.0)], "bands": [[(2022, 70, 80)], [(2022, 65, 85)], [(2022, 60, 90)]],
        "across": Message("Year"), "unit": Message("People killed"),
        "labels": {name: Message(name) for name in ("counted", "path", "ahead")},
    }  # fmt: skip
    rows = (
        ("2020", 90, 90, *[None] * 7), ("2021", 77.78, 80, *[None] * 7),
        ("2022", 60, None, 75, 70, 80, 65, 85, 60, 90),
    )  # fmt: skip
    rows = tuple((*row, *[None] * (10 - len(row))) for row in rows)
    return figure("path", data, table(*"abcdefghi", rows=rows))


def pyramid():
    sides = [
        {"key": "m", "label": Message("Men"), "values": [1, 20, 3]},
        {"key": "f", "label": Message("Women"), "values": [2, 10, 4]},
    ]
    data = {"bands": NAMES, "sides": sides, "across": Message("Casualties")}
    rows = (("A", 1, 2), ("B", 20, 10), ("C", 3, 4), ("Unknown", 7, 8))
    return figure("pyramid", data, table("Men", "Women", rows=rows))


def ranks():
    told = [
        {"key": "x", "label": name, "note": Message(""), "told": Message(""),
         "value": value, "lower": low, "upper": high}
        for name, (value, low, high) in zip(NAMES, SHARES, strict=True)
    ]  # fmt: skip
    data = {"rows": told, "across": Message("Share"), "field": "", "percent": True}
    rows = (*((name, *share) for name, share in zip("ABC", SHARES, strict=True)),
            ("Unknown", NAN, NAN, NAN))  # fmt: skip
    return figure("ranks", data, table("Share", "Lower", "Upper", kind="percent", rows=rows))


def ratios(upper=0.3):
    told = [
        {"label": name, "note": Message(""), "told": Message(""), "ratio": value, "lower": low,
         "upper": high, "mark": 0}
        for name, (value, low, high) in zip(NAMES, (*SHARES[:2], (0.2, 0.1, upper)), strict=True)
    ]  # fmt: skip
    data = {"rows": told, "range": (0.05, 2), "across": Message("Ratio"), "marks": ()}
    rows = [(name, *share) for name, share in zip("ABC", SHARES, strict=True)]
    return figure("ratios", data, table("Ratio", "Lower", "Upper", rows=rows))


def drawn(*blocks):
    """Return the workbook, and of every chart its series as (name, values of the cells)."""
    made = replace(book(), layout="book", blocks=(Heading(Message("Part")), *blocks))
    content = render.render(made, Speaker("en"), "xlsx")
    file = openpyxl.load_workbook(io.BytesIO(content))
    return content, [(file, chart) for page in file for chart in page._charts]


def cells(file, reference):
    name, _, area = reference.rpartition("!")
    page = file[name.strip("'")]
    return [cell.value for row in page[area.replace("$", "")] for cell in row]


def plotted(file, chart):
    """Return the numbers that each series of a chart, and of those combined with it, refers to."""
    parts = [chart, *(one for one in chart._charts if one is not chart)]
    return [cells(file, one.val.numRef.f) for part in parts for one in part.series]


KEPT = {
    "series": (series(), [[5, 7, 40], [2, 3, 30], [9, 12, 52], [None, 6.5, 8.25],
                          [None, 4, 5], [None, 10, 11]]),
    "path": (path(), [[90, 80, None], [90, 77.78, 60], [None, None, 75], [None, None, 70],
                      [None, None, 80], [None, None, 65], [None, None, 85], [None, None, 60],
                      [None, None, 90]]),
    "pyramid": (pyramid(), [[1, 20, 3], [2, 10, 4]]),
    "ranks": (ranks(), [[0.5, 0.3, 0.2]]),
    "ratios": (ratios(), [[0.5, 0.3, 0.2], [0.4, 0.2, 0.1], [0.6, 0.4, 0.3]]),
}  # fmt: skip


@pytest.mark.parametrize("kind", KEPT)
def test_a_chart_refers_to_the_cells_that_hold_the_numbers_of_the_drawing(kind):
    figure, wanted = KEPT[kind]
    _, charts = drawn(figure)
    ((file, chart),) = charts
    assert sorted(map(repr, plotted(file, chart))) == sorted(map(repr, wanted))
    names = cells(file, chart.series[0].cat.strRef.f if chart.series[0].cat.strRef else
                  chart.series[0].cat.numRef.f)  # fmt: skip
    assert names == [row[0] for row in figure.table.rows][: len(names)]
    title = "".join(run.t for p in chart.title.tx.rich.p for run in p.r or ())
    assert re.match(r"Figure 1\b.*Made", title)


@pytest.mark.parametrize(
    "figure",
    [
        series(marks=[{"key": "break", "at": 0.5, "label": Message("Recording changed")}]),
        series(bands=[{"label": Message("Lost"), "lower": [1, 1, 1], "upper": [2, 2, 2]}]),
        ratios(upper=float("inf")),
    ],
    ids=["a mark", "limits the table lacks", "a limit without end"],
)
def test_what_the_cells_do_not_hold_stays_a_picture(figure):
    content, charts = drawn(figure)
    assert charts == []
    file = openpyxl.load_workbook(io.BytesIO(content))
    assert sum(len(page._images) for page in file) == 1
