"""What the data support stands at the head of the report of a list, before its figures."""

from dataclasses import replace

from invented import facts, sample

from crashkit import report, support
from crashkit.blocks import (
    Paragraph,
)
from crashkit.sections import screening_evidence


def test_the_two_sentences_come_first():
    bare = facts(sample(), preset="count_1km")
    text = support.of(bare.everything).text
    told = replace(bare, screening=replace(bare.screening, support=text))
    assert screening_evidence.build(told) == [Paragraph(text)]
    assert report.assemble("blackspot_list", told).blocks[0] == Paragraph(text)


def test_a_list_without_them_has_no_such_part():
    assert not screening_evidence.SECTION.applies(facts(sample(), preset="count_1km"))
    assert not screening_evidence.SECTION.applies(facts(sample()))
