import pytest
from matplotlib.figure import Figure as Canvas

from crashkit.errors import Message
from crashkit.render import pens
from crashkit.render.drawings import funnel
from crashkit.text import Speaker


def data(highs, y=10.0):
    at = [10, 20, 50, 100]
    return {
        "points": [{"label": Message("A"), "x": 20, "y": y, "band": 0}],
        "at": at,
        "common": 8.0,
        "limits": [{"level": 0.95, "low": [0] * 4, "high": [one / 2 for one in highs]}]
        + [{"level": 0.998, "low": [0] * 4, "high": highs}],
        "across": Message("Crashes"),
        "up": Message("Rate"),
    }


def drawn(told):
    canvas = Canvas(figsize=(6, 4))
    funnel.draw(told, pens.Pen(Speaker("en"), canvas))
    return canvas.axes[0]


def marks(axes):
    return [one for one in axes.get_lines() if one.get_marker() == "^"]


@pytest.mark.parametrize("highest", [9.0, 20.0, 28.0])
def test_the_axis_holds_the_limits(highest):
    axes = drawn(data([highest, 18.0, 12.0, 9.0]))
    assert axes.get_ylim()[1] > highest
    assert not marks(axes)


def test_limits_far_above_the_points_run_out_with_a_mark():
    axes = drawn(data([200.0, 60.0, 20.0, 9.0]))
    top = axes.get_ylim()[1]
    assert 10.0 < top < 60.0
    of_both = marks(axes)
    assert len(of_both) == 2
    assert all(one.get_ydata()[0] == top for one in of_both)
    inner, outer = (float(one.get_xdata()[0]) for one in of_both)
    assert 20 < inner < 50
    assert 50 < outer < 100
