"""Point or comma before the decimals: told from all values of a column, or asked.

A mark with three digits behind it, as in 1,234, may also part thousands. Values with such signs are
read only where a profile, or the user, has said so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crashkit.errors import Message, NeedsChoice
from crashkit.intake.parsing import Marks

POINT, COMMA = Marks("."), Marks(",")
SURE = 0.9
"""Such a share of the telling values settles the mark; the others are refused."""

_ONE = re.compile(r"[+-]?([0-9]*)([.,])([0-9]*)(?:[eE][+-]?[0-9]{1,2})?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")


@dataclass(frozen=True)
class Told:
    """The marks of a column, and what told so; no evidence where no value has a mark."""

    marks: Marks = POINT
    evidence: Message | None = None
    certain: bool = True


def is_grouped(word: str) -> bool:
    """Say whether a comma in a number may part thousands."""
    return bool(_GROUPED.fullmatch(word))


def find(words: Iterable[str], *, most: float | None = None) -> Told | None:
    """Return the decimal mark of a column, or None where nobody can tell.

    `most` is the largest value the field may have: where 1,234 would exceed it as thousands, its
    comma can only be a decimal mark.
    """
    written = set(words)
    if not any("," in word for word in written):
        return by_points(sum("." in word for word in written))
    grouped = [word for word in written if is_grouped(word)]
    loose = [match for match in map(_ONE.fullmatch, written - set(grouped)) if match]
    points = sum(match[2] == "." for match in loose)
    commas = len(loose) - points
    if grouped and not commas and not points:
        if most is not None and all(_as_thousands(word) > most for word in grouped):
            return Told(COMMA, _beyond(len(grouped), most))
        # Where they are few, each is refused; where they are the column, the user is asked.
        return None if 2 * len(grouped) >= len(written) else Told(POINT)
    if not commas and not points:
        return Told()
    decimal = COMMA if commas >= SURE * (commas + points) else POINT
    # No value with a comma in one place and a point in the other is told by this.
    return Told(
        decimal,
        _counted(commas, points),
        certain=not (commas and points),
    )


def by_points(points: int) -> Told:
    """Return what is told where no value has a comma, which is what most files are like."""
    return Told(POINT, _counted(0, points)) if points else Told()


def _counted(commas: int, points: int) -> Message:
    return Message(
        "Different values with a comma before decimals: {commas}; with a point: {points}.",
        {"commas": commas, "points": points},
    )


def _as_thousands(word: str) -> float:
    return abs(float(word.replace(",", "")))


def _beyond(n: int, most: float) -> Message:
    return Message(
        "Different values with a comma: {n}; if it parted thousands, all would exceed {most}.",
        {"n": n, "most": int(most)},
    )


def stated(decimal: str) -> Marks:
    """Return the marks of a column in which the user has said which is the decimal one.

    The other can then only part thousands.
    """
    return Marks(decimal, "," if decimal == "." else ".")


def question(file: str, column: str, words: Iterable[str]) -> NeedsChoice:
    """Return the question for the decimal mark of a column."""
    grouped = sorted({word for word in words if is_grouped(word)})
    shown = grouped[:: max(len(grouped) // 5, 1)][:5]
    return NeedsChoice(
        "Whether the comma in {column} of {file} stands before decimals or parts thousands cannot "
        "be told: {example} may be either. Say which sign stands before decimals.",
        option="decimal",
        choices=(",", "."),
        examples={
            ",": [(word, word.replace(",", ".")) for word in shown if word.count(",") == 1],
            ".": [(word, word.replace(",", "")) for word in shown],
        },
        file=file,
        column=column,
        example=shown[0],
    )
