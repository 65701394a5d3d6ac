"""The large numbers at the head of a report: crashes, people hurt, vehicles, share located.

A figure that the source does not record is shown as such, never as zero.
"""

from __future__ import annotations

from collections.abc import Iterator

from crashkit.errors import Message
from crashkit.section import Block, Facts, KeyFigure, KeyFigures, Section

PEOPLE = Message("people")
NOT_RECORDED = Message("not recorded")


def build(facts: Facts) -> list[Block]:
    """Return one row of figures, each with what it counts."""
    return [KeyFigures(tuple(_figures(facts)))]


def _figures(facts: Facts) -> Iterator[KeyFigure]:
    found = facts.summary
    yield KeyFigure(Message("Crashes"), found.crashes, _of(facts))
    yield _people(Message("Killed"), found.killed, told=_tells(facts, "n_killed"))
    if _tells(facts, "n_serious") or not _tells(facts, "n_injured"):
        yield _people(Message("Seriously injured"), found.serious, told=_tells(facts, "n_serious"))
        yield _people(Message("Slightly injured"), found.slight, told=_tells(facts, "n_slight"))
    else:
        yield _people(Message("Injured"), found.injured, told=True)
    vehicles = facts.everything.has("n_vehicles") or len(facts.everything.vehicles)
    yield KeyFigure(
        Message("Vehicles"),
        found.vehicles if vehicles else None,
        Message("in these crashes") if vehicles else NOT_RECORDED,
    )
    if found.crashes:
        yield KeyFigure(
            Message("Located"),
            found.located / found.crashes,
            Message("of the crashes have coordinates"),
            kind="percent",
        )


def _of(facts: Facts) -> Message:
    if facts.summary.crashes == facts.summary.of:
        return Message("all of the data set")
    return Message("of {of} in the data set", {"of": facts.summary.of})


def _people(label: Message, count: int, *, told: bool) -> KeyFigure:
    return KeyFigure(label, count if told else None, PEOPLE if told else NOT_RECORDED)


def _tells(facts: Facts, column: str) -> bool:
    """Say whether the source counts these people, by crash or one by one."""
    people = facts.everything.people
    listed = "injury" in people.columns and bool(people["injury"].notna().any())
    return facts.everything.has(column) or listed


SECTION = Section(
    name="key_figures",
    title="Key figures",
    build=build,
    order={"area_one_pager": 10},
)
