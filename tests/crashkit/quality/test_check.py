"""The 21 checks as data: complete, measured, and graded so that better is never worse."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashkit import breaks, quality
from crashkit.text import Speaker

INTAKE = Path(quality.__file__).parents[1] / "intake"
CHECKS = list(quality.checks().values())


def test_there_are_the_21_checks_of_the_framework_each_with_its_measure():
    assert [check.number for check in CHECKS] == list(range(1, 22))
    assert set(quality.checks()) == set(quality.MEASURES)
    assert {check.number for check in CHECKS if check.blocking} == {1, 2, 3, 5, 6, 9, 11, 14}
    assert {check.dimension for check in CHECKS} == set(quality.DIMENSIONS)
    assert all(str(check.formula) and str(check.advice) for check in CHECKS)


def test_a_check_names_sources_that_everybody_can_find():
    assert all("NHTSA DOT HS 811 441" in str(check.source) for check in CHECKS)
    assert [check.id for check in CHECKS if str(check.source).endswith("; Chapman 1951")] == [
        check.id for check in CHECKS if check.number == 16
    ]


@pytest.mark.parametrize(
    ("id_", "value", "grade"),
    [
        ("located", 0.95, "A"),
        ("located", 0.9499, "B"),
        ("located", 0.85, "B"),
        ("located", 0.343, "D"),
        ("located", 0.605, "C"),
        ("duplicates", 0.0, "A"),
        ("duplicates", 0.001, "B"),
        ("comparability", 18.5, "D"),
        ("heaping", 0.19, "A"),
        ("timeliness", 31, "C"),
        ("documentation", 3, "A"),
        ("documentation", 0, "D"),
        ("injury_ratios", 5, ""),
    ],
)
def test_the_grades_are_those_of_the_framework(id_, value, grade):
    assert quality.checks()[id_].grade(value) == grade


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@given(one=st.floats(0, 200), other=st.floats(0, 200))
def test_a_better_value_never_earns_a_worse_grade(check, one, other):
    better, worse = (max, min) if check.better == "high" else (min, max)
    assert check.grade(better(one, other)) <= check.grade(worse(one, other))


def test_the_limit_of_a_break_is_that_of_grade_a():
    assert quality.checks()["comparability"].limits[0] == breaks.LIMIT


def test_every_fault_is_a_complaint_that_an_import_can_make():
    files = (*INTAKE.glob("*.py"), INTAKE.parent / "model.py")
    said = "".join(path.read_text("utf-8") for path in files)
    assert [code for code in quality.faults() if f'"{code}"' not in said] == []
    assert {one.check for one in quality.faults().values()} <= {*quality.checks(), ""}


@pytest.mark.parametrize(
    ("id_", "value", "words"),
    [
        ("located", 0.94999, "94.9 %"),
        ("located", 0.95, "95 %"),
        ("located", 0.29, "29 %"),
        ("duplicates", 0.00001, "0.1 %"),
        ("duplicates", 0.0, "0 %"),
        ("comparability", 1.6057, "1.7"),
        ("timeliness", 12.0, "12 days"),
        ("documentation", 2.0, "2 of 3"),
    ],
)
def test_a_value_is_never_shown_better_than_it_is(id_, value, words):
    assert Speaker("en").say(quality.shown(quality.checks()[id_], value)) == words


def test_the_scale_says_which_value_earns_which_grade():
    say, checks = Speaker("en").say, quality.checks()
    assert say(quality.scale(checks["located"])) == "A from 95 %, B from 85 %, C from 60 %."
    assert say(quality.scale(checks["heaping"])) == "A up to 25 %, B up to 50 %, C up to 80 %."
    assert say(quality.scale(checks["injury_ratios"])) == "Flagged only, never graded."
