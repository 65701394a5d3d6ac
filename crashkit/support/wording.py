"""The two sentences that head each list: what the data support, and which screening suits them."""

from __future__ import annotations

import math
from typing import Any

from crashkit import presets
from crashkit.errors import Message, counted
from crashkit.model import CrashData
from crashkit.support.aspects import ROUGH_M, Places, least_length_m, percent

ON_ROADS = "eb_excess_windows"
BY_POST = ("eb_excess_1km", "count_1km")
"""Presets that look along a network, and those that look by km posts."""

NOTHING = (
    Message("There are no crashes to judge."),
    Message("Import some, and ask again."),
)
"""What is said of an empty data set."""


def sentences(
    data: CrashData, where: Places, best: str, *, on_network: bool, with_traffic: bool
) -> tuple[Message, Message]:
    """Say what the data support, and which screening is recommended, with its main doubt.

    `best` is the preset that suits them most.
    """
    if not len(data):
        return NOTHING
    first = counted(
        "With {n} crash from {start} to {end}, {located}, these data support {what}.",
        "With {n} crashes from {start} to {end}, {located}, these data support {what}.",
        len(data),
        start=data.period.start,
        end=data.period.end,
        located=_located(where, best),
        what=_supported(data, where, best, with_traffic=with_traffic),
    )
    return first, _recommended(where, best, on_network=on_network, with_traffic=with_traffic)


def _located(where: Places, best: str) -> Message:
    """Say how many crashes the screening can use, and how exact their places are."""
    by_post = best in BY_POST
    error_m = where.post_error_m if by_post else where.point_error_m
    share = where.by_post if by_post else where.by_point
    if best == ON_ROADS:
        error_m, share = where.error_m, where.share
    words: dict[str, Any] = {"percent": percent(share)}
    if math.isnan(error_m):
        if by_post:
            return Message("{percent} % with road and km post", words)
        return Message("{percent} % with a place", words)
    words["metres"] = round(error_m)
    if by_post:
        return Message("{percent} % with road and km post, known to about {metres} m", words)
    return Message("{percent} % with a place known to about {metres} m", words)


def _supported(data: CrashData, where: Places, best: str, *, with_traffic: bool) -> Message:
    if _are_unlocated(best):
        return Message("comparisons of areas, roads and years, but no ranking of places")
    if where.are_few:
        return Message(
            "counts by area, road and year, but no list of places: nowhere do three crashes lie "
            "together"
        )
    return _ranking(data, best, with_traffic=with_traffic)


def _ranking(data: CrashData, best: str, *, with_traffic: bool) -> Message:
    """Say which places can be ranked, and what they are compared with."""
    if best == ON_ROADS:
        if with_traffic:
            return Message(
                "a ranking of windows of 500 m along the roads against what class of road and "
                "traffic lead to expect"
            )
        return Message("a ranking of windows of 500 m along the roads within each class of road")
    if best == "eb_excess_1km":
        if data.has("road_class"):
            return Message("a ranking of kilometres of road within the classes of road they name")
        return Message("a ranking of kilometres of road, compared with one another only")
    return Message("a ranking of places within some hundred metres, compared with one another only")


def _recommended(where: Places, best: str, *, on_network: bool, with_traffic: bool) -> Message:
    if not where.share:
        return Message(
            "No search for places can be made until crashes have coordinates, or a road and a km "
            "post."
        )
    title = Message(presets.get(best).title)
    if _are_unlocated(best) or where.are_few:
        return Message(
            "If you search all the same, take “{preset}” and read its list as places to ask "
            "about, not as blackspots.",
            {"preset": title},
        )
    return Message(
        "The recommended screening is “{preset}”; {doubt}.",
        {"preset": title, "doubt": _doubt(where, on_network=on_network, traffic=with_traffic)},
    )


def _are_unlocated(best: str) -> bool:
    """Say whether the ladder has nothing better than plain counts for these data."""
    return best in ("count_1km", "count_circles")


def _doubt(where: Places, *, on_network: bool, traffic: bool) -> Message:
    if where.error_m > ROUGH_M:
        return Message(
            "places shorter than {metres} m would show errors of their location",
            {"metres": least_length_m(where.error_m)},
        )
    if not traffic:
        return Message("as traffic is not known, a place can be listed merely because it is busy")
    if not on_network:
        return Message("roads without crashes are not among the peers until a network is loaded")
    return Message("a ranking by the crash rate alone would put empty roads first")
