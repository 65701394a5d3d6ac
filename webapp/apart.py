"""Work in a process of its own, with an end to its memory and its time; its death harms nobody.

Files come from strangers: what breaks the reader of a file, or takes all memory, must not take the
dashboard with it. A process is made ready before it is needed, for its start takes seconds. It
ends by itself when the program that made it is gone.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf

from crashkit.api import Message

HERE = "import json, sys; sys.path[:] = json.loads(sys.argv[1])\n"
"""The process looks for modules where this one does, not in the folder it happens to be in."""

START = "from webapp import reader; reader.main()"
LOOK_EVERY_S = 0.5
GRACE_S = 10.0
"""So long a process may go on after its work was cancelled: it hears of it at its next step."""

DIED = Message(
    "The program that read the files broke, so nothing was kept. All other work goes on. Save the "
    "files in another form, CSV for example, and try again."
)
TOO_LONG = Message(
    "The work took longer than {minutes} minutes, so it was stopped, and nothing was kept. Divide "
    "the files, or let CRASHKIT_IMPORT_MINUTES say more."
)
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What one piece of work may take: megabytes beyond those of an idle process, and minutes."""

    megabytes: int
    minutes: int


class Apart:
    """Does pieces of work, one at a time, each in a process of its own."""

    def __init__(self, url: str, limits: Limits) -> None:
        self.url, self.limits = url, limits
        self._ready = _process()

    def do(self, job: str, attempt: int, is_cancelled: Callable[[], bool]) -> Message | None:
        """Do a claimed job to its end; return why it was broken off, None where it was not.

        What goes wrong with the work itself is written to its job by the process.
        """
        # One that was ended while it was idle has done no harm.
        if self._ready.poll() is not None:
            _end(self._ready)
            self._ready = _process()
        process, self._ready = self._ready, _process()
        asked = {"store": self.url, "job": job, "attempt": attempt}
        try:
            _tell(process, {**asked, "megabytes": self.limits.megabytes})
            return self._wait_for(process, job, is_cancelled)
        finally:
            _end(process)

    def _wait_for(
        self, process: subprocess.Popen[str], job: str, is_cancelled: Callable[[], bool]
    ) -> Message | None:
        until = time.monotonic() + 60 * self.limits.minutes
        leave = inf
        while (ended := _ended(process)) is None:
            if time.monotonic() > min(until, leave):
                return Message(TOO_LONG.text, {"minutes": self.limits.minutes})
            if leave == inf and is_cancelled():
                leave = time.monotonic() + GRACE_S
        if ended == 0:
            return None
        LOG.error("the process of job %s ended with %s", job, ended)
        return DIED

    def close(self) -> None:
        """End the process that is ready."""
        _end(self._ready)


def _process() -> subprocess.Popen[str]:
    words = [sys.executable, "-P", "-c", HERE + START, json.dumps(sys.path)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, encoding="utf-8")  # noqa: S603


def _tell(process: subprocess.Popen[str], asked: dict[str, object]) -> None:
    # One that broke already is found so when it is waited for.
    with suppress(OSError):
        if process.stdin is not None:
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()


def _ended(process: subprocess.Popen[str]) -> int | None:
    """Wait a moment for the end of a process; return how it ended, None while it goes on."""
    try:
        return process.wait(LOOK_EVERY_S)
    except subprocess.TimeoutExpired:
        return None


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    with suppress(OSError):
        process.communicate()
