"""Strips: unbroken pieces of road that are alike, along which windows are moved.

A strip is part of a run (see `linear`): it ends where the run ends, and, unless told otherwise,
where the class or the setting of the road changes. A chainage equation does not end it; what lies
across one says so. Places along a strip are whole metres from its beginning, so that a count never
hangs on the last digit. Stretches without km posts are strips of their own.

Source: reference methods, section 2.3 (sliding window).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.roads import linear
from crashkit.roads.linear import Routes
from crashkit.roads.network import BACKWARD, FORWARD
from crashkit.roads.snapping import NOWHERE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

KIND = ("road_class", "area_type")
"""What a strip is of one kind in; unknown is a kind, too."""


@dataclass(frozen=True, eq=False)
class Strips:
    """Stretches as strips.

    `order` are the stretches in strips, strip by strip and along each; `strip` is the number of the
    strip of each of those, `begins_m` where in it each begins. `of_stretch` is the place of each
    stretch in `order`, NOWHERE where it is in no strip. `lengths_m` has one number for each strip.
    """

    routes: Routes
    order: Ints
    strip: Ints
    begins_m: Floats
    of_stretch: Ints
    lengths_m: Ints

    def __len__(self) -> int:
        return self.lengths_m.size

    def where(self, stretch: Ints, share: Floats) -> tuple[Ints, Ints]:
        """Return the strip and the whole metre of places on stretches; NOWHERE and 0 for none."""
        place = np.where(stretch != NOWHERE, self.of_stretch[stretch], NOWHERE)
        on = np.flatnonzero(place != NOWHERE)
        strip, at_m = np.full(stretch.size, NOWHERE, np.int64), np.zeros(stretch.size, np.int64)
        strip[on] = self.strip[place[on]]
        along = self.begins_m[place[on]] + share[on] * self._length(stretch[on])
        at_m[on] = np.clip(np.rint(along), 0, self.lengths_m[strip[on]])
        return strip, at_m

    def at(self, strip: Ints, at_m: Floats, *, end: bool = False) -> tuple[Ints, Floats]:
        """Return the stretch and the share of the way of places along strips.

        A place where two stretches meet is on the one that begins there, or, if it is the `end` of
        something, on the one that ends there.
        """
        far = float(self.lengths_m.max(initial=0)) + 1.0
        keys = self.strip * far + self.begins_m
        # Metres are whole: a boundary within half a metre is meant by one.
        wanted = strip * far + at_m + (-0.5 if end else 0.5)
        found = np.searchsorted(keys, wanted) - 1
        first = np.searchsorted(self.strip, strip)
        found = np.maximum(found, first)
        stretch = self.order[found]
        length = np.maximum(self._length(stretch), 1e-9)
        return stretch, np.clip((at_m - self.begins_m[found]) / length, 0.0, 1.0)

    def crosses_equation(self, strip: Ints, start_m: Ints, end_m: Ints) -> Flags:
        """Mark stretches of strips, from one metre to another, in which posts jump."""
        far = float(self.lengths_m.max(initial=0)) + 1.0
        marks = self.routes.after_equation[self.order] & (self.begins_m > 0)
        jumps = np.sort(self.strip[marks] * far + np.rint(self.begins_m[marks]))
        first = np.searchsorted(jumps, strip * far + start_m, side="right")
        found: Flags = np.searchsorted(jumps, strip * far + end_m) > first
        return found

    def _length(self, stretch: Ints) -> Floats:
        found: Floats = self.routes.network.stretches["length_m"].to_numpy()[stretch]
        return found


def strips(
    routes: Routes,
    stands: Flags | None = None,
    *,
    alike: bool = True,
    together: bool = False,
    each: bool = False,
) -> Strips:
    """Join stretches to strips; only those that stand, if told.

    `alike`: a strip ends where class or setting change; `each`: every stretch is a strip.
    `together`: carriageways of one road are one strip, that in the direction of the posts; what
    lies on the other is moved there by `beside`.
    """
    stretches = routes.network.stretches
    n = len(stretches)
    frame = pd.DataFrame({"run": routes.run, "begins": routes.begins_m})
    frame["kind"] = stretches.groupby(list(KIND), dropna=False, sort=True).ngroup().to_numpy()
    chosen = np.ones(n, bool) if stands is None else stands.copy()
    if together:
        chosen &= ~_has_twin(stretches)
    lone = frame["run"] == linear.NOWHERE
    frame.loc[lone, "run"] = routes.runs + np.arange(n)[lone]
    frame = frame[chosen & stretches["length_m"].gt(0).to_numpy()]
    frame = frame.sort_values(["run", "begins"], kind="stable")
    breaks = frame["run"].diff().ne(0)
    if alike:
        breaks |= frame["kind"].diff().ne(0)
    if each:
        breaks[:] = True
    order: Ints = frame.index.to_numpy(dtype=np.int64)
    strip = np.cumsum(breaks.to_numpy(dtype=np.int64)) - 1
    length = stretches["length_m"].to_numpy()[order]
    ends = np.cumsum(length)
    firsts = np.flatnonzero(breaks.to_numpy())
    begins = ends - length
    begins -= np.repeat(begins[firsts], np.diff(np.append(firsts, order.size)))
    of_stretch = np.full(n, NOWHERE, np.int64)
    of_stretch[order] = np.arange(order.size)
    lengths = np.bincount(strip, length, minlength=firsts.size)
    whole: Ints = np.rint(lengths).astype(np.int64)
    return Strips(routes, order, strip, begins, of_stretch, whole)


def _has_twin(stretches: pd.DataFrame) -> Flags:
    """Mark stretches against the posts whose road has others with them."""
    roads = set(stretches.loc[stretches["direction"] == FORWARD, "road_key"]) - {""}
    found: Flags = (
        (stretches["direction"] == BACKWARD) & stretches["road_key"].isin(roads)
    ).to_numpy()
    return found


def beside(routes: Routes, stretch: Ints, share: Floats) -> tuple[Ints, Floats]:
    """Move places on carriageways against the posts to the same post of the one with them.

    Where there is no such post, or there are several, a place stays.
    """
    stretches = routes.network.stretches
    moved, at = stretch.copy(), share.copy()
    on = np.flatnonzero(stretch != NOWHERE)
    on = on[_has_twin(stretches)[stretch[on]] & (routes.run[stretch[on]] != linear.NOWHERE)]
    keys = stretches["road_key"].to_numpy()[stretch[on]]
    posts = routes.posts_m(stretch[on], share[on])
    forward = np.array([FORWARD], dtype=object)
    for key in np.unique(keys.astype(str)).tolist():
        rows = np.flatnonzero(keys == key)
        which, there, part = routes.carriers([key], posts[rows], np.repeat(forward, rows.size))
        once = np.bincount(which, minlength=rows.size)[which] == 1
        moved[on[rows[which[once]]]], at[on[rows[which[once]]]] = there[once], part[once]
    return moved, at
