"""Forms filled in: numbers as the filter counts them, and what is not recorded said so."""

import io
import json
from dataclasses import replace
from datetime import date

import looked_over
import openpyxl
import pytest
from invented import facts, sample, tiny, with_info
from made_crashes import made

from crashkit import filling, filters, form, render, report, tables, timeline
from crashkit.analysis import Question
from crashkit.blocks import Note, Table
from crashkit.exposure import words as exposures
from crashkit.exposure.reading import Amount
from crashkit.model import Period
from crashkit.stats import poisson_interval
from crashkit.text import Speaker
from crashkit.trends import expected

BASE_AND_PATH = ("Killed in the base year", "Killed on the path to the target")
PEOPLE = (Amount("population", "", 2025, 2_000_000), Amount("population", "", 2024, 1_900_000))


def filled(name, data=None, told=(), year=2025):
    data = data or sample()
    found = filling.fill(form.forms()[name], data, data, year, told)
    return {str(row[0]): row for row in found.rows}


def killed(year, words=""):
    part = filters.apply(filters.parse(f"year={year}; {words}"), sample())
    return tables.summary(part, sample()).killed


def deaths():
    return timeline.of(sample(), unit="casualties", show=timeline.FATAL)


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
    low, high = deaths().limits(n)
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


def test_the_target_says_how_far_off_a_year_is_and_how_sure_that_is():
    rows = {str(row[1]): row for row in filled("carec_target", year=2025).values()}
    base, path = (rows[label][2] for label in BASE_AND_PATH)
    assert rows["Killed beyond the path"][2] == killed(2025) - path
    change = rows["Change since the base year, %"]
    assert change[2] == pytest.approx(100 * (killed(2025) / base - 1), abs=0.05)
    low, high = change[4:6]
    assert low < change[2] < high
    # Chance in both counts: wider than that of the year alone.
    alone = [100 * (limit / base - 1) for limit in poisson_interval(killed(2025))]
    assert low < alone[0] and high > alone[1]


def test_vehicles_are_another_thing_to_divide_by():
    told = (*PEOPLE, Amount("vehicles", "", 2025, 500_000))
    rows = {str(row[1]): row for row in filled("aprso", told=told).values()}
    rate = rows["Deaths within 30 days per 10,000 vehicles"]
    assert rate[2] == pytest.approx(killed(2025) / 50, abs=0.005) and rate[3] is None
    assert rows["Registered vehicles"][2:4] == (500_000, None)
    without = {str(row[1]): row for row in filled("aprso", told=PEOPLE).values()}
    assert str(without["Registered vehicles"][2]) == "not recorded"


def test_a_rate_keeps_its_decimals_on_paper_and_a_count_has_none():
    content = render.render(written(PEOPLE, form="sdg_361"), Speaker("en"), "html").decode()
    assert f">{killed(2025) / 20:.2f}<" in content
    assert f">{killed(2025)}<" in content and f">{killed(2025)}.00<" not in content


def test_programs_read_the_numbers_of_a_form_and_excel_writes_them_as_on_paper():
    made = written((Amount("population", "", 2025, 9_876_543),), form="sdg_361")
    twin = json.loads(render.render(made, Speaker("en"), "json"))
    assert [one.message for one in looked_over.TWIN.iter_errors(twin)] == []
    book = openpyxl.load_workbook(io.BytesIO(render.render(made, Speaker("en"), "xlsx")))
    looks = {
        cell.value: cell.number_format
        for page in book
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }
    assert looks[9_876_543] == "#,##0"
    assert looks[killed(2025)] == "#,##0"
    assert {look for value, look in looks.items() if isinstance(value, float)} == {"#,##0.00"}


def test_every_indicator_of_every_form_says_what_it_counts():
    for name, found in form.forms().items():
        said = filling.definitions(found)
        assert said is not None and len(said.rows) == len(found.rows), name
    assert set(form.QUANTITIES) == set(exposures.QUANTITIES)


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
    table, said = (one for one in found.blocks if isinstance(one, Table))
    assert len(said.rows) == 11
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


def of_years(*told):
    """Crashes of years: of each so many fatal ones, and how many each says were killed."""
    rows = [
        {
            "crash_date": f"{2021 + i}-{1 + j % 12:02d}-01",
            "severity": "fatal",
            "area_type": "urban" if j % 2 else "rural",
            "n_killed": numbers[j % len(numbers)],
        }
        for i, (n, numbers) in enumerate(told)
        for j in range(n)
    ]
    return with_info(made(rows, period=Period(date(2021, 1, 1), date(2020 + len(told), 12, 31))))


def carec(data, year):
    return {str(row[1]): row for row in filled("carec_target", data, year=year).values()}


NOT_KNOWN = float("nan")


def test_a_base_year_that_nobody_counts_is_no_base_of_a_change():
    rows = carec(of_years((40, [NOT_KNOWN]), (60, [1])), 2022)
    base = rows["Killed in the base year"]
    assert str(base[2]) == "not recorded" and "counts as one death" in str(base[-1])
    assert str(rows["Change since the base year, %"][2]) == "not recorded"


def test_a_change_knows_that_several_die_in_one_crash():
    change = carec(of_years((30, [2]), (20, [2])), 2022)["Change since the base year, %"]
    assert change[2:6] == (
        pytest.approx(-33.3),
        None,
        *(round(one, 1) for one in expected.change(40, 60, 1, scatter=2.0)[1:]),
    )


def test_the_base_year_has_no_change_against_itself():
    data = of_years((30, [1]), (20, [1]))
    assert "Change since the base year, %" in carec(data, 2021)
    assert carec(data, 2021)["Change since the base year, %"][2] is None
    assert carec(data, 2022)["Change since the base year, %"][3] is None


def test_parts_of_a_year_that_nobody_tells_are_no_noughts():
    data = of_years((10, [NOT_KNOWN]), (10, [1]))
    asked = form.Row(form.forms()["sdg_361"].title, "killed", by="area_type")
    found = filling.fill(replace(form.forms()["sdg_361"], rows=(asked,)), data, data, 2022, ())
    (_, *parts) = found.rows
    assert [row[2:4] for row in parts] == [(5, None)] * 2


def test_a_sum_that_some_crashes_do_not_tell_says_how_many():
    rows = carec(of_years((40, [1]), (40, [2, 2, 2, NOT_KNOWN])), 2022)
    killed_row = rows["Killed, as counted"]
    assert killed_row[2:4] == (60, 40)
    assert "10 in 2022, 0 in 2021" in str(killed_row[-1])
    # Ten of forty are too many: the sum is less than it was.
    assert str(rows["Change since the base year, %"][2]) == "not recorded"


def test_a_rate_says_of_how_many_crashes_the_killed_are_not_told():
    data = of_years((40, [1]), (40, [2, 2, 2, NOT_KNOWN]))
    told = (Amount("population", "", 2022, 1e6),)
    rows = {str(row[1]): row for row in filled("aprso", data, told=told, year=2022).values()}
    for label in ("Killed within 30 days, estimated", "Deaths within 30 days per 100,000 people"):
        assert "Killed: 10 crashes do not tell it" in str(rows[label][-1])
    beyond = carec(data, 2022)["Killed beyond the path"]
    assert str(beyond[2]) == "not recorded"
