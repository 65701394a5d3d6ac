"""Where crashes, imports, answers and reports are kept: SQLite by default, PostgreSQL by URL."""

from crashkit.store.answers import Document, KeptResult
from crashkit.store.keeping import Store, upgrade

__all__ = ["Document", "KeptResult", "Store", "upgrade"]
