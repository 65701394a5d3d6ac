"""Which types of crashes there are, the most frequent first."""

from __future__ import annotations

from crashkit import rankings, tables, traits
from crashkit.analysis import Analysis, Answer, Choice, Question, always, chosen
from crashkit.errors import Message, within

FIELDS = ("crash_type", "collision_manner")


def offered(question: Question) -> list[tuple[str, Message]]:
    """List the fields that tell the type."""
    told = dict(rankings.offered(question))
    return [(name, told[name]) for name in FIELDS if name in told]


BY = Choice("by", Message("By"), offered)


def lacks(question: Question) -> Message | None:
    """Say whether the type of any crash is known."""
    if any(traits.tally(question.data, name, question.unit).known for name, _ in offered(question)):
        return None
    return Message("The data do not tell the type of any crash.")


def answer(question: Question) -> Answer:
    """Return the types with their shares."""
    tally = traits.tally(question.data, chosen(BY, question), question.unit)
    title = Message(
        "{unit} by {field}",
        {"unit": tables.UNIT_LABELS[question.unit], "field": within(tally.label)},
    )
    return rankings.ranking(question, tally, title=title)


ANALYSIS = Analysis(
    name="crash_types",
    title="Crash types",
    summary="Types and manners of collision, the most frequent first, with the limits of shares.",
    theme="what",
    order=20,
    answer=answer,
    choices=(BY,),
    lacks=lacks,
    public=always,
)
