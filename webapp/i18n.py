"""Which language this request speaks, and the words of templates: say, number, percent, date."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, has_request_context, request

from crashkit import api

COOKIE = "crashkit_language"
YEAR_S = 365 * 24 * 3600


def init(app: Flask, default: str) -> None:
    """Let every request of `app` speak the language of its reader."""

    def words() -> dict[str, Any]:
        speaker = speaker_of_request()
        return {
            "say": speaker.say,
            "number": speaker.number,
            "percent": speaker.percent,
            "date": speaker.date,
            "moment": speaker.datetime,
            "direction": speaker.direction,
            "language": speaker.language,
            "languages": api.list_languages(),
            "in_language": in_language,
            "counted": api.counted,
        }

    app.context_processor(words)
    app.after_request(_remember)
    app.extensions["crashkit.language"] = default


def speaker_of_request() -> api.Speaker:
    """Return who speaks to the reader of this request."""
    if "crashkit_speaker" not in g:
        g.crashkit_speaker = _speaker(language_of_request())
    found: api.Speaker = g.crashkit_speaker
    return found


def kilometres(value: float) -> str:
    """Write a km post with the digits it has, three at most, as the language of the page does."""
    digits = len(f"{value:.3f}".rstrip("0").partition(".")[2])
    return speaker_of_request().number(value, digits)


@lru_cache(maxsize=8)
def _speaker(code: str) -> api.Speaker:
    return api.speaker(code)


def language_of_request() -> str:
    """Return the language of ?lang=, else of the cookie, else of the browser, else the default."""
    known = [one.code for one in api.list_languages()]
    default: str = current_app.extensions["crashkit.language"]
    if not has_request_context():
        return default
    for asked in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if asked in known:
            return str(asked)
    return request.accept_languages.best_match(known) or default


def in_language(code: str) -> str:
    """Return the address of this page in another language, with the rest of its query."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', code)])}"


def _remember(response: Response) -> Response:
    """Keep a language that was asked for by ?lang=; the page depends on all three."""
    response.vary.update(["Cookie", "Accept-Language"])
    if request.args.get("lang") == speaker_of_request().language:
        response.set_cookie(
            COOKIE,
            speaker_of_request().language,
            max_age=YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response
