import pandas as pd
import pytest
from invented import sample
from made_crashes import made
from scipy import stats

from crashkit import api

EN = api.speaker("en")


def compared(data, first, second, *, unit="crashes", by=""):
    one, other = api.parse_filter(first), api.parse_filter(second)
    asked = api.question(
        api.cut(data, one),
        whole=data,
        unit=unit,
        chosen={"by": by},
        passed=one,
        other=other,
    )
    return api.analyse("two_filters", asked)


def years(**counts):
    return made(
        [
            {"crash_date": f"{name[1:]}-05-01", "severity": "slight"}
            for name, n in counts.items()
            for _ in range(n)
        ]
    )


def test_rates_a_day_have_exact_limits():
    found = compared(years(y2021=40, y2023=20), "year=2023", "year=2021")
    label, first, second, *_, ratio, low, high = found.table.rows[0][:8]
    assert (EN.say(label), first, second) == ("All", 20, 40)
    share = stats.binomtest(20, 60).proportion_ci(method="exact")
    assert (ratio, low, high) == pytest.approx(
        (0.5, share.low / (1 - share.low), share.high / (1 - share.high))
    )
    said = EN.say(found.finding)
    assert "0.50 times as many a day" in said and "more than chance" in said


def test_days_of_unequal_periods_are_allowed_for():
    found = compared(years(y2021=30, y2022=30, y2023=30), "year=2023", "year=2021-2022")
    assert found.table.rows[0][5] == pytest.approx(1)
    assert "can be chance" in EN.say(found.finding)


def test_crashes_of_both_filters_are_told_and_make_limits_narrower():
    data = sample()
    found = compared(data, "road=M1", "severity=fatal")
    both = len(api.cut(data, api.parse_filter("road=M1; severity=fatal")))
    notes = [EN.say(note) for note in found.notes]
    assert any(note.startswith(f"{both} crashes pass both filters") for note in notes)
    _, first, second, *_, ratio, low, high = found.table.rows[0][:8]
    alone = stats.binomtest(first, first + second).proportion_ci(method="exact")
    days = ratio * second / first
    apart = [days * end / (1 - end) for end in (alone.low, alone.high)]
    assert apart[0] < low < ratio < high < apart[1]


def test_a_part_within_the_other_is_warned_of_and_the_same_is_no_comparison():
    nested = compared(sample(), "road=M1", "road=M1; severity=fatal")
    assert "a part is compared with the whole" in EN.say(nested.warnings[0])
    same = compared(sample(), "road=M1", "road=M1")
    assert "nothing to compare" in EN.say(same.finding)


def test_shares_and_their_difference_stand_beside_each_other():
    data = sample()
    found = compared(data, "road=M1", "road=M2", by="light")
    for row in found.table.rows[1:]:
        first, second, gap, low, high = row[9:]
        assert gap == pytest.approx(first - second)
        assert low <= gap <= high


def test_few_show_counts():
    found = compared(years(y2021=4, y2023=20), "year=2023", "year=2021", by="severity")
    assert found.table.rows[1][5] != found.table.rows[1][5]
    assert any("fewer than 10" in EN.say(note) for note in found.notes)


def by_injury():
    """Return 40 crashes a year with one slightly hurt; in 10 of them 6 more, seriously."""
    years = ["2022-05-01"] * 40 + ["2023-05-01"] * 40
    full = [*range(1, 11), *range(41, 51)] * 6
    people = pd.DataFrame(
        {"crash": [*range(1, 81), *full], "injury": ["slight"] * 80 + ["serious"] * len(full)}
    )
    return api.crashes(pd.DataFrame({"crash_date": years}), people=people)


def test_people_of_one_crash_widen_the_limits():
    asked = {"first": "year=2023", "second": "year=2022", "by": "injury", "unit": "casualties"}
    found = compared(by_injury(), **asked)
    rows = {row[1]: row for row in found.table.rows}
    assert sorted(rows) == [40, 60, 100]
    # All: 10 crashes of 7 and 30 of 1; the seriously injured: 10 crashes of 6.
    for n, squares in ((100, 10 * 49 + 30), (60, 10 * 36)):
        half = n * n / squares
        share = stats.beta.ppf([0.025, 0.975], [half, half + 1], [half + 1, half])
        assert rows[n][6:8] == pytest.approx(tuple(share / (1 - share)))


def test_both_filters_are_said_in_words():
    notes = [EN.say(note) for note in compared(sample(), "road=M1", "road=M2").notes]
    assert "First filter: Road: M1. 3,653 days from 1 Jan 2016 to 31 Dec 2025." in notes


@pytest.mark.parametrize(
    ("second", "why"), [(None, "Choose a second filter"), ("year=1901", "passes the second")]
)
def test_without_a_second_filter_there_is_no_comparison(second, why):
    other = None if second is None else api.parse_filter(second)
    with pytest.raises(api.MethodError, match=why):
        api.analyse("two_filters", api.question(sample(), other=other))


def test_where_most_is_unknown_values_are_counted_and_not_compared():
    rows = [
        {"crash_date": f"{year}-05-01", "light": light}
        for year, counts in ((2021, (40, 20, 61)), (2022, (60, 40, 10)))
        for light, n in zip(("day", "dark", "unknown"), counts, strict=True)
        for _ in range(n)
    ]
    found = compared(made(rows), "year=2021", "year=2022", by="light")
    assert EN.say(found.finding).endswith("Of too few a value is known to compare these.")
    assert {row[5] == row[5] for row in found.table.rows[1:]} == {False}
    assert any("more than half are of unknown light" in EN.say(note) for note in found.notes)
