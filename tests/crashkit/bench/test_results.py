"""Figures and bars: what a mean is worth, and when a bar holds."""

import numpy as np
import pytest

from crashkit.bench.results import Bar, Figure, Result
from crashkit.errors import Message

TEXT = Message("Something")


def test_a_figure_is_a_mean_with_its_standard_error():
    found = Figure.of([1.0, 2.0, 3.0, 4.0], 2.4)
    assert (found.value, found.anchor) == (2.5, 2.4)
    assert found.error == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2)


def test_replicates_without_a_figure_are_left_out():
    assert Figure.of([0.5, np.nan, 1.5]).value == 1.0
    assert np.isnan(Figure.of([np.nan]).value)


def test_one_replicate_tells_no_error():
    found = Figure.of([0.5])
    assert (found.value, np.isnan(found.error)) == (0.5, True)


@pytest.mark.parametrize(
    ("value", "limits", "limit", "holds"),
    [
        (0.28, (-np.inf, 0.29), 0.29, True),
        (0.30, (-np.inf, 0.29), 0.29, False),
        (0.35, (0.33, np.inf), 0.33, True),
        (0.92, (0.87, 0.93), 0.93, True),
        (0.86, (0.87, 0.93), 0.87, False),
        (None, (-np.inf, 0.0), 0.0, None),
    ],
)
def test_a_bar_holds_within_its_limits(value, limits, limit, holds):
    bar = Bar("B2", TEXT, value, limits)
    assert (bar.limit, bar.holds) == (limit, holds)


def test_a_bar_that_was_not_measured_breaks_nothing():
    bars = [Bar("B1", TEXT, None, (-np.inf, 0.0)), Bar("B2", TEXT, 0.1, (-np.inf, 0.2))]
    assert Result(1, True, {}, bars=tuple(bars)).holds
    broken = Bar("B3", TEXT, 0.3, (-np.inf, 0.2))
    assert not Result(1, True, {}, bars=(*bars, broken)).holds
