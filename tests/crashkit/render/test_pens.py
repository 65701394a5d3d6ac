import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text

from crashkit.render import pens
from crashkit.text import Speaker


@pytest.mark.parametrize(
    ("name", "width_mm", "rows"),
    [
        ("Dry", 20, ["Dry"]),
        ("Dark, street lights on", 16, ["Dark, street", "lights on"]),
        ("黑暗有路灯", 10, ["黑暗有路", "灯"]),
        ("Unbreakableword", 10, ["Unbreaka", "bleword"]),
        ("one two three four five six", 5, ["one", "two", "thre…"]),
        ("", 5, []),
    ],
)
def test_a_label_is_broken_at_the_width_of_its_bar(name, width_mm, rows):
    assert pens.broken_label(name, width_mm).split("\n") == (rows or [""])


def drawn(labels, width_mm=90.0):
    """Draw axes and a legend of these labels on a sheet; return both and the sheet."""
    pens.fonts()
    canvas = Figure(figsize=(width_mm / 25.4, 2.0), dpi=100)
    FigureCanvasAgg(canvas)
    axes = canvas.add_axes((0.1, 0.2, 0.85, 0.7))
    pens.legend(pens.Pen(Speaker("en"), canvas), [Patch(label=one) for one in labels])
    canvas.canvas.draw()
    return canvas, axes, canvas.legends[0]


def test_a_legend_that_fits_stands_in_one_row_and_moves_nothing():
    _, axes, _ = drawn(["Fatal", "Serious", "Slight"])
    assert axes.get_position().bounds == pytest.approx((0.1, 0.2, 0.85, 0.7))


def test_a_legend_too_wide_takes_more_rows_and_lowers_the_head_of_the_drawing():
    labels = [f"{word} / {word.upper()}" for word in ("Killed", "Seriously injured", "Unknown")]
    canvas, axes, legend = drawn([*labels, "Slightly injured / СЛЕГКА РАНЕНЫ"])
    box = legend.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= canvas.bbox.width
    place = axes.get_position()
    assert (place.x0, place.y0, place.width) == pytest.approx((0.1, 0.2, 0.85))
    assert place.y1 < 0.9
    assert len({round(one.get_window_extent().y0) for one in legend.get_texts()}) > 1


def test_a_title_wider_than_its_axes_is_written_smaller():
    canvas, axes, _ = drawn(["Fatal"])
    pens.titled(
        axes, "Cost for each km and year / Стоимость на километр в год, в годовых доходах человека"
    )
    title = axes.get_title(loc="left")
    [written] = [one for one in axes.findobj(Text) if title and one.get_text() == title]
    assert pens.SMALLEST <= written.get_size() < pens.SIZE
    assert written.get_window_extent().x1 <= canvas.bbox.width
