"""One walk over one sample, three ways, the same numbers: here the library and the command line.

The third way, a real browser, is walked in tests/browser.
"""

import json
import os
from pathlib import Path

import forked
import pytest

from crashkit import api

SAMPLE = Path(__file__).parents[1] / "sample_data" / "country"
FILES = [SAMPLE / name for name in ("crashes.csv", "vehicles.csv", "people.csv")]
FILTER = "severity=fatal,serious; year=2018-2023"


@pytest.fixture(scope="module")
def store_url(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('walk') / 'walk.sqlite'}"


@pytest.fixture(scope="module")
def by_library(store_url):
    with api.open_store(store_url) as store:
        record, _ = api.import_crashes(
            store, api.read_uploads(FILES), profile="crashkit", dataset="sample"
        )
        data = api.load(store, "sample")
        part = api.cut(data, api.parse_filter(FILTER))
        result = api.screen(data, api.ask("count_1km", {}, api.parse_filter(FILTER)))
        table = api.tabulate(part, "year", "severity")
        summary = api.summarise(part, data)
        written = api.write_report(data, kind="blackspot_list", format="xlsx", result=result)
    return {
        "fingerprint": written.fingerprint,
        "rows": record.total,
        "crashes": summary.crashes,
        "killed": summary.killed,
        "table": [list(row) for row in table.cells],
        "sites": [(f.rank, f.site.id, f.counts["crashes"], f.score.value) for f in result.findings],
    }


def command(store_url, *words):
    done = forked.crashkit([*words, "--store", store_url], os.environ)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_command_line_gives_the_numbers_of_the_library(by_library, store_url, tmp_path):
    own = f"sqlite:///{tmp_path / 'own.sqlite'}"
    files = [str(file) for file in FILES]
    imported = command(
        own, "import", *files, "--profile", "crashkit", "--dataset", "sample", "--json"
    )
    words = ("sample", "--filter", FILTER)
    table = command(own, "tabulate", *words, "--rows", "year", "--columns", "severity", "--json")
    found = command(own, "screen", *words, "--preset", "count_1km", "--format", "json")
    sites = [(s["rank"], s["id"], s["counts"]["crashes"], s["score"]) for s in found["sites"]]
    assert imported["total"] == by_library["rows"]
    assert table["cells"] == by_library["table"]
    assert table["total"] == by_library["crashes"]
    assert sites == by_library["sites"]
    out = ("--format", "xlsx", "--out", str(tmp_path / "list.xlsx"), "--json")
    told = command(own, "report", *words, "--kind", "blackspot_list", "--preset", "count_1km", *out)
    assert told["fingerprint"] == by_library["fingerprint"]
