"""Many places as columns, and what a measure says of each, one number for each place.

A country has half a million windows: as objects they take seconds to make, as columns a blink. A
`Site` or a `Score` is made when one is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from crashkit import kernels
from crashkit.errors import Message
from crashkit.model import CrashData, Score, Site

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WORDS = ("place", "road", "group")
METRES = ("from_m", "to_m")
DENSE = 8
"""Where ids run through so many times as many numbers as there are, a table finds them at once."""
NUMBERS = ("lon", "lat", *METRES, "radius_m", "aadt", "measured_m", "strength")


@dataclass(frozen=True, eq=False)
class Sites(Sequence[Site]):
    """Places with their crashes: place i has the ids `crash_ids[offsets[i]:offsets[i + 1]]`.

    `columns` are the fields of Site by name, as arrays (n,): words as objects, numbers as floats
    that are NaN where a site has none; places along roads also tell the number of their `line` and,
    as `along_m`, where on it their middle is; places that were treated the share of the period that
    is `watched`, and the ordinal of the day `since` when. `named` returns the id of a place.
    """

    offsets: Ints
    crash_ids: Ints
    columns: Mapping[str, NDArray[Any]]
    named: Callable[[int], str]

    @classmethod
    def of(cls, sites: Sequence[Site]) -> Sites:
        """Return sites as columns."""
        if isinstance(sites, Sites):
            return sites
        sizes = np.array([len(site.crash_ids) for site in sites], dtype=np.int64)
        members = [id_ for site in sites for id_ in site.crash_ids]
        columns: dict[str, NDArray[Any]] = {
            name: _numbers(getattr(site, name) for site in sites) for name in NUMBERS
        }
        columns |= {
            name: np.array([getattr(site, name) for site in sites], dtype=object) for name in WORDS
        }
        columns["equation"] = np.array([site.equation for site in sites], dtype=bool)
        ids = [site.id for site in sites]
        return cls(offsets_of(sizes), np.array(members, dtype=np.int64), columns, ids.__getitem__)

    def __len__(self) -> int:
        return self.offsets.size - 1

    @overload
    def __getitem__(self, at: int) -> Site: ...
    @overload
    def __getitem__(self, at: slice) -> Sites: ...
    def __getitem__(self, at: int | slice) -> Site | Sites:
        if isinstance(at, slice):
            return self.take(np.arange(len(self))[at])
        i = range(len(self))[at]
        known = {
            name: value
            for name in (*NUMBERS, *WORDS, "equation")
            if (value := _told(name, self.columns.get(name), i)) is not None
        }
        members = self.crash_ids[self.offsets[i] : self.offsets[i + 1]].tolist()
        bare = {"place": "", "lon": float("nan"), "lat": float("nan")}
        return Site(**{**bare, **known, "id": self.named(i), "crash_ids": tuple(members)})

    @cached_property
    def counts(self) -> Ints:
        """The number of crashes at each place."""
        return np.diff(self.offsets)

    @cached_property
    def length_m(self) -> Floats:
        """The length along the road, measured or by its posts; NaN for a place without one."""
        measured = self.numbers("measured_m")
        return np.where(
            np.isfinite(measured), measured, self.numbers("to_m") - self.numbers("from_m")
        )

    @cached_property
    def watched(self) -> Floats:
        """The share of the period that counts at each place: 1 but for places that were treated."""
        found = self.columns.get("watched")
        return np.ones(len(self)) if found is None else found

    @cached_property
    def share_crashes(self) -> bool:
        """Whether one crash lies at two places."""
        times = np.bincount(self.crash_ids - self.crash_ids.min(initial=0))
        return bool(times.max(initial=0) > 1)

    def numbers(self, name: str) -> Floats:
        """Return a field as numbers; NaN where it is not known."""
        found = self.columns.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def words(self, name: str) -> NDArray[Any]:
        """Return a field as words; "" where it is not known."""
        found = self.columns.get(name)
        return np.full(len(self), "", dtype=object) if found is None else found

    def names(self) -> NDArray[np.object_]:
        """Return the ids of all places."""
        return np.array([self.named(i) for i in range(len(self))], dtype=object)

    def take(self, rows: NDArray[Any]) -> Sites:
        """Return the places of these rows, in this order."""
        wanted = np.asarray(rows, dtype=np.int64)
        sizes = self.counts[wanted]
        offsets = offsets_of(sizes)
        inside = np.arange(offsets[-1]) - np.repeat(offsets[:-1], sizes)
        members = self.crash_ids[np.repeat(self.offsets[wanted], sizes) + inside]
        columns = {name: column[wanted] for name, column in self.columns.items()}
        numbers = wanted.tolist()
        return Sites(offsets, members, columns, lambda i: self.named(numbers[i]))

    def joined(self, more: Sites) -> Sites:
        """Return these places and more."""
        n = len(self)
        names = {*self.columns, *more.columns}
        columns = {
            name: np.concatenate([_column(self, name), _column(more, name)])
            for name in sorted(names)
        }
        return Sites(
            np.concatenate([self.offsets, more.offsets[1:] + self.offsets[-1]]),
            np.concatenate([self.crash_ids, more.crash_ids]),
            columns,
            lambda i: self.named(i) if i < n else more.named(i - n),
        )

    def renamed(self, ending: str, *, setting: str = "") -> Sites:
        """Return these places with an ending to their ids, in a setting that peers share."""
        words = [" ".join(filter(None, [word, setting])) for word in self.words("group")]
        columns = {**self.columns, "group": np.array(words, dtype=object)}
        return replace(self, columns=columns, named=lambda i: f"{self.named(i)}{ending}")

    def rows_of(self, data: CrashData) -> Ints:
        """Return for each member of each place its row in the data."""
        return rows_in(data.crash_ids, self.crash_ids)

    def sums(self, data: CrashData, values: Floats) -> Floats:
        """Return the sums at each place of what `values` says of each crash of the data.

        `values` has shape (crashes,) or (crashes, columns); the sums (places,) or the same columns.
        """
        table = np.ascontiguousarray(values if values.ndim > 1 else values[:, None], dtype=float)
        found = kernels.sum_groups(self.offsets, self.rows_of(data), table)
        return found[:, 0] if values.ndim == 1 else found


@dataclass(frozen=True, eq=False)
class Scores(Sequence[Score]):
    """What a measure says of places: larger is worse. All arrays have one number for each place.

    `detail` may hold expected, low, high, p, and what else the measure explains itself by. `reason`
    says why a place is listed, or why it has no value.
    """

    values: Floats
    passed: Flags
    detail: Mapping[str, Floats] = field(default_factory=dict)
    reason: Callable[[int], Message | None] = lambda _: None

    @classmethod
    def of(cls, scores: Sequence[Score]) -> Scores:
        """Return scores as columns."""
        if isinstance(scores, Scores):
            return scores
        names = dict.fromkeys(name for score in scores for name in score.detail)
        return cls(
            np.array([score.value for score in scores], dtype=float),
            np.array([score.passed for score in scores], dtype=bool),
            {name: _numbers(score.detail.get(name) for score in scores) for name in names},
            lambda i: scores[i].reason,
        )

    def __len__(self) -> int:
        return self.values.size

    @overload
    def __getitem__(self, at: int) -> Score: ...
    @overload
    def __getitem__(self, at: slice) -> Scores: ...
    def __getitem__(self, at: int | slice) -> Score | Scores:
        if isinstance(at, slice):
            return self.take(np.arange(len(self))[at])
        i = range(len(self))[at]
        detail = {name: float(column[i]) for name, column in self.detail.items()}
        known = {name: value for name, value in detail.items() if not np.isnan(value)}
        value, passed = float(self.values[i]), bool(self.passed[i])
        reason = self.reason(i) if passed or np.isnan(value) else None
        return Score(value, passed, reason, known)

    def take(self, rows: NDArray[Any]) -> Scores:
        """Return the scores of these rows, in this order."""
        numbers = np.asarray(rows, dtype=np.int64).tolist()
        detail = {name: column[rows] for name, column in self.detail.items()}
        return Scores(
            self.values[rows], self.passed[rows], detail, lambda i: self.reason(numbers[i])
        )

    def joined(self, more: Scores) -> Scores:
        """Return these scores and more."""
        n = len(self)
        nothing = [np.full(len(one), np.nan) for one in (self, more)]
        detail = {
            name: np.concatenate(
                [self.detail.get(name, nothing[0]), more.detail.get(name, nothing[1])]
            )
            for name in sorted({*self.detail, *more.detail})
        }
        return Scores(
            np.concatenate([self.values, more.values]),
            np.concatenate([self.passed, more.passed]),
            detail,
            lambda i: self.reason(i) if i < n else more.reason(i - n),
        )


def offsets_of(sizes: Ints) -> Ints:
    """Return where each of several groups begins, and after them all where the last one ends."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)])


def rows_in(ids: Ints, wanted: Ints) -> Ints:
    """Return the places of ids among those of the data, which are in any order."""
    low = int(ids.min(initial=0))
    span = int(ids.max(initial=0)) - low + 1
    if span <= DENSE * ids.size:
        table = np.zeros(span, dtype=np.int64)
        table[ids - low] = np.arange(ids.size)
        return table[wanted - low]
    order = np.argsort(ids, kind="stable")
    found: Ints = order[np.searchsorted(ids, wanted, sorter=order)].astype(np.int64)
    return found


def _numbers(values: Any) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _told(name: str, column: NDArray[Any] | None, i: int) -> Any:
    """Return the value of a field of one site as plain Python; None where it is not known."""
    value = None if column is None else column[i : i + 1].tolist()[0]
    if isinstance(value, float) and np.isnan(value):
        return None
    return round(value) if name in METRES and value is not None else value


def _column(sites: Sites, name: str) -> NDArray[Any]:
    if name in WORDS:
        return sites.words(name)
    if name == "equation":
        return sites.columns.get(name, np.zeros(len(sites), dtype=bool))
    if name == "watched":
        return sites.watched
    return sites.numbers(name)
