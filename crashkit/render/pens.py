"""What every drawing for paper needs: fonts, the pen, and how classes look."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from matplotlib import font_manager, ft2font
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend
from numpy.typing import NDArray

from crashkit import charts, filters
from crashkit.errors import Message
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


STAND_INS = str.maketrans("▲▼", "↑↓")
"""Marks of more and fewer: our fonts have only one of the two triangles, but both arrows."""


def drawable(text: str) -> str:
    """Return a text that our fonts can draw: another sign is written as its number, [U+1F600]."""
    if text.isascii():
        return text
    letters = _letters()
    text = text.translate(STAND_INS)
    return "".join(sign if _drawn(sign, letters) else f"[U+{ord(sign):04X}]" for sign in text)


def _drawn(sign: str, letters: frozenset[int]) -> bool:
    if sign == "\n" or ord(sign) in letters:
        return True
    # A letter with its accent apart may be there in one piece.
    whole = unicodedata.normalize("NFC", sign)
    return all(ord(one) in letters for one in whole)


def wide_em(text: str, *, bold: bool = False) -> float:
    """Return how wide a text is in our letters, in parts of their size."""
    return sum(_advance(sign, bold) for sign in text)


CHINESE_FROM = "\u2e80"


@lru_cache(maxsize=4096)
def _advance(sign: str, bold: bool) -> float:
    letters = _measured(bold)
    if ord(sign) not in letters.get_charmap():
        return 1.0 if sign >= CHINESE_FROM else 0.6
    return float(letters.load_char(ord(sign)).linearHoriAdvance) / 65536 / MEASURED_AT


MEASURED_AT = 64.0


@lru_cache(maxsize=2)
def _measured(bold: bool) -> ft2font.FT2Font:
    name = f"NotoSans-{'Bold' if bold else 'Regular'}.ttf"
    letters = ft2font.FT2Font(str(resources.files("crashkit") / "fonts" / name))
    letters.set_size(MEASURED_AT, 72)
    return letters


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


def font(size: float = SIZE, *, bold: bool = False) -> font_manager.FontProperties:
    """Return one of our fonts; sizes are points."""
    return font_manager.FontProperties(
        family=list(FAMILIES), size=size, weight="bold" if bold else "normal"
    )


def bare(axes: Axes) -> None:
    """Take away the frame of a drawing but for its foot."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.tick_params(length=0, colors=INK, pad=2)


def scales(axes: Axes, pen: Pen, *, levels: int = 4) -> None:
    """Number both axes of a road: km posts along it, at most `levels` heights."""
    bare(axes)
    axes.locator_params(axis="y", nbins=levels)
    axes.locator_params(axis="x", nbins=12)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: short(value, pen))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(SIZE - 0.5))
        label.set_color(SOFT)


def thin_labels(axes: Axes, names: Sequence[str]) -> None:
    """Leave out labels that would run into each other."""
    room = 88 / max(sum(len(name) + 1.5 for name in names), 1)
    step = max(1, math.ceil(0.9 / room))
    for i, label in enumerate(axes.get_xticklabels()):
        label.set_visible(i % step == 0)


MOST_ROWS = 3
LETTER_MM = 1.25
"""How wide a letter of a label is; a Chinese sign is twice as wide."""


def broken_label(name: str, width_mm: float) -> str:
    """Break a label into at most three rows of a width; what has no room ends in an ellipsis."""
    room = max(4, int(width_mm / LETTER_MM))
    rows: list[str] = []
    for word in _words(name, room):
        joined = f"{rows[-1]} {word}" if rows else word
        if rows and _letters_wide(joined) <= room:
            rows[-1] = joined
        else:
            rows.append(word)
    kept = rows[:MOST_ROWS]
    return "\n".join([*kept[:-1], f"{kept[-1]}…"] if len(rows) > MOST_ROWS else kept)


def _words(name: str, room: int) -> Iterator[str]:
    """Return the words of a label; one that is wider than the room comes in pieces."""
    for word in name.split():
        piece = ""
        for sign in word:
            if piece and _letters_wide(piece + sign) > room:
                yield piece
                piece = ""
            piece += sign
        yield piece


def _letters_wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def look(field: str, key: str, i: int) -> dict[str, Any]:
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


SMALLEST = 4.5
"""Points of the smallest letters of a title."""
PLAIN = "#51457a"
"""Colour of what has no class."""


HATCHES = {"serious": "//////", "injury": "xxxxxx", "pdo": "......"}


def legend(pen: Pen, handles: Sequence[Any], *, columns: int = 0) -> None:
    """Write what the signs mean at the head of the sheet, in as many rows as it needs.

    There is room for one row, or for those that `columns` make; further rows lower the drawing.
    """
    if not handles:
        return
    side_by_side = columns or len(handles)
    made = _legend(pen, handles, side_by_side)
    planned = _size_of(made)[1]
    while side_by_side > 1 and _size_of(made)[0] > pen.canvas.bbox.width:
        made.remove()
        side_by_side -= 1
        made = _legend(pen, handles, side_by_side)
    _lower(pen.canvas, (_size_of(made)[1] - planned) / pen.canvas.bbox.height)


def _size_of(made: Legend) -> tuple[float, float]:
    box = made.get_window_extent()
    return float(box.width), float(box.height)


def _lower(canvas: Canvas, share: float) -> None:
    """Lower the head of a drawing by a share of the sheet; its foot stays."""
    boxes = [axes.get_position() for axes in canvas.axes]
    if share <= 0 or not boxes:
        return
    foot, head = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
    scale = 1 - share / (head - foot)
    for axes, box in zip(canvas.axes, boxes, strict=True):
        axes.set_position((box.x0, foot + scale * (box.y0 - foot), box.width, scale * box.height))


def _legend(pen: Pen, handles: Sequence[Any], columns: int) -> Legend:
    made = pen.canvas.legend(
        handles=list(handles),
        loc="upper right" if pen.rightwards else "upper left",
        bbox_to_anchor=(1.0 if pen.rightwards else 0.0, 1.0),
        ncols=columns,
        frameon=False,
        prop=font(),
        labelcolor=INK,
        handlelength=1.2,
        handleheight=0.9,
        handletextpad=0.4,
        columnspacing=1.1,
        borderaxespad=0.1,
        borderpad=0.2,
        reverse=pen.rightwards,
    )
    made.set_zorder(5)
    return made


def titled(axes: Axes, words: str) -> None:
    """Write what is drawn above its axes, in smaller letters where it is wider than they are."""
    title = axes.set_title(words, fontproperties=font(), color=SOFT, pad=2, loc="left")
    too_wide = title.get_window_extent().width / axes.get_window_extent().width
    if too_wide > 1:
        title.set_fontsize(max(SIZE / too_wide, SMALLEST))


NARROW_MM = 100
"""On narrower sheets, as for a phone, the words of the legend stand below each other."""


def short(value: float, pen: Pen) -> str:
    """Say a number with no more digits than it needs."""
    return pen.speaker.number(value, 0 if value == round(value) else 1)


def rgb(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of a colour #rrggbb, 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


@dataclass(frozen=True)
class Drawing:
    """How a kind of figure is drawn, and how high it likes to be (mm) at a width (mm)."""

    name: str
    draw: Callable[[Mapping[str, Any], Pen], None]
    height_mm: Callable[[Mapping[str, Any], float], float]


ROW_MM = 4.4
HEAD_MM, FOOT_MM = 6.0, 10.5
"""Room for the legend above the rows, and for the axis below them."""
LONGEST = 30
"""A name of a row that is longer takes two lines; of still longer ones the end is left out."""


def row_names(names: Sequence[str], width_mm: float) -> list[str]:
    """Return names that fit beside rows, in two lines at most; a wide sign counts as two."""
    room = LONGEST if width_mm >= NARROW_MM else LONGEST // 2
    return [_in_lines(name, room) for name in names]


def _in_lines(name: str, room: int) -> str:
    if _breadth(name) <= room:
        return name
    words = name.split(" ") if " " in name else list(name)
    between = " " if " " in name else ""
    first = ""
    while words and _breadth(first + between + words[0]) <= room:
        first = f"{first}{between if first else ''}{words.pop(0)}"
    rest = between.join(words)
    first, rest = (first, rest) if first else (rest, "")
    return "\n".join(_cut(line, room) for line in (first, rest) if line)


def _cut(line: str, room: int) -> str:
    if _breadth(line) <= room:
        return line
    while _breadth(line) > room - 1:
        line = line[:-1]
    return f"{line}…"


def _breadth(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def rows_height_mm(rows: int, *, legend: bool) -> float:
    """Return the height of a sheet with so many rows."""
    return FOOT_MM + (HEAD_MM if legend else 1.5) + ROW_MM * max(rows, 2) * 1.35


def rows_axes(pen: Pen, names: Sequence[str], *, right: float, legend: bool) -> Axes:
    """Return axes with one row a name, the first on top, and `right` of the width left free."""
    width, height = (float(size) / MM for size in pen.canvas.get_size_inches())
    left = 0.33 if width >= NARROW_MM else 0.36
    foot, head = FOOT_MM / height, (HEAD_MM if legend else 1.5) / height
    place = (left, foot, 1 - left - right, 1 - foot - head)
    axes = pen.canvas.add_axes(place)
    bare(axes)
    at = np.arange(len(names))
    axes.set_yticks(at, row_names(names, width), fontproperties=font(SIZE - 0.2))
    axes.set_ylim(len(names) - 0.4, -0.6)
    if pen.rightwards:
        axes.invert_xaxis()
        axes.yaxis.tick_right()
        axes.tick_params(length=0)
        axes.set_position((right, *place[1:]))
    for label in axes.get_yticklabels():
        label.set_linespacing(0.95)
    axes.set_axisbelow(True)
    axes.xaxis.grid(True, color="#e3e3e3", linewidth=0.5)
    return axes


def beside(axes: Axes, row: int, words: str, *, bold: bool = False) -> None:
    """Write something at the end of a row, outside the axes."""
    axes.annotate(
        words,
        (1.0, row),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=INK,
        annotation_clip=False,
        fontproperties=font(SIZE - 0.5, bold=bold),
    )
