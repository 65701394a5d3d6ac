"""What holds for all tests: invented examples are judged by their outcome, never by their time.

The short tier (`--hypothesis-profile=short`) tries a third of the examples that the long tier does,
and at most so many where a test asks for a number of its own.
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
        _try_no_more_than_the_tier(getattr(item, "function", None))


def _try_no_more_than_the_tier(test):
    own, most = getattr(test, "_hypothesis_internal_use_settings", None), settings.default
    if own and own.max_examples > most.max_examples:
        # Hypothesis has no public way to say this of a test that was decorated already.
        fewer = settings(own, max_examples=most.max_examples)
        test._hypothesis_internal_use_settings = fewer


def _shares(item):
    found = item._fixtureinfo.name2fixturedefs.values() if hasattr(item, "_fixtureinfo") else ()
    return any(fixtures[-1].scope == "module" for fixtures in found)
