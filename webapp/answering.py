"""How many crashes at a place? One line of words, an answer on one screen, a document of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import answers, current, i18n, looking
from webapp.looking import Look

area = Blueprint("answering", __name__)

LONGEST = 200
"""Signs of a question that are read."""

FORMATS = (
    ("pdf", api.Message("PDF")),
    ("docx", api.Message("Word")),
    ("xlsx", api.Message("Excel")),
    ("html", api.Message("Web page")),
)
SPANS = (5, 3)
"""So many last whole years can be asked for beside all of them."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A question about a data set: what it may mean, and the answer where that is clear."""

    look: Look
    words: str
    width: str
    found: api.PlaceFound
    answer: api.QuickAnswer | None

    @property
    def kept(self) -> dict[str, str]:
        """Return the words of the address that stay when another place is asked for."""
        return {**self.look.chosen.query, **({"width": self.width} if self.width else {})}

    @property
    def query(self) -> str:
        """Return the end of the address that asks this again."""
        kind = request.args.get("kind", "")
        return looking.query_string(
            {"q": self.words, **({"kind": kind} if kind else {}), **self.kept}
        )

    def of(self, place: api.Place) -> str:
        """Return the end of the address that asks for one of the places offered."""
        # The words of the place carry what the line said, but not the width it named.
        width = {"width": f"{place.width_m:g}"} if place.width_m else {}
        return looking.query_string(
            {"q": place.words, "kind": place.kind, **self.look.chosen.query, **width}
        )


@area.get("/answer")
def ask() -> AnyResponse:
    """Lead from the box of the first page to the data set that is asked."""
    dataset = request.args.get("dataset", "")
    current.store().dataset(dataset)
    words = request.args.get("q", "")[:LONGEST]
    return redirect(url_for("answering.page", dataset=dataset, q=words), 302)


@area.get("/d/<dataset>/answer")
def page(dataset: str) -> tuple[str, int]:
    """Show the answer; or what may be meant, or what comes near."""
    try:
        asked, trouble = _asked(dataset), None
    except api.FilterError as error:
        look = looking.at(dataset, {})
        asked, trouble = Asked(look, _words(), "", api.PlaceFound(_words(), ()), None), error
    text = render_template(
        "answering/page.html",
        dataset=asked.look.dataset,
        asked=asked,
        trouble=trouble.message if trouble else None,
        found=asked.found,
        answer=asked.answer,
        table=api.answer_years(asked.answer) if asked.answer else None,
        types=_types(asked.answer) if asked.answer else [],
        counts={
            one.chosen.words: api.count_at(asked.look.data, one)
            for one in (*asked.found.places, *asked.found.near)
            if asked.answer is None
        },
        spans=_spans(asked.look),
        formats=FORMATS,
        files=url_for("answering.page", dataset=dataset),
        here=f"/d/{asked.look.dataset.name}",
    )
    return text, 400 if trouble else 200


def _words() -> str:
    return request.args.get("q", "").strip()[:LONGEST]


def _asked(dataset: str) -> Asked:
    """Read the address. Raises NotFound, FilterError."""
    look, width = looking.at(dataset), request.args.get("width", "").strip()
    found = api.find_place(
        current.store(),
        look.data,
        _words(),
        width_m=_metres(width) if width else None,
        kind=request.args.get("kind", ""),
    )
    counted = None if found.place is None else api.answer_place(look.data, found.place, look.chosen)
    return Asked(look, _words(), width, found, counted)


def _metres(width: str) -> float:
    try:
        return float(width.replace(",", "."))
    except ValueError:
        raise api.FilterError(
            "“{width}” is no number of metres. Write one such as 500.", width=width[:40]
        ) from None


def _types(counted: api.QuickAnswer) -> list[tuple[api.Message, int]]:
    """Return the types of crashes at the place, the most frequent first."""
    found = zip(counted.types.row_labels, map(sum, counted.types.cells), strict=True)
    return sorted(((label, n) for label, n in found if n), key=lambda one: -one[1])


def _spans(look: Look) -> list[tuple[str, api.Message, bool]]:
    """Return which years can be asked for: the word of the address, its label, whether it is on."""
    chosen, period = look.chosen.query.get("year", ""), look.data.period
    last = (
        period.end.year if (period.end.month, period.end.day) == (12, 31) else period.end.year - 1
    )
    offered = [("", api.Message("All years"), not chosen)]
    for n in SPANS:
        word = f"{last - n + 1}-{last}"
        if last - n + 1 >= period.start.year:
            label = api.Message(
                "{first} to {last}", {"first": str(last - n + 1), "last": str(last)}
            )
            offered.append((word, label, chosen == word))
    if chosen and not any(on for _, _, on in offered):
        offered.append((chosen, api.Message("{words}", {"words": chosen}), True))
    return offered


@area.get("/d/<dataset>/answer.json")
def document(dataset: str) -> Response:
    """Return what was asked, what may be meant, and the answer."""
    asked = _asked(dataset)
    speaker = i18n.speaker_of_request()
    return answers.document(
        api.answer_document(asked.found, asked.answer, asked.look.data, speaker)
    )


@area.get("/d/<dataset>/answer/report.json", defaults={"format": "json"})
@area.get("/d/<dataset>/answer.<any(pdf, docx, xlsx, html):format>")
def file(dataset: str, format: str) -> Any:
    """Return the answer as a document of one page; back to the page where it is not clear.

    Its JSON twin has an address of its own, for `answer.json` is the twin of the page.
    """
    asked = _asked(dataset)
    if asked.answer is None:
        return redirect(url_for("answering.page", dataset=dataset) + asked.query, 302)
    written = api.write_answer(
        asked.look.data,
        asked.answer,
        language=i18n.speaker_of_request().language,
        format=format,
        layers=api.report_layers(current.store(), dataset),
    )
    return answers.file(written.content, written.name, written.media_type)
