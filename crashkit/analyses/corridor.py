"""Where along a road it happens: crashes for each km of a road or a named corridor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crashkit import casualties, chainage, filters, routes, timeline
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, Sites, chosen
from crashkit.blocks import Column, Figure, Table
from crashkit.chainage import SEVERITIES, Judged, Lines, Mark, Steps
from crashkit.columnar import Levels
from crashkit.errors import Message, MethodError, counted
from crashkit.roads import naming
from crashkit.roads.corridors import CORRIDOR
from crashkit.roads.topology import NOWHERE
from crashkit.routes import Way
from crashkit.stats import FEW

STEPS_KM = (1.0, 0.2, 0.5, 2.0, 5.0)
SHORT_KM, SHORT_STEP_KM = 20.0, 0.5
"""A road so short is usually cut so finely."""
USUAL_STEPS, MOST_STEPS = 300, 1000
"""So many steps a road has at most, as usual and at all, where a longer step can help it."""
MOST_ROADS = 200
"""So many roads are offered, those with the most crashes."""
NAMED = 3
"""So many junctions and settlements are named in one step."""


HURT = timeline.WHAT["casualties"][timeline.SEVERE]
NOT_TOLD = Message(
    "No crash tells its road and km post, and no network of roads is known on which they lie."
)


def lacks(question: Question) -> Message | None:
    """Say whether any crash is known to lie at a km of a road."""
    if question.data.has("road_key") and question.data.has("chainage_km"):
        return None
    return None if routes.ways(question) else NOT_TOLD


def _roads_offered(question: Question) -> Options:
    ways, asked = routes.ways(question), question.chosen.get("by")
    few = [*ways[:MOST_ROADS], *(way for way in ways[MOST_ROADS:] if way.word == asked)]
    return [(way.word, _offered(way)) for way in few]


def _offered(way: Way) -> Message:
    words = {"name": way.name, "n": way.crashes}
    if way.word.startswith(CORRIDOR):
        return Message("Corridor {name} ({n})", words)
    return Message("{name} ({n})", words)


def _steps_offered(question: Question) -> Options:
    way = routes.way(question, question.chosen.get("by", ""))
    long = chainage.length_km(way.legs) if way else 0.0
    fits = [km for km in STEPS_KM if long / km <= MOST_STEPS] or [max(STEPS_KM)]
    usual = next((km for km in sorted(fits) if km >= 1 and long / km <= USUAL_STEPS), max(fits))
    if long <= SHORT_KM:
        usual = SHORT_STEP_KM
    return [
        (f"{km:g}", Message("{km} km", {"km": _number(km)}))
        for km in (usual, *(one for one in sorted(fits) if one != usual))
    ]


BY = Choice("by", Message("Road or corridor, with its crashes"), _roads_offered)
STEP = Choice("size", Message("Length of a step"), _steps_offered)


def answer(question: Question) -> Answer:
    """Return the crashes of a road by km, tested against a road with the same everywhere."""
    found = routes.lines(question)
    way = routes.way(question, question.chosen.get("by", ""))
    if way is None:
        raise MethodError(NOT_TOLD.text)
    step_km = float(chosen(STEP, question))
    steps = chainage.cut(found, way.legs, step_km, question.data)
    seen = _Seen(
        found=found,
        way=way,
        step_km=step_km,
        steps=steps,
        judged=chainage.judge(steps, step_km) if steps.crashes.sum() >= FEW else None,
        beside=_Beside.of(question, found, way, steps),
    )
    title = _title(way, step_km)
    table = _table(title, seen, question.data.period.years)
    return Answer(
        title=title,
        finding=_finding(steps, seen.judged),
        figure=Figure("strip", title, _alt(way, steps), _drawn(seen), table),
        method=_method(found),
        notes=_notes(question, seen),
    )


def _title(way: Way, step_km: float) -> Message:
    words = {"name": way.name, "step": _number(step_km)}
    if way.word.startswith(CORRIDOR):
        return Message("Crashes along corridor {name}, in steps of {step} km", words)
    return Message("Crashes along {name}, in steps of {step} km", words)


def _alt(way: Way, steps: Steps) -> Message:
    most = int(steps.per_km.argmax())
    words = {
        "name": way.name,
        "n": int(steps.crashes.sum()),
        "most": _number(steps.per_km[most]),
        "low": _number(steps.from_km[most]),
        "high": _number(steps.to_km[most]),
    }
    return Message(
        "Bars along {name} with {n} crashes; the most for each km, {most}, are between km {low} "
        "and {high}.",
        words,
    )


# ------------------------------------------------------------------ beside the road


@dataclass(frozen=True, eq=False)
class _Beside:
    """What is marked beside the road, by km along the whole: bands are (from, to, number)."""

    towns: tuple[Mark, ...]
    junctions: tuple[Mark, ...]
    bands: tuple[tuple[float, float, str], ...]
    listed: Sites | None

    @classmethod
    def of(cls, question: Question, found: Lines, way: Way, steps: Steps) -> _Beside:
        table = question.data.table("crash")
        names = table.levels("place") if "place" in table else Levels(np.zeros(0, np.int8), ())
        here = names.take(steps.rows) if names.values else names
        listed = question.sites()
        return cls(
            towns=chainage.settlements(here, steps.along_km),
            junctions=chainage.junctions(found, way.legs),
            bands=tuple(_bands(found, way, listed)) if listed else (),
            listed=listed,
        )


def _bands(found: Lines, way: Way, listed: Sites) -> Iterator[tuple[float, float, str]]:
    """Yield the sites on the way. Where a list does not tell roads apart, all of a name count."""
    for leg in way.legs:
        names = {naming.folded(found.keys[leg.road]), naming.folded(found.labels[leg.road])}
        for site in listed.listed:
            told = site.label if site.label in found.labels else ""
            here = told == found.labels[leg.road] if told else naming.folded(site.road) in names
            low, high = max(site.from_m, leg.from_m), min(site.to_m, leg.to_m)
            if here and low <= high:
                first, last = ((m - leg.from_m) / 1000 + leg.begins_km for m in (low, high))
                yield first, last, site.number


@dataclass(frozen=True, eq=False)
class _Seen:
    """All that is told of a way; `judged` is None for few crashes."""

    found: Lines
    way: Way
    step_km: float
    steps: Steps
    judged: Judged | None
    beside: _Beside

    @property
    def worse(self) -> list[bool]:
        """Mark the steps that have more than chance allows."""
        if self.judged is None:
            return [False] * len(self.steps)
        marks: list[bool] = self.judged.worse.tolist()
        return marks


# ------------------------------------------------------------------ chart and table


def _drawn(seen: _Seen) -> Mapping[str, Any]:
    steps, beside = seen.steps, seen.beside
    alone = len(seen.way.legs) == 1
    return {
        "at_km": steps.at_km.tolist(),
        "to_km": (steps.at_km + steps.to_km - steps.from_km).tolist(),
        "step_km": seen.step_km,
        "km": steps.km.tolist(),
        "series": [
            {"key": SEVERITIES[i], "label": label, "values": steps.counts[:, i].tolist()}
            for i, label in _severities(steps)
        ],
        "bands": list(beside.bands),
        "towns": [(one.at_km, one.name) for one in beside.towns],
        "junctions": [(one.at_km, one.name) for one in beside.junctions],
        "limit": seen.judged.limit / seen.step_km if seen.judged else None,
        "aadt": [None if np.isnan(one) else round(one) for one in steps.aadt.tolist()],
        "across": Message("Km post") if alone else Message("Km along the corridor"),
    }


def _severities(steps: Steps) -> list[tuple[int, Message]]:
    """Return the severities that occur, by their places in SEVERITIES."""
    return [
        (i, filters.value_label("severity", key))
        for i, key in enumerate(SEVERITIES)
        if steps.counts[:, i].any()
    ]


def _table(title: Message, seen: _Seen, years: float) -> Table:
    steps, legs = seen.steps, seen.way.legs
    columns: list[tuple[Column, Sequence[Any]]] = [
        (Column(Message("From km"), "float", 1), steps.from_km.round(3).tolist()),
        (Column(Message("To km"), "float", 1), steps.to_km.round(3).tolist()),
    ]
    if len(legs) > 1:
        roads = [seen.found.labels[legs[leg].road] for leg in steps.leg.tolist()]
        columns.append((Column(Message("Road")), roads))
    columns.append((Column(Message("Crashes"), "int"), steps.crashes.tolist()))
    columns += [
        (Column(label, "int"), steps.counts[:, i].tolist()) for i, label in _severities(steps)
    ]
    columns.append((Column(HURT, "int"), steps.hurt_told))
    columns.append((Column(Message("Crashes for each km"), "float", 1), steps.per_km.tolist()))
    if np.isfinite(steps.aadt).any():
        rate = Column(Message("Crashes for a million vehicle-km"), "float", 2)
        columns.append((Column(filters.label("aadt"), "int"), _or_none(steps.aadt.round())))
        columns.append((rate, _or_none(steps.rates(years))))
    if seen.judged:
        expected = Column(Message("Expected by chance"), "float", 1)
        marks = [Message("more than chance") if one else "" for one in seen.worse]
        columns.append((expected, seen.judged.expected.tolist()))
        columns.append((Column(Message("Judged")), marks))
    columns.append((Column(Message("Beside the road")), _words(steps, seen.beside)))
    heads, values = zip(*columns, strict=True)
    return Table(title, tuple(heads), tuple(zip(*values, strict=True)))


def _or_none(values: Any) -> list[float | None]:
    return [None if np.isnan(one) else one for one in values.tolist()]


def _words(steps: Steps, beside: _Beside) -> list[str]:
    """Name what is marked beside each step: sites by number, settlements, junctions."""
    until = steps.at_km + (steps.to_km - steps.from_km)
    said: list[list[str]] = [[] for _ in range(len(steps))]
    for low, high, number in beside.bands:
        for i in np.flatnonzero((steps.at_km < max(high, low + 1e-6)) & (until > low)).tolist():
            said[i].append(f"№ {number}")
    for marks in (beside.towns, beside.junctions):
        named: dict[int, list[str]] = {}
        for one in marks:
            i = int(np.searchsorted(steps.at_km, one.at_km, side="right")) - 1
            if i >= 0 and one.name and one.at_km <= until[i]:
                named.setdefault(i, []).append(one.name)
        for i, names in named.items():
            said[i] += names[:NAMED]
            said[i] += ["…"] if len(names) > NAMED else []
    return ["; ".join(words) for words in said]


# ------------------------------------------------------------------ in words


def _finding(steps: Steps, judged: Judged | None) -> Message:
    total, km = int(steps.crashes.sum()), _number(steps.km.sum())
    if judged is None:
        return Message(
            "Of {n} crashes on {km} km too few to say where they gather.", {"n": total, "km": km}
        )
    words = {
        "km": km,
        "top": _number(steps.km[judged.fullest].sum()),
        "share": _percent(judged.share),
        "low": _percent(judged.low),
        "high": _percent(judged.high),
        "worse": int(judged.worse.sum()),
        "steps": len(steps),
    }
    return Message(
        "Of {km} km, {top} km hold {share} % of the crashes (by chance alone {low} to {high} %, "
        "95 % limits); {worse} of {steps} steps have more than chance allows on a road with the "
        "same crashes everywhere.",
        words,
    )


def _number(value: float) -> float:
    """Return a number with no decimals that say nothing."""
    found = round(float(value), 1)
    return int(found) if found.is_integer() else found


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _method(found: Lines) -> tuple[Message, ...]:
    told = (
        Message("The length and the AADT of each step are those of the network of roads.")
        if found.strips
        else Message(
            "Without a network of roads a road is taken from its first crash to its last; the "
            "AADT of a step is the middle one of what its crashes tell."
        )
    )
    return (
        Message(
            "The fullest steps are the twentieth part of all with the most crashes for each km. "
            "What chance alone would put there is found by spreading the crashes {n} times at "
            "random over the road.",
            {"n": chainage.DRAWS},
        ),
        Message(
            "A step has more than chance allows where the exact Poisson chance of so many crashes, "
            "at the mean of the whole road, holds false discoveries to {q} % over all steps "
            "(Benjamini and Hochberg 1995). The line is the least such count for each km.",
            {"q": round(100 * chainage.FALSE_ALARMS)},
        ),
        told,
        Message(
            "The test does not know of traffic: where more vehicles pass, more crashes are to be "
            "expected. The rate for a million vehicle-km takes that into account where the AADT is "
            "known, and supposes the same AADT in all years."
        ),
    )


def _notes(question: Question, seen: _Seen) -> tuple[Message, ...]:
    found, beside = seen.found, seen.beside
    lost = _without_km(question, found, {found.keys[leg.road] for leg in seen.way.legs})
    nowhere = int((found.road == NOWHERE).sum()) - lost
    no_rate = int((~np.isfinite(seen.steps.aadt)).sum())
    notes = list(question.data.period.notes)
    untold = int(seen.steps.untold.sum())
    if untold:
        notes.append(casualties.not_in_sum(untold, [HURT]))
    if lost:
        notes.append(
            counted(
                "One crash on this road has no km and is not in the chart.",
                "{n} crashes on this road have no km and are not in the chart.",
                lost,
            )
        )
    if nowhere:
        notes.append(
            counted(
                "One crash on another road, or on none that is told, has no km.",
                "{n} crashes on other roads, or on none that is told, have no km.",
                nowhere,
            )
        )
    if no_rate:
        notes.append(
            counted(
                "The AADT of one step is not known: it has no rate.",
                "The AADT of {n} steps is not known: they have no rate.",
                no_rate,
            )
        )
    if seen.judged is None:
        notes.append(Message("Fewer than {n} crashes: counts only.", {"n": FEW}))
    if beside.bands and beside.listed:
        notes.append(beside.listed.told)
    if beside.towns:
        middle = Message(
            "A settlement stands at the median km of the crashes that name it; those most often "
            "named are marked."
        )
        notes.append(middle)
    return tuple(notes)


def _without_km(question: Question, found: Lines, keys: set[str]) -> int:
    """Count the crashes that name one of these roads and lie at no known km of any."""
    table = question.data.table("crash")
    if "road_key" not in table:
        return 0
    named, levels = set(map(naming.folded, keys)), table.levels("road_key")
    flags = levels.look_up([naming.folded(one) in named for one in levels.values], missing=False)
    return int((flags & (found.road == NOWHERE)).sum())


ANALYSIS = Analysis(
    name="corridor",
    title="Along a road or corridor",
    summary="Crashes for each km, with sites, settlements and traffic.",
    theme="where",
    order=20,
    answer=answer,
    units=("crashes",),
    choices=(BY, STEP),
    lacks=lacks,
    by_years=lambda question: True,
)
