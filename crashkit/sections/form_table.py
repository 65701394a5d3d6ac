"""A form of a ministry or a donor, filled in from the crashes of a year."""

from __future__ import annotations

from crashkit import filling, form, options
from crashkit.blocks import Block, Heading, Note, Points
from crashkit.errors import Message
from crashkit.form import Form
from crashkit.section import Facts, Section


def _form(facts: Facts) -> Form:
    """Return the form that was chosen, or the first there is."""
    known = form.forms()
    return known[facts.options.get("form") or next(iter(known))]


def _year(facts: Facts) -> int | None:
    if "year" in facts.options:
        return int(facts.options["year"])
    return next(iter(options.whole_years(facts.data)), None)


def applies(facts: Facts) -> bool:
    """Say whether there is a whole year of crashes with dates."""
    return facts.month is not None and _year(facts) is not None


def build(facts: Facts) -> list[Block]:
    """Return where the form is from, and the form."""
    chosen, year = _form(facts), _year(facts)
    assert year is not None
    told = facts.besides.exposure if facts.besides else ()
    filled = filling.fill(chosen, facts.data, facts.everything, year, told)
    found: list[Block] = [Heading(chosen.title)]
    if not chosen.verified:
        found.append(
            Note(
                Message(
                    "This form was not checked against its official text: compare it before it is "
                    "sent. Source: {source}.",
                    {"source": chosen.source},
                ),
                "warning",
            )
        )
    said = filling.definitions(chosen)
    return [*found, filled, Points(NOTES), *([said] if said else [])]


NOTES = (
    Message(
        "“Not recorded” stands where the data do not tell it; that is not nought. A dash is where "
        "nothing is asked, or the year is not whole."
    ),
    Message(
        "Limits of rates are exact and of chance alone (Garwood 1936); those of a change are of "
        "chance in both counts (Clopper and Pearson 1934)."
    ),
    Message(
        "Where several are killed in one crash, limits are wider by that (Rao and Scott 1999)."
    ),
)


SECTION = Section(
    name="form_table",
    title="A form, filled in",
    build=build,
    applies=applies,
    asks_more=True,
    public=True,
)
