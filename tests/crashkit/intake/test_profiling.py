"""A draft becomes a profile that reads the files; the profile is known again, and comes back."""

from dataclasses import replace
from pathlib import Path

import dtpstat
import made_files
import pytest
import sources
from hypothesis import given, settings
from hypothesis import strategies as st

from crashkit import profiles
from crashkit.intake import drafts, fitting, profiling, proposing
from crashkit.model import Upload
from crashkit.profiles import writing

CARDS = made_files.CARDS


def draft_of(*files, title="Police", **options):
    uploads = [made_files.upload(text, name) for name, text in files]
    return replace(proposing.propose(uploads, options), title=title, country="KGZ")


def retargeted(draft, kind=0, **targets):
    columns = tuple(
        replace(column, target=targets.get(column.name, column.target))
        for column in draft.kinds[kind].columns
    )
    kinds = list(draft.kinds)
    kinds[kind] = replace(kinds[kind], columns=columns)
    return replace(draft, kinds=tuple(kinds))


def kept(draft, **options):
    """Return the profile as it is read back from the text that is kept."""
    made = profiling.answered(profiling.profile_of("police", draft), options)
    assert profiles.parse("police", writing.text(made)) == made
    return made


def wrong(draft):
    return [str(one) for one in profiling.wrong(draft)]


# ----------------------------------------------------------------- to a profile


def test_the_country_of_a_draft_tells_where_its_crashes_can_lie():
    draft = draft_of(("cards.csv", CARDS))
    assert [box.name for box in kept(draft).boxes] == ["Kyrgyzstan"]
    assert kept(replace(draft, country="")).boxes == ()


def test_another_country_brings_its_own_borders():
    like = profiles.get("nz_cas")
    made = profiling.profile_of("police", draft_of(("cards.csv", CARDS)))
    assert profiling.completed(made, like).boxes == made.boxes != like.boxes
    assert profiling.completed(replace(made, country="NZL"), like).boxes == like.boxes


def test_a_confirmed_draft_reads_the_files():
    profile = kept(draft_of(("cards.csv", CARDS)))
    batch = made_files.imported(made_files.upload(CARDS, "cards.csv"), profile)
    crashes = batch.crashes
    assert len(batch.ledger.issues) == 0
    assert list(crashes["crash_id"]) == ["001", "002", "003"]
    assert list(crashes["crash_type"]) == ["vehicle_vehicle", "pedestrian", "overturn"]
    assert list(crashes["chainage_km"]) == [12.345, 13.01, 7.9]
    assert list(crashes["location_kind"]) == ["point"] * 3
    assert crashes["n_killed"].sum() == 1


def test_personal_columns_are_never_read():
    profile = kept(draft_of(("cards.csv", CARDS)))
    assert profile.files[0].personal == ("ФИО водителя",)
    batch = made_files.imported(made_files.upload(CARDS, "cards.csv"), profile)
    assert "Асанов" not in repr(batch.crashes.to_dict())


def test_codes_that_a_person_chose_are_used():
    text = "id,date,light\n1,2020-01-31,1\n2,2021-12-05,4\n"
    draft = draft_of(("a.csv", text))
    light = replace(draft.kinds[0].columns[2], codes={"1": "day", "4": "dark_none"})
    kind = replace(draft.kinds[0], columns=(*draft.kinds[0].columns[:2], light))
    profile = kept(replace(draft, kinds=(kind,)))
    batch = made_files.imported(made_files.upload(text), profile)
    assert list(batch.crashes["light"]) == ["day", "dark_none"]


def test_linked_files_are_joined():
    files = (
        ("crashes.csv", "id,date,killed\nA1,2020-01-01,1\nA2,2020-01-02,0\nA3,2020-01-05,0\n"),
        ("cars.csv", "accident,vehicle type,brand\nA1,car,Lada\nA1,bus,PAZ\nA3,car,BYD\n"),
        ("people.csv", "accident,age,injury\nA1,44,killed\nA1,31,slight\nA2,19,slight\n"),
    )
    profile = kept(draft_of(*files))
    uploads = [made_files.upload(text, name) for name, text in files]
    batch = made_files.imported(uploads, profile)
    assert (len(batch.crashes), len(batch.vehicles), len(batch.people)) == (3, 3, 3)


def test_a_key_of_two_columns_names_the_crash():
    text = "office,number,date\nA,1,2020-01-01\nB,1,2020-01-02\n"
    draft = retargeted(draft_of(("a.csv", text)), office=drafts.KEY, number=drafts.KEY)
    profile = kept(draft)
    batch = made_files.imported(made_files.upload(text), profile)
    assert list(batch.crashes["crash_id"]) == ["A-1", "B-1"]


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("an,mois,jour\n13,2,19\n13,12,31\n", "2013-02-19", None),
        ("Year,Month,Day,hrmn\n2020,1,31,45\n2021,12,5,1715\n", "2020-01-31", "00:45"),
        ("id,datetime\n1,2020-01-31 12:05:00\n2,2021-12-05 08:30:00\n", "2020-01-31", "12:05"),
        ("id,date,hour\n1,20200131,7\n2,20211205,23\n", "2020-01-31", "07:00"),
    ],
)
def test_dates_and_times_are_read_as_they_are_written(text, date, time):
    profile = kept(draft_of(("a.csv", text)))
    batch = made_files.imported(made_files.upload(text), profile)
    assert str(batch.crashes["crash_date"][0])[:10] == date
    if time:
        assert batch.crashes["crash_time"][0] == time


def test_answers_given_while_reading_are_part_of_the_profile():
    profile = kept(draft_of(("a.csv", CARDS)), encoding="cp1251", date_order="dmy", sheet="x")
    assert (profile.encoding, profile.date_order) == ("cp1251", "dmy")


def test_the_century_that_was_answered_is_part_of_the_profile():
    text = "id,date\n1,31.01.20\n2,05.12.21\n"
    profile = kept(draft_of(("a.csv", text)), century="1900")
    batch = made_files.imported(made_files.upload(text), profile)
    assert list(batch.crashes["crash_date"]) == ["1920-01-31", "1921-12-05"]


def test_features_of_a_geojson_are_read_by_the_profile_made_of_them():
    text = (
        '{"type": "FeatureCollection", "features": ['
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [74.51234, 42.81234]},'
        ' "properties": {"id": "A1", "date": "2020-01-31", "killed": 1}},'
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [74.61234, 42.91234]},'
        ' "properties": {"id": "A2", "date": "2020-02-01", "killed": 0}}]}'
    )
    profile = kept(draft_of(("a.geojson", text)))
    file = made_files.upload(text, "a.geojson")
    batch = made_files.imported(file, profile)
    assert list(batch.crashes["lat"]) == [42.81234, 42.91234]
    assert [fit.is_sure for fit in fitting.fitting([file], [profile], {})] == [True]


# ------------------------------------------------------------------ what is wrong


def test_everything_wrong_is_said_at_once():
    draft = draft_of(("a.csv", "id,date,lat,lon,x\n1,2020-01-31,42.1234,74.1234,y\n"), title="")
    wronged = retargeted(
        replace(draft, country="kg"), date="", x="crash.lat", id="crash.chainage_km:plus_m"
    )
    assert wrong(wronged) == [
        "Say what the files are: a title.",
        "Give the country in three capital letters, KGZ for example.",
        "No column of a.csv is the date of the crash. Choose one.",
        "In a.csv ['lat', 'x'] are both to be Latitude. Leave all but one out.",
        "In a.csv Km post is missing, which belongs to Km post: metres beyond it.",
    ]


def test_people_need_a_crash():
    draft = draft_of(("a.csv", "age,sex\n1,male\n2,female\n"))
    person = replace(draft.kinds[0], level="person")
    assert wrong(replace(draft, kinds=(person,)))[0] == (
        "None of the files is a list of crashes. Say which one it is."
    )
    assert "holds the number of the crash" in " ".join(wrong(replace(draft, kinds=(person,))))


def test_a_good_draft_has_nothing_wrong():
    assert wrong(draft_of(("cards.csv", CARDS))) == []


# ------------------------------------------------------------------ known again


def test_the_same_layout_is_known_again_and_another_is_not():
    own = kept(draft_of(("cards.csv", CARDS)))
    shipped = list(profiles.all_profiles().values())
    same = made_files.upload(CARDS.replace("Асанов", "Другой"), "next.csv")
    found = fitting.fitting([same], [own, *shipped], {})
    assert [(fit.profile.id, fit.is_sure) for fit in found] == [("police", True)]
    changed = made_files.upload(CARDS.replace("Погибло", "Погибших"), "next.csv")
    assert fitting.fitting([changed], [own, *shipped], {}) == []


def test_a_layout_with_many_new_columns_fits_but_is_not_sure():
    own = kept(draft_of(("a.csv", "id,date,killed\n1,2020-01-31,1\n")))
    more = made_files.upload("id,date,killed,a,b\n1,2020-01-31,1,2,3\n")
    assert [fit.is_sure for fit in fitting.fitting([more], [own], {})] == [False]


def test_an_encoding_that_the_profile_states_is_not_asked_again():
    own = kept(draft_of(("a.csv", CARDS)), encoding="cp1251", date_order="dmy")
    file = made_files.upload(CARDS, "next.csv", "cp1251")
    assert [fit.profile.id for fit in fitting.fitting([file], [own], {})] == ["police"]


def test_a_workbook_is_known_again():
    own = kept(draft_of(("cards.csv", CARDS)))
    rows = [line.split(";") for line in CARDS.strip().splitlines()]
    book = Upload("next.xlsx", made_files.workbook(Лист1=rows))
    assert [fit.is_sure for fit in fitting.fitting([book], [own], {})] == [True]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_fit_or_do_not(content):
    shipped = list(profiles.all_profiles().values())
    assert isinstance(fitting.fitting([Upload("any", content)], shipped, {}), list)


@pytest.mark.parametrize("source", ["ru_dtpstat_csv", "uk_stats19_manchester", "de_unfallatlas"])
def test_files_of_a_shipped_source_are_known_by_their_columns(source):
    shipped = list(profiles.all_profiles().values())
    found = fitting.fitting(sources.uploads(source), shipped, {})
    assert [fit.profile.id for fit in found if fit.is_sure] == [source]


# ---------------------------------------------------------------- back to a draft


def test_a_profile_comes_back_as_the_draft_it_was_made_from():
    draft = draft_of(("cards.csv", CARDS))
    profile = kept(draft)
    bare = proposing.propose([made_files.upload(CARDS, "cards.csv")])
    emptied = replace(
        bare,
        kinds=tuple(
            replace(
                kind,
                columns=tuple(replace(column, target="", codes={}) for column in kind.columns),
            )
            for kind in bare.kinds
        ),
    )
    again = profiling.applied(emptied, profile)
    assert profiling.profile_of("police", again) == profile


def test_features_and_zips_are_known_by_their_columns_too():
    shipped = list(profiles.all_profiles().values())
    nested = made_files.upload(dtpstat.nested(dtpstat.invented(3, seed=1)), "kirov.geojson")
    assert fitting.fitting([nested], shipped, {})[0].profile.id == "ru_dtpstat_json"
    loose = {upload.name: upload.content for upload in made_files.three()}
    packed = made_files.upload(made_files.packed(loose), "all.zip")
    assert fitting.fitting([packed], shipped, {})[0].profile.id == "crashkit"
    assert fitting.fitting([made_files.upload(b"PK\x03\x04", "x.zip")], shipped, {}) == []


@pytest.mark.parametrize("source", ["sample_police_cards_ru", "sample_numbered_codes"])
def test_what_a_draft_has_no_words_for_is_kept_of_the_profile_it_is_like(source):
    like = profiles.get(source)
    folder = Path(__file__).parents[3] / "sample_data"
    name = "police_cards_ru.xlsx" if "cards" in source else "numbered_codes.csv"
    file = Upload(name, (folder / name).read_bytes())
    draft = profiling.applied(proposing.propose([file]), like)
    assert wrong(draft) == []
    made = profiling.completed(profiling.profile_of("own", draft), like)
    assert profiles.parse("own", writing.text(made)) == made
    assert (made.boxes, made.decimal, made.source_id) == (like.boxes, like.decimal, like.source_id)
    mine, theirs = made_files.imported(file, made), made_files.imported(file, like)
    assert mine.crashes.equals(theirs.crashes)


def test_units_and_templates_of_the_profile_stay():
    like = profiles.parse("like", LIKE)
    text = "no,class,road,speed,sev\n1,M,39,30,x\n2,A,1,60,y\n"
    draft = profiling.applied(proposing.propose([made_files.upload(text)]), like)
    severity = next(column for column in draft.kinds[0].columns if column.name == "sev")
    assert severity.codes == {"x": "fatal"}
    kind = replace(
        draft.kinds[0],
        columns=tuple(
            replace(column, codes={**column.codes, "y": "slight"}) if column is severity else column
            for column in draft.kinds[0].columns
        ),
    )
    made = profiling.completed(profiling.profile_of("own", replace(draft, kinds=(kind,))), like)
    recipes = made.files[0].recipes["crash"]
    assert recipes["speed_limit"].unit == "mph"
    assert recipes["road_number"].template == "{class}-{road}"
    assert made.codes[recipes["severity"].codes[0]] == {"x": "fatal", "z": "serious", "y": "slight"}
    assert profiles.parse("own", writing.text(made)) == made


LIKE = """
title = "Like"
source = "x"
posts_by_province = true
[codes.severity]
x = "fatal"
z = "serious"
[[files]]
name = "list"
level = "crash"
needs = ["no", "speed"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = { value = "2020-01-31" }
speed_limit = { column = "speed", unit = "mph" }
road_number = { template = "{class}-{road}", needs = ["class"] }
severity = { column = "sev", codes = "severity" }
"""
