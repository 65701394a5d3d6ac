"""What data can support, as the one JSON document that page and command share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crashkit import filters
from crashkit.errors import Message
from crashkit.support.judged import Support

Say = Callable[[Message], str]


def as_document(found: Support, say: Say) -> dict[str, Any]:
    """Return it as in docs/schema/evidence.json."""
    deaths = found.deaths
    return {
        "data_version": found.data_version,
        "crashes": found.crashes,
        "text": [say(one) for one in found.text],
        "rung": {
            "id": found.rung.id,
            "title": say(found.rung.title),
            "summary": say(found.rung.summary),
            "missing": [say(one) for one in found.rung.missing],
        },
        "presets": list(found.presets),
        "deaths": {
            "killed": deaths.killed,
            "definition": deaths.definition or filters.UNKNOWN,
            "killed_30d_est": deaths.killed_30d_est,
            "factor": deaths.factor.factor if deaths.factor else None,
        },
        "aspects": [
            {
                "id": one.id,
                "title": say(one.title),
                "holds": one.holds,
                "found": [say(sentence) for sentence in one.found],
                "follows": say(one.follows),
            }
            for one in found.aspects
        ],
    }
