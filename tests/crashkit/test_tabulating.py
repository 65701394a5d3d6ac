from dataclasses import replace

import pytest
from invented import facts, sample, tiny

from crashkit import report, tables, tabulating
from crashkit.blocks import Table
from crashkit.text import Speaker

SAID = Speaker("en").say


def words(table):
    return [tuple(SAID(one) if hasattr(one, "text") else one for one in row) for row in table.rows]


def lights(*values):
    lines = "".join(f"| 2021-05-01 | slight | {one} |\n" for one in values)
    return tiny(f"| crash_date | severity | light |\n{lines}")


def test_few_have_counts_and_no_shares():
    found = tabulating.one_way(lights("day", "day", "twilight", "unknown"), "crashes", "light")
    assert [SAID(one.title) for one in found.columns] == ["Light", "Slight", "Crashes"]
    assert words(found)[0] == ("Daylight", 2, 2)
    assert words(found)[-2:] == [("Unknown", 1, 1), ("Total", 4, 4)]


def test_shares_are_of_those_that_are_known():
    found = tabulating.one_way(
        lights(*["day"] * 9, "twilight", *["unknown"] * 5), "crashes", "light"
    )
    assert [row[-1] for row in found.rows] == [pytest.approx(0.9), pytest.approx(0.1), None, None]
    assert found.rows[-1][-2] == 15


def test_what_nothing_has_is_left_out_and_said():
    found = tabulating.one_way(lights("day"), "crashes", "light")
    assert [row[0] for row in words(found)] == ["Daylight", "Total"]
    assert SAID(found.caption) == "Crashes: Light (5 empty categories are left out)"


def test_the_field_that_splits_is_not_split_by_itself():
    found = tabulating.one_way(sample(), "crashes", "severity")
    assert [SAID(one.title) for one in found.columns] == ["Severity", "Crashes", "Share of known"]


def test_every_table_of_the_invented_country_adds_up():
    data = sample()
    whole = {
        unit: tables.cross(data, "year", "severity", unit=unit).total for unit in tables.UNIT_LABELS
    }
    for unit, n in whole.items():
        for name in tabulating.fields_of(data, unit):
            found = tabulating.one_way(data, unit, name)
            at = [str(one.title) for one in found.columns].index(str(tables.UNIT_LABELS[unit]))
            assert found.rows[-1][at] == n == sum(row[at] for row in found.rows[:-1])


def test_people_and_vehicles_have_fields_of_their_own_only():
    assert tabulating.fields_of(sample(), "casualties")[:3] == ["road_user_type", "sex", "injury"]
    assert tabulating.fields_of(sample(), "vehicles") == ["unit_type", "steering_side", "manoeuvre"]


def test_manoeuvres_stand_in_the_words_of_the_source_the_most_frequent_first():
    found = tabulating.one_way(sample(), "vehicles", "manoeuvre")
    sums = [row[-2] for row in found.rows[:-1]]
    assert found.rows[0][0].values == {"text": "going ahead"} and sums[0] == max(sums)
    said = tabulating.field_by_field(sample(), "vehicles")[1].sentences
    assert "words or codes of the source, as they stand there: Manoeuvre." in SAID(said[-1])
    assert len(tabulating.field_by_field(sample(), "crashes")[1].sentences) == 2
    pair = tabulating.two_way(sample(), "vehicles", "manoeuvre", "crash_type")
    assert pair is not None and pair.rows[-1][-1] == found.rows[-1][-2]


def test_two_fields_add_up_and_the_rarest_columns_are_one():
    found = tabulating.two_way(sample(), "vehicles", "crash_type", "unit_type")
    titles = [SAID(one.title) for one in found.columns]
    assert titles[-2:] == ["All others", "Total"]
    assert all(sum(row[1:-1]) == row[-1] for row in found.rows)
    assert found.rows[-1][-1] == sum(row[-1] for row in found.rows[:-1])


def test_the_public_is_not_told_words_of_the_source():
    told = {
        public: [
            SAID(one.caption)
            for one in report.assemble("tabulation", replace(facts(sample()), public=public)).blocks
            if isinstance(one, Table)
        ]
        for public in (0, 5)
    }
    assert any("Manoeuvre" in one for one in told[0])
    assert told[5] and not any("Manoeuvre" in one for one in told[5])


def test_a_pair_of_which_one_is_not_told_is_none():
    assert tabulating.two_way(lights("day"), "crashes", "light", "weather") is None


def test_the_report_has_no_chapter_of_what_is_not_told():
    made = report.assemble("tabulation", facts(lights("day", "twilight")))
    captions = [SAID(one.caption) for one in made.blocks if isinstance(one, Table)]
    assert captions and all(one.startswith("Crashes") for one in captions)


def test_the_report_names_what_is_counted_in_each_table():
    made = report.assemble("tabulation", facts(sample()))
    captions = [SAID(one.caption) for one in made.blocks if isinstance(one, Table)]
    units = tuple(str(one) for one in tables.UNIT_LABELS.values())
    assert all(one.startswith(units) for one in captions)
    assert {one.partition(":")[0] for one in captions} == set(units)
