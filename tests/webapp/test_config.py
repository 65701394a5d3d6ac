"""Settings are read once, checked, and refuse nonsense; no secret has a default."""

import os
import re
import stat
import threading
from pathlib import Path

import pytest

from crashkit import api
from webapp import config
from webapp.apart import Limits

GOOD = "q8J2mX0vT5nL9cR4wK7zB1yH6sD3fGpAeUiO-random"


def test_the_defaults_serve_one_person_at_one_computer(home):
    found = config.read({})
    assert found.store_url == f"sqlite:///{home}/crashkit/crashkit.sqlite"
    assert found.language == "en"
    assert found.hosts == ("localhost", "127.0.0.1", "[::1]")


def test_the_environment_is_read(home):
    said = {
        "CRASHKIT_STORE": "postgresql://db/crashes",
        "CRASHKIT_LANG": "ru",
        "CRASHKIT_HOSTS": "crashes.example.org, 10.0.0.5",
        "CRASHKIT_UPLOAD_HOURS": "48",
        "CRASHKIT_UPLOAD_MB": "250",
        "CRASHKIT_UPLOAD_ROWS": "2000000",
        "CRASHKIT_SECRET_KEY": GOOD,
    }
    found = config.read(said)
    assert found.store_url == "postgresql://db/crashes"
    assert found.language == "ru"
    assert found.hosts[-2:] == ("crashes.example.org", "10.0.0.5")
    assert found.upload_hours == 48
    assert (found.upload_bytes, found.upload_rows) == (250 * 1024 * 1024, 2_000_000)
    assert found.secret_key == GOOD


def test_a_map_server_is_read_with_its_origin(home):
    words = "Office map|https://tiles.example.org:8443/t/{z}/{x}/{y}@2x.png|© OSM, ODbL"
    with pytest.raises(api.SettingError):
        config.read({"CRASHKIT_MAP_SERVER": words})
    found = config.read({"CRASHKIT_MAP_SERVER": words.replace("@2x", "")}).map_server
    assert found == config.MapServer(
        name="Office map",
        address="https://tiles.example.org:8443/t/{z}/{x}/{y}.png",
        attribution="© OSM, ODbL",
        origin="https://tiles.example.org:8443",
        host="tiles.example.org",
    )
    assert config.read({}).map_server is None


def test_what_an_import_may_take_is_read():
    assert config.limits({}) == Limits(megabytes=3_000, minutes=30)
    said = {"CRASHKIT_IMPORT_MEMORY_MB": "8000", "CRASHKIT_IMPORT_MINUTES": "90"}
    assert config.limits(said) == Limits(megabytes=8_000, minutes=90)
    for name in said:
        with pytest.raises(api.SettingError, match=name):
            config.limits({name: "much"})


def test_the_command_leads_over_the_environment():
    found = config.read({"CRASHKIT_STORE": "sqlite:///one"}, store_url="sqlite:///two")
    assert found.store_url == "sqlite:///two"


def test_settings_are_frozen_and_do_not_show_the_key():
    found = config.read({})
    assert found.secret_key not in repr(found)
    with pytest.raises(AttributeError):
        found.language = "zh"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRASHKIT_LANG", "klingon"),
        ("CRASHKIT_LANG", "EN"),
        ("CRASHKIT_UPLOAD_HOURS", "soon"),
        ("CRASHKIT_UPLOAD_HOURS", "0"),
        ("CRASHKIT_UPLOAD_HOURS", "-5"),
        ("CRASHKIT_UPLOAD_HOURS", "1_000"),
        ("CRASHKIT_UPLOAD_HOURS", "٢٤"),
        ("CRASHKIT_UPLOAD_HOURS", "9999"),
        ("CRASHKIT_UPLOAD_MB", "0"),
        ("CRASHKIT_UPLOAD_ROWS", "500,000"),
        ("CRASHKIT_HOSTS", "http://example.org/"),
        ("CRASHKIT_HOSTS", "a b"),
        ("CRASHKIT_MAP_SERVER", "https://tiles.example.org/{z}/{x}/{y}.png"),
        ("CRASHKIT_MAP_SERVER", "Map|https://tiles.example.org/{z}/{x}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|https://tiles.example.org/{z}/{x}/{y}/{k}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|https://a b/{z}/{x}/{y}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|https://a.org;script-src */{z}/{x}/{y}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|https://me:pw@a.org/{z}/{x}/{y}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|https://*.org/{z}/{x}/{y}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|data:image/png,{z}{x}{y}|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|ftp://a.org/{z}/{x}/{y}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|https://a.org/{z}/{x}/{y}.png|"),
        ("CRASHKIT_MAP_SERVER", "|https://a.org/{z}/{x}/{y}.png|OSM"),
        ("CRASHKIT_MAP_SERVER", "Map|https://a.org/{z}/{x}/{y}.png|OSM|more"),
    ],
)
def test_nonsense_is_refused_by_name(name, value):
    with pytest.raises(api.SettingError, match=name):
        config.read({name: value})


@pytest.mark.parametrize(
    "key",
    [
        "",
        "dev",
        "change-me",
        "secret",
        "a" * 64,
        "short-but-random-9f3K",
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
        "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
        "0123456789abcdef0123456789abcdef",
        "please replace this example by 32 random bytes",
    ],
)
def test_a_key_that_can_be_guessed_is_refused(key):
    with pytest.raises(api.SettingError, match="secret key"):
        config.read({"CRASHKIT_SECRET_KEY": key})


def test_the_first_start_makes_a_key_for_its_owner_only(home):
    first = config.read({}).secret_key
    file = home / "crashkit" / "secret_key"
    assert len(bytes.fromhex(first)) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert config.read({}).secret_key == first
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]


def test_a_key_file_open_to_others_is_closed(home):
    config.read({})
    file = home / "crashkit" / "secret_key"
    file.chmod(0o644)
    config.read({})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["dev", "change-me" * 5, "x" * 40])
def test_a_weak_key_in_the_file_is_refused(home, text):
    config.read({})
    (home / "crashkit" / "secret_key").write_text(text)
    with pytest.raises(api.SettingError, match="secret_key can be guessed"):
        config.read({})


def test_a_key_file_that_is_no_text_is_refused(home):
    config.read({})
    (home / "crashkit" / "secret_key").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(api.SettingError, match="cannot be read"):
        config.read({})


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_nobody_may_write_to_is_said(home):
    folder = home / "crashkit"
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    with pytest.raises(api.SettingError, match="cannot be written"):
        config.read({})


def test_of_two_first_starts_at_once_one_key_wins():
    keys, start = set(), threading.Barrier(8)

    def begin():
        start.wait()
        keys.add(config.read({}).secret_key)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1


def test_every_setting_stands_in_the_manual():
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "dashboard.md").read_text("utf-8")
    names = set(re.findall(r"CRASHKIT_[A-Z_]+", Path(config.__file__).read_text("utf-8")))
    assert names == set(re.findall(r"CRASHKIT_[A-Z_]+", page))
