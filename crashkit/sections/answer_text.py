"""The answer to a question about one place, in a sentence, and what was taken for the place."""

from __future__ import annotations

from crashkit.blocks import Block, Paragraph
from crashkit.errors import Message
from crashkit.section import Facts, Section


def applies(facts: Facts) -> bool:
    """Say whether somebody asked of a place."""
    return facts.answer is not None


def build(facts: Facts) -> list[Block]:
    """Return the sentence, and the first and the last day with a crash."""
    assert facts.answer is not None
    first, last = facts.answer.first, facts.answer.last
    sentences = [facts.answer.sentence]
    if first is not None and last is not None and facts.summary.crashes > 1:
        days = {"first": first, "last": last}
        sentences.append(Message("The first crash was on {first}, the last on {last}.", days))
    return [Paragraph(tuple(sentences))]


SECTION = Section(
    name="answer_text",
    title="The answer in a sentence",
    build=build,
    applies=applies,
    needs="place",
)
