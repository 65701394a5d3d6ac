"""What a spreadsheet draws of each kind of figure: the numbers, the axes and their ends."""

import io
import re
import zipfile
from dataclasses import replace
from functools import cache

import openpyxl
import pytest
from made_documents import book

from crashkit import render
from crashkit.blocks import Column, Figure, Heading, Table
from crashkit.errors import Message
from crashkit.render import native
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
        "levels": (0.5, 0.8, 0.95), "across": Message("Year"), "unit": Message("People killed"),
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


def funnel():
    points = [
        {"label": name, "x": x, "y": y, "band": band}
        for name, x, y, band in (("North", 2000.0, 4.0, 0), ("South", 50000.0, 20.0, 2))
    ]
    limits = [
        {"level": level, "low": [0.0, 6.0 - i, 8.0 - i], "high": [30.0, 14.0 + i, 12.0 + i]}
        for i, level in enumerate((0.95, 0.998))
    ]
    data = {
        "points": points, "at": [1500.0, 9000.0, 60000.0], "common": 10.0, "limits": limits,
        "across": Message("Population"), "up": Message("Killed per 100,000"),
    }  # fmt: skip
    heads = (Column(Message("Area")), Column(Message("Population"), "int"),
             Column(Message("Killed per 100,000"), "float", 2))  # fmt: skip
    rows = (("South", 50000, 20.0), ("North", 2000, 4.0))
    return figure("funnel", data, Table(Message("Made"), heads, rows))


def strip():
    data = {
        "at_km": [0.0, 1.0, 2.0], "to_km": [1.0, 2.0, 2.5], "km": [1.0, 1.0, 0.5], "step_km": 1.0,
        "series": [{"key": "fatal", "label": Message("Fatal"), "values": [1, 0, 2]}],
        "bands": [(1.2, 1.8, "7")], "towns": [], "limit": 3.0, "aadt": [None, 900, 1000],
        "across": Message("Km post"),
    }  # fmt: skip
    return replace(figure("strip", data, None))


def profile():
    data = {
        "at_km": [0.0, 5.0], "to_km": [5.0, 10.0], "rate": [9.0, 30.0], "critical": [20.0, 25.0],
        "average": 15.0, "band": [0, 1], "bands": (), "cost": ([1.0, 2.0], [2.0, 4.0], [3.0, 9.0]),
        "across": Message("Km post"), "rate_title": Message("Rate"), "cost_title": Message("Cost"),
    }  # fmt: skip
    return figure("profile", data, None)


def stack():
    series = [
        {"key": key, "label": Message(key), "values": values}
        for key, values in (("fatal", [1, 2, 3]), ("serious", [4, 5, 6]), ("none", [7, 0, 9]))
    ]
    data = {"categories": NAMES, "series": series, "unit": Message("Crashes"), "field": "severity"}
    # The table holds only the last of the rows, as that of a one-pager may.
    rows = (("B", 2, 5, 0), ("C", 3, 6, 9))
    return figure("bars", data, table("fatal", "serious", "Unknown", rows=rows))


@cache
def frame():
    return replace(book(), layout="book")


def written(*blocks):
    made = replace(frame(), blocks=(Heading(Message("Part")), *blocks))
    return io.BytesIO(render.render(made, Speaker("en"), "xlsx"))


def parts(*blocks):
    """Return the parts of a workbook as text, by the names of their files."""
    with zipfile.ZipFile(written(*blocks)) as file:
        return {
            name.rpartition("/")[2]: file.read(name).decode("utf-8")
            for name in file.namelist()
            if name.endswith(".xml")
        }


def drawn(*blocks):
    """Return the workbook, and every chart in it."""
    file = openpyxl.load_workbook(written(*blocks))
    return file, [chart for page in file for chart in page._charts]


def cells(file, reference):
    name, _, area = reference.rpartition("!")
    found = file[name.strip("'")][area.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.value for row in rows for cell in row]


def series_of(chart):
    return [one for part in chart._charts for one in part.series]


def plotted(file, chart):
    """Return what each series of a chart refers to, by its name."""
    found = {}
    for one in series_of(chart):
        numbers = (one.val or one.yVal).numRef
        assert one.tx.v not in found
        found[one.tx.v] = cells(file, numbers.f)
        # A program that does not count the cells anew shows what is kept of them.
        kept = {point.idx: float(point.v) for point in numbers.numCache.pt}
        told = {i: n for i, n in enumerate(found[one.tx.v]) if n is not None}
        assert kept == pytest.approx(told, abs=0.01)
    return found


def drawn_names(*blocks):
    """Return the names that stand at single points."""
    return re.findall(r"<c:dLbl>.*?<a:t>(.*?)</a:t>.*?</c:dLbl>", parts(*blocks)["chart1.xml"])


def words_of(title):
    return title and "".join(run.t for p in title.tx.rich.p for run in p.r or ())


KEPT = {
    "bars": (stack, [{"fatal": [1, 2, 3], "serious": [4, 5, 6], "none": [7, 0, 9]}]),
    "series": (series, [{
        "Crashes": [5, 7, 40], "Mean": [None, 6.5, 8.25],
        "Chance: lower": [None, 4, 5], "Chance: upper": [None, 10, 11],
    }]),
    "path": (path, [{
        "counted": [90, 80, None], "path": [90, 77.78, 60], "ahead": [None, None, 75],
        "50 % limits: lower": [None, None, 70], "50 % limits: upper": [None, None, 80],
        "80 % limits: lower": [None, None, 65], "80 % limits: upper": [None, None, 85],
        "95 % limits: lower": [None, None, 60], "95 % limits: upper": [None, None, 90],
    }]),
    "pyramid": (pyramid, [{"Men": [-1, -20, -3], "Women": [2, 10, 4]}]),
    "ranks": (ranks, [{"Share": [0.5, 0.3, 0.2]}]),
    "ratios": (ratios, [{"Ratio": [0.5, 0.3, 0.2]}]),
    "funnel": (funnel, [{
        "Killed per 100,000": [20, 4], "Outside the 99.8 % limits": [20, None],
        "All together": [10, 10, 10],
        "95 % limits: lower": [0, 6, 8], "95 % limits: upper": [30, 14, 12],
        "99.8 % limits: lower": [0, 5, 7], "99.8 % limits: upper": [30, 15, 13],
    }]),
    "strip": (strip, [
        {"Fatal": [1, 0, 4], "More than chance from here": [3, 3, 3], "Sites": [None, 4.2, None]},
        {"AADT": [None, 900, 1000]},
    ]),
    "profile": (profile, [
        {"Rate": [9, None], "Rate above the critical one": [None, 30], "Critical rate": [20, 25],
         "Mean of the route": [15, 15]},
        {"Cost": [2, 4]},
    ]),
}  # fmt: skip


@pytest.fixture(scope="module")
def made():
    """Return one workbook with a figure of each kind, and its charts by kind."""
    file, charts = drawn(*(build() for build, _ in KEPT.values()))
    found, at = {}, 0
    for kind, (_, wanted) in KEPT.items():
        found[kind] = charts[at : at + len(wanted)]
        at += len(wanted)
    assert at == len(charts)
    return file, found


@pytest.mark.parametrize("kind", KEPT)
def test_a_chart_refers_to_cells_that_hold_the_numbers_of_the_drawing(made, kind):
    file, charts = made
    for chart, wanted in zip(charts[kind], KEPT[kind][1], strict=True):
        assert plotted(file, chart) == wanted
        n = [*KEPT].index(kind) + 1
        assert re.match(rf"Figure {n}\. Made", words_of(chart.title))


def test_numbers_that_the_table_holds_are_those_of_the_table(made):
    file, charts = made
    of = {kind: [(one.val or one.yVal).numRef.f for one in series_of(charts[kind][0])]
          for kind in KEPT}  # fmt: skip
    own = {kind: [("Numbers of" not in one) for one in found] for kind, found in of.items()}
    assert all(own["series"]) and all(own["path"]) and all(own["ranks"]) and all(own["ratios"])
    assert own["pyramid"] == [False, True]
    # The drawing shows more years than its table: all of them stand together.
    assert own["bars"] == [False] * 3
    assert own["funnel"][0]
    # A part of two kinds of rows: the unknown of the table is no bar of a pyramid.
    names = [one.cat.strRef.f for one in series_of(charts["pyramid"][0])]
    assert cells(file, names[0]) == ["A", "B", "C"]


def test_a_pyramid_of_rates_keeps_their_decimals():
    drawn = pyramid()
    sides = [{**one, "values": [0.42, 0.1, 0.05]} for one in drawn.data["sides"]]
    (plan,) = native._pyramid({**drawn.data, "sides": sides, "digits": 2}, Speaker("en"))
    assert {line.values.pattern for line in plan.lines} == {"#,##0.00;#,##0.00"}
    assert plan.up.step == 0.2
    assert plan.up.pattern == "#,##0.0;#,##0.0"


def test_bars_that_lie_have_their_values_along_the_foot(made):
    _, charts = made
    for kind, title, pattern in (
        ("pyramid", "Casualties", "#,##0;#,##0"), ("ranks", "Share", "0%"),
        ("ratios", "Ratio", "General"),
    ):  # fmt: skip
        (chart,) = charts[kind]
        assert chart.barDir == "bar"
        # Of a chart that lies openpyxl calls the axis of names x, as the file does.
        assert words_of(chart.x_axis.title) is None
        assert words_of(chart.y_axis.title) == title
        assert chart.y_axis.numFmt.formatCode == pattern
        assert chart.x_axis.axPos == "l"
    (pyramid,), (ranks,) = charts["pyramid"], charts["ranks"]
    assert (pyramid.y_axis.scaling.min, pyramid.y_axis.scaling.max) == (-30, 30)
    assert pyramid.overlap == 100
    assert ranks.y_axis.scaling.min == 0 and ranks.x_axis.scaling.min is None
    # The first row is the uppermost, the axis of values stays at the foot all the same.
    assert ranks.x_axis.scaling.orientation == "maxMin" and ranks.y_axis.crosses == "max"
    assert pyramid.x_axis.scaling.orientation == "minMax"


def test_standing_bars_have_their_values_up_the_side(made):
    _, charts = made
    for kind, across, up in (
        ("bars", "Row", "Crashes"), ("series", "Year", "Crashes"),
        ("path", "Year", "People killed"), ("profile", "Km post", "Rate"),
    ):  # fmt: skip
        chart = charts[kind][0]
        assert words_of(chart.x_axis.title) == across
        assert words_of(chart.y_axis.title) == up
        assert chart.y_axis.scaling.min == 0
        assert chart.y_axis.scaling.logBase is None


def test_limits_are_bars_of_error_along_the_values(made):
    file, charts = made
    for kind, low, high in (
        ("series", [3, 4, 10], [4, 5, 12]), ("ranks", [0.1] * 3, [0.1] * 3),
        ("ratios", [0.1] * 3, [0.1] * 3),
    ):  # fmt: skip
        bars = series_of(charts[kind][0])[0].errBars
        # The file names no direction for bars: it is theirs, also where they lie.
        assert bars.errDir is None
        assert cells(file, bars.minus.numRef.f) == pytest.approx(low)
        assert cells(file, bars.plus.numRef.f) == pytest.approx(high)
    cost = series_of(charts["profile"][1])[0].errBars
    assert cells(file, cost.plus.numRef.f) == [1, 5]


def test_ratios_stand_about_one_on_an_axis_by_the_logarithm(made):
    (chart,) = made[1]["ratios"]
    axis = chart.y_axis
    assert (axis.scaling.logBase, axis.scaling.min, axis.scaling.max) == (10, 0.01, 10)
    assert chart.x_axis.crossesAt == 1


def test_a_ratio_without_end_reaches_to_the_edge_of_the_axis():
    file, (chart,) = drawn(ratios(upper=float("inf")))
    assert plotted(file, chart) == {"Ratio": [0.5, 0.3, 0.2]}
    far = series_of(chart)[0].errBars.plus.numRef.f
    assert cells(file, far) == pytest.approx([0.1, 0.1, 9.8])


def test_a_change_of_recording_is_a_stroke_down_to_the_axis():
    mark = {"key": "break", "at": 0.5, "label": Message("Recording changed")}
    file, (chart,) = drawn(series(marks=[mark]))
    assert plotted(file, chart)["Recording changed"] == [None, 52, None]
    stroke = series_of(chart)[-1].errBars
    assert (stroke.errDir, stroke.errBarType, stroke.val) == ("y", "minus", 100)


def test_a_funnel_names_the_areas_outside_and_has_an_axis_of_decades(made):
    file, charts = made
    (chart,) = charts["funnel"]
    axis = chart.x_axis
    assert (axis.scaling.logBase, axis.scaling.min, axis.scaling.max) == (10, 1000, 100000)
    assert words_of(axis.title) == "Population"
    assert words_of(chart.y_axis.title) == "Killed per 100,000"
    first, outside = series_of(chart)[:2]
    assert cells(file, first.xVal.numRef.f) == [50000, 2000]
    assert outside.xVal.numRef.f == first.xVal.numRef.f
    # One that is named, and one that is not.
    assert first.dLbls is None and [one.idx for one in outside.dLbls.dLbl] == [0, 1]
    assert drawn_names(funnel()) == ["South"]
    # A colour of single points is not shown by every program.
    assert not first.dPt and not outside.dPt
    assert first.marker.spPr.solidFill != outside.marker.spPr.solidFill


def test_a_funnel_without_an_area_outside_has_no_series_of_them():
    drawn = funnel()
    points = [{**one, "band": 1} for one in drawn.data["points"]]
    (plan,) = native._funnel({**drawn.data, "points": points}, Speaker("en"))
    assert not any("Outside" in line.label for line in plan.lines)


def test_every_chart_has_words_for_who_does_not_see_it_and_fits_on_the_page():
    made = parts(pyramid(), strip())
    placed, sheet = made["drawing1.xml"], made["sheet2.xml"]
    assert placed.count('descr="What it shows."') == 3 == placed.count("<xdr:graphicFrame")
    assert 'fitToHeight="0"' in sheet and 'orientation="landscape"' in sheet


def test_what_has_no_chart_of_its_own_stays_a_picture():
    data = {"rows": NAMES, "columns": [0], "cells": [[1]] * 3, "across": Message("Hour"),
            "curves": ()}  # fmt: skip
    file, charts = drawn(figure("sun", data, table("0", rows=(("A", 1), ("B", 1), ("C", 1)))))
    assert charts == []
    assert sum(len(page._images) for page in file) == 1


def test_a_short_table_stands_on_one_printed_page():
    rows = tuple((f"{2000 + i}", i) for i in range(16))
    heads = (Column(Message("Year")), Column(Message("Crashes"), "int"))
    tables = [Table(Message("Made"), heads, rows) for _ in range(2)]
    page = openpyxl.load_workbook(written(*tables))["1 Part"]
    first, second = (one.row for (one,) in page.iter_rows(max_col=1) if one.value == "Year")
    # The title of the table is the row above its head.
    assert [one.id for one in page.row_breaks.brk] == [second - 2] and first < second - 2


def test_a_long_title_is_set_in_lines_and_does_not_run_off_the_paper():
    made = replace(frame(), title=Message("Crashes of a data set with a very long name " * 4))
    page = openpyxl.load_workbook(
        io.BytesIO(render.render(made, Speaker("en"), "xlsx"))
    ).worksheets[0]
    assert page["A1"].alignment.wrap_text and page.row_dimensions[1].height >= 48
    assert "A1:C1" in {str(one) for one in page.merged_cells.ranges}


def apart():
    heads = (Column(Message("Year")), Column(Message("Crashes"), "int"), Column(Message("Why")),
             Column(Message("Where")))  # fmt: skip
    rows = (("2024", 5, "a long reason, told in very many words " * 4, "here"), ("2025", 7, "", ""))
    return Table(Message("Made"), heads, rows)


def test_texts_beside_numbers_stand_apart_and_long_ones_are_set_in_lines():
    page = openpyxl.load_workbook(written(apart()))["1 Part"]
    (head,) = [one.row for (one,) in page.iter_rows(max_col=1) if one.value == "Year"]
    for row in (head, head + 1):
        assert [page.cell(row, i).alignment.indent for i in (1, 2, 3, 4)] == [0, 0, 1, 0]
    assert page.cell(head + 1, 3).alignment.wrap_text
    assert page.column_dimensions["C"].width < 45
    assert page.row_dimensions[head + 1].height >= 4 * 13.5
    assert page.row_dimensions[head + 2].height is None


def test_the_head_of_the_only_table_of_a_sheet_is_printed_on_every_page():
    page = openpyxl.load_workbook(written(apart()))["1 Part"]
    (head,) = [one.row for (one,) in page.iter_rows(max_col=1) if one.value == "Year"]
    assert page.print_title_rows == f"${head}:${head}"
    # The head of one table would say wrong things of the numbers of another.
    two = openpyxl.load_workbook(written(apart(), apart()))["1 Part"]
    assert not two.print_title_rows


def test_a_sheet_of_a_workbook_ends_its_pages_above_its_charts():
    file = openpyxl.load_workbook(written(series(), pyramid(), series()))
    page = file["1 Part"]
    first_rows = [chart.anchor._from.row for chart in page._charts]
    cut = [one.id for one in page.row_breaks.brk]
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert cut == first_rows[1:]
