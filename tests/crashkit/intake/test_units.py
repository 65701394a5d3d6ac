"""The unit of a column: said by its name, shown to a person, never guessed in secret."""

from __future__ import annotations

import made_files
import pytest

from crashkit import profiles
from crashkit.intake import coding, drafts, profiling, proposing, units
from crashkit.intake.drafts import ColumnDraft

SPEED, POST, WIDTH = "crash.speed_limit", "crash.chainage_km", "crash.width_m"


def column(name, target, **more):
    return units.with_unit(ColumnDraft(name, 10, 5, ("1",), target, 0.9, **more))


@pytest.mark.parametrize(
    ("name", "target", "unit", "sure"),
    [
        ("Speed limit (mph)", SPEED, "mph", 0.9),
        ("speedLimit_mph", SPEED, "mph", 0.9),
        ("Speed limit, km/h", SPEED, "", 0.9),
        ("Ограничение скорости, миль/ч", SPEED, "mph", 0.9),
        ("Ограничение скорости, км/ч", SPEED, "", 0.9),
        ("限速(英里/小时)", SPEED, "mph", 0.9),
        ("限速(公里/小时)", SPEED, "", 0.9),
        ("Speed limit", SPEED, "", 0.0),
        ("Chainage (m)", POST, "m", 0.9),
        ("Пикетаж, м", POST, "m", 0.9),
        ("Километр", POST, "", 0.9),
        ("Milepost", POST, "mi", 0.9),
        ("Chainage", POST, "", 0.0),
        ("km + m", POST, "", 0.0),
        ("Carriageway width, ft", WIDTH, "ft", 0.9),
        ("Ширина проезжей части, см", WIDTH, "cm", 0.9),
        ("width_m", WIDTH, "", 0.9),
        ("м", "crash.chainage_km:plus_m", "", 0.0),
        ("Вид ДТП, м", "crash.crash_type", "", 0.0),
        ("ft", "", "", 0.0),
    ],
)
def test_the_name_of_a_column_says_its_unit_or_nothing(name, target, unit, sure):
    found = column(name, target)
    assert (found.unit, found.unit_sure) == (unit, sure)


def test_a_km_post_that_says_its_units_itself_is_left_alone():
    assert column("Chainage (m)", POST, format="km+m").unit == ""


def test_every_unit_that_can_be_turned_into_ours_has_words():
    for theirs, ours in profiles.UNITS:
        assert units.words()[theirs]
        assert units.words()[ours]


def test_a_person_chooses_another_unit_and_no_other_word():
    told = column("Speed limit", SPEED)
    assert units.choices(SPEED) == ("km/h", "mph")
    assert units.choices("crash.crash_type") == ()
    assert (units.chosen(told, "mph").unit, units.chosen(told, "mph").unit_sure) == ("mph", 1.0)
    assert units.chosen(units.chosen(told, "mph"), "km/h").unit == ""
    assert units.chosen(told, "knots") == told
    assert units.chosen(told, "km/h") == told


def test_a_unit_goes_with_the_field_it_belongs_to():
    told = column("Speed limit (mph)", SPEED)
    assert coding.retargeted(told, "crash.main_cause").unit == ""
    assert coding.retargeted(coding.retargeted(told, ""), SPEED).unit == "mph"


# --------------------------------------------------------------- into a profile

HEAD = "crash id,date,speed limit (mph),road no,chainage (m)\n"
ROWS = "".join(f"{n},2024-02-{n:02d},{20 + n},M39,{684_000 + n}\n" for n in range(1, 21))


def draft():
    return proposing.propose([made_files.upload(HEAD + ROWS)])


def test_large_numbers_of_metres_are_a_km_post_where_the_name_says_metres():
    found = {one.name: (one.target, one.unit) for one in draft().kinds[0].columns}
    assert found["chainage (m)"] == (POST, "m")
    assert found["speed limit (mph)"] == (SPEED, "mph")


def test_the_units_of_a_draft_are_those_of_its_profile_and_come_back():
    made = profiling.profile_of("mine", drafts.of_document(drafts.as_document(draft())))
    recipes = made.files[0].recipes["crash"]
    assert (recipes["speed_limit"].unit, recipes["chainage_km"].unit) == ("mph", "m")
    batch = made_files.imported(made_files.upload(HEAD + ROWS), profile=made)
    assert batch.crashes["chainage_km"].iloc[0] == pytest.approx(684.001)
    assert batch.crashes["speed_limit"].iloc[0] == 34
    assert "converted" in {one.code for one in batch.ledger.warnings}
    again = profiling.applied(draft(), made)
    found = {one.name: (one.unit, one.unit_sure) for one in again.kinds[0].columns}
    assert found["speed limit (mph)"] == ("mph", 1.0)


def test_a_unit_that_a_person_took_away_does_not_come_back_from_the_profile():
    made = profiling.profile_of("mine", draft())
    again = profiling.applied(draft(), made)
    kind = again.kinds[0]
    columns = tuple(units.chosen(one, "km/h") for one in kind.columns)
    changed = drafts.Draft((drafts.FileDraft(kind.files, kind.level, kind.rows, columns),))
    merged = profiling.completed(profiling.profile_of("mine", changed), made)
    assert merged.files[0].recipes["crash"]["speed_limit"].unit == ""
