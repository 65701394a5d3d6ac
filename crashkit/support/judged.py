"""All that data can and cannot support, put together."""

from __future__ import annotations

from dataclasses import dataclass

from crashkit import screening
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.quality import Deaths, Linkage, Rung, deaths, ladder
from crashkit.support import aspects, unreported, wording
from crashkit.support.aspects import Aspect


@dataclass(frozen=True)
class Support:
    """What data can and cannot support.

    `text` are the two sentences that head every list; `presets` the screenings that suit, the
    recommended one first; `rung` is that of the data ladder.
    """

    data_version: str
    crashes: int
    text: tuple[Message, Message]
    rung: Rung
    presets: tuple[str, ...]
    aspects: tuple[Aspect, ...]
    deaths: Deaths

    def holding(self, holds: str) -> tuple[Aspect, ...]:
        """Return the aspects that hold: yes, partly or no."""
        return tuple(one for one in self.aspects if one.holds == holds)


def of(
    data: CrashData,
    *,
    on_network: bool = False,
    with_traffic: bool = False,
    linkage: Linkage | None = None,
) -> Support:
    """Judge what data can support; `on_network` where roads are known, `with_traffic` their AADT.

    `linkage` is a comparison with a hospital list. Source: methods, sections 0.2, 0.3 and 9.5.
    """
    if linkage is not None:
        return _judged(data, on_network, with_traffic, linkage)
    # Every list and the page of rules ask this of the same crashes.
    found: Support = data.once(
        f"support {on_network} {with_traffic}",
        lambda _: _judged(data, on_network, with_traffic, None),
    )
    return found


def _judged(
    data: CrashData, on_network: bool, with_traffic: bool, linkage: Linkage | None
) -> Support:
    where, killed = aspects.places_of(data), deaths(data)
    suited = screening.rung(data, on_network=on_network, with_traffic=with_traffic).presets
    return Support(
        data_version=data.dataset.fingerprint if data.dataset else "",
        crashes=len(data),
        text=wording.sentences(
            data,
            where,
            suited[0],
            on_network=on_network,
            with_traffic=with_traffic or aspects.knows_traffic(data),
        ),
        rung=ladder.rung(data, with_traffic=with_traffic),
        presets=suited if where.share else (),
        aspects=(
            aspects.located(data, where),
            aspects.exact(data, where),
            aspects.crashes(data, where),
            aspects.years(data),
            aspects.severity(data),
            aspects.types(data),
            aspects.network(there=on_network),
            aspects.traffic(data, on_network=with_traffic),
            unreported.reporting(data, killed, linkage),
        ),
        deaths=killed,
    )
