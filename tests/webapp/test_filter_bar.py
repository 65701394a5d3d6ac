"""The filter bar: its state is the address, it offers what the data have, it needs no scripts."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import kept_crashes
import pandas as pd
import pytest
from kept_crashes import road
from werkzeug.datastructures import MultiDict

BOX = re.compile(r'name="(\w+)" value="([^"]*)"( checked)?')
PAGES = ("map", "explore", "blackspots", "reports")


@pytest.fixture
def see(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    return lambda path: aida.see(f"/d/mine/{path}")


def ticked(text):
    return {(name, value) for name, value, checked in BOX.findall(text) if checked}


def offered(text, name):
    return [value for found, value, _ in BOX.findall(text) if found == name]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_the_filter_of_its_address(see, name):
    text = see(f"{name}?severity=fatal,serious&road=M39")
    assert ticked(text) == {("severity", "fatal"), ("severity", "serious"), ("road", "M39")}
    assert "12 of 24 crashes" in text
    assert "100% located" in text
    assert "Severity: Fatal and Serious." in text


@pytest.mark.parametrize("name", PAGES)
def test_each_condition_can_be_taken_away(see, name):
    text = see(f"{name}?severity=fatal&year=2021")
    assert f'href="/d/mine/{name}?year=2021"' in text
    assert f'href="/d/mine/{name}?severity=fatal"' in text
    assert f'href="/d/mine/{name}"' in text


def test_the_filter_goes_along_to_the_other_pages(see):
    text = see("explore?severity=fatal")
    for name in PAGES:
        assert f'href="/d/mine/{name}?severity=fatal"' in text


def test_a_form_without_scripts_repeats_its_keys_and_sends_empty_ones(see):
    text = see("explore?severity=fatal&severity=serious&from=&to=&km=&hour=")
    assert ticked(text) == {("severity", "fatal"), ("severity", "serious")}
    assert "12 of 24 crashes" in text


def test_only_fields_of_the_data_are_offered(aida, store):
    kept_crashes.keep(store, kept_crashes.thin())
    text = aida.see("/d/mine/explore")
    assert offered(text, "road") == ["M39"]
    for absent in ("severity", "crash_type", "light", "weather", "hour"):
        assert not offered(text, absent)


def test_the_unknown_can_be_chosen(aida, store):
    rows = kept_crashes.road()
    rows[0]["severity"] = None
    kept_crashes.keep(store, rows)
    assert "unknown" in offered(aida.see("/d/mine/explore"), "severity")
    assert "1 of 24 crashes" in aida.see("/d/mine/explore?severity=unknown")


def test_km_posts_stand_in_a_line_and_the_unknown_beside_it(see):
    text = see("explore?km=10-20&km=unknown")
    assert 'name="km" value="10-20"' in text
    assert 'name="km" value="unknown" checked' in text


def test_hours_are_offered_in_bands_and_others_stay_in_their_line(see):
    text = see("explore?hour=22-5")
    assert ("hour", "0-5") in ticked(text)
    assert ("hour", "20-23") not in ticked(text)
    assert 'name="hour" value="22-23"' in text


@pytest.mark.parametrize("name", PAGES)
def test_years_apart_are_said_beside_the_period(see, name):
    text = see(f"{name}?year=2020,2022")
    assert "Of these years only 2020 and 2022 count." in text
    assert "Of these years" not in see(f"{name}?year=2020-2022")


def test_conditions_without_a_place_in_the_bar_are_kept(see):
    text = see("explore?near=69.1,41,5000&severity=fatal")
    assert '<input type="hidden" name="near" value="69.1,41,5000">' in text


def test_each_group_of_alternatives_can_be_taken_away(see):
    text = see("explore?year=2021&any=(hour%3D1|severity%3Dfatal);(month%3D1)")
    assert "Either Hour: 1; or Severity: Fatal." in text
    assert 'href="/d/mine/explore?any=%28month%3D1%29&amp;year=2021"' in text
    assert '<input type="hidden" name="any" value="(hour=1|severity=fatal); (month=1)">' in text


def test_conditions_are_made_alternatives_and_back_without_scripts(aida, see):
    text = see("explore/table?severity=fatal&light=day&road=M39&rows=hour")
    assert '<option value="3">alternative 3</option>' in text
    conditions = ("light=day", "road=M39", "severity=fatal")
    sent = [("back", "/d/mine/explore"), ("rows", "hour")]
    sent += [("condition", words) for words in conditions]
    numbers = [("alternative", number) for number in ("1", "0", "2")]
    answer = aida.get("/d/mine/filters/either", query_string=MultiDict([*sent, *numbers]))
    found = parse_qs(urlsplit(answer.location).query)
    assert found == {
        "any": ["(light=day|severity=fatal)"],
        "road": ["M39"],
        "rows": ["hour"],
    }
    text = see("explore?any=(light%3Dday|severity%3Dfatal)&road=M39")
    assert text.count('<option value="1" selected>') == 1
    assert text.count('<option value="2" selected>') == 1
    all_ = [("alternative", number) for number in ("0", "0", "2")]
    answer = aida.get("/d/mine/filters/either", query_string=MultiDict([*sent, *all_]))
    assert parse_qs(urlsplit(answer.location).query)["severity"] == ["fatal"]


def test_the_editor_of_alternatives_sends_nobody_elsewhere(aida, see):
    see("explore")
    words = "back=https://example.org/&condition=severity%3Dfatal&alternative=0"
    assert aida.get(f"/d/mine/filters/either?{words}").status_code == 404


def test_any_other_field_is_chosen_in_two_steps_without_scripts(aida, store):
    rows = [{**row, "aadt": 900 + i, "main_cause": "speed"} for i, row in enumerate(road())]
    vehicles = pd.DataFrame({"crash_key": ["1", "2"], "unit_no": ["1", "1"], "unit_type": "bus"})
    kept_crashes.keep(store, rows, vehicles=vehicles)
    text = aida.see("/d/mine/explore?severity=fatal")
    assert '<option value="aadt">Traffic volume (AADT)</option>' in text
    assert '<option value="vehicle.unit_type">Vehicle: Vehicle type</option>' in text
    assert 'name="vehicle.unit_type"' not in text
    text = aida.see("/d/mine/explore?severity=fatal&field=vehicle.unit_type")
    assert BOX_OF_BUS in text
    assert '<details class="filter-group" name="filter" open>' in text
    assert ">6 of 24 crashes<" in text
    text = aida.see("/d/mine/explore?vehicle.unit_type=bus&aadt=-901&field=")
    assert ">2 of 24 crashes<" in text
    assert BOX_OF_BUS.replace(">", " checked>") in text
    assert 'name="aadt" value="0-901"' in text
    assert "At least one vehicle with Vehicle type: Bus" in text
    text = aida.see("/d/mine/explore?aadt=920-&aadt=unknown")
    assert ">4 of 24 crashes<" in text
    assert 'name="aadt" value="unknown" checked' in text


BOX_OF_BUS = '<input type="checkbox" name="vehicle.unit_type" value="bus">'


def test_a_field_that_the_data_lack_can_be_taken_out_of_the_filter(see):
    text = see("explore?person.age=0-17&main_cause=unknown")
    assert 'name="person.age" value="0-17"' in text
    assert 'name="main_cause" value="unknown" checked' in text


@pytest.mark.parametrize("name", [*PAGES, "crashes"])
def test_the_unit_of_count_goes_along_on_all_links(see, name):
    text = see(f"{name}?severity=fatal&year=2021&unit=casualties")
    assert '<option value="casualties" selected>Casualties</option>' in text
    assert f'href="/d/mine/{name}?year=2021&amp;unit=casualties"' in text
    assert f'href="/d/mine/{name}?unit=casualties"' in text
    for other in PAGES:
        assert f'href="/d/mine/{other}?severity=fatal&amp;year=2021&amp;unit=casualties"' in text


def test_the_tables_of_the_page_count_the_unit(see):
    crashes, people = see("explore"), see("explore?unit=casualties")
    assert "Year × Severity</a>" in crashes
    assert "Year × Injury</a>" in people
    assert "columns=injury&amp;unit=casualties" in people
    assert '<input type="hidden" name="unit" value="casualties">' in people


def test_the_figures_always_say_who_was_hurt(aida, store, see):
    for unit in ("", "&unit=vehicles"):
        text = see(f"explore?road=M39{unit}")
        assert "24 of 24 crashes" in text
        assert "6 killed" in text
        assert "6 seriously injured</span>" in text
    kept_crashes.keep(store, kept_crashes.points(), "points")
    assert "seriously injured</span>" not in aida.see("/d/points/explore")


def test_fields_and_codes_say_what_they_mean_without_a_pointer(see):
    text = see("explore?field=n_killed")
    assert '<span class="visually-hidden">What this means: Severity</span></summary>' in text
    assert "<p>Worst injury of the crash; derived from persons where persons exist.</p>" in text
    assert "<dt>Fatal</dt><dd>At least one person died of the crash.</dd>" in text
    assert "What this means: Until" in text
    assert "What this means: Km post" in text


def test_the_words_of_the_page_are_kept(see):
    text = see("explore/table?rows=light&columns=crash_type&severity=fatal")
    assert '<input type="hidden" name="rows" value="light">' in text
    assert 'href="/d/mine/explore/table?rows=light&amp;columns=crash_type&amp;show=counts' in text


def test_few_crashes_have_no_percentage(see):
    text = see("explore?year=2021&severity=fatal")
    assert "% located" not in text
    assert "with a known place" in text


@pytest.mark.parametrize("name", [*PAGES, "crashes"])
def test_an_empty_result_says_which_condition_emptied_it(see, name):
    text = see(f"{name}?severity=pdo&year=2021")
    assert "No crash passes this filter" in text
    assert "Severity: Property damage only: no crash is like this; without it 8 crashes" in text
    assert "Year: 2021: alone it keeps 8; without it 0 crashes would be left." in text
    assert text.count(f'href="/d/mine/{name}?year=2021"') == 2


def test_where_two_conditions_have_to_go_it_is_said(see):
    assert "take two or more away" in see("explore?severity=pdo&near=0,0,10")


def test_names_from_the_data_are_text(see):
    text = see("explore")
    assert "<b>Aksu</b>" not in text
    assert "&lt;b&gt;Aksu&lt;/b&gt;" in text


def test_a_filter_that_cannot_be_read_says_what_there_is(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    answer = aida.get("/d/mine/explore?severity=deadly")
    assert answer.status_code == 400
    assert "severity has no value “deadly”" in answer.get_data(as_text=True)


def test_a_filter_that_cannot_be_read_leaves_ways_out(aida, store):
    kept_crashes.keep(store, kept_crashes.road())
    text = aida.get("/d/mine/explore/table?hour=25&year=2021&rows=hour&any=(x%3D1)").text
    assert '<a class="button" href="/d/mine/explore/table?year=2021&amp;rows=hour">' in text
    assert 'href="/d/mine/explore/table?rows=hour">Clear the filter</a>' in text
    text = aida.get("/d/mine/explore?within=area:lakes/X&year=2021").text
    assert "This data set has no layer “lakes”" in text
    assert 'href="/d/mine/explore?year=2021">Go on with the other conditions</a>' in text
    assert 'href="/d/mine/explore">Clear the filter</a>' in text
    text = aida.get("/d/mine/explore?from=2022-01-01&to=2021-01-01").text
    assert "Go on with the other conditions" not in text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("severity", "pdo"),
        ("located", "no"),
        ("year", "2030-2032"),
        ("hour", "unknown"),
        ("killed_definition", "24h"),
    ],
)
def test_the_form_keeps_what_is_chosen_and_no_crash_has(see, key, value):
    text = see(f"explore?{key}={value}")
    assert ticked(text) == {(key, value)}
    assert "0 of 24 crashes" in text


def test_the_editor_keeps_more_alternatives_than_it_offers(see):
    group = " | ".join(f"(hour={n})"[1:-1] for n in range(12))
    text = see(f"explore?{urlencode({'any': f'({group})'})}")
    chosen = re.findall(r'<option value="(\d+)" selected>alternative', text)
    assert sorted(map(int, chosen)) == [*range(1, 13)]
