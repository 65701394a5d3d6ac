"""Keep the words of the catalogues in step with the code, the templates and the data files.

python scripts/catalogue.py merge              collect all sentences into every crashkit/locale/*.po
python scripts/catalogue.py check              say what is stale, untranslated or has other holes
python scripts/catalogue.py missing CODE       print what lacks a translation, as JSON
python scripts/catalogue.py fill CODE FILE     put in translations {"English": "…"} where none are;
                                               with --again over any
"""

from __future__ import annotations

import ast
import csv
import io
import json
import string
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jinja2
from babel import Locale
from babel.messages import pofile
from babel.messages.catalog import Catalog
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "crashkit" / "locale"
PACKAGES = ("crashkit", "webapp")

SAID = {"Message", "counted", "say", "tell"}
ERRORS = {
    *("IntakeError", "NeedsChoice", "FilterError", "MethodError", "TooLittle", "NotFound"),
    "StoreError",
}
ERRORS |= {
    "Wrong",
    "Refused",
    "Overtaken",
    "ReportError",
    "SettingError",
    "DropinError",
    "Cancelled",
    "CrashKitError",
    "Full",
}
LABELLED = {"number", "word", "rows", "mapping", "option", "command", "group", "Command"}
LABELLED |= {"Section", "Place", "Measure", "Kind", "Analysis", "argument", "flag", "several"}
LABELS = {"label", "title", "unit", "help", "summary"}
CSV_WORDS = {"fields.csv": ("label", "unit", "meaning"), "codes.csv": ("label", "meaning")}
TOML_WORDS = {"title", "label", "note", "notes", "unit", "summary", "words"}
TOML_WORDS |= {"private", "formula", "meaning", "advice", "heading", "headline", "text"}
FOREIGN = ("locale", "static", "migrations", "fonts", "basemap")

Sentence = tuple[str, str | None]
"""An English sentence, and its plural where it has one."""


def main() -> int:
    """Run one of the four verbs."""
    verb, *rest = sys.argv[1:] or ["check"]
    if verb == "merge":
        return merge()
    if verb == "missing":
        return missing(rest[0])
    if verb == "fill":
        again = "--again" in rest
        code, file = (one for one in rest if one != "--again")
        return fill(code, Path(file), again=again)
    return check()


# ------------------------------------------------------------- what people read


def collect() -> dict[Sentence, list[str]]:
    """Return every sentence with the files that say it."""
    found: dict[Sentence, list[str]] = {}
    for path in sorted(_files()):
        for sentence in _sentences(path):
            if _is_said(sentence[0]):
                places = found.setdefault(sentence, [])
                name = path.relative_to(ROOT).as_posix()
                if name not in places:
                    places.append(name)
    return found


def _is_said(sentence: str) -> bool:
    """Say whether a sentence has something to translate: letters, quotation marks, a full stop."""
    bare = _bare(sentence)
    return bare.endswith(".") or any(letter.isalpha() or letter in "“”" for letter in bare)


def _bare(sentence: str) -> str:
    return "".join(text for text, *_ in string.Formatter().parse(sentence))


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and not set(path.relative_to(ROOT).parts) & set(FOREIGN):
                yield path


def _sentences(path: Path) -> Iterator[Sentence]:
    if path.suffix == ".py":
        yield from _of_python(path.read_text(encoding="utf-8"))
    elif "templates" in path.parts and path.suffix in (".html", ".txt"):
        yield from _of_template(path.read_text(encoding="utf-8"))
    elif path.name in CSV_WORDS:
        yield from _of_table(path, CSV_WORDS[path.name])
    elif path.suffix == ".toml":
        yield from _of_toml(tomllib.loads(path.read_text(encoding="utf-8")))


def _of_python(code: str) -> Iterator[Sentence]:
    tree = ast.parse(code)
    known = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, known)


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _of_call(call: ast.Call, known: dict[str, ast.expr]) -> Iterator[Sentence]:
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
    if name == "counted" and len(call.args) > 1:
        one, many = _texts(call.args[0], known), _texts(call.args[1], known)
        yield from zip(one, many, strict=False)
    elif name in SAID | ERRORS and call.args:
        yield from ((text, None) for text in _texts(call.args[0], known))
    if name in LABELLED:
        for keyword in call.keywords:
            if keyword.arg in LABELS:
                yield from ((text, None) for text in _texts(keyword.value, known))


def _texts(node: ast.expr, known: dict[str, ast.expr]) -> list[str]:
    """Return the texts an argument may be: a text, a named text, or one of two texts."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _texts(node.body, known) + _texts(node.orelse, known)
    if isinstance(node, ast.Name) and isinstance(known.get(node.id), ast.Constant):
        return _texts(known[node.id], {})
    return []


def _of_template(source: str) -> Iterator[Sentence]:
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do"])
    calls = extract_from_ast(environment.parse(source), sorted(SAID))
    for _line, name, words in calls:
        if isinstance(words, str):
            yield words, None
        elif name == "counted":
            yield str((words or ("",))[0]), (words or ("", None))[1]
        elif words and words[0]:
            yield words[0], None


def _of_table(path: Path, columns: Iterable[str]) -> Iterator[Sentence]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield from ((row[column], None) for column in columns)


def _of_toml(table: Any) -> Iterator[Sentence]:
    if isinstance(table, list):
        for item in table:
            yield from _of_toml(item)
    if not isinstance(table, dict):
        return
    for key, value in table.items():
        if key in TOML_WORDS and isinstance(value, str):
            yield value, None
        elif key in TOML_WORDS and isinstance(value, list):
            yield from ((item, None) for item in value if isinstance(item, str))
        yield from _of_toml(value)


# ------------------------------------------------------------------ catalogues


def merge() -> int:
    """Write every catalogue anew: sentences that are gone leave, new ones wait for their words."""
    wanted = collect()
    for path in _catalogues():
        old = _read(path)
        new = Catalog(locale=path.stem)
        for (text, plural), places in sorted(wanted.items()):
            _add(new, text, plural, places, old)
        _write(path, new)
        empty = sum(1 for entry in new if entry.id and not _translated(entry))
        print(f"{path.name}: {len(wanted)} sentences, {empty} without words")
    return 0


def _add(new: Catalog, text: str, plural: str | None, places: list[str], old: Catalog) -> None:
    identity = text if plural is None else (text, plural)
    before = old.get(text)
    forms = new.num_plurals
    empty: Any = "" if plural is None else ("",) * forms
    kept = before.string if before and type(before.string) is type(empty) else empty
    new.add(identity, kept, locations=[(place, 0) for place in places])


def check() -> int:
    """Complain about every sentence that cannot be said in every language."""
    wanted = {text: plural for text, plural in collect()}
    complaints = [line for path in _catalogues() for line in _complaints(path, wanted)]
    for line in complaints:
        print(line)
    if complaints:
        print(f"{len(complaints)} faults. Run `make pot`, then translate what is empty.")
    return 1 if complaints else 0


def _complaints(path: Path, wanted: dict[str, str | None]) -> Iterator[str]:
    there = {entry.id if isinstance(entry.id, str) else entry.id[0]: entry for entry in _read(path)}
    there.pop("", None)
    for text in sorted(wanted.keys() - there.keys()):
        yield f"{path.name}: is not in the catalogue: {text!r}"
    for text in sorted(there.keys() - wanted.keys()):
        yield f"{path.name}: is no longer said: {text!r}"
    for text in sorted(wanted.keys() & there.keys()):
        entry = there[text]
        if not _translated(entry):
            yield f"{path.name}: has no translation: {text!r}"
        for words in _forms(entry):
            if _holes(words) - _holes(text, wanted[text]) or _lost(words, text, wanted[text]):
                yield f"{path.name}: has other holes than the English: {text!r} -> {words!r}"


def _lost(words: str, text: str, plural: str | None) -> set[str]:
    return _holes(text, plural) - _holes(words) if plural is None else set()


def _holes(*texts: str | None) -> set[str]:
    names = set()
    for text in texts:
        try:
            names |= {name for _, name, *_ in string.Formatter().parse(text or "") if name}
        except ValueError:
            names.add("a broken brace")
    return names


def missing(code: str) -> int:
    """Print the sentences of one language that wait for their words."""
    entries = [entry for entry in _read(LOCALE / f"{code}.po") if entry.id]
    empty = [entry.id for entry in entries if not _translated(entry)]
    waiting = {
        i if isinstance(i, str) else i[0]: "" if isinstance(i, str) else [i[1]] for i in empty
    }
    print(json.dumps(waiting, ensure_ascii=False, indent=1))
    return 0


def fill(code: str, file: Path, *, again: bool = False) -> int:
    """Put translations into a catalogue; a sentence with a plural takes a list of forms.

    What is translated already stays, but `again`.
    """
    path = LOCALE / f"{code}.po"
    catalogue = _read(path)
    unknown = kept = 0
    for text, words in json.loads(file.read_text(encoding="utf-8")).items():
        entry = catalogue.get(text)
        if entry is None:
            unknown += 1
            continue
        told = tuple(words) if isinstance(words, list) else words
        if _translated(entry) and not again:
            kept += entry.string != told
        else:
            entry.string = told
    _write(path, catalogue)
    print(f"{unknown} sentences are not in the catalogue")
    if kept:
        print(f"{kept} have other words already and keep them; with --again they get the new ones")
    return 0


def _catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*.po"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return pofile.read_po(file, locale=path.stem)


def _write(path: Path, catalogue: Catalog) -> None:
    language = Locale.parse(path.stem).get_display_name("en")
    header = (
        f"# {language} words of CrashKit. Kept in step by `make pot`.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {path.stem}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    body = io.BytesIO()
    pofile.write_po(
        body, catalogue, width=100, omit_header=True, sort_output=True, include_lineno=False
    )
    path.write_text(header + body.getvalue().decode().lstrip("\n"), encoding="utf-8")


def _forms(entry: Any) -> tuple[str, ...]:
    words = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
    return tuple(word for word in words if word)


def _translated(entry: Any) -> bool:
    words = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
    return bool(words) and all(words) and not entry.fuzzy


if __name__ == "__main__":
    sys.exit(main())
