"""The quick answer: a line of words in, the place it means, how many crashes it had.

found = find(data, gazetteer(data, routes, sites), "A-2 km 41")
if found.place is not None:
    print(answer(data, found.place).sentence)
"""

from crashkit.quick.counting import (
    LISTED,
    Compared,
    QuickAnswer,
    YearCount,
    answer,
    asked_again,
)
from crashkit.quick.documents import as_document
from crashkit.quick.names import Gazetteer, Route, gazetteer
from crashkit.quick.places import Found, Place, count, find
from crashkit.quick.routes import routes

__all__ = [
    "LISTED",
    "Compared",
    "Found",
    "Gazetteer",
    "Place",
    "QuickAnswer",
    "Route",
    "YearCount",
    "answer",
    "as_document",
    "asked_again",
    "count",
    "find",
    "gazetteer",
    "routes",
]
