"""Filters: which crashes to look at; the same words in page, command line and report."""

from crashkit.filters.earlier import before
from crashkit.filters.emptying import Emptied, emptied
from crashkit.filters.keeping import (
    COLUMN_OF,
    apply,
    column,
    keeps,
    levels,
    located,
    numbered,
    numbers,
    prepare,
    the_one,
)
from crashkit.filters.mapped import is_field
from crashkit.filters.ordering import newest_first, worst_first
from crashkit.filters.reading import NOT_FILTER, Filter, all_of, any_of, fields_of, parse, readable
from crashkit.filters.saved import SavedFilter
from crashkit.filters.saved import parse as parse_named
from crashkit.filters.saved import read as read_saved
from crashkit.filters.saying import (
    ABOUT_THE_RECORD,
    FilterField,
    Option,
    choice,
    choices,
    clauses,
    definition,
    further,
    label,
    plain,
    sentence,
    value_definition,
    value_label,
)
from crashkit.filters.shapes import Surface, surfaces
from crashkit.filters.spelling import UNKNOWN

__all__ = [
    "Surface",
    "surfaces",
    "ABOUT_THE_RECORD",
    "COLUMN_OF",
    "Emptied",
    "NOT_FILTER",
    "Filter",
    "FilterField",
    "Option",
    "SavedFilter",
    "UNKNOWN",
    "all_of",
    "any_of",
    "apply",
    "before",
    "choice",
    "choices",
    "clauses",
    "column",
    "definition",
    "emptied",
    "fields_of",
    "further",
    "is_field",
    "keeps",
    "label",
    "levels",
    "located",
    "newest_first",
    "numbered",
    "numbers",
    "parse",
    "parse_named",
    "plain",
    "prepare",
    "read_saved",
    "readable",
    "sentence",
    "the_one",
    "value_definition",
    "value_label",
    "worst_first",
]
