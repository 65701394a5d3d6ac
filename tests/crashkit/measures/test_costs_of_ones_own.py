"""Measures that need the costs of a country: no preset is shipped, a rule of one's own has them."""

import re
from pathlib import Path

import pytest
from made_crashes import made
from made_roads import at, crashes, line, placed, roads

from crashkit import api
from crashkit.errors import DropinError, MethodError

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "presets.md"
TYPES, POTENTIAL = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[-2:]


def of_one_road(kind_of):
    rows = [
        {"road_key": "M39", "chainage_km": 0.2 + i / 10, "crash_type": kind_of(i)}
        for i in range(60)
    ]
    return made(rows)


def test_costs_by_type_rank_where_costly_types_are_many():
    data = of_one_road(lambda i: "pedestrian" if i < 10 else "animal")
    found = api.screen(data, api.ask(api.read_preset("ours", TYPES)), repeat=False)
    worst = found.findings[0]
    assert worst.site.from_m == 0
    assert worst.score.detail["index"] == pytest.approx((8 * 158 + 0 * 30) / 8)
    assert worst.score.detail["average"] == pytest.approx((10 * 158 + 50 * 30) / 60)


def test_a_basic_rate_by_class_tells_what_a_better_road_would_save():
    network = roads(
        [line(), line(north=3000)],
        road_key=["M-1", "M-2"],
        from_m=[0, 0],
        to_m=[10000, 10000],
        road_class=["primary", "primary"],
        aadt=[8000, 8000],
    )
    data = crashes(*[at(east=1000.0 + 900 * i, road_key="M-1", severity="fatal") for i in range(6)])
    asked = api.ask(api.read_preset("ours", POTENTIAL))
    (found,) = api.screen(data, asked, roads=placed(network, data), repeat=False).findings
    km_years = 10.0 * data.period.years
    saved = 6 * 1200 / km_years - 12 * 8000 * 365 / 1e6
    assert found.score.value == pytest.approx(saved, rel=0.01)


def test_a_misspelt_type_is_refused_and_not_left_out():
    wrong = TYPES.replace("pedestrian", "pedestrain")
    with pytest.raises((MethodError, DropinError), match="pedestrain"):
        api.read_preset("ours", wrong)
    with pytest.raises((MethodError, DropinError), match="fatl"):
        api.read_preset("ours", POTENTIAL.replace("fatal", "fatl"))
