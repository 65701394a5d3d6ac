"""How good crash data are: 21 checks, a grade, the rung of the data ladder, what to send back.

What cannot be computed is not judged, and says why. Nothing is graded on fewer than 30 rows.
"""

from crashkit.quality.check import DIMENSIONS, FOR_WHAT, GRADES, Check, checks, faults
from crashkit.quality.compared import Funnel, funnels
from crashkit.quality.complaint import Complaint, complaints
from crashkit.quality.documents import as_document
from crashkit.quality.killed import Deaths, deaths
from crashkit.quality.ladder import Rung
from crashkit.quality.recapture import KEYED, Linkage, link, linkage_keys
from crashkit.quality.scorecard import MEASURES, Judged, Scorecard, judge
from crashkit.quality.units import FIELDS, Unit
from crashkit.quality.wording import interval, scale, shown

__all__ = [
    "DIMENSIONS",
    "FIELDS",
    "FOR_WHAT",
    "GRADES",
    "KEYED",
    "MEASURES",
    "Check",
    "Complaint",
    "Deaths",
    "Funnel",
    "Judged",
    "Linkage",
    "Rung",
    "Scorecard",
    "Unit",
    "as_document",
    "checks",
    "complaints",
    "deaths",
    "faults",
    "funnels",
    "interval",
    "judge",
    "link",
    "linkage_keys",
    "scale",
    "shown",
]
