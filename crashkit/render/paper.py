"""Figures for paper: the same drawing for every format. Draws, never computes.

Figures by kind, and the data they take:

    bars   categories (Messages), series ({key, label, values}), field, unit
    heat   rows (Messages), columns (numbers), cells, row_kind, across
    walk   at (numbers), walk, limit, across (Message)
    strip  at_km, step_km, series ({key, label, values}), bands ((from km, to km, number)), towns
           ((km, name)), across (Message)
    map    lon, lat, box (west, south, east, north); severity, or sites ((lon, lat, number) each);
           layers (GeoJSON by kind: areas, lakes, roads, towns), or else the base map
"""

from __future__ import annotations

import gzip
import io
import json
import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from matplotlib import font_manager, ft2font, patheffects, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from crashkit import charts, filters
from crashkit.errors import Message
from crashkit.section import Figure
from crashkit.text import Speaker

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]

DPI = 220
MM = 1 / 25.4
INK = "#262626"
SOFT = "#6b6b6b"
SIZE = 6.5
"""Points; the smallest letters are one point less."""

FAMILIES = ("Noto Sans", "Noto Sans SC", "Noto Naskh Arabic", "Noto Sans Georgian")


# ------------------------------------------------------------------ fonts


@lru_cache(maxsize=1)
def fonts() -> tuple[str, ...]:
    """Make the fonts of this package known to the drawing library; return their families."""
    folder = resources.files("crashkit") / "fonts"
    ours = sorted(str(item) for item in folder.iterdir() if item.name.endswith(".ttf"))
    known = font_manager.fontManager.ttflist
    # A font of the same name that the computer has may lack letters that ours has.
    known[:] = [entry for entry in known if entry.name not in FAMILIES]
    for path in ours:
        font_manager.fontManager.addfont(path)
    return FAMILIES


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """Return every sign that one of the fonts of this package can draw."""
    folder = resources.files("crashkit") / "fonts"
    names = (item for item in folder.iterdir() if item.name.endswith("-Regular.ttf"))
    return frozenset().union(*(ft2font.FT2Font(str(path)).get_charmap() for path in names))


def drawable(text: str) -> str:
    """Return a text that our fonts can draw: another sign is written as its number, [U+1F600]."""
    if text.isascii():
        return text
    letters = _letters()
    return "".join(sign if _drawn(sign, letters) else f"[U+{ord(sign):04X}]" for sign in text)


def _drawn(sign: str, letters: frozenset[int]) -> bool:
    if ord(sign) in letters:
        return True
    # A letter with its accent apart may be there in one piece.
    whole = unicodedata.normalize("NFC", sign)
    return all(ord(one) in letters for one in whole)


# ---------------------------------------------------------------- drawing


@dataclass(frozen=True)
class Pen:
    """Who speaks, and the sheet that is drawn on."""

    speaker: Speaker
    canvas: Canvas

    def say(self, message: Message | str) -> str:
        """Say a label so that the fonts can draw it and no sign is taken for a formula."""
        text = message if isinstance(message, str) else self.speaker.say(message)
        return drawable(" ".join(text.split())).replace("$", r"\$")

    @property
    def rightwards(self) -> bool:
        """Say whether the language is written from right to left."""
        return self.speaker.direction == "rtl"


def draw(
    figure: Figure, speaker: Speaker, *, width_mm: float, height_mm: float, format: str = "png"
) -> bytes:
    """Draw a figure as PNG or SVG, the same bytes for the same figure."""
    fonts()
    canvas = Canvas(figsize=(width_mm * MM, height_mm * MM), dpi=DPI, facecolor="white")
    FigureCanvasAgg(canvas)
    KINDS[figure.kind](figure.data, Pen(speaker, canvas))
    file = io.BytesIO()
    unsaid = {"Date": None, "Creator": None} if format == "svg" else {"Software": None}
    with rc_context({"svg.hashsalt": "crashkit"}):
        canvas.savefig(file, format=format, metadata=unsaid)
    return file.getvalue()


def height_mm(figure: Figure, width_mm: float, *, tallest_mm: float) -> float:
    """Return the height that suits a figure of this width."""
    if figure.kind == "heat":
        return min(tallest_mm, 8.5 + 3.9 * len(figure.data["rows"]) * max(width_mm / 88, 1))
    if figure.kind == "strip":
        return min(tallest_mm, STRIP_MM)
    if figure.kind in ("bars", "path", "walk"):
        return min(tallest_mm, 0.5 * width_mm)
    west, south, east, north = _padded(figure.data["box"])
    squeezed = math.cos(math.radians((south + north) / 2))
    shape = (north - south) / max((east - west) * squeezed, 1e-9)
    return min(tallest_mm, max(0.62, min(shape, 1.0)) * width_mm + 7)


def _font(size: float = SIZE, *, bold: bool = False) -> font_manager.FontProperties:
    return font_manager.FontProperties(
        family=list(FAMILIES), size=size, weight="bold" if bold else "normal"
    )


def _bare(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.tick_params(length=0, colors=INK, pad=2)


# ------------------------------------------------------------------- bars


def bars(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw stacked bars, the first series at the foot, with the total above each bar."""
    tall = 0.68 if len(data["series"]) > 1 else 0.8
    axes = pen.canvas.add_axes((0.085, 0.13, 0.905, tall))
    names = [pen.say(label) for label in data["categories"]]
    at = np.arange(len(names))
    foot = np.zeros(len(names))
    patches = []
    for i, one in enumerate(data["series"]):
        look = _look(data.get("field", ""), one["key"], i)
        heights = np.asarray(one["values"], dtype=float)
        axes.bar(at, heights, 0.72, bottom=foot, linewidth=0.4, **look)
        patches.append(Patch(label=pen.say(one["label"]), linewidth=0.4, **look))
        foot += heights
    _bare(axes)
    axes.set_ylim(0, max(float(foot.max(initial=0)) * 1.12, 1))
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_xticks(at, names, fontproperties=_font())
    _thin_labels(axes, names)
    axes.yaxis.grid(True, color="#e3e3e3", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.locator_params(axis="y", nbins=5, integer=True)
    axes.yaxis.set_major_formatter(lambda value, _: pen.speaker.number(value))
    for label in axes.get_yticklabels():
        label.set_fontproperties(_font(SIZE - 0.5))
        label.set_color(SOFT)
    _totals(axes, at, foot, pen)
    if pen.rightwards:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
        axes.set_position((0.01, 0.13, 0.905, tall))
    if len(patches) > 1:
        _legend(pen, patches)


def _totals(axes: Axes, at: NDArray[np.int64], totals: Floats, pen: Pen) -> None:
    if len(at) > 20:
        return
    for x, total in zip(at, totals, strict=True):
        axes.annotate(
            pen.speaker.number(float(total)),
            (x, total),
            xytext=(0, 1.5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=INK,
            fontproperties=_font(SIZE - 0.5),
        )


def _thin_labels(axes: Axes, names: Sequence[str]) -> None:
    """Leave out labels that would run into each other."""
    room = 88 / max(sum(len(name) + 1.5 for name in names), 1)
    step = max(1, math.ceil(0.9 / room))
    for i, label in enumerate(axes.get_xticklabels()):
        label.set_visible(i % step == 0)


def _look(field: str, key: str, i: int) -> dict[str, Any]:
    """Return fill, hatch and outline of a class; unknown is hollow."""
    by_severity = field == "severity"
    colour = charts.PALETTE[i % len(charts.PALETTE)] if by_severity or i else PLAIN
    if by_severity:
        colour = charts.SEVERITY_COLOURS.get("" if key == filters.UNKNOWN else key, "#ffffff")
    hatch = HATCHES.get(key, "") if by_severity else ""
    return {
        "facecolor": colour,
        "edgecolor": INK,
        "hatch": hatch,
        "hatchcolor": "#ffffffb0",
        "hatch_linewidth": 0.6,
    }


PLAIN = "#51457a"
"""Colour of what has no class."""

HATCHES = {"serious": "//////", "injury": "xxxxxx", "pdo": "......"}


def _legend(pen: Pen, handles: Sequence[Any], *, columns: int = 0) -> None:
    legend = pen.canvas.legend(
        handles=list(handles),
        loc="upper right" if pen.rightwards else "upper left",
        bbox_to_anchor=(1.0 if pen.rightwards else 0.0, 1.0),
        ncols=columns or max(len(handles), 1),
        frameon=False,
        prop=_font(),
        labelcolor=INK,
        handlelength=1.2,
        handleheight=0.9,
        handletextpad=0.4,
        columnspacing=1.1,
        borderaxespad=0.1,
        borderpad=0.2,
        reverse=pen.rightwards,
    )
    legend.set_zorder(5)


# ------------------------------------------------------------------- walk


def walk(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw sums of residuals along a covariate, and how far from zero they may be."""
    at, sums, far = (np.asarray(data[name], dtype=float) for name in ("at", "walk", "limit"))
    axes = pen.canvas.add_axes((0.085, 0.17, 0.905, 0.8))
    axes.fill_between(at, -far, far, color="#e4e0ee", linewidth=0)
    axes.axhline(0, color=SOFT, linewidth=0.5)
    axes.plot(at, sums, color=PLAIN, linewidth=0.9)
    _bare(axes)
    axes.locator_params(nbins=6)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: _short(value, pen))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(SIZE - 0.5))
        label.set_color(SOFT)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=_font(), color=INK, labelpad=2)


# ------------------------------------------------------------------- path

FAN = ("#b9aee0", "#d3ccec", "#e8e4f5")
"""Colours of the bands of a fan, the narrowest first."""
GOAL = "#007f5f"
NARROW_MM = 100
"""On narrower sheets, as for a phone, the words of the legend stand below each other."""


def path(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw yearly counts, the path to a target and, fanning out, where the trend leads."""
    narrow = pen.canvas.get_figwidth() < NARROW_MM * MM
    axes = pen.canvas.add_axes((0.1, 0.08, 0.87, 0.73) if narrow else (0.075, 0.1, 0.905, 0.78))
    for band, colour in reversed([*zip(data["bands"], FAN, strict=True)]):
        if band:
            years, low, high = zip(*band, strict=True)
            axes.fill_between(years, low, high, color=colour, linewidth=0)
    if data["ahead"]:
        axes.plot(
            *zip(*data["ahead"], strict=True), color=PLAIN, linewidth=1, linestyle=(0, (4, 2))
        )
    axes.plot(*zip(*data["path"], strict=True), color=GOAL, linewidth=1.2)
    axes.plot(*data["path"][-1], color=GOAL, marker="D", markersize=4)
    axes.plot(
        *zip(*data["counted"], strict=True), color=INK, linewidth=1, marker="o", markersize=2.6
    )
    _bare(axes)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", integer=True, nbins=5 if narrow else 12)
    axes.locator_params(axis="y", integer=True, nbins=6)
    axes.grid(axis="y", color="#e4dfd5", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(lambda value, _: str(round(value)))
    axes.yaxis.set_major_formatter(lambda value, _: _short(value, pen))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font())
        label.set_color(SOFT)
    looks: dict[str, dict[str, Any]] = {
        "counted": {"color": INK, "marker": "o", "markersize": 2.6, "linewidth": 1},
        "path": {"color": GOAL, "marker": "D", "markersize": 3, "linewidth": 1.2},
        "ahead": {"color": PLAIN, "linewidth": 1, "linestyle": (0, (4, 2))},
    }
    there = [name for name in looks if data[name]]
    labels = [pen.say(data["labels"][name]) for name in there]
    _legend(
        pen,
        [
            Line2D([], [], label=label, **looks[name])
            for name, label in zip(there, labels, strict=True)
        ],
        columns=1 if narrow else 0,
    )


# ------------------------------------------------------------------ strip

BAND = "#d9d3ea"
ROWS = 2
"""Rows of numbers above a strip; a number that finds no room is left out."""
STRIP_MM, LETTER_MM = 42.0, 1.4
"""How high a strip is, and how wide a letter at most."""


def strip(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw a road by km: bars by severity, sites as bands with their numbers, settlements below."""
    axes = pen.canvas.add_axes((0.05, 0.28, 0.94, 0.44))
    at, step = np.asarray(data["at_km"], dtype=float), float(data["step_km"])
    axes.set_xlim(float(at[0]), float(at[-1]) + step)
    least = 0.003 * (float(at[-1]) + step - float(at[0]))
    for low, high, _ in data["bands"]:
        wide = max(high - low, least)
        axes.axvspan((low + high - wide) / 2, (low + high + wide) / 2, color=BAND, linewidth=0)
    foot, patches = np.zeros(at.size), []
    for i, one in enumerate(data["series"]):
        # Bars of a kilometre are too thin for a hatch or an outline.
        fill = _look("severity", one["key"], i)["facecolor"]
        tall = np.asarray(one["values"], dtype=float) / step
        axes.bar(at, tall, step, bottom=foot, align="edge", facecolor=fill, linewidth=0)
        patches.append(Patch(label=pen.say(one["label"]), facecolor=fill))
        foot += tall
    axes.set_ylim(0, max(float(foot.max(initial=0)) * 1.05, 1 / step))
    _bare(axes)
    axes.locator_params(axis="y", nbins=4)
    axes.locator_params(axis="x", nbins=12)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: _short(value, pen))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(SIZE - 0.5))
        label.set_color(SOFT)
    axes.set_xlabel(pen.say(data["across"]), fontproperties=_font(), color=INK, labelpad=9)
    letter = LETTER_MM * MM / (pen.canvas.get_figwidth() * axes.get_position().width)
    sites = [((low + high) / 2, text) for low, high, text in data["bands"]]
    _along(axes, sites, letter, height=1.02, rows=ROWS)
    towns = [(km, pen.say(name)) for km, name in data["towns"]]
    _along(axes, towns, letter, height=-0.36, rows=1)
    _legend(pen, patches)


def _along(
    axes: Axes, words: Sequence[tuple[float, str]], letter: float, *, height: float, rows: int
) -> None:
    """Write words at their km, the first ones first, in rows from a height on, where they fit.

    `letter` is how wide a letter is, as a share of the width.
    """
    low, high = axes.get_xlim()
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    for km, text in words:
        half = letter * (len(text) + 1) / 2
        middle = min(max((km - low) / (high - low), half), 1 - half)
        for row, spans in enumerate(taken):
            if all(middle + half <= left or right <= middle - half for left, right in spans):
                spans.append((middle - half, middle + half))
                axes.text(
                    middle,
                    height + 0.13 * row,
                    text,
                    transform=axes.transAxes,
                    ha="center",
                    va="bottom",
                    color=INK,
                    fontproperties=_font(SIZE - 0.5),
                )
                break


def _short(value: float, pen: Pen) -> str:
    return pen.speaker.number(value, 0 if value == round(value) else 1)


# ------------------------------------------------------------------- heat


def heat(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw a grid of counts, the number in each cell; darker is more, white is none."""
    cells = np.asarray(data["cells"], dtype=float)
    axes = pen.canvas.add_axes(_grid_place(pen, left=0.075))
    most = max(float(cells.max(initial=0)), 1.0)
    colours = np.array([_heat_colour(n, most) for n in cells.ravel()]).reshape(*cells.shape, 3)
    axes.imshow(colours, aspect="auto", interpolation="nearest")
    axes.set_xticks(np.arange(-0.5, cells.shape[1]), minor=True)
    axes.set_yticks(np.arange(-0.5, cells.shape[0]), minor=True)
    axes.grid(which="minor", color="white", linewidth=0.7)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(which="both", length=0, pad=2, colors=INK)
    axes.set_xticks(
        range(cells.shape[1]), [str(c) for c in data["columns"]], fontproperties=_font(SIZE - 0.7)
    )
    axes.set_yticks(
        range(cells.shape[0]), list(_row_names(data, pen)), fontproperties=_font(SIZE - 0.2)
    )
    small = _font(SIZE - (1.0 if most < 100 else 1.6))
    if most >= TOO_WIDE:
        _heat_scale(most, pen)
    for (i, j), n in np.ndenumerate(cells):
        if n and most < TOO_WIDE:
            axes.text(
                j,
                i,
                f"{n:.0f}",
                ha="center",
                va="center_baseline",
                color="white" if n > 0.45 * most else INK,
                fontproperties=small,
            )
    axes.set_xlabel(pen.say(data["across"]), fontproperties=_font(), labelpad=1, color=SOFT)
    if pen.rightwards:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
        axes.set_position(_grid_place(pen, left=0.003))


TOO_WIDE = 1000
"""Numbers of four digits find no room in a cell: a scale of the colours stands in their place."""


def _heat_scale(most: float, pen: Pen) -> None:
    width, height = (float(size) for size in pen.canvas.get_size_inches() / MM)
    at = (0.03, 0.6 / height, 24 / width, 1.6 / height)
    scale = pen.canvas.add_axes(at if pen.rightwards else (0.997 - at[2], *at[1:]))
    steps = np.array([[_heat_colour(n, most) for n in np.linspace(1, most, 64)]])
    scale.imshow(steps, aspect="auto", extent=(0, 1, 0, 1))
    scale.set_axis_off()
    # The least stands before the scale, the most in its dark end.
    for x, n, colour in ((-0.03, 1.0, INK), (0.98, most, "white")):
        scale.text(
            x, 0.45, pen.speaker.number(n), ha="right", va="center_baseline", color=colour,
            fontproperties=_font(SIZE - 1.5),
        )  # fmt: skip


def _grid_place(pen: Pen, *, left: float) -> Box:
    """Return left, foot, width and height of a grid that leaves room for two lines below."""
    foot = 7.8 / (float(pen.canvas.get_size_inches()[1]) / MM)
    return left, foot, 0.922, 0.995 - foot


def _row_names(data: Mapping[str, Any], pen: Pen) -> Iterator[str]:
    for i, label in enumerate(data["rows"]):
        short = data.get("row_kind") == "weekday" and len(data["rows"]) == 7
        yield drawable(pen.speaker.weekday(i + 1)) if short else pen.say(label)


def _heat_colour(n: float, most: float) -> tuple[float, float, float]:
    steps = [_rgb(colour) for colour in charts.HEAT]
    if not n:
        return 0.965, 0.965, 0.965
    # The first step is white, which is kept for none at all.
    at = 0.35 + (len(steps) - 1.35) * n / most
    low = min(int(at), len(steps) - 2)
    share = at - low
    red, green, blue = (
        a + (b - a) * share for a, b in zip(steps[low], steps[low + 1], strict=True)
    )
    return red, green, blue


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


# -------------------------------------------------------------------- map

LAND = "#f6f4ee"
WATER = "#cfe0ea"
WATER_EDGE = "#8fb2c6"
EDGE = "#b9b3a6"
MARKS = {
    "unknown": ("o", 2.2, "#ffffff00"),
    "pdo": ("s", 1.7, charts.SEVERITY_COLOURS["pdo"]),
    "injury": ("h", 2.4, charts.SEVERITY_COLOURS["injury"]),
    "slight": ("o", 2.1, charts.SEVERITY_COLOURS["slight"]),
    "serious": ("^", 3.1, charts.SEVERITY_COLOURS["serious"]),
    "fatal": ("D", 3.0, charts.SEVERITY_COLOURS["fatal"]),
}
"""Sign, size in points and colour of each severity, in the order they are drawn.

The signs are those of the map on the screen.
"""


def map_(data: Mapping[str, Any], pen: Pen) -> None:
    """Draw crashes or sites over our own ground."""
    width, height = (float(size) for size in pen.canvas.get_size_inches() / MM)
    with_legend = "severity" in data
    below = 6.5 if with_legend else 0.4
    axes = pen.canvas.add_axes(
        (0.4 / width, below / height, 1 - 0.8 / width, 1 - (below + 0.4) / height)
    )
    box = _fitted(_padded(data["box"]), (height - below) / width)
    west, south, east, north = box
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(EDGE)
        spine.set_linewidth(0.6)
    ground = _own_ground if data["layers"] else _base_ground
    names = ground(axes, data, box, pen)
    taken = [_scale(axes, box, pen), _north(axes, box, pen)]
    if "sites" in data:
        _sites(axes, data, box, taken, pen)
    else:
        _crashes(axes, data, box, pen)
    _names(axes, names, box, taken, pen)


def _padded(box: Box) -> Box:
    west, south, east, north = box
    across = max(east - west, 0.02) * 0.06
    up = max(north - south, 0.02) * 0.06
    return west - across, south - up, east + across, north + up


def _fitted(box: Box, shape: float) -> Box:
    """Widen a box to the shape (height by width) of the picture, true to scale in its middle."""
    west, south, east, north = box
    squeezed = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * squeezed, north - south
    if high / wide > shape:
        more = (high / shape / squeezed - (east - west)) / 2
        return west - more, south, east + more, north
    more = (wide * shape - high) / 2
    return west, south - more, east, north + more


@dataclass(frozen=True)
class Name:
    """A name on a map: where, what, how important (smaller is more), and how large."""

    lon: float
    lat: float
    text: str
    rank: float
    bold: bool = False
    dot: bool = True


# ----------------------------------------------------- ground: own layers


def _own_ground(axes: Axes, data: Mapping[str, Any], box: Box, pen: Pen) -> list[Name]:
    layers = data["layers"]
    axes.set_facecolor(LAND)
    shapes = {
        kind: _shapes(layers[kind], box) for kind in ("areas", "lakes", "roads") if kind in layers
    }
    borders = [ring for one in shapes.get("areas", ()) for ring in one[1]]
    _lines(axes, borders, color="#a9a294", linewidth=0.7, linestyle=(0, (4, 2)), zorder=1.4)
    _surfaces(axes, [ring for one in shapes.get("lakes", ()) for ring in one[1]])
    for classes, colour, width in ROADS:
        mine = [
            line
            for properties, lines in shapes.get("roads", ())
            if (properties.get("road_class") in classes) == bool(classes)
            and (classes or properties.get("road_class") not in MAJOR)
            for line in lines
        ]
        _lines(axes, mine, color=colour, linewidth=width, zorder=1.6)
    return list(_towns(layers.get("towns"), pen)) if "towns" in layers else []


MAJOR = ("motorway", "national", "regional")
ROADS: tuple[tuple[tuple[str, ...], str, float], ...] = (
    ((), "#d8d3c7", 0.4),
    (("regional",), "#c9b98c", 0.7),
    (("motorway", "national"), "#b58f4c", 1.1),
)


def _towns(layer: Any, pen: Pen) -> Iterator[Name]:
    for feature in layer.get("features", ()):
        properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
        if geometry.get("type") == "Point":
            lon, lat = geometry["coordinates"][:2]
            people = float(properties.get("population") or 0)
            yield Name(lon, lat, _named(properties, pen), -people, bold=people >= 200_000)


def _named(properties: Mapping[str, Any], pen: Pen) -> str:
    language = pen.speaker.language.split("_")[0]
    return pen.say(str(properties.get(f"name_{language}") or properties.get("name") or ""))


Shape = tuple[Mapping[str, Any], list[Floats]]


def _shapes(layer: Any, box: Box) -> list[Shape]:
    """Return the lines or rings of each feature that touches the box."""
    found = []
    for feature in layer.get("features", ()):
        parts = [part for part in _parts(feature.get("geometry") or {}) if _touches(part, box)]
        if parts:
            found.append((feature.get("properties") or {}, parts))
    return found


def _parts(geometry: Mapping[str, Any]) -> Iterator[Floats]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates", ())
    if kind == "GeometryCollection":
        for one in geometry.get("geometries", ()):
            yield from _parts(one)
        return
    deep = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}.get(kind or "")
    if deep is None:
        return
    rings = [coordinates]
    for _ in range(deep):
        rings = [ring for part in rings for ring in part]
    for ring in rings:
        yield np.asarray([point[:2] for point in ring], dtype=float).reshape(-1, 2)


def _touches(part: Floats, box: Box) -> bool:
    if not len(part):
        return False
    west, south = part.min(axis=0)
    east, north = part.max(axis=0)
    return bool(east >= box[0] and west <= box[2] and north >= box[1] and south <= box[3])


def _lines(axes: Axes, lines: Sequence[Floats], **look: Any) -> None:
    if lines:
        axes.add_collection(LineCollection(list(lines), **look), autolim=False)


def _surfaces(
    axes: Axes,
    rings: Sequence[Floats],
    *,
    fill: str = WATER,
    edge: str = WATER_EDGE,
    level: float = 1.5,
) -> None:
    if rings:
        paths = [Path(ring, closed=True) for ring in rings if len(ring) > 2]
        drawn = PathCollection(
            paths, facecolors=fill, edgecolors=edge, linewidths=0.4, zorder=level
        )
        axes.add_collection(drawn, autolim=False)


# --------------------------------------------------- ground: the base map


@dataclass(frozen=True, eq=False)
class Ground:
    """A kind of feature of the base map: its lines or rings, and the boxes around them."""

    parts: tuple[Floats, ...]
    boxes: Floats

    def within(self, box: Box) -> list[Floats]:
        """Return the parts that touch a box."""
        west, south, east, north = box
        b = self.boxes
        touching = (b[:, 2] >= west) & (b[:, 0] <= east) & (b[:, 3] >= south) & (b[:, 1] <= north)
        return [self.parts[i] for i in np.flatnonzero(touching)]


@lru_cache(maxsize=1)
def _base() -> tuple[dict[str, Ground], list[Mapping[str, Any]]]:
    """Read the base map for paper: surfaces and lines by kind, and the named points."""
    file = resources.files("crashkit") / "basemap" / "paper.geojson.gz"
    features = json.loads(gzip.decompress(file.read_bytes()))["features"]
    parts: dict[str, list[Floats]] = {}
    points = []
    for feature in features:
        if feature["geometry"]["type"] == "Point":
            points.append(feature)
        else:
            parts.setdefault(feature["properties"]["kind"], []).extend(_parts(feature["geometry"]))
    return {kind: _ground(found) for kind, found in parts.items()}, points


def _ground(parts: Sequence[Floats]) -> Ground:
    kept = [part for part in parts if len(part)]
    boxes = np.array([[*part.min(axis=0), *part.max(axis=0)] for part in kept])
    return Ground(tuple(kept), boxes)


LINES = {
    "river": {"color": WATER_EDGE, "linewidth": 0.4},
    "area": {"color": "#cdc6b8", "linewidth": 0.4},
    "coast": {"color": WATER_EDGE, "linewidth": 0.5},
    "country": {"color": "#8d877b", "linewidth": 0.8},
    "disputed": {"color": "#8d877b", "linewidth": 0.8, "linestyle": (0, (3, 2))},
}


def _base_ground(axes: Axes, data: Mapping[str, Any], box: Box, pen: Pen) -> list[Name]:
    ground, points = _base()
    axes.set_facecolor(WATER)
    land = ground["land"].within(box) if "land" in ground else []
    _surfaces(axes, land, fill=LAND, edge=LAND, level=1.0)
    _surfaces(axes, ground["lake"].within(box) if "lake" in ground else [], level=1.2)
    for kind, look in LINES.items():
        if kind in ground:
            _lines(axes, ground[kind].within(box), zorder=1.4, **look)
    return [name for name in _base_names(points, pen) if _inside(name, box)]


def _base_names(points: Sequence[Mapping[str, Any]], pen: Pen) -> Iterator[Name]:
    for feature in points:
        properties = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"]
        country = properties["kind"] == "country_name"
        rank = float(properties.get("rank", 9)) + (0.5 if country else 0)
        yield Name(lon, lat, _named(properties, pen), rank, bold=country, dot=not country)


def _inside(name: Name, box: Box) -> bool:
    return box[0] < name.lon < box[2] and box[1] < name.lat < box[3]


# --------------------------------------------------- crashes, sites, names


def _crashes(axes: Axes, data: Mapping[str, Any], box: Box, pen: Pen) -> None:
    """Draw the crashes, the worst last; of those on one spot and of one severity only one."""
    lon, lat, severity = data["lon"], data["lat"], data["severity"]
    step = float(_degrees_per_mm(box, pen)[0]) * 0.35
    handles = []
    shrink = 1.0 if len(lon) < 1000 else 0.8
    for level, (code, (sign, size, colour)) in enumerate(MARKS.items()):
        mine = severity == code
        if not mine.any():
            continue
        spots = _spots(lon[mine], lat[mine], step)
        look: dict[str, Any] = {
            "linestyle": "",
            "marker": sign,
            "markersize": size * shrink,
            "markerfacecolor": colour,
            "markeredgecolor": "#ffffff" if code == "fatal" else INK,
            "markeredgewidth": 0.25,
        }
        label = filters.value_label("severity", code)
        if mine.all() and code == filters.UNKNOWN:
            label = Message("Crashes")
            look |= {"markerfacecolor": PLAIN, "markersize": 2.0}
        said = {"label": label, "n": int(mine.sum())}
        words = pen.say(Message("{label} ({n})", said))
        axes.plot(lon[mine][spots], lat[mine][spots], zorder=2 + level / 10, **look)
        handles.append(Line2D([], [], label=words, **(look | {"markersize": max(size + 1, 3.2)})))
    _map_legend(pen, list(reversed(handles)))


def _spots(lon: Floats, lat: Floats, step: float) -> NDArray[np.int64]:
    """Return the number of one point in each square of `step` degrees: the others are hidden."""
    squares = np.floor(np.column_stack([lon, lat]) / step)
    seen: NDArray[np.int64] = np.unique(squares, axis=0, return_index=True)[1]
    return seen


def _map_legend(pen: Pen, handles: Sequence[Line2D]) -> None:
    pen.canvas.legend(
        handles=list(handles),
        loc="lower left" if not pen.rightwards else "lower right",
        bbox_to_anchor=(1.0 if pen.rightwards else 0.0, 0.0),
        ncols=max(len(handles), 1),
        frameon=False,
        prop=_font(),
        labelcolor=INK,
        handlelength=0.8,
        handletextpad=0.4,
        columnspacing=1.2,
        borderaxespad=0.1,
        borderpad=0.3,
    )


def _sites(axes: Axes, data: Mapping[str, Any], box: Box, taken: list[Box], pen: Pen) -> None:
    """Draw the sites over faint crashes; numbers that would hide each other are moved apart."""
    lon, lat = data["lon"], data["lat"]
    seen = _spots(lon, lat, float(_degrees_per_mm(box, pen)[0]) * 0.3)
    axes.plot(
        lon[seen], lat[seen], linestyle="", marker="o", markersize=1.0,
        markerfacecolor="#9a9a9a", markeredgewidth=0, zorder=2, alpha=0.6,
    )  # fmt: skip
    numbered = [one for one in data["sites"] if one[2]]
    spots = np.array([one[:2] for one in data["sites"]], dtype=float).reshape(-1, 2)
    axes.plot(
        spots[:, 0], spots[:, 1], linestyle="", marker="o", markersize=2.4,
        markerfacecolor=charts.SEVERITY_COLOURS["serious"], markeredgecolor="white",
        markeredgewidth=0.3, zorder=3,
    )  # fmt: skip
    at = np.array([one[:2] for one in numbered], dtype=float).reshape(-1, 2)
    per_mm = _degrees_per_mm(box, pen)
    moved = _apart(at / per_mm) * per_mm
    half = DISC_MM / 2 * per_mm
    for (lon, lat, number), (x, y) in reversed(list(zip(numbered, moved, strict=True))):
        axes.plot([lon, x], [lat, y], color=INK, linewidth=0.5, zorder=3.5)
        axes.plot(
            [x], [y], linestyle="", marker="o", markersize=7.5,
            markerfacecolor=charts.SEVERITY_COLOURS["fatal"], markeredgecolor="white",
            markeredgewidth=0.5, zorder=4,
        )  # fmt: skip
        axes.text(
            x, y, number, ha="center", va="center_baseline", color="white",
            fontproperties=_font(5.2, bold=True), zorder=4.1,
        )  # fmt: skip
        taken.append((x - half[0], y - half[1], x + half[0], y + half[1]))


DISC_MM = 3.0


def _degrees_per_mm(box: Box, pen: Pen) -> Floats:
    """Return how many degrees of longitude and of latitude a millimetre of the map stands for."""
    west, south, east, north = box
    width_mm = float(pen.canvas.get_size_inches()[0]) / MM
    across = (east - west) / width_mm
    return np.array([across, across * math.cos(math.radians((south + north) / 2))])


def _apart(at_mm: Floats) -> Floats:
    """Move discs apart until none hides another; each stays near its own spot."""
    moved: Floats = at_mm + np.arange(len(at_mm))[:, None] * np.array([[1e-3, -1e-3]])
    for _ in range(200):
        away = moved[:, None, :] - moved[None, :, :]
        gap = np.hypot(away[..., 0], away[..., 1])
        np.fill_diagonal(gap, np.inf)
        short = np.clip(DISC_MM - gap, 0, None)
        if not (short > 0.01).any():
            break
        push = away / np.maximum(gap, 1e-9)[..., None] * short[..., None] / 2
        moved = moved + push.sum(axis=1)
    return moved


MOST_NAMES = 14


def _names(axes: Axes, names: Sequence[Name], box: Box, taken: list[Box], pen: Pen) -> None:
    """Write the most important names that find room."""
    width_mm = float(pen.canvas.get_size_inches()[0]) / MM
    per_mm = (box[2] - box[0]) / width_mm
    most = round(MOST_NAMES * max(width_mm / 88, 1))
    for name in sorted(names, key=lambda one: one.rank):
        if most and name.text and _inside(name, box):
            size = SIZE if name.bold else SIZE - 0.6
            spot = _room_for(name, size, per_mm, box)
            if spot and not any(_overlap(spot, other) for other in taken):
                taken.append(spot)
                most -= 1
                _write(axes, name, size)


def _room_for(name: Name, size: float, per_mm: float, box: Box) -> Box | None:
    """Return the box of a name to the right of its point, or None where it leaves the map."""
    squeezed = math.cos(math.radians(name.lat))
    letters = sum(1.0 if ord(sign) > 0x2E80 else 0.58 for sign in name.text)
    wide = (letters * size * 0.353 + 2) * per_mm
    high = size * 0.42 * per_mm * squeezed
    west = name.lon if name.dot else name.lon - wide / 2
    spot = (west, name.lat - high / 2, west + wide, name.lat + high / 2)
    return spot if spot[2] < box[2] and spot[0] > box[0] else None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _write(axes: Axes, name: Name, size: float) -> None:
    if name.dot:
        axes.plot(
            [name.lon], [name.lat], linestyle="", marker="o", markersize=2.4 if name.bold else 1.8,
            markerfacecolor="white", markeredgecolor=INK, markeredgewidth=0.6, zorder=5,
        )  # fmt: skip
    axes.annotate(
        name.text,
        (name.lon, name.lat),
        xytext=(2.5 if name.dot else 0, 0),
        textcoords="offset points",
        ha="left" if name.dot else "center",
        va="center_baseline",
        color=INK if name.dot else SOFT,
        fontproperties=_font(size, bold=name.bold),
        path_effects=[patheffects.withStroke(linewidth=2.0, foreground="#ffffffe6")],
        zorder=6,
    )


KM_PER_DEGREE = 111.195


def _scale(axes: Axes, box: Box, pen: Pen) -> Box:
    """Draw a scale bar of a round length, true in the middle of the map; return its room."""
    west, south, east, north = box
    km = (east - west) * KM_PER_DEGREE * math.cos(math.radians((south + north) / 2))
    length = _round_length(km / 4)
    share = length / km
    axes.add_patch(
        Rectangle(
            (0.012, 0.012), share + 0.03, 0.075, transform=axes.transAxes, facecolor="#ffffffd8",
            edgecolor="none", zorder=7,
        )
    )  # fmt: skip
    axes.plot(
        [0.027, 0.027, 0.027 + share, 0.027 + share], [0.045, 0.03, 0.03, 0.045], color=INK,
        linewidth=0.8, transform=axes.transAxes, zorder=8, solid_joinstyle="miter",
    )  # fmt: skip
    said = (
        pen.say(Message("{n} km", {"n": int(length)}))
        if length >= 1
        else pen.say(Message("{n} m", {"n": round(length * 1000)}))
    )
    axes.text(
        0.027 + share / 2, 0.042, said, transform=axes.transAxes, ha="center", va="bottom",
        color=INK, fontproperties=_font(SIZE - 0.7), zorder=8,
    )  # fmt: skip

    return _share_of(box, (0.0, 0.0, share + 0.05, 0.1))


def _share_of(box: Box, part: Box) -> Box:
    """Return the degrees of a part of the map that is given in shares of it."""
    west, south, east, north = box
    wide, high = east - west, north - south
    return (
        west + part[0] * wide,
        south + part[1] * high,
        west + part[2] * wide,
        south + part[3] * high,
    )


def _round_length(km: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten below a length."""
    power = 10.0 ** math.floor(math.log10(km))
    return next(step * power for step in (5, 2, 1) if step * power <= km)


def _north(axes: Axes, box: Box, pen: Pen) -> Box:
    """Draw an arrow to the north; return its room."""
    axes.annotate(
        pen.say(Message("N")),
        xy=(0.965, 0.975),
        xytext=(0.965, 0.86),
        xycoords="axes fraction",
        ha="center",
        va="center",
        color=INK,
        fontproperties=_font(SIZE, bold=True),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 0.9, "shrinkB": 0},
        path_effects=[patheffects.withStroke(linewidth=1.6, foreground="#ffffffd0")],
        zorder=8,
    )
    return _share_of(box, (0.93, 0.82, 1.0, 1.0))


KINDS = {"bars": bars, "heat": heat, "map": map_, "path": path, "strip": strip, "walk": walk}
