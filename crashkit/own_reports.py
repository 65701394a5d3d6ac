"""Report templates of the users: a title and parts in order, written and read back as TOML.

A part is a section by name, an analysis with what was chosen for it, a heading, or own text. What
the users write stays text in every format: it is never a sentence with holes, nor markup.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crashkit import filters, tomls
from crashkit.errors import FilterError, Message, ReportError

VIEWS = {
    "both": Message("Chart and table"),
    "chart": Message("Chart"),
    "table": Message("Table"),
}
"""What of an analysis stands in a report; the first is usual."""

MOST_PARTS = 100
LONGEST_LINE = 200
"""Signs of a title or a heading."""
LONGEST_TEXT = 20_000
"""Signs of an own text: some five pages."""
MOST_YEARS = 100
"""Years that a part looks at, if it does not look at all."""

KINDS = ("section", "analysis", "heading", "text")
_OF_ANALYSIS = ("unit", "view", "chosen", "other", "filter")


@dataclass(frozen=True)
class Part:
    """A part of a report: one of `section`, `analysis` (names), `heading` and `text` is told.

    `years` are how many whole years a section or an analysis looks at, the newest; 0 are all days.
    The rest is of an analysis: what it counts ("": the usual), its choices, the words of a second
    filter to compare with, and of its own filter; `filter` is None for that of the report.
    """

    section: str = ""
    analysis: str = ""
    heading: str = ""
    text: str = ""
    unit: str = ""
    view: str = "both"
    chosen: Mapping[str, str] = field(default_factory=dict)
    other: str = ""
    filter: str | None = None
    years: int = 0

    @property
    def kind(self) -> str:
        """Which of the four it is."""
        return next(kind for kind in KINDS if getattr(self, kind))

    @property
    def document(self) -> dict[str, Any]:
        """What is told of it, for texts, fingerprints and programs."""
        said: dict[str, Any] = {self.kind: getattr(self, self.kind)}
        if self.years:
            said["years"] = self.years
        if self.kind != "analysis":
            return said
        said |= {name: getattr(self, name) for name in ("unit", "other") if getattr(self, name)}
        said["view"] = self.view
        if self.chosen:
            said["chosen"] = dict(sorted(self.chosen.items()))
        return said if self.filter is None else {**said, "filter": self.filter}


@dataclass(frozen=True)
class Template:
    """A report template: its name in addresses, its title, and its parts in order.

    `titles` are the title in further languages, by their codes.
    """

    name: str
    title: str
    parts: tuple[Part, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    def title_in(self, language: str) -> str:
        """Return the title in a language, or the one that is always there."""
        return self.titles.get(language) or self.title

    def added(self, part: Part) -> Template:
        """Return it with one more part at its end."""
        return replace(self, parts=(*self.parts, part))

    def moved(self, at: int, by: int) -> Template:
        """Return it with a part some places further down (`by` > 0) or up; ends are ends."""
        rest = [*self.parts[:at], *self.parts[at + 1 :]]
        rest.insert(max(0, at + by), self.parts[at])
        return replace(self, parts=tuple(rest))

    def without(self, at: int) -> Template:
        """Return it without a part."""
        return replace(self, parts=(*self.parts[:at], *self.parts[at + 1 :]))

    def changed(self, at: int, part: Part) -> Template:
        """Return it with another part in the place of one."""
        return replace(self, parts=(*self.parts[:at], part, *self.parts[at + 1 :]))


# ------------------------------------------------------------------- as text


def text(template: Template) -> str:
    """Write a template as TOML: what is read back from it is equal to it."""
    lines = [f"title = {tomls.value(template.title)}"]
    if template.titles:
        lines.append(f"titles = {tomls.value(dict(sorted(template.titles.items())))}")
    for part in template.parts:
        lines += ["", "[[parts]]"]
        lines += [f"{name} = {tomls.value(told)}" for name, told in part.document.items()]
    return "\n".join(lines) + "\n"


def parse(name: str, written: str) -> Template:
    """Read a template from TOML. Raises ReportError with all that is wrong, and where.

    Whether there are such sections and analyses is not looked at here.
    """
    try:
        told = tomllib.loads(written)
    except (ValueError, RecursionError) as error:
        # Too many digits and too many brackets are no TOML either.
        cause = str(error) if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__
        raise ReportError(
            "The report template {name} is not valid TOML: {cause}.", name=name, cause=cause
        ) from error
    wrong = [*_wrong_at_head(told)]
    if wrong:
        raise refused(name, [*wrong, *_wrong_parts(told.get("parts", []))])
    parts = parts_of(name, told)
    titles = {code: _line(said) for code, said in told.get("titles", {}).items() if _line(said)}
    return checked(Template(name, _line(told["title"]), parts, titles))


def parts_of(name: str, told: Mapping[str, Any]) -> tuple[Part, ...]:
    """Read the parts of a report from its TOML table. Raises ReportError with all that is wrong."""
    written = told.get("parts", [])
    wrong = [*_wrong_parts(written)]
    if wrong:
        raise refused(name, wrong)
    return tuple(_part(one) for one in written)


def checked(template: Template) -> Template:
    """Return a template that can be kept. Raises ReportError for one that cannot."""
    wrong = [*_wrong_lines(template)]
    for n, part in enumerate(template.parts, 1):
        wrong += [_in_part(n, said) for said in _wrong_words(part)]
    if wrong:
        raise refused(template.name, wrong)
    return template


def refused(name: str, wrong: Sequence[Message]) -> ReportError:
    """Return the error that says all that is wrong with a template."""
    return ReportError(
        "The report template {name} cannot be used: {wrong}", name=name, wrong=[*wrong]
    )


def _in_part(n: int, said: Message) -> Message:
    return Message("part {n}: {said}", {"n": n, "said": said})


def _line(said: str) -> str:
    return " ".join(said.split())


def _part(told: Mapping[str, Any]) -> Part:
    chosen = {name: str(word) for name, word in told.get("chosen", {}).items()}
    said = {**told, "chosen": chosen}
    if "heading" in said:
        said["heading"] = _line(said["heading"])
    if told.get("filter"):
        said["filter"] = filters.parse(told["filter"]).words
    return Part(**said)


# ------------------------------------------------------------ what is wrong


def _wrong_at_head(told: Mapping[str, Any]) -> Iterator[Message]:
    yield from _unknown(told, ("title", "titles", "parts"))
    if not isinstance(told.get("title"), str):
        yield Message("it needs a title")
    titles = told.get("titles", {})
    if not isinstance(titles, dict) or not all(isinstance(one, str) for one in titles.values()):
        yield Message("titles are texts by the code of their language")


def _wrong_parts(told: Any) -> Iterator[Message]:
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        yield Message("parts are a list of tables, [[parts]]")
        return
    for n, part in enumerate(told, 1):
        for said in _wrong_part(part):
            yield _in_part(n, said)


def _wrong_part(told: Mapping[str, Any]) -> Iterator[Message]:
    yield from _unknown(told, (*KINDS, *_OF_ANALYSIS, "years"))
    if sum(kind in told for kind in KINDS) != 1:
        yield Message("it must be one of {kinds}", {"kinds": ", ".join(KINDS)})
    for name in (*KINDS, "unit", "view", "other", "filter"):
        if name in told and not isinstance(told[name], str):
            yield Message("{name} must be a text", {"name": name})
    chosen = told.get("chosen", {})
    if not isinstance(chosen, dict):
        yield Message("{name} must be names with words", {"name": "chosen"})
    if "analysis" not in told and any(name in told for name in _OF_ANALYSIS):
        yield Message("only an analysis has {names}", {"names": ", ".join(_OF_ANALYSIS)})
    yield from _wrong_years(told)
    for name in ("filter", "other"):
        if isinstance(told.get(name), str):
            yield from _wrong_filter(told[name])


def _wrong_years(told: Mapping[str, Any]) -> Iterator[Message]:
    if "years" not in told:
        return
    years = told["years"]
    if "heading" in told or "text" in told:
        yield Message("only a section or an analysis has {names}", {"names": "years"})
    if not isinstance(years, int) or isinstance(years, bool) or not 1 <= years <= MOST_YEARS:
        yield Message("years are a whole number from 1 to {most}", {"most": MOST_YEARS})


def _wrong_filter(words: str) -> Iterator[Message]:
    try:
        filters.parse(words)
    except FilterError as error:
        yield error.message


def _unknown(told: Mapping[str, Any], known: Sequence[str]) -> Iterator[Message]:
    for name in told:
        if name not in known:
            yield Message(
                "there is no {name}; there are {known}",
                {"name": name[:40], "known": ", ".join(known)},
            )


def _wrong_lines(template: Template) -> Iterator[Message]:
    if not template.title.strip():
        yield Message("it needs a title")
    for line in (template.title, *template.titles.values()):
        if len(line) > LONGEST_LINE:
            yield Message("a title has at most {most} signs", {"most": LONGEST_LINE})
    if len(template.parts) > MOST_PARTS:
        yield Message("it has more than {most} parts", {"most": MOST_PARTS})


def _wrong_words(part: Part) -> Iterator[Message]:
    if not any(getattr(part, kind).strip() for kind in KINDS):
        yield Message("it says nothing")
    if len(part.heading) > LONGEST_LINE:
        yield Message("a heading has at most {most} signs", {"most": LONGEST_LINE})
    if len(part.text) > LONGEST_TEXT:
        yield Message("a text has at most {most} signs", {"most": LONGEST_TEXT})
    if part.view not in VIEWS:
        yield Message(
            "there is no view {view}; there are {known}",
            {"view": part.view[:40], "known": ", ".join(VIEWS)},
        )
    for words in (part.filter or "", part.other):
        yield from _wrong_filter(words)
