"""The log of the dashboard: one JSON object a line, in UTC, with nothing in it from crash data.

Who did what to which data set, and how it ended: every form that was sent, every file that was
taken away, every denial. A fault is logged with its place in the program but without its message,
which may quote a cell.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from crashkit import api

FILE = "dashboard.log"
BYTES, FILES = 2_000_000, 5
LOG = logging.getLogger(__name__)
DENIED = (400, 401, 403, 405, 413)


class Line(logging.Formatter):
    """Writes a record as one line of JSON; whatever is in it cannot begin another line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {"at": moment, "level": record.levelname, "from": record.name}
        told |= {"what": record.getMessage(), **getattr(record, "about", {})}
        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None:
            told["fault"] = type(fault).__name__
            frames = traceback.extract_tb(fault.__traceback__)
            told["trace"] = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(told)


@contextmanager
def kept(name: str = FILE) -> Iterator[Path]:
    """Log to a file in the data folder that only its owner can read, warnings to the terminal too.

    Yields the file. Raises SettingError when it cannot be written.
    """
    file = api.data_folder() / name
    try:
        file.touch(mode=0o600)
        written = RotatingFileHandler(file, maxBytes=BYTES, backupCount=FILES, encoding="utf-8")
    except OSError as error:
        raise api.SettingError(
            "The log {file} cannot be written: {cause}.",
            file=str(file),
            cause=error.strerror or str(error),
        ) from error
    shown = logging.StreamHandler()
    shown.setLevel(logging.WARNING)
    root = logging.getLogger()
    logging.getLogger("webapp").setLevel(logging.INFO)
    # A class that opens a map asks for more tiles at once than there are threads: that is no fault.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    for handler in (written, shown):
        handler.setFormatter(Line())
        root.addHandler(handler)
    try:
        yield file
    finally:
        for handler in (written, shown):
            root.removeHandler(handler)
            handler.close()


def audit(app: Flask) -> None:
    """Log each form that is sent, each file that is taken away and each denial."""

    @app.after_request
    def note(response: Response) -> Response:
        sent = request.method not in ("GET", "HEAD", "OPTIONS")
        taken = response.headers.get("Content-Disposition", "").startswith("attachment")
        if sent or taken or response.status_code in DENIED:
            LOG.info("taken away" if taken else "asked", extra={"about": _about(response)})
        return response


def _about(response: Response) -> dict[str, object]:
    named = request.view_args or {}
    return {
        "who": request.remote_addr,
        "page": request.endpoint,
        "dataset": named.get("dataset"),
        "status": response.status_code,
    }
