"""Every setting of the dashboard with its default; read once from the environment, then frozen.

CRASHKIT_STORE         address of the store; default: an SQLite file in the user's data folder
CRASHKIT_LANG          language of a visitor who names none we speak; default: en
CRASHKIT_SECRET_KEY    signs forms and cookies; default: made at the first start, kept in a file
CRASHKIT_HOSTS         names the dashboard answers to, with commas; default: this computer only
CRASHKIT_UPLOAD_HOURS  how long files wait for their import to be confirmed; default: 24
CRASHKIT_UPLOAD_MB     megabytes of one upload, all its files together; default: 100
CRASHKIT_UPLOAD_ROWS   rows of one upload, all its files together; default: 500000
CRASHKIT_IMPORT_MEMORY_MB  megabytes that one preview or import may take; default: 3000
CRASHKIT_IMPORT_MINUTES    minutes that one preview or import may take; default: 30
CRASHKIT_REPORTS_FOLDER  folder of the scheduled reports; default:
                       reports in the user's data folder
CRASHKIT_MAIL          server that sends them too, smtps://USER:PASSWORD@HOST:PORT; default: none
CRASHKIT_MAIL_FROM     the address that they are sent from
CRASHKIT_MAP_SERVER    NAME|ADDRESS|ATTRIBUTION of map pictures from outside; default: none
CRASHKIT_PUBLIC        data sets that the public may see, with commas, each as NAME or NAME@VERSION;
                       the dashboard then has the public pages only; default: none
CRASHKIT_PUBLIC_THRESHOLD  counts below are hidden from the public, 3 to 11; default: 5
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crashkit import api
from webapp.apart import Limits

MEGABYTE = 1024 * 1024
KEY_FILE = "secret_key"
KEY_BYTES = 32
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")

SAMPLE_KEYS = frozenset(
    {
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
        "change_me_to_a_complex_random_secret",
        "your_own_random_generated_secret_key",
        "test_non_dev_secret_test_non_dev_secret",
        "thisisasecret_1234thisisasecret_1234",
        "django-insecure-django-insecure-django",
        "0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    }
)
"""Keys printed in manuals of others, long enough to pass for real ones."""

TELLING = re.compile(r"change.?me|secret|example|password|crashkit|insecure|replace", re.IGNORECASE)


MAP_ADDRESS = re.compile(r"(https?://([A-Za-z0-9.-]+)(?::[0-9]{1,5})?)/[A-Za-z0-9_{}./~?=&%+-]*")
"""An address in which nothing can end a word of the policy or of a page."""


@dataclass(frozen=True)
class MapServer:
    """A server of map pictures that an administrator allows; nobody asks it until a user says so.

    `address` has {z}, {x} and {y}; `origin` is what the policy opens to, `host` what people read.
    """

    name: str
    address: str
    attribution: str
    origin: str
    host: str


@dataclass(frozen=True)
class Open:
    """A data set that the public may see, as it was at a version; 0 is that of the start."""

    dataset: str
    version: int = 0


@dataclass(frozen=True)
class Config:
    """What the dashboard was told at its start. `upload_hours` counts from the upload.

    `upload_bytes` and `upload_rows` are those of all files of an upload together. Where anything is
    `public`, there are no pages but those of the public.
    """

    store_url: str
    secret_key: str = field(repr=False)
    language: str = "en"
    hosts: tuple[str, ...] = OWN_HOSTS
    upload_hours: int = 24
    upload_bytes: int = 100 * MEGABYTE
    upload_rows: int = 500_000
    form_bytes: int = 1024 * 1024
    map_server: MapServer | None = None
    public: tuple[Open, ...] = ()
    public_threshold: int = api.PUBLIC_THRESHOLD


def read(environment: Mapping[str, str] | None = None, *, store_url: str | None = None) -> Config:
    """Read the settings; `store_url` leads over the environment. Raises SettingError."""
    said = os.environ if environment is None else environment
    return Config(
        store_url=store_url or said.get("CRASHKIT_STORE") or api.default_store_url(),
        secret_key=_key(said.get("CRASHKIT_SECRET_KEY")),
        language=_language(said.get("CRASHKIT_LANG") or "en"),
        hosts=_hosts(said.get("CRASHKIT_HOSTS") or ""),
        upload_hours=_whole(said, "CRASHKIT_UPLOAD_HOURS", 24, most=720),
        upload_bytes=_whole(said, "CRASHKIT_UPLOAD_MB", 100, most=10_000) * MEGABYTE,
        upload_rows=_whole(said, "CRASHKIT_UPLOAD_ROWS", 500_000, most=100_000_000),
        map_server=_map_server(said.get("CRASHKIT_MAP_SERVER") or ""),
        public=_public(said.get("CRASHKIT_PUBLIC") or ""),
        public_threshold=_threshold(said),
    )


def limits(environment: Mapping[str, str] | None = None) -> Limits:
    """Read what one preview or import may take. Raises SettingError."""
    said = os.environ if environment is None else environment
    return Limits(
        megabytes=_whole(said, "CRASHKIT_IMPORT_MEMORY_MB", 3_000, most=1_000_000),
        minutes=_whole(said, "CRASHKIT_IMPORT_MINUTES", 30, most=10_000),
    )


@dataclass(frozen=True)
class Deliveries:
    """Where scheduled reports go: a folder, and e-mail where allowed."""

    folder: Path
    post: api.Post | None = None


def deliveries(environment: Mapping[str, str] | None = None) -> Deliveries:
    """Read where reports go. Raises SettingError."""
    said = os.environ if environment is None else environment
    folder, server = said.get("CRASHKIT_REPORTS_FOLDER"), said.get("CRASHKIT_MAIL")
    return Deliveries(
        folder=Path(folder) if folder else api.data_folder() / "reports",
        post=api.read_post(server, said.get("CRASHKIT_MAIL_FROM") or "") if server else None,
    )


def _language(word: str) -> str:
    known = [one.code for one in api.list_languages()]
    if word not in known:
        raise api.SettingError(
            "CRASHKIT_LANG is {value}; the dashboard speaks {known}.", value=word, known=known
        )
    return word


def _hosts(words: str) -> tuple[str, ...]:
    names = [word.strip() for word in words.split(",") if word.strip()]
    for name in names:
        if not re.fullmatch(r"\.?[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]", name):
            raise api.SettingError(
                "CRASHKIT_HOSTS holds {value}, which is not the name of a computer. Write names "
                "with commas between them, for example: crashes.example.org,10.0.0.5",
                value=name,
            )
    return (*OWN_HOSTS, *names)


def _public(words: str) -> tuple[Open, ...]:
    found: list[Open] = []
    for word in filter(None, (one.strip() for one in words.split(","))):
        name, at, version = word.partition("@")
        if at and not re.fullmatch(r"[1-9][0-9]{0,8}", version):
            raise api.SettingError(
                "CRASHKIT_PUBLIC holds {value}. Write names of data sets with commas between them, "
                "each with its version or without: roads@12,towns",
                value=word[:80],
            )
        found.append(Open(name, int(version or 0)))
    return tuple(found)


def _threshold(said: Mapping[str, str]) -> int:
    found = _whole(said, "CRASHKIT_PUBLIC_THRESHOLD", api.PUBLIC_THRESHOLD, most=1000)
    api.check_threshold(found)
    return found


def _map_server(words: str) -> MapServer | None:
    if not words.strip():
        return None
    name, address, attribution = ([part.strip() for part in words.split("|")] + ["", ""])[:3]
    found = MAP_ADDRESS.fullmatch(address)
    holes = sorted(re.findall(r"\{[^}]*\}?", address))
    texts = all(0 < len(text) <= 200 and text.isprintable() for text in (name, attribution))
    if found is None or holes != ["{x}", "{y}", "{z}"] or not texts or words.count("|") != 2:
        raise api.SettingError(
            "CRASHKIT_MAP_SERVER is {value}. Write the name, the address with {{z}}, {{x}} and "
            "{{y}}, and the attribution, with bars between: "
            "OpenStreetMap|https://tile.example.org/{{z}}/{{x}}/{{y}}.png|© OpenStreetMap",
            value=words[:200],
        )
    return MapServer(name, address, attribution, origin=found[1], host=found[2])


def _whole(said: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    word = said.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", word) or not 1 <= int(word) <= most:
        raise api.SettingError(
            "{setting} is {value}; it must be a whole number from 1 to {most}.",
            setting=name,
            value=word,
            most=most,
        )
    return int(word)


# ---------------------------------------------------------------- the secret key


def _key(said: str | None) -> str:
    if said is not None:
        _refuse_weak(said, "CRASHKIT_SECRET_KEY")
        return said
    file = api.data_folder() / KEY_FILE
    key = _kept_key(file) or _new_key(file)
    _refuse_weak(key, str(file))
    return key


def _refuse_weak(key: str, where: str) -> None:
    weak = len(key.encode()) < KEY_BYTES or len(set(key)) < KEY_BYTES // 3
    if weak or key.strip().lower() in SAMPLE_KEYS or TELLING.search(key):
        raise api.SettingError(
            "The secret key in {where} can be guessed: it must be {n} random bytes or more, and "
            "none that stands in a manual. Take it away, and CrashKit makes one.",
            where=where,
            n=KEY_BYTES,
        )


def _kept_key(file: Path) -> str | None:
    try:
        key = file.read_text(encoding="utf-8").strip()
        # The file may have come back from a backup, open to everybody.
        file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise api.SettingError(
            "The secret key in {where} cannot be read: {cause}.", where=str(file), cause=str(error)
        ) from error
    return key


def _new_key(file: Path) -> str:
    """Write a key only its owner can read; of two programs that start at once, one key wins."""
    draft = file.with_name(f"{KEY_FILE}.{secrets.token_hex(4)}")
    try:
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as out:
            out.write(secrets.token_hex(KEY_BYTES))
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise api.SettingError(
            "The secret key cannot be written to {where}: {cause}.",
            where=str(file),
            cause=error.strerror or str(error),
        ) from error
