"""Ask and run a screening: cut places, score them, keep them apart, rank them, say the caveats.

Places may overlap while they are cut. The worst site is kept first; what it leaves of the places
it touches is cut and judged again. So no crash is reported at two sites, and no cluster is lost
because a worse one lies beside it.
"""

from crashkit.screening.asking import ask, unanswerable
from crashkit.screening.documents import as_document, as_geojson, as_rows
from crashkit.screening.ladder import Rung, rung
from crashkit.screening.parts import located, looks_at_roads, measures, places
from crashkit.screening.running import Survey, answer, between, run, survey
from crashkit.screening.treated import Treated, from_register
from crashkit.screening.wording import (
    INNER,
    conditions,
    evidence_sentences,
    sure_sites,
    target_sentence,
    weights,
    word,
)

__all__ = [
    "INNER",
    "Rung",
    "Survey",
    "Treated",
    "from_register",
    "answer",
    "as_document",
    "as_geojson",
    "as_rows",
    "ask",
    "between",
    "conditions",
    "located",
    "looks_at_roads",
    "measures",
    "places",
    "run",
    "rung",
    "sure_sites",
    "survey",
    "evidence_sentences",
    "target_sentence",
    "unanswerable",
    "weights",
    "word",
]
