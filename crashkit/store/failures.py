"""What a database says when it refuses, turned into one sentence with its cause and its cure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from crashkit.errors import Message, StoreError

BUSY = Message("The store {url} is busy: another program is writing to it. Try again in a moment.")
FULL = Message("The disk of the store {url} is full. Nothing was kept; make room and try again.")
READ_ONLY = Message(
    "The store {url} cannot be written. Give yourself the right to write the file and its folder."
)
NOT_A_DATABASE = Message(
    "{url} is not a CrashKit store, or it is damaged. Choose another file, or restore a backup."
)
CANNOT_OPEN = Message(
    "The store {url} cannot be opened. Check that the folder exists and that you may write there."
)
DEVICE = Message(
    "The disk of the store {url} reported an error. It is not certain whether the last "
    "change was kept; doing it again is safe."
)
NO_SERVER = Message(
    "The database server of {url} does not answer. Check the address and that the server runs."
)
PASSWORD = Message("The database server of {url} refuses the user name or the password.")
NO_DATABASE = Message("The database of {url} does not exist. Create it, or correct its name.")
NO_RIGHT = Message(
    "The user of {url} may not do this in the database. Ask its administrator for the right."
)
LOST = Message(
    "The connection to {url} was lost. It is not certain whether the last change was kept; "
    "doing it again is safe."
)
OTHER = Message("The store {url} refused the work: {cause}.")

SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_NOTADB: NOT_A_DATABASE,
    sqlite3.SQLITE_CORRUPT: NOT_A_DATABASE,
    sqlite3.SQLITE_CANTOPEN: CANNOT_OPEN,
    sqlite3.SQLITE_IOERR: DEVICE,
}
POSTGRESQL = {
    "55P03": BUSY,
    "40P01": BUSY,
    "40001": BUSY,
    "53300": BUSY,
    "53100": FULL,
    "25006": READ_ONLY,
    "28P01": PASSWORD,
    "28000": PASSWORD,
    "3D000": NO_DATABASE,
    "42501": NO_RIGHT,
    "58030": DEVICE,
}


@contextmanager
def told(url: str) -> Iterator[None]:
    """Turn what a database driver raises inside into a StoreError that names `url`."""
    try:
        yield
    except DBAPIError as error:
        raise _error(url, error.orig or error) from error
    except sqlite3.Error as error:
        raise _error(url, error) from error
    except PoolTimeoutError as error:
        raise refusal(BUSY, url=url) from error
    except NoSuchModuleError as error:
        raise StoreError(
            "{url} is not an address CrashKit knows. Use a file, sqlite:///FILE or postgresql://.",
            url=url,
        ) from error
    except ModuleNotFoundError as error:
        raise StoreError(
            "The library {library} is missing. Install it with: pip install psycopg[binary]",
            library=error.name or "psycopg",
        ) from error


def refusal(sentence: Message, **values: Any) -> StoreError:
    """Return the error that says one of the sentences above."""
    return StoreError(sentence.text, **values)


def _error(url: str, cause: BaseException) -> StoreError:
    sentence = _sentence(cause)
    if sentence is OTHER:
        return refusal(OTHER, url=url, cause=(str(cause).splitlines() or [""])[0].rstrip("."))
    return refusal(sentence, url=url)


def _sentence(cause: BaseException) -> Message:
    if isinstance(cause, sqlite3.Error):
        return SQLITE.get((getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF, OTHER)
    state = getattr(cause, "sqlstate", None)
    if state:
        return POSTGRESQL.get(state, LOST if state.startswith(("08", "57")) else OTHER)
    return _unnumbered(str(cause))


def _unnumbered(words: str) -> Message:
    """Tell the failures of a connection apart: the driver gives no number before it is open."""
    said = words.lower()
    if "password" in said or "authentication" in said or "role" in said:
        return PASSWORD
    if "database" in said and "does not exist" in said:
        return NO_DATABASE
    refused = ("refused", "timeout", "timed out", "resolve", "translate host", "no such file")
    if any(word in said for word in refused):
        return NO_SERVER
    lost = ("closed the connection", "connection is lost", "consuming input", "is closed")
    return LOST if any(word in said for word in lost) else OTHER
