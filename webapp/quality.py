"""Quality: the grade of a data set, its 21 checks, its reporting units, and what to send back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from crashkit import api
from webapp import answers, current, i18n, looking

area = Blueprint("quality", __name__)

WIDE = 100.0
"""The width of a bar in its own units: per cent, where the value is a share."""

ROOM = 1.2
"""The scale of a value that is no share ends so far beyond the last limit, or the value."""

TONES = {"A": "good", "B": "fair", "C": "warn", "D": "bad", "": "none"}


@dataclass(frozen=True)
class Bar:
    """A value between 0 and WIDE with its 95 % limits, and where the grades end."""

    value: float
    low: float
    high: float
    ends: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Line:
    """A check as the page shows it: its value in words, its bar, and what it says."""

    judged: api.Judged
    value: api.Message | None
    limits: api.Message | None
    scale: api.Message
    bar: Bar | None

    @property
    def needs_work(self) -> bool:
        """Say whether the page should say at once what this means and what to do."""
        return self.judged.grade in ("B", "C", "D")


def line(one: api.Judged) -> Line:
    """Lay out a check."""
    value, limits, scale = api.quality_words(one)
    return Line(one, value, limits, scale, _bar(one))


def _bar(one: api.Judged) -> Bar | None:
    check, value = one.check, one.value
    if value is None or not check.limits or check.kind == "count":
        return None
    whole = 1.0 if check.kind == "percent" else ROOM * max(value, *check.limits)

    def at(number: float) -> float:
        return round(min(max(number / whole, 0.0), 1.0) * WIDE, 2)

    low, high = (value if limit is None else limit for limit in (one.low, one.high))
    return Bar(at(value), at(low), at(high), tuple(at(limit) for limit in check.limits))


# ----------------------------------------------------------------------- page


@area.get("/d/<dataset>/quality")
def page(dataset: str) -> str:
    """Show the grade, the checks, the deaths, the units and what they should mend."""
    return _page(dataset, _found(dataset)[0])


@area.post("/d/<dataset>/quality/hospital")
def hospital(dataset: str) -> tuple[str, int]:
    """Compare with a hospital list and show the page with what came of it; nothing is kept."""
    found = _found(dataset)[0]
    try:
        found = api.quality(
            current.store(),
            dataset,
            by=_by().get("by"),
            hospital=request.files["list"].stream.read(),
            secret=request.form.get("secret", ""),
        )
    except (api.IntakeError, api.SettingError) as error:
        return _page(dataset, found, trouble=error.message), 400
    return _page(dataset, found, compared=True), 200


def _page(
    dataset: str,
    card: api.Scorecard,
    *,
    trouble: api.Message | None = None,
    compared: bool = False,
) -> str:
    lines = [line(one) for one in card.judged]
    mend = Counter(one.unit for one in _complaints(dataset))
    return render_template(
        "quality/page.html",
        dataset=current.store().dataset(dataset),
        card=card,
        tones=TONES,
        value_label=api.value_label,
        deciding=[one for one in lines if one.judged.check.blocking],
        others=[one for one in lines if not one.judged.check.blocking],
        ascertained=[one for one in lines if one.judged.check.id == "ascertainment"],
        trouble=trouble,
        compared=compared,
        rungs=("L0", "L1", "L2", "L3", "L4"),
        split=[one for one in card.judged if any(one.check.id in u.marks for u in card.units)],
        mend=mend,
        loose=mend.get("", 0) if not any(unit.name == "" for unit in card.units) else 0,
        fields=[(name, api.field_label(name)) for name in _fields(dataset)],
        unit_label=api.field_label(card.unit_field) if card.unit_field else None,
        files=url_for("quality.page", dataset=dataset),
        by_words=looking.query_string(_by()),
        files_of=_files_of,
    )


def _found(dataset: str) -> tuple[api.Scorecard, tuple[api.Complaint, ...]]:
    store = current.store()
    # An import of which nothing was accepted changes no version, but it changes the accounts; a
    # network of roads may tell the traffic.
    stamp = (
        *((one.id, one.status) for one in store.imports(dataset)),
        *((one.name, one.at) for one in api.road_networks(store)),
    )
    return _judged(store, dataset, store.dataset(dataset).version, stamp, _by().get("by"))


@lru_cache(maxsize=8)
def _judged(
    store: api.Store, dataset: str, version: int, stamp: tuple[Any, ...], by: str | None
) -> tuple[api.Scorecard, tuple[api.Complaint, ...]]:
    card = api.quality(store, dataset, version=version, by=by)
    return card, api.complaints_of(store, dataset, by=by)


def _by() -> dict[str, str]:
    return {"by": request.args["by"]} if request.args.get("by") else {}


def _fields(dataset: str) -> tuple[str, ...]:
    return api.unit_fields(api.load(current.store(), dataset))


def _complaints(dataset: str, unit: str | None = None) -> Sequence[api.Complaint]:
    found = _found(dataset)[1]
    return found if unit is None else [one for one in found if one.unit == unit]


def _files_of(dataset: str, unit: str | None, format: str) -> str:
    """Return the address of the list of what a unit should mend; None is all of them."""
    words = {**_by(), **({} if unit is None else {"unit": unit})}
    address = url_for("quality.complaints", dataset=dataset, format=format)
    return address + looking.query_string(words)


# ---------------------------------------------------------------------- files


@area.get("/d/<dataset>/quality.json")
def document(dataset: str) -> Response:
    """Return the scorecard, in the shape `crashkit quality --json` prints."""
    return answers.document(api.quality_document(_found(dataset)[0], i18n.speaker_of_request()))


@area.get("/d/<dataset>/quality.csv")
def table(dataset: str) -> Response:
    """Return the checks as CSV."""
    say = i18n.speaker_of_request().say
    heads = [
        *(say("Number"), say("Check"), say("Blocks"), say("Quality grade"), say("Value")),
        *(say("Lower limit"), say("Upper limit"), say("Found"), say("Of"), say("Remarks")),
    ]
    content = api.export_rows(heads, [_row(one, say) for one in _found(dataset)[0].judged])
    return answers.table(content, f"{dataset}-quality", "csv")


def _row(one: api.Judged, say: Any) -> list[Any]:
    remarks: Iterable[str] = (say(detail) for detail in one.details)
    return [
        *(one.check.number, say(one.check.title), say("yes") if one.check.blocking else ""),
        *(one.grade, one.value, one.low, one.high, one.numerator, one.denominator),
        " ".join(remarks),
    ]


@area.get("/d/<dataset>/quality/complaints.<any(csv, xlsx):format>")
def complaints(dataset: str, format: str) -> Response:
    """Return what the units should mend, or one of them, to be sent back."""
    unit = request.args.get("unit")
    found = _complaints(dataset, unit)
    name = "-".join(filter(None, (dataset, "mend", unit)))
    content = api.export_complaints(found, format, i18n.speaker_of_request())
    return answers.table(content, name, format)


@area.get("/d/<dataset>/quality/complaints.json")
def complaints_json(dataset: str) -> Response:
    """Return what the units should mend as JSON."""
    say = i18n.speaker_of_request().say
    found = _complaints(dataset, request.args.get("unit"))
    return answers.document({"complaints": [_complaint(one, say) for one in found]})


def _complaint(one: api.Complaint, say: Any) -> Mapping[str, Any]:
    return {**vars(one), "wrong": say(one.wrong), "advice": say(one.advice)}
