"""Checks of the files themselves, from the accounts of their imports and their profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crashkit import fields
from crashkit.errors import Message
from crashkit.model import EARLIER, CrashData, Issue, Ledger
from crashkit.profiles import Profile
from crashkit.quality.answers import Answer, Known, of_counts, unjudged
from crashkit.quality.check import faults

NO_ACCOUNT = Message("The accounts of the imports are not at hand.")
NO_ROW = Message("The files have no rows.")

Place = tuple[int, str, int]
"""The number of an import, a file of it, and a row of the file."""


def valid_values(data: CrashData, known: Known) -> Answer:
    """Return the share of rows in which every value could be read."""
    if not known.ledgers:
        return unjudged(NO_ACCOUNT)
    rows = sum(ledger.total - len(ledger.duplicates) for ledger in known.ledgers)
    if not rows:
        return unjudged(NO_ROW)
    bad = faulty(known.ledgers, "valid_values") | _rejected_for(known.ledgers, "uniformity")
    return of_counts(rows - len(bad), rows)


def duplicates(data: CrashData, known: Known) -> Answer:
    """Return the share of rows that repeat a crash number or belong to no crash."""
    if not known.ledgers:
        return unjudged(NO_ACCOUNT)
    rows = sum(ledger.total for ledger in known.ledgers)
    if not rows:
        return unjudged(NO_ROW)
    return of_counts(len(faulty(known.ledgers, "duplicates") | _repeated(known.ledgers)), rows)


def uniformity(data: CrashData, known: Known) -> Answer:
    """Return the share of coded values that could be brought to the common list."""
    if not known.ledgers:
        return unjudged(NO_ACCOUNT)
    coded = _coded(data)
    if not coded:
        return unjudged(Message("The files have no coded values."))
    unknown = sum(
        issue.row is not None
        for ledger in known.ledgers
        for issue in ledger.warnings
        if check_of(issue) == "uniformity"
    )
    return of_counts(max(coded - unknown, 0), coded)


def _coded(data: CrashData) -> int:
    """Count the values of the three tables that were coded by the source."""
    frames = {"crash": data.crashes, "vehicle": data.vehicles, "person": data.people}
    return sum(
        int(frames[name][field.name].notna().sum())
        for name in fields.TABLES
        for field in fields.table(name)
        if field.keeps_source and field.name in frames[name].columns
    )


def documentation(data: CrashData, known: Known) -> Answer:
    """Count what is known of three: the meaning of the codes, the licence, the day of release."""
    if known.profile is None:
        return unjudged(Message("The profile of these data is no longer here."))
    there = (
        (Message("what the codes mean"), _explains_codes(known.profile)),
        (Message("the licence"), bool(known.profile.licence)),
        # A profile has no place for it: files of one layout are released again and again.
        (Message("the day of the release"), False),
    )
    missing = [words for words, is_there in there if not is_there]
    found = len(there) - len(missing)
    return Answer(
        value=float(found),
        numerator=float(found),
        denominator=float(len(there)),
        rows=len(data),
        details=(Message("Not known: {missing}.", {"missing": missing}),),
    )


def _explains_codes(profile: Profile) -> bool:
    """Say whether the profile takes a coded field: it brings words of the source to ours, or
    takes our own, and our list says what each means.
    """
    return any(
        fields.has(table, name) and fields.get(table, name).keeps_source
        for layout in profile.files
        for table, recipes in layout.recipes.items()
        for name in recipes
    )


# ------------------------------------------------------------------- the faults


def check_of(issue: Issue) -> str:
    """Return the check of which a complaint is a fault, "" for none."""
    fault = faults().get(issue.code)
    return fault.check if fault else ""


def faulty(ledgers: Sequence[Ledger], check: str) -> set[Place]:
    """Return the rows with a complaint that is a fault of this check."""
    return {
        (number, issue.file, issue.row)
        for number, issue in _complaints(ledgers)
        if issue.row is not None and check_of(issue) == check
    }


def _complaints(ledgers: Sequence[Ledger]) -> Iterator[tuple[int, Issue]]:
    for number, ledger in enumerate(ledgers):
        for issue in (*ledger.issues, *ledger.warnings):
            yield number, issue


def _rejected_for(ledgers: Sequence[Ledger], check: str) -> set[Place]:
    return {
        (number, issue.file, issue.row)
        for number, ledger in enumerate(ledgers)
        for issue in ledger.issues
        if issue.row is not None and check_of(issue) == check
    }


def _repeated(ledgers: Sequence[Ledger]) -> set[Place]:
    """Return the rows that say again what a row of the same import says."""
    return {
        (number, again.file, again.row)
        for number, ledger in enumerate(ledgers)
        for again in ledger.duplicates
        if again.of != EARLIER
    }
