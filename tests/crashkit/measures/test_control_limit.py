import pytest
from made_crashes import made

from crashkit.measures import control_limit
from crashkit.measures.control_limit import Params
from crashkit.model import Site

POINTS = [8, 15, 36, 11, 20, 9]
WEIGHTS = {"killed": 12, "serious": 3, "slight": 3, "pdo": 1}


def scored(limit):
    rows = [{"severity": "pdo", "n_killed": 0} for points in POINTS for _ in range(points)]
    sites, first = [], 1
    for i, points in enumerate(POINTS):
        sites.append(Site(f"{i}", "", 0, 0, tuple(range(first, first + points))))
        first += points
    sites.append(Site("none", "", 0, 0, ()))
    return control_limit.score(sites[:-1], made(rows), Params(weights=WEIGHTS, limit=limit)), sites


@pytest.mark.parametrize(
    ("limit", "value"), [("bka", 28.69), ("printed", 27.574), ("either", 27.574), ("norden", 18.28)]
)
def test_points_are_set_beside_the_chosen_limit(limit, value):
    scores, _ = scored(limit)
    assert scores[2].value == pytest.approx(36 / value, rel=1e-3)
    assert [one.passed for one in scores][:4] == [False, False, True, False]
    assert str(scores[2].reason).startswith("36 points, above the limit of")


def test_people_and_crashes_with_damage_only_are_weighted_together():
    rows = [
        {"severity": "fatal", "n_killed": 1, "n_serious": 1, "n_slight": 0, "n_injured": 1},
        {"severity": "pdo", "n_killed": 0, "n_serious": 0, "n_slight": 0, "n_injured": 0},
    ]
    sites = [Site("one", "", 0, 0, (1, 2)), Site("two", "", 0, 0, ())]
    scores = control_limit.score(sites, made(rows), Params(weights=WEIGHTS))
    assert scores[0].detail["points"] == 12 + 3 + 1
    assert str(scores[1].reason) == "A place without points has no limit of its own."


def test_what_has_no_points_because_nobody_tells_it_is_said():
    data = made([{"severity": "fatal"}, {"severity": "fatal", "n_killed": 1}])
    params = Params(weights={"killed": 12})
    assert "1 crash does not tell it" in str([*control_limit.caveats(data, params)][0])
