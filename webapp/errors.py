"""Errors as pages or JSON: the only place that knows their status codes."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from crashkit import api
from webapp import i18n, jobs, looking

LOG = logging.getLogger(__name__)
JSON_ENDINGS = (".json", ".geojson")

STATUS: tuple[tuple[type[api.CrashKitError], int], ...] = (
    (api.NotFound, 404),
    (jobs.Full, 429),
    (api.Refused, 409),
    (api.StoreError, 503),
    (api.SettingError, 500),
    (api.DropinError, 500),
    (api.CrashKitError, 400),
)

TITLES = {
    400: api.Message("This cannot be done like this"),
    403: api.Message("This is not allowed"),
    404: api.Message("There is no such page"),
    405: api.Message("This cannot be done like this"),
    409: api.Message("This cannot be done like this"),
    413: api.Message("That is too large"),
    429: api.Message("Too much work at once"),
    500: api.Message("CrashKit made a mistake"),
    503: api.Message("The data cannot be reached just now"),
}

CSRF = api.Message(
    "The form was open too long, or came from another page. Nothing was changed. Go back, reload "
    "the page and send the form again."
)
UNKNOWN = api.Message(
    "Nothing was changed. Try again; if it happens again, tell your administrator the number "
    "{number}: the log of the server has the details under it."
)


def init(app: Flask) -> None:
    """Turn every error of `app` into a page or JSON, and show no traceback."""
    app.register_error_handler(api.CrashKitError, _user_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def status_of(error: api.CrashKitError) -> int:
    """Return the status code of an error of the user's."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def _user_error(error: Exception) -> Response:
    if not isinstance(error, api.CrashKitError):
        raise TypeError("only errors of the user's end here")
    ways_out = _without_it() if isinstance(error, api.FilterError) else []
    return _answer(status_of(error), error.message, ways_out=ways_out)


def _without_it() -> list[tuple[api.Message, str]]:
    """Return the ways out of a filter that makes no sense: what can be read of it, and none."""
    if request.method != "GET":
        return []
    page = {name: one for name, one in request.args.items() if name in api.NOT_FILTER}
    rest = api.readable_filter(request.args)
    ways = [(api.Message("Clear the filter"), request.path + looking.query_string(page))]
    if _is_all(rest):
        # It can be read and makes no sense in these data: a shape names what no layer has.
        rest = rest.without("within")
    if rest:
        query = looking.query_string({**rest.query, **page})
        ways.insert(0, (api.Message("Go on with the other conditions"), request.path + query))
    return ways


def _is_all(rest: api.Filter) -> bool:
    try:
        return api.parse_filter(request.args) == rest
    except api.FilterError:
        return False


def _csrf_error(error: Exception) -> Response:
    LOG.warning("a form without its token was refused: %s", request.endpoint)
    return _answer(400, CSRF)


def _http_error(error: Exception) -> AnyResponse:
    if not isinstance(error, HTTPException):
        raise TypeError("only HTTP errors end here")
    code = error.code or 500
    # A redirect is raised as well, and is no error.
    if code < 400:
        return error.get_response(request.environ)
    return _answer(code, _http_sentence(code))


def _http_sentence(code: int) -> api.Message:
    if code == 404:
        return api.Message("Nothing is kept at this address. The data sets are on the home page.")
    if code == 405:
        return api.Message("This address does something only when a form is sent to it.")
    if code == 413:
        return api.Message(
            "The dashboard takes up to {megabytes} MB at once. Split the file, or import it with "
            "the command: crashkit import",
            {"megabytes": round((request.max_content_length or 0) / 1024 / 1024)},
        )
    if code == 400:
        return api.Message("The browser sent something that cannot be understood.")
    return api.Message("The server answers with the code {code}.", {"code": str(code)})


def _fault(error: Exception) -> Response:
    number = secrets.token_hex(4)
    LOG.error("fault %s in %s", number, request.endpoint, exc_info=error)
    return _answer(500, api.Message(UNKNOWN.text, {"number": number}), number=number)


def _answer(
    status: int,
    message: api.Message,
    *,
    number: str | None = None,
    ways_out: Sequence[tuple[api.Message, str]] = (),
) -> Response:
    say = i18n.speaker_of_request().say
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    if wants_json():
        document: dict[str, Any] = {"status": status, "title": say(title), "message": say(message)}
        if number:
            document["number"] = number
        text = json.dumps({"error": document}, ensure_ascii=False)
        return Response(text, status, mimetype="application/json")
    # htmx puts the answer into the page it came from: a whole page would stand within a page.
    name = "_error.html" if request.headers.get("HX-Request") else "error.html"
    page = render_template(
        f"errors/{name}", status=status, title=title, message=message, ways_out=ways_out
    )
    return Response(page, status, mimetype="text/html")


def wants_json() -> bool:
    """Say whether the reader is a program that reads JSON."""
    if request.path.endswith(JSON_ENDINGS):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and "text/html" not in request.headers.get("Accept", "")
