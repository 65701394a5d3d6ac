"""Windows moved along roads: what they hold, where they end, what they say."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from made_roads import at, crashes, line, placed, roads

from crashkit import screening
from crashkit.model import Screening
from crashkit.places.windows import PLACE, Params, cut


def road(*sizes, **columns):
    ends = np.cumsum([0, *sizes])
    pairs = list(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))
    lines = [line(east=a, long=b - a) for a, b in pairs]
    low, high = zip(*pairs, strict=True)
    return roads(lines, **({"road_key": "M-1", "from_m": low, "to_m": high} | columns))


def windows(network, *rows, **params):
    data = crashes(*rows) if rows else crashes(at(north=90000))
    given = Params(**({"length_m": 1000, "step_m": 500} | params))
    return cut(data, given, placed(network, data))


def told(sites):
    return [(site.from_m, site.to_m, len(site.crash_ids)) for site in sites]


def test_windows_begin_with_the_road_end_with_it_and_are_there_without_crashes():
    found = windows(road(2300), at(east=1200), at(east=1210), at(east=2290))
    assert told(found) == [(0, 1000, 0), (500, 1500, 2), (1000, 2000, 2), (1300, 2300, 1)]
    assert {site.road for site in found} == {"M-1"}
    assert len({site.id for site in found}) == 4


def test_a_road_shorter_than_a_window_is_one_window():
    assert told(windows(road(700), at(east=650))) == [(0, 700, 1)]


def test_a_window_never_reaches_over_a_gap_or_into_another_class_unless_told():
    classes = ["national", "regional"]
    kinds = windows(road(1000, 1000, road_class=classes))
    assert told(kinds) == [(0, 1000, 0), (1000, 2000, 0)]
    assert [site.group for site in kinds] == classes
    across = windows(road(1000, 1000, road_class=classes), classes="across")
    assert [site.from_m for site in across] == [0, 500, 1000]
    gap = windows(road(1000, 1000, from_m=[0, 4000], to_m=[1000, 5000]))
    assert told(gap) == [(0, 1000, 0), (4000, 5000, 0)]


def test_a_window_that_crosses_an_equation_is_as_long_on_the_ground_and_says_so():
    equations = pd.DataFrame({"road_key": ["M-1"], "back_m": [1000.0], "ahead_m": [600.0]})
    made = road(1000, 1000, from_m=[0, 600], to_m=[1000, 1600])
    made = type(made)(made.stretches, made.lines, equations, made.info)
    found = windows(made)
    assert [(site.from_m, site.to_m, site.equation) for site in found] == [
        (0, 1000, False),
        (500, 1100, True),
        (600, 1600, False),
    ]
    assert {site.length_m for site in found} == {1000.0}


def test_crashes_at_junctions_are_left_out_unless_told():
    side = [
        line(),
        [*line(north=0, east=5000, long=1)[:1], *line(north=900, east=5000, long=1)[:1]],
    ]
    made = roads(side, road_key=["M-1", "A-2"], from_m=0, to_m=[10000, 900])
    rows = [at(east=5010, road_key="M-1"), at(east=5600, road_key="M-1")]
    apart = windows(made, *rows)
    assert sum(len(site.crash_ids) for site in apart if site.road == "M-1") == 2
    along = windows(made, *rows, at_junctions="along")
    assert sum(len(site.crash_ids) for site in along if site.road == "M-1") == 4


def test_carriageways_are_together_or_apart():
    made = roads(
        [line(long=1000), line(north=30, long=1000)],
        road_key="M-1",
        from_m=0,
        to_m=1000,
        direction=["inc", "dec"],
    )
    rows = [at(east=500, road_key="M-1"), at(north=30, east=500, road_key="M-1")]
    assert told(windows(made, *rows)) == [(0, 1000, 2)]
    assert told(windows(made, *rows, carriageways="apart")) == [(0, 1000, 1), (0, 1000, 1)]


def test_a_screening_lists_no_crash_at_two_windows_and_counts_the_empty_ones():
    rows = [at(east=east, road_key="M-1") for east in (900, 950, 1000, 1050, 1100, 1600, 1650)]
    data = crashes(*rows)
    asked = Screening(
        preset="",
        place="windows",
        measure="count",
        place_params={"length_m": 500, "step_m": 100},
        measure_params={"min_crashes": 2},
        filter={},
    )
    found = screening.run(asked, data, roads=placed(road(5000), data))
    listed = [one for each in found.findings for one in each.site.crash_ids]
    assert len(listed) == len(set(listed))
    assert found.findings[0].counts["crashes"] == 5
    assert found.compared == 46


def test_posts_that_are_no_kilometres_or_start_anew_are_told():
    made = roads(
        [line(long=1000), line(north=9000, long=1000)], road_key="M-1", from_m=0, to_m=[1000, 1100]
    )
    rows = [at(north=north, east=500 + i, road_key="M-1") for north in (0, 9000) for i in (0, 1)]
    data = crashes(*rows)
    asked = Screening("", "windows", "count", {"length_m": 500}, {"min_crashes": 2}, {})
    notes = [note.text for note in screening.run(asked, data, roads=placed(made, data)).notes]
    assert any("posts are nominal" in note for note in notes)
    assert any("start anew, or it has a gap" in note for note in notes)


@settings(max_examples=20)
@given(
    spots=st.lists(st.floats(1, 2999), min_size=1, max_size=15),
    step=st.sampled_from([100, 250, 333]),
    seed=st.randoms(use_true_random=False),
)
def test_every_window_holds_what_a_plain_count_finds_whatever_the_order(spots, step, seed):
    rows = [at(east=spot, road_key="M-1") for spot in spots]
    network = road(1200, 1800)
    found = windows(network, *rows, step_m=step)
    seed.shuffle(rows)
    assert told(windows(network, *rows, step_m=step)) == told(found)
    lined = np.rint(sorted(spots))
    for site in found:
        inside = (lined >= site.from_m) & ((lined < site.to_m) | (site.to_m == 3000))
        assert abs(len(site.crash_ids) - int(inside.sum())) <= int(
            (np.abs(lined - site.from_m) <= 1).sum() + (np.abs(lined - site.to_m) <= 1).sum()
        )


def test_windows_need_roads():
    assert PLACE.needs == ("roads",)
    assert not len(cut(crashes(at()), Params()))
