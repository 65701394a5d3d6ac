"""Published tables by year, through real import: casualties of Manchester and deaths of FARS."""

from __future__ import annotations

import pytest
import recount
import sources

from crashkit import api

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def manchester(tmp_path_factory):
    return kept("uk_stats19_manchester", tmp_path_factory.mktemp("stats19"))


@pytest.fixture(scope="module")
def fars(tmp_path_factory):
    return kept("us_fars", tmp_path_factory.mktemp("fars"))


def kept(profile, folder):
    """Import the files of a source into a store and load what it kept."""
    batch = sources.imported(profile)
    with api.open_store(str(folder / "store.sqlite")) as store:
        store.save_import("real", batch)
        return api.load(store, "real")


def numbers(data, unit, show):
    asked = api.question(data, unit=unit, chosen={"show": show})
    return {row[0]: row[1] for row in api.analyse("trend_years", asked).table.rows}


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        ("crashes", {"all": 15_645, "fatal": 329, "severe": 329 + 3_460}),
        ("casualties", {"all": 20_435, "fatal": 342, "severe": 342 + 3_823}),
    ],
)
def test_manchester_adds_up_to_what_was_published(manchester, unit, wanted):
    found = {show: sum(numbers(manchester, unit, show).values()) for show in wanted}
    assert found == wanted


def test_manchester_by_year_is_a_recount_of_the_file(manchester):
    own = recount.manchester_by_year()
    assert numbers(manchester, "casualties", "all") == {year: sum(n) for year, n in own.items()}
    assert numbers(manchester, "casualties", "fatal") == {year: n[0] for year, n in own.items()}
    rows = api.analyse("trend_years", manchester).table.rows
    # The data end in June 2024: half a year is no year.
    assert rows[-1][0] == "2024" and rows[-1][-1] is not None


def test_deaths_of_fars_are_those_published_for_each_year(fars):
    assert numbers(fars, "casualties", "fatal") == {"2013": 32_893, "2014": 32_744, "2015": 35_092}
    assert numbers(fars, "crashes", "fatal") == {"2013": 30_202, "2014": 30_056, "2015": 32_166}
    found = api.analyse(
        "trend_years", api.question(fars, unit="casualties", chosen={"show": "fatal"})
    )
    assert "2015 against 2013: 6.7 %" in api.speaker("en").say(found.finding)
