"""Run a screening: choose crashes, cut places, score them, keep them apart, rank them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crashkit import filters, geo, method
from crashkit.errors import Message
from crashkit.model import CrashData, Progress, Screening, ScreeningResult, no_progress
from crashkit.roads.placing import Placed
from crashkit.screening import apart, asking, judging, notes, parts, ranking
from crashkit.screening.apart import Scored
from crashkit.sites import Scores, Sites


def run(
    asked: Screening,
    data: CrashData,
    *,
    roads: Placed | None = None,
    progress: Progress = no_progress,
    data_version: str = "",
) -> ScreeningResult:
    """Answer a question; `roads` is where each crash is, for places at junctions or on roads.

    Raises MethodError saying what the data lack, Cancelled when stopped.
    """
    progress(0.0, Message("Choosing the crashes"))
    place, measure = parts.place_named(asked.place), parts.measure_named(asked.measure)
    place_params = method.read(place.params, asked.place_params)
    measure_params = method.read(measure.params, asked.measure_params)
    asking.check_fields(asked, data, measure)
    part = asking.judged(filters.apply(filters.parse(asked.filter), data), asked.measure_params)
    asking.check_places(asked, part, place, roads)
    progress(0.1, Message("Cutting places"))
    part = geo.labelled(part, by_province=parts.posts_by_province(part))
    sites = Sites.of(place.cut(part, place_params, roads))
    progress(0.4, Message("Measuring places"))
    reference = judging.reference(place, measure_params, part, place_params, roads)
    if "family" in parts.names(measure.params):
        measure_params = replace(measure_params, family=len(sites))

    def again(rest: CrashData) -> Scored:
        found = sites if rest is part else Sites.of(place.cut(rest, place_params, roads))
        scores = Scores.of(measure.score(found, part, measure_params, reference))
        return Scored(found, scores).take(np.flatnonzero(scores.passed))

    kept = apart.keep_apart(
        again, part, overlaps=place.overlaps and place.apart, anew=place.anew, progress=progress
    )
    progress(0.95, Message("Ranking places"))
    answer = ScreeningResult(
        asked=asked,
        findings=ranking.rank(kept, part),
        compared=len(sites),
        crashes=len(part),
        located=int(parts.located(part, place, roads).sum()),
        period=part.period,
        data_version=data_version,
    )
    return replace(
        answer,
        notes=(*notes.doubts(asked, data, answer), *notes.caveats(measure, part, measure_params)),
    )
