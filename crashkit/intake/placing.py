"""Where crashes are: points are made degrees and checked; repairs are offered, made when allowed.

Nothing is moved by itself. A point that cannot be as it is written leaves its crash without a
place, and what might put it right is offered for the whole file: the user allows a kind of repair.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crashkit import profiles
from crashkit.errors import Message
from crashkit.intake import repairs
from crashkit.intake.checked import Checked
from crashkit.intake.coded import counted, missing
from crashkit.intake.parsing import Fault
from crashkit.intake.repairs import Wishes
from crashkit.intake.spots import Spots, inside
from crashkit.profiles import Box

NO_PLACE_STEP = 0.1
"""A point of which both numbers were written no finer than this, in degrees, is no place.

Source: data standards, section 3.3: whole-degree points are missing.
"""

HALF = Fault(
    "half_a_place",
    Message("Only one of latitude and longitude is given ({value}): it is not kept."),
)
ZERO = Fault("zero_coordinates", Message("The coordinates are 0, 0: they are not kept."))
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


def place(found: Checked, wished: Wishes) -> None:
    """Check the points of a sheet against the area of the source, and offer what may mend them.

    Raises NeedsChoice where nearly all points are metres and only the user can tell of which grid.
    """
    wished = replace(wished, boxes=wished.boxes or _area(found))
    spots = Spots.of(found)
    if spots is None:
        return
    found.bounded = bool(wished.boxes)
    spots.drop(np.isnan(spots.lat) != np.isnan(spots.lon), HALF)
    spots.drop((spots.lat == 0) & (spots.lon == 0), ZERO)
    if wished.system:
        spots.convert(wished.system)
    else:
        repairs.ask_system(spots, wished)
    spots.drop(spots.in_degrees & (spots.step > NO_PLACE_STEP * 0.99), WHOLE)
    good = inside(spots.lat, spots.lon, wished.boxes)
    lost = spots.here & ~good
    # The rows whose axes look exchanged are known again as if they had been put right.
    turned = repairs.swapped(spots, lost, wished.boxes)
    told = tuple(
        np.where(turned, other, np.where(good, own, np.nan))
        for own, other in ((spots.lat, spots.other_lat), (spots.lon, spots.other_lon))
    )
    for offer in repairs.offers(spots, lost, wished):
        made = offer.kind in wished.repairs
        repairs.settle(spots, offer, made=made)
        good |= offer.rows & made
        lost &= ~offer.rows
    degrees = spots.in_degrees
    spots.drop(lost & degrees, OUTSIDE, "outside")
    spots.drop(lost & ~degrees, NO_DEGREES)
    spots.put(good, (told[0], told[1]))


def _area(found: Checked) -> tuple[Box, ...]:
    """Return where crashes can lie when every row names its country, and the borders are known."""
    countries = found.tables.get("crash", {}).get("country")
    if countries is None or missing(countries)[~found.bad].any():
        return ()
    areas = [profiles.boxes_of(country) for country in sorted(counted(countries))]
    return tuple(box for area in areas for box in area) if all(areas) else ()
