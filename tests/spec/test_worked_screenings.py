"""Worked examples: crashes drawn as a table, a rule, and the sites it must list, in order."""

import pytest
from made_crashes import made, table

from crashkit import filters, geo, presets, screening
from crashkit.measures import rule
from crashkit.model import Site

RUSSIA = """
| road_key | chainage_km | crash_type | severity | area_type | crash_date |
| M-39     | 0.120       | pedestrian | slight   | rural     | 2023-01-10 |
| M-39     | 0.450       | run_off    | slight   | rural     | 2023-02-10 |
| M-39     | 0.980       | pedestrian | serious  | rural     | 2023-03-10 |
| M-39     | 1.100       | pedestrian | slight   | rural     | 2023-04-10 |
| M-39     | 1.850       | obstacle   | fatal    | rural     | 2023-05-10 |
| M-39     | 2.600       | run_off    | slight   | rural     | 2023-06-10 |
| M-39     | 2.640       | run_off    | slight   | rural     | 2023-07-10 |
| M-39     | 2.700       | run_off    | slight   | rural     | 2023-08-10 |
| M-39     | 2.950       | pedestrian | slight   | rural     | 2023-09-10 |
| M-39     | 3.400       | run_off    | slight   | rural     | 2023-10-10 |
| M-39     | 5.200       | obstacle   | slight   | rural     | 2023-11-10 |
| M-39     | 5.210       | obstacle   | pdo      | rural     | 2023-11-11 |
| M-39     | 5.220       | obstacle   | pdo      | rural     | 2023-11-12 |
| M-39     | 9.000       | obstacle   | slight   | rural     | 2022-11-12 |
| M-39     | 9.000       | obstacle   | slight   | rural     | 2022-11-13 |
| M-39     | 9.000       | obstacle   | slight   | rural     | 2022-11-14 |
| M-39     | 7.000       | obstacle   | slight   | urban     | 2023-01-01 |
| M-39     | 7.150       | obstacle   | slight   | urban     | 2023-01-02 |
| M-39     | 7.300       | obstacle   | slight   | urban     | 2023-01-03 |
"""

RUSSIA_SITES = """
| rank | from_km | to_km | crashes | rule                                                   |
| 1    | 2.6     | 3.4   | 5       | Outside built-up areas. at least 3 crashes of one type |
| 2    | 0.12    | 1.1   | 4       | Outside built-up areas. at least 3 crashes of one type |
"""

INDIA = """
| road_key | chainage_km | severity | n_killed | crash_date |
| NH-44    | 10.000      | fatal    | 6        | 2021-05-01 |
| NH-44    | 10.300      | fatal    | 4        | 2022-05-01 |
| NH-44    | 20.000      | fatal    | 1        | 2021-05-01 |
| NH-44    | 20.100      | serious  | 0        | 2022-05-01 |
| NH-44    | 20.200      | serious  | 0        | 2022-05-02 |
| NH-44    | 20.300      | serious  | 0        | 2022-05-03 |
| NH-44    | 20.500      | fatal    | 2        | 2023-05-01 |
| NH-44    | 30.000      | slight   | 0        | 2023-05-01 |
| NH-44    | 30.100      | slight   | 0        | 2023-05-01 |
| NH-44    | 30.200      | slight   | 0        | 2023-05-01 |
| NH-44    | 30.300      | slight   | 0        | 2023-05-01 |
| NH-44    | 30.400      | slight   | 0        | 2023-05-01 |
"""

INDIA_SITES = """
| rank | from_km | to_km | crashes | rule                                            |
| 1    | 20.0    | 20.5  | 5       | at least 5 crashes of severity Fatal or Serious |
| 1    | 10.0    | 10.3  | 2       | at least 10 people killed                       |
"""

RUSSIA_1999 = """
| road_key | chainage_km | area_type | crash_date |
| P-1      | 1.000       | rural     | 2023-01-01 |
| P-1      | 2.000       | rural     | 2023-01-02 |
| P-1      | 5.000       | urban     | 2023-01-01 |
| P-1      | 5.200       | urban     | 2023-01-02 |
| P-1      | 8.000       | urban     | 2023-01-01 |
| P-1      | 8.200       | urban     | 2023-01-02 |
| P-1      | 8.400       | urban     | 2023-01-02 |
"""

RUSSIA_1999_SITES = """
| rank | from_km | to_km | crashes | rule               |
| 1    | 8.0     | 8.4   | 3       | at least 3 crashes |
| 1    | 1.0     | 2.0   | 2       | at least 2 crashes |
"""


@pytest.mark.parametrize(
    ("preset", "crashes", "sites"),
    [
        ("ru_law", RUSSIA, RUSSIA_SITES),
        ("in_morth_2015", INDIA, INDIA_SITES),
        ("ru_1999", RUSSIA_1999, RUSSIA_1999_SITES),
    ],
)
def test_a_rule_lists_the_sites_of_its_worked_example(preset, crashes, sites):
    assert _listed(made(table(crashes)), preset) == table(sites)


def _listed(data, preset):
    asked = screening.ask(presets.get(preset), {}, filters.parse(""))
    rows = screening.as_rows(screening.run(asked, data), str)
    return [
        {
            "rank": str(row["rank"]),
            "from_km": str(row["from_km"]),
            "to_km": str(row["to_km"]),
            "crashes": str(row["counts"]["crashes"]),
            "rule": row["rule"].replace("Condition met: ", "").removesuffix("."),
        }
        for row in rows
    ]


WALES = """
| east_m | north_m | severity |
| 0      | 0       | slight   |
| 30     | 0       | slight   |
| 60     | 0       | serious  |
| 49     | 40      | slight   |
| 400    | 0       | slight   |
"""


def test_four_injury_collisions_within_50_m_are_a_cluster_site_in_wales():
    rows = [_placed(row) for row in table(WALES)]
    asked = screening.ask(presets.get("uk_wales"))
    (one,) = screening.run(asked, made(rows)).findings
    assert one.site.crash_ids == (1, 2, 3, 4)
    three = screening.run(asked, made([row for row in rows if row["severity"] == "slight"]))
    assert three.findings == ()


def _placed(row):
    east_m, north_m = float(row["east_m"]), float(row["north_m"])
    lon, lat = geo.moved(-3.18, 51.48, east_m=east_m, north_m=north_m)
    return {"lon": lon, "lat": lat, "severity": row["severity"], "crash_date": "2022-01-01"}


FLANDERS = """
| case                              | killed | serious | slight | crashes | listed |
| three deaths in three crashes     | 3      | 0       | 0      | 3       | yes    |
| three deaths in two crashes       | 3      | 0       | 0      | 2       | no     |
| five seriously hurt               | 0      | 5       | 0      | 3       | yes    |
| fourteen points                   | 1      | 3       | 0      | 3       | no     |
| fifteen slightly hurt             | 0      | 0       | 15     | 3       | yes    |
"""


@pytest.mark.parametrize("row", table(FLANDERS), ids=lambda row: row["case"])
def test_fifteen_points_and_three_crashes_are_a_dangerous_point_in_flanders(row):
    first = {"n_killed": row["killed"], "n_serious": row["serious"], "n_slight": row["slight"]}
    first["n_injured"] = int(row["serious"]) + int(row["slight"])
    place = {"lon": 3.72, "lat": 51.05, "severity": "slight"}
    data = made([place | first] + [place] * (int(row["crashes"]) - 1))
    found = screening.run(screening.ask(presets.get("be_flanders")), data).findings
    assert bool(found) == (row["listed"] == "yes")


GERMANY = """
| serious | slight | score | listed |
| 1       | 5      | 15    | yes    |
| 2       | 2      | 14    | no     |
| 3       | 0      | 15    | yes    |
| 0       | 8      | 16    | yes    |
| 0       | 7      | 14    | no     |
"""


@pytest.mark.parametrize("row", table(GERMANY), ids=lambda row: f"{row['serious']}+{row['slight']}")
def test_fifteen_points_from_five_and_two_make_a_spot_in_germany(row):
    crashes = [{"severity": "serious"}] * int(row["serious"])
    crashes += [{"severity": "slight"}] * int(row["slight"])
    condition = {
        "min_score": 15,
        "unit": "crashes",
        "weights": {"fatal": 5, "serious": 5, "slight": 2},
    }
    site = Site("spot", "", 7.6, 50.3, tuple(range(1, len(crashes) + 1)))
    (score,) = rule.score([site], made(crashes), rule.Params(rules=(condition,)))
    assert round(score.value * 15) == int(row["score"])
    assert score.passed == (row["listed"] == "yes")
