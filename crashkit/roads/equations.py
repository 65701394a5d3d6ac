"""Chainage equations, one by one: where a road that came to a km post goes on from another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crashkit.errors import IntakeError, NotFound, Refused
from crashkit.roads import corridors, naming
from crashkit.roads.linear import POST_M
from crashkit.roads.network import EQUATION_COLUMNS, Network


def with_equation(network: Network, road: str, back_km: str, ahead_km: str) -> pd.DataFrame:
    """Return the equations of a network with one more, as a person writes it.

    Raises IntakeError for what is no km post, NotFound for a road the network lacks, Refused where
    the words mean several roads, or nothing jumps, or it is told already.
    """
    key = _road_key(network, road)
    posts = [corridors.metres(words) for words in (back_km, ahead_km)]
    for words, post in zip((back_km, ahead_km), posts, strict=True):
        if post is None:
            raise IntakeError("{value} is no number of kilometres.", value=words)
    if posts[0] == posts[1]:
        raise Refused("The two km posts are the same: nothing jumps there.")
    told = network.equations
    if ((told["road_key"] == key) & (told["back_m"] == posts[0])).any():
        raise Refused("An equation at this km post of the road {road} is told already.", road=key)
    more = pd.DataFrame([dict(zip(EQUATION_COLUMNS, (key, *posts), strict=True))])
    return more if told.empty else pd.concat([told, more], ignore_index=True)


def without_equation(network: Network, place: int) -> pd.DataFrame:
    """Return the equations of a network without one, by its place from 0. Raises NotFound."""
    if not 0 <= place < len(network.equations):
        raise NotFound("There is no such chainage equation.")
    kept = np.arange(len(network.equations)) != place
    left: pd.DataFrame = network.equations[kept].reset_index(drop=True)
    return left


def idle(network: Network) -> list[bool]:
    """Say of each equation whether the network, as it was read, has no use for it.

    It is of use where a stretch of the road carries its post back, and one its post ahead.
    """
    stretches = network.stretches
    keys, low, high = (stretches[name].to_numpy() for name in ("road_key", "from_m", "to_m"))

    def carries(road: str, post_m: float) -> bool:
        inside = (low - POST_M <= post_m) & (post_m <= high + POST_M)
        return bool(((keys == road) & inside).any())

    told = network.equations[list(EQUATION_COLUMNS)].itertuples(index=False)
    return [not (carries(road, back) and carries(road, ahead)) for road, back, ahead in told]


def _road_key(network: Network, words: str) -> str:
    wanted = naming.folded(words)
    kinds, called = network.called()
    named = np.array([wanted in names for names in called], dtype=bool)
    here = named[kinds] if wanted and kinds.size else np.zeros(0, bool)
    keys = sorted(set(network.stretches["road_key"].to_numpy()[np.flatnonzero(here)].tolist()))
    if not keys or keys == [""]:
        raise NotFound("The network has no road “{road}”.", road=words)
    if len(keys) > 1:
        raise Refused("“{road}” may be {keys}. Say which.", road=words, keys=keys)
    return str(keys[0])
