"""What a page looks at: one data set, cut by the filter in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import request

from crashkit import api
from webapp import current, ground

FEW = 10
"""Below so many crashes a page shows counts and no percentages."""


@dataclass(frozen=True, eq=False)
class Look:
    """A data set (`data`), the filter, the crashes that pass it (`part`) and their figures."""

    data: api.CrashData
    chosen: api.Filter
    part: api.CrashData
    summary: api.Summary

    @property
    def dataset(self) -> api.DatasetInfo:
        """What the store knows of the data set."""
        if self.data.dataset is None:
            raise api.NotFound("These crashes are not kept in a store.")
        return self.data.dataset

    @property
    def few(self) -> bool:
        """Say whether there are too few crashes for percentages."""
        return self.summary.crashes < FEW

    @property
    def located_share(self) -> float:
        """The share of the crashes that have coordinates, 0 to 1."""
        return self.summary.located / self.summary.crashes if self.summary.crashes else 0.0

    @property
    def bounds(self) -> list[float] | None:
        """West, south, east, north of the crashes that pass, or else of all; None without any."""
        found = api.bounds(self.part) or api.bounds(self.data)
        return None if found is None else [round(edge, 5) for edge in found]

    @property
    def counts_people(self) -> bool:
        """Say whether these data tell how many people were hurt."""
        return self.summary.killed is not None or self.summary.injured is not None

    @property
    def untold(self) -> tuple[api.Message, ...]:
        """Say how many crashes are not in the sums of people, as they do not tell them."""
        return api.untold_notes(self.summary, ("killed", "serious"))

    @property
    def query(self) -> str:
        """The filter as the end of an address, "" for none."""
        return query_string(self.chosen.query)


def at(dataset: str, words: Mapping[str, str] | None = None) -> Look:
    """Look at a data set through the filter of the address. Raises NotFound, FilterError."""
    data = api.load(current.store(), dataset)
    chosen = api.parse_filter(request.args if words is None else words)
    part = cut(data, chosen.words)
    return Look(data, chosen, part, _summary(part, data))


def cut(data: api.CrashData, words: str) -> api.CrashData:
    """Cut once for all tiles of a page; the data themselves where nothing is left out."""
    return _cut(data, words, layers_of(data, words)) if words else data


@lru_cache(maxsize=32)
def _cut(data: api.CrashData, words: str, _layers: tuple[Any, ...]) -> api.CrashData:
    return api.cut(data, api.parse_filter(words))


def layers_of(data: api.CrashData, words: str) -> tuple[Any, ...]:
    """Return which layers a data set has now, where a filter names areas or junctions of them."""
    if data.dataset is None or not ("area:" in words or "junction:" in words):
        return ()
    return tuple((one.key, one.size, one.at) for one in ground.listed(data.dataset.name))


@lru_cache(maxsize=32)
def _summary(part: api.CrashData, data: api.CrashData) -> api.Summary:
    return api.summarise(part, data)


@lru_cache(maxsize=4)
def choices(data: api.CrashData) -> tuple[Any, ...]:
    """Return what a filter bar can offer for these data, counted once."""
    return tuple(api.filter_choices(data))


@lru_cache(maxsize=8)
def fields(data: api.CrashData, unit: str) -> tuple[tuple[str, api.Message], ...]:
    """Return the fields that can stand in a table of these data, looked for once."""
    return tuple(api.table_fields(data, unit=unit))


def query_string(words: Mapping[str, str]) -> str:
    """Write the end of an address, with its question mark; "" for nothing."""
    return f"?{urlencode(words)}" if words else ""
