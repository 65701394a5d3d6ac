"""What holds for all tests: invented examples are judged by their outcome, never by their time.

The short tier (`--hypothesis-profile=short`) tries a third of the examples that the long tier does.
"""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.register_profile("short", settings.get_profile("house"), max_examples=33)
settings.load_profile("house")

ROOT = Path(__file__).parents[1]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let one worker do all tests that share what is made once for their file: it is made once."""
    for item in items:
        if _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOT).as_posix()))


def _shares(item):
    found = item._fixtureinfo.name2fixturedefs.values() if hasattr(item, "_fixtureinfo") else ()
    return any(fixtures[-1].scope == "module" for fixtures in found)
