"""What an amount of exposure tells, as it was read or as a store keeps it."""

from __future__ import annotations

from typing import Protocol


class Told(Protocol):
    """An amount as it was read, or as a store keeps it."""

    @property
    def quantity(self) -> str:
        """One of QUANTITIES."""

    @property
    def area(self) -> str:
        """The area as written; "" is the whole data set."""

    @property
    def year(self) -> int:
        """The year."""

    @property
    def value(self) -> float:
        """How many, or how much, above 0."""

    @property
    def age_band(self) -> str:
        """Years of age, such as 5-9 or 85+; "" is every age."""

    @property
    def sex(self) -> str:
        """A code of sex; "" is both."""
