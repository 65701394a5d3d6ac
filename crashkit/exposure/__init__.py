"""Exposure: people, vehicles and travel by area and year, and the deaths for so many of them."""

from crashkit.exposure.ages import by_age_and_sex
from crashkit.exposure.covered import Covered, covered
from crashkit.exposure.documents import (
    as_document,
    example,
    kept_rows,
    rate_columns,
    rate_rows,
    rates_document,
    read_document,
    wide_rows,
)
from crashkit.exposure.reading import ExposureRead, read
from crashkit.exposure.tabled import rates
from crashkit.exposure.words import QUANTITIES, rate_title
from crashkit.exposure.yearly import AREAS, DeathRate, DeathRates, death_rates

__all__ = [
    "AREAS",
    "Covered",
    "QUANTITIES",
    "DeathRate",
    "DeathRates",
    "ExposureRead",
    "as_document",
    "by_age_and_sex",
    "covered",
    "death_rates",
    "example",
    "kept_rows",
    "rate_columns",
    "rate_rows",
    "rate_title",
    "rates",
    "rates_document",
    "read",
    "read_document",
    "wide_rows",
]
