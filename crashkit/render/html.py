"""A report as one HTML file that stands alone: pictures inside, no script, nothing fetched."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import jinja2

from crashkit.render import paper, words
from crashkit.render.words import Document, SaidBlock, SaidFigure
from crashkit.text import Speaker

WIDTH_MM = {
    "sheet": 104.0,
    "list": 190.0,
    "pages": 190.0,
    "lying": 190.0,
    "book": 190.0,
    "large": 190.0,
}
TALLEST_MM = {
    "sheet": 100.0,
    "list": 125.0,
    "pages": 125.0,
    "lying": 125.0,
    "book": 125.0,
    "large": 150.0,
}
PIXELS_PER_MM = 96 / 25.4


def write(document: Document, speaker: Speaker) -> bytes:
    """Write a report as HTML; all text is escaped by the template."""
    parts = [
        {
            "id": f"part-{n}",
            "heading": part.numbered,
            "level": part.level,
            "new_page": part.new_page,
            "blocks": [_block(one, document, speaker) for one in part.blocks],
        }
        for n, part in enumerate(document.parts, 1)
    ]
    page = (
        _templates()
        .get_template("report.html")
        .render(
            doc=document,
            parts=parts,
            banner=_in_numbers(document.banner),
            footer=_in_numbers(document.footer),
            captioned=words.captioned,
        )
    )
    return page.encode("utf-8")


def _in_numbers(text: str) -> str:
    """Write a text for a style sheet, each letter as its number: none of them can end it."""
    return "".join(f"\\{ord(sign):06x}" for sign in text)


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("crashkit", "templates/report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def _block(block: SaidBlock, document: Document, speaker: Speaker) -> dict[str, Any]:
    said: dict[str, Any] = {"type": type(block).__name__, "said": block}
    if isinstance(block, SaidFigure):
        width = WIDTH_MM[document.layout]
        tall = paper.height_mm(block.drawing, width, tallest_mm=TALLEST_MM[document.layout])
        drawn = paper.draw(block.drawing, speaker, width_mm=width, height_mm=tall)
        said["picture"] = base64.b64encode(drawn).decode("ascii")
        said["width"], said["height"] = (round(mm * PIXELS_PER_MM) for mm in (width, tall))
    return said
