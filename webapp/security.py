"""What every answer and every form must keep: headers, tokens, sizes, own addresses only."""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.sansio.utils import host_is_trusted

from crashkit import api
from webapp.config import Config

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OUTSIDE = ("img-src", "connect-src")
"""What the policy opens to a map server, on the page of the map only."""
WITH_MAP_SERVER = ("map.page",)
"""The only routes whose pages can show pictures from a map server that was allowed."""

UPLOADS = (
    "datasets.upload",
    "own_layers.add",
    "exposure.add",
    "weather.add",
    "road_networks.upload",
    "register.add_file",
)
"""The only routes that take whole files."""

FORM_PARTS = 100
FORM_MEMORY = 500_000


def protect(app: Flask, config: Config) -> None:
    """Put the guards before and behind every route of `app`."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="crashkit",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=config.form_bytes,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
        MAX_FORM_PARTS=FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_METHODS=["POST", "PUT", "PATCH", "DELETE"],
    )

    @app.before_request
    def know_the_name() -> None:
        # A page elsewhere could otherwise give its own name to this computer's address, and read.
        if not host_is_trusted(request.host, config.hosts):
            raise api.CrashKitError(
                "The dashboard does not answer to the name {host}. An administrator can add names "
                "by the setting CRASHKIT_HOSTS.",
                host=request.host,
            )

    @app.before_request
    def allow_files() -> None:
        if request.endpoint in UPLOADS:
            request.max_content_length = config.upload_bytes

    # After the sizes: looking for the token reads the form.
    CSRFProtect(app)
    app.after_request(partial(_guard, config))


def opened_to(origin: str) -> str:
    """Return the policy that allows pictures from one more origin."""
    return "; ".join(
        f"{rule} {origin}" if rule.startswith(OUTSIDE) else rule for rule in POLICY.split("; ")
    )


def _guard(config: Config, response: Response) -> Response:
    if config.map_server and request.endpoint in WITH_MAP_SERVER and response.status_code == 200:
        response.headers["Content-Security-Policy"] = opened_to(config.map_server.origin)
    for name, value in HEADERS.items():
        # A finished report states a policy of its own, stricter but for its own style sheet.
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def own_path(target: str | None, otherwise: str = "/") -> str:
    """Return `target` when it is an address of this dashboard, else `otherwise`."""
    if not target:
        return otherwise
    plain = unquote(target)
    if not plain.startswith("/") or plain.startswith("//") or "\\" in plain:
        return otherwise
    return otherwise if any(ord(sign) < 33 for sign in plain) else target
