import pytest
from invented import sample, tiny, with_info
from made_crashes import made, table

from crashkit import api, daylight
from crashkit.errors import MethodError

EN = api.speaker("en")


@pytest.fixture(scope="module")
def nurdala():
    return with_info(sample(), country="XND")


def ask(data, whole=None, **chosen):
    return api.analyse("light", api.question(data, whole=whole, chosen=chosen))


def said(found):
    return EN.say(found.finding)


def test_the_sun_finds_the_light_that_was_invented(nurdala):
    found = ask(nurdala, show="light")
    day, twilight, night = (row[1:] for row in found.table.rows)
    # The invented clock is five hours ahead of UTC; times rounded to five minutes cross an edge.
    assert day[0] > 0.98 * (day[0] + twilight[0] + night[0])
    assert night[2] > 0.98 * (day[2] + twilight[2] + night[2])
    assert sum(map(sum, (day, twilight, night))) == len(nurdala)


def test_the_grid_counts_every_crash_of_a_known_hour(nurdala):
    found = ask(nurdala)
    table = api.tabulate(nurdala, "month", "hour")
    assert [list(row[1:]) for row in found.table.rows] == [list(row) for row in table.cells]
    assert len(found.figure.data["curves"]) == 4


def test_an_hour_of_night_is_compared_with_an_hour_of_day(nurdala):
    found = ask(nurdala)
    seen = daylight.seen(nurdala).state
    up, _, dark = daylight.hours_of(nurdala.period, daylight.middle(nurdala))
    ratio = (seen == daylight.NIGHT).sum() / dark / ((seen == daylight.DAY).sum() / up)
    assert f"{100 * ratio:.1f} % of the crashes of an hour with the sun up" in said(found)
    assert "not traffic" in said(found)


def test_a_filter_by_hour_compares_no_hours(nurdala):
    part = api.cut(nurdala, api.parse_filter("hour=22-5"))
    assert "not compared" in said(ask(part, whole=nurdala))
    fatal = api.cut(nurdala, api.parse_filter("severity=fatal"))
    assert "An hour of night" in said(ask(fatal, whole=nurdala))


def test_a_filter_by_light_compares_no_hours(nurdala):
    dark = api.parse_filter("light=dark_lit,dark_none,day")
    asked = api.question(api.cut(nurdala, dark), whole=nurdala, passed=dark)
    assert "nothing is compared" in said(api.analyse("light", asked))


def test_a_wrong_clock_is_warned_of(nurdala):
    assert not ask(nurdala).warnings
    (warning,) = ask(nurdala, set="utc0").warnings
    assert "contradicts the sun" in EN.say(warning)


FEW = """
| crash_date | crash_time | lon  | lat  | light   |
| ---------- | ---------- | ---- | ---- | ------- |
| 2021-06-21 | 12:30      | 69.2 | 41.3 | dark    |
| 2021-06-21 | 23:30      |      |      | day     |
| 2021-06-21 |            | 69.2 | 41.3 | unknown |
"""


def test_few_crashes_get_no_share_and_doubts_are_told():
    found = ask(with_info(made(table(FEW)), country="UZB"))
    notes = " ".join(map(EN.say, found.notes))
    assert "Of 2 crashes the light is known: too few" in said(found)
    assert "1 have daylight recorded at night and 1 darkness" in notes
    assert "1 crash without coordinates and district" in notes
    assert "Of 1 crash the day or the hour is not known" in notes


def test_without_coordinates_it_cannot_be_asked():
    bare = "\n".join(line[:26] + "|" for line in FEW.strip().splitlines())
    with pytest.raises(MethodError, match="No crash has coordinates"):
        ask(tiny(bare))


def test_casualties_are_not_counted_here(nurdala):
    with pytest.raises(MethodError, match="not casualties"):
        api.analyse("light", api.question(nurdala, unit="casualties"))


def test_the_low_sun_is_compared_with_the_same_hours_and_says_what_it_does_not_know(nurdala):
    found = ask(nurdala, show="glare")
    for _hour, low, low_days, high, high_days, low_rate, high_rate in found.table.rows:
        assert low_rate == pytest.approx(100 * low / low_days, abs=0.01)
        assert high_rate == pytest.approx(100 * high / high_days, abs=0.01)
    assert "of the same hour of the clock with a higher sun" in said(found)
    assert "Traffic and weather differ by season too" in said(found)
    assert "is not known without the direction of travel" in " ".join(map(EN.say, found.notes))
    winter = api.cut(nurdala, api.parse_filter("month=11,12,1"))
    assert "not compared" in said(ask(winter, whole=nurdala, show="glare"))
    few = ask(with_info(made(table(FEW)), country="UZB"), show="glare")
    assert "too few to compare" in said(few)
