import pytest
from made_crashes import made

from crashkit.errors import MethodError
from crashkit.measures import weighted
from crashkit.model import Score, Site

PEOPLE = {"killed": 5, "serious": 3, "slight": 1}
NCDOT = {"fatal": 76.8, "serious": 76.8, "slight": 8.4, "pdo": 1}


def site(*crash_ids):
    return Site("x", "", 0, 0, crash_ids)


def test_the_published_sum_of_property_damage_equivalents_is_found():
    severities = ["fatal"] + ["serious"] * 3 + ["slight"] * 5 + ["pdo"] * 23
    data = made([{"severity": severity} for severity in severities])
    params = weighted.Params(weights=NCDOT, unit="crashes")
    (score,) = weighted.score([site(*range(1, 33))], data, params)
    assert score.value == 372.2
    assert str(score.reason) == "372.2 points from 32 crashes."


def test_people_are_added_up_and_few_crashes_or_points_are_not_listed():
    data = made(
        [{"n_killed": 2, "n_slight": 1}, {"n_serious": 1}, {"n_slight": 1}, {"n_slight": 0}]
    )
    params = weighted.Params(weights=PEOPLE, min_crashes=2, min_score=4)
    sites = [site(1, 2), site(2, 3), site(1), site(3, 4), site(4)]
    scores = weighted.score(sites, data, params)
    assert [(score.value, score.passed) for score in scores] == [
        (14, True),
        (4, True),
        (11, False),
        (1, False),
        (0, False),
    ]
    assert scores[2] == Score(11.0, False)


@pytest.mark.parametrize("weights", [{}, {"fatal": 5}])
def test_weights_must_be_for_what_is_weighted(weights):
    with pytest.raises(MethodError, match="killed"):
        weighted.Params(weights=weights)


def test_what_crashes_do_not_tell_has_no_points_and_that_is_said():
    data = made(
        [
            {"severity": "fatal", "n_killed": 2, "n_serious": 0, "n_slight": 1},
            {"severity": "fatal", "n_serious": 1, "n_slight": 0},
            {"severity": "slight", "n_slight": 1},
        ]
    )
    params = weighted.Params(weights=PEOPLE, min_crashes=1)
    one, other = weighted.score([site(1, 2), site(1, 3)], data, params)
    assert str(one.reason) == (
        "14 points from 2 crashes, at the least: 1 of them do not tell all that has points."
    )
    assert str(other.reason) == "12 points from 2 crashes."
    said = [str(note) for note in weighted.caveats(data, params)]
    assert said == ["Killed: 1 crash does not tell it and is not in the sum."]
    by_crash = weighted.Params(weights=NCDOT, unit="crashes")
    assert not [*weighted.caveats(data, by_crash)]
    unknown = made([{"severity": "unknown"}, {"severity": "fatal"}])
    assert "lower bound" in str([*weighted.caveats(unknown, by_crash)][0])
