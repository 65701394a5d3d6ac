"""Repairs of places that were asked for and not made, because the crashes are kept already.

Rows that were imported once are duplicates, whatever repairs are allowed later: what was kept is
never written again. That is said of each such row, with what to do instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crashkit.errors import Message
from crashkit.intake.coded import missing
from crashkit.intake.earlier import Earlier
from crashkit.intake.linking import Found
from crashkit.intake.parsing import Fault
from crashkit.intake.repairs import KINDS, Wishes
from crashkit.intake.rows import Table
from crashkit.model import REPAIR_NOT_MADE

NOT_MADE = Fault(
    REPAIR_NOT_MADE,
    Message(
        "The crash {value} is kept already, without a place: the repair you allow now was not "
        "made. Take the import that brought it back and import the file again, or give the crash "
        "its place in the queue of crashes to locate."
    ),
)
MADE = frozenset(kind.made.code for kind in KINDS.values())


def tell(found: Found, wished: Wishes, before: Earlier) -> None:
    """Say of which crashes that are kept without a place a repair would have given them one."""
    same = found.same
    if before.recall is None or not (wished.repairs or wished.system) or "lat" not in same.crashes:
        return
    placed = np.flatnonzero(~missing(same.crashes["lat"]))
    if not len(placed):
        return
    kept = before.recall([same.crash_keys[crash] for crash in placed.tolist()]).crashes
    lost = set(kept["crash_key"][kept["lat"].isna()])
    unmade = [crash for crash in placed.tolist() if same.crash_keys[crash] in lost]
    lines = set(same.lines(unmade))
    for part in found.parts:
        # That they were put right was said when they were read, and is not so.
        part.checked.warnings = [
            one
            for one in part.checked.warnings
            if one.code not in MADE or f"{one.file}:{one.row}" not in lines
        ]
    for crash in unmade:
        same.warn(crash, "lat", NOT_MADE, _number(same.crashes, same.crash_keys, crash))


def _number(crashes: Table, keys: Sequence[str], crash: int) -> str:
    return str(crashes["crash_id"][crash] if "crash_id" in crashes else keys[crash])
