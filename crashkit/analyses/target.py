"""Deaths against a target: of the country, an area or a corridor, and where the trend leads."""

from __future__ import annotations

import math
from collections.abc import Callable

from crashkit import breaks, casualties, filters, timeline, tracking
from crashkit.analysis import Analysis, Answer, Choice, Options, Question
from crashkit.errors import Message, MethodError
from crashkit.model import CrashData
from crashkit.roads import placing

USUAL = tracking.Asked()


def lacks(question: Question) -> Message | None:
    """Say whether the deaths of any whole year are known."""
    found = timeline.lacks(question.data)
    if found is not None:
        return found
    if any(year.killed for year in breaks.whole_years(question.data)):
        return None
    return Message("There is no whole year of which these data tell the deaths.")


def _corridors(question: Question) -> Options:
    names = [(one.name, filters.plain(one.name)) for one in question.corridors()]
    return [("", Message("All crashes through the filter")), *names] if names else []


def _usual(number: float) -> Callable[[Question], Options]:
    return lambda _: [(f"{number:g}", filters.plain(f"{number:g}"))]


def _told(_: Question) -> Options:
    return ()


CORRIDOR = Choice("on", Message("Corridor"), _corridors)
BASE_YEAR = Choice("base_year", Message("Base year"), _usual(USUAL.base_year), free=True)
BASE_VALUE = Choice(
    "base_value", Message("Killed in the base year, if not in the data"), _told, free=True
)
YEAR = Choice("target_year", Message("Due in"), _usual(USUAL.year), free=True)
LESS = Choice("less", Message("Less by, %"), _usual(USUAL.less_percent), free=True)


def answer(question: Question) -> Answer:
    """Return deaths, path and forecast; a base year that the data lack gives way, and that is said.

    Raises MethodError for a target that cannot be, NeedsChoice where a base year was asked for of
    which the deaths are not known, NotFound for a corridor that is not there.
    """
    data, about = _part(question)
    asked, warnings = _asked(question, data)
    found = tracking.track(data, asked)
    figure = tracking.figure(found)
    title = figure.caption
    if about:
        title = Message("{title}, on {corridor}", {"title": title, "corridor": about})
    return Answer(
        title=title,
        finding=found.verdict,
        figure=figure,
        method=tracking.METHOD,
        notes=found.sentences,
        warnings=(
            *warnings,
            *casualties.uncounted_notes(casualties.uncounted_years(question.data)),
        ),
    )


def _part(question: Question) -> tuple[CrashData, str]:
    name = question.chosen.get(CORRIDOR.name, "")
    if not name:
        return question.data, ""
    return placing.on_corridor(question.roads(), question.data, name), name


def _asked(question: Question, data: CrashData) -> tuple[tracking.Asked, tuple[Message, ...]]:
    value = _number(question, BASE_VALUE)
    asked = tracking.Asked(
        base_year=int(_or(_number(question, BASE_YEAR), USUAL.base_year)),
        base_value=value,
        year=int(_or(_number(question, YEAR), USUAL.year)),
        less_percent=_or(_number(question, LESS), USUAL.less_percent),
    )
    is_asked = bool(question.chosen.get(BASE_YEAR.name)) or value is not None
    return (asked, ()) if is_asked else tracking.begun(data, asked)


def _or(number: float | None, usual: float) -> float:
    return usual if number is None else number


def _number(question: Question, choice: Choice) -> float | None:
    said = question.chosen.get(choice.name, "").strip().replace(",", ".")
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise MethodError("{label}: “{word}” is no number.", label=choice.label, word=said[:40])
    return found


ANALYSIS = Analysis(
    name="target",
    title="Target",
    summary="Deaths of each year, the path to a target, and what follows if the trend goes on.",
    theme="when",
    order=50,
    answer=answer,
    units=("casualties",),
    choices=(CORRIDOR, BASE_YEAR, BASE_VALUE, YEAR, LESS),
    lacks=lacks,
    of_deaths=True,
)
