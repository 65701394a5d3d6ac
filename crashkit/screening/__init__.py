"""Ask and run a screening: cut places, score them, keep them apart, rank them, say the caveats.

Places may overlap while they are cut. The worst site is kept first; what it leaves of the places
it touches is cut and judged again. So no crash is reported at two sites, and no cluster is lost
because a worse one lies beside it.
"""

from crashkit.screening.asking import (
    ask,
    check,
    in_force,
    is_in_setting,
    last_day,
    looked_at,
    parts_of,
    unanswerable,
)
from crashkit.screening.documents import as_document, as_geojson, as_rows
from crashkit.screening.ladder import Rung, rung
from crashkit.screening.parts import located, looks_at_roads, measures, places
from crashkit.screening.running import Clause, Survey, answer, between, counting, run, survey
from crashkit.screening.telling import question
from crashkit.screening.treated import Treated, from_register
from crashkit.screening.wording import (
    INNER,
    conditions,
    evidence_sentences,
    site_name,
    sure_sites,
    target_sentence,
    weights,
    word,
)

__all__ = [
    "INNER",
    "Clause",
    "Rung",
    "Survey",
    "Treated",
    "from_register",
    "answer",
    "as_document",
    "as_geojson",
    "as_rows",
    "ask",
    "check",
    "parts_of",
    "between",
    "conditions",
    "counting",
    "in_force",
    "is_in_setting",
    "last_day",
    "located",
    "looked_at",
    "looks_at_roads",
    "measures",
    "places",
    "question",
    "run",
    "rung",
    "sure_sites",
    "survey",
    "evidence_sentences",
    "site_name",
    "target_sentence",
    "unanswerable",
    "weights",
    "word",
]
