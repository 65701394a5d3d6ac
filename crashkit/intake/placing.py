"""Where crashes are: swapped axes are put right, impossible points are no places; all is said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crashkit.errors import Message
from crashkit.intake.cells import Flags
from crashkit.intake.checked import Checked
from crashkit.intake.parsing import Fault
from crashkit.profiles import Box

Floats = NDArray[np.float64]

FINEST_M = 5.0
"""No crash is placed better than this, however many digits were written.

Source: GPS.gov, accuracy of telephones under open sky: 4.9 m.
"""
METRES_PER_DEGREE = 111_320.0

NO_PLACE_STEP = 0.1
"""A point of which both numbers were written no finer than this, in degrees, is no place.

Source: data standards, section 3.3: whole-degree points are missing.
"""

HALF = Fault(
    "half_a_place",
    Message("Only one of latitude and longitude is given ({value}): it is not kept."),
)
ZERO = Fault("zero_coordinates", Message("The coordinates are 0, 0: they are not kept."))
SWAPPED = Fault(
    "axes_swapped",
    Message("Latitude and longitude were exchanged in the file ({value}) and were put right."),
)
OUTSIDE = Fault(
    "outside_area",
    Message("The point {value} lies outside the area of this source: it is not kept."),
)
WHOLE = Fault(
    "whole_degrees",
    Message(
        "The point {value} is known to a tenth of a degree at best, which is kilometres: it is not "
        "kept."
    ),
)
NO_DEGREES = Fault(
    "not_degrees",
    Message(
        "The coordinates {value} are not degrees, perhaps metres of a map grid: they are not kept."
    ),
)


def place(found: Checked, boxes: Sequence[Box]) -> None:
    """Check the points of a sheet against the area of the source, and put right what can be."""
    table = found.tables.get("crash", {})
    if "lat" not in table or "lon" not in table:
        for name in ("lat", "lon"):
            table.pop(name, None)
        return
    lat, lon = table["lat"].copy(), table["lon"].copy()
    _without_half(found, lat, lon)
    zero = (lat == 0) & (lon == 0)
    _tell(found, zero, ZERO, lat, lon)
    lat[zero] = lon[zero] = np.nan
    degrees = _inside(lat, lon, ()) | _inside(lon, lat, ())
    whole = degrees & (_step(found) > NO_PLACE_STEP * 0.99)
    _tell(found, whole, WHOLE, lat, lon)
    lat[whole] = lon[whole] = np.nan
    here = np.isfinite(lat)
    good = _inside(lat, lon, boxes)
    turned = here & ~good & _inside(lon, lat, boxes)
    _tell(found, turned, SWAPPED, lat, lon)
    lat[turned], lon[turned] = lon[turned], lat[turned]
    lost = here & ~good & ~turned
    _tell(found, lost & degrees, OUTSIDE, lat, lon)
    _tell(found, lost & ~degrees, NO_DEGREES, lat, lon)
    lat[lost] = lon[lost] = np.nan
    table["lat"], table["lon"] = lat, lon
    _rate(found, np.isfinite(lat))


def _step(found: Checked) -> Floats:
    """Return the last digit of the finer number of each point, in degrees; 0: nobody knows."""
    steps = found.steps
    if not {"lat", "lon"} <= set(steps):
        return np.zeros(len(found.bad))
    return np.nan_to_num(np.fmin(steps["lat"], steps["lon"]))


def _without_half(found: Checked, lat: Floats, lon: Floats) -> None:
    half = np.isnan(lat) != np.isnan(lon)
    _tell(found, half, HALF, lat, lon)
    lat[half] = lon[half] = np.nan


def _inside(lat: Floats, lon: Floats, boxes: Sequence[Box]) -> Flags:
    found = np.zeros(len(lat), dtype=bool)
    for box in boxes or (Box(-180, -90, 180, 90),):
        found |= (lat >= box.south) & (lat <= box.north) & (lon >= box.west) & (lon <= box.east)
    return found


def _tell(found: Checked, rows: Flags, fault: Fault, lat: Floats, lon: Floats) -> None:
    for row in np.flatnonzero(rows).tolist():
        numbers = [f"{value:g}" if abs(value) > 180 else f"{value:.6f}".rstrip("0").rstrip(".")
                   for value in (lat[row], lon[row]) if not np.isnan(value)]  # fmt: skip
        found.warn([row], "lat", fault, ", ".join(numbers))


def _rate(found: Checked, here: Flags) -> None:
    """Say how exact each point is: half of the last digit that was written of it."""
    written = _step(found) / 2 * METRES_PER_DEGREE
    accuracy = np.where(here, np.maximum(np.round(written, 1), FINEST_M), np.nan)
    table = found.tables["crash"]
    own = table.get("coord_accuracy_m")
    table["coord_accuracy_m"] = accuracy if own is None else np.where(np.isnan(own), accuracy, own)
