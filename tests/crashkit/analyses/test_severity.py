import numpy as np
import pandas as pd
import pytest
from made_crashes import made
from scipy import stats

from crashkit import api

EN = api.speaker("en")


def crashes(**counts):
    return made([{"severity": name} for name, n in counts.items() for _ in range(n)])


def test_shares_have_exact_limits():
    found = api.analyse("severity", crashes(fatal=12, serious=30, slight=58))
    label, n, share, low, high = found.table.rows[0]
    theirs = stats.binomtest(12, 100).proportion_ci(method="exact")
    assert (EN.say(label), n, share) == ("Fatal", 12, 0.12)
    assert (low, high) == pytest.approx((theirs.low, theirs.high))
    said = EN.say(found.finding)
    assert "“Fatal” are 12.0 % of the 100" in said and "together 42.0 %" in said


def test_unknown_stands_last_and_in_no_share():
    found = api.analyse("severity", crashes(fatal=10, slight=30, unknown=5))
    assert [EN.say(row[0]) for row in found.table.rows] == ["Fatal", "Slight", "Unknown"]
    assert found.table.rows[0][2] == 0.25


def test_few_show_counts():
    found = api.analyse("severity", crashes(fatal=1, slight=3))
    assert len(found.table.columns) == 2
    assert "too few for shares" in EN.say(found.finding)


def test_data_that_tell_only_of_deaths_claim_no_share():
    data = made([{"n_killed": n} for n in (1, 2, 1, 1, 3, 1, 1, 1, 1, 1, 1)])
    found = api.analyse("severity", api.question(data, unit="casualties"))
    assert "is told: 14." in EN.say(found.finding)
    assert "says nothing" in EN.say(found.warnings[0])
    with pytest.raises(api.MethodError, match="how severe"):
        api.analyse("severity", data)


def test_vehicles_have_no_severity():
    with pytest.raises(api.MethodError):
        api.analyse("severity", api.question(crashes(fatal=1), unit="vehicles"))


def test_the_killed_and_the_seriously_injured_of_one_crash_are_no_independent_witnesses():
    # One killed and one seriously injured in each of 40 crashes, two slightly in each of 40 others.
    dates = pd.DataFrame({"crash_date": ["2023-03-01"] * 80})
    injuries = ["killed", "serious"] * 40 + ["slight"] * 80
    people = pd.DataFrame({"crash": np.repeat(np.arange(1, 81), 2), "injury": injuries})
    data = api.crashes(dates, people=people)
    found = api.analyse("severity", api.question(data, unit="casualties"))
    between = (stats.t.ppf(0.975, 79) / stats.t.ppf(0.975, 159)) ** 2
    effect = 2 * 80 / 79 * 159 / 160 * between
    tell = 160 / effect
    low = stats.beta.ppf(0.025, tell / 2, tell / 2 + 1)
    high = stats.beta.ppf(0.975, tell / 2 + 1, tell / 2)
    said = EN.say(found.finding)
    assert f"together 50.0 % ({100 * low:.1f} to {100 * high:.1f} %)" in said
