"""Reports: the standard kinds and those of the users' templates, and the stamp that closes each.

A kind is one file of `crashkit.kinds`, a template a text of the users; both name parts in order and
are written by the same road, with a line for each part that does not apply. A new section file
needs no edit here.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

import crashkit
from crashkit import (
    analysis,
    dropins,
    filters,
    options,
    own_reports,
    publishing,
    screening,
    tables,
)
from crashkit.analysis import Answer
from crashkit.blocks import Block, Heading, KeyFigures, Note, Paragraph, Points, Table
from crashkit.errors import (
    DropinError,
    FilterError,
    Message,
    MethodError,
    NotFound,
    ReportError,
    counted,
)
from crashkit.model import CrashData, DatasetInfo, Progress, no_progress
from crashkit.options import Option
from crashkit.own_reports import Part, Template
from crashkit.roads.corridors import Corridor
from crashkit.section import (
    Facts,
    Public,
    Report,
    Section,
    Stamp,
)

LAYOUTS = ("sheet", "list", "pages", "lying", "book", "large")


@dataclass(frozen=True)
class Kind:
    """A standard report: its title, what it is for, how its pages lie, and its parts in order.

    `headline` stands on the report and names the data set, and its year or what was
    chosen of its options where it has one. `has_method` says whether it closes with how the numbers
    of its analyses were made. `options` can be chosen for it. One that is
    `private` is never made for the public, and says why.
    """

    id: str
    title: Message
    summary: Message
    layout: str
    headline: Message
    parts: tuple[Part, ...]
    options: tuple[Option, ...] = ()
    has_method: bool = False
    private: Message | None = None

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of its sections, in order."""
        return tuple(part.section for part in self.parts if part.section)

    @property
    def needs_screening(self) -> bool:
        """Whether it is about the answer to a screening."""
        return _needs(self.parts, "screening")

    @property
    def needs_quality(self) -> bool:
        """Whether it shows a scorecard."""
        return _needs(self.parts, "quality")

    @property
    def needs_place(self) -> bool:
        """Whether it answers what somebody asked of one place."""
        return _needs(self.parts, "place")


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of report by id. Raises DropinError for a broken file."""
    written = dropins.texts("crashkit.kinds", ".toml")
    return {name: read_kind(name, text) for name, text in written.items()}


def read_kind(name: str, written: str) -> Kind:
    """Read a kind of report from the text of its file. Raises DropinError for a broken one."""
    told = tomllib.loads(written)
    try:
        said = {one: Message(told.pop(one)) for one in ("title", "summary", "headline")}
        layout = told.pop("layout")
        chosen = tuple(options.option(one) for one in told.pop("options", ()))
        has_method, private = bool(told.pop("has_method", False)), told.pop("private", "")
        parts = own_reports.parts_of(name, told)
        unknown = [part.section for part in parts if part.section not in ("", *sections())]
        if unknown or layout not in LAYOUTS:
            raise KeyError(", ".join(unknown) or layout)
    except (KeyError, ReportError) as error:
        raise DropinError(
            "The report {name} is broken: {cause}.", name=name, cause=error
        ) from error
    return Kind(
        name,
        layout=layout,
        parts=parts,
        options=chosen,
        has_method=has_method,
        private=Message(private) if private else None,
        **said,
    )


def sections() -> Mapping[str, Section]:
    """Return every section by name. Raises DropinError for a broken section file."""
    return dropins.parts("crashkit.sections", "SECTION", Section)


def assemble(kind: str, facts: Facts, progress: Progress = no_progress) -> Report:
    """Build a report of the sections that the facts support, and its stamp.

    What they do not support is told at the end. `progress` hears of each part. Raises NotFound for
    another kind, ReportError where the kind needs a screening, and for an option that cannot be.
    """
    known = kinds()
    if kind not in known:
        raise NotFound(
            "There is no report {kind}; there are {known}.", kind=kind, known=", ".join(known)
        )
    chosen = known[kind]
    if chosen.needs_screening and facts.screening is None:
        raise ReportError(
            "The report {kind} lists the sites that a rule finds: choose a rule (a preset).",
            kind=kind,
        )
    if chosen.needs_quality and facts.quality is None:
        raise ReportError("The report {kind} needs a scorecard of the data.", kind=kind)
    if chosen.needs_place and facts.answer is None:
        raise ReportError(
            "The report {kind} answers a question about one place: use crashkit answer, or the "
            "box at the top of the pages.",
            kind=kind,
        )
    if facts.public and not can_be_public(chosen):
        raise ReportError(
            "The report {kind} cannot be made for the public: {reason} For the public there are "
            "{known}.",
            kind=kind,
            reason=chosen.private or NOT_PUBLIC,
            known=", ".join(name for name, one in known.items() if can_be_public(one)),
        )
    words = options.chosen(chosen.options, facts.options, facts.data, _corridors(chosen, facts))
    facts = replace(facts, options=words)
    built = [*_each_built(chosen.parts, facts, Message, progress)]
    told = [(part, one) for part, one in zip(chosen.parts, built, strict=True) if not one.lacks]
    full = [*_without_empty_chapters(told)]
    blocks = [*_in_chapters(full)] if _has_chapters(chosen) else [*_blocks(full)]
    if chosen.has_method:
        blocks += _method_chapter(full)
    blocks += _left_out(chosen, built)
    made = Report(
        kind=kind,
        title=_title(chosen, facts),
        subtitle=_period(facts),
        blocks=tuple(blocks),
        stamp=replace(
            stamp(kind, facts, **_answers(built)),
            options=options.told(chosen.options, words),
            of_year=_of_year(chosen.parts, facts),
        ),
        layout=chosen.layout,
        options=words,
    )
    return _published(made, facts, zip(chosen.parts, built, strict=True))


def _corridors(kind: Kind, facts: Facts) -> tuple[Corridor, ...]:
    """Return the corridors to choose from, where the kind lets one choose a route."""
    if facts.besides is None or all(one.kind != "route" for one in kind.options):
        return ()
    return facts.besides.corridors()


# ---------------------------------------------------------- for the public


def can_be_public(kind: Kind) -> bool:
    """Say whether a kind can be made for the public: most of it are counts that can be hidden."""
    if kind.private or kind.needs_screening or kind.needs_place:
        return False
    told = [part for part in kind.parts if part.section or part.analysis]
    return 2 * sum(_may_be_public(part) for part in told) >= len(told)


def _may_be_public(part: Part) -> bool:
    """Say whether a part can be for the public; an analysis may still say no to what is chosen.

    What has a filter of its own is not: set against the whole it would tell what is left out.
    """
    if part.section:
        known = sections().get(part.section)
        return known is None or known.public
    if part.analysis:
        asked = analysis.analyses().get(part.analysis)
        own = part.filter is not None or bool(part.other)
        return asked is None or (asked.public is not analysis.never and not own)
    return True


NOT_PUBLIC = Message(
    "It is not for the public: it tells of single places, crashes or units, or by a filter of its "
    "own of few."
)


def _published(made: Report, facts: Facts, told: Iterable[tuple[Part, _Built]]) -> Report:
    """Return the report as it may be shown: for the public with its small counts hidden."""
    if not facts.public:
        return made
    year = str(facts.year)
    of_a_year = {id(block): year for part, one in told if part.years == 1 for block in one.blocks}
    periods = (facts.data.period, facts.everything.period)
    found = publishing.publish(
        made.blocks,
        facts.public,
        days=[day for one in periods for day in (one.start, one.end)],
        within=of_a_year,
        areas=publishing.areas_within(facts.everything),
        once=made.layout == "sheet",
    )
    public = Public(facts.public, found.hidden, found.left_out, found.secret)
    return replace(made, blocks=found.blocks, stamp=replace(made.stamp, public=public))


def _has_chapters(kind: Kind) -> bool:
    return any(part.heading for part in kind.parts)


def _blocks(told: Iterable[tuple[Part, _Built]]) -> Iterator[Block]:
    for _, one in told:
        yield from one.blocks


def _without_empty_chapters(
    told: Sequence[tuple[Part, _Built]],
) -> Iterator[tuple[Part, _Built]]:
    """Leave out the headings below which nothing stands."""
    for (part, one), below in zip(told, [*told[1:], None], strict=False):
        if not part.heading or (below and not below[0].heading):
            yield part, one


def _method_chapter(told: Sequence[tuple[Part, _Built]]) -> Iterator[Block]:
    """Say of each analysis how its numbers were made; what was said before is not said again."""
    by: dict[str, tuple[Message, list[Message]]] = {}
    said: set[str] = set()
    for part, one in told:
        _, lines = by.setdefault(part.analysis, (part_title(part), []))
        for line in one.answer.method if one.answer else ():
            if str(line) not in said:
                lines.append(line)
                said.add(str(line))
    if said:
        yield Heading(Message("How the numbers were made"))
    for title, lines in by.values():
        if lines:
            yield Heading(title, 2)
            yield Points(tuple(lines))


def _left_out(kind: Kind, built: Sequence[_Built]) -> Iterator[Block]:
    """Name what is not in a report: in one line, or each with its reason where there is room."""
    lacking = [one for one in built if one.lacks]
    if not lacking:
        return
    if not _has_chapters(kind):
        said = "Not in this report, because these crashes do not tell what it needs: {parts}"
        yield Note(Message(said, {"parts": [one.title for one in lacking]}))
        return
    yield Heading(Message("Not in this report"))
    lines = [Message("{part}: {reason}", {"part": one.title, "reason": one.why}) for one in lacking]
    yield Points(tuple({str(line): line for line in lines}.values()))


def _period(facts: Facts) -> Message:
    return Message(
        "Crashes from {start} to {end}",
        {"start": facts.data.period.start, "end": facts.data.period.end},
    )


def _title(kind: Kind, facts: Facts) -> Message:
    if facts.answer is not None:
        return Message("Crashes: {place}", {"place": facts.answer.place.label})
    period = facts.data.period
    ends = (
        dict.fromkeys([period.start.year, period.end.year]) if facts.year is None else [facts.year]
    )
    name = facts.dataset.title or facts.dataset.name
    said: dict[str, Any] = {"dataset": name, "year": "–".join(map(str, ends))}
    for one in kind.options:
        word = facts.options.get(one.name)
        said[one.name] = options.said(one, word) if word else NOTHING_SAID
    return Message(kind.headline.text, {**said, "dataset": name})


NOTHING_SAID = "–"
"""What stands for an option of which the data have nothing to choose."""


# -------------------------------------------------------------- templates


def compose(
    template: Template, facts: Facts, title: str = "", progress: Progress = no_progress
) -> Report:
    """Build a report of the parts of a template; `title` is its title in the language of the paper.

    A part that cannot be made says so in its place, with the reason. `progress` hears of each.
    """
    built = [*_each_built(template.parts, facts, _own_words, progress)]
    made = Report(
        kind=template.name,
        title=_own_words(title or template.title),
        subtitle=Message(
            "{dataset}: crashes from {start} to {end}",
            {
                "dataset": facts.dataset.title or facts.dataset.name,
                "start": facts.data.period.start,
                "end": facts.data.period.end,
            },
        ),
        blocks=tuple(_in_chapters(zip(template.parts, built, strict=True))),
        stamp=_stamp_of_template(template, facts, built),
        layout="lying" if needs_screening(template) else "pages",
    )
    return _published(made, facts, zip(template.parts, built, strict=True))


def check(template: Template) -> Template:
    """Return a template whose sections and analyses there are. Raises ReportError."""
    wrong = [
        Message("part {n}: {said}", {"n": n, "said": said})
        for n, part in enumerate(own_reports.checked(template).parts, 1)
        for said in _wrong_names(part)
    ]
    if wrong:
        raise own_reports.refused(template.name, wrong)
    return template


def of_kind(kind: str, name: str, title: str, say: Callable[[str], str] = str) -> Template:
    """Return a template of the parts of a standard kind; `say` translates what it says itself.

    Raises NotFound.
    """
    known = kinds()
    if kind not in known:
        raise NotFound(
            "There is no report {kind}; there are {known}.", kind=kind, known=", ".join(known)
        )
    return Template(name, title, tuple(_in_words(part, say) for part in known[kind].parts))


def _in_words(part: Part, say: Callable[[str], str]) -> Part:
    # The empty sentence has another meaning in a catalogue.
    heading, text = (words and say(words) for words in (part.heading, part.text))
    return replace(part, heading=heading, text=text)


def needs_screening(template: Template) -> bool:
    """Say whether a template has a section about the answer to a screening."""
    return _needs(template.parts, "screening")


def needs_quality(template: Template) -> bool:
    """Say whether a template has a section about a scorecard."""
    return _needs(template.parts, "quality")


def part_title(part: Part) -> Message:
    """Name a part in lists; a name that is no more stands for itself."""
    if part.section:
        found = sections().get(part.section)
        return Message(found.title) if found else _own_words(part.section)
    if part.analysis:
        asked = analysis.analyses().get(part.analysis)
        return Message(asked.title) if asked else _own_words(part.analysis)
    return _own_words(part.heading or _beginning(part.text))


SHORT = 60
"""Signs by which an own text is named in lists."""


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[:SHORT].rstrip()} …"


def _own_words(words: str) -> Message:
    """Return what a user wrote as it is: no sentence of the catalogue, and no holes."""
    return Message("{text}", {"text": words})


def _needs(parts: Iterable[Part], what: str) -> bool:
    known = sections()
    return any(known[part.section].needs == what for part in parts if part.section in known)


def _wrong_names(part: Part) -> Iterator[Message]:
    if part.section and part.section not in sections():
        yield Message(
            "there is no section {name}; there are {known}",
            {"name": part.section[:40], "known": ", ".join(sections())},
        )
    if not part.analysis:
        return
    asked = analysis.analyses().get(part.analysis)
    if asked is None:
        yield Message(
            "there is no analysis {name}; there are {known}",
            {"name": part.analysis[:40], "known": ", ".join(analysis.analyses())},
        )
        return
    if part.unit and part.unit not in asked.units:
        yield Message(
            "{analysis} counts {units}, not {unit}",
            {
                "analysis": Message(asked.title),
                "units": Message(", ".join(asked.units)),
                "unit": part.unit[:40],
            },
        )
    known = [choice.name for choice in asked.choices]
    for name in part.chosen:
        if name not in known:
            yield Message(
                "there is no {name}; there are {known}",
                {"name": name[:40], "known": ", ".join(known)},
            )


def _in_chapters(told: Iterable[tuple[Part, _Built]]) -> Iterator[Block]:
    """Put what follows a heading among the parts below it; no level of headings is left out."""
    deeper = level = 0
    for part, one in told:
        lacks = (Heading(one.title), Note(one.lacks, "warning")) if one.lacks else ()
        unnamed = part.section and one.blocks and not _says_what_it_is(one.blocks[0])
        for block in (*([Heading(one.title)] if unnamed else ()), *one.blocks, *lacks):
            if isinstance(block, Heading):
                wanted = block.level if part.heading else block.level + deeper
                level = min(wanted, level + 1)
                yield replace(block, level=level)
            else:
                yield block
        deeper = 1 if part.heading else deeper


def _says_what_it_is(first: Block) -> bool:
    return isinstance(first, Heading | KeyFigures)


# ------------------------------------------------------------------ parts


@dataclass(frozen=True, eq=False)
class _Built:
    """What became of a part: its blocks, or what it lacks and why; the answer of an analysis.

    `asks_more` says whether it is a section whose tables rest on more than the crashes.
    """

    title: Message
    blocks: tuple[Block, ...] = ()
    lacks: Message | None = None
    answer: Answer | None = None
    why: Message = Message("The crashes do not tell what it needs.")
    asks_more: bool = False


NOT_TOLD = Message(
    "This part is left out, because these crashes do not tell what it needs.",
)


def _each_built(
    parts: Sequence[Part], facts: Facts, words: Callable[[str], Message], progress: Progress
) -> Iterator[_Built]:
    """Build part after part, and say which chapter is written."""
    chapter = None
    for i, part in enumerate(parts):
        if part.heading:
            chapter = words(part.heading)
        progress(i / len(parts), Message("Writing: {part}", {"part": chapter or part_title(part)}))
        yield _built(part, facts, words)


def _built(part: Part, facts: Facts, words: Callable[[str], Message]) -> _Built:
    """Build a part; `words` makes what people read of its headings and texts."""
    title = part_title(part)
    if part.heading:
        return _Built(title, (Heading(words(part.heading)),))
    if part.text:
        lines = filter(str.strip, part.text.splitlines())
        return _Built(title, tuple(Paragraph((words(line.strip()),)) for line in lines))
    if facts.public and not _may_be_public(part):
        lacks = Message("This part is left out. {reason}", {"reason": NOT_PUBLIC})
        return _Built(title, lacks=lacks, why=NOT_PUBLIC)
    if part.analysis:
        return _analysed(part, title, facts)
    return _section(part, title, facts)


def _section(part: Part, title: Message, facts: Facts) -> _Built:
    section = sections().get(part.section)
    if section is None:
        lacks = Message("This version of CrashKit has no such part; it is left out.")
        return _Built(title, lacks=lacks)
    of_years = facts.of_years(part.years)
    if not section.applies(of_years):
        return _Built(title, lacks=NOT_TOLD)
    return _Built(title, tuple(section.build(of_years)), asks_more=section.asks_more)


def _analysed(part: Part, title: Message, facts: Facts) -> _Built:
    known = analysis.analyses().get(part.analysis)
    if known is None:
        lacks = Message("This version of CrashKit has no such part; it is left out.")
        return _Built(title, lacks=lacks)
    try:
        asked = facts.question(part, part.unit or known.units[0])
        found = analysis.answer(part.analysis, asked)
        if facts.public and not known.public(asked):
            raise MethodError(NOT_PUBLIC.text)
    except (FilterError, MethodError, NotFound) as error:
        lacks = Message("This part is left out. {reason}", {"reason": error.message})
        return _Built(_asked_title(part, title), lacks=lacks, why=error.message)
    own = () if part.filter is None else (Paragraph(_own_filter(part.filter, len(asked.data))),)
    return _Built(title, (Heading(found.title), *own, *_shown(found, part.view)), answer=found)


def _asked_title(part: Part, title: Message) -> Message:
    """Name an analysis with the fields that it was asked by."""
    labels = [filters.label(word) for word in part.chosen.values() if analysis.is_field(word)]
    if part.unit:
        labels.append(tables.UNIT_LABELS[part.unit])
    if not labels:
        return title
    return Message("{analysis} ({fields})", {"analysis": title, "fields": labels})


def _own_filter(words: str, n: int) -> tuple[Message, ...]:
    """Say which crashes a part is about that has a filter of its own."""
    return (
        Message("This part has a filter of its own:"),
        *filters.sentence(filters.parse(words)),
        counted("One crash passes it.", "{n} crashes pass it.", n),
    )


def _shown(found: Answer, view: str) -> Iterator[Block]:
    """Return an answer as its part of the report shows it: chart, table or both."""
    numbers = found.figure.table
    drawn: tuple[Block, ...] = (found.figure,)
    if view == "chart":
        drawn = (replace(found.figure, table=None),)
    elif view == "table" and numbers is not None:
        drawn = (numbers,)
    yield from (Note(one, "warning") for one in found.warnings)
    yield Paragraph((found.finding,))
    yield from drawn
    if found.notes:
        yield Points(found.notes)


# ------------------------------------------------------------------ stamp


def stamp(kind: str, facts: Facts, **more: Any) -> Stamp:
    """Return what makes the numbers traceable; `more` are further inputs of its fingerprint."""
    dataset = facts.dataset
    software = f"CrashKit {crashkit.__version__}"
    day = dataset.changed.date() if dataset.changed else dataset.period.end
    return Stamp(
        dataset=dataset.name,
        data_version=dataset.fingerprint,
        data_date=day,
        filter_sentence=facts.filter_sentence,
        used=facts.summary.crashes,
        of=facts.summary.of,
        unlocated=facts.summary.crashes - facts.summary.located,
        killed_definition=_killed(dataset.killed_definition),
        method=_method(facts),
        attribution=dataset.attribution,
        software=software,
        fingerprint=_fingerprint({"kind": kind, **more}, facts, software),
        synthetic=dataset.synthetic,
        rejected=dataset.rejected,
        duplicates=dataset.duplicates,
        definitions=tuple(_definitions(dataset)),
        rule=tuple(_rule(facts)),
    )


def _definitions(dataset: DatasetInfo) -> Iterator[tuple[Message, Message]]:
    """Say what each thing is that the report counts, by the words of the data fields."""
    yield (
        tables.UNIT_LABELS["crashes"],
        Message("A collision on a public road that hurt somebody or damaged property."),
    )
    yield filters.value_label("injury", "killed"), _killed(dataset.killed_definition)
    for code in ("serious", "slight"):
        meaning = filters.value_definition("injury", code)
        if meaning is not None:
            yield filters.value_label("injury", code), meaning
    for code in ("fatal", "serious", "slight"):
        meaning = filters.value_definition("severity", code)
        if meaning is not None:
            label = filters.value_label("severity", code)
            yield Message("Crash: {severity}", {"severity": label}), meaning


def _stamp_of_template(template: Template, facts: Facts, built: Sequence[_Built]) -> Stamp:
    """Return the stamp of a report of the parts of a template."""
    parts = [part.document for part in template.parts]
    said = Message(
        "{title} ({name}): {parts}",
        {"title": template.title, "name": template.name, "parts": [one.title for one in built]},
    )
    made = stamp("template", facts, parts=parts, **{"answers": [], **_answers(built)})
    return replace(made, template=said if built else None, of_year=_of_year(template.parts, facts))


def _of_year(parts: Iterable[Part], facts: Facts) -> tuple[int, int] | None:
    """Return the year that parts of a report are about, and its crashes."""
    if facts.year is None or all(part.years != 1 for part in parts):
        return None
    return facts.year, facts.of_years(1).summary.crashes


def _answers(built: Sequence[_Built]) -> dict[str, Any]:
    """Return what was found by parts that ask more than the crashes; it counts."""
    found = [_numbers(table) for one in built for table in _resting_on_more(one)]
    return {"answers": found} if found else {}


def _resting_on_more(one: _Built) -> list[Table]:
    if one.answer:
        return [one.answer.table]
    return [block for block in one.blocks if isinstance(block, Table)] if one.asks_more else []


def _numbers(found: Table) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in found.rows]


def _killed(definition: str) -> Message:
    return KILLED.get(definition, Message("not known"))


KILLED = {
    "scene": Message("died at the scene"),
    "24h": Message("died within 24 hours"),
    "3d": Message("died within 3 days"),
    "7d": Message("died within 7 days"),
    "30d": Message("died within 30 days"),
    "1y": Message("died within one year"),
}


def _method(facts: Facts) -> Message | None:
    if facts.screening is None:
        return None
    asked = facts.screening.asked
    return Message(
        "{rule} (rule {id}, checked against its source)"
        if asked.verified
        else "{rule} (rule {id}, not checked against its source)",
        {"rule": Message(asked.title or asked.preset), "id": asked.preset},
    )


def _rule(facts: Facts) -> Iterator[tuple[Message, Message]]:
    """Say all that the rule of a list of sites asks, part by part, with its numbers."""
    if facts.screening is None:
        return
    asked = facts.screening.asked
    yield Message("Source of the rule"), Message(asked.source)
    for one in asked.each:
        if asked.parts:
            yield Message("Part of the rule"), Message(one.title)
        yield from screening.question(one)


def _fingerprint(about: Mapping[str, Any], facts: Facts, software: str) -> str:
    """Hash all that the numbers come from; language and format do not change them."""
    asked = facts.screening.asked if facts.screening else None
    inputs: dict[str, Any] = {
        **about,
        "software": software,
        "data": facts.dataset.fingerprint,
        "content": _content(facts.everything),
        "filter": dict(facts.filter_query),
        **({"public": facts.public} if facts.public else {}),
        "asked": None if asked is None else {k: _plain(v) for k, v in vars(asked).items()},
    }
    if facts.options:
        inputs["options"] = dict(facts.options)
    if facts.answer is not None:
        inputs["answer"] = facts.answer.place.words
    if facts.quality is not None:
        inputs["quality"] = {one.check.id: one.value for one in facts.quality.judged}
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


@lru_cache(maxsize=4)
def _content(data: CrashData) -> str:
    """Hash the crashes, vehicles and people; the numbers that a store gives its rows do not count.

    The order of the rows does not matter either.
    """
    whole = hashlib.sha256()
    for frame in (data.crashes, data.vehicles, data.people):
        own = frame.drop(columns=["id", "crash"], errors="ignore")
        whole.update(",".join(own.columns).encode())
        rows = pd.util.hash_pandas_object(own, index=False, categorize=True)
        whole.update(np.sort(rows.to_numpy()).tobytes())
    return whole.hexdigest()
