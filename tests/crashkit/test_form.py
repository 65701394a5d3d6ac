"""Forms as they are written: every one that is shipped can be asked, a broken one is refused."""

import pytest

from crashkit import bands, fields, filters, form, traits
from crashkit.errors import DropinError

FORM = """
title = "Return of deaths"
source = "A ministry"
verified = true

[[rows]]
label = "Killed"
count = "killed"
"""


def test_a_form_is_read_from_its_text():
    found = form.read("return", FORM)
    assert (str(found.title), found.verified) == ("Return of deaths", True)
    assert [(str(row.label), row.count, row.measure) for row in found.rows] == [
        ("Killed", "killed", "count")
    ]


@pytest.mark.parametrize(
    ("is_so", "broken"),
    [
        ('count = "killed"', 'count = "tea"'),
        ('count = "killed"', 'measure = "tea"'),
        ('count = "killed"', 'count = "crashes"\nmeasure = "within_30d"'),
        ('count = "killed"', 'measure = "rate"\nby = "sex"'),
        ('count = "killed"', 'count = "killed"\ncolour = "red"'),
        ('source = "A ministry"', ""),
        ("[[rows]]", "[rows"),
    ],
)
def test_a_broken_form_is_refused_by_its_name(is_so, broken):
    with pytest.raises(DropinError, match="The form return is broken"):
        form.read("return", FORM.replace(is_so, broken))


@pytest.mark.parametrize("name", form.forms())
def test_every_form_asks_for_fields_that_there_are(name):
    found = form.forms()[name]
    assert found.source
    for row in found.rows:
        filters.parse(row.filter)
        is_field = any(fields.has(table, row.by) for table in fields.TABLES)
        assert not row.by or row.by == traits.CLASS or is_field or row.by in bands.known()
