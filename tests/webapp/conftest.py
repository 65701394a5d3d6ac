"""A dashboard whose data live in a folder of the test, and people who click in it."""

from __future__ import annotations

import io
import re

import batches
import fresh_store
import pytest

from crashkit import api
from webapp import config, create_app

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Let nothing of a test reach the data folder of the person who runs it."""
    for name in ("CRASHKIT_STORE", "CRASHKIT_LANG", "CRASHKIT_SECRET_KEY", "CRASHKIT_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def app(home):
    fresh_store.put(home / "crashkit" / "crashkit.sqlite")
    made = create_app(config.read({}))
    yield made
    made.extensions["crashkit.board"].close()


@pytest.fixture
def store(app):
    return app.extensions["crashkit.store"]


@pytest.fixture
def aida(app):
    """Aida the engineer, at her browser."""
    return Person(app)


class Person:
    """Somebody at a browser without JavaScript: follows links, fills in forms."""

    def __init__(self, app):
        self.app, self.client = app, app.test_client()
        self.board = app.extensions["crashkit.board"]

    def get(self, path, **words):
        return self.client.get(path, **words)

    def see(self, path, **words):
        """Open a page, which must be there, and return its text."""
        found = self.client.get(path, **words)
        text = found.get_data(as_text=True)
        found.close()
        assert found.status_code == 200, text
        return text

    def token(self, path="/import"):
        return TOKEN.search(self.see(path))[1]

    def send(self, path, form=None, *, token=None, **words):
        """Send a form with the token of this person's session."""
        data = {"csrf_token": token or self.token(), **(form or {})}
        return self.client.post(path, data=data, **words)

    def work(self):
        """Let a worker do everything that waits."""
        while self.board.run_next("worker"):
            pass

    def upload(self, *files, profile="crashkit", dataset="mine", **options):
        """Send files; return the address of the job's page."""
        form = {
            "files": [(io.BytesIO(content), name) for name, content in files],
            "profile": profile,
            "dataset": dataset,
            **options,
        }
        answer = self.send("/import", form, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def preview(self, *files, **words):
        """Send files, wait for the preview and return its address."""
        job = self.upload(*files, **words)
        self.work()
        return job.replace("/jobs/", "/import/")


@pytest.fixture
def invented(monkeypatch):
    """Let previews and imports find the batch made here in place of reading files."""

    def found(*keys, **changes):
        made = batches.batch(*keys, **changes)

        def preview(
            into, uploads, *, profile, dataset, options=None, progress=None, most_rows=None
        ):
            return made

        monkeypatch.setattr(api, "preview_import", preview)
        return made

    return found
