"""Reports for the public: no table, sentence or figure tells a small count, nor several at once."""

import importlib.util
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import attacked
import numpy as np
import openpyxl
import pytest
from invented import facts, layers, sample, tiny
from made_crashes import made
from made_documents import pdf_text
from scipy.optimize import linprog

from crashkit import analysis, api, disclosure, publishing, report
from crashkit.blocks import (
    TOTAL,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Note,
    Pairs,
    Paragraph,
    Points,
    Table,
)
from crashkit.errors import Message, NoCount, ReportError, counted
from crashkit.overlaps import Same
from crashkit.publishing import HIDDEN
from crashkit.render import words
from crashkit.text import Speaker

ATTACK = Path(__file__).resolve().parents[3] / "shared" / "checks" / "check_suppression.py"
YEARS = ("2020", "2021", "2022")
SEVERITIES = ("Fatal", "Serious", "Slight")


def table(rows, heads, title="Counts"):
    """Return a table of counts with its totals."""
    body = [(name, *row, sum(row)) for name, row in rows.items()]
    sums = [sum(column) for column in zip(*(row[1:] for row in body), strict=True)]
    columns = [Column(Message(title)), *(Column(Message(one), "int") for one in heads)]
    columns.append(Column(TOTAL, "int", of_all=True))
    lines = (*body, (TOTAL, *sums))
    return Table(Message(title), tuple(columns), lines, total_row=True)


def by_year(*rows):
    return table(dict(zip(YEARS, rows, strict=True)), SEVERITIES)


def shown(published):
    """Return what stands in the tables, None for a hidden number."""
    found = [one.table if isinstance(one, Figure) else one for one in published.blocks]
    return [
        [[None if cell == HIDDEN else cell for cell in row[1:]] for row in one.rows]
        for one in found
        if isinstance(one, Table)
    ]


def attack():
    if not ATTACK.exists():
        pytest.skip("the attack on hidden cells is not here: shared/checks/check_suppression.py")
    spec = importlib.util.spec_from_file_location("check_suppression", ATTACK)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded.attack


def texts(published):
    said = []
    for one in published.blocks:
        said += map(str, getattr(one, "sentences", getattr(one, "items", ())))
        said += [str(one.text)] if isinstance(one, Note) else []
    return " ".join(said)


# ------------------------------------------------------------------------ tables


def test_a_small_count_is_hidden_with_what_gives_it_away():
    found = publishing.publish([by_year((2, 20, 40), (9, 30, 50), (12, 25, 61))], 5)
    (told,) = shown(found)
    assert told[0][0] is None
    assert sum(cell is None for row in told for cell in row) == found.hidden >= 4
    assert f"{HIDDEN}: fewer than 5" in texts(found)


def test_a_table_without_small_counts_stays_as_it_is():
    before = by_year((7, 20, 40), (9, 30, 50), (12, 25, 61))
    found = publishing.publish([before], 5)
    assert found.blocks == (before,)
    assert found.hidden == 0


def test_a_number_that_two_tables_show_is_hidden_in_both():
    roads = {"M1": (3, 45, 90), "A2": (20, 30, 61)}
    years = by_year((8, 20, 40), (9, 30, 50), (6, 25, 61))
    found = publishing.publish([years, table(roads, SEVERITIES)], 5)
    first, second = shown(found)
    # The totals of severity stand below both tables.
    assert first[-1] == second[-1]


def test_what_two_tables_tell_together_is_hidden():
    """Two tables that pass alone, and of which the one tells what the other hides."""
    rows = {"M1": (2, 6), "A2": (6, 7)}
    one = table(rows, ("Day", "Night"))
    # The same cells with their places changed: rows as columns.
    turned = dict(zip(("Day", "Night"), zip(*rows.values(), strict=True), strict=True))
    found = publishing.publish([one, table(turned, tuple(rows))], 5)
    first, second = shown(found)
    assert [[*column] for column in zip(*first, strict=True)] == second


def test_numbers_of_a_sentence_that_count_nothing_are_told_beside_hidden_ones():
    rule = Message("Fewer than {few}; {n} days.", {"few": NoCount(10), "n": NoCount(2)})
    count = Message("There were {n} of {few}.", {"few": NoCount(10), "n": 2})
    hiding = by_year((2, 20, 40), (9, 30, 50), (12, 25, 61))
    found = publishing.publish([hiding, Paragraph((rule, count))], 5)
    assert str(rule) in texts(found)
    assert str(count) not in texts(found)


@pytest.mark.parametrize("seed", range(6))
def test_no_attack_on_one_table_or_on_all_of_them_finds_a_hidden_number(seed):
    rng = np.random.default_rng(seed)
    cube = rng.poisson(rng.choice([1.5, 4, 9]), (3, 4, 3))
    roads = ("M1", "A2", "A3", "A4")
    laid = [
        table(dict(zip(YEARS, cube.sum(axis=1).tolist(), strict=True)), SEVERITIES),
        table(dict(zip(roads, cube.sum(axis=0).tolist(), strict=True)), SEVERITIES),
        table(dict(zip(YEARS, cube.sum(axis=2).tolist(), strict=True)), roads),
    ]
    told = shown(publishing.publish(laid, 5))
    for one in told:
        if any(cell is not None for row in one for cell in row):
            assert attack()(one) == []
    assert _worked_out(told) == []


def _worked_out(told):
    """Attack three tables of one cube by what lies in the cube; return what can be told closer."""
    axes = [(0, 2), (1, 2), (0, 1)]
    size = (3, 4, 3)
    cells = np.arange(36).reshape(size)
    seen, sums, hidden = [], [], []
    for one, kept in zip(told, axes, strict=True):
        for i, row in enumerate(one):
            for j, n in enumerate(row):
                at = [slice(None)] * 3
                for axis, place in zip(kept, (i, j), strict=True):
                    at[axis] = place if place < size[axis] else slice(None)
                line = np.zeros(36)
                line[cells[tuple(at)].ravel()] = 1
                if n is None:
                    hidden.append(line)
                else:
                    seen.append(line)
                    sums.append(n)
    wrong = []
    for line in hidden if seen else ():
        low = linprog(line, A_eq=np.array(seen), b_eq=sums)
        high = linprog(-line, A_eq=np.array(seen), b_eq=sums)
        if high.status == 0 and -high.fun - low.fun < 5 - 1e-6:
            wrong.append((low.fun, -high.fun))
    return wrong


def test_shares_go_where_anything_is_hidden():
    columns = (Column(Message("Type")), Column(Message("Crashes"), "int"))
    columns += (Column(Message("Share"), "percent"),)
    rows = (("a", 40, 0.8), ("b", 8, 0.16), ("c", 2, 0.04))
    found = publishing.publish([Table(Message("Crashes"), columns, rows)], 5)
    (left, _) = found.blocks
    assert [str(one.title) for one in left.columns] == ["Type", "Crashes"]
    assert left.rows == (("a", 40), ("b", HIDDEN), ("c", HIDDEN))


def test_shares_alone_and_days_of_crashes_are_left_out():
    rates = Table(Message("Rates"), (Column(Message("a")), Column(Message("b"), "float")), ())
    days = (Column(Message("Day"), "date"), Column(Message("Crashes"), "int"))
    listed = Table(Message("Crashes"), days, ((date(2024, 3, 14), 9),))
    assert publishing.publish([rates, listed], 5).blocks == ()


def test_two_rows_of_one_name_are_two():
    rows = (("Mira street", 3), ("Mira street", 3), ("Navoi street", 30))
    columns = (Column(Message("Road")), Column(Message("Crashes"), "int"))
    (told,) = shown(publishing.publish([Table(Message("Crashes"), columns, rows)], 5))
    assert told[0] == told[1] == [None]


def test_an_area_that_is_called_as_a_total_is_an_area():
    areas = {"Total": (60, 20, 30), "All others": (3, 20, 30), "North": (7, 25, 30)}
    first = table(areas, SEVERITIES)
    found = publishing.publish([first, table(areas, SEVERITIES)], 5)
    one, other = shown(found)
    assert one == other
    assert one[0][-1] == 110
    assert one[1][0] is None


@pytest.mark.parametrize("threshold", [2, 12])
def test_another_threshold_is_refused(threshold):
    with pytest.raises(ValueError, match="3 to 11"):
        publishing.publish([by_year((1, 2, 3), (4, 5, 6), (7, 8, 9))], threshold)


# ------------------------------------------------------------ tables that overlap

PROVINCES = {"North": (30, 40, 50), "South": (20, 30, 40)}
DISTRICTS = {"a": (2, 20, 25), "b": (28, 20, 25), "c": (6, 15, 20), "d": (14, 15, 20)}
LIES = (Same(("North",), ("a", "b")), Same(("South",), ("c", "d")))


def overlapping(published, whole, parts):
    """Attack two tables, of wholes and of parts; return the hidden numbers told too closely.

    `whole` names the parts of each row of the first, in the order of the rows of the second.
    """
    cells = np.arange(4 * parts).reshape(parts, 4)[:, :3]
    seen, sums, hidden = [], [], []
    first, second = shown(published)
    rows = [*((one, of) for one, of in zip(first, whole, strict=False))]
    rows += [(one, [i]) for i, one in enumerate(second[:-1])] + [(second[-1], [*range(parts)])]
    for numbers, of in rows:
        for j, n in enumerate(numbers):
            line = np.zeros(4 * parts)
            line[cells[of][:, [j] if j < 3 else [0, 1, 2]].ravel()] = 1
            (hidden if n is None else seen).append(line)
            sums += [] if n is None else [n]
    return attacked.closely(np.array(seen), sums, hidden, 5)


def test_districts_do_not_tell_what_their_provinces_hide_nor_the_other_way_round():
    """One district alone of a province is hidden: the province less the others would tell it."""
    tables = [table(PROVINCES, SEVERITIES), table(DISTRICTS, SEVERITIES)]
    whole = ([0, 1], [2, 3], [0, 1, 2, 3])
    assert overlapping(publishing.publish(tables, 5), whole, 4) != []
    assert overlapping(publishing.publish(tables, 5, areas=LIES), whole, 4) == []


def test_bands_do_not_tell_what_narrower_bands_hide():
    fine = {"0–5": (3, 20, 30), "6–9": (15, 20, 30), "10–14": (6, 22, 31), "15+": (9, 30, 40)}
    wide = {"0–9": (18, 40, 60), "10–14": (6, 22, 31), "15+": (9, 30, 40)}
    found = publishing.publish([table(wide, SEVERITIES), table(fine, SEVERITIES)], 5)
    assert overlapping(found, ([0, 1], [2], [3], [0, 1, 2, 3]), 4) == []
    (told, _) = shown(found)
    assert None in shown(found)[1][0]
    assert told[0][-1] == 118


def test_killed_and_seriously_injured_together_do_not_tell_either():
    years = {"2020": (3, 20, 15), "2021": (19, 30, 50), "2022": (12, 25, 61)}
    together = {year: (row[0] + row[1],) for year, row in years.items()}
    columns = (Column(Message("Year")), Column(Message("Killed or seriously injured"), "int"))
    rows = tuple((year, *n) for year, n in together.items())
    both = Table(Message("Killed or seriously injured"), columns, rows)
    told = shown(publishing.publish([table(years, SEVERITIES), both], 5))
    assert told[0][0][0] is None
    assert told[0][0][1] is None or told[1][0][0] is None


def test_an_area_that_does_not_tell_its_own_leaves_no_other_alone():
    columns = (Column(Message("Area")), Column(Message("Killed"), "int"))
    areas = Table(Message("By area"), columns, (("S", 60), ("N", 2), ("W", 9), ("E", None)))
    total = Table(Message("Totals"), columns, (("Killed", 71),))
    found, *_ = publishing.publish([areas, total], 5).blocks
    assert [row[1] for row in found.rows].count(HIDDEN) == 2


def test_a_few_that_are_not_known_are_not_told_by_two_totals():
    """57 of 60 tell their light: three do not, though no table has a line of them."""
    light = (Column(Message("Light")), Column(Message("Crashes"), "int"))
    known = Table(Message("By light"), light, (("day", 40), ("dark", 17)))
    sums = KeyFigures((KeyFigure(publishing.CRASHES, 60), KeyFigure(publishing.VEHICLES, 58)))
    figures, told, *_ = publishing.publish([sums, known], 5).blocks
    assert HIDDEN in [figures.figures[0].value, *(row[1] for row in told.rows)]
    assert figures.figures[1].value == 58
    many = replace(known, rows=(("day", 35), ("dark", 17)))
    assert publishing.publish([sums, many], 5).hidden == 0


def test_places_that_lie_in_others_are_read_from_the_data():
    names = [("North", "a"), ("North", "b"), ("South", "c"), ("South", "d"), ("North", "d")]
    rows = [{"admin1": one, "admin2": other} for one, other in names]
    assert publishing.areas_within(made(rows)) == (
        Same(("North",), ("a", "b")),
        Same(("South",), ("c",)),
    )


# --------------------------------------------------------------- sentences


def test_a_limit_that_a_hidden_number_happens_to_be_is_not_told():
    said = Paragraph((Message("{n} are without a known value.", {"n": 5}),))
    hiding = by_year((2, 20, 40), (5, 30, 50), (12, 25, 61))
    found = publishing.publish([hiding, said], 5)
    assert shown(found)[0][1][0] is None
    assert "without" not in texts(found)


def test_a_share_stands_nowhere_but_beside_its_counts():
    said = Paragraph((Message("{percent} % by night.", {"percent": 15.9}),))
    assert "15.9" not in texts(publishing.publish([Heading(Message("Night")), said], 5))
    beside = by_year((7, 20, 40), (9, 30, 50), (12, 25, 61))
    assert "15.9" in texts(publishing.publish([said, beside], 5))


def test_what_is_made_of_a_hidden_figure_is_not_told_beside_it():
    unit = Message("people, as counted; about {n} within 30 days", {"n": 5})
    figures = (KeyFigure(Message("Killed"), 4, unit), KeyFigure(publishing.CRASHES, 60))
    (told, _) = publishing.publish([KeyFigures(figures)], 5).blocks
    assert told.figures[0] == KeyFigure(Message("Killed"), HIDDEN)


def test_how_a_table_was_made_tells_nothing_that_it_hides():
    method = (Message("Divided by {factor}.", {"factor": 1.17}), Message("Each is counted once."))
    hiding = by_year((2, 20, 40), (9, 30, 50), (12, 25, 61))
    figure = Figure("series", Message("b"), Message("a"), {}, hiding)
    found = analysis.Answer(Message("t"), Message("f"), figure, method)
    told = analysis.published(found, 5, made([{}]).period)
    assert [str(one) for one in told.method] == ["Each is counted once."]


def test_the_foot_of_a_report_tells_no_total_that_is_hidden():
    made_ = report.assemble("area_one_pager", replace(facts(tiny()), public=5))
    public = replace(made_.stamp.public, secret=frozenset({3000}))
    stamp = replace(made_.stamp, used=3000, of=3001, public=public)
    foot = dict(words.speak(replace(made_, stamp=stamp), Speaker("en")).stamp)
    assert foot["Crashes used"] == f"{HIDDEN} of 3,001"


def test_sentences_of_small_numbers_are_left_out():
    said = (
        counted("One crash.", "{n} crashes.", 1),
        Message("In {n} crashes.", {"n": 3}),
        Message("{text}", {"text": Message("Of {n} crashes.", {"n": 4})}),
        Message("On {day}.", {"day": date(2024, 3, 14)}),
        Message("From {day} on.", {"day": date(2024, 3, 1)}),
        Message("In {year} {n}.", {"year": "2024", "n": 17}),
    )
    found = publishing.publish([Points(said)], 5)
    assert texts(found) == "From 2024-03-01 on. In 2024 17."
    assert found.left_out == 4


def test_beside_hidden_numbers_only_those_are_told_that_can_be_seen():
    finding = Message("{n} of {all}: {percent} %", {"n": 40, "all": 171, "percent": 23.4})
    plain = Message("The most were in {year}: {n}.", {"year": "2022", "n": 61})
    blocks = [Heading(Message("Years")), Paragraph((finding, plain))]
    found = publishing.publish([*blocks, by_year((2, 20, 40), (9, 30, 50), (12, 25, 61))], 5)
    assert "23.4" not in texts(found)
    assert "The most were in 2022: 61." in texts(found)
    assert str(publishing.MORE) in texts(found)


def test_large_figures_and_pairs_that_are_small_are_hidden():
    killed = KeyFigure(Message("Killed"), 3, Message("people"))
    crashes = KeyFigure(Message("Crashes"), 249, Message("of {of}", {"of": 251}))
    pairs = Pairs(((Message("Sites"), 4), (Message("Rule"), "A")))
    found = publishing.publish([KeyFigures((killed, crashes)), pairs], 5)
    figures, told, _ = found.blocks
    assert [one.value for one in figures.figures] == [HIDDEN, 249]
    assert told.items == ((Message("Sites"), HIDDEN), (Message("Rule"), "A"))


# ----------------------------------------------------------------- figures


def test_a_grid_is_drawn_from_the_protected_numbers():
    cells = ((2, 20), (30, 41))
    columns = tuple(Column(Message(one), kind) for one, kind in (("D", "text"), *DAYS))
    rows = (("Monday", *cells[0]), ("Tuesday", *cells[1]))
    data = {"rows": ("Monday", "Tuesday"), "columns": (0, 1), "cells": cells}
    grid = Figure("heat", Message("g"), Message("a"), data, Table(Message("t"), columns, rows))
    (drawn, _) = publishing.publish([grid], 5).blocks
    assert np.isnan(drawn.data["cells"][0][0])
    for i, row in enumerate(drawn.table.rows):
        for told, shown_ in zip(row[1:], drawn.data["cells"][i], strict=True):
            assert np.isnan(shown_) if told == HIDDEN else shown_ == told


DAYS = (("0", "int"), ("1", "int"))


def test_bars_are_drawn_of_the_totals_where_their_parts_are_hidden():
    before = by_year((2, 20, 40), (9, 30, 50), (12, 25, 61))
    series = [
        {"key": name, "label": Message(name), "values": [row[i] for row in before.rows[:-1]]}
        for i, name in enumerate(SEVERITIES, 1)
    ]
    data = {"categories": YEARS, "series": series, "unit": Message("Crashes"), "field": "severity"}
    bars = Figure("bars", Message("b"), Message("a"), data, before)
    (drawn, _) = publishing.publish([bars], 5).blocks
    assert [one["values"] for one in drawn.data["series"]] == [(62, 89, 98)]


def test_a_figure_without_its_numbers_is_left_out_but_for_a_map_of_cells():
    points = Figure("map", Message("m"), Message("a"), {"lon": [1.0], "lat": [2.0]})
    cells = Figure("map", Message("m"), Message("a"), {"cells": ((1.0, 2.0, 9),)})
    assert publishing.publish([points, cells], 5).blocks == (cells,)


def test_cells_of_a_map_hold_as_many_as_they_must():
    lon = np.array([70.001] * 7 + [70.1] * 4 + [70.3] * 4 + [-0.001] * 5)
    found = publishing.cells(lon, np.full(20, 41.0), 0.02, 5).cells
    assert found == ((-0.02, 41.0, 5), (70.0, 41.0, 7))


def test_what_a_map_leaves_out_cannot_be_worked_out_from_the_total():
    lon = np.array([70.001] * 7 + [70.1] * 4 + [-0.001] * 5)
    assert publishing.cells(lon, np.full(16, 41.0), 0.02, 5).cells == ((70.0, 41.0, 7),)


def test_a_heading_below_which_nothing_is_left_goes():
    heads = [Heading(Message("A")), Heading(Message("B"), 2), Points((Message("{n}", {"n": 2}),))]
    last = [Heading(Message("C")), Points((Message("c"),))]
    found = publishing.publish([*heads, *last], 5)
    assert [str(one.text) for one in found.blocks if isinstance(one, Heading)] == ["C"]


# ----------------------------------------------------------------- reports


@pytest.mark.slow
def test_the_one_pager_for_the_public_tells_no_small_count():
    made = report.assemble("area_one_pager", replace(facts(sample()), public=5))
    tables = [one.table if isinstance(one, Figure) else one for one in made.blocks]
    for one in (one for one in tables if isinstance(one, Table)):
        counts = [j for j, column in enumerate(one.columns) if column.kind == "int"]
        assert not any(row[j] in range(1, 5) for row in one.rows for j in counts)
    assert made.stamp.public.hidden > 0
    maps = [one for one in made.blocks if isinstance(one, Figure) and one.kind == "map"]
    assert [sorted(one.data) for one in maps] == [["box", "cells", "layers", "size"]]
    assert min(n for *_, n in maps[0].data["cells"]) >= 5


def test_four_crashes_tell_nothing_but_that_they_are_few():
    made = report.assemble("area_one_pager", replace(facts(tiny()), public=5))
    tables = [one.table if isinstance(one, Figure) else one for one in made.blocks]
    for one in tables:
        if isinstance(one, Table):
            counts = [j for j, column in enumerate(one.columns) if column.kind == "int"]
            assert {row[j] for row in one.rows for j in counts} <= {HIDDEN, 0}
        if isinstance(one, KeyFigures):
            assert {figure.value for figure in one.figures} <= {HIDDEN, 0, None}


def test_a_report_for_the_public_has_another_fingerprint():
    told = facts(sample())
    prints = {
        report.assemble("area_one_pager", replace(told, public=n)).stamp.fingerprint
        for n in (0, 5, 7)
    }
    assert len(prints) == 3


PUBLIC_KINDS = {"annual_book", "area_one_pager", "donor_form", "monthly_bulletin", "tabulation"}
"""Kinds somebody looked at and found fit for the public; any other says that it is private."""


def test_every_kind_says_whether_it_is_for_the_public():
    kinds = report.kinds()
    assert {name for name, one in kinds.items() if not one.private} == PUBLIC_KINDS
    assert {name for name, one in kinds.items() if report.can_be_public(one)} == PUBLIC_KINDS


@pytest.mark.parametrize(
    "kind",
    [
        "annual_book",
        "area_one_pager",
        "donor_form",
        "monthly_bulletin",
        "tabulation",
    ],
)
@pytest.mark.slow
def test_every_kind_for_the_public_can_be_written(kind):
    written = api.write_report(sample(), kind=kind, layers=layers(), public=5)
    assert HIDDEN in written.content.decode()


def test_opening_a_section_or_an_analysis_to_the_public_is_a_decision():
    sections = {name for name, one in report.sections().items() if one.public}
    assert sections == {
        *("bulletin_areas", "bulletin_findings", "bulletin_late", "bulletin_path"),
        "bulletin_road_users",
        *("bulletin_totals", "caveats", "conditions", "crash_map", "crash_type"),
        *(
            "deaths_by_year",
            "findings",
            "form_table",
            "key_figures",
            "most_crashes",
            "tabulated_casualties",
        ),
        *("tabulated_crashes", "tabulated_pairs", "tabulated_vehicles", "trend", "weekday_hour"),
    }
    known = analysis.analyses()
    assert {name for name, one in known.items() if one.public is not analysis.never} == {
        *("ages", "crash_types", "cross", "hours", "road_users", "severity"),
        *("trend_months", "trend_years"),
    }


def test_what_cannot_be_public_says_which_reports_can():
    told = replace(facts(sample()), public=5)
    refused = r"cannot be made for the public: It lists single crashes\..*area_one_pager"
    with pytest.raises(ReportError, match=refused):
        report.assemble("crash_directory", told)


def test_what_is_not_said_to_be_public_is_left_out():
    told = {name for name, one in report.sections().items() if one.public}
    assert {"key_figures", "trend", "crash_map"} <= told
    assert not {"crash_rows", "answer_list", "site_table", "reporting_units"} & told
    assert disclosure.THRESHOLD == 5


# ------------------------------------------------------------------ differences


def test_the_public_is_shown_whole_years_and_places_of_a_name():
    assert publishing.refused_filter({"year", "admin1", "road"}, 40, 5) is None
    refused = publishing.refused_filter({"year", "severity", "person.age"}, 40, 5)
    assert "not by person.age, severity" in str(refused)
    for written in ("severity=fatal", "from=2019-02-03", "near=41,70,500", "any=light=day"):
        with pytest.raises(ReportError, match="differ by few crashes"):
            api.write_report(
                sample(), kind="area_one_pager", public=5, chosen=api.parse_filter(written)
            )


@pytest.mark.parametrize(("left_out", "is_open"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_filter_that_leaves_out_a_few_crashes_is_refused(left_out, is_open):
    """Set against a report of all, it would tell the few."""
    assert (publishing.refused_filter({"year"}, left_out, 5) is None) is is_open


def test_a_table_for_the_public_takes_no_fine_filter():
    data = sample()
    chosen = api.parse_filter("severity=fatal")
    question = api.question(api.cut(data, chosen), whole=data, passed=chosen)
    with pytest.raises(ReportError, match="not by severity"):
        api.analyse_for_public("hours", question)


# ------------------------------------------------------------------ attacks on reports

FORMS = ("aprso", "carec_target", "sdg_361")
ATTACKED = [
    ("area_one_pager", {}),
    ("monthly_bulletin", {"month": "2024-07"}),
    *(("donor_form", {"form": one}) for one in FORMS),
    ("tabulation", {}),
    ("annual_book", {}),
]


@pytest.fixture
def pressed(monkeypatch):
    """Keep what goes to the press and what comes from it."""
    return attacked.pressed(monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "options"), ATTACKED, ids=str)
def test_no_attack_on_a_public_report_tells_a_hidden_number(kind, options, pressed):
    written = api.write_report(
        sample(), kind=kind, layers=layers(), public=5, options=options, format="json"
    )
    ((before, after),) = pressed
    hidden = [place for place, seen in attacked.shown(before, after).items() if seen is None]
    assert hidden
    assert attacked.told_closely(before, after, 5) == []
    for one in attacked.tables_of(after):
        if one.total_row and one.columns[-1].title == TOTAL:
            counts = [[None if n == HIDDEN else n for n in row[1:]] for row in one.rows]
            assert attack()(counts) == [], str(one.caption)
    told = json.loads(written.content)
    assert not [*small_counts(told)]


def small_counts(told):
    """Yield the counts of 1 to 4 in the twin of a report."""
    for part in told["parts"]:
        for block in part["blocks"]:
            table = block.get("table") or block
            for row in table.get("rows", ()):
                for cell, column in zip(row, table["columns"], strict=True):
                    is_count = column["kind"] in ("int", "number") and isinstance(cell, int)
                    if is_count and cell in (1, 2, 3, 4):
                        yield table["caption"], row
            for one in block.get("figures", ()):
                if one["kind"] == "int" and one["value"] in (1, 2, 3, 4):
                    yield one


LOOKED_THROUGH = {
    "{n} people were killed in the last twelve months": "limits, and deaths of a year: is_open",
    "Map of {cells} cells": "the most in one cell, which are many enough",
    "Crashes by cells of": "the least that a cell holds",
    "Those of one crash are no independent witnesses": "effective numbers, of spread and size",
    "Chi-square test": "degrees of freedom and draws",
    "{start}–{end} h": "hours",
    "{sign}: fewer than {n}": "the threshold",
}
"""Sentences with numbers that no table shows, and why they tell none that is hidden."""


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "options"), ATTACKED, ids=str)
def test_every_number_in_words_is_one_that_the_tables_show(kind, options, pressed):
    """Sentences, titles, captions and texts for the blind add no equation to those of the tables.

    So the attack on the tables is one on the words as well.
    """
    api.write_report(sample(), kind=kind, layers=layers(), public=5, options=options, format="json")
    ((before, after),) = pressed
    assert None in attacked.shown(before, after).values()
    assert [*attacked.told_in_words(after)]
    assert _only_in_words(after) == {}


def _only_in_words(blocks):
    seen = attacked.seen_numbers(blocks)
    told = attacked.told_in_words(blocks)
    return {n: said for n, said in told if n not in seen and not _looked_through(said)}


def _looked_through(said):
    return any(said.text.startswith(one) for one in LOOKED_THROUGH)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "options"), ATTACKED[:3], ids=str)
def test_no_file_of_a_public_report_says_a_number_that_its_twin_does_not(kind, options):
    """But ticks of axes, and numbers of pages, of headings and of tables."""
    files = {
        format: api.write_report(
            sample(), kind=kind, layers=layers(), public=5, options=options, format=format
        ).content
        for format in ("json", "pdf", "docx")
    }
    twin = attacked.whole_numbers(files["json"].decode())
    paper = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    spoken = re.findall(r'<w:t[^>]*>([^<]*)</w:t>|descr="([^"]*)"', paper)
    texts = {
        "pdf": pdf_text(files["pdf"]),
        "docx": " ".join(one for pair in spoken for one in pair),
    }
    for format, text in texts.items():
        said = attacked.whole_numbers(text)
        assert len(said & twin) > 20, format
        assert {n for n in said - twin if n > 40 and n % 50} == set(), format


@pytest.mark.slow
def test_a_chart_of_excel_keeps_no_number_that_its_sheets_hide():
    kind, options = ATTACKED[0]
    content = api.write_report(
        sample(), kind=kind, public=5, options=options, format="xlsx"
    ).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = {cell.value for sheet in book for row in sheet for cell in row}
    packed = zipfile.ZipFile(io.BytesIO(content))
    charts = [name for name in packed.namelist() if name.startswith("xl/charts/chart")]
    kept = [
        float(one)
        for name in charts
        for cache in re.findall(r"<c:numCache>.*?</c:numCache>", packed.read(name).decode())
        for one in re.findall(r"<c:v>([^<]*)</c:v>", cache)
    ]
    assert charts
    assert {n for n in kept if 0 < n < 5 and n not in cells} == set()
    assert not [name for name in packed.namelist() if "embeddings" in name]


@pytest.mark.slow
def test_who_knows_what_each_table_counts_tells_no_hidden_number(pressed):
    """Three tables of two fields and the severity are sums of the cells of one cube."""
    report.assemble("tabulation", replace(facts(sample()), public=5))
    ((before, after),) = pressed
    for across in ("light", "year", "surface_condition"):
        hidden, wrong = attacked.in_a_cube(sample(), before, after, ("crash_type", across), 5)
        assert hidden > 10
        assert wrong == []


def test_a_number_that_stands_in_words_alone_is_found():
    counts_ = by_year((7, 20, 40), (9, 30, 50), (12, 25, 61))
    told = Message("In {n} of {of}.", {"n": 33, "of": 254})
    drawn = Figure(
        "bars", Message("b"), Message("{n} most", {"n": Message("{n}", {"n": 35})}), {}, counts_
    )
    title = Heading(Message("{year}: {days} days", {"year": "2020", "days": NoCount(366)}))
    assert {*_only_in_words([title, Paragraph((told,)), drawn])} == {33, 35}


def test_the_attack_itself_finds_what_can_be_told():
    """A total stands beside the parts of which one is hidden; a cell stands in another table."""
    rows = {"2020": (2, 20, 40), "2021": (9, 30, 50)}
    before = table(rows, SEVERITIES)
    after = replace(
        before, rows=((*before.rows[0][:1], HIDDEN, *before.rows[0][2:]), *before.rows[1:])
    )
    assert [found[1:] for found in attacked.told_closely([before], [after], 5)] == [(2.0, 2.0)]
    wide = table({"2020": (7, 20, 40), "2021": (9, 30, 50)}, SEVERITIES)
    hides = [
        ("2020", HIDDEN, HIDDEN, 40, 67),
        ("2021", HIDDEN, HIDDEN, 50, 89),
        (TOTAL, 16, 50, 90, 156),
    ]
    assert attacked.told_closely([wide], [replace(wide, rows=tuple(hides))], 5) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["donor_form", "monthly_bulletin", "tabulation"])
def test_every_format_hides_the_same(kind):
    """A cell that the twin does not tell stands as the sign in the workbook, Word and the page."""
    files = {
        format: api.write_report(sample(), kind=kind, public=5, format=format).content
        for format in ("json", "html", "docx", "xlsx")
    }
    told = json.loads(files["json"])
    tables = [block for part in told["parts"] for block in part["blocks"]]
    tables = [one.get("table") or one for one in tables if "rows" in (one.get("table") or one)]
    signs = sum(cell == HIDDEN for one in tables for row in one["rows"] for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    stand = [cell for sheet in book for row in sheet for cell in row]
    cells = [cell.value for cell in stand if not cell.number_format.endswith("%")]
    assert cells.count(HIDDEN) >= signs > 0
    named = {row[0] for one in tables for row in one["rows"]}
    assert not [n for n in cells if n in (1, 2, 3, 4) and n not in named]
    paper = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
    page = files["html"].decode()
    assert abs(paper.count(HIDDEN) - page.count(HIDDEN)) <= 2
    assert 0 < page.count(HIDDEN) <= cells.count(HIDDEN) + 20
