"""What follows from what is known, and what is only compared."""

import made_files
import pytest

from crashkit.intake import deriving


def crash_by_id(batch, key="0001"):
    return batch.crashes.set_index("crash_id").loc[key].to_dict()


def told(batch):
    return [(one.row, one.field, one.code) for one in batch.ledger.warnings if one.row]


def without(text, *columns):
    """Drop columns of a CSV text."""
    rows = [line.split(",") for line in text.splitlines()]
    keep = [number for number, name in enumerate(rows[0]) if name not in columns]
    return made_files.table([[row[number] for number in keep] for row in rows])


def test_the_calendar_follows_from_the_date():
    crash = crash_by_id(made_files.imported(made_files.three()))
    assert (crash["year"], crash["month"], crash["weekday"], crash["hour"]) == (2023, 2, 2, 5)
    assert crash["date_precision"] == "day"


def test_counts_and_severity_follow_from_people_where_the_source_has_none():
    bare = without(made_files.CRASHES, "severity", "n_killed")
    batch = made_files.imported(made_files.three(bare))
    assert list(batch.crashes["severity"]) == ["fatal", "slight", "serious"]
    assert list(batch.crashes["n_killed"]) == [1, 0, 0]
    assert list(batch.crashes["n_injured"]) == [0, 1, 1]
    assert list(batch.crashes["n_vehicles"]) == [1, 1, 2]


def test_what_the_source_says_stands_and_the_crash_is_named():
    other = made_files.CRASHES.replace("fatal,1", "serious,2")
    batch = made_files.imported(made_files.three(other))
    assert crash_by_id(batch)["n_killed"] == 2
    assert crash_by_id(batch)["severity"] == "serious"
    assert told(batch) == [
        (2, "n_killed", "counts_disagree"),
        (2, "severity", "counts_disagree"),
    ]


@pytest.mark.parametrize(
    ("counts", "severity"),
    [
        ("1,0,0,0", "fatal"),
        ("0,2,0,2", "serious"),
        ("0,0,1,1", "slight"),
        (",,,3", "injury"),
        ("0,0,0,0", "unknown"),
        (",,,", "unknown"),
    ],
)
def test_severity_follows_from_counts_where_there_are_no_people(counts, severity):
    text = f"crash_id,crash_date,n_killed,n_serious,n_slight,n_injured\n1,2023-02-07,{counts}\n"
    batch = made_files.imported(made_files.upload(text))
    assert list(batch.crashes["severity"]) == [severity]


def test_who_was_involved_follows_from_people_vehicles_and_the_type_of_crash():
    batch = made_files.imported(made_files.three())
    flags = [name for name in deriving.INVOLVED]
    found = batch.crashes.set_index("crash_id")[flags]
    assert list(found.loc["0001"]) == ["yes", "no", "no", "no"]
    assert list(found.loc["0002"]) == ["no", "no", "no", "yes"]
    assert list(found.loc["0003"]) == ["no", "no", "yes", "no"]
    alone = made_files.imported(made_files.upload(made_files.CRASHES))
    assert list(alone.crashes["pedestrian_involved"])[0] == "yes"
    assert "motorcycle_involved" not in alone.crashes


def test_the_kind_of_place_is_the_best_there_is():
    text = (
        "crash_id,crash_date,lat,lon,road_number,chainage_km,admin1\n"
        "1,2023-02-07,42.87123,74.59123,M-39,1.5,Chuy\n2,2023-02-07,,,M-39,1.5,Chuy\n"
        "3,2023-02-07,,,M-39,,Chuy\n4,2023-02-07,,,,1.5,\n"
    )
    batch = made_files.imported(made_files.upload(text))
    assert list(batch.crashes["location_kind"]) == ["point", "route", "area", "none"]


def test_constants_of_the_source_fill_what_the_file_does_not_say():
    batch = made_files.imported(
        made_files.upload("crash_id,crash_date,country\n1,2023-02-07,KGZ\n")
    )
    crash = crash_by_id(batch, "1")
    assert (crash["country"], crash["killed_definition"], crash["source_id"]) == (
        "KGZ",
        "30d",
        "crashkit",
    )
    assert (batch.country, batch.synthetic) == ("KGZ", False)


def test_derived_columns_of_an_export_are_made_anew():
    text = "crash_id,crash_date,year,month,road_key,location_kind\n1,2023-02-07,1999,1,x,point\n"
    crash = crash_by_id(made_files.imported(made_files.upload(text)), "1")
    assert (crash["year"], crash["month"], crash["location_kind"]) == (2023, 2, "none")
