"""Pages of a printed sheet: where they end, and at which scale."""

from crashkit.render.breaks import Sheet


def test_a_chart_that_has_room_needs_no_break():
    assert Sheet(charts=[(0, 1, 19), (20, 21, 30)]).breaks(720) == []


def test_a_chart_that_would_be_cut_begins_a_page_with_its_heading():
    # 600 pixels are 30 rows.
    sheet = Sheet(charts=[(0, 1, 19), (20, 22, 41), (42, 43, 60)])
    assert sheet.breaks(720) == [20, 42]


def test_a_heading_far_above_stays_where_it_is():
    assert Sheet(charts=[(1, 25, 45)]).breaks(720) == [25]


def test_the_heading_of_a_chapter_has_no_page_to_itself():
    # The chapter begins in row 0, the chart with its own heading below it is higher than a page.
    assert Sheet(charts=[(1, 2, 40)]).breaks(720) == []
    assert Sheet(charts=[(3, 4, 40)]).breaks(720) == [3]


def test_what_lies_above_and_high_rows_count():
    assert Sheet(charts=[(40, 41, 55)]).breaks(720) == []
    assert Sheet(charts=[(40, 41, 55)], heights={3: 225.0}).breaks(720) == [40]


def test_a_sheet_that_is_made_small_holds_more_on_a_page():
    charts = [(0, 1, 19), (20, 22, 41)]
    assert Sheet(charts=charts, widths=dict.fromkeys(range(10), 12.0)).breaks(720) == [20]
    assert Sheet(charts=charts, widths=dict.fromkeys(range(30), 12.0)).breaks(720) == []
