"""Write the pages of the manual that are made from data, so that they cannot differ from it."""

from __future__ import annotations

import csv
import importlib
import inspect
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
CRASHKIT = HERE.parent / "crashkit"
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests")]

import method_pages  # noqa: E402 - after the path
import preset_pages  # noqa: E402

from crashkit import api, cli, fields, quality, reporting  # noqa: E402


def write(folder: Path) -> None:
    """Write every generated page into `folder`; untouched where nothing changed."""
    pages = {
        "dictionary": dictionary(),
        "methods": method_pages.index(),
        "formulas": formulas(),
        "presets": preset_pages.index(),
        "numbers": numbers(),
        "profiles": profiles(),
        "checks": checks(),
        "commands": commands(),
        "glossary": glossary(),
    }
    files = {f"{name}.md": "\n".join(lines) + "\n" for name, lines in pages.items()}
    for name, part in method_pages.parts().items():
        lines, picture = method_pages.page(name, part)
        files |= {f"methods/{name}.md": "\n".join(lines), f"methods/{name}.svg": picture}
    for id_, preset in api.list_presets().items():
        files[f"presets/{id_}.md"] = "\n".join(preset_pages.page(preset)) + "\n"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def dictionary() -> Iterator[str]:
    """List every field of every table and every code list."""
    yield "# Data dictionary\n"
    yield "Made from `crashkit/fields.csv` and `crashkit/codes.csv`. Intake checks, the columns of"
    yield "the store and the labels of forms come from the same two files.\n"
    for name in fields.TABLES:
        yield f"## The table `{name}`\n"
        rows = [
            (f"`{f.name}`", f.label, _type(f), f.unit, f.use, f.meaning) for f in fields.table(name)
        ]
        yield from method_pages.table(("Field", "Label", "Type", "Unit", "Use", "Meaning"), rows)
    yield "## Code lists\n"
    for name in fields.code_lists():
        yield f"### `{name}`\n"
        codes = [(f"`{c.code}`", c.label, c.meaning) for c in fields.codes(name)]
        yield from method_pages.table(("Code", "Label", "Meaning"), codes)


def _type(field: fields.Field) -> str:
    limits = [f"{limit:g}" for limit in (field.low, field.high) if limit is not None]
    kind = f"{field.type} of `{field.codes}`" if field.codes else field.type
    kind += f", {' to '.join(limits)}" if limits else ""
    return kind + (", personal: never stored" if field.personal else "")


FORMULAS = (
    *("stats", "shrinkage", "rates", "severity", "proportions", "service", "windows"),
    *("trends.slopes", "trends.joinpoints", "trends.ranks", "trends.ratios", "trends.targets"),
    *("trends.ranges", "loglinear", "logits", "reporting", "evaluation", "economics", "speed"),
    *("patterns", "rules", "spf.forms", "spf.dispersion", "spf.fitting", "spf.calibration"),
    *("spf.residuals", "spatial.hot", "spatial.scan", "spatial.emerging", "spatial.kde_plus"),
    *("spatial.densities", "spatial.networks", "spatial.crowds", "spatial.around"),
    "synth.metrics",
)
"""The modules of formulas: numbers in, numbers out, each function with its source."""


def formulas() -> Iterator[str]:
    """Describe the formulas of the library by their own docstrings and worked examples."""
    yield "# Formulas\n"
    yield "What the library computes on plain numbers and arrays; the tests run the examples.\n"
    for name in FORMULAS:
        module = importlib.import_module(f"crashkit.{name}")
        yield f"## `crashkit.{name}`\n"
        yield (module.__doc__ or "").strip() + "\n"
        for label, part in vars(module).items():
            own = getattr(part, "__module__", "") == module.__name__
            if own and inspect.isfunction(part) and not label.startswith("_"):
                yield f"### {label}\n"
                signature = str(inspect.signature(part)).replace("'", "")
                yield f"`{label}{signature}`\n"
                yield _with_examples(inspect.getdoc(part) or "") + "\n"


def _with_examples(text: str) -> str:
    """Set worked examples apart as code: Markdown would take their signs for quotations."""
    parts = [
        f"```pycon\n{part}\n```" if part.startswith(">>> ") else part for part in text.split("\n\n")
    ]
    return "\n\n".join(parts)


NUMBERS = {
    "weights.toml": "Weights by severity",
    "service.toml": "Levels of service of safety",
    "spf/models.toml": "Safety performance functions",
    "spf/limits.toml": "What a model needs",
    "costs.toml": "Costs and appraisal",
    "speed.toml": "Speed",
    "rules.toml": "Written rules that are formulas",
}
"""Data files with numbers from books, each table of which names its source."""
ABOUT = ("title", "source", "verified", "notes")


def numbers() -> Iterator[str]:
    """List the numbers that come from books, with where they come from."""
    yield "# Numbers from books\n"
    yield "No number of a book stands in the code: each is a line of a data file, with its source."
    yield "*Not verified* means that nobody has yet checked it against the source itself.\n"
    for name, title in NUMBERS.items():
        yield f"## {title}\n"
        yield f"From `crashkit/{name}`.\n"
        tables = tomllib.loads((CRASHKIT / name).read_text(encoding="utf-8"))
        yield from method_pages.table(
            ("Name", "Numbers", "Source", "Verified"), _numbers("", tables)
        )


def _numbers(name: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    if "source" in table:
        values = [f"{key} {_plain(one)}" for key, one in table.items() if key not in ABOUT]
        verified = "yes" if table.get("verified") else "no"
        yield f"`{name}`", "; ".join(values), str(table["source"]), verified
        return
    for key, one in table.items():
        if isinstance(one, Mapping):
            yield from _numbers(f"{name}.{key}".lstrip("."), one)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{key} {_plain(one)}" for key, one in value.items()) + ")"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return str(value)


def profiles() -> Iterator[str]:
    """List the layouts that can be imported."""
    yield "# Import profiles\n"
    rows = [(f"`{p.id}`", p.title, p.country) for p in api.list_profiles().values()]
    yield from method_pages.table(("Profile", "Files", "Country"), rows)


def checks() -> Iterator[str]:
    """Describe each check of the quality of data, and the factors of deaths within 30 days."""
    yield "# Checks of the quality of data\n"
    yield "Made from `crashkit/quality/checks.toml` and `crashkit/thirty_days.csv`. The grade"
    yield "of a data set is the worst of its *blocking* checks; the others colour its scorecard.\n"
    for check in quality.checks().values():
        blocking = ", blocking" if check.blocking else ""
        yield f"## {check.number}. {check.title} (`{check.id}`{blocking})\n"
        yield f"{check.formula}\n"
        yield f"*{quality.scale(check)}*\n"
        yield f"What it means: {check.meaning}\n"
        yield f"What to do: {check.advice}\n"
        yield f"Source: {check.source}.\n"
    yield "## Deaths within 30 days\n"
    rows = [
        (f"`{one.definition}`", f"{one.factor:.2f}", "yes" if one.verified else "no", one.source)
        for one in reporting.factors().values()
    ]
    yield from method_pages.table(("A death counts until", "Factor", "Verified", "Source"), rows)


def commands() -> Iterator[str]:
    """Print the help of every command."""
    yield "# Commands\n"
    yield from _commands_of(cli.crashkit, click.Context(cli.crashkit, info_name="crashkit"))


def _commands_of(group: click.Group, ctx: click.Context) -> Iterator[str]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None:
            inner = click.Context(command, info_name=name, parent=ctx)
            yield f"## {inner.command_path}\n\n```text\n{command.get_help(inner)}\n```\n"
            if isinstance(command, click.Group):
                yield from _commands_of(command, inner)


def glossary() -> Iterator[str]:
    """List the terms of the field in three languages."""
    yield "# Glossary\n"
    with (HERE / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    yield from method_pages.table(("English", "Russian", "Chinese", "Meaning"), rows)
