"""Lists side by side in the dashboard: choose, wait for the job, read; page and files agree."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import kept_crashes
import pytest

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/compare.json").read_text("utf-8"))
PAGE = "/d/mine/blackspots/compare"


@pytest.fixture
def mine(store):
    kept_crashes.keep(store, kept_crashes.road())


def compare(aida, **form):
    """Ask for a comparison, let it be done, and return the address it leads to."""
    job = aida.send(PAGE, form).headers["Location"].rsplit("/", 1)[-1]
    aida.work()
    return aida.board.get(job).result["page"]


RULES = {"preset": ["count_1km", "cz"]}
PERIODS = {"rule": "count_1km", "from1": "2020", "to1": "2021", "from2": "2022", "to2": "2023"}


def test_recommended_rules_are_chosen_first_and_the_periods_halve_the_years(aida, mine):
    page = aida.see(PAGE)
    chosen = re.findall(r'name="preset" value="(\w+)" checked', page)
    assert chosen
    assert chosen[0] in aida.see("/d/mine/blackspots")
    assert page.index('value="eb_excess_1km"') < page.index('value="cz"')
    assert '<select name="from3">' in page
    assert "/blackspots/compare" in aida.see("/d/mine/blackspots")


def test_rules_are_compared_as_a_job_and_the_answer_begins_with_a_sentence(aida, mine):
    address = compare(aida, **RULES)
    assert address == f"{PAGE}/1"
    page = aida.see(address)
    assert "listed by at least one of the 2 rules" in page
    assert "Most crashes within 1 km of road" in page
    assert 'data-compared="/d/mine/blackspots/compare/1.geojson"' in page
    assert aida.see(PAGE).count(f'href="{address}"') == 1
    assert aida.get("/jobs").status_code == 200


def test_page_and_files_say_the_same(aida, mine):
    address = compare(aida, **RULES)
    document = json.loads(aida.see(f"{address}.json"))
    jsonschema.validate(document, SCHEMA)
    text = aida.see(f"{address}.csv").lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    points = json.loads(aida.see(f"{address}.geojson"))["features"]
    names = [one["name"] for one in document["places"]]
    assert [row["name"] for row in rows] == names == [one["properties"]["name"] for one in points]
    page = aida.see(address)
    assert page.count('<tr id="place-') == len(names)
    assert all(
        f'href="{address}.{ending}"' in page for ending in ("csv", "xlsx", "geojson", "json")
    )
    for one in document["places"]:
        for each in one["by_list"]:
            assert not each["why_not"] or each["why_not"].split(".")[0] in page
    book = aida.get(f"{address}.xlsx")
    assert book.get_data()[:2] == b"PK"


def test_a_group_is_shown_alone_by_its_address(aida, mine):
    address = compare(aida, **RULES)
    places = json.loads(aida.see(f"{address}.json"))["places"]
    groups = {one["group"] for one in places}
    for group in groups:
        page = aida.see(f"{address}?group={group}")
        many = sum(one["group"] == group for one in places)
        assert page.count('<tr id="place-') == many
        assert f"1.geojson?group={group}" in page
        points = json.loads(aida.see(f"{address}.geojson?group={group}"))
        assert len(points["features"]) == many
    assert aida.see(f"{address}?group=nothing").count('<tr id="place-') == len(places)


def test_periods_are_compared_and_say_what_changed(aida, mine, store):
    years = store.dataset("mine").period.calendar_years
    half = len(years) // 2
    form = {
        "rule": "count_1km",
        "from1": years[0],
        "to1": years[half - 1],
        "from2": years[half],
        "to2": years[-1],
    }
    page = aida.see(compare(aida, **{name: str(value) for name, value in form.items()}))
    assert "in at least one of the 2 periods" in page or "None of the lists has a site" in page
    assert "regression to the mean" in page
    assert f"{years[0]}–{years[half - 1]}" in aida.see(PAGE) or years[0] == years[half - 1]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"preset": ["cz"]}, "Between two and 6 lists"),
        ({"preset": ["cz", "no_such"]}, "There is no preset no_such"),
        ({**PERIODS, "from2": "2019"}, "does not come after"),
        ({**PERIODS, "to2": ""}, "is no period"),
    ],
)
def test_what_cannot_be_compared_is_said_on_the_page_and_the_choice_stays(aida, mine, form, words):
    answer = aida.send(PAGE, form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert words in page
    assert 'role="alert"' in page
    if "preset" in form:
        assert 'value="cz" checked' in page


def test_a_filter_of_the_address_goes_with_the_comparison(aida, mine):
    answer = aida.send(f"{PAGE}?severity=fatal", RULES)
    assert answer.status_code == 303
    job = answer.headers["Location"].rsplit("/", 1)[-1]
    assert aida.board.get(job).args["filter"] == "severity=fatal"


def test_another_data_set_and_another_number_are_not_found(aida, mine, store):
    address = compare(aida, **RULES)
    kept_crashes.keep(store, kept_crashes.points(), "points")
    assert aida.get(address.replace("/mine/", "/points/")).status_code == 404
    assert aida.get(f"{PAGE}/77").status_code == 404


def test_the_comparisons_are_listed_as_json_and_csv(aida, mine):
    address = compare(aida, **RULES)
    (one,) = json.loads(aida.see(f"{PAGE}.json"))["comparisons"]
    assert (one["id"], one["kind"], one["address"]) == (1, "presets", address)
    assert address in aida.see(f"{PAGE}.csv")
