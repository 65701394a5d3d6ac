"""What data have, aspect by aspect, and what follows for a search for blackspots."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crashkit import breaks
from crashkit.errors import Message, counted
from crashkit.model import CrashData
from crashkit.quality import checks, columns, places
from crashkit.quality.answers import Flags, Floats
from crashkit.quality.ladder import ENOUGH

SUPPORTED, PARTLY, NOT = "yes", "partly", "no"
WORDS = {
    SUPPORTED: Message("supported"),
    PARTLY: Message("with care"),
    NOT: Message("not supported"),
}
"""How far an aspect holds, and what people call it."""

ROUGH_M = 200.0
"""Places less exact than this are rough. Source: methods, section 0.2, rung L1."""
SIGMAS = 3
"""A place that is looked at should be so many times as long as the error of locations.

Source: methods, section 0.3, 2 to 3 times.
"""
SHORTEST_M = 300

LEAST_AT_A_PLACE, MANY_AT_A_PLACE = 3, 6
"""Fewer crashes than this at the worst place are chance; from the other on, places differ."""
SQUARE_KM = 0.5
KM_OF_A_DEGREE = 111.32

YEARS, FEW_YEARS = 3.0, 1.0
"""Source: methods, section 1.1: the rules of countries look at one year, or at three."""
LEAST_SEVERE = 30
"""With fewer, a share is not graded either. Source: data standards, section 4."""


@dataclass(frozen=True)
class Aspect:
    """An aspect of data: what they have, and what follows; `holds` is yes, partly or no."""

    id: str
    title: Message
    holds: str
    found: tuple[Message, ...]
    follows: Message


@dataclass(frozen=True)
class Places:
    """How crashes are located: the shares that are, and the usual errors in metres.

    An error is NaN where the data do not tell it; `most` crashes lie at one place.
    """

    share: float
    by_point: float
    by_post: float
    point_error_m: float
    post_error_m: float
    most: int

    @property
    def error_m(self) -> float:
        """The usual error of the way in which most crashes are located."""
        return self.post_error_m if self.by_post > self.by_point else self.point_error_m

    @property
    def are_few(self) -> bool:
        """Say whether no place has crashes enough to be listed for more than chance."""
        return self.most < LEAST_AT_A_PLACE


def places_of(data: CrashData) -> Places:
    """Find out how crashes are located."""
    point, post = columns.has_point(data), columns.has_post(data)
    return Places(
        share=share_of(point | post),
        by_point=share_of(point),
        by_post=share_of(post),
        point_error_m=_usual(columns.numbers(data, "coord_accuracy_m")[point]),
        post_error_m=_usual(columns.numbers(data, "chainage_accuracy_m")[post]),
        most=max(_most_on_a_km(data, post), _most_in_a_square(data, point)),
    )


def share_of(flags: Flags) -> float:
    """Return the share that is marked, none of none."""
    return float(flags.mean()) if flags.size else 0.0


def knows_traffic(data: CrashData) -> bool:
    """Say whether the traffic is known where most of the crashes happened."""
    return share_of(columns.known(data, "aadt")) >= ENOUGH


def _usual(errors: Floats) -> float:
    told = errors[np.isfinite(errors)]
    return float(np.median(told)) if told.size else math.nan


def _most_on_a_km(data: CrashData, post: Flags) -> int:
    if not post.any():
        return 0
    km = np.floor(columns.numbers(data, "chainage_km")[post])
    road = columns.texts(data, "road_key").to_numpy()[post]
    return int(pd.DataFrame({"road": road, "km": km}).value_counts().max())


def _most_in_a_square(data: CrashData, point: Flags) -> int:
    if not point.any():
        return 0
    lon, lat = (columns.numbers(data, name)[point] for name in ("lon", "lat"))
    step = SQUARE_KM / KM_OF_A_DEGREE
    row = np.floor(lat / step)
    # The width of a square is that of its row, so that neighbours of a row are in one grid.
    column = np.floor(lon * np.cos(np.radians(row * step)) / step)
    return int(pd.DataFrame({"row": row, "column": column}).value_counts().max())


# ------------------------------------------------------------------ aspects


def located(data: CrashData, where: Places) -> Aspect:
    """Say how many crashes have a place. Limits are those of the check of quality."""
    _, good, enough = checks()["located"].limits
    points, posts = (int(has(data).sum()) for has in (columns.has_point, columns.has_post))
    found = (
        Message("Crashes with coordinates: {n} of {of}.", {"n": points, "of": len(data)}),
        Message("Crashes with road and km post: {n} of {of}.", {"n": posts, "of": len(data)}),
    )
    if where.share >= good:
        holds, follows = SUPPORTED, Message("Nearly every crash can be counted at its place.")
    elif where.share >= enough:
        holds = PARTLY
        follows = Message(
            "{percent} % of the crashes have no place: a bad place can be missing from a list.",
            {"percent": percent(1 - where.share)},
        )
    else:
        holds = NOT
        follows = Message(
            "{percent} % of the crashes have no place: a list of places would leave them out.",
            {"percent": percent(1 - where.share)},
        )
    return Aspect("located", Message("Crashes with a place"), holds, found, follows)


def exact(data: CrashData, where: Places) -> Aspect:
    """Say how exact the places are, and how long a stretch must be to show more than errors."""
    title = Message("Error of the places")
    found = (*_stated(where), *_rounded(data))
    if not where.share:
        return Aspect("exact", title, NOT, found, Message("No place is known."))
    if math.isnan(where.error_m):
        follows = Message(
            "How exact the places are is not known: compare a list of 500 m with one of 1 km "
            "before you trust either."
        )
        return Aspect("exact", title, PARTLY, found, follows)
    if where.error_m <= places.GOOD_M:
        follows = Message("Stretches and circles of 300 to 500 m show more than errors of places.")
        return Aspect("exact", title, SUPPORTED, found, follows)
    follows = Message(
        "Stretches and circles shorter than {metres} m would show errors of the places.",
        {"metres": least_length_m(where.error_m)},
    )
    return Aspect("exact", title, PARTLY if where.error_m <= ROUGH_M else NOT, found, follows)


def least_length_m(error_m: float) -> int:
    """Return how long a place must be to be seen through the error of locations, in metres."""
    return max(SHORTEST_M, math.ceil(SIGMAS * error_m / 100) * 100)


def _stated(where: Places) -> Iterator[Message]:
    if not where.share:
        return
    if math.isnan(where.error_m):
        yield Message("The usual error of the places is not told.")
    else:
        yield Message("Most places are known to {metres} m.", {"metres": round(where.error_m)})


def _rounded(data: CrashData) -> Iterator[Message]:
    point, post = columns.has_point(data), columns.has_post(data)
    if point.any():
        fine = places.is_exact_point(data)[point]
        yield Message(
            "Of the coordinates {percent} % have four decimals or more, which is about 10 m.",
            {"percent": percent(share_of(fine))},
        )
    if post.any():
        km = columns.numbers(data, "chainage_km")[post]
        whole, tenths = (
            share_of(np.abs(km * parts - np.rint(km * parts)) < 1e-6) for parts in (1, 10)
        )
        yield Message(
            "Of the km posts {whole} % are whole kilometres and {tenths} % whole hundreds of "
            "metres; by chance few would be.",
            {"whole": percent(whole), "tenths": percent(tenths)},
        )


def years(data: CrashData) -> Aspect:
    """Say how long the period is, and whether recording changed within it."""
    title, period = Message("Years"), data.period
    found = (
        Message(
            "The data cover {years} years, from {start} to {end}.",
            {"years": round(period.years, 1), "start": period.start, "end": period.end},
        ),
        *(step.message for step in breaks.found(data)),
    )
    if period.years < FEW_YEARS:
        follows = Message("Less than a year: seasons alone can put a place on a list.")
        return Aspect("years", title, NOT, found, follows)
    if period.years < YEARS:
        follows = Message("Less than three years: one bad year can put a place on a list.")
        return Aspect("years", title, PARTLY, found, follows)
    if len(found) > 1:
        follows = Message("Years before and after the change of recording must not be compared.")
        return Aspect("years", title, PARTLY, found, follows)
    return Aspect(
        "years", title, SUPPORTED, found, Message("One bad year alone puts no place on a list.")
    )


def crashes(data: CrashData, where: Places) -> Aspect:
    """Say whether crashes lie so close together that places can differ by more than chance."""
    title = Message("Number of crashes")
    found = (
        counted("The data hold {n} crash.", "The data hold {n} crashes.", len(data)),
        counted(
            "At most {n} lies on one kilometre of road, or in a square of half a kilometre.",
            "At most {n} lie on one kilometre of road, or in a square of half a kilometre.",
            where.most,
        ),
    )
    if where.are_few:
        follows = Message("No place has three crashes: a list of places would be a list of chance.")
        return Aspect("crashes", title, NOT, found, follows)
    if where.most < MANY_AT_A_PLACE:
        follows = Message("The worst places have so few crashes that their order is mere chance.")
        return Aspect("crashes", title, PARTLY, found, follows)
    follows = Message("The worst places have crashes enough to differ by more than chance.")
    return Aspect("crashes", title, SUPPORTED, found, follows)


def severity(data: CrashData) -> Aspect:
    """Say whether crashes can be weighed by what they did to people."""
    title, share = Message("Severity"), share_of(columns.known(data, "severity"))
    if share < ENOUGH:
        found = Message(
            "The severity of {percent} % of the crashes is known.", {"percent": percent(share)}
        )
        follows = Message("Crashes can be counted, but not weighed by severity.")
        return Aspect("severity", title, NOT, (found,), follows)
    fatal, serious = (
        int((columns.texts(data, "severity") == code).sum()) for code in ("fatal", "serious")
    )
    found = Message(
        "The severity of {percent} % of the crashes is known; {fatal} are fatal, {serious} "
        "serious.",
        {"percent": percent(share), "fatal": fatal, "serious": serious},
    )
    if data.crashes["severity"].nunique() == 1:
        follows = Message("All crashes are of one severity: there is nothing to weigh.")
        return Aspect("severity", title, PARTLY, (found,), follows)
    if fatal + serious < LEAST_SEVERE:
        follows = Message(
            "So few are severe that places should be ranked by all crashes, not by severe ones."
        )
        return Aspect("severity", title, PARTLY, (found,), follows)
    follows = Message("Crashes can be weighed by severity; fatal ones alone are too rare to rank.")
    return Aspect("severity", title, SUPPORTED, (found,), follows)


def types(data: CrashData) -> Aspect:
    """Say whether crashes of one kind can be told from others."""
    title, share = Message("Crash types"), share_of(columns.known(data, "crash_type"))
    found = Message(
        "The crash type of {percent} % of the crashes is known.", {"percent": percent(share)}
    )
    if share >= ENOUGH:
        follows = Message("Rules about crashes of one type can be asked, and patterns at a site.")
        return Aspect("types", title, SUPPORTED, (found,), follows)
    follows = Message("Rules about crashes of one type cannot be asked.")
    return Aspect("types", title, NOT, (found,), follows)


def network(*, there: bool) -> Aspect:
    """Say whether the roads are known on which the crashes lie."""
    title = Message("Network of roads")
    if there:
        found = Message("A network of roads is loaded on which these crashes lie.")
        follows = Message("Places along roads can be compared with roads of their class.")
        return Aspect("network", title, SUPPORTED, (found,), follows)
    found = Message("No network of roads is loaded on which these crashes lie.")
    follows = Message(
        "Places are compared with one another only; roads without crashes are not among them."
    )
    return Aspect("network", title, NOT, (found,), follows)


def traffic(data: CrashData, *, on_network: bool) -> Aspect:
    """Say whether the traffic is known, of the roads or of the crashes."""
    title = Message("Traffic (AADT)")
    if on_network or knows_traffic(data):
        found = Message("The traffic is known for most roads, or for most crashes.")
        follows = Message("A place can be compared with what its traffic leads to expect.")
        return Aspect("traffic", title, SUPPORTED, (found,), follows)
    found = Message("The traffic is not known.")
    follows = Message(
        "No crash rate can be given, and a place may be listed merely because it is busy."
    )
    return Aspect("traffic", title, NOT, (found,), follows)


def percent(share: float) -> int:
    """Return a share in whole per cent; 100 only where nothing is missing, 0 where nothing is."""
    rounded = round(100 * share)
    if 0 < share < 1:
        return min(max(rounded, 1), 99)
    return rounded
