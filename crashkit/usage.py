"""What is wrong with the words of a command, said in the user's language."""

from __future__ import annotations

import click

from crashkit.errors import Message


class Misused(click.UsageError):
    """Words of a command that do not go together, or mean nothing."""

    def __init__(self, said: Message) -> None:
        super().__init__(str(said))
        self.said = said


def complaint(wrong: click.UsageError) -> Message:
    """Say what is wrong; what click says of rarer faults stays as it is."""
    if isinstance(wrong, Misused):
        return wrong.said
    if isinstance(wrong, click.MissingParameter):
        return Message("{name} is needed.", {"name": _name(wrong)})
    if isinstance(wrong, click.BadParameter):
        return _bad_value(wrong)
    if isinstance(wrong, click.BadOptionUsage):
        return Message("The option {name} needs a value after it.", {"name": wrong.option_name})
    return _unknown(wrong) or Message(wrong.message)


def _unknown(wrong: click.UsageError) -> Message | None:
    """Say that there is no such command or option, with the names that are like it."""
    option, command = getattr(wrong, "option_name", ""), getattr(wrong, "command_name", "")
    if not (option or command):
        return None
    no_option = Message("There is no option {name}.", {"name": option})
    no_command = Message("There is no command {name}.", {"name": command})
    said = no_option if option else no_command
    like = getattr(wrong, "possibilities", None)
    if not like:
        return said
    words = {"said": said, "names": ", ".join(sorted(like))}
    return Message("{said} Perhaps you mean: {names}", words)


def _bad_value(wrong: click.BadParameter) -> Message:
    """Say what the value may be."""
    name = _name(wrong)
    kind = wrong.param.type if wrong.param else None
    if isinstance(kind, click.Choice):
        return Message("{name} is one of: {allowed}", {"name": name, "allowed": _list(kind)})
    if isinstance(kind, click.IntRange):
        values = {"name": name, "low": str(kind.min), "high": str(kind.max)}
        return Message("{name} is a whole number from {low} to {high}.", values)
    if isinstance(kind, click.types.IntParamType):
        return Message("{name} is a whole number.", {"name": name})
    if isinstance(kind, click.types.FloatParamType):
        return Message("{name} is a number.", {"name": name})
    return Message(wrong.message)


def _list(kind: click.Choice[str]) -> str:
    return ", ".join(map(str, kind.choices))


def _name(wrong: click.BadParameter) -> str:
    """Return the option as it is typed, or the word that the help has for an argument."""
    if wrong.param is None:
        return str(wrong.param_hint or "")
    if isinstance(wrong.param, click.Option):
        return max(wrong.param.opts, key=len)
    return wrong.param.make_metavar(wrong.ctx) if wrong.ctx else str(wrong.param.name)
