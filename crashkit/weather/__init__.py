"""Weather by day and place: read from tables of others, and crashes by condition of the day."""

from crashkit.weather.days import Weather, gathered
from crashkit.weather.documents import HEADS, as_document, read_document, rows
from crashkit.weather.reading import ORDERS, Day, WeatherRead, read
from crashkit.weather.words import COLUMNS, QUANTITIES, units_of

__all__ = [
    "COLUMNS",
    "HEADS",
    "ORDERS",
    "QUANTITIES",
    "Day",
    "Weather",
    "WeatherRead",
    "as_document",
    "gathered",
    "read",
    "read_document",
    "rows",
    "units_of",
]
