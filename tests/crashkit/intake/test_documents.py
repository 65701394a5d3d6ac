import json
from pathlib import Path

import batches
import jsonschema

from crashkit.intake import documents

SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "import.json"


def test_the_document_of_an_import_follows_its_schema_and_loses_nothing():
    kept = batches.full_ledger()
    found = documents.as_document(kept, "mine", 3, str)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    assert (found["dataset"], found["version"], found["status"]) == ("mine", 3, kept.status)
    assert len(found["rejected"]) == len(kept.issues)
    assert len(found["duplicates"]) == len(kept.duplicates)
    assert len(found["warnings"]) == len(kept.warnings)


def test_the_sums_are_said_in_one_sentence():
    said = str(documents.sums(10, 7, 2, 1))
    assert said == "10 rows: 7 accepted, 2 rejected, 1 duplicates."
