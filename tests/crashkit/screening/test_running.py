"""A rule of parts is asked part by part and answered as one."""

import re
from dataclasses import replace
from datetime import date

import pytest
from made_crashes import made, table
from made_roads import HERE, at, crashes, line, off, placed, roads

from crashkit import filters, presets, screening
from crashkit.errors import MethodError
from crashkit.model import Period

LAW = presets.get("ru_law")

ALONG = """
| road_key | chainage_km | area_type | severity | crash_date | why                      |
| M-1      | 1.000       | rural     | slight   | 2023-02-01 | three within a kilometre |
| M-1      | 1.500       | rural     | slight   | 2023-02-02 |                          |
| M-1      | 1.900       | rural     | slight   | 2023-02-03 |                          |
| M-1      | 5.000       | urban     | slight   | 2023-02-01 | three within 200 m       |
| M-1      | 5.100       | urban     | slight   | 2023-02-02 |                          |
| M-1      | 5.200       | urban     | slight   | 2023-02-03 |                          |
| M-1      | 8.000       | urban     | slight   | 2023-02-01 | too far apart in a town  |
| M-1      | 8.300       | urban     | slight   | 2023-02-02 |                          |
| M-1      | 8.600       | urban     | slight   | 2023-02-03 |                          |
"""


def data(text=ALONG):
    rows = table(text)
    return made(
        [{k: v for k, v in row.items() if k != "why"} | {"crash_type": "run_off"} for row in rows]
    )


def test_a_finding_names_the_part_of_the_rule_that_it_meets():
    result = screening.run(screening.ask(LAW), data())
    assert [(one.part, one.site.crash_ids) for one in result.findings] == [
        ("ru_law_country", (1, 2, 3)),
        ("ru_law_town", (4, 5, 6)),
    ]
    said = [str(one.score.reason) for one in result.findings]
    assert said[0].startswith("Outside built-up areas. Condition met: at least 3 crashes")
    assert said[1].startswith("Inside built-up areas. Condition met:")
    assert (result.crashes, result.located) == (9, 9)


def test_what_a_part_cannot_be_asked_is_told_and_the_others_are():
    said = [str(one) for one in screening.run(screening.ask(LAW), data()).notes]
    assert any("not asked" in one and "looks at junctions" in one for one in said)
    assert len(said) == len(set(said))


def test_a_rule_none_of_whose_parts_can_be_asked_is_refused():
    with pytest.raises(MethodError, match="needs the field Severity"):
        screening.run(screening.ask(LAW), made([{"road_key": "M-1", "chainage_km": 1}]))


def junction(*rows):
    """Two roads that cross at 2 km east; the crashes lie on the one from west to east."""
    network = roads(
        [line(), [off(*HERE, east=2000.0, north=north) for north in (-1000.0, 1000.0)]],
        road_key=["M-1", "M-2"],
        from_m=[0, 0],
        to_m=[10000, 2000],
    )
    found = crashes(*rows)
    return found, placed(network, found)


def test_no_crash_is_reported_by_two_parts_and_the_worst_stands_first():
    near = [at(east=2000.0 + 10 * i, road_key="M-1", chainage_km=2 + i / 100) for i in range(6)]
    far = [at(east=2700.0 + 10 * i, road_key="M-1", chainage_km=2.7 + i / 100) for i in range(3)]
    about = {"severity": "slight", "crash_type": "run_off", "crash_date": "2022-05-05"}
    found, where = junction(*[{**row, **about} for row in near + far])
    result = screening.run(screening.ask(LAW), found, roads=where)
    ids = [id_ for one in result.findings for id_ in one.site.crash_ids]
    assert sorted(ids) == list(range(1, 10))
    assert result.findings[0].part == "ru_law_country"
    assert [one.rank for one in result.findings] == sorted(one.rank for one in result.findings)
    asked = screening.ask(LAW, {"ru_law_country.length_m": "40"})
    apart = screening.run(asked, found, roads=where).findings
    # The five of the six that one short window holds lie at the junction, where there are six.
    assert [(one.part, len(one.site.crash_ids)) for one in apart] == [
        ("ru_law_junction", 6),
        ("ru_law_country", 3),
    ]


# ------------------------------------------------------------------------------- changes


def test_a_change_goes_to_every_part_or_to_the_one_it_names():
    asked = screening.ask(LAW, {"length_m": "500", "ru_law_town.length_m": "300"})
    lengths = {one.preset: one.place_params.get("length_m") for one in asked.parts}
    assert lengths == {"ru_law_country": 500, "ru_law_town": 300, "ru_law_junction": None}
    with pytest.raises(MethodError, match="no parameter .*radius_m"):
        screening.ask(LAW, {"radius_m": "3"})


def test_parts_that_are_not_there_or_cannot_stand_together_are_refused():
    def known(*parts):
        return {"own": replace(LAW, id="own", parts=parts), **presets.all_presets()}

    for parts, complaint in (
        (("ru_law_town", "gone"), "parts that are not there: .*gone"),
        (("ru_law", "ru_law_town"), "parts that have parts themselves: .*ru_law"),
        (("ru_law_town", "count_1km"), "measure different things"),
    ):
        among = known(*parts)
        with pytest.raises(MethodError, match=complaint):
            screening.check(among["own"], known=among)


def test_a_rule_that_names_what_is_not_there_or_not_allowed_is_refused():
    town = presets.get("ru_law_town")
    for changed, complaint in (
        ({"place": "moon"}, "There is no place moon"),
        ({"measure": "luck"}, "There is no measure luck"),
        ({"place_params": {"length_m": -3}}, "length_m is -3; it must lie between"),
        ({"place_params": {"size": 3}}, "There is no parameter size"),
        ({"measure_params": {"rules": ({"min": 3},)}}, "no parameter min;"),
        ({"needs": ("luck",)}, "needs the field luck"),
        ({"valid_from": date(2020, 1, 1), "valid_to": date(2019, 1, 1)}, "ends on 2019-01-01"),
    ):
        with pytest.raises(MethodError, match=complaint):
            screening.check(replace(town, **changed))


@pytest.mark.parametrize("preset", presets.all_presets().values(), ids=lambda one: one.id)
def test_every_shipped_rule_keeps_its_contract(preset):
    screening.check(preset)


# ------------------------------------------------------------------------------ versions


@pytest.fixture
def versions(monkeypatch):
    """Two versions of one rule: until the middle of 2022 five crashes, from then on three."""
    one = replace(presets.get("count_1km"), country="AAA", notes=())
    old = replace(
        one, id="old", title="Old", valid_to=date(2022, 6, 30), measure_params={"min_crashes": 5}
    )
    new = replace(one, id="new", title="New", replaces="old", valid_from=date(2022, 7, 1))
    monkeypatch.setattr(presets, "all_presets", lambda: {"old": old, "new": new})
    return {"old": old, "new": new}


def along(until):
    rows = [
        {"road_key": "M-1", "chainage_km": 1 + i / 10, "crash_date": "2021-05-01"} for i in range(4)
    ]
    return made(rows, period=Period(date(2021, 1, 1), until))


@pytest.mark.parametrize(
    ("asked", "until", "taken", "listed", "said"),
    [
        ("new", date(2023, 12, 31), "new", 1, "Another version .*: Old."),
        ("old", date(2023, 12, 31), "new", 1, "Taken is the version .* 2023-12-31.*: New."),
        ("new", date(2022, 6, 30), "old", 0, "Taken is the version .* 2022-06-30.*: Old."),
        ("old", date(2022, 6, 30), "old", 0, ""),
    ],
)
def test_the_version_in_force_when_the_data_end_is_taken_and_told(
    versions, asked, until, taken, listed, said
):
    result = screening.run(screening.ask(versions[asked]), along(until), repeat=False)
    assert (result.asked.preset, len(result.findings)) == (taken, listed)
    told = " ".join(str(one) for one in result.notes)
    assert ("version" in told) == bool(said)
    assert re.search(said, told)


def test_a_filter_on_years_tells_which_version_is_in_force(versions):
    early = filters.parse("year=2021")
    result = screening.run(
        screening.ask(versions["new"], {}, early), along(date(2023, 12, 31)), repeat=False
    )
    assert result.asked == screening.ask(versions["old"], {}, early)
    assert result.period.end == date(2021, 12, 31)


def test_numbers_that_somebody_changed_are_theirs_and_stay(versions):
    asked = screening.ask(versions["new"], {"min_crashes": "2"})
    result = screening.run(asked, along(date(2022, 6, 30)), repeat=False)
    assert result.asked == asked
    assert any("was not in force on" in str(one) for one in result.notes)
