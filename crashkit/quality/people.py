"""Checks of the people: injured for each death, known to the police, deaths against the WHO."""

from __future__ import annotations

import numpy as np

from crashkit import breaks, casualties, stats
from crashkit.errors import Message
from crashkit.model import UNDATED, CrashData
from crashkit.quality import columns
from crashkit.quality.answers import Answer, Known, unjudged
from crashkit.quality.killed import deaths

NO_DEATHS = Message("The data do not tell who was killed, or nobody was.")


def injury_ratios(data: CrashData, known: Known) -> Answer:
    """Return the injured for each death; whether it is inside the band is said, never graded."""
    killed = float(casualties.deaths(data).sum()) if breaks.tells_deaths(data) else 0.0
    injured = columns.numbers(data, "n_injured")
    if not killed or not np.isfinite(injured).any():
        return unjudged(NO_DEATHS if not killed else Message("The data do not count the injured."))
    serious, slight = (
        float(np.nansum(columns.numbers(data, f"n_{n}"))) for n in ("serious", "slight")
    )
    ratios = {"injured_per_death": float(np.nansum(injured)) / killed}
    if serious and slight:
        ratios["slight_per_serious"] = slight / serious
    return Answer(
        value=ratios["injured_per_death"],
        numerator=float(np.nansum(injured)),
        denominator=killed,
        rows=len(data),
        details=tuple(_said(name, value, known.bands.get(name)) for name, value in ratios.items()),
    )


RATIOS = {
    "injured_per_death": Message("injured for each death"),
    "slight_per_serious": Message("slightly for each seriously injured"),
}


def _said(name: str, value: float, band: tuple[float, float] | None) -> Message:
    words = {"value": round(value, 1), "ratio": RATIOS[name]}
    if band is None:
        return Message("{value} {ratio}; no band is set to compare with.", words)
    words |= {"low": band[0], "high": band[1]}
    if band[0] <= value <= band[1]:
        return Message("{value} {ratio}, inside the band of {low} to {high}.", words)
    return Message("{value} {ratio}, outside of the band of {low} to {high}.", words)


def ascertainment(data: CrashData, known: Known) -> Answer:
    """Return the share of all people hurt that the police list names, by capture and recapture."""
    linkage = known.linkage
    if linkage is None:
        return unjudged(Message("No hospital list was given to compare with."))
    if not linkage.is_enough:
        return unjudged(
            Message(
                "Only {n} people stand in both lists; an estimate needs {least}.",
                {"n": linkage.strict.both, "least": stats.LEAST_MATCHED},
            )
        )
    lists = linkage.strict
    low, high = lists.limits
    return Answer(
        value=min(1.0, lists.first / lists.total),
        numerator=float(lists.first),
        denominator=lists.total,
        low=min(1.0, lists.first / high),
        high=min(1.0, lists.first / low),
        rows=lists.first,
        details=(
            Message(
                "Police {police}, hospital {hospital}, in both {both}: about {total} people in all "
                "({low} to {high}).",
                {
                    "police": lists.first,
                    "hospital": lists.second,
                    "both": lists.both,
                    "total": round(lists.total),
                    "low": round(low),
                    "high": round(high),
                },
            ),
            Message(
                "If a hospital may have written the day after the crash: {both} in both, {total} "
                "in all.",
                {"both": linkage.loose.both, "total": round(linkage.loose.total)},
            ),
            Message(
                "Not compared, because day, sex, age or place is not known: {police} people of the "
                "police list, {hospital} of the hospital list.",
                {"police": linkage.lost_police, "hospital": linkage.lost_hospital},
            ),
        ),
    )


def who_deaths(data: CrashData, known: Known) -> Answer:
    """Return the deaths of a year, within 30 days, for each death that the WHO estimates."""
    if not known.who_deaths:
        return unjudged(Message("No estimate of the World Health Organization was given."))
    found = deaths(data)
    if not found.killed:
        return unjudged(NO_DEATHS)
    if found.killed_30d_est is None:
        return unjudged(
            Message("It is not known how long after a crash a death counts, so none is compared.")
        )
    if data.period.undated:
        return unjudged(UNDATED)
    a_year = found.killed_30d_est / data.period.years
    return Answer(
        value=a_year / known.who_deaths,
        numerator=a_year,
        denominator=known.who_deaths,
        rows=found.killed,
    )
