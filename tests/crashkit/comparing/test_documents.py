"""The document of a comparison, its rows and its points say the same."""

import json
from pathlib import Path

import jsonschema
import pytest
from made_lists import along, ask

from crashkit import comparing
from crashkit.store import wire
from crashkit.text import Speaker

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/compare.json").read_text("utf-8"))
ENGLISH = Speaker("en").say
ROAD = """
| km    | crash_date |
| 1.000 | 2021-01-05 |
| 1.100 | 2021-02-05 |
| 1.200 | 2021-03-05 |
| 1.100 | 2022-02-05 |
| 9.000 | 2022-01-05 |
| 9.010 | 2022-02-05 |
| 9.020 | 2022-03-05 |
"""


@pytest.fixture(params=["presets", "periods"])
def comparison(request):
    data = along(ROAD)
    if request.param == "presets":
        return comparing.of_presets([ask("count_1km"), ask("count_1km", min_crashes="4")], data)
    years = [ask("count_1km", f"from={year}-01-01; to={year}-12-31") for year in (2021, 2022)]
    return comparing.of_periods(years, data)


def test_the_document_keeps_to_its_schema_and_has_no_number_that_is_none(comparison):
    document = comparing.as_document(comparison, ENGLISH)
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), SCHEMA)


def test_rows_and_points_say_what_the_document_says(comparison):
    places = comparing.as_document(comparison, ENGLISH)["places"]
    rows = comparing.as_rows(comparison, ENGLISH)
    points = comparing.as_geojson(comparison, ENGLISH)["features"]
    assert [one["properties"] for one in points] == rows
    for place, row, point in zip(places, rows, points, strict=True):
        assert (row["place"], row["name"], row["crashes"]) == (
            place["place"],
            place["name"],
            place["crashes"],
        )
        assert point["geometry"]["coordinates"] == [place["lon"], place["lat"]]
        for one in place["by_list"]:
            assert row[f"why_not_{one['list']}"] == one["why_not"]
            assert row[f"rank_{one['list']}"] == ", ".join(map(str, one["ranks"]))
        assert row["lists"] == " ".join(one["list"] for one in place["by_list"] if one["ranks"])


def test_a_comparison_is_kept_and_read_again_as_it_was(comparison):
    again = wire.unpack(wire.pack(comparison))
    assert comparing.as_document(again, ENGLISH) == comparing.as_document(comparison, ENGLISH)


def test_a_workbook_has_the_places_the_agreement_and_what_must_be_known(comparison):
    places, agreement, about = comparing.as_sheets(comparison, ENGLISH)
    assert len(places[2]) == len(comparison.places)
    assert len(places[1]) == len(comparing.column_names(comparison))
    assert "Why not in B" in places[1]
    assert [row[:2] for row in agreement[2]] == [["A", "B"]]
    said = [row[1] for row in about[2]]
    assert said[1] == ENGLISH(comparing.list_title(comparison, 0))
    assert ENGLISH(comparison.notes[-1]) in said
