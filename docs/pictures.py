"""Pictures of worked examples: crashes and the sites found, as SVG that needs no style or script.

Where all crashes lie on one line it is a strip along the road, each dot a crash, with the sites
below; else it is a small map in metres, north up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from statistics import fmean

import worked

from crashkit import charts, fields
from crashkit.model import Finding, ScreeningResult

WIDTH, LEFT, RIGHT = 560.0, 30.0, 40.0
INK, SOFT, ROAD, SITE = "#262626", "#5c5c5c", "#b9b3a6", "#1f6f8b"
DOT, LETTERS = 5.0, 13
NARROW, STEP_UP = 2.2 * DOT, 2.3 * DOT
PLAIN = "#51457a"
"""Colour of crashes without a class."""
SHORT_KM = 3.5
"""A road up to this long has a tick every 200 m."""
HEAD, TALLEST = 30.0, 300.0
BLANK = 0.1
"""Share of the width of a map left free around what is drawn."""
EDGE = f'stroke="{ROAD}"'
BESIDE = ("#7a4fa3", SITE)
JUNCTION_M = 50.0
ROUND_M = (50, 100, 200, 500, 1000, 2000)

Point = tuple[float, float]
Scale = Callable[[float], float]
Plane = Callable[[float, float], Point]


@dataclass
class Sheet:
    """What is drawn, in order; y runs down, as SVG has it."""

    height: float
    parts: list[str] = field(default_factory=list)

    def line(self, start: Point, end: Point, colour: str, wide: float) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = start, end
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{wide:g}" stroke-linecap="round"/>'
        )

    def box(self, x: float, y: float, across: float, down: float, look: str) -> None:
        """Draw a rectangle."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{across:.1f}" height="{down:.1f}" {look}/>'
        )

    def circle(self, x: float, y: float, radius: float, look: str) -> None:
        """Draw a circle."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {look}/>')

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "middle", colour: str = INK
    ) -> None:
        """Write a text whose foot stands at y, with a white rim so that lines do not cross it."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
        )

    def crash(self, x: float, y: float, colour: str) -> None:
        """Draw a crash."""
        self.circle(x, y, DOT, f'fill="{colour}" stroke="{INK}" stroke-width="0.8"')

    def svg(self, title: str) -> str:
        """Return the picture as a file."""
        size = f'viewBox="0 0 {WIDTH:g} {self.height:g}" width="{WIDTH:g}" height="{self.height:g}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" '
        head += f'font-family="Noto Sans, Arial, sans-serif" font-size="{LETTERS}">'
        ground = f'<rect width="{WIDTH:g}" height="{self.height:g}" fill="#ffffff"/>'
        return "\n".join([head, f"<title>{escape(title)}</title>", ground, *self.parts, "</svg>\n"])


def draw(example: worked.Example, result: ScreeningResult) -> str:
    """Draw an example with its answer."""
    sheet = _strip(example, result) if _along(example) else _map(example, result)
    return sheet.svg(told(example, result))


def told(example: worked.Example, result: ScreeningResult) -> str:
    """Say in words what the picture shows, for those who cannot see it."""
    crashes = sum(int(row.get("n", 1)) for row in example.crashes)
    where = "along a road" if _along(example) else "on a map"
    sites = [
        f"{row['rank']}. {row['site']}, value {row['value']}"
        for row in worked.listed(example, result)
    ]
    return f"{crashes} crashes {where}, and the sites found: {'; '.join(sites)}."


def _along(example: worked.Example) -> bool:
    """Say whether everything lies on one line from west to east."""
    level = all(float(row.get("north_m", 0)) == 0 for row in example.crashes)
    return level and not example.areas and not example.proposed


# ----------------------------------------------------------------- crashes


def _colours(example: worked.Example) -> Mapping[str, str]:
    """Return the colour of each class of crashes that occurs: types where told, or severities."""
    there = {class_of(row) for row in example.crashes}
    if "crash_type" in example.crashes[0]:
        codes = [one.code for one in fields.codes("crash_type") if one.code in there]
        return dict(zip(codes, charts.PALETTE, strict=False))
    known = {**charts.SEVERITY_COLOURS, "": PLAIN}
    return {name: colour for name, colour in known.items() if name in there}


def class_of(row: Mapping[str, str]) -> str:
    """Return what the colour of a crash tells: its type, else its severity, else nothing."""
    return row.get("crash_type") or row.get("severity", "")


def _legend(sheet: Sheet, example: worked.Example) -> None:
    """Say what a dot is, and the colour of each class that occurs."""
    lists = (*fields.codes("severity"), *fields.codes("crash_type"))
    words = {code.code: code.label for code in reversed(lists)} | {"": "One crash"}
    x = 10.0
    for name, colour in _colours(example).items():
        sheet.crash(x + DOT, 14, colour)
        sheet.text(x + 3 * DOT, 18.5, words[name], anchor="start")
        x += 3 * DOT + len(words[name]) * LETTERS * 0.56 + 18


def _caption(example: worked.Example) -> str:
    return f"Sites: rank and value ({example.value_is})"


# ------------------------------------------------------------------- strip


def _strip(example: worked.Example, result: ScreeningResult) -> Sheet:
    low, high = _ends(example)

    def across(km: float) -> float:
        return LEFT + (km - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    columns = _columns(_crashes(example), across)
    top = HEAD + (20 if len(example.roads) > 1 else 0)
    road = top + 10 + max(len(column) for _, column in columns) * STEP_UP
    sheet = Sheet(road + 84)
    _legend(sheet, example)
    for found in result.findings:
        start, end = _stretch(found, across)
        sheet.box(start, top, end - start, road - top, f'fill="{SITE}" fill-opacity="0.13"')
    sheet.line((across(low), road), (across(high), road), ROAD, 5)
    _kilometres(sheet, (low, high), across, road)
    _names(sheet, example, across, road)
    for x, column in columns:
        for i, colour in enumerate(column):
            sheet.crash(x, road - 10 - i * STEP_UP, colour)
    for found in result.findings:
        start, end = _stretch(found, across)
        sheet.box(start, road + 38, end - start, 8, f'fill="{SITE}"')
        sheet.text((start + end) / 2, road + 62, _label(found), colour=SITE)
    sheet.text(WIDTH - 6, road + 80, _caption(example), anchor="end", colour=SOFT)
    return sheet


def _crashes(example: worked.Example) -> list[tuple[float, str]]:
    """Return the km post and colour of each crash, in order."""
    colours, found = _colours(example), []
    for row in example.crashes:
        km = float(row["chainage_km"]) if "chainage_km" in row else float(row["east_m"]) / 1000
        found += [(km, colours[class_of(row)])] * int(row.get("n", 1))
    return sorted(found, key=lambda crash: crash[0])


def _ends(example: worked.Example) -> Point:
    """Return where the drawn road begins and ends, in km: at whole ones where it is not told."""
    if example.roads:
        return (
            min(float(row["from_east"]) for row in example.roads) / 1000,
            max(float(row["to_east"]) for row in example.roads) / 1000,
        )
    at = [km for km, _ in _crashes(example)]
    return float(int(min(at))), float(int(max(at)) + 1)


def _columns(crashes: Sequence[tuple[float, str]], across: Scale) -> list[tuple[float, list[str]]]:
    """Stack crashes that would cover each other, on the middle of their places."""
    columns: list[list[tuple[float, str]]] = []
    for km, colour in crashes:
        x = across(km)
        if columns and x - columns[-1][0][0] < NARROW:
            columns[-1].append((x, colour))
        else:
            columns.append([(x, colour)])
    return [(fmean(x for x, _ in column), [colour for _, colour in column]) for column in columns]


def _names(sheet: Sheet, example: worked.Example, across: Scale, road: float) -> None:
    """Write the name and traffic of each of several roads above it, and mark where they meet."""
    for row in example.roads if len(example.roads) > 1 else ():
        start, end = (across(float(row[side]) / 1000) for side in ("from_east", "to_east"))
        words = f"{row['road']}, {int(row['aadt']):,} vehicles a day"
        sheet.text((start + end) / 2, HEAD + 14, words, colour=SOFT)
        for x in (start, end):
            sheet.line((x, road - 9), (x, road + 9), INK, 1.5)


def _kilometres(sheet: Sheet, ends: Point, across: Scale, road: float) -> None:
    """Write km posts below the road: whole ones, or every 200 m of a short road."""
    low, high = ends
    step = 1.0 if high - low > SHORT_KM else 0.2
    for i in range(round((high - low) / step) + 1):
        x = across(low + i * step)
        sheet.line((x, road), (x, road + 7), SOFT, 1)
        sheet.text(x, road + 22, f"{low + i * step:g}", colour=SOFT)
    sheet.text(WIDTH - 6, road + 22, "km", anchor="end", colour=SOFT)


def _stretch(found: Finding, across: Scale) -> Point:
    """Return where a site begins and ends, a little within so that neighbours stay apart."""
    return across((found.site.from_m or 0) / 1000) + 1, across((found.site.to_m or 0) / 1000) - 1


def _label(found: Finding) -> str:
    return f"No. {found.rank}: {found.score.value:.4g}"


# --------------------------------------------------------------------- map


def _map(example: worked.Example, result: ScreeningResult) -> Sheet:
    west, south, east, north = _box(example, result)
    scale = min((WIDTH - 20) / (east - west), TALLEST / (north - south))
    left = (WIDTH - scale * (east - west)) / 2

    def place(east_m: float, north_m: float) -> Point:
        return left + (east_m - west) * scale, HEAD + (north - north_m) * scale

    sheet = Sheet(HEAD + (north - south) * scale + 34)
    sheet.box(left, HEAD, (east - west) * scale, (north - south) * scale, f'fill="none" {EDGE}')
    _legend(sheet, example)
    _ground(sheet, example, place)
    for found in result.findings:
        _site(sheet, example, found, place, scale)
    for row in example.crashes:
        x, y = place(float(row["east_m"]), float(row["north_m"]))
        sheet.crash(x, y, _colours(example)[class_of(row)])
    for found in result.findings:
        _write(sheet, example, found, place, scale)
    _scale_bar(sheet, left, east - west, scale)
    foot = sheet.height - 11.5
    sheet.text(WIDTH - left, foot, _caption(example), anchor="end", colour=SOFT)
    return sheet


def _words(example: worked.Example, found: Finding) -> str:
    """Return the rank and value of a site, and its name where people gave it one."""
    name = worked.site_name(example, found.site)
    named = example.areas or example.corridors or example.proposed
    return f"No. {found.rank}: {name}, {found.score.value:.4g}" if named else _label(found)


def _box(example: worked.Example, result: ScreeningResult) -> tuple[float, float, float, float]:
    """Return west, south, east and north of all that is drawn, with some room around."""
    across: list[float] = []
    up: list[float] = []
    for row in (*example.crashes, *example.proposed):
        across.append(float(row["east_m"]))
        up.append(float(row["north_m"]))
    for row in example.roads:
        across += [float(row["from_east"]), float(row["to_east"])]
        up += [float(row["from_north"]), float(row["to_north"])]
    for row in example.areas:
        across += [float(row["west"]), float(row["east"])]
        up += [float(row["south"]), float(row["north"])]
    for found in result.findings:
        east, north = worked.on_plane(found.site)
        radius = found.site.radius_m or 0
        across += [east - radius, east + radius]
        up += [north - radius, north + radius]
    room = BLANK / 2 * max(max(across) - min(across), max(up) - min(up))
    return min(across) - room, min(up) - room, max(across) + room, max(up) + room


def _ground(sheet: Sheet, example: worked.Example, place: Plane) -> None:
    """Draw areas and roads; the name of a road stands at its beginning."""
    for row in example.areas:
        x, y = place(float(row["west"]), float(row["north"]))
        right, foot = place(float(row["east"]), float(row["south"]))
        sheet.box(x, y, right - x, foot - y, f'fill="{SITE}" fill-opacity="0.08" stroke="{SITE}"')
    named = set()
    for row in example.roads:
        x, y = place(float(row["from_east"]), float(row["from_north"]))
        to_x, to_y = place(float(row["to_east"]), float(row["to_north"]))
        sheet.line((x, y), (to_x, to_y), ROAD, 5)
        if row["road"] not in named:
            upright = abs(to_x - x) < 1
            name_x, name_y = (x + 22, (y + to_y) / 2) if upright else (x + 18, y - 9)
            sheet.text(name_x, name_y, row["road"], colour=SOFT)
        named.add(row["road"])


def _site(
    sheet: Sheet, example: worked.Example, found: Finding, place: Plane, scale: float
) -> None:
    """Draw a site: the parts of a corridor beside the road, or a circle; an area is there."""
    if example.corridors:
        for row in example.corridors:
            if row["corridor"] == found.site.id:
                _part(sheet, example, row, found.rank, place)
    elif not example.areas:
        x, y = place(*worked.on_plane(found.site))
        look = f'fill="{SITE}" fill-opacity="0.13" stroke="{SITE}" stroke-width="1.5"'
        sheet.circle(x, y, _radius(found) * scale, look)


def _radius(found: Finding) -> float:
    """Return the radius of a site in metres; a junction of unknown setting has the smaller one."""
    return found.site.radius_m or JUNCTION_M


def _part(
    sheet: Sheet, example: worked.Example, part: Mapping[str, str], rank: int, place: Plane
) -> None:
    """Draw a part of a corridor beside its road, the first by rank nearest to it."""
    (road,) = (row for row in example.roads if row["road"] == part["road"])
    length = float(road["to_km"]) - float(road["from_km"])
    ends = []
    for km in (float(part["from_km"]), float(part["to_km"])):
        share = (km - float(road["from_km"])) / length
        east = float(road["from_east"]) * (1 - share) + float(road["to_east"]) * share
        north = float(road["from_north"]) * (1 - share) + float(road["to_north"]) * share
        ends.append(place(east, north))
    (x, y), (to_x, to_y) = ends
    aside = 4 + 8 * rank
    down, right = (0.0, -aside) if abs(to_x - x) < 1 else (aside, 0.0)
    sheet.line((x + right, y + down), (to_x + right, to_y + down), BESIDE[rank % 2], 4)


def _write(
    sheet: Sheet, example: worked.Example, found: Finding, place: Plane, scale: float
) -> None:
    """Write the rank and value of a site: high in an area, beside a junction, above a circle."""
    words = _words(example, found)
    x, y = place(*worked.on_plane(found.site))
    if example.corridors:
        y = HEAD + 10 + 20.0 * found.rank
        sheet.line((60, y - 5), (90, y - 5), BESIDE[found.rank % 2], 4)
        sheet.text(100, y, words, anchor="start")
    elif example.areas:
        (area,) = (row for row in example.areas if row["area"] == found.site.id)
        _, top = place(0, float(area["north"]))
        sheet.text(x, top + 20, words, colour=SITE)
    elif example.roads:
        aside = _radius(found) * scale
        sheet.text(x + aside, y - aside, words, anchor="start", colour=SITE)
    else:
        half = len(words) * LETTERS * 0.3 + 12
        x = min(max(x, half), WIDTH - half)
        sheet.text(x, y - _radius(found) * scale - 6, words, colour=SITE)


def _scale_bar(sheet: Sheet, left: float, across_m: float, scale: float) -> None:
    """Draw a bar as long as a round number of metres, about a fifth of the map."""
    metres = max(round_m for round_m in ROUND_M if round_m <= across_m / 4)
    y = sheet.height - 16
    sheet.line((left + 4, y), (left + 4 + metres * scale, y), INK, 2)
    sheet.text(left + 12 + metres * scale, y + 4.5, f"{metres} m", anchor="start", colour=SOFT)
