import csv
import io
import json
import math
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
from batches import full_ledger, plain_ledger
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import facts, sample, tiny

from crashkit import api, export, geo, tables
from crashkit.errors import ReportError
from crashkit.text import Speaker

SAY = Speaker("en").say

DRAWN = """
| crash_id | crash_date | crash_time | severity | lon    | lat   | n_killed | admin1        |
| 007      | 2021-03-01 | 08:10      | fatal    | -69.20 | 41.30 | 2        | =1+1          |
| 008      | 2021-03-02 |            | slight   |        |       |          | Nord; "Süd",1 |
"""


def first_hundred():
    return sample().keep(sample().crashes["id"].to_numpy() <= 100)


def read_csv(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book}


# ------------------------------------------------------------------- guard


@pytest.mark.parametrize("text", ["=1+1", "+7 727", "-5", "@x", "\t=1", "\r", "\0", "＝1", "'=1"])
def test_what_a_spreadsheet_would_run_is_guarded(text):
    assert export.guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "M-39", "a=1", "'quoted'", "12", " =1"])
def test_other_texts_are_left_alone(text):
    assert export.guard(text) == text


@given(st.text())
def test_the_guard_can_be_taken_away_again(text):
    assert export.unguard(export.guard(text)) == text


@given(st.text(alphabet="'=+-@\t\r\n\0＝＋－＠a"))
def test_a_guarded_text_never_begins_like_a_formula(text):
    guarded = export.guard(text)
    assert not guarded or guarded[0] not in "=+-@\t\r\n\0＝＋－＠"


# ----------------------------------------------------------------- crashes


def test_crashes_as_csv_keep_text_numbers_dates_and_gaps():
    heads, first, second = read_csv(export.crashes(tiny(DRAWN), "csv"))
    row = dict(zip(heads, first, strict=True))
    assert row["crash_id"] == "007"
    assert (row["crash_date"], row["lon"], row["n_killed"]) == ("2021-03-01", "-69.2", "2")
    assert row["admin1"] == "'=1+1"
    other = dict(zip(heads, second, strict=True))
    assert (other["lon"], other["n_killed"], other["crash_time"]) == ("", "", "")
    assert other["admin1"] == 'Nord; "Süd",1'


def test_columns_are_named_as_the_dictionary_does_and_hold_no_personal_field():
    data = tiny(DRAWN)
    data.crashes["narrative"] = "A man called Chen"
    data.crashes["unheard_of"] = 1
    heads, *_ = read_csv(export.crashes(data, "csv"))
    assert heads[:3] == ["crash_id", "crash_date", "crash_time"]
    assert not {"narrative", "unheard_of", "id"} & set(heads)


def test_crashes_as_xlsx_have_their_vehicles_and_people_beside_them():
    found = read_xlsx(export.crashes(first_hundred(), "xlsx"))
    assert list(found) == ["crashes", "vehicles", "people"]
    heads, first = found["crashes"][:2]
    row = dict(zip(heads, first, strict=True))
    assert isinstance(row["lon"], float) and isinstance(row["n_killed"], int)
    assert row["crash_date"].isoformat() == "2016-01-01T00:00:00"
    assert len(found["crashes"]) == 101
    owners = {row[0] for row in found["vehicles"][1:]}
    assert found["vehicles"][0][0] == "crash_id"
    assert owners <= {row[heads.index("crash_id")] for row in found["crashes"][1:]}


def test_geojson_has_every_crash_also_one_without_coordinates():
    found = json.loads(export.crashes(tiny(DRAWN), "geojson"))
    first, second = found["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [-69.2, 41.3]}
    assert first["properties"]["admin1"] == "=1+1"
    assert first["properties"]["crash_date"] == "2021-03-01"
    assert second["geometry"] is None
    assert second["properties"]["n_killed"] is None


def test_crashes_without_columns_for_a_place_are_written_too():
    found = json.loads(export.crashes(tiny("| severity |\n| fatal |"), "geojson"))
    assert [one["geometry"] for one in found["features"]] == [None]


def test_no_crash_at_all_is_a_file_with_heads():
    nothing = sample().keep(sample().crashes["id"].to_numpy() < 0)
    assert len(read_csv(export.crashes(nothing, "csv"))) == 1
    assert read_xlsx(export.crashes(nothing, "xlsx"))["crashes"][0]
    assert json.loads(export.crashes(nothing, "geojson"))["features"] == []


@pytest.mark.parametrize("write", [export.crashes, export.findings, export.table])
def test_another_format_is_refused_by_name(write):
    counts = tables.cross(tiny(DRAWN), "year", "severity")
    given = {
        export.crashes: (tiny(DRAWN), "shp"),
        export.findings: (facts(sample(), preset="count_1km").screening, "shp", SAY),
        export.table: (counts, "shp", SAY),
    }[write]
    with pytest.raises(ReportError, match="no format shp for this; there are csv"):
        write(*given)


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_any_text_survives_the_way_through_csv(text):
    data = tiny("| crash_id | admin1 |\n| 1 | x |")
    data.crashes["admin1"] = pd.Series([text], dtype=object)
    heads, row = read_csv(export.crashes(data, "csv"))
    assert export.unguard(row[heads.index("admin1")]) == text


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_any_text_makes_a_valid_excel_file(text):
    data = tiny("| crash_id | admin1 |\n| 1 | x |")
    data.crashes["admin1"] = pd.Series([text], dtype=object)
    heads, row = read_xlsx(export.crashes(data, "xlsx"))["crashes"]
    assert row[heads.index("crash_id")] == "1"


# ---------------------------------------------------------------- findings


@pytest.fixture(scope="module")
def result():
    return facts(sample(), preset="poisson_1km").screening


def test_findings_as_csv_have_the_names_of_the_command_line(result):
    heads, first, *rest = read_csv(export.findings(result, "csv", SAY))
    row = dict(zip(heads, first, strict=True))
    assert heads[:9] == ["rank", "id", "place", "road", "from_km", "to_km", "lon", "lat", "crashes"]
    assert (row["rank"], row["road"], row["crashes"]) == ("1", "M1", "58")
    assert math.isclose(float(row["expected"]), 2.117292)
    assert float(row["evidence_estimate"]) > float(row["evidence_expected"])
    assert len(rest) + 1 == len(result.findings)


def test_findings_as_xlsx_speak_the_language_and_tell_what_they_are(result):
    found = read_xlsx(export.findings(result, "xlsx", Speaker("ru").say))
    sheets = list(found.values())
    assert len(sheets) == 2
    assert isinstance(sheets[0][1][0], int)
    about = [cell for row in sheets[1] for cell in row if cell]
    assert result.data_version in about
    assert result.asked.source in about


def test_findings_as_geojson_are_points(result):
    found = json.loads(export.findings(result, "geojson", SAY))
    assert found["features"][0]["geometry"]["type"] == "Point"
    assert found["features"][0]["properties"]["counts"]["crashes"] == 58


def test_what_a_reader_must_know_of_a_list_goes_along_to_maps(result):
    known = [SAY(note) for note in (*result.support, *result.notes)]
    assert any("Places compared" in one for one in known)
    assert json.loads(export.findings(result, "geojson", SAY))["notes"] == known
    for format_ in ("gpx", "kml"):
        told = unescape(export.findings(result, format_, SAY).decode())
        assert all(note in told for note in known)


# ------------------------------------------------------------------ tables


def test_a_table_has_its_totals_and_excel_its_notes():
    counts = tables.cross(tiny(), "year", "severity")
    assert read_csv(export.table(counts, "csv", SAY)) == [
        ["Year", "Fatal", "Serious", "Slight", "Total"],
        ["2021", "1", "0", "1", "2"],
        ["2022", "0", "0", "0", "0"],
        ["2023", "0", "1", "1", "2"],
        ["Total", "1", "1", "2", "4"],
    ]
    found = read_xlsx(export.table(counts, "xlsx", SAY))
    assert found["Table"][1] == ["2021", 1, 0, 1, 2]
    assert ["Crashes are counted, each once."] in found["About"]


# ----------------------------------------------------------------- rejects


def test_rejected_rows_come_back_with_their_cells_and_the_reason():
    heads, row = read_csv(export.rejects(full_ledger(), SAY))[:2]
    found = dict(zip(heads, row, strict=True))
    assert heads[:5] == list(export.REJECT_COLUMNS)
    assert (found["crashkit_file"], found["crashkit_row"]) == ("crashes.csv", "5")
    assert found["crashkit_reason"].startswith("Latitude is 4")
    assert "'=cmd" in heads and found["'=cmd"].startswith("<b>")


def test_no_rejected_row_is_a_file_with_heads_only():
    assert len(read_csv(export.rejects(plain_ledger(3), SAY))) == 1


# ------------------------------------------------------------ spreadsheets


def test_names_of_sheets_are_those_that_excel_takes():
    assert export.sheet_name("Crashes: 2020/2021 [all]*?") == "Crashes  2020 2021  all"
    assert len(export.sheet_name("x" * 50)) == 31
    assert export.sheet_name("''") == "1"


def test_signs_that_excel_cannot_hold_are_shown_as_numbers():
    assert export.excel_text("a\x0bb\ud800") == "a\\x0bb\\xd800"
    assert len(export.excel_text("x" * 40_000)) == export.MOST_EXCEL_TEXT


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(export, "MOST_EXCEL_ROWS", 1)
    with pytest.raises(ReportError, match="holds 1 rows at most"):
        export.crashes(tiny(DRAWN), "xlsx")


# ------------------------------------------------- for navigators and map viewers


@cache
def listed(preset):
    return api.screen(sample(), api.ask(preset), repeat=False)


def elements(content, name):
    root = ElementTree.fromstring(content)
    return [one for one in root.iter() if one.tag.endswith(f"}}{name}")]


def test_sites_are_waypoints_named_by_rank_road_and_km():
    result = listed("count_1km")
    content = export.findings(result, "gpx", SAY)
    first = elements(content, "wpt")[0]
    site = result.findings[0].site
    assert len(elements(content, "wpt")) == len(result.findings)
    assert first[0].text.startswith(f"1. {site.road}, km {site.from_m / 1000:.2f} to ")
    assert first[1].text.startswith(f"Crashes: {len(site.crash_ids)}, Killed: ")
    assert elements(content, "desc")[0].text == " ".join(map(SAY, (*result.support, *result.notes)))


def test_the_head_says_how_many_sites_no_map_shows():
    result = listed("count_1km")
    lost = replace(result.findings[0], site=replace(result.findings[0].site, lon=math.nan))
    found = replace(result, findings=(lost, *result.findings[1:]))
    for format_ in ("gpx", "kml"):
        head = export.findings(found, format_, SAY).decode()
        assert "1 site has no coordinates, so no map shows it." in head
    assert "no coordinates" not in export.findings(result, "gpx", SAY).decode()


def test_circles_are_areas_of_their_radius_in_kml():
    result = listed("count_circles")
    content = export.findings(result, "kml", SAY)
    rings = elements(content, "LinearRing")
    assert len(rings) == len(result.findings)
    edge = [tuple(map(float, at.split(","))) for at in rings[0][0].text.split()]
    site = result.findings[0].site
    assert edge[0] == edge[-1]
    for lon, lat in edge:
        assert geo.distance_m(site.lon, site.lat, lon, lat) == pytest.approx(site.radius_m, abs=1)
    values = {one.get("name"): one[0].text for one in elements(content, "Data")[:20]}
    assert values["Rank"] == "1"
    assert values["Crashes"] == str(len(site.crash_ids))


@pytest.mark.parametrize("format_", ["gpx", "kml"])
def test_the_name_of_a_place_cannot_break_the_file(format_):
    result = listed("count_circles")
    site = replace(result.findings[0].site, place="</name><wpt lat='0'/>&\0", road="")
    hostile = replace(result, findings=(replace(result.findings[0], site=site),))
    content = export.findings(hostile, format_, SAY)
    assert elements(content, "name")[1].text.startswith("1. </name><wpt lat='0'/>&\ufffd")


def test_what_is_known_of_sites_is_typed_in_excel():
    result = listed("count_1km")
    judged = replace(result.findings[0].evidence, since=date(2024, 5, 1), stability=0.5)
    found = replace(result, findings=(replace(result.findings[0], evidence=judged),))
    heads, cells = read_xlsx(export.findings(found, "xlsx", SAY))["Sites"]
    row = dict(zip(heads, cells, strict=True))
    assert row["Works ended on"].date() == date(2024, 5, 1)
    assert isinstance(row["Crashes"], int) and isinstance(row["From km"], float | int)
    assert row["Share of repeats in which it stays"] == 0.5
