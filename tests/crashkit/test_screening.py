import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_crashes import made

from crashkit import filters, presets, screening
from crashkit.errors import Cancelled, MethodError
from crashkit.model import SEVERITIES, DatasetInfo, Period
from crashkit.text import Speaker

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "screen.json"
ENGLISH = Speaker("en").say
LAW_M = [120, 450, 980, 1100, 1850, 2600, 2640, 2700, 2950, 3400, 5200]


def along(*at_m, **more):
    return [
        {"road_key": "M39", "chainage_km": at / 1000, "lon": 69 + at / 1e5, "lat": 41.0, **more}
        for at in at_m
    ]


def screen(data, preset="count_1km", words="", **changes):
    asked = screening.ask(presets.get(preset), changes, filters.parse(words))
    return screening.run(asked, data, data_version="made v1")


def sites(result):
    return [(one.rank, one.site.id, one.site.crash_ids) for one in result.findings]


# -------------------------------------------------------------------- the answer


def test_the_worst_windows_come_first_and_share_no_crash():
    assert sites(screen(made(along(*LAW_M)))) == [
        (1, "M39:2600-3400", (6, 7, 8, 9, 10)),
        (2, "M39:120-1100", (1, 2, 3, 4)),
    ]


def test_what_a_worse_site_leaves_of_a_place_is_judged_again():
    at_m = [0, 300, 600, 900, 950, 1000, 1050, 1100, 1900, 2050, 2060]
    assert sites(screen(made(along(*at_m)))) == [
        (1, "M39:300-1100", (2, 3, 4, 5, 6, 7, 8)),
        (2, "M39:1900-2060", (9, 10, 11)),
    ]


def test_a_source_that_counts_posts_by_province_has_a_road_in_each():
    ain, var = along(0, 500, 900, admin1="Ain"), along(100, 600, 700, 950, admin1="Var")
    data = made(ain + var)
    assert [site for _, site, _ in sites(screen(data))] == ["M39:0-950"]
    info = DatasetInfo(1, "f", "F", 1, "fr_baac_2013", "FRA", data.period, 7, 0, 0, 7, {})
    result = screen(data.replace(dataset=info))
    assert [site for _, site, _ in sites(result)] == ["M39 (Var):100-950", "M39 (Ain):0-900"]
    assert any("province by province" in ENGLISH(note) for note in result.notes)


def test_a_worse_site_breaks_the_road_of_its_own_province_only():
    ain = along(*[1400] * 9, admin1="Ain")
    var = along(*[3000] * 5, 2100, 1700, 1500, 1300, admin1="Var")
    data = made(ain + var)
    info = DatasetInfo(1, "f", "F", 1, "fr_baac_2013", "FRA", data.period, 18, 0, 0, 18, {})
    found = sites(screen(data.replace(dataset=info)))
    # What the worst site of Var leaves runs over metre 1400, where the worst of Ain stands.
    assert [site for _, site, _ in found] == [
        "M39 (Ain):1400-1400",
        "M39 (Var):2100-3000",
        "M39 (Var):1300-1700",
    ]


def test_what_is_left_of_a_road_is_not_joined_across_a_worse_site():
    at_m = [0, 10, 500, 500, 500, 500, 500, 990, 1000]
    found = screen(made(along(*at_m)), length_m="300", min_crashes="2")
    assert [site for _, site, _ in sites(found)] == ["M39:500-500", "M39:0-10", "M39:990-1000"]
    wide = screen(made(along(0, 10, 900, 950, 960, 970, 980, 1700, 1740, 1750)), min_crashes="2")
    assert [site for _, site, _ in sites(wide)] == ["M39:900-1750", "M39:0-10"]


def test_equal_sites_share_a_rank():
    data = made(along(0, 1, 2, 10_000, 10_001, 10_002, 20_000, 20_001, 20_002, 20_003))
    assert [rank for rank, _, _ in sites(screen(data))] == [1, 2, 2]


def test_a_finding_counts_crashes_by_severity_and_people():
    rows = along(1, 2, 3)
    rows[0] |= {"severity": "fatal", "n_killed": 2, "n_injured": 1}
    rows[1] |= {"severity": "slight", "n_killed": 0, "n_injured": 3}
    (one,) = screen(made(rows)).findings
    assert one.counts == {
        "crashes": 3,
        "fatal": 1,
        "serious": 0,
        "slight": 1,
        "injury": 0,
        "pdo": 0,
        "unknown": 1,
        "killed": 2,
        "injured": 4,
    }


def test_a_site_is_named_by_where_most_of_its_crashes_are():
    rows = along(1, 2, 3)
    for row, place in zip(rows, ["Jizzax", "G'allaorol", "Jizzax"], strict=True):
        row |= {"admin2": place}
    (one,) = screen(made(rows)).findings
    assert (one.site.place, one.site.road) == ("Jizzax", "M39")


# ---------------------------------------------------------------- what always holds

CRASHES = st.lists(
    st.tuples(
        st.sampled_from(["M39", "A380", ""]),
        st.integers(0, 3000),
        st.sampled_from(["fatal", "serious", "slight", "pdo", "unknown"]),
        st.sampled_from(["pedestrian", "run_off", "unknown"]),
        st.sampled_from(["urban", "rural", "unknown"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)
RULES = ["count_1km", "count_circles", "weighted_1km", "ru_law", "uk_wales", "poisson_1km"]


def _made(crashes):
    return made(
        {
            "road_key": road,
            "chainage_km": at / 1000,
            "lon": 69 + at / 1e5 if located else "",
            "lat": 41.0 if located else "",
            "severity": severity,
            "n_killed": int(severity == "fatal"),
            "n_injured": int(severity in ("serious", "slight")),
            "crash_type": kind,
            "area_type": area,
            "crash_date": "2023-05-01",
        }
        for road, at, severity, kind, area, located in crashes
    )


def _answer(preset, data):
    try:
        return screen(data, preset)
    except MethodError as refused:
        return str(refused)


@settings(deadline=None, max_examples=60)
@given(CRASHES, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(crashes, preset, random):
    data = _made(crashes)
    order = list(range(len(data)))
    random.shuffle(order)
    shuffled = data.replace(crashes=data.crashes.iloc[order].reset_index(drop=True))
    one, other = _answer(preset, data), _answer(preset, shuffled)
    if isinstance(one, str):
        assert one == other
    else:
        assert screening.as_document(one, ENGLISH) == screening.as_document(other, ENGLISH)


@settings(deadline=None, max_examples=60)
@given(CRASHES, st.sampled_from(RULES))
def test_a_crash_is_reported_at_one_site_only_and_counts_are_those_of_its_crashes(crashes, preset):
    result = _answer(preset, _made(crashes))
    if isinstance(result, str):
        return
    reported = [id_ for one in result.findings for id_ in one.site.crash_ids]
    assert len(reported) == len(set(reported))
    assert len({one.site.id for one in result.findings}) == len(result.findings)
    for one in result.findings:
        assert one.counts["crashes"] == len(one.site.crash_ids)
        assert sum(one.counts[s] for s in SEVERITIES) == one.counts["crashes"]
        assert one.site.length_m is None or one.site.length_m <= 1000
    values = [one.score.value for one in result.findings]
    assert values == sorted(values, reverse=True)
    assert result.compared >= len({one.rank for one in result.findings})


@settings(deadline=None)
@given(st.lists(st.integers(0, 6000), min_size=1, max_size=40), st.sampled_from([300, 1000]))
def test_no_cluster_is_left_out_because_a_worse_one_lies_beside_it(at_m, length_m):
    data = made(along(*at_m))
    result = screen(data, length_m=str(length_m))
    reported = {id_ for one in result.findings for id_ in one.site.crash_ids}
    run: list[int] = []
    for at, id_ in sorted(zip(at_m, data.crashes["id"].tolist(), strict=True)):
        run = [] if id_ in reported else [other for other in [*run, at] if at - other <= length_m]
        assert len(run) < 3


# ------------------------------------------------------------------- the question


def test_a_change_goes_to_every_part_that_knows_the_parameter():
    asked = screening.ask(presets.get("poisson_1km"), {"length_m": "500", "alpha": "0.01"})
    assert (asked.place_params["length_m"], asked.measure_params["length_m"]) == (500, 500)
    assert asked.measure_params["alpha"] == 0.01


def test_the_question_carries_rule_source_and_all_parameters():
    asked = screening.ask(presets.get("count_1km"))
    assert (asked.preset, asked.place, asked.measure) == ("count_1km", "anchored", "count")
    assert asked.place_params == {"length_m": 1000.0, "urban_length_m": 0.0}
    assert asked.measure_params == {"min_crashes": 3.0}
    assert asked.source and not asked.verified


def test_filter_and_rule_both_hold():
    ask = screening.ask
    rule = presets.get("ru_law_country")
    asked = ask(rule, {}, filters.parse("severity=fatal,pdo; light=dark_lit"))
    assert asked.filter == {"light": "dark_lit", "severity": "fatal"}
    with pytest.raises(MethodError, match="nothing is left"):
        ask(rule, {}, filters.parse("severity=pdo"))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"length_m": "abc"}, "length_m is abc"),
        ({"length_m": "5"}, "between 10 and 20000"),
        ({"colour": "red"}, "no parameter"),
    ],
)
def test_a_wrong_change_is_named(changes, complaint):
    with pytest.raises(MethodError, match=complaint):
        screening.ask(presets.get("count_1km"), changes)


def test_a_preset_of_unknown_parts_is_refused():
    for part in ("place", "measure"):
        with pytest.raises(MethodError, match="There is no"):
            screening.ask(replace(presets.get("count_1km"), **{part: "nothing"}))


@pytest.mark.parametrize(
    ("rows", "preset", "complaint"),
    [
        ([{"lon": 69, "lat": 41}], "count_1km", "Choose a preset with circles"),
        (along(1, lon="", lat=""), "count_circles", "Choose a preset along roads"),
        (along(1), "weighted_1km", "needs the field Severity"),
        (along(1, severity="pdo"), "ru_law", "Widen the filter or the period"),
    ],
)
def test_data_that_lack_what_is_needed_are_refused_with_a_cure(rows, preset, complaint):
    with pytest.raises(MethodError, match=complaint):
        screen(made(rows), preset)


def test_the_recommended_rule_suits_what_the_data_have():
    by_point = [{"lon": 69, "lat": 41}]
    assert screening.rung(made(along(1, 2))).presets[0] == "eb_excess_1km"
    assert screening.rung(made(by_point * 3 + along(1))).presets[0] == "eb_excess_circles"
    assert screening.rung(made(by_point)).presets[0] == "eb_excess_circles"


def test_rules_that_data_cannot_answer_are_named_with_the_reason():
    found = screening.unanswerable(made([{"road_key": "M41", "chainage_km": 1}] * 2))
    assert "count_1km" not in found
    assert "none of the 2 crashes has coordinates" in str(found["count_circles"])
    assert "needs the field Severity" in str(found["in_morth_2015"])


# --------------------------------------------------------------- period and caveats


def test_a_rule_of_one_year_looks_at_the_last_year():
    rows = along(*range(10), severity="fatal", crash_type="run_off")
    for row in rows[:6]:
        row |= {"crash_date": "2022-12-31"}
    for row in rows[6:]:
        row |= {"crash_date": "2023-01-01"}
    result = screen(made(rows), "ru_law")
    assert result.findings[0].site.crash_ids == (7, 8, 9, 10)
    assert result.period == Period(date(2023, 1, 1), date(2023, 12, 31))
    assert result.crashes == 4


def test_years_apart_are_as_long_as_they_are():
    period = Period(date(2015, 1, 1), date(2023, 12, 31))
    rows = along(*range(10), severity="fatal", n_killed=1, crash_date="2023-05-01")
    data = filters.apply(filters.parse("year=2021,2023"), made(rows, period=period))
    result = screen(data, "in_morth_2015")
    assert result.period.years == 2.0
    said = " ".join(map(str, result.notes))
    assert "Of these years only" in said
    assert "the data cover only 2.0" in said


def test_a_rule_of_calendar_years_leaves_out_the_broken_one():
    period = Period(date(2019, 3, 1), date(2023, 5, 31))
    rows = along(*range(10), severity="fatal", n_killed=1)
    for row, year in zip(rows, [2019, 2020, 2021, 2022, 2023] * 2, strict=True):
        row |= {"crash_date": f"{year}-04-01"}
    result = screen(made(rows, period=period), "in_morth_2015")
    assert result.period == Period(date(2020, 1, 1), date(2022, 12, 31))
    assert result.crashes == 6


def notes(result):
    return [ENGLISH(note) for note in result.notes]


def test_every_answer_says_what_was_compared_and_when():
    first, second, third, fourth, *_ = notes(screen(made(along(*LAW_M))))
    assert first == "Places compared: 5; listed: 2. Some of them stand out by chance."
    assert second == "Sites are ranked by the most crashes on record."
    assert third.startswith("What places like these have is not known")
    assert fourth == "Crashes from 1 Jan 2021 to 31 Dec 2023 are counted."


def test_an_answer_says_what_was_left_out_and_what_is_doubtful():
    rows = along(1, 2, 3, 4, severity="fatal", crash_date="2023-02-01", chainage_accuracy_m=500)
    rows += [{"severity": "slight", "crash_date": "2023-02-01"}, {"severity": "unknown"}]
    said = "\n".join(notes(screen(made(rows), "ru_law", length_m="400")))
    for expected in (
        "One of 5 crashes is left out, because its place is not known as this rule needs it.",
        "One crash of unknown severity is not counted.",
        "may be wrong by 500 m or more, but a place is only 400 m wide",
        "A condition of the rule is not judged, because these data do not have the field Crash ty",
        "6 crashes without a known setting are judged as outside built-up areas.",
        "Nobody has yet checked the numbers of this rule against its source.",
        "not asked (Places of concentration of crashes, law of Russia: junctions)",
    ):
        assert expected in said


def test_an_answer_says_when_the_rule_looks_further_than_the_data():
    rows = along(*range(20), severity="fatal", n_killed=1)
    said = "\n".join(notes(screen(made(rows), "pk_n55")))
    assert "The rule looks at 7 years, but the data cover only 3.0" in said
    early = Period(date(2012, 1, 1), date(2014, 12, 31))
    said = "\n".join(notes(screen(made(rows, period=early), "in_morth_2015")))
    assert "This rule was not in force on 31 Dec 2014" in said


def test_an_answer_doubts_sites_whose_crashes_lie_on_one_point():
    heap = [{"lon": 65.0, "lat": 57.0}] * 4
    spread = [{"lon": 69.0 + i / 1e4, "lat": 41.0} for i in range(4)]
    said = notes(screen(made(heap + spread), "count_circles"))
    assert [note for note in said if note.startswith("At one site all crashes have exactly")]
    assert not [note for note in notes(screen(made(spread), "count_circles")) if "exactly" in note]


def test_where_people_are_not_counted_a_crash_is_one_person_and_the_answer_says_so():
    rows = along(1, 2, 3, severity="fatal")
    result = screen(made(rows), "weighted_1km")
    assert result.findings[0].score.value == 15
    assert "do not say how many people were hurt" in "\n".join(notes(result))


# ------------------------------------------------------------------------ documents


def test_the_document_follows_the_published_schema():
    result = screen(made(along(*LAW_M, severity="fatal", n_killed=1)), "poisson_1km", adjust="none")
    document = screening.as_document(result, ENGLISH)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    json.dumps(document, allow_nan=False)
    assert document["sites"] == screening.as_rows(result, ENGLISH)
    assert document["data_version"] == "made v1"


NOTHING = (
    *("expected", "estimate", "low", "high", "worse", "p", "q", "peers", "rank_low"),
    *("rank_high", "stability", "since"),
)


def test_a_row_gives_kilometres_and_none_for_what_is_not_known():
    data = made(along(120, 450, 980, lon="", lat=""))
    (row,) = screening.as_rows(screen(data), ENGLISH)
    assert row == {
        "rank": 1,
        "id": "M39:120-980",
        "place": "",
        "lon": None,
        "lat": None,
        "road": "M39",
        "from_km": 0.12,
        "to_km": 0.98,
        "counts": {"crashes": 3},
        "score": 3.0,
        "expected": None,
        "low": 0.618672,
        "high": 8.767273,
        "p": None,
        "rule": "3 crashes in the period.",
        "part": None,
        # One place has no peers, and in one year there is no other to leave out.
        "evidence": {**dict.fromkeys(NOTHING), "stability": 1.0},
    }


def test_geojson_puts_sites_at_their_points():
    result = screen(made(along(*LAW_M)))
    features = screening.as_geojson(result, ENGLISH)["features"]
    assert [one["geometry"]["coordinates"] for one in features] == [[69.027, 41.0], [69.0045, 41.0]]
    nowhere = screening.as_geojson(screen(made(along(1, 2, 3, lon="", lat=""))), ENGLISH)
    assert [one["geometry"] for one in nowhere["features"]] == [None]


# --------------------------------------------------------------- progress and stop


def test_progress_rises_and_a_stop_stops():
    shares = []
    asked = screening.ask(presets.get("count_1km"))
    screening.run(asked, made(along(*LAW_M)), progress=lambda share, doing: shares.append(share))
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] <= 1.0

    def stop(share, doing):
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        screening.run(asked, made(along(*LAW_M)), progress=stop)


def test_the_data_of_the_caller_are_not_changed():
    data = made(along(*LAW_M))
    before = data.crashes.copy()
    screen(data)
    assert list(data.crashes.columns) == list(before.columns)
    assert np.array_equal(data.crashes["id"], before["id"])
