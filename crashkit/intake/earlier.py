"""What earlier imports have: how a crash stands to it, and which members were given with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from crashkit.intake.cells import Flags
from crashkit.intake.coded import Values
from crashkit.intake.digests import NEW, OTHER, SAME, TAKEN, Digest
from crashkit.model import Recall

TAKE = "take"
"""The answer by which crashes with other facts replace those that were kept before."""


@dataclass(frozen=True)
class Earlier:
    """Crashes kept before: `known` has the digest of each by its key, `recall` returns the rest.

    `take`: the user said that crashes with other facts replace those that were kept before. Where
    nothing can be recalled, no crash can be completed by rows that come later.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    recall: Recall | None = None
    take: bool = False

    def verdicts(self, names: Sequence[str], prints: Sequence[str]) -> Values:
        """Say of each crash how it stands to what was kept, see `digests.NEW` and following."""
        return np.array(list(map(self._verdict, names, prints)), dtype=object)

    def _verdict(self, name: str, told: str) -> str:
        before = self.known.get(name)
        if before is None:
            return NEW
        digest = Digest.read(told)
        found = digest.beside(before) if digest else OTHER
        if self.recall is None:
            return SAME if found == SAME else OTHER
        return TAKEN if found == OTHER and self.take else found

    def digest(self, name: str) -> Digest | None:
        """Return what was remembered of a crash last; None when the first release kept it."""
        return Digest.read(self.known[name].split()[0])

    def has(self, names: Sequence[str], kind: str) -> Flags:
        """Say of which of these crashes rows of a kind ("vehicles", "people") were given before."""
        return np.array([self._has(name, kind) for name in names], dtype=bool)

    def _has(self, name: str, kind: str) -> bool:
        digest = self.digest(name) if name in self.known else None
        # The first release did not say; it had them together with their crash, or not at all.
        return digest is None or bool(getattr(digest, kind))
