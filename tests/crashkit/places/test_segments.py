"""Segments as places: each with its crashes, and with none."""

import pytest
from made_roads import HERE, at, crashes, off, roads

from crashkit import peers, screening
from crashkit.errors import MethodError
from crashkit.measures import poisson_tail
from crashkit.model import Screening
from crashkit.places import junctions, segments
from crashkit.roads.junctions import derived, given, read
from crashkit.roads.placing import place
from crashkit.roads.snapping import snap
from crashkit.roads.topology import build
from crashkit.sites import Sites

ROADS = roads(
    [
        [off(*HERE), off(*HERE, east=2000)],
        *([off(*HERE, east=east), off(*HERE, east=east, north=500)] for east in (500, 1500)),
    ],
    road_key=["M-1", "A", "B"],
    road_class=["national", "local", "local"],
    area_type=["rural"] * 3,
    from_m=[0, None, None],
    to_m=[2000, None, None],
    aadt=[5000, None, None],
)
CRASHES = crashes(
    at(east=500, road_key="M-1"),
    at(east=590),
    at(east=610),
    at(east=1750),
    at(east=1500, north=300),
)


def placed(data=CRASHES, network=ROADS):
    topology = build(network)
    return place(data, derived(topology), topology=topology, snapped=snap(network, data))


def cut(data=CRASHES, roads_=None, **params):
    sites = segments.cut(data, segments.Params(**params), roads_ or placed(data))
    return [(site.road, site.from_m, site.to_m, site.crash_ids) for site in sites]


def test_all_segments_between_junctions_are_sites_those_without_crashes_too():
    assert cut() == [
        ("A", 0, 500, ()),
        ("B", 0, 500, (5,)),
        ("M-1", 0, 500, ()),
        ("M-1", 500, 1500, (3,)),
        ("M-1", 1500, 2000, (4,)),
    ]
    sites = segments.cut(CRASHES, segments.Params(), placed())
    assert [(site.group, site.aadt) for site in sites[1:3]] == [
        ("local rural", None),
        ("national rural", 5000),
    ]
    assert sites[3].id == "M-1:500-1500"


def test_segments_go_across_junctions_and_have_their_crashes_if_told():
    assert cut(ends_at="changes")[2:] == [("M-1", 0, 2000, (3, 4))]
    assert cut(ends_at="changes", at_junctions="along")[2:] == [("M-1", 0, 2000, (1, 2, 3, 4))]


def test_junctions_and_segments_share_no_crash():
    of_segments = [id_ for row in cut() for id_ in row[-1]]
    sites = junctions.cut(CRASHES, junctions.Params(), placed())
    of_junctions = [id_ for site in sites for id_ in site.crash_ids]
    assert sorted(of_segments + of_junctions) == [1, 2, 3, 4, 5]


def test_carriageways_on_the_same_posts_have_different_names():
    lines = [[off(*HERE, north=north), off(*HERE, east=900, north=north)] for north in (0, 20, 60)]
    network = roads(
        lines, road_key="M-1", direction=["inc", "dec", "dec"], from_m=[0] * 3, to_m=[900] * 3
    )
    data = crashes(at(east=100))
    sites = segments.cut(data, segments.Params(), placed(data, network))
    assert [site.id for site in sites] == ["M-1:0-900 dec", "M-1:0-900 dec (2)", "M-1:0-900 inc"]


def asked(measure, **params):
    return Screening(
        preset="count_1km",
        place="segments",
        measure=measure,
        place_params={},
        measure_params=params,
        filter={},
        title="Segments",
        source="made",
        verified=True,
    )


def test_a_screening_of_segments_ranks_them():
    result = screening.run(asked("count", min_crashes=1), CRASHES, roads=placed())
    assert {one.site.id for one in result.findings} == {
        "M-1:500-1500",
        "M-1:1500-2000",
        *(one.site.id for one in result.findings if one.site.road == "B"),
    }
    assert result.compared == 5


def test_segments_are_compared_by_their_length_with_all_of_their_group():
    sites = segments.cut(CRASHES, segments.Params(), placed())
    params = poisson_tail.Params(anchor_crashes=0, min_class=2)
    reference = peers.fit(Sites.of(sites), per="km", years=CRASHES.period.years, fewest=2)
    found = poisson_tail.score(sites, CRASHES, params, reference)
    assert [one.detail["expected"] for one in found] == pytest.approx([0.5, 0.5, 0.5, 1, 0.5])


def test_a_screening_of_segments_says_that_it_needs_roads():
    points = {"features": [{"geometry": {"type": "Point", "coordinates": off(*HERE, east=500)}}]}
    with pytest.raises(MethodError, match="links of a network"):
        screening.run(asked("count"), CRASHES, roads=place(CRASHES, given(read(points))))
    assert not len(segments.cut(CRASHES, segments.Params()))
