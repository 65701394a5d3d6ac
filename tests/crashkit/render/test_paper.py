import io
import subprocess
import sys

import numpy as np
import pytest
from invented import facts, layers, sample, tiny
from PIL import Image

from crashkit import charts, report
from crashkit.blocks import (
    Figure,
)
from crashkit.errors import Message
from crashkit.render import paper, pens
from crashkit.render.drawings import map as map_
from crashkit.render.drawings import strip
from crashkit.text import Speaker


def figures(about, kind="area_one_pager"):
    return {one.kind: one for one in report.assemble(kind, about).blocks if isinstance(one, Figure)}


def drawn(figure, language="en", width=88.0):
    tall = paper.height_mm(figure, width, tallest_mm=100)
    content = paper.draw(figure, Speaker(language), width_mm=width, height_mm=tall)
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def has(picture, colour):
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return bool((np.abs(picture.astype(int) - wanted).sum(axis=2) < 12).any())


@pytest.fixture(scope="module")
def on_layers():
    return figures(facts(sample(), on=layers()))


@pytest.mark.parametrize("kind", ["bars", "map"])
def test_severities_have_their_colours_on_paper(on_layers, kind):
    picture = drawn(on_layers[kind])
    for colour in ("#3b0f70", "#d1420e", "#f2b701"):
        assert has(picture, colour)


def test_a_picture_is_as_large_as_asked(on_layers):
    picture = drawn(on_layers["bars"])
    assert picture.shape[1] == pytest.approx(88 / 25.4 * pens.DPI, abs=1)


@pytest.mark.parametrize("kind", ["bars", "heat", "map"])
def test_the_same_figure_gives_the_same_bytes(on_layers, kind):
    one, other = (
        paper.draw(on_layers[kind], Speaker("ru"), width_mm=88, height_mm=60) for _ in range(2)
    )
    assert one == other


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_language_is_drawn_without_a_missing_letter(on_layers, language):
    # A letter that no font has would be a warning, and a warning is an error here.
    for figure in on_layers.values():
        assert drawn(figure, language).std() > 0


def test_own_layers_stand_in_the_place_of_the_base_map(on_layers):
    water = "#cfe0ea"
    sea = drawn(figures(facts(tiny("| lon | lat |\n| 51.0 | 42.0 |\n| 49.9 | 40.4 |")))["map"])
    assert has(sea, water)
    assert has(drawn(on_layers["map"]), water)
    dry = figures(facts(tiny("| lon | lat |\n| 51.0 | 42.0 |\n| 49.9 | 40.4 |"), on={"roads": {}}))
    assert not has(drawn(dry["map"]), water)


def test_a_map_of_one_point_is_a_map():
    picture = drawn(
        figures(facts(tiny("| lon | lat | severity |\n| 69.2 | 41.3 | fatal |")))["map"]
    )
    assert has(picture, "#3b0f70")


def test_the_worst_crash_lies_on_top_of_others_at_the_same_spot():
    rows = "| 69.2 | 41.3 | fatal |\n" + "| 69.2 | 41.3 | slight |\n" * 50
    spot = drawn(figures(facts(tiny("| lon | lat | severity |\n" + rows)))["map"])
    middle = spot[: int(spot.shape[0] * 0.85)]
    assert has(middle, "#3b0f70") and not has(middle, "#f2b701")


def test_crashes_of_unknown_severity_are_hollow_but_seen():
    rows = "| 69.2 | 41.3 | fatal |\n| 69.9 | 41.9 | unknown |"
    assert drawn(figures(facts(tiny("| lon | lat | severity |\n" + rows)))["map"]).std() > 0


def test_layers_of_any_geometry_are_drawn():
    line = {"type": "LineString", "coordinates": [[69, 41], [70, 42]]}
    many = {
        "type": "MultiPolygon",
        "coordinates": [[[[69, 41], [69.21, 41], [69.21, 42], [69, 42], [69, 41]]]],
    }
    both = {"type": "GeometryCollection", "geometries": [line, many]}
    features = [
        {"type": "Feature", "geometry": one, "properties": None} for one in (line, many, both)
    ]
    features += [{"type": "Feature", "geometry": None, "properties": {}}]
    own = {"lakes": {"features": features}, "roads": {"features": features}, "areas": {}}
    figure = figures(facts(tiny(), on=own))["map"]
    assert has(drawn(figure), "#cfe0ea")


def test_numbers_of_many_sites_in_one_place_are_moved_apart():
    moved = map_._apart(np.zeros((12, 2)))
    away = np.hypot(*(moved[:, None] - moved[None]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    assert away.min() > 0.9 * map_.DISC_MM
    assert np.abs(moved).max() < 20


def test_sites_bear_their_numbers():
    figure = figures(facts(sample(), preset="count_1km", on=layers()), "blackspot_list")["map"]
    assert has(drawn(figure, width=150.0), "#3b0f70")


def test_a_grid_of_large_counts_has_a_scale_and_no_numbers():
    cells = tuple(tuple(range(1000 * i, 1000 * i + 24)) for i in range(7))
    about = figures(facts(sample()))["heat"]
    large = Figure("heat", about.caption, about.alt, {**about.data, "cells": cells})
    assert drawn(large).std() > 0


def test_a_cell_that_is_not_known_is_grey_and_none_is_not():
    about = figures(facts(sample()))["heat"]
    for cell, grey in ((None, True), (0, False)):
        cells = ((cell,) * 24, *((5,) * 24,) * 6)
        made = Figure("heat", about.caption, about.alt, {**about.data, "cells": cells})
        wanted = int(charts.NOT_COUNTED[1:3], 16)
        near = (np.abs(drawn(made).astype(int) - wanted).max(axis=2) < 3).mean()
        assert bool(near > 0.05) is grey


def test_signs_without_a_letter_in_our_fonts_are_written_as_numbers():
    assert (
        paper.drawable("Ўзбекистон, 奥什, ქართული, اردو, Ñ") == "Ўзбекистон, 奥什, ქართული, اردو, Ñ"
    )
    assert paper.drawable("a\U0001f600b") == "a[U+1F600]b"


def test_names_with_dollar_signs_are_no_formula():
    data = tiny("| lon | lat | severity |\n| 69.2 | 41.3 | fatal |")
    town = {
        "geometry": {"type": "Point", "coordinates": [69.2, 41.3]},
        "properties": {"name": "A $\\frac{$ B", "population": 1},
    }
    assert drawn(figures(facts(data, on={"towns": {"features": [town]}}))["map"]).std() > 0


def test_matplotlib_is_not_loaded_before_a_figure_is_drawn():
    code = "import sys; from crashkit import render, report; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_walk_stays_in_its_band_of_limits():
    at = np.linspace(0, 20_000, 200)
    data = {
        "at": at,
        "walk": 5 * np.sin(at / 900),
        "limit": np.full(200, 20.0),
        "across": Message("Traffic, vehicles a day"),
    }
    figure = Figure("walk", Message("Walk"), Message("Walk"), data)
    picture = drawn(figure)
    assert has(picture, "#e4e0ee")
    assert has(picture, pens.PLAIN)
    assert drawn(figure).tobytes() == picture.tobytes()
    assert drawn(figure, "ru").shape == picture.shape


def test_a_strip_draws_bars_by_severity_over_the_bands_of_sites():
    series = [
        {"key": "fatal", "label": Message("Fatal"), "values": [0, 2, 0, 0]},
        {"key": "slight", "label": Message("Slight"), "values": [3, 0, 0, 6]},
    ]
    data = {
        "at_km": [10.0, 11.0, 12.0, 13.0],
        "step_km": 1.0,
        "series": series,
        "bands": [(13.0, 14.0, "1"), (10.0, 11.0, "2"), (10.0, 10.0, "12345")],
        "towns": [(10.5, "Кенсай"), (13.9, "$Nurkent$")],
        "across": Message("Km post"),
    }
    figure = Figure("strip", Message("M1"), Message("M1"), data)
    picture = drawn(figure)
    for colour in (strip.BAND, "#3b0f70", "#f2b701"):
        assert has(picture, colour)
    assert drawn(figure).tobytes() == picture.tobytes()
    assert paper.height_mm(figure, 170, tallest_mm=100) == strip.STRIP_MM


def test_marks_of_more_and_fewer_are_drawn_alike():
    assert paper.drawable("more (▲), fewer (▼)") == "more (↑), fewer (↓)"
