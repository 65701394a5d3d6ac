"""All that data can and cannot support, put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crashkit import screening
from crashkit.errors import Message
from crashkit.model import CrashData
from crashkit.quality import Deaths, Linkage, Rung, columns, deaths, ladder
from crashkit.roads import naming
from crashkit.roads.network import Network
from crashkit.support import aspects, unreported, wording
from crashkit.support.aspects import Aspect, Places

MOST = 0.5
"""Crashes lie on a network where so large a share of them lies where it has roads."""


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
    where: Places = data.once("how located", aspects.places_of)
    killed = deaths(data)
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
        presets=suited,
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


def lies_on(network: Network, data: CrashData) -> bool:
    """Say whether crashes lie where a network has roads, or name its roads where none has a point.

    It is a look from afar: which crash is on which road is told by snapping.
    """
    point = columns.has_point(data)
    corners = network.lines.lonlat
    if point.any() and len(corners):
        at = np.column_stack([columns.numbers(data, name)[point] for name in ("lon", "lat")])
        inside = (at >= corners.min(axis=0)) & (at <= corners.max(axis=0))
        return bool(inside.all(axis=1).mean() >= MOST)
    ours = {naming.folded(name) for name in columns.texts(data, "road_key").unique()} - {""}
    return bool(ours) and any(ours & names for names in network.called()[1])
