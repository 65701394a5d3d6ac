"""The command `crashkit`: options in, the front door called, words out.

Exit codes: 0 done (also partly accepted), 1 the user can fix it, 2 wrong usage.
Other packages add commands through the entry-point group `crashkit.commands`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from crashkit import api, usage
from crashkit.api import CrashKitError, Message, NeedsChoice

COMMAND_GROUP = "crashkit.commands"


# ------------------------------------------------- words in the user's language


def language_of(ctx: click.Context | None) -> str:
    """Return the language asked for by --lang, CRASHKIT_LANG or the system, else English."""
    asked = ctx.find_root().params.get("lang") if ctx else None
    return api.language_for(asked, os.environ)


def speaker_of(ctx: click.Context) -> api.Speaker:
    """Return who speaks to this user."""
    return api.speaker(language_of(ctx))


class SpokenCommand(click.Command):
    """A command whose help is said in the user's language."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        usage = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, usage, prefix=f"{speaker_of(ctx).say('Usage')}: ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        _write_help(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what can be chosen."""
        _write_options(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one line that can be copied."""
        if self.epilog:
            with formatter.section(speaker_of(ctx).say("For example")):
                formatter.write_text(self.epilog)


class SpokenGroup(click.Group):
    """A group of commands whose help is said in the user's language."""

    command_class = SpokenCommand

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        usage = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, usage, prefix=f"{speaker_of(ctx).say('Usage')}: ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the commands are for."""
        _write_help(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        _write_options(self, ctx, formatter)
        say = speaker_of(ctx).say
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        lines = [(name, say(command.help or "")) for name, command in commands if command]
        with formatter.section(say("Commands")):
            formatter.write_dl([(name, line.split("\n")[0]) for name, line in lines])


class FrontGroup(SpokenGroup):
    """Lists its own commands and those found under the entry-point group, loaded when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *_found_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading it from another package when it is not ours."""
        return super().get_command(ctx, cmd_name) or _load_command(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the user can mend is said in the language asked for."""
        try:
            return super().invoke(ctx)
        except (CrashKitError, OSError) as error:
            ctx.exit(_ended(error, ctx))
        except click.UsageError as wrong:
            wrong.ctx = wrong.ctx or ctx
            raise


def _write_help(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(speaker_of(ctx).say(command.help or ""))


def _write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    say = speaker_of(ctx).say
    records = [_help_record(option, ctx, say) for option in command.get_params(ctx)]
    with formatter.section(say("Options")):
        formatter.write_dl([record for record in records if record])


def _help_record(
    option: click.Parameter, ctx: click.Context, say: Callable[..., str]
) -> tuple[str, str] | None:
    record = option.get_help_record(ctx)
    if record is None or not isinstance(option, click.Option):
        return None
    if "--help" in option.opts:
        return record[0], say("Show this help.")
    if "--version" in option.opts:
        return record[0], say("Show the version.")
    told = record[1].replace(option.help or "", say(option.help or ""))
    return record[0], told.replace("[required]", say("(needed)"))


def _found_commands() -> list[str]:
    return [point.name for point in entry_points(group=COMMAND_GROUP)]


def _load_command(name: str) -> click.Command | None:
    for point in entry_points(group=COMMAND_GROUP, name=name):
        try:
            command: click.Command = point.load()
        except ModuleNotFoundError as missing:
            return _stand_in(name, missing.name or "")
        _speak(command)
        return command
    return None


def _speak(command: click.Command) -> None:
    if type(command) is click.Command:
        command.__class__ = SpokenCommand


def _stand_in(name: str, missing: str) -> click.Command:
    text = "This command needs the package {package}; install it with: pip install {package}"

    def tell() -> None:
        raise api.SettingError(text, package=missing)

    return click.Command(name, callback=tell, help="This command needs a package.")


# ----------------------------------------------------------- output and errors


def main() -> None:
    """Run the command line; user errors end with exit code 1 and one sentence."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        # What a command returns is its exit code: click hands it over instead of leaving.
        code = crashkit(standalone_mode=False)
    except click.UsageError as wrong:
        sys.exit(_tell_usage(wrong))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (CrashKitError, OSError) as error:
        sys.exit(_ended(error, None))
    sys.exit(code if isinstance(code, int) else 0)


def _ended(error: CrashKitError | OSError, ctx: click.Context | None) -> int:
    """Say what stopped the work; return the exit code."""
    if isinstance(error, CrashKitError):
        return _tell(error, ctx)
    # A full or read-only disk under the output, or under the data folder itself.
    told = _tell(_unwritten(error.filename or sys.stdout.name, error), ctx)
    if error.filename is None:
        # What is still in the buffer would be tried again, and fail with a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return told


def _tell_usage(wrong: click.UsageError) -> int:
    say = api.speaker(language_of(wrong.ctx)).say
    click.echo(say(usage.complaint(wrong)), err=True)
    if wrong.ctx is not None:
        click.echo(wrong.ctx.get_usage(), err=True)
        way = Message("What there is: {command} --help", {"command": wrong.ctx.command_path})
        click.echo(say(way), err=True)
    return 2


def _tell(error: CrashKitError, ctx: click.Context | None) -> int:
    speaker = api.speaker(language_of(ctx))
    click.echo(speaker.say(error.message), err=True)
    if isinstance(error, NeedsChoice):
        for choice, cells in error.examples.items():
            shown = "; ".join(f"{written} -> {_read(cell, speaker)}" for written, cell in cells)
            click.echo(f"  {choice}: {shown}", err=True)
        way = Message("Answer with the option {option}.", {"option": f"--{error.option}"})
        click.echo(speaker.say(way), err=True)
    return 1


def _read(cell: str, speaker: api.Speaker) -> str:
    """Say how a cell was read: a date as people write it, other values as they are."""
    try:
        return speaker.date(date.fromisoformat(cell))
    except ValueError:
        return cell or speaker.say("not read")


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False, default=str))


WIDE = 240
"""Columns of a table of figures: its lines may be longer than the screen, but none is cut."""


def _print_table(headings: list[str], lines: list[list[str]], *, width: int | None = None) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        # The first column names what the next command is told: it is never cut in two.
        table.add_column(heading, overflow="fold", no_wrap=heading == headings[0])
    for line in lines:
        table.add_row(*line)
    Console(file=sys.stdout, highlight=False, markup=False, width=width).print(table)


@contextmanager
def _progress(say: Callable[..., str]) -> Iterator[api.Progress]:
    """Draw a progress bar on a terminal; stay silent in a pipe."""
    if not sys.stderr.isatty():
        yield api.no_progress
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def show(share: float, doing: Message | None = None) -> None:
            bar.update(task, completed=share)
            if doing is not None:
                bar.update(task, description=say(doing))

        yield show


def _write_out(content: bytes, out: str | None) -> None:
    if out is None or out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        Path(out).write_bytes(content)
    except OSError as error:
        raise _unwritten(out, error) from error


def _unwritten(file: str, error: OSError) -> CrashKitError:
    return api.SettingError(
        "{file} cannot be written: {cause}.", file=file, cause=error.strerror or str(error)
    )


def _pairs(words: tuple[str, ...]) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise usage.Misused(Message("{word} is not NAME=VALUE.", {"word": word}))
    return {word.split("=", 1)[0].strip(): word.split("=", 1)[1].strip() for word in words}


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
filter_option = click.option(
    "--filter",
    "filter_words",
    default="",
    metavar="WORDS",
    help='Keep only some crashes, for example "severity=fatal,serious; year=2020-2023"; '
    "@NAME is a filter saved in the dashboard.",
)


@click.group(
    cls=FrontGroup,
    help="Crash data: import police files, find blackspots, write reports.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--store",
    "store_url",
    envvar="CRASHKIT_STORE",
    metavar="URL",
    help="The store: an SQLite file or a PostgreSQL address; default: in your data folder.",
)
@click.option(
    "--lang", metavar="CODE", is_eager=True, help="The language of messages: en, ru or zh."
)
@click.version_option(package_name="crashkit", message="crashkit %(version)s")
@click.pass_context
def crashkit(ctx: click.Context, store_url: str | None, lang: str | None) -> None:
    """Remember where the store is."""
    ctx.obj = store_url or api.default_store_url()
    if lang is not None:
        api.speaker(lang)


@contextmanager
def _store(ctx: click.Context, *, begin: bool = False) -> Iterator[api.Store]:
    """Open the store. One that was named and is not there is begun only where `begin` says so."""
    url = ctx.find_root().obj
    own = url == api.default_store_url()
    with api.open_store(url, create=begin or own) as store:
        if store.is_new and not own:
            said = Message("This store is new and empty: {file}", {"file": store.address})
            click.echo(speaker_of(ctx).say(said), err=True)
        yield store


def store_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let --store stand after the command too."""

    def remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value:
            ctx.find_root().obj = value

    return click.option(
        "--store",
        metavar="URL",
        expose_value=False,
        callback=remember,
        help="The store: an SQLite file or a PostgreSQL address; default: in your data folder.",
    )(command)


# ------------------------------------------------------------------- intake


@crashkit.command(
    "import",
    help="Import crash files; every row is accepted, rejected or a duplicate.",
    epilog="crashkit import crashes.csv people.csv --profile crashkit --dataset mine",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--profile", required=True, metavar="ID", help="How the files are laid out.")
@click.option("--dataset", required=True, metavar="NAME", help="The data set to add to.")
@click.option("--preview", is_flag=True, help="Say what would happen and keep nothing.")
@click.option("--encoding", metavar="NAME", help="Encoding of the files, for example cp1251.")
@click.option(
    "--delimiter",
    metavar="SIGN",
    help="The sign between cells: the sign itself, or tab, space, spaces (two or more), 0x1f.",
)
@click.option(
    "--date-order",
    type=click.Choice(["dmy", "mdy", "ymd", "yyyymmdd", "excel", "excel1904"]),
    metavar="ORDER",
    help="Order of a date: dmy, mdy, ymd or yyyymmdd; excel or excel1904 for days Excel counted.",
)
@click.option(
    "--century",
    type=click.Choice(["2000", "1900"]),
    metavar="YEAR",
    help="The century of years of two digits: 2000 or 1900.",
)
@click.option(
    "--calendar",
    type=click.Choice(["gregorian", "solar_hijri", "roc", "thai"]),
    metavar="NAME",
    help="Calendar of the dates: gregorian, solar_hijri, roc or thai.",
)
@click.option(
    "--header-row",
    metavar="N",
    help="The line with the column names, the first and last of several (4-5), or none.",
)
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook, or all.")
@click.option(
    "--decimal",
    type=click.Choice([".", ","]),
    metavar="MARK",
    help="The sign before decimals, where 1,234 may be either: a point or a comma.",
)
@click.option("--codes", metavar="NAME", help="The code list the values belong to.")
@click.option(
    "--crs",
    metavar="SYSTEM",
    help="The coordinate system of the points, for example EPSG:32643, or none.",
)
@click.option(
    "--repair",
    "repairs",
    multiple=True,
    metavar="KIND",
    help="Allow a repair of places: swapped_axes, lost_sign, scaled or all; may be said again.",
)
@click.option(
    "--conflicts",
    type=click.Choice(["take"]),
    metavar="take",
    help="take: crashes told otherwise replace those kept before; else they wait for a decision.",
)
@click.option("--rejects", metavar="FILE", help="Write the rejected rows to this CSV file.")
@json_option
@store_option
@click.pass_context
def import_files(
    ctx: click.Context,
    /,
    *,
    files: tuple[str, ...],
    profile: str,
    dataset: str,
    preview: bool,
    repairs: tuple[str, ...],
    rejects: str | None,
    as_json: bool,
    **answers: str | None,
) -> None:
    """Import files, tell what happened to each row, and exit 1 when nothing was accepted."""
    speaker = speaker_of(ctx)
    options = {name: value for name, value in answers.items() if value is not None}
    options |= {"repairs": ",".join(repairs)} if repairs else {}
    try:
        document, kept = _import(
            ctx, files=files, profile=profile, dataset=dataset, preview=preview, options=options
        )
    except CrashKitError as error:
        if not as_json:
            raise
        _print_json(_import_error(error, dataset, speaker))
        click.echo(speaker.say(error.message), err=True)
        ctx.exit(1)
    if as_json:
        _print_json(document)
        click.echo(document["message"], err=True)
    else:
        _tell_import(document, speaker)
    if rejects:
        # After the account: the import is done, even where this file cannot be written.
        _write_out(api.export_rejects(kept, speaker), rejects)
    ctx.exit(1 if document["status"] == "rejected" else 0)


def _import(
    ctx: click.Context,
    *,
    files: tuple[str, ...],
    profile: str,
    dataset: str,
    preview: bool,
    options: Mapping[str, str],
) -> tuple[dict[str, Any], api.Ledger]:
    speaker = speaker_of(ctx)
    uploads = api.read_uploads(files)
    with _store(ctx, begin=True) as store, _progress(speaker.say) as progress:
        if preview:
            batch = api.preview_import(
                store,
                uploads,
                profile=profile,
                dataset=dataset,
                options=options,
                progress=progress,
            )
            version = None
        else:
            record, batch = api.import_crashes(
                store,
                uploads,
                profile=profile,
                dataset=dataset,
                options=options,
                progress=progress,
            )
            version = record.version
            api.lay_out(store, dataset, progress=progress)
            api.watch_new(store, dataset)
    document = api.import_document(
        batch.ledger,
        dataset,
        version,
        speaker,
        inferences=batch.inferences,
        proposals=batch.proposals,
    )
    return document, batch.ledger


def _import_error(error: CrashKitError, dataset: str, speaker: api.Speaker) -> dict[str, Any]:
    choice = isinstance(error, NeedsChoice)
    document: dict[str, Any] = {
        "status": "needs_choice" if choice else "rejected",
        "dataset": dataset,
        "version": None,
        "total": 0,
        "accepted": 0,
        "rejected": [],
        "duplicates": [],
        "warnings": [],
        "message": speaker.say(error.message),
    }
    if isinstance(error, NeedsChoice):
        document["question"] = speaker.say(error.message)
        document["option"] = error.option
        document["choices"] = list(error.choices)
        document["examples"] = {
            choice: [list(cells) for cells in shown] for choice, shown in error.examples.items()
        }
    return document


def _tell_import(document: dict[str, Any], speaker: api.Speaker) -> None:
    click.echo(document["message"])
    for title, issues in (
        (Message("Rejected"), document["rejected"]),
        (Message("Warnings"), document["warnings"]),
    ):
        _tell_issues(speaker.say(title), issues, speaker)
    for one in document["repairs"]:
        what = speaker.say(Message("Repair allowed") if one["made"] else Message("Repair offered"))
        way = "--crs " + "|".join(one["systems"]) if one["systems"] else f"--repair {one['kind']}"
        click.echo(f"  {what} ({way}): {one['message']}")
    if document["reading"] and document["version"] is None:
        click.echo(speaker.say("How the file was read"))
    for one in document["reading"] if document["version"] is None else ():
        where = one["column"] or one["file"]
        click.echo(f"  {where}: {one['what']} {one['value']}: {one['evidence']}")
        for written, cell in one["examples"]:
            click.echo(f"    {written} -> {_read(cell, speaker)}")


def _tell_issues(title: str, issues: list[dict[str, Any]], speaker: api.Speaker) -> None:
    """Say each kind of complaint once, with its count and its first place."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for issue in issues:
        groups.setdefault((issue["code"], issue["field"]), []).append(issue)
    for (code, field), group in groups.items():
        first = group[0]
        where = first["file"] + (f":{first['row']}" if first["row"] else "")
        count = speaker.number(len(group))
        click.echo(f"  {title} ({count}) {code} {field}: {where}: {first['message']}")


# -------------------------------------------------------------------- lists


@crashkit.command(
    help="List crashes that imports tell in several ways, or settle them: keep or take.",
    epilog='crashkit conflicts mine --take 7.1 --reason "corrected by the police"',
)
@click.argument("dataset")
@click.option("--keep", multiple=True, metavar="N", help="Keep what is there: a number, or all.")
@click.option("--take", multiple=True, metavar="N", help="Take the later facts: a number, or all.")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")
@click.option("--who", default="", metavar="NAME", help="Who decides.")
@json_option
@store_option
@click.pass_context
def conflicts(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    keep: tuple[str, ...],
    take: tuple[str, ...],
    reason: str,
    who: str,
    as_json: bool,
) -> None:
    """Settle the conflicts that are named, then list what is open."""
    say = speaker_of(ctx).say
    with _store(ctx) as store:
        for numbers, taken in ((keep, False), (take, True)):
            if numbers:
                chosen = _named_conflicts(_open_conflicts(store, dataset), numbers)
                api.settle_conflicts(store, dataset, chosen, take=taken, reason=reason, who=who)
        lines = _conflict_lines(store, dataset)
    if as_json:
        heads = ("conflict", "crash", "told_at", "field", "before", "after", "told")
        _print_json([dict(zip(heads, line, strict=True)) for line in lines])
    elif lines:
        columns = [say("Conflict"), say("Crash"), say("Told at")]
        columns += [say("Field"), say("As it stands"), say("Told")]
        absent = say("not in this file")
        _print_table(columns, [[*line[:5], line[5] if line[6] else absent] for line in lines])
    else:
        click.echo(say("No crash waits for a decision."))


def _open_conflicts(store: api.Store, dataset: str) -> list[api.Conflict]:
    return [one for one in api.conflicts(store, dataset) if one.state == "open"]


def _named_conflicts(found: list[api.Conflict], numbers: tuple[str, ...]) -> list[api.Conflict]:
    chosen = [one for one in found if {"all", _conflict_number(one)} & set(numbers)]
    if not chosen:
        raise api.NotFound("There is no open conflict {number}.", number=", ".join(numbers))
    return chosen


def _conflict_number(one: api.Conflict) -> str:
    return f"{one.import_id}.{one.n}"


def _conflict_lines(store: api.Store, dataset: str) -> list[list[Any]]:
    found = _open_conflicts(store, dataset)
    return [
        [
            _conflict_number(one),
            str(one.crash.get("crash_id", one.crash_key)),
            one.told_at,
            f"{each.table}.{each.n}.{each.field}" if each.n else each.field,
            *("" if value is None else str(value) for value in (each.before, each.after)),
            each.told,
        ]
        for one, differences in zip(
            found, api.conflict_differences(store, dataset, found), strict=True
        )
        for each in differences
    ]


@crashkit.command(help="List the data sets in the store.")
@json_option
@store_option
@click.pass_context
def datasets(ctx: click.Context, as_json: bool) -> None:
    """List what was imported."""
    with _store(ctx) as store:
        found = store.datasets()
    if as_json:
        _print_json([info.document() for info in found])
        return
    speaker = speaker_of(ctx)
    if not found:
        click.echo(speaker.say("There are no data sets yet. Import one with: crashkit import"))
        return
    headings = ["Data set", "Title", "Crashes", "From", "To", "Located"]
    lines = [
        [
            info.name,
            speaker.say(info.title),
            speaker.number(info.crashes),
            speaker.date(info.period.start),
            speaker.date(info.period.end),
            speaker.percent(info.located / info.crashes if info.crashes else 0.0),
        ]
        for info in found
    ]
    _print_table([speaker.say(heading) for heading in headings], lines)


@crashkit.group(
    cls=SpokenGroup,
    invoke_without_command=True,
    help="List the import profiles: how files of a source are laid out; save your own.",
    epilog="crashkit profiles save police_cards.toml",
)
@json_option
@store_option
@click.pass_context
def profiles(ctx: click.Context, as_json: bool) -> None:
    """List the profiles, where nothing else is asked for."""
    if ctx.invoked_subcommand is None:
        _list_profiles(ctx, as_json)


@profiles.command("list", help="List the profiles that are shipped, and your own.")
@json_option
@store_option
@click.pass_context
def list_profiles(ctx: click.Context, as_json: bool) -> None:
    """List the profiles."""
    _list_profiles(ctx, as_json)


def _list_profiles(ctx: click.Context, as_json: bool) -> None:
    with _store(ctx, begin=True) as store:
        found = api.list_profiles(store)
    if as_json:
        _print_json([_profile(one) for one in found.values()])
        return
    say = speaker_of(ctx).say
    lines = [[id_, one.country, say(one.title)] for id_, one in found.items()]
    _print_table([say("Profile"), say("Country"), say("Title")], lines)


@profiles.command(
    "template",
    help="Write the common template: a workbook to fill in, with lists to choose from.",
    epilog="crashkit profiles template --language ru --out template.xlsx",
)
@click.option("--language", metavar="CODE", help="The language of the template: en, ru or zh.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    help="An Excel workbook, or an archive of text files.",
)
@click.option("--filled", is_flag=True, help="With three invented crashes in it, as an example.")
@click.option("--out", "--output", metavar="FILE", help="The file; - writes to the screen.")
@click.pass_context
def write_template(
    ctx: click.Context, language: str | None, format_: str, filled: bool, out: str | None
) -> None:
    """Write the template in the language asked for, else in that of the messages."""
    spoken = language or language_of(ctx)
    _write_out(api.import_template(spoken, format_, filled=filled), out)


def _profile(one: api.Profile) -> dict[str, Any]:
    return {"id": one.id, "title": one.title, "country": one.country, "source": one.source}


@profiles.command("show", help="Show what a profile says: its files, columns and codes.")
@click.argument("name", metavar="NAME")
@store_option
@click.pass_context
def show_profile(ctx: click.Context, name: str) -> None:
    """Print a profile as its text."""
    with _store(ctx, begin=True) as store:
        click.echo(api.export_profile(api.find_profile(name, store), store), nl=False)


@profiles.command("export", help="Write a profile to a file NAME.toml, or to another one.")
@click.argument("name", metavar="NAME")
@click.option("--out", metavar="FILE", help="The file; - writes to the screen.")
@store_option
@click.pass_context
def export_profile(ctx: click.Context, name: str, out: str | None) -> None:
    """Write a profile as its text."""
    with _store(ctx, begin=True) as store:
        found = api.find_profile(name, store)
        text = api.export_profile(found, store)
    _write_out(text.encode(), out or f"{found.id.partition('@')[0]}.toml")


@profiles.command("check", help="Say everything that is wrong with a profile in a file.")
@click.argument("file", metavar="FILE")
@click.pass_context
def check_profile(ctx: click.Context, file: str) -> None:
    """Check a profile and keep nothing."""
    found = api.check_profile(*_text_file(file))
    click.echo(speaker_of(ctx).say("{title}: this profile can be used.", title=found.title))


@profiles.command("propose", help="Write a draft of a profile for files that no profile knows.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--out", metavar="FILE", help="The file; - writes to the screen.")
@click.option("--encoding", metavar="NAME", help="Encoding of the files, for example cp1251.")
@click.option(
    "--delimiter",
    metavar="SIGN",
    help="The sign between cells: the sign itself, or tab, space, spaces (two or more), 0x1f.",
)
@click.option("--header-row", metavar="N", help="The line that holds the column names.")
@click.pass_context
def propose_profile(
    ctx: click.Context,
    /,
    *,
    files: tuple[str, ...],
    out: str | None,
    **answers: str | None,
) -> None:
    """Write what the columns seem to be, to be corrected by hand; say what is still missing."""
    say = speaker_of(ctx).say
    options = {name: value for name, value in answers.items() if value}
    with _progress(say) as progress:
        draft = api.propose_mapping(api.read_uploads(files), options, progress)
    named = replace(draft, title=Path(files[0]).stem)
    for complaint in api.mapping_complaints(named):
        click.echo(say(complaint), err=True)
    name = Path(out).stem if out and out != "-" else "draft"
    _write_out(api.mapped_profile(name, named, answers=options).encode(), out)


@profiles.command("save", help="Save the profile in a file; the file's name is its name.")
@click.argument("file", metavar="FILE")
@click.option("--name", metavar="NAME", help="Another name than that of the file.")
@store_option
@click.pass_context
def save_profile(ctx: click.Context, file: str, name: str | None) -> None:
    """Keep a profile as the next version of its name."""
    stem, text = _text_file(file)
    with _store(ctx, begin=True) as store:
        saved = api.save_profile(store, name or stem, text)
    click.echo(speaker_of(ctx).say("Saved as {profile}.", profile=saved))


@profiles.command("remove", help="Offer one of your profiles no longer; imports still name it.")
@click.argument("name", metavar="NAME")
@store_option
@click.pass_context
def remove_profile(ctx: click.Context, name: str) -> None:
    """Take a profile out of the lists."""
    with _store(ctx) as store:
        api.remove_profile(store, name)
    click.echo(speaker_of(ctx).say("{profile} is no longer offered.", profile=name))


def _text_file(file: str) -> tuple[str, str]:
    """Return the name and the text of a profile, or of a rule, in a file."""
    (found,) = api.read_uploads([file])
    try:
        return Path(file).stem, found.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise api.IntakeError("{file} is not UTF-8 text.", file=file) from error


@crashkit.group(
    cls=SpokenGroup,
    invoke_without_command=True,
    help="List the named rules for finding blackspots, with their sources; save your own.",
    epilog="crashkit presets add our_law.toml",
)
@json_option
@store_option
@click.pass_context
def presets(ctx: click.Context, as_json: bool) -> None:
    """List the rules, where nothing else is asked for."""
    if ctx.invoked_subcommand is None:
        _list_presets(ctx, as_json)


@presets.command("list", help="List the rules that are shipped, and your own.")
@json_option
@store_option
@click.pass_context
def list_presets(ctx: click.Context, as_json: bool) -> None:
    """List national definitions, default screenings and own rules."""
    _list_presets(ctx, as_json)


def _list_presets(ctx: click.Context, as_json: bool) -> None:
    with _store(ctx, begin=True) as store:
        found, unknown = api.list_presets(store), api.unknown_criteria()
    part_of = {part: id_ for id_, one in found.items() for part in one.parts}
    if as_json:
        rules = [_preset(id_, one, part_of) for id_, one in found.items()]
        _print_json([*rules, *(_unknown(one) for one in unknown.values())])
        return
    say = speaker_of(ctx).say
    lines = [
        [
            id_,
            one.country,
            say(one.title),
            say("yes") if one.verified else say("not yet"),
            part_of.get(id_, ""),
        ]
        for id_, one in found.items()
    ]
    heads = [say("Preset"), say("Country"), say("Title"), say("Verified"), say("Part of")]
    _print_table(heads, lines)
    click.echo("\n" + say("Criterion not known to us:"))
    stand_in = say("Stand-in under its own name")
    _print_table(
        [say("Definition"), say("Country"), say("Title"), stand_in],
        [[one.id, one.country, say(one.title), one.stand_in] for one in unknown.values()],
    )


@presets.command("show", help="Show a rule as text (TOML), with its parts in it.")
@click.argument("name", metavar="ID")
@store_option
@click.pass_context
def show_preset(ctx: click.Context, name: str) -> None:
    """Print a rule as its text."""
    with _store(ctx, begin=True) as store:
        click.echo(api.export_preset(name, store), nl=False)


@presets.command("add", help="Save the rule in a file; the file's name is its name.")
@click.argument("file", metavar="FILE")
@click.option("--name", metavar="ID", help="Another name than that of the file.")
@click.option("--replace", "again", is_flag=True, help="In the place of your rule of that name.")
@store_option
@click.pass_context
def add_preset(ctx: click.Context, file: str, name: str | None, again: bool) -> None:
    """Keep a rule of one's own."""
    stem, text = _text_file(file)
    saved = name or stem
    with _store(ctx, begin=True) as store:
        api.save_preset(store, saved, text, instead=saved if again else "")
    click.echo(speaker_of(ctx).say("The rule {name} is saved.", name=saved))


@presets.command("check", help="Say what is wrong with a rule in a file, and keep nothing.")
@click.argument("file", metavar="FILE")
@click.pass_context
def check_preset(ctx: click.Context, file: str) -> None:
    """Check a rule and keep nothing."""
    found = api.read_preset(*_text_file(file))
    click.echo(speaker_of(ctx).say("{title}: this rule can be used.", title=found.title))


@presets.command("remove", help="Forget one of your rules; what was found by it stays.")
@click.argument("name", metavar="ID")
@store_option
@click.pass_context
def remove_preset(ctx: click.Context, name: str) -> None:
    """Take an own rule out of the store."""
    with _store(ctx) as store:
        api.remove_preset(store, name)
    click.echo(speaker_of(ctx).say("The rule {name} is removed.", name=name))


def _unknown(one: api.UnknownCriterion) -> dict[str, Any]:
    """Tell a definition that cannot be asked, in the words of those that can."""
    return {
        "id": one.id,
        "title": one.title,
        "country": one.country,
        "source": one.source,
        "known": False,
        "stand_in": one.stand_in or None,
        "notes": list(one.notes),
    }


def _preset(id_: str, one: api.Preset, part_of: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": id_,
        "title": one.title,
        "known": True,
        "parts": list(one.parts),
        "part_of": part_of.get(id_),
        "country": one.country,
        "source": one.source,
        "verified": one.verified,
        "place": one.place,
        "measure": one.measure,
    }


# ----------------------------------------------------------------- analysis


@crashkit.command(
    help="Find and rank blackspots of a data set by a named rule.",
    epilog='crashkit screen mine --preset count_1km --filter "severity=fatal,serious"',
)
@click.argument("dataset")
@click.option("--preset", required=True, metavar="ID", help="The named rule.")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a parameter of the rule."
)
@filter_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "geojson", "csv", "xlsx", "gpx", "kml"]),
    default=None,
    help="Print this format instead of a table; gpx and kml are for navigators and maps.",
)
@click.option(
    "--roads",
    metavar="NETWORK",
    help="The network of roads, for rules that look along one; default: the only one.",
)
@click.option(
    "--no-repeats",
    "repeat",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Do not ask again with something changed, to see which sites stay.",
)
@click.option("--out", metavar="FILE", help="Write to this file.")
@json_option
@store_option
@click.pass_context
def screen(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    preset: str,
    changes: tuple[str, ...],
    filter_words: str,
    format_: str | None,
    roads: str | None,
    repeat: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Ask a preset of a data set and print the ranked sites."""
    speaker, changed = speaker_of(ctx), _pairs(changes)
    with _store(ctx) as store, _progress(speaker.say) as progress:
        chosen = api.named_filter(store, dataset, filter_words)
        asked = api.ask(preset, changed, chosen, of=store)
        data = api.load(store, dataset)
        placed = api.place_on_roads(store, data, roads) if api.needs_roads(asked) else None
        result = api.screen(
            data,
            asked,
            progress,
            roads=placed,
            treated=api.treated_sites(store, dataset),
            repeat=repeat,
            evidence=api.evidence_text(store, data),
        )
        saved = api.recognise_sites(store, dataset, result)
        wanted = "json" if as_json else format_
        lines = api.site_lines(store, dataset, result) if wanted == "kml" else None
    _tell_emptied(data, api.parse_filter(asked.crashes), speaker)
    if wanted is None and out is None:
        _tell_sites(api.findings_document(result, speaker, saved=saved), speaker)
    elif wanted in (None, "json"):
        _print_or_write(api.findings_document(result, speaker, saved=saved), out)
    elif wanted == "geojson":
        _print_or_write(api.findings_geojson(result, speaker), out)
    else:
        _write_out(api.export_findings(result, wanted, speaker, lines=lines), out)


@crashkit.command(
    help="Put the blackspots of several rules, or of one rule in several periods, side by side.",
    epilog="crashkit compare mine --presets cz,ru_law,eb_excess_1km",
)
@click.argument("dataset")
@click.option("--presets", "names", metavar="ID,ID", help="The named rules, two to six of them.")
@click.option("--preset", metavar="ID", help="With --periods: the named rule.")
@click.option("--periods", metavar="YEARS,YEARS", help="Two or three periods: 2019-2021,2022-2024.")
@filter_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "geojson", "csv", "xlsx"]),
    default=None,
    help="Print json, geojson or csv instead of a table, or write xlsx.",
)
@click.option(
    "--roads",
    metavar="NETWORK",
    help="The network of roads, for rules that look along one; default: the only one.",
)
@click.option("--out", metavar="FILE", help="Write to this file.")
@json_option
@store_option
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    names: str | None,
    preset: str | None,
    periods: str | None,
    filter_words: str,
    format_: str | None,
    roads: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Ask several questions and print which places they share, and why they differ."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store, _progress(speaker.say) as progress:
        chosen = api.named_filter(store, dataset, filter_words)
        asked = _asked(names, preset, periods, chosen, store)
        data = api.load(store, dataset)
        on_roads = any(map(api.needs_roads, asked))
        found = api.compare(
            data,
            asked,
            progress,
            periods=periods is not None,
            roads=api.place_on_roads(store, data, roads) if on_roads else None,
            treated=api.treated_sites(store, dataset),
            evidence=api.evidence_text(store, data),
        )
    wanted = "json" if as_json else format_
    if wanted is None and out is None:
        _tell_comparison(found, speaker)
    elif wanted in (None, "json"):
        _print_or_write(api.comparison_document(found, speaker), out)
    elif wanted == "geojson":
        _print_or_write(api.comparison_geojson(found, speaker), out)
    else:
        _write_out(api.export_comparison(found, wanted, speaker), out)


def _asked(
    names: str | None,
    preset: str | None,
    periods: str | None,
    chosen: api.Filter,
    store: api.Store,
) -> tuple[api.Screening, ...]:
    if names and not (preset or periods):
        presets = [name.strip() for name in names.split(",") if name.strip()]
        return tuple(api.ask(name, {}, chosen, of=store) for name in presets)
    if preset and periods and not names:
        return api.ask_periods(preset, periods, {}, chosen, of=store)
    raise api.MethodError("Say either --presets ID,ID, or --preset ID with --periods YEARS,YEARS.")


def _tell_comparison(found: api.Comparison, speaker: api.Speaker) -> None:
    document, say = api.comparison_document(found, speaker), speaker.say
    for sentence in document["says"]:
        click.echo(sentence)
    heads = [say("List"), say("Title"), say("From"), say("Until"), say("Sites")]
    lines = [
        [
            *(one["list"], one["title"], one["period"]["from"], one["period"]["to"]),
            speaker.number(one["sites"]),
        ]
        for one in document["lists"]
    ]
    _print_table(heads, lines)
    headings = [
        *("Lists", "Places of both", "Share of crashes in both", "Kappa", "Ranks"),
    ]
    pairs = [
        [
            f"{one['first']} {one['second']}",
            speaker.number(one["places"]),
            _number(one["jaccard"], 2, speaker),
            _number(one["kappa"], 2, speaker),
            _number(one["ranks"], 2, speaker),
        ]
        for one in document["pairs"]
    ]
    _print_table([say(heading) for heading in headings], pairs)
    _tell_places(document, api.comparison_groups(found), say)
    for note in document["notes"]:
        click.echo(f"- {note}")


def _tell_places(
    document: Mapping[str, Any], groups: Mapping[str, Message], say: Callable[..., str]
) -> None:
    """Print which lists have each place, and then, place by place, what changed and why not."""
    letters = [one["list"] for one in document["lists"]]
    lines = [
        [
            f"{one['place']} {one['name']}",
            *(", ".join(map(str, each["ranks"])) for each in one["by_list"]),
            say(groups[one["group"]]),
        ]
        for one in document["places"]
    ]
    _print_table([say("Place"), *letters, say("Group")], lines)
    for one in document["places"]:
        said = [f"{each['list']}: {each['why_not']}" for each in one["by_list"] if each["why_not"]]
        if one["lasting"]:
            said.insert(0, one["lasting"]["change"])
        for line in said:
            click.echo(f"{one['place']} {line}")


def _tell_emptied(data: api.CrashData, chosen: api.Filter, speaker: api.Speaker) -> None:
    """Say beside the answer which conditions of a filter left nothing."""
    found = api.explain_empty(data, chosen)
    if found:
        click.echo(speaker.say("No crash passes this filter") + ".", err=True)
    for one in found:
        click.echo(f"- {speaker.say(one.message)}", err=True)


def _print_or_write(document: Any, out: str | None) -> None:
    if out is None:
        _print_json(document)
        return
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    _write_out(text.encode("utf-8"), out)


def _tell_sites(document: Mapping[str, Any], speaker: api.Speaker) -> None:
    click.echo(" ".join(document["support"]))
    headings = [
        *("Rank", "Road", "From km", "To km", "Crashes", "Killed", "Score"),
        *("Peers have", "Chance taken out", "Surely worse", "Stays", "Register"),
    ]
    lines = [
        [
            str(site["rank"]),
            site["road"] or "",
            _number(site["from_km"], 3, speaker),
            _number(site["to_km"], 3, speaker),
            _number(site["counts"].get("crashes"), 0, speaker),
            _number(site["counts"].get("killed"), 0, speaker),
            _number(site["score"], 2, speaker),
            _number(site["evidence"]["expected"], 1, speaker),
            _number(site["evidence"]["estimate"], 1, speaker),
            _number(site["evidence"]["worse"], 2, speaker),
            _number(site["evidence"]["stability"], 2, speaker),
            "" if site["register"] is None else str(site["register"]),
        ]
        for site in document["sites"]
    ]
    _print_table([speaker.say(heading) for heading in headings], lines)
    for note in document["notes"]:
        click.echo(f"- {note}")


def _number(value: float | None, digits: int, speaker: api.Speaker) -> str:
    return "" if value is None else speaker.number(value, digits)


@crashkit.command(
    help="Count crashes, casualties or vehicles by two fields, and test whether they go together.",
    epilog="crashkit tabulate mine --rows light --columns severity --show rows",
)
@click.argument("dataset")
@click.option("--rows", required=True, metavar="FIELD", help="The field of the rows.")
@click.option("--columns", required=True, metavar="FIELD", help="The field of the columns.")
@click.option("--unit", type=click.Choice(api.UNITS), default="crashes", help="What is counted.")
@click.option(
    "--show",
    type=click.Choice(list(api.CELLS_SHOWN)),
    default="counts",
    help="Counts, per cent of rows or columns, or rates.",
)
@click.option(
    "--exposure",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="A csv of the value of each row and its exposure, for rates.",
)
@click.option("--per", type=float, default=1.0, metavar="N", help="Rates are per so much exposure.")
@click.option(
    "--quantity",
    type=click.Choice(list(api.QUANTITIES)),
    help="What rates are by, of the exposure kept for the data set.",
)
@filter_option
@click.option("--format", "format_", type=click.Choice(["json", "csv"]), help="Print json or csv.")
@json_option
@store_option
@click.pass_context
def tabulate(
    ctx: click.Context,
    *,
    dataset: str,
    rows: str,
    columns: str,
    unit: str,
    show: str,
    exposure: str | None,
    per: float,
    quantity: str | None,
    filter_words: str,
    format_: str | None,
    as_json: bool,
) -> None:
    """Print a cross-table."""
    speaker = speaker_of(ctx)
    told = api.read_row_exposure(Path(exposure).read_bytes()) if exposure else None
    with _store(ctx) as store:
        whole = api.load(store, dataset)
        chosen = api.named_filter(store, dataset, filter_words)
        data = api.cut(whole, chosen)
        crossed = api.cross_table(
            data,
            rows,
            columns,
            unit=unit,
            show=show,
            exposure=told,
            per=per,
            told=api.list_exposure(store, dataset),
            quantity=quantity or "",
            whole=whole,
        )
    _tell_emptied(whole, chosen, speaker)
    if as_json or format_ == "json":
        _print_json(api.cross_table_document(crossed, data, speaker))
    elif format_ == "csv":
        _write_out(api.export_cross_table(crossed, "csv", speaker), None)
    else:
        _tell_table(crossed, speaker)


@crashkit.command(
    help="Ask one of the analyses of crashes: what was found, its numbers, its chart.",
    epilog="crashkit analyse mine hours --unit casualties --out hours.svg",
)
@click.argument("dataset")
@click.argument("name", required=False)
@click.option("--unit", type=click.Choice(api.UNITS), help="What is counted.")
@click.option("--set", "choices", multiple=True, metavar="NAME=WORD", help="What is chosen.")
@click.option("--other", metavar="FILTER", default="", help="A second filter, to compare with.")
@filter_option
@click.option(
    "--out", metavar="FILE", help="Write the numbers or the chart: .csv, .xlsx, .png or .svg."
)
@json_option
@store_option
@click.pass_context
def analyse(
    ctx: click.Context,
    *,
    dataset: str,
    name: str | None,
    unit: str | None,
    choices: tuple[str, ...],
    other: str,
    filter_words: str,
    out: str | None,
    as_json: bool,
) -> None:
    """Print what was found; without a name list what can be asked of these crashes."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        whole = api.load(store, dataset)
        chosen = api.named_filter(store, dataset, filter_words)
        data = api.cut(whole, chosen)
        if name is None:
            _tell_analyses(api.question(data, whole=whole, source=store), speaker)
            return
        known = api.list_analyses()
        asked = api.question(
            data,
            whole=whole,
            unit=unit or (known[name].units[0] if name in known else api.UNITS[0]),
            chosen=dict(_chosen_word(one) for one in choices),
            passed=chosen,
            other=api.named_filter(store, dataset, other) if other else None,
            source=store,
        )
        found = api.analyse(name, asked)
    if out:
        ending = Path(out).suffix.lower().lstrip(".") or "csv"
        origin = api.analysis_origin(found, asked, chosen)
        _write_out(api.export_analysis(found, ending, speaker, origin), out)
    if as_json:
        _print_json(api.analysis_document(found, data, speaker))
    elif not out:
        _tell_answer(found, speaker)


def _chosen_word(said: str) -> tuple[str, str]:
    name, mark, word = said.partition("=")
    if not mark:
        raise api.SettingError("“{word}” is no NAME=WORD.", word=said[:40])
    return name.strip(), word.strip()


def _tell_analyses(asked: api.Question, speaker: api.Speaker) -> None:
    for name, one in api.list_analyses().items():
        lacking = api.lacking(name, replace(asked, unit=one.units[0]))
        click.echo(f"{name:20} {speaker.say(lacking or one.summary)}")


def _tell_answer(found: api.Answer, speaker: api.Speaker) -> None:
    click.echo(speaker.say(found.title))
    for sentence in (*found.warnings, found.finding):
        click.echo(speaker.say(sentence))
    columns = found.table.columns
    _print_table(
        [speaker.say(one.title) for one in columns],
        [
            [
                _answer_cell(cell, one.kind, one.digits, speaker)
                for cell, one in zip(row, columns, strict=True)
            ]
            for row in found.table.rows
        ],
    )
    for sentence in found.notes:
        click.echo(speaker.say(sentence))


def _answer_cell(cell: Any, kind: str, digits: int, speaker: api.Speaker) -> str:
    if isinstance(cell, str | api.Message):
        return cell if isinstance(cell, str) else speaker.say(cell)
    if cell is None or isinstance(cell, date):
        return "" if cell is None else speaker.date(cell)
    return speaker.percent(cell, digits) if kind == "percent" else speaker.number(cell, digits)


MARKS = {1: " ▲", 0: "", -1: " ▼"}


def _tell_table(crossed: api.Crossed, speaker: api.Speaker) -> None:
    table = crossed.table
    heading = ["", *(speaker.say(label) for label in table.column_labels), speaker.say("Total")]
    lines = [
        [
            speaker.say(label),
            *(_cell(crossed, i, j, speaker) for j in range(len(table.columns))),
            speaker.number(sum(table.cells[i])),
        ]
        for i, label in enumerate(table.row_labels)
    ]
    click.echo(speaker.say(api.cross_table_title(crossed)))
    _print_table(heading, lines)
    for warning in table.warnings:
        click.echo(f"! {speaker.say(warning)}")
    click.echo(speaker.say(crossed.finding))
    for note in crossed.notes:
        click.echo(f"- {speaker.say(note)}")


def _cell(crossed: api.Crossed, row: int, column: int, speaker: api.Speaker) -> str:
    """Write what a cell shows: its count where there are too few for a share."""
    count, mark = crossed.table.cells[row][column], MARKS[crossed.marked[row][column]]
    figure = crossed.figures[row][column] if crossed.figures else None
    if figure is not None:
        return speaker.number(figure, 2 if crossed.show == "rates" else 1) + mark
    return (speaker.number(count) if crossed.show != "rates" else speaker.number(None)) + mark


# ------------------------------------------------------------------ quality

LINKAGE_SETTING = "CRASHKIT_LINKAGE_SECRET"
"""Where a script may keep the secret of a comparison; people are asked for it."""


@crashkit.command(
    help="Judge a data set: 21 checks, a grade, by reporting unit, and what to send back.",
    epilog="crashkit quality mine --units --complaints mend.xlsx",
)
@click.argument("dataset")
@click.option("--units", is_flag=True, help="Show each reporting unit, too.")
@click.option("--by", metavar="FIELD", help="The field of the units: admin2, admin1 or source_id.")
@click.option("--complaints", metavar="FILE", help="Write what to mend to this csv or xlsx file.")
@click.option("--unit", metavar="NAME", help="Of what to mend, only that of this unit.")
@click.option("--hospital", metavar="FILE", help="Compare with a hospital list, or with its keys.")
@click.option("--who-deaths", type=float, metavar="N", help="Deaths a year that the WHO estimates.")
@click.option(
    "--band",
    "bands",
    multiple=True,
    metavar="NAME=LOW-HIGH",
    help="What looks right, for example injured_per_death=10-40.",
)
@json_option
@store_option
@click.pass_context
def quality(
    ctx: click.Context,
    *,
    dataset: str,
    units: bool,
    by: str | None,
    complaints: str | None,
    unit: str | None,
    hospital: str | None,
    who_deaths: float | None,
    bands: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the scorecard of a data set, and write the list of what to mend."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        card = api.quality(
            store,
            dataset,
            by=by,
            hospital=_content(hospital) if hospital else None,
            secret=_secret(speaker) if hospital else "",
            who_deaths=who_deaths,
            bands={name: _band(words) for name, words in _pairs(bands).items()},
        )
        found = api.complaints_of(store, dataset, by=by, unit=unit) if complaints else ()
    if as_json:
        _print_json(api.quality_document(card, speaker))
    else:
        _tell_card(card, speaker, units=units)
    if complaints:
        format_ = Path(complaints).suffix.lower().lstrip(".") or "csv"
        _write_out(api.export_complaints(found, format_, speaker), complaints)


@crashkit.command(
    help="Say what a data set can and cannot support, and which screening suits it.",
    epilog="crashkit evidence mine --json",
)
@click.argument("dataset")
@click.option("--hospital", metavar="FILE", help="Compare with a hospital list, or with its keys.")
@json_option
@store_option
@click.pass_context
def evidence(ctx: click.Context, dataset: str, hospital: str | None, as_json: bool) -> None:
    """Print the two sentences that head every list of sites, and what they rest on."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        found = api.judge_evidence(
            store,
            api.load(store, dataset),
            hospital=_content(hospital) if hospital else None,
            secret=_secret(speaker) if hospital else "",
        )
    if as_json:
        _print_json(api.evidence_document(found, speaker))
    else:
        _tell_evidence(found, speaker)


def _tell_evidence(found: api.Support, speaker: api.Speaker) -> None:
    say = speaker.say
    click.echo(" ".join(map(say, found.text)))
    click.echo(
        say("Rung {id} of the data ladder: {title}.", id=found.rung.id, title=found.rung.title)
    )
    for missing in found.rung.missing:
        click.echo("- " + say("Missing for the next rung: {missing}", missing=missing))
    for one in found.aspects:
        click.echo(f"{say(one.title)}: {say(api.EVIDENCE_WORDS[one.holds])}. {say(one.follows)}")
        for sentence in one.found:
            click.echo(f"- {say(sentence)}")


def _content(file: str) -> bytes:
    return api.read_uploads([file])[0].content


def _secret(speaker: api.Speaker) -> str:
    """Ask for the secret of a comparison, which is shown nowhere and kept nowhere."""
    told = os.environ.get(LINKAGE_SETTING)
    return told or str(click.prompt(speaker.say("Secret of the comparison"), hide_input=True))


def _band(words: str) -> tuple[float, float]:
    low, _, high = words.partition("-")
    try:
        return float(low), float(high)
    except ValueError:
        raise usage.Misused(Message("{word} is not LOW-HIGH.", {"word": words})) from None


def _tell_card(card: api.Scorecard, speaker: api.Speaker, *, units: bool) -> None:
    say = speaker.say
    click.echo(say("Grade: {grade}", grade=card.grade or "–") + f". {say(card.verdict)}")
    click.echo(
        say("Rung {id} of the data ladder: {title}.", id=card.rung.id, title=card.rung.title)
    )
    for missing in card.rung.missing:
        click.echo("- " + say("Missing for the next rung: {missing}", missing=missing))
    headings = ["Check", "Title", "Blocks", "Quality grade", "Value", "95 % limits"]
    lines = [_line_of(one, say) for one in card.judged]
    _print_table([say(heading) for heading in headings], lines)
    for one in card.judged:
        for detail in one.details:
            click.echo(f"{one.check.number}: {say(detail)}")
    _tell_deaths(card.deaths, speaker)
    for told in card.breaks:
        click.echo(f"! {say(told)}")
    if units:
        _tell_units(card, speaker)


def _line_of(one: api.Judged, say: Callable[..., str]) -> list[str]:
    value, limits, _ = api.quality_words(one)
    return [
        str(one.check.number),
        say(one.check.title),
        say("yes") if one.check.blocking else "",
        one.grade or "–",
        say(value) if value else say("not judged"),
        say(limits) if limits else "",
    ]


def _tell_deaths(deaths: api.Deaths, speaker: api.Speaker) -> None:
    say = speaker.say
    if deaths.killed is None:
        return
    for note in deaths.notes:
        click.echo(say(note))
    estimate = deaths.killed_30d_est
    if deaths.factor is None or estimate is None:
        click.echo(say("Killed: {n}; within 30 days: not known.", n=deaths.killed))
        return
    click.echo(
        say(
            "Killed: {n}; within 30 days: about {estimate} (times {factor}).",
            n=deaths.killed,
            estimate=round(estimate),
            factor=speaker.number(deaths.factor.factor, 2),
        )
    )


def _tell_units(card: api.Scorecard, speaker: api.Speaker) -> None:
    say = speaker.say
    shown = [one.check for one in card.judged if any(one.check.id in u.marks for u in card.units)]
    headings = [
        say("Unit"),
        say("Crashes"),
        say("Quality grade"),
        *(str(one.number) for one in shown),
    ]
    lines = [
        [
            *(unit.name or say("not known"), speaker.number(unit.crashes), unit.grade or "–"),
            *(unit.marks[one.id].grade or "–" if one.id in unit.marks else "" for one in shown),
        ]
        for unit in card.units
    ]
    _print_table(headings, lines)


@crashkit.command(
    "linkage-keys",
    help="Turn a hospital list into keys that name nobody, to be compared with a data set.",
    epilog="crashkit linkage-keys hospital.csv --out keys.csv",
)
@click.argument("file")
@click.option("--out", metavar="FILE", help="Write to this file.")
@click.pass_context
def linkage_keys(ctx: click.Context, file: str, out: str | None) -> None:
    """Write the keys of a list; the secret is asked for and not kept."""
    content = _content(file)
    _write_out(api.linkage_keys(content, _secret(speaker_of(ctx))), out)


@crashkit.group(
    cls=SpokenGroup,
    invoke_without_command=True,
    help="List, show, add and remove report templates of your own.",
    epilog="crashkit templates add monthly.toml",
)
@json_option
@store_option
@click.pass_context
def templates(ctx: click.Context, as_json: bool) -> None:
    """List the report templates, where nothing else is asked for."""
    if ctx.invoked_subcommand is None:
        _list_templates(ctx, as_json)


@templates.command("list", help="List your report templates, the one changed last first.")
@json_option
@store_option
@click.pass_context
def list_templates(ctx: click.Context, as_json: bool) -> None:
    """List the report templates."""
    _list_templates(ctx, as_json)


def _list_templates(ctx: click.Context, as_json: bool) -> None:
    speaker = speaker_of(ctx)
    with _store(ctx, begin=True) as store:
        found = api.report_templates(store)
    if as_json:
        _print_json([api.report_template_document(one, speaker) for one in found])
        return
    _print_table(
        [speaker.say("Report template"), speaker.say("Title"), speaker.say("Parts")],
        [
            [
                one.name,
                one.template.title if one.template else "",
                speaker.number(len(one.template.parts)) if one.template else "",
            ]
            for one in found
        ],
    )
    for one in found:
        if one.trouble:
            click.echo(speaker.say(one.trouble), err=True)


@templates.command("show", help="Show a report template as text (TOML), to be kept as a file.")
@click.argument("name", metavar="NAME")
@json_option
@store_option
@click.pass_context
def show_template(ctx: click.Context, name: str, as_json: bool) -> None:
    """Print a report template as its text."""
    with _store(ctx, begin=True) as store:
        found = api.report_template(store, name)
    if as_json:
        _print_json(api.report_template_document(found, speaker_of(ctx)))
    else:
        click.echo(found.text, nl=False)


@templates.command("add", help="Save the report template in a file; the file's name is its name.")
@click.argument("file", metavar="FILE")
@click.option("--name", metavar="NAME", help="Another name than that of the file.")
@click.option("--replace", "again", is_flag=True, help="In the place of the one of that name.")
@store_option
@click.pass_context
def add_template(ctx: click.Context, file: str, name: str | None, again: bool) -> None:
    """Keep a report template."""
    stem, text = _text_file(file)
    found = api.read_report_template(name or stem, text)
    with _store(ctx, begin=True) as store:
        if again:
            api.replace_report_template(store, found)
        else:
            api.add_report_template(store, found)
    click.echo(speaker_of(ctx).say("The report template {name} is saved.", name=found.name))


@templates.command("remove", help="Forget a report template; reports written by it stay.")
@click.argument("name", metavar="NAME")
@store_option
@click.pass_context
def remove_template(ctx: click.Context, name: str) -> None:
    """Take a report template out of the store."""
    with _store(ctx) as store:
        api.remove_report_template(store, name)
    click.echo(speaker_of(ctx).say("The report template {name} is removed.", name=name))


@crashkit.command(
    help="Write a report, a standard one or of a template, as HTML, PDF, Word, Excel or JSON.",
    epilog="crashkit report mine --kind blackspot_list --preset count_1km --lang ru --format docx",
)
@click.argument("dataset", required=False)
@click.option("--list", "list_kinds", is_flag=True, help="List the kinds of report.")
@click.option("--kind", metavar="KIND", help="The kind of report.")
@click.option("--template", metavar="NAME", help="A report template of your own, in its place.")
@click.option(
    "--format", "format_", type=click.Choice(api.list_formats()), default="pdf", help="The format."
)
@click.option("--preset", metavar="ID", help="The named rule for the list of blackspots.")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a parameter of the rule."
)
@click.option(
    "--with",
    "with_",
    multiple=True,
    metavar="NAME=WORD",
    help="Choose an option of the report, such as month=2025-03; they stand in --list.",
)
@filter_option
@click.option(
    "--roads",
    metavar="NETWORK",
    help="The network of roads, for rules that look along one; default: the only one.",
)
@click.option(
    "--public",
    is_flag=True,
    help="For the public: hide small counts, and show no single crash or place.",
)
@click.option(
    "--threshold",
    type=click.IntRange(*api.PUBLIC_THRESHOLDS),
    default=api.PUBLIC_THRESHOLD,
    show_default=True,
    help="With --public: counts below it are hidden.",
)
@click.option(
    "--verify",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Write the report in a file anew from its receipt: is it equal, or what changed?",
)
@click.option("--out", metavar="FILE", help="Write to this file.")
@json_option
@store_option
@click.option("--lang", "lang", metavar="CODE", help="The language of the report: en, ru or zh.")
@click.option("--beside", metavar="CODE", help="A second language beside the first: texts in both.")
@click.pass_context
def report(
    ctx: click.Context,
    *,
    dataset: str | None,
    list_kinds: bool,
    kind: str | None,
    template: str | None,
    format_: str,
    lang: str | None,
    beside: str | None,
    preset: str | None,
    changes: tuple[str, ...],
    with_: tuple[str, ...],
    filter_words: str,
    roads: str | None,
    public: bool,
    threshold: int,
    verify: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """List the kinds of report, write one, or verify one."""
    if verify:
        _verify(ctx, Path(verify).read_bytes(), as_json)
        return
    if list_kinds:
        _tell_kinds(speaker_of(ctx), as_json)
        return
    if not (dataset and (kind or template)):
        raise usage.Misused(
            Message(
                "DATASET and --kind are needed; the kinds are listed by: crashkit report --list"
            )
        )
    if kind and template:
        raise usage.Misused(Message("A report is of a --kind or of a --template, not of both."))
    if changes and not preset:
        raise usage.Misused(Message("--set changes a rule; name the rule with --preset."))
    with _store(ctx) as store, _progress(speaker_of(ctx).say) as progress:
        chosen = api.named_filter(store, dataset, filter_words)
        asked = api.ask(preset, _pairs(changes), chosen, of=store) if preset else None
        data = api.load(store, dataset)
        along = asked is not None and api.needs_roads(asked)
        placed = api.place_on_roads(store, data, roads) if along else None
        own = api.find_report_template(store, template) if template else None
        written = api.write_report(
            data,
            kind=kind or "",
            template=own,
            language=lang or language_of(ctx),
            beside=beside or "",
            format=format_,
            chosen=chosen,
            asked=asked,
            roads=placed,
            evidence=api.evidence_text(store, data),
            scorecard=api.quality(store, dataset) if api.needs_quality(own or kind or "") else None,
            layers=api.report_layers(store, dataset),
            source=store,
            network=roads or "",
            public=threshold if public else 0,
            options=_pairs(with_),
            progress=progress,
        )
    _tell_emptied(data, chosen, speaker_of(ctx))
    _write_out(written.content, out or written.name)
    described = {
        "kind": kind or "",
        "template": template or "",
        "file": out or written.name,
        "bytes": len(written.content),
        "fingerprint": written.fingerprint,
    }
    if as_json:
        _print_json(described)
    elif out != "-":
        click.echo(
            speaker_of(ctx).say(
                "{file} is written; its fingerprint is {fingerprint}.",
                file=out or written.name,
                fingerprint=written.fingerprint,
            )
        )


@crashkit.command(
    help="Answer at once how many crashes there were at a place: a road and its km, a name, a "
    "point.",
    epilog='crashkit answer mine "A-2 km 41" --format pdf --lang ru',
)
@click.argument("dataset")
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--width",
    "width_m",
    type=float,
    metavar="METRES",
    help="How far around crashes count; default: 500 along a road, 250 around a point.",
)
@click.option("--kind", default="", metavar="KIND", help="Which kind of place, where several fit.")
@filter_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(api.list_formats()),
    help="Write a document of one page in this format.",
)
@click.option("--out", metavar="FILE", help="Write to this file.")
@json_option
@store_option
@click.option("--lang", "lang", metavar="CODE", help="The language of the answer: en, ru or zh.")
@click.pass_context
def answer(
    ctx: click.Context,
    *,
    dataset: str,
    words: tuple[str, ...],
    width_m: float | None,
    kind: str,
    filter_words: str,
    format_: str | None,
    out: str | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Print the answer, or write it; where several places fit, list them."""
    speaker = api.speaker(lang or language_of(ctx))
    with _store(ctx) as store:
        chosen = api.named_filter(store, dataset, filter_words)
        data = api.load(store, dataset)
        found = api.find_place(store, data, " ".join(words), width_m=width_m, kind=kind)
        layers = api.report_layers(store, dataset)
    counted = None if found.place is None else api.answer_place(data, found.place, chosen)
    if as_json:
        _print_json(api.answer_document(found, counted, data, speaker))
    elif counted is None:
        _tell_offered(found, data, speaker)
        ctx.exit(1)
    elif format_ is None:
        _tell_counted(found, counted, speaker)
    else:
        written = api.write_answer(
            data, counted, language=speaker.language, format=format_, layers=layers
        )
        _write_out(written.content, out or written.name)
        if out != "-":
            click.echo(speaker.say("{file} is written.", file=out or written.name))


def _tell_offered(found: api.PlaceFound, data: api.CrashData, speaker: api.Speaker) -> None:
    """Say why there is no answer yet, and list what may be meant, or what comes near."""
    say = speaker.say
    for note in found.notes:
        click.echo(say(note), err=True)
    several = Message("Several places fit. Ask for one of them, with its kind:")
    near = Message("These come near:")
    offered = found.places or found.near
    if offered:
        click.echo(say(several if found.places else near), err=True)
        lines = [
            [one.words, one.kind, say(one.label), speaker.number(api.count_at(data, one))]
            for one in offered
        ]
        _print_table([say("Ask for"), "--kind", say("Place"), say("Crashes")], lines)


def _tell_counted(found: api.PlaceFound, counted: api.QuickAnswer, speaker: api.Speaker) -> None:
    say = speaker.say
    for note in found.notes:
        click.echo(say(note))
    click.echo(say(counted.sentence))
    if counted.years:
        table = api.answer_years(counted)
        lines = [[_said(cell, speaker) for cell in row] for row in table.rows]
        _print_table([say(one.title) for one in table.columns], lines, width=WIDE)
    for doubt in counted.doubts:
        click.echo(say(doubt))


def _said(cell: Any, speaker: api.Speaker) -> str:
    if isinstance(cell, Message):
        return speaker.say(cell)
    return "" if cell is None else cell if isinstance(cell, str) else speaker.number(cell)


def _verify(ctx: click.Context, content: bytes, as_json: bool) -> None:
    """Say whether a report is equal to what is written now; end with 1 where it is not."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store, _progress(speaker.say) as progress:
        found = api.verify_report(store, content, progress)
    if as_json:
        _print_json(api.verified_document(found, speaker))
    else:
        for sentence in found.sentences:
            click.echo(speaker.say(sentence))
        for here, anew in found.lines:
            click.echo(f"- {here}\n+ {anew}")
    if not found.equal:
        ctx.exit(1)


def _tell_kinds(speaker: api.Speaker, as_json: bool) -> None:
    kinds = api.list_kinds()
    if as_json:
        _print_json(
            [
                {
                    "id": id_,
                    "title": str(one.title),
                    "formats": list(api.list_formats()),
                    "options": [option.name for option in one.options],
                }
                for id_, one in kinds.items()
            ]
        )
        return
    _print_table(
        [speaker.say("Report"), speaker.say("Title"), speaker.say("Options")],
        [
            [id_, speaker.say(one.title), ", ".join(option.name for option in one.options)]
            for id_, one in kinds.items()
        ],
    )


@crashkit.command(
    help="Write crashes as CSV, Excel or GeoJSON.",
    epilog="crashkit export mine --format xlsx --out crashes.xlsx",
)
@click.argument("dataset")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "xlsx", "geojson"]),
    default="csv",
    help="The format.",
)
@filter_option
@click.option("--out", metavar="FILE", help="Write to this file.")
@store_option
@click.pass_context
def export(
    ctx: click.Context, dataset: str, format_: str, filter_words: str, out: str | None
) -> None:
    """Write the filtered crashes to a file or to the standard output."""
    with _store(ctx) as store:
        chosen = api.named_filter(store, dataset, filter_words)
        data = api.load(store, dataset)
    _tell_emptied(data, chosen, speaker_of(ctx))
    _write_out(api.export_crashes(api.cut(data, chosen), format_), out)


# ------------------------------------------------------------------ records


@crashkit.group(cls=SpokenGroup, help="Show one crash, or change it with a reason.")
def crash() -> None:
    """Gather what is done with one crash."""


ROW_NUMBER = re.compile(r"(new(?=[0-9]*$)|[+](?=[0-9])|(?=[0-9]))([0-9]{0,9})")
"""The number of a vehicle or person: 2 as told, +2 as added by hand, new and new2 to be added."""


@crash.command(
    help="Show all that is known of one crash, by its crash number or its number in the data set.",
    epilog="crashkit crash show mine 2024-0017",
)
@click.argument("dataset")
@click.argument("number")
@json_option
@store_option
@click.pass_context
def show(ctx: click.Context, dataset: str, number: str, as_json: bool) -> None:
    """Print a crash with its vehicles and people, and what was changed by hand."""
    with _store(ctx) as store:
        record = _record(store, dataset, number)
    if as_json:
        _print_json(api.record_document(record))
        return
    say = speaker_of(ctx).say
    lines = [line for row in record.rows for line in _row_lines(row, say)]
    _print_table([say("Field"), say("Label"), say("Value"), say("The source said")], lines)
    for one in record.edits:
        if one.undone is None:
            place = _place(one.table, one.n, one.field)
            click.echo(f"{one.change}  {one.at:%Y-%m-%d}  {place}  {one.who}  {one.reason}")


def _record(store: api.Store, dataset: str, number: str) -> api.CrashRecord:
    return api.crash_record(store, dataset, api.crash_number(api.load(store, dataset), number))


def _row_lines(row: api.RecordRow, say: Callable[..., str]) -> Iterator[list[str]]:
    """Yield what is known of a row; of one added or removed by hand that first."""
    if row.state != api.TOLD:
        told = api.state_label(api.TOLD if row.n > 0 else None)
        head = [
            _place(row.table, row.n, api.ROW),
            say(api.place_label((row.table, row.n, api.ROW))),
        ]
        yield [*head, say(api.state_label(row.state)), say(told)]
    for name in sorted(row.now.keys() | row.told.keys()):
        yield [_place(row.table, row.n, name), *_values(name, row, say)]


def _place(table: str, n: int, name: str) -> str:
    """Name a field as --set takes it."""
    if table == "crash":
        return name
    row = f"{table}.{_row_word(n)}"
    return row if name == api.ROW else f"{row}.{name}"


def _row_word(n: int) -> str:
    """Return the number of a vehicle or person; those added by hand count by themselves."""
    if n <= api.NEW:
        return f"new{api.NEW + 1 - n}"
    return str(n) if n > 0 else f"+{-n}"


def _values(name: str, row: Any, say: Callable[..., str]) -> list[str]:
    now, told = (api.field_word(of.get(name)) for of in (row.now, row.told))
    return [say(api.field_label(name)), now or "–", "" if now == told else told or "–"]


@crash.command(
    help="Change one crash, by its crash number or its number in the data set: its fields, its "
    "vehicles, its people.",
    epilog='crashkit crash edit mine 2024-0017 --set person.1.injury=killed --reason "died later"',
)
@click.argument("dataset")
@click.argument("number")
@click.option(
    "--set",
    "words",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field of the crash, vehicle.N or person.N with its new value; nothing for not known. "
    "vehicle.new and person.new add one, new2 a second.",
)
@click.option(
    "--remove",
    multiple=True,
    metavar="ROW",
    help="A vehicle or person that was not in the crash: person.2.",
)
@click.option("--restore", multiple=True, metavar="ROW", help="One that was removed: person.2.")
@click.option("--reason", required=True, metavar="WORDS", help="Why it is changed.")
@click.option("--who", default="", metavar="NAME", help="Who changes it.")
@store_option
@click.pass_context
def edit(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    number: str,
    words: tuple[str, ...],
    remove: tuple[str, ...],
    restore: tuple[str, ...],
    reason: str,
    who: str,
) -> None:
    """Change a crash and print what changed with it; each wrong value is told."""
    say = speaker_of(ctx).say
    pairs = {
        **_pairs(words),
        **{f"{row}.{api.ROW}": api.REMOVED for row in remove},
        **{f"{row}.{api.ROW}": "" for row in restore},
    }
    said = {_said_place(name): value for name, value in pairs.items()}
    with _store(ctx) as store:
        record = _record(store, dataset, number)
        try:
            done = api.edit_crash(store, record, said, reason=reason, who=who)
        except api.WrongValues as error:
            for (table, n, name), message in error.wrong.items():
                click.echo(f"{_place(table, n, name)}: {say(message)}", err=True)
            ctx.exit(1)
    for one in done.changes:
        click.echo(f"{_place(one.table, one.n, one.field)}={api.field_word(one.value)}")
    for note in done.notes:
        click.echo(say(note), err=True)


def _said_place(name: str) -> tuple[str, int, str]:
    table, _, rest = name.partition(".")
    word, _, field = rest.partition(".")
    found = ROW_NUMBER.fullmatch(word)
    if found is None or not field:
        return ("crash", 0, name)
    kind, digits = found.groups()
    n = int(digits or 1)
    if kind == "new":
        return (table, api.NEW + 1 - n, field)
    return (table, -n if kind == "+" else n, field)


# --------------------------------------------------------- country and store


@crashkit.command(
    help="Invent a country with roads, traffic, planted blackspots and crashes.",
    epilog="crashkit synth --crashes 10000 --seed 7 --out country",
)
@click.option("--crashes", type=click.IntRange(100, 10_000_000), required=True, help="How many.")
@click.option("--seed", type=int, required=True, help="The same seed gives the same country.")
@click.option("--out", required=True, metavar="DIR", help="The folder for the files.")
@json_option
@click.pass_context
def synth(ctx: click.Context, crashes: int, seed: int, out: str, as_json: bool) -> None:
    """Write an invented country to a folder."""
    speaker = speaker_of(ctx)
    with _progress(speaker.say) as progress:
        api.make_country(out, crashes=crashes, seed=seed, progress=progress)
    files = sorted(path.name for path in Path(out).iterdir())
    if as_json:
        _print_json({"folder": out, "seed": seed, "crashes": crashes, "files": files})
        return
    click.echo(speaker.say("The invented country is in {folder}.", folder=out))


@crashkit.group(
    cls=SpokenGroup,
    help="Judge methods where the truth is known.",
    epilog="crashkit bench identify --short",
)
def bench() -> None:
    """Group the benchmarks."""


@bench.command(
    "identify",
    help="Judge places and measures in invented worlds: which find the dangerous places?",
    epilog="crashkit bench identify --short --json",
)
@click.option(
    "--world",
    "worlds",
    multiple=True,
    type=click.Choice(["A", "B", "C"]),
    help="A: sites with traffic; B: roads of unequal length; C: routes with hotspots; or all.",
)
@click.option(
    "--replicates",
    type=click.IntRange(1, 100_000),
    help="How often A and B are drawn; C a tenth as often.",
)
@click.option("--seed", type=click.IntRange(0), help="The same seed gives the same figures.")
@click.option("--short", is_flag=True, help="Few replicates, in half a minute; bars are wider.")
@click.option(
    "--cases",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Reference cases for bar B1.",
)
@json_option
@click.pass_context
def bench_identify(
    ctx: click.Context, /, as_json: bool, worlds: tuple[str, ...], **asked: Any
) -> None:
    """Print figures beside those measured before, and bars; end with 1 where a bar is broken."""
    speaker = speaker_of(ctx)
    with _progress(speaker.say) as progress:
        found = api.judge_methods(worlds or ("A", "B", "C"), progress=progress, **asked)
    if as_json:
        _print_json(api.judged_document(found, speaker))
    else:
        _tell_bench(found, speaker)
    if not found.holds:
        ctx.exit(1)


def _tell_bench(found: Any, speaker: api.Speaker) -> None:
    for name, headings, lines in api.judged_tables(found, speaker):
        if name:
            click.echo(speaker.say("World {world}", world=name))
        _print_table([speaker.say(heading) for heading in headings], lines, width=WIDE)
        click.echo()


@bench.command(
    "routes",
    help="Write the crashes, roads and truth of an invented network of routes to a folder.",
    epilog="crashkit bench routes --seed 7 --records rough --out routes",
)
@click.option(
    "--seed", type=click.IntRange(0), required=True, help="The same seed, the same files."
)
@click.option(
    "--records",
    type=click.Choice(api.record_kinds()),
    default="rough",
    help="What the police file does to places.",
)
@click.option("--out", required=True, metavar="DIR", help="The folder for the files.")
@json_option
@click.pass_context
def bench_routes(ctx: click.Context, seed: int, records: str, out: str, as_json: bool) -> None:
    """Write an invented network, to try the import with."""
    rows = api.make_routes(out, seed=seed, records=records)
    files = sorted(path.name for path in Path(out).iterdir())
    if as_json:
        _print_json({"folder": out, "seed": seed, "crashes": rows, "files": files})
        return
    speaker = speaker_of(ctx)
    click.echo(speaker.say("The invented routes are in {folder}.", folder=out))


@crashkit.group(
    cls=SpokenGroup,
    invoke_without_command=True,
    help="Roads and water on the map, from your own extract: add, list, remove.",
    epilog="crashkit basemap add kyrgyzstan-latest.osm.pbf",
)
@json_option
@click.pass_context
def basemap(ctx: click.Context, as_json: bool) -> None:
    """List the extracts, where nothing else is asked for."""
    if ctx.invoked_subcommand is None:
        _list_extracts(ctx, as_json)


@basemap.command(
    "add",
    help="Put the main roads and the water of a file on the map: .osm.pbf, .gpkg or .pmtiles.",
    epilog="crashkit basemap add kyrgyzstan-latest.osm.pbf --name kyrgyzstan",
)
@click.argument("file")
@click.option("--name", metavar="NAME", help="What to call it; default: as the file.")
@click.option("--roads", metavar="LAYER", help="The layer of a GeoPackage that holds the roads.")
@click.option("--water", metavar="LAYER", help="The layer of a GeoPackage that holds the water.")
@click.option(
    "--class-field", metavar="FIELD", help="The field of a GeoPackage that tells the road class."
)
@click.option(
    "--attribution",
    metavar="TEXT",
    help="Whose data they are, said below each map; default: what the file says itself.",
)
@click.option("--replace", is_flag=True, help="Put it in the place of the one of the same name.")
@json_option
@click.pass_context
def add_extract(ctx: click.Context, /, file: str, as_json: bool, **said: Any) -> None:
    """Add an extract; it is on every map at once."""
    speaker = speaker_of(ctx)
    with _progress(speaker.say) as progress:
        added = api.add_extract(file, progress=progress, **said)
    if as_json:
        _print_json([added.document()])
        return
    click.echo(speaker.say("{name} is on the map now.", name=added.name))
    if not added.attribution:
        click.echo(
            speaker.say(
                "The file does not say whose data it holds. Say it with --attribution and "
                "--replace, so that it stands below each map."
            )
        )


@basemap.command("list", help="List the extracts that were added.")
@json_option
@click.pass_context
def list_extracts(ctx: click.Context, as_json: bool) -> None:
    """List the extracts."""
    _list_extracts(ctx, as_json)


def _list_extracts(ctx: click.Context, as_json: bool) -> None:
    found = api.list_extracts()
    if as_json:
        _print_json([one.document() for one in found])
        return
    speaker = speaker_of(ctx)
    if not found:
        click.echo(
            speaker.say("There is no extract yet. Add one with: crashkit basemap add FILE.osm.pbf")
        )
        return
    headings = [
        *(speaker.say("Extract"), speaker.say("File"), speaker.say("Kind")),
        *(speaker.say("Megabytes"), speaker.say("Attribution")),
    ]
    lines = [
        [
            one.name,
            one.source,
            speaker.say(one.trouble) if one.trouble else one.schema,
            speaker.number(round(one.size / 1e6, 1)),
            one.attribution,
        ]
        for one in found
    ]
    _print_table(headings, lines)


@basemap.command("remove", help="Take an extract off the map and delete its tiles.")
@click.argument("name")
@click.pass_context
def remove_extract(ctx: click.Context, name: str) -> None:
    """Remove an extract; the file it was made of stays where it is."""
    api.remove_extract(name)
    click.echo(speaker_of(ctx).say("{name} is no longer on the map.", name=name))


@crashkit.command(
    "spf",
    help="Fit a safety performance function to a table of sites, or calibrate one of a book.",
    epilog="crashkit spf sections.csv --years 3 --out expected.csv",
)
@click.argument("file", required=False)
@click.option("--list", "list_models", is_flag=True, help="List the models of books.")
@click.option("--years", type=float, metavar="N", help="Of how many years the crashes are.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Say which column is what, for example crashes=TOTAL; may be said again.",
)
@click.option("--length-unit", metavar="UNIT", default="", help="The unit of lengths: km, mi or m.")
@click.option(
    "--overdispersion",
    "kind",
    type=click.Choice(api.OVERDISPERSIONS),
    default=api.OVERDISPERSIONS[-1],
    help="One k for all sites, a k of their length, or the better of the two.",
)
@click.option("--calibrate", "model", metavar="MODEL", help="Make this model of a book fit them.")
@click.option("--anyway", is_flag=True, help="Fit a model where there are too few data as well.")
@click.option("--encoding", metavar="NAME", help="The encoding of the table, for example cp1251.")
@click.option("--delimiter", metavar="SIGN", help="The sign between the cells of the table.")
@click.option("--header-row", metavar="N", help="The line of the table with the column names.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook.")
@click.option("--out", metavar="FILE", help="Write what is expected at each site to this csv file.")
@click.option("--cure", metavar="FILE", help="Draw the cumulative residuals to this png file.")
@click.option("--cure-by", metavar="COLUMN", default="", help="Along what: aadt, length ...")
@json_option
@click.pass_context
def fit_model(
    ctx: click.Context,
    /,
    *,
    file: str | None,
    list_models: bool,
    columns: tuple[str, ...],
    years: float | None,
    length_unit: str,
    kind: str,
    model: str | None,
    anyway: bool,
    out: str | None,
    cure: str | None,
    cure_by: str,
    as_json: bool,
    **options: str | None,
) -> None:
    """Fit or calibrate a model, and tell how good it is."""
    speaker = speaker_of(ctx)
    if list_models:
        _tell_models(speaker, as_json)
        return
    if file is None:
        raise usage.Misused(
            Message("FILE is needed; the models are listed by: crashkit spf --list")
        )
    sites = api.read_sites(
        file,
        columns=_pairs(columns),
        years=years,
        length_unit=length_unit,
        options={name: said for name, said in options.items() if said},
    )
    if model:
        found = api.calibrate_sites(sites, model)
    else:
        found = api.model_sites(sites, kind=kind, anyway=anyway)
    document = api.model_document(found, speaker)
    if out:
        _write_out(api.export_estimates(found), out)
    if cure:
        figure = api.walk_figure(found, cure_by)
        _write_out(api.draw_figure(figure, speaker, width_mm=160, height_mm=80), cure)
    if as_json:
        _print_json(document)
    elif out != "-":
        _tell_fitted(document, speaker)


def _tell_models(speaker: api.Speaker, as_json: bool) -> None:
    found = api.list_models()
    if as_json:
        _print_json(
            [
                {"id": name, "title": speaker.say(one.title), "source": one.source}
                for name, one in found.items()
            ]
        )
        return
    lines = [[name, speaker.say(one.title), one.source] for name, one in found.items()]
    _print_table([speaker.say("Model"), speaker.say("Title"), speaker.say("Source")], lines)


def _tell_fitted(document: dict[str, Any], speaker: api.Speaker) -> None:
    say = speaker.say
    for note in document["missing"]:
        click.echo(f"! {note}")
    if document["model"] is None:
        click.echo(say("There is no model; what each class has stands in its place:"))
        heads = [say("Class"), say("Sites"), say("Crashes per km and year"), "k"]
        if document["km"] is None:
            heads[2] = say("Crashes a year")
        lines = [
            [one["class"], str(one["sites"]), _figure(one["rate"]), _figure(one["k"])]
            for one in document["classes"]
        ]
        _print_table(heads, lines)
    else:
        _tell_model(document, speaker)
    for note in document["notes"]:
        click.echo(f"- {note}")


def _tell_model(document: dict[str, Any], speaker: api.Speaker) -> None:
    say, model = speaker.say, document["model"]
    lines = [[one["name"], _figure(one["value"]), _figure(one["error"])] for one in model["terms"]]
    names = ("k", "k0_per_km", "k0_per_mi", "phi_per_km")
    spread = [(name, model["dispersion"][name]) for name in names if name in model["dispersion"]]
    lines += [[name, _figure(value), ""] for name, value in spread]
    lines[-len(spread)][2] = _figure(model["dispersion"]["error"])
    if model["aic"] is not None:
        lines.append(["AIC", _figure(model["aic"]), ""])
    if document["calibration"]:
        lines.append(["C", _figure(document["calibration"]["factor"]), ""])
        lines.append(["CV(C)", _figure(document["calibration"]["cv"]), ""])
    _print_table([say("Term"), say("Value"), say("Standard error")], lines)
    if not document["cure"]:
        return
    heads = [say("Residuals by"), say("Outside the limits, %"), say("Farthest"), say("Accepted")]
    words = {True: say("yes"), False: say("no")}
    walks = [
        [one["by"], _figure(one["percent_outside"]), _figure(one["farthest"])]
        + [words[one["accepted"]]]
        for one in document["cure"]
    ]
    _print_table(heads, walks)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


@crashkit.group(
    cls=SpokenGroup,
    help="Networks of roads: import, list, remove, and what crashes call their roads.",
    epilog="crashkit roads import roads.gpkg --name main",
)
def roads() -> None:
    """Hold the commands about networks of roads."""


@roads.command(
    "import",
    help="Read a road layer (GeoJSON, zipped Shapefile, .gpkg, .osm.pbf) or a table with km posts.",
    epilog="crashkit roads import roads.zip --name main --column road_number=ROAD_ID",
)
@click.argument("file")
@click.option("--name", metavar="NAME", help="What to call the network; default: as the file.")
@click.option("--title", metavar="TEXT", default="", help="What people read; default: its name.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Say which column is what, for example aadt=TRAFFIC; may be said again.",
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="WORD=CODE",
    help="Say what a word of their road classes means, for example II=regional; may be said again.",
)
@click.option("--post-unit", metavar="UNIT", help="The unit of km posts: km, m or mi.")
@click.option("--speed-unit", metavar="UNIT", help="The unit of speed limits: km/h or mph.")
@click.option("--year", metavar="YEAR", help="Of a table with several years: the one that counts.")
@click.option("--layer", metavar="NAME", help="The layer of a GeoPackage that holds the roads.")
@click.option(
    "--crs",
    metavar="SYSTEM",
    help="The coordinate system of a file that names none, for example EPSG:32643.",
)
@click.option(
    "--encoding", metavar="NAME", help="Encoding of a table or a Shapefile, for example cp1251."
)
@click.option("--delimiter", metavar="SIGN", help="The sign between the cells of a table.")
@click.option("--header-row", metavar="N", help="The line of a table with the column names.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook.")
@click.option(
    "--sections",
    metavar="FILE",
    help="A table of traffic, class or speed limit by km posts, to be laid on the roads.",
)
@click.option(
    "--equations",
    metavar="FILE",
    help="A table of chainage equations: road, back_km, ahead_km.",
)
@click.option("--replace", is_flag=True, help="Put it in the place of the one of the same name.")
@click.option("--preview", is_flag=True, help="Say what would happen and keep nothing.")
@json_option
@store_option
@click.pass_context
def import_roads(
    ctx: click.Context,
    /,
    *,
    file: str,
    name: str | None,
    title: str,
    columns: tuple[str, ...],
    classes: tuple[str, ...],
    sections: str | None,
    equations: str | None,
    replace: bool,
    preview: bool,
    as_json: bool,
    **answers: str | None,
) -> None:
    """Read a file of roads, tell what was taken for what, and keep the network."""
    speaker = speaker_of(ctx)
    name = name or _stem(file)
    with _progress(speaker.say) as progress:
        read = api.read_roads(
            file,
            columns=_pairs(columns),
            classes=_pairs(classes),
            sections=sections,
            equations=equations,
            options={key: word for key, word in answers.items() if word is not None},
            progress=progress,
        )
    if not preview:
        with _store(ctx, begin=True) as store:
            api.save_roads(store, name, read, title=title, replace=replace)
    document = {"name": name, "kept": not preview, **read.document(speaker.say)}
    if as_json:
        _print_json(document)
        return
    _tell_roads(document, speaker)


def _stem(file: str) -> str:
    """Return the name of a file as a name in the store: letters, digits, hyphens."""
    plain = re.sub(r"(\.osm)?\.\w+$", "", Path(file).name)
    return re.sub(r"[^\w-]+", "-", plain).strip("-_")[:60] or "roads"


def _tell_roads(document: Mapping[str, Any], speaker: api.Speaker) -> None:
    say = speaker.say
    click.echo(
        say(
            "{taken} of {read} rows were taken: {stretches} stretches of {roads} roads, {km} km.",
            **{key: document[key] for key in ("taken", "read", "stretches", "roads", "km")},
        )
    )
    for one in document["left_out"]:
        click.echo(say("Left out: {n}. {reason}", n=one["count"], reason=one["message"]))
    told = [[ours, theirs, _others(document, ours)] for ours, theirs in document["columns"].items()]
    _print_table([say("Meaning"), say("Column"), say("May be the same")], told)
    unknown = [word for word, code in document["classes"].items() if not code]
    if unknown:
        words = ", ".join(unknown[:20])
        click.echo(
            say(
                "These classes are not known; say them with --class WORD=CODE: {words}", words=words
            )
        )
    for issue in document["issues"]:
        click.echo(": ".join(filter(None, (issue["field"], issue["message"]))))
    if document["kept"]:
        click.echo(say("The network {name} is kept.", name=document["name"]))


def _others(document: Mapping[str, Any], ours: str) -> str:
    return ", ".join(document["others"].get(ours, ()))


@roads.command("list", help="List the networks of roads.")
@json_option
@store_option
@click.pass_context
def list_roads(ctx: click.Context, as_json: bool) -> None:
    """List the networks of roads in the store."""
    speaker = speaker_of(ctx)
    say = speaker.say
    with _store(ctx) as store:
        found = api.road_networks(store)
    if as_json:
        _print_json([one.document() for one in found])
        return
    if not found:
        click.echo(
            say("There is no network of roads yet. Add one with: crashkit roads import FILE")
        )
        return
    lines = [
        [
            one.name,
            one.title,
            speaker.number(one.stretches),
            speaker.number(round(one.km, 1)),
            ", ".join(day.isoformat() for day in one.versions),
            one.info.get("file", ""),
            one.at.date().isoformat(),
        ]
        for one in found
    ]
    heads = [say("Network"), say("Title"), say("Stretches"), say("Kilometres")]
    _print_table([*heads, say("Changes on"), say("File"), say("Added")], lines)


@roads.command(
    "locate",
    help="Put the crashes of a data set on the roads of a network, and say how well that went.",
    epilog="crashkit roads locate police --roads main --out where.csv",
)
@click.argument("dataset")
@click.option("--roads", "name", metavar="NETWORK", help="Which network; default: the only one.")
@click.option(
    "--out", metavar="FILE", help="Write where each crash lies, or why on no road, as CSV."
)
@click.option("--reason", metavar="CODE", default="", help="With --out: only crashes of a reason.")
@json_option
@store_option
@click.pass_context
def locate_on_roads(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    name: str | None,
    out: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """Put crashes on roads; nothing is kept, so that it is true after every import and mending."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        kept = api.choose_network(store, name)
        if kept is None:
            raise api.NotFound(
                "There is no network of roads yet. Add one with: crashkit roads import FILE"
            )
        network, data = api.load_roads(store, kept.name), api.load(store, dataset)
    located = api.locate(data, network, kept.aliases)
    found = api.road_coverage(located, data)
    if out is not None:
        places = api.road_places(located, data, reason)
        _write_out(api.export_road_places(places, speaker), out)
    document = api.coverage_document(found, kept.name, speaker)
    if as_json:
        _print_json(document)
        return
    _tell_coverage(document, speaker)


def _tell_coverage(document: Mapping[str, Any], speaker: api.Speaker) -> None:
    say = speaker.say
    click.echo(
        say(
            "{placed} of {crashes} crashes lie on a road of the network {name}.",
            placed=document["placed"],
            crashes=document["crashes"],
            name=document["roads"],
        )
    )
    rows = [
        [one["grade"], one["why"], speaker.number(one["crashes"]), one["reason"]]
        for one in document["reasons"]
    ]
    _print_table([say("Grade of the place"), say("Reason"), say("Crashes"), say("Code")], rows)
    for note in document["notes"]:
        click.echo(note)
    names = document["unknown_names"]
    if names:
        click.echo(say("Names the network lacks:"))
        lines = [
            [one["name"], speaker.number(one["crashes"]), one["near"], one["alike"]]
            for one in names[:20]
        ]
        _print_table([say("Name"), say("Crashes"), say("Near"), say("Perhaps")], lines)


@roads.command(
    "corridors",
    help="Tell the corridors of a network by a table, in the place of those before; or list them.",
    epilog="crashkit roads corridors main carec.csv",
)
@click.argument("network")
@click.argument("file", required=False)
@json_option
@store_option
@click.pass_context
def corridors_of_roads(ctx: click.Context, network: str, file: str | None, as_json: bool) -> None:
    """Keep or list corridors: corridor, road, from_km, to_km; they outlive a file of roads."""
    speaker = speaker_of(ctx)
    say = speaker.say
    with _store(ctx) as store:
        if file is not None:
            store.save_road_corridors(network, api.read_corridors(file))
        told, roads_ = store.road_corridors(network), api.load_roads(store, network)
    if as_json:
        _print_json([_corridor(one, roads_) for one in told])
        return
    heads = [say("Corridor"), say("Sections"), say("Kilometres"), say("Roads the network lacks")]
    lines = [
        [
            one.name,
            speaker.number(len(one.sections)),
            speaker.number(round(api.corridor_km(roads_, one), 1)),
            ", ".join(api.missing_roads(roads_, [one])),
        ]
        for one in told
    ]
    _print_table(heads, lines)


def _corridor(one: api.Corridor, network: api.RoadNetwork) -> dict[str, Any]:
    return {
        "corridor": one.name,
        "sections": len(one.sections),
        "km": round(api.corridor_km(network, one), 3),
        "missing_roads": list(api.missing_roads(network, [one])),
    }


@roads.command("remove", help="Delete a network of roads.")
@click.argument("name")
@store_option
@click.pass_context
def remove_roads(ctx: click.Context, name: str) -> None:
    """Delete a network of roads; the file it came from stays where it is."""
    with _store(ctx) as store:
        api.remove_roads(store, name)
    click.echo(speaker_of(ctx).say("The network {name} is deleted.", name=name))


@roads.command(
    "alias",
    help="Say which road of a network is meant by a name that crashes give; without it, forget it.",
    epilog='crashkit roads alias main "Bishkek - Osh" M-41',
)
@click.argument("network")
@click.argument("name")
@click.argument("road", required=False)
@store_option
@click.pass_context
def alias_road(ctx: click.Context, network: str, name: str, road: str | None) -> None:
    """Keep or forget an alias; it holds for the next file of the network, too."""
    say = speaker_of(ctx).say
    with _store(ctx) as store:
        if road is None:
            store.remove_road_alias(network, name)
        else:
            store.save_road_alias(network, name, road)
    click.echo(
        say("“{name}” is no longer another name of a road.", name=name)
        if road is None
        else say("“{name}” is the road {road} from now on.", name=name, road=road)
    )


@crashkit.group(
    cls=SpokenGroup,
    help="Layers of your own on the maps of a data set: add, list, remove.",
    epilog="crashkit layers add mine districts.geojson --kind areas",
)
def layers() -> None:
    """Hold the commands about layers."""


@layers.command(
    "add",
    help="Add a GeoJSON file (WGS 84) to the maps of a data set.",
    epilog="crashkit layers add mine districts.geojson --kind areas --name Districts",
)
@click.argument("dataset")
@click.argument("file")
@click.option("--name", metavar="TEXT", help="What to call it; default: as the file.")
@click.option(
    "--kind",
    type=click.Choice(list(api.layer_kinds())),
    default="other",
    help="What it is for; it says how it is drawn.",
)
@click.option(
    "--colour",
    type=click.Choice(list(api.layer_colours())),
    default="blue",
    help="The colour of its shapes.",
)
@store_option
@click.pass_context
def add_layer(
    ctx: click.Context, /, dataset: str, file: str, name: str | None, **said: Any
) -> None:
    """Add a layer of your own."""
    say = speaker_of(ctx).say
    content = _content(file)
    with _store(ctx) as store:
        title = name or Path(file).stem
        key, left_out = api.add_layer(store, dataset, content, title=title, **said)
    click.echo(say("The layer {key} is on the maps of {dataset} now.", key=key, dataset=dataset))
    if left_out:
        click.echo(say(left_out))


@layers.command("list", help="List the layers of a data set.")
@click.argument("dataset")
@json_option
@store_option
@click.pass_context
def list_layers(ctx: click.Context, dataset: str, as_json: bool) -> None:
    """List the layers that came with the data, and those of your own."""
    say = speaker_of(ctx).say
    with _store(ctx) as store:
        found = store.layer_list(dataset)
    if as_json:
        _print_json([_layer(one) for one in found])
        return
    lines = [
        [one.key, one.title or one.key, one.kind, one.colour, say("yes") if one.own else say("no")]
        for one in found
    ]
    heads = [say("Layer"), say("Title"), say("Kind"), say("Colour"), say("Own")]
    _print_table(heads, lines)


def _layer(one: api.KeptLayer) -> dict[str, Any]:
    return {
        "id": one.key,
        "title": one.title or one.key,
        "kind": one.kind,
        "colour": one.colour,
        "own": one.own,
        "features": one.features,
    }


@layers.command("remove", help="Delete a layer of your own.")
@click.argument("dataset")
@click.argument("layer")
@store_option
@click.pass_context
def remove_layer(ctx: click.Context, dataset: str, layer: str) -> None:
    """Delete a layer; the file it came from stays where it is."""
    with _store(ctx) as store:
        store.remove_layer(dataset, layer)
    click.echo(speaker_of(ctx).say("The layer {key} is deleted.", key=layer))


@crashkit.group(
    cls=SpokenGroup,
    help="People, vehicles and travel by area and year: add, list, remove; deaths for so many.",
    epilog="crashkit exposure add mine population.csv",
)
def exposure() -> None:
    """Hold the commands about exposure."""


@exposure.command(
    "add",
    help="Add a table (CSV, Excel) with a column of years, and of areas where it tells several.",
    epilog="crashkit exposure add mine population.csv --column area=RAYON --unit population=1000",
)
@click.argument("dataset")
@click.argument("file")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Say which column is what, for example population=POP; may be said again.",
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="OURS=N",
    help="How many one number is, for example population=1000; may be said again.",
)
@click.option("--decimal", metavar="SIGN", default="", help="The sign before fractions: , or .")
@click.option("--encoding", metavar="NAME", help="Encoding of the table, for example cp1251.")
@click.option("--delimiter", metavar="SIGN", help="The sign between the cells of the table.")
@click.option("--header-row", metavar="N", help="The line of the table with the column names.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook.")
@click.option("--preview", is_flag=True, help="Say what would happen and keep nothing.")
@json_option
@store_option
@click.pass_context
def add_exposure(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    file: str,
    columns: tuple[str, ...],
    units: tuple[str, ...],
    decimal: str,
    preview: bool,
    as_json: bool,
    **answers: str | None,
) -> None:
    """Read a table, say what was taken for what and what became of each row, and keep it."""
    speaker = speaker_of(ctx)
    read = api.read_exposure(
        file,
        columns=_pairs(columns),
        units={name: _whole(word) for name, word in _pairs(units).items()},
        decimal=decimal,
        options={key: word for key, word in answers.items() if word is not None},
    )
    replaced = 0
    if not preview:
        with _store(ctx) as store:
            replaced = api.add_exposure(store, dataset, read)
    document = api.exposure_read_document(read, replaced, speaker)
    if as_json:
        _print_json(document)
        return
    _tell_exposure(document, speaker)


def _whole(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", word):
        raise usage.Misused(Message("{word} is no whole number.", {"word": word}))
    return int(word)


def _tell_exposure(document: Mapping[str, Any], speaker: api.Speaker) -> None:
    say = speaker.say
    rejected, duplicates = len(document["rejected"]), len(document["duplicates"])
    click.echo(say(api.row_sums(document["rows"], document["accepted"], rejected, duplicates)))
    for name, column in document["columns"].items():
        unit = document["units"].get(name, 1)
        click.echo(f"- {name} = {column}" + (f" × {unit}" if unit != 1 else ""))
    if document["replaced"]:
        click.echo(say("Numbers replaced: {n}", n=document["replaced"]))
    for one in document["rejected"]:
        told = say("Row {row}: {message}", row=one["row"], message=one["message"])
        click.echo(told + (f" ({one['field']}: {one['value']})" if one["field"] else ""))


@exposure.command("list", help="List the exposure kept for a data set.")
@click.argument("dataset")
@json_option
@store_option
@click.pass_context
def list_exposure(ctx: click.Context, dataset: str, as_json: bool) -> None:
    """List what was told, by quantity, area and year."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        found = api.list_exposure(store, dataset)
    if as_json:
        _print_json(api.exposure_document(found))
        return
    say = speaker.say
    lines = [
        [
            say(api.QUANTITIES[one.quantity]),
            one.area or say("All crashes"),
            str(one.year),
            one.age_band,
            say(api.value_label("sex", one.sex)) if one.sex else "",
            _number(one.value, 0, speaker),
        ]
        for one in found
    ]
    heads = [say("Exposure"), say("Area"), say("Year"), say("Ages"), say("Sex"), say("Number")]
    _print_table(heads, lines)


@exposure.command("remove", help="Forget the exposure of a data set, or one quantity of it.")
@click.argument("dataset")
@click.option("--quantity", type=click.Choice(list(api.QUANTITIES)), help="Only this one.")
@store_option
@click.pass_context
def remove_exposure(ctx: click.Context, dataset: str, quantity: str | None) -> None:
    """Forget exposure; the file it came from stays where it is."""
    with _store(ctx) as store:
        n = api.remove_exposure(store, dataset, quantity or "")
    click.echo(speaker_of(ctx).say("Numbers removed: {n}", n=n))


@exposure.command(
    "rates",
    help="Deaths by year and area for so many people, vehicles or vehicle-km.",
    epilog="crashkit exposure rates mine --per population --by admin1",
)
@click.argument("dataset")
@click.option(
    "--per",
    type=click.Choice(list(api.QUANTITIES)),
    default="population",
    help="What deaths are divided by.",
)
@click.option("--by", type=click.Choice(list(api.AREAS)), help="By areas; default: all crashes.")
@filter_option
@json_option
@store_option
@click.pass_context
def death_rates(
    ctx: click.Context, *, dataset: str, per: str, by: str | None, filter_words: str, as_json: bool
) -> None:
    """Print rates with their exact limits, and what has none."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        whole = api.load(store, dataset)
        part = api.cut(whole, api.named_filter(store, dataset, filter_words))
        found = api.death_rates(store, part, per, by=by or "", whole=whole)
    if as_json:
        _print_json(api.rates_document(found, speaker))
        return
    say = speaker.say
    lines = [
        [
            one.area or say("All crashes"),
            str(one.year),
            str(one.deaths),
            _number(one.exposure, 0, speaker),
            _number(one.rate.rate, 2, speaker),
            f"{_number(one.rate.lower, 2, speaker)}–{_number(one.rate.upper, 2, speaker)}",
        ]
        for one in found.rates
    ]
    heads = [say("Area"), say("Year"), say("Killed, as counted"), say(api.QUANTITIES[per])]
    _print_table([*heads, say(api.rate_title(per)), say("95 % limits")], lines)
    for note in found.notes:
        click.echo(say(note))


@crashkit.group(
    cls=SpokenGroup,
    help="Weather by day and place: add, list, remove; for the analysis seasons.",
    epilog="crashkit weather add mine weather.csv",
)
def weather() -> None:
    """Hold the commands about weather."""


@weather.command(
    "add",
    help="Add a table (CSV, Excel) with a row for each day, or for each place and day.",
    epilog="crashkit weather add mine stations.csv --column temp_max=TX --unit temp_max=F",
)
@click.argument("dataset")
@click.argument("file")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Say which column is what, for example temp_max=TX; may be said again.",
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="OURS=UNIT",
    help="Say in which unit a quantity is, for example temp_max=F; may be said again.",
)
@click.option(
    "--order",
    type=click.Choice(api.WEATHER_ORDERS),
    help="In which order day, month and year stand in dates.",
)
@click.option("--encoding", metavar="NAME", help="Encoding of the table, for example cp1251.")
@click.option("--delimiter", metavar="SIGN", help="The sign between the cells of the table.")
@click.option("--header-row", metavar="N", help="The line of the table with the column names.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook.")
@click.option("--preview", is_flag=True, help="Say what would happen and keep nothing.")
@json_option
@store_option
@click.pass_context
def add_weather(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    file: str,
    columns: tuple[str, ...],
    units: tuple[str, ...],
    order: str | None,
    preview: bool,
    as_json: bool,
    **answers: str | None,
) -> None:
    """Read a table, say what was taken for what and what became of each row, and keep it."""
    speaker = speaker_of(ctx)
    read = api.read_weather(
        file,
        columns=_pairs(columns),
        units=_pairs(units),
        order=order or "",
        options={key: word for key, word in answers.items() if word is not None},
    )
    replaced = 0
    if not preview:
        with _store(ctx) as store:
            replaced = api.add_weather(store, dataset, read)
    document = api.weather_read_document(read, replaced, speaker)
    if as_json:
        _print_json(document)
        return
    _tell_weather(document, speaker)


def _tell_weather(document: Mapping[str, Any], speaker: api.Speaker) -> None:
    say = speaker.say
    rejected, duplicates = len(document["rejected"]), len(document["duplicates"])
    click.echo(say(api.row_sums(document["rows"], document["accepted"], rejected, duplicates)))
    for name, column in document["columns"].items():
        unit = document["units"].get(name, "")
        click.echo(f"- {name} = {column}" + (f" ({unit})" if unit else ""))
    if document["replaced"]:
        click.echo(say("Days replaced: {n}", n=document["replaced"]))
    for word, n in document["strange"].items():
        click.echo(say("Not understood: “{word}”, {n} times", word=word, n=n))
    for one in document["rejected"]:
        told = say("Row {row}: {message}", row=one["row"], message=one["message"])
        click.echo(told + (f" ({one['field']}: {one['value']})" if one["field"] else ""))


@weather.command("list", help="List the weather kept for a data set, by place.")
@click.argument("dataset")
@json_option
@store_option
@click.pass_context
def list_weather(ctx: click.Context, dataset: str, as_json: bool) -> None:
    """List places with their days; as JSON every day."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        found = api.list_weather(store, dataset)
    if as_json:
        _print_json(api.weather_document(found))
        return
    say = speaker.say
    places: dict[str, list[date]] = {}
    for one in found:
        places.setdefault(one.place, []).append(one.day)
    lines = [
        [
            place or say("All crashes"),
            _number(len(days), 0, speaker),
            f"{speaker.date(min(days))} – {speaker.date(max(days))}",
        ]
        for place, days in places.items()
    ]
    _print_table([say("Place of the weather"), say("Days"), say("Period")], lines)


@weather.command("remove", help="Forget the weather of a data set.")
@click.argument("dataset")
@store_option
@click.pass_context
def remove_weather(ctx: click.Context, dataset: str) -> None:
    """Forget the weather; the file it came from stays where it is."""
    with _store(ctx) as store:
        n = api.remove_weather(store, dataset)
    click.echo(speaker_of(ctx).say("Days removed: {n}", n=n))


@crashkit.command(
    help="Set the deaths of each year against a target: path, forecast, what is still needed.",
    epilog="crashkit target mine --base-year 2010 --base-value 1051 --year 2030 --less 50",
)
@click.argument("dataset")
@click.option("--base-year", type=int, metavar="YEAR", help="What the target is measured against.")
@click.option(
    "--base-value",
    type=float,
    metavar="N",
    help="How many were killed in the base year, where the data do not hold it.",
)
@click.option("--year", type=int, metavar="YEAR", help="When the target is due.")
@click.option("--less", "less_percent", type=float, metavar="PERCENT", help="How much less.")
@click.option("--corridor", metavar="NAME", help="Only the crashes on a named corridor.")
@click.option("--roads", metavar="NETWORK", help="Which network; default: the only one.")
@filter_option
@click.option(
    "--out", metavar="FILE", help="Write the years or the chart: .csv, .xlsx, .png or .svg."
)
@json_option
@store_option
@click.pass_context
def target(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    filter_words: str,
    corridor: str | None,
    roads: str | None,
    out: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Print the verdict, what it rests on, and the years; or write them to a file."""
    speaker = speaker_of(ctx)
    asked = api.TargetAsked(**{name: one for name, one in said.items() if one is not None})
    with _store(ctx) as store:
        whole = api.load(store, dataset)
        part = api.cut(whole, api.named_filter(store, dataset, filter_words))
        if corridor is not None:
            part = api.on_corridor(store, part, corridor, roads=roads)
        found = api.track_target(part, asked)
    if out:
        _write_out(_target_file(found, Path(out).suffix.lower().lstrip("."), speaker), out)
    if as_json:
        _print_json(api.target_document(found, speaker))
    elif not out:
        _tell_target(found, speaker)


def _target_file(found: api.Tracked, format_: str, speaker: api.Speaker) -> bytes:
    if format_ in ("png", "svg"):
        return api.draw_figure(
            api.target_figure(found), speaker, width_mm=180, height_mm=90, format=format_
        )
    return api.export_target(found, format_ or "csv", speaker)


def _tell_target(found: api.Tracked, speaker: api.Speaker) -> None:
    click.echo(speaker.say(found.verdict))
    for sentence in found.sentences:
        click.echo(speaker.say(sentence))
    lines = [
        [str(year), *("" if one is None else _number(one, 0, speaker) for one in rest)]
        for year, *rest in api.target_rows(found)
    ]
    _print_table([speaker.say(head) for head in api.TARGET_HEADS], lines, width=WIDE)


@crashkit.group(
    cls=SpokenGroup,
    help="The register of sites: save, propose, list, change their status, export.",
    epilog="crashkit sites save mine --preset count_1km --position 1 --who Aida",
)
def sites() -> None:
    """Hold the commands about the register of sites."""


who_option = click.option("--who", default="", metavar="NAME", help="Who does it.")
reason_option = click.option("--reason", default="", metavar="TEXT", help="Why; kept for good.")


@sites.command("list", help="List the sites of a data set, those that are open first.")
@click.argument("dataset")
@click.option(
    "--status",
    type=click.Choice(list(api.site_statuses())),
    help="Only those of this status.",
)
@json_option
@store_option
@click.pass_context
def list_sites(ctx: click.Context, dataset: str, status: str | None, as_json: bool) -> None:
    """Print the sites of the register with status, last rank and crashes."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        found = _sites(store, dataset, status)
    if as_json:
        _print_json({"dataset": dataset, "sites": api.site_rows(found, speaker)})
        return
    say, labels = speaker.say, api.site_statuses()
    lines = [
        [
            str(one["number"]),
            one["name"],
            say(labels[one["status"]]),
            _number(one["rank"], 0, speaker),
            _number(one["crashes"], 0, speaker),
        ]
        for one in api.site_rows(found, speaker)
    ]
    _print_table([say("No."), say("Site"), say("Status"), say("Last rank"), say("Crashes")], lines)


def _sites(store: api.Store, dataset: str, status: str | None) -> list[api.SiteRecord]:
    """Return the sites of a data set, those in the hands of somebody first.

    Raises NotFound for a data set that is not there, unless it left sites behind.
    """
    order = list(api.site_statuses())
    found = sorted(api.saved_sites(store, dataset), key=lambda one: order.index(one.status))
    if not found:
        store.dataset(dataset)
    return [one for one in found if status in (None, one.status)]


@sites.command("show", help="Show all that is known of one site, by its number.")
@click.argument("number", type=click.IntRange(min=1))
@json_option
@store_option
@click.pass_context
def show_site(ctx: click.Context, number: int, as_json: bool) -> None:
    """Print a site with its events, the screenings that found it, and every change."""
    with _store(ctx) as store:
        site = api.saved_site(store, number)
    speaker = speaker_of(ctx)
    document = api.site_document(site, speaker)
    if as_json:
        _print_json(document)
        return
    say = speaker.say
    click.echo(f"{number}  {document['name']}  {say(api.site_statuses()[site.status])}")
    for words in (site.why, site.status_reason):
        if words:
            click.echo(words)
    for one in document["events"]:
        days = f"{one['from']}–{one['to']}" if one["to"] else one["from"]
        click.echo(
            f"{one['number']}  {days}  {one['label']}  {one['text']}  {one['withdrawn'] or ''}"
        )
    for file in site.files:
        state = file.removed or say(api.file_kinds()[file.media_type])
        click.echo(f"{file.n}  {file.title or file.name}  {state}")
    heads = [say("Rule"), say("Rank"), say("Sites listed"), say("Crashes"), say("Data")]
    _print_table(
        heads,
        [
            [
                one["preset"],
                str(one["rank"]),
                str(one["listed"]),
                _number(one["counts"].get("crashes"), 0, speaker),
                one["data_version"],
            ]
            for one in document["sightings"]
        ],
    )
    for change in site.changes:
        label, before, after = map(say, api.site_change_words(change))
        told = f"{change.at:%Y-%m-%d}  {label}: {before} → {after}  {change.who}  {change.reason}"
        click.echo(told.rstrip())


@sites.command(
    "save",
    help="Put a site of a screening into the register; the screening is kept.",
    epilog="crashkit sites save mine --preset count_1km --position 1 --who Aida",
)
@click.argument("dataset")
@click.option("--preset", metavar="ID", help="The named rule to search by.")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change a parameter of the rule."
)
@filter_option
@click.option("--roads", metavar="NETWORK", help="The network, for rules that look along one.")
@click.option("--screening", type=int, metavar="N", help="A screening that is kept, instead.")
@click.option("--position", type=int, default=1, metavar="N", help="Its place in the list, from 1.")
@click.option("--why", default="", metavar="TEXT", help="Why it is put into the register.")
@who_option
@store_option
@click.pass_context
def save_site(
    ctx: click.Context,
    /,
    *,
    dataset: str,
    preset: str | None,
    changes: tuple[str, ...],
    filter_words: str,
    roads: str | None,
    screening: int | None,
    position: int,
    why: str,
    who: str,
) -> None:
    """Save a site that was found, unless it is a site of the register already."""
    speaker = speaker_of(ctx)
    if (preset is None) == (screening is None):
        raise click.UsageError(speaker.say("Give either --preset or --screening."))
    with _store(ctx) as store, _progress(speaker.say) as progress:
        if preset is not None:
            chosen = api.named_filter(store, dataset, filter_words)
            asked = api.ask(preset, _pairs(changes), chosen, of=store)
            data = api.load(store, dataset)
            placed = api.place_on_roads(store, data, roads) if api.needs_roads(asked) else None
            evidence = api.evidence_text(store, data)
            result = api.screen(data, asked, progress, roads=placed, evidence=evidence)
            screening = store.save_result(result, dataset)
        if screening not in {one.id for one in store.results(dataset)}:
            raise api.NotFound("There is no screening {number}.", number=str(screening))
        site = api.save_site(store, dataset, screening or 0, position, why=why, who=who)
    _tell_site(site, speaker)


def _tell_site(site: api.SiteRecord, speaker: api.Speaker) -> None:
    say = speaker.say
    name, status = say(api.site_label(site)), say(api.site_statuses()[site.status])
    click.echo(
        say("Site {number}: {name}. {status}.", number=str(site.number), name=name, status=status)
    )


@sites.command(
    "propose",
    help="Propose a place: a road with a km post, or a point, or both.",
    epilog='crashkit sites propose mine --road M39 --from-km 41+350 --why "children cross here"',
)
@click.argument("dataset")
@click.option("--road", default="", metavar="ROAD", help="Its road, as crashes name it.")
@click.option("--from-km", default="", metavar="KM", help="Its km post, or where it begins.")
@click.option("--to-km", default="", metavar="KM", help="Where it ends.")
@click.option("--lat", default="", metavar="DEGREES", help="Latitude of its point.")
@click.option("--lon", default="", metavar="DEGREES", help="Longitude of its point.")
@click.option("--radius-m", default="", metavar="M", help="How far around its point it reaches.")
@click.option("--name", default="", metavar="TEXT", help="A name of its own.")
@click.option("--settlement", default="", metavar="TEXT", help="Default: that of crashes around.")
@click.option("--why", required=True, metavar="TEXT", help="Why; kept for good.")
@who_option
@store_option
@click.pass_context
def propose_site(ctx: click.Context, /, *, dataset: str, who: str, **said: str) -> None:
    """Propose a site, and say how its point was found."""
    speaker = speaker_of(ctx)
    with _store(ctx) as store:
        site, note = api.nominate_site(store, dataset, said, who=who)
    _tell_site(site, speaker)
    if note is not None:
        click.echo(speaker.say(note))


@sites.command(
    "status",
    help="Give a site another status; what makes no sense is refused.",
    epilog='crashkit sites status 3 rejected --reason "two crashes in ten years" --who Bek',
)
@click.argument("number", type=click.IntRange(min=1))
@click.argument("status", type=click.Choice(list(api.site_statuses())))
@reason_option
@who_option
@store_option
@click.pass_context
def set_site_status(ctx: click.Context, number: int, status: str, reason: str, who: str) -> None:
    """Change the status of a site."""
    with _store(ctx) as store:
        site = api.set_site_status(store, number, status, reason=reason, who=who)
    _tell_site(site, speaker_of(ctx))


@sites.command(
    "event",
    help="Tell of a visit, a study, works or a note at a site, or take one out.",
    epilog="crashkit sites event 3 works --day 2024-05-01 --until 2024-06-30 --text Lighting",
)
@click.argument("number", type=click.IntRange(min=1))
@click.argument("kind", required=False, type=click.Choice(list(api.site_events())))
@click.option("--day", default="", metavar="DAY", help="The day, or the first one: 2024-05-31.")
@click.option("--until", default="", metavar="DAY", help="The last day.")
@click.option("--text", default="", metavar="TEXT", help="What happened.")
@click.option("--withdraw", type=int, metavar="N", help="Take this event out, with a reason.")
@reason_option
@who_option
@store_option
@click.pass_context
def site_event(
    ctx: click.Context,
    /,
    *,
    number: int,
    kind: str | None,
    withdraw: int | None,
    reason: str,
    who: str,
    **said: str,
) -> None:
    """Write down what happened at a site, or take out what was told by mistake."""
    speaker = speaker_of(ctx)
    if (kind is None) == (withdraw is None):
        raise click.UsageError(speaker.say("Give either what happened or --withdraw."))
    with _store(ctx) as store:
        if withdraw is None:
            site = api.add_site_event(store, number, {"kind": kind or "", **said}, who=who)
        else:
            site = api.withdraw_site_event(store, number, withdraw, reason=reason, who=who)
    _tell_site(site, speaker)


@sites.command(
    "attach",
    help="Keep a photo or a document with a site: JPEG, PNG, PDF, Word or Excel.",
    epilog='crashkit sites attach 3 bend.jpg --title "The bend from the south"',
)
@click.argument("number", type=click.IntRange(min=1))
@click.argument("file")
@click.option("--title", default="", metavar="TEXT", help="What it shows.")
@who_option
@store_option
@click.pass_context
def attach_file(ctx: click.Context, number: int, file: str, title: str, who: str) -> None:
    """Attach a file; what a camera wrote into a photo is not kept."""
    (upload,) = api.read_uploads([file])
    with _store(ctx) as store:
        site = api.add_site_file(store, number, upload, title=title, who=who)
    _tell_site(site, speaker_of(ctx))


@sites.command(
    "file",
    help="Write a photo or a document of a site to a file, or delete it with a reason.",
    epilog="crashkit sites file 3 1 --out bend.jpg",
)
@click.argument("number", type=click.IntRange(min=1))
@click.argument("file", type=click.IntRange(min=1))
@click.option("--out", metavar="FILE", help="Write to this file.")
@click.option("--delete", is_flag=True, help="Delete its content; that it was there stays.")
@reason_option
@who_option
@store_option
@click.pass_context
def site_file(
    ctx: click.Context,
    /,
    *,
    number: int,
    file: int,
    out: str | None,
    delete: bool,
    reason: str,
    who: str,
) -> None:
    """Take a file of a site away, or delete it."""
    with _store(ctx) as store:
        if delete:
            site = api.remove_site_file(store, number, file, reason=reason, who=who)
        else:
            _, content = api.site_file(store, number, file)
    if delete:
        _tell_site(site, speaker_of(ctx))
    else:
        _write_out(content, out)


@sites.command(
    "change",
    help="Change name, settlement, reason or place of a site.",
    epilog='crashkit sites change 3 --set to_km=41.9 --reason "measured on site"',
)
@click.argument("number", type=click.IntRange(min=1))
@click.option(
    "--set",
    "words",
    multiple=True,
    required=True,
    metavar="FIELD=VALUE",
    help="name, settlement, why, road, from_km, to_km, lat, lon or radius_m.",
)
@reason_option
@who_option
@store_option
@click.pass_context
def change_site(
    ctx: click.Context, number: int, words: tuple[str, ...], reason: str, who: str
) -> None:
    """Change fields of a site; each change is kept with what stood there before."""
    with _store(ctx) as store:
        site = api.change_site(store, number, _pairs(words), reason=reason, who=who)
    _tell_site(site, speaker_of(ctx))


@sites.command(
    "move",
    help="Let the sites of a data set belong to another one, such as that of the next years.",
    epilog='crashkit sites move kg_2020-2024 kg_2021-2025 --reason "new data set"',
)
@click.argument("dataset")
@click.argument("to")
@reason_option
@who_option
@store_option
@click.pass_context
def move_sites(ctx: click.Context, dataset: str, to: str, reason: str, who: str) -> None:
    """Move all sites of a data set, which may be deleted by now, to another."""
    with _store(ctx) as store:
        n = api.move_sites(store, dataset, to, reason=reason, who=who)
    told = api.counted(
        "{n} site belongs to {name} now.", "{n} sites belong to {name} now.", n, name=to
    )
    click.echo(speaker_of(ctx).say(told))


@sites.command(
    "export",
    help="Write the sites of a data set to a csv, xlsx, geojson, gpx or kml file.",
    epilog="crashkit sites export mine --format geojson --out sites.geojson",
)
@click.argument("dataset")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "xlsx", "geojson", "gpx", "kml"]),
    default="csv",
    help="The format of the file.",
)
@click.option(
    "--status", type=click.Choice(list(api.site_statuses())), help="Only those of this status."
)
@click.option("--out", metavar="FILE", help="Write to this file.")
@store_option
@click.pass_context
def export_sites(
    ctx: click.Context, dataset: str, format_: str, status: str | None, out: str | None
) -> None:
    """Write the register to a file."""
    with _store(ctx) as store:
        found = _sites(store, dataset, status)
    _write_out(api.export_sites(found, format_, speaker_of(ctx)), out)


@crashkit.command(help="Bring the store up to this version of CrashKit.")
@json_option
@store_option
@click.pass_context
def upgrade(ctx: click.Context, as_json: bool) -> None:
    """Run the migrations, after a backup."""
    before, after = api.upgrade_store(ctx.find_root().obj)
    if as_json:
        _print_json({"from": before, "to": after})
        return
    say = speaker_of(ctx).say
    click.echo(
        say("The store was already up to date.")
        if before == after
        else say("The store went from step {before} to step {after}.", before=before, after=after)
    )


@crashkit.command(help="Copy the whole store to a file, while it is in use.")
@click.argument("file")
@store_option
@click.pass_context
def backup(ctx: click.Context, file: str) -> None:
    """Write a backup of an embedded store."""
    with _store(ctx) as store:
        store.backup(Path(file))
    click.echo(speaker_of(ctx).say("The backup is in {file}.", file=file))


@crashkit.command(help="Replace the store by a backup, after checking the backup.")
@click.argument("file")
@store_option
@click.pass_context
def restore(ctx: click.Context, file: str) -> None:
    """Read a backup back; a damaged one is refused."""
    with _store(ctx, begin=True) as store:
        store.restore(Path(file))
    click.echo(speaker_of(ctx).say("The store is as it was in {file}.", file=file))


@crashkit.command(help="Check the store, the disk and this installation.")
@json_option
@store_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what is wrong and what to do; exit 1 when something is."""
    say = speaker_of(ctx).say
    with _store(ctx) as store:
        complaints = [say(complaint) for complaint in store.check()]
        about = {"store": store.url, "kind": store.kind, "data_sets": len(store.datasets())}
    if as_json:
        _print_json({**about, "ok": not complaints, "complaints": complaints})
    else:
        click.echo(say("Store: {url}", url=about["store"]))
        click.echo("\n".join(complaints) if complaints else say("Everything is in order."))
    ctx.exit(1 if complaints else 0)
