"""Sections of a table laid on the lines of a network: traffic, class, setting and speed limit.

Lines often come from one office and traffic counts from another. A stretch is cut where a section
of its road begins or ends, by km posts; what the section tells leads there, what it does not tell
stays. Where sections that tell different things lie on one length, none is taken: nobody knows
which of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crashkit.errors import IntakeError
from crashkit.roads.linear import POST_M, along
from crashkit.roads.network import BOTH, DATES, Lines, Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TEXTS = ("road_class", "area_type")
NUMBERS = ("aadt", "speed_limit")
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Laid:
    """A network with sections laid on it.

    `unused` are the sections that lie on no stretch, `disputed` those that contradict each other
    where they lie on one length; both are places in the frame of the sections.
    """

    network: Network
    unused: Ints
    disputed: Ints


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Parts of stretches: of which, from and to which post in metres, and under which section."""

    of: Ints
    low: Floats
    high: Floats
    section: Ints


def lay(network: Network, sections: Network) -> Laid:
    """Cut a network where sections begin and end, and give its stretches what they tell.

    Raises IntakeError for sections with dates: from when to when would each part of a line stand?
    """
    if sections.stretches[list(DATES)].notna().any(axis=None):
        raise IntakeError(
            "Sections that are laid on lines have no dates. Import a table with dates as a network "
            "of its own."
        )
    told = _Sections(sections.stretches)
    pieces = _pieces(network.stretches, told)
    return Laid(
        replace(network, stretches=_frame(network, sections, pieces), lines=_cut(network, pieces)),
        np.flatnonzero(~told.used),
        np.flatnonzero(told.disputed),
    )


class _Sections:
    """Sections by road, and what became of each."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.low, self.high = frame["from_m"].to_numpy(), frame["to_m"].to_numpy()
        self.direction = frame["direction"].to_numpy()
        what = frame[[*TEXTS, *NUMBERS]].astype(object)
        self.what = what.where(what.notna(), None).apply(tuple, axis=1).tolist()
        self.of_road = frame.groupby("road_key").indices
        self.used = np.zeros(len(frame), bool)
        self.disputed = np.zeros(len(frame), bool)

    def on(self, road: str, direction: str, low: float, high: float) -> Ints:
        """Return the sections that lie on a stretch, at least in part."""
        of = np.asarray(self.of_road.get(road, ()), dtype=np.int64)
        same = (self.direction[of] == BOTH) | (self.direction[of] == direction)
        there = (self.low[of] < high - POST_M) & (self.high[of] > low + POST_M)
        found: Ints = of[same & there]
        return found

    def over(self, near: Ints, low: float, high: float) -> int:
        """Return the section that tells what holds between two posts; NOWHERE where none does."""
        here = near[(self.low[near] <= low + POST_M) & (self.high[near] >= high - POST_M)]
        self.used[here] = True
        if len({self.what[one] for one in here}) > 1:
            self.disputed[here] = True
            return NOWHERE
        return int(here[0]) if here.size else NOWHERE


def _pieces(stretches: pd.DataFrame, told: _Sections) -> _Pieces:
    columns = ("road_key", "direction", "from_m", "to_m")
    rows: list[tuple[int, float, float, int]] = []
    for one, (road, direction, low, high) in enumerate(
        zip(*(stretches[name].tolist() for name in columns), strict=True)
    ):
        near = told.on(road, direction, low, high) if road else np.zeros(0, np.int64)
        if not near.size:
            rows.append((one, low, high, NOWHERE))
            continue
        posts = _posts(low, high, np.concatenate([told.low[near], told.high[near]]))
        rows += [(one, a, b, told.over(near, a, b)) for a, b in zip(posts, posts[1:], strict=False)]
    of, lows, highs, section = zip(*rows, strict=True) if rows else ((), (), (), ())
    return _Pieces(
        np.array(of, dtype=np.int64),
        np.array(lows, dtype=float),
        np.array(highs, dtype=float),
        np.array(section, dtype=np.int64),
    )


def _posts(low: float, high: float, others: Floats) -> list[float]:
    """Return the posts at which a stretch is cut, its ends among them, in order."""
    inside = np.unique(others[(others > low + POST_M) & (others < high - POST_M)])
    apart = np.diff(inside, prepend=-np.inf) > POST_M
    return [low, *inside[apart].tolist(), high]


def _shares(network: Network, pieces: _Pieces) -> tuple[Floats, Floats]:
    """Return from and to which share of its stretch each piece goes."""
    low = network.stretches["from_m"].to_numpy()[pieces.of]
    size = network.stretches["to_m"].to_numpy()[pieces.of] - low
    with np.errstate(invalid="ignore", divide="ignore"):
        first, last = (pieces.low - low) / size, (pieces.high - low) / size
    whole = ~np.isfinite(first) | ~np.isfinite(last)
    return np.where(whole, 0.0, first), np.where(whole, 1.0, last)


def _frame(network: Network, sections: Network, pieces: _Pieces) -> pd.DataFrame:
    frame = network.stretches.iloc[pieces.of].reset_index(drop=True)
    first, last = _shares(network, pieces)
    frame["from_m"], frame["to_m"] = pieces.low, pieces.high
    frame["length_m"] = frame["length_m"] * (last - first)
    under = np.flatnonzero(pieces.section != NOWHERE)
    for name in (*TEXTS, *NUMBERS):
        told = sections.stretches[name].iloc[pieces.section[under]]
        says = ((told != "") & told.notna()).to_numpy()
        frame.loc[under[says], name] = told[says].to_numpy()
    return frame


def _cut(network: Network, pieces: _Pieces) -> Lines:
    """Cut the lines; a stretch that stays whole keeps its line as it is."""
    lines, at = network.lines, network.lines.measures_m()
    first, last = _shares(network, pieces)
    begins, ends = (np.column_stack(along(lines, pieces.of, share)) for share in (first, last))
    found: list[Floats] = []
    for n, one in enumerate(pieces.of.tolist()):
        line = lines.line(one)
        if first[n] <= 0 and last[n] >= 1 or not len(line):
            found.append(line)
            continue
        steps = at[lines.offsets[one] : lines.offsets[one + 1]] / at[lines.offsets[one + 1] - 1]
        between = line[(steps > first[n]) & (steps < last[n])]
        found.append(np.vstack([begins[n], between, ends[n]]))
    return Lines.of(found)
