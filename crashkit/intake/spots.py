"""The points of a sheet while they are looked at: as written, as degrees, with axes exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from crashkit import fields, grids
from crashkit.errors import Message
from crashkit.intake import coded
from crashkit.intake.cells import Flags, Ints
from crashkit.intake.checked import Checked
from crashkit.intake.coded import Laid
from crashkit.intake.parsing import Fault
from crashkit.profiles import Box

Floats = NDArray[np.float64]

SURE = 0.9
"""Such a share of the points tells of the whole file. Source: data standards, section 3.3."""

FINEST_M = 5.0
"""No crash is placed better than this, however many digits were written.

Source: GPS.gov, accuracy of telephones under open sky: 4.9 m.
"""
METRES_PER_DEGREE = 111_320.0
DECIMALS = 7
"""Degrees that were worked out are kept to a centimetre."""

FLAGS = fields.code_names(fields.get("crash", "location_flag").codes)
"""The doubts about a place."""

GRID = ("northing", "easting")
TOLD = ("lat_told", "lon_told")
"""The place by which a crash is known again: the same whether a repair was allowed or not."""


def inside(lat: Floats, lon: Floats, boxes: Sequence[Box]) -> Flags:
    """Say which points lie in one of the boxes; without any, which lie on the earth."""
    found = np.zeros(len(lat), dtype=bool)
    for box in boxes or (Box(-180, -90, 180, 90),):
        found |= (lat >= box.south) & (lat <= box.north) & (lon >= box.west) & (lon <= box.east)
    return found


@dataclass(eq=False)
class Spots:
    """The points of a sheet by row; NaN where there is none, infinite where it is not on earth.

    `other_lat` and `other_lon` are where a point lies when its axes are exchanged, `said_lat` and
    `said_lon` what the file says. `step` is the last digit written, in degrees; `datum_m` how far
    off the change of the coordinate system may put a point. `flag` is the place of a code in FLAGS.
    `on_grid`: the profile takes eastings.
    """

    found: Checked
    lat: Floats
    lon: Floats
    other_lat: Floats
    other_lon: Floats
    said_lat: Floats
    said_lon: Floats
    step: Floats
    datum_m: Floats
    flag: Ints
    on_grid: bool

    @classmethod
    def of(cls, found: Checked) -> Self | None:
        """Take the points out of a sheet; None where it has none."""
        table = found.tables.get("crash", {})
        on_grid = bool(set(GRID) & set(table))
        numbers = [table.pop(name, None) for name in (GRID if on_grid else ("lat", "lon"))]
        lat, lon = numbers
        if lat is None or lon is None:
            return None
        lat, lon = coded.plain(lat).astype(np.float64), coded.plain(lon).astype(np.float64)
        step, none = _step(found), np.zeros(len(lat))
        flag = np.full(len(lat), -1, dtype=np.int8)
        return cls(
            found,
            lat,
            lon,
            lon.copy(),
            lat.copy(),
            lat.copy(),
            lon.copy(),
            step,
            none,
            flag,
            on_grid,
        )

    @property
    def here(self) -> Flags:
        """Which rows have a point, wherever it lies."""
        return ~(np.isnan(self.lat) | np.isnan(self.lon))

    @property
    def points(self) -> int:
        """How many rows have a point."""
        return int(self.here.sum())

    @property
    def in_degrees(self) -> Flags:
        """Which points can be degrees, in one order or the other."""
        return inside(self.lat, self.lon, ()) | inside(self.lon, self.lat, ())

    @property
    def whole(self) -> Flags:
        """Which points are written in whole numbers."""
        return self.here & (self.step >= 1)

    def shown(self, row: int) -> str:
        """Return a point as the file says it."""
        return ", ".join(
            f"{value:.10g}" if abs(value) > 180 else f"{value:.6f}".rstrip("0").rstrip(".")
            for value in (self.said_lat[row], self.said_lon[row])
            if not np.isnan(value)
        )

    def tell(self, rows: Flags, fault: Fault) -> None:
        """Say something about points."""
        for row in np.flatnonzero(rows).tolist():
            self.found.warn([row], "lat", fault, self.shown(row))

    def drop(self, rows: Flags, fault: Fault, flag: str = "no_place") -> None:
        """Let rows have no point, and say why."""
        self.tell(rows, fault)
        self.doubt(rows, flag)
        for values in (self.lat, self.lon, self.other_lat, self.other_lon):
            values[rows] = np.nan

    def doubt(self, rows: Flags, flag: str) -> None:
        """Note a doubt about points."""
        self.flag[rows] = FLAGS.index(flag)

    def move(self, rows: Flags, lat: Floats, lon: Floats, step: Floats) -> None:
        """Put rows elsewhere."""
        self.lat[rows] = np.round(lat[rows], DECIMALS + 2)
        self.lon[rows] = np.round(lon[rows], DECIMALS + 2)
        self.step[rows] = step[rows]

    def convert(self, system: str) -> None:
        """Turn points of a coordinate system into degrees of WGS 84, and say how many.

        In a system of metres, what can only be degrees stays as it is; and the other way about.
        """
        degrees = grids.is_degrees(system)
        rows = np.flatnonzero(self.here & (self.in_degrees if degrees else ~self.in_degrees))
        x, y = self.lon[rows], self.lat[rows]
        if not len(rows):
            return
        metres = grids.accuracy_m(x, y, system)
        self.datum_m[rows] = metres
        self.lon[rows], self.lat[rows] = _worked_out(x, y, system)
        self.other_lon[rows], self.other_lat[rows] = _worked_out(y, x, system)
        if not degrees:
            self.step[rows] /= METRES_PER_DEGREE
        self.found.say(
            "lat",
            "converted_places",
            Message(
                "Points turned from {system} into WGS 84: {n}. This alone may put them off by "
                "{metres} m.",
                {"system": grids.title(system), "n": len(rows), "metres": round(metres)},
            ),
        )

    def _flags(self, own: Laid | None) -> Laid:
        """Return the doubts about the points; where there is none, what the file says itself."""
        found = coded.chosen(FLAGS, self.flag)
        return found if own is None else coded.filled(found, own)

    def put(self, good: Flags, told: tuple[Floats, Floats]) -> None:
        """Lay the points of good rows into the table; `told` are those a crash is known by."""
        table = self.found.tables["crash"]
        table["lat"] = np.where(good, self.lat, np.nan)
        table["lon"] = np.where(good, self.lon, np.nan)
        for name, values in zip(TOLD, told, strict=True):
            table[name] = values
        table["location_flag"] = self._flags(table.get("location_flag"))
        accuracy = self.step / 2 * METRES_PER_DEGREE
        if self.datum_m.any():
            accuracy = np.hypot(accuracy, self.datum_m)
        accuracy = np.maximum(accuracy, FINEST_M)
        accuracy = np.where(good, np.round(accuracy, 1), np.nan)
        own = table.get("coord_accuracy_m")
        table["coord_accuracy_m"] = accuracy if own is None else coded.filled(own, accuracy)


def _step(found: Checked) -> Floats:
    """Return the last digit of the finer number of each point; 0 where it is not known."""
    steps = [found.steps.pop(name, None) for name in ("lat", "lon")]
    if steps[0] is None or steps[1] is None:
        return np.zeros(len(found.bad))
    return np.nan_to_num(np.fmin(steps[0], steps[1]))


def _worked_out(x: Floats, y: Floats, system: str) -> tuple[Floats, Floats]:
    lon, lat = grids.to_wgs84(x, y, system)
    # Beyond the edge of a system there is no place: the point is there, and lies nowhere.
    gone = np.isnan(lon) | np.isnan(lat)
    return (
        np.where(gone, np.inf, np.round(lon, DECIMALS)),
        np.where(gone, np.inf, np.round(lat, DECIMALS)),
    )
