import pytest
from made_crashes import made
from made_roads import at, crashes, line, placed, roads

from crashkit import presets, screening

NEEDED = "Traffic is left out of account"


def said(aadt):
    """What a screening of two roads says, one with crashes; their AADT may be known."""
    network = roads(
        [line(), line(north=3000)],
        road_key=["M-1", "M-2"],
        from_m=[0, 0],
        to_m=[10000, 10000],
        road_class=["primary", "primary"],
        **({"aadt": aadt} if aadt else {}),
    )
    data = crashes(*[at(east=4000.0 + 20 * i, road_key="M-1") for i in range(9)])
    asked = screening.ask(presets.get("eb_excess_windows"))
    result = screening.run(asked, data, roads=placed(network, data), repeat=False)
    assert result.findings
    return [str(note) for note in result.notes]


def test_why_there_is_no_model_of_traffic_is_told():
    (note,) = [note for note in said([4000.0, 900.0]) if note.startswith(NEEDED)]
    assert "A model needs 160 km of road; there are 20.0." in note
    assert "300 crashes a year are needed; there are 3.0." in note


def test_traffic_that_is_known_in_part_is_told():
    (note,) = [note for note in said([4000.0, float("nan")]) if note.startswith(NEEDED)]
    assert note.endswith(
        "A model needs the AADT of 90 % of all that is compared; it is known for 50 %."
    )


@pytest.mark.parametrize("aadt", [None, [float("nan")] * 2])
def test_where_no_traffic_is_known_nothing_is_said_of_it(aadt):
    assert not [note for note in said(aadt) if "raffic" in note]


def test_a_model_of_traffic_is_told():
    lines = [line(north=3000.0 * i, long=30000.0) for i in range(8)]
    network = roads(
        lines,
        road_key=[f"M-{i}" for i in range(8)],
        from_m=[0] * 8,
        to_m=[30000] * 8,
        road_class=["primary"] * 8,
        aadt=[1000.0 * (i + 1) for i in range(8)],
    )
    # The more traffic, the more crashes: 1080 in three years.
    data = crashes(
        *[
            at(north=3000.0 * i, east=50 + 29900.0 * j / (30 * (i + 1)), road_key=f"M-{i}")
            for i in range(8)
            for j in range(30 * (i + 1))
        ]
    )
    asked = screening.ask(presets.get("worse_windows"), {"min_probability": "0"})
    result = screening.run(asked, data, roads=placed(network, data), repeat=False)
    notes = [str(note) for note in result.notes]
    said = "Peers are places of the same class with as much traffic, by a model of it."
    assert said in notes


def test_circles_too_small_to_know_their_peers_say_so():
    lonely = [{"lon": 69 + i / 50, "lat": 41.0} for i in range(40)]
    data = made([*lonely, *lonely[:2]])
    for radius, is_said in (("50", True), ("20000", False)):
        asked = screening.ask(
            presets.get("count_circles"), {"radius_m": radius, "min_crashes": "2"}
        )
        result = screening.run(asked, data, repeat=False)
        assert any("how much ground has none" in str(note) for note in result.notes) == is_said
