"""Cells become typed fields by their recipes; what cannot be read is said with its line."""

import made_files
import numpy as np
import pytest

from crashkit import profiles
from crashkit.errors import NeedsChoice
from crashkit.intake.distinct import Words

HEAD = """
title = "Test"
source = "Nobody"
decimal = "{decimal}"
missing = ["SD"]
[codes.old]
1 = "fatal"
2 = "serious"
[codes.new]
1 = "serious"
2 = "fatal"
3 = "slight"
[codes.road]
"cls=1" = "A"
"cls=9" = ""
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "day"]
key = "no"
partial = true
[files.crash]
crash_id = "no"
crash_date = {{ column = "day", format = "ymd" }}
"""


BARE = HEAD.replace('decimal = "{decimal}"', "")


def read(recipe, *cells, decimal=".", columns="x", **options):
    """Import rows with one more column, `x`, read by one more recipe."""
    head = HEAD.format(decimal=decimal) if decimal else BARE.format()
    profile = profiles.parse("test", head + recipe)
    rows = [("no", "day", *columns.split())]
    rows += [
        (str(number), "2023-02-07", *(cell if isinstance(cell, tuple) else (cell,)))
        for number, cell in enumerate(cells, 1)
    ]
    return made_files.imported(made_files.upload(made_files.table(rows)), profile, **options)


def column(batch, name):
    """Return a column of the accepted crashes, None for what is not known."""
    values = batch.crashes[name] if name in batch.crashes else [None] * len(batch.crashes)
    return [None if value is None or value != value else value for value in values]


def rejected(batch):
    return made_files.codes(batch.ledger.issues)


def warned(batch):
    return [one for one in made_files.codes(batch.ledger.warnings) if one[0]]


def test_counts_are_whole_numbers_within_their_limits():
    batch = read('n_killed = "x"', "0", "2.0", "", "SD", "-", "-1", "1.5", "two", "501")
    assert column(batch, "n_killed") == [0, 2, None, None, None]
    assert rejected(batch) == [
        (7, "n_killed", "negative"),
        (8, "n_killed", "not_whole"),
        (9, "n_killed", "not_a_number"),
        (10, "n_killed", "out_of_range"),
    ]


def test_units_are_turned_into_ours_and_it_is_said():
    batch = read('speed_limit = { column = "x", unit = "mph", missing = ["-1"] }', "30", "70", "-1")
    assert column(batch, "speed_limit") == [48, 113, None]
    (told,) = [one for one in batch.ledger.warnings if one.code == "converted"]
    assert "turned from mph into km/h: 2" in str(told.message)
    batch = read('width_m = { column = "x", unit = "dm", zero = "missing" }', "061", "000")
    assert column(batch, "width_m") == [6.1, None]


def test_scaled_integers_become_degrees():
    recipe = """
    lat = { column = "x", scale = 0.00001 }
    lon = { column = "y", scale = 0.00001 }
    """
    batch = read(recipe, ("5051199", "0290046"), columns="x y")
    assert (column(batch, "lat"), column(batch, "lon")) == ([50.51199], [2.90046])


def test_each_file_has_its_decimal_mark():
    batch = read('width_m = "x"', "7,5", "7.5", decimal=",")
    assert column(batch, "width_m") == [7.5]
    assert rejected(batch) == [(3, "width_m", "not_a_number")]


def test_where_no_mark_is_stated_all_numbers_of_a_column_settle_it():
    batch = read('width_m = "x"', "7,5", "12", "", decimal="")
    assert column(batch, "width_m") == [7.5, 12, None]
    assert (None, "width_m", "decimal_comma") in made_files.codes(batch.ledger.warnings)
    # A column with points has no other mark.
    assert len(rejected(read('width_m = "x"', "7,5", "7.5", decimal=""))) == 1
    batch = read('chainage_km = "x"', "53,8", decimal="")
    assert column(batch, "chainage_km") == [53.8]


def test_texts_keep_leading_zeros_and_lose_what_nobody_sees():
    batch = read('admin2 = "x"', " 052 ", "a\tb", "n/a", "")
    assert column(batch, "admin2") == ["052", "a b", "n/a", None]
    assert warned(batch) == [(3, "admin2", "control_character"), (4, "admin2", "missing_code")]


def test_a_long_text_is_cut_and_it_is_said():
    batch = read('main_cause = "x"', "x" * 3000)
    assert len(column(batch, "main_cause")[0]) == 2000
    assert warned(batch) == [(2, "main_cause", "too_long")]
    batch = read('report_date = "x"', "2023-02-08")
    assert column(batch, "report_date") == ["2023-02-08"]


def test_a_number_of_a_crash_that_is_too_long_rejects_the_row():
    rows = made_files.table([("no", "day"), ("9" * 201, "2023-02-07")])
    profile = profiles.parse("test", HEAD.format(decimal="."))
    batch = made_files.imported(made_files.upload(rows), profile)
    assert rejected(batch) == [(2, "crash_id", "too_long")]


def test_codes_are_looked_up_and_the_word_of_the_source_stays_beside():
    batch = read('severity = { column = "x", codes = "old" }', "1", "Тяжелый", "fatal", "", "7")
    assert column(batch, "severity") == ["fatal", "serious", "fatal", "unknown", "unknown"]
    assert column(batch, "severity_src") == ["1", "Тяжелый", None, None, "7"]
    assert warned(batch) == [(6, "severity", "unknown_code")]
    assert "«7»" in str(batch.ledger.warnings[-1].message)


def test_what_stands_in_no_list_may_be_empty_or_reject_the_row():
    batch = read('light = { column = "x", unlisted = "empty" }', "day", "odd")
    assert column(batch, "light") == ["day", None]
    assert warned(batch) == []
    batch = read('severity = { column = "x", codes = "old", unlisted = "reject" }', "1", "7")
    assert rejected(batch) == [(3, "severity", "unknown_code")]


def test_codes_may_stand_on_numbers_and_texts():
    recipe = 'n_lanes = { column = "x", codes = { two = "2", none = "" }, unlisted = "empty" }'
    assert column(read(recipe, "Two", "none", "odd", "3"), "n_lanes") == [2, None, None, None]
    batch = read('admin1 = { column = "x", codes = { "059" = "Nord" } }', "059", "060")
    assert column(batch, "admin1") == ["Nord", "060"]


def test_of_several_lists_the_one_that_knows_all_values_is_taken_or_asked_for():
    recipe = 'severity = { column = "x", codes = ["old", "new"] }'
    assert column(read(recipe, "1", "3"), "severity") == ["serious", "slight"]
    with pytest.raises(NeedsChoice) as caught:
        read(recipe, "1", "2")
    assert (caught.value.option, caught.value.choices) == ("codes", ("old", "new"))
    assert column(read(recipe, "1", "2", codes="old"), "severity") == ["fatal", "serious"]


def test_several_codes_in_a_cell():
    recipe = 'weather = { column = "x", several = ", ", codes = { "Метель" = "snow|wind" } }'
    batch = read(recipe, "Дождь, Туман", "Метель", "Ясно, Нечто", "Нечто", "")
    assert column(batch, "weather") == ["rain|fog", "snow|wind", "clear", "unknown", None]
    assert warned(batch) == [(4, "weather", "unknown_code"), (5, "weather", "unknown_code")]


def test_a_text_may_be_made_of_several_columns():
    recipe = """
    road_number = { template = "{cls}{x}", needs = ["x"], codes = "road", missing = ["0"] }
    """
    cells = [("1", "86"), ("9", "13"), ("1", "0"), ("7", "4")]
    assert column(read(recipe, *cells, columns="cls x"), "road_number") == ["A86", "13", None, "74"]


def test_a_part_of_a_text_may_be_taken():
    assert column(read('place = { column = "x", after = "_" }', "7_1_2", "7"), "place") == [
        "1_2",
        None,
    ]
    assert column(read('place = { column = "x", after_last = "_" }', "7_1_2"), "place") == ["2"]


def test_the_same_value_may_hold_for_all():
    assert column(read('country = { value = "GBR" }', "a", "b"), "country") == ["GBR", "GBR"]


def test_times_say_how_exact_they_are():
    batch = read('crash_time = { column = "x", format = "hhmm" }', "45", "", "2400")
    assert column(batch, "crash_time") == ["00:45", None, "00:00"]
    assert column(batch, "time_precision") == ["minute", None, "minute"]
    assert column(batch, "crash_date") == ["2023-02-07", "2023-02-07", "2023-02-08"]
    assert warned(batch) == [(4, "crash_time", "midnight")]
    batch = read('crash_time = { column = "x", format = "hour" }', "5", "24")
    assert column(batch, "time_precision") == ["hour", "hour"]


@pytest.mark.parametrize(
    ("recipe", "cell", "km", "half"),
    [
        ('{ column = "x" }', "684", 684.5, 500),
        ('{ column = "x" }', "684.3", 684.3, 50),
        ('{ column = "x" }', "684.325", 684.325, 5),
        ('{ column = "x", format = "km+m" }', "12+345", 12.345, 5),
        ('{ column = "x", plus_m = "m" }', ("12", "345"), 12.345, 5),
        ('{ column = "x", plus_m = "m" }', ("12", ""), 12.5, 500),
        ('{ column = "x", plus_m = "m", zero = "missing" }', ("0", "0"), None, None),
        ('{ column = "x" }', "", None, None),
    ],
)
def test_a_km_post_is_as_exact_as_it_was_written(recipe, cell, km, half):
    columns = "x m" if isinstance(cell, tuple) else "x"
    batch = read(f"chainage_km = {recipe}", cell, columns=columns)
    assert column(batch, "chainage_km") == [km]
    assert column(batch, "chainage_accuracy_m") == [half]


def test_posts_in_miles_become_kilometres():
    recipe = 'chainage_km = { column = "x", format = "post+distance", unit = "mi" }'
    batch = read(recipe, "163+1.000", "soon")
    assert column(batch, "chainage_km") == [263.932416]
    assert rejected(batch) == [(3, "chainage_km", "bad_km_post")]


def test_parts_of_a_template_without_a_value_are_left_out():
    recipe = 'road_defects = { template = "{x}; {x.1}; {y}", several = "; " }'
    batch = read(recipe, ("Ямы", "", "Нет разметки"), ("", "", ""), columns="x x.1 y")
    assert column(batch, "road_defects") == ["Ямы; Нет разметки", None]


def test_a_scaled_post_is_as_exact_as_its_last_digit():
    recipe = 'chainage_km = { column = "x", unit = "mi", scale = 0.1 }'
    batch = read(recipe, "1589")
    assert column(batch, "chainage_km") == [255.805229]
    assert column(batch, "chainage_accuracy_m") == [pytest.approx(80.4672)]


def test_the_shown_value_is_short_and_on_one_line():
    batch = read('n_killed = "x"', "a\nb" + "c" * 200)
    (issue,) = batch.ledger.issues
    assert len(issue.value) <= 80
    assert "\n" not in issue.value
    assert len(batch.ledger.cells[("crashes.csv", 2)]["x"]) == 203


def test_it_is_said_once_how_many_rows_have_no_value():
    batch = read('n_killed = "x"', "1", "", "")
    (told,) = batch.ledger.warnings
    assert (told.row, told.code) == (None, "missing_value")
    assert "2 of 3" in str(told.message)


def test_an_accuracy_of_its_own_leads_over_what_the_post_tells():
    recipe = 'chainage_accuracy_m = "acc"\nchainage_km = "x"'
    batch = read(recipe, ("12", "100"), ("13", ""), columns="x acc")
    assert column(batch, "chainage_accuracy_m") == [100, 500]


def test_of_several_words_those_that_nobody_wants_may_be_left_out():
    recipe = 'surface_condition = { column = "x", several = ", ", unlisted = "empty" }'
    batch = read(recipe, "Мокрое, Отсутствие знаков", "Нечто")
    assert column(batch, "surface_condition") == ["wet", None]
    assert warned(batch) == []


def test_a_crash_without_vehicles_is_kept_and_pointed_out():
    batch = read('n_vehicles = "x"', "0", "1", "")
    assert column(batch, "n_vehicles")[:2] == [0, 1]
    assert warned(batch) == [(2, "n_vehicles", "none_at_all")]


def test_rows_without_a_road_are_counted_whichever_way_it_is_named():
    recipe = 'road_number = "x"\nroad_name = "y"'
    batch = read(recipe, ("M-39", ""), ("", "Bishkek - Osh"), ("", ""), columns="x y")
    (told,) = [one for one in batch.ledger.warnings if one.code == "missing_value"]
    assert (told.row, told.field) == (None, "road_name")
    assert "1 of 3" in str(told.message)


def test_plain_degrees_and_careful_ones_are_the_same(monkeypatch):
    batch = made_files.imported(made_files.three())
    none = lambda words, mark: (np.full(len(words), np.nan), np.full(len(words), -1))  # noqa: E731
    monkeypatch.setattr(Words, "decimals", none)
    careful = made_files.imported(made_files.three())
    assert batch.crashes.equals(careful.crashes)
    assert batch.ledger == careful.ledger


@pytest.mark.parametrize("word", ["#N/A", "#ЗНАЧ!", "#ДЕЛ/0!", "#NV", "####", "Err:502", "#знач!"])
def test_an_error_of_a_spreadsheet_is_not_known_and_told(word):
    batch = read('n_killed = "x"', "1", word)
    assert column(batch, "n_killed") == [1.0, None]
    told = [one for one in batch.ledger.warnings if one.code == "cell_error"]
    assert [(one.row, one.value) for one in told] == [(3, word)]


def test_an_error_that_the_profile_calls_missing_needs_no_word():
    batch = read('n_killed = { column = "x", missing = ["#N/A"] }', "1", "#N/A")
    assert (3, "n_killed", "cell_error") not in made_files.codes(batch.ledger.warnings)


def test_an_error_in_a_km_post_is_told_too():
    batch = read('chainage_km = { column = "x", format = "km+m" }', "12+345", "#REF!")
    assert column(batch, "chainage_km") == [12.345, None]
    assert (3, "chainage_km", "cell_error") in made_files.codes(batch.ledger.warnings)


def test_what_only_begins_like_an_error_is_none():
    batch = read('n_killed = "x"', "#1", "E5")
    assert rejected(batch) == [(2, "n_killed", "not_a_number"), (3, "n_killed", "not_a_number")]


def test_a_crash_number_that_may_mean_nothing_is_kept_and_told():
    rows = "no,day\nn/a,2023-02-07\n-,2023-02-08\n7,2023-02-09\n"
    batch = made_files.imported(made_files.upload(rows), profiles.parse("test", BARE.format()))
    assert batch.ledger.accepted == 3
    told = [one.value for one in batch.ledger.warnings if one.code == "missing_code"]
    assert told == ["n/a", "-"]


def test_a_text_with_lost_letters_is_not_kept_and_told():
    batch = read('road_name = "x"', "Ош", "О\ufffd")
    assert column(batch, "road_name") == ["Ош", None]
    assert (3, "road_name", "undecodable") in made_files.codes(batch.ledger.warnings)


def test_a_code_with_lost_letters_keeps_no_word():
    batch = read('severity = "x"', "fatal", "тяж\ufffdлый")
    assert (3, "severity", "undecodable") in made_files.codes(batch.ledger.warnings)
    assert "severity_src" not in batch.crashes


def test_a_crash_number_with_lost_letters_is_none():
    rows = "no,day\nК\ufffd1,2023-02-07\n7,2023-02-09\n"
    batch = made_files.imported(made_files.upload(rows), profiles.parse("test", BARE.format()))
    assert made_files.codes(batch.ledger.issues) == [(2, "crash_id", "no_id")]


def test_a_text_made_of_columns_tells_which_of_them_lost_letters():
    recipe = 'road_name = { template = "{x} {y}" }'
    batch = read(recipe, ("О\ufffd", "1"), ("Ош", "2"), columns="x y")
    assert (2, "road_name", "undecodable") in made_files.codes(batch.ledger.warnings)
    assert "\ufffd" not in "".join(filter(None, column(batch, "road_name")))
