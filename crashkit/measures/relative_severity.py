"""Whether a site has costly types of crashes, by what crashes of each type cost on average.

Each crash counts the mean cost of its type, not its own outcome, so that one death does not decide.
The index is the mean over the crashes of a site; it is set beside the mean of its class. The costs
by type stand in the preset with their source.

Source: Highway Safety Manual, measure 4; reference methods, section 2.1, row and note 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crashkit import fields, severity
from crashkit.errors import Message, MethodError
from crashkit.method import AgainstClass, Measure, mapping, number
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites

KINDS = [one.code for one in fields.codes("crash_type")]


@dataclass(frozen=True)
class Params(AgainstClass):
    """What a crash of each type costs; `other` is for those without a cost of their own."""

    costs: Mapping[str, float] = mapping(label="Mean cost of a crash by its type", words=KINDS)
    min_crashes: float = number(5, label="Fewest crashes to be listed", low=1, high=100000)

    def __post_init__(self) -> None:
        if "other" not in self.costs:
            raise MethodError(
                "The costs by type need one for “other”, for types without their own."
            )


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the mean cost of the crashes of each site above that of its class."""
    places = Sites.of(sites)
    told = data.crashes["crash_type"].astype(object).fillna("unknown").astype(str)
    kind = told.where(told.isin(list(params.costs)), "other").to_numpy()
    counts = {name: places.sums(data, (kind == name).astype(float)) for name in params.costs}
    names = params.classes(places)
    pooled = params.pooled(names)
    found = severity.relative_severity(
        counts,
        {name: dict(params.costs) for name in set(names.tolist())},
        names.tolist(),
        fewest=int(params.min_class),
    )
    return Scores(
        found.index - found.average,
        found.above & (places.counts >= params.min_crashes),
        {"index": found.index, "average": found.average},
        lambda i: (
            Message("A place without crashes has no severity.")
            if np.isnan(found.index[i])
            else Message(
                "A crash costs {index} on average by its type, where {average} is usual at all "
                "places, as its class has too few."
                if pooled[i]
                else "A crash costs {index} on average by its type, where {average} is usual.",
                {"index": float(found.index[i]), "average": float(found.average[i])},
            )
        ),
    )


MEASURE = Measure(
    name="relative_severity",
    title="Relative severity by type of crash",
    score=score,
    params=Params,
    needs=("crash_type",),
    target="severity",
)
