"""The manual builds without a warning, and its pages run under the dashboard's CSP."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


class Inline(HTMLParser):
    """Collects what a strict content security policy would refuse."""

    def __init__(self):
        super().__init__()
        self.refused = []

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        if tag == "style" or (tag == "script" and not known.get("src")):
            self.refused.append(tag)
        self.refused += [name for name in known if name == "style" or name.startswith("on")]
        source = known.get("src") or (known.get("href") if tag == "link" else None)
        if source and re.match(r"(https?:)?//", source):
            self.refused.append(source)


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    """The manual: what `make docs` built just now where make says so, else built here."""
    if built := os.environ.get("CRASHKIT_MANUAL"):
        return Path(built)
    out = tmp_path_factory.mktemp("manual")
    words = ["-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return out


def test_every_page_runs_under_a_strict_content_security_policy(manual):
    refused = {}
    for page in manual.rglob("*.html"):
        parser = Inline()
        parser.feed(page.read_text(encoding="utf-8"))
        if parser.refused:
            refused[page.name] = parser.refused
    assert refused == {}


def test_the_pages_made_from_data_name_every_field_and_preset(manual):
    from crashkit import api, fields

    dictionary = (manual / "generated/dictionary.html").read_text(encoding="utf-8")
    presets = (manual / "generated/presets.html").read_text(encoding="utf-8")
    missing = [f.name for t in fields.TABLES for f in fields.table(t) if f.name not in dictionary]
    missing += [name for name in api.list_presets() if name not in presets]
    assert missing == []


def test_formulas_stand_in_the_manual_with_their_examples(manual):
    text = (manual / "generated/formulas.html").read_text(encoding="utf-8")
    assert all(f"crashkit.{name}" in text for name in ("trends.slopes", "evaluation", "economics"))
    assert text.count("&gt;&gt;&gt;") > 50
