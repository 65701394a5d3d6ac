"""The quality of evidence: what crash data can and cannot support, and which screening suits them.

A list of sites looks the same whether its crashes are known to ten metres or to a kilometre. So
two sentences stand at the head of every list and of every report of one; they are made here.
"""

from crashkit.support.aspects import NOT, PARTLY, SUPPORTED, WORDS, Aspect
from crashkit.support.documents import as_document
from crashkit.support.judged import Support, of

__all__ = [
    "NOT",
    "PARTLY",
    "SUPPORTED",
    "WORDS",
    "Aspect",
    "Support",
    "as_document",
    "of",
]
