"""Forms filled in: numbers as the filter counts them, and what is not recorded said so."""

from dataclasses import replace

import pytest
from invented import facts, sample, tiny

from crashkit import filling, filters, form, report, tables
from crashkit.analysis import Question
from crashkit.blocks import Note, Table
from crashkit.exposure.reading import Amount
from crashkit.stats import poisson_interval

PEOPLE = (Amount("population", "", 2025, 2_000_000), Amount("population", "", 2024, 1_900_000))


def filled(name, data=None, told=(), year=2025):
    data = data or sample()
    found = filling.fill(form.forms()[name], data, data, year, told)
    return {str(row[0]): row for row in found.rows}


def killed(year, words=""):
    part = filters.apply(filters.parse(f"year={year}; {words}"), sample())
    return tables.summary(part, sample()).killed


def test_every_number_of_sdg_361_is_that_of_the_crashes():
    rows = filled("sdg_361")
    assert rows["1"][2:4] == (killed(2025), killed(2024))
    for group in ("4", "5", "6"):
        parts = [row for number, row in rows.items() if number.startswith(f"{group}.")]
        assert len(parts) > 1
        assert sum(row[2] for row in parts) == killed(2025)
        assert sum(row[3] for row in parts) == killed(2024)


def test_the_rate_is_that_of_the_population_with_exact_limits():
    n, rate = killed(2025), filled("sdg_361", told=PEOPLE)["3"]
    low, high = poisson_interval(n)
    assert rate[2] == pytest.approx(n / 20, abs=0.005)
    assert rate[4:6] == pytest.approx((low / 20, high / 20), abs=0.005)
    assert rate[3] == pytest.approx(killed(2024) / 19, abs=0.005)


def test_what_is_not_recorded_says_so_and_is_not_nought():
    bare = tiny("| crash_date | severity |\n| 2023-05-01 | fatal |")
    rows = filled("aprso", bare, year=2023)
    said = {str(row[1]): str(row[2]) for row in rows.values()}
    assert said["Crashes"] == "1"
    for label in ("Killed, as counted", "Seriously injured", "Vehicles by type"):
        assert said[label] == "not recorded"
    assert said["Deaths within 30 days per 100,000 people"] == "not recorded"
    assert said["Light"] == "not recorded"


def test_deaths_of_another_definition_are_estimated_and_the_factor_is_told():
    rows = filled("sdg_361", tiny(killed_definition="7d"), year=2021)
    assert rows["1"][2] == 2
    assert rows["2"][2] == round(2 * 1.08)
    assert "not verified" in str(rows["2"][-1])
    unknown = filled("sdg_361", tiny(killed_definition="unknown"), year=2021)
    assert str(unknown["2"][2]) == "not recorded"


def test_the_path_goes_from_the_base_to_half_of_it():
    rows = filled("carec_target", year=2025)
    base, goal, path = (rows[number][2] for number in ("3", "4", "5"))
    assert base == killed(2016)
    assert goal == round(base / 2)
    assert path == round(base * 0.5 ** (9 / 14))


def test_no_rate_is_told_of_a_part_of_the_crashes():
    data = sample()
    part = filters.apply(filters.parse("severity=fatal"), data)
    found = filling.fill(form.forms()["sdg_361"], part, data, 2025, PEOPLE)
    assert str(found.rows[2][2]) == "not recorded"


def written(told=(), **chosen):
    besides = Question(sample(), sample(), exposure=told)
    asked = replace(facts(sample()), options=chosen, besides=besides)
    return report.assemble("donor_form", asked)


def test_a_form_is_a_report_that_warns_where_it_was_not_checked():
    found = written(form="carec_target", year="2024")
    assert str(found.title).startswith("CAREC target")
    assert "2024" in str(found.title)
    (table,) = (one for one in found.blocks if isinstance(one, Table))
    assert table.rows[0][2] == killed(2024)
    assert any("was not checked" in str(one.text) for one in found.blocks if isinstance(one, Note))


def test_another_population_is_another_fingerprint():
    with_people = written(PEOPLE, form="sdg_361").stamp.fingerprint
    assert with_people != written(form="sdg_361").stamp.fingerprint
    assert with_people == written(PEOPLE, form="sdg_361").stamp.fingerprint


def test_without_a_whole_year_there_is_no_form_and_that_is_said():
    part = facts(sample(), words="from=2024-03-01; to=2024-05-31")
    (said,) = report.assemble("donor_form", part).blocks
    assert str(said.text).startswith("Not in this report")
