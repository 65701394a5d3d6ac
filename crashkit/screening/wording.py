"""A rule in words: its conditions, its weights, and what the words of its parameters mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crashkit import filters
from crashkit.errors import Message, counted
from crashkit.method import TARGETS, exact
from crashkit.model import Evidence, Finding, ScreeningResult

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
    "peers": Message("as much as all cells do"),
    "gamma": Message("the gamma distribution, as counts are skewed"),
    "normal": Message("the normal distribution"),
    "draws": Message("draws"),
    "period": Message("counts of the period"),
    "annual": Message("means of a year (as the HSM has it)"),
    "either": Message("either of BKA and the printed UCL"),
    "bka": Message("BKA, one for all sections"),
    "printed": Message("UCL as it is printed"),
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
    "urban": Message("inside built-up areas"),
    "rural": Message("outside built-up areas"),
}
CODED = {"kind": "crash_type", "severity": "severity"}
"""Parameters whose words are codes of the data dictionary, and of which field."""

INNER = ("family", "anchor_crashes")
"""Parameters that the screening itself sets, of no use to a reader."""


CERTAIN = 0.05
"""Share of false alarms among the sites that are called surely worse than their peers."""


def site_name(row: Mapping[str, Any], write: Callable[[float, int], str]) -> Message:
    """Name a site by road and km post where it has them, else by settlement and position.

    `row` is a site as `as_rows` tells it; `write` writes a number with so many digits.
    """
    road, place = row["road"], row["place"]
    if road and row["from_km"] is not None:
        ends = {"start": write(row["from_km"], 2), "end": write(row["to_km"], 2)}
        if place:
            return Message(
                "{road}, km {start} to {end} ({place})", {"road": road, "place": place, **ends}
            )
        return Message("{road}, km {start} to {end}", {"road": road, **ends})
    if road and place:
        return Message("{road} ({place})", {"road": road, "place": place})
    if road or row["lon"] is None:
        return Message("{text}", {"text": road or place or row["id"]})
    position = {"lon": f"{row['lon']:.4f}", "lat": f"{row['lat']:.4f}"}
    if place:
        # A town has many sites: without a road its name alone would tell none from another.
        return Message("{place} ({lat}, {lon})", {"place": place, **position})
    return Message("Longitude {lon}, latitude {lat}", position)


def target_sentence(result: ScreeningResult) -> Message | None:
    """Say what the list is ranked by; the worst of one list need not be those of another."""
    if not result.target:
        return None
    return Message("Sites are ranked by {target}.", {"target": TARGETS[result.target]})


def sure_sites(result: ScreeningResult) -> int | None:
    """Count the sites that stand out from their peers beyond chance; None where none has peers."""
    chances = [one.evidence.q for one in result.findings if math.isfinite(one.evidence.q)]
    return sum(q <= CERTAIN for q in chances) if chances else None


def evidence_sentences(finding: Finding, compared: int) -> Iterator[Message]:
    """Say how sure one may be of a site, sentence by sentence."""
    found, n = finding.evidence, len(finding.site.crash_ids)
    if found.since is not None:
        yield Message(
            "Works ended here on {day}: only crashes after it are counted.", {"day": found.since}
        )
    if math.isfinite(found.expected):
        yield Message(
            "Places like it have {expected} crashes in the period; with chance taken out this one "
            "has {estimate} ({low} to {high} with 90 %).",
            {
                "expected": round(found.expected, 1),
                "estimate": round(found.estimate, 1),
                "low": round(found.low, 1),
                "high": round(found.high, 1),
            },
        )
        if n and found.estimate < n:
            yield Message(
                "Of {n} crashes some {estimate} are to be expected again in a period as long even "
                "if nothing is done: {percent} % fewer by themselves (regression to the mean).",
                {
                    "n": n,
                    "estimate": round(found.estimate, 1),
                    "percent": round(100 * (1 - found.estimate / n)),
                },
            )
        yield Message(
            "It has more than 1.5 times what its peers have with a probability of {p} %.",
            {"p": _uncertain(found.worse)},
        )
        yield _told_of_chance(found, compared)
        if found.pooled:
            yield Message("Its class has too few places, so all places are its peers.")
    if found.rank_low is not None and found.rank_high is not None:
        yield Message(
            "Its true rank lies from {low} to {high} with 90 %.",
            {"low": found.rank_low, "high": found.rank_high},
        )
    if found.stability is not None:
        yield Message(
            "It stays on the list in {percent} % of the repeats with something changed.",
            {"percent": round(100 * found.stability)},
        )


def _uncertain(probability: float) -> str:
    """Return a probability in per cent, which an estimate never brings to 0 or to 100."""
    percent = round(100 * probability)
    return "< 1" if percent < 1 else "> 99" if percent > 99 else str(percent)


def _told_of_chance(found: Evidence, compared: int) -> Message:
    if found.q <= CERTAIN:
        return Message(
            "It stands out even among {compared} places that differ as its peers do.",
            {"compared": compared},
        )
    return Message(
        "Its peers differ so much that among {compared} places one like this is no surprise.",
        {"compared": compared},
    )


def conditions(params: Mapping[str, Any]) -> tuple[tuple[Message, ...], ...]:
    """Say each condition of a written rule, part by part; nothing for another measure."""
    return tuple(tuple(_condition(rule)) for rule in params.get("rules", ()))


def weights(params: Mapping[str, Any]) -> tuple[Message, ...]:
    """Say what each class of people, or of crashes, counts; nothing where none is weighed."""
    field = "injury" if params.get("unit", "people") == "people" else "severity"
    return tuple(
        Message("{what}: {weight}", {"what": _weighed(field, name), "weight": exact(weight)})
        for name, weight in params.get("weights", {}).items()
    )


def word(name: str, value: str) -> Message:
    """Say what a word means as the value of the parameter `name`."""
    if (name, value) == ("combine", "all"):
        return Message("all of them")
    if name in CODED:
        return filters.value_label(CODED[name], value)
    return WORDS.get(value) or Message("{text}", {"text": value})


def _condition(rule: Mapping[str, Any]) -> Iterator[Message]:
    if "min_crashes" in rule:
        yield Message("{n} or more crashes", {"n": rule["min_crashes"]})
    if "min_deaths" in rule:
        n = int(rule["min_deaths"])
        yield counted("one or more people killed", "{n} or more people killed", n)
    if "min_score" in rule:
        yield Message("{n} or more points", {"n": exact(rule["min_score"])})
    if "min_per_km_year" in rule:
        n_per_km = exact(rule["min_per_km_year"])
        yield Message("{n} or more crashes by km and year", {"n": n_per_km})
    if "worst_share" in rule:
        yield Message(
            "among the worst {n} % of all places by crashes by km and year",
            {"n": exact(100 * rule["worst_share"])},
        )
    if "min_relative" in rule:
        yield Message(
            "{n} or more times the crashes that the traffic lets expect (Rk), where AADT is known",
            {"n": exact(rule["min_relative"])},
        )
    yield from weights(rule)
    yield from _which(rule)


def _which(rule: Mapping[str, Any]) -> Iterator[Message]:
    """Say which crashes a condition counts, and where and when."""
    if "deaths_each" in rule:
        yield Message("with {n} or more people killed in each", {"n": rule["deaths_each"]})
    if "vru_factor" in rule:
        yield Message(
            "pedestrians, cyclists and riders of mopeds count {factor} times",
            {"factor": exact(rule["vru_factor"])},
        )
    if rule.get("same_type"):
        yield Message("of one crash type")
    if "severity" in rule:
        codes = [code.strip() for code in rule["severity"].split(",")]
        values = [filters.value_label("severity", code) for code in codes]
        yield Message("of these severities: {values}", {"values": values})
    if "last_years" in rule:
        yield counted("in the last year", "in the last {n} years", int(rule["last_years"]))
    if rule.get("each_year"):
        yield Message("in each year")
    if rule.get("setting") == "urban":
        yield Message("inside built-up areas")
    if rule.get("setting") == "rural":
        yield Message("outside built-up areas")


def _weighed(field: str, name: str) -> Message:
    """Name what a weight is for: a class of injury, or of crashes."""
    if name == "unclassified":
        return Message("Injured, class unknown")
    if name == "pdo":
        return filters.value_label("severity", name)
    return filters.value_label(field, name)
