"""The account of an import as the one JSON document that page, command and file share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crashkit.errors import Message
from crashkit.model import Inference, Issue, Ledger

Say = Callable[[Message], str]


def as_document(kept: Ledger, dataset: str, version: int | None, say: Say) -> dict[str, Any]:
    """Return what happened to each row, as in docs/schema/import.json.

    `version` is that of the data set after the import, None where nothing was kept.
    """
    return {
        "status": kept.status,
        "dataset": dataset,
        "version": version,
        "total": kept.total,
        "accepted": kept.accepted,
        "rejected": [of_issue(issue, say) for issue in kept.issues],
        "duplicates": [{"file": d.file, "row": d.row, "of": d.of} for d in kept.duplicates],
        "warnings": [of_issue(issue, say) for issue in kept.warnings],
        "message": say(sums(kept.total, kept.accepted, kept.rejected, len(kept.duplicates))),
    }


def of_issue(issue: Issue, say: Say) -> dict[str, Any]:
    """Return one complaint: where, which value, why."""
    return {
        "file": issue.file,
        "row": issue.row,
        "field": issue.field,
        "value": issue.value,
        "code": issue.code,
        "message": say(issue.message),
    }


def of_inference(one: Inference, say: Say) -> dict[str, Any]:
    """Return how a file or a column was read, and what told so."""
    return {
        "file": one.file,
        "column": one.column,
        "what": one.what,
        "value": one.value,
        "evidence": say(one.evidence),
        "certain": one.certain,
        "examples": [list(cells) for cells in one.examples],
    }


def sums(total: int, accepted: int, rejected: int, duplicates: int) -> Message:
    """Say what became of the rows."""
    return Message(
        "{total} rows: {accepted} accepted, {rejected} rejected, {duplicates} duplicates.",
        {
            "total": total,
            "accepted": accepted,
            "rejected": rejected,
            "duplicates": duplicates,
        },
    )
