"""The probability that a site is truly worse than its peers: so many times what they have.

What is believed of a site, after its peers and its own crashes, is a gamma distribution; the share
of it above a multiple of what the peers have is the probability. It says how sure one may be, not
how much is to be gained: show the excess beside it.

Source: reference methods, sections 0.2 and 2.4 (posterior).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crashkit import shrinkage
from crashkit.errors import Message
from crashkit.method import AgainstPeers, Measure, exact, number, population
from crashkit.model import CrashData, Score, Site
from crashkit.peers import Reference
from crashkit.sites import Scores, Sites


@dataclass(frozen=True)
class Params(AgainstPeers):
    """What worse means, and how sure one must be."""

    multiple: float = number(1.5, label="Worse is so many times its peers", low=1, high=100)
    min_probability: float = number(0.9, label="Least probability to be listed", low=0, high=1)
    min_crashes: float = number(3, label="Fewest crashes to be listed", low=0, high=100000)


def score(
    sites: Sequence[Site], data: CrashData, params: Params, reference: Reference | None = None
) -> Sequence[Score]:
    """Return the probability that each site is worse than its peers.

    Raises MethodError where the peers are not known.
    """
    places = Sites.of(sites)
    peers = population(reference).of(places)
    found = shrinkage.expected(places.counts, peers.mean, peers.k)
    sure = found.exceeds(params.multiple)
    return Scores(
        sure,
        (sure >= params.min_probability) & (places.counts >= params.min_crashes),
        {"expected": peers.mean},
        lambda i: (
            found.reasons.get(i)
            or Message(
                "{n} crashes where peers have {expected}: more than {multiple} times as bad with a "
                "probability of {p}.",
                {
                    "n": int(places.counts[i]),
                    "expected": float(peers.mean[i]),
                    "multiple": exact(params.multiple),
                    "p": Decimal(f"{sure[i]:.2f}"),
                },
            )
        ),
    )


MEASURE = Measure(
    name="worse",
    title="Probability of being worse than its peers",
    score=score,
    params=Params,
    needs=("population",),
    target="chance",
)
