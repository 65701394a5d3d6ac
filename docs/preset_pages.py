"""The pages of presets: what each rule says, where it is from, and its worked example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import method_pages
import worked

from crashkit import api, filters
from crashkit.presets import Preset

table, say = method_pages.table, method_pages.say


def index() -> Iterator[str]:
    """List the rules: those of countries, those of none, and those made of parts with these."""
    yield "# Presets\n"
    yield "A preset is a data file in `crashkit/presets/`. *Not verified* means that nobody has yet"
    yield "checked its numbers against the text of the rule itself. Each has a page: its conditions"
    yield "in words, its source, what is our choice in it, and a small example to follow by hand.\n"
    whole = api.whole_presets()
    for title, found in (
        ("Rules of countries", {name: one for name, one in whole.items() if one.country}),
        ("Rules of no country", {name: one for name, one in whole.items() if not one.country}),
    ):
        yield f"## {title}\n"
        yield from table(
            ("Preset", "Title", "Place", "Measure", "Source", "Standing"), _rows(found)
        )
    yield "## Criterion not known to us\n"
    yield "These definitions exist, and nobody can ask them here: their limits are not known to us,"
    yield "and none is invented. Another rule may stand in for some, under its own name; who has"
    yield "the text can write the rule down. No preset claims to be the text of the CAREC manual.\n"
    unknown = [
        (one.title, one.country, " ".join(one.notes), _stand_in(one), one.source)
        for one in api.unknown_criteria().values()
    ]
    yield from table(("Definition", "Country", "What is known", "Stand-in", "Source"), unknown)
    yield "## Parts of rules\n"
    yield "A rule of parts asks them in turn and answers as one; each can also be asked alone.\n"
    every = api.list_presets()
    parts = {name: one for name, one in every.items() if name not in whole}
    yield from table(("Preset", "Title", "Place", "Measure", "Source", "Standing"), _rows(parts))
    yield "```{toctree}\n:hidden:\n"
    yield from (f"presets/{name}" for name in every)
    yield "```"


def _rows(found: Mapping[str, Preset]) -> Iterator[tuple[str, ...]]:
    for name, one in found.items():
        yield (
            f"[`{name}`](presets/{name}.md)",
            one.title,
            ", ".join(_linked(one, "place", "")),
            ", ".join(_linked(one, "measure", "")),
            one.source,
            method_pages.standing(one),
        )


def _stand_in(one: api.UnknownCriterion) -> str:
    return f"[`{one.stand_in}`](presets/{one.stand_in}.md)" if one.stand_in else ""


def _linked(preset: Preset, half: str, up: str) -> list[str]:
    """Return links to the place, or the measure, of a rule; of one of parts to those of all."""
    each = api.preset_parts(preset) or (preset,)
    names = dict.fromkeys(getattr(one, half) for one in each)
    return [f"[{method_pages.parts()[name].title}]({up}methods/{name}.md)" for name in names]


def page(preset: Preset) -> Iterator[str]:
    """Return the lines of the page of a rule."""
    yield f"# {preset.title}\n"
    yield f"Preset `{preset.id}` · [all presets](../presets.md)\n"
    yield from table(("", ""), [(head, cell) for head, cell in _facts(preset) if cell])
    if preset.parts:
        yield "## Its parts\n"
        yield "They are asked in turn and answered as one list, the worst site first.\n"
        for part in api.preset_parts(preset):
            where = say(api.preset_setting(part))
            yield f"- [{part.title}]({part.id}.md)" + (f" ({where})" if part.setting else "")
        yield ""
    conditions = api.preset_conditions(preset)
    if conditions:
        yield "## Its conditions\n"
        yield from (f"- {'; '.join(map(say, one))}" for one in conditions)
        yield ""
    if preset.notes:
        yield "## What to know\n"
        yield from (f"- {note}" for note in preset.notes)
        yield ""
    yield from _example(preset)


def _facts(preset: Preset) -> Iterator[tuple[str, str]]:
    yield "Source", preset.source
    yield "Standing", method_pages.standing(preset)
    yield "Country", preset.country
    yield "In force from", "" if preset.valid_from is None else preset.valid_from.isoformat()
    yield "In force until", "" if preset.valid_to is None else preset.valid_to.isoformat()
    yield (
        "Earlier version",
        f"[`{preset.replaces}`]({preset.replaces}.md)" if preset.replaces else "",
    )
    yield "Where we look", ", ".join(_linked(preset, "place", "../"))
    yield "What we measure", ", ".join(_linked(preset, "measure", "../"))
    yield "Crashes it looks at", "; ".join(map(say, filters.sentence(filters.parse(preset.filter))))


def _example(preset: Preset) -> Iterator[str]:
    example = worked.of_presets()[preset.id]
    first, last = example.years
    yield "## A worked example\n"
    yield f"Crashes of the years {first} to {last}.\n"
    yield from method_pages.tables(example)
    # In one line: one that begins with a sign or a number would be taken for a list.
    yield f"**By hand.** {' '.join(example.by_hand.split())}\n"
    yield from method_pages.answered(example, worked.answer(example))
