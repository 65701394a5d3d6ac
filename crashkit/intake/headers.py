"""The row that holds the column names: found by the names the profile knows, or asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crashkit.errors import IntakeError, Message, NeedsChoice
from crashkit.intake.checked import short
from crashkit.intake.mapping import fold, unguard
from crashkit.intake.sheets import OURS
from crashkit.profiles import Layout, Profile

LONGEST = 200
"""Letters of a column name that are kept."""


@dataclass(frozen=True)
class Header:
    """A row that may hold the column names: which kind of file it would be, and how well it fits.

    `lacking` are needed columns that are not there.
    """

    line: int = 0
    names: tuple[str, ...] = ()
    layout: Layout | None = None
    lacking: tuple[str, ...] = ()
    known: int = 0
    rejects: bool = False

    @property
    def fits(self) -> bool:
        """Whether every column that is needed is there."""
        return self.rejects or (self.layout is not None and not self.lacking)

    @property
    def kind(self) -> str:
        """The kind of file it would be."""
        return self.layout.name if self.layout else ""

    @property
    def foreign(self) -> bool:
        """Whether next to nothing of it is known: at most one name, and not half of them."""
        return self.known < 2 and 2 * self.known < len(self.names)

    @property
    def score(self) -> tuple[bool, int, int]:
        """How well the row fits; of rows that fit as well the first wins."""
        return self.fits, self.known, -self.line


class Wanted:
    """The column names of a profile's kinds of file, folded once for many rows."""

    def __init__(self, profile: Profile) -> None:
        self.kinds = [
            (
                layout,
                [(name, fold(name)) for name in layout.needs],
                {fold(name) for name in layout.known},
            )
            for layout in profile.files
        ]


def scored(line: int, row: Sequence[str], wanted: Wanted) -> Header:
    """Say how well a row would do as column names of the profile."""
    names = tuple(_name(cell) for cell in row)
    have = {fold(name) for name in names} - {""}
    if {f"{OURS}file", f"{OURS}row"} <= have:
        return Header(line, _trimmed(names), None, (), len(have), rejects=True)
    best = Header(line, _trimmed(names))
    for layout, needs, folded in wanted.kinds:
        lacking = tuple(name for name, word in needs if word not in have)
        known = len(have & folded)
        found = Header(line, _trimmed(names), layout, lacking, known)
        if (found.fits, known) > (best.fits, best.known):
            best = found
    return best


def _name(cell: str) -> str:
    return " ".join(unguard(cell.replace("\ufeff", "").replace("\u00a0", " ").strip()).split())


def _trimmed(names: tuple[str, ...]) -> tuple[str, ...]:
    """Drop columns without a name at the right, which spreadsheets leave behind."""
    last = len(names)
    while last and not names[last - 1]:
        last -= 1
    return names[:last]


def unique(names: Sequence[str]) -> list[str]:
    """Number columns that bear the same name, and those that bear none."""
    found: list[str] = []
    for name in names:
        short = name[:LONGEST] or "?"
        number, wanted = 1, short
        while wanted in found:
            number += 1
            wanted = f"{short} ({number})"
        found.append(wanted)
    return found


def sure(found: Header, name: str, profile: Profile, options: Mapping[str, str]) -> Header:
    """Return a header that fits. Raises NeedsChoice (header-row), IntakeError."""
    if found.fits:
        return found
    if found.layout is None or (found.known < 2 and not options.get("header_row")):
        raise NeedsChoice(
            "The column names of {file} were not found; {title} has columns such as {columns}. "
            "Say which line holds them (--header-row), or choose another profile.",
            option="header-row",
            file=name,
            title=Message(profile.title),
            columns=", ".join(profile.files[0].needs),
        )
    raise IntakeError(
        "{file} is not laid out as {title}: line {line} holds column names, but {columns} is not "
        "among them.",
        file=name,
        title=Message(profile.title),
        line=found.line,
        columns=", ".join(found.lacking),
    )


def no_file_of(name: str, found: Header, profile: Profile) -> IntakeError:
    """Return what is said of a file that is none of a source, while others given with it are."""
    return IntakeError(
        "{file} is no file of this source (its columns: {columns}). Leave it out, or choose its "
        "own profile. Files of {title} have the columns {needed}.",
        file=name,
        columns=short(", ".join(one for one in found.names if one)),
        title=Message(profile.title),
        needed="; ".join(", ".join(layout.needs) for layout in profile.files),
    )


def refuse_twice(name: str, header: Sequence[str], layout: Layout) -> None:
    """Refuse a file in which a column that is taken stands twice: nobody knows which is meant."""
    folded = [fold(column) for column in header]
    for column in header:
        if folded.count(fold(column)) > 1 and fold(column) in {fold(one) for one in layout.columns}:
            raise IntakeError(
                "{file} has the column {column} twice (the same name). Rename or delete one.",
                file=name,
                column=column,
            )
