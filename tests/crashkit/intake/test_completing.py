"""Crashes of an earlier import that later rows complete, or replace on the user's word."""

import batches
import made_files
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_files import CRASHES, PEOPLE, VEHICLES, imported, keys, three, upload

from crashkit import export, profiles
from crashkit.text import Speaker

UNTOLD = CRASHES.replace(",severity,n_killed", "").replace(",fatal,1", "").replace(",slight,0", "")
UNTOLD = UNTOLD.replace(",serious,0", "")
"""The same crashes; how bad they were only their people tell."""


def sums(batch):
    return batch.ledger.accepted, batch.ledger.rejected, len(batch.ledger.duplicates)


def crash(batch, number):
    return batch.crashes.set_index("crash_id").loc[number]


def both(first, then):
    """Return two imports as a store has them: of a crash that both have, the second stands."""
    frames = {}
    for name in ("crashes", "vehicles", "people"):
        old = getattr(first, name)
        stays = old[~old["crash_key"].isin(then.replaces)]
        filled = [frame for frame in (stays, getattr(then, name)) if len(frame)]
        whole = pd.concat(filled, ignore_index=True) if filled else old
        for column in whole.select_dtypes((object, "category")):
            words = whole[column].astype(object)
            whole[column] = words.where(words.notna(), None)
        frames[name] = whole
    digest = {**keys(first), **keys(then)}
    told = np.array([digest[key] for key in frames["crashes"]["crash_key"]], dtype=object)
    return batches.told(first, **frames, digests=told)


def test_people_who_come_later_join_their_crashes():
    first = imported([upload(UNTOLD), upload(VEHICLES, "vehicles.csv")])
    again = imported([upload(UNTOLD), upload(PEOPLE, "people.csv")], after=first)
    assert sums(again) == (3, 0, 3)
    assert again.replaces == set(keys(first))
    assert (len(again.crashes), len(again.vehicles), len(again.people)) == (3, 4, 3)
    assert list(first.crashes["severity"]) == ["unknown"] * 3
    assert list(again.crashes["severity"]) == ["fatal", "slight", "serious"]
    assert list(again.crashes["n_killed"]) == [1, 0, 0]
    assert list(again.crashes["n_vehicles"]) == [1, 1, 2]


def test_crashes_completed_by_their_people_are_those_of_one_import_of_all_files():
    at_once = imported(three(UNTOLD))
    first = imported([upload(UNTOLD), upload(VEHICLES, "vehicles.csv")])
    again = imported([upload(UNTOLD), upload(PEOPLE, "people.csv")], after=first)
    for name in ("crashes", "vehicles", "people"):
        wanted = getattr(at_once, name)
        found = getattr(again, name)[list(wanted.columns)]
        assert (
            found.astype(object)
            .where(found.notna(), None)
            .equals(wanted.astype(object).where(wanted.notna(), None))
        )


@pytest.mark.parametrize("files", [three(UNTOLD), [upload(UNTOLD), upload(PEOPLE, "people.csv")]])
def test_what_was_completed_is_not_completed_again(files):
    first = imported([upload(UNTOLD), upload(VEHICLES, "vehicles.csv")])
    second = imported([upload(UNTOLD), upload(PEOPLE, "people.csv")], after=first)
    third = imported(files, after=second)
    assert sums(third) == (0, 0, third.ledger.total)
    assert third.replaces == frozenset()


def test_a_person_mended_later_joins_the_crash_of_the_first_import():
    first = imported(three(people=PEOPLE.replace(",31,", ",old,")))
    mended = export.rejects(first.ledger, Speaker("en").say).replace(b",old,", b",31,")
    again = imported(upload(mended, "mended.csv"), after=first)
    assert sums(first) == (9, 1, 0)
    assert sums(again) == (1, 0, 0)
    assert again.replaces == {"crashkit:0002"}
    assert list(again.people["age"]) == [31]
    assert list(again.vehicles["unit_type"]) == ["bus"]
    third = imported(upload(mended, "mended.csv"), after=again)
    assert (sums(third), third.replaces) == ((0, 0, 1), frozenset())


def test_the_file_with_the_bad_row_stays_known_after_the_row_was_mended():
    bad = three(people=PEOPLE.replace(",31,", ",old,"))
    first = imported(bad)
    mended = export.rejects(first.ledger, Speaker("en").say).replace(b",old,", b",31,")
    again = imported(upload(mended, "mended.csv"), after=first)
    known = keys(first) | keys(again)
    third = imported(bad, known=known)
    assert sums(third) == (0, 1, 9)
    whole = imported(three(), known=known)
    assert sums(whole) == (0, 0, 10)


def test_a_person_with_a_number_that_is_taken_is_a_conflict():
    first = imported(three())
    other = (
        "crash_id,person_no,unit_no,road_user_type,age,sex,injury\n0002,1,1,driver,80,male,slight\n"
    )
    again = imported(upload(other, "people.csv"), after=first)
    assert [(issue.code, issue.row) for issue in again.ledger.issues] == [("changed", 2)]
    assert again.replaces == frozenset()


def test_people_of_a_crash_nobody_has_stay_without_one():
    first = imported(three())
    again = imported(upload(PEOPLE.replace("0002", "0009"), "people.csv"), after=first)
    assert [(issue.code, issue.row) for issue in again.ledger.issues] == [("orphan", 3)]
    assert len(again.ledger.duplicates) == 2


def test_a_crash_with_other_facts_is_put_aside_whole():
    first = imported(three())
    again = imported(three(CRASHES.replace("05:07", "06:07")), after=first)
    assert sums(again) == (0, 3, 7)
    assert again.replaces == frozenset()
    assert list(again.conflicts.crashes["crash_time"]) == ["06:07"]
    assert (len(again.conflicts.vehicles), len(again.conflicts.people)) == (1, 1)


def test_a_crash_with_other_facts_is_taken_on_the_users_word():
    first = imported(three())
    again = imported(three(CRASHES.replace("05:07", "06:07")), after=first, conflicts="take")
    assert sums(again) == (3, 0, 7)
    assert again.replaces == {"crashkit:0001"}
    assert list(again.crashes["crash_time"]) == ["06:07"]
    assert again.conflicts is None


def test_a_crash_that_is_taken_keeps_the_people_these_files_do_not_have():
    first = imported(three(UNTOLD))
    again = imported(upload(UNTOLD.replace("05:07", "06:07")), after=first, conflicts="take")
    taken = crash(again, "0001")
    assert (taken["crash_time"], taken["severity"], taken["n_killed"]) == ("06:07", "fatal", 1)
    assert (len(again.vehicles), len(again.people)) == (1, 1)
    assert sums(imported(upload(UNTOLD.replace("05:07", "06:07")), after=again))[2] == 1


def test_who_a_vehicle_says_was_involved_is_remembered_of_a_crash_that_is_completed():
    profile = profiles.parse(
        "x",
        """
        title = "x"
        source = "x"
        [[files]]
        name = "crashes"
        level = "crash"
        needs = ["no", "date"]
        key = "no"
        [files.crash]
        crash_id = "no"
        crash_date = "date"
        [[files]]
        name = "vehicles"
        level = "vehicle"
        needs = ["no", "hit"]
        key = "no"
        [files.vehicle]
        unit_no = "unit"
        [files.crash]
        pedestrian_involved = { column = "hit", codes = { p = "yes", v = "no" } }
        """,
    )
    first = imported(upload("no,date\n1,2023-05-06\n"), profile)
    late = upload("no,unit,hit\n1,A,p\n", "vehicles.csv")
    again = imported(late, profile, after=first)
    assert list(again.crashes["pedestrian_involved"]) == ["yes"]
    assert made_files.codes(again.ledger.issues) == []


TWO = PEOPLE.replace("0003,1,2,driver,19,male,serious\n", "")
"""The people of two of the three crashes."""


def test_crashes_that_nobody_tells_more_of_are_not_written_again():
    first = imported([upload(UNTOLD)])
    second = imported(upload(TWO, "people.csv"), after=first)
    assert len(second.replaces) == 2
    third = imported([upload(UNTOLD), upload(TWO, "people.csv")], after=both(first, second))
    assert sums(third) == (0, 0, 5)
    assert (third.replaces, len(third.crashes)) == (frozenset(), 0)
    last = imported(three(UNTOLD), after=both(first, second))
    assert sums(last) == (5, 0, 5)
    assert crash(last, "0003")["severity"] == "serious"


def test_a_person_whom_nobody_told_before_is_never_counted_as_said_before():
    first = imported([upload(UNTOLD)])
    second = imported(upload(TWO, "people.csv"), after=first)
    more = PEOPLE.replace("0003,1", "0001,2")
    third = imported([upload(UNTOLD), upload(more, "people.csv")], after=both(first, second))
    assert sums(third) == (0, 3, 3)
    assert list(third.conflicts.crashes["crash_id"]) == ["0001"]
    assert len(third.conflicts.people) == 2


def test_files_of_people_stay_known_after_vehicles_were_added():
    first = imported([upload(UNTOLD), upload(TWO, "people.csv")])
    second = imported(upload(PEOPLE, "people.csv"), after=first)
    middle = both(first, second)
    third = imported([upload(UNTOLD), upload(VEHICLES, "vehicles.csv")], after=middle)
    assert sums(third) == (4, 0, 3)
    whole = both(middle, third)
    for people in (TWO, PEOPLE):
        again = imported([upload(UNTOLD), upload(people, "people.csv")], after=whole)
        assert sums(again) == (0, 0, again.ledger.total)


@given(st.lists(st.sets(st.sampled_from(["crashes", "vehicles", "people", "two"]), min_size=1)))
@settings(max_examples=15, deadline=None)
def test_files_whose_rows_were_all_said_before_write_no_crash_again(steps):
    files = {
        "crashes": upload(UNTOLD),
        "vehicles": upload(VEHICLES, "vehicles.csv"),
        "people": upload(PEOPLE, "people.csv"),
        "two": upload(TWO, "two.csv"),
    }
    store = imported(files["crashes"])
    for step in steps:
        batch = imported([files[name] for name in sorted(step)], after=store)
        assert len(batch.crashes) == 0 or batch.ledger.accepted
        store = both(store, batch)
    given_ever = set().union(*steps)
    wanted = 3 if "people" in given_ever else 2 if "two" in given_ever else 0
    assert (len(store.people), len(store.vehicles)) == (wanted, 4 * ("vehicles" in given_ever))


HEAD = (
    "Case number,Date,Time,Province,Town,Road,Km,Latitude,Longitude,Speed limit,Vehicles,"
    "Casualty number,Road user,Vehicle,Sex,Age,Injury"
)
CASE = "7,25/11/2020,17:08,North,,A6,80.4,46.73,69.09,60,2"
KILLED = f"{CASE},1,Driver or rider,1,M,43,Killed"
SECOND = f"{CASE},2,Driver or rider,2,M,1O,Killed"


def casualties(*rows, after=None):
    text = "\n".join([HEAD, *rows]) + "\n"
    return imported(upload(text, "list.csv"), "sample_casualties", after=after)


def test_a_mended_row_of_a_list_of_casualties_joins_its_crash():
    first = casualties(KILLED, SECOND)
    assert sums(first) == (1, 1, 0)
    mended = SECOND.replace("1O", "10")
    again = casualties(mended, after=first)
    assert sums(again) == (1, 0, 0)
    whole = casualties(KILLED, mended)
    assert list(again.crashes["n_killed"]) == list(whole.crashes["n_killed"]) == [2]
    assert sorted(again.people["person_no"]) == sorted(whole.people["person_no"])
    assert sums(casualties(mended, after=both(first, again))) == (0, 0, 1)
    assert sums(casualties(KILLED, mended, after=both(first, again))) == (0, 0, 2)


def test_a_whole_list_with_one_casualty_more_joins_its_crash():
    first = casualties(KILLED)
    again = casualties(KILLED, SECOND.replace("1O", "10"), after=first)
    assert sums(again) == (1, 0, 1)


def test_a_casualty_told_otherwise_is_a_conflict():
    first = casualties(KILLED)
    again = casualties(KILLED.replace("Killed", "Slightly hurt"), after=first)
    assert [issue.code for issue in again.ledger.issues] == ["told_otherwise"]
    other = casualties(SECOND.replace("1O", "10").replace("17:08", "18:08"), after=first)
    assert [issue.code for issue in other.ledger.issues] == ["told_otherwise"]


def test_one_casualty_is_never_taken_for_all_of_the_crash():
    first = casualties(KILLED, SECOND.replace("1O", "10"))
    text = "\n".join([HEAD, KILLED.replace("Killed", "Slightly hurt")])
    again = imported(upload(text, "l.csv"), "sample_casualties", after=first, conflicts="take")
    assert [issue.code for issue in again.ledger.issues] == ["told_otherwise"]
    both_rows = "\n".join([text, SECOND.replace("1O", "10")])
    whole = imported(upload(both_rows, "l.csv"), "sample_casualties", after=first, conflicts="take")
    assert sums(whole) == (2, 0, 0)
    assert list(whole.crashes["n_killed"]) == [1]


def test_a_crash_that_is_told_otherwise_is_recalled_once(monkeypatch):
    first = casualties(KILLED, SECOND.replace("1O", "10"))
    asked, recall = [], made_files.recall_of(first)
    monkeypatch.setattr(
        made_files, "recall_of", lambda _: lambda wanted: asked.append(wanted) or recall(wanted)
    )
    again = casualties(KILLED.replace("Killed", "Slightly hurt"), after=first)
    assert len(again.conflicts) == len(asked) == 1


def test_who_bears_no_number_is_told_again_only_as_often_as_kept():
    nameless = "crash_id,person_no,injury,sex\n0001,,killed,m\n"
    first = imported([upload(CRASHES), upload(nameless, "people.csv")])
    again = imported(upload(f"{nameless}0001,,killed,m\n", "people.csv"), after=first)
    assert sums(again) == (1, 0, 1)
    assert len(again.people) == 2
    assert "possible_duplicate" in {one.code for one in again.ledger.warnings}
