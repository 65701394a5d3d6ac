from dataclasses import replace
from functools import cache

from invented import facts, sample, tiny

from crashkit import filters, quality, report
from crashkit.blocks import Figure, Heading, KeyFigures, Points

BARE = """
| crash_date | severity | n_killed |
| ---------- | -------- | -------- |
| 2023-02-01 | fatal    | 1        |
| 2023-12-31 | slight   | 0        |
"""


def with_quality(told):
    return replace(told, quality=quality.judge(told.everything))


@cache
def book():
    return report.assemble("annual_book", with_quality(facts(sample())))


def chapters(made):
    return [str(one.text) for one in made.blocks if isinstance(one, Heading) and one.level == 1]


def test_the_book_has_the_chapters_of_a_national_report_and_none_is_empty():
    made = book()
    assert chapters(made)[:3] == ["In brief", "The year and the target", "Trends"]
    for before, after in zip(made.blocks, made.blocks[1:], strict=False):
        if isinstance(before, Heading):
            assert not isinstance(after, Heading) or after.level == before.level + 1


def test_the_book_is_of_the_newest_whole_year_and_trends_go_back_ten():
    told = facts(sample())
    year = told.year
    made = book()
    assert str(made.title) == f"Road crashes {year}: The invented country"
    (figures,) = (one for one in made.blocks if isinstance(one, KeyFigures))
    assert figures.figures[0].value == len(told.of_years(1).data)
    tables = [one.table for one in made.blocks if isinstance(one, Figure) and one.kind == "series"]
    assert [row[0] for row in tables[0].rows] == [str(one) for one in range(year - 9, year + 1)]


def test_what_the_crashes_do_not_tell_is_named_with_its_reason():
    made = report.assemble("annual_book", with_quality(facts(tiny(BARE))))
    assert "Regions" not in chapters(made)
    assert chapters(made)[-1] == "Not in this report"
    lines = [str(one) for one in made.blocks[-1].items]
    assert len(lines) == len(set(lines))
    assert "Age and sex: The data do not tell the age of any casualty." in lines
    assert "Cross-table (Road class; Severity): The data do not tell: Road class." in lines


def test_each_method_is_told_once():
    made = book()
    start = chapters(made).index("How the numbers were made")
    assert start > 0
    told = [str(line) for one in made.blocks if isinstance(one, Points) for line in one.items]
    assert told.count("95 % limits of counts are exact (Garwood 1936).") == 1


def test_a_year_before_can_be_chosen():
    told = with_quality(facts(sample()))
    made = report.assemble("annual_book", replace(told, options={"year": "2020"}))
    assert str(made.title).startswith("Road crashes 2020: ")
    (figures,) = (one for one in made.blocks if isinstance(one, KeyFigures))
    years = filters.numbers(told.data, "year")
    assert figures.figures[0].value == int((years == 2020).sum())


def test_progress_names_the_chapters_in_order():
    heard = []
    report.assemble(
        "annual_book",
        with_quality(facts(tiny(BARE))),
        lambda share, doing: heard.append((share, str(doing.values["part"]))),
    )
    shares = [share for share, _ in heard]
    assert shares == sorted(shares) and shares[-1] < 1
    assert heard[0][1] == "In brief"
    assert list(dict.fromkeys(part for _, part in heard))[1:3] == [
        "The year and the target",
        "Trends",
    ]
