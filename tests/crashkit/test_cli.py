"""The command line is a contract: others script against it."""

import json
import subprocess
import sys
from pathlib import Path

import click
import forked
import jsonschema
import made_extracts
import made_files
import pytest
import shapely
from made_photos import PHOTO

from crashkit import api, cli

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
SAMPLE = Path(__file__).parents[2] / "sample_data" / "country"
X = ("--profile", "crashkit", "--dataset", "x")
FILES = [str(SAMPLE / name) for name in ("crashes.csv", "vehicles.csv", "people.csv")]


def run(*words, home, check=None, secret=None):
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    done = forked.crashkit(words, env | ({"CRASHKIT_LINKAGE_SECRET": secret} if secret else {}))
    if check is not None:
        assert done.returncode == check, done.stderr
    assert "Traceback" not in done.stderr
    return done


def document(done, schema):
    found = json.loads(done.stdout)
    jsonschema.validate(found, json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")))
    return found


MONTHLY = """title = "Month by month"

[[parts]]
section = "key_figures"

[[parts]]
analysis = "hours"
view = "both"
filter = "severity=fatal"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home folder whose store holds the sample country."""
    folder = tmp_path_factory.mktemp("home")
    done = run(
        *("import", *FILES, "--profile", "crashkit", "--dataset", "sample", "--json"),
        home=folder,
        check=0,
    )
    found = document(done, "import")
    assert found["status"] == "accepted"
    assert found["accepted"] == found["total"]
    run("roads", "import", str(SAMPLE / "roads.geojson"), "--name", "main", home=folder, check=0)
    words = ("sites", "propose", "sample", "--road", "M1", "--from-km", "50+500", "--why", "School")
    assert "network of roads" in run(*words, home=folder, check=0).stdout
    people = tmp_path_factory.mktemp("tables") / "people.csv"
    people.write_text("year,population\n2023,5000000\n2024,5100000\nsoon,1\n", "utf-8")
    words = ("exposure", "add", "sample", str(people))
    told = run(*words, home=folder, check=0).stdout
    assert "population = population" in told and "Row 3: The year is not understood." in told
    monthly = tmp_path_factory.mktemp("templates") / "monthly.toml"
    monthly.write_text(MONTHLY, "utf-8")
    run("templates", "add", str(monthly), home=folder, check=0)
    return folder


def test_importing_the_same_files_again_adds_nothing(home):
    again = document(
        run("import", *FILES, "--profile", "crashkit", "--dataset", "sample", "--json", home=home),
        "import",
    )
    assert (again["accepted"], len(again["duplicates"])) == (0, again["total"])


def test_a_preview_keeps_nothing(home):
    words = ("import", *FILES, "--profile", "crashkit", "--dataset", "new", "--preview", "--json")
    assert document(run(*words, home=home, check=0), "import")["version"] is None
    names = [one["id"] for one in json.loads(run("datasets", "--json", home=home).stdout)]
    assert names == ["sample"]


DOCUMENTS = {
    "import": (("import", *FILES, *X, "--preview"), "import"),
    "conflicts": (("conflicts", "sample"), "conflicts"),
    "datasets": (("datasets",), "list"),
    "profiles": (("profiles",), "list"),
    "profiles list": (("profiles", "list"), "list"),
    "presets": (("presets",), "list"),
    "presets list": (("presets", "list"), "list"),
    "templates": (("templates",), "list"),
    "templates list": (("templates", "list"), "list"),
    "templates show": (("templates", "show", "monthly"), "report_template"),
    "screen": (("screen", "sample", "--preset", "count_1km"), "screen"),
    "compare": (("compare", "sample", "--presets", "count_1km,cz"), "compare"),
    "tabulate": (("tabulate", "sample", "--rows", "year", "--columns", "severity"), "tabulate"),
    "analyse": (("analyse", "sample", "hours"), "analysis"),
    "quality": (("quality", "sample"), "quality"),
    "evidence": (("evidence", "sample"), "evidence"),
    "report": (("report", "--list"), "list"),
    "crash show": (("crash", "show", "sample", "17"), "crash"),
    "basemap": (("basemap",), "basemap"),
    "basemap add": (("basemap", "add", "{net}"), "basemap"),
    "basemap list": (("basemap", "list"), "basemap"),
    "layers list": (("layers", "list", "sample"), "list"),
    "exposure add": (("exposure", "add", "sample", "{people}", "--preview"), "exposure_add"),
    "exposure list": (("exposure", "list", "sample"), "exposure"),
    "exposure rates": (("exposure", "rates", "sample"), "exposure_rates"),
    "weather add": (("weather", "add", "sample", "{weather}", "--preview"), "weather_add"),
    "weather list": (("weather", "list", "sample"), "weather"),
    "target": (("target", "sample", "--base-year", "2017"), "target"),
    "sites list": (("sites", "list", "sample"), "sites"),
    "sites show": (("sites", "show", "1"), "site"),
    "roads import": (("roads", "import", str(SAMPLE / "aadt.csv"), "--replace"), "roads"),
    "roads list": (("roads", "list"), "road_networks"),
    "roads corridors": (("roads", "corridors", "main"), "road_corridors"),
    "answer": (("answer", "sample", "M1 km 41"), "answer"),
    "roads locate": (("roads", "locate", "sample", "--roads", "main"), "roads_locate"),
    "spf": (("spf", "{sites}", "--years", "3"), "spf"),
    "synth": (("synth", "--crashes", "100", "--seed", "1", "--out", "{out}"), "synth"),
    "bench identify": (("bench", "identify", "--world", "B", "--short"), "bench-identify"),
    "bench routes": (("bench", "routes", "--seed", "1", "--out", "{out}"), "synth"),
    "upgrade": (("upgrade",), "upgrade"),
    "doctor": (("doctor",), "doctor"),
}
"""How each command that prints JSON is called, and the schema of what it prints."""


def network(file, fields=None):
    road = shapely.LineString([(70, 42), (70.2, 42.1)])
    return made_extracts.package(file, {"lines7": ([road], fields or {"fclass": ["trunk"]})})


def table_of_sites(file, sites=200):
    rows = [f"{i % 9},{3000 + 41 * i},{1 + i % 5}" for i in range(sites)]
    file.write_text("\n".join(["crashes,aadt,length_km", *rows]), encoding="utf-8")
    return file


def with_json(group, before=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from with_json(command, (*before, name))
        if any(one.name == "as_json" for one in command.params):
            yield " ".join((*before, name))


def test_every_command_that_prints_json_has_a_schema():
    assert set(with_json(cli.crashkit)) == set(DOCUMENTS)
    assert {schema for _, schema in DOCUMENTS.values()} | {
        "report",
        "report_twin",
        "report_verify",
    } == {file.stem for file in SCHEMAS.glob("*.json")}


@pytest.mark.parametrize("command", DOCUMENTS)
def test_what_a_command_prints_as_json_follows_its_schema(home, tmp_path, command):
    words, schema = DOCUMENTS[command]
    made = {"{out}": tmp_path / "out", "{net}": network(tmp_path / "net.gpkg")}
    made["{sites}"] = table_of_sites(tmp_path / "sites.csv")
    made["{people}"] = tmp_path / "people.csv"
    made["{people}"].write_text("year,population\n2023,5000000\n", "utf-8")
    made["{weather}"] = tmp_path / "weather.csv"
    made["{weather}"].write_text("date,tmax,weather\n2023-01-13,-5,ice\nsoon,1,\n", "utf-8")
    words = [str(made.get(word, word)) for word in words]
    document(run(*words, "--json", home=home, check=0), schema)


def test_a_screening_is_a_json_document(home):
    done = run("screen", "sample", "--preset", "count_1km", "--format", "json", home=home, check=0)
    found = document(done, "screen")
    assert found["sites"][0]["rank"] == 1
    assert found["data_version"] == "sample v1"


def test_a_screening_as_geojson_and_csv_lists_the_same_sites(home):
    words = ("screen", "sample", "--preset", "count_1km", "--format")
    sites = json.loads(run(*words, "json", home=home).stdout)["sites"]
    features = json.loads(run(*words, "geojson", home=home).stdout)["features"]
    lines = run(*words, "csv", home=home).stdout.strip().splitlines()
    assert run(*words, "kml", home=home).stdout.count("<Placemark>") == len(sites)
    assert [feature["properties"]["id"] for feature in features] == [site["id"] for site in sites]
    assert len(lines) == len(sites) + 1


def test_periods_side_by_side_are_told_place_by_place(home):
    words = ("compare", "sample", "--preset", "count_1km")
    done = run(*words, home=home, check=1)
    assert "--presets ID,ID, or --preset ID with --periods" in done.stderr
    told = run(*words, "--periods", "2016-2020,2021-2025", home=home, check=0).stdout
    assert "places are listed in at least one of the 2 periods" in told
    assert "Stable" in told


def test_a_table_is_a_json_document_and_a_filter_makes_it_smaller(home):
    words = ("tabulate", "sample", "--rows", "year", "--columns", "severity", "--json")
    whole = document(run(*words, home=home, check=0), "tabulate")
    part = document(run(*words, "--filter", "severity=fatal", home=home, check=0), "tabulate")
    assert 0 < part["total"] < whole["total"]


def test_a_scorecard_is_a_json_document_and_a_table(home):
    found = document(run("quality", "sample", "--json", home=home, check=0), "quality")
    assert found["data_version"] == "sample v1"
    assert found["grade"] in ("A", "B", "C", "D")
    told = run("quality", "sample", "--units", home=home, check=0).stdout
    assert f"Grade: {found['grade']}." in told
    assert f"Rung {found['rung']['id']}" in told
    assert all(unit["name"] in told for unit in found["units"])


def test_deaths_for_so_many_people_are_told_and_refused_without_exposure(home):
    told = run("exposure", "rates", "sample", home=home, check=0).stdout
    assert " 2024 " in told and "Years without a number are left out: 2016" in told
    refused = run("exposure", "rates", "sample", "--per", "vehicles", home=home, check=1).stderr
    assert "There is no exposure" in refused and "one of “vehicles”" in refused
    run("exposure", "remove", "sample", "--quantity", "vehicles", home=home, check=1)


def test_a_target_is_told_and_its_base_is_asked_for_never_invented(home, tmp_path):
    asked = run("target", "sample", home=home, check=1).stderr
    assert "The base year 2010 is no whole year" in asked and "--base-value" in asked
    words = ("target", "sample", "--base-value", "900")
    told = run(*words, home=home, check=0).stdout
    assert "50 % less than the 900 killed in 2010, that is 450, by 2030; -3.4 % a year" in told
    for ending, start in {
        "svg": b"<?xml",
        "png": b"\x89PNG",
        "csv": b"\xef\xbb\xbfYear",
        "xlsx": b"PK",
    }.items():
        file = tmp_path / f"target.{ending}"
        run(*words, "--out", str(file), home=home, check=0)
        assert file.read_bytes().startswith(start)
    run("target", "sample", "--base-year", "2035", home=home, check=1)


def test_the_evidence_is_told_and_heads_the_list_of_a_screening(home):
    found = document(run("evidence", "sample", "--json", home=home, check=0), "evidence")
    told = run("evidence", "sample", home=home, check=0).stdout
    head = " ".join(found["text"])
    assert told.startswith(head)
    assert all(one["follows"] in told for one in found["aspects"])
    words = ("screen", "sample", "--preset", "count_1km", "--no-repeats")
    assert run(*words, home=home, check=0).stdout.startswith(head)


def test_what_to_mend_is_written_for_one_unit(home, tmp_path):
    unit = document(run("quality", "sample", "--json", home=home), "quality")["units"][0]["name"]
    everything, own = tmp_path / "all.csv", tmp_path / "own.csv"
    run("quality", "sample", "--complaints", str(everything), home=home, check=0)
    run("quality", "sample", "--complaints", str(own), "--unit", unit, home=home, check=0)
    lines = own.read_text("utf-8-sig").splitlines()
    assert {line.split(",")[0].strip('"') for line in lines[1:]} <= {unit}
    assert set(lines) <= set(everything.read_text("utf-8-sig").splitlines())
    bad = run("quality", "sample", "--complaints", str(tmp_path / "x.pdf"), home=home, check=1)
    assert "csv, xlsx" in bad.stderr


def test_a_hospital_list_is_compared_by_keys_that_name_nobody(home, tmp_path, monkeypatch):
    patients, keys = tmp_path / "hospital.csv", tmp_path / "keys.csv"
    people = "".join(f"2024-03-{1 + i:02d},m,{20 + i}\n" for i in range(9))
    patients.write_text("date,sex,age\n" + people, "utf-8")
    secret = "the bridge is red in the morning"
    run("linkage-keys", str(patients), "--out", str(keys), home=home, secret=secret, check=0)
    assert keys.read_text("utf-8-sig").count("\n") == 10
    assert "2024-03" not in keys.read_text("utf-8-sig")
    words = ("quality", "sample", "--hospital", str(keys), "--json")
    assert "12 letters" in run(*words, home=home, secret="abc", check=1).stderr


def formats():
    """Return every format; the library writes each in the short tier, and a PDF stands for all."""
    slow = pytest.mark.slow
    return [pytest.param(one, marks=() if one == "pdf" else slow) for one in api.list_formats()]


@pytest.mark.parametrize("format_", formats())
def test_a_report_is_written_to_a_file(home, tmp_path, format_):
    out = tmp_path / f"list.{format_}"
    words = ("report", "sample", "--kind", "blackspot_list", "--preset", "count_1km")
    words = (*words, "--lang", "ru", "--format", format_, "--out", str(out), "--json")
    found = document(run(*words, home=home, check=0), "report")
    assert (found["file"], found["bytes"]) == (str(out), out.stat().st_size)
    assert found["bytes"] > 2000


@pytest.mark.slow  # test_api holds it of fewer crashes
def test_a_list_of_blackspots_needs_no_rule_to_be_named(home, tmp_path):
    words = ("report", "sample", "--kind", "blackspot_list", "--format", "html", "--json")
    found = [
        document(run(*words, *rule, "--out", str(tmp_path / "a"), home=home, check=0), "report")
        for rule in ((), ("--preset", "eb_excess_1km"))
    ]
    assert found[0] == found[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("words", [("datasets",), ("datasets", "--json"), ("presets",)])
def test_a_full_disk_under_the_output_is_said_in_a_sentence(home, words):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crashkit", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(home)},
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.strip() == "<stdout> cannot be written: No space left on device."


def test_a_data_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path):
    (tmp_path / ".local").write_text("a file where a folder should be", "utf-8")
    (tmp_path / "Library").write_text("here too", "utf-8")
    done = run("datasets", home=tmp_path, check=1)
    assert "cannot be written" in done.stderr


def test_an_import_is_told_even_where_its_rejects_cannot_be_written(tmp_path):
    words = ("import", *FILES, *X, "--json", "--rejects", str(tmp_path / "none" / "r.csv"))
    done = run(*words, home=tmp_path, check=1)
    assert document(done, "import")["status"] == "accepted"
    assert "r.csv" in done.stderr


def test_the_name_of_a_data_set_is_never_cut_in_two(home):
    long = "a-name-as-long-as-people-choose-them-2020-2024"
    words = ("import", *FILES, "--profile", "crashkit", "--dataset", long)
    run(*words, home=home, check=0)
    assert long in run("datasets", home=home, check=0).stdout


def test_the_filled_template_is_written_and_read_back(home, tmp_path):
    book = str(tmp_path / "example.xlsx")
    run("profiles", "template", "--language", "ru", "--filled", "--out", book, home=home, check=0)
    words = ("import", book, "--profile", "carec_common", "--dataset", "t", "--preview", "--json")
    found = document(run(*words, home=home, check=0), "import")
    assert (found["accepted"], found["total"], found["warnings"]) == (13, 13, [])
    done = run("profiles", "template", "--language", "xx", home=home, check=1)
    assert "There are: en, ru, zh" in done.stderr


def test_an_export_can_be_read_back(home):
    done = run("export", "sample", "--filter", "severity=fatal", home=home, check=0)
    assert done.stdout.lstrip("\ufeff").startswith("crash_id")


def test_a_filter_that_keeps_nothing_says_which_condition_did_it(home):
    words = ("--filter", "severity=fatal; near=0,0,10")
    done = run("export", "sample", *words, home=home, check=0)
    assert done.stdout.count("\n") == 1
    assert "No crash passes this filter." in done.stderr
    assert "- Within 10 m of longitude 0, latitude 0: no crash is like this; without" in done.stderr
    assert "- Severity: Fatal: alone it keeps" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["screen", "nowhere", "--preset", "count_1km"], 1, "nowhere"),
        (["screen", "sample", "--preset", "no_such"], 1, "no_such"),
        (["screen", "sample", "--preset", "count_1km", "--filter", "colour=red"], 1, "colour"),
        (["screen", "sample", "--preset", "count_1km", "--set", "length_m=abc"], 1, "length_m"),
        (["import", "/no/such.csv", "--profile", "crashkit", "--dataset", "x"], 1, "such.csv"),
        (["screen", "sample"], 2, "--preset"),
        (["tabulate", "sample", "--rows", "year"], 2, "--columns"),
        (["report", "sample", "--kind", "blackspot_list", "--set", "length_m=500"], 2, "--preset"),
        (["import", FILES[0], *X, "--date-order", "xyz"], 2, "--date-order"),
        (["synth", "--crashes", "100", "--seed", "1", "--out", "/proc/none"], 1, "/proc/none"),
        (["no-such-command"], 2, "no-such-command"),
        (["datasets", "--store", "/proc/none/x.sqlite"], 1, "x.sqlite"),
        (["datasets", "--store", "mysql://x"], 1, "mysql"),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence_with_the_right_exit_code(home, words, code, said):
    done = run(*words, home=home, check=code)
    assert said in done.stderr
    assert done.stdout == ""


def test_a_refused_import_is_still_one_json_document(home, tmp_path):
    broken = tmp_path / "x.csv"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n")
    words = ("import", str(broken), "--profile", "crashkit", "--dataset", "x", "--json")
    assert document(run(*words, home=home, check=1), "import")["status"] == "rejected"


def test_an_encoding_that_is_not_certain_is_asked_for(home, tmp_path):
    text = "crash_id,crash_date,severity,road_name\n1,2023-05-06,fatal,Бишкек - Ош\n"
    file = tmp_path / "x.csv"
    file.write_bytes(text.encode("cp1251"))
    words = ("import", str(file), "--profile", "crashkit", "--dataset", "x", "--json")
    found = document(run(*words, home=home, check=1), "import")
    assert (found["status"], found["option"]) == ("needs_choice", "encoding")
    answered = run(*words, "--encoding", "cp1251", home=home, check=0)
    assert document(answered, "import")["accepted"] == 1


def test_errors_speak_the_language_asked_for(home):
    told = [
        run("--lang", language, "quality", "nowhere", home=home, check=1).stderr
        for language in ("en", "ru", "zh")
    ]
    assert len(set(told)) == 3
    assert all("nowhere" in one for one in told)


def test_a_store_that_is_not_there_is_not_begun_by_reading(tmp_path):
    file = tmp_path / "mistyped.sqlite"
    done = run("--store", str(file), "datasets", home=tmp_path, check=1)
    assert f"There is no store at {file}." in done.stderr
    assert not file.exists()


def test_an_import_says_that_it_begins_a_new_store(tmp_path):
    file = tmp_path / "new.sqlite"
    words = ("import", *FILES, "--profile", "crashkit", "--dataset", "x", "--store", str(file))
    assert f"new and empty: {file}" in run(*words, home=tmp_path, check=0).stderr
    assert "new and empty" not in run(*words, home=tmp_path, check=0).stderr
    # That of the user's own data folder is nothing to wonder at.
    assert run("datasets", home=tmp_path, check=0).stderr == ""


def test_the_help_speaks_the_language_of_the_user(home):
    assert run("--help", home=home).stdout != run("--lang", "ru", "--help", home=home).stdout
    assert "Import crash files" in run("import", "--help", home=home).stdout
    for language, word in (("ru", "Загрузить файлы"), ("zh", "导入")):
        assert word in run("--lang", language, "import", "--help", home=home).stdout


def test_a_backup_can_be_restored(home, tmp_path):
    copy = tmp_path / "copy.sqlite"
    run("backup", str(copy), home=home, check=0)
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    run("restore", str(copy), "--store", other, home=home, check=0)
    restored = json.loads(run("datasets", "--json", "--store", other, home=home).stdout)
    assert restored == json.loads(run("datasets", "--json", home=home).stdout)


def test_the_doctor_finds_a_sound_store_in_order(home):
    assert document(run("doctor", "--json", home=home, check=0), "doctor")["ok"]


def test_upgrading_a_new_store_changes_nothing(home):
    found = document(run("upgrade", "--json", home=home, check=0), "upgrade")
    assert found["from"] == found["to"]


def test_a_country_is_invented_into_a_folder(home, tmp_path):
    words = ("synth", "--crashes", "300", "--seed", "5", "--out", str(tmp_path / "c"), "--json")
    files = document(run(*words, home=home, check=0), "synth")["files"]
    assert {"crashes.csv", "vehicles.csv", "people.csv", "roads.geojson", "truth.json"} <= set(
        files
    )


CARDS = (
    "import",
    str(SAMPLE.parent / "police_cards_ru.xlsx"),
    "--profile",
    "sample_police_cards_ru",
)


def test_repairs_are_offered_by_a_preview_and_made_when_allowed(home):
    words = (*CARDS, "--dataset", "cards", "--preview")
    (offered,) = document(run(*words, "--json", home=home, check=0), "import")["repairs"]
    assert (offered["kind"], offered["count"], offered["made"]) == ("swapped_axes", 5, False)
    assert "Repair offered (--repair swapped_axes)" in run(*words, home=home, check=0).stdout
    allowed = run(*words, "--repair", "swapped_axes", "--json", home=home, check=0)
    assert document(allowed, "import")["repairs"][0]["made"]


def test_a_repair_nobody_knows_is_named(home):
    done = run(*CARDS, "--dataset", "cards", "--repair", "magic", home=home, check=1)
    assert "There is no repair magic" in done.stderr


def test_conflicts_are_listed_and_settled(tmp_path):
    head = "crash_id,crash_date,crash_time\n"
    file = tmp_path / "crashes.csv"
    words = ("import", str(file), "--profile", "crashkit", "--dataset", "mine")
    for line in ("1,2024-01-02,08:15", "1,2024-01-02,18:15"):
        file.write_text(f"{head}{line}\n", "utf-8")
        run(*words, home=tmp_path)
    listed = document(run("conflicts", "mine", "--json", home=tmp_path, check=0), "conflicts")
    assert listed[0] == {
        "conflict": "2.1", "crash": "1", "told_at": "crashes.csv:2", "field": "crash_time",
        "before": "08:15", "after": "18:15", "told": True,
    }  # fmt: skip
    assert "Say why" in run("conflicts", "mine", "--take", "2.1", home=tmp_path, check=1).stderr
    done = run("conflicts", "mine", "--take", "2.1", "--reason", "new", home=tmp_path, check=0)
    assert "No crash waits" in done.stdout
    again = run("conflicts", "mine", "--keep", "all", "--reason", "x", home=tmp_path, check=1)
    assert "no open conflict" in again.stderr
    file.write_text(f"{head}1,2024-01-02,20:15\n", "utf-8")
    run(*words, "--conflicts", "take", home=tmp_path, check=0)
    assert "20:15" in run("export", "mine", "--format", "csv", home=tmp_path, check=0).stdout


# ----------------------------------------------------------------- profiles

PROFILE = """
title = "Police"
source = "The ministry"
[[files]]
name = "crashes"
level = "crash"
needs = ["no", "date"]
key = "no"
[files.crash]
crash_id = "no"
crash_date = "date"
"""


def test_an_own_profile_is_checked_saved_shown_used_and_removed(tmp_path):
    own = {"home": tmp_path / "own"}
    file, crashes = tmp_path / "police.toml", tmp_path / "crashes.csv"
    file.write_text(PROFILE, "utf-8")
    crashes.write_text("no,date\n1,2020-01-31\n", "utf-8")
    assert "can be used" in run("profiles", "check", str(file), **own).stdout
    assert "police@1" in run("profiles", "save", str(file), **own).stdout
    assert "police@1" in run("profiles", **own).stdout
    assert run("profiles", "show", "police", **own).stdout == PROFILE
    words = ("import", str(crashes), "--profile", "police", "--dataset", "mine", "--json")
    assert document(run(*words, **own), "import")["accepted"] == 1
    out = tmp_path / "out.toml"
    run("profiles", "export", "police@1", "--out", str(out), **own)
    assert out.read_text("utf-8") == PROFILE
    run("profiles", "remove", "police", **own)
    ids = [one["id"] for one in json.loads(run("profiles", "list", "--json", **own).stdout)]
    assert "police@1" not in ids
    assert "crashkit" in ids


def test_a_draft_of_a_profile_is_written_for_files_that_none_knows(tmp_path):
    file, out = tmp_path / "cards.csv", tmp_path / "cards.toml"
    file.write_text(made_files.CARDS, "cp1251")
    asked = run("profiles", "propose", str(file), home=tmp_path, check=1)
    assert "Answer with the option --encoding." in asked.stderr
    words = ("--encoding", "cp1251", "--out", str(out))
    run("profiles", "propose", str(file), *words, home=tmp_path, check=0)
    run("profiles", "save", str(out), home=tmp_path, check=0)
    words = ("import", str(file), "--profile", "cards", "--dataset", "mine", "--json")
    assert document(run(*words, home=tmp_path, check=0), "import")["accepted"] == 3


def test_a_bad_profile_is_refused_with_every_complaint(tmp_path):
    file = tmp_path / "police.toml"
    file.write_text(PROFILE.replace("crash_date", "no_such").replace('"crash"', '"crowd"'), "utf-8")
    done = run("profiles", "save", str(file), home=tmp_path / "own", check=1)
    assert "level" in done.stderr
    taken = tmp_path / "crashkit.toml"
    taken.write_text(PROFILE, "utf-8")
    assert "choose another" in run("profiles", "check", str(taken), home=tmp_path, check=1).stderr


def test_a_crash_is_shown_as_a_json_document_and_in_words(home):
    done = run("crash", "show", "sample", "2016-00017", "--json", home=home, check=0)
    found = document(done, "crash")
    assert (found["id"], found["crash"]["now"]["crash_id"]) == (17, "2016-00017")
    words = run("crash", "show", "sample", "17", home=home, check=0).stdout
    assert "severity" in words
    assert "person.1.injury" in words
    assert "Traceback" not in run("crash", "show", "sample", "nowhere", home=home, check=1).stderr


def test_a_crash_is_changed_with_a_reason_and_all_that_follows(tmp_path):
    run("import", *FILES, *X, home=tmp_path, check=0)
    words = ("crash", "edit", "x", "2016-00017", "--set", "person.2.injury=killed")
    done = run(*words, "--reason", "died in hospital", "--who", "Aida", home=tmp_path, check=0)
    assert {"person.2.injury=killed", "n_killed=1", "severity=fatal"} <= set(done.stdout.split())
    found = document(run("crash", "show", "x", "17", "--json", home=tmp_path), "crash")
    assert found["data_version"] == "x v2"
    assert found["crash"]["now"]["severity"] == "fatal"
    assert {one["who"] for one in found["edits"]} == {"Aida"}
    shown = run("crash", "show", "x", "17", home=tmp_path, check=0).stdout
    assert "died in hospital" in shown


def test_a_person_is_added_and_removed_with_a_reason(tmp_path):
    run("import", *FILES, *X, home=tmp_path, check=0)
    why = ("--reason", "hospital list")
    words = ("--set", "person.new.injury=killed", "--remove", "vehicle.1")
    done = run("crash", "edit", "x", "17", *words, *why, home=tmp_path, check=0).stdout
    assert {"person.+1=added", "person.+1.injury=killed", "vehicle.1=removed"} <= set(done.split())
    shown = run("crash", "show", "x", "17", home=tmp_path, check=0).stdout
    assert "removed by hand" in shown
    assert "person.+1" in shown
    words = ("--set", "person.+1.age=40", "--restore", "vehicle.1")
    done = run("crash", "edit", "x", "17", *words, *why, home=tmp_path, check=0).stdout
    assert {"person.+1.age=40", "vehicle.1=told"} <= set(done.split())
    found = document(run("crash", "show", "x", "17", "--json", home=tmp_path), "crash")
    assert [row["state"] for row in found["people"]][-1] == "added"


@pytest.mark.parametrize("word", ["n_killed=two", "narrative=x", "person.99.injury=killed", "x=1"])
def test_a_wrong_change_is_told_and_nothing_is_kept(home, word):
    words = ("crash", "edit", "sample", "17", "--reason", "x", "--set", word)
    assert word.split("=")[0].split(".")[-1] in run(*words, home=home, check=1).stderr
    found = document(run("crash", "show", "sample", "17", "--json", home=home), "crash")
    assert found["edits"] == []


def test_a_change_without_a_reason_is_wrong_usage(home):
    run("crash", "edit", "sample", "17", "--set", "light=day", home=home, check=2)


def test_an_extract_is_put_on_the_map_listed_and_taken_off(tmp_path):
    file = network(tmp_path / "net.gpkg")
    assert "There is no extract yet" in run("basemap", home=tmp_path, check=0).stdout
    added = run("basemap", "add", str(file), "--name", "kg", home=tmp_path, check=0)
    assert added.stdout.splitlines()[0] == "kg is on the map now."
    assert "--attribution" in added.stdout
    again = run("basemap", "add", str(file), "--name", "kg", home=tmp_path, check=1)
    assert "--replace" in again.stderr
    (listed,) = document(run("basemap", "list", "--json", home=tmp_path, check=0), "basemap")
    assert (listed["name"], listed["source"], listed["zooms"]) == ("kg", "net.gpkg", [5, 12])
    assert "kg" in run("basemap", "list", home=tmp_path, check=0).stdout
    run("basemap", "remove", "kg", home=tmp_path, check=0)
    assert json.loads(run("basemap", "--json", home=tmp_path, check=0).stdout) == []


def test_roads_are_imported_listed_named_and_removed(tmp_path):
    assert "no network of roads" in run("roads", "list", home=tmp_path, check=0).stdout
    (tmp_path / "jumps.csv").write_text("road,back_km,ahead_km\nM1,12.4,12\n")
    words = ("roads", "import", str(SAMPLE / "roads.geojson"), "--name", "main")
    words = (*words, "--equations", str(tmp_path / "jumps.csv"))
    told = run(*words, "--preview", "--json", home=tmp_path, check=0)
    found = document(told, "roads")
    assert (found["read"], found["taken"], found["equations"]) == (200, 200, 1)
    assert (found["kept"], found["columns"]["from_m"]) == (False, "from_km")
    assert json.loads(run("roads", "list", "--json", home=tmp_path, check=0).stdout) == []
    more = ("--sections", str(SAMPLE / "aadt.csv"), "--preview", "--json")
    assert document(run(*words, *more, home=tmp_path, check=0), "roads")["stretches"] == 538
    shown = run(*words, home=tmp_path, check=0).stdout
    assert "200 of 200 rows were taken" in shown
    assert "The network main is kept." in shown
    assert "already" in run(*words, home=tmp_path, check=1).stderr
    run("roads", "alias", "main", "Ring road", "M1", home=tmp_path, check=0)
    listed = document(run("roads", "list", "--json", home=tmp_path, check=0), "road_networks")
    assert [(one["name"], one["aliases"]) for one in listed] == [("main", {"Ring road": "M1"})]
    assert "main" in run("roads", "list", home=tmp_path, check=0).stdout
    run("roads", "alias", "main", "Ring road", home=tmp_path, check=0)
    run("roads", "alias", "main", "Ring road", "M999", home=tmp_path, check=1)
    run("roads", "remove", "main", home=tmp_path, check=0)
    run("roads", "remove", "main", home=tmp_path, check=1)


def test_crashes_are_put_on_roads_and_every_one_is_accounted_for(home, tmp_path):
    words = ("roads", "locate", "sample", "--roads", "main")
    found = document(run(*words, "--json", home=home, check=0), "roads_locate")
    assert sum(found["grades"].values()) == found["crashes"] > 0
    assert found["placed"] / found["crashes"] > 0.9
    done = run(*words, "--out", str(tmp_path / "where.csv"), home=home, check=0)
    assert "lie on a road of the network main" in done.stdout
    assert (tmp_path / "where.csv").read_text("utf-8-sig").count("\n") == found["crashes"] + 1
    assert run(*words[:3], "--roads", "none", home=home, check=1).stderr.count("\n") == 1


def test_corridors_are_told_listed_and_screened(home, tmp_path):
    table = tmp_path / "carec.csv"
    table.write_text(
        "corridor,road,from_km,to_km\nCAREC 1,M1,0,100\nCAREC 3,M1,50,150\nCAREC 3,Z9,,\n"
    )
    run("roads", "corridors", "main", str(table), home=home, check=0)
    one, three = document(
        run("roads", "corridors", "main", "--json", home=home, check=0), "road_corridors"
    )
    assert (one["corridor"], one["sections"], one["missing_roads"]) == ("CAREC 1", 1, [])
    assert abs(one["km"] - 100) < 5
    assert three["missing_roads"] == ["Z9"]
    words = ("screen", "sample", "--preset", "count_corridors", "--roads", "main", "--json")
    found = document(run(*words, home=home, check=0), "screen")
    assert {site["id"] for site in found["sites"]} == {"CAREC 1", "CAREC 3"}
    assert any("share sections" in note for note in found["notes"])
    out = tmp_path / "list.html"
    words = ("report", "sample", "--kind", "blackspot_list", "--preset", "count_corridors")
    run(*words, "--roads", "main", "--format", "html", "--out", str(out), home=home, check=0)
    assert "CAREC 3" in out.read_text("utf-8")
    table.write_text("road,from_km\nM1,2\n")
    assert "no column" in run("roads", "corridors", "main", str(table), home=home, check=1).stderr


def test_crashes_cannot_be_put_on_roads_before_there_are_any(tmp_path):
    run("import", *FILES, *X, home=tmp_path, check=0)
    assert "Add one with" in run("roads", "locate", "x", home=tmp_path, check=1).stderr


def test_roads_whose_posts_have_no_unit_name_the_option(tmp_path):
    (tmp_path / "r.csv").write_text(
        "road,class,start,end,traffic\nA 1,II,0,5,900\nA 1,II,5,9,800\n"
    )
    words = ("roads", "import", str(tmp_path / "r.csv"))
    assert "--post-unit" in run(*words, home=tmp_path, check=1).stderr
    shown = run(*words, "--post-unit", "mi", home=tmp_path, check=0).stdout
    assert "--class WORD=CODE: II" in shown
    words = (*words, "--post-unit", "mi", "--class", "II=regional", "--column", "aadt=traffic")
    found = document(run(*words, "--replace", "--json", home=tmp_path, check=0), "roads")
    assert (found["name"], found["classes"], found["km"]) == ("r", {"II": "regional"}, 14.484)
    run(*words, "--class", "II", home=tmp_path, check=2)


def test_a_package_whose_roads_cannot_be_told_names_the_option(tmp_path):
    file = network(tmp_path / "net.gpkg", {"kind": ["x"]})
    done = run("basemap", "add", str(file), home=tmp_path, check=1)
    assert "--roads" in done.stderr


def test_a_layer_is_added_listed_and_removed(home, tmp_path):
    file = tmp_path / "stops.geojson"
    point = {"type": "Point", "coordinates": [70, 42]}
    file.write_text(json.dumps({"type": "Feature", "properties": {"a": []}, "geometry": point}))
    added = run("layers", "add", "sample", str(file), "--name", "Bus stops", home=home, check=0)
    assert "The layer bus-stops is on the maps of sample" in added.stdout
    assert "1 property was left out" in added.stdout
    (listed,) = document(run("layers", "list", "sample", "--json", home=home, check=0), "list")
    assert (listed["id"], listed["title"], listed["features"]) == ("bus-stops", "Bus stops", 1)
    assert "Bus stops" in run("layers", "list", "sample", home=home, check=0).stdout
    run("layers", "remove", "sample", "bus-stops", home=home, check=0)
    assert run("layers", "remove", "sample", "bus-stops", home=home).returncode == 1


def test_a_model_is_told_in_words_and_its_estimates_are_written(tmp_path):
    file, out = table_of_sites(tmp_path / "sites.csv"), tmp_path / "expected.csv"
    done = run("spf", str(file), "--years", "2", "--out", str(out), home=tmp_path, check=0)
    assert "intercept" in done.stdout
    assert len(out.read_text("utf-8").splitlines()) == 201
    drawn = tmp_path / "cure.png"
    run("spf", str(file), "--years", "2", "--cure", str(drawn), home=tmp_path, check=0)
    assert drawn.read_bytes().startswith(b"\x89PNG")
    few = table_of_sites(tmp_path / "few.csv", 20)
    done = run("spf", str(few), "--years", "2", home=tmp_path, check=0)
    assert "A model needs 160 km" in done.stdout
    assert "There is no model" in done.stdout
    asked = run("spf", str(file), home=tmp_path, check=1)
    assert "--years" in asked.stderr
    listed = run("spf", "--list", home=tmp_path, check=0)
    assert "hsm_rural_two_lane" in listed.stdout
    run("spf", home=tmp_path, check=2)
    fitted = ("spf", str(file), "--years", "2", "--calibrate", "hsm_rural_two_lane")
    assert "CV(C)" in run(*fitted, home=tmp_path, check=0).stdout


def test_a_site_is_saved_looked_after_and_exported(home, tmp_path):
    def sites(*words, check=0):
        return run("sites", *words, home=home, check=check)

    save = ("save", "sample", "--preset", "count_1km", "--position", "2")
    told = sites(*save, "--who", "Aida").stdout
    number = told.split()[1].rstrip(":")
    assert f"as site {number}" in sites(*save, check=1).stderr
    sites("save", "sample", check=2)
    sites("save", "sample", "--screening", "99", check=1)
    assert "Tell the works first" in sites("status", number, "treated", check=1).stderr
    works = ("event", number, "works", "--day", "2024-05-01", "--until", "2024-06-30")
    sites(*works, "--text", "Lighting")
    sites("event", number, "visit", "--day", "2024-03-01")
    sites("event", number, "--withdraw", "2", "--reason", "wrong site")
    sites("event", number, check=2)
    assert "Treated" in sites("status", number, "treated", "--who", "Bek").stdout
    sites("change", number, "--set", "name=The bend", "--reason", "as people call it")
    found = document(sites("show", number, "--json"), "site")
    assert (found["name"], found["status"], found["rank"]) == ("The bend", "treated", 2)
    assert [one["by"] for one in found["sightings"]] == ["saved", "posts"]
    assert [one["field"] for one in found["changes"]] == ["event", "status", "name"]
    shown = sites("show", number).stdout
    assert "Lighting" in shown and "Candidate → Treated  Bek" in shown
    assert "The bend" in sites("list", "sample").stdout
    listed = document(sites("list", "sample", "--status", "treated", "--json"), "sites")
    assert [str(one["number"]) for one in listed["sites"]] == [number]
    again = document(run("screen", "sample", *save[2:4], "--json", home=home, check=0), "screen")
    assert again["sites"][0]["register"] is None
    (mine,) = [one for one in again["sites"] if one["register"] == int(number)]
    # It was treated: what was before the end of the works is not counted any more.
    assert mine["evidence"]["since"] == "2024-06-30" and mine["rank"] > 2
    photo = tmp_path / "bend.jpg"
    photo.write_bytes(PHOTO)
    sites("attach", number, str(photo), "--title", "From the south")
    sites("attach", number, str(tmp_path / "none.jpg"), check=1)
    assert "From the south  Photo" in sites("show", number).stdout
    sites("file", number, "1", "--out", str(tmp_path / "copy.jpg"))
    assert (tmp_path / "copy.jpg").read_bytes() == PHOTO
    sites("file", number, "1", "--delete", "--reason", "shows a face")
    sites("file", number, "1", check=1)
    file = tmp_path / "sites.csv"
    sites("export", "sample", "--out", str(file))
    assert file.read_text("utf-8-sig").startswith("number,name,status,")
    assert json.loads(sites("export", "sample", "--format", "geojson").stdout)["features"]
    assert "<Placemark>" in sites("export", "sample", "--format", "kml").stdout
    sites("list", "nobody", check=1)
    sites("show", "99", check=1)
    sites("move", "sample", "nobody", "--reason", "next years", check=1)
    assert "0 sites belong to sample" in sites("move", "nobody", "sample", "--reason", "x").stdout


def test_proposed_sites_are_screened(home):
    words = ("screen", "sample", "--preset", "count_nominated", "--json")
    found = document(run(*words, home=home, check=0), "screen")
    assert (found["compared"], {site["id"] for site in found["sites"]} <= {"1"}) == (1, True)


def test_an_own_rule_is_kept_searched_by_replaced_and_removed(home, tmp_path):
    file = tmp_path / "our_law.toml"
    file.write_text(run("presets", "show", "ru_law", home=home, check=0).stdout, "utf-8")
    assert "our_law is saved" in run("presets", "add", str(file), home=home, check=0).stdout
    assert "already a preset our_law" in run("presets", "add", str(file), home=home).stderr
    run("presets", "add", str(file), "--replace", home=home, check=0)
    rows = document(run("presets", "--json", home=home, check=0), "list")
    assert rows[0]["id"] == "our_law"
    # What nobody can ask is told, with what can stand in.
    assert {row["id"]: row["stand_in"] for row in rows if not row["known"]}["kz"] == "ru_law"
    assert "Criterion not known to us" in run("presets", home=home, check=0).stdout
    words = ("sample", "--preset", "our_law", "--roads", "main", "--no-repeats", "--json")
    found = document(run("screen", *words, home=home, check=0), "screen")
    words = ("sample", "--preset", "ru_law", "--roads", "main", "--no-repeats", "--json")
    law = document(run("screen", *words, home=home, check=0), "screen")
    assert len(found["sites"]) == len(law["sites"]) > 0
    assert "can be used" in run("presets", "check", str(file), home=home, check=0).stdout
    file.write_text("title = 3", "utf-8")
    refused = run("presets", "add", str(file), "--name", "bad", home=home)
    assert "must be a text in quotes" in refused.stderr
    run("presets", "remove", "our_law", home=home, check=0)
    assert "no preset our_law" in run("presets", "show", "our_law", home=home).stderr


def test_a_template_of_ones_own_is_kept_written_replaced_and_removed(home, tmp_path):
    assert run("templates", "show", "monthly", home=home, check=0).stdout == MONTHLY
    file, out = tmp_path / "weekly.toml", tmp_path / "weekly.html"
    file.write_text(MONTHLY.replace("Month by month", "Week by week"), "utf-8")
    run("templates", "add", str(file), home=home, check=0)
    assert (
        "already a report template weekly" in run("templates", "add", str(file), home=home).stderr
    )
    run("templates", "add", str(file), "--replace", home=home, check=0)
    words = ("report", "sample", "--template", "weekly", "--format", "html", "--out", str(out))
    told = document(run(*words, "--json", home=home, check=0), "report")
    assert (told["kind"], told["template"]) == ("", "weekly")
    page = out.read_text("utf-8")
    assert "<h1>Week by week</h1>" in page and told["fingerprint"] in page
    assert "This part has a filter of its own: Severity: Fatal." in page
    both = run("report", "sample", "--template", "weekly", "--kind", "data_quality", home=home)
    assert (both.returncode, "not of both" in both.stderr) == (2, True)
    file.write_text("title = 3", "utf-8")
    refused = run("templates", "add", str(file), "--name", "bad", home=home, check=1)
    assert "it needs a title" in refused.stderr
    run("templates", "remove", "weekly", home=home, check=0)
    assert "no report template weekly" in run("templates", "show", "weekly", home=home).stderr
