"""A batch of an import as a store hands it out again."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import fresh_store

from crashkit.model import CrashData, ImportBatch, Ledger
from crashkit.store import Store


def kept(batch: ImportBatch) -> tuple[CrashData, Ledger]:
    """Keep a batch in a store of its own; return its crashes and its account."""
    with (
        TemporaryDirectory() as folder,
        Store.open(fresh_store.put(Path(folder) / "kept.sqlite")) as store,
    ):
        record = store.save_import("kept", batch)
        return store.load("kept"), store.ledger_of(record.id)
