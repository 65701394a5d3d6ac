"""One address, read five ways: map, chart, table, JSON twin and report say the same numbers.

Crashes, casualties and vehicles are counted one by one, from rows that say how many each is.
"""

import html
import io
import json
import re
from datetime import date

import kept_crashes
import openpyxl
import pytest

from crashkit import api
from crashkit.model import Period

FIGURE = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
ROW = re.compile(r'<th scope="row">(20\d\d)</th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r'<td class="num">(.*?)</td>', re.DOTALL)
WORDS = "severity=fatal,serious&light=day"
WANTED = {"crashes": 1, "casualties": 3, "vehicles": 2}
"""How many of each unit one crash is: a different number, so that a mixture shows."""


def rows():
    """Make crashes of which a filter keeps some: 5, 7, 9, 11 a year, each with 3 hurt in 2 cars."""
    return [
        {
            "crash_date": f"{2019 + i}-0{1 + j % 9}-1{j % 9}",
            "crash_time": "10:30",
            "severity": ("fatal", "serious", "slight")[0 if j == 0 else kind],
            "light": "day" if kind < 3 else "dark_none",
            "n_killed": int(j == 0),
            "n_serious": 3 - int(j == 0),
            "n_slight": 0,
            "n_vehicles": 2,
            "lon": 69.1 + j / 100,
            "lat": 41.0,
        }
        for i in range(4)
        for kind, n in ((1, 5 + 2 * i), (2, 4))
        for j in range(n)
        if not (kind == 2 and j == 0)
    ]


@pytest.fixture
def mine(store):
    period = Period(date(2019, 1, 1), date(2022, 12, 31))
    kept_crashes.keep(store, rows(), period=period)


def number(text):
    return int(re.sub(r"\D", "", html.unescape(re.sub("<.*?>", "", text))))


def report(store, language="en"):
    data = api.load(store, "mine")
    chosen = api.parse_filter(WORDS.replace("&", "; "))
    written = api.write_report(
        data, kind="area_one_pager", format="xlsx", language=language, chosen=chosen
    )
    book = openpyxl.load_workbook(io.BytesIO(written.content), read_only=True)
    return [row for sheet in book for row in sheet.iter_rows(values_only=True)]


def by_year(lines):
    """Return the last number of the lines of the report that begin with a year."""
    return {
        str(row[0]): [one for one in row if isinstance(one, int | float)][-1]
        for row in lines
        if str(row[0]) in ("2019", "2020", "2021", "2022")
    }


@pytest.mark.parametrize("unit", api.UNITS)
def test_map_chart_table_twin_and_report_say_the_same(aida, mine, store, unit):
    words = f"?{WORDS}" + ("" if unit == "crashes" else f"&unit={unit}")
    wanted = {str(2019 + i): (5 + 2 * i) * WANTED[unit] for i in range(4)}
    here = "/d/mine/explore/trend_years"

    (drawn,) = FIGURE.findall(aida.see(f"{here}{words}"))
    (bars,) = [one for one in json.loads(drawn)["data"] if one["type"] == "bar"]
    assert bars["y"] == [*wanted.values()]

    table = aida.see(f"{here}{words}&view=table")
    assert {year: number(CELL.findall(rest)[0]) for year, rest in ROW.findall(table)} == wanted

    twin = aida.get(f"{here}.json{words}").json
    assert {row[0]: row[1] for row in twin["rows"]} == wanted
    cross = aida.get(f"/d/mine/explore.json{words}&rows=year&columns=light").json
    assert [sum(row) for row in cross["cells"]] == [*wanted.values()]

    on_map = aida.get(f"/d/mine/map.json{words}").json
    hurt = sum(on_map[name] for name in ("killed", "serious", "slight"))
    of_map = {"crashes": on_map["crashes"], "casualties": hurt}
    if unit in of_map:
        assert of_map[unit] == sum(wanted.values())
    assert on_map["crashes"] == on_map["located"] == 32

    told = report(store)
    if unit == "crashes":
        assert by_year(told) == wanted
    figures = [one for row in told for one in row if isinstance(one, int | float)]
    of_report = {"crashes": [32], "casualties": [4, 92], "vehicles": [64]}
    assert set(of_report[unit]) <= set(figures)
    assert sum(of_report[unit]) == sum(wanted.values())
