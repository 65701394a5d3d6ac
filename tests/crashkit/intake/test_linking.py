"""Rows are brought together to crashes; nothing depends on which comes first."""

import random

import made_files
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashkit import profiles

CASUALTIES = profiles.parse(
    "casualties",
    """
    title = "Casualties"
    source = "Nobody"
    [[files]]
    name = "casualties"
    level = "casualty"
    needs = ["case", "day", "who"]
    key = "case"
    partial = true
    [files.crash]
    crash_id = "case"
    crash_date = "day"
    road_name = "road"
    speed_limit = "limit"
    [files.person]
    person_no = "who"
    age = "age"
    injury = "injury"
    """,
)
HEAD = ("case", "day", "road", "limit", "who", "age", "injury")
LINKED = profiles.parse(
    "linked",
    """
    title = "Linked"
    source = "Nobody"
    [[files]]
    name = "facts"
    level = "crash"
    needs = ["year", "case", "day"]
    key = ["year", "case"]
    [files.crash]
    crash_id = { template = "{year}/{case}" }
    crash_date = "day"
    light = "light"
    [[files]]
    name = "places"
    level = "crash_part"
    needs = ["jahr", "case", "road"]
    key = ["jahr", "case"]
    [files.crash]
    road_name = "road"
    light = "light"
    """,
)


def casualties(*rows, known=None):
    upload = made_files.upload(made_files.table([HEAD, *rows]))
    return made_files.imported(upload, CASUALTIES, known=known)


def linked(facts, places):
    return made_files.imported(
        [
            made_files.upload("year,case,day,light\n" + facts, "facts.csv"),
            made_files.upload("jahr,case,road,light\n" + places, "places.csv"),
        ],
        LINKED,
    )


def told(issues):
    return made_files.codes(issues)


# -------------------------------------------------------------- casualties


def test_rows_of_casualties_make_one_crash():
    batch = casualties(
        ("7", "2023-02-07", "Osh", "60", "1", "44", "killed"),
        ("7", "2023-02-07", "Osh", "60", "2", "12", "slight"),
        ("8", "2023-02-08", "", "", "1", "30", "serious"),
    )
    assert (len(batch.crashes), len(batch.people), batch.ledger.accepted) == (2, 3, 3)
    assert list(batch.crashes["severity"]) == ["fatal", "serious"]
    assert list(batch.crashes["n_injured"]) == [1, 1]


def test_where_rows_differ_the_most_frequent_is_kept_and_the_others_are_named():
    rows = [("7", "2023-02-07", "Osh", "60", str(n), "44", "slight") for n in range(2)]
    rows.append(("7", "2023-02-07", "Jalal", "90", "3", "44", "slight"))
    batch = casualties(*rows)
    (crash,) = batch.crashes.to_dict("records")
    assert (crash["road_name"], crash["speed_limit"]) == ("Osh", 60)
    assert told(batch.ledger.warnings) == [
        (4, "road_name", "disagrees"),
        (4, "speed_limit", "disagrees"),
    ]


def test_a_row_that_cannot_be_read_does_not_take_its_crash_along():
    rows = [
        ("7", "2023-02-07", "Osh", "60", "1", "child", "slight"),
        ("7", "2023-02-07", "Osh", "60", "2", "44", "slight"),
    ]
    batch = casualties(*rows)
    assert (len(batch.crashes), len(batch.people), batch.ledger.rejected) == (1, 1, 1)


def test_casualties_of_a_crash_imported_before_with_other_rows_are_a_conflict():
    rows = [("7", "2023-02-07", "Osh", "60", str(n), "44", "slight") for n in range(2)]
    first = casualties(*rows)
    again = casualties(*rows, known=made_files.keys(first))
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 2)
    more = casualties(*rows, (*rows[0][:4], "9", "1", "slight"), known=made_files.keys(first))
    assert {issue.code for issue in more.ledger.issues} == {"told_otherwise"}
    assert more.ledger.rejected == 3


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", ""]),
        st.sampled_from(["2023-02-07", "2023-02-07", "2023-02-30", ""]),
        st.sampled_from(["Osh", "Osh", "Naryn", ""]),
        st.sampled_from(["60", "90", "fast", ""]),
        st.sampled_from(["1", "2", ""]),
        st.sampled_from(["44", "-1", ""]),
        st.sampled_from(["killed", "slight", "odd"]),
    ),
    max_size=14,
)


@given(rows=ROWS, seed=st.integers(0, 9))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_neither_the_order_nor_a_second_import_changes_anything(rows, seed):
    if not rows:
        return
    one = casualties(*rows)
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    other = casualties(*shuffled)
    assert made_files.keys(one) == made_files.keys(other)
    assert one.ledger.accepted == len(one.people) == other.ledger.accepted
    assert (
        one.crashes["n_killed"].sum() == (one.people["injury"] == "killed").sum()
        if len(one.crashes)
        else True
    )
    again = casualties(*rows, known=made_files.keys(one))
    assert (again.ledger.accepted, again.ledger.rejected) == (0, one.ledger.rejected)


# ------------------------------------------------------- further crash facts


def test_further_facts_fill_what_the_crash_does_not_say():
    batch = linked(
        "2013,1,2013-02-07,\n2013,2,2013-02-08,day\n", "2013,1,A1,dark\n2013,2,A2,dark\n"
    )
    assert list(batch.crashes["crash_id"]) == ["2013/1", "2013/2"]
    assert list(batch.crashes["road_name"]) == ["A1", "A2"]
    assert list(batch.crashes["light"]) == ["dark", "day"]
    assert batch.ledger.accepted == 4


def test_further_facts_share_the_fate_of_their_crash():
    batch = linked(
        "2013,1,soon,\n2013,2,2013-02-08,\n2013,3,2013-02-09,\n",
        "2013,1,A1,\n2013,2,A2,\n2013,2,A2,\n2013,3,A3,\n2013,3,A4,\n2014,2,A5,\n",
    )
    assert told(batch.ledger.issues) == [
        (2, "crash_date", "bad_date"),
        (2, "crash_id", "parent_rejected"),
        (5, "crash_id", "conflict"),
        (6, "crash_id", "conflict"),
        (7, "crash_id", "orphan"),
    ]
    assert [(one.row, one.of) for one in batch.ledger.duplicates] == [(4, "places.csv:3")]
    assert len(batch.crashes) == 2


def test_a_part_of_a_key_that_lacks_is_no_key():
    batch = linked("2013,,2013-02-07,\n", ",1,A1,\n")
    assert [code for _, _, code in told(batch.ledger.issues)] == ["no_id", "no_id"]


# ------------------------------------------------------------------ numbers


def test_numbers_that_look_alike_are_pointed_out():
    text = "crash_id,crash_date\nKG-1,2023-02-07\nkg–1,2023-02-08\nКG-2,2023-02-08\n"
    batch = made_files.imported(made_files.upload(text))
    assert told(batch.ledger.warnings) == [
        (2, "crash_id", "near_duplicate_id"),
        (3, "crash_id", "near_duplicate_id"),
    ]


def test_members_of_two_crashes_with_one_number_are_not_given_to_either():
    crashes = "crash_id,source_id,crash_date\n1,north,2023-02-07\n1,south,2023-02-08\n"
    batch = made_files.imported(
        [
            made_files.upload(crashes),
            made_files.upload(made_files.PEOPLE.replace("0001", "1"), "p.csv"),
        ]
    )
    assert list(batch.crashes["crash_key"]) == ["north:1", "south:1"]
    assert told(batch.ledger.issues)[0] == (2, "crash_id", "ambiguous")


@pytest.mark.parametrize("known", ["", "0000000000000000"])
def test_a_crash_is_a_duplicate_only_of_the_same_facts(known):
    first = made_files.imported(made_files.three())
    digests = {key: known or digest for key, digest in made_files.keys(first).items()}
    again = made_files.imported(made_files.three(), known=digests)
    assert len(again.ledger.duplicates) == (0 if known else 10)
    assert again.ledger.rejected == (10 if known else 0)


def test_the_fingerprint_of_a_crash_stays_the_same_from_version_to_version():
    # Stores remember these: other numbers here would turn every crash into a conflict.
    assert made_files.keys(made_files.imported(made_files.three())) == {
        "crashkit:0001": "4bf7bc060f984aed.0000000000000000.0aae283830291729.168fbb8ae2c9f674",
        "crashkit:0002": "8ce10acabbe22195.0000000000000000.277ad91f2ddd62e6.ccfe02b97412fefe",
        "crashkit:0003": "e8d5f1214a78c154.0000000000000000.404aa13ec8405189.7e337b2b4d158cca",
    }


def test_fingerprints_of_the_first_release_are_still_known():
    known = {
        "crashkit:0001": "6d359fc9228b588a",
        "crashkit:0002": "8159e6a35dd28379",
        "crashkit:0003": "a7540d8b5fce9fa7",
    }
    again = made_files.imported(made_files.three(), known=known)
    assert len(again.ledger.duplicates) == again.ledger.total


def test_the_file_of_crashes_alone_says_nothing_new_of_crashes_with_people():
    first = made_files.imported(made_files.three())
    again = made_files.imported(made_files.upload(made_files.CRASHES), known=made_files.keys(first))
    assert (len(again.ledger.duplicates), again.ledger.rejected) == (3, 0)


def test_a_workbook_of_the_same_rows_says_nothing_new():
    first = made_files.imported(made_files.upload(made_files.CRASHES))
    rows = [line.split(",") for line in made_files.CRASHES.splitlines()]
    typed = [rows[0], *([_typed(cell) for cell in row] for row in rows[1:])]
    book = made_files.upload(made_files.workbook(a=typed), "crashes.xlsx")
    again = made_files.imported(book, known=made_files.keys(first))
    assert len(again.ledger.duplicates) == 3


def _typed(cell):
    return float(cell) if cell.count(".") == 1 else cell


def test_which_of_repeated_casualties_comes_first_does_not_matter():
    rows = [("7", "2023-02-07", "Osh", limit, "1", "44", "killed") for limit in ("60", "60", "90")]
    one, other = casualties(*rows), casualties(*rows[::-1])
    assert made_files.keys(one) == made_files.keys(other)
    assert (len(one.people), len(one.ledger.duplicates)) == (1, 2)
    assert list(one.crashes["speed_limit"]) == [60]


def test_words_of_the_source_may_differ_without_a_warning():
    profile = profiles.parse(
        "x",
        """
        title = "x"
        source = "x"
        [[files]]
        name = "x"
        level = "casualty"
        needs = ["case", "day", "light"]
        key = "case"
        [files.crash]
        crash_id = "case"
        crash_date = "day"
        light = { column = "light", codes = { d = "day", daylight = "day" } }
        [files.person]
        person_no = "who"
        """,
    )
    text = "case,day,light,who\n1,2023-02-07,d,1\n1,2023-02-07,daylight,2\n"
    batch = made_files.imported(made_files.upload(text), profile)
    assert batch.ledger.warnings == ()
    assert list(batch.crashes["light"]) == ["day"]


def test_a_count_of_casualties_that_disagrees_names_one_of_their_rows():
    profile = profiles.parse(
        "x",
        """
        title = "x"
        source = "x"
        [[files]]
        name = "x"
        level = "casualty"
        needs = ["case", "day", "killed"]
        key = "case"
        [files.crash]
        crash_id = "case"
        crash_date = "day"
        n_killed = "killed"
        [files.person]
        injury = "injury"
        """,
    )
    text = "case,day,killed,injury\n1,2023-02-07,2,killed\n"
    batch = made_files.imported(made_files.upload(text), profile)
    assert told(batch.ledger.warnings) == [(2, "n_killed", "counts_disagree")]


def test_a_number_with_invisible_signs_takes_nothing_from_the_row_that_bears_it_plainly():
    rows = [("7", "2023-02-07"), ("7\u200b", "2023-03-08"), ("7 ", "2023-02-07")]
    for turned in (rows, rows[::-1]):
        batch = made_files.imported(
            made_files.upload(made_files.table([("crash_id", "crash_date"), *turned]))
        )
        assert [issue.code for issue in batch.ledger.issues] == ["spoilt_id"]
        assert batch.crashes["crash_date"].tolist() == ["2023-02-07"]
        assert (batch.ledger.accepted, batch.ledger.rejected, len(batch.ledger.duplicates)) == (
            1,
            1,
            1,
        )


def test_where_no_row_bears_a_number_plainly_or_those_that_do_disagree_none_is_taken():
    head = ("crash_id", "crash_date")
    for rows in (
        [("7\u200b", "2023-02-07"), ("7 ", "2023-03-08")],
        [("7", "2023-02-07"), ("7", "2023-03-08"), ("7 ", "2023-03-08")],
    ):
        batch = made_files.imported(made_files.upload(made_files.table([head, *rows])))
        assert {issue.code for issue in batch.ledger.issues} == {"told_twice"}
        assert batch.ledger.rejected == len(rows)
