"""The same report as HTML, PDF, Word, Excel or JSON. A renderer lays out; it computes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crashkit.analysis import Answer, Origin
from crashkit.blocks import Figure
from crashkit.errors import ReportError
from crashkit.render import pages, words
from crashkit.section import Report
from crashkit.text import Speaker

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

WHOLE = ("xlsx", "json")
"""The formats that hold every row and column of a list."""


def formats() -> tuple[str, ...]:
    """Return the formats a report can be written in."""
    return tuple(MEDIA_TYPES)


def media_type(format: str) -> str:
    """Return the media type of a format. Raises ReportError for another one."""
    if format not in MEDIA_TYPES:
        raise ReportError(
            "There is no format {format} for this; there are {known}.",
            format=format,
            known=", ".join(MEDIA_TYPES),
        )
    return MEDIA_TYPES[format]


def render(
    report: Report,
    speaker: Speaker,
    format: str,
    receipt: str = "",
    *,
    beside: Speaker | None = None,
) -> bytes:
    """Write a report, and its receipt, in one language and format, or in two side by side.

    Raises ReportError for another format.
    """
    media_type(format)
    shown = report if format in WHOLE else replace(report, blocks=pages.fitted(report.blocks))
    said = words.speak(shown, speaker, receipt)
    if beside is None or beside.language == speaker.language:
        return WRITERS[format](said, speaker)
    from crashkit.render import beside as both  # noqa: PLC0415

    side_by_side = both.documents(said, words.speak(shown, beside))
    return WRITERS[format](side_by_side, both.Both(speaker, beside))


def picture(
    figure: Figure,
    speaker: Speaker,
    *,
    width_mm: float,
    height_mm: float | None = None,
    format: str = "png",
) -> bytes:
    """Draw one figure of a report as PNG or SVG; without a height in the one that suits it."""
    from crashkit.render import paper  # noqa: PLC0415

    high = height_mm or paper.height_mm(figure, width_mm, tallest_mm=1.5 * width_mm)
    return paper.draw(figure, speaker, width_mm=width_mm, height_mm=high, format=format)


def plate(
    found: Answer, origin: Origin, speaker: Speaker, *, width_mm: float, format: str = "png"
) -> bytes:
    """Draw the chart of an answer so that it says by itself what it counts, of which data.

    Above it stand title, filter, warnings and finding, below it where the numbers come from.
    """
    from crashkit.render import paper  # noqa: PLC0415

    line, soft = paper.Line, paper.SOFT
    invented = [line(speaker.say(words.INVENTED), bold=True, colour=AMBER)]
    return paper.draw(
        found.figure,
        speaker,
        width_mm=width_mm,
        height_mm=paper.height_mm(found.figure, width_mm, tallest_mm=1.5 * width_mm),
        format=format,
        above=[
            *(invented if origin.synthetic else []),
            line(speaker.say(found.title), paper.SIZE + 3, bold=True),
            line(words.joined(origin.filter_sentence, speaker), paper.SIZE + 0.5, colour=soft),
            *(line(speaker.say(one), paper.SIZE + 0.5, bold=True) for one in found.warnings),
            line(speaker.say(found.finding), paper.SIZE + 1),
        ],
        below=[line(words.told(origin.pairs, speaker), paper.SIZE - 0.7, colour=soft)],
    )


AMBER = "#7a4b00"
"""Colour of the mark of invented data."""

# Each format needs large libraries of its own: only those of the one asked for are loaded.


def _html(document: words.Document, speaker: Speaker) -> bytes:
    from crashkit.render import html  # noqa: PLC0415

    return html.write(document, speaker)


def _pdf(document: words.Document, speaker: Speaker) -> bytes:
    from crashkit.render import pdf  # noqa: PLC0415

    return pdf.write(document, speaker)


def _docx(document: words.Document, speaker: Speaker) -> bytes:
    from crashkit.render import docx  # noqa: PLC0415

    return docx.write(document, speaker)


def _xlsx(document: words.Document, speaker: Speaker) -> bytes:
    from crashkit.render import xlsx  # noqa: PLC0415

    return xlsx.write(document, speaker)


def _json(document: words.Document, speaker: Speaker) -> bytes:
    from crashkit.render import twin  # noqa: PLC0415

    return twin.write(document, speaker)


WRITERS: dict[str, Callable[[words.Document, Speaker], bytes]] = {
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "json": _json,
}
