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


def test_people_of_one_crash_widen_the_limits():
    data = sample()
    widths = {}
    for unit in ("crashes", "casualties"):
        row = compared(data, "year=2023", "year=2022", unit=unit).table.rows[0]
        widths[unit] = row[7] / row[6]
    assert widths["casualties"] > 0.9 * widths["crashes"]


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
