"""Put lists of sites side by side: of several rules on the same data, or of one in two periods.

A site of one list and a site of another are one place where the register of sites would take them
for one. For each place that a list lacks its question is asked of that ground, and the answer, with
its numbers, is the reason.
"""

from crashkit.comparing.documents import (
    AGREEMENT,
    as_document,
    as_geojson,
    as_rows,
    as_sheets,
    column_names,
)
from crashkit.comparing.periods import of_periods, stretches
from crashkit.comparing.presets import of_presets
from crashkit.comparing.reasoning import KINDS
from crashkit.comparing.wording import (
    LETTERS,
    STATES,
    change_sentences,
    list_title,
    sentences,
    share,
)

__all__ = [
    "AGREEMENT",
    "KINDS",
    "LETTERS",
    "STATES",
    "as_document",
    "as_geojson",
    "as_rows",
    "as_sheets",
    "change_sentences",
    "column_names",
    "list_title",
    "of_periods",
    "of_presets",
    "sentences",
    "share",
    "stretches",
]
