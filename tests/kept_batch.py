"""A batch of an import as a store hands it out again."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from crashkit.model import CrashData, ImportBatch, Ledger
from crashkit.store import Store


def kept(batch: ImportBatch) -> tuple[CrashData, Ledger]:
    """Keep a batch in a store of its own; return its crashes and its account."""
    with TemporaryDirectory() as folder, Store.open(f"{folder}/kept.sqlite") as store:
        record = store.save_import("kept", batch)
        return store.load("kept"), store.ledger_of(record.id)
