"""A dashboard and a Chromium for all browser tests; nothing may complain or look outside."""

from __future__ import annotations

import dashboard
import pytest

ON_BOTH = ("test_the_page_fits_the_screen_and_keeps_nobody_out",)
"""Looked at on a laptop by the short tier, on a phone, too, by the long one."""


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.path).replace("\\", "/"):
            item.add_marker(pytest.mark.browser)
            if _is_one_of_many(item):
                item.add_marker(pytest.mark.slow)


def _is_one_of_many(item):
    """Say whether the short tier does without it: one language and one look for all."""
    said = item.callspec.params if hasattr(item, "callspec") else {}
    if item.originalname in ON_BOTH and said["size"] == "phone":
        return True
    return said.get("language", "") in {"ru", "zh"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if dashboard.CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    flags = list(dashboard.FLAGS)
    return {**browser_type_launch_args, "executable_path": dashboard.CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def env(tmp_path_factory):
    found = dashboard.environment(tmp_path_factory.mktemp("home"))
    dashboard.crashkit("demo", "--prepare-only", env=found)
    dashboard.add_template(found, tmp_path_factory.mktemp("templates"))
    dashboard.add_people(found, tmp_path_factory.mktemp("people"))
    return found


@pytest.fixture(scope="session")
def base_url(env):
    with dashboard.running(env) as address:
        yield address


@pytest.fixture
def clean(page, base_url):
    """Fail on any console error, breach of the policy, page error or request to elsewhere."""
    log = []
    page.on("pageerror", lambda error: log.append(str(error)))
    page.on("console", lambda said: log.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: log.append(f"outside: {asked.url}") if _out(asked) else None)

    def _out(asked):
        return not asked.url.startswith((base_url, "data:", "blob:"))

    yield log
    assert log == []
