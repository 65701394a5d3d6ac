"""The account of an import as the one JSON document that page, command and file share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crashkit.errors import Message, counted
from crashkit.model import CrashRecord, Edit, Inference, Issue, Ledger, Proposal, RecordRow

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


def of_proposal(one: Proposal, say: Say) -> dict[str, Any]:
    """Return a repair of places that only the user may allow."""
    return {
        "kind": one.kind,
        "field": one.field,
        "count": one.count,
        "made": one.made,
        "message": say(one.message),
        "systems": list(one.systems),
        "examples": [
            {"file": each.file, "row": each.row, "value": each.value, "becomes": each.becomes}
            for each in one.examples
        ],
    }


def sums(total: int, accepted: int, rejected: int, duplicates: int) -> Message:
    """Say what became of the rows."""
    return Message(
        "{rows}: {accepted} accepted, {rejected} rejected, {duplicates}.",
        {
            "rows": counted("{n} row", "{n} rows", total),
            "accepted": accepted,
            "rejected": rejected,
            "duplicates": counted("{n} duplicate", "{n} duplicates", duplicates),
        },
    )


def of_record(record: CrashRecord) -> dict[str, Any]:
    """Return a crash as it stands, with what was changed in it by hand, for JSON."""
    return {
        "dataset": record.dataset,
        "data_version": f"{record.dataset} v{record.version}",
        "id": record.id,
        "key": record.key,
        "crash": _row(record.crash),
        "vehicles": [_row(row) for row in record.vehicles],
        "people": [_row(row) for row in record.people],
        "edits": [of_edit(one) for one in record.edits],
    }


def _row(row: RecordRow) -> dict[str, Any]:
    """Return one row: the values now, those of the source that differ, and what it wrote."""
    names = row.told.keys() | row.now.keys()
    differing = {
        name: row.told.get(name) for name in names if row.told.get(name) != row.now.get(name)
    }
    return {
        "n": row.n,
        "state": row.state,
        "now": dict(row.now),
        "told": dict(sorted(differing.items())),
        "written": dict(row.words),
    }


def of_edit(edit: Edit) -> dict[str, Any]:
    """Return one field that was changed by hand, for JSON."""
    return {
        "change": edit.change,
        "at": edit.at.isoformat(),
        "version": edit.version,
        "undone": edit.undone,
        "who": edit.who,
        "reason": edit.reason,
        "crash": edit.crash_key,
        "table": edit.table,
        "n": edit.n,
        "field": edit.field,
        "before": edit.before,
        "after": edit.after,
    }
