from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_crashes import made

from crashkit import fields, filters, tables
from crashkit.errors import MethodError, NotFound
from crashkit.model import UNITS, CrashData, CrossTable, Period, Summary

TWO_YEARS = Period(date(2021, 1, 1), date(2022, 12, 31))


def coded(name: str, values: list[str | None], table: str = "crash") -> pd.Categorical:
    field = fields.get(table, name)
    return pd.Categorical(values, fields.code_names(field.codes or "yes_no"))


def whole(values: list[int | None]) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="Int32")


def small() -> CrashData:
    """Four crashes: two people listed and one only counted in the first, nothing in the last."""
    crashes = pd.DataFrame(
        {
            "id": [10, 11, 12, 13],
            "crash_date": pd.to_datetime(["2021-03-01", "2021-03-02", "2021-12-31", "2021-06-06"]),
            "hour": whole([8, 8, 23, None]),
            "severity": coded("severity", ["fatal", "slight", "unknown", None]),
            "weather": pd.Series(["rain|fog", "clear", "rain", None], dtype=object),
            "admin1": pd.Series(["Osh", "Osh", "Chüy", None], dtype=object),
            "n_killed": whole([1, 0, 0, None]),
            "n_serious": whole([1, 0, 0, None]),
            "n_slight": whole([1, 1, 0, None]),
            "n_injured": whole([2, 1, 0, None]),
            "n_vehicles": whole([2, 1, 3, None]),
            "lon": [69.0, 69.0, np.nan, np.nan],
            "lat": [41.0, 41.0, np.nan, np.nan],
        }
    )
    vehicles = pd.DataFrame(
        {
            "crash": [10, 10, 11],
            "unit_type": coded("unit_type", ["car", "bus", "car"], "vehicle"),
        }
    )
    people = pd.DataFrame(
        {
            "crash": [10, 10, 10, 11],
            "sex": coded("sex", ["male", "female", "male", "unknown"], "person"),
            "injury": coded("injury", ["killed", "slight", "none", "slight"], "person"),
        }
    )
    return CrashData(crashes, vehicles, people, TWO_YEARS)


def drawn(table: CrossTable) -> str:
    """Draw a table as text, with totals."""
    head = " | ".join(["", *(str(label) for label in table.column_labels), "Total"])
    body = [
        " | ".join([str(label), *map(str, row), str(sum(row))])
        for label, row in zip(table.row_labels, table.cells, strict=True)
    ]
    foot = " | ".join(["Total", *map(str, tables.column_totals(table)), str(table.total)])
    return "\n".join([head.strip(), *body, foot])


def read(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_the_summary_counts_crashes_people_and_vehicles() -> None:
    data = small()
    part = filters.apply(filters.parse("severity=fatal"), data)
    assert tables.summary(data, data) == Summary(
        crashes=4,
        of=4,
        killed=1,
        serious=1,
        slight=2,
        injured=3,
        vehicles=6,
        located=2,
        by_severity={
            "fatal": 1,
            "serious": 0,
            "slight": 1,
            "injury": 0,
            "pdo": 0,
            "unknown": 2,
        },
        untold={"killed": 1, "serious": 1, "slight": 1, "injured": 1, "vehicles": 1},
    )
    found = tables.summary(part, data)
    assert (found.crashes, found.of, found.killed, found.vehicles) == (1, 4, 1, 2)


def test_what_a_source_never_records_is_not_told_as_nought() -> None:
    data = small()
    crashes = data.crashes[["id", "crash_date", "severity"]]
    nobody = data.people.iloc[:0], data.vehicles.iloc[:0]
    bare = data.replace(crashes=crashes, people=nobody[0], vehicles=nobody[1])
    found = tables.summary(bare, bare)
    assert found.crashes == 4
    assert (found.killed, found.serious, found.slight, found.injured) == (None,) * 4
    assert found.vehicles is None
    # A part without vehicles, of data that have them, has none.
    empty = data.keep(data.crashes["id"].to_numpy() < 0)
    assert (tables.summary(empty, data).killed, tables.summary(empty, data).vehicles) == (0, 0)


def mixed() -> CrashData:
    """Two imports in one: 2021 counts people and vehicles, 2022 tells severities only."""
    return made(
        [
            {"crash_date": "2021-02-01", "severity": "fatal", "n_killed": 2, "n_injured": 1},
            {"crash_date": "2021-02-02", "severity": "slight", "n_killed": 0, "n_injured": 3},
            {"crash_date": "2022-02-01", "severity": "fatal"},
            {"crash_date": "2022-02-02", "severity": "slight"},
            {"crash_date": "2022-02-03", "severity": "pdo"},
        ],
        period=TWO_YEARS,
    )


def test_a_sum_says_which_crashes_do_not_tell_and_is_lacking_where_none_does() -> None:
    data = mixed()
    found = tables.summary(data, data)
    assert (found.killed, found.injured) == (2, 4)
    # A slight crash killed nobody; of the fatal one nobody knows how many.
    assert found.untold == {"killed": 1, "injured": 2}
    assert [str(one) for one in tables.untold_notes(found)] == [
        "Killed: 1 crash does not tell it and is not in the sum.",
        "Injured: 2 crashes do not tell it and are not in the sum.",
        "Killed, at least: 3, as somebody died in each fatal crash that does not tell it.",
    ]
    assert len(tables.untold_notes(found, ["injured"])) == 1
    later = filters.apply(filters.parse("year=2022"), data)
    lacking = tables.summary(later, data)
    assert (lacking.crashes, lacking.killed, lacking.injured) == (3, None, None)
    assert [str(one) for one in tables.untold_notes(lacking)] == [
        "Killed: not known, 1 crash does not tell it.",
        "Injured: not known, 2 crashes do not tell it.",
        "Killed, at least: 1, as somebody died in each fatal crash that does not tell it.",
    ]
    harmless = filters.apply(filters.parse("severity=pdo"), data)
    assert (tables.summary(harmless, data).killed, tables.summary(harmless, data).untold) == (0, {})


def test_a_table_of_people_has_no_nought_for_years_that_do_not_tell_them() -> None:
    table = tables.cross(mixed(), "year", "month", unit="casualties")
    assert (table.rows, table.total) == (("2021",), 6)
    said = [str(one) for one in table.warnings]
    assert said[:2] == [
        "The data do not tell “Casualties” where year is 2022: that is not nought, and the table "
        "does not show it.",
        "2 crashes do not tell how many people were hurt: nobody of them is counted.",
    ]
    assert tables.cross(mixed(), "year", "month").rows == ("2021", "2022")
    half = made(
        [
            {"severity": "fatal", "n_killed": 1, "n_injured": 0},
            {"severity": "unknown", "n_injured": 2},
            {"severity": "fatal", "n_killed": 1},
        ]
    )
    assert [str(one) for one in tables.untold_crashes(half, "casualties")] == [
        "1 crash tells how many were injured and not how many were killed.",
        "1 crash tells how many were killed and not how many were injured.",
    ]


def test_vehicles_that_nobody_counts_are_no_nought_either() -> None:
    data = made(
        [
            {"crash_date": "2021-02-01", "n_vehicles": 2},
            {"crash_date": "2022-02-01"},
        ],
        period=TWO_YEARS,
    )
    table = tables.cross(data, "year", "weekday", unit="vehicles")
    assert (table.rows, table.total) == (("2021",), 2)
    assert tables.summary(data, data).untold == {"vehicles": 1}


def test_years_without_crashes_and_unknown_severity_are_shown() -> None:
    assert drawn(tables.cross(small(), "year", "severity", unit="crashes")) == read("""
        | Fatal | Slight | Unknown | Total
        2021 | 1 | 1 | 2 | 4
        2022 | 0 | 0 | 0 | 0
        Total | 1 | 1 | 2 | 4
    """)


def test_years_that_a_filter_leaves_out_are_no_years_without_crashes() -> None:
    whole = Period(date(2019, 1, 1), date(2024, 12, 31))
    data = made([{"crash_date": f"{year}-05-06"} for year in (2019, 2021, 2024)], period=whole)
    part = filters.apply(filters.parse("year=2019,2022,2024"), data)
    table = tables.cross(part, "year", "severity")
    assert (table.rows, tables.row_totals(table)) == (("2019", "2022", "2024"), (1, 0, 1))
    assert "Of these years only" in " ".join(map(str, table.notes))


def test_casualties_counted_but_not_listed_are_of_unknown_sex_and_known_injury() -> None:
    assert drawn(tables.cross(small(), "sex", "injury", unit="casualties")) == read("""
        | Killed (30 days) | Serious / inpatient | Slight / outpatient | Total
        Male | 1 | 0 | 0 | 1
        Female | 0 | 0 | 1 | 1
        Unknown | 0 | 1 | 1 | 2
        Total | 1 | 1 | 2 | 4
    """)


def test_vehicles_counted_but_not_listed_are_of_unknown_type() -> None:
    assert drawn(tables.cross(small(), "unit_type", "admin1", unit="vehicles")) == read("""
        | Chüy | Osh | Total
        Car | 0 | 2 | 2
        Bus / coach | 0 | 1 | 1
        Unknown | 3 | 0 | 3
        Total | 3 | 3 | 6
    """)


def test_a_crash_with_several_codes_is_counted_once() -> None:
    table = tables.cross(small(), "weather", "severity", unit="crashes")
    assert table.rows == ("clear", "rain", "rain|fog", "")
    assert table.total == 4


def test_the_hours_of_the_day_and_the_days_of_the_week_are_complete() -> None:
    table = tables.cross(small(), "weekday", "hour", unit="crashes")
    assert table.rows == tuple(str(day) for day in range(1, 8))
    assert table.columns == (*(str(hour) for hour in range(24)), "")
    assert table.cells[0][8] == 1
    assert table.total == 4


def test_the_notes_say_unit_period_and_what_is_unknown() -> None:
    table = tables.cross(small(), "year", "hour", unit="crashes")
    assert [str(note) for note in table.notes] == [
        "Crashes are counted, each once.",
        "Crashes from 2021-01-01 to 2022-12-31.",
        "1 is without a known value of hour.",
    ]
    assert str(tables.title(table)) == "Crashes: Year × Hour"


def test_roads_beyond_the_most_frequent_are_added_up() -> None:
    roads = [f"R{n:03}" for n in range(100) for _ in range(1 + (n < 60))]
    crashes = pd.DataFrame(
        {
            "id": np.arange(len(roads)),
            "crash_date": pd.Timestamp("2021-01-01"),
            "road_key": pd.Series(roads, dtype=object),
        }
    )
    none = pd.DataFrame({"crash": np.array([], dtype="int64")})
    table = tables.cross(CrashData(crashes, none, none, TWO_YEARS), "road", "year", unit="crashes")
    assert len(table.rows) == 61
    assert (table.rows[-1], table.row_labels[-1].text, table.cells[-1]) == (
        "others",
        "All others",
        (40, 0),
    )
    assert table.total == len(roads)


def test_fields_that_the_data_lack_are_not_offered_and_are_unknown_in_a_table() -> None:
    data = small()
    names = [name for name, _ in tables.fields_offered(data)]
    when = ["year", "month", "weekday", "hour", "hour_3", "hour_4", "hour_parts"]
    assert names == [*when, "severity", "weather", "admin1"]
    assert [name for name, _ in tables.fields_offered(data, unit="casualties")][:2] == [
        "sex",
        "injury",
    ]
    table = tables.cross(data, "light", "severity", unit="crashes")
    assert (table.rows, table.cells) == (("",), ((1, 1, 2),))


def test_a_field_that_does_not_exist_or_does_not_go_with_the_unit_is_refused() -> None:
    with pytest.raises(NotFound, match="There is no field severty for a table; there are severity"):
        tables.cross(small(), "severty", "year", unit="crashes")
    with pytest.raises(MethodError, match="does not go with crashes; count casualties to use it"):
        tables.cross(small(), "sex", "year", unit="crashes")
    with pytest.raises(MethodError, match="deaths cannot be counted; there are crashes"):
        tables.cross(small(), "year", "severity", unit="deaths")


def test_data_without_crashes_give_an_empty_table_with_its_axes() -> None:
    empty = small().keep(np.zeros(4, dtype=bool))
    for unit in UNITS:
        table = tables.cross(empty, "year", "severity", unit=unit)
        assert (table.rows, table.total) == (("2021", "2022"), 0)
        assert "fatal" in table.columns
    assert len(tables.cross(empty, "weekday", "hour", unit="crashes").columns) == 24


CRASHES = st.lists(
    st.tuples(
        st.sampled_from([*fields.code_names("severity"), None]),
        st.sampled_from([*fields.code_names("light"), None]),
        st.integers(0, 700),
        st.none() | st.integers(0, 23),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(CRASHES, st.permutations(["year", "severity", "light", "hour", "weekday", "admin1"]))
def test_every_table_of_one_unit_has_the_same_total_whatever_the_fields(
    found: list[tuple[str | None, str | None, int, int | None]], names: list[str]
) -> None:
    data = _made(found)
    table = tables.cross(data, names[0], names[1], unit="crashes")
    turned = tables.cross(data, names[1], names[0], unit="crashes")
    assert table.total == len(found) == sum(tables.row_totals(table))
    assert np.array_equal(
        np.array(table.cells).reshape(len(table.rows), -1),
        np.array(turned.cells).reshape(len(turned.rows), -1).T,
    )


@settings(deadline=None)
@given(CRASHES)
def test_each_cell_counts_what_a_filter_by_its_keys_keeps(
    found: list[tuple[str | None, str | None, int, int | None]],
) -> None:
    data = _made(found)
    table = tables.cross(data, "severity", "light", unit="crashes")
    for key, row in zip(table.rows, table.cells, strict=True):
        for other, count in zip(table.columns, row, strict=True):
            words = {"severity": key or "unknown", "light": other or "unknown"}
            assert len(filters.apply(filters.parse(words), data)) == count


def _made(found: list[tuple[str | None, str | None, int, int | None]]) -> CrashData:
    frame = pd.DataFrame(
        {
            "id": np.arange(len(found)),
            "crash_date": pd.Timestamp("2021-01-01")
            + pd.to_timedelta([one[2] for one in found], unit="D"),
            "severity": coded("severity", [one[0] for one in found]),
            "light": coded("light", [one[1] for one in found]),
            "hour": whole([one[3] for one in found]),
        }
    )
    none = pd.DataFrame({"crash": np.array([], dtype="int64")})
    return CrashData(frame, none, none, TWO_YEARS)


def test_the_document_of_a_table_holds_keys_labels_cells_and_notes():
    table = tables.cross(small(), "year", "severity")
    found = tables.as_document(table, "mine v1", str)
    assert found["data_version"] == "mine v1"
    assert (found["rows_field"], found["columns_field"]) == ("year", "severity")
    assert found["cells"] == [list(row) for row in table.cells]
    assert len(found["row_labels"]) == len(found["rows"]) == len(found["cells"])
    assert found["total"] == table.total
    assert found["notes"][0] == "Crashes are counted, each once."


def _years(*counts):
    """Make crashes of (crashes, deaths) in 2021, 2022 and 2023."""
    return made(
        [
            {
                "crash_date": f"{2021 + i}-05-06",
                "severity": "fatal" if n < deaths else "slight",
                "n_killed": int(n < deaths),
            }
            for i, (crashes, deaths) in enumerate(counts)
            for n in range(crashes)
        ]
    )


def test_a_table_by_year_warns_of_years_that_cannot_be_compared():
    data = _years((400, 40), (400, 40), (1600, 40))
    table = tables.cross(data, "year", "severity")
    assert ["Between 2022 and 2023" in str(one) for one in table.warnings] == [True]
    document = tables.as_document(table, "v1", str)
    assert document["notes"][0] == str(table.warnings[0])
    assert tables.cross(data, "severity", "hour").warnings == ()
    assert tables.cross(_years((400, 40), (400, 40), (400, 40)), "year", "severity").warnings == ()


def test_a_filtered_table_warns_of_the_breaks_in_the_whole_data():
    data = _years((400, 40), (400, 40), (1600, 40))
    slight = data.keep((data.crashes["severity"] == "slight").to_numpy(dtype=bool))
    assert tables.cross(slight, "year", "severity").warnings == ()
    [warning] = tables.cross(slight, "severity", "year", whole=data).warnings
    assert str(warning).endswith("The numbers of this warning are of the whole data set.")
    [warning] = tables.cross(data, "severity", "year", whole=data).warnings
    assert "whole data set" not in str(warning)
    fatal = data.keep((data.crashes["severity"] == "fatal").to_numpy(dtype=bool))
    assert tables.cross(fatal, "year", "severity", whole=data).warnings == ()


@pytest.mark.parametrize(
    ("unit", "rows", "columns"),
    [
        ("casualties", "sex", "injury"),
        ("casualties", "hour", "sex"),
        ("vehicles", "unit_type", "hour"),
    ],
)
def test_crashes_cut_from_others_count_what_they_count_alone(unit, rows, columns):
    cut = small().keep(np.array([True, False, True, True]))
    alone = CrashData(cut.crashes, cut.vehicles, cut.people, cut.period)
    assert tables.cross(cut, rows, columns, unit=unit) == tables.cross(
        alone, rows, columns, unit=unit
    )
