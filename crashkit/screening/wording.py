"""A rule in words: its conditions, its weights, and what the words of its parameters mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crashkit import filters
from crashkit.errors import Message, counted

WORDS = {
    "bh": Message("Benjamini and Hochberg"),
    "none": Message("no"),
    "class": Message("places of the same class"),
    "traffic": Message("places of the same class, by their traffic"),
    "all": Message("all places"),
    "by": Message("Benjamini and Yekutieli, also where places hang together"),
    "site": Message("a site in the period"),
    "unit": Message("a km and year"),
    "probability": Message("probability"),
    "excess": Message("what is above the usual"),
    "expected": Message("what is expected"),
    "counts": Message("crashes"),
    "gamma": Message("the gamma distribution, as counts are skewed"),
    "normal": Message("the normal distribution"),
    "draws": Message("draws"),
    "period": Message("counts of the period"),
    "annual": Message("means of a year (as the HSM has it)"),
    "hsm": Message("Highway Safety Manual"),
    "norden": Message("Norden, with its last term"),
    "plain": Message("without correction"),
    "gamma_20_80": Message("20 and 80 % of such sites, chance taken out (Colorado)"),
    "gamma_5_95": Message("5 and 95 % of such sites, chance taken out (Kentucky)"),
    "III": Message("III and IV"),
    "IV": Message("IV only"),
    "crashes": Message("crashes"),
    "people": Message("people"),
    "best": Message("wherever most crashes lie"),
    "any": Message("any of them"),
    "yes": Message("yes"),
    "no": Message("no"),
    "apart": Message("apart"),
    "along": Message("on their road"),
    "together": Message("together"),
    "across": Message("across them"),
    "junctions": Message("junctions"),
    "nominated": Message("those that people proposed"),
    "open": Message("all that are open"),
    "changes": Message("changes of class or setting only"),
}
INNER = ("family", "anchor_crashes")
"""Parameters that the screening itself sets, of no use to a reader."""


def conditions(params: Mapping[str, Any]) -> tuple[tuple[Message, ...], ...]:
    """Say each condition of a written rule, part by part; nothing for another measure."""
    return tuple(tuple(_condition(rule)) for rule in params.get("rules", ()))


def weights(params: Mapping[str, Any]) -> tuple[Message, ...]:
    """Say what each class of people, or of crashes, counts; nothing where none is weighed."""
    field = "injury" if params.get("unit", "people") == "people" else "severity"
    return tuple(
        Message("{what}: {weight}", {"what": _weighed(field, name), "weight": weight})
        for name, weight in params.get("weights", {}).items()
    )


def word(name: str, value: str) -> Message:
    """Say what a word means as the value of the parameter `name`."""
    if (name, value) == ("combine", "all"):
        return Message("all of them")
    if name == "kind":
        return filters.value_label("crash_type", value)
    return WORDS.get(value) or Message("{text}", {"text": value})


def _condition(rule: Mapping[str, Any]) -> Iterator[Message]:
    if "min_crashes" in rule:
        yield Message("{n} or more crashes", {"n": rule["min_crashes"]})
    if "min_deaths" in rule:
        yield Message("{n} or more people killed", {"n": rule["min_deaths"]})
    if "min_score" in rule:
        yield Message("{n} or more points", {"n": rule["min_score"]})
    yield from weights(rule)
    if "vru_factor" in rule:
        yield Message(
            "pedestrians, cyclists and riders of mopeds count {factor} times",
            {"factor": rule["vru_factor"]},
        )
    if rule.get("same_type"):
        yield Message("of one crash type")
    if "severity" in rule:
        codes = [code.strip() for code in rule["severity"].split(",")]
        values = [filters.value_label("severity", code) for code in codes]
        yield Message("of these severities: {values}", {"values": values})
    if "last_years" in rule:
        yield counted("in the last year", "in the last {n} years", int(rule["last_years"]))
    if rule.get("setting") == "urban":
        yield Message("inside built-up areas")
    if rule.get("setting") == "rural":
        yield Message("outside built-up areas")


def _weighed(field: str, name: str) -> Message:
    """Name what a weight is for: a class of injury, or of crashes."""
    if name == "unclassified":
        return Message("Injured, class unknown")
    return filters.value_label(field, name)
