"""What the data set gives away can be imported again: nothing of a crash is lost on the way."""

from pathlib import Path

import made_files
import pandas as pd
import pytest

from crashkit import export
from crashkit.model import Upload
from crashkit.store import Store

SAMPLE = Path(__file__).parents[3] / "sample_data" / "country"
MADE_HERE = {"crash_key", "digest"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    files = [
        Upload(name, (SAMPLE / name).read_bytes())
        for name in ("crashes.csv", "vehicles.csv", "people.csv")
    ]
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('trip') / 'trip.sqlite'}") as store:
        store.save_import("sample", made_files.imported(files))
        return store.load("sample")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_export_imported_again_says_the_same(data, format):
    upload = Upload(f"export.{format}", export.crashes(data, format))
    batch = made_files.imported(upload)
    assert batch.ledger.accepted == batch.ledger.total
    found = batch.crashes.set_index("crash_id").sort_index()
    wanted = data.crashes.set_index("crash_id").sort_index().drop(columns="id")
    assert set(found) - MADE_HERE >= set(wanted)
    for name in wanted:
        assert list(plain(found[name])) == list(plain(wanted[name])), name


def plain(column):
    if column.dtype.kind == "M":
        return column.dt.strftime("%Y-%m-%d")
    if pd.api.types.is_numeric_dtype(column):
        return column.astype("float64").round(6).fillna(-1)
    return column.astype(object).where(column.notna(), "")
