"""Evidence: what a data set can and cannot support, and which screening suits it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for

from crashkit import api
from webapp import answers, current, i18n

area = Blueprint("evidence", __name__)

GROUPS = (
    ("yes", api.Message("What these data support")),
    ("partly", api.Message("What they support with care")),
    ("no", api.Message("What they cannot support")),
)
"""How far an aspect holds, in the order of the page, each with its heading."""


@area.get("/d/<dataset>/evidence")
def page(dataset: str) -> str:
    """Show the two sentences that head every list, and the aspects that they rest on."""
    found = _found(dataset)
    return render_template(
        "evidence/page.html",
        dataset=current.store().dataset(dataset),
        found=found,
        groups=[(holds, title, found.holding(holds)) for holds, title in GROUPS],
        presets=[(id_, api.list_presets()[id_].title) for id_ in found.presets],
        files=url_for("evidence.page", dataset=dataset),
    )


@area.get("/d/<dataset>/evidence.json")
def document(dataset: str) -> Response:
    """Return the same, in the shape `crashkit evidence --json` prints."""
    return answers.document(api.evidence_document(_found(dataset), i18n.speaker_of_request()))


@area.get("/d/<dataset>/evidence.csv")
def table(dataset: str) -> Response:
    """Return the aspects as CSV."""
    say = i18n.speaker_of_request().say
    heads = [say("Aspect"), say("How far it holds"), say("What the data have"), say("So")]
    rows = [
        [
            say(one.title),
            say(api.EVIDENCE_WORDS[one.holds]),
            " ".join(map(say, one.found)),
            say(one.follows),
        ]
        for one in _found(dataset).aspects
    ]
    return answers.table(api.export_rows(heads, rows), f"{dataset}-evidence", "csv")


def _found(dataset: str) -> api.Support:
    store = current.store()
    return api.judge_evidence(store, api.load(store, dataset))
