"""Junctions as places: each with its crashes, and with none."""

import pytest
from made_roads import HERE, at, crashes, off, roads

from crashkit import method, peers, presets, screening
from crashkit.errors import MethodError
from crashkit.measures import count, poisson_tail
from crashkit.model import Screening
from crashkit.places import junctions
from crashkit.roads.junctions import derived, given, read
from crashkit.roads.placing import place
from crashkit.roads.snapping import snap
from crashkit.roads.topology import build
from crashkit.screening import judging
from crashkit.sites import Sites

ROADS = roads(
    [
        [off(*HERE), off(*HERE, east=2000)],
        *([off(*HERE, east=east), off(*HERE, east=east, north=500)] for east in (500, 1000, 1500)),
    ],
    road_key=["M-1", "A", "B", "C"],
    road_number=["M-1", "A", "B", "C"],
    area_type=["urban"] * 4,
)
CRASHES = crashes(
    at(east=500),
    at(east=560),
    at(east=1010, junction="signal"),
    at(east=960, junction="none"),
    at(east=1750),
    at(east=500, north=20),
)


def placed(data=CRASHES):
    topology = build(ROADS)
    return place(data, derived(topology), topology=topology, snapped=snap(ROADS, data))


def cut(data=CRASHES, roads_=None, **params):
    sites = junctions.cut(data, junctions.Params(**params), roads_ or placed(data))
    return [(site.road, site.crash_ids, site.group, site.radius_m) for site in sites]


def test_all_junctions_are_sites_those_without_crashes_too():
    assert cut() == [
        ("A / M-1", (1, 6), "3 arms urban", 50),
        ("B / M-1", (3,), "3 arms urban", 50),
        ("C / M-1", (), "3 arms urban", 50),
    ]


def test_the_radius_and_the_code_can_be_changed():
    wide = cut(urban_junction_m=70, trust_away="no")
    assert [row[1] for row in wide] == [(1, 2, 6), (3, 4), ()]


def test_crashes_that_were_filtered_are_found_again():
    part = CRASHES.keep(CRASHES.crash_ids > 2)
    assert [row[1] for row in cut(part, placed())] == [(6,), (3,), ()]


def test_given_junctions_have_the_names_and_kinds_of_their_source():
    layer = {
        "features": [
            {
                "geometry": {"type": "Point", "coordinates": off(*HERE, east=east)},
                "properties": {"id": f"J{east}", "kind": kind, "name": "Clock tower"},
            }
            for east, kind in ((1000, "roundabout"), (500, "signal"))
        ]
    }
    found = place(CRASHES, given(read(layer)))
    sites = junctions.cut(CRASHES, junctions.Params(), found)
    assert [(site.id, site.road, site.crash_ids, site.group) for site in sites] == [
        ("J500", "Clock tower", (1, 6), "signal"),
        ("J1000", "Clock tower", (3,), "roundabout"),
    ]


def test_nothing_is_cut_where_no_junction_is_known():
    assert not len(junctions.cut(CRASHES, junctions.Params()))


# ------------------------------------------------------------------ screened


def asked(measure=count, **params):
    name = measure.MEASURE.name
    return Screening(
        preset="count_1km",
        place="junctions",
        measure=name,
        place_params={},
        measure_params=params,
        filter={},
        title="Junctions",
        source="made",
        verified=True,
    )


def test_a_screening_of_junctions_ranks_them_and_counts_all_that_were_compared():
    result = screening.run(asked(min_crashes=1), CRASHES, roads=placed())
    assert [(one.rank, one.site.crash_ids) for one in result.findings] == [(1, (1, 6)), (2, (3,))]
    assert (result.compared, result.crashes, result.located) == (3, 6, 6)


OWN = {
    "relative_severity": {"costs": {"other": 7}},
    "safety_potential": {"costs": {"fatal": 500}, "basic_rates": {"other": 20}},
}
"""Measures whose numbers are those of a country, so that no rule is shipped for them."""


@pytest.mark.parametrize("name", screening.measures())
def test_every_measure_can_judge_a_junction_without_crashes(name):
    measure = screening.measures()[name]
    rules = [one for one in presets.all_presets().values() if one.measure == name]
    made = dict(screening.ask(rules[0]).measure_params) if rules else OWN[name]
    sites = junctions.cut(CRASHES, junctions.Params(), placed())
    data = CRASHES.replace(crashes=CRASHES.crashes.assign(severity="fatal", crash_type="other"))
    params = method.read(measure.params, made)
    reference = judging.reference(junctions.PLACE, params, data, junctions.Params(), placed())
    scores = measure.score(sites, data, params, reference)
    assert len(scores) == len(sites) and not scores[2].passed


def test_junctions_are_compared_with_all_of_their_group():
    sites = junctions.cut(CRASHES, junctions.Params(), placed())
    params = poisson_tail.Params(anchor_crashes=0, min_class=3)
    reference = peers.fit(Sites.of(sites), per="place", years=CRASHES.period.years, fewest=3)
    found = poisson_tail.score(sites, CRASHES, params, reference)
    assert [one.detail["expected"] for one in found] == pytest.approx([1, 1, 1])


def test_a_screening_of_junctions_says_what_it_needs():
    with pytest.raises(MethodError, match="none is known"):
        screening.run(asked(), CRASHES)
    lost = crashes(at(east=90000))
    with pytest.raises(MethodError, match="none of the 1 crashes lies on one"):
        screening.run(asked(), lost, roads=placed(lost))
