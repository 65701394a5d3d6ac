"""How often a report is to be written again: what a form offers, and what it says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from crashkit import api
from webapp import config, i18n

HOURS = range(24)
WORDS = re.compile(r"(day|week|month)-([0-9]{1,2})")


@dataclass(frozen=True)
class Choices:
    """What the form offers: groups of rhythms by word, and whether e-mail can be sent."""

    groups: tuple[tuple[api.Message, tuple[tuple[str, str], ...]], ...]
    hours: tuple[int, ...]
    mail: bool


def choices() -> Choices:
    """Return what a form can offer, in the language of the request."""
    speaker = i18n.speaker_of_request()
    days = ((f"day-{1}", speaker.say(api.RHYTHMS["day"])),)
    weeks = tuple((f"week-{n}", speaker.weekday(n, short=False)) for n in range(1, 8))
    months = tuple(
        (f"month-{n}", speaker.say(api.Message("day {n}", {"n": n})))
        for n in range(1, api.LAST_DAY + 1)
    )
    groups = zip(api.RHYTHMS.values(), (days, weeks, months), strict=True)
    return Choices(tuple(groups), tuple(HOURS), config.deliveries().post is not None)


def rhythm() -> api.Rhythm:
    """Read from the form how often. Raises Refused."""
    found = WORDS.fullmatch(request.form.get("every", ""))
    hour = request.form.get("hour", type=int)
    if not found:
        return api.Rhythm("", 0, 0)
    return api.Rhythm(found[1], int(found[2]), -1 if hour is None else hour)


def recipients() -> tuple[str, ...]:
    """Read from the form who gets the report by e-mail. Raises Refused."""
    found = api.mail_recipients(request.form.get("to", ""))
    if found and config.deliveries(os.environ).post is None:
        raise api.Refused(
            "This dashboard cannot send e-mail: nobody has told it a mail server (CRASHKIT_MAIL)."
        )
    return found


def told(one: api.Rhythm) -> Iterator[api.Message | str]:
    """Say how often a report is written, in parts."""
    yield api.RHYTHMS[one.every]
    if one.every == "week":
        yield i18n.speaker_of_request().weekday(one.day, short=False)
    if one.every == "month":
        yield api.Message("day {n}", {"n": one.day})
    yield f"{one.hour:02d}:00"
