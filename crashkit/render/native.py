"""How a spreadsheet that draws for itself shows a figure: the series, their limits and the axes.

A chart shows what the drawing of the figure shows. Where a series stands is not known here: most
are a column of the table of the figure, and what no table holds is written for the charts alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crashkit import charts
from crashkit.errors import Message
from crashkit.render import pens
from crashkit.render.drawings import funnel, profile, strip
from crashkit.render.pens import INK, PLAIN, SOFT
from crashkit.render.words import SaidFigure
from crashkit.text import Speaker

TOLD = 0.005
"""A path is told with two digits, and drawn with all."""
MOST_NUMBERED = 20
"""More bars have no room for their numbers."""
"""What lies to the left of a pyramid is negative in its cells, and no number of people is."""
DOUBLINGS = 8.0
"""An axis of ratios up to this and its inverse has a step a doubling; a longer one, a decade."""

Look = Mapping[str, Any]
Build = Callable[[Mapping[str, Any], Speaker], Sequence["Plan"]]


@dataclass(frozen=True)
class Values:
    """What stands in the cells of a series, a row each: numbers, None for a gap, or texts.

    A cell of a table stands for a number that lies no further off than `tolerance`.
    """

    title: str
    cells: tuple[float | str | None, ...]
    pattern: str = "General"
    tolerance: float = 0.0

    @property
    def numbers(self) -> list[float]:
        """The numbers among the cells, without the gaps."""
        return [one for one in self.cells if isinstance(one, float)]


@dataclass(frozen=True)
class Line:
    """A series: its form ("bars", "line", "points"), name and look.

    `below` and `above` are how far its 95 % limits lie from it. `at` is where its points stand
    along an axis of numbers, `tags` are names of single points. `drops` marks places on the axis.
    """

    form: str
    label: str
    values: Values
    look: Look
    below: Values | None = None
    above: Values | None = None
    at: Values | None = None
    tags: Values | None = None
    drops: bool = False


@dataclass(frozen=True)
class Axis:
    """An axis of numbers: title, number format, ends, a step, the base of a logarithm.

    `foot` is where bars begin.
    """

    title: str
    pattern: str = "#,##0"
    least: float | None = 0.0
    most: float | None = None
    step: float | None = None
    log: int | None = None
    foot: float | None = None


@dataclass(frozen=True)
class Plan:
    """A chart. `way` is "column", "stacked" (columns), "bar" (which lies), "both" (a pyramid) or
    "scatter", whose `across` is an axis of numbers.

    `rows` are the names along the axis, `top_down` puts the first one on top, every `step`-th has
    its name. `numbered` writes the number at each bar.
    """

    way: str
    rows: Values
    lines: tuple[Line, ...]
    up: Axis
    across: Axis = field(default_factory=lambda: Axis(""))
    top_down: bool = False
    numbered: bool = False
    step: int | None = None
    thin: bool = False

    @property
    def lies(self) -> bool:
        """Say whether its bars lie."""
        return self.way in ("bar", "both")


def plans(figure: SaidFigure, speaker: Speaker) -> tuple[Plan, ...]:
    """Return the charts of a figure, one below the other; none where it has to be a picture."""
    build = PLANS.get(figure.kind)
    made = tuple(build(figure.drawing.data, speaker)) if build else ()
    if figure.kind == "bars" and figure.table:
        title = figure.table.columns[0].title
        made = tuple(replace(one, across=replace(one.across, title=title)) for one in made)
    return tuple(_whole(one) for one in made if one.lines)


def _whole(plan: Plan) -> Plan:
    """Take away the lines that show nothing at all."""
    there = [one for one in plan.lines if any(cell is not None for cell in one.values.cells)]
    return replace(plan, lines=tuple(there or plan.lines[:1]))


# ------------------------------------------------------------------ counts along an axis


def _bars(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    digits = data.get("digits", 0)
    pattern = _pattern(digits)
    names = _names(data["categories"], speaker)
    lines = [
        Line(
            "bars",
            label := speaker.say(one["label"]),
            Values(label, _cells(one["values"]), pattern),
            pens.look(data.get("field", ""), one["key"], i),
        )
        for i, one in enumerate(data["series"])
    ]
    alone = len(lines) == 1 and len(names.cells) <= MOST_NUMBERED
    way = "column" if data.get("beside") else "stacked"
    if len(lines) == 1:
        way = "column"
    tops = zip(*(_floats(line.values.cells) for line in lines), strict=True)
    top = max(map(max if way == "column" else sum, tops), default=0.0)
    top = 1.05 * top if alone else top
    up = _scaled(speaker.say(data["unit"]), top, whole=not digits)
    yield Plan(way, names, tuple(lines), up, numbered=alone)


def _series(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan counts with their limits, means, the edges of bands, and marks on the axis."""
    names = _names(data["categories"], speaker, title=speaker.say(data["across"]))
    pattern = _counted(one for line in data["series"] for one in _cells(line["values"]))
    lines: list[Line] = []
    for one in data["series"]:
        label = speaker.say(one["label"])
        look = {**charts.SERIES[one["key"]], "hollow": tuple(one.get("hollow") or ())}
        values = Values(label, _cells(one["values"]), pattern)
        line = Line(one["form"], label, values, look)
        if one.get("lower") is not None:
            line = _limited(line, _cells(one["lower"]), _cells(one["upper"]), speaker)
        lines.append(line)
    for one in data["bands"]:
        lines += _edges(speaker.say(one["label"]), one["lower"], one["upper"], charts.BAND, speaker)
    lines += _marks(data["marks"], lines, len(names.cells), speaker)
    whole = pattern == "#,##0"
    up = _scaled(speaker.say(data["unit"]), max(map(_top, lines), default=0.0), whole=whole)
    across = Axis(speaker.say(data["across"]))
    ticks = len(data["ticks"]) if data["ticks"] else 0
    step = max(1, round(len(names.cells) / ticks)) if ticks else None
    thin = len(names.cells) > charts.MANY
    yield Plan("column", names, tuple(lines), up, across, step=step, thin=thin)


def _marks(
    marks: Iterable[Mapping[str, Any]], lines: Sequence[Line], n: int, speaker: Speaker
) -> list[Line]:
    """Return a line down to the axis where something changed: the first place after it."""
    top = max(map(_top, lines), default=1.0)
    made: dict[str, list[float | None]] = {}
    labels: dict[str, str] = {}
    for mark in marks:
        at = math.ceil(mark["at"])
        if 0 <= at < n:
            made.setdefault(mark["key"], [None] * n)[at] = top
            labels[mark["key"]] = speaker.say(mark["label"])
    return [
        Line(
            "points", labels[key], Values(labels[key], tuple(cells)),
            {"color": charts.MARKS[key], "symbol": "square"}, drops=True,
        )
        for key, cells in made.items()
    ]  # fmt: skip


def _path(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan the counts of years, the path to a target, and the limits of where the trend leads."""
    looks: dict[str, Look] = {
        "counted": {"color": INK, "width": 2.5, "marker": "circle"},
        "path": {"color": charts.GOAL, "width": 2.5},
        "ahead": {"color": PLAIN, "width": 2.5, "dash": "dash"},
    }
    told = [*(data[name] for name in looks), *data["bands"]]
    years = sorted({one[0] for points in told for one in points})

    def cells(points: Iterable[Sequence[float]], side: int = 1) -> tuple[float | None, ...]:
        by_year = {one[0]: one[side] for one in points}
        return _cells(by_year.get(year) for year in years)

    lines: list[Line] = []
    for name, look in looks.items():
        label = speaker.say(data["labels"][name])
        values = Values(label, cells(data[name]), "#,##0", TOLD)
        lines += [Line("line", label, values, look)] if data[name] else []
    colours = (charts.PALETTE[i] for i in (3, 0, 4))
    for band, level, colour in zip(data["bands"], data["levels"], colours, strict=False):
        if band:
            label = speaker.say(Message(funnel.LIMITS.text, {"level": charts.per_cent(level)}))
            lines += _edges(label, cells(band), cells(band, 2), colour, speaker)
    across = speaker.say(data["across"])
    names = Values(across, tuple(map(str, years)))
    up = _scaled(speaker.say(data["unit"]), max(map(_top, lines), default=0.0), whole=True)
    yield Plan("column", names, tuple(lines), up, Axis(across))


# -------------------------------------------------------------------- rows


def _pyramid(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan a side to the left and one to the right, the youngest at the foot."""
    lines = []
    digits = data.get("digits", 0)
    for i, side in enumerate(data["sides"]):
        label = speaker.say(side["label"])
        title = label if i else speaker.say(Message("{what}, drawn to the left", {"what": label}))
        numbers = _cells(side["values"])
        cells = numbers if i else tuple(None if one is None else -one for one in numbers)
        look = {"facecolor": charts.PALETTE[i], "edgecolor": INK, "hatch": "//////" if i else ""}
        lines.append(Line("bars", label, Values(title, cells, _signless(_pattern(digits))), look))
    most = max((n for side in data["sides"] for n in side["values"]), default=1)
    up = _scaled(speaker.say(data["across"]), 1.05 * most, steps=3, whole=not digits)
    up = replace(up, pattern=_signless(up.pattern), least=-(up.most or 1.0))
    yield Plan("both", _names(data["bands"], speaker), tuple(lines), up, numbered=True)


def _ranks(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan bars that lie, the first on top, with their limits."""
    rows = data["rows"]
    if not rows:
        return
    seen = charts.colour_field(data.get("field", ""))
    looks = [pens.look(seen, one["key"], 0) for one in rows]
    title = speaker.say(data["across"])
    tops = [one["value"] if math.isnan(one["upper"]) else one["upper"] for one in rows]
    pattern = "#,##0"
    if data["percent"]:
        pattern = "0.0%" if max(tops) < 0.05 else "0%"
    values = Values(title, _cells(one["value"] for one in rows), pattern)
    line = Line("bars", title, values, {**looks[0], "points": looks})
    low, high = (_cells(one[end] for one in rows) for end in ("lower", "upper"))
    if any(one is not None for one in low):
        line = _limited(line, low, high, speaker)
    up = replace(_scaled(title, max(tops), whole=not data["percent"]), pattern=pattern)
    names = _names([one["label"] for one in rows], speaker)
    yield Plan("bar", names, (line,), up, top_down=True, numbered=line.below is None)


def _ratios(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan bars from 1 to each ratio, between its limits; those beyond the axis end at its edge."""
    rows = data["rows"]
    if not rows:
        return
    least, most, base = _doublings(*data["range"])
    ends = {
        end: tuple(
            None if math.isnan(one[end]) else min(max(float(one[end]), least), most)
            for one in rows
        )
        for end in ("ratio", "lower", "upper")
    }  # fmt: skip
    title = speaker.say(data["across"])
    looks = [
        {"facecolor": charts.RATIO_LOOKS[one["mark"]]["color"], "edgecolor": INK}
        if one["mark"]
        else {"facecolor": "#ffffff", "edgecolor": charts.RATIO_LOOKS[0]["color"]}
        for one in rows
    ]
    line = Line("bars", title, Values(title, ends["ratio"], "0.00"), {**looks[0], "points": looks})
    line = _limited(line, ends["lower"], ends["upper"], speaker)
    up = Axis(title, "General", least, most, log=base, foot=1)
    names = _names([one["label"] for one in rows], speaker)
    yield Plan("bar", names, (line,), up, top_down=True)


def _doublings(least: float, most: float) -> tuple[float, float, int]:
    """Return the ends of an axis by the logarithm, on its steps, and its base."""
    base = 2 if least >= 1 / DOUBLINGS and most <= DOUBLINGS else 10
    return _decade(least, base, math.floor), _decade(most, base, math.ceil), base


def _decade(value: float, base: int, way: Callable[[float], int]) -> float:
    return float(base) ** way(round(math.log(value, base), 9))


# ------------------------------------------------------------------ points on two axes


def _funnel(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan the areas, the highest first as in their table, and the limits about all together."""
    points = sorted(data["points"], key=lambda one: -one["y"])
    across, up = speaker.say(data["across"]), speaker.say(data["up"])
    out = [abs(one["band"]) == len(funnel.DASHES) for one in points]
    names = _names([one["label"] for one in points], speaker)
    pattern = _counted(one["y"] for one in points)
    x = Values(across, _cells(one["x"] for one in points), "#,##0")
    y = Values(up, _cells(one["y"] for one in points), pattern)
    lines = [Line("points", up, y, {"color": charts.PALETTE[4]}, at=x)]
    if any(out):
        level = charts.per_cent(data["limits"][-1]["level"])
        label = speaker.say(Message("Outside the {level} % limits", {"level": level}))
        lines.append(_outside(lines[0], names, out, label))
    at = Values(across, _cells(data["at"]), "#,##0")
    for dash, one in zip(("dash", "solid"), data["limits"], strict=True):
        words = {"level": charts.per_cent(one["level"])}
        label = speaker.say(Message(funnel.LIMITS.text, words))
        edges = _edges(label, one["low"], one["high"], SOFT, speaker, at=at, dash=dash)
        lines += (replace(edge, values=replace(edge.values, pattern=pattern)) for edge in edges)
    label = speaker.say(funnel.COMMON)
    common = Values(label, (float(data["common"]),) * len(data["at"]), pattern)
    lines.append(Line("line", label, common, {"color": charts.PALETTE[0], "width": 2}, at=at))
    least, most = _decade(data["at"][0], 10, math.floor), _decade(data["at"][-1], 10, math.ceil)
    pattern = "#,##0" if least >= 1 else "General"
    yield Plan(
        "scatter", names, tuple(lines), _scaled(up, funnel.highest(data)),
        Axis(across, pattern, least, most, log=10),
    )  # fmt: skip


def _outside(areas: Line, names: Values, out: Sequence[bool], label: str) -> Line:
    """Return the areas outside the widest limits, with their names, upon the points of all.

    They are a series of their own: not every program shows single points in other colours.
    """

    def kept(values: Values) -> Values:
        cells = (cell if far else None for cell, far in zip(values.cells, out, strict=True))
        return replace(values, cells=tuple(cells))

    look = {"color": charts.PALETTE[5], "symbol": "diamond"}
    return Line(
        "points", label, replace(kept(areas.values), title=label), look,
        at=areas.at, tags=kept(names),
    )  # fmt: skip


# -------------------------------------------------------------------- along a road


def _strip(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan bars for each km by severity, the limit of chance and the sites; then the traffic."""
    names = _km(data, speaker)
    until = data.get("to_km") or [at + data["step_km"] for at in data["at_km"]]
    road = data.get("km") or [b - a for a, b in zip(data["at_km"], until, strict=True)]
    lines: list[Line] = []
    for i, one in enumerate(data["series"]):
        label, look = speaker.say(one["label"]), pens.look("severity", one["key"], i)
        if look["facecolor"] == "#ffffff":
            look["facecolor"] = strip.UNKNOWN
        tall = tuple(
            n / km if km else None for n, km in zip(_floats(one["values"]), road, strict=True)
        )
        lines.append(Line("bars", label, Values(label, tall, "#,##0.0"), {**look, "hatch": ""}))
    tops = zip(*(_floats(line.values.cells) for line in lines), strict=True)
    top = max(map(sum, tops), default=1.0)
    n = len(names.cells)
    if data.get("limit") is not None:
        label = speaker.say(strip.CHANCE)
        limit = Values(label, (float(data["limit"]),) * n, "#,##0.0")
        lines.append(Line("line", label, limit, {"color": INK, "width": 1.25, "dash": "dash"}))
    if data["bands"]:
        lines.append(_sites(data, until, 1.05 * top, speaker))
    title = speaker.say(data.get("up", Message("Crashes for each km")))
    up = _scaled(title, max(1.1 * top, data.get("limit") or 0.0))
    across, step = Axis(names.title), max(1, round(n / 12))
    yield Plan("stacked", names, tuple(lines), up, across, step=step, thin=True)
    if any(one is not None for one in data.get("aadt", ())):
        label = speaker.say(Message("AADT"))
        traffic = Values(label, _cells(data["aadt"]), "#,##0")
        line = Line("line", label, traffic, {"color": strip.TRAFFIC, "width": 2})
        up = _scaled(label, _top(line), whole=True)
        yield Plan("column", names, (line,), up, across, step=step, thin=True)


def _sites(data: Mapping[str, Any], until: Sequence[float], high: float, speaker: Speaker) -> Line:
    """Return the sites as a line above the bars they reach over, with their numbers."""
    spans = [*zip(data["at_km"], until, strict=True)]
    over: list[float | None] = [None] * len(spans)
    tags: list[str | None] = [None] * len(spans)
    for low, end, number in reversed(data["bands"]):
        reached = [
            i for i, (a, b) in enumerate(spans) if (a < end and low < b) or a <= low == end < b
        ]
        for i in reached:
            over[i] = high
        if reached:
            tags[reached[len(reached) // 2]] = str(number)
    label = speaker.say(Message("Sites"))
    look = {"color": "#8d7fc0", "width": 4, "marker": "square"}
    return Line("line", label, Values(label, tuple(over)), look, tags=Values("", tuple(tags)))


def _profile(data: Mapping[str, Any], speaker: Speaker) -> Iterable[Plan]:
    """Plan the rate beside the critical one, then the cost between its limits."""
    names = _km(data, speaker)
    across, step = Axis(names.title), max(1, round(len(names.cells) / 12))
    rates = _rates(data, speaker)
    if rates:
        up = _scaled(speaker.say(data["rate_title"]), max(map(_top, rates)))
        yield Plan("stacked", names, rates, up, across, step=step, thin=True)
    title = speaker.say(data["cost_title"])
    low, central, high = map(_cells, data["cost"])
    look = {"facecolor": "#7a6aa0", "edgecolor": "#ffffff", "hatch": ""}
    values = Values(title, central, "#,##0.0")
    cost = _limited(Line("bars", title, values, look), low, high, speaker)
    up = _scaled(title, _top(cost))
    yield Plan("column", names, (cost,), up, across, step=step, thin=True)


def _rates(data: Mapping[str, Any], speaker: Speaker) -> tuple[Line, ...]:
    """Return the rates, those above the critical one by themselves, and what they stand beside."""
    rates, critical = _cells(data["rate"]), _cells(data["critical"])
    if not any(one is not None for one in rates):
        return ()
    pairs = zip(rates, critical, strict=True)
    worse = [rate is not None and most is not None and rate > most for rate, most in pairs]

    def line(form: str, label: Message, cells: Iterable[float | None], look: Look) -> Line:
        said = speaker.say(label)
        return Line(form, said, Values(said, tuple(cells), "#,##0.0"), look)

    def bars(label: Message, colour: str, *, flag: bool) -> Line:
        pairs = zip(rates, worse, strict=True)
        cells = (rate if is_worse == flag else None for rate, is_worse in pairs)
        return line("bars", label, cells, {"facecolor": colour, "edgecolor": INK, "hatch": ""})

    mean = (float(data["average"]),) * len(rates)
    return (
        bars(profile.RATE, profile.USUAL, flag=False),
        bars(profile.ABOVE, profile.WORSE, flag=True),
        line("line", profile.CRITICAL, critical, {"color": INK, "width": 1.5, "dash": "dash"}),
        line("line", profile.MEAN, mean, {"color": SOFT, "width": 1.25}),
    )


def _km(data: Mapping[str, Any], speaker: Speaker) -> Values:
    """Return where the steps of a road begin."""
    return Values(speaker.say(data["across"]), _cells(data["at_km"]), "#,##0.0##")


PLANS: Mapping[str, Build] = {
    "bars": lambda data, speaker: [*_bars(data, speaker)],
    "funnel": lambda data, speaker: [*_funnel(data, speaker)],
    "path": lambda data, speaker: [*_path(data, speaker)],
    "profile": lambda data, speaker: [*_profile(data, speaker)],
    "pyramid": lambda data, speaker: [*_pyramid(data, speaker)],
    "ranks": lambda data, speaker: [*_ranks(data, speaker)],
    "ratios": lambda data, speaker: [*_ratios(data, speaker)],
    "series": lambda data, speaker: [*_series(data, speaker)],
    "strip": lambda data, speaker: [*_strip(data, speaker)],
}


# ------------------------------------------------------------------------- parts


def _limited(line: Line, lower: Sequence[Any], upper: Sequence[Any], speaker: Speaker) -> Line:
    """Return a line with its limits, as distances: that is how a spreadsheet takes them."""
    what = {"what": line.label}
    down = speaker.say(Message("{what}: distance down to the lower limit", what))
    up = speaker.say(Message("{what}: distance up to the upper limit", what))
    known = [*zip(line.values.cells, lower, upper, strict=True)]
    return replace(
        line,
        below=Values(down, tuple(_apart(one, low) for one, low, _ in known), "General"),
        above=Values(up, tuple(_apart(high, one) for one, _, high in known), "General"),
    )


def _apart(high: Any, low: Any) -> float | None:
    return round(max(high - low, 0.0), 12) if _is_number(high) and _is_number(low) else None


def _edges(
    label: str, lower: Iterable[Any], upper: Iterable[Any], colour: str, speaker: Speaker, *,
    at: Values | None = None, dash: str = "dot",
) -> list[Line]:  # fmt: skip
    """Return both edges of a band as lines."""
    look = {"color": colour, "width": 1.5, "dash": dash}
    words = (
        Message("{what}: lower", {"what": label}),
        Message("{what}: upper", {"what": label}),
    )
    return [
        Line("line", said, Values(said, _cells(edge), "#,##0.0"), look, at=at)
        for said, edge in zip(map(speaker.say, words), (lower, upper), strict=True)
    ]


def _names(labels: Iterable[Any], speaker: Speaker, *, title: str = "") -> Values:
    said = (one if isinstance(one, str) else speaker.say(one) for one in labels)
    return Values(title, tuple(said))


def _cells(values: Iterable[Any]) -> tuple[float | None, ...]:
    """Return finite numbers, and a gap for every other."""
    return tuple(float(one) if _is_number(one) else None for one in values)


def _floats(values: Iterable[Any]) -> list[float]:
    """Return numbers, 0 for a gap."""
    return [float(one or 0) for one in values]


def _top(line: Line) -> float:
    """Return how high a line reaches, with its limits."""
    if line.above is None:
        return max(line.values.numbers, default=0.0)
    both = zip(_floats(line.values.cells), _floats(line.above.cells), strict=True)
    return max(map(sum, both), default=0.0)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _counted(values: Iterable[Any]) -> str:
    """Return the number format of counts, or of small numbers that are no counts."""
    there = [abs(one) for one in values if _is_number(one)]
    whole = all(one == round(one) for one in there)
    most = max(there, default=0.0)
    return _pattern(0 if whole or most >= 100 else 1 if most >= 10 else 2)


def _pattern(digits: int) -> str:
    return f"#,##0.{'0' * digits}" if digits else "#,##0"


def _signless(pattern: str) -> str:
    return f"{pattern};{pattern}"


def _scaled(title: str, top: float, *, steps: int = 5, whole: bool = False) -> Axis:
    """Return an axis from 0 to a round number above `top`, in about so many round steps."""
    rough = max((top or 1.0) / steps, 1.0 if whole else 0.0)
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(one * scale for one in (1, 2, 5, 10) if one * scale >= rough * (1 - 1e-9))
    digits = max(0, -math.floor(math.log10(step)))
    most = round(step * math.ceil(top / step - 1e-9), 12) or step
    return Axis(title, _pattern(digits), 0.0, most, step)
