"""Networks without any hotspot: whatever is called certain there is a false alarm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crashkit import presets, screening
from crashkit.bench import along_routes
from crashkit.screening.wording import CERTAIN
from crashkit.synth import routes


def alarm(child: np.random.SeedSequence, names: Sequence[str]) -> dict[str, bool]:
    """Draw one network and say of each rule whether it calls a place certain.

    On every other network danger wanders along the routes: they are unlike, but without hotspots.
    """
    wandering = child.spawn_key[-1] % 2 == 1
    rng = np.random.default_rng(child)
    world = routes.draw(rng, hotspots=False, wandering=wandering)
    data = routes.recorded(world, "clean", rng)
    roads = along_routes.placed(world, data)
    found = {}
    for name in names:
        asked = screening.ask(presets.all_presets()[name])
        answer = screening.run(asked, data, roads=roads, repeat=False)
        found[name] = any(one.evidence.q <= CERTAIN for one in answer.findings)
    return found
