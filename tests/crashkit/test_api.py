"""The front door: which verbs and nouns it offers, and what only the door can promise."""

import inspect
from datetime import date

import batches
import made_roads
import pytest

from crashkit import api
from crashkit.model import Period, Upload

OFFERED = """
Edition HIDDEN OpenTable
edition_cells
open_table_document
public_edition
refused_for_public
PUBLIC_THRESHOLD
PUBLIC_THRESHOLDS
analyse_for_public
can_be_public
check_threshold
OwnReportTemplate REPORT_VIEWS ReportPart
ReportTemplate
add_report_template
change_report_template
LAST_DAY
lasting_options
options_on_day
told_options
Post
RHYTHMS
Rhythm
Scheduled
mail_recipients
next_time
read_post
report_to_folder
send_report
ReportOption
report_options
copied_kind
find_report_template
list_sections
needs_screening
read_report_template
remove_report_template
replace_report_template
report_part_title
report_template
report_template_document
report_template_text
report_templates
Overtaken AnalysisOrigin analysis_origin
AREAS
Alarm
Analysis
Answer
Aspect
CELLS_SHOWN
Cancelled
ColumnDraft
ComparedPlace
Comparison
Complaint
Conflict
Corridor
Coverage
CrashData
CrashKitError
CrashRecord
CrossTable
Crossed
DatasetInfo
DeathRate
DeathRates
Deaths
DensityAsked
Difference
Dossier
Draft
DropinError
EVIDENCE_WORDS
Edit
Edited
Emptied
ExposureRead
Extract
Facts
Field
Figure
FileDraft
Filter
FilterError
FilterField
Finding
Fit
ImportBatch
ImportRecord
Inference
IntakeError
Issue
Judged
KeptExposure
KeptLayer
KeptText
KeptProfile
KeptRoads
KeptWeather
Ledger
LineTiles
MOST_FILE_BYTES
Message
MethodError
Modelled
NEW
NOT_FILTER
NOT_KNOWN
NeedsChoice
Network
NetworkDensity
NewFatal
News
NotFound
OVERDISPERSIONS
PAINTED_BY_CRASHES
Painted
ParamInfo
Period
Place
PlaceFound
PlanarDensity
Preset
Profile
Progress
Proposal
QUANTITIES
Question
QuickAnswer
REMOVED
REPAIR_NOT_MADE
ROW
Receipt
RecordRow
Refused
ReportError
Road
RoadNetwork
RoadPlace
RoadsRead
Rung
STRIP_SEVERITIES
SavedFilter
Scorecard
Screening
ScreeningResult
SettingError
SharedRoad
Sighting
SiteChange
SiteEvent
SiteFile
SiteNews
SiteRecord
SiteTable
Snapped
Speaker
Store
StoreError
Strip
Suggestion
Summary
Support
TARGET_HEADS
THEMES
TOLD
TOO_FEW
TargetAsked
TooLittle
Tracked
Treated
UNITS
UnknownCriterion
Upload
Verified
WAITING
WATCHED_AT_ONCE
WATCHED_IMPORTS
WEATHER_COLUMNS
WEATHER_ORDERS
WEATHER_QUANTITIES
Waiting
Watched
Weather
WeatherRead
Written
WrongValues
add_corridor_section
add_exposure
add_extract
add_layer
add_road_equation
add_site_event
add_site_file
add_weather
all_of
analyse
analysis_chart
analysis_document
analysis_frame
answer_document
answer_place
answer_years
any_of
apply_profile
ask
ask_periods
asked_params
bounds
calibrate_sites
cell_limits
change_layer
change_site
check_comparison
check_profile
choose_network
code_choices
coded_words
compare
comparison_document
comparison_geojson
comparison_groups
comparison_titles
complaints_of
condition_params
conflict_differences
conflict_gaps
conflicts
copied_preset
corridor_km
corridor_lines
corridor_rows
count_at
count_deaths
counted
coverage_document
crash_number
crash_page
crash_record
crashes
cross_table
cross_table_document
cross_table_title
cut
data_folder
data_rung
death_rates
default_store_url
density_kinds
density_shade
density_tiles
draw
draw_analysis
draw_cross_table
draw_figure
edit_crash
edit_document
editable_fields
enclosed_preset
enter_crash
evidence_document
evidence_sentences
evidence_text
explain_empty
export_analysis
export_comparison
export_complaints
export_crashes
export_cross_table
export_estimates
export_exposure
export_findings
export_preset
export_profile
export_rates
export_rejects
export_road_places
export_rows
export_sites
export_table
export_target
export_weather
exposure_document
exposure_example
exposure_read_document
extract_file
field_choices
field_definition
field_label
field_word
file_kinds
filter_before
filter_choice
filter_choices
filter_sentence
find_crashes
find_place
find_preset
find_profile
findings_document
findings_geojson
fitting_profiles
further_fields
gather
import_crashes
import_document
import_template
inference_document
is_field
is_picture
issue_document
judge_evidence
judge_methods
judged_document
judged_tables
keep_copy
lacking
language_for
lay_out
layer_colours
layer_kinds
linkage_keys
list_analyses
list_calendars
list_exposure
list_extracts
list_formats
list_kinds
list_languages
list_measures
list_models
list_places
list_presets
list_profiles
list_targets
list_weather
load
load_roads
locate
locate_queue
make_country
make_routes
map_figure
mapped_profile
mapping_complaints
measure_params
measured_in
method_titles
missing_roads
model_document
model_sites
move_sites
named_filter
needs_quality
needs_roads
network_density
network_roads
network_tiles
networks_of
new_fatal
news
next_statuses
no_progress
nominate_site
on_corridor
open_conflicts
open_store
paint_network
paint_roads
paint_ways
param_word
parse_filter
place_label
place_on_roads
place_params
planar_density
preset_conditions
preset_params
preset_parts
preset_setting
preset_text
preview_import
progress_between
proposal_document
propose_mapping
quality
quality_document
quality_words
question
rate_title
rates_document
read_corridors
read_exposure
read_mapping
read_preset
read_roads
read_row_exposure
read_sites
read_uploads
read_weather
readable_filter
recode
recognise_sites
recommended_preset
record_document
record_fields
record_kinds
remap
remove_corridor
remove_exposure
remove_extract
remove_filter
remove_preset
remove_profile
remove_road_equation
remove_roads
remove_site_file
remove_weather
rename_corridor
rename_filter
report_layers
road_coverage
road_equations
road_lines
road_names
road_network
road_networks
road_places
road_reasons
row_sums
rule_settings
sample_folder
save_filter
save_preset
save_profile
save_roads
save_site
saved_filters
saved_site
saved_sites
screen
set_site_status
settle_conflicts
shared_sections
site_change_words
site_document
site_dossier
site_events
site_file
site_file_name
site_label
site_labels
site_lines
site_name
site_news
site_origins
site_rows
site_statuses
site_ways
site_words
sites_geojson
snap_to_roads
speaker
state_label
strip_charts
strip_document
suggest_location
suited_chart
summarise
system_named
system_title
table_document
table_fields
table_title
tabulate
target_document
target_figure
target_label
target_list
target_rows
tile
tile_index
track_target
treated_sites
undo_edit
undo_import
unit_choices
unit_fields
unknown_criteria
unsuited_presets
untold_notes
upgrade_store
usual_density
value_definition
value_label
verified_document
verify_report
walk_figure
warm
watch
watch_new
watched
weather_document
weather_read_document
weather_units
whole_presets
withdraw_site_event
write_answer
write_mapping
write_report
"""


def test_the_door_offers_these_and_nothing_else():
    assert sorted(api.__all__) == sorted(OFFERED.split())
    assert [name for name in api.__all__ if not hasattr(api, name)] == []


def test_every_verb_says_what_it_does():
    offered = {name: getattr(api, name) for name in api.__all__}
    verbs = {name: one for name, one in offered.items() if inspect.isfunction(one)}
    assert [name for name, verb in verbs.items() if not verb.__doc__] == []


@pytest.fixture
def data(tmp_path):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        store.save_import("mine", batches.batch("a", "c", "e", "g"))
        yield api.load(store, "mine")


def test_a_report_about_sites_keeps_to_the_filter_of_its_list(data):
    asked = api.ask("count_circles", {}, api.parse_filter("severity=fatal"))
    words = {"kind": "blackspot_list", "asked": asked}
    told = api.write_report(data, chosen=api.parse_filter("severity=fatal"), **words)
    untold = api.write_report(data, **words)
    found = api.write_report(data, kind="blackspot_list", result=api.screen(data, asked))
    assert told.fingerprint == untold.fingerprint == found.fingerprint


def test_a_report_about_sites_asks_the_rule_that_suits_when_none_is_named(data):
    chosen = api.parse_filter("severity=fatal")
    asked = api.ask(api.recommended_preset(data), {}, chosen)
    named = api.write_report(data, kind="blackspot_list", asked=asked)
    unnamed = api.write_report(data, kind="blackspot_list", chosen=chosen)
    assert unnamed.fingerprint == named.fingerprint


def test_a_site_that_is_not_on_the_list_is_not_found(data):
    result = api.screen(data, api.ask("count_circles"))
    with pytest.raises(api.NotFound, match="99"):
        api.site_dossier(data, result, 99)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(api.IntakeError, match="absent"):
        api.read_uploads([tmp_path / "absent.csv"])


PROFILE = """
title = "Police"
source = "The ministry"
posts_by_province = true
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "date"
"""


def test_an_own_profile_is_named_with_its_version_by_all_that_was_read_by_it(tmp_path):
    files = [Upload("a.csv", b"no,date\n1,2020-01-31\n")]
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        assert api.save_profile(store, "police", PROFILE) == "police@1"
        assert "police@1" in api.list_profiles(store)
        record, _ = api.import_crashes(store, files, profile="police", dataset="mine")
        api.save_profile(store, "police", PROFILE.replace("Police", "Police 2"))
        assert record.profile == "police@1"
        assert api.find_profile(record.profile, store).title == "Police"
        assert api.find_profile("police", store).title == "Police 2"
        # What the profile says of roads is known where they are looked at.
        assert api.load(store, "mine").dataset.posts_by_province


def test_a_crash_is_changed_and_entered_by_the_rules_of_an_own_profile(tmp_path):
    bare = PROFILE.replace("[[files]]", "bare_roads = true\n[[files]]", 1)
    bare += 'road_number = "road"\n'
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        api.save_profile(store, "police", bare)
        files = [Upload("a.csv", b"no,date,road\n1,2020-01-31,M-39\n")]
        api.import_crashes(store, files, profile="police", dataset="mine")
        said = {("crash", 0, "crash_id"): "2", ("crash", 0, "crash_date"): "2020-02-01"}
        said[("crash", 0, "road_number")] = "M 41"
        _, entered = api.enter_crash(store, "mine", said)
        for crash, number in ((1, "M-7"), (entered, "M-8")):
            record = api.crash_record(store, "mine", crash)
            words = {("crash", 0, "road_number"): number}
            api.edit_crash(store, record, words, reason="a typing error")
        assert list(api.load(store, "mine").crashes["road_key"]) == ["M7", "M8"]
        store.remove_profile("police")
        record = api.crash_record(store, "mine", 1)
        api.edit_crash(store, record, {("crash", 0, "road_number"): "M-9"}, reason="a typing error")
        assert list(api.load(store, "mine").crashes["road_key"]) == ["M9", "M8"]


def test_conflicts_of_several_profiles_are_settled_each_by_its_own(tmp_path):
    rows = b"no,date,road\n1,2020-01-31,M-39\n2,2020-02-01,M-41\n"
    plain = PROFILE + 'road_number = "road"\n'
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:

        def bring(text, content):
            api.save_profile(store, "police", text)
            files = [Upload("a.csv", content)]
            return api.import_crashes(store, files, profile="police", dataset="mine")[0]

        bring(plain, rows)
        bring(plain, rows.replace(b"M-39", b"M-7"))
        bare = plain.replace("[[files]]", "bare_roads = true\n[[files]]", 1)
        newest = bring(bare, rows.replace(b"M-41", b"M-8"))
        store.remove_profile("police")
        found = api.conflicts(store, "mine")
        assert [one.crash["road_number"] for one in found] == ["M-7", "M-8"]
        record = api.settle_conflicts(store, "mine", found, take=True, reason="corrected")
        assert (record.profile, newest.profile) == ("police@2", "police@2")
        crashes = api.load(store, "mine").crashes
        assert dict(zip(crashes["crash_id"], crashes["road_key"], strict=True)) == {
            "1": "M-7", "2": "M8",
        }  # fmt: skip


def test_answers_become_part_of_a_profile_that_is_saved(tmp_path):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        api.save_profile(store, "police", PROFILE, {"encoding": "cp1251", "sheet": "x"})
        assert api.find_profile("police", store).encoding == "cp1251"


@pytest.mark.parametrize("id", ["nowhere", "nowhere@1", "police@x", "police@9", "crashkit@1"])
def test_a_profile_that_is_not_there_is_said(tmp_path, id):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        api.save_profile(store, "police", PROFILE)
        with pytest.raises(api.NotFound):
            api.find_profile(id, store)


def test_a_saved_filter_is_used_by_its_name_and_goes_with_its_data_set(tmp_path):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        store.save_import("mine", batches.batch("a"))
        api.save_filter(store, "mine", "Night", api.parse_filter("hour=22-5"))
        chosen = api.named_filter(store, "mine", "@Night; severity=fatal")
        assert chosen.words == "hour=0-5,22-23; severity=fatal"
        api.rename_filter(store, "mine", "Night", "Dark")
        assert [(one.name, one.words) for one in api.saved_filters(store, "mine")] == [
            ("Dark", "hour=0-5,22-23")
        ]
        with pytest.raises(api.NotFound, match="saved for this data set are Dark"):
            api.named_filter(store, "mine", "@Night")
        api.remove_filter(store, "mine", "Dark")
        assert api.named_filter(store, "nowhere", "hour=1").words == "hour=1"


def test_a_store_that_was_put_back_shows_no_crashes_from_before(tmp_path):
    with api.open_store(f"sqlite:///{tmp_path / 'x.sqlite'}") as store:
        store.save_import("mine", batches.batch("a"))
        store.backup(tmp_path / "backup")
        store.save_import("mine", batches.batch("b"))
        before = api.load(store, "mine")
        store.restore(tmp_path / "backup")
        store.save_import("mine", batches.batch("c"))
        now = api.load(store, "mine")
    assert [one.dataset.fingerprint for one in (before, now)] == ["mine v2", "mine v2"]
    assert sorted(before.crashes["crash_id"]) == ["00a", "00b"]
    assert sorted(now.crashes["crash_id"]) == ["00a", "00c"]


def test_the_roads_of_a_version_are_joined_once(tmp_path, monkeypatch):
    store = api.open_store(f"sqlite:///{tmp_path / 'roads.sqlite'}")
    days = {"valid_from": [None, "2022-01-01"], "road_key": ["A", "B"]}
    network = made_roads.roads([made_roads.line(), made_roads.line(north=500)], **days)
    store.save_roads("main", network)
    joined = []
    build = api.topologies.build
    monkeypatch.setattr(
        api.topologies, "build", lambda *args, **how: joined.append(1) or build(*args, **how)
    )
    crashes = made_roads.crashes(made_roads.at())
    first = api.place_on_roads(store, crashes)
    assert api.place_on_roads(store, crashes).topology is first.topology
    assert first.counts() == {"junction": 0, "link": 1, "none": 0}
    # In the year before the second road was built the network is another one.
    ends = date(2021, 12, 31)
    before = crashes.replace(period=Period(date(2020, 1, 1), ends))
    assert len(api.place_on_roads(store, before).topology.links) == 1
    assert len(first.topology.links) == 2
    store.save_roads("main", network, replace=True)
    assert api.place_on_roads(store, crashes).topology is not first.topology
    assert len(joined) == 3
    store.close()
