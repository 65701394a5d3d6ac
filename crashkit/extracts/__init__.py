"""Extracts: roads and water of the user's own area, kept as vector tiles beside the data."""

from crashkit.extracts.keeping import Extract, add, extracts, find, path, remove
from crashkit.extracts.reading import Asked

__all__ = ["Asked", "Extract", "add", "extracts", "find", "path", "remove"]
