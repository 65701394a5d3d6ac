"""An analysis on its page: finding, chart, table, method and files say the same."""

import csv
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import kept_crashes
import pytest

from crashkit import api
from webapp.analyses import Shown

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/analysis.json").read_text("utf-8"))
FIGURE = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
HERE = "/d/mine/explore/hours"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def test_page_chart_and_files_say_the_same(aida, mine, store):
    own = api.analyse("hours", api.load(store, "mine"))
    numbers = [list(row[1:]) for row in own.table.rows]
    document = aida.get(f"{HERE}.json").json
    jsonschema.validate(document, SCHEMA)
    assert [row[1:] for row in document["rows"]] == numbers
    (drawn,) = FIGURE.findall(aida.see(HERE))
    assert json.loads(drawn)["data"][0]["z"] == numbers
    lines = csv.reader(io.StringIO(aida.get(f"{HERE}.csv").get_data().decode("utf-8-sig")))
    assert [row[1:] for row in [*lines][1:]] == [[str(n) for n in row] for row in numbers]
    assert aida.get(f"{HERE}.svg").get_data().startswith(b"<?xml")
    assert aida.get(f"{HERE}.png").get_data().startswith(b"\x89PNG")


def test_the_table_and_the_method_have_their_tabs(aida, mine):
    assert '<th scope="row">' in aida.see(f"{HERE}?view=table")
    assert "Clopper" in aida.see(f"{HERE}?view=method")


def test_the_list_leads_to_each_analysis_with_filter_and_unit(aida, mine):
    page = aida.see("/d/mine/explore?severity=fatal&unit=casualties")
    assert "/d/mine/explore/hours?severity=fatal&amp;unit=casualties" in page


def test_a_name_that_is_none_is_not_found(aida, mine):
    assert aida.get("/d/mine/explore/tea").status_code == 404


def test_what_an_analysis_cannot_count_is_refused_in_the_language_of_the_page(aida, mine):
    for name in api.list_analyses():
        answer = aida.get(f"/d/mine/explore/{name}?unit=vehicles&lang=ru", follow_redirects=True)
        assert answer.status_code in (200, 400), name
    text = aida.get("/d/mine/explore/target?unit=vehicles&lang=ru").get_data(as_text=True)
    assert "считаются пострадавшие, а не ТС" in text


def test_no_crash_explains_itself(aida, mine):
    page = aida.see(f"{HERE}?year=1901")
    assert "No crash passes the filter" in page
    assert "More analyses of these crashes" in aida.see(HERE)
    assert "More analyses of these crashes" not in page


def test_where_nothing_can_be_chosen_no_button_asks_for_it(aida, mine):
    assert 'action="/d/mine/explore/causes#answer"' not in aida.see("/d/mine/explore/causes")
    assert 'action="/d/mine/explore/crash_types#answer"' in aida.see("/d/mine/explore/crash_types")


def test_a_chart_of_rows_is_as_high_as_it_has_rows():
    def size(kind, n):
        answer = SimpleNamespace(figure=SimpleNamespace(kind=kind, data={"rows": [0] * n}))
        return Shown(answer, {}).size

    assert [size("ratios", n) for n in (5, 6, 12, 13)] == ["few", "", "", "many"]
    assert size("heat", 3) == ""


def test_the_list_names_where_each_finding_is_asked_for(aida, mine):
    page = aida.see("/d/mine/explore?severity=fatal,slight")
    (address,) = re.findall(r'data-finding="([^"]*/hours/finding.json[^"]*)"', page)
    assert aida.get(address.replace("&amp;", "&")).json["finding"]
    assert "findings.js" in page
    assert "data-finding" not in aida.see(HERE)


def test_the_list_asks_for_findings_and_is_never_refused(aida, mine, store):
    own = api.analyse("hours", api.load(store, "mine"))
    said = api.speaker("en").say(own.finding)
    assert aida.get("/d/mine/explore/hours/finding.json").json == {"finding": said}
    assert aida.get("/d/mine/explore/hours/finding.json?year=1901").json == {"finding": ""}


def test_a_page_of_what_the_data_lack_says_so_and_is_a_page(aida, mine):
    assert "do not tell the age" in aida.see("/d/mine/explore/ages?unit=casualties")


def test_a_filter_that_leaves_too_little_is_no_fault_of_the_address(aida, store):
    rows = [{**one, "admin1": f"P{i % 2}"} for i, one in enumerate(kept_crashes.road())]
    kept_crashes.keep(store, rows)
    here = "/d/mine/explore/districts?severity=slight"
    assert "have none of these: Fatal crashes" in aida.see(here)
    assert "have none of these" in aida.see(f"{here}&show=severity&kind=ksi")
    assert aida.get(f"{here}&show=colour").status_code == 400


def test_a_table_for_the_public_hides_small_counts(aida, mine):
    page = aida.see(HERE)
    assert f"{HERE}.csv?public=1" in page
    told = aida.get(f"{HERE}.json?public=1").get_json()
    cells = [cell for row in told["rows"] for cell in row[1:]]
    assert "[c]" in cells
    assert not set(cells) & {1, 2, 3, 4}
    assert any("fewer than 5" in note for note in told["notes"])
    cross = aida.get("/d/mine/explore/table.json?rows=year&columns=severity&public=7").get_json()
    assert not {cell for row in cross["rows"] for cell in row[1:]} & {*range(1, 7)}


def test_a_fine_filter_offers_nothing_for_the_public(aida, mine):
    for here in (HERE, "/d/mine/explore/table"):
        assert "public=1" in aida.see(here)
        assert "public=1" not in aida.see(f"{here}?light=day")


@pytest.mark.parametrize(
    "address",
    [
        f"{HERE}.csv?public=2",
        f"{HERE}.csv?public=00",
        f"{HERE}.png?public=1",
        f"{HERE}.csv?public=1&light=day",
        "/d/mine/explore/table.csv?public=1&light=day",
    ],
)
def test_what_cannot_be_public_is_refused(aida, mine, address):
    assert aida.get(address).status_code == 400


def test_shares_of_a_cross_table_cannot_be_public(aida, mine):
    asked = "/d/mine/explore/table.csv?rows=year&columns=severity&show=rows&public=1"
    assert aida.get(asked).status_code == 400
