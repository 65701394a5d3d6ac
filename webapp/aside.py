"""What running jobs tell, and hear, beside a store that has one writer.

While an import writes to an embedded store, nobody can write into its job how far it is, or that
it is to stop. Both stand at the bell then, which is a file of its own. A database server has many
writers and no bell: there the table `job` says all of it.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from huey.storage import BaseStorage, EmptyData

from crashkit import api
from crashkit.api import Message


class Aside:
    """What is said beside one store; without a bell nothing is, and nothing is heard."""

    def __init__(self, bell: BaseStorage | None) -> None:
        self._bell = bell

    def tell(self, job: str, attempt: int, share: float, doing: Message | None) -> None:
        """Say how far an attempt at a job is. A bell that is busy hears it the next time."""
        if self._bell is not None:
            told = {"attempt": attempt, "share": share, "doing": doing}
            with suppress(sqlite3.Error):
                self._bell.put_data(_told(job), api.Store.pack(told).encode())

    def told(self, job: str, attempt: int) -> tuple[float, Message | None] | None:
        """Return the share done and what is being done, where the attempt has told it."""
        said = EmptyData if self._bell is None else self._bell.peek_data(_told(job))
        if said is EmptyData:
            return None
        found = api.Store.unpack(bytes(said).decode())
        return (found["share"], found["doing"]) if found["attempt"] == attempt else None

    def ask_to_stop(self, job: str) -> bool:
        """Ask a running job to stop; say whether it can hear that from here."""
        if self._bell is not None:
            self._bell.put_data(_stop(job), b"1")
        return self._bell is not None

    def is_to_stop(self, job: str) -> bool:
        """Say whether somebody asked the job to stop."""
        return self._bell is not None and self._bell.has_data_for_key(_stop(job))

    def forget(self, job: str) -> None:
        """Drop what was said of a job that has ended."""
        if self._bell is not None:
            with suppress(sqlite3.Error):
                self._bell.pop_data(_told(job))
                self._bell.pop_data(_stop(job))

    def close(self) -> None:
        """Close the bell."""
        if self._bell is not None:
            self._bell.close()


def _told(job: str) -> str:
    return f"told/{job}"


def _stop(job: str) -> str:
    return f"stop/{job}"
