"""What can go wrong, as types, and the one type of all text for people.

CrashKitError
├── IntakeError         a file cannot be read as asked
│   ├── NeedsChoice     only the user can decide; names the option that answers
│   └── WrongValues     a crash cannot have these values; says of each field why
├── FilterError         a filter that cannot be understood
├── MethodError         a place, measure or preset that cannot be run like this
├── NotFound            no such data set, preset, profile, result ...
├── StoreError          the database refuses, is busy, or is not what it should be
│   └── Refused         the database is well, but this cannot be; says what to do instead
├── ReportError         a report, section or format that cannot be made
├── SettingError        a setting that makes no sense
├── DropinError         a shipped drop-in file breaks its contract: the program must not start
└── Cancelled           the user asked to stop; nothing was kept
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Message:
    """An English sentence with holes, and the values that fill them.

    The English text is the key of the translation catalogue. A value may itself be a Message
    (a label from a data file, say): it is translated before it fills its hole. Where `plural` is
    given, the value `n` decides which of the two is said. `within` a sentence a label begins with a
    small letter.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None
    within: bool = False

    def __str__(self) -> str:
        """Say it in English, for logs and tests; people are spoken to by `text.Speaker`."""
        said = self.plural if self.plural and self.values.get("n") != 1 else self.text
        if self.values:
            said = said.format(**{name: _plain(value) for name, value in self.values.items()})
        return small(said) if self.within else said


class NoCount(int):
    """A whole number of a sentence that counts no crashes, people or vehicles.

    Days, comparisons, a limit of a rule: a report for the public need not hide it.
    """


class NoShare(float):
    """A number of a sentence that is made of no counts, but of those that it tells beside it."""


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple) and any(isinstance(one, Message) for one in value):
        return "; ".join(map(str, value))
    return value


def small(label: str) -> str:
    """Begin a label with a small letter; what begins as an abbreviation stays.

    >>> small("Road class"), small("AADT of the road"), small("")
    ('road class', 'AADT of the road', '')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def within(label: Message) -> Message:
    """Return a label as it stands within a sentence or a title."""
    return replace(label, within=True)


def counted(one: str, many: str, n: int, **values: Any) -> Message:
    """Return a Message whose wording depends on the number `n`."""
    return Message(one, {"n": n, **values}, plural=many)


class CrashKitError(Exception):
    """An error of the user's, said in one sentence; never shown with a traceback."""

    def __init__(self, text: str, **values: Any) -> None:
        self.message = Message(text, values)
        super().__init__(str(self.message))


class IntakeError(CrashKitError):
    """A file cannot be read as asked."""


class NeedsChoice(IntakeError):
    """Only the user can decide. `option` is the name of the answer, `choices` what may be said.

    The sentence does not name the option: the command line does so itself, and a page has a form.
    `examples` are, for each choice, cells as written and as they would be read ("": not at all).
    """

    def __init__(
        self,
        text: str,
        *,
        option: str,
        choices: Sequence[str] = (),
        examples: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(text, option=option, **values)
        self.option = option
        self.choices = tuple(choices)
        self.examples = {choice: tuple(cells) for choice, cells in (examples or {}).items()}


class WrongValues(IntakeError):
    """A crash cannot have these values. `wrong` says why: table, number of the row, field."""

    def __init__(self, wrong: Mapping[tuple[str, int, str], Message]) -> None:
        first = next(iter(wrong.values()))
        super().__init__(first.text, **first.values)
        self.wrong = dict(wrong)


class FilterError(CrashKitError):
    """A filter that cannot be understood."""


class MethodError(CrashKitError):
    """A place, measure or preset that cannot be run like this."""


class TooLittle(MethodError):
    """The question is a good one, but these crashes do not carry an answer; others may."""


class NotFound(CrashKitError):
    """There is no such thing."""


class StoreError(CrashKitError):
    """The database refuses, is busy, or is not what it should be."""


class Refused(StoreError):
    """The database is well, but what was asked cannot be; the user can ask for something else."""


class Overtaken(Refused):
    """Somebody wrote the same crashes a moment ago; what was made for the state before is void."""


class ReportError(CrashKitError):
    """A report, section or format that cannot be made."""


class SettingError(CrashKitError):
    """A setting that makes no sense."""


class DropinError(CrashKitError):
    """A shipped drop-in file breaks its contract."""


class Cancelled(CrashKitError):
    """The user asked to stop; nothing was kept."""

    def __init__(self) -> None:
        super().__init__("Stopped as you asked; nothing was kept.")
