"""The register of sites: places that people look after, from the first suspicion to the end.

A site is found by a screening or nominated by people. It belongs to the store, not to one import:
later crashes, other rules and other years leave it as it is, and are recognised at it.
"""

from crashkit.register.files import KINDS, MOST_BYTES, MOST_FILES, PICTURES, Checked
from crashkit.register.files import check as check_file
from crashkit.register.nouns import (
    EVENTS,
    FOUND,
    NOMINATED,
    Sighting,
    SiteChange,
    SiteEvent,
    SiteFile,
    SiteRecord,
    Spot,
)
from crashkit.register.reading import event, fields_of, file_name, plain, spot, words_of
from crashkit.register.recognising import (
    FAR_M,
    LEEWAY_M,
    Alike,
    Seen,
    alike,
    recognise,
    recognise_listed,
    spot_of,
)
from crashkit.register.rules import (
    NEEDS_REASON,
    NEXT,
    OPEN,
    STATUSES,
    check_event,
    check_spot,
    check_status,
)
from crashkit.register.saying import (
    BY,
    COLUMNS,
    LABELS,
    ORIGINS,
    as_document,
    as_geojson,
    as_rows,
    label,
    shown,
    spot_label,
)

__all__ = [
    "Alike",
    "FAR_M",
    "LEEWAY_M",
    "alike",
    "spot_label",
    "spot_of",
    "Checked",
    "KINDS",
    "MOST_BYTES",
    "MOST_FILES",
    "PICTURES",
    "SiteFile",
    "check_file",
    "BY",
    "COLUMNS",
    "EVENTS",
    "FOUND",
    "LABELS",
    "NEEDS_REASON",
    "NEXT",
    "NOMINATED",
    "OPEN",
    "ORIGINS",
    "STATUSES",
    "Seen",
    "Sighting",
    "SiteChange",
    "SiteEvent",
    "SiteRecord",
    "Spot",
    "as_document",
    "as_geojson",
    "as_rows",
    "check_event",
    "check_spot",
    "check_status",
    "event",
    "fields_of",
    "file_name",
    "label",
    "plain",
    "recognise",
    "recognise_listed",
    "shown",
    "spot",
    "words_of",
]
