from dataclasses import replace
from functools import cache

import numpy as np
from invented import facts, sample, tiny

from crashkit import filters, report, tables
from crashkit.blocks import Heading, Note, Points, Table
from crashkit.text import Speaker

ENTERED = "| crash_date | entry_date | severity | n_killed |\n" + "\n".join(
    f"| 2022-03-{1 + i % 28:02d} | 2022-{'09' if i < 20 else '04'}-15 | slight | 0 |"
    for i in range(40)
)


def made(month, data=None, words=""):
    return report.assemble(
        "monthly_bulletin", replace(facts(data or sample(), words=words), options={"month": month})
    )


@cache
def june():
    return made("2025-06")


def headings(found):
    return [str(one.text) for one in found.blocks if isinstance(one, Heading)]


def tables_of(found):
    return [one for one in found.blocks if isinstance(one, Table)]


def test_a_bulletin_names_its_month_and_has_its_parts_in_order():
    title = Speaker("en").say(june().title.text, **june().title.values)
    assert title == "Road crashes, June 2025: The invented country"
    assert headings(june()) == [
        "What can be said",
        "Totals",
        "Deaths against the target",
        "By area",
        "By road user",
        "Newest fatal crashes",
        "What may still be missing",
    ]


def test_its_numbers_are_those_of_the_filter():
    month, year = (
        tables.summary(filters.apply(filters.parse(words), sample()), sample())
        for words in ("year=2025; month=6", "year=2025; month=1-6")
    )
    in_month, so_far, areas, users, *_ = tables_of(june())
    told = {str(row[0]): row[1] for row in in_month.rows}
    assert (told["Crashes"], told["People killed"]) == (month.crashes, month.killed)
    assert {str(row[0]): row[1] for row in so_far.rows}["People killed"] == year.killed
    for groups in (areas, users):
        assert sum(row[2] for row in groups.rows) == month.killed
        assert sum(row[3] for row in groups.rows) == year.killed
    assert sum(row[1] for row in areas.rows) == month.crashes


def test_the_newest_fatal_crashes_come_first_and_no_other():
    rows = tables_of(june())[-1].rows
    part = filters.apply(filters.parse("year=2025; month=6; severity=fatal"), sample())
    assert len(rows) == len(part)
    days = [row[0] for row in rows]
    assert days == sorted(days, reverse=True)
    assert sum(row[-1] for row in rows) == int(np.sum(tables.by_crash(part, "killed")))


def test_a_part_that_the_crashes_do_not_tell_is_named():
    found = made("2023-06", tiny("| crash_date | severity |\n| 2023-06-03 | slight |"))
    assert headings(found) == ["What can be said", "Totals", "What may still be missing"]
    assert str(found.blocks[-1].text).startswith("Not in this report")


def test_late_registrations_are_warned_of():
    found = made("2023-10", tiny(ENTERED))
    (warning,) = (one for one in found.blocks if isinstance(one, Note) and one.kind == "warning")
    assert str(warning.text).startswith("Of 40 earlier crashes 20 were entered more than 61 days")
    assert "50.0 %" in str(warning.text)


def test_deaths_to_come_are_warned_of_in_the_last_month():
    warned = [str(one.text) for one in made("2025-12").blocks if isinstance(one, Note)]
    assert any("0 days after the month" in one for one in warned)
    assert not any("after the month" in str(one) for one in june().blocks if isinstance(one, Note))


def test_a_year_alone_has_nothing_to_be_set_against_and_says_so():
    found = made("2025-06", words="year=2025")
    lines = [str(one) for part in found.blocks if isinstance(part, Points) for one in part.items]
    assert "There is no year before with the same months to set it against." in lines
