"""The grades that the framework states of real sets, and counts made anew from the files."""

import csv
from functools import cache

import pytest
import recount
import sources
from kept_batch import kept

from crashkit import profiles, quality


@cache
def card(name):
    sources.uploads(name)
    data, ledger = kept(sources.imported(name))
    return quality.judge(data, ledgers=[ledger], profile=profiles.get(name))


def grades(name, *numbers):
    return "".join(one.grade for one in card(name).judged if one.check.number in numbers)


def found(name, id_):
    return next(one for one in card(name).judged if one.check.id == id_)


def test_manchester_is_a_on_place_region_stacking_and_duplicates():
    assert grades("uk_stats19_manchester", 1, 5, 6, 11) == "AAAA"
    assert found("uk_stats19_manchester", "stacking").value == pytest.approx(0.006, abs=0.001)


def test_manchester_rounds_one_time_in_five():
    crashes = {}
    (path,) = recount.paths("uk_stats19_manchester", recount.MANCHESTER)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            crashes[row["AREFNO"]] = row
    heading = next(name for name in next(iter(crashes.values())) if "time" in name.casefold())
    round_ones = sum(row[heading][3:5] in ("00", "30") for row in crashes.values())
    heaped = found("uk_stats19_manchester", "heaping")
    assert (heaped.numerator, heaped.denominator) == (round_ones, len(crashes))
    assert round(heaped.numerator / heaped.denominator, 3) == 0.217
    assert heaped.grade == "A"


def test_montana_is_a_on_place_by_its_posts():
    assert grades("us_montana", 1) == "A"
    located = found("us_montana", "located")
    assert located.value == 1
    assert "9634 crashes have road and km post." in map(str, located.details)


def test_france_is_d_on_place_by_points_and_posts():
    located = found("fr_baac_2013", "located")
    assert located.grade == "D"
    assert "20042 crashes have coordinates." in map(str, located.details)
    assert round(20042 / 58397, 3) == 0.343
    assert card("fr_baac_2013").rung.id == "L0"


def test_the_russian_sample_lists_one_more_killed_than_it_counts():
    details = [str(one) for one in found("ru_dtpstat_csv", "consistency").details]
    assert "1 crash: More people are listed as killed than the crash counts." in details


@pytest.mark.parametrize("name", sources.FILES)
def test_every_value_lies_within_its_limits(name):
    for one in card(name).judged:
        if one.low is not None:
            assert one.low - 1e-9 <= one.value <= one.high + 1e-9
