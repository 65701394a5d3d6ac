"""Sections of the area one-pager: exact numbers on a few crashes drawn as a table."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from invented import facts, sample, tiny, with_info
from made_crashes import made

from crashkit import report
from crashkit.blocks import (
    Figure,
    KeyFigures,
    Note,
    Points,
    Table,
)
from crashkit.errors import Message
from crashkit.model import Period
from crashkit.section import Facts
from crashkit.text import Speaker


def built(name: str, about: Facts):
    return report.sections()[name].build(about)


def applies(name: str, about: Facts) -> bool:
    return report.sections()[name].applies(about)


def only(kind: type, blocks):
    [found] = [one for one in blocks if isinstance(one, kind)]
    return found


def said(value):
    return Speaker("en").say(value) if isinstance(value, Message) else value


def rows(table: Table):
    return [tuple(map(said, row)) for row in table.rows]


def sentences(blocks):
    return [said(item) for one in blocks if isinstance(one, Points) for item in one.items]


# ------------------------------------------------------------- key figures


def test_key_figures_count_crashes_and_people_each_with_its_unit():
    figures = only(KeyFigures, built("key_figures", facts(tiny()))).figures
    assert [(said(f.label), f.value, said(f.unit)) for f in figures] == [
        ("Crashes", 4, "all of the data set"),
        ("Killed", 2, "people"),
        ("Seriously injured", None, "not recorded"),
        ("Slightly injured", None, "not recorded"),
        ("Vehicles", None, "not recorded"),
        ("Located", 0.75, "of the crashes have coordinates"),
    ]


def test_key_figures_of_a_part_name_the_whole():
    figures = only(KeyFigures, built("key_figures", facts(tiny(), words="severity=fatal"))).figures
    assert (figures[0].value, said(figures[0].unit)) == (1, "of 4 in the data set")


def test_injured_without_a_class_are_one_figure():
    data = tiny("| severity | n_killed | n_injured |\n| fatal | 1 | 2 |\n| injury | 0 | 3 |")
    figures = only(KeyFigures, built("key_figures", facts(data))).figures
    assert [(said(f.label), f.value) for f in figures[:3]] == [
        ("Crashes", 2),
        ("Killed", 1),
        ("Injured", 5),
    ]


def test_at_least_so_many_were_killed_is_not_told_the_public():
    lines = "| fatal | 1 |\n" * 3 + "| fatal | |\n" * 6
    told = facts(tiny(f"| severity | n_killed |\n{lines.strip()}"))
    notes = " ".join(said(one.text) for one in built("key_figures", told)[1:])
    assert "Killed, at least: 9" in notes
    public = built("key_figures", replace(told, public=5))[1:]
    assert public and "at least" not in " ".join(said(one.text) for one in public)


def test_people_of_the_sample_are_counted_from_the_people_themselves():
    data = sample()
    figures = only(KeyFigures, built("key_figures", facts(data))).figures
    killed = int((data.people["injury"] == "killed").sum())
    assert (figures[1].value, figures[0].value) == (killed, 3000)


# --------------------------------------------------------------------- map


def test_the_map_holds_the_located_crashes_only():
    figure = only(Figure, built("crash_map", facts(tiny())))
    assert figure.data["lon"].tolist() == [69.20, 69.21, 69.22]
    assert figure.data["severity"].tolist() == ["fatal", "slight", "serious"]
    assert said(figure.caption).startswith("3 crashes with coordinates")
    assert "imply any judgement on legal status" in said(figure.caption)
    assert "Natural Earth; GeoNames (CC BY 4.0)" in said(figure.caption)


def test_a_map_on_own_layers_does_not_name_the_base_map():
    figure = only(Figure, built("crash_map", facts(tiny(), on={"roads": {"features": []}})))
    assert "Natural Earth" not in said(figure.caption)
    assert "imply any judgement on legal status" in said(figure.caption)


def test_without_coordinates_there_is_no_map_and_a_sentence_says_so():
    bare = facts(tiny("| severity |\n| fatal |\n| slight |"))
    assert not applies("crash_map", bare)
    assert sentences(built("caveats", bare))[0] == (
        "2 crashes have no coordinates: they are counted in the tables, but are not on the map."
    )


def test_a_crash_far_from_all_others_does_not_shrink_the_map():
    near = "\n".join(f"| {69 + i / 1000:.3f} | {41 + i / 1000:.3f} |" for i in range(400))
    blocks = built("crash_map", facts(tiny(f"| lon | lat |\n{near}\n| 0.5 | 0.5 |")))
    west, south, *_ = only(Figure, blocks).data["box"]
    assert west > 68 and south > 40
    assert sentences(blocks) == [
        "One crash lies far from all others and outside of the map: check its coordinates."
    ]


def test_a_crash_beyond_180_degrees_does_not_put_the_whole_world_on_the_map():
    land = "\n".join(f"| {20 + i / 3:.3f} | 60 |" for i in range(400))
    blocks = built("crash_map", facts(tiny(f"| lon | lat |\n{land}\n| -171.7 | 65.5 |")))
    west, _, east, _ = only(Figure, blocks).data["box"]
    assert 0 < west < 20
    assert east == pytest.approx(153, abs=0.01)
    assert sentences(blocks)[0].startswith("One crash lies far from all others")


# ------------------------------------------------------------------- trend


def test_the_trend_counts_every_year_of_the_period_also_an_empty_one():
    figure = only(Figure, built("trend", facts(tiny())))
    assert [said(c.title) for c in figure.table.columns] == [
        "Year",
        "Fatal",
        "Serious",
        "Slight",
        "Total",
    ]
    assert rows(figure.table) == [
        ("2021", 1, 0, 1, 2),
        ("2022", 0, 0, 0, 0),
        ("2023", 0, 1, 1, 2),
        ("Total", 1, 1, 2, 4),
    ]
    assert [(s["key"], s["values"]) for s in figure.data["series"]] == [
        ("fatal", (1, 0, 0)),
        ("serious", (0, 0, 1)),
        ("slight", (1, 0, 1)),
    ]


def test_without_severity_the_trend_counts_crashes():
    data = tiny("| crash_date |\n| 2021-01-05 |\n| 2023-01-05 |")
    figure = only(Figure, built("trend", facts(data)))
    assert said(figure.caption) == "Crashes by year"
    assert rows(figure.table)[-1] == ("Total", 2)
    assert [s["values"] for s in figure.data["series"]] == [(1, 0, 1)]


def test_one_year_has_no_trend():
    assert not applies("trend", facts(tiny(), words="year=2021"))


def test_the_table_of_a_long_trend_holds_the_last_years_and_the_whole_total():
    drawn = "| crash_date |\n" + "\n".join(f"| {year}-05-05 |" for year in range(2000, 2021))
    data = tiny(drawn)
    long = Period(date(2000, 1, 1), date(2020, 12, 31))
    data = type(data)(data.crashes, data.vehicles, data.people, long, data.dataset)
    figure = only(Figure, built("trend", facts(data)))
    assert len(figure.data["categories"]) == 21
    assert [row[0] for row in rows(figure.table)][:1] == ["2006"]
    assert rows(figure.table)[-1] == ("Total", 21)


# -------------------------------------------------------------------- when


def test_the_grid_counts_known_days_and_hours_and_tells_the_others():
    figure = only(Figure, built("weekday_hour", facts(tiny())))
    cells = figure.data["cells"]
    assert (cells[0][8], cells[1][8], cells[2][23]) == (1, 1, 1)
    assert sum(map(sum, cells)) == 3
    assert len(figure.table.columns) == 25
    assert said(figure.caption).endswith("of one crash day or hour is not known")


def test_dates_known_to_the_month_have_no_grid():
    drawn = "| crash_date | date_precision | crash_time |\n| 2021-01-01 | month | 10:00 |"
    assert not applies("weekday_hour", facts(tiny(drawn)))


def test_a_source_that_gives_day_of_week_and_hour_itself_has_a_grid():
    drawn = "| crash_date | date_precision | weekday | hour |\n| 2021-01-01 | month | 7 | 23 |"
    about = facts(tiny(drawn))
    assert applies("weekday_hour", about)
    assert only(Figure, built("weekday_hour", about)).data["cells"][6][23] == 1


# ------------------------------------------------------- types, conditions


def test_crash_types_come_by_number_and_unknown_last():
    table = only(Table, built("crash_type", facts(tiny())))
    assert rows(table) == [
        ("Pedestrian hit", 1, 1, 0, 2),
        ("Collision between moving vehicles", 0, 0, 1, 1),
        ("Unknown", 0, 0, 1, 1),
        ("Total", 1, 1, 2, 4),
    ]


def test_a_table_of_types_adds_up_to_all_crashes():
    table = only(Table, built("crash_type", facts(sample())))
    *types, total = rows(table)
    assert total[-1] == sum(row[-1] for row in types) == 3000
    assert ("All others" in [row[0] for row in types]) and len(types) == 8


@pytest.mark.parametrize("name", ["crash_type", "conditions", "most_crashes"])
def test_a_source_without_the_fields_has_no_such_section(name):
    assert not applies(name, facts(tiny("| severity |\n| fatal |")))


def test_fields_that_are_always_unknown_are_no_section():
    data = tiny("| crash_type | light |\n| unknown | unknown |\n|  |  |")
    assert not applies("crash_type", facts(data))
    assert not applies("conditions", facts(data))


def test_few_crashes_have_counts_and_no_shares():
    table = only(Table, built("conditions", facts(tiny())))
    assert rows(table) == [("Daylight", 2), ("Dark, lighting unknown", 1), ("Unknown", 1)]


def test_shares_are_of_the_crashes_where_it_is_known():
    light = ["day"] * 15 + ["dark_none"] * 5 + ["unknown"] * 5
    drawn = "| light |\n" + "\n".join(f"| {code} |" for code in light)
    table = only(Table, built("conditions", facts(tiny(drawn))))
    assert rows(table) == [
        ("Daylight", 15, 0.75),
        ("Dark, no lighting", 5, 0.25),
        ("Unknown", 5, None),
    ]


def test_the_busiest_roads_and_areas_come_first_and_the_rest_is_added_up():
    names = [f"R{i}" for i in range(8) for _ in range(i + 1)]
    drawn = "| road_key | admin1 |\n" + "\n".join(f"| {name} | North |" for name in names)
    table = only(Table, built("most_crashes", facts(tiny(drawn))))
    assert rows(table) == [
        *((f"R{i}", i + 1) for i in (7, 6, 5, 4, 3)),
        ("All others", 6),
        ("Total", 36),
    ]


# ----------------------------------------------------------------- caveats


def test_nothing_left_says_so_first_and_leaves_no_empty_chart():
    about = facts(tiny(), words="year=2022")
    note = only(Note, built("caveats", about))
    assert note.kind == "warning" and "No crash passes this filter" in said(note.text)
    others = ("crash_map", "trend", "weekday_hour", "crash_type", "conditions", "most_crashes")
    assert not [name for name in others if applies(name, about)]


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ("30d", "A person counts as killed who dies within 30 days of the crash."),
        ("unknown", "It is not known how long after a crash a death still counts"),
        ("24h", "Deaths are counted as follows: Within 24 hours."),
    ],
)
def test_the_definition_of_a_death_is_told(definition, sentence):
    told = sentences(built("caveats", facts(tiny(killed_definition=definition))))
    assert [one for one in told if one.startswith(sentence)]


def test_unknown_severity_and_crashes_never_reported_are_told():
    told = sentences(built("caveats", facts(tiny("| severity |\n| fatal |\n| unknown |"))))
    assert "The severity of one crash is not known." in told
    assert any(one.startswith("Police records miss a part") for one in told)
    bare = sentences(built("caveats", facts(tiny("| crash_time |\n| 10:00 |"))))
    assert "The source does not tell how severe the crashes were." in bare


def test_a_year_that_is_covered_in_part_is_named():
    data = tiny()
    part = Period(date(2021, 1, 1), date(2023, 6, 30))
    data = type(data)(data.crashes, data.vehicles, data.people, part, data.dataset)
    assert "Of the year 2023 only a part is covered." in sentences(built("caveats", facts(data)))


def test_years_apart_are_named():
    data = sample()
    period = data.period.within([(date(year, 1, 1), date(year, 12, 31)) for year in (2021, 2023)])
    told = built("caveats", facts(data.replace(period=period)))
    assert any(one.startswith("Of these years only") for one in sentences(told))
    assert not any("only a part is covered" in one for one in sentences(told))


def test_sections_do_not_change_the_data():
    data = sample()
    before = data.crashes.copy()
    report.assemble("area_one_pager", facts(data))
    pd.testing.assert_frame_equal(before, data.crashes)


def test_the_trend_warns_of_years_that_cannot_be_compared():
    rows = [
        {"crash_date": f"{2021 + i}-05-06", "n_killed": int(n < 40), "killed_definition": "7d"}
        for i, crashes in enumerate((400, 400, 1600))
        for n in range(crashes)
    ]
    told = facts(with_info(made(rows), killed_definition="7d"))
    heading, warning, *_ = built("trend", told)
    assert warning.kind == "warning"
    assert "Between 2022 and 2023" in str(warning.text)
    (figures,) = built("key_figures", told)
    killed = next(one for one in figures.figures if str(one.label) == "Killed")
    assert killed.value == 120
    assert said(killed.unit) == "people, as counted; about 130 within 30 days"


def by_year(*years, first=2014):
    """Make crashes of (crashes, deaths) a year; each death is in a crash of its own."""
    rows = [
        {"crash_date": f"{first + i}-05-06", "n_killed": int(number < deaths)}
        for i, (crashes, deaths) in enumerate(years)
        for number in range(crashes)
    ]
    return made(rows, period=Period(date(first, 1, 1), date(first + len(years) - 1, 12, 31)))


def points(data):
    return [said(item) for item in only(Points, built("trend", facts(data))).items]


def test_a_trend_is_told_with_its_limits_and_whether_chance_explains_it():
    killed, crashes = points(by_year(*[(300 - 15 * i, 40 + (i % 2)) for i in range(8)]))
    assert killed.startswith("People killed, 2014 to 2021: ")
    assert killed.endswith("chance alone can explain it.")
    assert crashes.startswith("Crashes, 2014 to 2021: -5.9")
    assert crashes.endswith("a fall.")


def test_few_years_are_told_by_two_means():
    killed, crashes = points(by_year((100, 10), (110, 9), (120, 11), (190, 12), (200, 10)))
    assert "the last three years of 2014 to 2018 against the first three" in crashes
    assert crashes.endswith("a rise.")
    assert "limits of chance alone" in killed
    blocks = built("trend", facts(by_year((100, 10), (110, 9), (120, 11))))
    assert not [block for block in blocks if isinstance(block, Points)]


def test_a_trend_that_turned_is_told_in_two_parts():
    numbers = [200, 214, 226, 243, 255, 274, 250, 228, 212, 195, 178, 165]
    killed, up, down = points(by_year(*[(number, 3) for number in numbers]))
    assert "2014 to 2019" in up
    assert up.endswith("a rise.")
    assert "2019 to 2025" in down
    assert down.endswith("a fall.")


def test_crashes_have_no_trend_where_recording_changed():
    years = [(400, 40)] * 4 + [(1600, 40)] * 4
    (killed,) = points(by_year(*years))
    assert killed.startswith("People killed")


def test_a_part_of_a_year_is_no_year_of_a_trend():
    data = by_year(*[(100, 10)] * 8)
    period = Period(date(2014, 1, 1), date(2021, 6, 30))
    short = type(data)(data.crashes, data.vehicles, data.people, period)
    assert "2014 to 2020" in points(short)[0]
