"""Filters: which crashes to look at; the same words in page, command line and report."""

from crashkit.filters.keeping import apply, column, keeps
from crashkit.filters.reading import NOT_FILTER, Filter, parse
from crashkit.filters.saying import (
    FilterField,
    Option,
    choices,
    label,
    plain,
    sentence,
    value_label,
)

__all__ = [
    "NOT_FILTER",
    "Filter",
    "FilterField",
    "Option",
    "apply",
    "choices",
    "column",
    "keeps",
    "label",
    "parse",
    "plain",
    "sentence",
    "value_label",
]
