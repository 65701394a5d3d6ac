"""Put lists of sites side by side: of several rules on the same data, or of one in two periods.

A site of one list and a site of another are one place where the register of sites would take them
for one. For each place that a list lacks its question is asked of that ground, and the answer, with
its numbers, is the reason.
"""

from crashkit.comparing.asking import MOST, check
from crashkit.comparing.documents import (
    as_document,
    as_geojson,
    as_rows,
    as_sheets,
    column_names,
)
from crashkit.comparing.periods import MOST as MOST_PERIODS
from crashkit.comparing.periods import of_periods, stretches
from crashkit.comparing.presets import of_presets
from crashkit.comparing.wording import (
    change_sentences,
    groups,
    list_title,
    sentences,
)

__all__ = [
    "MOST",
    "MOST_PERIODS",
    "as_document",
    "as_geojson",
    "as_rows",
    "as_sheets",
    "change_sentences",
    "check",
    "column_names",
    "list_title",
    "groups",
    "of_periods",
    "of_presets",
    "sentences",
    "stretches",
]
