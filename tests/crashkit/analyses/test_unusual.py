import itertools

import pytest
from invented import sample
from made_crashes import made
from scipy import stats
from statsmodels.stats.multitest import multipletests

from crashkit import api

EN = api.speaker("en")


def asked(data, words, *, unit="crashes", by=""):
    chosen = api.parse_filter(words)
    question = api.question(
        api.cut(data, chosen), whole=data, unit=unit, chosen={"by": by}, passed=chosen
    )
    return api.analyse("unusual", question)


def road(here, rest, *, name="M1", more=()):
    """Crashes on two roads: so many of each light on each."""
    rows = [
        {"road_key": key, "light": light, **dict(more)}
        for key, counts in ((name, here), ("M2", rest))
        for light, n in counts.items()
        for _ in range(n)
    ]
    return made(rows)


DARK = road({"dark": 17, "day": 43}, {"dark": 60, "day": 440})


def lines(found):
    return {EN.say(row[0]): row[1:] for row in found.table.rows}


def test_counts_shares_ratio_and_q_are_those_computed_by_hand():
    found = lines(asked(DARK, "road=M1", by="light"))
    n, share, m, others, ratio, _, _, q, _ = found["Dark, lighting unknown"]
    assert (n, m) == (17, 60)
    assert (share, others) == pytest.approx((17 / 60, 60 / 500))
    assert ratio == pytest.approx(17 / 60 / (60 / 500))
    p = [stats.fisher_exact([[x, 60 - x], [y, 500 - y]]).pvalue for x, y in ((17, 60), (43, 440))]
    assert q == pytest.approx(multipletests(p, method="fdr_bh")[1][0])


def test_the_sentence_names_value_ratio_limits_and_number():
    said = EN.say(asked(DARK, "road=M1", by="light").finding)
    assert "“Light: Dark, lighting unknown” is 2.4 times as frequent here as among the rest" in said
    assert "28.3 % against 12.0 %" in said and "n = 17" in said


def test_all_fields_are_one_family():
    alone = lines(asked(DARK, "road=M1", by="light"))["Dark, lighting unknown"][7]
    more = sample()
    every = asked(more, "road=M1")
    tried = [row for row in every.table.rows if row[8] == row[8]]
    assert len(tried) > 50
    assert f"of {len(tried)} that were tried" in EN.say(every.finding)
    assert alone < 0.05


def test_the_rest_are_the_others_of_the_same_days_and_that_is_said():
    data = sample()
    found = asked(data, "year=2020; severity=fatal", by="light")
    peers = api.cut(data, api.parse_filter("year=2020"))
    n = len(peers) - len(api.cut(data, api.parse_filter("year=2020; severity=fatal")))
    assert any(f"The rest are all {n} others" in EN.say(note) for note in found.notes)


@pytest.mark.parametrize("words", ["", "year=2020"])
def test_without_a_rest_it_is_a_ranking_and_says_so(words):
    found = asked(sample(), words, by="light")
    assert found.figure.kind == "ranks"
    assert "this is a ranking" in EN.say(found.warnings[0])


def test_what_the_filter_chooses_is_no_finding():
    every = asked(sample(), "light=dark_none")
    assert "Left out, because the filter itself chooses by it: light." in [
        EN.say(note) for note in every.notes
    ]
    assert not any("Light: " in name for name in lines(every))
    alone = asked(sample(), "light=dark_none", by="light")
    assert "chooses by light" in EN.say(alone.warnings[0])
    assert all(row[5] != row[5] for row in alone.table.rows)


def test_what_the_filter_chooses_is_found_out_without_its_words():
    data = sample()
    part = api.cut(data, api.parse_filter("light=dark_none"))
    found = api.analyse("unusual", api.question(part, whole=data))
    assert not any("Light: " in name for name in lines(found))


def test_few_show_counts_only():
    found = asked(road({"dark": 5, "day": 4}, {"dark": 60, "day": 440}), "road=M1", by="light")
    assert "too few to be compared" in EN.say(found.finding)
    assert {row[2] != row[2] for row in found.table.rows} == {True}


def test_nothing_stands_out_where_all_is_alike():
    found = asked(road({"dark": 12, "day": 48}, {"dark": 100, "day": 400}), "road=M1", by="light")
    assert "no value is more or less frequent" in EN.say(found.finding)


def test_unknown_values_are_told_and_in_no_share():
    data = road({"dark": 17, "day": 43, "unknown": 40}, {"dark": 60, "day": 440, "unknown": 9})
    found = asked(data, "road=M1", by="light")
    assert lines(found)["Dark, lighting unknown"][1] == pytest.approx(17 / 60)
    assert "Light is not known of 40 here and of 9 of the rest; they are in no share." in [
        EN.say(note) for note in found.notes
    ]


def test_people_of_one_crash_do_not_count_as_witnesses_each():
    data = sample()
    limits = {}
    for unit in ("crashes", "casualties"):
        row = lines(asked(data, "road=M1", unit=unit, by="area_type"))["Rural"]
        limits[unit] = row[6] / row[5], row[0]
    # More people than crashes, and yet no narrower limits.
    assert limits["casualties"][1] > 1.5 * limits["crashes"][1]
    assert limits["casualties"][0] > 0.9 * limits["crashes"][0]


def test_turning_rows_round_changes_nothing():
    data = sample()
    turned = data.replace(crashes=data.crashes.iloc[::-1].reset_index(drop=True))
    one, other = (lines(asked(some, "road=M1", by="light")) for some in (data, turned))
    for name, row in one.items():
        assert row[:7] == pytest.approx(other[name][:7])


def test_hours_stand_in_their_own_order():
    found = asked(sample(), "severity=fatal", by="hour_3")
    starts = [int(EN.say(row[0]).split("–")[0]) for row in found.table.rows]
    assert all(a < b for a, b in itertools.pairwise(starts))


def test_of_what_is_mostly_unknown_nothing_is_claimed():
    data = road({"dark": 40, "day": 20, "unknown": 61}, {"dark": 60, "day": 440})
    alone = asked(data, "road=M1", by="light")
    assert EN.say(alone.finding) == (
        "Crashes: light is known of only 60 of 121 here and of 500 of 500 of the rest: too few of "
        "them to say what is more frequent."
    )
    n, share, *_, q, word = lines(alone)["Dark, lighting unknown"]
    assert (n, EN.say(word)) == (40, "mostly unknown")
    assert share != share and q != q
    every = asked(data, "road=M1")
    assert not any("Light" in one for one in lines(every))
    assert any("unknown of more than half" in note and "light" in note for note in said(every))


def said(found):
    return [EN.say(one) for one in found.notes]


def test_what_the_unknown_alone_could_explain_is_told_with_its_ends():
    data = road({"dark": 30, "day": 30, "unknown": 40}, {"dark": 60, "day": 240, "unknown": 200})
    (warning,) = asked(data, "road=M1", by="light").warnings
    # 30 of 100 against 260 of 500, and 70 of 100 against 60 of 500.
    assert "it is 0.58 to 5.8 times as frequent here" in EN.say(warning)
    sure = road({"dark": 30, "day": 30, "unknown": 2}, {"dark": 60, "day": 440, "unknown": 9})
    assert not asked(sure, "road=M1", by="light").warnings


def test_where_most_road_users_are_unknown_the_flag_of_each_kind_is_tried():
    rows = [
        {"road_key": key, "pedestrian_involved": flag, "light": "day"}
        for key, counts in (("M1", (20, 40)), ("M2", (60, 440)))
        for flag, n in zip(("yes", "no"), counts, strict=True)
        for _ in range(n)
    ]
    names = lines(asked(made(rows), "road=M1"))
    assert any(name.startswith("Pedestrian involved: ") for name in names)
    assert not any(name.startswith("Road users involved") for name in names)
