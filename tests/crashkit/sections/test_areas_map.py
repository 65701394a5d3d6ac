from collections import namedtuple
from dataclasses import replace
from datetime import date

import pytest
from invented import facts, with_info
from made_crashes import made

from crashkit import api, stats
from crashkit.blocks import Figure, Points, Table
from crashkit.model import Period
from crashkit.sections import areas_map

EN = api.speaker("en")
Told = namedtuple("Told", "quantity area year value age_band sex", defaults=("", ""))


def square(west, name, **more):
    ring = [[west, 40], [west + 1, 40], [west + 1, 41], [west, 41], [west, 40]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name, **more}, "geometry": geometry}


def layer(*features):
    return {"areas": {"type": "FeatureCollection", "features": [*features]}}


THREE = layer(square(60, "North"), square(61, "Юг", name_en="South"), square(62, "Far"))


def told(counts, layers=THREE, **fields):
    rows = [
        {"crash_date": "2023-05-01", "severity": "fatal", "n_killed": 1, "admin1": name, **fields}
        for name, n in counts.items()
        for _ in range(n)
    ]
    return facts(with_info(made(rows)), on=layers)


def block(found, kind):
    (one,) = (one for one in found if isinstance(one, kind))
    return one


def test_areas_are_shaded_by_the_names_of_the_data_in_any_language():
    found = areas_map.build(told({"North": 3, "SOUTH": 9}))
    figure = block(found, Figure)
    assert figure.data["shades"] == [0, 1, None]
    assert [str(one) for one in figure.data["classes"]] == ["3", "9"]
    assert "do not imply any judgement" in str(figure.caption)
    assert block(found, Table).rows == (("SOUTH", 9, 9), ("North", 3, 3))


def test_equal_areas_are_of_one_class():
    figure = block(areas_map.build(told({"North": 5, "South": 5, "Far": 7})), Figure)
    assert figure.data["shades"] == [0, 0, 1]


def test_what_is_not_on_the_map_is_told():
    notes = block(areas_map.build(told({"North": 3, "South": 9, "Moon": 2, "": 4})), Points)
    said = [EN.say(one) for one in notes.items]
    assert "1 area of the data is not on the map: Moon" in said
    assert "The area of 4 crashes is not known." in said
    assert "no risks" in said[0]


def test_names_that_the_layer_does_not_have_are_no_map():
    assert not areas_map.applies(told({"North": 3, "Moon": 9}))
    assert not areas_map.applies(told({"North": 3, "South": 9}, layers={}))


def test_rates_are_by_the_people_of_the_area():
    data = with_info(
        made(
            [
                {"crash_date": "2023-05-01", "severity": "fatal", "n_killed": 1, "admin1": name}
                for name, n in (("North", 10), ("South", 30))
                for _ in range(n)
            ],
            period=Period(date(2023, 1, 1), date(2023, 12, 31)),
        )
    )
    people = [Told("population", "North", 2023, 1e5), Told("population", "South", 2023, 1e6)]
    question = replace(api.question(data), exposure=people)
    found = areas_map.build(replace(facts(data, on=THREE), besides=question))
    rows = {row[0]: row for row in block(found, Table).rows}
    assert rows["North"][4] == pytest.approx(10)
    assert rows["South"][4] == pytest.approx(3)
    assert block(found, Figure).data["shades"] == [1, 0, None]
    assert str(block(found, Points).items[0]).startswith("Limits are of chance alone")


def test_an_area_that_tells_nobody_killed_has_no_nought():
    known = told({"North": 3, "South": 9, "Far": 4})
    frame = known.data.crashes
    silent = frame.assign(n_killed=frame["n_killed"].mask(frame["admin1"] == "Far"))
    found = areas_map.build(facts(with_info(known.data.replace(crashes=silent)), on=THREE))
    assert block(found, Figure).data["shades"] == [0, 1, None]
    assert block(found, Table).rows == (("South", 9, 9), ("North", 3, 3), ("Far", 4, None))
    assert any("do not tell how many were killed" in str(one) for one in block(found, Points).items)


def rates(rows, years=(2023,)):
    """The rows of the table of areas, each with so many people in each year."""
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    data = with_info(made(rows, period=Period(first, last)))
    people = [Told("population", name, y, 1e5) for name in ("North", "South") for y in years]
    question = replace(api.question(data), exposure=people)
    found = areas_map.build(replace(facts(data, on=THREE), besides=question))
    return {row[0]: row for row in block(found, Table).rows}


def fatal(name, n, killed=1, year=2023):
    one = {"crash_date": f"{year}-05-01", "severity": "fatal", "n_killed": killed, "admin1": name}
    return [one] * n


def test_several_killed_in_one_crash_make_wider_limits():
    found = rates([*fatal("North", 20), *fatal("South", 4, killed=5)])
    low, high = found["North"][5:7]
    assert (low, high) == pytest.approx(stats.poisson_interval(20))
    assert found["South"][4] == pytest.approx(20)
    assert found["South"][5] < low / 2 and found["South"][6] > high * 1.5


def test_people_of_a_year_that_tells_no_deaths_divide_none():
    rows = []
    for name in ("North", "South"):
        rows += [*fatal(name, 9), *fatal(name, 9, killed=None, year=2022)]
    found = rates(rows, years=(2022, 2023))
    assert [row[1:] for row in found.values()] == [(18, 9)] * 2
