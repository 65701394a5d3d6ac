"""Any row of a crash may say that somebody was involved, and no row can deny it."""

import made_files

from crashkit import profiles

CASUALTIES = """
title = "Casualties"
source = "The ministry"
[[files]]
name = "casualties"
level = "casualty"
needs = ["no", "mode"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "date"
motorcycle_involved = { column = "mode", codes = { bike = "yes", car = "unknown" } }
[files.person]
injury = { column = "hurt", codes = { a = "slight" } }
"""

VEHICLES = """
title = "Vehicles"
source = "The ministry"
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
[files.crash]
pedestrian_involved = { column = "hit", codes = { p = "yes", v = "no" } }
[files.vehicle]
unit_no = "unit"
"""


def imported(profile, *files, known=None):
    uploads = [made_files.upload(text, f"{n}.csv") for n, text in enumerate(files)]
    return made_files.imported(uploads, profiles.parse("x", profile), known=known)


def told(batch, name):
    said = batch.crashes[name].astype(object).fillna("")
    return dict(zip(batch.crashes["crash_id"], said, strict=True))


def test_one_casualty_of_three_was_on_a_motorcycle():
    day = "2023-05-06"
    text = f"no,date,mode,hurt\n1,{day},car,a\n1,{day},car,a\n1,{day},bike,a\n2,{day},car,a\n"
    batch = imported(CASUALTIES, text)
    assert "disagrees" not in {issue.code for issue in batch.ledger.warnings}
    assert told(batch, "motorcycle_involved") == {"1": "yes", "2": "unknown"}


def test_a_row_of_a_vehicle_tells_that_it_hit_a_pedestrian():
    crashes = "no,date\n1,2023-05-06\n2,2023-05-06\n3,2023-05-06\n4,2023-05-06\n"
    vehicles = "no,unit,hit\n1,A,v\n1,B,p\n2,A,v\n3,A,\n"
    batch = imported(VEHICLES, crashes, vehicles)
    assert told(batch, "pedestrian_involved") == {"1": "yes", "2": "no", "3": "", "4": ""}


def test_a_crash_that_tells_of_another_road_user_is_another_crash():
    crashes, vehicles = "no,date\n1,2023-05-06\n", "no,unit,hit\n1,A,v\n"
    first = imported(VEHICLES, crashes, vehicles)
    known = dict(zip(first.crashes["crash_key"], first.digests, strict=True))
    again = imported(VEHICLES, crashes, vehicles, known=known)
    changed = imported(VEHICLES, crashes, "no,unit,hit\n1,A,p\n", known=known)
    assert (again.ledger.accepted, len(again.ledger.duplicates)) == (0, 2)
    assert (changed.ledger.accepted, changed.ledger.rejected) == (0, 2)
