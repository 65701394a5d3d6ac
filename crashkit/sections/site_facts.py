"""Short facts of the first sites: what happened, when, and what the crashes have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crashkit import dossier, screening, tables
from crashkit.blocks import (
    Block,
    Heading,
    Pairs,
)
from crashkit.dossier import Dossier
from crashkit.errors import Message
from crashkit.model import CrossTable, Site
from crashkit.section import Facts, Section, span

MOST_SITES = 6
Pair = tuple[Message, Any]


def applies(facts: Facts) -> bool:
    """Say whether any site is listed."""
    return facts.screening is not None and bool(facts.screening.findings)


def build(facts: Facts) -> list[Block]:
    """Return a few lines for each of the first sites."""
    result = facts.screening
    assert result is not None
    first = result.findings[:MOST_SITES]
    found: list[Block] = [Heading(Message("The first sites in short"))]
    for number, finding in enumerate(first, 1):
        known = dossier.build(result, finding, facts.everything)
        title = Message("{number}. {place}", {"number": str(number), "place": _name(finding.site)})
        found += [Heading(title, 2), Pairs(tuple(_pairs(known)))]
    return found


def _name(site: Site) -> Message:
    """Name a site by road and km post, or by its coordinates, and by the place it is in."""
    if site.from_m is not None and site.to_m is not None:
        where = span(site.road, site.from_m / 1000, site.to_m / 1000)
    elif site.road:
        where = Message("{road}, at {id}", {"road": site.road, "id": site.id})
    else:
        where = Message("Site {id}", {"id": site.id})
    return (
        Message("{where} ({place})", {"where": where, "place": site.place}) if site.place else where
    )


def _pairs(known: Dossier) -> Iterator[Pair]:
    counts = known.finding.counts
    if known.finding.score.reason:
        yield Message("Why listed"), known.finding.score.reason
    yield Message("Crashes"), _by_severity(known)
    if "killed" in counts and "injured" in counts:
        yield (
            Message("People"),
            Message(
                "{killed} killed, {injured} injured",
                {"killed": counts["killed"], "injured": counts["injured"]},
            ),
        )
    yield Message("Crashes by year"), _by_year(known.year_severity)
    judged = list(screening.evidence_sentences(known.finding, known.result.compared))
    if judged:
        yield Message("How sure this is"), Message("{sentences}", {"sentences": judged})
    for table in known.patterns:
        most = _most_frequent(table)
        if most:
            yield LABELS[table.row_field], most


LABELS = {
    "crash_type": Message("Most frequent type"),
    "light": Message("Most frequent light"),
    "surface_condition": Message("Most frequent surface"),
    "weather": Message("Most frequent weather"),
    "junction": Message("Most frequent junction"),
}


def _by_severity(known: Dossier) -> Message:
    table = known.year_severity
    parts = [
        Message("{label}: {n}", {"label": label, "n": n})
        for label, n in zip(table.column_labels, tables.column_totals(table), strict=True)
        if n and label != Message("Unknown")
    ]
    total = known.summary.crashes
    if not parts:
        return Message("{n}", {"n": total})
    return Message("{total} in all; {parts}", {"total": total, "parts": parts})


def _by_year(table: CrossTable) -> Message:
    years = [
        Message("{label}: {n}", {"label": label, "n": n})
        for label, n in zip(table.row_labels, tables.row_totals(table), strict=True)
    ]
    return Message("{years}", {"years": years})


def _most_frequent(table: CrossTable) -> Message | None:
    """Name the most frequent known value, and how many of the crashes with a known one have it."""
    rows = [
        (n, label)
        for key, label, n in zip(
            table.rows, table.row_labels, tables.row_totals(table), strict=True
        )
        if key and n
    ]
    if not rows:
        return None
    n, label = max(rows, key=lambda row: row[0])
    return Message(
        "{label}: {n} of {known}", {"label": label, "n": n, "known": sum(row[0] for row in rows)}
    )


SECTION = Section(
    name="site_facts",
    title="The first sites in short",
    build=build,
    applies=applies,
    needs="screening",
)
