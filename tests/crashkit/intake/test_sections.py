"""Files of stretches of road: every row is accounted for, and crashes get their AADT."""

import made_files
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.errors import DropinError

PROFILE = """
title = "Police, with traffic"
source = "The ministry"
source_id = "police"

[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "date"
road_number = "road"
chainage_km = "km"
admin1 = "province"
aadt = "counted"

[[files]]
name = "traffic"
level = "section"
needs = ["begins", "ends"]
[files.section]
road_number = "road"
admin1 = "province"
from_km = "begins"
to_km = "ends"
aadt = "vehicles"
"""
POLICE = profiles.parse("police", PROFILE)


def crashes(*places, aadt=""):
    """Write crashes 1, 2, ... at a road and a km."""
    lines = [
        f"{number},2023-02-07,{road},{km},,{aadt}\n" for number, (road, km) in enumerate(places, 1)
    ]
    return made_files.upload("no,date,road,km,province,counted\n" + "".join(lines))


def traffic(*rows, name="traffic.csv"):
    """Write stretches: road, begin, end, vehicles a day."""
    lines = [",".join(map(str, row)) + ",\n" for row in rows]
    return made_files.upload("road,begins,ends,vehicles,province\n" + "".join(lines), name)


def imported(*files, known=None, profile=POLICE):
    return made_files.imported(list(files), profile, known=known)


def aadt(batch):
    if "aadt" not in batch.crashes:
        return [None] * len(batch.crashes)
    return [None if np.isnan(one) else one for one in batch.crashes["aadt"]]


def outcome(batch):
    """Return accepted, rejected and duplicate rows; the sums close."""
    told = batch.ledger
    assert told.total == told.accepted + told.rejected + len(told.duplicates)
    return told.accepted, told.rejected, len(told.duplicates)


def warned(batch, code):
    return [one for one in batch.ledger.warnings if one.code == code]


def test_a_crash_gets_the_aadt_of_the_stretch_it_lies_on():
    places = ("M-1", "0.0"), ("M-1", "4.999"), ("M-1", "5.0"), ("M-1", "10.001"), ("M-2", "1.0")
    batch = imported(
        crashes(*places, ("", "1.0"), ("M-1", "")),
        traffic(("M-1", 0, 5, 100), ("M-1", 5, 10, 200)),
    )
    assert aadt(batch) == [100, 100, 200, None, None, None, None]
    assert outcome(batch) == (9, 0, 0)
    (said,) = warned(batch, "aadt_given")
    assert said.message.values == {"n": 3, "crashes": 7}
    assert [file.table for file in batch.ledger.files] == ["crash", "section"]


def test_the_end_belongs_to_a_stretch_where_no_other_begins():
    batch = imported(
        crashes(("M-1", "5.0"), ("M-1", "10.0"), ("M-1", "12.5"), ("M-1", "20.0")),
        traffic(("M-1", 0, 5, 100), ("M-1", 5, 10, 200), ("M-1", 12.5, 20, 300)),
    )
    assert aadt(batch) == [200, 200, 300, 300]


def test_a_crash_keeps_the_aadt_it_has():
    batch = imported(crashes(("M-1", "1.5"), aadt="77"), traffic(("M-1", 0, 5, 100)))
    assert aadt(batch) == [77]


def test_where_stretches_overlap_the_shorter_one_counts_and_it_is_said():
    batch = imported(
        crashes(("M-1", "1.5"), ("M-1", "4.0"), ("M-1", "8.0")),
        traffic(("M-1", 0, 10, 100), ("M-1", 3, 5, 900), ("M-1", 6, 7, 100)),
    )
    assert aadt(batch) == [100, 900, 100]
    (said,) = warned(batch, "overlap")
    assert (said.file, said.row) == ("traffic.csv", 3)
    assert "«M-1 0.000–10.000 km»" in str(said.message.values["other"])


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (("M-1", 5, 3, 100), "backward_stretch", "to_km"),
        (("M-1", 5, 5, 100), "backward_stretch", "to_km"),
        (("", 5, 6, 100), "no_stretch", "road_number"),
        (("M-1", "", 6, 100), "no_stretch", "from_km"),
        (("M-1", 5, "", 100), "no_stretch", "to_km"),
        (("M-1", 5, 6, ""), "no_stretch", "aadt"),
        (("M-1", 5, "far", 100), "not_a_number", "to_km"),
        (("M-1", 5, 6, "many"), "not_a_number", "aadt"),
        (("M-1", 5, 6, -1), "negative", "aadt"),
    ],
)
def test_a_row_that_tells_of_no_stretch_is_rejected(row, code, field):
    batch = imported(crashes(("M-1", "1.0")), traffic(("M-1", 0, 5, 100), row))
    assert outcome(batch) == (2, 1, 0)
    (issue,) = batch.ledger.issues
    assert (issue.file, issue.row, issue.field) == ("traffic.csv", 3, field)
    assert issue.code == code
    assert batch.ledger.cells["traffic.csv", 3]["road"] == row[0]
    assert aadt(batch) == [100]


def test_equal_rows_count_once_and_rows_in_contradiction_not_at_all():
    batch = imported(
        crashes(("M-1", "1.0"), ("M-1", "6.0")),
        traffic(("M-1", 0, 5, 100), ("M-1", "0.0", "5.000", 100), ("M-1", 5, 9, 1)),
        traffic(("M-1", 5, 9, 2), ("M-1", 0, 5, 100), name="more.csv"),
    )
    assert aadt(batch) == [100, None]
    assert outcome(batch) == (3, 2, 2)
    assert [(one.file, one.row, one.of) for one in batch.ledger.duplicates] == [
        ("traffic.csv", 3, "traffic.csv:2"),
        ("more.csv", 3, "traffic.csv:2"),
    ]
    assert {(one.file, one.row, one.code) for one in batch.ledger.issues} == {
        ("traffic.csv", 4, "conflict"),
        ("more.csv", 2, "conflict"),
    }


def test_roads_are_compared_as_those_of_crashes_are():
    # Cyrillic em, another dash.
    batch = imported(crashes(("M-1", "1.0")), traffic(("М–1", 0, 5, 100)))  # noqa: RUF001
    assert aadt(batch) == [100]


def test_a_road_of_another_province_is_another_road_where_posts_begin_anew():
    files = (
        made_files.upload("no,date,road,km,province\n1,2023-02-07,M-1,1.5,North\n"),
        made_files.upload(
            "road,begins,ends,vehicles,province\nM-1,0,5,100,South\nM-1,0,5,300,North\n", "t.csv"
        ),
    )
    anew = "posts_by_province = true\n" + PROFILE
    assert aadt(imported(*files, profile=profiles.parse("police", anew))) == [300]


def test_a_file_of_traffic_changes_nothing_by_which_crashes_are_told_apart():
    files = crashes(("M-1", "1.0"), ("M-1", "6.0")), traffic(("M-1", 0, 5, 100))
    without, together = imported(files[0]), imported(*files)
    assert made_files.keys(without) == made_files.keys(together)
    assert "aadt" not in without.crashes


def test_crashes_imported_before_stay_as_they_are_and_it_is_said_how_to_add_theirs():
    files = crashes(("M-1", "1.0"), ("M-1", "6.0")), traffic(("M-1", 0, 5, 100))
    known = made_files.keys(imported(files[0]))
    batch = imported(*files, known=known)
    assert (len(batch.crashes), outcome(batch)) == (0, (0, 1, 2))
    assert [(one.row, one.code) for one in batch.ledger.issues] == [(2, "no_new_crash")]
    (said,) = warned(batch, "aadt_not_given")
    assert said.message.values == {"n": 1}
    assert "take that import back" in said.message.text
    # Only new crashes get an AADT where some are new.
    more = imported(crashes(("M-1", "1.0"), ("M-1", "6.0"), ("M-1", "2.0")), files[1], known=known)
    assert (aadt(more), outcome(more)) == ([100], (2, 0, 2))
    assert len(warned(more, "aadt_not_given")) == 1
    # And without it again nothing is in contradiction.
    assert outcome(imported(files[0], known=made_files.keys(imported(*files)))) == (0, 0, 2)


stretches = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10), st.integers(0, 5)), min_size=1, max_size=12
)


@given(stretches, st.randoms(use_true_random=False))
def test_every_crash_gets_what_a_plain_search_finds_whatever_the_order(rows, random):
    rows = list({(begin, long): (begin, begin + long, cars) for begin, long, cars in rows}.values())
    kms = [half / 2 for half in range(84)]
    file = crashes(*(("M-1", f"{km:.1f}") for km in kms))
    found = aadt(imported(file, traffic(*(("M-1", *row) for row in rows))))
    random.shuffle(rows)
    assert aadt(imported(file, traffic(*(("M-1", *row) for row in rows)))) == found
    assert found == [plain(km, rows) for km in kms]


def plain(km, rows):
    """Find the AADT at a km: of the stretches there the shortest, of equal ones the first."""
    on = [row for row in rows if row[0] <= km < row[1]] or [row for row in rows if row[1] == km]
    return min(on, key=lambda row: (row[1] - row[0], row[0]))[2] if on else None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('aadt = "vehicles"', "", "section.aadt is missing"),
        ('from_km = "begins"', "", "section.from_km is missing"),
        ('[files.section]\nroad_number = "road"', "[files.section]", "road_number or road_name"),
        ('needs = ["begins", "ends"]', 'needs = ["begins"]\nkey = "road"', "key: not in a file"),
        ('aadt = "vehicles"', 'aadt = "vehicles"\nlat = "y"', "no such field"),
        ("[files.section]", '[files.crash]\nplace = "x"\n[files.section]', "not in a file"),
    ],
)
def test_a_profile_says_all_of_a_stretch(old, new, said):
    assert old in PROFILE
    with pytest.raises(DropinError, match=said):
        profiles.parse("police", PROFILE.replace(old, new))


def test_a_whole_number_is_the_km_at_which_a_stretch_begins():
    # A crash at "km 5" lies anywhere on the sixth kilometre, and its middle is taken.
    batch = imported(crashes(("M-1", "5")), traffic(("M-1", 0, 5, 100), ("M-1", 5, 6, 200)))
    assert aadt(batch) == [200]
