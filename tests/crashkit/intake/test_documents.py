import json
from pathlib import Path

import batches
import jsonschema
import pytest

from crashkit.intake import documents
from crashkit.text import Speaker

SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "import.json"


def test_the_document_of_an_import_follows_its_schema_and_loses_nothing():
    kept = batches.full_ledger()
    found = documents.as_document(kept, "mine", 3, str)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    assert (found["dataset"], found["version"], found["status"]) == ("mine", 3, kept.status)
    assert len(found["rejected"]) == len(kept.issues)
    assert len(found["duplicates"]) == len(kept.duplicates)
    assert len(found["warnings"]) == len(kept.warnings)


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        ((10, 7, 2, 1), "10 rows: 7 accepted, 2 rejected, 1 duplicate."),
        ((1, 1, 0, 0), "1 row: 1 accepted, 0 rejected, 0 duplicates."),
    ],
)
def test_the_sums_are_said_in_one_sentence(sums, said):
    assert str(documents.sums(*sums)) == said
    assert Speaker("en").say(documents.sums(*sums)) == said
