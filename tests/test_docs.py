"""Documentation is under test: what is shipped is described, what is described exists."""

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from crashkit import api, cli

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "sample_data" / "README.md"]
    if "generated" not in path.parts and "evidence" not in path.parts
)
PLACES = ("crashkit/", "webapp/", "docs/", "tests/", "scripts/", "sample_data/", "locks/")


def test_every_dependency_is_justified():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *sum(project["project"]["optional-dependencies"].values(), []),
        *sum(project["dependency-groups"].values(), []),
    ]
    names = {re.split(r"[>=\[ ]", line)[0] for line in wanted}
    page = (DOCS / "decisions" / "dependencies.md").read_text("utf-8")
    told = set(re.findall(r"`([a-z0-9-]+)`", page))
    assert names - told == set()
    assert {name for name in told if name not in names} <= {"postgres"}


def test_every_decision_is_reached_from_the_manual():
    index = (DOCS / "decisions" / "index.md").read_text("utf-8")
    assert ":glob:" in index


@pytest.mark.parametrize("doc", PAGES, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_files_named_in_prose_exist(doc):
    # A name with a <hole>, a star or a brace stands for many files.
    named = re.findall(r"`([\w./-]+)`", doc.read_text("utf-8"))
    missing = [n for n in named if n.startswith(PLACES) and not (ROOT / n).exists()]
    assert missing == []


@pytest.mark.parametrize("doc", PAGES, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(doc):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", doc.read_text("utf-8"))
    # Pages made from data are there once the manual is built, which checks links to them itself.
    written = [target for target in targets if "generated/" not in target]
    assert [target for target in written if not (doc.parent / target).exists()] == []


def test_every_command_says_what_it_does():
    own = set(cli.crashkit.commands)
    found = {point.name for point in entry_points(group=cli.COMMAND_GROUP)}
    group = cli.crashkit
    helps = {name: group.get_command(None, name).help for name in own | found}
    assert [name for name, text in helps.items() if not text] == []


def test_every_preset_names_its_source():
    assert [name for name, one in api.list_presets().items() if not one.source] == []


def test_every_profile_names_its_source():
    assert [name for name, one in api.list_profiles().items() if not one.source] == []
