"""The public mode: editions only, no small count in any of their files, no way to anything else."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import jsonschema
import kept_crashes
import numpy as np
import openpyxl
import pytest

from crashkit import api
from crashkit.model import Period
from webapp import config, create_app, published

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/analysis.json").read_text("utf-8"))
YEARS = Period(date(2019, 1, 1), date(2021, 12, 31))


def crashes(n=300, seed=7):
    """Make crashes of three years, in which some things are rare."""
    rng = np.random.default_rng(seed)
    rows = kept_crashes.road()
    return [
        {
            **rows[i % len(rows)],
            "crash_id": f"C-{i}",
            "crash_date": f"{2019 + i % 3}-{1 + i % 12:02d}-{1 + i % 28:02d}",
            "crash_time": f"{int(rng.integers(0, 24)):02d}:15",
            "severity": str(rng.choice(["fatal", "serious", "slight"], p=[0.05, 0.25, 0.7])),
            "admin1": str(rng.choice(["North", "South", "Isle"], p=[0.55, 0.43, 0.02])),
            "light": str(rng.choice(["day", "dark_none", "dawn"], p=[0.7, 0.28, 0.02])),
            "lon": 69 + int(rng.integers(0, 9)) / 20,
        }
        for i in range(n)
    ]


@pytest.fixture
def public(app, store):
    """Serve the public edition of a data set beside one that is not open."""
    kept_crashes.keep(store, crashes(), period=YEARS)
    kept_crashes.keep(store, crashes(40), "other", period=YEARS)
    made = create_app(config.read({"CRASHKIT_PUBLIC": "mine"}))
    yield made.test_client()
    made.extensions["crashkit.board"].close()


def tables(client):
    """Return the tables of the edition by name, from their JSON."""
    edition = api.public_edition(client.application.extensions["crashkit.store"], "mine")
    return {one.id: client.get(f"/d/mine/{one.id}.json").json for one in edition.tables}


def test_the_public_sees_the_edition_and_nothing_else(app, public):
    """Every address of the dashboard, but those of the public, is not there."""
    assert public.get("/").status_code == 200
    open_ = {rule.endpoint for rule in public.application.url_map.iter_rules()}
    assert open_ == {"static", *(f"published.{one}" for one in PAGES)}
    for rule in app.url_map.iter_rules():
        address = rule.rule.replace("<dataset>", "mine").replace(
            "<int:zoom>/<int:x>/<int:y>", "1/1/1"
        )
        for method in {"POST", "PUT", "DELETE"} & rule.methods:
            assert public.open(address, method=method).status_code in (404, 405), address
    for address in ("map", "map.json", "map.csv", "crashes", "crash/1.json", "explore", "reports"):
        assert public.get(f"/d/mine/{address}").status_code == 404, address
    for address in ("/d/mine/tiles/5/1/1.mvt", "/import", "/jobs", "/d/other", "/d/other/severity"):
        assert public.get(address).status_code == 404, address


PAGES = ("home", "about", "page", "table", "file", "picture", "cells")


@pytest.mark.slow
def test_no_file_of_a_table_holds_a_small_count(public):
    found = tables(public)
    assert {"areas", "severity", "light", "hours"} <= set(found)
    hidden = 0
    for name, document in found.items():
        jsonschema.validate(document, SCHEMA)
        counts = [j for j, one in enumerate(document["columns"]) if one["kind"] == "int"]
        rows = [[row[j] for j in counts] for row in document["rows"]]
        assert not {1, 2, 3, 4} & {n for row in rows for n in row if n != api.HIDDEN}, name
        hidden += sum(n == api.HIDDEN for row in rows for n in row)
        text = public.get(f"/d/mine/{name}.csv").get_data().decode("utf-8-sig")
        lines = [*csv.reader(io.StringIO(text))][1:]
        said = [[line[j] for j in counts] for line in lines]
        assert said == [["" if n is None else str(n) for n in row] for row in rows]
        book = openpyxl.load_workbook(io.BytesIO(public.get(f"/d/mine/{name}.xlsx").get_data()))
        cells = {c.value for sheet in book for row in sheet for c in row[1:]}
        assert not {1, 2, 3, 4} & {c for c in cells if isinstance(c, int)}, name
    assert hidden > 4


def test_the_numbers_of_a_table_hide_what_is_small(public):
    document = public.get("/d/mine/areas.json").json
    jsonschema.validate(document, SCHEMA)
    counts = [n for row in document["rows"] for n in row[1:]]
    assert api.HIDDEN in counts
    assert not {1, 2, 3, 4} & {*counts}
    page = public.get("/d/mine/areas").get_data(as_text=True)
    assert page.count(api.HIDDEN) >= counts.count(api.HIDDEN)


@pytest.mark.slow
def test_pages_draw_no_more_than_their_tables_show(public):
    for name in tables(public):
        page = public.get(f"/d/mine/{name}").get_data(as_text=True)
        drawn = page.partition('<script type="application/json">')[2].partition("</script>")[0]
        if not drawn:
            assert public.get(f"/d/mine/{name}.svg").status_code == 404
            continue
        assert public.get(f"/d/mine/{name}.svg").get_data().startswith(b"<?xml")
        for trace in json.loads(drawn, parse_constant=pytest.fail)["data"]:
            values = [*_numbers(trace.get("z")), *_numbers(trace.get("y"))]
            assert not [n for n in values if 0 < n < 5], (name, trace)


def _numbers(values):
    """Return the numbers of a trace, in rows or not."""
    if isinstance(values, list):
        return [n for one in values for n in _numbers(one)]
    return [values] if isinstance(values, int | float) else []


def test_the_map_has_cells_of_enough_crashes_only(public):
    found = public.get("/d/mine/map.geojson").json
    assert min(one["properties"]["crashes"] for one in found["features"]) >= 5
    assert {one["geometry"]["type"] for one in found["features"]} == {"Polygon"}


@pytest.mark.slow
def test_the_map_is_a_picture(public):
    assert public.get("/d/mine/map.png").get_data().startswith(b"\x89PNG")


def test_a_filter_is_refused_and_not_left_out_in_silence(public):
    for address in ("/d/mine", "/d/mine/areas", "/d/mine/areas.csv", "/d/mine/map.geojson"):
        for word in ("severity=fatal", "year=2020", "admin1=Isle", "public=0", "v=3"):
            answer = public.get(f"{address}?{word}")
            assert answer.status_code == 400
            assert "no filters" in answer.get_data(as_text=True)


def test_later_data_do_not_change_an_edition(app, store, public):
    before = tables(public)
    kept_crashes.keep(store, crashes(302)[300:], keys=["new-1", "new-2"], period=YEARS)
    assert api.load(store, "mine").dataset.version > 1
    assert tables(public) == before
    named = config.read({"CRASHKIT_PUBLIC": "mine@1", "CRASHKIT_PUBLIC_THRESHOLD": "7"})
    again = create_app(named).test_client()
    assert "fewer than 7" in again.get("/d/mine/areas").get_data(as_text=True)


def test_every_page_speaks_the_language_of_the_reader(public):
    for language in ("en", "ru", "zh"):
        for address in ("/?", "/about?", "/d/mine?", "/d/mine/areas?", "/d/mine?year=2020&"):
            page = public.get(f"{address}lang={language}").get_data(as_text=True)
            assert f'<html lang="{language}"' in page


def test_data_without_a_whole_year_are_no_edition(app, store):
    short = Period(date(2020, 2, 1), date(2020, 11, 30))
    kept_crashes.keep(store, crashes(40), "short", period=short)
    settings = config.Config("", "", public=(config.Open("short", 1),))
    with pytest.raises(api.ReportError, match="whole calendar years"):
        published.prepare(settings, store)


def test_what_is_no_data_set_or_no_version_is_told_at_the_start(home, app):
    for word in ("nothing", "nothing@3"):
        with pytest.raises(api.SettingError, match="not there"):
            create_app(config.read({"CRASHKIT_PUBLIC": word}))
    for words in ({"CRASHKIT_PUBLIC": "mine@x"}, {"CRASHKIT_PUBLIC_THRESHOLD": "2"}):
        with pytest.raises(api.CrashKitError):
            config.read(words)
