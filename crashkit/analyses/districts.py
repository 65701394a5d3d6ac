"""Districts or provinces in a funnel: which differ by more than chance and the usual scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crashkit import exposure, filters, tables
from crashkit.analysis import Analysis, Answer, Choice, Options, Question, chosen
from crashkit.blocks import Column, Figure, Table
from crashkit.errors import Message, TooLittle, counted
from crashkit.model import CrashData
from crashkit.trends import ranges

Floats = NDArray[np.float64]

ENOUGH = 5
"""Of fewer districts the scatter between them is not known."""
NAMED = 8
LEVELS = (0.95, 0.998)
GRID = 80
"""Points of a limit as a curve."""
SEVERITY = "severity"

COUNTED = {
    "crashes": {
        "all": Message("Crashes"),
        "fatal": Message("Fatal crashes"),
        "ksi": Message("Crashes with people killed or seriously injured"),
    },
    "casualties": {
        "killed": Message("People killed"),
        "ksi": Message("People killed or seriously injured"),
        "all": Message("Casualties"),
    },
}
CODES = {
    "crashes": {"fatal": ("fatal",), "ksi": ("fatal", "serious")},
    "casualties": {"killed": ("killed",), "ksi": ("killed", "serious")},
}
FIELD = {"crashes": "severity", "casualties": "injury"}
PER = {
    "population": Message("{what} per {per} people and year"),
    "vehicles": Message("{what} per {per} vehicles and year"),
    "vehicle_km": Message("{what} per {per} vehicle-kilometres"),
}
OVER = {
    "population": Message("People, added up over the years"),
    "vehicles": Message("Vehicles, added up over the years"),
    "vehicle_km": Message("Vehicle-kilometres"),
}


def _areas(question: Question) -> Options:
    found: list[str] = question.whole.once("areas of several names", _of_several_names)
    return tuple((field, exposure.AREAS[field]) for field in found)


def _of_several_names(whole: CrashData) -> list[str]:
    return [field for field in ("admin2", "admin1") if len(_names(whole, field)) > 1]


def _names(data: CrashData, field: str) -> tuple[str, ...]:
    levels = filters.levels(data, field)
    if levels is None:
        return ()
    told = zip(levels.values, levels.counts()[1:], strict=True)
    return tuple(name for name, n in told if n and name)


def _rates(question: Question) -> Options:
    kept = {one.quantity for one in question.exposure if one.area}
    usual = [name for name in exposure.QUANTITIES if name in kept]
    others = [name for name in exposure.QUANTITIES if name not in kept]
    labels = {**exposure.QUANTITIES, SEVERITY: Message("How severe")}
    return tuple((name, labels[name]) for name in (*usual, SEVERITY, *others))


def _kinds(question: Question) -> Options:
    labels = COUNTED[question.unit]
    if chosen(SHOW, question) != SEVERITY:
        return tuple(labels.items())
    # All of all is no share: what can be one comes first.
    return tuple((kind, labels[kind]) for kind in dict.fromkeys((*CODES[question.unit], *labels)))


BY = Choice("by", Message("Areas"), _areas)
SHOW = Choice("show", Message("Rate by"), _rates)
KIND = Choice("kind", Message("What is counted"), _kinds)


def lacks(question: Question) -> Message | None:
    """Say whether crashes of two areas are there."""
    if _areas(question):
        return None
    return Message("The data do not tell districts or provinces, or only one.")


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas with their counts, what those are by, and the funnel of the rates `per` so much.

    `curve` are the limits, (levels, points, 2), at the exposures `at`.
    """

    names: tuple[str, ...]
    counts: Floats
    by: Floats
    per: float
    common: float
    limits: Floats
    band: NDArray[np.int64]
    at: Floats
    curve: Floats
    scatter: Message

    @property
    def rates(self) -> Floats:
        """The rate of each area, per 1."""
        return self.counts / self.by


def answer(question: Question) -> Answer:
    """Return the funnel, and which areas lie outside its limits."""
    field, show, kind = chosen(BY, question), chosen(SHOW, question), chosen(KIND, question)
    if show == SEVERITY:
        kind = kind if kind in CODES[question.unit] else next(iter(CODES[question.unit]))
        found, notes = _by_severity(question, field, kind)
    else:
        found, notes = _by_exposure(question, field, kind, show)
    rate, across = _titles(question.unit, kind, show, found.per)
    area = exposure.AREAS[field]
    title = Message("{rate}, by {area}", {"rate": rate, "area": area})
    return Answer(
        title=title,
        finding=_finding(found),
        figure=Figure("funnel", title, _alt(found), _drawn(found, rate, across), _table(
            title, found, (area, COUNTED[question.unit][kind], across, rate)
        )),
        method=_method(found, show, question.unit),
        notes=notes,
    )  # fmt: skip


# ------------------------------------------------------------------------ what is counted


def _by_exposure(
    question: Question, field: str, kind: str, quantity: str
) -> tuple[Areas, tuple[Message, ...]]:
    told = exposure.covered(
        question.data,
        question.exposure,
        quantity,
        field,
        question.whole,
        unit=question.unit,
        injuries=CODES["casualties"].get(kind, ()) if question.unit == "casualties" else (),
    )
    names = tuple(sorted(told.amounts))
    counts, unplaced = _counts(told.data, question.unit, kind, field, names)
    by = np.array([told.amounts[name] for name in names])
    _check(counts, question.unit, kind)
    funnel = ranges.funnel(counts, by, levels=LEVELS)
    if funnel.reason:
        raise TooLittle(funnel.reason.text, **funnel.reason.values)
    at = _grid(by)
    curve = np.array(
        [
            [ranges.count_limits(funnel.rate * x, funnel.k, level) / np.array(x) for x in at]
            for level in LEVELS
        ]
    )
    scatter = Message(
        "Limits are of a negative binomial count about the common rate, with the scatter k = {k} "
        "that the areas have among themselves (Spiegelhalter 2005); k = 0 is chance alone.",
        {"k": round(funnel.k, 3)},
    )
    areas = Areas(
        names, counts, by, told.per, funnel.rate, funnel.limits, funnel.band, at, curve, scatter
    )
    return areas, (*told.notes, *_unplaced(unplaced))


def _by_severity(question: Question, field: str, kind: str) -> tuple[Areas, tuple[Message, ...]]:
    names = tuple(sorted(_names(question.data, field)))
    found, unplaced = _counts(question.data, question.unit, kind, field, names)
    of, _ = _counts(question.data, question.unit, "known", field, names)
    has = of > 0
    names = tuple(name for name, there in zip(names, has.tolist(), strict=True) if there)
    found, of = found[has], of[has]
    _check(found, question.unit, kind)
    if len(names) < 2:
        raise TooLittle("A funnel needs two areas with crashes through the filter.")
    funnel = ranges.share_funnel(found, of, levels=LEVELS)
    at = np.unique(np.rint(_grid(of)))
    curve = np.array([ranges.share_limits(funnel.share, at, funnel.phi, one) for one in LEVELS])
    scatter = Message(
        "Limits are of a binomial share about the common one; their distance is multiplied by "
        "√{phi} for the scatter that the areas have among themselves (Spiegelhalter 2005); 1 is "
        "chance alone.",
        {"phi": round(funnel.phi, 2)},
    )
    areas = Areas(
        names, found, of, 100.0, funnel.share, funnel.limits, funnel.band, at, curve, scatter
    )
    return areas, _unplaced(unplaced)


def _check(counts: Floats, unit: str, kind: str) -> None:
    """Raise TooLittle where nothing is there to be compared."""
    if not counts.sum():
        raise TooLittle(
            "The crashes through the filter, in areas that can be compared, have none of these: "
            "{what}. Count something else, or take another filter.",
            what=COUNTED[unit][kind],
        )


def _counts(
    data: CrashData, unit: str, kind: str, field: str, names: Sequence[str]
) -> tuple[Floats, int]:
    """Count by area, and how many are of none of them."""
    cells = tables.cross(data, field, FIELD[unit], unit=unit, most=None)
    wanted = CODES[unit].get(kind)
    columns = [
        j
        for j, key in enumerate(cells.columns)
        if (key in wanted if wanted else kind != "known" or key)
    ]
    by_key = {
        key: sum(row[j] for j in columns) for key, row in zip(cells.rows, cells.cells, strict=True)
    }
    counts = np.array([by_key.get(name, 0) for name in names], dtype=float)
    return counts, sum(by_key.values()) - int(counts.sum())


def _grid(by: Floats) -> Floats:
    return np.geomspace(by.min() / 1.15, by.max() * 1.15, GRID)


# -------------------------------------------------------------------------------- in words


def _titles(unit: str, kind: str, show: str, per: float) -> tuple[Message, Message]:
    what = COUNTED[unit][kind]
    if show == SEVERITY:
        of = tables.UNIT_LABELS[unit]
        return Message("{what}, per cent of: {of}", {"what": what, "of": of}), of
    return Message(PER[show].text, {"what": what, "per": int(per)}), OVER[show]


def _finding(found: Areas) -> Message:
    n = len(found.names)
    if n < ENOUGH:
        return Message(
            "{n} areas are too few for a funnel to tell usual scatter from a difference.", {"n": n}
        )
    high, low = _outside(found, 1), _outside(found, -1)
    near = int((np.abs(found.band) == 1).sum())
    words = {"n": n, "near": near, "chance": round((LEVELS[1] - LEVELS[0]) * n, 1)}
    if not (high or low):
        return Message(
            "None of {n} areas lies outside the 99.8 % limits. Outside those of 95 %: {near}, "
            "where chance alone lets expect {chance}.",
            words,
        )
    said = [
        Message(text, {"names": names[:NAMED], "count": len(names)})
        for text, names in ((ABOVE.text, high), (BELOW.text, low))
        if names
    ]
    return Message(
        "Of {n} areas {said}. Between these and the 95 % limits: {near}, where chance alone lets "
        "expect {chance}.",
        words | {"said": said},
    )


ABOVE = Message("{count} above the 99.8 % limits: {names}")
BELOW = Message("{count} below the 99.8 % limits: {names}")


def _outside(found: Areas, side: int) -> list[str]:
    """Return the names outside both limits, the farthest from the common rate first."""
    far = np.argsort(-side * found.rates, kind="stable")
    return [found.names[i] for i in far.tolist() if found.band[i] == side * len(LEVELS)]


def _unplaced(n: int) -> tuple[Message, ...]:
    if not n:
        return ()
    return (
        counted(
            "{n} is of none of these areas, or of an unknown one.",
            "{n} are of none of these areas, or of an unknown one.",
            n,
        ),
    )


def _method(found: Areas, show: str, unit: str) -> tuple[Message, ...]:
    told = [found.scatter]
    if unit == "casualties":
        told.append(
            Message(
                "Several people hurt in one crash count each; the scatter between areas holds a "
                "part of that, and the limits for few crashes are somewhat narrow."
            )
        )
    if show != SEVERITY:
        told.append(
            Message(
                "An area outside the limits differs from the others by more than they do among "
                "themselves. Why is not said: traffic through it, roads, or how much is reported."
            )
        )
    return tuple(told)


# ---------------------------------------------------------------------- chart and table


VERDICTS: Mapping[int, Message] = {
    2: Message("above 99.8 %"),
    1: Message("above 95 %"),
    0: Message("within"),
    -1: Message("below 95 %"),
    -2: Message("below 99.8 %"),
}


def _table(title: Message, found: Areas, heads: tuple[Message, ...]) -> Table:
    area, what, across, rate = heads
    order = np.argsort(-found.rates, kind="stable").tolist()
    columns = (
        Column(area),
        Column(what, "int"),
        Column(across, "int"),
        Column(rate, "float", 2),
        Column(Message("Lower limit, 95 %"), "float", 2),
        Column(Message("Upper limit, 95 %"), "float", 2),
        Column(Message("Where it lies")),
    )
    rows = tuple(
        (
            found.names[i],
            int(found.counts[i]),
            round(float(found.by[i])),
            float(found.rates[i] * found.per),
            *(float(one * found.per) for one in found.limits[0, i]),
            VERDICTS[int(found.band[i])],
        )
        for i in order
    )
    return Table(title, columns, rows)


def _drawn(found: Areas, rate: Message, across: Message) -> dict[str, object]:
    return {
        "points": tuple(
            {"label": name, "x": float(x), "y": float(y * found.per), "band": int(band)}
            for name, x, y, band in zip(found.names, found.by, found.rates, found.band, strict=True)
        ),
        "at": tuple(found.at.tolist()),
        "common": float(found.common * found.per),
        "limits": tuple(
            {"level": level, "low": tuple(low), "high": tuple(high)}
            for level, (low, high) in zip(
                LEVELS, (found.curve * found.per).transpose(0, 2, 1).tolist(), strict=True
            )
        ),
        "across": across,
        "up": rate,
    }


def _alt(found: Areas) -> Message:
    return Message(
        "Funnel of {n} areas about a common rate of {rate}; outside the 99.8 % limits: {outside}.",
        {
            "n": len(found.names),
            "rate": found.common * found.per,
            "outside": int((np.abs(found.band) == len(LEVELS)).sum()),
        },
    )


ANALYSIS = Analysis(
    name="districts",
    title="Districts compared",
    summary="Which districts have more or fewer than chance and the usual scatter allow.",
    theme="where",
    order=30,
    answer=answer,
    units=("crashes", "casualties"),
    choices=(BY, SHOW, KIND),
    lacks=lacks,
    by_years=lambda question: chosen(SHOW, question) != SEVERITY,
)
