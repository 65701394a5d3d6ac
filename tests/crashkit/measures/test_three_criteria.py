import pytest
from made_crashes import made

from crashkit.measures import three_criteria
from crashkit.measures.three_criteria import Params
from crashkit.model import Site

WEIGHTS = {"fatal": 9, "slight": 3, "pdo": 1}


def scored(counts, severities=None, aadt=None, **params):
    rows = [
        {"severity": severities[i] if severities else "slight"}
        for i, count in enumerate(counts)
        for _ in range(count)
    ]
    sites, first = [], 1
    for i, count in enumerate(counts):
        ids = tuple(range(first, first + count))
        known = aadt[i] if aadt else None
        sites.append(
            Site(f"{i}", "M-1", 0, 0, ids, from_m=1000 * i, to_m=1000 * (i + 1), aadt=known)
        )
        first += count
    return three_criteria.score(sites, made(rows), Params(weights=WEIGHTS, **params))


def test_a_section_is_listed_by_any_criterion_and_the_rate_stays_open_without_traffic():
    scores = scored([1, 1, 0, 1, 9, 1, 0, 1, 1, 1])
    # The critical frequency is 1.6 + 1.645 √1.6 + 0.5 = 4.18.
    assert scores[4].value == pytest.approx(9 / 4.1808, rel=1e-4)
    assert [one.passed for one in scores] == [i == 4 for i in range(10)]
    assert str(scores[4].reason) == (
        "Above the critical value: its frequency. It stays open, as it is not known: its rate."
    )


def test_all_criteria_may_have_to_be_met():
    counts, aadt = [1, 1, 9, 1, 1], [5000.0] * 5
    assert scored(counts, aadt=aadt)[2].passed
    assert not scored(counts, aadt=aadt, combine="all")[2].passed
    severe = ["pdo", "pdo", "fatal", "pdo", "pdo"]
    assert scored([9, 9, 20, 9, 9], severe, [5000.0] * 5)[2].passed


def test_a_section_without_crashes_is_no_worse_than_others_and_one_severe_crash_is_too_few():
    scores = scored([0, 3, 3], ["pdo", "fatal", "pdo"])
    assert not scores[0].passed and scores[0].value == 0


def test_unknown_severity_is_told():
    said = list(three_criteria.caveats(made([{"severity": "unknown"}]), Params(weights=WEIGHTS)))
    assert "lower bound" in str(said[0])
    assert (
        list(three_criteria.caveats(made([{"severity": "slight"}]), Params(weights=WEIGHTS))) == []
    )
