"""Several rules asked of the same crashes, and their lists side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crashkit import screening
from crashkit.comparing import asking, grouping, wording
from crashkit.errors import Message
from crashkit.model import (
    ComparedPlace,
    Comparison,
    CrashData,
    Progress,
    Screening,
    ScreeningResult,
    no_progress,
)
from crashkit.roads.placing import Placed
from crashkit.screening import Treated


def of_presets(
    questions: Sequence[Screening],
    data: CrashData,
    *,
    roads: Placed | None = None,
    treated: Sequence[Treated] = (),
    data_version: str = "",
    progress: Progress = no_progress,
) -> Comparison:
    """Ask several questions of the same crashes and put their lists side by side.

    Each is answered by the version of its rule that it names, so that two versions can be put side
    by side. `roads` and `treated` as for a screening. Raises MethodError for fewer than two
    questions, more than six, one asked twice, or one that the data cannot answer; Cancelled when
    stopped.
    """
    asking.check(questions)
    asked = asking.ask_all(
        questions,
        data,
        roads=roads,
        treated=treated,
        data_version=data_version,
        progress=screening.between(progress, 0, 0.8),
    )
    progress(0.8, Message("Putting the lists side by side"))
    lists = tuple(one.answer for one in asked)
    found = grouping.places(lists)
    pairs = asking.pairs(asked, found)
    progress(0.9, Message("Looking for reasons"))
    crashes = [asking.crashes(lists, place) for place in found]
    absent = asking.absences(asked, found, [crashes] * len(asked))
    return Comparison(
        kind="presets",
        lists=lists,
        pairs=pairs,
        places=tuple(sorted(asking.described(lists, found, absent), key=_first)),
        data_version=data_version,
        notes=tuple(_notes(lists)),
    )


def _first(place: ComparedPlace) -> tuple[object, ...]:
    """Put places first that most lists have, then those that stand highest in one."""
    best = min(position for positions in place.found for position in positions)
    return (-wording.share(place), best, *grouping.order(place.site))


def _notes(lists: Sequence[ScreeningResult]) -> Iterator[Message]:
    """Say what must be known to read lists of rules side by side."""
    yield Message(
        "Two sites are one place where they share more than half of the crashes of the smaller "
        "one, or lie on the same ground as the register of sites tells it: more than half of the "
        "shorter section, or points nearer than half the smaller reach."
    )
    yield Message(
        "Crashes are compared where both rules look at them: what the years or the filter of one "
        "leave out is no disagreement. Kappa is 1 where two lists agree wholly and 0 where they "
        "agree as chance would; it is low where few crashes are listed at all."
    )
    yield Message(
        "That several rules list a place makes it no surer: all of them count the same crashes, "
        "and chance with them."
    )
    if len({(one.period.start, one.period.end) for one in lists}) > 1:
        times = [
            Message(
                "{letter} {start} to {end}",
                {"letter": letter, "start": one.period.start, "end": one.period.end},
            )
            for letter, one in zip(wording.LETTERS, lists, strict=False)
        ]
        yield Message("The rules look at different times: {times}.", {"times": times})
