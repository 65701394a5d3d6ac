"""Standard reports: which kinds there are, their sections in order, and the stamp that closes each.

A section says itself in which kinds it stands; a new section file needs no edit here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

import crashkit
from crashkit import dropins
from crashkit.blocks import (
    Block,
)
from crashkit.errors import Message, NotFound, ReportError
from crashkit.model import CrashData
from crashkit.section import (
    Facts,
    Report,
    Section,
    Stamp,
)


@dataclass(frozen=True)
class Kind:
    """A standard report: its title, what it is for, how its pages lie.

    `headline` stands on the report and names the data set. `needs_screening` says that it is about
    the answer to a screening, `needs_quality` that it is about a scorecard, `needs_place` that it
    answers what somebody asked of one place; `sections` are names.
    """

    id: str
    title: Message
    summary: Message
    layout: str
    headline: Message
    needs_screening: bool = False
    needs_quality: bool = False
    needs_place: bool = False
    sections: tuple[str, ...] = ()


KINDS = (
    Kind(
        "area_one_pager",
        Message("Area one-pager"),
        Message(
            "One page about the crashes of an area, a road or any other filter: figures, trend, "
            "times, types, conditions and a map."
        ),
        "sheet",
        Message("Road crashes: {dataset}"),
    ),
    Kind(
        "blackspot_list",
        Message("Blackspot list"),
        Message("The sites that a rule lists, ranked, with a map, short facts and its doubts."),
        "list",
        Message("Blackspots: {dataset}"),
        needs_screening=True,
    ),
    Kind(
        "data_quality",
        Message("Data quality"),
        Message(
            "What the data are good for: the grade, the 21 checks, the deaths, and each reporting "
            "unit. The whole data set is judged, whatever the filter."
        ),
        "list",
        Message("Quality of the data: {dataset}"),
        needs_quality=True,
    ),
    Kind(
        "quick_answer",
        Message("Quick answer"),
        Message(
            "One page about one place: how many crashes, killed and injured there by year, the "
            "newest ones, a map, and what the numbers carry."
        ),
        "sheet",
        Message("Crashes at one place: {dataset}"),
        needs_place=True,
    ),
)


def kinds() -> Mapping[str, Kind]:
    """Return the kinds of report by id. Raises DropinError for a broken section file."""
    return {
        kind.id: Kind(**{**vars(kind), "sections": tuple(_standing_in(kind.id))}) for kind in KINDS
    }


def sections() -> Mapping[str, Section]:
    """Return every section by name. Raises DropinError for a broken section file."""
    return dropins.parts("crashkit.sections", "SECTION", Section)


def _standing_in(kind: str) -> list[str]:
    found = [one for one in sections().values() if kind in one.order]
    return [one.name for one in sorted(found, key=lambda one: (one.order[kind], one.name))]


def assemble(kind: str, facts: Facts) -> Report:
    """Build a report of the sections that the facts support, and its stamp.

    Raises NotFound for another kind, ReportError where the kind needs a screening.
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
    parts = sections()
    blocks: list[Block] = []
    for name in chosen.sections:
        if parts[name].applies(facts):
            blocks += parts[name].build(facts)
    return Report(
        kind=kind,
        title=_title(chosen, facts),
        subtitle=Message(
            "Crashes from {start} to {end}",
            {"start": facts.data.period.start, "end": facts.data.period.end},
        ),
        blocks=tuple(blocks),
        stamp=stamp(kind, facts),
        layout=chosen.layout,
    )


def _title(kind: Kind, facts: Facts) -> Message:
    if facts.answer is not None:
        return Message("Crashes: {place}", {"place": facts.answer.place.label})
    return Message(kind.headline.text, {"dataset": facts.dataset.title or facts.dataset.name})


# ------------------------------------------------------------------ stamp


def stamp(kind: str, facts: Facts) -> Stamp:
    """Return what makes the numbers traceable."""
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
        fingerprint=_fingerprint(kind, facts, software),
        synthetic=dataset.synthetic,
    )


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


def _fingerprint(kind: str, facts: Facts, software: str) -> str:
    """Hash all that the numbers come from; language and format do not change them."""
    asked = facts.screening.asked if facts.screening else None
    inputs: dict[str, Any] = {
        "kind": kind,
        "software": software,
        "data": facts.dataset.fingerprint,
        "content": _content(facts.everything),
        "filter": dict(facts.filter_query),
        "asked": None if asked is None else {k: _plain(v) for k, v in vars(asked).items()},
    }
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
