"""Names of columns in the languages of the region."""

import csv
from importlib import resources

import pytest

from crashkit import fields
from crashkit.intake import drafts, personal, synonyms

LANGUAGES = ("en", "ru", "zh", "kk", "ky", "uz", "tg", "tk", "az", "ka", "mn", "fa", "ur")


def rows():
    text = resources.files("crashkit.intake").joinpath("synonyms.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def targets(name):
    return [match.target for match in synonyms.matches(name)]


def test_every_target_is_a_field_a_part_or_a_kind_of_personal_data():
    for row in rows():
        known = row["target"] in drafts.PARTS or drafts.field_of(row["target"]) is not None
        kind = row["target"].removeprefix(synonyms.PERSONAL)
        assert known or kind in personal.KINDS, row["target"]


def test_names_nobody_has_confirmed_say_so():
    assert {row["note"] for row in rows() if row["language"] not in ("en", "ru", "std")} == {
        "unverified"
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_names_what_a_map_needs_and_what_must_not_be_kept(language):
    said = {row["target"] for row in rows() if row["language"] == language}
    wanted = {"crash_id", "crash_date", "crash_time", "lat", "lon", "severity", "n_killed"}
    assert {f"crash.{name}" for name in wanted} <= said
    assert {f"personal.{kind}" for kind in personal.KINDS} <= said


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Дата ДТП", "crash.crash_date"),
        ("ДАТА  ДТП", "crash.crash_date"),
        ("crash_date", "crash.crash_date"),
        ("CrashDate", "crash.crash_date"),
        ("事故日期", "crash.crash_date"),
        ("发生事故日期", "crash.crash_date"),
        ("Oʻlganlar", "crash.n_killed"),
        ("O'lganlar", "crash.n_killed"),
        ("Кенглик", "crash.lat"),
        ("Ağırlıq dərəcəsi", "crash.severity"),
        ("გრძედი", "crash.lon"),
        ("تعداد كشته", "crash.n_killed"),
        ("Широта (градусы)", "crash.lat"),
        ("№ карточки", "crash.crash_id"),
        ("Ref", "crash.crash_id"),
        ("Number", "crash.crash_id"),
    ],
)
def test_case_signs_and_spelling_do_not_hide_a_name(name, target):
    assert [one for one in targets(name) if one.startswith("crash.")] == [target]


def test_the_longest_name_wins():
    assert targets("Дата рождения") == ["personal.birth_date"]
    assert targets("Road name") == ["crash.road_name", "section.road_name"]


def test_a_short_name_inside_a_long_one_says_nothing():
    assert targets("Km driven by the driver before the crash happened") == []


def test_every_field_that_is_named_can_be_chosen():
    chosen = {
        target
        for level in ("crash", "casualty", "vehicle", "person", "section")
        for group in drafts.targets(level).values()
        for target in group
    }
    named = {row["target"] for row in rows() if not row["target"].startswith("personal.")}
    assert named <= chosen
    assert fields.has("crash", "crash_id")
