"""Judge the methods of finding dangerous places in invented worlds whose truth is known.

Crashes of these worlds go through the places, the peers and the measures of the product itself: so
the figures are those of what people use. Beside them stand figures that were published or measured
before, and bars that must hold.

Source: reference methods, section 11.
"""

from crashkit.bench.documents import Table, as_document, tables
from crashkit.bench.results import Bar, Figure, Result, Row
from crashkit.bench.running import SEED, WORLDS, identify

__all__ = [
    "SEED",
    "WORLDS",
    "Bar",
    "Figure",
    "Result",
    "Row",
    "Table",
    "as_document",
    "identify",
    "tables",
]
