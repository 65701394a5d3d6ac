"""Answers that are no pages: documents for programs, and files to take away."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, request

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "toml": "application/toml; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def document(content: Mapping[str, Any], *, format: str = "json") -> Response:
    """Answer with one JSON document; what does not exist is null, never NaN."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return Response(
        text, content_type=MEDIA[format], headers={"Cache-Control": "private, no-cache"}
    )


def file(content: bytes, name: str, media_type: str) -> Response:
    """Answer with a file to be saved under `name`, which is text only and may be in any script."""
    found = Response(
        content, content_type=media_type, headers={"Cache-Control": "private, no-cache"}
    )
    found.headers.set("Content-Disposition", "attachment", filename=_safe(name))
    return found


def table(content: bytes, name: str, format: str) -> Response:
    """Answer with a file of a format in MEDIA, called `name` without its ending."""
    return file(content, f"{name}.{format}", MEDIA[format])


def packed(content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Answer with content that was packed by gzip, as whoever asks understands it."""
    headers = {**headers, "Vary": "Accept-Encoding"}
    if request.accept_encodings["gzip"] > 0:
        unpacking = {**headers, "Content-Encoding": "gzip"}
        return Response(content, mimetype=media_type, headers=unpacking)
    return Response(gzip.decompress(content), mimetype=media_type, headers=headers)


def _safe(name: str) -> str:
    """Keep letters of every script, and nothing that means something to a file system."""
    kept = "".join(
        sign if sign.isprintable() and sign not in '/\\:*?"<>|' else "_" for sign in name
    )
    return kept[-150:].lstrip(". ") or "file"
