"""The scorecards of reporting units: one a unit, beside the others, with what to mend."""

from dataclasses import replace

from invented import facts, sample, with_info
from made_crashes import made

from crashkit import options, quality, render, report
from crashkit.blocks import Figure, Heading, Note, Points, Table
from crashkit.sections import unit_comparison, unit_scorecards
from crashkit.text import Speaker

SAY = Speaker("en").say


def unit(name, n, located):
    one = {"admin2": name, "severity": "slight", "crash_date": "2022-05-01"}
    return [
        {
            **one,
            "crash_id": f"{name}-{i}",
            "severity": "unknown" if i == n - 1 else "slight",
            "lon": 69.1234 if i < located else "",
            "lat": 41.1234 if i < located else "",
        }
        for i in range(n)
    ]


def about(*units, **chosen):
    data = with_info(made([row for rows in units for row in rows]))
    return replace(facts(data), quality=quality.judge(data), options=chosen)


def land(**chosen):
    return about(*(unit(name, 60, 54) for name in "ABCDEFGHIJ"), unit("K", 60, 10), **chosen)


def only(kind, blocks):
    return [one for one in blocks if isinstance(one, kind)]


def test_units_that_are_worse_are_named_and_drawn():
    blocks = unit_comparison.SECTION.build(land())
    said = [SAY(one) for points in only(Points, blocks) for one in points.items]
    assert "Place known: worse than the scatter of all units: K." in said
    assert len(only(Figure, blocks)) == 1
    [table] = only(Table, blocks)
    assert [row[0] for row in table.rows if row[-1]] == ["K"]


def test_what_no_unit_tells_is_said():
    said = [
        SAY(one)
        for points in only(Points, unit_comparison.SECTION.build(land()))
        for one in points.items
    ]
    [lacking] = [one for one in said if one.startswith("The data tell of no unit")]
    assert "Days to the record" in lacking and "Place known" not in lacking


def test_two_units_are_not_set_beside_each_other():
    blocks = unit_comparison.SECTION.build(about(unit("A", 60, 54), unit("B", 60, 10)))
    assert not only(Figure, blocks)
    assert [row[-1] for row in only(Table, blocks)[0].rows] == [0, 0]


def test_units_with_few_crashes_have_no_shares():
    blocks = unit_comparison.SECTION.build(about(unit("A", 60, 54), unit("B", 9, 3)))
    few = only(Table, blocks)[0].rows[1]
    assert few[:3] == ("B", 9, "–")
    assert set(few[3:-1]) == {None}


def test_each_of_the_largest_units_has_a_scorecard():
    blocks = unit_scorecards.SECTION.build(
        about(unit("A", 60, 54), unit("B", 40, 30), unit("C", 9, 9))
    )
    heads = [(SAY(one.text), one.new_page) for one in only(Heading, blocks)]
    # What is said of all stands on the page of the first unit; each other one has its own.
    assert heads == [("Scorecards of the units", True), ("Unit: A", False), ("Unit: B", True)]
    assert "Of 3 units the 2 largest" in SAY(only(Note, blocks)[0].text)


def test_the_unit_that_was_chosen_stands_alone():
    blocks = unit_scorecards.SECTION.build(land(unit="K"))
    [heading] = only(Heading, blocks)
    assert (SAY(heading.text), heading.new_page) == ("Unit: K", True)
    assert "Rows that an import rejected" in SAY(blocks[-1].sentences[0])
    checks = only(Table, blocks)[0]
    rows = {
        SAY(row[0]): [SAY(one) if hasattr(one, "text") else one for one in row]
        for row in checks.rows
    }
    assert rows["Place known"][-1] == "worse than the scatter of all"
    assert rows["Severity known"][-1] == "as the others"


def test_records_with_most_to_mend_come_first_and_name_nobody():
    blocks = unit_scorecards.SECTION.build(land(unit="K"))
    records = only(Table, blocks)[-1]
    assert SAY(records.caption) == "Records of K to mend first: 10 of 50"
    assert records.rows[0][:2] == ("K-59", 2)
    assert "neither coordinates nor road and km post" in SAY(records.rows[0][2])


def test_few_crashes_are_counted_and_not_graded():
    blocks = unit_scorecards.SECTION.build(about(unit("A", 60, 54), unit("C", 9, 3), unit="C"))
    assert any("Fewer than 30 crashes" in SAY(one.text) for one in only(Note, blocks))
    for row in only(Table, blocks)[0].rows:
        assert row[2] is None and row[5] == "–" and SAY(row[6]) == "not compared"


def test_the_option_offers_the_units_of_the_data():
    [one] = report.kinds()["unit_scorecard"].options
    words = [word for word, _ in options.offered(one, sample())]
    assert words[:2] == ["", "Nurkent district"]
    assert options.chosen([one], {}, sample()) == {}
    assert options.chosen([one], {"unit": "Tasdala district"}, sample()) == {
        "unit": "Tasdala district"
    }


def test_the_report_is_written_of_one_unit():
    data = sample()
    told = replace(facts(data), quality=quality.judge(data), options={"unit": "Tasdala district"})
    made_of = report.assemble("unit_scorecard", told)
    assert b"Unit: Tasdala district" in render.render(made_of, Speaker("en"), "html")
    assert b"Unit: Nurkent district" not in render.render(made_of, Speaker("en"), "html")
