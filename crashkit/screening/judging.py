"""Judge places by their peers: what these have, and how sure one may be of a finding."""

from __future__ import annotations

from typing import Any

from crashkit import peers
from crashkit.errors import MethodError
from crashkit.method import Place
from crashkit.model import UNDATED, CrashData
from crashkit.peers import Reference
from crashkit.roads.placing import Placed
from crashkit.sites import Sites


def reference(
    place: Place,
    measure_params: Any,
    data: CrashData,
    place_params: Any,
    roads: Placed | None = None,
) -> Reference | None:
    """Return what the peers of places cut like this have; None where it cannot be known.

    `measure_params` may ask for a known rate, for all places as peers, or for a length at which
    all are judged. Raises MethodError for a known rate and data without dates.
    """
    length_m = float(getattr(measure_params, "length_m", 0))
    rate = float(getattr(measure_params, "rate", 0))
    years = data.period.years
    if rate:
        if data.period.undated:
            raise MethodError(UNDATED.text)
        return peers.known(rate, per=place.per, years=years, length_m=length_m)
    if place.partition is None:
        return None
    partition = Sites.of(place.partition(data, place_params, roads))
    if not len(partition):
        return None
    return peers.fit(
        partition,
        per=place.per,
        years=years,
        by_class=getattr(measure_params, "compare_with", "class") == "class",
        fewest=int(getattr(measure_params, "min_class", peers.FEWEST)),
        length_m=length_m,
    )
