"""Lengths in the units people give them in; inside, every length is in kilometres or metres."""

from __future__ import annotations

from decimal import Decimal

from crashkit.errors import MethodError

KM_PER = {"km": 1.0, "mi": 1.609344, "m": 0.001}
"""Kilometres in one of each unit, exact by definition.

Source: the international mile of 1959; NIST Special Publication 811, appendix B.
"""


def km_per(unit: str) -> float:
    """Return how many kilometres one `unit` is. Raises MethodError for a unit we do not know."""
    if unit not in KM_PER:
        raise MethodError(
            "{unit} is no unit of length; allowed are {allowed}.", unit=unit, allowed=list(KM_PER)
        )
    return KM_PER[unit]


def post(km: float, *, short: bool = False) -> Decimal:
    """Return a km post so that a sentence says it to the metre, with the language's decimal mark.

    A `short` one has no needless noughts.

    >>> post(208.9), post(208.9, short=True), post(210.0, short=True)
    (Decimal('208.900'), Decimal('208.9'), Decimal('210'))
    """
    written = f"{km:.3f}"
    return Decimal(written.rstrip("0").rstrip(".") if short else written)
