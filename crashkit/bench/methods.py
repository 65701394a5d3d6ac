"""The methods that are judged: a place, a measure, its peers, and by what it is ranked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crashkit import method
from crashkit.model import CrashData
from crashkit.peers import Reference
from crashkit.screening import parts
from crashkit.sites import Scores, Sites

Floats = NDArray[np.float64]

SMALLEST = 1e-300


@cache
def numbers() -> Mapping[str, Any]:
    """Return what is judged, measured figures and bars, as in identify.toml."""
    text = resources.files("crashkit.bench").joinpath("identify.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Method:
    """A row of identify.toml. `place` is "" where the sites are given.

    `by_chance`: ranked by how small the chance is, not by the value. `own_limit`: not the worst of
    a budget are flagged, but all that the method lists.
    """

    measure: str
    place: str = ""
    peers: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    place_params: Mapping[str, Any] = field(default_factory=dict)
    by_chance: bool = False
    own_limit: bool = False
    anchors: Mapping[str, list[float]] = field(default_factory=dict)

    @property
    def ranked_by(self) -> str:
        """What its places are put in order by."""
        return "own limit" if self.own_limit else "chance" if self.by_chance else "value"

    @property
    def where(self) -> str:
        """The name of the place with its length, or with the fewest crashes of a cluster."""
        length, least = (self.place_params.get(name) for name in ("length_m", "least"))
        if length:
            return f"{self.place} {length} m"
        return f"{self.place} from {least}" if least else self.place

    def measure_params(self) -> Any:
        """Return the parameters of the measure, checked."""
        asked = dict(self.params)
        if self.peers:
            asked["compare_with"] = self.peers
        return method.read(parts.measure_named(self.measure).params, asked)

    def scores(self, sites: Sites, data: CrashData, reference: Reference | None) -> Scores:
        """Return what the measure says of the sites."""
        measure = parts.measure_named(self.measure)
        return Scores.of(measure.score(sites, data, self.measure_params(), reference))

    def ranking(self, scores: Scores) -> Floats:
        """Return the numbers that sites are ranked by, the larger the worse; NaN is never."""
        if self.by_chance:
            return -np.log10(np.maximum(scores.detail["p"], SMALLEST))
        return scores.values


@cache
def methods(world: str) -> tuple[Method, ...]:
    """Return the methods that are judged in a world."""
    return tuple(Method(**row) for row in numbers()[world])
