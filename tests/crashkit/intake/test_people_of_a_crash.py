"""People of a crash: counted against what the source says, and kept where they look alike."""

import made_files
import pytest

from crashkit import profiles

PROFILE = """
title = "Police"
source = "The ministry"
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "date"
n_persons = "persons"
[[files]]
name = "people"
level = "person"
needs = ["no", "hurt"]
key = "no"
[files.person]
sex = { column = "sex", codes = { m = "male" } }
injury = { column = "hurt", codes = { s = "slight", n = "none" } }
"""


def imported(persons, *people):
    crashes = f"no,date,persons\n1,2023-05-06,{persons}\n"
    rows = "".join(f"1,{one}\n" for one in people)
    files = [
        made_files.upload(crashes, "c.csv"),
        made_files.upload(f"no,sex,hurt\n{rows}", "p.csv"),
    ]
    return made_files.imported(files, profiles.parse("x", PROFILE))


def test_people_who_look_alike_are_kept_and_pointed_out_once():
    batch = imported(3, "m,s", "m,s", "m,s")
    (issue,) = batch.ledger.warnings
    assert (issue.file, issue.row, issue.code) == ("p.csv", None, "possible_duplicate")
    assert issue.message.values["n"] == 2
    assert len(batch.people) == 3
    assert batch.ledger.duplicates == ()


@pytest.mark.parametrize(
    ("people", "codes"), [(("m,s", "m,n"), ["counts_disagree"]), (("m,s",), [])]
)
def test_everybody_is_counted_only_where_the_unhurt_are_listed(people, codes):
    batch = imported(5, *people)
    assert [issue.code for issue in batch.ledger.warnings] == codes
    assert list(batch.crashes["n_persons"]) == [5]
