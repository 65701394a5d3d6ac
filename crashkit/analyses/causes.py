"""Which causes the police wrote, the most frequent first."""

from __future__ import annotations

from crashkit import rankings, tables, traits
from crashkit.analysis import Analysis, Answer, Choice, Question, chosen
from crashkit.errors import Message, within


def offered(question: Question) -> list[tuple[str, Message]]:
    """List the fields in which the police write why."""
    return [(name, traits.label(name)) for name in traits.causes(question.whole)]


BY = Choice("by", Message("By"), offered)


def lacks(question: Question) -> Message | None:
    """Say whether a cause of any crash is written."""
    if any(traits.tally(question.data, name, question.unit).known for name, _ in offered(question)):
        return None
    return Message(
        "The data name no cause: neither a main cause nor violations, defects of road or vehicle, "
        "or what a pedestrian did."
    )


def answer(question: Question) -> Answer:
    """Return the causes with their shares."""
    tally = traits.tally(question.data, chosen(BY, question), question.unit)
    title = Message(
        "{unit} by {field}",
        {"unit": tables.UNIT_LABELS[question.unit], "field": within(tally.label)},
    )
    return rankings.ranking(
        question,
        tally,
        title=title,
        more=(
            Message(
                "Causes are as the police wrote them: who writes names what is easily seen or "
                "punished, and rarely the road. They are no ground on their own to choose works."
            ),
            Message(
                "What is written differently counts as different; spellings are not put together."
            ),
        ),
    )


ANALYSIS = Analysis(
    name="causes",
    title="Causes",
    summary="Causes and violations as the police wrote them, the most frequent first.",
    theme="what",
    order=30,
    answer=answer,
    choices=(BY,),
    lacks=lacks,
)
