from dataclasses import replace

import numpy as np
import pytest
from made_crashes import made
from made_roads import HERE, at, crashes, line, off, placed, roads

from crashkit import method, screening
from crashkit.roads import along
from crashkit.screening import parts, repeating
from crashkit.screening.repeating import Question

# One road of 4 km in stretches of 100 m, with posts, and one that crosses it at 2 km.
SHORT = roads(
    [*(line(east=100.0 * i, long=100.0) for i in range(40)), line(north=500)],
    road_key=[*["M-1"] * 40, "M-2"],
    from_m=[*(100 * i for i in range(40)), 0],
    to_m=[*(100 * (i + 1) for i in range(40)), 10000],
)


def question(place, data, network=None, **params):
    of = parts.place_named(place)
    measure = screening.measures()["count"]
    return Question(
        of,
        measure,
        method.read(of.params, params),
        method.read(measure.params, {}),
        data,
        placed(network, data) if network is not None else None,
    )


def changes(asked):
    return {str(words): make for words, make in repeating._changes(asked)}


def on_short(n=60, east=2050.0, **words):
    return crashes(*[at(east=east, road_key="M-1", **words) for _ in range(n)])


def test_crashes_on_short_stretches_are_moved_on_to_others_and_do_not_pile_up():
    data = on_short()
    snapped = placed(SHORT, data).snapped
    steps = np.linspace(-900, 900, len(data))
    moved = along.moved(snapped, steps, data.period.end)
    posts = moved.posts_m()
    np.testing.assert_allclose(posts, 2050 + steps, atol=1.5)
    assert np.unique(moved.stretch).size > 15


@pytest.mark.parametrize(("step", "post"), [(-2500, 450), (2500, 3450), (9000, 3050)])
def test_at_the_end_of_a_road_the_way_goes_back(step, post):
    data = on_short(1)
    moved = along.moved(placed(SHORT, data).snapped, np.array([float(step)]), data.period.end)
    assert moved.posts_m() == pytest.approx([post], abs=1.5)


def test_each_crash_is_moved_by_its_own_error():
    data = on_short(400)
    errors = np.where(np.arange(400) < 200, 20.0, 200.0)
    data = data.replace(crashes=data.crashes.assign(coord_accuracy_m=errors))
    asked = question("windows", data, SHORT)
    moves = changes(asked)
    (words,) = [one for one in moves if one.startswith("Crashes moved")]
    moved = moves[words]()
    away = np.abs(moved.roads.snapped.posts_m() - asked.roads.snapped.posts_m())
    assert 10 < np.median(away[:200]) < 18 < 100 < np.median(away[200:]) < 180
    lon = moved.data.crashes["lon"].to_numpy()
    assert np.corrcoef(lon, moved.roads.snapped.posts_m())[0, 1] > 0.999


def test_a_crash_may_come_to_a_junction_or_leave_one():
    south = [off(*HERE, north=north, east=1000) for north in (-900, 0)]
    crossing = roads(
        [line(long=1000), line(east=1000, long=1000), south],
        road_key=["M-1", "M-1", "S"],
        from_m=[0, 1000, 0],
        to_m=[1000, 2000, 900],
    )
    rows = [at(east=1000.0 - d, road_key="M-1") for d in np.linspace(0, 300, 60)]
    asked = question("junctions", crashes(*rows), crossing)
    before = asked.roads.counts()
    moves = changes(asked)
    (make,) = [make for words, make in moves.items() if words.startswith("Crashes moved")]
    after = make().roads
    assert before["junction"] > 0
    at_before, at_after = (one.junction >= 0 for one in (asked.roads, after))
    assert (at_before & ~at_after).any() and (at_after & ~at_before).any()
    assert sum(after.counts().values()) == 60


def test_the_order_of_crashes_moves_none_elsewhere():
    data = on_short(9)
    mixed = data.replace(crashes=data.crashes.iloc[::-1].reset_index(drop=True))
    one, two = (
        next(
            make
            for words, make in changes(question("windows", of, SHORT)).items()
            if "moved" in words
        )()
        for of in (data, mixed)
    )
    there = [
        dict(zip(of.roads.ids.tolist(), of.roads.snapped.posts_m().round(6).tolist(), strict=True))
        for of in (one, two)
    ]
    assert there[0] == there[1]


def test_places_smaller_and_larger_are_so_by_a_fifth_within_the_limits():
    data = made([{"road_key": "M39", "chainage_km": 1.0, "crash_date": "2021-05-05"}])
    found = changes(question("sections", data, length_m=1000))
    sizes = [
        found[f"Places {word} by 20 %"]().place_params.length_m for word in ("smaller", "larger")
    ]
    assert sizes == [800, 1200]
    least = changes(question("sections", data, length_m=100))
    assert "Places smaller by 20 %" not in least


def test_a_year_left_out_shortens_the_period_and_undated_data_have_none():
    rows = [
        {"road_key": "M39", "chainage_km": 1.0, "crash_date": f"{year}-05-05"}
        for year in (2021, 2022, 2023)
    ]
    data = made(rows)
    left = changes(question("sections", data))["Without the year 2022"]().data
    assert (len(left), left.period.years, left.period.calendar_years) == (2, 2.0, (2021, 2023))
    undated = data.replace(period=replace(data.period, undated=True))
    assert not [words for words in changes(question("sections", undated)) if "year" in words]
